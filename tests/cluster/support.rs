//! Servers to connect to, and lines to them that a test can disturb.

use std::future::Future;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use tictalk::cluster::{Contact, Engine, EngineUrl, Replicas, RoomStream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

/// How long an event may take; only a broken program needs so long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Waits for what has to happen within [`LIMIT`].
pub(crate) async fn soon<F: Future>(event: F) -> F::Output {
    let happened = tokio::time::timeout(LIMIT, event).await;
    happened.expect("an event came too late")
}

/// A server of NATS on this machine, alone with its files.
pub(crate) struct Server {
    process: Child,
    port: u16,
    folder: TempDir,
}

/// Settings of a server with JetStream.
pub(crate) const JETSTREAM: &str = "jetstream { store_dir: STORE }";

impl Server {
    /// A server with JetStream; nothing where none is installed.
    pub(crate) fn start() -> Option<Self> {
        Self::with(JETSTREAM)
    }

    /// A server with JetStream at this port, which nobody else uses while it is killed.
    pub(crate) fn at(port: u16) -> Option<Self> {
        Self::start_with(JETSTREAM, port.into())
    }

    /// A server with these settings.
    pub(crate) fn with(settings: &str) -> Option<Self> {
        Self::start_with(settings, -1)
    }

    fn start_with(settings: &str, port: i32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        write_settings(&folder, settings);
        let (process, port) = run(&folder, port)?;
        Some(Self {
            process,
            port,
            folder,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> EngineUrl {
        url(self.port)
    }

    /// Connects to it.
    pub(crate) async fn engine(&self) -> Engine {
        soon(Engine::connect(&self.url())).await.unwrap()
    }

    /// Kills it, so that it has no time to save anything.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Gives it other settings for its next start.
    pub(crate) fn set(&self, settings: &str) {
        write_settings(&self.folder, settings);
    }

    /// Kills it and starts it again where it was.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.start_again();
    }

    /// Starts it where it was. It was killed before.
    pub(crate) fn start_again(&mut self) {
        let port = self.port.into();
        (self.process, _) = run(&self.folder, port).expect("the server was there before");
    }

    /// Sends a request to the server past the adapter, and returns the answer.
    pub(crate) fn ask(&self, subject: &str, body: &str) -> String {
        let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        line.set_read_timeout(Some(LIMIT)).unwrap();
        let length = body.len();
        let request =
            format!("CONNECT {{}}\r\nSUB answer 1\r\nPUB {subject} answer {length}\r\n{body}\r\n");
        line.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::new(line);
        loop {
            let mut head = String::new();
            assert!(lines.read_line(&mut head).unwrap() > 0, "{subject}");
            if let Some(rest) = head.strip_prefix("MSG ") {
                let length = rest.trim_end().rsplit(' ').next().unwrap();
                let mut answer = vec![0; length.parse().unwrap()];
                lines.read_exact(&mut answer).unwrap();
                return String::from_utf8(answer).unwrap();
            }
        }
    }

    /// Deletes a stream.
    pub(crate) fn delete(&self, stream: &RoomStream) {
        let request = format!("$JS.API.STREAM.DELETE.{}", stream.name());
        let answer = self.ask(&request, "");
        assert!(answer.contains(r#""success":true"#), "{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes the settings of a server. `STORE` stands for a folder of its own.
fn write_settings(folder: &TempDir, settings: &str) {
    let store = folder.path().join("store");
    let settings = settings.replace("STORE", &format!("{:?}", store.to_str().unwrap()));
    std::fs::write(folder.path().join("settings"), settings).unwrap();
}

/// Starts a server in a folder, and waits until it is ready. Returns also its port, which it chooses
/// for -1.
fn run(folder: &TempDir, port: i32) -> Option<(Child, u16)> {
    let spawned = Command::new("nats-server")
        .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "-c"])
        .arg(folder.path().join("settings"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut process = match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip("nats-server is not installed");
            return None;
        }
        spawned => spawned.unwrap(),
    };
    let log = BufReader::new(process.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    // Ends with the server. Without it, the server would stop when the pipe is full.
    thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut seen = Vec::new();
    let mut port = None;
    while let Ok(line) = lines.recv_timeout(LIMIT) {
        if let Some((_, number)) = line.split_once("client connections on 127.0.0.1:") {
            port = Some(number.trim().parse().unwrap());
        }
        if line.contains("Server is ready") {
            return Some((process, port.expect("a ready server has a port")));
        }
        seen.push(line);
    }
    panic!("the server did not start:\n{}", seen.join("\n"));
}

/// Says why a test does not run here. It fails where all tests have to run.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test is not passed over in silence"
)]
fn skip(reason: &str) {
    let must_run = std::env::var_os("TICTALK_TESTS").is_some_and(|tests| tests == "all");
    assert!(!must_run, "TICTALK_TESTS=all, but {reason}");
    eprintln!("skipped: {reason}");
}

/// The URL of an engine on this machine.
pub(crate) fn url(port: u16) -> EngineUrl {
    format!("nats://127.0.0.1:{port}").parse().unwrap()
}

/// The stream of a room with this name, which is new.
pub(crate) async fn room(engine: &Engine, name: &str) -> RoomStream {
    assert_eq!(
        soon(engine.find_stream(name)).await.unwrap().map(|_| ()),
        None
    );
    let stream = soon(engine.room_stream(name, Replicas::default())).await;
    stream.unwrap()
}

/// Waits until there is a connection, or until there is none.
pub(crate) async fn wait_until_connected(engine: &Engine, is_connected: bool) {
    let mut contact = engine.watch();
    let is_reached = |contact: &Contact| matches!(contact, Contact::Connected(_)) == is_connected;
    soon(contact.wait_for(is_reached)).await.unwrap();
}

/// What a line does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// They pass.
    Open,
    /// They pass, piece by piece.
    Slow,
    /// They are held back, as if a machine had vanished.
    Held,
    /// There is no connection, and none can be made.
    Cut,
}

/// A line to a server. Its connections end with the runtime of the test.
pub(crate) struct Line {
    port: u16,
    flow: watch::Sender<Flow>,
}

impl Line {
    pub(crate) async fn to(server: &Server) -> Self {
        Self::to_port(server.port()).await
    }

    /// One that a test has which waits for processes. It ends with all tests.
    pub(crate) fn beside(server: &Server) -> Self {
        let server = server.port();
        beside(async move |made: mpsc::Sender<Self>| {
            made.send(Self::to_port(server).await).unwrap();
            std::future::pending::<()>().await;
        })
    }

    async fn to_port(server: u16) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (flow, watched) = watch::channel(Flow::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, server));
                let Ok(server) = server.await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(pass(from_client, to_server, watched.clone()));
                tokio::spawn(pass(from_server, to_client, watched.clone()));
            }
        });
        Self { port, flow }
    }

    pub(crate) fn url(&self) -> EngineUrl {
        url(self.port)
    }

    pub(crate) fn set(&self, flow: Flow) {
        self.flow.send_replace(flow);
    }
}

/// Runs this on a thread of its own, and returns what it sends first.
pub(crate) fn beside<T: Send + 'static, F: Future<Output = ()>>(
    work: impl FnOnce(mpsc::Sender<T>) -> F + Send + 'static,
) -> T {
    let (sender, first) = mpsc::channel();
    thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(work(sender));
    });
    first.recv_timeout(LIMIT).unwrap()
}

/// How long a slow line takes for one piece.
const SLOWNESS: Duration = Duration::from_millis(10);

/// Forwards bytes in one direction.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut flow: watch::Receiver<Flow>) {
    let mut buffer = [0; 4096];
    loop {
        let now = *flow.borrow_and_update();
        tokio::select! {
            changed = flow.changed() => if changed.is_err() { return },
            read = from.read(&mut buffer), if matches!(now, Flow::Open | Flow::Slow) => match read {
                Ok(length @ 1..) if to.write_all(&buffer[..length]).await.is_ok() => {
                    if now == Flow::Slow {
                        tokio::time::sleep(SLOWNESS).await;
                    }
                }
                _ => return,
            },
            () = std::future::ready(()), if now == Flow::Cut => return,
        }
    }
}

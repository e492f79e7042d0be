//! The program with pipes for its input and output.

use super::{CONFIG, LIMIT, Watched, new_folder, no_config, tictalk};
use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// A running program. Killed when dropped.
pub(crate) struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Arc<Watched<Stream>>,
    stderr: Arc<Watched<Stream>>,
    /// How much of the output earlier waits have passed.
    seen: usize,
}

/// What a program has written, and whether it will write more.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    ended: bool,
}

/// What a program left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// With variables in its environment.
    pub(crate) fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = tictalk();
        command.args(arguments).envs(environment.iter().copied());
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: std::process::Command) -> Self {
        if !command.get_envs().any(|(name, _)| name == CONFIG) {
            command.env(CONFIG, no_config());
        }
        // Not the journal of whoever runs the tests.
        if !command.get_envs().any(|(name, _)| name == "TICTALK_DATA") {
            command.env("TICTALK_DATA", new_folder());
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: watch(child.stdout.take().unwrap()),
            stderr: watch(child.stderr.take().unwrap()),
            child,
            seen: 0,
        }
    }

    /// A server on a free port, listening already, and the port.
    pub(crate) fn server() -> (Self, u16) {
        Self::server_with(&[])
    }

    pub(crate) fn server_with(options: &[&str]) -> (Self, u16) {
        let mut server = Self::start(&[&["server", "--port", "0"], options].concat());
        let line = server.wait_for("\n");
        let port = line.trim_end().rsplit(' ').next().unwrap();
        let port = port
            .parse()
            .unwrap_or_else(|_| panic!("no port in {line:?}"));
        (server, port)
    }

    pub(crate) fn client(port: u16) -> Self {
        Self::client_with(port, &[])
    }

    pub(crate) fn client_with(port: u16, options: &[&str]) -> Self {
        let port = port.to_string();
        Self::start(&[&["client", "--port", &port], options].concat())
    }

    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Types a line and Enter.
    pub(crate) fn enter(&mut self, line: &str) {
        self.write(format!("{line}\n").as_bytes());
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("the input is open");
        stdin.write_all(bytes).unwrap();
    }

    /// Types ahead. A program that has ended takes nothing in.
    pub(crate) fn feed(&mut self, lines: &str) {
        let stdin = self.stdin.as_mut().expect("the input is open");
        let _ = stdin.write_all(lines.as_bytes());
    }

    /// Whether the program says `text` before it ends.
    pub(crate) fn says(&self, text: &str) -> bool {
        let said = self
            .stdout
            .wait(|stream| match find(&stream.bytes, text.as_bytes()) {
                Some(_) => Some(true),
                None if stream.ended => Some(false),
                None => None,
            });
        said.expect("the program says something, or ends")
    }

    /// Ends the program's input.
    pub(crate) fn end_input(&mut self) {
        self.stdin = None;
    }

    /// Waits until `text` comes behind what earlier waits have seen; returns what came up to its
    /// end.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let seen = self.seen;
        let found = self.stdout.wait(|stream| {
            let new = &stream.bytes[seen..];
            let at = find(new, text.as_bytes());
            match at {
                Some(at) => Some(Some(at + text.len())),
                None if stream.ended => Some(None),
                None => None,
            }
        });
        let Some(Some(length)) = found else {
            let all = self.stdout.read(|stream| lossy(&stream.bytes));
            let errors = self.stderr.read(|stream| lossy(&stream.bytes));
            panic!("waited for {text:?} behind byte {seen} of:\n{all}\nerrors:\n{errors}");
        };
        self.seen += length;
        self.stdout
            .read(|stream| lossy(&stream.bytes[seen..seen + length]))
    }

    /// Waits for the next prompt.
    pub(crate) fn prompt(&mut self) -> String {
        self.wait_for("Enter Input >")
    }

    /// Waits until `text` stands on standard error.
    pub(crate) fn wait_for_error(&self, text: &str) {
        let found = self
            .stderr
            .wait(|stream| find(&stream.bytes, text.as_bytes()));
        assert!(found.is_some(), "waited for {text:?} on standard error");
    }

    /// What has been written so far.
    pub(crate) fn output(&self) -> String {
        self.stdout.read(|stream| lossy(&stream.bytes))
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.id()).unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Stops reading the program's output, as `head` does when it has seen enough.
    pub(crate) fn close_output_of(mut command: std::process::Command) -> (Child, ChildStdin) {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        drop(child.stdout.take());
        (child, stdin)
    }

    /// Ends the program so that it can do nothing about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end; its input stays open until then.
    pub(crate) fn finish(mut self) -> Finished {
        let status = wait(&mut self.child).unwrap_or_else(|| {
            panic!("the program does not end; it wrote:\n{}", self.output());
        });
        let text = |stream: &Arc<Watched<Stream>>| {
            stream
                .wait(|stream| stream.ended.then(|| lossy(&stream.bytes)))
                .expect("the output ends with the program")
        };
        Finished {
            code: status.code(),
            stdout: text(&self.stdout),
            stderr: text(&self.stderr),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a child's end; `None` after [`LIMIT`].
pub(crate) fn wait(child: &mut Child) -> Option<ExitStatus> {
    // The standard library has no wait with a limit, so this one asks again and again.
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() > end {
            return None;
        }
        thread::park_timeout(std::time::Duration::from_millis(1));
    }
}

fn watch(mut from: impl Read + Send + 'static) -> Arc<Watched<Stream>> {
    let watched = Arc::new(Watched::new(Stream::default()));
    let filled = Arc::clone(&watched);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            filled.change(|stream| stream.bytes.extend_from_slice(&buffer[..length]));
        }
        filled.change(|stream| stream.ended = true);
    });
    watched
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! A running program with pipes for its input and output.

use super::program::{Output, port_of};
use super::{LIMIT, Program, Watched};
use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// A running program. Killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Arc<Watched<Stream>>,
    stderr: Arc<Watched<Stream>>,
    /// How much of the output earlier waits have passed.
    seen: usize,
}

/// The output of a program, and whether it has ended.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    ended: bool,
}

/// The result of a program that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    pub(super) fn start(program: Program) -> Self {
        let mut command = program.command();
        let stdout = match &program.output {
            Output::File(file) => file.try_clone().unwrap().into(),
            Output::Kept | Output::Unread => Stdio::piped(),
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take();
        let is_read = matches!(program.output, Output::Kept);
        Self {
            stdin: child.stdin.take(),
            stdout: watch(stdout.filter(|_| is_read)),
            stderr: watch(child.stderr.take()),
            child,
            seen: 0,
        }
    }

    /// Waits for the banner: the port that the program listens on.
    pub(crate) fn port(&mut self) -> u16 {
        let banner = self.wait_for("\n");
        port_of(&banner).unwrap_or_else(|| panic!("no port in {banner:?}"))
    }

    /// Waits until the program listens: it, and its port.
    pub(crate) fn listening(mut self) -> (Self, u16) {
        let port = self.port();
        (self, port)
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

    /// Waits until `text` comes after what earlier waits have seen; returns the output up to its
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

    /// Waits until standard error contains `text`; returns standard error up to its end.
    pub(crate) fn wait_for_error(&self, text: &str) -> String {
        let found = self
            .stderr
            .wait(|stream| find(&stream.bytes, text.as_bytes()));
        let Some(at) = found else {
            panic!("waited for {text:?} on standard error");
        };
        self.stderr
            .read(|stream| lossy(&stream.bytes[..at + text.len()]))
    }

    /// The output so far.
    pub(crate) fn output(&self) -> String {
        self.stdout.read(|stream| lossy(&stream.bytes))
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.id()).unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
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

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a child's end; `None` after [`LIMIT`].
fn wait(child: &mut Child) -> Option<ExitStatus> {
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

/// Keeps what comes from a pipe; nothing comes from none.
fn watch(from: Option<impl Read + Send + 'static>) -> Arc<Watched<Stream>> {
    let watched = Arc::new(Watched::new(Stream::default()));
    let Some(mut from) = from else {
        watched.change(|stream| stream.ended = true);
        return watched;
    };
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

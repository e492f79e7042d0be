//! A running program that plays.

use super::command::PlayerCommand;
use super::errors::{ErrorOutput, ErrorSink};
use super::fault::{PlayerFault, quoted};
use crate::wire::MAX_TEXT;
use bytes::{Buf as _, BufMut as _, BytesMut};
use std::io;
use std::pin::Pin;
use std::process::ExitStatus;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The most that waits for a process which does not read, in bytes. The system's pipe holds more.
const UNREAD: usize = 1 << 18;

/// How many blank lines in a row are passed over.
const BLANK_LINES: usize = 1_000;

/// How much is read at once, in bytes.
const CHUNK: usize = 4_096;

/// How long a process may take to end after its standard input has ended.
const GRACE: Duration = Duration::from_millis(500);

/// A running program that plays. Dropping it kills the process and its process group.
#[derive(Debug)]
pub struct PlayerProcess {
    child: Child,
    /// The process group, which the process leads.
    #[cfg(unix)]
    group: Option<nix::unistd::Pid>,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    /// Input that the process has not read yet.
    unread: BytesMut,
    /// Output that nobody has asked for yet: at most a line and [`CHUNK`].
    printed: BytesMut,
    /// Copies its standard error.
    errors: Option<JoinHandle<()>>,
}

impl PlayerProcess {
    /// Starts a program. Must be called within a runtime.
    ///
    /// # Errors
    /// If it cannot be started, or its standard error cannot be kept.
    pub fn start(command: &PlayerCommand, errors: &ErrorOutput) -> io::Result<Self> {
        let sink = errors.open()?;
        let mut child = command.process().spawn()?;
        let no_pipe = || io::Error::other("no pipe to it");
        let stdin = child.stdin.take().ok_or_else(no_pipe)?;
        let stdout = child.stdout.take().ok_or_else(no_pipe)?;
        let stderr = child.stderr.take().ok_or_else(no_pipe)?;
        #[cfg(unix)]
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .map(nix::unistd::Pid::from_raw);
        Ok(Self {
            child,
            #[cfg(unix)]
            group,
            stdin: Some(stdin),
            stdout,
            unread: BytesMut::new(),
            printed: BytesMut::new(),
            errors: Some(tokio::spawn(copy(stderr, sink))),
        })
    }

    /// Tells the process this line. Never waits: what the process does not take in now, it gets when
    /// it is asked.
    ///
    /// # Errors
    /// If it has not read for so long that too much waits.
    pub fn tell(&mut self, line: &str) -> Result<(), PlayerFault> {
        if self.unread.len() + line.len() > UNREAD {
            return Err(PlayerFault::Crash("does not read its input".to_owned()));
        }
        self.unread.extend_from_slice(line.as_bytes());
        self.unread.extend_from_slice(b"\n");
        let mut context = Context::from_waker(Waker::noop());
        while let (Some(stdin), false) = (&mut self.stdin, self.unread.is_empty()) {
            match Pin::new(stdin).poll_write(&mut context, &self.unread) {
                Poll::Ready(Ok(written @ 1..)) => self.unread.advance(written),
                // Whether it has ended is found out when it is asked.
                Poll::Ready(Ok(_) | Err(_)) | Poll::Pending => break,
            }
        }
        Ok(())
    }

    /// Waits for the next line that the process prints and that is not blank. Lines answer questions
    /// in their order, whenever they are printed. Cancel safe.
    ///
    /// # Errors
    /// If it ends, or prints something that is no line.
    pub async fn line(&mut self) -> Result<String, PlayerFault> {
        for _ in 0..BLANK_LINES {
            let line = self.any_line().await?;
            if !line.trim().is_empty() {
                return Ok(line.trim().to_owned());
            }
        }
        Err(PlayerFault::Illegal("printed only blank lines".to_owned()))
    }

    async fn any_line(&mut self) -> Result<String, PlayerFault> {
        let mut searched = 0;
        loop {
            let new = self.printed.get(searched..).unwrap_or_default();
            if let Some(at) = new.iter().position(|byte| *byte == b'\n') {
                let line = self.printed.split_to(searched + at);
                self.printed.advance(1);
                return text(&line);
            }
            searched = self.printed.len();
            if searched > MAX_TEXT {
                return Err(too_long());
            }
            let Self {
                stdin,
                stdout,
                unread,
                printed,
                ..
            } = self;
            printed.reserve(CHUNK);
            let mut chunk = printed.limit(CHUNK);
            let read = tokio::select! {
                read = stdout.read_buf(&mut chunk) => read,
                _ = write(stdin, unread), if !unread.is_empty() => continue,
            };
            if matches!(read, Ok(0) | Err(_)) {
                let rest = self.printed.split();
                if !rest.is_empty() {
                    return text(&rest);
                }
                return Err(PlayerFault::Crash(self.ended().await));
            }
        }
    }

    /// How the process has ended, or that it has closed its output.
    async fn ended(&mut self) -> String {
        match timeout(GRACE, self.child.wait()).await {
            Ok(Ok(status)) => in_words(status),
            Ok(Err(_)) | Err(_) => "closed its output".to_owned(),
        }
    }

    /// Ends the process: its standard input ends, and if the process does not follow, it is killed,
    /// with everything that it has started in its process group.
    pub async fn finish(mut self) {
        self.stdin = None;
        let _ = timeout(GRACE, self.child.wait()).await;
        self.kill();
        let _ = timeout(GRACE, self.child.wait()).await;
        // The last words of the process may still be in the pipe.
        if let Some(mut errors) = self.errors.take() {
            let _ = timeout(GRACE, &mut errors).await;
            errors.abort();
        }
    }

    /// Kills the process and its process group. What it has written is still there to be read.
    pub(super) fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group.take() {
            // Nobody is left in it, or they are killed.
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
        // It has ended, or it is killed.
        let _ = self.child.start_kill();
    }
}

impl Drop for PlayerProcess {
    fn drop(&mut self) {
        self.kill();
        if let Some(errors) = self.errors.take() {
            errors.abort();
        }
    }
}

/// Writes some of what is unread. A process that does not read any more is left to end. Cancel safe.
async fn write(stdin: &mut Option<ChildStdin>, unread: &mut BytesMut) {
    let written = match stdin {
        Some(pipe) => pipe.write_buf(unread).await,
        None => Ok(0),
    };
    if matches!(written, Ok(0) | Err(_)) {
        *stdin = None;
        unread.clear();
    }
}

/// The text of a line without its line ending.
fn text(line: &[u8]) -> Result<String, PlayerFault> {
    if line.len() > MAX_TEXT {
        return Err(too_long());
    }
    match std::str::from_utf8(line) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => {
            let line = quoted(&String::from_utf8_lossy(line));
            Err(PlayerFault::Illegal(format!(
                "printed {line}, which is not UTF-8"
            )))
        }
    }
}

fn too_long() -> PlayerFault {
    PlayerFault::Illegal(format!("printed a line of more than {MAX_TEXT} bytes"))
}

/// How a process has ended.
fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return format!("was killed by signal {signal}");
        }
    }
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => "ended".to_owned(),
    }
}

/// Copies the standard error of a process until it ends.
async fn copy(mut from: ChildStderr, mut to: ErrorSink) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        to.write(chunk.get(..length).unwrap_or_default());
    }
}

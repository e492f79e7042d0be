//! Lines from standard input without a line editor.

use crate::text::lossy;
use std::io::{self, Read as _};
use tokio::sync::mpsc;

/// The maximum length of a line that is kept, in bytes. Of longer lines only the length is known.
const KEPT: usize = 64 * 1024;

/// How much is read at once.
const CHUNK: usize = 8 * 1024;

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InputLine {
    /// Its text without the line ending. Invalid UTF-8 is replaced by U+FFFD.
    Text(String),
    /// The length in bytes of a line that was not kept.
    Overlong(usize),
}

/// Standard input, line by line.
#[derive(Debug)]
pub(super) struct InputLines {
    source: Source,
    splitter: Splitter,
    ended: bool,
}

impl InputLines {
    /// Watches standard input. Must be called within a runtime.
    pub(super) fn of_stdin() -> Self {
        Self {
            source: Source::stdin(),
            splitter: Splitter::default(),
            ended: false,
        }
    }

    /// The next line; `None` at the end of the input. Dropping the future loses nothing.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub(super) async fn next(&mut self) -> io::Result<Option<InputLine>> {
        loop {
            if let Some(line) = self.splitter.next() {
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(self.splitter.rest());
            }
            let chunk = self.source.read().await?;
            self.ended = chunk.is_empty();
            self.splitter.push(&chunk);
        }
    }
}

/// Splits a stream of bytes into lines of at most [`KEPT`] bytes.
#[derive(Debug, Default)]
struct Splitter {
    waiting: Vec<u8>,
    /// The number of discarded bytes of the current line.
    dropped: usize,
}

impl Splitter {
    fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Option<InputLine> {
        match self.waiting.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                let line: Vec<u8> = self.waiting.drain(..=end).collect();
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                Some(self.line(line.strip_suffix(b"\r").unwrap_or(line)))
            }
            None => {
                if self.waiting.len() > KEPT {
                    self.dropped += self.waiting.len();
                    self.waiting.clear();
                }
                None
            }
        }
    }

    /// The last line, if no line ending follows it.
    fn rest(&mut self) -> Option<InputLine> {
        if self.waiting.is_empty() && self.dropped == 0 {
            return None;
        }
        let line = std::mem::take(&mut self.waiting);
        Some(self.line(&line))
    }

    fn line(&mut self, kept: &[u8]) -> InputLine {
        match std::mem::take(&mut self.dropped) {
            0 => InputLine::Text(lossy(kept)),
            dropped => InputLine::Overlong(dropped + kept.len()),
        }
    }
}

/// The source of the bytes. A thread that reads works everywhere; a pipe that the runtime can watch
/// saves two thread switches per line.
#[derive(Debug)]
enum Source {
    #[cfg(unix)]
    Watched(watched::Stdin),
    Thread(mpsc::Receiver<io::Result<Vec<u8>>>),
}

impl Source {
    fn stdin() -> Self {
        #[cfg(unix)]
        if let Ok(stdin) = watched::Stdin::open() {
            return Self::Watched(stdin);
        }
        let (chunks, source) = mpsc::channel(1);
        std::thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = stdin.read(&mut chunk).map(|length| {
                    chunk.truncate(length);
                    chunk
                });
                let is_last = !matches!(&read, Ok(chunk) if !chunk.is_empty());
                if chunks.blocking_send(read).is_err() || is_last {
                    return;
                }
            }
        });
        Self::Thread(source)
    }

    /// The next bytes; none at the end.
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        match self {
            #[cfg(unix)]
            Self::Watched(stdin) => stdin.read().await,
            Self::Thread(source) => source.recv().await.unwrap_or(Ok(Vec::new())),
        }
    }
}

#[cfg(unix)]
mod watched {
    use crate::terminal::lines::CHUNK;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::fs::File;
    use std::io::{self, Read as _};
    use std::os::fd::AsFd as _;
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// Standard input as a pipe, socket or terminal. It stays in blocking mode, since other
    /// processes may share the mode.
    #[derive(Debug)]
    pub(super) struct Stdin(AsyncFd<File>);

    impl Stdin {
        /// Fails for a regular file, which cannot be watched.
        #[expect(
            deprecated,
            reason = "sound for a File, and what replaces it is unsafe to call"
        )]
        pub(super) fn open() -> io::Result<Self> {
            let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
            AsyncFd::with_interest(stdin, Interest::READABLE).map(Self)
        }

        pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
            loop {
                let mut ready = self.0.readable_mut().await?;
                // The runtime's readiness may be stale, and a read would then block the program.
                if !has_input(ready.get_inner())? {
                    ready.clear_ready();
                    continue;
                }
                let mut chunk = vec![0; CHUNK];
                let length = ready.get_inner_mut().read(&mut chunk)?;
                chunk.truncate(length);
                return Ok(chunk);
            }
        }
    }

    fn has_input(stdin: &File) -> io::Result<bool> {
        let mut watched = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        Ok(poll(&mut watched, PollTimeout::ZERO)? > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{InputLine, KEPT, Splitter};

    fn text(line: &str) -> Option<InputLine> {
        Some(InputLine::Text(line.to_owned()))
    }

    #[test]
    fn bytes_become_lines_wherever_they_are_cut() {
        let bytes = "one\r\n\ntwo\nGrüße\nlast".as_bytes();
        for cut in 0..bytes.len() {
            let mut splitter = Splitter::default();
            let mut lines = Vec::new();
            let (left, right) = bytes.split_at(cut);
            for part in [left, right] {
                splitter.push(part);
                lines.extend(std::iter::from_fn(|| splitter.next()));
            }
            lines.extend(splitter.rest());
            let expected =
                ["one", "", "two", "Grüße", "last"].map(|line| InputLine::Text(line.into()));
            assert_eq!(lines, expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_without_end_is_counted_and_not_kept() {
        let mut splitter = Splitter::default();
        let mut most = 0;
        for _ in 0..1_000 {
            splitter.push(&[b'x'; 4_096]);
            assert_eq!(splitter.next(), None);
            most = most.max(splitter.waiting.capacity());
        }
        assert!(most <= 4 * KEPT, "{most} bytes were kept");
        splitter.push(b"x\nnext\n");
        assert_eq!(splitter.next(), Some(InputLine::Overlong(4_096_001)));
        assert_eq!(splitter.next(), text("next"));
        assert_eq!(splitter.rest(), None);
    }

    #[test]
    fn bytes_that_are_no_utf8_do_not_end_the_input() {
        let mut splitter = Splitter::default();
        splitter.push(b"a\xffb\nnext\n");
        assert_eq!(splitter.next(), text("a\u{fffd}b"));
        assert_eq!(splitter.next(), text("next"));
    }
}

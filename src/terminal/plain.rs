//! The console of pipes and files: lines in, text out.

use super::ask::{Ask, ConsoleError, Echo, Typed};
use super::console::Console;
use super::interjector::Interjector;
use super::lines::{InputLine, InputLines};
use super::paint::{Paint, Style};
use crate::text::visible;
use std::io::{self, IsTerminal as _, Write as _};

/// Standard input and output without a line editor. The prompt and the line that was read are
/// printed, so that captured output reads like a screen.
#[derive(Debug)]
pub struct Plain {
    style: Style,
    lines: InputLines,
    /// Whether the terminal itself echoes the input.
    is_echoed: bool,
    output: Output,
    printed: String,
    is_prompting: bool,
    /// How the current line is echoed.
    echo: Echo,
    /// Set while a hidden line is typed.
    #[cfg(unix)]
    hush: Option<Hush>,
    reader: OutputReader,
    interjector: Interjector,
}

/// Standard output without a buffer: the library's own writes a line and the prompt after it
/// separately, which wakes the reader twice.
#[cfg(unix)]
type Output = std::fs::File;

/// On other systems, only the library's own can write to a console.
#[cfg(not(unix))]
type Output = io::Stdout;

#[cfg(unix)]
fn open_output() -> io::Result<Output> {
    use std::os::fd::AsFd as _;
    io::stdout().as_fd().try_clone_to_owned().map(Output::from)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn open_output() -> io::Result<Output> {
    Ok(io::stdout())
}

/// The reader of our output.
#[derive(Debug)]
enum OutputReader {
    There,
    Gone,
    /// A write has failed, with an error that is not reported yet.
    Failed(Option<io::Error>),
    /// There; a hang-up is detected at once rather than by the next write.
    #[cfg(unix)]
    Watched(tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>),
}

impl Plain {
    /// Opens the process's standard input and output. Must be called within a runtime.
    ///
    /// # Errors
    /// If the output cannot be shared.
    pub fn open(paint: Paint) -> io::Result<Self> {
        Ok(Self {
            style: Style::of_stdout(paint),
            lines: InputLines::of_stdin(),
            is_echoed: io::stdin().is_terminal() && io::stdout().is_terminal(),
            output: open_output()?,
            printed: String::new(),
            is_prompting: false,
            echo: Echo::Shown,
            #[cfg(unix)]
            hush: None,
            reader: OutputReader::of_stdout()?,
            interjector: Interjector::default(),
        })
    }
}

impl Console for Plain {
    fn style(&self) -> Style {
        self.style
    }

    fn print(&mut self, text: &str) {
        self.printed.push_str(text);
    }

    fn flush(&mut self) {
        if self.printed.is_empty() {
            return;
        }
        let written = self
            .output
            .write_all(self.printed.as_bytes())
            .and_then(|()| self.output.flush());
        self.printed.clear();
        if let Err(error) = written {
            self.reader = if error.kind() == io::ErrorKind::BrokenPipe {
                OutputReader::Gone
            } else {
                OutputReader::Failed(Some(error))
            };
        }
    }

    async fn interject(&mut self, text: &str) {
        self.flush();
        // Without an output the reader is gone, which is detected elsewhere.
        let output = open_output();
        let print = || {
            move |text: &str| {
                if let Ok(output) = &output {
                    let mut output: &Output = output;
                    let _ = output
                        .write_all(text.as_bytes())
                        .and_then(|()| output.flush());
                }
            }
        };
        self.interjector.interject(text, print).await;
    }

    async fn drain(&mut self) {
        self.interjector.drain().await;
    }

    fn prompt(&mut self, ask: Ask) {
        #[cfg(unix)]
        if ask.echo == Echo::Hidden {
            self.hush = Hush::begin();
        }
        if !ask.echo.is_for_screens() {
            self.print(&ask.label.text);
        }
        self.echo = ask.echo;
        self.is_prompting = true;
        self.flush();
    }

    async fn typed(&mut self) -> Typed {
        if !self.is_prompting {
            return self.reader.gone().await;
        }
        let line = tokio::select! {
            biased;
            line = self.lines.next() => line,
            gone = self.reader.gone() => return gone,
        };
        self.is_prompting = false;
        #[cfg(unix)]
        drop(self.hush.take());
        let typed = match line {
            Ok(Some(InputLine::Text(text))) => Typed::Line(text),
            Ok(Some(InputLine::Overlong(size))) => Typed::Overlong(size),
            Ok(None) => return Typed::End,
            Err(error) => Typed::Failed(ConsoleError::Input(error)),
        };
        if !self.is_echoed && !self.echo.is_for_screens() {
            if let (Typed::Line(text), Echo::Shown) = (&typed, self.echo) {
                self.printed.push_str(&visible(text));
            }
            self.printed.push('\n');
            // Before the line is sent, since the partner's answer may arrive at once.
            self.flush();
        }
        typed
    }

    async fn withdraw(&mut self) -> String {
        #[cfg(unix)]
        drop(self.hush.take());
        if std::mem::take(&mut self.is_prompting) && !self.echo.is_for_screens() {
            self.print("\n");
        }
        String::new()
    }
}

/// Disables the echo of the terminal for the lifetime of this value.
#[cfg(unix)]
#[derive(Debug)]
struct Hush {
    before: nix::sys::termios::Termios,
}

#[cfg(unix)]
impl Hush {
    /// `None` if the input is not a terminal.
    fn begin() -> Option<Self> {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin()).ok()?;
        let mut mode = before.clone();
        mode.local_flags.remove(LocalFlags::ECHO);
        // Still echoes the end of the line.
        mode.local_flags.insert(LocalFlags::ECHONL);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &mode).ok()?;
        Some(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Hush {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

impl OutputReader {
    #[cfg(unix)]
    #[expect(
        deprecated,
        reason = "sound for an OwnedFd, and what replaces it is unsafe to call"
    )]
    fn of_stdout() -> io::Result<Self> {
        use std::os::fd::AsFd as _;
        use tokio::io::{Interest, unix::AsyncFd};
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        // Files cannot be watched and never hang up.
        Ok(AsyncFd::with_interest(stdout, Interest::ERROR).map_or(Self::There, Self::Watched))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn of_stdout() -> io::Result<Self> {
        Ok(Self::There)
    }

    /// Waits until the reader has gone; forever where this cannot be detected.
    async fn gone(&mut self) -> Typed {
        match self {
            Self::There => std::future::pending().await,
            Self::Gone => Typed::Gone,
            Self::Failed(error) => match error.take() {
                Some(error) => Typed::Failed(ConsoleError::Output(error)),
                None => Typed::Gone,
            },
            #[cfg(unix)]
            Self::Watched(stdout) => {
                // After any error the output is unusable.
                let _ = stdout.ready(tokio::io::Interest::ERROR).await;
                Typed::Gone
            }
        }
    }
}

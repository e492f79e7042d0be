//! The program on a pseudo-terminal, with what its screen shows.

use super::{LIMIT, Program, Watched};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write};
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A program on a pseudo-terminal. Killed when dropped.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    screen: Arc<Watched<vt100::Parser>>,
    /// All that the program has written, also what the screen no longer shows.
    written: Arc<Watched<Written>>,
    /// The settings of the terminal before the program started.
    settings: Termios,
    child: Box<dyn Child + Send + Sync>,
}

/// The output of a program, and whether it has ended.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    has_ended: bool,
}

/// Rows and columns of the screen.
pub(crate) const SIZE: (u16, u16) = (40, 90);

impl Pty {
    pub(super) fn start(program: Program, (rows, cols): (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(&program.words[0]);
        command.args(&program.words[1..]);
        command.env_clear();
        for name in ["PATH", "HOME"] {
            command.env(name, std::env::var_os(name).unwrap_or_default());
        }
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        for (name, value) in &program.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            }
        }
        if let Some(folder) = &program.folder {
            command.cwd(folder);
        }
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let settings = settings_of(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Watched::new(vt100::Parser::new(
            size_of(rows),
            size_of(cols),
            0,
        )));
        let written = Arc::new(Watched::<Written>::default());
        let (shown, kept) = (Arc::clone(&screen), Arc::clone(&written));
        let mut output = pair.master.try_clone_reader().unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut held = Vec::new();
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                // Kept first: what is seen on the screen is then also there.
                kept.change(|written| written.bytes.extend_from_slice(&buffer[..length]));
                held.extend_from_slice(&buffer[..length]);
                let drawn = drawable(&mut held);
                shown.change(|parser| parser.process(&drawn));
            }
            kept.change(|written| written.has_ended = true);
        });
        Self {
            keyboard: pair.master.take_writer().unwrap(),
            master: pair.master,
            screen,
            written,
            settings,
            child,
        }
    }

    /// Waits for the banner: the program, and the port that it listens on.
    pub(crate) fn listening(self) -> (Self, u16) {
        let port = self.wait("a port", |screen| {
            let contents = screen.contents();
            // A row that another one follows is whole.
            let (rows, _) = contents.rsplit_once('\n')?;
            let rows = unwrapped(rows);
            let (_, port) = rows.split_once("on port: ")?;
            port.split(' ').next()?.parse().ok()
        });
        (self, port)
    }

    /// Presses keys: text, and control characters as they are sent.
    pub(crate) fn press(&mut self, keys: &str) {
        self.press_bytes(keys.as_bytes());
    }

    /// Presses keys of a keyboard that does not send UTF-8.
    pub(crate) fn press_bytes(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Types a line at the prompt, sees it there, and presses Enter. Input without a look at the
    /// screen may be early, and an early Enter sends nothing.
    pub(crate) fn enter(&mut self, line: &str) {
        self.press(line);
        self.prompt_with(line);
        self.press("\r");
    }

    /// The same at the hidden prompt, where stars are seen instead.
    pub(crate) fn enter_hidden(&mut self, line: &str) {
        self.press_hidden(line);
        self.press("\r");
    }

    /// Types this at the hidden prompt, which is still empty, and sees stars there.
    pub(crate) fn press_hidden(&mut self, keys: &str) {
        const PROMPT: &str = "Enter Input (hidden) >";
        self.cursor_behind(PROMPT);
        self.press(keys);
        self.cursor_behind(&format!("{PROMPT}{}", "*".repeat(keys.len())));
    }

    /// Waits until `condition` finds something on the screen.
    pub(crate) fn wait<R>(&self, what: &str, condition: impl Fn(&vt100::Screen) -> Option<R>) -> R {
        let found = self.screen.wait(|parser| condition(parser.screen()));
        found.unwrap_or_else(|| panic!("waited for {what} on the screen:\n{}", self.contents()))
    }

    /// Waits until the screen shows `text`, in one row or wrapped between words.
    pub(crate) fn wait_for(&self, text: &str) {
        let words = unwrapped(text);
        self.wait(&format!("{text:?}"), |screen| {
            let contents = screen.contents();
            (contents.contains(text) || unwrapped(&contents).contains(&words)).then_some(())
        });
    }

    /// Waits until the cursor follows the prompt, of a pair or of a room, and `draft`.
    pub(crate) fn prompt_with(&self, draft: &str) {
        let is_prompt = |label: &str| label == "Enter Input >" || label.ends_with("> ");
        self.wait(
            &format!("a prompt with {draft:?} at the cursor"),
            |screen| {
                let line = line_of_cursor(screen);
                line.strip_suffix(draft)
                    .is_some_and(is_prompt)
                    .then_some(())
            },
        );
    }

    /// Waits until the cursor follows `line`.
    pub(crate) fn cursor_behind(&self, line: &str) {
        self.wait(&format!("{line:?} at the cursor"), |screen| {
            (line_of_cursor(screen) == line).then_some(())
        });
    }

    /// Waits for the prompt with an empty line.
    pub(crate) fn prompt(&self) {
        self.prompt_with("");
    }

    /// The text of the screen, without the spaces at line ends.
    pub(crate) fn contents(&self) -> String {
        self.screen.read(|parser| parser.screen().contents())
    }

    /// All that the program has written so far, control sequences and all.
    pub(crate) fn output(&self) -> String {
        self.written
            .read(|written| String::from_utf8_lossy(&written.bytes).into_owned())
    }

    /// All that a program has written that has ended.
    pub(crate) fn whole_output(&self) -> String {
        let ended = self.written.wait(|written| written.has_ended.then_some(()));
        ended.expect("the output ends with the program");
        self.output()
    }

    /// How many bytes the program has written so far.
    pub(crate) fn written(&self) -> usize {
        self.written.read(|written| written.bytes.len())
    }

    /// Waits until the program has written `text` after its first `from` bytes. Returns how many bytes it
    /// had written by the end of that.
    pub(crate) fn writes(&self, text: &str, from: usize) -> usize {
        let found = self.written.wait(|written| {
            let new = &written.bytes[from..];
            let mut windows = new.windows(text.len());
            let at = windows.position(|window| window == text.as_bytes())?;
            Some(from + at + text.len())
        });
        found.unwrap_or_else(|| panic!("waited for {text:?} behind byte {from}"))
    }

    /// Reads the screen with its colours.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&vt100::Screen) -> R) -> R {
        self.screen.read(|parser| read(parser.screen()))
    }

    /// Gives the window another size.
    pub(crate) fn resize(&self, (rows, cols): (u16, u16)) {
        self.screen
            .change(|parser| parser.screen_mut().set_size(size_of(rows), size_of(cols)));
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).unwrap();
    }

    /// Whether the terminal shows what is typed and hands it over line by line.
    pub(crate) fn is_cooked(&self) -> bool {
        self.modes().contains(LocalFlags::ECHO | LocalFlags::ICANON)
    }

    /// Waits until the terminal shows nothing of what is typed. No event tells of it, so this asks
    /// again and again.
    pub(crate) fn wait_until_quiet(&self) {
        let end = Instant::now() + LIMIT;
        while self.modes().contains(LocalFlags::ECHO) {
            assert!(Instant::now() < end, "what is typed is shown");
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// Whether all settings of the terminal are as before the program started.
    pub(crate) fn has_first_settings(&self) -> bool {
        settings_of(self.master.as_ref()) == self.settings
    }

    /// Gives the terminal these settings again, as somebody else does who shares it.
    pub(crate) fn restore_first_settings(&self) {
        let terminal = slave_of(self.master.as_ref());
        tcsetattr(&terminal, SetArg::TCSANOW, &self.settings).unwrap();
    }

    fn modes(&self) -> LocalFlags {
        settings_of(self.master.as_ref()).local_flags
    }

    pub(crate) fn id(&self) -> Pid {
        let id = self.child.process_id().unwrap();
        Pid::from_raw(i32::try_from(id).unwrap())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.id(), signal).unwrap();
    }

    /// As the client, says `Hello` to `server`, which answers `Hi`. Then it is the client's turn.
    pub(crate) fn exchange_greetings_with(&mut self, server: &mut Self) {
        self.prompt();
        self.enter("Hello");
        server.prompt();
        server.enter("Hi");
        self.prompt();
    }

    /// Waits for the end; returns the exit code.
    pub(crate) fn finish(&mut self) -> u32 {
        let mut killer = self.child.clone_killer();
        let (ended, end) = mpsc::channel::<()>();
        // A program that does not end is killed, so that the test does.
        let watchdog = thread::spawn(move || {
            let is_late = end.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout);
            if is_late {
                killer.kill().unwrap();
            }
            is_late
        });
        let status = self.child.wait().unwrap();
        drop(ended);
        let was_late = watchdog.join().unwrap();
        assert!(!was_late, "the program does not end:\n{}", self.contents());
        // Its last words may still be on their way from the terminal to the screen.
        let has_ended = |written: &Written| written.has_ended.then_some(());
        assert!(
            self.written.wait(has_ended).is_some(),
            "the terminal stays open"
        );
        status.exit_code()
    }
}

/// The end of the terminal that programs use.
fn slave_of(master: &dyn MasterPty) -> File {
    let path = master.tty_name().unwrap();
    // It must not become the terminal of the tests themselves.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(nix::libc::O_NOCTTY);
    options.open(path).unwrap()
}

fn settings_of(master: &dyn MasterPty) -> Termios {
    tcgetattr(slave_of(master)).unwrap()
}

/// `text` in one row, with one space between its words.
pub(crate) fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The character on the screen for U+FFFD, which `vt100` does not draw.
pub(crate) const REPLACED: char = '\u{25c7}';

/// Takes from `bytes` what can be drawn now, with [`REPLACED`] for U+FFFD; leaves the start of one.
fn drawable(bytes: &mut Vec<u8>) -> Vec<u8> {
    const MARK: &[u8] = "\u{fffd}".as_bytes();
    let is_cut = |length: &usize| bytes.ends_with(&MARK[..*length]);
    let cut = (1..MARK.len()).rev().find(is_cut).unwrap_or(0);
    let rest = bytes.split_off(bytes.len() - cut);
    let mut drawn = std::mem::replace(bytes, rest);
    while let Some(at) = drawn.windows(MARK.len()).position(|window| window == MARK) {
        let mark = REPLACED.to_string();
        drawn.splice(at..at + MARK.len(), mark.bytes());
    }
    drawn
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number of rows or columns as the screen wants it.
fn size_of(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a screen has room")
}

/// The text of the cursor's row, up to the cursor.
pub(crate) fn line_of_cursor(screen: &vt100::Screen) -> String {
    let (row, column) = screen.cursor_position();
    screen.contents_between(row, 0, row, column)
}

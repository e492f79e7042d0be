//! The console of a terminal: one thread owns what is typed, at the prompt and ahead of it.
//!
//! At the prompt the thread is in the line editor. Between prompts it collects what is typed
//! without showing it, and gives it to the next prompt to be edited there: nothing typed is lost,
//! nothing garbles the screen, and nothing is sent before its turn.

use super::editor::{Edited, LineEditor, Shared};
use super::{Console, Paint, Style, Typed};
use std::io::{self, Write as _};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc as answers;
use tokio::time::Instant;

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

/// How long an editor that was told to stop may take before it is told again.
const PATIENCE: Duration = Duration::from_millis(10);

/// How long an interrupt signal of our own may be under way.
const ECHO: Duration = Duration::from_millis(200);

/// A terminal with a line editor.
#[derive(Debug)]
pub struct Screen {
    style: Style,
    printed: String,
    is_prompting: bool,
    /// Whether something printed could not be put out.
    is_broken: bool,
    /// When an editor was last told to stop.
    interrupted: Option<Instant>,
    shared: Arc<Shared>,
    waker: system::Waker,
    resumes: system::Resumes,
    requests: Option<mpsc::Sender<Request>>,
    answers: answers::UnboundedReceiver<Edited>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is asked for.
#[derive(Debug)]
enum Request {
    /// To show the prompt with this text, and to answer with what comes of it.
    Prompt(String),
    /// To answer with what was typed ahead.
    Surrender,
}

impl Screen {
    /// Takes over the terminal until it is dropped. `words` are what Tab completes. Must be called
    /// within a runtime, on its thread, before any other thread is started.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn open(paint: Paint, words: Vec<String>) -> io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let (outbox, answers) = answers::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let editor_shared = Arc::clone(&shared);
        let (waker, thread) = system::start(
            move || LineEditor::new(paint, words, editor_shared),
            inbox,
            outbox,
        )?;
        Ok(Self {
            style: Style::of_stdout(paint),
            printed: String::new(),
            is_prompting: false,
            is_broken: false,
            interrupted: None,
            shared,
            waker,
            resumes: system::Resumes::watch()?,
            requests: Some(requests),
            answers,
            thread: Some(thread),
        })
    }

    fn request(&mut self, request: Request) {
        if let Some(requests) = &self.requests {
            // A thread that has ended has said why, or says so when we wait for it.
            let _ = requests.send(request);
            self.waker.wake_collector();
        }
    }
}

impl Console for Screen {
    fn style(&self) -> Style {
        self.style
    }

    fn print(&mut self, text: &str) {
        self.printed.push_str(text);
    }

    fn flush(&mut self) {
        let mut stdout = io::stdout().lock();
        let written = stdout
            .write_all(self.printed.as_bytes())
            .and_then(|()| stdout.flush());
        self.printed.clear();
        self.is_broken |= written.is_err();
    }

    fn prompt(&mut self, draft: &str) {
        self.flush();
        self.is_prompting = true;
        self.request(Request::Prompt(draft.to_owned()));
    }

    async fn typed(&mut self) -> Typed {
        if self.is_broken {
            return Typed::Gone;
        }
        let answer = loop {
            tokio::select! {
                biased;
                answer = self.answers.recv() => break answer,
                // The line editor takes its terminal back by itself.
                () = self.resumes.next() => if !self.is_prompting {
                    system::hush();
                },
            }
        };
        match answer {
            Some(Edited::Typed(typed)) => {
                self.is_prompting = false;
                typed
            }
            Some(Edited::Withdrawn(_)) | None => {
                Typed::Failed(io::Error::other("the terminal was taken away"))
            }
        }
    }

    async fn withdraw(&mut self) -> String {
        let was_prompting = std::mem::take(&mut self.is_prompting);
        if was_prompting {
            self.shared.withdraw(true);
        } else {
            self.request(Request::Surrender);
        }
        let draft = loop {
            if was_prompting {
                self.interrupted = Some(Instant::now());
                self.waker.wake_editor();
            }
            match tokio::time::timeout(PATIENCE, self.answers.recv()).await {
                Err(_) => {}
                Ok(None) => break String::new(),
                Ok(Some(Edited::Withdrawn(draft))) => break draft,
                // Entered in the same moment: it was not sent.
                Ok(Some(Edited::Typed(Typed::Line(line)))) if was_prompting => break line,
                Ok(Some(Edited::Typed(_))) if was_prompting => break String::new(),
                Ok(Some(Edited::Typed(_))) => {}
            }
        };
        self.shared.withdraw(false);
        draft
    }

    fn interrupts_itself(&self) -> bool {
        cfg!(unix)
            && self
                .interrupted
                .is_some_and(|interrupted| interrupted.elapsed() < ECHO)
    }
}

impl Drop for Screen {
    /// Waits for the thread, so that the terminal is as it was before.
    fn drop(&mut self) {
        self.shared.withdraw(true);
        self.requests = None;
        self.waker.wake_collector();
        let Some(thread) = self.thread.take() else {
            return;
        };
        while !thread.is_finished() {
            if self.is_prompting {
                self.waker.wake_editor();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = thread.join();
    }
}

/// The thread and its signals on Unix.
///
/// The line editor has no call that ends it. It does end on an interrupt signal that reaches the
/// thread it runs in, in each of its states, and restores the terminal on its way.
#[cfg(unix)]
mod unix {
    use super::{Edited, LineEditor, Request, Typed};
    use crate::terminal::type_ahead::{TypeAhead, Wish};
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::pthread::{Pthread, pthread_kill, pthread_self};
    use nix::sys::signal::{SigSet, Signal};
    use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
    use nix::unistd::read;
    use std::io::{self, Write as _};
    use std::os::fd::AsFd as _;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc;
    use std::thread::JoinHandle;
    use tokio::sync::mpsc as answers;

    /// Reaches the thread of the terminal.
    #[derive(Debug)]
    pub(super) struct Waker {
        thread: Pthread,
        collector: UnixStream,
    }

    impl Waker {
        /// Ends the edit that the thread is in, if it is in one: to be repeated until it answers.
        pub(super) fn wake_editor(&mut self) {
            let _ = pthread_kill(self.thread, Signal::SIGINT);
        }

        /// Lets the thread look for requests.
        pub(super) fn wake_collector(&mut self) {
            // Full of bytes that were not read yet it wakes the thread as well.
            let _ = self.collector.write(&[0]);
        }
    }

    pub(super) fn start(
        editor: impl FnOnce() -> io::Result<LineEditor> + Send + 'static,
        requests: mpsc::Receiver<Request>,
        answers: answers::UnboundedSender<Edited>,
    ) -> io::Result<(Waker, JoinHandle<()>)> {
        let quiet = Quiet::begin()?;
        let (collector, wakes) = UnixStream::pair()?;
        collector.set_nonblocking(true)?;
        wakes.set_nonblocking(true)?;
        let (started, thread) = mpsc::channel();
        let handle = std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || {
                let _quiet = quiet;
                let editor = editor();
                let _ = started.send(editor.as_ref().map(|_| pthread_self()).map_err(clone_error));
                if let Ok(editor) = editor {
                    run(editor, &requests, &answers, &wakes);
                }
            })?;
        let thread = thread
            .recv()
            .map_err(|_| io::Error::other("the terminal's thread did not start"))??;
        // What the system sends to the whole process reaches the thread that it can wake: the line
        // editor then ends, draws itself anew for a window of another size, or is suspended.
        let mut for_thread = SigSet::empty();
        for_thread.add(Signal::SIGINT);
        for_thread.add(Signal::SIGWINCH);
        for_thread.add(Signal::SIGTSTP);
        for_thread.thread_block()?;
        Ok((Waker { thread, collector }, handle))
    }

    fn clone_error(error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), error.to_string())
    }

    fn run(
        mut editor: LineEditor,
        requests: &mpsc::Receiver<Request>,
        answers: &answers::UnboundedSender<Edited>,
        wakes: &UnixStream,
    ) {
        let mut ahead = TypeAhead::default();
        loop {
            let answer = match requests.try_recv() {
                Ok(Request::Prompt(draft)) => editor.edit(&(draft + &ahead.take())),
                Ok(Request::Surrender) => Edited::Withdrawn(ahead.take()),
                Err(mpsc::TryRecvError::Disconnected) => return,
                Err(mpsc::TryRecvError::Empty) => match collect(&mut ahead, wakes) {
                    Ok(Wish::None) => continue,
                    Ok(Wish::Leave) => Edited::Typed(Typed::End),
                    Err(error) => {
                        let _ = answers.send(Edited::Typed(Typed::Failed(error)));
                        return;
                    }
                },
            };
            if answers.send(answer).is_err() {
                return;
            }
        }
    }

    /// Waits for keys or a wake, and takes in the keys.
    fn collect(ahead: &mut TypeAhead, wakes: &UnixStream) -> io::Result<Wish> {
        let stdin = io::stdin();
        let mut watched = [
            PollFd::new(wakes.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut watched, PollTimeout::NONE) {
            Ok(_) => {}
            Err(nix::Error::EINTR) => return Ok(Wish::None),
            Err(error) => return Err(error.into()),
        }
        let [woken, typed] = watched.map(|fd| fd.any().unwrap_or(false));
        let mut bytes = [0; 1024];
        if woken {
            // Only how often we were woken stands there.
            let _ = read(wakes, &mut bytes);
        }
        if typed {
            return match read(stdin.as_fd(), &mut bytes) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => Ok(ahead.push(bytes.get(..length).unwrap_or_default())),
                Err(nix::Error::EINTR) => Ok(Wish::None),
                Err(error) => Err(error.into()),
            };
        }
        Ok(Wish::None)
    }

    /// The terminal shows nothing of what is typed, and hands it over key by key; Ctrl-C and
    /// Ctrl-Z still work. Ends when dropped.
    struct Quiet {
        before: Termios,
    }

    impl Quiet {
        fn begin() -> io::Result<Self> {
            let before = tcgetattr(io::stdin())?;
            set_quiet(before.clone())?;
            Ok(Self { before })
        }
    }

    fn set_quiet(mut mode: Termios) -> nix::Result<()> {
        mode.local_flags
            .remove(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON);
        tcsetattr(io::stdin(), SetArg::TCSADRAIN, &mode)
    }

    /// Makes the terminal quiet again after a shell has had it.
    pub(super) fn hush() {
        // Where that fails the terminal is gone, and we will hear of it.
        let _ = tcgetattr(io::stdin()).and_then(set_quiet);
    }

    /// Tells when the program goes on after it was suspended (Ctrl-Z, `fg`).
    #[derive(Debug)]
    pub(super) struct Resumes(tokio::signal::unix::Signal);

    impl Resumes {
        pub(super) fn watch() -> io::Result<Self> {
            use tokio::signal::unix::{SignalKind, signal};
            signal(SignalKind::from_raw(Signal::SIGCONT as i32)).map(Self)
        }

        pub(super) async fn next(&mut self) {
            if self.0.recv().await.is_none() {
                std::future::pending().await
            }
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            // A terminal that is gone needs no mode.
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.before);
        }
    }
}

/// The thread where there are no Unix signals. What is typed ahead waits in the system's own
/// buffer, and the editor is woken by an empty print and left by unwinding.
#[cfg(not(unix))]
mod portable {
    use super::{Edited, LineEditor, Request};
    use std::io;
    use std::sync::mpsc;
    use std::thread::JoinHandle;
    use tokio::sync::mpsc as answers;

    /// What is printed to wake the editor: it wipes its rows first and then draws them again, and
    /// this leaves the cursor where it was in between.
    const WAKE: &str = "\x1b[A\n";

    /// Reaches the thread of the terminal.
    #[derive(Debug)]
    pub(super) struct Waker(mpsc::SyncSender<()>);

    impl Waker {
        /// Ends the edit that the thread is in, if it is in one: to be repeated until it answers.
        pub(super) fn wake_editor(&mut self) {
            // Full it wakes the thread as well.
            let _ = self.0.try_send(());
        }

        /// Nothing to do: the thread waits for requests themselves.
        pub(super) fn wake_collector(&mut self) {}
    }

    /// Nothing is to be done: the system shows what is typed ahead.
    pub(super) fn hush() {}

    /// Programs are not suspended here.
    #[derive(Debug)]
    pub(super) struct Resumes;

    impl Resumes {
        #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
        pub(super) fn watch() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            std::future::pending().await
        }
    }

    pub(super) fn start(
        editor: impl FnOnce() -> io::Result<LineEditor> + Send + 'static,
        requests: mpsc::Receiver<Request>,
        answers: answers::UnboundedSender<Edited>,
    ) -> io::Result<(Waker, JoinHandle<()>)> {
        let (started, waker) = mpsc::channel();
        let handle = std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || {
                let mut editor = match editor() {
                    Ok(editor) => editor,
                    Err(error) => return drop(started.send(Err(error))),
                };
                let _ = started.send(editor.waker());
                for request in requests {
                    let answer = match request {
                        Request::Prompt(draft) => editor.edit(&draft),
                        Request::Surrender => Edited::Withdrawn(String::new()),
                    };
                    if answers.send(answer).is_err() {
                        return;
                    }
                }
            })?;
        let mut printer = waker
            .recv()
            .map_err(|_| io::Error::other("the terminal's thread did not start"))??;
        // An editor that waits for a second key lets whoever prints wait too.
        let (waker, wakes) = mpsc::sync_channel(1);
        std::thread::Builder::new()
            .name("waker".to_owned())
            .spawn(move || {
                for () in wakes {
                    let _ = printer.print(WAKE.to_owned());
                }
            })?;
        Ok((Waker(waker), handle))
    }
}

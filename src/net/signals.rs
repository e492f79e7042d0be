//! Signals that end the program.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Why the program ends normally. Each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// One side quit, or the input or output ended.
    Goodbye,
    /// A signal arrived.
    Signalled(Signal),
}

/// A signal that ends the program after it has said goodbye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\\, or Ctrl-Break on Windows.
    Quit,
    /// `SIGTERM`, or the system is shutting down.
    Terminate,
    /// The terminal window was closed.
    Hangup,
}

impl Signal {
    /// The exit code that shells report for this signal: 128 plus its number.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Quit => 131,
            Self::Terminate => 143,
        }
    }
}

/// Catches the signals from its creation on. Until then they have their default effect.
#[derive(Debug)]
pub struct Signals {
    /// `None` if no signals are caught here.
    sources: Option<Sources>,
    bell: Arc<Chime>,
}

impl Signals {
    /// Starts to catch the signals. Must be called within a runtime.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            sources: Some(system::open()?),
            bell: Arc::default(),
        })
    }

    /// Catches no signals, because another instance does.
    #[must_use]
    pub fn none() -> Self {
        Self {
            sources: None,
            bell: Arc::default(),
        }
    }

    /// Discards the interrupt signals that have arrived so far.
    pub async fn forget_interrupts(&mut self) {
        // Lets the runtime deliver those that have just arrived.
        tokio::task::yield_now().await;
        if let Some(sources) = &mut self.sources {
            let _ = sources.poll_interrupt(&mut Context::from_waker(Waker::noop()));
        }
        // All sources must register their waker again.
        self.bell.wake_by_ref();
    }

    /// Waits for the next signal. Cancel safe.
    pub async fn next(&mut self) -> Signal {
        poll_fn(|context| {
            if !self.bell.has_rung(context.waker()) {
                return Poll::Pending;
            }
            let bell = Waker::from(Arc::clone(&self.bell));
            let Some(sources) = &mut self.sources else {
                return Poll::Pending;
            };
            let signal = sources.poll(&mut Context::from_waker(&bell));
            if signal.is_ready() {
                // Another source may have a signal too.
                bell.wake();
            }
            signal
        })
        .await
    }
}

/// Set when a source wakes. A session polls for signals at every step, and polling each source
/// would be a considerable part of the cost of a step.
#[derive(Debug)]
struct Chime {
    has_rung: AtomicBool,
    listener: Mutex<Option<Waker>>,
}

/// Starts set: the sources have not been polled yet.
impl Default for Chime {
    fn default() -> Self {
        Self {
            has_rung: AtomicBool::new(true),
            listener: Mutex::new(None),
        }
    }
}

impl Chime {
    /// Returns and clears the flag, and registers `listener` for the next wake.
    fn has_rung(&self, listener: &Waker) -> bool {
        let mut listening = self.listening();
        if !listening
            .as_ref()
            .is_some_and(|old| old.will_wake(listener))
        {
            *listening = Some(listener.clone());
        }
        self.has_rung.swap(false, Ordering::AcqRel)
    }

    fn listening(&self) -> MutexGuard<'_, Option<Waker>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Chime {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        if let Some(listener) = &*self.listening() {
            listener.wake_by_ref();
        }
    }
}

/// The streams of the four signals, by the types of the system.
#[derive(Debug)]
struct Sources {
    interrupt: system::Interrupt,
    quit: system::Quit,
    terminate: system::Terminate,
    hangup: system::Hangup,
}

impl Sources {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Signal> {
        if self.terminate.poll_recv(context).is_ready() {
            Poll::Ready(Signal::Terminate)
        } else if self.hangup.poll_recv(context).is_ready() {
            Poll::Ready(Signal::Hangup)
        } else if self.quit.poll_recv(context).is_ready() {
            Poll::Ready(Signal::Quit)
        } else {
            self.poll_interrupt(context).map(|()| Signal::Interrupt)
        }
    }

    fn poll_interrupt(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.interrupt.poll_recv(context).map(drop)
    }
}

#[cfg(unix)]
mod system {
    use super::Sources;
    use std::io;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) type Interrupt = Signal;
    pub(super) type Quit = Signal;
    pub(super) type Terminate = Signal;
    pub(super) type Hangup = Signal;

    pub(super) fn open() -> io::Result<Sources> {
        Ok(Sources {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}

#[cfg(windows)]
mod system {
    use super::Sources;
    use std::io;
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

    pub(super) type Interrupt = tokio::signal::windows::CtrlC;
    pub(super) type Quit = tokio::signal::windows::CtrlBreak;
    pub(super) type Terminate = tokio::signal::windows::CtrlShutdown;
    pub(super) type Hangup = tokio::signal::windows::CtrlClose;

    pub(super) fn open() -> io::Result<Sources> {
        Ok(Sources {
            interrupt: ctrl_c()?,
            quit: ctrl_break()?,
            terminate: ctrl_shutdown()?,
            hangup: ctrl_close()?,
        })
    }
}

//! The signals by which a person or the system ends the program.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Why a program ends that was asked to; each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Somebody said goodbye, or the input or output ended.
    Goodbye,
    /// A signal came.
    Signalled(Signal),
}

/// A signal that ends the program after a goodbye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\\, or Ctrl-Break on Windows.
    Quit,
    /// A polite kill, or the system shutting down.
    Terminate,
    /// The terminal window was closed.
    Hangup,
}

impl Signal {
    /// The exit code by which shells tell that a program ended by this signal: 128 and its number.
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

/// Catches the signals from its creation on.
#[derive(Debug)]
pub struct Signals {
    /// None where no signal is to be heard.
    sources: Option<Sources>,
    bell: Arc<Bell>,
}

impl Signals {
    /// Starts to catch the signals; must be called within a runtime.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            sources: Some(Sources::open()?),
            bell: Arc::default(),
        })
    }

    /// Hears no signal: somebody else does.
    #[must_use]
    pub fn none() -> Self {
        Self {
            sources: None,
            bell: Arc::default(),
        }
    }

    /// Forgets the interrupt signals that have come so far.
    pub async fn forget_interrupts(&mut self) {
        // Lets the runtime see those that have just come.
        tokio::task::yield_now().await;
        if let Some(sources) = &mut self.sources {
            let _ = sources.poll_interrupt(&mut Context::from_waker(Waker::noop()));
        }
        // All sources have to be asked anew who is to be woken.
        self.bell.wake_by_ref();
    }

    /// Waits for the next signal. Dropping the future loses none.
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
                // Another source may have one too.
                bell.wake();
            }
            signal
        })
        .await
    }
}

/// Tells whether any source has stirred since they were last asked. A talk looks for signals at
/// every step, and to ask each source then would be a good part of what a step costs.
#[derive(Debug)]
struct Bell {
    has_rung: AtomicBool,
    listener: Mutex<Option<Waker>>,
}

/// The sources have not been asked yet.
impl Default for Bell {
    fn default() -> Self {
        Self {
            has_rung: AtomicBool::new(true),
            listener: Mutex::new(None),
        }
    }
}

impl Bell {
    /// Whether it has rung since this was last asked. From now on it wakes `listener`.
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

impl Wake for Bell {
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

#[cfg(unix)]
#[derive(Debug)]
struct Sources {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Sources {
    fn open() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

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

#[cfg(windows)]
#[derive(Debug)]
struct Sources {
    interrupt: tokio::signal::windows::CtrlC,
    quit: tokio::signal::windows::CtrlBreak,
    terminate: tokio::signal::windows::CtrlShutdown,
    hangup: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Sources {
    fn open() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            quit: ctrl_break()?,
            terminate: ctrl_shutdown()?,
            hangup: ctrl_close()?,
        })
    }

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

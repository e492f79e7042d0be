//! What to do about a journal that cannot be written.

use super::{Conversation, Partner};
use crate::journal::{JournalError, Problem};
use crate::net::{Exit, Signal};
use crate::pair::error::PairError;
use crate::pair::heartbeat;
use crate::pair::speaker::{Prompt, Speaker};
use crate::session::Input;
use crate::terminal::{Echo, Typed};
use crate::wire::{Control, QUIT};
use std::io::{self, Write as _};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The keyword that continues a session without a journal that cannot be written.
const NO_JOURNAL: &str = "/no-journal";

/// How long a program without a person waits for a journal that another program has locked. A
/// journal is locked for milliseconds, unless a program is stopped or the disk hangs.
const LOCKED: Duration = Duration::from_secs(30);

/// How long it pauses between attempts, besides the time that each attempt waits by itself.
const RETRY: Duration = Duration::from_millis(50);

impl<P: Partner, S: Speaker> Conversation<'_, '_, P, S> {
    /// Decides what to do about a journal that cannot be written: the person chooses, if there is
    /// one. Otherwise a locked journal is retried for up to [`LOCKED`].
    pub(super) async fn decide(&mut self, error: JournalError) -> Result<(), PairError> {
        if error.may_pass() && !self.speaker.can_decide() {
            let since = *self.locked_since.get_or_insert_with(|| {
                // Without standard error, nothing of the session is missed.
                let _ = writeln!(
                    io::stderr(),
                    "tictalk: the journal is locked by another program: waiting for up to {} seconds",
                    LOCKED.as_secs()
                );
                Instant::now()
            });
            if since.elapsed() < LOCKED {
                tokio::select! {
                    biased;
                    signal = self.signals.next() => self.leave_unrecorded(Exit::Signalled(signal)),
                    () = sleep(RETRY) => {}
                }
                return Ok(());
            }
        }
        self.withdraw_prompt().await;
        let is_final = matches!(
            error,
            JournalError::Use(Problem::TakenOver | Problem::Deleted)
        );
        if is_final || !self.speaker.can_decide() {
            self.speaker.finish().await;
            return Err(match is_final {
                true => PairError::Journal(error),
                false => PairError::Unrecorded(error),
            });
        }
        self.speaker.warn(&format!(
            "The journal cannot be written: {error}. The session is paused. Press Enter to try \
             again, type {NO_JOURNAL} to continue without a journal, or {QUIT} to leave."
        ));
        loop {
            let (draft, echo) = (String::new(), Echo::Shown);
            self.prompt(Prompt { draft, echo }).await;
            match self.decision().await {
                Typed::Line(line) => match line.trim() {
                    "" => return Ok(()),
                    NO_JOURNAL => {
                        self.ledger.close();
                        return Ok(());
                    }
                    QUIT => {
                        self.leave_unrecorded(Exit::Goodbye);
                        return Ok(());
                    }
                    _ => self.speaker.warn(&format!(
                        "Press Enter to try again, or type {NO_JOURNAL} or {QUIT}."
                    )),
                },
                Typed::Overlong(_) => {}
                Typed::Interrupt => {
                    self.leave_unrecorded(Exit::Signalled(Signal::Interrupt));
                    return Ok(());
                }
                Typed::End | Typed::Gone => {
                    self.leave_unrecorded(self.exit);
                    return Ok(());
                }
                Typed::Failed(error) => return Err(PairError::Console(error)),
            }
        }
    }

    /// Waits for the person's decision about the journal.
    async fn decision(&mut self) -> Typed {
        loop {
            tokio::select! {
                biased;
                signal = self.signals.next() => {
                    self.exit = Exit::Signalled(signal);
                    return Typed::Gone;
                }
                typed = self.speaker.typed() => return typed,
                // The partner gets no answer meanwhile, but should know that we are still here.
                () = sleep(heartbeat::EVERY), if self.session.peer().answers_pings() => {
                    self.link.send_control(Control::Ping);
                }
            }
        }
    }

    /// Leaves without a journal.
    fn leave_unrecorded(&mut self, exit: Exit) {
        self.exit = exit;
        self.ledger.close();
        // A turn that could not be recorded was never said. Only a goodbye has ended the session.
        if !self.session.is_over() {
            self.effects = self.session.handle(Input::Hangup).into();
        }
    }
}

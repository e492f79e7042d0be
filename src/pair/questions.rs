//! Questions that the session asks its shell.

use crate::games::{Advice, Chance, Skill};
use crate::journal::Ledger;
use crate::session::{Input, Session, Tally};
use crate::terminal::with_progress;
use std::future::pending;
use tokio::task::{JoinHandle, spawn_blocking};

/// Whether a wait shows its own progress line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Shown,
    /// The console shows what it waits for.
    Elsewhere,
}

/// The questions that are still open.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// A thread that searches for a good move.
    hint: Option<JoinHandle<Option<Advice>>>,
    /// The games of this session, to which those of other sessions are added.
    score: Option<Tally>,
}

impl Questions {
    /// Starts to search for a good move in the running game.
    pub(super) fn ask_hint(&mut self, session: &Session) {
        let game = session.game().map(|running| running.game.boxed());
        self.hint = Some(spawn_blocking(move || {
            game?.advise(Skill::Perfect, &mut Chance::new([0; 32]))
        }));
    }

    /// Asks for the score over all sessions with this partner.
    pub(super) fn ask_score(&mut self, tally: Tally) {
        self.score = Some(tally);
    }

    /// Waits for the next answer, with a progress line if it `shows` one. Cancel safe.
    pub(super) async fn answer(&mut self, ledger: &Ledger<'_>, shows: Progress) -> Input {
        if let Some(mut tally) = self.score.take() {
            // A journal that cannot be read cannot be written either, and reports that on a write.
            for played in ledger.other_games().unwrap_or_default() {
                tally.add(&played);
            }
            return Input::Counted(tally);
        }
        let Some(thread) = &mut self.hint else {
            return pending().await;
        };
        let advice = match shows {
            Progress::Shown => with_progress("Thinking", thread).await,
            Progress::Elsewhere => thread.await,
        };
        self.hint = None;
        Input::Advised(advice.unwrap_or_default())
    }
}

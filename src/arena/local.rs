//! A player on this machine: a level of this program, or a program of somebody else.

use super::error::ArenaError;
use crate::bot::{Situation, answer};
use crate::games::{Chance, Skill};
use crate::player::{PlayerFault, ProgramPlayer};
use crate::session::{Command, Notice, Session};
use crate::tournament::HowWon;
use std::future::pending;
use tokio::task::{JoinHandle, spawn_blocking};

/// A player on this machine.
#[derive(Debug)]
pub(super) enum LocalPlayer {
    /// A level of this program.
    Level {
        skill: Skill,
        chance: Chance,
        /// The search for the move that it was asked for.
        thought: Option<JoinHandle<Option<String>>>,
    },
    /// A program of somebody else.
    Program(Box<ProgramPlayer>),
}

impl LocalPlayer {
    /// A level of this program.
    pub(super) fn level(skill: Skill, chance: Chance) -> Self {
        Self::Level {
            skill,
            chance,
            thought: None,
        }
    }

    /// Shows it what happens.
    pub(super) fn show(&mut self, notice: &Notice) {
        match self {
            Self::Level { .. } => {}
            Self::Program(program) => program.show(notice),
        }
    }

    /// Asks it for a move in the running game. Must be called within a runtime.
    pub(super) fn ask(&mut self, session: &Session) {
        match self {
            Self::Level {
                skill,
                chance,
                thought,
            } => {
                let (skill, mut chance) = (*skill, Chance::new(chance.bytes()));
                *thought = session.game().map(|running| {
                    let situation = Situation::of(Some(running.game.boxed()));
                    spawn_blocking(move || answer(&situation, skill, &mut chance))
                });
            }
            Self::Program(program) => program.ask(session),
        }
    }

    /// Waits for its move. Waits for ever unless it was asked. Cancel safe.
    pub(super) async fn answer(&mut self) -> String {
        let line = match self {
            Self::Level { thought, .. } => match thought {
                Some(search) => {
                    let found = search.await;
                    *thought = None;
                    found.ok().flatten()
                }
                None => pending().await,
            },
            Self::Program(program) => program.answer().await,
        };
        line.unwrap_or_else(|| Command::Resign.word().to_owned())
    }

    /// The fault by which it has lost, and how that counts.
    ///
    /// # Errors
    /// [`ArenaError::Shortage`]: the machine is to blame, and the game does not count.
    pub(super) fn fault(&self) -> Result<Option<(HowWon, String)>, ArenaError> {
        let fault = match self {
            Self::Level { .. } => None,
            Self::Program(program) => program.fault(),
        };
        let Some(fault) = fault else {
            return Ok(None);
        };
        let how = match fault {
            PlayerFault::Crash(_) => HowWon::Crash,
            PlayerFault::Timeout(_) => HowWon::Timeout,
            PlayerFault::Illegal(_) => HowWon::IllegalMove,
            PlayerFault::Shortage(why) => return Err(ArenaError::Shortage(why.clone())),
        };
        Ok(Some((how, fault.to_string())))
    }

    /// The game is over.
    pub(super) async fn finish(&mut self) {
        if let Self::Program(program) = self {
            program.finish().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LocalPlayer;
    use crate::games::{Chance, Skill};
    use crate::session::{Input, Loss, Role, Session};
    use crate::wire::{Dialect, Ticket};
    use std::future::ready;
    use std::time::Duration;
    use tokio::time::timeout;

    #[test]
    fn an_answer_survives_a_wait_that_was_cancelled() -> anyhow::Result<()> {
        let chance = || Chance::new([7; 32]);
        let ticket = Ticket::new([7; 16]);
        let (mut session, _) =
            Session::start(Role::Client, Dialect::Tictalk, ticket, Loss::Ends, chance());
        session.handle(Input::Line("play tictactoe".to_owned()));
        let mut player = LocalPlayer::level(Skill::Perfect, chance());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let line = runtime.block_on(async {
            player.ask(&session);
            tokio::select! {
                biased;
                line = player.answer() => Ok(line),
                // Another event is faster than the search.
                () = ready(()) => timeout(Duration::from_secs(30), player.answer()).await,
            }
        })?;
        assert!((1..=9).contains(&line.parse::<u8>()?), "{line}");
        Ok(())
    }
}

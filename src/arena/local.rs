//! A player on this machine: a level of this program, or a program of somebody else.

use super::error::ArenaError;
use crate::bot::{Situation, answer};
use crate::games::{Chance, Skill};
use crate::player::{PlayerFault, ProgramPlayer};
use crate::session::{Command, Notice, Session};
use crate::tournament::HowWon;
use tokio::task::spawn_blocking;

/// A player on this machine.
#[derive(Debug)]
pub(super) enum LocalPlayer {
    /// A level of this program.
    Level {
        skill: Skill,
        chance: Chance,
        situation: Option<Situation>,
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
            situation: None,
        }
    }

    /// Shows it what happens.
    pub(super) fn show(&mut self, notice: &Notice) {
        match self {
            Self::Level { .. } => {}
            Self::Program(program) => program.show(notice),
        }
    }

    /// Asks it for a move in the running game.
    pub(super) fn ask(&mut self, session: &Session) {
        match self {
            Self::Level { situation, .. } => {
                *situation = session.game().map(|running| Situation {
                    game: Some(running.game.boxed()),
                    offer: None,
                    heard: None,
                    is_game_over: false,
                    refused: 0,
                    plays_secrets: true,
                    wish: None,
                });
            }
            Self::Program(program) => program.ask(session),
        }
    }

    /// Waits for its move.
    pub(super) async fn answer(&mut self) -> String {
        let line = match self {
            Self::Level {
                skill,
                chance,
                situation,
            } => match situation.take() {
                Some(situation) => {
                    let (skill, mut chance) = (*skill, Chance::new(chance.bytes()));
                    let thought = spawn_blocking(move || answer(&situation, skill, &mut chance));
                    thought.await.ok().flatten()
                }
                None => std::future::pending().await,
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

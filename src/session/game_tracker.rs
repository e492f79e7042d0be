//! Follows the games of a session by its notices.

use super::notice::Notice;
use super::outcome::Played;
use crate::games::Entry;

/// Follows the games of a session through the notices of its turns.
#[derive(Debug, Clone, Default)]
pub(super) struct GameTracker {
    running: Option<&'static Entry>,
}

impl GameTracker {
    /// Takes in the notices of one turn. Returns the games that have ended with it.
    pub(super) fn note(&mut self, seen: &[Notice]) -> Vec<Played> {
        let mut ended = Vec::new();
        for notice in seen {
            match notice {
                // After a coin toss the same game begins: it is counted once.
                Notice::Toss(game) | Notice::GameStarted { game, .. } => self.running = Some(game),
                Notice::GameOver(end) => ended.extend(self.running.take().map(|game| Played {
                    game,
                    end: Some(*end),
                })),
                _ => {}
            }
        }
        ended
    }

    /// The game that is running, as far as these notices tell.
    pub(super) fn running(&self) -> Option<Played> {
        self.running.map(|game| Played { game, end: None })
    }
}

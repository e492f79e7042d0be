//! The state of a room's panes besides the talk, and the commands on their keys.

use crate::room::Asked;
use crate::scene::KeyOffer;
use crate::text::in_line;
use std::sync::Arc;

/// The state of the panes besides the talk.
#[derive(Debug, Default)]
pub(super) struct RoomPanes {
    /// The open question to the person.
    pub(super) asked: Option<Asked>,
    /// The game that the person plays or watches.
    pub(super) table: Option<TableView>,
    /// Whether the person has played a game.
    pub(super) has_played: bool,
    /// Whether the game that is played has secrets, and allows neither offers nor hints.
    pub(super) has_secrets: bool,
    pub(super) fetch: Fetch,
}

/// The board that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableView {
    pub(super) number: u64,
    /// Whether the person plays, and whether it is their turn.
    pub(super) part: Participation,
    /// The name of the player who moves next. Foreign text.
    pub(super) mover: Arc<str>,
}

/// The part of the person in a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Participation {
    Watches,
    Waits,
    Moves,
}

/// The state of a request for old posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fetch {
    #[default]
    None,
    /// The room has not accepted it, nor this many lines before it.
    Sent { ahead: usize },
    /// The room answers it, before it accepts another line.
    Answered,
}

impl RoomPanes {
    /// Notes what the person or, if it fetches old posts, the scene has entered while the room had not
    /// accepted `ahead` earlier lines.
    pub(super) fn note_entered(&mut self, line: &str, is_fetch: bool, ahead: usize) {
        if is_fetch {
            self.fetch = Fetch::Sent { ahead };
        }
        let word = line.split_whitespace().next().unwrap_or_default();
        let is_answer = match self.asked {
            Some(Asked::Game(_)) => ["/accept", "/decline"].contains(&word),
            Some(Asked::Draw) => word == "/draw",
            Some(Asked::Undo) => word == "/undo",
            None => false,
        };
        if is_answer {
            self.asked = None;
        }
    }

    /// Notes that the room has accepted the next line.
    pub(super) fn note_received(&mut self) {
        self.fetch = match self.fetch {
            Fetch::Sent { ahead: 0 } => Fetch::Answered,
            Fetch::Sent { ahead } => Fetch::Sent { ahead: ahead - 1 },
            Fetch::None | Fetch::Answered => Fetch::None,
        };
    }

    /// The commands on function keys.
    pub(super) fn offers(&self) -> Vec<KeyOffer> {
        let mut offers = Vec::new();
        let part = self.table.as_ref().map(|table| table.part);
        let plays = matches!(part, Some(Participation::Waits | Participation::Moves));
        if part == Some(Participation::Moves) && !self.has_secrets && self.asked.is_none() {
            offers.push(KeyOffer::new(2, "hint", "/hint"));
        }
        match &self.asked {
            Some(Asked::Game(by)) => {
                let who = in_line(by);
                let (accept, decline) = (format!("accept {who}"), format!("decline {who}"));
                offers.push(KeyOffer::new(3, &accept, &format!("/accept {by}")));
                offers.push(KeyOffer::new(4, &decline, &format!("/decline {by}")));
            }
            Some(Asked::Draw) => offers.push(KeyOffer::new(3, "agree", "/draw")),
            Some(Asked::Undo) => offers.push(KeyOffer::new(3, "agree", "/undo")),
            None if plays && !self.has_secrets => {
                offers.push(KeyOffer::new(6, "undo", "/undo"));
                offers.push(KeyOffer::new(7, "draw", "/draw"));
            }
            None if self.has_played && !plays => {
                offers.push(KeyOffer::new(5, "rematch", "/rematch"))
            }
            None => {}
        }
        offers
    }
}

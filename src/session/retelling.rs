//! A session as the journal has it, turn by turn.

use super::activity::{Activity, Circumstances, Voice};
use super::game_tracker::GameTracker;
use super::log::{Turn, TurnLog};
use super::notice::Notice;
use super::outcome::Played;
use super::role::{Role, Side};
use crate::wire::Ticket;

/// A recorded turn and its effect on the game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The notices shown besides the words, at the end with the role `me`.
    pub seen: Vec<Notice>,
    /// Whether the words of the turn are for people.
    pub is_aloud: bool,
}

/// Replays the recorded turns of a session.
#[derive(Debug)]
pub struct Retelling {
    me: Role,
    is_foreign: bool,
    activity: Activity,
    log: TurnLog,
    tracker: GameTracker,
    ended: Vec<Played>,
}

impl Retelling {
    /// The session of this ticket from its beginning, as the end with the role `me` recorded it.
    /// `is_foreign` tells whether the partner had another program than tictalk.
    #[must_use]
    pub fn new(me: Role, ticket: Ticket, is_foreign: bool) -> Self {
        Self {
            me,
            is_foreign,
            activity: Activity::default(),
            log: TurnLog::new(ticket),
            tracker: GameTracker::default(),
            ended: Vec::new(),
        }
    }

    /// Replays the next turn. Returns `None`, and skips the turn, if no session can have had it.
    pub fn tell(&mut self, turn: &Turn, secret: Option<&str>) -> Option<Told> {
        let by = if turn.by == self.me {
            Side::Me
        } else {
            Side::Partner
        };
        let here = Circumstances {
            id: self.log.game_id(),
            is_foreign: self.is_foreign,
        };
        let done = self.activity.repeat(by, &turn.text, secret, here);
        self.log.add(turn.clone());
        let done = done?;
        self.ended.extend(self.tracker.note(&done.seen));
        Some(Told {
            seen: done.seen,
            is_aloud: done.voice != Voice::Silent,
        })
    }

    /// The games of the turns replayed so far, in order.
    #[must_use]
    pub fn into_games(mut self) -> Vec<Played> {
        self.ended.extend(self.tracker.running());
        self.ended
    }
}

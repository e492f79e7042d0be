//! A session as it was written down, turn by turn.

use super::{Activity, Voice};
use crate::games::Entry;
use crate::session::{GameEnd, Notice, Role, Side, Turn, TurnLog};
use crate::wire::Ticket;

/// A game that was played in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Which one.
    pub game: &'static Entry,
    /// How it ended for the side of `me`; `None` while it goes on.
    pub end: Option<GameEnd>,
}

/// What is known of a turn that was written down, in its place among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was seen of it besides the words, at the end of `me`.
    pub seen: Vec<Notice>,
    /// Whether its words are for people.
    pub is_aloud: bool,
}

/// Goes through a session as it was written down.
#[derive(Debug)]
pub struct Retelling {
    me: Role,
    is_foreign: bool,
    talk: Activity,
    log: TurnLog,
    games: Vec<Played>,
}

impl Retelling {
    /// The session of this ticket, from its beginning, as the end of the role `me` knows it.
    #[must_use]
    pub fn new(me: Role, ticket: Ticket, is_foreign: bool) -> Self {
        Self {
            me,
            is_foreign,
            talk: Activity::default(),
            log: TurnLog::new(ticket),
            games: Vec::new(),
        }
    }

    /// Tells the next turn; `None` where no session can have had it, and then it is passed over.
    pub fn tell(&mut self, turn: &Turn, secret: Option<&str>) -> Option<Told> {
        let by = if turn.by == self.me {
            Side::Me
        } else {
            Side::Partner
        };
        let here = self.log.circumstances(self.is_foreign);
        let done = self.talk.repeat(by, &turn.text, secret, here);
        self.log.add(turn.clone());
        let done = done?;
        note_games(&mut self.games, &done.seen);
        Some(Told {
            seen: done.seen,
            is_aloud: done.voice == Voice::Aloud,
        })
    }

    /// The games that were played in the turns told so far, in order.
    #[must_use]
    pub fn into_games(self) -> Vec<Played> {
        self.games
    }
}

/// Adds what these notices tell of games to `games`.
pub(in crate::session) fn note_games(games: &mut Vec<Played>, seen: &[Notice]) {
    for notice in seen {
        match notice {
            // Behind a toss, the game that it was about begins.
            Notice::Toss(game) | Notice::GameStarted { game, .. }
                if games.last().is_none_or(|last| last.end.is_some()) =>
            {
                games.push(Played { game, end: None });
            }
            Notice::GameOver(end) => {
                if let Some(last) = games.last_mut() {
                    last.end = Some(*end);
                }
            }
            _ => {}
        }
    }
}

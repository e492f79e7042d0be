//! The turns of a session as a hash chain, by which two ends find out which turn one of them lacks.
//!
//! Turns alternate strictly, so the logs of the two ends are the same list, of which one end may lack
//! the last turn. Each turn has a digest over all turns up to it:
//!
//! ```text
//! digest 0 = SHA-256("tictalk session" ‖ ticket)
//! digest n = SHA-256(digest n-1 ‖ "c" or "s" ‖ text)      c: by the client, s: by the server
//! ```
//!
//! Comparing the number of turns and one digest compares the whole session.

use super::comments::Comment;
use super::role::Role;
use crate::games::GameId;
use crate::wire::{Digest, Standing, Ticket};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// One turn: a message, a move or the start of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The end that spoke.
    pub by: Role,
    /// The words as they are sent; a move or a command in canonical form.
    pub text: String,
}

/// A turn with its place in the log, ready for the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedTurn {
    /// Its number, from 1.
    pub number: u64,
    /// The turn, which the log shares.
    pub turn: Arc<Turn>,
    /// The digest over all turns up to this one.
    pub digest: Digest,
    /// The secret of this turn, which only this end keeps and needs to continue the game.
    pub secret: Option<String>,
}

/// A turn as read back from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The turn.
    pub turn: Turn,
    /// The secret that this end kept with it.
    pub secret: Option<String>,
}

/// A turn without a secret.
impl From<Turn> for Kept {
    fn from(turn: Turn) -> Self {
        Self { turn, secret: None }
    }
}

/// An entry of a session's record, as read back from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordEntry {
    /// A turn.
    Turn {
        /// The turn.
        kept: Kept,
        /// When it was recorded, in milliseconds since 1970, if that is known.
        at: Option<u64>,
    },
    /// What was said without taking a turn.
    Comment(Comment),
}

impl<K: Into<Kept>> From<K> for RecordEntry {
    fn from(turn: K) -> Self {
        Self::Turn {
            kept: turn.into(),
            at: None,
        }
    }
}

/// The two ends have recorded different turns, rather than one end lacking a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the two programs have recorded different turns")]
pub struct Diverged;

/// The end that has a turn which the other lacks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    Nobody,
    /// This end. The text has to be sent again.
    Me(String),
    Partner,
}

/// How far a session has come. It keeps only the last turn, the only one that a partner can lack.
#[derive(Debug, Clone)]
pub struct TurnLog {
    standing: Standing,
    last: Option<LastTurn>,
}

#[derive(Debug, Clone)]
struct LastTurn {
    turn: Arc<Turn>,
    /// The digest over the turns before it.
    before: Digest,
}

impl TurnLog {
    /// The log of a session without turns.
    #[must_use]
    pub fn new(session: Ticket) -> Self {
        let start = Sha256::new()
            .chain_update("tictalk session")
            .chain_update(session.as_bytes());
        Self {
            standing: Standing {
                session,
                turns: 0,
                digest: Digest::new(start.finalize().into()),
            },
            last: None,
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The end that speaks next.
    #[must_use]
    pub fn speaker(&self) -> Role {
        if self.standing.turns.is_multiple_of(2) {
            Role::Client
        } else {
            Role::Server
        }
    }

    /// Adds a turn.
    pub fn add(&mut self, turn: Turn) -> LoggedTurn {
        let before = self.standing.digest;
        let by = match turn.by {
            Role::Client => "c",
            Role::Server => "s",
        };
        let digest = Sha256::new()
            .chain_update(before.as_bytes())
            .chain_update(by)
            .chain_update(&turn.text);
        self.standing.digest = Digest::new(digest.finalize().into());
        self.standing.turns += 1;
        let turn = Arc::new(turn);
        self.last = Some(LastTurn {
            turn: Arc::clone(&turn),
            before,
        });
        LoggedTurn {
            number: self.standing.turns,
            turn,
            digest: self.standing.digest,
            secret: None,
        }
    }

    /// The id of a game that begins with the next turn: the digest of everything before it, so that
    /// no seal of one game fits another.
    pub(super) fn game_id(&self) -> GameId {
        GameId(*self.standing.digest.as_bytes())
    }

    /// Finds the end that has to send a turn again, seen from `me`.
    ///
    /// If the partner is ahead, its earlier turns cannot be checked from here. Its end makes the
    /// opposite comparison and checks them.
    pub(super) fn compare(&self, theirs: &Standing, me: Role) -> Result<Ahead, Diverged> {
        let ours = &self.standing;
        if !ours.session.matches(&theirs.session) {
            return Err(Diverged);
        }
        if theirs.turns == ours.turns && theirs.digest == ours.digest {
            return Ok(Ahead::Nobody);
        }
        if theirs.turns.checked_sub(1) == Some(ours.turns) && self.speaker() != me {
            return Ok(Ahead::Partner);
        }
        match &self.last {
            Some(LastTurn { turn, before })
                if ours.turns.checked_sub(1) == Some(theirs.turns)
                    && theirs.digest == *before
                    && turn.by == me =>
            {
                Ok(Ahead::Me(turn.text.clone()))
            }
            _ => Err(Diverged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ahead, Diverged, Turn, TurnLog};
    use crate::session::role::Role;
    use crate::wire::{Standing, Ticket};

    /// A log in which the two have said these in turns.
    fn log(said: &[&str]) -> TurnLog {
        let mut log = TurnLog::new(Ticket::new([7; 16]));
        for text in said {
            let by = log.speaker();
            let text = (*text).to_owned();
            log.add(Turn { by, text });
        }
        log
    }

    fn compare(ours: &[&str], theirs: &[&str], me: Role) -> Result<Ahead, Diverged> {
        log(ours).compare(log(theirs).standing(), me)
    }

    #[test]
    fn the_end_that_is_ahead_sends_its_last_turn_again() {
        let (one, two) = (["a"], ["a", "b"]);
        assert_eq!(compare(&two, &two, Role::Client), Ok(Ahead::Nobody));
        assert_eq!(compare(&one, &two, Role::Client), Ok(Ahead::Partner));
        assert_eq!(
            compare(&two, &one, Role::Server),
            Ok(Ahead::Me("b".to_owned()))
        );
        assert_eq!(
            compare(&one, &[], Role::Client),
            Ok(Ahead::Me("a".to_owned()))
        );
        assert_eq!(compare(&[], &one, Role::Server), Ok(Ahead::Partner));
    }

    #[test]
    fn logs_that_differ_by_more_do_not_match() {
        let said = ["a", "b", "c"];
        for me in [Role::Client, Role::Server] {
            assert_eq!(compare(&said, &["a", "b", "x"], me), Err(Diverged));
            assert_eq!(compare(&said, &["a"], me), Err(Diverged));
            assert_eq!(compare(&["a"], &said, me), Err(Diverged));
            assert_eq!(compare(&said, &["a", "x"], me), Err(Diverged));
        }
        // Nobody can be ahead by a turn of the other.
        assert_eq!(compare(&["a", "b"], &said, Role::Client), Err(Diverged));
        assert_eq!(compare(&said, &["a", "b"], Role::Server), Err(Diverged));
        let far = Standing {
            turns: u64::MAX,
            ..log(&said).standing().clone()
        };
        assert_eq!(log(&said).compare(&far, Role::Client), Err(Diverged));
        let other = TurnLog::new(Ticket::new([8; 16]));
        assert_eq!(
            other.compare(log(&[]).standing(), Role::Client),
            Err(Diverged)
        );
    }

    #[test]
    fn a_digest_tells_who_said_what_in_which_order() {
        let digest = |said: &[&str]| log(said).standing().digest;
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a", "b"]), digest(&["b", "a"]));
        assert_ne!(digest(&["a"]), digest(&["a", "a"]));
        let mut by_server = TurnLog::new(Ticket::new([7; 16]));
        by_server.add(Turn {
            by: Role::Server,
            text: "a".to_owned(),
        });
        assert_ne!(by_server.standing().digest, digest(&["a"]));
    }
}

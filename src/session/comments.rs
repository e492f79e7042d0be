//! Comments: what a side says during a game without taking a turn.
//!
//! Each side numbers its comments from 1. The receiver stores and shows a comment once and
//! acknowledges it; after a reconnect, the sender sends those without a receipt again.

use super::refusal::Refusal;
use super::role::Role;
use crate::wire::{Abilities, MAX_TEXT};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// How many comments a side may make between two turns, and how many may lack a receipt.
pub(super) const AT_ONCE: usize = 16;

/// How many comments of the partner are taken between two turns. The two ends may differ by one turn,
/// and comments without a receipt may follow.
const TAKEN_AT_ONCE: usize = 4 * AT_ONCE;

/// The numbers that a comment can have. The last one fits into the journal's row ids.
const NUMBERS: RangeInclusive<u64> = 1..=1 << 30;

/// A line that a side said without taking a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The side that said it.
    pub by: Role,
    /// Its number among the comments of this side, from 1.
    pub number: u64,
    /// How many turns this end had recorded by then.
    pub turns: u64,
    /// The words. Foreign text if the partner said it.
    pub text: String,
}

/// The comments of both sides, as far as they matter for later ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Comments {
    /// What the partner's program can do.
    partner: Abilities,
    /// The number of our last comment.
    said: u64,
    /// The number of the partner's last comment.
    heard: u64,
    /// Our comments without a receipt.
    unheard: VecDeque<Comment>,
    /// The number of our last comment before a restart. What came of it is not known.
    restored: u64,
    mine: Budget,
    theirs: Budget,
}

/// How many comments a side has made since the last turn.
#[derive(Debug, Clone, Default)]
struct Budget {
    turns: u64,
    spent: usize,
}

impl Budget {
    /// Counts a comment after this many turns. Returns whether it is one of the first `limit`.
    fn allows(&mut self, turns: u64, limit: usize) -> bool {
        if self.turns != turns {
            *self = Self { turns, spent: 0 };
        }
        self.spent += 1;
        self.spent <= limit
    }
}

/// What a comment of the partner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hearing {
    /// To be recorded, shown and acknowledged.
    New(Comment),
    /// Known already: only its receipt was lost.
    Known,
    /// More than is allowed.
    TooMuch,
}

impl Comments {
    /// Notes what the partner's program can do.
    pub(super) fn meet(&mut self, partner: Abilities) {
        self.partner = partner;
    }

    /// Notes a comment from before a restart. Whether the partner has ours is not known.
    pub(super) fn restore(&mut self, me: Role, comment: Comment) {
        if comment.by != me {
            self.heard = self.heard.max(comment.number);
            return;
        }
        self.said = self.said.max(comment.number);
        self.restored = self.said;
        if self.unheard.len() == AT_ONCE {
            self.unheard.pop_front();
        }
        self.unheard.push_back(comment);
    }

    /// Makes a comment of ours, the side `me`, after this many turns.
    ///
    /// # Errors
    /// [`Refusal`] if the partner's program cannot show it, or it is blank, too long or too much.
    pub(super) fn say(&mut self, me: Role, turns: u64, text: &str) -> Result<Comment, Refusal> {
        let number = self.said + 1;
        if !self.partner.comments {
            return Err(Refusal::NoComments);
        }
        if text.trim().is_empty() {
            return Err(Refusal::BlankComment);
        }
        if text.len() > MAX_TEXT {
            let (size, limit) = (text.len(), MAX_TEXT);
            return Err(Refusal::TooLong { size, limit });
        }
        let is_heard = self.unheard.len() < AT_ONCE && NUMBERS.contains(&number);
        if !is_heard || !self.mine.allows(turns, AT_ONCE) {
            return Err(Refusal::TooManyComments);
        }
        let comment = Comment {
            by: me,
            number,
            turns,
            text: text.to_owned(),
        };
        self.said = number;
        self.unheard.push_back(comment.clone());
        Ok(comment)
    }

    /// Takes in a comment of the partner, the side `by`, after this many turns.
    pub(super) fn hear(&mut self, by: Role, turns: u64, number: u64, text: String) -> Hearing {
        if (1..=self.heard).contains(&number) {
            return Hearing::Known;
        }
        let is_sound = NUMBERS.contains(&number) && !text.trim().is_empty();
        if !is_sound || !self.theirs.allows(turns, TAKEN_AT_ONCE) {
            return Hearing::TooMuch;
        }
        self.heard = number;
        Hearing::New(Comment {
            by,
            number,
            turns,
            text,
        })
    }

    /// The number of the partner's last comment.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }

    /// Notes the partner's receipt.
    pub(super) fn acknowledge(&mut self, number: u64) {
        self.unheard.retain(|comment| comment.number > number);
    }

    /// Our comments without a receipt, if the partner's program can show them.
    pub(super) fn to_send_again(&self) -> impl Iterator<Item = &Comment> {
        self.unheard.iter().filter(|_| self.partner.comments)
    }

    /// Our comments without a receipt, of those made since the program was started.
    pub(super) fn unheard(&self) -> impl Iterator<Item = &Comment> {
        let is_new = |comment: &&Comment| comment.number > self.restored;
        self.unheard.iter().filter(is_new)
    }
}

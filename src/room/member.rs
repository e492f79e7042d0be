//! What the hub knows of a member.

use super::budget::{Bucket, Origin};
use super::hub::ConnectionId;
use super::name::Nick;
use super::table::TableId;
use crate::games::Entry;
use crate::wire::{LineNumber, MemberId, PostId, Ticket};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// Somebody who is in.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) nick: Nick,
    /// What it can come back by; framed and raw peers have none.
    pub(super) ticket: Option<Ticket>,
    /// Where it has connected from; unknown of who was in before the server was started again.
    pub(super) origin: Option<Origin>,
    pub(super) joined_at: Duration,
    /// The post behind which it began.
    pub(super) entered: PostId,
    /// When it last said something; nothing where it never has.
    pub(super) spoke_at: Option<Duration>,
    pub(super) lines: LineReceipts,
    pub(super) bucket: Bucket,
    pub(super) presence: Presence,
    pub(super) playing: Option<TableId>,
    pub(super) watching: Option<TableId>,
    pub(super) offer: Option<GameOffer>,
}

/// Whether a member has a connection.
#[derive(Debug)]
pub(super) enum Presence {
    Here(Here),
    /// It may come back.
    Away {
        since: Duration,
    },
}

/// A member's connection.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) connection: ConnectionId,
    pub(super) from: SocketAddr,
    /// When something last came, or could last have come: while nothing is read, nothing does.
    pub(super) heard_at: Duration,
    pub(super) is_read: bool,
    /// When it was pinged last.
    pub(super) pinged_at: Duration,
    pub(super) echo: LastPing,
    pub(super) feed: Feed,
}

/// The last ping of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastPing {
    Awaited,
    /// It was answered after this time.
    Came(Duration),
}

/// How a member gets the posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// As soon as they are stored.
    Live,
    /// It gets the older ones first, and has those up to this one.
    Behind(PostId),
}

/// Which of its numbered lines a member is done with.
#[derive(Debug, Default)]
pub(super) struct LineReceipts {
    /// The number of the last that was taken.
    taken: u64,
    /// The number of the last that needs no sending again.
    done: u64,
    /// The lines between the two that wait for a post to be stored, and for which.
    waiting: VecDeque<(PostId, u64)>,
}

impl LineReceipts {
    /// The lines of a client of which those up to `number` are stored.
    pub(super) fn stored(number: u64) -> Self {
        Self {
            taken: number,
            done: number,
            waiting: VecDeque::new(),
        }
    }

    /// The number of the last line that needs no sending again.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// Takes the line of this number, unless it was taken before.
    pub(super) fn take(&mut self, number: LineNumber) -> bool {
        let number = number.get();
        let is_new = number > self.taken;
        self.taken = self.taken.max(number);
        is_new
    }

    /// The line taken last has come to this post, or to none. Returns whether it is done with.
    pub(super) fn settle(&mut self, post: Option<PostId>) -> bool {
        match post.or(self.waiting.back().map(|(post, _)| *post)) {
            // What comes to nothing is done with, but not before the lines in front of it.
            Some(post) => self.waiting.push_back((post, self.taken)),
            None => self.done = self.taken,
        }
        self.waiting.is_empty()
    }

    /// The posts up to this one are stored. Returns the number of the last line that is done with
    /// by it.
    pub(super) fn store(&mut self, up_to: PostId) -> Option<u64> {
        let mut last = None;
        while let Some((post, number)) = self.waiting.front()
            && *post <= up_to
        {
            last = Some(*number);
            self.waiting.pop_front();
        }
        self.done = last.unwrap_or(self.done);
        last
    }
}

/// A game that a member has offered to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GameOffer {
    pub(super) to: MemberId,
    pub(super) game: &'static Entry,
    /// In their standard form.
    pub(super) options: String,
}

/// Somebody who was in, and may come again as the same one.
#[derive(Debug)]
pub(super) struct Departed {
    pub(super) ticket: Ticket,
    pub(super) nick: Nick,
    pub(super) lines: LineReceipts,
    pub(super) entered: PostId,
    pub(super) bucket: Bucket,
}

impl Member {
    pub(super) fn here(&self) -> Option<&Here> {
        match &self.presence {
            Presence::Here(here) => Some(here),
            Presence::Away { .. } => None,
        }
    }

    pub(super) fn here_mut(&mut self) -> Option<&mut Here> {
        match &mut self.presence {
            Presence::Here(here) => Some(here),
            Presence::Away { .. } => None,
        }
    }

    pub(super) fn connection(&self) -> Option<ConnectionId> {
        self.here().map(|here| here.connection)
    }
}

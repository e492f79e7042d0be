//! The hub's record of a member.

use super::budget::{Bucket, Origin};
use super::data::time;
use super::hub::ConnectionId;
use super::line_mark::LineMark;
use super::name::Nick;
use super::setup::Setup;
use super::table::TableId;
use crate::games::Seat;
use crate::wire::{BoardForm, LineNumber, MemberId, PostId, Sees, Ticket};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A member, connected or not.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) nick: Nick,
    pub(super) peer: MemberPeer,
    /// The address of its last connection; unknown after a restart of the server.
    pub(super) origin: Option<Origin>,
    /// What lists say about its last connection.
    pub(super) mark: LineMark,
    #[serde(with = "time")]
    pub(super) joined_at: Duration,
    /// The last post before those that it was sent when it joined.
    pub(super) entered: PostId,
    /// When it last sent a line, if it has.
    #[serde(with = "time::option")]
    pub(super) spoke_at: Option<Duration>,
    pub(super) lines: LineReceipts,
    pub(super) bucket: Bucket,
    pub(super) presence: Presence,
    pub(super) playing: Option<TableId>,
    pub(super) watching: Option<TableId>,
    pub(super) offer: Option<Box<GameOffer>>,
    /// The game that it has finished last.
    pub(super) last_game: Option<Box<LastRoomGame>>,
    pub(super) boards: BoardForm,
    pub(super) sees: Sees,
}

/// What the program of a member can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum MemberPeer {
    /// A `tictalk` client: control frames reach it, and it can return with this ticket.
    Tictalk(Ticket),
    /// A framed or raw peer: text only.
    Plain,
}

impl MemberPeer {
    /// The ticket with which the member can return.
    pub(super) fn ticket(self) -> Option<Ticket> {
        match self {
            Self::Tictalk(ticket) => Some(ticket),
            Self::Plain => None,
        }
    }

    pub(super) fn answers_pings(self) -> bool {
        match self {
            Self::Tictalk(_) => true,
            Self::Plain => false,
        }
    }

    /// Whether the member's program keeps the names of all members, to complete or list them.
    pub(super) fn keeps_names(self) -> bool {
        match self {
            Self::Tictalk(_) => true,
            Self::Plain => false,
        }
    }

    /// Whether the member is sent its own messages. The terminal of a plain peer shows them
    /// already.
    pub(super) fn gets_own_messages(self) -> bool {
        match self {
            Self::Tictalk(_) => true,
            Self::Plain => false,
        }
    }
}

/// Whether a member has a connection.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Presence {
    Here(Here),
    /// It may return.
    Away {
        #[serde(with = "time")]
        since: Duration,
    },
}

/// A member's connection.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Here {
    pub(super) connection: ConnectionId,
    pub(super) from: SocketAddr,
    /// Last time data arrived; advanced while reading is paused.
    #[serde(with = "time")]
    pub(super) heard_at: Duration,
    /// Whether the hub waits for its next line.
    pub(super) is_read: bool,
    #[serde(with = "time")]
    pub(super) pinged_at: Duration,
    pub(super) last_ping: LastPing,
    pub(super) feed: Feed,
}

impl Here {
    /// Notes a ping.
    pub(super) fn ping(&mut self, now: Duration) {
        self.last_ping = LastPing::Awaited;
        self.pinged_at = now;
    }
}

/// The state of a member's last ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LastPing {
    Awaited,
    /// It was answered after this time.
    Answered(#[serde(with = "time")] Duration),
}

/// How a member gets posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Feed {
    /// As soon as they are stored.
    Live,
    /// It is catching up, and has the posts up to this one.
    Behind(PostId),
}

/// Which numbered lines of a member are acknowledged.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct LineReceipts {
    /// The highest number that was accepted.
    taken: u64,
    /// The last number that is acknowledged.
    done: u64,
    /// The lines between the two that wait for a post to be stored, each after its post.
    waiting: VecDeque<(PostId, u64)>,
}

impl LineReceipts {
    /// The lines up to `number` are stored.
    pub(super) fn stored(number: u64) -> Self {
        Self {
            taken: number,
            done: number,
            waiting: VecDeque::new(),
        }
    }

    /// The last number that is acknowledged.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// Accepts the line with this number. Returns false if it was accepted before.
    pub(super) fn take(&mut self, number: LineNumber) -> bool {
        let number = number.get();
        let is_new = number > self.taken;
        self.taken = self.taken.max(number);
        is_new
    }

    /// Notes the post that the last accepted line has caused, if any. Returns whether the line is
    /// acknowledged at once.
    pub(super) fn settle(&mut self, post: Option<PostId>) -> bool {
        match post.or(self.waiting.back().map(|(post, _)| *post)) {
            // A line without a post is acknowledged after the lines before it.
            Some(post) => self.waiting.push_back((post, self.taken)),
            None => self.done = self.taken,
        }
        self.waiting.is_empty()
    }

    /// Notes that the posts up to this one are stored. Returns the last number that this
    /// acknowledges.
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

/// A game that a member has offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GameOffer {
    pub(super) to: MemberId,
    pub(super) setup: Setup,
    /// The seat of the member that offers the game.
    pub(super) seat: Seat,
}

/// A finished game, for a rematch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastRoomGame {
    pub(super) setup: Setup,
    pub(super) with: MemberId,
    /// The name of the opponent at the end.
    pub(super) name: Arc<str>,
    /// The member's seat.
    pub(super) seat: Seat,
}

/// A former member that may return as the same member.
#[derive(Debug, Serialize, Deserialize)]
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

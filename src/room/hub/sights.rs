//! Members and boards as data, for clients that ask for them and for pages.

use super::{ConnectionId, Holder, Hub, HubEffect, Listing, Query, Recipient, Step};
use crate::games::Score;
use crate::room::line_mark::LineMark;
use crate::room::member::Member;
use crate::room::notice::RoomNotice;
use crate::room::table::{GameTable, TableId};
use crate::sights::Eye;
use crate::wire::{BoardForm, BoardSight, Control, GameSight, MemberId, MemberSight, PostId, Sees};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

/// About how many bytes a member takes in a message, without names.
const MEMBER_SIZE: usize = 125;

/// Minimum time between two lists that are sent only because of marks.
const MARKS_PAUSE: Duration = Duration::from_secs(10);

/// The state of a table, for somebody who wants to know whether it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableVersion {
    /// The number of the table.
    pub table: u64,
    /// A number that grows whenever the board changes.
    pub version: u64,
}

/// A part of the list of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersPortion {
    /// At most [`MemberSight::PORTION`] members.
    pub members: Vec<MemberSight>,
    /// The last post whose changes they include.
    pub since: PostId,
    /// The last of these members, if others follow.
    pub rest: Option<MemberId>,
}

impl Hub {
    /// The members after this one. [`MemberId::HOST`] comes before all members.
    #[must_use]
    pub fn members_after(&self, after: MemberId) -> MembersPortion {
        let rest = (Bound::Excluded(after), Bound::Unbounded);
        let mut left = self.members.range(rest).peekable();
        let (mut members, mut bytes) = (Vec::new(), 0);
        // A queue must hold a portion beside the posts that a client has missed.
        while members.len() < MemberSight::PORTION
            && bytes < self.settings.at_once
            && let Some((id, member)) = left.next()
        {
            let sight = self.member_sight(*id, member);
            let with = sight.plays.as_ref().map_or(0, |plays| plays.with.len());
            bytes += MEMBER_SIZE + sight.name.len() + with;
            members.push(sight);
        }
        let last = members.last().map(|member| member.id);
        MembersPortion {
            members,
            since: self.last,
            rest: last.filter(|_| left.peek().is_some()),
        }
    }

    pub(super) fn member_sight(&self, id: MemberId, member: &Member) -> MemberSight {
        let plays = self.seat_of(id).and_then(|(table, seat)| {
            let table = self.tables.get(&table)?;
            Some(GameSight {
                game: table.setup.game.name.to_owned(),
                with: Arc::clone(&table.player(seat.other()).name),
            })
        });
        MemberSight {
            id,
            name: member.nick.shared(),
            is_coordinator: self.coordinator == Some(id),
            is_here: member.here().is_some(),
            is_plain: member.mark == LineMark::Plain,
            plays,
        }
    }

    /// The tables at which somebody plays, in the order in which the games began.
    pub fn tables(&self) -> impl Iterator<Item = TableVersion> {
        self.tables.iter().map(|(id, table)| TableVersion {
            table: id.0,
            version: table.version(),
        })
    }

    /// A board as somebody who watches sees it.
    #[must_use]
    pub fn watched_board(&self, table: u64) -> Option<BoardSight> {
        let id = TableId(table);
        Some(self.tables.get(&id)?.sight(id, Eye::Onlooker))
    }

    /// The players with the best results, at most 20, the best first. Games against the computer do
    /// not count.
    #[must_use]
    pub fn best_players(&self) -> Vec<(Arc<str>, Score)> {
        self.results.best()
    }

    /// Sends a client that asks for members those after this one. The next portion follows when the
    /// client's queue has space for it.
    pub(super) fn send_members(
        &self,
        step: &mut Step<'_>,
        connection: ConnectionId,
        after: MemberId,
    ) {
        if !self.sees(Recipient::Connection(connection)).members {
            return;
        }
        let MembersPortion {
            members,
            since,
            rest,
        } = self.members_after(after);
        let control = Control::Members {
            members,
            since,
            more: rest.is_some(),
        };
        step.effects.push(HubEffect::Send {
            connection,
            control,
        });
        if let Some(last) = rest {
            let to = Recipient::Connection(connection);
            let query = Query::Members(Listing::Sights, last);
            step.effects.push(HubEffect::Look { to, query });
        }
    }

    /// Sends the members to all clients that ask for them, after a change that no post tells.
    pub(super) fn send_members_again(&self, step: &mut Step<'_>) {
        for connection in self.members.values().filter_map(|it| it.connection()) {
            self.send_members(step, connection, MemberId::HOST);
        }
    }

    /// Sends the members again after a mark has changed, at most once in ten seconds.
    pub(super) fn send_marks(&mut self, step: &mut Step<'_>) {
        if self.has_new_marks && step.now >= self.marks_from {
            self.has_new_marks = false;
            self.marks_from = step.now + MARKS_PAUSE;
            self.send_members_again(step);
        }
    }

    /// What a reader gets as data.
    pub(super) fn sees(&self, reader: Recipient) -> Sees {
        let member = self.member_at(reader);
        member.map_or_else(Sees::default, |member| member.sees)
    }

    /// How a reader is shown boards in words or drawings.
    pub(super) fn boards(&self, reader: Recipient) -> BoardForm {
        match reader {
            Recipient::Host | Recipient::Console(_) => self.host_boards,
            Recipient::Connection(_) => {
                let member = self.member_at(reader);
                member.map_or(BoardForm::Drawing, |member| member.boards)
            }
        }
    }

    fn member_at(&self, reader: Recipient) -> Option<&Member> {
        let Recipient::Connection(connection) = reader else {
            return None;
        };
        match self.connections.get(&connection)? {
            Holder::Member(id) => self.members.get(id).map(|member| &**member),
            Holder::Nameless(_) => None,
        }
    }

    /// Shows a whole board, as this reader is shown boards.
    pub(super) fn show_board(
        &self,
        step: &mut Step<'_>,
        reader: Recipient,
        id: TableId,
        table: &GameTable,
        eye: Eye,
    ) {
        let is_sent = self.send_board(step, reader, id, table, eye);
        match self.boards(reader) {
            BoardForm::Drawing if is_sent => {}
            BoardForm::Drawing => step.tell(reader, RoomNotice::Board(table.view(eye))),
            BoardForm::Words => step.tell(reader, RoomNotice::Described(table.view(eye))),
        }
    }

    /// Sends a board to a reader that asks for boards. Returns whether it does.
    pub(super) fn send_board(
        &self,
        step: &mut Step<'_>,
        reader: Recipient,
        id: TableId,
        table: &GameTable,
        eye: Eye,
    ) -> bool {
        let Recipient::Connection(connection) = reader else {
            return false;
        };
        let asks = self.sees(reader).boards;
        if asks {
            let control = Control::Board(Box::new(table.sight(id, eye)));
            step.effects.push(HubEffect::Send {
                connection,
                control,
            });
        }
        asks
    }

    /// Announces the end of this table to a reader that asks for boards.
    pub(super) fn send_end(&self, step: &mut Step<'_>, reader: Recipient, TableId(table): TableId) {
        if let Recipient::Connection(connection) = reader
            && self.sees(reader).boards
        {
            let control = Control::Ended { table };
            step.effects.push(HubEffect::Send {
                connection,
                control,
            });
        }
    }
}

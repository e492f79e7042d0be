//! Hands what happens at the connections to the hub.

use super::connection::RoomConnection;
use super::dispatch::{Dispatch, no_posts};
use crate::room::{ConnectionId, Entrant, Found, HubInput, Query, Recipient};
use crate::wire::{BoardForm, LineNumber, Name, PostId, Sees};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Work for one connection that takes less time is not charged.
const NOTICEABLE: Duration = Duration::from_micros(100);

/// Hands inputs to the hub. Everything that their effects have queued is sent on drop, so that the
/// effects of several inputs leave in the same packets.
pub(super) struct Inputs<'dispatch>(&'dispatch Dispatch);

impl Dispatch {
    /// Begins to hand inputs to the hub.
    pub(super) fn inputs(&self) -> Inputs<'_> {
        Inputs(self)
    }
}

impl Inputs<'_> {
    /// Hands in an input for which there is no method.
    pub(super) fn handle(&self, input: HubInput) {
        self.0.handle(input);
    }

    /// Hands in an input of one connection, which is charged for the time that the hub needs for
    /// it.
    fn handle_for(&self, connection: ConnectionId, input: HubInput) {
        let began = Instant::now();
        self.handle(input);
        self.charge(connection, began.elapsed());
    }

    fn charge(&self, connection: ConnectionId, time: Duration) {
        if time >= NOTICEABLE {
            self.handle(HubInput::Took { connection, time });
        }
    }

    /// The records of a connection have taken this much time.
    pub(super) fn took(&self, connection: &RoomConnection, time: Duration) {
        self.charge(connection.id, time);
    }

    /// A client has said hello.
    pub(super) fn hello(
        &self,
        connection: &Rc<RoomConnection>,
        name: Option<Name>,
        room: Option<Entrant>,
        sees: Sees,
    ) {
        self.0.enter(connection);
        let hello = HubInput::Hello {
            connection: connection.id,
            from: connection.from,
            mark: self.0.mark(connection),
            name,
            room,
            sees,
        };
        self.handle_for(connection.id, hello);
    }

    /// A framed or raw peer has connected.
    pub(super) fn connected(&self, connection: &Rc<RoomConnection>) {
        self.0.enter(connection);
        self.handle(HubInput::Connected {
            connection: connection.id,
            from: connection.from,
            mark: self.0.mark(connection),
        });
    }

    /// A line of text has arrived.
    pub(super) fn line(
        &self,
        connection: &RoomConnection,
        number: Option<LineNumber>,
        text: String,
    ) {
        let line = HubInput::Line {
            connection: connection.id,
            number,
            text,
        };
        self.handle_for(connection.id, line);
    }

    /// This many bytes without a meaning have arrived.
    pub(super) fn noise(&self, connection: &RoomConnection, bytes: usize) {
        let connection = connection.id;
        self.handle(HubInput::Noise { connection, bytes });
    }

    /// A client asks for boards of this form.
    pub(super) fn boards(&self, connection: &RoomConnection, boards: BoardForm) {
        let connection = connection.id;
        self.handle(HubInput::Boards { connection, boards });
    }

    /// A ping was answered.
    pub(super) fn pong(&self, connection: &RoomConnection) {
        self.handle(HubInput::Pong(connection.id));
    }

    /// The posts up to this one are stored.
    pub(super) fn stored(&self, up_to: PostId) {
        self.0.note_stored(up_to);
        self.handle(HubInput::Stored(up_to));
    }

    /// The store has answered a query.
    pub(super) fn found(&self, found: Found) {
        self.0.note_answer();
        let to = found.to;
        let input = HubInput::Found(found);
        match to {
            // The time that the store needed is not charged: only this reader waited for it.
            Recipient::Connection(connection) => self.handle_for(connection, input),
            Recipient::Host | Recipient::Console(_) => self.handle(input),
        }
    }

    /// The store cannot answer a query. A command has no result then; a reader that misses posts
    /// has to connect again for them. Nobody else is affected.
    pub(super) fn unreadable(&self, to: Recipient, query: Query) {
        self.0.note_answer();
        if let (Query::After(..), Recipient::Connection(id)) = (&query, to) {
            return self.0.lost_by_id(id);
        }
        self.handle(HubInput::Found(no_posts(to, query)));
    }

    /// The host has entered a line on a page.
    pub(super) fn page_line(
        &self,
        connection: &RoomConnection,
        number: Option<LineNumber>,
        line: String,
    ) {
        if self.0.page_lines.add(line)
            && let Some(number) = number
        {
            self.0.acknowledge(connection.id, number);
        }
        self.ignored(connection);
    }

    /// An observer has sent something without a meaning. It may send more after a pause.
    pub(super) fn ignored(&self, connection: &RoomConnection) {
        self.0.hear_observer(connection.id);
    }

    /// Time has passed.
    pub(super) fn tick(&self) {
        self.handle(HubInput::Tick);
        self.0.report_guesses();
        self.0.beat();
    }
}

impl Drop for Inputs<'_> {
    fn drop(&mut self) {
        self.0.flush();
    }
}

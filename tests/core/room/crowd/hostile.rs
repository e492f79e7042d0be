//! Hostile guests.

use super::{Hostile, Server, World};
use std::net::SocketAddr;
use tictalk::room::{ConnectionId, Entrant, HubInput, LineMark};
use tictalk::wire::{LineNumber, PostId, Sees, Ticket};

impl<S: Server> World<S> {
    /// Hostile guests do something.
    pub(super) fn attack(&mut self) {
        if self.hostile.len() < 4 || self.dice.one_in(20) {
            self.intrude();
        }
        let count = self.hostile.len().max(1) as u64;
        let which = usize::try_from(self.dice.below(count)).unwrap();
        let Some(connection) = self.hostile.keys().nth(which).copied() else {
            return;
        };
        match self.dice.below(40) {
            0 => S::tell(self, HubInput::Pong(connection)),
            1 => {
                let bytes = usize::try_from(self.dice.extreme()).unwrap();
                S::tell(self, HubInput::Behind { connection, bytes });
            }
            2 => S::tell(self, HubInput::Overflow(connection)),
            3 => {
                self.hostile.remove(&connection);
                S::tell(self, HubInput::Lost(connection));
            }
            // As many lines as are read at once.
            4 => while self.sends_line(connection) {},
            5..12 => {
                self.sends_line(connection);
            }
            _ => {}
        }
    }

    /// A hostile guest connects, by whatever hello.
    pub(super) fn intrude(&mut self) {
        let Some(connection) = S::connect(self) else {
            return;
        };
        let guest = self.somebody();
        let last = u8::try_from(self.dice.below(3)).unwrap();
        let from = SocketAddr::from(([198, 51, 100, last], 40_000));
        let mut hostile = Hostile::default();
        let input = if self.dice.one_in(3) {
            HubInput::Connected {
                connection,
                from,
                mark: LineMark::Unmarked,
            }
        } else {
            hostile.number = Some(0);
            // Nobody is told the tickets of the honest; these are few, so that one replaces another.
            let bytes = [200 + u8::try_from(self.dice.below(6)).unwrap(); 16];
            let room = (!self.dice.one_in(6)).then(|| Entrant {
                ticket: Ticket::new(bytes),
                since: (!self.dice.one_in(4)).then(|| PostId(self.dice.extreme())),
            });
            let name = self.dice.hostile_text(&guest).parse().ok();
            HubInput::Hello {
                connection,
                from,
                mark: LineMark::Unmarked,
                name,
                room,
                sees: Sees::from(vec!["members".to_owned(), "boards".to_owned()]),
            }
        };
        self.hostile.insert(connection, hostile);
        S::tell(self, input);
    }

    /// Whether this one could send a line just now, and has.
    pub(super) fn sends_line(&mut self, connection: ConnectionId) -> bool {
        let now = self.server.time(self.now, connection);
        let guest = self.somebody();
        let Some(hostile) = self.hostile.get_mut(&connection) else {
            return false;
        };
        if hostile.reads.take_if(|at| *at <= now).is_none() {
            return false;
        }
        hostile.number = hostile.number.map(|last| match self.dice.below(8) {
            0 => self.dice.extreme(),
            // The same one again.
            1 => last,
            _ => last.saturating_add(1),
        });
        let text = self.dice.hostile_text(&guest);
        // The wire lets through only what can be a number.
        let number = match hostile.number.map(LineNumber::try_from) {
            None => None,
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => {
                hostile.number = Some(0);
                let bytes = text.len();
                S::tell(self, HubInput::Noise { connection, bytes });
                return true;
            }
        };
        self.hostile_lines += 1;
        S::tell(
            self,
            HubInput::Line {
                connection,
                number,
                text,
            },
        );
        true
    }

    /// All hostile guests hang up.
    pub(super) fn go_away(&mut self) {
        while let Some((connection, _)) = self.hostile.pop_first() {
            S::tell(self, HubInput::Lost(connection));
        }
    }
}

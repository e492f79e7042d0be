//! Cuts and crashes.

use super::World;
use tictalk::room::{ConnectionId, HubInput};

impl World {
    pub(super) fn break_something(&mut self) {
        if self.hub.is_some() && self.dice.one_in(400) {
            self.crash();
        }
        if self.dice.one_in(15)
            && let Some(connection) = self.some_wire()
        {
            let now = self.now;
            // Some notice nothing, and find out by the silence.
            let mut notices = || {
                let delay = self.dice.delay(5_000);
                (!self.dice.one_in(4)).then_some(now + delay)
            };
            let (server_notices, guest_notices) = (notices(), notices());
            let wire = self.wires.get_mut(&connection).unwrap();
            if !wire.is_broken {
                wire.is_broken = true;
                (wire.server_notices, wire.guest_notices) = (server_notices, guest_notices);
                // A part of what was on its way still arrives.
                let up = self.dice.below(4);
                let down = self.dice.below(4);
                wire.up.messages.truncate(usize::try_from(up).unwrap());
                wire.down.messages.truncate(usize::try_from(down).unwrap());
                self.cuts += 1;
            }
        }
    }

    pub(super) fn some_wire(&mut self) -> Option<ConnectionId> {
        let count = self.wires.len() as u64;
        let which = usize::try_from(self.dice.below(count.max(1))).unwrap();
        self.wires.keys().nth(which).copied()
    }

    /// The server is killed: what is not committed is gone, and so is every connection.
    pub(super) fn crash(&mut self) {
        self.crashes += 1;
        self.hub = None;
        // Some of what was being written has come through, without anybody knowing.
        let kept = self.dice.below(self.writing.len() as u64 + 1);
        self.committed
            .extend(self.writing.drain(..usize::try_from(kept).unwrap()));
        self.writing.clear();
        self.reports.clear();
        self.looks.clear();
        self.problems.clear();
        self.hostile.clear();
        for wire in self.wires.values_mut() {
            wire.is_broken = true;
            wire.server_notices = None;
            wire.guest_notices = Some(self.now + self.dice.delay(3_000));
        }
        self.restarts_at = self.now + self.dice.delay(10_000);
    }

    /// All hostile guests hang up.
    pub(super) fn go_away(&mut self) {
        while let Some((connection, _)) = self.hostile.pop_first() {
            self.tell_hub(HubInput::Lost(connection));
        }
    }
}

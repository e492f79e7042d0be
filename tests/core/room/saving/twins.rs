//! A room, and a copy of it that was saved and loaded on the way: both are given the same inputs, and
//! must do the same.

use super::super::crowd::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, GameProblem, Hub, HubEffect, HubInput, Nick, PostRecord, Query, Recipient,
    Settings,
};
use tictalk::wire::Ticket;

/// The end of a connection.
#[derive(Default)]
pub(super) struct Far {
    /// From when a line is read.
    pub(super) reads: Option<Duration>,
    /// The number of the last line, if it has one.
    pub(super) number: Option<u64>,
}

pub(super) struct Twins {
    pub(super) dice: Dice,
    /// A game whose search has large tables, and whose problems are not solved here. If it is played,
    /// nobody asks for hints.
    pub(super) has_large_game: bool,
    pub(super) hub: Hub,
    pub(super) copy: Hub,
    pub(super) now: Duration,
    pub(super) store: Vec<PostRecord>,
    pub(super) writing: Vec<PostRecord>,
    pub(super) looks: Vec<(Recipient, Query)>,
    pub(super) problems: Vec<GameProblem>,
    pub(super) pings: BTreeSet<ConnectionId>,
    pub(super) ends: BTreeMap<ConnectionId, Far>,
    pub(super) connections: u64,
    pub(super) tickets: Vec<Ticket>,
    pub(super) is_over: bool,
    /// The parts of the state that were not empty when it was saved.
    pub(super) tried: BTreeSet<String>,
    pub(super) counts: BTreeMap<&'static str, u32>,
}

/// A small room, in which everything is soon full.
pub(super) fn small() -> Settings {
    Settings {
        members: NonZeroUsize::new(12),
        per_address: NonZeroUsize::new(9),
        patience: Some(Duration::from_secs(40)),
        forfeit: Duration::from_secs(25),
        unstored: 6,
        at_once: 700,
        room: Some("class".into()),
        ..Settings::new(Nick::read("Mia").unwrap(), 1_700_000_000_000)
    }
}

pub(super) fn loaded(hub: &Hub) -> Hub {
    Hub::load(&hub.save().unwrap()).unwrap()
}

impl Twins {
    pub(super) fn new(seed: u64) -> Self {
        let hub = Hub::open(small(), [u8::try_from(seed % 256).unwrap(); 32]);
        Self {
            dice: Dice(seed),
            has_large_game: seed % 2 == 1,
            copy: loaded(&hub),
            hub,
            now: Duration::ZERO,
            store: Vec::new(),
            writing: Vec::new(),
            looks: Vec::new(),
            problems: Vec::new(),
            pings: BTreeSet::new(),
            ends: BTreeMap::new(),
            connections: 0,
            tickets: Vec::new(),
            is_over: false,
            tried: BTreeSet::new(),
            counts: BTreeMap::new(),
        }
    }

    /// So many random events.
    pub(super) fn run(&mut self, events: u32) {
        for _ in 0..events {
            self.event();
            if self.dice.one_in(40) {
                self.reload();
            }
            self.compare();
        }
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn compare(&self) {
        assert_eq!(self.hub.digest().unwrap(), self.copy.digest().unwrap());
    }

    /// One of the two is replaced by what was saved of it.
    pub(super) fn reload(&mut self) {
        self.count("reloads");
        let saved = self.hub.save().unwrap();
        self.note_tried(&saved);
        let other = Hub::load(&saved).unwrap();
        assert_eq!(
            String::from_utf8(other.save().unwrap()).unwrap(),
            String::from_utf8(saved).unwrap()
        );
        self.check_problems(&other);
        let replaced = match self.dice.one_in(2) {
            true => &mut self.hub,
            false => &mut self.copy,
        };
        *replaced = other;
    }

    pub(super) fn note_tried(&mut self, saved: &[u8]) {
        let saved: serde_json::Value = serde_json::from_slice(saved).unwrap();
        for (name, part) in saved.as_object().unwrap() {
            let is_empty = part.is_null()
                || part == false
                || part == 0
                || part.as_array().is_some_and(Vec::is_empty)
                || part.as_object().is_some_and(serde_json::Map::is_empty);
            if !is_empty {
                self.tried.insert(name.clone());
            }
        }
        for (what, path) in [
            ("games of a tournament", "/contest/stage/Games/running"),
            ("gathered posts", "/gathering/series/0/0"),
            ("waiting receipts", "/unstored/0/awaited_by"),
        ] {
            if saved.pointer(path).is_some_and(|part| !part.is_null()) {
                self.count(what);
            }
        }
        for table in saved["tables"].as_array().unwrap() {
            for (what, path) in [
                ("offers in games", "/offer/0"),
                ("moves in games", "/record/plies/0"),
                ("secret moves", "/record/plies/0/secret"),
            ] {
                if table.pointer(path).is_some_and(|part| !part.is_null()) {
                    self.count(what);
                }
            }
        }
        for member in saved["members"].as_object().unwrap().values() {
            for (what, path) in [
                ("absent members", "/presence/Away"),
                ("members that catch up", "/presence/Here/feed/Behind"),
                ("last games", "/last_game/setup"),
                ("watchers", "/watching"),
                ("receipts", "/lines/waiting/0"),
            ] {
                if member.pointer(path).is_some_and(|part| !part.is_null()) {
                    self.count(what);
                }
            }
        }
    }

    /// The pending problems can be obtained again, and have the same solutions.
    fn check_problems(&mut self, other: &Hub) {
        let again = other.problems();
        assert_eq!(again, self.hub.problems());
        assert_eq!(again, self.problems);
        if self.has_large_game {
            return;
        }
        for (problem, again) in self.problems.clone().iter().zip(&again) {
            let (solution, again) = (problem.solve(), again.solve());
            // A problem that is of no use any more has no solution.
            if again != problem.unsolved() {
                assert_eq!(solution, again);
                self.count("problems solved again");
            }
        }
    }

    /// Gives the same input to both, to one of them after it was written and read.
    pub(super) fn input(&mut self, input: HubInput) {
        let written = serde_json::to_string(&input).unwrap();
        let read: HubInput = serde_json::from_str(&written).unwrap();
        assert_eq!(read, input);
        let (mut effects, mut again) = (Vec::new(), Vec::new());
        self.hub.handle(self.now, input, &mut effects);
        self.copy.handle(self.now, read, &mut again);
        assert_eq!(effects, again, "after {written}");
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: HubEffect) {
        match effect {
            HubEffect::Store(record) => self.writing.push(record),
            HubEffect::Look { to, query } => self.looks.push((to, query)),
            HubEffect::Think(problem) => {
                self.count("problems");
                self.problems.push(problem);
            }
            HubEffect::Ping(connection) => {
                self.pings.insert(connection);
            }
            HubEffect::Welcome { connection, room } => {
                let ticket = room.ticket.unwrap();
                if !self.tickets.contains(&ticket) {
                    self.tickets.push(ticket);
                }
                if let Some(end) = self.ends.get_mut(&connection) {
                    end.number = Some(room.heard);
                }
            }
            HubEffect::Read { connection, at } => {
                if let Some(end) = self.ends.get_mut(&connection) {
                    end.reads = Some(at);
                }
            }
            HubEffect::Close { connection, .. } => {
                self.ends.remove(&connection);
                self.pings.remove(&connection);
                self.looks
                    .retain(|(to, _)| *to != Recipient::Connection(connection));
            }
            HubEffect::Over => self.is_over = true,
            HubEffect::Deliver { .. }
            | HubEffect::Announce { .. }
            | HubEffect::Recall { .. }
            | HubEffect::Tell { .. }
            | HubEffect::Send { .. }
            | HubEffect::Receipt { .. } => {}
        }
    }
}

//! A room, and a copy of it that was saved and loaded on the way: both are given the same inputs, and
//! must do the same.

use super::super::simulation::dice::Dice;
use super::super::{address, known, look_up};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, GameProblem, Hub, HubEffect, HubInput, LineMark, Nick, PostRecord,
    Query, Recipient, Settings,
};
use tictalk::wire::{BoardForm, PostId, Sees, Ticket};

/// The names of those who come in.
const NAMES: [&str; 9] = [
    "Ann", "Bob", "Cem", "Dora", "Eli", "Fay", "Gus", "Hua", "Ines",
];

/// What members type, in about the proportions of the list. `@` stands for a name, `#` for a digit.
const LINES: &[&str] = &[
    "hello #",
    "hello #",
    "/me waves #",
    "/msg @ psst #",
    "/who",
    "/status",
    "/history 5",
    "/search hello",
    "/nick @",
    "/nick @#",
    "/play tictactoe @",
    "/play tictactoe @",
    "/play rps # @",
    "/play rps 3 computer",
    "/play tictactoe computer easy",
    "/play tictactoe computer",
    "/play LARGE @",
    "/play LARGE computer easy",
    "/accept",
    "/accept",
    "/accept",
    "/accept",
    "/decline",
    "/move #",
    "/move #",
    "/move #",
    "/move #",
    "/move #",
    "/move rock",
    "/move rock",
    "/move paper",
    "/move scissors",
    "/undo",
    "/draw",
    "/draw",
    "/draw",
    "/hint",
    "/resign",
    "/rematch",
    "/watch @",
    "/watch",
    "/board",
    "/describe on",
    "/describe off",
    "/score",
    "/results",
    "/tournament",
    "/tournament join",
    "/tournament join",
    "/tournament leave",
    "/quit",
    "/play battleship @",
    "/play hangman @",
];

/// What the host types.
const ORDERS: &[&str] = &[
    "hello #",
    "/kick @",
    "/ban @",
    "/ban @",
    "/unban @",
    "/unban @",
    "/mute @",
    "/unmute @",
    "/unmute @",
    "/status",
    "/watch @",
    "/describe on",
    "/describe off",
    "/tournament tictactoe",
    "/tournament rps computer",
    "/tournament start",
    "/tournament start",
    "/tournament stop",
    "/bans",
];

/// The end of a connection.
#[derive(Default)]
struct Far {
    /// From when a line is read.
    reads: Option<Duration>,
    /// The number of the last line, if it has one.
    number: Option<u64>,
}

pub(super) struct Twins {
    dice: Dice,
    /// A game whose search has large tables, and whose problems are not solved here. If it is played,
    /// nobody asks for hints.
    has_large_game: bool,
    pub(super) hub: Hub,
    pub(super) copy: Hub,
    pub(super) now: Duration,
    store: Vec<PostRecord>,
    writing: Vec<PostRecord>,
    looks: Vec<(Recipient, Query)>,
    problems: Vec<GameProblem>,
    pings: BTreeSet<ConnectionId>,
    ends: BTreeMap<ConnectionId, Far>,
    connections: u64,
    tickets: Vec<Ticket>,
    is_over: bool,
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

fn loaded(hub: &Hub) -> Hub {
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

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn compare(&self) {
        assert_eq!(self.hub.digest().unwrap(), self.copy.digest().unwrap());
    }

    /// One of the two is replaced by what was saved of it.
    fn reload(&mut self) {
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

    fn note_tried(&mut self, saved: &[u8]) {
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

    fn pick<T>(&mut self, from: &[T]) -> Option<usize> {
        let count = from.len() as u64;
        (count > 0).then(|| usize::try_from(self.dice.below(count)).unwrap())
    }

    fn some_end(&mut self) -> Option<ConnectionId> {
        let ends: Vec<ConnectionId> = self.ends.keys().copied().collect();
        self.pick(&ends).map(|at| ends[at])
    }

    fn name(&mut self) -> &'static str {
        NAMES[usize::try_from(self.dice.below(NAMES.len() as u64)).unwrap()]
    }

    /// One of these lines, filled in.
    fn line(&mut self, lines: &[&str]) -> String {
        let line = lines[usize::try_from(self.dice.below(lines.len() as u64)).unwrap()];
        let digit = (self.dice.below(9) + 1).to_string();
        let large = if self.has_large_game {
            "connect4"
        } else {
            "tictactoe"
        };
        let line = match line {
            "/hint" if self.has_large_game => "/board",
            line => line,
        };
        let line = line.replace('@', self.name());
        line.replace('#', &digit).replace("LARGE", large)
    }

    fn connect(&mut self, number: Option<u64>) -> (ConnectionId, LineMark) {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        self.ends.insert(
            connection,
            Far {
                number,
                ..Far::default()
            },
        );
        let mark = match self.dice.one_in(4) {
            true => LineMark::Plain,
            false => LineMark::Unmarked,
        };
        (connection, mark)
    }

    fn event(&mut self) {
        self.now += self.dice.delay(120);
        match self.dice.below(100) {
            0..8 => self.come_in(),
            8..55 => self.say(),
            55..61 => {
                let text = self.line(ORDERS);
                self.input(HubInput::Host(text));
            }
            61..73 => self.store(),
            73..80 => self.look(),
            80..84 => self.think(),
            84..89 => {
                self.now += self.dice.delay(1_500);
                self.input(HubInput::Tick);
            }
            89..92 => {
                if let Some(connection) = self.pings.pop_first() {
                    self.input(HubInput::Pong(connection));
                }
            }
            92..97 => self.trouble(),
            97 if self.dice.one_in(2) => self.crowd(),
            97 => self.outside(),
            98 if self.dice.one_in(12) => self.restart(),
            98 if self.dice.one_in(4) => {
                // Somebody is too late for something.
                self.now += Duration::from_secs(self.dice.below(200));
                self.input(HubInput::Tick);
            }
            _ => self.input(HubInput::Tick),
        }
        if self.is_over || self.dice.one_in(2_000) {
            if !self.is_over {
                self.input(HubInput::HostLeft);
                self.reload();
                self.store();
            }
            self.restart();
        }
    }

    fn come_in(&mut self) {
        let from_old = self.pick(&self.tickets.clone()).map(|at| self.tickets[at]);
        let name = self.name();
        match self.dice.below(5) {
            0 => {
                let (connection, mark) = self.connect(None);
                self.input(HubInput::Connected {
                    connection,
                    from: address(connection),
                    mark,
                });
            }
            kind => {
                let (connection, mark) = self.connect(Some(0));
                let ticket = from_old.filter(|_| kind > 1);
                let since = (!self.dice.one_in(3)).then(|| PostId(self.dice.below(400)));
                let sees = match self.dice.one_in(2) {
                    true => Sees::from(vec!["members".to_owned(), "boards".to_owned()]),
                    false => Sees::default(),
                };
                let is_named = !self.dice.one_in(9);
                self.input(HubInput::Hello {
                    connection,
                    from: address(connection),
                    mark,
                    name: is_named.then(|| name.parse().unwrap()),
                    room: ticket.map(|ticket| Entrant { ticket, since }),
                    sees,
                });
            }
        }
    }

    /// Many come in and go at once, and are announced together.
    fn crowd(&mut self) {
        for _ in 0..6 {
            self.come_in();
            if let Some(connection) = self.some_end() {
                self.hang_up(connection);
            }
            self.store();
        }
        self.reload();
    }

    fn hang_up(&mut self, connection: ConnectionId) {
        self.ends.remove(&connection);
        self.pings.remove(&connection);
        self.looks
            .retain(|(to, _)| *to != Recipient::Connection(connection));
        self.input(HubInput::Lost(connection));
    }

    fn say(&mut self) {
        let Some(connection) = self.some_end() else {
            return;
        };
        let now = self.now;
        let end = self.ends.get_mut(&connection).unwrap();
        if end.reads.take_if(|at| *at <= now).is_none() {
            return;
        }
        end.number = end.number.map(|number| number + 1);
        let number = end.number.map(|number| number.try_into().unwrap());
        let text = self.line(LINES);
        let text = match number {
            // A first line is a name.
            None if self.dice.one_in(3) => self.name().to_owned(),
            _ => text,
        };
        // An offer in a game is soon answered.
        let is_short = matches!(text.as_str(), "/draw" | "/undo");
        self.input(HubInput::Line {
            connection,
            number,
            text,
        });
        if is_short {
            self.reload();
        }
    }

    /// Some of what is being stored is stored.
    fn store(&mut self) {
        let count = match self.is_over {
            true => self.writing.len(),
            false => usize::try_from(self.dice.below(self.writing.len() as u64 + 1)).unwrap(),
        };
        self.store.extend(self.writing.drain(..count));
        if count > 0 {
            let last = self.store.last().unwrap().post.id;
            self.input(HubInput::Stored(last));
        }
    }

    fn look(&mut self) {
        if self.looks.is_empty() {
            return;
        }
        let (to, query) = self.looks.remove(0);
        let (posts, rest) = look_up(&self.store, &query);
        self.input(HubInput::Found {
            to,
            query,
            posts,
            rest,
        });
    }

    fn think(&mut self) {
        let Some(at) = self.pick(&self.problems.clone()) else {
            return;
        };
        let problem = self.problems.remove(at);
        let solution = match self.has_large_game || self.dice.one_in(5) {
            true => problem.unsolved(),
            false => problem.solve(),
        };
        self.input(HubInput::Thought(solution.clone()));
        let before = self.hub.digest().unwrap();
        // The problem may have been solved on another machine as well.
        let mut effects = Vec::new();
        self.hub
            .handle(self.now, HubInput::Thought(solution), &mut effects);
        assert_eq!(effects, []);
        assert_eq!(self.hub.digest().unwrap(), before);
    }

    fn trouble(&mut self) {
        let Some(connection) = self.some_end() else {
            return;
        };
        let bytes = usize::try_from(self.dice.below(5_000)).unwrap();
        match self.dice.below(6) {
            0 => self.hang_up(connection),
            1 => self.input(HubInput::Overflow(connection)),
            2 => self.input(HubInput::Behind { connection, bytes }),
            3 => {
                let end = self.ends.get_mut(&connection).unwrap();
                if end.reads.take().is_some() {
                    self.input(HubInput::Noise { connection, bytes });
                }
            }
            4 => {
                let time = self.dice.delay(300);
                self.input(HubInput::Took { connection, time });
            }
            _ => self.input(HubInput::Boards {
                connection,
                boards: BoardForm::Words,
            }),
        }
    }

    /// What a shell asks besides the inputs.
    fn outside(&mut self) {
        let (now, from) = (self.now, address(ConnectionId(1)).ip());
        let time = self.dice.delay(100);
        let ticket = self.pick(&self.tickets.clone()).map(|at| self.tickets[at]);
        let mut answers = Vec::new();
        for hub in [&mut self.hub, &mut self.copy] {
            hub.took_exchange(now, from, time);
            answers.push((
                hub.arrival(now, from),
                hub.exchange_at(now, from),
                ticket.and_then(|ticket| hub.comeback(now, &ticket)),
                ticket.and_then(|ticket| hub.ticket(&ticket.handle())),
                hub.members(now),
                hub.members_after(Default::default()),
                hub.tables().collect::<Vec<_>>(),
                hub.best_players(),
                hub.last_posts(30),
                hub.connections_of_members(now),
            ));
        }
        assert!(answers[0] == answers[1]);
    }

    /// The server crashes, and starts again with what is stored.
    fn restart(&mut self) {
        self.count("restarts");
        let recent = self.store.iter().map(|record| record.post.clone());
        let recent: Vec<_> = recent.rev().take(100).collect();
        let recent = recent.into_iter().rev();
        let seed = [u8::try_from(self.dice.below(256)).unwrap(); 32];
        self.hub = Hub::restore(small(), seed, &known(&self.store), recent);
        self.copy = loaded(&self.hub);
        let saved = self.hub.save().unwrap();
        self.note_tried(&saved);
        self.writing.clear();
        self.looks.clear();
        self.problems.clear();
        self.pings.clear();
        self.ends.clear();
        self.is_over = false;
    }
}

//! What happens in the room, at random.

use super::super::{address, known, look_up};
use super::twins::{Far, Twins, loaded, small};
use std::time::Duration;
use tictalk::room::{ConnectionId, Entrant, Found, Hub, HubInput, LineMark, Recipient};
use tictalk::wire::{BoardForm, MemberId, PostId, Sees};

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

impl Twins {
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

    pub(super) fn event(&mut self) {
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
        self.input(HubInput::Found(Found {
            to,
            query,
            posts,
            rest,
        }));
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
                hub.members_after(MemberId::HOST),
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

//! Many guests, a network that breaks, and the server of a room, by a clock and a dice of their own: what
//! a seed has done once, it does again. The server is one hub with a store, or several machines.
//!
//! There may be hostile guests, too. They send the hub anything at any time, as far as its contract
//! lets them: a line only where one is read. What a member may do to others is not hostile, so a
//! hostile coordinator removes nobody and none takes the name of somebody honest who has yet to join.

mod dice;
mod hostile;
mod network;
mod store;
mod verdict;

pub(crate) use dice::Dice;
pub(crate) use store::{address, look_up, may_be_missing, settings};

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{ConnectionId, Guest, GuestInput, Hub, HubInput, Listed, PostRecord};
use tictalk::wire::{BoardSight, Control, Exchange, Handle, Nonce, Post, PostId, Sees, Ticket};

/// How much time passes at once.
pub(crate) const STEP: Duration = Duration::from_millis(100);

/// What serves the crowd.
pub(crate) trait Server: Sized {
    /// Things go wrong.
    fn disturb(world: &mut World<Self>);

    /// Does what is due.
    fn serve(world: &mut World<Self>);

    /// The number of a new connection; nothing if there is nobody to connect to.
    fn connect(world: &mut World<Self>) -> Option<ConnectionId>;

    /// The hub at the other end of a connection, as long as it serves it.
    fn hub(&self, connection: ConnectionId) -> Option<&Hub>;

    /// The room's time there.
    fn time(&self, now: Duration, connection: ConnectionId) -> Duration;

    /// Takes an input of a connection.
    fn tell(world: &mut World<Self>, input: HubInput);

    /// A client comes back, and has to prove that it is the one that was here.
    fn challenge(world: &mut World<Self>, comeback: Comeback);

    /// All posts that anybody may have seen, in order.
    fn committed(&self) -> &[PostRecord];

    /// The members at the end.
    fn members(&self, now: Duration) -> Vec<Listed>;
}

/// What a client says that comes back.
pub(crate) struct Comeback {
    pub(crate) connection: ConnectionId,
    pub(crate) member: Handle,
    pub(crate) nonce: Nonce,
    pub(crate) since: Option<PostId>,
    pub(crate) sees: Sees,
}

/// One direction of a connection: what is on its way, and when it arrives.
#[derive(Default)]
struct Pipe {
    messages: VecDeque<(Duration, Control)>,
}

impl Pipe {
    fn send(&mut self, now: Duration, delay: Duration, message: Control) {
        let last = self.messages.back().map_or(Duration::ZERO, |(at, _)| *at);
        self.messages.push_back((last.max(now + delay), message));
    }

    fn next(&mut self, now: Duration) -> Option<Control> {
        let next = self.messages.pop_front_if(|(at, _)| *at <= now);
        next.map(|(_, message)| message)
    }
}

/// A connection. Data sent into a broken one is lost, and an end may take its time to notice.
struct Wire {
    guest: usize,
    up: Pipe,
    down: Pipe,
    is_broken: bool,
    /// When the two ends notice that it is broken, if they do.
    server_notices: Option<Duration>,
    guest_notices: Option<Duration>,
    /// From when the server reads the next line.
    reads: Option<Duration>,
    /// The last post that was sent.
    sent: Option<PostId>,
    /// The proof that a returning client owes, and how it then enters.
    to_prove: Option<(Exchange, Option<PostId>, Sees)>,
}

/// A guest and what happens to it.
pub(crate) struct Person {
    pub(crate) core: Guest,
    wire: Option<ConnectionId>,
    connects_at: Option<Duration>,
    /// The posts it was shown or told of by the hub, in order.
    seen: Vec<Arc<Post>>,
    /// The lines that it has posted, by number.
    said: BTreeMap<u64, String>,
    lines: u64,
    received: BTreeSet<u64>,
    /// The private messages that it was told.
    told: BTreeSet<String>,
    /// The boards that it sees at present.
    pub(crate) boards: BTreeMap<u64, BoardSight>,
}

/// A connection of a hostile guest, which has no delay and breaks only when its end wants that.
#[derive(Default)]
struct Hostile {
    /// From when the server reads the next line.
    reads: Option<Duration>,
    /// Whether its lines have numbers, and the last one.
    number: Option<u64>,
}

/// The crowd, its network and its server.
pub(crate) struct World<S> {
    pub(crate) dice: Dice,
    pub(crate) now: Duration,
    pub(crate) server: S,
    wires: BTreeMap<ConnectionId, Wire>,
    pub(crate) people: Vec<Person>,
    /// What the guests get as data.
    sees: Sees,
    is_attacked: bool,
    hostile: BTreeMap<ConnectionId, Hostile>,
    /// The posts that were announced together, by the last of them.
    announcements: BTreeMap<PostId, Vec<Arc<Post>>>,
    /// Events that must have occurred for the run to be meaningful.
    pub(crate) cuts: u32,
    pub(crate) resent: u32,
    pub(crate) hostile_lines: u32,
    pub(crate) gathered: u32,
    pub(crate) renamed: u32,
}

impl<S: Server> World<S> {
    /// So many honest guests, who get this as data.
    pub(crate) fn new(seed: u64, guests: usize, is_attacked: bool, sees: Sees, server: S) -> Self {
        let mut dice = Dice(seed);
        let people = (0..guests).map(|number| Person {
            core: Guest::new(
                Some(format!("guest {}", letters(number)).parse().unwrap()),
                Ticket::new([u8::try_from(number).unwrap(); 16]),
            )
            .seeing(sees),
            wire: None,
            connects_at: Some(dice.delay(20_000)),
            seen: Vec::new(),
            said: BTreeMap::new(),
            lines: 0,
            received: BTreeSet::new(),
            told: BTreeSet::new(),
            boards: BTreeMap::new(),
        });
        let people = people.collect();
        Self {
            dice,
            now: Duration::ZERO,
            server,
            wires: BTreeMap::new(),
            people,
            sees,
            is_attacked,
            hostile: BTreeMap::new(),
            announcements: BTreeMap::new(),
            cuts: 0,
            resent: 0,
            hostile_lines: 0,
            gathered: 0,
            renamed: 0,
        }
    }

    /// Things go wrong until the end of the storm. Then there is time to recover.
    pub(crate) fn run(&mut self, storm: Duration, calm: Duration) {
        while self.now < storm + calm {
            self.now += STEP;
            if self.now < storm {
                S::disturb(self);
                self.cut_something();
                self.talk();
                if self.is_attacked {
                    self.attack();
                }
            } else {
                self.go_away();
            }
            S::serve(self);
            self.carry();
            for guest in 0..self.people.len() {
                self.attend(guest);
            }
        }
    }

    /// Has all arrive that is on its way.
    pub(crate) fn settle(&mut self) {
        self.now += Duration::from_secs(60);
        self.carry();
    }

    fn somebody(&mut self) -> String {
        let guests = self.people.len() as u64;
        letters(usize::try_from(self.dice.below(guests)).unwrap())
    }

    /// The people type.
    fn talk(&mut self) {
        for guest in 0..self.people.len() {
            if !self.dice.one_in(25) || !self.people[guest].core.wants_line() {
                continue;
            }
            let other = self.somebody();
            let kind = self.dice.below(20);
            let square = self.dice.below(9) + 1;
            let person = &mut self.people[guest];
            person.lines += 1;
            let number = person.lines;
            let text = format!("{guest} says {number}");
            let line = match kind {
                0 => "/who".to_owned(),
                1 => format!("/msg guest {other} psst {number} of {guest}"),
                2 => format!("/me {text}"),
                3 => {
                    ["/history 5", "/history 5 9"][usize::try_from(square % 2).unwrap()].to_owned()
                }
                4 => format!("/play tictactoe guest {other}"),
                5 => format!("/play rps 3 guest {other}"),
                6 => "/play tictactoe computer".to_owned(),
                7 => "/accept".to_owned(),
                8..12 => format!("/move {square}"),
                12 => "/move rock".to_owned(),
                13 if square > 6 => format!("/watch guest {other}"),
                13 => ["/undo", "/draw", "/rematch", "/resign"]
                    [usize::try_from(square % 4).unwrap()]
                .to_owned(),
                _ => text.clone(),
            };
            if matches!(kind, 2 | 14..) {
                person.said.insert(number, text);
            }
            self.tell_guest(guest, GuestInput::Line(line));
        }
    }
}

/// A number as letters that look like no others.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b"abcdefgh"[number % 8]);
    [letter(number / 8), letter(number)].iter().collect()
}

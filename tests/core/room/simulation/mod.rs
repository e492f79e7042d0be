//! One hub, many guests, a network that breaks and a server that crashes, by a clock and a dice of
//! their own: what a seed has done once, it does again.
//!
//! Under every third seed there are hostile guests, too. They send the hub anything at any time, as
//! far as its contract lets them: a line only where one is read. What a member may do to others is
//! not hostile, so a hostile coordinator removes nobody and none takes the name of somebody honest
//! who has yet to join.

mod chaos;
mod delivery;
pub(super) mod dice;
mod hostile;

use super::may_be_missing;
use dice::Dice;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, GameProblem, Guest, GuestInput, Hub, PostRecord, Query, Recipient, TableChange,
};
use tictalk::wire::{Control, Exchange, Post, PostId, Ticket, What};

const GUESTS: usize = 30;
const SEEDS: u64 = 60;

/// How much time passes at once.
const STEP: Duration = Duration::from_millis(100);

/// How long things go wrong, and how long the room then has to recover.
const STORM: Duration = Duration::from_secs(240);
const CALM: Duration = Duration::from_secs(400);

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
    /// The proof that a returning client owes, and the identity under which it then enters.
    to_prove: Option<(Exchange, Option<PostId>)>,
}

/// A guest and what happens to it.
struct Person {
    core: Guest,
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
}

/// A connection of a hostile guest, which has no delay and breaks only when its end wants that.
#[derive(Default)]
struct Hostile {
    /// From when the server reads the next line.
    reads: Option<Duration>,
    /// Whether its lines have numbers, and the last one.
    number: Option<u64>,
}

struct World {
    dice: Dice,
    now: Duration,
    hub: Option<Hub>,
    /// When the hub was started: its time begins there.
    hub_began: Duration,
    restarts_at: Duration,
    starts: u8,
    committed: Vec<PostRecord>,
    writing: VecDeque<PostRecord>,
    commits_at: Duration,
    /// Commits of which the hub does not know yet.
    reports: VecDeque<(Duration, PostId)>,
    looks: Vec<(Duration, Recipient, Query)>,
    /// What the hub has asked to be thought about, and when that is done.
    problems: Vec<(Duration, GameProblem)>,
    wires: BTreeMap<ConnectionId, Wire>,
    connections: u64,
    people: Vec<Person>,
    is_attacked: bool,
    hostile: BTreeMap<ConnectionId, Hostile>,
    /// Events that must have occurred for the run to be meaningful.
    crashes: u32,
    cuts: u32,
    resent: u32,
    catch_ups: u32,
    hostile_lines: u32,
    /// Games that were running when the server was restarted.
    restored: u32,
    gathered: u32,
    /// The posts that were announced together, by the last of them.
    announcements: BTreeMap<PostId, Vec<Arc<Post>>>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let people = (0..GUESTS).map(|number| Person {
            core: Guest::new(
                Some(format!("guest {}", letters(number)).parse().unwrap()),
                Ticket::new([u8::try_from(number).unwrap(); 16]),
            ),
            wire: None,
            connects_at: Some(dice.delay(20_000)),
            seen: Vec::new(),
            said: BTreeMap::new(),
            lines: 0,
            received: BTreeSet::new(),
            told: BTreeSet::new(),
        });
        let people = people.collect();
        Self {
            dice,
            now: Duration::ZERO,
            hub: None,
            hub_began: Duration::ZERO,
            restarts_at: Duration::ZERO,
            starts: 0,
            committed: Vec::new(),
            writing: VecDeque::new(),
            commits_at: Duration::ZERO,
            reports: VecDeque::new(),
            looks: Vec::new(),
            problems: Vec::new(),
            wires: BTreeMap::new(),
            connections: 0,
            people,
            is_attacked: seed % 3 == 2,
            hostile: BTreeMap::new(),
            crashes: 0,
            cuts: 0,
            resent: 0,
            catch_ups: 0,
            hostile_lines: 0,
            restored: 0,
            gathered: 0,
            announcements: BTreeMap::new(),
        }
    }

    fn run(&mut self) {
        while self.now < STORM + CALM {
            self.now += STEP;
            if self.now < STORM {
                self.break_something();
                self.talk();
                if self.is_attacked && self.hub.is_some() {
                    self.attack();
                }
            } else {
                self.go_away();
            }
            self.serve();
            self.store();
            self.carry();
            for guest in 0..GUESTS {
                self.attend(guest);
            }
        }
    }

    /// The people type.
    fn talk(&mut self) {
        for guest in 0..GUESTS {
            if !self.dice.one_in(25) || !self.people[guest].core.wants_line() {
                continue;
            }
            let other = letters(usize::try_from(self.dice.below(GUESTS as u64)).unwrap());
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

    /// Checks the promises of the room; the error names the one that is broken.
    fn verdict(&self) -> Result<(), String> {
        let mut wrong = String::new();
        let ids: Vec<u64> = self.committed.iter().map(|entry| entry.post.id.0).collect();
        if ids != (1..=ids.len() as u64).collect::<Vec<_>>() {
            wrong.push_str("the store has gaps\n");
        }
        let mut stored: BTreeMap<&str, u32> = BTreeMap::new();
        for entry in &self.committed {
            if let What::Said { text } | What::Acted { text } = &entry.post.what {
                *stored.entry(&**text).or_default() += 1;
            }
        }
        for (guest, person) in self.people.iter().enumerate() {
            let seen: Vec<u64> = person.seen.iter().map(|post| post.id.0).collect();
            let first = seen.first().copied().unwrap_or(0);
            let shown: BTreeSet<u64> = seen.iter().copied().collect();
            let all = self
                .committed
                .iter()
                .filter(|entry| entry.post.id.0 >= first);
            let missing = all
                .filter(|entry| !shown.contains(&entry.post.id.0) && !may_be_missing(&entry.post));
            let missing: Vec<u64> = missing.map(|entry| entry.post.id.0).collect();
            if !seen.is_sorted_by(|one, next| one < next) || !missing.is_empty() {
                let _ = writeln!(wrong, "{guest} has seen {seen:?} and lacks {missing:?}");
            }
            let id = person.core.id();
            let joined = self
                .committed
                .iter()
                .find(|entry| Some(entry.post.by.id) == id && entry.post.what == What::Joined);
            if joined.is_none_or(|joined| joined.post.id.0 < first) {
                let _ = writeln!(wrong, "{guest} has missed something behind its own arrival");
            }
            for (number, text) in &person.said {
                let times = stored.get(text.as_str()).copied().unwrap_or(0);
                let is_received = person.received.contains(number);
                if times != 1 || !is_received {
                    let _ = writeln!(wrong, "{text:?}: stored {times} times, {is_received}");
                }
            }
            for entry in &self.committed {
                let What::Whispered { to, text, .. } = &entry.post.what else {
                    continue;
                };
                let is_told = person
                    .told
                    .contains(&format!("(from {}): {}", entry.post.by.name, &**text));
                let is_meant = Some(*to) == id;
                if is_told != is_meant {
                    let _ = writeln!(
                        wrong,
                        "{guest} and {text:?}: told {is_told}, meant {is_meant}"
                    );
                }
            }
            if person.core.unreceived() > 0 {
                let _ = writeln!(wrong, "{guest} still waits for receipts");
            }
        }
        self.check_tables(&mut wrong);
        let members = self
            .hub
            .as_ref()
            .unwrap()
            .members(self.now - self.hub_began);
        if members.iter().filter(|it| it.is_here).count() != GUESTS {
            let _ = writeln!(wrong, "not everybody is here at the end");
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl World {
    /// Each stored game has all moves that were stored: a crash loses none and repeats none.
    fn check_tables(&self, wrong: &mut String) {
        let mut plies: BTreeMap<u64, usize> = BTreeMap::new();
        for entry in &self.committed {
            let Some(TableChange::Set(table)) = &entry.table else {
                continue;
            };
            let before = plies.insert(table.number, table.plies.len());
            let (before, now) = (before.unwrap_or(0), table.plies.len());
            let fits = match &entry.post.what {
                // A table of a number that was used before a restart begins anew.
                What::Began { .. } => now == 0,
                What::Moved { .. } => now > before && now <= before + 2,
                What::Undone { .. } => now < before,
                _ => false,
            };
            if !fits {
                let _ = writeln!(wrong, "{:?} after {before} turns: {now}", entry.post);
            }
        }
    }
}

/// A number as letters that look like no others.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b"abcdefgh"[number % 8]);
    [letter(number / 8), letter(number)].iter().collect()
}

#[test]
fn through_cuts_and_crashes_and_hostile_guests_everybody_sees_everything_once_and_in_order() {
    let (mut crashes, mut cuts, mut resent, mut catch_ups, mut posts) = (0, 0, 0, 0, 0);
    let (mut hostile_lines, mut moves, mut restored, mut whispers, mut gathered) = (0, 0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        world.run();
        if let Err(wrong) = world.verdict() {
            let wrong: String = wrong.chars().take(3_000).collect();
            panic!("seed {seed}:\n{wrong}");
        }
        crashes += world.crashes;
        cuts += world.cuts;
        resent += world.resent;
        catch_ups += world.catch_ups;
        hostile_lines += world.hostile_lines;
        posts += world.committed.len();
        restored += world.restored;
        gathered += world.gathered;
        for entry in &world.committed {
            moves += u32::from(matches!(entry.post.what, What::Moved { .. }));
            whispers += u32::from(matches!(entry.post.what, What::Whispered { .. }));
        }
    }
    // Else nothing was tried.
    for (what, count) in [
        ("crashes", crashes),
        ("cuts", cuts),
        ("lines sent again", resent),
        ("looks into the store", catch_ups),
        ("lines of hostile guests", hostile_lines / 100),
        ("moves", moves / 10),
        ("games after a restart", restored),
        ("private messages", whispers / 10),
        ("gathered announcements", gathered),
    ] {
        assert!(count >= 20, "only {count} {what}");
    }
    assert!(posts > 10_000, "only {posts} posts");
}

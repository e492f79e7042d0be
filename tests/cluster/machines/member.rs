//! A member: the real client's core at a real connection.

use super::ledger::{Absence, Stage, Storm};
use bytes::BytesMut;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tictalk::net::{Connection, new_nonce};
use tictalk::room::{Guest, GuestEffect, GuestInput, Sight};
use tictalk::wire::{Control, Dialect, Frame, Gathered, Post, PostId, Ticket};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How many lines of a member are without an acknowledgement while it talks.
const AHEAD: usize = 2;

/// The first pause before an attempt to connect, and the longest one, as in the program.
const FIRST_PAUSE: Duration = Duration::from_millis(75);
const LONGEST_PAUSE: Duration = Duration::from_millis(2_250);

/// An attempt to connect, and where.
type Attempt = Pin<Box<dyn Future<Output = (String, Option<TcpStream>)>>>;

/// A member and its way to the room.
pub(super) struct Member {
    pub(super) name: String,
    core: Guest,
    connection: Option<Connection>,
    /// Where the room has welcomed it last, where it came from at first, and the other machines that
    /// the room has named.
    arrived: String,
    given: String,
    others: Vec<String>,
    /// Where it tries to connect, or is connected.
    current: String,
    /// How many connections have failed lately, and how many attempts there were for this one.
    attempts: u32,
    tried: u32,
    lost_at: Option<Instant>,
    /// How many lines it has said, and how many of them are acknowledged.
    pub(super) said: u64,
    received: u64,
    /// The first and the last post that it was shown.
    pub(super) first: Option<PostId>,
    pub(super) last: Option<PostId>,
}

impl Member {
    /// A member that comes in through this machine.
    pub(super) fn new(number: u8, machine: String) -> Self {
        // Letters that look like no others.
        let letter = |number: u8| char::from(b"abcdefgh"[usize::from(number % 8)]);
        let name = format!("member {}{}", letter(number / 8), letter(number));
        Self {
            core: Guest::new(name.parse().ok(), Ticket::new([number + 1; 16])),
            name,
            connection: None,
            arrived: machine.clone(),
            current: machine.clone(),
            given: machine,
            others: Vec::new(),
            attempts: 0,
            tried: 0,
            lost_at: None,
            said: 0,
            received: 0,
            first: None,
            last: None,
        }
    }

    /// Takes part until it is over.
    pub(super) async fn live(mut self, storm: Arc<Storm>) -> Self {
        let mut stage = storm.stage.subscribe();
        let mut ticks = interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut attempt: Option<Attempt> = None;
        loop {
            if self.connection.is_none() && attempt.is_none() {
                attempt = Some(self.attempt());
            }
            let now = *stage.borrow_and_update();
            match now {
                Stage::Talking => self.talk(&storm),
                Stage::Calm => {}
                Stage::Over => return self,
            }
            let input = tokio::select! {
                input = next(&mut self.connection) => input,
                connected = ready(&mut attempt) => {
                    attempt = None;
                    self.connected(connected)
                }
                _ = ticks.tick() => Some(GuestInput::Tick),
                _ = stage.changed() => None,
            };
            if let Some(input) = input {
                self.handle(&storm, input);
            }
        }
    }

    fn talk(&mut self, storm: &Storm) {
        while self.core.id().is_some() && self.core.unreceived() < AHEAD {
            self.said += 1;
            storm.note(|ledger| ledger.said += 1);
            self.handle(storm, GuestInput::Line(format!("line {}", self.said)));
        }
    }

    /// Where it tries to connect, in this order: as the program does.
    fn stops(&self) -> Vec<&String> {
        let mut stops = vec![&self.arrived];
        for stop in [&self.given].into_iter().chain(&self.others) {
            if !stops.contains(&stop) {
                stops.push(stop);
            }
        }
        stops
    }

    /// The next attempt to connect, after a pause.
    fn attempt(&self) -> Attempt {
        let stops = self.stops();
        let count = u32::try_from(stops.len()).unwrap();
        let rounds = (self.attempts + self.tried / count).min(8);
        let pause = (FIRST_PAUSE * 2_u32.pow(rounds)).min(LONGEST_PAUSE);
        let stop = stops[usize::try_from(self.tried % count).unwrap()].clone();
        Box::pin(async move {
            sleep(pause).await;
            let stream = TcpStream::connect(&stop).await.ok();
            (stop, stream)
        })
    }

    fn connected(&mut self, (stop, stream): (String, Option<TcpStream>)) -> Option<GuestInput> {
        self.current = stop;
        self.tried += 1;
        let stream = stream?;
        stream.set_nodelay(true).unwrap();
        self.connection = Some(Connection::new(stream, Dialect::Tictalk, BytesMut::new()));
        let nonce = new_nonce().unwrap();
        Some(GuestInput::Connected { nonce })
    }

    fn handle(&mut self, storm: &Storm, input: GuestInput) {
        let told = match &input {
            GuestInput::Control(Control::Post(post)) => Told::Post(Arc::clone(post)),
            GuestInput::Control(Control::Gathered(gathered)) => Told::Gathered(gathered.clone()),
            _ => Told::Nothing,
        };
        let before = self.core.seen();
        for effect in self.core.handle(storm.began.elapsed(), input) {
            match effect {
                GuestEffect::Send(control) => {
                    if let Some(connection) = &mut self.connection {
                        // A failed connection is noticed by the next read.
                        let _ = connection.send(&Frame::Control(control));
                    }
                }
                GuestEffect::Others(others) => {
                    self.others = others.iter().map(str::to_owned).collect();
                }
                GuestEffect::Received(number) => {
                    self.received += 1;
                    assert_eq!(number, self.received, "{} is acknowledged", self.name);
                    storm.note(|ledger| ledger.received += 1);
                }
                GuestEffect::Connect { attempts } => {
                    self.connection = None;
                    self.attempts = attempts;
                    self.tried = 0;
                    self.lost_at.get_or_insert_with(Instant::now);
                }
                GuestEffect::Show(Sight::Named(_) | Sight::Reconnected) => self.arrive(storm),
                GuestEffect::Show(
                    sight @ (Sight::Forgotten
                    | Sight::Impostor
                    | Sight::Missed(_)
                    | Sight::NotTaken(_)),
                ) => panic!("{}: {sight:?}", self.name),
                GuestEffect::Show(_) => {}
                GuestEffect::Close(ending) => panic!("{} is out: {ending:?}", self.name),
            }
        }
        if self.core.seen() != before {
            self.see(storm, told);
        }
    }

    fn arrive(&mut self, storm: &Storm) {
        let has_moved = self.current != self.arrived;
        self.arrived.clone_from(&self.current);
        self.tried = 0;
        if let Some(lost_at) = self.lost_at.take() {
            let absence = Absence {
                time: lost_at.elapsed(),
                has_moved,
                is_first: self.attempts == 0,
            };
            storm.note(|ledger| ledger.absences.push(absence));
        }
    }

    /// Sees posts: each one that there is, in order.
    fn see(&mut self, storm: &Storm, told: Told) {
        let (last, count, posts) = match told {
            Told::Nothing => return,
            Told::Post(post) => {
                let shown = (post.id, post.by.clone(), post.what.clone());
                (post.id, 1, vec![shown])
            }
            // Of many posts about who is here, some are only counted.
            Told::Gathered(Gathered { last, groups, .. }) => {
                let mut posts = Vec::new();
                let mut count = 0;
                for group in groups {
                    count += group.members.len() as u64 + group.more;
                    let members = group.members.into_iter();
                    posts.extend(members.map(|it| (it.id, it.by, group.what.clone())));
                }
                (last, count, posts)
            }
        };
        let name = &self.name;
        let first = PostId(last.0 + 1 - count);
        let next = self.last.map_or(first, PostId::next);
        assert_eq!(first, next, "{name} sees {posts:?}");
        self.first.get_or_insert(first);
        self.last = Some(last);
        storm.note(|ledger| {
            for (id, by, what) in posts {
                ledger.show(id, &by, &what);
            }
            ledger.seen.insert(name.clone(), last);
        });
    }
}

/// What a message tells of posts.
enum Told {
    Nothing,
    Post(Arc<Post>),
    Gathered(Gathered),
}

/// The next input from the room, if there is a connection.
async fn next(connection: &mut Option<Connection>) -> Option<GuestInput> {
    let received = match connection {
        Some(connection) => connection.receive().await,
        None => pending().await,
    };
    match received {
        Ok(Some(Frame::Control(control))) => Some(GuestInput::Control(control)),
        Ok(Some(Frame::Text(text))) => panic!("{text:?} in a room"),
        Ok(None) | Err(_) => {
            *connection = None;
            Some(GuestInput::Lost)
        }
    }
}

/// Waits for the attempt, if there is one.
async fn ready(attempt: &mut Option<Attempt>) -> (String, Option<TcpStream>) {
    match attempt {
        Some(attempt) => attempt.await,
        None => pending().await,
    }
}

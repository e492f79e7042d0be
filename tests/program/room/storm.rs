//! A room that is killed again and again under load, and what each member has seen of it.
//!
//! `cargo test` kills it a few times. The long run is
//!
//! ```text
//! TICTALK_KILLS=400 cargo test --release --test program storm -- --nocapture
//! ```

use crate::support::{Room, new_folder};
use bytes::BytesMut;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tictalk::journal::Journal;
use tictalk::room::{Guest, GuestEffect, GuestInput};
use tictalk::wire::{Arrival, Codec, Control, Dialect, Frame, Nonce, Post, PostId, Ticket, What};

/// The variable that says how often the room is killed.
const KILLS: &str = "TICTALK_KILLS";

/// How often, and how many members there are, where it says nothing.
const FEW_KILLS: u64 = 6;
const FEW_MEMBERS: u8 = 6;
const MEMBERS: u8 = 20;

/// How many lines of a member may be without a receipt; a guest keeps some more.
const AHEAD: usize = 60;

/// How long a read waits before the member says something again.
const PAUSE: Duration = Duration::from_millis(2);

/// How long nothing at all may happen.
const STALLED: Duration = Duration::from_secs(60);

/// The message of the last one.
const END: &str = "this is the end";

/// The names that everybody has to know.
struct Storm {
    port: u16,
    began: Instant,
    /// How many lines were said, and how many of them have a receipt.
    said: AtomicU64,
    received: AtomicU64,
    /// Nobody says anything new.
    is_calm: AtomicBool,
    /// How many members know that.
    calmed: AtomicU64,
}

/// A member: the real client's core at a bare socket.
struct Member {
    number: u8,
    core: Guest,
    codec: Box<dyn Codec>,
    stream: Option<TcpStream>,
    inbox: BytesMut,
    /// How many lines it has said, and how many of them have a receipt.
    said: u64,
    received: u64,
    connections: u128,
    last_received: Option<u64>,
    /// The posts that it has seen, in their order.
    view: Vec<Arc<Post>>,
    has_seen_end: bool,
}

impl Member {
    fn new(number: u8) -> Self {
        // Letters that look like no others.
        let letter = |number: u8| char::from(b"abcdefgh"[usize::from(number % 8)]);
        let name = format!("member {}{}", letter(number / 8), letter(number));
        Self {
            number,
            core: Guest::new(name.parse().ok(), Ticket::new([number + 1; 16])),
            codec: Dialect::Tictalk.codec(),
            stream: None,
            inbox: BytesMut::new(),
            said: 0,
            received: 0,
            connections: 0,
            last_received: None,
            view: Vec::new(),
            has_seen_end: false,
        }
    }

    /// Talks until nobody does any more and all of it has been said by everybody.
    fn live(mut self, storm: &Storm) -> Self {
        let mut moved_at = Instant::now();
        let mut is_calm = false;
        loop {
            let (posts, received) = (self.view.len(), self.received);
            if self.stream.is_none() {
                self.connect(storm);
            }
            if !is_calm && storm.is_calm.load(Ordering::Relaxed) {
                is_calm = true;
                storm.calmed.fetch_add(1, Ordering::Relaxed);
            }
            if !is_calm && self.core.unreceived() < AHEAD {
                self.say(storm);
            }
            self.read(storm);
            self.handle(storm, GuestInput::Tick);
            if self.has_seen_end && self.core.unreceived() == 0 {
                // Its connection stays open, so that nobody sees it leave.
                return self;
            }
            if (posts, received) != (self.view.len(), self.received) {
                moved_at = Instant::now();
            }
            assert!(
                moved_at.elapsed() < STALLED,
                "member {} has seen {:?} and waits for {} receipts",
                self.number,
                self.core.seen(),
                self.core.unreceived()
            );
        }
    }

    fn say(&mut self, storm: &Storm) {
        self.said += 1;
        storm.said.fetch_add(1, Ordering::Relaxed);
        let line = format!("{} {}", self.number, self.said);
        self.handle(storm, GuestInput::Line(line));
    }

    fn connect(&mut self, storm: &Storm) {
        match TcpStream::connect(("127.0.0.1", storm.port)) {
            Ok(stream) => {
                stream.set_nodelay(true).unwrap();
                stream.set_read_timeout(Some(PAUSE)).unwrap();
                stream.set_write_timeout(Some(STALLED)).unwrap();
                self.stream = Some(stream);
                self.inbox.clear();
                self.codec = Dialect::Tictalk.codec();
                self.connections += 1;
                let nonce =
                    Nonce::new((self.connections << 8 | u128::from(self.number)).to_be_bytes());
                self.handle(storm, GuestInput::Connected { nonce });
            }
            // The room is being started again.
            Err(_) => thread::park_timeout(PAUSE),
        }
    }

    fn read(&mut self, storm: &Storm) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        let mut scratch = [0; 64 * 1_024];
        match stream.read(&mut scratch) {
            Ok(length @ 1..) => self.inbox.extend_from_slice(&scratch[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Ok(0) | Err(_) => {
                self.stream = None;
                return self.handle(storm, GuestInput::Lost);
            }
        }
        while self.stream.is_some() {
            match self.codec.decode(&mut self.inbox, Arrival::Bytes).unwrap() {
                Some(Frame::Control(control)) => self.hear(storm, control),
                Some(Frame::Text(text)) => panic!("{text:?} in a room"),
                None => return,
            }
        }
    }

    fn hear(&mut self, storm: &Storm, control: Control) {
        let post = match &control {
            Control::Post(post) => Some(Arc::clone(post)),
            _ => None,
        };
        let before = self.core.seen();
        self.handle(storm, GuestInput::Control(control));
        if let Some(post) = post
            && self.core.seen() != before
        {
            self.has_seen_end |= is_end(&post);
            self.view.push(post);
        }
    }

    fn handle(&mut self, storm: &Storm, input: GuestInput) {
        for effect in self.core.handle(storm.began.elapsed(), input) {
            match effect {
                GuestEffect::Send(control) => {
                    let mut bytes = BytesMut::new();
                    self.codec.encode(&Frame::Control(control), &mut bytes);
                    // A line that cannot be sent is lost with the connection, which the next read
                    // reports.
                    let _ = self.stream.as_mut().map(|it| it.write_all(&bytes));
                }
                GuestEffect::Received(number) => {
                    let last = self.last_received.replace(number);
                    assert!(last < Some(number), "receipts come once and in order");
                    self.received += 1;
                    storm.received.fetch_add(1, Ordering::Relaxed);
                }
                GuestEffect::Connect { .. } => self.stream = None,
                GuestEffect::Close(ending) => panic!("member {} is out: {ending:?}", self.number),
                _ => {}
            }
        }
    }
}

fn is_end(post: &Post) -> bool {
    matches!(&post.what, What::Said { text } if **text == *END)
}

fn start(port: u16, folder: &Path) -> Room {
    let folder = folder.to_str().unwrap();
    let limits = ["--burst", "0", "--per-address", "0"];
    Room::at(port, &[&["--data", folder], &limits[..]].concat())
}

/// Waits for something that the members bring about.
fn wait_until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < STALLED, "nothing happens any more");
        thread::park_timeout(Duration::from_micros(500));
    }
}

#[expect(clippy::print_stdout, reason = "a long run says what it has tried")]
#[test]
fn in_a_storm_of_kills_every_member_sees_every_post_once() {
    let (kills, count) = match std::env::var(KILLS) {
        Ok(kills) => (kills.parse().unwrap(), MEMBERS),
        Err(_) => (FEW_KILLS, FEW_MEMBERS),
    };
    let folder = new_folder();
    let Room {
        host: mut room,
        port,
    } = start(0, &folder);
    let storm = Storm {
        port,
        began: Instant::now(),
        said: AtomicU64::new(0),
        received: AtomicU64::new(0),
        is_calm: AtomicBool::new(false),
        calmed: AtomicU64::new(0),
    };
    let members: Vec<Member> = thread::scope(|scope| {
        let storm = &storm;
        let members = (0..count).map(|number| scope.spawn(move || Member::new(number).live(storm)));
        let members: Vec<_> = members.collect();
        for kill in 0..kills {
            // At once after the start, in the middle of resending, or under full load.
            let more = [1, 20, 100, 400, 1_500][usize::try_from(kill % 5).unwrap()];
            let enough = storm.received.load(Ordering::Relaxed) + more;
            wait_until(|| storm.received.load(Ordering::Relaxed) >= enough);
            room.kill();
            room = start(port, &folder).host;
        }
        storm.is_calm.store(true, Ordering::Relaxed);
        // The host speaks last.
        wait_until(|| storm.calmed.load(Ordering::Relaxed) == u64::from(count));
        let said = storm.said.load(Ordering::Relaxed);
        wait_until(|| storm.received.load(Ordering::Relaxed) == said);
        room.enter(&format!("/say {END}"));
        members
            .into_iter()
            .map(|member| member.join().unwrap())
            .collect()
    });
    drop(room);
    compare(&folder, &members);
    let received = storm.received.load(Ordering::Relaxed);
    println!("{kills} kills, {count} members, {received} lines");
}

/// Compares what the members have seen with the journal, and so with each other.
fn compare(folder: &Path, members: &[Member]) {
    let journal = Journal::open_existing(folder).unwrap().unwrap();
    let room = journal.rooms().unwrap().pop().unwrap();
    let up_to = PostId(u64::from(u32::MAX));
    let posts = journal
        .posts(room.id, PostId(0), up_to, usize::MAX)
        .unwrap();
    let ids: Vec<u64> = posts.iter().map(|post| post.id.0).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    // A line with a receipt is there, once and in the order in which it was said.
    let mut said: BTreeMap<u8, Vec<u64>> = BTreeMap::new();
    for post in &posts {
        if let What::Said { text } = &post.what
            && let Some((member, number)) = text.split_once(' ')
            && let (Ok(member), Ok(number)) = (member.parse(), number.parse())
        {
            said.entry(member).or_default().push(number);
        }
    }
    let mut wrong = String::new();
    for member in members {
        let all: Vec<u64> = (1..=member.said).collect();
        let number = member.number;
        assert_eq!(
            said.get(&number),
            Some(&all),
            "the lines of member {number}"
        );
        assert_eq!(member.received, member.said);
        // Nobody's view has a gap between its first post and its last.
        let mut last = None;
        for seen in &member.view {
            let stored = usize::try_from(seen.id.0 - 1)
                .ok()
                .and_then(|it| posts.get(it));
            assert_eq!(
                stored,
                Some(&**seen),
                "member {number} saw what is not stored"
            );
            if last.is_some_and(|last: PostId| seen.id != last.next()) {
                wrong += &format!("member {number} saw {:?} after {last:?}\n", seen.id);
            }
            last = Some(seen.id);
        }
        let end = posts.iter().find(|post| is_end(post)).map(|post| post.id);
        assert!(last >= end, "member {number} has not seen the end");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

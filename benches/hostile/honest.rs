//! The honest members: three speakers, one listener, and one member for the host to remove.

use crate::frames::{Said, bare, hello, next, next_but, say};
use anyhow::{Context as _, bail};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The number of speakers, and the interval of each. The default limits allow more.
const SPEAKERS: usize = 3;
const EVERY: Duration = Duration::from_millis(300);

/// Indices of the listener and of the member whom the host removes.
const LISTENER: usize = SPEAKERS;
const SPARE: usize = SPEAKERS + 1;

/// A frame that a member received.
struct Heard {
    by: usize,
    at: Instant,
    what: Event,
}

enum Event {
    Said(Said),
    Ended,
}

/// All honest members.
pub(crate) struct Honest {
    members: Vec<TcpStream>,
    heard: mpsc::Receiver<Heard>,
    /// Lines of each speaker, and the times of those without a receipt.
    said: [u64; SPEAKERS],
    waiting: BTreeMap<(usize, u64), Instant>,
    /// Lines of each speaker with a receipt, and the last one that the listener has seen.
    received: [u64; SPEAKERS],
    seen: [u64; SPEAKERS],
    delays: Vec<Duration>,
    last_post: Option<u64>,
    pub(crate) faults: Faults,
    kicked_at: Option<Instant>,
    is_told: bool,
}

/// Harm done to honest members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Lines with a receipt that the listener never saw, and posts that it missed.
    pub(crate) lost: u64,
    /// Posts that arrived twice or out of order.
    pub(crate) out_of_order: u64,
    /// Members who lost their connection.
    pub(crate) removed: u64,
}

/// Delays of receipts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delays {
    /// In ascending order.
    sorted: Vec<Duration>,
    /// Receipts that did not arrive in time.
    pub(crate) missing: usize,
}

impl Delays {
    /// The quantile of the delays; `None` if that receipt did not arrive.
    pub(crate) fn quantile(&self, part: f64) -> Option<Duration> {
        let all = self.sorted.len() + self.missing;
        let index = (all as f64 * part) as usize;
        self.sorted.get(index.min(all.saturating_sub(1))).copied()
    }

    /// The longest delay; `None` if a receipt did not arrive.
    pub(crate) fn longest(&self) -> Option<Duration> {
        self.quantile(1.0)
    }
}

/// Connects a member of this name, and waits for the welcome.
pub(crate) fn connect(
    server: SocketAddr,
    name: &str,
    ticket: u128,
    wait: Duration,
) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&server, wait)?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(wait))?;
    stream.set_read_timeout(Some(wait))?;
    stream.write_all(&hello(name, ticket, 0))?;
    // Read a byte at a time, so that frames after the welcome stay in the socket.
    let mut inbox = Vec::new();
    let mut byte = [0];
    loop {
        if let Some(said) = next(&mut inbox) {
            if !said.is("welcome") {
                bail!("{name} was not welcomed: {said:?}");
            }
            return Ok(stream);
        }
        stream.read_exact(&mut byte).context("no welcome")?;
        inbox.extend(byte);
    }
}

impl Honest {
    /// Connects all members.
    pub(crate) fn join(server: SocketAddr, wait: Duration) -> anyhow::Result<Self> {
        let (tell, heard) = mpsc::channel();
        let mut members = Vec::new();
        let names = ["one", "two", "three", crate::attack::VICTIM, "spare"];
        for (by, name) in names.into_iter().enumerate() {
            let ticket = u128::MAX / 5 + by as u128;
            let stream = connect(server, name, ticket, wait)?;
            stream.set_read_timeout(None)?;
            let (reader, tell) = (stream.try_clone()?, tell.clone());
            thread::spawn(move || listen(by, reader, &tell));
            members.push(stream);
        }
        Ok(Self {
            members,
            heard,
            said: [0; SPEAKERS],
            waiting: BTreeMap::new(),
            received: [0; SPEAKERS],
            seen: [0; SPEAKERS],
            delays: Vec::new(),
            last_post: None,
            faults: Faults::default(),
            kicked_at: None,
            is_told: false,
        })
    }

    /// Has the speakers alternate for this long, and then waits for the missing receipts.
    pub(crate) fn talk(&mut self, time: Duration, wait: Duration) -> Delays {
        let begun = Instant::now();
        let pause = EVERY / SPEAKERS as u32;
        for turn in 0_u32.. {
            let due = begun + pause * turn;
            if due > begun + time {
                break;
            }
            self.hear_until(due, |_| false);
            self.speak(turn as usize % SPEAKERS);
        }
        self.hear_until(Instant::now() + wait, |it| it.waiting.is_empty());
        let mut sorted = std::mem::take(&mut self.delays);
        sorted.sort_unstable();
        let missing = self.waiting.len();
        self.waiting.clear();
        Delays { sorted, missing }
    }

    fn speak(&mut self, speaker: usize) {
        let (Some(stream), Some(said)) =
            (self.members.get_mut(speaker), self.said.get_mut(speaker))
        else {
            return;
        };
        *said += 1;
        let line = say(*said, &format!("honest {speaker} {said}"));
        self.waiting.insert((speaker, *said), Instant::now());
        // A line that cannot be sent counts as one without a receipt.
        let _ = stream.write_all(&line);
    }

    /// Handles frames until `end` or until `is_enough` returns true, and returns its last result.
    fn hear_until(&mut self, end: Instant, is_enough: impl Fn(&Self) -> bool) -> bool {
        loop {
            if is_enough(self) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(heard) => self.hear(heard),
                Err(_) => return is_enough(self),
            }
        }
    }

    fn hear(&mut self, heard: Heard) {
        let Heard { by, at, what } = heard;
        let said = match what {
            Event::Said(said) => said,
            Event::Ended => {
                if by != SPARE {
                    self.faults.removed += 1;
                }
                return;
            }
        };
        match said.word("type") {
            "stored" if by < SPEAKERS => {
                let number = said.number("number");
                if let Some(received) = self.received.get_mut(by) {
                    *received = number.max(*received);
                }
                let delays = &mut self.delays;
                self.waiting.retain(|(speaker, line), since| {
                    let waits = *speaker != by || *line > number;
                    if !waits {
                        delays.push(at.saturating_duration_since(*since));
                    }
                    waits
                });
            }
            "post" if by == LISTENER => self.see(at, &said),
            "gathered" if by == LISTENER => self.pass(said.number("last"), said.gathered()),
            "refuse" if by == LISTENER => self.is_told = true,
            _ => {}
        }
    }

    /// Notes that the listener has received this many posts, of which the last has this number.
    fn pass(&mut self, id: u64, count: u64) {
        if count == 0 {
            return;
        }
        match self.last_post {
            Some(last) if id < last + count => self.faults.out_of_order += 1,
            Some(last) => self.faults.lost += id - last - count,
            None => {}
        }
        self.last_post = Some(id.max(self.last_post.unwrap_or(0)));
    }

    /// Notes a post that the listener received.
    fn see(&mut self, at: Instant, post: &Said) {
        self.pass(post.number("id"), 1);
        match post.word("what") {
            "kicked" if post.word("name") == "spare" => self.kicked_at = Some(at),
            "closed" => self.is_told = true,
            "said" => {
                let mut words = post.word("text").split(' ');
                let numbers = (words.next(), words.next(), words.next());
                if let (Some("honest"), Some(speaker), Some(number)) = numbers
                    && let (Ok(speaker), Ok(number)) = (speaker.parse::<usize>(), number.parse())
                    && let Some(seen) = self.seen.get_mut(speaker)
                {
                    if number != *seen + 1 {
                        self.faults.out_of_order += 1;
                    }
                    *seen = number;
                }
            }
            _ => {}
        }
    }

    /// Waits until the listener has seen every line that has a receipt, and counts missing ones.
    pub(crate) fn compare(&mut self, wait: Duration) {
        let has_all = |it: &Self| {
            it.seen
                .iter()
                .zip(it.received)
                .all(|(seen, got)| *seen >= got)
        };
        self.hear_until(Instant::now() + wait, has_all);
        let pairs = self.seen.iter().zip(self.received);
        let lost: u64 = pairs.map(|(seen, got)| got.saturating_sub(*seen)).sum();
        self.faults.lost += lost;
    }

    /// The time until the listener is told that the host has removed the spare member; `None` if
    /// that takes longer than `wait`.
    pub(crate) fn kicked(&mut self, since: Instant, wait: Duration) -> Option<Duration> {
        self.hear_until(since + wait, |it| it.kicked_at.is_some());
        self.kicked_at.map(|at| at.saturating_duration_since(since))
    }

    /// Whether the listener is told within `wait` that the room is closed.
    pub(crate) fn is_told(&mut self, wait: Duration) -> bool {
        self.hear_until(Instant::now() + wait, |it| it.is_told)
    }
}

/// Forwards the frames that a member receives, and answers pings.
fn listen(by: usize, mut stream: TcpStream, tell: &mpsc::Sender<Heard>) {
    // Posts must not delay the receipts of a speaker.
    let skipped: &[u8] = match by {
        LISTENER => b"",
        _ => br#"{"type":"post""#,
    };
    let mut inbox = Vec::new();
    let mut scratch = vec![0; 64 * 1_024];
    while let Ok(length @ 1..) = stream.read(&mut scratch) {
        let at = Instant::now();
        inbox.extend(scratch.iter().take(length));
        while let Some(said) = next_but(skipped, &mut inbox) {
            if said.is("ping") && stream.write_all(&bare("pong")).is_err() {
                break;
            }
            let what = Event::Said(said);
            if tell.send(Heard { by, at, what }).is_err() {
                return;
            }
        }
    }
    let (at, what) = (Instant::now(), Event::Ended);
    // The receiver is gone once the trial is over.
    let _ = tell.send(Heard { by, at, what });
}

//! The hostile guests: a process that attacks a room until it is killed.

use crate::frames::{Line, announce, bare, hello, hello_again, next, proof, say};
use socket2::{Domain, Socket, Type};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{process, thread};
use tictalk::wire::MAX_TEXT;

/// Approximate bytes of one write.
const CHUNK: usize = 64 * 1_024;

/// The payload that a half frame announces, and the part that follows.
const ANNOUNCED: usize = 65_000;
const HALF: usize = 60_000;

/// How long a half frame stays incomplete.
const STARE: Duration = Duration::from_millis(100);

/// Silent connections of all guests of that kind together.
const SILENT: usize = 1_000;

/// Pause after the system or the room has refused a connection.
const BREATH: Duration = Duration::from_millis(1);

/// Time limit for an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The member who gets the private messages of the guests.
pub(crate) const VICTIM: &str = "listener";

/// The behaviour of a hostile guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Blank,
    Pongs,
    Unknown,
    HalfFrames,
    FullFrames,
    Newlines,
    History,
    Search,
    Offers,
    Who,
    LongMessages,
    Returning,
    Newcomers,
    JoinAndLeave,
    NeverReads,
    ReadsSlowly,
    Silent,
    Http,
    HangsUp,
}

/// Each kind with its name and a short description.
const KINDS: [(Kind, &str, &str); 19] = [
    (Kind::Blank, "blank", "blank lines, without a name"),
    (Kind::Pongs, "pongs", "pongs as fast as possible"),
    (Kind::Unknown, "unknown", "controls of an unknown type"),
    (
        Kind::HalfFrames,
        "half-frames",
        "60 KB of a frame, again and again",
    ),
    (
        Kind::FullFrames,
        "full-frames",
        "lines of 4 KiB as fast as possible",
    ),
    (Kind::Newlines, "newlines", "messages of 4,094 newlines"),
    (
        Kind::History,
        "history",
        "`/history 200` as fast as possible",
    ),
    (Kind::Search, "search", "`/search` with 1,000 words"),
    (Kind::Offers, "offers", "`/play rps 1 1 1 ...`"),
    (Kind::Who, "who", "`/who` as fast as possible"),
    (
        Kind::LongMessages,
        "long-messages",
        "`/msg` with 2,000 newlines",
    ),
    (
        Kind::Returning,
        "returning",
        "a line, and reconnects by its ticket",
    ),
    (
        Kind::Newcomers,
        "newcomers",
        "a line, and reconnects by a new ticket",
    ),
    (Kind::JoinAndLeave, "join-and-leave", "joins and says `/q`"),
    (
        Kind::NeverReads,
        "never-reads",
        "asks for history and reads nothing",
    ),
    (
        Kind::ReadsSlowly,
        "reads-slowly",
        "the same, and reads a byte a second",
    ),
    (Kind::Silent, "silent", "1,000 connections that say nothing"),
    (Kind::Http, "http", "HTTP requests"),
    (Kind::HangsUp, "hangs-up", "connects and closes"),
];

/// The addresses from which the guests connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// A different address for each, from 127.0.1.1 on. Only Linux has these without setup;
    /// elsewhere all guests share one.
    Each,
    /// One address for all, different from that of the honest members.
    Together,
}

impl Kind {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|(kind, ..)| *kind)
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let found = KINDS.iter().find(|(_, it, _)| *it == name);
        found.map(|(kind, ..)| *kind)
    }

    pub(crate) fn name(self) -> &'static str {
        let found = KINDS.iter().find(|(kind, ..)| *kind == self);
        found.map(|(_, name, _)| *name).unwrap_or_default()
    }

    pub(crate) fn words(self) -> &'static str {
        let found = KINDS.iter().find(|(kind, ..)| *kind == self);
        found.map(|(.., words)| *words).unwrap_or_default()
    }
}

impl Spread {
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Each, Self::Together];
        all.into_iter().find(|spread| spread.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Together => "together",
        }
    }
}

/// Runs `count` guests of this kind until this process is killed or its input ends.
pub(crate) fn run(kind: Kind, count: usize, spread: Spread, port: u16) {
    // The input ends with the bench, however the bench ends.
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    crate::room::allow_many_files();
    let guests = (0..count).map(|number| {
        let place = match spread {
            Spread::Each => number,
            Spread::Together => 0,
        };
        let last = u8::try_from(place % 250 + 1).unwrap_or(1);
        Guest {
            kind,
            number,
            count,
            visits: AtomicU64::new(0),
            from: Ipv4Addr::new(127, 0, 1, last),
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        }
    });
    let guests: Vec<Guest> = guests.collect();
    thread::scope(|scope| {
        for guest in &guests {
            scope.spawn(|| guest.live());
        }
    });
}

/// What a guest repeats without end.
enum Flood {
    /// The same frame.
    Same(Vec<u8>),
    /// The same line, numbered.
    Lines(Line),
}

/// One hostile guest.
struct Guest {
    kind: Kind,
    number: usize,
    /// Number of guests of this kind.
    count: usize,
    /// Connections so far.
    visits: AtomicU64,
    from: Ipv4Addr,
    server: SocketAddr,
}

impl Guest {
    /// Reconnects whenever it is removed.
    fn live(&self) {
        loop {
            if self.visit().is_err() {
                thread::sleep(BREATH);
            }
        }
    }

    fn visit(&self) -> io::Result<()> {
        let mut stream = self.connect()?;
        match self.kind {
            Kind::Blank => flood(&mut stream, || vec![b'\n'; CHUNK]),
            Kind::Pongs => self.join_and_flood(stream, &Flood::Same(bare("pong"))),
            Kind::Unknown => self.join_and_flood(stream, &Flood::Same(bare("nonsense"))),
            Kind::HalfFrames => {
                self.join(&mut stream)?;
                stream.write_all(&announce(ANNOUNCED))?;
                stream.write_all(&vec![b' '; HALF])?;
                thread::sleep(STARE);
                Ok(())
            }
            Kind::FullFrames => {
                let text = "x".repeat(MAX_TEXT);
                self.join_and_flood(stream, &Flood::Lines(Line::new(&text)))
            }
            Kind::Newlines => {
                let text = format!("a{}b", "\n".repeat(MAX_TEXT - 2));
                self.join_and_flood(stream, &Flood::Lines(Line::new(&text)))
            }
            Kind::History => self.join_and_flood(stream, &Flood::Lines(Line::new("/history 200"))),
            Kind::Search => {
                let text = format!("/search{} zzz", " a".repeat(1_000));
                self.join_and_flood(stream, &Flood::Lines(Line::new(&text)))
            }
            Kind::Offers => {
                let text = format!("/play rps{}", " 1".repeat(2_000));
                self.join_and_flood(stream, &Flood::Lines(Line::new(&text)))
            }
            Kind::Who => self.join_and_flood(stream, &Flood::Lines(Line::new("/who"))),
            Kind::LongMessages => {
                let text = format!("/msg {VICTIM} a{}b", "\n".repeat(2_000));
                self.join_and_flood(stream, &Flood::Lines(Line::new(&text)))
            }
            Kind::Returning => {
                let ticket = u128::MAX - self.number as u128;
                let visit = self.visits.fetch_add(1, Ordering::Relaxed);
                if visit == 0 {
                    let name = format!("hostile{}", self.number);
                    return self.say_once(stream, hello(&name, ticket, 0), 1);
                }
                stream.write_all(&hello_again(ticket))?;
                let mut inbox = vec![0; 4_096];
                stream.set_read_timeout(Some(PATIENCE))?;
                let length = stream.read(&mut inbox)?;
                inbox.truncate(length);
                let proof = next(&mut inbox).and_then(|challenge| proof(ticket, &challenge));
                self.say_once(stream, proof.unwrap_or_default(), visit + 1)
            }
            Kind::Newcomers => {
                let (name, ticket) = self.identity();
                self.say_once(stream, hello(&name, ticket, 0), 1)
            }
            Kind::JoinAndLeave => {
                let (name, _) = self.identity();
                stream.write_all(format!("{name}\n").as_bytes())?;
                read_once(&mut stream)?;
                stream.write_all(b"/q\n")?;
                read_all(&mut stream)
            }
            Kind::NeverReads => {
                self.join(&mut stream)?;
                self.ask(&mut stream, |_| Ok(()))
            }
            Kind::ReadsSlowly => {
                self.join(&mut stream)?;
                let mut reader = stream.try_clone()?;
                self.ask(&mut stream, |_| reader.read(&mut [0]).map(drop))
            }
            Kind::Silent => {
                let mut streams = vec![stream];
                while streams.len() < SILENT.div_ceil(self.count) {
                    streams.push(self.connect()?);
                }
                streams.iter_mut().try_for_each(read_all)
            }
            Kind::Http => {
                let request = "GET / HTTP/1.1\r\nHost: localhost:1059\r\nAccept: */*\r\n\r\n";
                stream.write_all(request.as_bytes())?;
                read_once(&mut stream)
            }
            Kind::HangsUp => Ok(()),
        }
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if cfg!(target_os = "linux") {
            socket.bind(&SocketAddr::from((self.from, 0)).into())?;
        }
        socket.connect(&self.server.into())?;
        socket.set_tcp_nodelay(true)?;
        Ok(socket.into())
    }

    /// Makes a new name and a new ticket.
    fn identity(&self) -> (String, u128) {
        let visit = self.visits.fetch_add(1, Ordering::Relaxed);
        let name = format!("h{}x{visit}", self.number);
        (name, (self.number as u128 + 1) << 64 | u128::from(visit))
    }

    fn join(&self, stream: &mut TcpStream) -> io::Result<()> {
        let (name, ticket) = self.identity();
        stream.write_all(&hello(&name, ticket, 0))
    }

    /// Sends the end of a handshake and one line, and waits for an answer, so that closing the
    /// connection loses neither.
    fn say_once(&self, mut stream: TcpStream, mut words: Vec<u8>, number: u64) -> io::Result<()> {
        words.extend(say(number, &"x".repeat(4_000)));
        stream.write_all(&words)?;
        read_once(&mut stream)
    }

    /// Joins, and then sends numbered frames as fast as the room takes them, while it reads and
    /// discards everything that arrives.
    fn join_and_flood(&self, mut stream: TcpStream, what: &Flood) -> io::Result<()> {
        self.join(&mut stream)?;
        let mut reader = stream.try_clone()?;
        let mut number = 0;
        thread::scope(|scope| {
            scope.spawn(move || read_all(&mut reader));
            let flooded = flood(&mut stream, || {
                number += 1;
                match what {
                    Flood::Same(frame) => frame.repeat(CHUNK / frame.len()),
                    Flood::Lines(line) => line.frame(number),
                }
            });
            // Ends the reader too.
            let _ = stream.shutdown(Shutdown::Both);
            flooded
        })
    }

    /// Asks for the history once a second, and calls `meanwhile` after each request.
    fn ask(
        &self,
        stream: &mut TcpStream,
        mut meanwhile: impl FnMut(u64) -> io::Result<()>,
    ) -> io::Result<()> {
        for number in 1.. {
            stream.write_all(&say(number, "/history 200"))?;
            meanwhile(number)?;
            thread::sleep(Duration::from_secs(1));
        }
        Ok(())
    }
}

/// Writes without end.
fn flood(stream: &mut TcpStream, mut frame: impl FnMut() -> Vec<u8>) -> io::Result<()> {
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        while chunk.len() < CHUNK {
            chunk.extend(frame());
        }
        stream.write_all(&chunk)?;
    }
}

/// Waits for the first answer, or for the end of the connection.
fn read_once(stream: &mut TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.read(&mut [0; 4_096]).map(drop)
}

/// Reads until the connection ends.
fn read_all(stream: &mut TcpStream) -> io::Result<()> {
    let mut scratch = vec![0; CHUNK];
    while stream.read(&mut scratch)? > 0 {}
    Ok(())
}

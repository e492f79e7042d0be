//! Each turn arrives once, even if the connection is cut or a program is killed: at the end, both
//! journals are complete and equal.

use crate::support::{Cable, Finished, Program, Running, Way, new_folder};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tictalk::journal::Journal;
use tictalk::session::Role;

/// The lines of the session: a chat, a whole game that nobody wins, and a word after it.
const CLIENT: [&str; 7] = ["Hello", "play tictactoe", "1", "7", "6", "8", "Well played"];
const SERVER: [&str; 7] = ["Grüß dich ☺", "5", "3", "4", "2", "9", "You too"];

/// How many pairs talk at once: most of their time is pauses.
const WORKERS: usize = 12;

/// Where one end writes down what is said.
struct Copy {
    folder: PathBuf,
    role: Role,
}

/// A session in a journal, with digests that were checked.
#[derive(Debug, PartialEq)]
struct Recorded {
    turns: Vec<String>,
    fingerprint: Option<String>,
    is_ended: bool,
}

impl Copy {
    fn new(role: Role) -> Self {
        let folder = new_folder();
        Self { folder, role }
    }

    fn path(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    /// The session in the journal, if there is one. Opening a journal takes longer than reading it.
    fn read(&self) -> Option<Recorded> {
        let journal = Journal::open_existing(&self.folder).unwrap()?;
        let mut sessions = journal.sessions().unwrap();
        assert!(
            sessions.len() <= 1,
            "one session became several: {sessions:?}"
        );
        let session = sessions.pop()?;
        let turns = journal.turns(&session).unwrap();
        Some(Recorded {
            is_ended: session.ended.is_some(),
            fingerprint: turns.last().map(|written| written.digest.fingerprint()),
            turns: turns.into_iter().map(|written| written.turn.text).collect(),
        })
    }

    /// The lines that this end has not said yet.
    fn unsaid(&self) -> String {
        let turns = self.read().map_or(0, |recorded| recorded.turns.len());
        match self.role {
            Role::Client => typed(self.role, &CLIENT[turns.div_ceil(2)..]),
            Role::Server => typed(self.role, &SERVER[turns / 2..]),
        }
    }

    fn remove(&self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.folder));
    }
}

/// These lines as they are typed, the last one a goodbye where `role` says it.
fn typed(role: Role, lines: &[&str]) -> String {
    let goodbye = match role {
        Role::Client => "/q\n",
        Role::Server => "",
    };
    let lines = lines.iter().map(|line| format!("{line}\n"));
    lines.collect::<String>() + goodbye
}

/// Whether the two programs talk over a private line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cover {
    Plain,
    Private,
}

/// A private server without lines, its port and its code.
fn private_server(copy: &Copy) -> (Running, u16, String) {
    let server = Program::server().args(["--private"]).data(copy.path());
    let (mut server, port) = server.start().listening();
    server.wait_for("Code: ");
    let code = server.wait_for("\n").trim().to_owned();
    (server, port, code)
}

/// A client of a private server. It needs a code until its session has a key. A code that was sent over
/// a connection that was cut is burnt at the client; whether it is at the server too, the next try tells.
fn private_client(
    copy: &Copy,
    theirs: &mut Running,
    port: u16,
    first: &str,
    lines: &str,
) -> Running {
    let mut used = vec![first.to_owned()];
    loop {
        let is_resumed = copy.read().is_some();
        let mut options = vec!["--data", copy.path(), "--wait", "30"];
        options.push(if is_resumed { "--resume" } else { "--private" });
        let client = Program::client(port).args(options);
        let mut client = client.env("TICTALK_CODE", used.last().unwrap()).start();
        client.feed(lines);
        if client.says("Connected to: ") {
            return client;
        }
        let finished = client.finish();
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let output = theirs.output();
        let codes = output.lines().filter_map(|line| line.split_once("ode: "));
        let newest = codes.map(|(_, code)| code.to_owned()).next_back().unwrap();
        if !used.contains(&newest) {
            used.push(newest);
        } else if finished.stderr.contains("the code is wrong") {
            theirs.wait_for("ode: ");
            used.push(theirs.wait_for("\n").trim().to_owned());
        }
    }
}

/// A server with these of its lines typed ahead, and its port.
fn server(copy: &Copy, lines: &str) -> (Running, u16) {
    let (mut server, port) = Program::server().data(copy.path()).start().listening();
    server.feed(lines);
    (server, port)
}

/// A client that is connected, with these of its lines typed ahead. It resumes the session if there
/// is one. A client that is turned away is started again, as a person would do.
fn client(copy: &Copy, port: u16, lines: &str) -> Running {
    loop {
        let mut options = vec!["--data", copy.path(), "--wait", "30"];
        if copy.read().is_some() {
            options.push("--resume");
        }
        let mut client = Program::client(port).args(options).start();
        client.feed(lines);
        if client.says("Connected to: ") {
            return client;
        }
        let finished = client.finish();
        let is_turned_away = ["closed the connection without answering", "server is busy"]
            .iter()
            .any(|why| finished.stderr.contains(why));
        assert!(is_turned_away, "{finished:?}");
    }
}

/// Both ends have recorded all turns, and nothing else.
fn check(client: &Copy, server: &Copy, what: &str) {
    let pairs = CLIENT.iter().zip(SERVER);
    let script: Vec<&str> = pairs
        .flat_map(|(client, server)| [*client, server])
        .collect();
    let [client_copy, server_copy] = [client, server].map(|copy| copy.read().unwrap());
    assert_eq!(client_copy.turns, script, "{what}: the client's copy");
    assert_eq!(server_copy.turns, script, "{what}: the server's copy");
    assert_eq!(client_copy.fingerprint, server_copy.fingerprint, "{what}");
    client.remove();
    server.remove();
}

/// Runs `work` for each number below `count`, several at once.
fn for_each(count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    work(number);
                }
            });
        }
    });
}

/// The frames at the beginning of a session; a name would make them longer.
const HELLO: usize = r#"....{"type":"hello","version":2,"can":["comments"]}"#.len();
const WELCOME: usize =
    r#"....{"type":"welcome","version":2,"mode":"pair","session":"","turns":0,"digest":"","can":["comments"]}"#
        .len()
        + 2 * (16 + 32);
/// What the exchange of a private line sends each way, and what a record adds to a frame.
const EXCHANGE: [usize; 2] = [(4 + 273) + (4 + 96), (4 + 50) + (4 + 64)];
const RECORD: usize = 4 + 16;

const RECEIPT: usize = r#"....{"type":"receipt","turns":1}"#.len();
const FIRST_TEXT: usize = "....".len() + CLIENT[0].len();

/// The last that a client sends, at once: its last turn is answered with a goodbye.
const LAST_WORDS: usize = r#"....{"type":"receipt","turns":14}..../q"#.len();

/// Talks over `cable` to the client's end. Both wait once before they answer, so that each sends a
/// receipt.
fn talk(ours: &Copy, theirs: &mut Running, cable: &Cable) -> Finished {
    let first = format!("{}\n", CLIENT[0]);
    let mut client = client(ours, cable.port(), &first);
    cable.wait_for_bytes_or_cut(Way::ToClient, WELCOME + RECEIPT);
    theirs.feed(&typed(Role::Server, &SERVER));
    cable.wait_for_bytes_or_cut(Way::ToServer, HELLO + FIRST_TEXT + RECEIPT);
    client.feed(&typed(Role::Client, &CLIENT[1..]));
    client.finish()
}

/// The same over a private line.
fn talk_privately(ours: &Copy, theirs: &mut Running, code: &str, cable: &Cable) -> Finished {
    let first = format!("{}\n", CLIENT[0]);
    let mut client = private_client(ours, theirs, cable.port(), code, &first);
    let [to_server, to_client] = EXCHANGE;
    let answered = to_client + WELCOME + RECEIPT + 2 * RECORD;
    cable.wait_for_bytes_or_cut(Way::ToClient, answered);
    theirs.feed(&typed(Role::Server, &SERVER));
    let received = to_server + HELLO + FIRST_TEXT + RECEIPT + 3 * RECORD;
    cable.wait_for_bytes_or_cut(Way::ToServer, received);
    client.feed(&typed(Role::Client, &CLIENT[1..]));
    client.finish()
}

/// Talks over a cable that `cable` makes for a server's port. Returns it, the client and the server.
fn talk_over(
    cover: Cover,
    [ours, theirs]: [&Copy; 2],
    cable: impl Fn(u16) -> Cable,
) -> (Cable, Finished, Running) {
    match cover {
        Cover::Plain => {
            let (mut server, port) = server(theirs, "");
            let cable = cable(port);
            let finished = talk(ours, &mut server, &cable);
            (cable, finished, server)
        }
        Cover::Private => {
            let (mut server, port, code) = private_server(theirs);
            let cable = cable(port);
            let finished = talk_privately(ours, &mut server, &code, &cable);
            (cable, finished, server)
        }
    }
}

/// How many bytes go each way when nothing happens.
fn undisturbed(cover: Cover) -> [usize; 2] {
    let (ours, theirs) = (Copy::new(Role::Client), Copy::new(Role::Server));
    let (cable, finished, server) = talk_over(cover, [&ours, &theirs], Cable::to);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(server.finish().code, Some(0));
    check(&ours, &theirs, "undisturbed");
    [Way::ToServer, Way::ToClient].map(|way| cable.passed(way))
}

/// Cuts the connection once after each `step`th byte that goes this way.
fn cut_after_bytes(cover: Cover, way: Way, step: usize) {
    let total = undisturbed(cover)[way as usize];
    assert!(total > 150, "{total} bytes are too few for all of it");
    for_each(total.div_ceil(step), |number| {
        let bytes = number * step;
        let what = format!("cut after {bytes} of {total} bytes {way:?}");
        let (ours, theirs) = (Copy::new(Role::Client), Copy::new(Role::Server));
        let cut = |port| Cable::cut_after(port, way, bytes);
        let (_, finished, server) = talk_over(cover, [&ours, &theirs], cut);
        assert_eq!(finished.code, Some(0), "{what}: {finished:?}");
        let last_words = match cover {
            Cover::Plain => LAST_WORDS,
            // With the last record, which says that nothing follows.
            Cover::Private => LAST_WORDS + 3 * RECORD,
        };
        // A goodbye that gets lost leaves a server that waits for a client that is gone.
        if way == Way::ToServer && bytes + last_words >= total {
            drop(server);
        } else {
            let finished = server.finish();
            assert_eq!(finished.code, Some(0), "{what}: {finished:?}");
        }
        check(&ours, &theirs, &what);
    });
}

/// Every fifth byte: headers have four, and few frames have a length that is a multiple of five.
/// `TICTALK_CUTS=1` cuts after each byte.
#[test]
fn a_connection_to_a_server_that_is_cut_anywhere_loses_nothing() {
    cut_after_bytes(Cover::Plain, Way::ToServer, step(5));
}

/// Every eleventh byte: the records differ from the frames in their headers and tags only.
#[test]
fn a_private_line_that_is_cut_anywhere_loses_nothing() {
    cut_after_bytes(Cover::Private, Way::ToServer, step(11));
    cut_after_bytes(Cover::Private, Way::ToClient, step(11));
}

#[test]
fn a_connection_to_a_client_that_is_cut_anywhere_loses_nothing() {
    cut_after_bytes(Cover::Plain, Way::ToClient, step(5));
}

/// How many bytes lie between two cuts, unless `TICTALK_CUTS` says otherwise.
fn step(usual: usize) -> usize {
    std::env::var("TICTALK_CUTS").map_or(usual, |step| step.parse().unwrap())
}

/// Numbers that seem random and are the same in each run (a linear congruential generator with the
/// constants of Knuth's MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// `TICTALK_KILLS` asks for another number of runs, each with one kill or two.
#[test]
fn a_program_that_is_killed_anywhere_loses_nothing() {
    let runs = std::env::var("TICTALK_KILLS").map_or(80, |kills| kills.parse().unwrap());
    // Here nobody waits before it answers, so these receipts are not sent.
    let total = undisturbed(Cover::Plain).iter().sum::<usize>() - 2 * RECEIPT;
    for_each(runs, |seed| {
        let mut random = Random(seed as u64);
        let (ours, theirs) = (Copy::new(Role::Client), Copy::new(Role::Server));
        let (mut host, port) = server(&theirs, &theirs.unsaid());
        let cable = Cable::to(port);
        let mut guest = Some(client(&ours, cable.port(), &ours.unsaid()));
        // One is killed, or one and then the other, or the same one again.
        for _ in 0..=random.below(2) {
            let passed = cable.passed(Way::ToServer) + cable.passed(Way::ToClient);
            let bytes = passed + random.below(total.saturating_sub(passed).max(1));
            cable.wait_for_bytes(bytes);
            if random.below(2) == 0 {
                drop(guest.take());
                if is_ended(&ours) {
                    break;
                }
                guest = Some(client(&ours, cable.port(), &ours.unsaid()));
            } else {
                // Another program may get the port of one that is dead.
                cable.lead_to(0);
                drop(host);
                let (again, port) = server(&theirs, &theirs.unsaid());
                cable.lead_to(port);
                host = again;
            }
        }
        if let Some(guest) = guest {
            let finished = guest.finish();
            assert_eq!(finished.code, Some(0), "seed {seed}: {}", finished.stderr);
        }
        // The goodbye may have been lost with either of the two.
        drop(host);
        check(&ours, &theirs, &format!("seed {seed}"));
    });
}

fn is_ended(copy: &Copy) -> bool {
    copy.read().is_some_and(|recorded| recorded.is_ended)
}

/// Two programs that play, each killed and started again when the test wants it.
struct Players {
    ours: Copy,
    theirs: Copy,
    cable: Cable,
    guest: Running,
    host: Running,
}

impl Players {
    /// The client has said this.
    fn new(line: &str) -> Self {
        let (ours, theirs) = (Copy::new(Role::Client), Copy::new(Role::Server));
        let (host, port) = server(&theirs, "");
        let cable = Cable::to(port);
        let mut guest = client(&ours, cable.port(), "");
        guest.prompt();
        guest.enter(line);
        Self {
            ours,
            theirs,
            cable,
            guest,
            host,
        }
    }

    /// Both have said nothing of a lie.
    fn is_nobody_called_a_cheat(&self) {
        for program in [&self.guest, &self.host] {
            let output = program.output();
            assert!(!output.contains("program"), "{output}");
        }
    }

    fn kill_the_guest(&mut self) {
        self.is_nobody_called_a_cheat();
        self.guest.kill();
        self.guest = client(&self.ours, self.cable.port(), "");
    }

    fn kill_the_host(&mut self) {
        self.is_nobody_called_a_cheat();
        // Another program may get the port of one that is dead.
        self.cable.lead_to(0);
        self.host.kill();
        let (again, port) = server(&self.theirs, "");
        self.cable.lead_to(port);
        self.host = again;
    }

    fn kill_both(&mut self) {
        self.guest.kill();
        self.kill_the_host();
        self.kill_the_guest();
    }

    /// The program of this role leaves; both have recorded the same turns.
    fn part(self, by: Role) {
        self.is_nobody_called_a_cheat();
        let (mut guest, mut host) = (self.guest, self.host);
        let leaving = match by {
            Role::Client => &mut guest,
            Role::Server => &mut host,
        };
        leaving.prompt();
        leaving.enter("/q");
        let (guest, host) = (guest.finish(), host.finish());
        assert_eq!((guest.code, host.code), (Some(0), Some(0)));
        let [ours, theirs] = [self.ours, self.theirs].map(|copy| copy.read().unwrap());
        assert_eq!(ours.turns, theirs.turns);
        assert_eq!(ours.fingerprint, theirs.fingerprint);
    }
}

#[test]
fn a_throw_that_is_sealed_is_opened_by_a_program_that_was_killed() {
    let mut players = Players::new("play rps");
    players.host.prompt();
    players.host.enter("rock");
    // The seal has come.
    players.guest.prompt();
    players.kill_the_host();
    players.guest.enter("scissors");
    let round = "You threw rock, the client threw scissors: you win the round.\n";
    players.host.wait_for(round);
    players.guest.prompt();
    players.guest.enter("paper");
    players.host.prompt();
    players.kill_the_guest();
    players.host.enter("rock");
    let round = "You threw paper, the server threw rock: you win the round.\n";
    players.guest.wait_for(round);
    players.host.prompt();
    players.host.enter("scissors");
    players.guest.prompt();
    players.kill_both();
    players.guest.prompt();
    players.guest.enter("paper");
    players.host.wait_for("You win! The game is over");
    players.guest.wait_for("You lose: the server wins.");
    players.part(Role::Client);
}

#[test]
fn a_fleet_that_is_sealed_is_shown_by_a_program_that_was_killed() {
    let mut players = Players::new("play battleship");
    players.host.prompt();
    players.host.enter("a1 right");
    players.host.wait_for("to place: battleship 4,");
    players.host.prompt();
    // Ships that are not sealed yet are placed anew.
    players.kill_the_host();
    players.host.wait_for("to place: carrier 5,");
    players.host.prompt();
    players.host.enter("random");
    players.guest.prompt();
    players.guest.enter("random");
    players.host.prompt();
    players.kill_both();
    players.host.prompt();
    players.host.enter("e5");
    players.guest.prompt();
    players.kill_both();
    players.guest.prompt();
    players.guest.enter("f6");
    players.host.prompt();
    players.kill_the_guest();
    players.host.enter("/resign");
    let shown = "The client reveals the fleet: all answers were true.\n";
    players.host.wait_for(shown);
    players
        .guest
        .wait_for("Your fleet is revealed to the server: all your answers were true.\n");
    players.part(Role::Server);
}

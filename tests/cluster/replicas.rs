//! Replicas that read the same stream have the same state, whatever is in it.

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tictalk::cluster::{
    Applied, CHECKPOINT, ClusterChange, Command, Genesis, LONGEST_PAUSE, MACHINE_PATIENCE,
    MachineId, MachinePresence, Replica, Report, StateError, StreamMessage, Submissions, VERSION,
};
use tictalk::room::{
    ConnectionId, Entrant, GameProblem, HubEffect, HubInput, LineMark, Nick, Settings,
};
use tictalk::wire::{PostId, Sees, Ticket};

const BEGAN: Duration = Duration::from_secs(1_700_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn genesis() -> Genesis {
    Genesis {
        version: VERSION.to_owned(),
        cluster: [3; 16],
        stream: [0; 16],
        base: 0,
        seed: [5; 32],
        settings: Settings::new(Nick::read("host").unwrap(), 0),
        secrets: None,
    }
}

/// A stream, and the replica that has read all of it.
struct Story {
    messages: Vec<(Duration, Bytes)>,
    at: Duration,
    replica: Replica,
    machines: Vec<Submissions>,
    /// All connections that there were.
    connections: Vec<ConnectionId>,
    problems: Vec<GameProblem>,
}

impl Story {
    fn new() -> Self {
        Self {
            messages: Vec::new(),
            at: BEGAN,
            replica: Replica::begin(genesis(), BEGAN),
            machines: Vec::new(),
            connections: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// So many machines, and a member at each, who plays against the computer.
    fn with_machines(machines: u32) -> Self {
        let mut story = Self::new();
        for number in 1..=machines {
            story.join(u8::try_from(number).unwrap());
            let connection = story.connect(number);
            story.say(number, hello(connection, &format!("guest {number}")));
            story.line(number, 1, "/play tictactoe computer");
        }
        story
    }

    fn push(&mut self, bytes: impl Into<Bytes>) -> Applied {
        let bytes = bytes.into();
        let sequence = self.replica.applied() + 1;
        self.messages.push((self.at, bytes.clone()));
        let applied = self.replica.apply(sequence, self.at, &bytes);
        for effect in &applied.effects {
            if let HubEffect::Think(problem) = effect {
                self.problems.push(problem.clone());
            }
        }
        applied
    }

    fn publish(&mut self, message: &StreamMessage) -> Applied {
        self.push(message.encode().unwrap())
    }

    fn join(&mut self, address: u8) -> Applied {
        let applied = self.publish(&StreamMessage::Join {
            nonce: [address; 16],
            address: format!("machine-{address}:7777"),
            version: VERSION.to_owned(),
        });
        let next = u32::try_from(self.machines.len()).unwrap() + 1;
        self.machines.push(Submissions::new(MachineId(next)));
        applied
    }

    /// A new connection of a machine.
    fn connect(&mut self, machine: u32) -> ConnectionId {
        let its = |it: &&ConnectionId| MachineId(machine).has(**it);
        let count = self.connections.iter().filter(its).count() as u64;
        let connection = MachineId(machine).connection(count + 1);
        self.connections.push(connection);
        connection
    }

    fn tick(&mut self, machine: u32) -> Applied {
        self.publish(&StreamMessage::Tick {
            machine: MachineId(machine),
            machines: self.replica.machines(),
        })
    }

    /// A machine publishes what it has to.
    fn submit(&mut self, machine: u32) -> Applied {
        let index = usize::try_from(machine).unwrap() - 1;
        let submissions = &mut self.machines[index];
        let bytes = submissions.upcoming().unwrap().unwrap().bytes.clone();
        submissions.published();
        self.push(bytes)
    }

    fn say(&mut self, machine: u32, input: HubInput) -> Applied {
        let index = usize::try_from(machine).unwrap() - 1;
        self.machines[index].add(Command::Input(input));
        self.submit(machine)
    }

    fn line(&mut self, machine: u32, number: u64, text: &str) -> Applied {
        let connection = MachineId(machine).connection(1);
        self.say(machine, line(connection, Some(number), text))
    }

    /// A replica reads everything after its last message.
    fn read(&self, mut replica: Replica) -> Replica {
        while replica.applied() < self.replica.applied() {
            self.read_next(&mut replica);
        }
        replica
    }

    fn read_next(&self, replica: &mut Replica) -> Applied {
        let sequence = replica.applied() + 1;
        let (at, bytes) = &self.messages[usize::try_from(sequence).unwrap() - 2];
        replica.apply(sequence, *at, bytes)
    }

    fn saved(&self) -> Vec<u8> {
        self.replica.save().unwrap()
    }
}

fn from() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 40_000))
}

/// A client with this name says hello, by the same ticket each time.
fn hello(connection: ConnectionId, name: &str) -> HubInput {
    let mut ticket = [0; 16];
    for (byte, of) in ticket.iter_mut().zip(name.bytes()) {
        *byte = of;
    }
    HubInput::Hello {
        connection,
        from: from(),
        mark: LineMark::Unmarked,
        name: name.parse().ok(),
        room: Some(Entrant {
            ticket: Ticket::new(ticket),
            since: Some(PostId(0)),
        }),
        sees: Sees::from(vec!["members".to_owned(), "boards".to_owned()]),
    }
}

fn connected(connection: ConnectionId) -> HubInput {
    HubInput::Connected {
        connection,
        from: from(),
        mark: LineMark::Unmarked,
    }
}

fn line(connection: ConnectionId, number: Option<u64>, text: &str) -> HubInput {
    HubInput::Line {
        connection,
        number: number.and_then(|number| number.try_into().ok()),
        text: text.to_owned(),
    }
}

/// What comes into the stream.
#[derive(Debug, Clone)]
enum Event {
    Join(u8),
    Leave(u32),
    Hello(u32, &'static str),
    Connected(u32),
    /// An input of one of all connections, and perhaps from a machine that does not have it.
    Of(usize, Option<u32>, OfConnection),
    /// An input that no machine sends.
    Input(u32, HubInput),
    /// The last message of a machine comes again, as it does when the engine has forgotten its id.
    Again(usize),
    Solve(u32, usize),
    Tick(u32),
    Report(u32, Report),
    Garbage(Vec<u8>),
    /// The engine's clock goes on, or is set back.
    Wait(u64),
    SetBack(u64),
    /// The second replica starts from its saved state.
    Reload,
}

/// An input of a connection.
#[derive(Debug, Clone)]
enum OfConnection {
    Line(Option<u64>, String),
    Console(String),
    Pong,
    Overflow,
    Lost,
}

impl OfConnection {
    fn input(self, connection: ConnectionId) -> HubInput {
        match self {
            Self::Line(number, text) => line(connection, number, &text),
            Self::Console(text) => HubInput::Console {
                console: connection,
                text,
            },
            Self::Pong => HubInput::Pong(connection),
            Self::Overflow => HubInput::Overflow(connection),
            Self::Lost => HubInput::Lost(connection),
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "hello",
        "/who",
        "/status",
        "/q",
        "/play rps 3 computer",
        "/play tictactoe computer",
        "/play tictactoe ann",
        "/accept",
        "/move 5",
        "/move 1",
        "/move rock",
        "/undo",
        "/resign",
        "/msg ann hi",
        "/kick bob",
        "/mute ann",
        "/ban bob",
        "/history 3",
        "/watch ann",
        "/hint",
        "ann",
        "bob",
        "host",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => ".{0,40}"]
}

fn event() -> impl Strategy<Value = Event> {
    let machine = 1..6_u32;
    let name = proptest::sample::select(vec!["ann", "bob", "cleo", "guest 1"]);
    let of = prop_oneof![
        20 => (proptest::option::of(0..40_u64), text())
            .prop_map(|(number, text)| OfConnection::Line(number, text)),
        1 => text().prop_map(OfConnection::Console),
        1 => Just(OfConnection::Pong),
        1 => Just(OfConnection::Overflow),
        2 => Just(OfConnection::Lost),
    ];
    let other = proptest::option::weighted(0.1, machine.clone());
    let of = (any::<usize>(), other, of).prop_map(|(which, by, of)| Event::Of(which, by, of));
    let input = prop_oneof![
        Just(HubInput::Tick),
        Just(HubInput::HostLeft),
        Just(HubInput::Host("/kick ann".to_owned())),
        any::<u64>().prop_map(|post| HubInput::Stored(PostId(post))),
    ];
    let report = (any::<u64>(), any::<u64>()).prop_map(|(applied, saved)| Report {
        applied,
        saved,
        checkpoint: None,
    });
    prop_oneof![
        2 => (1..5_u8).prop_map(Event::Join),
        1 => machine.clone().prop_map(Event::Leave),
        30 => of,
        5 => (machine.clone(), name).prop_map(|(machine, name)| Event::Hello(machine, name)),
        1 => machine.clone().prop_map(Event::Connected),
        1 => (machine.clone(), input).prop_map(|(machine, input)| Event::Input(machine, input)),
        2 => any::<usize>().prop_map(Event::Again),
        2 => (machine.clone(), any::<usize>()).prop_map(|(machine, which)| Event::Solve(machine, which)),
        6 => machine.clone().prop_map(Event::Tick),
        1 => (machine, report).prop_map(|(machine, report)| Event::Report(machine, report)),
        1 => proptest::collection::vec(any::<u8>(), 0..40).prop_map(Event::Garbage),
        6 => (1..5_000_u64).prop_map(Event::Wait),
        1 => (1..100_000_u64).prop_map(Event::SetBack),
        2 => Just(Event::Reload),
    ]
}

/// What always holds of a replica that has applied a message.
fn check(replica: &Replica, applied: &Applied, posts: &mut u64) -> Result<(), TestCaseError> {
    for effect in &applied.effects {
        if let HubEffect::Store(record) = effect {
            *posts += 1;
            prop_assert_eq!(record.post.id.0, *posts, "posts have no gaps");
            prop_assert_eq!(record.input, Some(replica.applied()));
        }
    }
    prop_assert_eq!(
        replica.hub().unstored(),
        0,
        "what is in the stream is stored"
    );
    let here: Vec<MachineId> = replica.here().map(|(id, _)| id).collect();
    let thinks = |effect: &HubEffect| matches!(effect, HubEffect::Think(_));
    if applied.effects.iter().any(thinks) && !here.is_empty() {
        let origin = applied.origin.filter(|origin| here.contains(origin));
        prop_assert!(origin.is_some(), "nobody solves the problem");
    }
    for machine in replica.machines() {
        if machine.presence == MachinePresence::Away {
            let left = replica.hub().connections_in(machine.id.connections());
            prop_assert!(left.is_empty(), "{} is away and has {left:?}", machine.id);
        }
    }
    for (connection, _) in &applied.admitted {
        prop_assert!(applied.origin.is_some_and(|origin| origin.has(*connection)));
    }
    let members = replica.hub().members(replica.now());
    let chairs = members
        .iter()
        .filter(|member| member.is_coordinator)
        .count();
    prop_assert!(chairs <= 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn replicas_agree_on_any_stream(events in proptest::collection::vec(event(), 0..120)) {
        let mut story = Story::with_machines(2);
        let mut other = story.read(Replica::begin(genesis(), BEGAN));
        let mut posts = story.replica.hub().last().0;
        for event in events {
            let before = (story.replica.now(), story.replica.applied());
            let machines = u32::try_from(story.machines.len()).unwrap();
            let applied = match event {
                Event::Join(address) => story.join(address),
                Event::Leave(id) => story.publish(&StreamMessage::Leave(MachineId(id))),
                Event::Hello(machine, name) if machine <= machines => {
                    let connection = story.connect(machine);
                    story.say(machine, hello(connection, name))
                }
                Event::Connected(machine) if machine <= machines => {
                    let connection = story.connect(machine);
                    story.say(machine, connected(connection))
                }
                Event::Of(which, by, of) => {
                    let connection = story.connections[which % story.connections.len()];
                    let has = |id: &u32| MachineId(*id).has(connection);
                    let owner = (1..=machines).find(has).unwrap();
                    let by = by.filter(|by| *by <= machines).unwrap_or(owner);
                    let applied = story.say(by, of.input(connection));
                    prop_assert!(by == owner || applied.effects.is_empty(), "not its own");
                    applied
                }
                Event::Input(machine, input) if machine <= machines => {
                    let applied = story.say(machine, input);
                    prop_assert_eq!(&applied.effects, &[], "no machine may send it");
                    applied
                }
                Event::Report(machine, report) if machine <= machines => {
                    story.machines[usize::try_from(machine).unwrap() - 1].report(report);
                    story.submit(machine)
                }
                Event::Solve(machine, which) if machine <= machines && !story.problems.is_empty() => {
                    let problem = &story.problems[which % story.problems.len()];
                    let thought = HubInput::Thought(problem.unsolved());
                    story.say(machine, thought)
                }
                Event::Again(which) => {
                    let (_, bytes) = &story.messages[which % story.messages.len()];
                    let bytes = bytes.clone();
                    let is_batch = matches!(
                        StreamMessage::decode(&bytes),
                        Some(StreamMessage::Batch { .. })
                    );
                    let posted = story.replica.hub().last();
                    let applied = if is_batch { story.push(bytes) } else { continue };
                    prop_assert_eq!(story.replica.hub().last(), posted, "applied twice");
                    prop_assert_eq!(&applied.effects, &[], "applied twice");
                    applied
                }
                Event::Tick(machine) => story.tick(machine),
                Event::Garbage(bytes) => story.push(bytes),
                Event::Wait(millis) => {
                    story.at += Duration::from_millis(millis);
                    continue;
                }
                Event::SetBack(millis) => {
                    story.at -= Duration::from_millis(millis);
                    continue;
                }
                Event::Reload => {
                    other = Replica::load(&other.save().unwrap()).unwrap();
                    continue;
                }
                Event::Hello(..)
                | Event::Connected(_)
                | Event::Input(..)
                | Event::Report(..)
                | Event::Solve(..) => continue,
            };
            check(&story.replica, &applied, &mut posts)?;
            let passed = story.replica.now() - before.0;
            prop_assert!(passed <= LONGEST_PAUSE);
            prop_assert_eq!(story.replica.applied(), before.1 + 1);
            let theirs = story.read_next(&mut other);
            prop_assert_eq!(&applied.effects, &theirs.effects);
            prop_assert_eq!(&applied.admitted, &theirs.admitted);
            prop_assert_eq!(&applied.last_boards, &theirs.last_boards);
            prop_assert!(other.save().unwrap() == story.saved(), "the states differ");
        }
        let late = story.read(Replica::begin(genesis(), BEGAN));
        prop_assert!(late.save().unwrap() == story.saved(), "one that is late differs");
    }
}

#[test]
fn garbage_changes_nothing_but_the_time() {
    let mut story = Story::with_machines(1);
    let garbage: [&[u8]; 6] = [
        b"",
        b"garbage",
        b"{}",
        b"\xff\xfe",
        br#"{"leave":77}"#,
        br#"{"join":{"nonce":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"address":"a","version":"0"}}"#,
    ];
    for bytes in garbage {
        let mut other = Replica::load(&story.saved()).unwrap();
        let hub = story.replica.hub().save().unwrap();
        let now = story.replica.now();
        story.at += SECOND;
        let applied = story.push(bytes);
        assert_eq!((applied.effects, applied.changes), (vec![], vec![]));
        assert_eq!(story.replica.now(), now + SECOND);
        assert_eq!(story.replica.hub().save().unwrap(), hub);
        other.apply(story.replica.applied(), story.at, b"other garbage");
        assert_eq!(other.save().unwrap(), story.saved());
    }
}

#[test]
fn a_machine_that_is_far_behind_catches_up() {
    let mut story = Story::with_machines(2);
    let early = story.saved();
    let mut number = 1;
    while story.replica.applied() < 10_100 {
        story.at += Duration::from_millis(250);
        number += 1;
        let machine = 1 + u32::try_from(number % 2).unwrap();
        let square = number % 9 + 1;
        story.line(
            machine,
            number,
            ["hello", "/who", &format!("/move {square}")][usize::try_from(number % 3).unwrap()],
        );
        if let Some(problem) = story.problems.pop() {
            story.say(machine, HubInput::Thought(problem.unsolved()));
        }
        story.tick(machine);
    }
    assert!(story.replica.hub().last().0 > 1_000);
    let from_the_beginning = story.read(Replica::begin(genesis(), BEGAN));
    assert!(from_the_beginning.save().unwrap() == story.saved());
    let from_an_old_state = story.read(Replica::load(&early).unwrap());
    assert!(from_an_old_state.save().unwrap() == story.saved());
    assert_eq!(from_an_old_state.checkpoint(), story.replica.checkpoint());
}

#[test]
fn the_state_of_another_version_is_refused() {
    let story = Story::with_machines(1);
    let state = String::from_utf8(story.saved()).unwrap();
    let version = format!("\"version\":\"{VERSION}\"");
    assert!(state.starts_with(&format!("{{{version}")));
    let other = state.replacen(&version, "\"version\":\"0.0.1\"", 1);
    let error = Replica::load(other.as_bytes()).unwrap_err();
    assert!(matches!(&error, StateError::Version(version) if version == "0.0.1"));
    for cut in [0, 10, state.len() / 2, state.len() - 1] {
        assert!(Replica::load(&state.as_bytes()[..cut]).is_err());
    }
}

#[test]
fn somebody_solves_the_problems_of_a_machine_that_has_left() {
    let mut story = Story::with_machines(2);
    story.line(2, 2, "/move 5");
    assert!(!story.problems.is_empty());
    let applied = story.publish(&StreamMessage::Leave(MachineId(2)));
    assert!(matches!(&applied.effects[..], [.., HubEffect::Think(_)]));
    assert_eq!(applied.origin, Some(MachineId(1)));
}

#[test]
fn a_message_that_is_stored_twice_is_applied_once() {
    let mut story = Story::with_machines(1);
    // A line without a number is accepted again and again.
    let connection = story.connect(1);
    story.say(1, connected(connection));
    story.say(1, line(connection, None, "nora"));
    story.say(1, line(connection, None, "hello"));
    let (_, bytes) = story.messages.last().unwrap().clone();
    let applied = story.push(bytes);
    assert_eq!(applied.effects, []);
}

#[test]
fn a_machine_that_was_silent_for_too_long_is_gone() {
    let mut story = Story::with_machines(2);
    let gone = |story: &mut Story, time| {
        story.at += time;
        let changes = story.tick(1).changes;
        changes
            .iter()
            .any(|it| matches!(it, ClusterChange::Gone(MachineId(2), _)))
    };
    // While the engine is away, nobody can be heard.
    assert!(!gone(&mut story, 10 * MACHINE_PATIENCE));
    assert!(!gone(
        &mut story,
        MACHINE_PATIENCE - LONGEST_PAUSE - 2 * SECOND
    ));
    assert!(!gone(&mut story, SECOND));
    assert!(gone(&mut story, SECOND));
}

/// A state in which one thing was changed.
fn corrupted(state: &[u8], change: impl FnOnce(&mut Value)) -> Replica {
    let end = state.iter().position(|byte| *byte == b'\n').unwrap();
    let mut hub: Value = serde_json::from_slice(&state[end + 1..]).unwrap();
    let before = hub.clone();
    change(&mut hub);
    assert_ne!(hub, before, "nothing was changed");
    let mut state = state[..=end].to_vec();
    state.extend(serde_json::to_vec(&hub).unwrap());
    Replica::load(&state).unwrap()
}

/// Three machines talk, and one of them goes wrong at some time. The others say so soon, and it finds the
/// right state again.
fn diverge(change: impl FnOnce(&mut Value)) {
    let wrong = MachineId(2);
    let mut story = Story::with_machines(3);
    story.line(1, 2, "/mute guest 3");
    let mut replicas: Vec<Replica> = (0..3)
        .map(|_| story.read(Replica::begin(genesis(), BEGAN)))
        .collect();
    let (mut saved, mut change, mut corrupted_at) = (Vec::new(), Some(change), 0);
    let mut found = None;
    for round in 0..200_u32 {
        for machine in 1..=3 {
            story.at += Duration::from_millis(300);
            let replica = &replicas[usize::try_from(machine).unwrap() - 1];
            let report = Report {
                applied: replica.applied(),
                saved: 0,
                checkpoint: replica.checkpoint(),
            };
            story.machines[usize::try_from(machine).unwrap() - 1].report(report);
            story.line(machine, u64::from(round) + 3, "hello");
            let changes = replicas.iter_mut().map(|it| story.read_next(it).changes);
            let changes: Vec<_> = changes.collect();
            let differs = |id: MachineId| move |it: &ClusterChange| matches!(it, ClusterChange::Differs(of, _) if *of == id);
            if changes[0].iter().any(differs(wrong)) && found.is_none() {
                found = Some(story.replica.applied());
            }
            let accused = changes[0].iter().any(differs(MachineId(3)));
            assert!(!accused, "a machine that is right differs");
        }
        if round == 10 {
            saved = replicas[1].save().unwrap();
        }
        if round == 40 {
            let state = replicas[1].save().unwrap();
            replicas[1] = corrupted(&state, change.take().unwrap());
            corrupted_at = story.replica.applied();
        }
    }
    let checkpoint = corrupted_at.next_multiple_of(CHECKPOINT);
    let found = found.unwrap();
    assert!(
        found > checkpoint && found <= checkpoint + 100,
        "found at {found}"
    );
    assert!(replicas[1].save().unwrap() != story.saved());
    let mended = story.read(Replica::load(&saved).unwrap());
    assert!(mended.save().unwrap() == story.saved());
    assert_eq!(mended.checkpoint(), replicas[0].checkpoint());
}

#[test]
fn a_state_with_another_chance_is_found() {
    diverge(|hub| {
        let drawn = hub["chance"]["drawn"].as_u64().unwrap();
        hub["chance"]["drawn"] = (drawn + 1).into();
    });
}

#[test]
fn a_state_with_another_number_of_a_member_is_found() {
    diverge(|hub| {
        let last = hub["last_member"].as_u64().unwrap();
        hub["last_member"] = (last + 1).into();
    });
}

#[test]
fn a_state_with_another_budget_is_found() {
    diverge(|hub| {
        let full_at = hub["members"]["1"]["bucket"]["full_at"].as_u64().unwrap();
        hub["members"]["1"]["bucket"]["full_at"] = (full_at + 3_600_000_000_000).into();
    });
}

#[test]
fn a_state_without_a_mute_is_found() {
    diverge(|hub| {
        let sanctions = hub["sanctions"].as_array_mut().unwrap();
        sanctions.pop();
    });
}

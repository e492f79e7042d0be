//! Random streams.

use super::{BEGAN, Story, connected, genesis, hello, line};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use std::time::Duration;
use tictalk::cluster::{
    Applied, LONGEST_PAUSE, MachineId, MachinePresence, Replica, Report, StreamMessage,
};
use tictalk::room::{ConnectionId, HubEffect, HubInput};
use tictalk::wire::PostId;

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

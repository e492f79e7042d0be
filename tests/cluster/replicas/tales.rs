//! What happens in certain streams.

use super::{BEGAN, SECOND, Story, connected, genesis, line};
use std::time::Duration;
use tictalk::cluster::{
    ClusterChange, LONGEST_PAUSE, MACHINE_PATIENCE, MachineId, Replica, StateError, StreamMessage,
    VERSION,
};
use tictalk::room::{HubEffect, HubInput};

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
fn the_tick_of_a_machine_that_is_gone_is_the_last_one() {
    let mut story = Story::with_machines(2);
    story.publish(&StreamMessage::Leave(MachineId(2)));
    let applied = story.tick(2);
    assert_eq!((applied.effects, applied.origin), (vec![], None));
    // The engine stores no tick that expects an earlier one.
    assert_eq!(story.replica.ticked(), story.replica.applied());
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

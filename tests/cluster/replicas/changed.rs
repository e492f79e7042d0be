//! A machine whose state is changed is found, and finds back.

use super::{BEGAN, Story, genesis};
use serde_json::Value;
use std::time::Duration;
use tictalk::cluster::{CHECKPOINT, ClusterChange, MachineId, Replica, Report};

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

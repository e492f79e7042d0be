//! The state of a hub as data: what is loaded behaves like what was saved.

mod events;
mod twins;

use super::SECOND;
use super::crowd::Dice;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tictalk::games::{Chance, Choice, GAMES, GameId, Rules};
use tictalk::room::{ConnectionId, Hub, HubInput, LoadError};
use twins::{Twins, small};

#[test]
fn a_loaded_hub_behaves_like_the_one_that_was_saved() {
    let mut tried = BTreeSet::new();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut parts = BTreeSet::new();
    for seed in 0..24 {
        let mut twins = Twins::new(seed);
        twins.run(1_500);
        tried.append(&mut twins.tried);
        for (what, count) in twins.counts {
            *counts.entry(what).or_default() += count;
        }
        let saved: Value = serde_json::from_slice(&twins.hub.save().unwrap()).unwrap();
        parts.extend(saved.as_object().unwrap().keys().cloned());
    }
    // Else nothing was tried.
    let untried: Vec<_> = parts.difference(&tried).collect();
    assert!(untried.is_empty(), "always empty: {untried:?}");
    for (what, least) in [
        ("reloads", 500),
        ("restarts", 10),
        ("problems", 50),
        ("problems solved again", 5),
        ("offers in games", 5),
        ("moves in games", 50),
        ("secret moves", 5),
        ("games of a tournament", 5),
        ("gathered posts", 5),
        ("waiting receipts", 50),
        ("absent members", 50),
        ("members that catch up", 50),
        ("last games", 50),
        ("watchers", 20),
        ("receipts", 50),
    ] {
        let count = counts.get(what).copied().unwrap_or(0);
        assert!(count >= least, "only {count} {what} in {counts:?}");
    }
}

/// States of rooms in which much is going on.
fn states() -> impl Iterator<Item = Vec<u8>> {
    (0..4).map(|seed| {
        let mut twins = Twins::new(seed);
        twins.run(400);
        twins.hub.save().unwrap()
    })
}

/// Loads what may be damaged, and has it handle a few inputs.
fn try_out(saved: &[u8]) -> Result<(), LoadError> {
    let mut hub = Hub::load(saved)?;
    let mut effects = Vec::new();
    for second in 1..4 {
        let now = SECOND * 400 * second;
        for input in [
            HubInput::Host("/status".to_owned()),
            HubInput::Line {
                connection: ConnectionId(u64::from(second)),
                number: None,
                text: "hello".to_owned(),
            },
            HubInput::Tick,
        ] {
            hub.handle(now, input, &mut effects);
        }
    }
    hub.save().unwrap();
    Ok(())
}

#[test]
fn damaged_states_are_refused_or_loaded() {
    let mut dice = Dice(1);
    let (mut refused, mut loaded) = (0, 0);
    let mut count = |result: Result<(), LoadError>| match result {
        Ok(()) => loaded += 1,
        Err(_) => refused += 1,
    };
    for saved in states() {
        assert!(try_out(&saved).is_ok());
        for _ in 0..40 {
            let length = usize::try_from(dice.below(saved.len() as u64)).unwrap();
            assert!(try_out(&saved[..length]).is_err());
        }
        for _ in 0..400 {
            let mut flipped = saved.clone();
            let at = usize::try_from(dice.below(saved.len() as u64)).unwrap();
            flipped[at] ^= 1 << dice.below(8);
            count(try_out(&flipped));
        }
    }
    assert!(refused > 100 && loaded > 100, "{refused} and {loaded}");
}

/// All places in a JSON value, at most a few of each list.
fn places(value: &Value, path: &str, places: &mut Vec<String>) {
    places.push(path.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().take(2) {
                self::places(item, &format!("{path}/{index}"), places);
            }
        }
        Value::Object(fields) => {
            let is_map = fields.keys().all(|key| key.parse::<u64>().is_ok());
            let most = if is_map { 3 } else { usize::MAX };
            for (key, field) in fields.iter().take(most) {
                self::places(field, &format!("{path}/{key}"), places);
            }
        }
        _ => {}
    }
}

#[test]
fn any_other_value_anywhere_is_refused_or_loaded() {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("host"),
        json!([]),
        json!({}),
    ];
    let (mut refused, mut loaded) = (0, 0);
    for saved in states() {
        let saved: Value = serde_json::from_slice(&saved).unwrap();
        let mut all = Vec::new();
        places(&saved, "", &mut all);
        assert!(all.len() > 150, "{}", all.len());
        for place in all {
            let mut damaged = saved.clone();
            for other in &others {
                *damaged.pointer_mut(&place).unwrap() = other.clone();
                match try_out(&serde_json::to_vec(&damaged).unwrap()) {
                    Ok(()) => loaded += 1,
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(refused > 1_000 && loaded > 100, "{refused} and {loaded}");
}

#[test]
fn a_contradiction_is_refused() {
    let mut twins = Twins::new(0);
    twins.run(300);
    let saved: Value = serde_json::from_slice(&twins.hub.save().unwrap()).unwrap();
    for (place, wrong) in [
        ("/present", json!([])),
        ("/crowds", json!([])),
        ("/names", json!([])),
        ("/connections", json!({})),
        ("/stored", json!(u64::MAX / 4)),
        ("/last", json!(u64::MAX)),
        ("/last_member", json!(0)),
        ("/host_watches", json!(77)),
        ("/settings/rate/pace", json!(u64::MAX)),
    ] {
        let mut damaged = saved.clone();
        *damaged.pointer_mut(place).unwrap() = wrong;
        let loaded = Hub::load(&serde_json::to_vec(&damaged).unwrap());
        let is_refused = matches!(loaded, Err(LoadError::Inconsistent(_)));
        assert!(is_refused, "{place}: {loaded:?}");
    }
}

/// A saved game is its turns. A part of a turn would be lost.
#[test]
fn no_game_of_a_room_has_turns_in_several_parts() {
    let in_rooms = GAMES.iter().filter(|game| game.is_refereed());
    for game in in_rooms {
        let Rules::Secret { start, .. } = game.rules else {
            continue;
        };
        let options = game.options("").unwrap();
        let (mut copy, mut chance) = (start(&options, GameId([1; 32])), Chance::new([2; 32]));
        let words = copy.legal();
        assert!(!words.is_empty(), "{}", game.name);
        for typed in words {
            let choice = copy.choose(&typed, &mut chance).unwrap();
            assert!(matches!(choice, Choice::Said(_)), "{}: {typed}", game.name);
        }
    }
    // One that has them.
    assert!(!tictalk::games::find("battleship").unwrap().is_refereed());
}

#[test]
fn equal_hubs_have_equal_bytes_and_the_digest_is_that_of_the_bytes() {
    use sha2::{Digest as _, Sha256};

    let hub = Hub::open(small(), [7; 32]);
    let saved = hub.save().unwrap();
    assert_eq!(Hub::open(small(), [7; 32]).save().unwrap(), saved);
    assert_eq!(
        hub.digest().unwrap(),
        <[u8; 32]>::from(Sha256::digest(&saved))
    );
    let other = Hub::open(small(), [8; 32]);
    assert_ne!(other.digest().unwrap(), hub.digest().unwrap());
}

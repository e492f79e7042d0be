//! Whether the room has kept what it promises.

use super::ledger::{Ledger, STALLED};
use super::machine::{Machine, Row};
use super::member::Member;
use super::process::Ended;
use super::{END, MACHINES, MEMBERS, PEOPLE};
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};
use tictalk::wire::{Author, PostId, What};

/// The most memory that a machine may need, in KiB.
const MEMORY: u64 = 128 * 1_024;

/// How many inputs there are between two checkpoints.
const CHECKPOINT: u64 = 100;

/// Waits until all machines have the same state after everything that has gone wrong.
pub(super) fn await_agreement(machine: &Machine) {
    let begun = Instant::now();
    let mut after = None;
    loop {
        let status = machine.status();
        if agrees(&status, &mut after) {
            return;
        }
        assert!(begun.elapsed() < STALLED, "no agreement:\n{status}");
        thread::park_timeout(Duration::from_millis(100));
    }
}

/// Whether all machines have the same state after an input that came after the first call.
fn agrees(status: &str, after: &mut Option<u64>) -> bool {
    let rows = status.lines().filter(|it| it.starts_with("127.0.0.1:"));
    let rows: Vec<Vec<&str>> = rows.map(|it| it.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), MACHINES, "{status}");
    // Address, members, how far behind, saved, and the checkpoint and its digest.
    let checkpoint = |row: &Vec<&str>| match row[..] {
        [_, _, _, _, input, digest] => Some((input.parse().unwrap(), digest.to_owned())),
        _ => None,
    };
    let checkpoints: Option<Vec<(u64, String)>> = rows.iter().map(checkpoint).collect();
    let Some(checkpoints) = checkpoints else {
        return false;
    };
    let last = checkpoints.iter().map(|(input, _)| *input).max();
    // Their reports are a moment old.
    let after = *after.get_or_insert(last.unwrap() + 2 * CHECKPOINT);
    let members = rows.iter().map(|row| row[1].parse::<usize>().unwrap());
    members.sum::<usize>() == usize::from(MEMBERS) + PEOPLE.len()
        && checkpoints
            .iter()
            .all(|it| it.0 > after && *it == checkpoints[0])
}

/// All machines name the same members, and the same one coordinates the room.
pub(super) fn one_coordinator(machines: &mut [Machine]) {
    let lists = machines.iter_mut().map(|machine| {
        let members = machine.members().into_iter();
        let stable = members.map(|line| line.split(", here for ").next().unwrap().to_owned());
        stable.collect::<Vec<String>>()
    });
    let lists: Vec<Vec<String>> = lists.collect();
    for list in &lists {
        assert_eq!(list, &lists[0]);
        assert_eq!(list.len(), usize::from(MEMBERS), "{list:?}");
        let coordinators = list.iter().filter(|line| line.contains(", coordinator"));
        assert_eq!(coordinators.count(), 1, "{list:?}");
    }
}

/// Compares the journals with each other, and with what the members have said and seen.
pub(super) fn compare(
    journals: &[Vec<Row>],
    ledger: &Ledger,
    members: &[Member],
    people: &BTreeMap<String, (u64, Ended)>,
    end: PostId,
) {
    let rows = &journals[0];
    for journal in journals {
        for (ours, theirs) in rows.iter().zip(journal) {
            assert_eq!(ours, theirs, "the journals differ");
        }
        assert_eq!(rows.len(), journal.len(), "a journal is longer");
    }
    let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let whats: Vec<What> = rows
        .iter()
        .map(|it| serde_json::from_str(&it.4).unwrap())
        .collect();
    for (place, (row, what)) in rows.iter().zip(&whats).enumerate() {
        let (id, _, member, name, _, input) = row;
        assert_eq!(
            id & 0xFFFF_FFFF,
            i64::try_from(place + 1).unwrap(),
            "no gaps"
        );
        assert!(input.is_some(), "{row:?}");
        if let What::Said { text } = what {
            said.entry(name).or_default().push(text);
        }
        // What members have seen is what is stored.
        let id = PostId(place as u64 + 1);
        let Some((
            Author {
                id: by,
                name: shown_name,
            },
            shown,
        )) = ledger.shown.get(&id)
        else {
            continue;
        };
        let shown = (i64::try_from(by.0).unwrap(), &**shown_name, shown);
        assert_eq!(shown, (*member, &**name, what), "{id:?}");
    }
    for member in members {
        let name = &*member.name;
        assert_lines(name, said.get(name), member.said);
        // From its arrival to the end, it has seen all posts: each followed the one before it.
        let joined = whats
            .iter()
            .zip(rows)
            .position(|(what, row)| row.3 == name && *what == What::Joined);
        let joined = PostId(joined.unwrap() as u64 + 1);
        assert!(
            member.first <= Some(joined),
            "{name} has missed its arrival"
        );
        assert!(member.last >= Some(end), "{name} has missed the end");
    }
    for (name, (lines, ended)) in people {
        assert_lines(name, said.get(&**name), *lines);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
        assert_eq!(ended.errors, "");
        let shown: Vec<(&str, &str)> = ended.output.lines().filter_map(message).collect();
        let is_joined = |(what, row): (&What, &Row)| row.3 == **name && *what == What::Joined;
        let joined = whats.iter().zip(rows).position(is_joined).unwrap();
        let others = |from: usize| {
            let rows = rows.iter().zip(&whats).skip(from);
            rows.filter_map(|(row, what)| match what {
                What::Said { text } if row.3 != **name && **text != *END => {
                    Some((&*row.3, &**text))
                }
                _ => None,
            })
        };
        // A newcomer is shown some earlier posts, too.
        let all: Vec<(&str, &str)> = others(0).collect();
        assert!(shown.len() >= others(joined).count(), "{name} lacks posts");
        let expected = &all[all.len() - shown.len()..];
        let difference = shown.iter().zip(expected).find(|(ours, it)| ours != it);
        assert_eq!(difference, None, "{name} has seen something else");
    }
}

/// A message as the client prints it.
fn message(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.split_once(": ")?;
    text.starts_with("line ").then_some((name, text))
}

/// Each line was said once and in order.
fn assert_lines(name: &str, said: Option<&Vec<&str>>, lines: u64) {
    let all: Vec<String> = (1..=lines).map(|number| format!("line {number}")).collect();
    let said = said.map(Vec::as_slice).unwrap_or_default();
    for (said, line) in said.iter().zip(&all) {
        assert_eq!(said, line, "{name}");
    }
    assert_eq!(said.len(), all.len(), "{name}");
}

/// Says how long things have taken, and checks what the machines have needed.
#[expect(clippy::print_stdout, reason = "a long run says what it has tried")]
pub(super) fn report(machines: &[Machine], ledger: &Ledger) {
    let starts: Vec<Duration> = machines.iter().flat_map(|it| it.starts.clone()).collect();
    for (what, times) in [
        ("away until another machine", &ledger.moves),
        ("away until the same machine", &ledger.returns),
        ("start of a machine", &starts),
    ] {
        let mut times = times.clone();
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let longest = times.last().copied().unwrap_or_default();
        println!(
            "{what}: {} times, median {median:.0?}, at most {longest:.0?}",
            times.len()
        );
    }
    for machine in machines {
        println!(
            "{} KiB, given up {} times",
            machine.memory, machine.given_up
        );
        assert!(machine.memory < MEMORY, "{} KiB", machine.memory);
    }
    assert!(
        !ledger.moves.is_empty(),
        "nobody has moved to another machine"
    );
}

//! Whether the room has kept what it promises.

use super::ledger::{Absence, Ledger, STALLED};
use super::machine::{Machine, Row};
use super::member::Member;
use super::person::Told;
use super::{END, MACHINES, MEMBERS, PEOPLE};
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};
use tictalk::wire::{Author, PostId, What};

/// The most memory that a machine may need, in KiB.
const MEMORY: u64 = 128 * 1_024;

/// How many inputs there are between two checkpoints.
const CHECKPOINT: u64 = 100;

/// The machines as the engine lists them.
struct Status {
    text: String,
    /// How many members are connected.
    members: usize,
    /// The last checkpoint of each machine, and its digest.
    checkpoints: Vec<(u64, String)>,
}

impl Status {
    fn of(machine: &Machine) -> Self {
        let text = machine.status();
        let rows = text.lines().filter(|it| it.starts_with("127.0.0.1:"));
        let rows: Vec<Vec<&str>> = rows.map(|it| it.split_whitespace().collect()).collect();
        assert_eq!(rows.len(), MACHINES, "{text}");
        let members = rows.iter().filter_map(|row| row[1].parse::<usize>().ok());
        // The address, the members, how far it is behind, the saved state, and the checkpoint.
        let checkpoints = rows.iter().filter_map(|row| match row[..] {
            [_, _, _, _, input, digest] => Some((input.parse().unwrap(), digest.to_owned())),
            _ => None,
        });
        Self {
            members: members.sum(),
            checkpoints: checkpoints.collect(),
            text,
        }
    }

    /// Whether all machines are past this input.
    fn is_past(&self, input: u64) -> bool {
        let past = self.checkpoints.iter().filter(|it| it.0 > input);
        past.count() == MACHINES
    }

    /// Whether all machines have the same state.
    fn agrees(&self) -> bool {
        let mut checkpoints = self.checkpoints.iter();
        self.checkpoints.len() == MACHINES && checkpoints.all(|it| *it == self.checkpoints[0])
    }

    fn last(&self) -> u64 {
        let inputs = self.checkpoints.iter().map(|(input, _)| *input);
        inputs.max().unwrap_or_default()
    }
}

/// Waits until the engine lists the machines so.
fn wait_until(machine: &Machine, is_it: impl Fn(&Status) -> bool) {
    let begun = Instant::now();
    loop {
        let status = Status::of(machine);
        if is_it(&status) {
            return;
        }
        assert!(begun.elapsed() < STALLED, "{}", status.text);
        thread::park_timeout(Duration::from_millis(100));
    }
}

/// Waits until all machines have had a checkpoint after everything that went wrong.
pub(super) fn await_checkpoint(machine: &Machine) {
    // Reports are a moment old.
    let last = Status::of(machine).last() + 2 * CHECKPOINT;
    wait_until(machine, |status| status.is_past(last));
}

/// Waits until all machines have the same state, and all members are there.
pub(super) fn await_agreement(machine: &Machine) {
    let all = usize::from(MEMBERS) + PEOPLE.len();
    wait_until(machine, |status| status.agrees() && status.members == all);
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
        assert_eq!(list.len(), usize::from(MEMBERS) + PEOPLE.len(), "{list:?}");
        let coordinators = list.iter().filter(|line| line.contains(", coordinator"));
        assert_eq!(coordinators.count(), 1, "{list:?}");
    }
}

/// Compares the journals with each other, and with what the members have said and seen.
pub(super) fn compare(
    journals: &[Vec<Row>],
    ledger: &Ledger,
    members: &[Member],
    people: &[Told],
    end: PostId,
) {
    // What came after the end may still be on its way to a journal.
    let length = usize::try_from(end.0).unwrap();
    let rows = &journals[0][..length];
    for journal in journals {
        for (ours, theirs) in rows.iter().zip(&journal[..length]) {
            assert_eq!(ours, theirs, "the journals differ");
        }
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
    for Told {
        name,
        said: lines,
        ended,
    } in people
    {
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
    let absences = |is_it: fn(&Absence) -> bool| {
        let absences = ledger.absences.iter().filter(|it| is_it(it));
        absences.map(|it| it.time).collect::<Vec<Duration>>()
    };
    let first = absences(|it| it.has_moved && it.is_first);
    let moves = absences(|it| it.has_moved);
    let returns = absences(|it| !it.has_moved);
    assert!(!first.is_empty(), "nobody has come through another machine");
    for (what, mut times) in [
        ("away until another machine, at first", first),
        ("away until another machine", moves),
        ("away until the same machine", returns),
        ("start of a machine", starts),
    ] {
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let longest = times.last().copied().unwrap_or_default();
        let (median, longest) = (median.as_millis(), longest.as_millis());
        let count = times.len();
        println!("{what}: {count} times, median {median} ms, at most {longest} ms");
    }
    for Machine {
        memory, given_up, ..
    } in machines
    {
        println!("a machine: {memory} KiB, given up {given_up} times");
        assert!(*memory < MEMORY, "{memory} KiB");
    }
}

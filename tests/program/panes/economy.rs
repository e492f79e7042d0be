//! What panes cost: bytes for the terminal, frames, and time of the processor.

use super::{USUAL, has_line, member, pair};
use crate::support::{Peer, Program, Pty, Room, Socket};
use std::fs;
use std::time::Instant;

/// How a frame begins.
const FRAME: &str = "\x1b[?2026h";

/// What a program has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Used {
    /// Bytes for the terminal.
    written: usize,
    /// How often the threads of the panes have waited.
    waits: u64,
    /// Time of the processor, in ticks of 10 ms.
    ticks: u64,
}

/// What this program has used.
fn used(person: &Pty) -> Used {
    let process = format!("/proc/{}", person.id());
    let mut waits = 0;
    for task in fs::read_dir(format!("{process}/task")).unwrap() {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        let value = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim().to_owned()
        };
        if ["drawing", "keys"].contains(&value("Name:").as_str()) {
            waits += value("voluntary_ctxt_switches:").parse::<u64>().unwrap();
        }
    }
    let stat = fs::read_to_string(format!("{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    // The fields 14 and 15, of which the third is the first one behind the name.
    let times = fields.split(' ').skip(14 - 3).take(2);
    let ticks = times.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Used {
        written: person.written(),
        waits,
        ticks,
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_written_and_no_time_is_used_while_nothing_happens() {
    let (mut server, mut client) = pair(USUAL);
    client.exchange_greetings_with(&mut server);
    has_line(&server, "The client's turn ...");
    // Another program tells when a second has passed.
    let clock = Program::client(Socket::closed().1).args(["--wait", "60"]);
    let clock = clock.on_screen();
    clock.wait_for("(1 s)");
    let before = [&server, &client].map(used);
    clock.wait_for("(2 s)");
    let after = [&server, &client].map(used);
    for (before, after) in before.into_iter().zip(after) {
        assert_eq!((before.written, before.waits), (after.written, after.waits));
        assert!(after.ticks <= before.ticks + 1, "{before:?} {after:?}");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures can be quoted")]
fn keys_and_lines_cost_few_bytes_and_frames_are_few() {
    const ROUNDS: usize = 20;
    const LINES: usize = 5;
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = member(port, "ann", USUAL);
    let whole = ann.written();
    let mut bob = Peer::join(port, "bob");
    bob.say("short");
    ann.wait_for("bob: short");
    let mut line = String::new();
    let mut most = 0;
    let mut all = 0;
    for key in "a few words to send".chars() {
        line.push(key);
        let before = ann.written();
        ann.press(&key.to_string());
        ann.wait("the key", |screen| {
            // A space is seen by the place of the cursor alone.
            let columns = usize::from(screen.cursor_position().1);
            (columns == "ann> ".len() + line.len()).then_some(())
        });
        let cost = ann.written() - before;
        (most, all) = (most.max(cost), all + cost);
    }
    let per_key = all / line.len();
    assert!(most < 120, "{most} bytes for a key");
    // As many lines as a frame may wait for: about a hundred in a second.
    let started = Instant::now();
    let from = ann.written();
    for round in 0..ROUNDS {
        for number in 0..LINES {
            bob.say(&format!("line {number} of round {round}"));
        }
        ann.wait_for(&format!("line {} of round {round}", LINES - 1));
    }
    let elapsed = started.elapsed();
    let output = ann.output().split_off(from);
    let frames = output.matches(FRAME).count();
    let allowed = usize::try_from(elapsed.as_millis()).unwrap() / 50 + 2;
    assert!(frames <= allowed, "{frames} frames in {elapsed:?}");
    // Lines that have nothing in common: the next one changes all rows.
    for letter in 'a'..='z' {
        bob.say(&letter.to_string().repeat(40));
    }
    ann.wait_for(&"z".repeat(40));
    let before = ann.written();
    bob.say(&"!".repeat(40));
    ann.wait_for(&"!".repeat(40));
    let per_line = ann.written() - before;
    let cells = usize::from(USUAL.0) * usize::from(USUAL.1);
    assert!(per_line < cells, "{per_line} bytes for a line");
    eprintln!(
        "panes: {whole} bytes for the first screen, {per_key} bytes for a key ({most} at most), \
         {per_line} bytes for a line that changes all rows, {frames} frames for {} lines in {} ms",
        ROUNDS * LINES,
        elapsed.as_millis()
    );
}

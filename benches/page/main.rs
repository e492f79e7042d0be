//! Measures 500 members at pages, and 100 over private lines, beside as many at terminals: memory,
//! deliveries, processor time. `cargo bench --bench page` prints each figure for both, from the same
//! run.
//!
//! The members of all kinds get the same posts: as control frames at terminals, as messages of a
//! WebSocket at pages, and as control frames in records over private lines. Two rooms alternate, round
//! by round, so that other load affects both. This program opens the records of all private members, so
//! it may be slower than the room; processor time is that of the room alone.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../common/exchange.rs"]
mod exchange;
#[path = "../common/figures.rs"]
mod figures;
mod member;
mod room;

use anyhow::{Context as _, bail};
use figures::{Comparison, print_heads, print_row};
use member::{Kind, Member};
use room::Room;
use std::time::{Duration, Instant};

/// Members in a room with pages, and in one with private lines.
const AT_PAGES: usize = 500;
const PRIVATE: usize = 100;

/// Members that speak, and what each of them says.
const SPEAKERS: usize = 10;
const MESSAGES: usize = 200;

/// Rounds. Each figure is their median.
const ROUNDS: usize = 3;

/// Time limit for all deliveries of a round.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a room has cost.
struct Figures {
    /// Resident memory of a member that has read everything, in KiB.
    kib: f64,
    /// Deliveries a second.
    deliveries: f64,
    /// Processor seconds for a million deliveries.
    processor: f64,
}

fn main() -> anyhow::Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("Measures only when `cargo bench` runs it.");
        return Ok(());
    }
    compare("pages", Kind::Page, AT_PAGES)?;
    compare("private", Kind::Private, PRIVATE)?;
    println!("\nEvery member got every message, once and in order.");
    Ok(())
}

/// Measures members of this kind beside as many at terminals.
fn compare(name: &str, kind: Kind, members: usize) -> anyhow::Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let terminal = measure(Kind::Terminal, members).context("with terminals")?;
        let other = measure(kind, members).with_context(|| format!("with {name}"))?;
        rounds.push((terminal, other));
    }
    println!(
        "\n{members} members, of whom {SPEAKERS} say {MESSAGES} messages of 100 bytes each: medians of \
         {ROUNDS} rounds, with the minimum and the maximum\n"
    );
    print_heads("members", "terminals", name);
    let row = |what, of: fn(&Figures) -> f64| {
        let figures: Vec<_> = rounds
            .iter()
            .map(|(terminal, other)| (of(terminal), of(other)))
            .collect();
        print_row(&members.to_string(), what, &Comparison::of(&figures), "");
    };
    row("KiB a member", |it| it.kib);
    row("thousand deliveries/s", |it| it.deliveries / 1e3);
    row("processor s/million", |it| it.processor);
    Ok(())
}

/// Fills a room with members of one kind, and has some of them speak.
fn measure(kind: Kind, count: usize) -> anyhow::Result<Figures> {
    let room = Room::open(kind)?;
    let empty = room.resident()?;
    let mut members = Vec::new();
    for number in 0..count {
        let name = match number + 1 {
            last if last == count => "last".to_owned(),
            number => format!("m{number}"),
        };
        members.push(Member::join((room.port, &room.code), kind, number, &name)?);
    }
    let begun = Instant::now();
    read_all(&mut members, begun, |member| member.is_complete)?;
    let kib = (room.resident()? - empty) / count as f64;
    let processor = room.processor()?;
    let begun = Instant::now();
    for message in 0..MESSAGES {
        for speaker in members.iter_mut().take(SPEAKERS) {
            speaker.say(message)?;
        }
    }
    let due = SPEAKERS * MESSAGES;
    read_all(&mut members, begun, |member| member.heard >= due)?;
    let time = begun.elapsed().as_secs_f64();
    let deliveries = (due * count) as f64;
    if let Some(member) = members.iter().find(|member| member.heard > due) {
        bail!("a member got {} of {due} messages", member.heard);
    }
    Ok(Figures {
        kib,
        deliveries: deliveries / time,
        processor: (room.processor()? - processor) * 1e6 / deliveries,
    })
}

/// Has all members read until each has what it is to have.
fn read_all(
    members: &mut [Member],
    begun: Instant,
    is_done: impl Fn(&Member) -> bool,
) -> anyhow::Result<()> {
    loop {
        let mut has_all = true;
        for member in &mut *members {
            member.read()?;
            has_all &= is_done(member);
        }
        if has_all {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            bail!("some messages never arrived");
        }
    }
}

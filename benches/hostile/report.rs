//! The table, and whether a row meets its aims.

use crate::attack::{Kind, Spread};
use crate::trial::{Plan, Row};
use std::time::Duration;

/// Aims for the longest delay of a receipt: absolute, and beyond the longest of the same room while
/// it was quiet.
const LONGEST: Duration = Duration::from_millis(250);
const LONGER: Duration = Duration::from_millis(100);

/// Aim for `/kick` and for SIGTERM.
const HOST: Duration = Duration::from_secs(1);

/// Aim for the memory of the room, in MiB.
const MEMORY: u64 = 64;

const KIB_PER_MIB: u64 = 1_024;

/// The aims in words.
pub(crate) fn aims() -> String {
    format!(
        "receipts within {} ms and at most {} ms later than without hostile guests, no post lost or \
         out of order, no honest member removed, `/kick` and SIGTERM within {} s, at most {MEMORY} MiB",
        LONGEST.as_millis(),
        LONGER.as_millis(),
        HOST.as_secs(),
    )
}

pub(crate) fn print_heads(plan: &Plan) {
    println!(
        "Receipts of honest members in milliseconds, during {} s of attack; the limit of a wait is \
         {} s.\n",
        plan.loud.as_secs_f32(),
        plan.wait.as_secs(),
    );
    println!(
        "| hostile guests | how many | quiet: longest | 50 % | 99 % | longest | `/kick` ms | SIGTERM ms \
         | MiB | lost | out of order | removed | aims |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
}

/// Prints one row; returns whether it meets all aims.
pub(crate) fn print_row(
    kind: Kind,
    count: usize,
    spread: Spread,
    row: &anyhow::Result<Row>,
) -> bool {
    let place = match (count, spread) {
        (1, _) => "",
        (_, Spread::Each) => ", an address each",
        (_, Spread::Together) => ", one address",
    };
    let who = format!("{}: {} | {count}{place}", kind.name(), kind.words());
    let row = match row {
        Ok(row) => row,
        Err(error) => {
            println!("| {who} | | | | | | | | | | | {error:#} |");
            return false;
        }
    };
    let missed = missed(row);
    let verdict = match missed.is_empty() {
        true => "met".to_owned(),
        false => format!("missed: {}", missed.join(", ")),
    };
    println!(
        "| {who} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {verdict} |",
        cell(row.quiet.longest()),
        cell(row.loud.quantile(0.5)),
        cell(row.loud.quantile(0.99)),
        cell(row.loud.longest()),
        cell(row.kick),
        cell(row.end),
        row.peak
            .map_or_else(String::new, |peak| (peak / KIB_PER_MIB).to_string()),
        row.faults.lost,
        row.faults.out_of_order,
        row.faults.removed,
    );
    missed.is_empty()
}

/// Milliseconds, or a note that it took too long.
fn cell(time: Option<Duration>) -> String {
    time.map_or_else(
        || "timeout".to_owned(),
        |time| format!("{:.1}", time.as_secs_f64() * 1e3),
    )
}

/// The aims that a row misses.
fn missed(row: &Row) -> Vec<&'static str> {
    let longest = row.loud.longest();
    let is_late = longest.is_none_or(|longest| {
        longest > LONGEST
            || row
                .quiet
                .longest()
                .is_none_or(|quiet| longest > quiet + LONGER)
    });
    let is_slow = |time: Option<Duration>| time.is_none_or(|time| time > HOST);
    let faults = row.faults;
    let aims = [
        ("delay", is_late),
        ("kick", is_slow(row.kick)),
        // Without signals, there is nothing to measure.
        ("SIGTERM", cfg!(unix) && is_slow(row.end)),
        ("told", cfg!(unix) && !row.is_told),
        (
            "memory",
            row.peak.is_some_and(|peak| peak > MEMORY * KIB_PER_MIB),
        ),
        ("order", faults.lost + faults.out_of_order > 0),
        ("removed", faults.removed > 0),
        ("the room has ended", row.had_ended),
    ];
    let missed = aims.into_iter().filter(|(_, is_missed)| *is_missed);
    missed.map(|(aim, _)| aim).collect()
}

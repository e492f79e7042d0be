//! This program passes its own examination.

use super::{OF_SERVERS, Report, at_once, awaiting, inapplicable, probe};
use crate::support::Program;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tictalk::wire::{Dialect, SizeForm};

/// The dialects in which another program can talk with the bot, by their names for `--wire`. The lines
/// dialect is not recognized by a server, so [`a_server_with_typed_answers_passes`] names it.
fn dialects() -> Vec<&'static str> {
    let counted = SizeForm::ALL.into_iter().map(Dialect::Counted);
    let all = [Dialect::Framed, Dialect::Raw].into_iter().chain(counted);
    all.map(Dialect::name).collect()
}

/// How a report differs from one in which every case that applies has passed.
fn deviation(report: &Report, wire: &str, of_servers: &[&str]) -> Option<String> {
    let expected = [inapplicable(wire), of_servers].concat();
    let skipped = report.with("not-applicable");
    let is_right =
        report.code == 0 && skipped == expected && report.json["framing"]["reads"] == wire;
    let found = [report.with("fault"), report.with("style")];
    (!is_right).then(|| format!("{wire}: {found:?}, without {skipped:?}"))
}

/// The level at which the bot never loses, so that a game ends as the probe wants it.
const PERFECT: [&str; 2] = ["--level", "perfect"];

/// How many bots are examined at a time: each of them and its probe are processes that compute.
const BOTS: usize = 10;

/// Calls `examine` for each dialect, and returns the deviations.
fn examined(
    all: &[&'static str],
    examine: impl Fn(&'static str) -> Option<String> + Sync,
) -> Vec<String> {
    let some = all.chunks(BOTS);
    some.flat_map(|some| at_once(some, &examine)).collect()
}

#[test]
fn the_bot_passes_as_server_in_every_dialect_that_it_recognizes() {
    let wrong = examined(&dialects(), |wire| {
        let (_bot, port) = Program::bot().args(PERFECT).start().listening();
        let probe = probe(port).args(["--format", "json", "--strict", "--wire", wire]);
        deviation(&Report::of(&probe.run()), wire, &[])
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The probe recognizes each dialect in the first message of the client.
#[test]
fn the_bot_passes_as_client_in_every_dialect_but_its_own() {
    let all = [dialects(), vec!["lines"]].concat();
    let wrong = examined(&all, |wire| {
        let (probe, port) = awaiting(&["--format", "json", "--strict"]);
        let has_ended = AtomicBool::new(false);
        let report = thread::scope(|scope| {
            scope.spawn(|| {
                while !has_ended.load(Ordering::Relaxed) {
                    let bot = Program::new().args(["bot", "--join", "--wire", wire]);
                    let bot = bot.args(PERFECT).args(["--port", &port.to_string()]);
                    let ended = bot.run();
                    if ended.stderr.contains("nobody listens") {
                        return;
                    }
                }
            });
            let finished = probe.finish();
            has_ended.store(true, Ordering::Relaxed);
            Report::of(&finished)
        });
        deviation(&report, wire, &OF_SERVERS)
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A person's program, of which every answer is typed ahead.
#[test]
fn a_server_with_typed_answers_passes() {
    let server = Program::server().args(["--keep", "--no-journal", "--wire", "lines"]);
    let (mut server, port) = server.start().listening();
    server.feed(&"Hello\n".repeat(200));
    let chosen = ["--only", "turns", "--only", "bytes", "--only", "ends/quit"];
    let probe = probe(port).args(["--format", "json", "--strict", "--wire", "lines"]);
    let report = Report::of(&probe.args(chosen).run());
    assert_eq!(report.code, 0, "{}", report.json);
    assert!(report.with("pass").len() >= 17, "{}", report.json);
}

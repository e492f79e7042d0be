//! This program passes its own examination.

use super::{Report, awaiting, probe};
use crate::support::Program;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[test]
fn the_bot_passes_as_server() {
    let (_bot, port) = Program::bot().start().listening();
    for wire in ["framed", "raw", "le32"] {
        let probe = probe(port).args(["--format", "json", "--strict", "--wire", wire]);
        let report = Report::of(&probe.run());
        assert_eq!(report.code, 0, "{wire}: {}", report.json);
        // Without a framing, long messages may come in pieces.
        let passes = if wire == "raw" { 29 } else { 32 };
        assert!(
            report.with("pass").len() >= passes,
            "{wire}: {}",
            report.json
        );
    }
}

#[test]
fn the_bot_passes_as_client_in_every_dialect_but_its_own() {
    thread::scope(|scope| {
        for wire in ["framed", "raw", "lines", "u16", "digits10"] {
            scope.spawn(move || {
                let (probe, port) = awaiting(&["--format", "json", "--strict"]);
                let has_ended = AtomicBool::new(false);
                let report = thread::scope(|scope| {
                    scope.spawn(|| {
                        while !has_ended.load(Ordering::Relaxed) {
                            let bot = Program::new().args(["bot", "--join", "--wire", wire]);
                            let ended = bot.args(["--port", &port.to_string()]).run();
                            if ended.stderr.contains("nobody listens") {
                                return;
                            }
                        }
                    });
                    let finished = probe.finish();
                    has_ended.store(true, Ordering::Relaxed);
                    Report::of(&finished)
                });
                assert_eq!(report.code, 0, "{wire}: {}", report.json);
                assert!(report.with("pass").len() >= 26, "{wire}: {}", report.json);
                assert_eq!(report.json["framing"]["reads"], wire);
            });
        }
    });
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

//! The recognition of the framing, and what the probe says when it fails.

use super::{Report, animal, awaiting, probe, serving};
use crate::support::Program;

/// A probe with this timeout.
fn probe_within(port: u16, seconds: &str) -> Program {
    let address = format!("127.0.0.1:{port}");
    Program::new().args(["probe", &address, "--timeout", seconds])
}

#[test]
fn the_first_answer_has_the_time_of_the_option() {
    let (_animal, port) = serving("ThinksFirst", "raw");
    let probe = probe_within(port, "20").args(["--only", "turns/twice", "--format", "json"]);
    let finished = probe.run();
    let told = "Waiting for an answer from your program: type a line there, if it asks for one\n";
    assert_eq!(finished.stderr, told, "{finished:?}");
    let report = Report::of(&finished);
    assert_eq!(report.with("pass"), ["turns/twice"], "{}", report.json);
    assert_eq!(report.json["framing"]["reads"], "raw");
}

#[test]
fn a_server_that_never_answers_is_not_said_to_have_ended() {
    let (_animal, port) = animal("NeverAnswers", "raw", "serve", 0)
        .start()
        .listening();
    let finished = probe_within(port, "1").run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "your program did not answer within 1 s: type a line when it prompts for one, or run it as \
                `yes hello | python3 server.py`";
    assert!(finished.stderr.contains(told), "{finished:?}");
    assert!(!finished.stderr.contains("ended"), "{finished:?}");
}

#[test]
fn a_framing_that_was_named_may_be_the_wrong_one() {
    let (_partner, port) = serving("Partner", "digits64");
    let only = ["--only", "turns/answer", "--only", "bytes/framing"];
    let probe = probe(port).args(["--format", "json", "--wire", "digits10"]);
    let report = Report::of(&probe.args(only).run());
    assert_eq!(report.with("fault"), ["turns/answer"], "{}", report.json);
    let came = report.came("turns/answer");
    assert!(came.ends_with("; or the framing is not digits10"), "{came}");
    let framing = report.came("bytes/framing");
    assert_eq!(framing, "not tried: turns/answer failed");
}

#[test]
fn a_reader_of_lines_without_a_buffer_is_advised_to_name_lines() {
    let (_animal, port) = serving("SplitsWhatComes", "raw");
    let json = ["--format", "json"];
    let only = [
        "--only",
        "turns/answer",
        "--only",
        "bytes/4095",
        "--only",
        "bytes/4096",
    ];
    let report = Report::of(&probe(port).args(json).args(only).run());
    assert_eq!(report.with("pass"), ["turns/answer"], "{}", report.json);
    assert_eq!(report.with("not-applicable"), ["bytes/4095", "bytes/4096"]);
    let note = report.json["note"].as_str().unwrap();
    assert!(note.ends_with("probe it with --wire lines."), "{note}");
    let named = ["--wire", "lines", "--only", "bytes/split-body"];
    let report = Report::of(&probe(port).args(json).args(named).run());
    assert_eq!(
        report.with("fault"),
        ["bytes/split-body"],
        "{}",
        report.json
    );
    let (_animal, port) = serving("SplitsWhatComes", "raw");
    let finished = probe(port).args(["--only", "turns"]).run();
    let note = "Your answers end in a newline. If your program should read lines, probe it";
    assert!(finished.stdout.contains(note), "{finished:?}");
}

#[test]
fn the_size_of_a_framing_without_two_bytes_is_named() {
    for (framing, why) in [
        ("lines", "lines have no size"),
        ("u8", "the size is one byte"),
    ] {
        let (_partner, port) = serving("Partner", framing);
        let probe = probe(port).args(["--format", "json", "--wire", framing]);
        let report = Report::of(&probe.args(["--only", "bytes/split-header"]).run());
        assert_eq!(report.came("bytes/split-header"), why);
    }
}

#[test]
fn digits_with_a_byte_0_can_be_named_and_are_recognized_in_a_client() {
    for framing in ["digits-nul", "nul-digits-nul"] {
        let (_partner, port) = serving("Partner", framing);
        let probe = probe(port).args(["--format", "json", "--wire", framing]);
        let report = Report::of(&probe.args(["--only", "bytes"]).run());
        assert_eq!(report.with("pass").len(), 14, "{framing}: {}", report.json);
        let (probe, port) = awaiting(&["--format", "json", "--only", "turns"]);
        let _partner = animal("Partner", framing, "join", port).start();
        let report = Report::of(&probe.finish());
        assert_eq!(report.json["framing"]["reads"], framing);
        assert_eq!(report.with("pass").len(), 5, "{framing}: {}", report.json);
    }
}

/// An echo returns the opening message as it is, so its framing seems to be the one of that message.
#[test]
fn an_echo_is_said_to_be_one() {
    for (kind, framing, expected) in [
        ("EchoesBytes", "raw", "raw"),
        ("EchoesLines", "raw", "lines"),
        ("EchoesMessages", "framed", "framed"),
        ("EchoesMessages", "u16", "u16"),
        ("EchoesMessages", "u8", "u8"),
    ] {
        let (_animal, port) = serving(kind, framing);
        let probe = probe(port).args(["--format", "json", "--only", "turns"]);
        let report = Report::of(&probe.run());
        let name = &report.json["framing"]["reads"];
        assert_eq!(name, expected, "{kind}: {}", report.json);
        let note = report.json["note"].as_str().unwrap();
        assert!(note.starts_with("Your program is an echo: "), "{note}");
        assert_eq!(report.with("pass").len(), 5, "{kind}: {}", report.json);
    }
}

#[test]
fn an_answer_that_is_no_text_is_shown() {
    let (_animal, port) = serving("AnswersGarbage", "raw");
    let finished = probe(port).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "tictalk: the framing of this answer is not known: \"\u{fffd}␀\u{fffd}␇\u{fffd}";
    assert!(finished.stderr.starts_with(told), "{finished:?}");
    assert!(
        finished.stderr.contains(" = 9d 00 ff 07 80 "),
        "{finished:?}"
    );
}

#[test]
fn a_server_that_hangs_up_at_the_opening_is_not_said_to_be_silent() {
    let (_animal, port) = serving("HangsUpAtTheFirstMessage", "raw");
    let finished = probe(port).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "tictalk: your program closes the connection when it receives the first message: ";
    assert!(finished.stderr.starts_with(told), "{finished:?}");
}

#[test]
fn a_framing_that_was_named_is_compared_with_the_first_message_of_a_client() {
    let (probe, port) = awaiting(&["--wire", "digits10"]);
    let _partner = animal("Partner", "framed", "join", port).start();
    let finished = probe.finish();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "the first message of your client is not in the framing digits10: ";
    assert!(finished.stderr.contains(told), "{finished:?}");
}

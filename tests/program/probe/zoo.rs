//! The exam of the probe: partners with one fault each, of which exactly that one is found.

use super::{OF_SERVERS, Report, animal, at_once, awaiting, inapplicable, probe, serving};

/// The animals of `zoo/zoo.py`: the case that has a fault, and for some the verdict `style`.
const ANIMALS: &[(&str, &str)] = &[
    ("ClosesAtOnce", "turns/connect"),
    ("GreetsAndCloses", "turns/connect"),
    ("ResetsAtOnce", "turns/connect"),
    ("FloodsAtOnce", "turns/connect"),
    ("AnswersTwice", "turns/answer"),
    ("IgnoresRepetition", "turns/twice"),
    ("SpeaksOutOfTurn", "turns/pause"),
    ("DropsEarlyMessages", "turns/early"),
    ("WritesLittleEndian", "bytes/framing"),
    ("CountsTheSizeItself", "bytes/framing"),
    ("ReadsHeaderOnce", "bytes/split-header"),
    ("ReadsBodyOnce", "bytes/split-body"),
    ("ReadsThreePieces", "bytes/one-at-a-time"),
    ("DropsWhatFollows", "bytes/two-in-one-write"),
    ("IgnoresLetters", "bytes/one-byte"),
    ("CountsCharacters", "bytes/utf8"),
    ("DecodesPieces", "bytes/utf8-cut"),
    ("DecodesStrictly", "bytes/utf8-invalid"),
    ("SplitsAtCrLf", "bytes/crlf"),
    ("TakesEmptyForTheEnd", "bytes/empty"),
    ("ReadsAtMost1024", "bytes/4095"),
    ("Refuses4096", "bytes/4096"),
    ("EndsAt4097", "style bytes/4097"),
    ("EndsAtPlay", "game/start"),
    ("DrawsBesides", "game/board"),
    ("TakesOccupied", "game/occupied"),
    ("TakesZero", "game/zero"),
    ("EndsAtTen", "game/ten"),
    ("EndsAtLetters", "game/letters"),
    ("MovesAtChat", "game/chat"),
    ("ForgetsTheTurn", "game/turn"),
    ("MissesWins", "game/win"),
    ("MissesDraws", "game/draw"),
    ("TakesTwoMoves", "game/out-of-turn"),
    ("QuitsWhenMentioned", "ends/mention"),
    ("SpinsAtTheEnd", "ends/close"),
    ("NeverCloses", "ends/close"),
    ("HasNoPatience", "ends/silence"),
    ("ReplacesTheFirst", "ends/second-client"),
    ("EndsAtReset", "ends/reset"),
    ("KnowsNoQuit", "style ends/quit"),
    ("QuitsWithNewlineOnly", "ends/quit"),
    ("QuitsWithoutNewlineOnly", "ends/quit-newline"),
    ("BindsAgain", "ends/again"),
    ("ServesOnlyTheFirst", "ends/again"),
];

#[test]
fn each_animal_has_its_fault_and_no_other() {
    let wrong = at_once(ANIMALS, |(kind, expected)| {
        let (_animal, port) = serving(kind, "framed");
        let report = Report::of(&probe(port).args(["--format", "json"]).run());
        let found = (report.with("fault"), report.with("style"), report.code);
        let expected = match expected.strip_prefix("style ") {
            Some(style) => (vec![], vec![style], 0),
            None => (vec![expected], vec![], 1),
        };
        (found != expected).then(|| format!("{kind}: {found:?}, and not {expected:?}"))
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The framings of `zoo/partner.py`, and whether the probe recognizes them in a server as well.
const FRAMINGS: [(&str, bool); 8] = [
    ("framed", true),
    ("u16", true),
    ("le32", true),
    // A server with one of these ends at the size of the opening message, as a program does that
    // takes any size for a good one.
    ("u64", false),
    ("digits10", false),
    ("lines", true),
    ("u8", true),
    ("raw", true),
];

#[test]
fn a_server_without_a_fault_passes_in_every_framing() {
    let wrong = at_once(&FRAMINGS, |(framing, is_recognized)| {
        let (_partner, port) = serving("Partner", framing);
        let mut probe = probe(port).args(["--format", "json", "--strict"]);
        if !is_recognized {
            probe = probe.args(["--wire", framing]);
        }
        let report = Report::of(&probe.run());
        passes(&report, framing, inapplicable(framing))
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_client_without_a_fault_passes_in_every_framing() {
    let wrong = at_once(&FRAMINGS, |(framing, _)| {
        let (probe, port) = awaiting(&["--format", "json", "--strict"]);
        let _partner = animal("Partner", framing, "join", port).start();
        let report = Report::of(&probe.finish());
        passes(
            &report,
            framing,
            &[inapplicable(framing), &OF_SERVERS].concat(),
        )
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Describes a report that should have no fault, but has one.
fn passes(report: &Report, framing: &str, without: &[&str]) -> Option<String> {
    let skipped = report.with("not-applicable");
    let named = &report.json["framing"];
    let is_named = named["reads"] == framing && named["writes"] == framing;
    let is_right = report.code == 0 && skipped == without && is_named;
    let found = [report.with("fault"), report.with("style")];
    (!is_right).then(|| format!("{framing}: {named} {found:?}, without {skipped:?}"))
}

/// Some faults are those of clients, too.
#[test]
fn faults_of_clients_are_found() {
    const CLIENTS: &[(&str, &str)] = &[
        ("LeavesInSilence", "turns/connect"),
        ("FloodsAtOnce", "turns/connect"),
        // As a client, it says something first.
        ("ClosesAtOnce", "turns/answer"),
        ("AnswersTwice", "turns/answer"),
        ("ReadsBodyOnce", "bytes/split-body"),
        ("DecodesStrictly", "bytes/utf8-invalid"),
        ("TakesEmptyForTheEnd", "bytes/empty"),
        ("EndsAtLetters", "game/letters"),
        ("MissesDraws", "game/draw"),
        ("SpinsAtTheEnd", "ends/close"),
        ("QuitsWithoutNewlineOnly", "ends/quit-newline"),
    ];
    let wrong = at_once(CLIENTS, |(kind, expected)| {
        let (probe, port) = awaiting(&["--format", "json"]);
        let _partner = animal(kind, "framed", "join", port).start();
        let report = Report::of(&probe.finish());
        let found = [report.with("fault"), report.with("style")];
        (found != [vec![expected], vec![]]).then(|| format!("{kind}: {found:?}"))
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_server_that_serves_once_has_no_fault() {
    let (_partner, port) = serving("ServesOnce", "framed");
    let report = Report::of(&probe(port).args(["--format", "json", "--strict"]).run());
    assert_eq!(report.code, 0, "{}", report.json);
    assert!(report.with("pass").contains(&"game/win"), "{}", report.json);
    assert!(
        report
            .came("ends/quit")
            .starts_with("not tried: your program has ended")
    );
}

#[test]
fn nuisances_do_not_hold_the_probe_up() {
    for kind in ["Floods", "Drips"] {
        let (_animal, port) = serving(kind, "framed");
        let probe = probe(port).args(["--format", "json", "--wire", "framed"]);
        let report = Report::of(&probe.args(["--only", "turns"]).run());
        assert_eq!(report.with("fault"), ["turns/answer"], "{}", report.json);
    }
}

/// Programs that keep no connection open, and what is said about each.
const KEEPS_NONE: &[(&str, &str)] = &[
    (
        "ClosesAtOnce",
        "your program closed each of 3 connections before the probe sent anything",
    ),
    (
        "GreetsAndCloses",
        "your program closed each of 3 connections after sending \"␀␀␀␈Welcome!\", before the probe \
         sent anything",
    ),
    (
        "ResetsAtOnce",
        "your program reset each of 3 connections before the probe sent anything",
    ),
    (
        "FloodsAtOnce",
        "your program sent more than 256 KiB on each of 3 connections before the probe sent anything",
    ),
];

#[test]
fn a_program_that_keeps_no_connection_open_is_told_what_it_did() {
    let wrong = at_once(KEEPS_NONE, |(kind, told)| {
        let (_animal, port) = serving(kind, "framed");
        let options: [&[&str]; 3] = [&[], &["--wire", "framed"], &["--only", "game"]];
        let found = options.map(|options| {
            let report = Report::of(&probe(port).args(["--format", "json"]).args(options).run());
            let rest = report.with("not-applicable");
            let is_rest = rest.len() == report.cases().len() - 1;
            let is_told = report.came("turns/connect") == told;
            (report.code == 1 && is_rest && is_told)
                .then_some(())
                .ok_or(report.json)
        });
        found
            .into_iter()
            .find_map(Result::err)
            .map(|json| format!("{kind}: {json}"))
    });
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn an_examination_that_tries_no_case_is_no_success() {
    let (_partner, port) = serving("Partner", "raw");
    let finished = probe(port).args(["--only", "bytes/split-body"]).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "tictalk: no case could be tried; the report gives the reasons\n";
    assert_eq!(finished.stderr, told);
}

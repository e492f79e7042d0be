//! The report in its four formats.

use super::{Report, probe, serving};

#[test]
fn text_shows_what_was_sent_expected_and_received_and_where_to_look() {
    let (_animal, port) = serving("QuitsWhenMentioned", "framed");
    let finished = probe(port).args(["--only", "ends/mention"]).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let shown = finished.stdout.replace(&port.to_string(), "PORT");
    let (shown, took) = shown.trim_end().rsplit_once("; ").unwrap();
    assert_eq!(
        shown,
        "tictalk probe: server at 127.0.0.1:PORT\n\
         Framing: a size comes first: 4 bytes, big-endian\n\
         \n\
         ends\n\
         \x20 FAULT   ends/mention           A sentence that mentions /q is sent: \"What does\n\
         \x20                                /q do?\".\n\
         \n\
         FAULT ends/mention\n\
         \x20 case          A sentence that mentions /q is sent: \"What does /q do?\".\n\
         \x20 sent          20 bytes \"␀␀␀␐What does /q do?\" = 00 00 00 10 57 68 61 74 20 64\n\
         \x20               6f 65 73 20 2f 71 20 64 6f 3f\n\
         \x20 expected      one answer\n\
         \x20 received      your program closed the connection\n\
         \x20 where to look Compare the whole text (text == \"/q\"), not a part of it (\"/q\" in\n\
         \x20               text).\n\
         \x20 see           a message whose whole text is /q ends the conversation\n\
         \x20               (docs/protocol.md in the source of tictalk, \"Goodbye\")\n\
         \n\
         1 case: 0 passed, 1 fault, 0 style, 0 not applicable"
    );
    assert!(took.ends_with(" s"), "{took}");
}

#[test]
fn foreign_text_is_marked_in_every_format() {
    let (_animal, port) = serving("SendsControls", "framed");
    for format in ["text", "json", "junit", "markdown"] {
        let probe = probe(port).args(["--only", "bytes/split-body", "--format", format]);
        let finished = probe.run();
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let is_plain = |c: char| !c.is_control() || c == '\n';
        assert!(finished.stdout.chars().all(is_plain), "{finished:?}");
        assert!(!finished.stdout.contains('\u{202e}'), "{finished:?}");
        match format {
            "junit" => assert!(
                finished
                    .stdout
                    .contains("␛[2J␛]0;owned␇ &lt;b&gt;&amp;&quot;'")
            ),
            "markdown" => assert!(finished.stdout.contains("␛\\[2J␛\\]0;owned␇ \\<b\\>\\&")),
            _ => assert!(finished.stdout.contains("␛[2J␛]0;owned␇ <b>&")),
        }
    }
}

#[test]
fn junit_counts_faults_and_skipped_cases() {
    let (_animal, port) = serving("ReadsBodyOnce", "framed");
    let probe = probe(port).args(["--only", "bytes", "--format", "junit"]);
    let finished = probe.run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let xml = finished.stdout;
    assert!(
        xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "),
        "{xml}"
    );
    assert!(
        xml.contains(" tests=\"14\" failures=\"1\" errors=\"0\" skipped=\"5\" "),
        "{xml}"
    );
    assert!(xml.contains("name=\"bytes/split-body\""), "{xml}");
    let message = "<failure message=\"an answer to the first piece alone: &quot;I have read your \
                   message.&quot;\">";
    assert!(xml.contains(message), "{xml}");
    assert!(
        xml.contains("<skipped message=\"not tried: bytes/split-body failed\"/>"),
        "{xml}"
    );
    assert_eq!(xml.matches("<testcase ").count(), 14, "{xml}");
}

#[test]
fn markdown_has_a_table_and_the_details() {
    let (_animal, port) = serving("KnowsNoQuit", "framed");
    let probe = probe(port).args(["--only", "ends/quit", "--format", "markdown"]);
    let finished = probe.run();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let page = finished.stdout;
    assert!(page.contains("| style | `ends/quit` |"), "{page}");
    assert!(
        page.contains("\n- Received: your program does not close the connection: it treats /q as an ordinary message\n"),
        "{page}"
    );
}

#[test]
fn strict_counts_style_as_a_fault() {
    let (_animal, port) = serving("KnowsNoQuit", "framed");
    let only = ["--only", "ends/quit", "--format", "json"];
    let report = Report::of(&probe(port).args(only).run());
    assert_eq!((report.code, report.with("style")), (0, vec!["ends/quit"]));
    let report = Report::of(&probe(port).args(only).args(["--strict"]).run());
    assert_eq!((report.code, report.with("style")), (1, vec!["ends/quit"]));
}

/// A program with two faults, the second of which ends it.
const ENDED: &str = "not tried: your program ended at bytes/utf8-invalid";

#[test]
fn a_crash_is_one_fault() {
    let (_animal, port) = serving("DropsAndEnds", "framed");
    let report = Report::of(&probe(port).args(["--format", "json"]).run());
    let faults = ["bytes/two-in-one-write", "bytes/utf8-invalid"];
    assert_eq!(report.with("fault"), faults, "{}", report.json);
    for id in ["game/start", "ends/reset", "ends/again"] {
        assert_eq!(report.came(id), ENDED, "{id}");
    }
    assert_eq!(report.json["ended_by"], "bytes/utf8-invalid");
}

#[test]
fn cases_after_a_crash_share_a_line() {
    let (_animal, port) = serving("DropsAndEnds", "framed");
    let finished = probe(port).run();
    let shown = finished.stdout;
    for family in ["11 cases", "9 cases"] {
        let line = format!("  -       {family:22} not tried: your program ended at");
        assert_eq!(shown.matches(&line).count(), 1, "{shown}");
    }
    let end = "\nYour program ended at bytes/utf8-invalid. Fix the fault and probe again.\n";
    assert!(shown.ends_with(end), "{shown}");
    assert!(!shown.contains("--only"), "{shown}");
}

#[test]
fn the_first_of_several_causes_is_named() {
    let (_animal, port) = serving("AnswersTwice", "framed");
    let report = Report::of(&probe(port).args(["--format", "json"]).run());
    for id in [
        "bytes/split-header",
        "bytes/4097",
        "game/turn",
        "ends/again",
    ] {
        assert_eq!(report.came(id), "not tried: turns/answer failed", "{id}");
    }
}

#[test]
fn a_run_of_one_byte_is_written_once() {
    let (_animal, port) = serving("QuitsWhenMentioned", "digits64");
    let wire = ["--wire", "digits64", "--only", "ends/mention"];
    let finished = probe(port).args(wire).run();
    let sent = "sent          80 bytes \"16 (×62)What does /q do?\" = 31 36 20×62 57 68 61 74";
    assert!(finished.stdout.contains(sent), "{finished:?}");
}

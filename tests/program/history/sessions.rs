//! Sessions as they are listed, shown and exported.

use super::{GAME, Journal, talk, talk_into, talk_with};
use crate::support::Program;
use serde_json::Value;

#[test]
fn the_list_says_with_whom_what_was_played_and_how_it_ended() {
    let talked = talk(GAME);
    for (journal, partner, result) in [
        (&talked.server, "bob (client)", "won"),
        (&talked.client, "ann (server)", "lost"),
    ] {
        let list = journal.read(&["history"]);
        let (headings, row) = list.split_once('\n').unwrap();
        assert_eq!(
            headings,
            "ID  WHEN              WITH          TURNS  STATE     GAMES"
        );
        let (when, rest) = row.split_at(22);
        assert!(when.starts_with(" 1  20"), "{row}");
        assert_eq!(
            rest,
            format!("{partner}      9  finished  tictactoe: {result}\n")
        );
    }
}

#[test]
fn an_unfinished_session_says_how_to_resume() {
    let journal = Journal::new();
    let (mut server, port) = Program::server().start().listening();
    let options = ["--data", &journal.folder, "--reconnect", "0"];
    let mut client = Program::client(port).args(options).start();
    client.prompt();
    client.enter("play tictactoe");
    server.wait_for("play tictactoe\n");
    drop(server);
    assert_eq!(client.finish().code, Some(1));
    let list = journal.read(&["history"]);
    assert!(list.contains(&format!("localhost:{port}")), "{list}");
    assert!(
        list.contains("unfinished  tictactoe: unfinished\n"),
        "{list}"
    );
    let resume = format!("tictalk client --port {port} --resume");
    assert!(
        list.contains(&format!("`{resume}` resumes session 1.")),
        "{list}"
    );
    let shown = journal.read(&["history", "show", "1"]);
    assert!(shown.contains("Ended: unfinished\n"), "{shown}");
    assert!(shown.contains(&format!("Resume: {resume}\n")), "{shown}");
    // It stops where the session did.
    assert!(journal.read(&["replay", "1"]).ends_with("+---+---+---+\n"));
}

#[test]
fn a_session_is_shown_turn_by_turn() {
    let talked = talk(GAME);
    let shown = talked.client.read(&["history", "show", "1"]);
    let (facts, turns) = shown.split_once("\n\n").unwrap();
    assert!(
        facts.starts_with("Session 1\nWith: ann (server)\n"),
        "{facts}"
    );
    for fact in [
        &format!("\nServer: localhost:{}\n", talked.port),
        "\nTurns: 9\n",
        "\nGames: tictactoe: lost\n",
        "\nFingerprint: ",
        " by ann (server)\n",
    ] {
        assert!(facts.contains(fact), "{fact} is not in\n{facts}");
    }
    let turns: Vec<&str> = turns.lines().collect();
    assert!(turns[0].starts_with("1  20") && turns[0].ends_with("  you: Hello"));
    assert!(turns[1].ends_with("  ann: How are you?"));
    // The last board and the result follow the turn that ends the game.
    let end = turns
        .iter()
        .position(|line| line.starts_with("8  "))
        .unwrap();
    let after = &turns[end + 1..turns.len() - 1];
    assert_eq!(after.last(), Some(&"   tictactoe: ann won"), "{shown}");
    assert!(
        after.iter().any(|line| line.contains("|*X*|*X*|*X*|")),
        "{shown}"
    );
    assert_eq!(turns.len(), GAME.len() + after.len());
    let server = talked.server.read(&["history", "show", "1"]);
    assert!(server.contains("\n   tictactoe: you won\n9  "), "{server}");
    // An export is for other programs: it has only what was said.
    let export = talked.client.read(&["history", "export", "1"]);
    assert!(
        !export.contains("ann won") && !export.contains('|'),
        "{export}"
    );
}

#[test]
fn turns_between_programs_are_explained() {
    let journal = Journal::new();
    let solo = Program::new().args(["solo"]).data(&journal.folder);
    let solo = solo.stdin("play rps 1\nrock\n/q\n").run();
    assert_eq!(solo.code, Some(0), "{}", solo.stderr);
    let shown = journal.read(&["history", "show", "last"]);
    assert!(shown.contains("rps: "), "{shown}");
    let note = "\n\nTurns in parentheses are for the programs: sealed moves, and \"noted\" without a move to \
                make.\n";
    assert!(shown.ends_with(note), "{shown}");
    let plain = talk(&["Hello"]).client.read(&["history", "show", "last"]);
    assert!(!plain.contains("parentheses"), "{plain}");
}

#[test]
fn last_is_the_newest_session() {
    let first = talk(&["One"]);
    let both = talk_into(&["Two"], first.server, first.client);
    let journal = &both.client;
    for command in [
        &["history", "show", "last"][..],
        &["history", "export", "last"],
        &["replay", "last"],
    ] {
        let shown = journal.read(command);
        assert!(shown.contains("Two") && !shown.contains("One"), "{shown}");
    }
    assert!(journal.read(&["verify", "last"]).starts_with("Session 2: "));
    assert_eq!(
        journal.read(&["history", "delete", "last"]),
        "Deleted session 2: 1 turn.\n"
    );
    assert!(journal.read(&["verify", "last"]).starts_with("Session 1: "));
    journal.read(&["history", "delete", "last"]);
    for journal in [journal, &Journal::new()] {
        for command in [
            &["history", "show", "last"][..],
            &["replay", "last"],
            &["verify", "last"],
        ] {
            let told = "tictalk: there is no session in the journal yet\n";
            assert_eq!(journal.fail(command), told);
        }
    }
}

#[test]
fn foreign_text_commands_no_terminal_and_passes_for_no_line_of_the_program() {
    let said = "hi\x1b[2J \u{9b}A \u{202e}txt\n# Session 2\n1  2026-01-01 00:00  you: yes\r\n```";
    let journal = talk_with(&[said]);
    for arguments in [
        &["history"][..],
        &["history", "show", "1"],
        &["history", "search", "hi"],
        &["history", "export", "1"],
        &["history", "export", "1", "--format", "json"],
        &["history", "export", "1", "--format", "markdown"],
        &["replay", "1"],
    ] {
        let text = journal.read(arguments);
        for c in ['\x1b', '\r', '\u{9b}', '\u{202e}'] {
            assert!(!text.contains(c), "{c:?} in {text}");
        }
        let is_replay = arguments[0] == "replay";
        for forged in ["# Session 2", "1  2026-01-01", "```"] {
            assert!(
                is_replay || !text.contains(&format!("\n{forged}")),
                "{forged} in {text}"
            );
        }
    }
    let shown = journal.read(&["history", "show", "1"]);
    assert!(
        shown.contains("a<U+202E>*b*: hi␛[2J <U+009B>A <U+202E>txt\n   # Session 2\n   1  2026"),
        "{shown}"
    );
    let markdown = journal.read(&["history", "export", "1", "--format", "markdown"]);
    assert!(markdown.contains("- Between: a\\<U\\+202E\\>\\*b\\* (client) and the server\n"));
    assert!(
        markdown.contains("\n\n    hi␛[2J <U+009B>A <U+202E>txt\n    # Session 2\n    1  2026"),
        "{markdown}"
    );
    let json = journal.read(&["history", "export", "1", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["turns"][0]["text"], said);
    assert_eq!(json["partner"], "a\u{202e}*b*");
}

#[test]
fn an_export_has_all_that_is_known_but_no_secret() {
    let talked = talk(GAME);
    let export = |format| {
        talked
            .server
            .read(&["history", "export", "1", "--format", format])
    };
    let json: Value = serde_json::from_str(&export("json")).unwrap();
    let mut names: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "began",
            "dialect",
            "ended",
            "fingerprint",
            "games",
            "host",
            "id",
            "me",
            "partner",
            "port",
            "role",
            "turns"
        ]
    );
    assert_eq!(json["id"], 1);
    assert_eq!(json["role"], "server");
    assert_eq!(json["dialect"], "tictalk");
    assert_eq!(json["port"], talked.port);
    assert_eq!(
        (&json["me"], &json["partner"]),
        (&"ann".into(), &"bob".into())
    );
    assert_eq!(json["ended"]["by"], "server");
    assert_eq!(json["games"][0]["game"], "tictactoe");
    assert_eq!(json["games"][0]["result"], "won");
    for (number, (turn, line)) in json["turns"]
        .as_array()
        .unwrap()
        .iter()
        .zip(GAME)
        .enumerate()
    {
        assert_eq!(turn["number"], number + 1);
        assert_eq!(turn["by"], ["client", "server"][number % 2]);
        assert_eq!(turn["text"], *line);
        let at = turn["at"].as_str().unwrap();
        assert!(
            at.len() == "2026-11-20T08:30:05.123Z".len() && at.ends_with('Z'),
            "{at}"
        );
    }
    let text = export("text");
    assert_eq!(talked.server.read(&["history", "export", "1"]), text);
    assert!(
        text.contains("\nBetween: bob (client) and ann (server)\n"),
        "{text}"
    );
    assert!(
        text.contains("\nGames: tictactoe: won (for ann (server))\n"),
        "{text}"
    );
    assert!(text.contains("  bob: Hello\n2  "), "{text}");
    let markdown = export("markdown");
    assert!(
        markdown.starts_with("# Session 1\n\n- Between: bob (client)"),
        "{markdown}"
    );
    assert!(
        markdown.contains(":\n\n    How are you?\n\n**3.** bob, "),
        "{markdown}"
    );
    let ticket: Vec<u8> = talked
        .server
        .open()
        .query_row("SELECT ticket FROM sessions", [], |row| row.get(0))
        .unwrap();
    let ticket: String = ticket.iter().map(|byte| format!("{byte:02x}")).collect();
    for format in ["text", "json", "markdown"] {
        assert!(!export(format).contains(&ticket));
    }
}

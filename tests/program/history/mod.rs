//! What people read of the journal: lists, transcripts, exports, replays.

use crate::support::{Finished, Program, Socket, control, frame, new_folder};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::Ticket;

mod rooms;

/// What two programs have written down and printed, called ann (the server) and bob (the client).
struct Talked {
    server: Journal,
    client: Journal,
    port: u16,
}

/// The journal of one program, and what the program printed.
struct Journal {
    folder: String,
    output: String,
}

impl Journal {
    fn new() -> Self {
        Self {
            folder: new_folder().to_str().unwrap().to_owned(),
            output: String::new(),
        }
    }

    /// What a command prints that reads this journal without trouble.
    fn read(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
        done.stdout
    }

    /// What a command says that cannot do what it is asked for.
    fn fail(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
        assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
        done.stderr
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        Program::new()
            .args(arguments)
            .env("TICTALK_DATA", &self.folder)
            .run()
    }

    fn open(&self) -> Connection {
        Connection::open(self.file("journal.db")).unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        Path::new(&self.folder).join(name)
    }

    /// Whether `words` are anywhere in its files.
    fn holds(&self, words: &str) -> bool {
        let files = std::fs::read_dir(&self.folder).unwrap();
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(words.len())
                .any(|window| window.eq_ignore_ascii_case(words.as_bytes()))
        })
    }
}

/// Two programs say these lines in turns, the client first, and leave.
fn talk(lines: &[&str]) -> Talked {
    talk_into(lines, Journal::new(), Journal::new())
}

fn talk_into(lines: &[&str], mut server: Journal, mut client: Journal) -> Talked {
    let (mut ann, port) = Program::server()
        .args(["--name", "ann"])
        .data(&server.folder)
        .start()
        .listening();
    let mut bob = Program::client(port)
        .args(["--name", "bob"])
        .data(&client.folder)
        .start();
    let mut speakers = [&mut bob, &mut ann].into_iter().collect::<Vec<_>>();
    for line in lines.iter().chain(&["/q"]) {
        speakers[0].prompt();
        speakers[0].enter(line);
        speakers.reverse();
    }
    server.output = ann.finish().stdout;
    client.output = bob.finish().stdout;
    Talked {
        server,
        client,
        port,
    }
}

/// A chat, and a game that the server wins.
const GAME: &[&str] = &[
    "Hello",
    "How are you?",
    "play tictactoe",
    "1",
    "4",
    "2",
    "5",
    "3",
    "Well played",
];

/// What a server has written down that a partner of no good will has talked to.
fn talk_with(messages: &[&str]) -> Journal {
    let journal = Journal::new();
    let (mut server, port) = Program::server().data(&journal.folder).start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&control(
        r#"{"type":"hello","version":2,"name":"a\u202e*b*"}"#,
    ));
    peer.receive_frame();
    for message in messages {
        peer.send(&frame(message));
        server.prompt();
        server.enter("oh");
        peer.receive_text();
    }
    peer.send(&frame("/q"));
    assert_eq!(server.finish().code, Some(0));
    journal
}

#[test]
fn without_a_journal_nothing_is_written_down_and_none_is_made() {
    let journal = Journal::new();
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
    assert_eq!(
        journal.read(&["history", "search", "x"]),
        "Nothing found.\n"
    );
    assert!(!Path::new(&journal.folder).exists());
}

#[test]
fn a_session_that_does_not_exist_is_an_error_in_one_line() {
    let talked = talk(&["Hello"]);
    for journal in [&talked.client, &Journal::new()] {
        for command in [
            &["history", "show", "7"][..],
            &["history", "export", "7"],
            &["history", "delete", "7"],
            &["replay", "7"],
            &["replay", "7", "--cast", "/dev/null"],
            &["verify", "7"],
        ] {
            assert_eq!(
                journal.fail(command),
                "tictalk: there is no session 7 in the journal: `tictalk history` lists them\n"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_journal_is_an_error_in_one_line_and_stays_as_it_is() {
    let journal = Journal::new();
    let file = journal.file("journal.db");
    std::fs::create_dir_all(&journal.folder).unwrap();
    let letter = "Dear diary, ".repeat(100);
    std::fs::write(&file, &letter).unwrap();
    for command in [&["history"][..], &["replay", "1"], &["verify", "1"]] {
        assert_eq!(
            journal.fail(command),
            format!(
                "tictalk: cannot open the journal {}: it is not a tictalk journal; name \
                 another folder with --data DIR\n",
                file.display()
            )
        );
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), letter);
}

#[test]
fn wrong_usage_is_exit_code_two() {
    for arguments in [
        &["history", "show"][..],
        &["history", "show", "0"],
        &["history", "show", "first"],
        &["history", "show", "r0"],
        &["history", "search"],
        &["history", "export", "1", "--format", "pdf"],
        &["replay", "1", "--speed", "0"],
        &["replay", "1", "--speed", "NaN"],
        &["replay", "1", "--speed", "inf"],
        &["replay", "1", "--speed=-1"],
        &["verify"],
    ] {
        assert_eq!(Journal::new().run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in [
        &["history"][..],
        &["history", "show"],
        &["history", "search"],
        &["history", "export"],
        &["history", "delete"],
        &["replay"],
        &["verify"],
    ] {
        let help = Journal::new().read(&[command, &["--help"]].concat());
        assert!(help.contains("Example"), "{command:?}");
        assert!(help.contains("--data <DIR>"), "{command:?}");
    }
}

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
fn an_unfinished_session_says_how_to_go_on() {
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
    // It stops where the talk did.
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
    assert_eq!(turns.len(), GAME.len());
    assert!(turns[0].starts_with("1  20") && turns[0].ends_with("  you: Hello"));
    assert!(turns[1].ends_with("  ann: How are you?"));
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
fn a_search_finds_words_and_their_beginnings_in_all_sessions() {
    let first = talk(&["Grüße from the harbour", "What a harbour"]);
    let both = talk_into(&["No harbor here"], first.server, first.client);
    let found = both.client.read(&["history", "search", "HARBO"]);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with("Session 2, turn 1, 20")
            && lines[0].ends_with(", you: No harbor here")
    );
    assert!(
        lines[1].starts_with("Session 1, turn 2, ") && lines[1].ends_with(", ann: What a harbour")
    );
    for (words, count) in [
        (&["what", "harbour"][..], 1),
        (&["harbour", "what"], 1),
        (&["what harbour"], 0),
        (&["a harbour"], 1),
        (&["gruße"], 1),
        (&["nowhere"], 0),
    ] {
        let found = both.client.read(&[&["history", "search"], words].concat());
        let hits = found.lines().filter(|line| line.starts_with("Session"));
        assert_eq!(hits.count(), count, "{words:?}: {found}");
        assert_eq!(found == "Nothing found.\n", count == 0);
    }
}

#[test]
fn a_search_takes_any_words() {
    let talked = talk(&["Hello", "Hello"]);
    for (words, hits) in [
        (&["\""][..], 0),
        (&["\"\"\""], 0),
        (&["'; DROP TABLE turns; --"], 0),
        (&["hello AND"], 0),
        (&["NEAR(hello"], 0),
        (&["text:hello"], 0),
        (&["*"], 0),
        (&["hello*"], 2),
        (&["(hello)"], 2),
        (&["\"hello\""], 2),
        (&["-", "hello"], 2),
        (&["👩\u{200d}🚀"], 0),
        (&["?!"], 0),
        (&[""], 0),
        (&["^hello"], 2),
        (&["{text}", "hello"], 0),
    ] {
        let found = talked
            .client
            .read(&[&["history", "search", "--"], words].concat());
        match hits {
            0 => assert_eq!(found, "Nothing found.\n", "{words:?}"),
            _ => assert_eq!(found.lines().count(), hits, "{words:?}: {found}"),
        }
    }
}

#[test]
fn a_search_that_finds_very_much_says_so() {
    let lines: Vec<String> = (1..=101).map(|number| format!("again {number}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let talked = talk(&lines);
    let found = talked.client.read(&["history", "search", "again"]);
    let hits = found.lines().filter(|line| line.starts_with("Session"));
    assert_eq!(hits.count(), 100);
    assert!(
        found.ends_with("\nOnly the newest 100 are listed: add a word to narrow the search.\n")
    );
    let fewer = talked.client.read(&["history", "search", "again", "101"]);
    assert_eq!(fewer.lines().count(), 1);
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

#[test]
fn what_is_deleted_is_in_none_of_the_files() {
    let first = talk(&["The word is xylophonist", "Zanzibarian is another"]);
    let both = talk_into(&["Quokkas stay"], first.server, first.client);
    let journal = &both.client;
    // Without this the words would only be at one place.
    assert!(
        journal
            .read(&["history", "search", "xylophonist"])
            .starts_with("Session 1, ")
    );
    assert!(journal.holds("xylophonist") && journal.holds("zanzibarian"));
    assert_eq!(
        journal.read(&["history", "delete", "1"]),
        "Deleted session 1: 2 turns.\n"
    );
    for word in ["xylophonist", "zanzibarian", "ylophon", "anzibar"] {
        assert!(!journal.holds(word), "{word} is still there");
    }
    assert_eq!(
        journal.read(&["history", "search", "xylophonist"]),
        "Nothing found.\n"
    );
    assert!(
        journal
            .fail(&["history", "show", "1"])
            .contains("no session 1")
    );
    assert!(
        journal
            .read(&["history", "search", "quokkas"])
            .starts_with("Session 2, ")
    );
    journal.read(&["verify", "2"]);
    // What was never searched for is gone as well.
    journal.read(&["history", "delete", "2"]);
    assert!(!journal.holds("quokka"));
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
}

#[test]
fn a_session_can_be_deleted_while_another_goes_on() {
    let first = talk(&["The word is xylophonist"]);
    let journal = first.client;
    let (mut ann, port) = Program::server().data(&journal.folder).start().listening();
    let mut bob = Program::client(port).start();
    bob.prompt();
    bob.enter("Hello");
    ann.prompt();
    let shown = journal.read(&["history", "show", "2"]);
    assert!(shown.contains("With: the client\n") && shown.contains("Ended: unfinished\n"));
    journal.read(&["history", "delete", "1"]);
    assert!(!journal.holds("xylophonist"));
    ann.enter("Hi");
    bob.wait_for("Hi\n");
    bob.enter("/q");
    assert_eq!(ann.finish().code, Some(0));
    assert!(
        journal
            .read(&["verify", "2"])
            .starts_with("Session 2: 2 turns, all")
    );
}

#[test]
fn who_deletes_is_told_when_somebody_still_reads() {
    let journal = talk(&["The word is xylophonist"]).client;
    let file = Path::new(&journal.folder).join("journal.db");
    let reader = Connection::open(file).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM turns")
        .unwrap();
    let told = journal.read(&["history", "delete", "1"]);
    assert!(
        told.contains("the text stays in the file until it has ended"),
        "{told}"
    );
    drop(reader);
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
}

#[test]
fn a_replay_on_a_pipe_is_what_the_pipe_got() {
    let talked = talk(GAME);
    assert_eq!(talked.client.read(&["replay", "1"]), talked.client.output);
    // Who connected is not written down.
    let seen = talked.server.output.lines();
    let seen = seen.filter(|line| !line.starts_with("Connected by"));
    let replayed = talked.server.read(&["replay", "1"]);
    assert!(replayed.lines().eq(seen), "{replayed}");
    let left = talk(&["Hello", "Bye"]);
    assert_eq!(left.client.read(&["replay", "1"]), left.client.output);
}

#[test]
fn a_talk_with_nc_can_be_replayed_too() {
    let journal = Journal::new();
    let (mut server, port) = Program::server().data(&journal.folder).start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello\n");
    server.prompt();
    server.enter("play tictactoe");
    peer.receive_until("| 7 | 8 | 9 |");
    peer.send(b"5\n");
    server.prompt();
    server.enter("1");
    peer.receive_until("[O]");
    peer.send(b"/q\n");
    let server = server.finish().stdout;
    let seen = server
        .lines()
        .filter(|line| !line.starts_with("Connected by"));
    let replayed = journal.read(&["replay", "1"]);
    assert!(replayed.lines().eq(seen), "{replayed}");
}

/// Sets an hour between any two turns. When something was said is not part of the chain.
fn spread_by_an_hour(journal: &Journal) {
    journal
        .open()
        .execute_batch(
            "UPDATE turns SET at = (SELECT began FROM sessions) + 3600000 * (id & 4294967295);
             UPDATE sessions SET ended = (SELECT max(at) FROM turns) + 3600000;",
        )
        .unwrap();
}

#[test]
fn a_recording_writes_over_no_file_unasked_and_is_for_nobody_else() {
    let talked = talk(&["Hello"]);
    let file = talked.client.file("kept.txt");
    let file = file.to_str().unwrap();
    std::fs::write(file, "keep").unwrap();
    assert_eq!(
        talked.client.fail(&["replay", "1", "--cast", file]),
        format!("tictalk: {file} exists: name another file, or add --force to overwrite it\n")
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), "keep");
    talked
        .client
        .read(&["replay", "1", "--cast", file, "--force"]);
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .starts_with("{\"env\"")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let new = talked.client.file("new.cast");
        let arguments = ["replay", "1", "--cast", new.to_str().unwrap()];
        talked.client.read(&arguments);
        let mode = std::fs::metadata(new).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_recording_reads_back_as_asciicast_with_what_was_seen() {
    let talked = talk(GAME);
    let journal = &talked.client;
    spread_by_an_hour(journal);
    let file = journal.file("talk.cast");
    let file = file.to_str().unwrap();
    for (speed, pause) in [("1", 3.0), ("2", 1.5), ("0.5", 6.0)] {
        let told = journal.read(&[
            "replay", "1", "--cast", file, "--force", "--speed", speed, "--color", "never",
        ]);
        assert!(told.contains(file), "{told}");
        let cast = std::fs::read_to_string(file).unwrap();
        let mut lines = cast.lines().map(|line| serde_json::from_str(line).unwrap());
        let header: Value = lines.next().unwrap();
        assert_eq!(header["version"], 2);
        assert_eq!(
            (&header["width"], &header["height"]),
            (&80.into(), &24.into())
        );
        assert!(header["timestamp"].as_u64().unwrap() > 1_700_000_000);
        assert_eq!(header["title"], "tictalk session 1 with ann (server)");
        let mut shown = String::new();
        let mut times = Vec::new();
        for event in lines {
            times.push(event[0].as_f64().unwrap());
            assert_eq!(event[1], "o");
            shown.push_str(event[2].as_str().unwrap());
        }
        // The beginning, then each turn, and the goodbye.
        let expected: Vec<f64> = (0_u8..=10).map(|turn| f64::from(turn) * pause).collect();
        assert_eq!(times, expected);
        assert_eq!(shown.matches('\n').count(), shown.matches("\r\n").count());
        let shown = shown.replace("\r\n", "\n");
        assert!(shown.contains("The server is ann.\n"), "{shown}");
        assert!(shown.contains("Enter Input >Hello ✓\nann: How are you?\nEnter Input >play"));
        assert!(shown.contains(" 1 |*X*|*X*|*X*|\n"), "{shown}");
        assert!(shown.ends_with("/q\nServer has requested shutdown. Shutting down!\n"));
    }
}

#[test]
fn a_recording_that_cannot_be_written_is_an_error_in_one_line() {
    let talked = talk(&["Hello"]);
    let folder = talked.client.folder.as_str();
    let error = talked.client.fail(&["replay", "1", "--cast", folder]);
    assert!(
        error.starts_with(&format!("tictalk: cannot write {folder}: ")),
        "{error}"
    );
}

#[test]
fn both_ends_have_the_same_fingerprint() {
    let talked = talk(GAME);
    let verified = talked.client.read(&["verify", "1"]);
    let (words, fingerprint) = verified.trim_end().split_once(" Fingerprint ").unwrap();
    assert_eq!(words, "Session 1: 9 turns, all unaltered.");
    assert_eq!(fingerprint.len(), "3f2a-91bc-07de.".len());
    assert_eq!(talked.server.read(&["verify", "1"]), verified);
    let another = talk(&["Hello"]).client.read(&["verify", "1"]);
    assert!(another.starts_with("Session 1: 1 turn, all") && !another.contains(fingerprint));
}

#[test]
fn what_was_changed_in_the_journal_is_found() {
    for change in [
        "UPDATE turns SET text = 'Goodbye' WHERE id & 4294967295 = 2",
        "UPDATE turns SET by = 'client' WHERE id & 4294967295 = 2",
        "DELETE FROM turns WHERE id & 4294967295 = 2",
        "UPDATE turns SET digest = zeroblob(32) WHERE id & 4294967295 = 2",
    ] {
        let talked = talk(&["Hello", "Hi", "Bye"]);
        talked.client.open().execute(change, []).unwrap();
        for command in [
            &["verify", "1"][..],
            &["history", "show", "1"],
            &["history", "export", "1"],
            &["replay", "1"],
        ] {
            assert_eq!(
                talked.client.fail(command),
                "tictalk: turn 2 of session 1 was altered in the journal\n",
                "{change}"
            );
        }
        let list = talked.client.read(&["history"]);
        assert!(list.ends_with("finished  altered!\n"), "{list}");
        talked.client.read(&["history", "delete", "1"]);
    }
}

/// Puts a turn into a journal and a chain over it that is in order.
fn forge(journal: &Journal, text: &str) {
    let db = journal.open();
    let ticket = db.query_row("SELECT ticket FROM sessions", [], |row| row.get(0));
    let mut log = TurnLog::new(Ticket::new(ticket.unwrap()));
    let entry = log.add(Turn {
        by: Role::Client,
        text: text.to_owned(),
    });
    let change = "UPDATE turns SET text = ?, digest = ?";
    db.execute(change, (text, entry.digest.as_bytes())).unwrap();
}

#[test]
fn a_turn_that_nobody_can_have_said_is_no_part_of_a_replay() {
    let talked = talk(&["Hello"]);
    for text in ["/board", "/q", "", "play tictactoe\nand more", "/resign"] {
        for journal in [&talked.client, &talked.server] {
            forge(journal, text);
            let replayed = journal.run(&["replay", "1"]);
            if text.contains('\n') {
                assert_eq!(replayed.code, Some(0), "{}", replayed.stderr);
                continue;
            }
            assert_eq!(
                (
                    replayed.code,
                    replayed.stdout.as_str(),
                    replayed.stderr.as_str()
                ),
                (
                    Some(1),
                    "",
                    "tictalk: turn 1 of session 1 was altered in the journal\n"
                ),
                "{text:?}"
            );
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let talked = talk(GAME);
    for arguments in [
        &["history"][..],
        &["history", "export", "1", "--format", "json"],
        &["replay", "1"],
    ] {
        let reader = Program::new().args(arguments);
        let done = reader.data(&talked.client.folder).unread().run();
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn the_folder_can_be_named_before_and_behind_the_command() {
    let talked = talk(&["Hello"]);
    let folder = talked.client.folder.as_str();
    for arguments in [
        &["history", "--data", folder, "show", "1"][..],
        &["history", "show", "1", "--data", folder],
        &["history", "show", "--data", folder, "1"],
        &["verify", "1", "--data", folder],
        &["replay", "1", "--data", folder],
        &["history", "--data", folder],
    ] {
        // The variable names a folder where nothing is.
        let read = Journal::new().read(arguments);
        assert!(
            !read.starts_with("The journal is empty"),
            "{arguments:?}: {read}"
        );
    }
}

#[cfg(unix)]
mod on_a_screen {
    use super::{GAME, Journal, spread_by_an_hour, talk};
    use crate::support::{Program, Pty};

    fn replay(journal: &Journal, options: &[&str]) -> Pty {
        let arguments = [&["replay", "1", "--data", &journal.folder], options].concat();
        Program::new().args(arguments).on_screen()
    }

    #[test]
    fn a_replay_shows_names_marks_and_boards_as_they_were() {
        let talked = talk(&GAME[..3]);
        spread_by_an_hour(&talked.client);
        let mut screen = replay(&talked.client, &["--speed", "1e6"]);
        assert_eq!(screen.finish(), 0);
        screen.wait_for("Shutting down!");
        let seen = screen.contents();
        assert!(
            seen.contains("Enter Input >Hello ✓\nann: How are you?\n"),
            "{seen}"
        );
        assert!(
            seen.contains("you are O, ann is X and moves first.\nA move is"),
            "{seen}"
        );
        assert!(seen.contains("| 7 | 8 | 9 |"), "{seen}");
    }

    #[test]
    fn ctrl_c_ends_a_replay_at_once() {
        let talked = talk(&["Hello"]);
        spread_by_an_hour(&talked.client);
        // Nobody could wait for its first turn.
        let mut screen = replay(&talked.client, &["--speed", "1e-9"]);
        screen.wait_for("Enter Input >");
        screen.press("\x03");
        assert_eq!(screen.finish(), 130);
        assert!(!screen.contents().contains("Hello"));
    }
}

#[test]
fn a_recording_shows_stars_for_what_was_typed_unseen() {
    let data = new_folder();
    let data = data.to_str().unwrap();
    let mut solo = Program::new().args(["solo"]).data(data).start();
    solo.prompt();
    solo.enter("play hangman");
    solo.wait_for("Enter Input (hidden) >");
    solo.enter("telescope");
    solo.wait_for("The word was telescope.");
    solo.prompt();
    solo.enter("/q");
    assert_eq!(solo.finish().code, Some(0));
    let cast = format!("{data}/talk.cast");
    let recorded = Program::new()
        .args(["replay", "1", "--cast", &cast, "--color", "never"])
        .data(data)
        .run();
    assert_eq!(recorded.code, Some(0), "{recorded:?}");
    let cast = std::fs::read_to_string(cast).unwrap();
    let (_, typed) = cast.split_once("Enter Input (hidden) >").unwrap();
    let (before, _) = typed.split_once("is sealed").unwrap();
    assert!(before.contains('*') && !before.contains("tele"), "{before}");
}

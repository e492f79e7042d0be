//! `/say` during a game, on the screens of both.

use crate::support::{Program, Pty, Socket, control, frame, new_folder};

/// The sizes of the screens, in rows and columns.
const SIZES: [(u16, u16); 2] = [(60, 80), (60, 40)];

/// Two people at the beginning of a game; the client moves first. With the folder of the server's
/// journal.
fn playing(size: (u16, u16)) -> (Pty, Pty, String) {
    let folder = new_folder().to_str().unwrap().to_owned();
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .data(&folder)
        .on_screen_of(size)
        .listening();
    let mut client = Program::client(port)
        .args(["--name", "ann"])
        .on_screen_of(size);
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("play tictactoe");
    client.wait_for("you are X and move first");
    client.prompt();
    (server, client, folder)
}

#[test]
fn a_comment_is_seen_at_once_and_costs_no_move() {
    for size in SIZES {
        let (mut server, mut client, folder) = playing(size);
        client.enter("/say good luck, bob");
        server.wait_for("ann says: good luck, bob");
        // It is still the client's turn.
        client.prompt();
        client.enter("5");
        server.wait_for("ann played 5.");
        server.prompt();
        server.press("half a li");
        server.prompt_with("half a li");
        server.press("\x15");
        server.prompt();
        server.enter("/SAY nice");
        client.wait_for("bob says: nice");
        server.prompt();
        server.enter("1");
        client.wait_for("|[O]|");
        client.prompt();
        client.enter("/q");
        assert_eq!((server.finish(), client.finish()), (0, 0));
        // It is stored, and found again.
        let history = |arguments: &[&str]| {
            let program = Program::new().args(["history"]).args(arguments);
            program.data(&folder).run().stdout
        };
        let shown = history(&["show", "1"]);
        let lines: Vec<&str> = shown
            .lines()
            .filter(|line| line.contains(" says: "))
            .collect();
        assert!(
            matches!(lines[..], [first, second]
                if first.ends_with("  ann says: good luck, bob") && second.ends_with(" says: nice")),
            "{shown}"
        );
        let found = history(&["search", "luck"]);
        assert!(
            found.starts_with("Session 1, after turn 2, ")
                && found.ends_with("ann says: good luck, bob\n"),
            "{found}"
        );
        let exported = history(&["export", "1", "--format", "json"]);
        let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
        assert_eq!(exported["comments"][0]["text"], "good luck, bob");
        assert_eq!(exported["comments"][0]["after_turn"], 2);
        let markdown = history(&["export", "1", "--format", "markdown"]);
        assert!(markdown.contains("ann says, "), "{markdown}");
        let replay = Program::new().args(["replay", "1"]).data(&folder).run();
        assert!(
            replay.stdout.contains("says: good luck, bob\n"),
            "{replay:?}"
        );
        let verified = Program::new().args(["verify", "1"]).data(&folder).run();
        assert_eq!(verified.code, Some(0), "{verified:?}");
        history(&["delete", "1"]);
        assert_eq!(history(&["search", "luck"]), "Nothing found.\n");
    }
}

#[test]
fn a_comment_does_not_disturb_who_is_typing() {
    for size in SIZES {
        let (mut server, port) = Program::server().on_screen_of(size).listening();
        let mut client = Socket::connect(port);
        client.send(&control(
            r#"{"type":"hello","version":2,"name":"ann","can":["comments"]}"#,
        ));
        client.receive_ticket();
        client.send(&frame("Hello"));
        server.prompt();
        server.enter("play tictactoe");
        client.receive_until("play tictactoe");
        client.send(&frame("5"));
        server.wait_for("|[X]|");
        server.prompt();
        server.press("half a line");
        server.prompt_with("half a line");
        client.send(&control(
            r#"{"type":"comment","number":1,"text":"hurry \u001b[31m up\nbob: 9"}"#,
        ));
        client.receive_until(r#"{"type":"heard","comments":1}"#);
        server.wait_for("ann says: hurry ␛[31m up\n  bob: 9\nEnter Input >half a line");
        server.prompt_with("half a line");
        // The same comment once more, as after a reconnect: only the receipt is repeated.
        client.send(&control(r#"{"type":"comment","number":1,"text":"hurry"}"#));
        client.receive_until(r#"{"type":"heard","comments":1}"#);
        assert_eq!(server.contents().matches("ann says").count(), 1);
    }
}

#[test]
fn a_partner_that_cannot_show_comments_is_named() {
    for size in SIZES {
        let (listener, port) = Socket::listen();
        let mut client = Program::client(port).on_screen_of(size);
        let mut older = Socket::accept(&listener);
        older.receive_frame();
        older.send(&control(r#"{"type":"welcome","version":2,"mode":"pair"}"#));
        client.prompt();
        client.enter("/say hi");
        client.wait_for("No game is running: type your message without /say.\n");
        client.prompt_with("/say hi");
        client.press("\x15");
        client.prompt();
        client.enter("Hello");
        older.receive_frame();
        older.send(&frame("play tictactoe"));
        client.prompt();
        client.enter("/say hi");
        client.wait_for(
            "Your partner's tictalk can't show /say: it is older, or the computer plays.\n",
        );
        client.prompt();
        // A person with nc.
        let (mut server, port) = Program::server().on_screen_of(size).listening();
        let mut nc = Socket::connect(port);
        nc.send(b"Hello\n");
        server.prompt();
        server.enter("play tictactoe");
        nc.receive_until("play tictactoe");
        nc.send(b"5\n");
        server.wait_for("|[X]|");
        server.prompt();
        server.enter("/say hi");
        server.wait_for("/say needs tictalk at both ends.");
        server.prompt();
    }
}

#[test]
fn a_pipe_shows_comments_on_lines_of_their_own() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.enter("Hello");
    server.enter("play tictactoe");
    client.enter("/say hi");
    server.wait_for("The client says: hi\n");
    client.enter("5");
    server.enter("/say hello");
    client.wait_for("The server says: hello\n");
    server.enter("1");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
}

//! The waiting line: what a person sees and can do on a terminal while it is not their turn.

use crate::support::{Program, Pty, Socket, frame, line_of_cursor};
use nix::sys::signal::Signal;

/// The sizes of screens on which everything is tried.
const SIZES: [(u16, u16); 2] = [(24, 80), (24, 40)];

/// bob at the server and ann at the client, on screens of this size. It is ann's turn.
fn pair(size: (u16, u16)) -> (Pty, Pty) {
    let server = Program::server().args(["--name", "bob"]);
    let (server, port) = server.on_screen_of(size).listening();
    let client = Program::client(port).args(["--name", "ann"]);
    let client = client.on_screen_of(size);
    client.prompt();
    (server, client)
}

/// The same after ann's first line. It is bob's turn.
fn waiting(size: (u16, u16)) -> (Pty, Pty) {
    let (server, mut client) = pair(size);
    client.enter("Hello");
    server.prompt();
    waits_with(&client, "bob", "");
    (server, client)
}

/// Waits until the cursor follows the waiting line and `draft`.
fn waits_with(person: &Pty, partner: &str, draft: &str) {
    has_cursor_after(person, &format!("{partner}'s turn ... {draft}"));
}

/// Waits until the line of the cursor is `line`.
fn has_cursor_after(person: &Pty, line: &str) {
    person.wait(&format!("{line:?} at the cursor"), |screen| {
        (line_of_cursor(screen).trim_end() == line.trim_end()).then_some(())
    });
}

#[test]
fn a_line_typed_ahead_is_seen_edited_kept_and_sent_on_turn() {
    for size in SIZES {
        let (mut server, mut client) = waiting(size);
        client.press("I am fime\x7f\x7fne");
        waits_with(&client, "bob", "I am fine");
        client.press("\r");
        client.wait_for("Enter Input >Hello ✓\n");
        client.wait_for("Kept for your turn. Ctrl-U clears it.\nbob's turn ... I am fine");
        waits_with(&client, "bob", "I am fine");
        // Once for each draft.
        client.press("!");
        waits_with(&client, "bob", "I am fine!");
        let drawn = |client: &Pty| client.output().matches("bob's turn ...").count();
        let before = drawn(&client);
        client.press("\r");
        client.wait("the line again", |_| {
            (drawn(&client) > before).then_some(())
        });
        assert_eq!(client.contents().matches("Kept for").count(), 1);
        assert_eq!(client.contents().matches("turn ...").count(), 1);
        // The cursor stays where it is.
        client.press("\x01Well, ");
        waits_with(&client, "bob", "Well, ");
        server.enter("How are you?");
        client.wait_for("bob: How are you?\n");
        client.prompt_with("Well, ");
        client.wait_for("Enter Input >Well, I am fine!");
        assert!(
            !client.contents().contains("turn ..."),
            "{}",
            client.contents()
        );
        client.press("\r");
        server.wait_for("ann: Well, I am fine!");
        server.prompt();
    }
}

#[test]
fn commands_that_take_no_turn_act_at_once() {
    for size in SIZES {
        let (mut server, mut client) = waiting(size);
        server.enter("play tictactoe");
        client.prompt();
        client.enter("5");
        waits_with(&client, "bob", "");
        for (command, answer) in [
            ("/board", "|[X]|"),
            ("/describe", "X in the centre"),
            ("/score", "finished a game"),
            ("/hint", "/hint works only when it is your move."),
            ("/games", "play battleship"),
            ("/help", "At any time: /q, /help, /games, /boar"),
        ] {
            client.press("\x0c");
            waits_with(&client, "bob", "");
            client.press(command);
            waits_with(&client, "bob", command);
            client.press("\r");
            client.wait_for(answer);
            waits_with(&client, "bob", "");
        }
        // What takes a turn is kept.
        client.press("/resign\r");
        client.wait_for("Kept for your turn.");
        waits_with(&client, "bob", "/resign");
        // A command after a line that is kept acts at once, and the line stays.
        client.press("/board\r");
        client.wait_for("/resign/board");
        waits_with(&client, "bob", "/resign");
        client.press("/q\r");
        client.wait_for("Shutting Down!");
        server.wait_for("Client has requested shutdown.");
        assert_eq!((client.finish(), server.finish()), (0, 0));
        assert!(client.is_cooked());
    }
}

#[test]
fn a_receipt_goes_to_the_line_above_the_waiting_line() {
    for size in SIZES {
        let (mut server, mut client) = pair(size);
        client.enter("Hello");
        server.prompt();
        server.enter("Hi");
        client.prompt();
        server.signal(Signal::SIGSTOP);
        client.enter("Are you there?");
        waits_with(&client, "bob", "");
        client.press("half a line\x01");
        client.wait_for("Enter Input >Are you there?\nbob's turn ... half a line");
        server.signal(Signal::SIGCONT);
        client.wait_for("Enter Input >Are you there? ✓\nbob's turn ... half a line");
        waits_with(&client, "bob", "");
        client.press("x");
        waits_with(&client, "bob", "x");
        client.wait_for("bob's turn ... xhalf a line");
        server.prompt();
    }
}

#[test]
fn a_draft_over_several_rows_survives_the_partner_and_another_window() {
    for size in SIZES {
        let (mut server, mut client) = waiting(size);
        let draft = format!("{}last", "word-".repeat(20));
        client.press(&draft);
        let whole = |client: &Pty, line: String| {
            client.wait(&line, |screen| {
                let rows = screen.contents().replace('\n', "");
                rows.ends_with(&line.replace('\n', "")).then_some(())
            });
        };
        whole(&client, format!("bob's turn ... {draft}"));
        client.resize((24, 60));
        client.press("!");
        whole(&client, format!("bob's turn ... {draft}!"));
        server.enter("Hi");
        whole(&client, format!("bob: HiEnter Input >{draft}!"));
        client.press("\r");
        server.wait_for("last!");
        server.prompt();
    }
}

#[test]
fn a_paste_of_several_lines_is_one_draft() {
    let (mut server, mut client) = waiting((24, 80));
    client.press("\x1b[200~one\rtwo\x1b[201~");
    client.wait_for("bob's turn ... one\ntwo");
    client.press("\r");
    client.wait_for("Kept for your turn. Ctrl-U clears it.\nbob's turn ... one\ntwo");
    server.enter("Hi");
    client.wait_for("bob: Hi\nEnter Input >one\ntwo");
    client.press("\r");
    server.wait_for("ann: one\n  two");
    // Without brackets, too.
    let (mut server, mut client) = waiting((24, 80));
    client.press("three\rfour\r");
    client.wait_for("bob's turn ... three\nfour");
    server.enter("Hi");
    client.wait_for("bob: Hi\nEnter Input >three\nfour");
    client.press("\r");
    server.wait_for("ann: three\n  four");
    server.prompt();
}

#[test]
fn leaving_while_waiting_says_what_was_not_sent() {
    for size in SIZES {
        let (mut server, mut client) = waiting(size);
        client.press("half");
        waits_with(&client, "bob", "half");
        client.press("\x03");
        assert_eq!((client.finish(), server.finish()), (130, 0));
        let contents = client.contents();
        assert!(
            contents.ends_with("Shutting Down!\nNot sent: half"),
            "{contents}"
        );
        assert!(!contents.contains("turn ..."), "{contents}");

        let (mut server, mut client) = waiting(size);
        client.press("kept\r");
        client.wait_for("Kept for your turn.");
        waits_with(&client, "bob", "kept");
        server.enter("/q");
        assert_eq!((client.finish(), server.finish()), (0, 0));
        client.wait_for("Not sent: kept");

        let (mut server, mut client) = waiting(size);
        client.press("\x04");
        assert_eq!((client.finish(), server.finish()), (0, 0));
        client.wait_for("/q\nShutting Down!");
    }
}

#[test]
fn a_partner_that_floods_leaves_the_draft_alone() {
    let (mut server, port) = Program::server().on_screen_of((24, 80)).listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame("Hello"));
    server.prompt();
    server.enter("Hi");
    assert_eq!(peer.receive_text(), "Hi");
    waits_with(&server, "The client", "");
    server.press("thinking");
    waits_with(&server, "The client", "thinking");
    peer.send(&frame("hurry").repeat(1_000));
    server.prompt_with("thinking");
    assert_eq!(server.contents().matches("hurry").count(), 1);
    server.press("...\r");
    assert_eq!(peer.receive_text(), "thinking...");
}

#[test]
fn commands_work_while_the_partner_is_away() {
    for size in SIZES {
        let (mut server, client) = waiting(size);
        server.enter("Hi");
        client.prompt();
        client.signal(Signal::SIGKILL);
        let waits = match size {
            (_, 80) => "Waiting for ann to reconnect ...",
            _ => "Reconnecting ...",
        };
        has_cursor_after(&server, waits);
        server.press("/games\r");
        server.wait_for("play battleship");
        has_cursor_after(&server, waits);
        server.press("/q\r");
        server.wait_for("Shutting Down!");
        assert_eq!(server.finish(), 0);
    }
}

#[test]
fn the_title_names_who_moves_and_the_bell_rings_after_a_wait() {
    let title = |text: &str| format!("\x1b]2;{text}\x1b\\");
    let (server, port) = Program::server()
        .args(["--name", "b\u{202e}ob"])
        .on_screen()
        .listening();
    let mut server = server;
    let client = Program::client(port).args(["--name", "ann", "--bell"]);
    let mut client = client.on_screen();
    client.prompt();
    assert!(client.output().contains(&title("tictalk: your turn")));
    client.enter("Hello");
    server.prompt();
    client.wait_for("'s turn ...");
    let output = client.output();
    assert!(
        output.contains(&title("tictalk: b<U+202E>ob's turn")),
        "{output:?}"
    );
    assert!(!output.contains('\x07'), "{output:?}");
    server.enter("Hi");
    client.prompt();
    assert_eq!(client.output().matches('\x07').count(), 1);
    client.enter("/q");
    assert_eq!((client.finish(), server.finish()), (0, 0));
    assert!(client.whole_output().ends_with("\x1b]2;\x1b\\\x1b[23;2t"));
    // Without the option there is no bell.
    assert!(!server.whole_output().contains('\x07'));
}

#[test]
fn a_terminal_without_a_title_gets_none() {
    for term in ["linux", "dumb"] {
        let (_server, port) = Program::server().start().listening();
        let client = Program::client(port).args(["--bell"]).env("TERM", term);
        let mut client = client.on_screen();
        client.prompt();
        client.enter("/q");
        assert_eq!(client.finish(), 0);
        let output = client.whole_output();
        assert!(
            !output.contains("\x1b]") && !output.contains("tictalk: your"),
            "{output:?}"
        );
    }
}

//! The screens while the connection is lost, and after it is back.

use crate::support::{Cable, Program, Pty, Socket, hello, new_folder};
use nix::sys::signal::Signal;

/// A folder for a journal, as an argument.
fn folder() -> String {
    new_folder().to_str().unwrap().to_owned()
}

/// A server and a client on screens, joined by a line that can be cut; each has said something, and
/// the client has the turn.
fn joined(server_options: &[&str], client_options: &[&str]) -> (Pty, Pty, Cable) {
    let (mut server, port) = Program::server()
        .args(server_options)
        .on_screen()
        .listening();
    let cable = Cable::to(port);
    let mut client = Program::client(cable.port())
        .args(client_options)
        .on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("Hi");
    client.wait_for("Hi\nEnter Input >");
    client.prompt();
    // A receipt that is under way when the line is cut would come later.
    server.wait_for("Hi ✓");
    (server, client, cable)
}

const SERVER_LOST: &str = "Connection to the server lost. Trying to reconnect.\n\
     What you typed is kept. Ctrl-C leaves.";
const CLIENT_LOST: &str = "Connection to the client lost. Waiting for the client to reconnect.\n\
     What you typed is kept. Ctrl-C leaves.";
const BACK: &str = "Reconnected. The session resumes where it stopped.";

#[test]
fn a_lost_connection_is_reported_at_once_and_restored_without_a_key() {
    let (mut server, mut client, cable) = joined(&[], &[]);
    client.press("half a thought");
    client.prompt_with("half a thought");
    cable.cut();
    client.wait_for(&format!(
        "Hi\n{SERVER_LOST}\n{BACK}\nEnter Input >half a thought"
    ));
    client.prompt_with("half a thought");
    server.wait_for(&format!("{CLIENT_LOST}\n{BACK}"));
    client.press("\r");
    client.wait_for("half a thought ✓");
    server.wait_for(&format!("{BACK}\nhalf a thought\nEnter Input >"));
    server.prompt();
    server.enter("a whole one");
    client.wait_for("a whole one\nEnter Input >");
}

#[test]
fn keys_pressed_while_the_connection_is_lost_are_in_the_line_after_it_is_back() {
    let (server, mut client, cable) = joined(&[], &[]);
    client.press("half ");
    client.prompt_with("half ");
    cable.pull();
    client.wait_for(SERVER_LOST);
    server.wait_for(CLIENT_LOST);
    // The line says what it waits for, and shows what is typed.
    client.wait_for("Reconnecting ... half ");
    server.wait_for("Waiting for the client to reconnect ...");
    client.press("a thought");
    client.wait_for("Reconnecting ... half a thought");
    cable.plug_in();
    client.wait_for(BACK);
    client.prompt_with("half a thought");
    server.wait_for(BACK);
    assert!(!client.contents().contains("Reconnecting ..."));
}

#[test]
fn a_game_continues_where_it_stopped() {
    let (mut server, mut client, cable) = joined(&[], &[]);
    client.enter("play tictactoe");
    server.prompt();
    server.enter("5");
    client.prompt();
    cable.cut();
    client.wait_for(BACK);
    server.wait_for(BACK);
    client.prompt();
    client.enter("5");
    client.wait_for("Square 5 is taken.");
    client.press("\x15");
    client.enter("1");
    server.wait_for(" 1 |[O]| 2 | 3 |");
    server.prompt();
}

#[test]
fn a_hidden_draft_stays_hidden_when_the_connection_is_lost() {
    let (_server, mut client, cable) = joined(&[], &[]);
    client.enter("play hangman");
    client.press_hidden("jazz");
    cable.cut();
    client.wait_for(BACK);
    // A hidden line has to be typed again.
    client.press_hidden("jazz");
    assert!(!client.output().contains("jazz"), "{}", client.output());
}

#[test]
fn a_client_that_gives_up_says_how_to_resume_later() {
    let (server, mut client, cable) = joined(&[], &["--reconnect", "1"]);
    client.press("half a thought");
    client.prompt_with("half a thought");
    cable.pull();
    assert_eq!(client.finish(), 1);
    client.wait_for(&format!(
        "{SERVER_LOST}\n`tictalk client --port {} --resume` resumes this session.\nNot sent: half \
         a thought\ntictalk: the server disconnected without /q",
        cable.port()
    ));
    assert!(client.is_cooked());
    server.wait_for(CLIENT_LOST);
}

#[test]
fn a_server_keeps_the_seat_no_longer_than_it_was_told() {
    let (mut server, _client, cable) = joined(&["--reconnect", "1"], &[]);
    cable.pull();
    assert_eq!(server.finish(), 1);
    server.wait_for(&format!(
        "{CLIENT_LOST}\ntictalk: the client disconnected without /q"
    ));
}

#[test]
fn ctrl_c_leaves_also_while_the_connection_is_lost() {
    for key in ["\x03", "\x04"] {
        let (mut server, mut client, cable) = joined(&[], &[]);
        client.press("half a thought");
        client.prompt_with("half a thought");
        cable.pull();
        client.wait_for(SERVER_LOST);
        client.press("\x03");
        assert_eq!(client.finish(), 130);
        client.wait_for(&format!(
            "Shutting Down!\n`tictalk client --port {} --resume` resumes this session.\n\
             Not sent: half a thought",
            cable.port()
        ));
        server.wait_for(CLIENT_LOST);
        server.press(key);
        assert_eq!(server.finish(), if key == "\x03" { 130 } else { 0 });
        server.wait_for("Shutting Down!");
        assert!(server.is_cooked() && client.is_cooked());
    }
}

#[test]
fn a_client_that_was_killed_continues_with_resume() {
    let data = folder();
    let (mut server, mut client, cable) = joined(&["--name", "bob"], &["--data", &data]);
    client.enter("play tictactoe");
    server.prompt();
    client.signal(Signal::SIGKILL);
    client.finish();
    server.wait_for(CLIENT_LOST);
    server.press("5");
    let client = Program::client(cable.port())
        .data(&data)
        .args(["--resume"])
        .on_screen();
    client.wait_for("you: Hello\nbob: Hi\nyou: play tictactoe\n\n     a   b   c");
    client.wait_for(BACK);
    server.prompt_with("5");
    server.press("\r");
    client.wait_for("|[X]|");
    client.wait_for("bob played 5. Your turn (O).\nEnter Input >");
    client.prompt();
}

#[test]
fn a_server_that_was_killed_finds_its_session_again() {
    let data = folder();
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .data(&data)
        .on_screen()
        .listening();
    let mut client = Program::client(port).args(["--name", "ann"]).on_screen();
    client.exchange_greetings_with(&mut server);
    client.press("are you there?");
    client.prompt_with("are you there?");
    server.signal(Signal::SIGKILL);
    client.wait_for(SERVER_LOST);
    server.finish();
    let mut server = Program::new()
        .args(["server", "--port", &port.to_string()])
        .data(&data)
        .on_screen();
    server.wait_for(&format!("ann: Hello\nyou: Hi\n{BACK}"));
    client.wait_for(BACK);
    client.prompt_with("are you there?");
    client.press("\r");
    server.wait_for("ann: are you there?\nEnter Input >");
    server.prompt();
    server.enter("yes");
    client.wait_for("yes\nEnter Input >");
}

#[test]
fn there_has_to_be_something_to_resume() {
    let lost = Program::new().args(["client", "--resume"]).run();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: the journal has no unfinished session with localhost on port: 1059: leave out --resume \
         to start a new one\n"
    );
}

#[test]
fn a_server_that_has_forgotten_the_session_is_told_apart_from_one_that_is_away() {
    let (mut server, port) = Program::server()
        .args(["--no-journal"])
        .on_screen()
        .listening();
    let mut client = Program::client(port).on_screen();
    client.exchange_greetings_with(&mut server);
    server.signal(Signal::SIGKILL);
    server.finish();
    let server = Program::new()
        .args(["server", "--port", &port.to_string()])
        .on_screen();
    server.wait_for("disconnected: it wants to resume an unknown session. Still");
    assert_eq!(client.finish(), 1);
    client.wait_for(
        "tictalk: the server does not know this session: Start a new one without --resume.",
    );
}

#[test]
fn a_pipe_gets_the_session_and_nothing_else() {
    let (mut server, port) = Program::server().start().listening();
    let cable = Cable::to(port);
    let mut client = Program::client(cable.port()).start();
    client.enter("Hello");
    server.prompt();
    cable.cut();
    server.wait_for_error("Reconnected.");
    client.wait_for_error("Reconnected.");
    server.enter("Hi");
    client.wait_for("Hi\n");
    client.enter("/q");
    let (client, server) = (client.finish(), server.finish());
    assert_eq!((client.code, server.code), (Some(0), Some(0)));
    assert!(
        client
            .stdout
            .ends_with("Hi\nEnter Input >/q\nShutting Down!\n"),
        "{client:?}"
    );
    let errors = "tictalk: Connection to the client lost. Waiting for the client to reconnect. \
        What you typed is kept. Ctrl-C leaves.\n\
        tictalk: Reconnected. The session resumes where it stopped.\n";
    assert_eq!(server.stderr, errors);
    assert!(
        server.stdout.contains("Hello\nType /q to quit\n"),
        "{server:?}"
    );
}

#[test]
fn a_visitor_that_goes_before_it_says_anything_keeps_no_seat() {
    let (mut server, port) = Program::server().start().listening();
    let mut visitor = Socket::connect(port);
    visitor.send(&hello());
    assert_eq!(visitor.receive_frame().0, 1);
    drop(visitor);
    server.wait_for("disconnected: it sent no turn. Still listening.\n");
    let mut client = Program::client(port).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
}

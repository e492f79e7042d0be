//! The partner's departure is reported at once, however it leaves.

use crate::support::{Program, Pty};
use nix::sys::signal::Signal;

/// A server and a client on screens, with half a line typed at the client's prompt, or ahead of it.
fn half_typed_at_the_prompt() -> (Pty, Pty) {
    half_typed_with(&[])
}

/// The same with options for the client.
fn half_typed_with(options: &[&str]) -> (Pty, Pty) {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).args(options).on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("How are you?");
    client.prompt();
    client.press("half a thought");
    client.prompt_with("half a thought");
    (server, client)
}

/// The client's screen ends so, and its terminal is as it was before.
fn has_ended(client: &mut Pty, code: u32, last_lines: &str) {
    assert_eq!(client.finish(), code);
    client.wait_for(last_lines);
    assert!(client.is_cooked(), "the terminal was left raw");
    let screen = client.contents();
    assert_eq!(screen.matches("half a thought").count(), 1, "{screen}");
    assert!(!screen.contains("Enter Input >half"), "{screen}");
}

const FAREWELL: &str = "How are you?\n\
    /q\n\
    Server has requested shutdown. Shutting down!\n\
    Not sent: half a thought";

#[test]
fn the_partner_presses_ctrl_c_while_it_waits() {
    let (mut server, mut client) = half_typed_at_the_prompt();
    server.press("\x03");
    assert_eq!(server.finish(), 130);
    server.wait_for("Shutting Down!");
    assert!(server.is_cooked());
    has_ended(&mut client, 0, FAREWELL);
}

#[test]
fn a_line_typed_right_before_ctrl_c_is_not_lost() {
    let (mut server, mut client) = half_typed_at_the_prompt();
    server.press("for later\x03");
    assert_eq!(server.finish(), 130);
    server.wait_for("Not sent: for later");
    has_ended(&mut client, 0, FAREWELL);
}

#[test]
fn the_partner_presses_ctrl_d_while_it_waits() {
    let (mut server, mut client) = half_typed_at_the_prompt();
    server.press("\x04");
    assert_eq!(server.finish(), 0);
    assert!(server.is_cooked());
    has_ended(&mut client, 0, FAREWELL);
}

#[test]
fn the_partner_gets_sigterm() {
    let (mut server, mut client) = half_typed_at_the_prompt();
    server.signal(Signal::SIGTERM);
    assert_eq!(server.finish(), 143);
    assert!(server.is_cooked());
    has_ended(&mut client, 0, FAREWELL);
}

#[test]
fn the_partners_window_is_closed() {
    let (server, mut client) = half_typed_at_the_prompt();
    server.signal(Signal::SIGHUP);
    has_ended(&mut client, 0, FAREWELL);
}

#[test]
fn the_partner_is_killed() {
    let (server, mut client) = half_typed_with(&["--reconnect", "0"]);
    server.signal(Signal::SIGKILL);
    has_ended(
        &mut client,
        1,
        "How are you?\nNot sent: half a thought\ntictalk: the server disconnected without /q",
    );
}

#[test]
fn a_hidden_draft_is_not_shown_as_unsent() {
    type Leave = fn(&mut Pty, &mut Pty);
    let ways: [(Leave, u32); 4] = [
        (|_, client| client.press("\x03"), 130),
        (|_, client| client.signal(Signal::SIGTERM), 143),
        (|server, _| server.press("\x03"), 0),
        (|server, _| server.signal(Signal::SIGKILL), 1),
    ];
    for (leave, code) in ways {
        let (mut server, port) = Program::server().on_screen().listening();
        let mut client = Program::client(port).args(["--reconnect", "0"]).on_screen();
        client.prompt();
        client.enter("play hangman");
        client.press_hidden("jazz");
        leave(&mut server, &mut client);
        assert_eq!(client.finish(), code);
        let output = client.whole_output();
        let is_told = output.contains("jazz") || output.contains("Not sent");
        assert!(!is_told, "{output}");
    }
}

#[test]
fn at_its_prompt_too_the_partner_says_goodbye_on_every_way_out() {
    type Leave = fn(&mut Pty);
    let ways: [(&str, Leave, u32); 7] = [
        ("/q", |server| server.enter("/q"), 0),
        ("Ctrl-D", |server| server.press("\x04"), 0),
        ("Ctrl-C", |server| server.press("\x03"), 130),
        ("SIGINT", |server| server.signal(Signal::SIGINT), 130),
        ("SIGTERM", |server| server.signal(Signal::SIGTERM), 143),
        ("SIGQUIT", |server| server.signal(Signal::SIGQUIT), 131),
        ("SIGHUP", |server| server.signal(Signal::SIGHUP), 129),
    ];
    for (way, leave, code) in ways {
        let (mut server, port) = Program::server().on_screen().listening();
        let mut client = Program::client(port).on_screen();
        client.prompt();
        client.enter("Hello");
        server.prompt();
        client.press("typed ahead");
        leave(&mut server);
        assert_eq!(server.finish(), code, "{way}");
        server.wait_for("Shutting Down!");
        assert!(server.is_cooked(), "{way} left the terminal raw");
        assert_eq!(client.finish(), 0, "{way}");
        client.wait_for("Server has requested shutdown. Shutting down!\nNot sent: typed ahead");
        assert!(client.is_cooked());
    }
}

#[test]
fn closing_the_window_itself_ends_with_a_goodbye() {
    // The shell leads the terminal's session; when it dies, the system hangs up on the program.
    let (mut server, port) = Program::server().start().listening();
    let shell = Program::client(port)
        .through(["sh", "-c", "\"$@\"; true", "sh"])
        .on_screen();
    shell.prompt();
    shell.signal(Signal::SIGKILL);
    server.wait_for("/q\nClient has requested shutdown. Shutting down!\n");
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn whatever_the_line_editor_is_doing_it_can_be_left() {
    let states = [
        ("a search in the history", "\x12hel"),
        ("a quoted key", "\x16"),
        ("a lone escape", "\x1b"),
        ("an open paste", "\x1b[200~pasted"),
        ("a prefix key", "\x18"),
        ("a line of several rows", &"long ".repeat(60)),
    ];
    for (state, keys) in states {
        let (mut server, port) = Program::server().on_screen().listening();
        let mut client = Program::client(port).on_screen();
        client.exchange_greetings_with(&mut server);
        client.press(keys);
        server.press("\x03");
        assert_eq!(client.finish(), 0, "{state}");
        client.wait_for("Server has requested shutdown. Shutting down!");
        assert!(client.is_cooked(), "{state} left the terminal raw");
    }
}

#[test]
fn with_pipes_too_every_way_out_says_goodbye_and_has_its_exit_code() {
    let ways = [
        (Signal::SIGINT, 130),
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
    ];
    for (signal, code) in ways {
        for at_the_prompt in [true, false] {
            let (mut server, port) = Program::server().start().listening();
            let mut client = Program::client(port).start();
            client.prompt();
            if !at_the_prompt {
                client.enter("Hello");
                server.prompt();
            }
            client.signal(signal);
            let (client, server) = (client.finish(), server.finish());
            assert_eq!(client.code, Some(code), "{signal}");
            assert!(client.stdout.ends_with("\nShutting Down!\n"));
            assert_eq!(server.code, Some(0));
            assert!(
                server
                    .stdout
                    .ends_with("/q\nClient has requested shutdown. Shutting down!\n")
            );
        }
    }
}

#[test]
fn a_server_without_a_partner_can_be_stopped() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (server, _) = Program::server().start().listening();
        server.signal(signal);
        assert_eq!(server.finish().code, Some(code));
    }
    for (key, code) in [("\x03", 130), ("\x04", 0)] {
        let (mut server, _) = Program::server().on_screen().listening();
        server.press(key);
        assert_eq!(server.finish(), code);
        assert!(server.is_cooked());
    }
}

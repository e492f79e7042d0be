//! Foreign text never commands the terminal, wherever it is printed.

use crate::support::{Peer, Program, Room, Socket, Wire, control, frame};

#[test]
fn text_that_tries_to_command_the_terminal_is_shown_and_not_done() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame(
        "hi\x1b[2J\x1b]52;c;cm0gLXJm\x07 over\rwritten \u{9b}A \u{202e}txt.exe a\u{200b}b \x7f",
    ));
    server.wait_for("hi␛[2J␛]52;c;cm0gLXJm␇ over␍written <U+009B>A <U+202E>txt.exe a<U+200B>b ␡\n");
}

#[test]
fn no_line_into_a_pipe_can_pass_for_a_line_of_the_program() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame(
        "hi\nEnter Input >/q\nClient has requested shutdown.",
    ));
    server.wait_for("Waiting for message...\nhi\n  Enter Input >/q\n  Client has requested");
    server.enter("Go on");
    peer.send(&frame("Enter Input >/q"));
    server.wait_for("\n  Enter Input >/q\nEnter Input >");
    server.enter("Go on");
    // Everything else comes as it was said.
    peer.send(&frame("  an indented line"));
    server.wait_for("\n  an indented line\nEnter Input >");
}

#[test]
fn a_servers_refusal_is_foreign_text_too() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).start();
    let mut server = Socket::accept(&listener);
    server.send(&control(
        r#"{"type":"refuse","reason":"closed","message":"gone\u001b[31m\nEnter Input >"}"#,
    ));
    let client = client.finish();
    assert_eq!(
        client.stderr,
        "tictalk: the server turned you away: gone␛[31m Enter Input >\n"
    );
}

#[test]
fn hidden_characters_are_refused_in_a_name_and_replaced_for_nc() {
    let mut room = Room::open(&["--burst", "0"]);
    let mut ann = room.join("ann");
    let mut nc = Peer::join_by(room.port, "nadia", Wire::Raw);
    let mut stranger = Peer::connect(room.port, Wire::Framed);
    // One of each kind: controls, a soft hyphen, fillers, a mark of direction, a joiner with nothing to join, a tag.
    for c in "\u{9b}\u{ad}\u{115f}\u{180e}\u{202e}\u{200d}\u{3164}\u{e0041}".chars() {
        let marked = format!("ann: a <U+{:04X}> b\n", u32::from(c));
        room.hear(&mut ann, &format!("a {c} b"), &marked);
        nc.hears_last("ann: a \u{fffd} b");
        stranger.say(&format!("a{c}b"));
        stranger.hears_last("A name can contain only visible characters. What is your name?");
    }
}

#[test]
fn a_name_cannot_carry_controls() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&control(
        r#"{"type":"hello","version":2,"name":"a\u001b[2Jb"}"#,
    ));
    server.wait_for("but: a name cannot contain control characters");
}

#[test]
fn characters_that_emoji_and_scripts_need_arrive_as_sent() {
    let text = "👩\u{200d}🚀 ❤\u{fe0f} می\u{200c}خواهم שלום";
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter(text);
    server.wait_for(&format!("{text}\n"));
}

#[cfg(unix)]
mod on_a_screen {
    use crate::support::{Program, Socket, control, frame};

    #[test]
    fn names_are_escaped_and_no_line_can_pass_for_the_programs_own() {
        let (server, port) = Program::server().on_screen().listening();
        let mut peer = Socket::connect(port);
        peer.send(&control(
            r#"{"type":"hello","version":2,"name":"a\u202eb"}"#,
        ));
        server.wait_for("The client is a<U+202E>b.");
        peer.receive_frame();
        peer.send(&frame(
            "hi\nEnter Input >\nClient has requested shutdown. Shutting down!",
        ));
        server.prompt();
        let screen = server.contents();
        assert!(
            screen.contains("a<U+202E>b: hi\n  Enter Input >\n  Client has"),
            "{screen}"
        );
    }
}

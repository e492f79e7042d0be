//! Other names of the games: typed by a person, and never sent or stored.

use crate::support::{Peer, Program, Room, Socket, control, frame, hello, new_folder};

/// Names of tic-tac-toe as people type them.
const NOUGHTS: &[&str] = &[
    "play noughts",
    "play noughts and crosses",
    "Play Noughts-and-Crosses",
    "play noughts & crosses",
    "play tic tac toe",
    "PLAY TIC-TAC-TOE",
    "play tick tack toe",
];

#[test]
fn the_partner_receives_the_games_own_name() {
    for (typed, sent) in NOUGHTS
        .iter()
        .map(|typed| (*typed, "play tictactoe"))
        .chain([
            ("play noughts --toss", "play tictactoe --toss"),
            ("play rock paper scissors 5", "play rps 5"),
            ("play four in a row", "play connect4"),
            ("play Connect Four", "play connect4"),
            ("play battleships", "play battleship"),
        ])
    {
        let (mut server, port) = Program::server().start().listening();
        let mut peer = Socket::connect(port);
        peer.send(&hello());
        peer.receive_frame();
        peer.send(&frame("Hello"));
        server.prompt();
        server.enter(typed);
        assert_eq!(peer.receive_text(), sent, "{typed}");
    }
}

#[test]
fn a_tictalk_partner_of_an_older_version_chats_about_noughts_and_crosses() {
    let folder = new_folder();
    let (mut server, port) = Program::server().data(&folder).start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&control(r#"{"type":"hello","version":2,"name":"eve"}"#));
    peer.receive_frame();
    // To that version it is a message, and both ends have to agree on that.
    peer.send(&frame("play noughts and crosses"));
    server.wait_for("play noughts and crosses\n");
    server.prompt();
    server.enter("Type play tictactoe");
    assert_eq!(peer.receive_text(), "Type play tictactoe");
    peer.send(&frame("/q"));
    server.finish();
    // It is a message to a reader of the journal too.
    let shown = Program::new().args(["replay", "1"]).data(&folder).run();
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(!shown.stdout.contains("1 | 1 |"), "{}", shown.stdout);
}

#[test]
fn nc_may_say_noughts_too() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"play noughts and crosses\n");
    server.wait_for("tictactoe: you are X and move first.");
    server.prompt();
    server.enter("5");
    peer.receive_until("[X]");
}

#[test]
fn a_room_knows_the_other_names() {
    let room = Room::open(&[]);
    let mut ann = Peer::join(room.port, "ann");
    let mut bob = Peer::join(room.port, "bob");
    for words in ["noughts", "noughts and crosses", "Tic Tac Toe"] {
        ann.say(&format!("/play {words} bob"));
        bob.hears("ann offers you a game of tictactoe");
        bob.say("/decline");
        ann.hears("bob declined ann's offer of tictactoe");
    }
}

#[test]
fn options_know_the_other_names() {
    let (mut server, port) = Program::server().start().listening();
    let _bot = Program::new()
        .args(["bot", "--join", "--port", &port.to_string()])
        .args(["--play", "noughts and crosses"])
        .start();
    server.wait_for("tictactoe: you are X and move first.");
    let mut solo = Program::new().args(["solo", "noughts"]).start();
    solo.wait_for("tictactoe");
    // A wrong name is answered with the games' own names only.
    let wrong = Program::new().args(["solo", "chess"]).run();
    assert_eq!(wrong.code, Some(2));
    assert!(!wrong.stderr.contains("noughts"), "{}", wrong.stderr);
}

#[cfg(unix)]
#[test]
fn noughts_and_crosses_opens_the_board_on_a_screen_of_80_and_40_columns() {
    for columns in [80, 40] {
        let size = (30, columns);
        let (server, port) = Program::server().on_screen_of(size).listening();
        let mut client = Program::client(port).on_screen_of(size);
        client.prompt();
        client.enter("play noughts and crosses");
        server.prompt();
        for window in [&server, &client] {
            window.wait_for("| 1 | 2 | 3 |");
            window.wait_for("| 7 | 8 | 9 |");
        }
        // Completion offers the game once, under its own name.
        let mut other = Program::new().args(["solo"]).on_screen_of(size);
        other.prompt();
        other.press("play t\t");
        other.prompt_with("play tictactoe");
    }
}

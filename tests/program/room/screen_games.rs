//! Games in a room at a terminal, on wide and narrow screens.

use super::client;
use crate::support::{Peer, Program, Pty, Room, Wire, new_folder};

/// Somebody in the room, at a screen of this width.
fn seated(port: u16, name: &str, options: &[&str], columns: u16) -> Pty {
    let program = Program::client(port).args(["--name", name]).args(options);
    let person = program.on_screen_of((24, columns));
    shows(&person, &format!("You are {name}, #"));
    person
}

/// Waits until the screen shows this text, wherever its lines break.
fn shows(person: &Pty, text: &str) {
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    let wanted = solid(text);
    person.wait(text, |screen| {
        solid(&screen.contents()).contains(&wanted).then_some(())
    });
}

#[test]
fn a_game_is_played_with_bare_moves_and_its_players_are_told_who_wins() {
    for columns in [80, 40] {
        let Room { host: _room, port } = Room::open(&[]);
        let mut ann = seated(port, "ann", &[], columns);
        let mut bob = Peer::join_by(port, "bob", Wire::Raw);
        shows(&ann, "-- bob joined.");
        // With one other member, the command of a pair is enough.
        ann.enter("play tictactoe");
        bob.hears("ann offers you a game of tictactoe: /accept or /decline.");
        let mut cleo = Peer::join(port, "cleo");
        bob.say("/accept");
        shows(&ann, "bob to move.");
        bob.say("5");
        shows(&ann, "-- bob moves: 5");
        shows(&ann, "Your move. A move is 1 to 9, or a1 to c3.");
        ann.enter("5");
        shows(
            &ann,
            "Square 5 is taken. Free squares: 1, 2, 3, 4, 6, 7, 8, 9.",
        );
        ann.enter("hm");
        cleo.hears_last("ann: hm");
        ann.enter("a1");
        bob.hears("-- ann moves: 1");
        for (his, hers) in [("3", "2"), ("7", "")] {
            bob.say(his);
            shows(&ann, &format!("-- bob moves: {his}"));
            if !hers.is_empty() {
                ann.enter(hers);
                bob.hears(&format!("-- ann moves: {hers}"));
            }
        }
        shows(&ann, "You lose: bob wins. rematch plays again.");
        bob.hears_last("You win! rematch plays again.");
        let heard = cleo.hears_last("-- bob won tictactoe against ann.");
        assert!(!heard.iter().any(|line| line == "ann: 1"), "{heard:?}");
        ann.enter("rematch");
        bob.hears_last(
            "ann offers you a game of tictactoe: /accept or /decline. ann would move first.",
        );
    }
}

#[test]
fn the_computer_answers_in_a_room_and_a_hint_is_given() {
    for columns in [80, 40] {
        let Room { host: _room, port } = Room::open(&[]);
        let mut ann = seated(port, "ann", &[], columns);
        ann.enter("play tictactoe");
        shows(
            &ann,
            "Who do you want to play? /play tictactoe NAME. Nobody is free; computer always is.",
        );
        ann.enter("play tictactoe computer perfect");
        shows(&ann, "You play the computer at level perfect.");
        ann.enter("5");
        shows(&ann, "-- computer moves: ");
        ann.enter("/hint");
        shows(&ann, "Best is ");
        ann.enter("/draw");
        shows(&ann, "It's a draw. rematch plays again.");
        ann.enter("/score");
        shows(
            &ann,
            "Games with computer:\n  tictactoe  won 0, lost 0, drawn 1",
        );
    }
}

#[test]
fn boards_are_described_to_whoever_asks_for_it() {
    for columns in [80, 40] {
        let Room { host: _room, port } = Room::open(&[]);
        let mut ann = seated(port, "ann", &["--describe"], columns);
        let mut bob = client(port, "bob");
        shows(&ann, "-- bob joined.");
        bob.enter("/play tictactoe ann");
        shows(&ann, "bob offers you a game of tictactoe");
        ann.enter("/accept");
        shows(&ann, "Free: 1, 2, 3, 4, 5, 6, 7, 8, 9. Your move.");
        ann.enter("5");
        shows(&ann, "You move: 5.");
        bob.wait_for("-- ann moves: 5\n");
        bob.enter("1");
        shows(&ann, "-- bob moves: 1");
        ann.enter("/board");
        shows(
            &ann,
            "X in the centre; O in the top left; free: 2, 3, 4, 6, 7, 8, 9. Your move.",
        );
        assert!(!ann.output().contains("+---"), "{}", ann.contents());
    }
}

#[test]
fn a_game_and_private_messages_survive_the_restart_of_the_server() {
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let Room {
        host: mut room,
        port,
    } = Room::open(&["--data", folder]);
    let mut ann = seated(port, "ann", &["--bell"], 80);
    let mut bob = client(port, "bob");
    shows(&ann, "-- bob joined.");
    bob.enter("/play connect4 ann");
    shows(&ann, "bob offers you a game of connect4");
    ann.enter("/accept");
    shows(&ann, "Your move.");
    ann.enter("4");
    bob.wait_for("-- ann moves: 4\n");
    assert!(!ann.output().contains('\x07'));
    bob.enter("/msg ann psst");
    shows(&ann, "(from bob): psst");
    assert!(ann.output().contains('\x07'));
    bob.wait_for("(to ann): psst\n");
    room.kill();
    shows(&ann, "Connection to the room lost.");
    let _room = Program::new()
        .args(["room", "--port", &port.to_string()])
        .data(folder)
        .start();
    // It is bob's move, as before.
    shows(&ann, "Reconnected.");
    bob.wait_for("Reconnected.\n");
    bob.wait_for("Your move. A move is a column, 1 to 7 or a to g.\n");
    bob.enter("4");
    shows(&ann, "-- bob moves: 4");
    let mut cleo = Peer::connect(port, Wire::Framed);
    cleo.say("cleo");
    let early = cleo.hears("-- cleo joined.");
    assert!(!early.iter().any(|line| line.contains("psst")), "{early:?}");
    cleo.say("/search psst");
    cleo.hears_last("Nothing was found.");
    bob.enter("/search psst");
    bob.wait_for("(to ann): psst\n");
    let shown = Program::new()
        .args(["history", "show", "r1"])
        .data(folder)
        .run();
    assert!(
        shown.stdout.contains("(private) bob to ann: psst"),
        "{shown:?}"
    );
    assert!(
        shown
            .stdout
            .contains("-- ann moves in connect4 with bob: 4"),
        "{shown:?}"
    );
}

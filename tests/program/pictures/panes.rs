//! Panes: a room with a game, two people, and the host of a class.

use super::room::{draw, member};
use super::{Pair, number_behind, picture, shell, shell_of};
use crate::support::{Cable, Pty};

/// A room, and its port.
fn room(mut host: Pty, command: &str) -> (Pty, u16) {
    host.press(&format!("{command}\r"));
    let port = number_behind(&host, "on port: ");
    (host, port)
}

/// Enters `line`, which `others` see before anything else happens.
fn say(speaker: &mut Pty, line: &str, others: &[&Pty]) {
    speaker.enter(line);
    for other in others {
        other.wait_for(line);
    }
}

#[test]
fn panes_of_a_room() {
    let (_host, port) = room(shell(0), "tictalk room");
    let mut ann = shell_of((36, 120), port);
    ann.press("tictalk client --name ann --panes\r");
    ann.wait_for("You are the coordinator now");
    let mut bob = member("bob", port);
    ann.wait_for("bob joined");
    let mut cleo = member("cleo", port);
    ann.wait_for("bob and cleo joined");
    let cable = Cable::to(port);
    let _dan = member("dan", cable.port());
    ann.wait_for("bob, cleo and dan joined");
    say(&mut bob, "Good morning!", &[&ann, &cleo]);
    say(&mut ann, "Good morning, everybody.", &[&bob, &cleo]);
    ann.wait_for("everybody. ✓");
    say(&mut cleo, "Who plays Connect Four with me?", &[&ann, &bob]);
    ann.enter("/play connect4 cleo");
    cleo.wait_for("ann offers you a game of connect4");
    cleo.enter("/accept");
    ann.wait_for("cleo and ann play connect4");
    for (mine, theirs) in [("d", "d"), ("c", "e"), ("e", "c"), ("d", "c")] {
        cleo.wait_for("Your move.");
        cleo.prompt();
        cleo.enter(mine);
        ann.wait_for("ann - your turn");
        ann.enter(theirs);
        ann.wait_for("ann - cleo's turn");
    }
    say(&mut bob, "@ann: do not look at the left side.", &[&ann]);
    cable.pull();
    ann.wait_for("dan (away)");
    cleo.enter("b");
    ann.wait_for("ann - your turn");
    // The arrows choose a column.
    ann.press("\x1b[C");
    ann.wait_for("Enter play");
    draw(
        "panes-room.svg",
        &[(&ann, "ann: tictalk client --panes")],
        &[port],
    );
}

#[test]
fn panes_of_a_pair() {
    let mut pair = Pair::start_in(
        (24, 80),
        "tictalk server --name bob --panes",
        "tictalk client --name ann --panes",
    );
    pair.turns("Hello", "Hi ann");
    pair.turns("play tictactoe", "5");
    pair.turns("1", "3");
    pair.turns("7", "4");
    pair.client.wait_for("bob played 4.");
    pair.client.prompt();
    pair.client.press("\x1b[C");
    pair.client.wait_for("Enter play");
    pair.server.wait_for("4 ✓");
    pair.server.wait_for("ann's turn ...");
    picture(
        "panes-pair.svg",
        &[
            pair.server_window("bob: tictalk server --panes"),
            pair.client_window("ann: tictalk client --panes"),
        ],
    );
}

#[test]
fn panes_of_a_host() {
    let (mut host, port) = room(shell_of((30, 120), 0), "tictalk room --panes");
    let mut ann = member("ann", port);
    host.wait_for("ann joined");
    let mut bob = member("bob", port);
    host.wait_for("bob joined");
    say(&mut ann, "Is this the physics class?", &[&host, &bob]);
    host.enter("It is. Please greet each other.");
    say(&mut bob, "Hello ann, shall we play?", &[&host, &ann]);
    ann.enter("/play tictactoe bob");
    bob.wait_for("ann offers you a game of tictactoe");
    bob.enter("/accept");
    host.wait_for("bob and ann play tictactoe");
    host.wait_for("1 table");
    host.press("Two are ");
    host.prompt_with("Two are ");
    draw(
        "panes-host.svg",
        &[(&host, "tictalk room --panes")],
        &[port],
    );
}

#[test]
fn panes_of_a_replay() {
    let data = tempfile::tempdir().unwrap();
    let journal = format!("--data {}", data.path().display());
    let (server, client) = (
        "tictalk server --name bob".to_owned(),
        format!("tictalk client --name ann {journal}"),
    );
    let mut pair = Pair::start_in((24, 80), &server, &client);
    pair.turns("Hello", "Hi ann, shall we play?");
    pair.turns("play connect4", "4");
    pair.turns("4", "3");
    pair.turns("5", "2");
    pair.turns("1", "5");
    pair.client.prompt();
    pair.client.enter("/q");
    pair.end();
    let mut window = shell_of((30, 100), 0);
    window.press(&format!("tictalk replay last --panes {journal}\r"));
    window.wait_for("turn ");
    // Two steps back from the end, which comes after the last turn.
    window.press("\x1b[F");
    window.wait_for("finished");
    window.press("pp");
    window.wait_for("turn 9 of 10");
    let port = number_behind(&window, "on port: ");
    draw(
        "panes-replay.svg",
        &[(&window, "tictalk replay last --panes")],
        &[port],
    );
}

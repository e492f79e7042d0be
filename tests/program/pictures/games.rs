//! A picture of every game.

use super::svg::Window;
use super::{CLIENT_PORT, Pair, SERVER_PORT, number_behind, picture, shell};
use crate::support::{Pty, Socket, control, frame};
use tictalk::games::seal::{GameId, Opening, Seal};
use tictalk::games::{Chance, Seat};
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::Ticket;

fn pair() -> Pair {
    Pair::start("tictalk server --name bob", "tictalk client --name ann")
}

/// Enters `line` as soon as it is asked for.
fn say(window: &mut Pty, line: &str) {
    window.prompt();
    window.enter(line);
}

/// Enters `line` at the prompt that shows nothing.
fn say_hidden(window: &mut Pty, line: &str) {
    window.wait_for("Enter Input (hidden) >");
    window.press(line);
    let stars = "*".repeat(line.len());
    window.wait_for(&format!("Enter Input (hidden) >{stars}"));
    window.press("\r");
}

fn both(pair: &Pair, name: &str) {
    picture(
        name,
        &[
            pair.server_window("bob: tictalk server"),
            pair.client_window("ann: tictalk client"),
        ],
    );
}

#[test]
fn rps() {
    let mut pair = pair();
    pair.turns("play rps 3", "rock");
    say(&mut pair.client, "paper");
    pair.client.wait_for("you win the round");
    say(&mut pair.client, "scissors");
    say(&mut pair.server, "paper");
    pair.server.wait_for(" wins. You ");
    pair.client.wait_for("You win!");
    pair.server.prompt();
    both(&pair, "rps.svg");
}

#[test]
fn hangman() {
    let mut pair = pair();
    say(&mut pair.client, "play hangman");
    say_hidden(&mut pair.client, "teapot");
    for guess in ["e", "s", "t", "teapot"] {
        say(&mut pair.server, guess);
    }
    pair.server.wait_for("You win");
    pair.client.wait_for(" wins. You ");
    pair.server.prompt();
    both(&pair, "hangman.svg");
}

#[test]
fn connect4() {
    let mut pair = pair();
    pair.turns("play connect4", "4");
    for (client, server) in [("4", "5"), ("5", "6")] {
        pair.turns(client, server);
    }
    for window in [&pair.server, &pair.client] {
        window.resize((28, 80));
    }
    say(&mut pair.client, "/hint");
    say(&mut pair.client, "3");
    say(&mut pair.server, "/hint");
    say(&mut pair.server, "7");
    pair.server.wait_for("You win");
    pair.client.wait_for(" wins. You ");
    pair.client.prompt();
    both(&pair, "connect4.svg");
}

#[test]
fn battleship() {
    let mut pair = pair();
    // Room for the last charts only.
    for window in [&pair.server, &pair.client] {
        window.resize((18, 80));
    }
    say(&mut pair.client, "play battleship");
    for place in ["b2 right", "h4 down", "a10 r", "d7 r", "j9 d"] {
        say(&mut pair.server, place);
    }
    for place in ["a1 down", "d3 right", "f8 right", "i1 down", "b9 right"] {
        say(&mut pair.client, place);
    }
    for (server, client) in [("c3", "h5"), ("d3", "h6"), ("e3", "g6")] {
        say(&mut pair.server, server);
        say(&mut pair.client, client);
    }
    pair.server.prompt();
    pair.client.wait_for("You shoot at g6: a miss.");
    both(&pair, "battleship.svg");
}

#[test]
fn caught() {
    let (mut server, port) = Pair::server("tictalk server --name bob");
    let mut socket = Socket::connect(port);
    socket.send(&control(r#"{"type":"hello","version":2,"name":"eve"}"#));
    let (_, welcome) = socket.receive_frame();
    let welcome: serde_json::Value = serde_json::from_str(&welcome).unwrap();
    let ticket = welcome["session"].as_str().unwrap().to_owned();
    let mut log = TurnLog::new(Ticket::try_from(ticket).unwrap());
    let turn = |by, text: &str| Turn {
        by,
        text: text.to_owned(),
    };
    socket.send(&frame("Hello, shall we play?"));
    log.add(turn(Role::Client, "Hello, shall we play?"));
    let id = GameId(*log.standing().digest.as_bytes());
    say(&mut server, "play rps 1");
    assert_eq!(socket.receive_text(), "play rps 1");
    let rock = Opening::draw("rock 1", &mut Chance::new([1; 32]));
    let seal = Seal::of(&rock, id, Seat::First);
    socket.send(&frame(&format!("sealed {seal}")));
    say(&mut server, "paper");
    assert_eq!(socket.receive_text(), "paper");
    let scissors = Opening {
        secret: "scissors 1".to_owned(),
        ..rock
    };
    socket.send(&frame(&scissors.to_string()));
    server.wait_for("You win");
    server.prompt();
    let client = number_behind(&server, "Connected by ('127.0.0.1', ");
    let shown = [(port, SERVER_PORT), (client, CLIENT_PORT)];
    let shown = shown.map(|(real, shown)| (real.to_string(), shown.to_string()));
    let window = server.read(|screen| Window::new("bob: tictalk server", screen, &shown));
    picture("caught.svg", &[window]);
}

#[test]
fn solo() {
    let mut window = shell(0);
    window.press("tictalk solo tictactoe --level perfect\r");
    for square in ["5", "2", "9"] {
        say(&mut window, square);
    }
    window.prompt();
    window.enter("/hint");
    window.prompt();
    let window = window.read(|screen| Window::new("tictalk solo", screen, &[]));
    picture("solo.svg", &[window]);
}

//! Partners whose programs lie, on a bare wire: each is caught and named, and the honest side wins.

use crate::support::{Program, Running, Socket, frame, hello};
use tictalk::games::seal::{GameId, Opening, Salt, Seal};
use tictalk::games::{Chance, Seat};
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::Ticket;

mod battleship;
mod hangman;
mod rps;
mod toss;

/// A client whose program does what it is told, however wrong, and a server that is honest.
struct Cheat {
    server: Running,
    socket: Socket,
    log: TurnLog,
    chance: Chance,
}

impl Cheat {
    /// Two who have greeted each other; the cheat speaks first.
    fn new() -> Self {
        let (server, port) = Program::server().start().listening();
        let mut socket = Socket::connect(port);
        socket.send(&hello());
        let (_, welcome) = socket.receive_frame();
        let welcome: serde_json::Value = serde_json::from_str(&welcome).unwrap();
        let ticket = welcome["session"].as_str().unwrap().to_owned();
        Self {
            server,
            socket,
            log: TurnLog::new(Ticket::try_from(ticket).unwrap()),
            chance: Chance::new([1; 32]),
        }
    }

    /// Sends a turn.
    fn say(&mut self, text: &str) {
        assert_eq!(self.log.speaker(), Role::Client, "it is not our turn");
        self.socket.send(&frame(text));
        self.log.add(Turn {
            by: Role::Client,
            text: text.to_owned(),
        });
    }

    /// Receives a turn.
    fn hear(&mut self) -> String {
        let text = self.socket.receive_text();
        self.log.add(Turn {
            by: Role::Server,
            text: text.clone(),
        });
        text
    }

    /// The server's person says this, as soon as they are asked.
    fn server_says(&mut self, line: &str) -> String {
        self.server.prompt();
        self.server.enter(line);
        self.hear()
    }

    /// The identifier of a game that is proposed with the next turn.
    fn id(&self) -> GameId {
        GameId(*self.log.standing().digest.as_bytes())
    }

    /// A secret and a salt that nobody has seen.
    fn opening(&mut self, secret: &str) -> Opening {
        Opening::draw(secret, &mut self.chance)
    }

    /// The server's person reads that they have won by this lie, and the session continues.
    fn loses_by(mut self, lie: &str) {
        let verdict =
            format!("You win: the program of the client {lie}.\nThe game is over; back to chat.\n");
        self.server.wait_for(&verdict);
        if self.log.speaker() == Role::Server {
            assert_eq!(self.server_says("That was not fair"), "That was not fair");
        }
        self.say("Sorry");
        self.server.wait_for("Sorry\n");
        self.server.prompt();
        self.server.enter("/score");
        self.server.wait_for("won 1, lost 0, drawn 0");
        self.server.prompt();
        self.server.enter("/q");
        // Else the server would wait a while for the other end to close.
        assert_eq!(self.socket.receive_text(), "/q");
        drop(self.socket);
        assert_eq!(self.server.finish().code, Some(0));
    }
}

const CHANGED: &str = "revealed a secret that does not match its seal";

/// The turn by which the first seat seals a secret.
fn sealed(opening: &Opening, id: GameId) -> String {
    format!("sealed {}", Seal::of(opening, id, Seat::First))
}

/// A program that leaves its person no turn is no lie but a broken program.
#[test]
fn a_turn_that_is_not_passed_on_ends_the_session() {
    let mut cheat = Cheat::new();
    cheat.say("play tictactoe");
    cheat.server_says("5");
    cheat.say("/resign");
    cheat.server_says("Well played");
    // The server began the last game, so this one is the client's to begin.
    cheat.say("Thanks");
    cheat.server_says("rematch");
    cheat.say("noted");
    let finished = cheat.server.finish();
    assert_eq!(finished.code, Some(1), "{}", finished.stderr);
    assert!(
        finished
            .stderr
            .contains("the client's program broke the rules"),
        "{}",
        finished.stderr
    );
}

#[test]
fn salts_are_never_used_twice() {
    let mut chance = Chance::new([2; 32]);
    let salts: Vec<String> = (0..100)
        .map(|_| Salt::draw(&mut chance).to_string())
        .collect();
    let mut unique = salts.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), salts.len());
}

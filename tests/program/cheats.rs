//! Partners whose programs lie, on a bare wire: each is caught and named, and the honest side wins.

use crate::support::{Program, Socket, control, frame, hello};
use tictalk::games::seal::{GameId, Opening, Salt, Seal};
use tictalk::games::{Chance, Seat};
use tictalk::session::{Log, Role, Turn};
use tictalk::wire::Ticket;

/// A client whose program does what it is told, however wrong, and a server that is honest.
struct Cheat {
    server: Program,
    socket: Socket,
    log: Log,
    chance: Chance,
}

impl Cheat {
    /// Two who have greeted each other; the cheat speaks first.
    fn new() -> Self {
        let (server, port) = Program::server();
        let mut socket = Socket::connect(port);
        socket.send(&hello());
        let (_, welcome) = socket.receive_frame();
        let welcome: serde_json::Value = serde_json::from_str(&welcome).unwrap();
        let ticket = welcome["session"].as_str().unwrap().to_owned();
        Self {
            server,
            socket,
            log: Log::new(Ticket::try_from(ticket).unwrap()),
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

    /// What a game is called that is proposed with the next turn.
    fn id(&self) -> GameId {
        GameId(*self.log.standing().digest.as_bytes())
    }

    /// A secret and a salt that nobody has seen.
    fn opening(&mut self, secret: &str) -> Opening {
        Opening::draw(secret, &mut self.chance)
    }

    /// The server's person reads that they have won by this lie, and the talk goes on.
    fn loses_by(mut self, lie: &str) {
        let verdict = format!(
            "You win: the program of the client {lie}. The game is over; the chat goes on.\n"
        );
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
        assert_eq!(self.server.finish().code, Some(0));
    }
}

const CHANGED: &str = "showed something else than it had sealed for this game";

/// Rock-paper-scissors in which the cheat throws first, and so has something to hide; its game id.
fn rps(rounds: u8) -> (Cheat, GameId) {
    let mut cheat = Cheat::new();
    cheat.say("Hello");
    cheat.server.prompt();
    let id = cheat.id();
    cheat.server.enter(&format!("play rps {rounds}"));
    assert_eq!(cheat.hear(), format!("play rps {rounds}"));
    (cheat, id)
}

fn sealed(opening: &Opening, id: GameId) -> String {
    format!("sealed {}", Seal::of(opening, id, Seat::First))
}

#[test]
fn an_honest_game_over_a_bare_wire_is_nobodys_lie() {
    let (mut cheat, id) = rps(1);
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    assert_eq!(cheat.server_says("scissors"), "scissors");
    cheat.say(&rock.to_string());
    cheat
        .server
        .wait_for("You have scissors, the client has rock: you lose the round.\n");
    cheat.server.wait_for("You lose: the client wins.");
}

#[test]
fn a_changed_throw_is_caught() {
    let (mut cheat, id) = rps(3);
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    cheat.server_says("paper");
    let scissors = Opening {
        secret: "scissors 1".to_owned(),
        ..rock
    };
    cheat.say(&scissors.to_string());
    cheat.loses_by(CHANGED);
}

#[test]
fn a_throw_that_is_not_shown_is_caught() {
    for instead in ["hello", "noted", "paper", "rock 1", "/undo me"] {
        let (mut cheat, id) = rps(3);
        let rock = cheat.opening("rock 1");
        cheat.say(&sealed(&rock, id));
        cheat.server_says("paper");
        cheat.say(instead);
        cheat.loses_by("did not show what it had sealed");
    }
}

#[test]
fn a_throw_that_is_shown_too_early_is_caught() {
    let (mut cheat, _) = rps(3);
    let rock = cheat.opening("rock 1");
    cheat.say(&rock.to_string());
    cheat.loses_by("showed its secret too early");
}

#[test]
fn a_throw_that_is_not_sealed_is_caught() {
    for instead in ["rock", "sealed", "sealed 00ff", "sealed rock"] {
        let (mut cheat, _) = rps(3);
        cheat.say(instead);
        cheat.loses_by("did not seal its choice before it mattered");
    }
}

#[test]
fn a_seal_of_an_earlier_round_opens_nothing() {
    let (mut cheat, id) = rps(5);
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    cheat.server_says("rock");
    cheat.say(&rock.to_string());
    // The second round is the server's to seal.
    cheat.server_says("rock");
    cheat.say("rock");
    cheat.hear();
    cheat.say(&sealed(&rock, id));
    cheat.server_says("rock");
    cheat.say(&rock.to_string());
    cheat.loses_by(CHANGED);
}

#[test]
fn a_seal_that_the_server_has_made_is_of_no_use_to_the_client() {
    let (mut cheat, id) = rps(5);
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    cheat.server_says("rock");
    cheat.say(&rock.to_string());
    let theirs = cheat.server_says("paper");
    cheat.say("rock");
    let opening = cheat.hear();
    cheat.say(&theirs);
    cheat.server_says("rock");
    cheat.say(&opening);
    cheat.loses_by(CHANGED);
}

#[test]
fn a_seal_of_another_session_or_an_earlier_game_opens_nothing() {
    let (mut cheat, id) = rps(1);
    let elsewhere = {
        let (mut other, id) = rps(1);
        let rock = other.opening("rock 1");
        (sealed(&rock, id), rock.to_string())
    };
    let earlier = cheat.opening("rock 1");
    cheat.say(&sealed(&earlier, id));
    cheat.server_says("rock");
    cheat.say(&earlier.to_string());
    cheat.server.wait_for("A draw: nobody wins.");
    // Now the server begins; its partner seals in the next game after that.
    cheat.server_says("play rps 1");
    cheat.say(&elsewhere.0);
    cheat.server_says("paper");
    cheat.say(&elsewhere.1);
    cheat.server.wait_for(CHANGED);
    cheat.server_says("play rps 1");
    cheat.say(&sealed(&earlier, id));
    cheat.server_says("paper");
    cheat.say(&earlier.to_string());
    cheat.server.wait_for(CHANGED);
}

#[test]
fn a_coin_that_is_changed_in_the_air_is_caught() {
    // The partner of who proposes seals a side of the coin.
    for lie in ["heads", "tails", "edge"] {
        let mut cheat = Cheat::new();
        cheat.say("Hello");
        cheat.server.prompt();
        let id = cheat.id();
        cheat.server.enter("play tictactoe --toss");
        assert_eq!(cheat.hear(), "play tictactoe --toss");
        let sealed_side = if lie == "heads" { "tails" } else { "heads" };
        let side = cheat.opening(sealed_side);
        cheat.say(&sealed(&side, id));
        assert!(["heads", "tails"].contains(&cheat.hear().as_str()));
        let other = Opening {
            secret: lie.to_owned(),
            ..side
        };
        cheat.say(&other.to_string());
        cheat.loses_by(CHANGED);
    }
}

#[test]
fn a_throw_that_is_none_is_caught() {
    let mut cheat = Cheat::new();
    cheat.say("play rps 1");
    cheat.server_says("rock");
    cheat.say("dynamite");
    cheat.loses_by("did not do what the game asked of it");
}

/// Hangman in which the cheat knows the word; its game id.
fn hangman(options: &str) -> (Cheat, GameId) {
    let mut cheat = Cheat::new();
    let id = cheat.id();
    cheat.say(&format!("play hangman{options}"));
    assert_eq!(cheat.hear(), "noted");
    (cheat, id)
}

/// The turn that seals a word.
fn word(opening: &Opening, id: GameId) -> String {
    let length = opening.secret.len();
    format!("word {length} {}", Seal::of(opening, id, Seat::Second))
}

#[test]
fn a_word_that_is_changed_while_it_is_guessed_is_caught() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for (guess, answer) in [
        ("t", "t at 1"),
        ("r", "r at 2"),
        ("a", "a at 3"),
        ("i", "i at 4"),
    ] {
        assert_eq!(cheat.server_says(guess), guess);
        cheat.say(answer);
    }
    cheat.server_says("n");
    // Another word would fit as well.
    cheat.say("no n");
    for guess in ["d", "e", "b", "c"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("train");
    let trail = Opening {
        secret: "trail".to_owned(),
        ..train
    };
    cheat.say(&trail.to_string());
    cheat.loses_by(CHANGED);
}

#[test]
fn a_guess_that_is_answered_falsely_is_caught_when_the_word_is_shown() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for guess in ["t", "b", "c", "d", "f"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("g");
    cheat.say(&train.to_string());
    cheat.loses_by("gave a false answer");
}

#[test]
fn a_word_that_is_not_shown_or_too_early_is_caught() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    cheat.server_says("train");
    cheat.say("no train");
    cheat.server_says("t");
    cheat.say(&train.to_string());
    cheat.loses_by("gave a false answer");

    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    cheat.server_says("x");
    cheat.say(&train.to_string());
    cheat.loses_by("showed its secret too early");

    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for guess in ["b", "c", "d", "f", "g"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("h");
    cheat.say("no h");
    cheat.loses_by("did not show what it had sealed");
}

#[test]
fn a_word_that_is_not_in_the_list_or_was_sealed_elsewhere_is_caught() {
    let (mut cheat, id) = hangman(" --words");
    let nonsense = cheat.opening("qqqqq");
    cheat.say(&word(&nonsense, id));
    cheat.server_says("/resign");
    cheat.say(&nonsense.to_string());
    cheat.loses_by("had sealed something that breaks the rules");

    let (_, elsewhere) = hangman("");
    let (mut cheat, _) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, elsewhere));
    cheat.server_says("train");
    cheat.say(&train.to_string());
    cheat.loses_by(CHANGED);
}

/// A program that leaves its person no turn is no lie but a broken program.
#[test]
fn a_turn_that_is_not_passed_on_ends_the_talk() {
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

/// What is no turn at all is refused as before.
#[test]
fn a_control_frame_in_a_game_is_not_a_move() {
    let (mut cheat, id) = rps(1);
    cheat.socket.send(&control(r#"{"type":"sparkle"}"#));
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    assert_eq!(cheat.server_says("r"), "rock");
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

//! Throws that were not sealed, or not the sealed ones.

use super::{CHANGED, Cheat, sealed};
use crate::support::control;
use tictalk::games::seal::{GameId, Opening};

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

#[test]
fn an_honest_game_over_a_bare_wire_is_nobodys_lie() {
    let (mut cheat, id) = rps(1);
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    assert_eq!(cheat.server_says("scissors"), "scissors");
    cheat.say(&rock.to_string());
    cheat
        .server
        .wait_for("You threw scissors, the client threw rock: you lose the round.\n");
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
        cheat.loses_by("did not reveal its sealed choice");
    }
}

#[test]
fn a_throw_that_is_shown_too_early_is_caught() {
    let (mut cheat, _) = rps(3);
    let rock = cheat.opening("rock 1");
    cheat.say(&rock.to_string());
    cheat.loses_by("revealed its secret too early");
}

#[test]
fn a_throw_that_is_not_sealed_is_caught() {
    for instead in ["rock", "sealed", "sealed 00ff", "sealed rock"] {
        let (mut cheat, _) = rps(3);
        cheat.say(instead);
        cheat.loses_by("did not seal its choice in time");
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
fn a_throw_that_is_none_is_caught() {
    let mut cheat = Cheat::new();
    cheat.say("play rps 1");
    cheat.server_says("rock");
    cheat.say("dynamite");
    cheat.loses_by("sent a turn that is not legal");
}

/// A message that is no turn at all is refused as before.
#[test]
fn a_control_frame_in_a_game_is_not_a_move() {
    let (mut cheat, id) = rps(1);
    cheat.socket.send(&control(r#"{"type":"sparkle"}"#));
    let rock = cheat.opening("rock 1");
    cheat.say(&sealed(&rock, id));
    assert_eq!(cheat.server_says("r"), "rock");
}

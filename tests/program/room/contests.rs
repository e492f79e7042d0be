//! A tournament among members of every kind.

use super::client;
use crate::support::{Peer, Room, Wire};

#[test]
fn a_client_two_programs_and_the_computer_play_a_tournament() {
    let Room { mut host, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    host.enter("/tournament tictactoe computer easy");
    cleo.hears("-- host opens a tictactoe tournament: everyone plays everyone once.");
    ann.enter("/accept");
    host.wait_for("-- ann enters the tictactoe tournament: 2 players so far.\n");
    bob.say("/accept");
    host.wait_for("-- bob enters the tictactoe tournament: 3 players so far.\n");
    cleo.say("/tournament join");
    host.wait_for("-- cleo enters the tictactoe tournament: 4 players so far.\n");
    host.enter("/tournament start");
    let begins = "-- The tictactoe tournament begins: computer, ann, bob, cleo. 6 games, with 3 \
                  minutes for each move.\n";
    host.wait_for(begins);
    // Nobody but the computer plays on, so each of the others loses to it, and everybody else wins
    // or loses by a game that is given up. Too many /resign are refused and cost nothing.
    for _ in 0..6 {
        ann.enter("/resign");
        bob.say("/resign");
        cleo.say("/resign");
    }
    host.wait_for("-- The tictactoe tournament is over: computer wins.\n");
    host.wait_for("-- tictactoe: 6 games\n");
    host.wait_for("-- 1. computer: 3.0 of 3: 3 won, 0 drawn, 0 lost\n");
}

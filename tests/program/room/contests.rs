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
    host.wait_for(" play tictactoe. ");
    // Nobody but the computer plays on, so each of the others loses to it. A /resign of a member who
    // is not in a game is refused and costs nothing.
    for _ in 0..100 {
        ann.enter("/resign");
        bob.say("/resign");
        cleo.say("/resign");
        host.enter("/tournament");
        host.wait_for("tictactoe");
        if host.output().contains("tournament is over") {
            break;
        }
    }
    let seen = host.output();
    assert!(
        seen.contains("-- The tictactoe tournament is over: computer wins.\n"),
        "{seen}"
    );
    assert!(
        seen.contains("-- 1. computer: 3.0 of 3: 3 won, 0 drawn, 0 lost\n"),
        "{seen}"
    );
}

//! The toss of a coin: what neither side can get away with.

use tictalk::games::seal::{Opening, Seal};
use tictalk::games::{Chance, Game, GameId, Lie, Next, Outcome, Seat, Secrets, Toss};

const ID: GameId = GameId([7; 32]);

/// A coin of which the first seat has sealed this side.
fn sealed(side: &str) -> (Toss, Opening) {
    let opening = Opening::draw(side, &mut Chance::new([1; 32]));
    let mut toss = Toss::new(ID);
    let seal = Seal::of(&opening, ID, Seat::First);
    toss.play(Seat::First, &format!("sealed {seal}")).unwrap();
    (toss, opening)
}

#[test]
fn the_caller_of_the_sealed_side_begins() {
    for (side, named, first) in [
        ("heads", "heads", Seat::Second),
        ("heads", "tails", Seat::First),
        ("tails", "tails", Seat::Second),
        ("tails", "heads", Seat::First),
    ] {
        let (mut toss, opening) = sealed(side);
        toss.play(Seat::Second, named).unwrap();
        toss.play(Seat::First, &opening.to_string()).unwrap();
        assert_eq!(toss.next(), Next::Over(Outcome::Won(first)));
    }
}

#[test]
fn a_coin_that_has_no_such_side_is_caught() {
    let (mut toss, opening) = sealed("edge");
    toss.play(Seat::Second, "heads").unwrap();
    toss.play(Seat::First, &opening.to_string()).unwrap();
    let caught = Outcome::Caught(Seat::First, Lie::AgainstTheRules);
    assert_eq!(toss.next(), Next::Over(caught));
}

#[test]
fn a_call_that_names_no_side_is_caught() {
    for words in ["", "edge", "Heads", "noted"] {
        let (mut toss, _) = sealed("heads");
        toss.play(Seat::Second, words).unwrap();
        let caught = Outcome::Caught(Seat::Second, Lie::NoMove);
        assert_eq!(toss.next(), Next::Over(caught), "{words:?}");
    }
}

#[test]
fn a_program_that_has_lost_its_secret_loses() {
    let (mut toss, _) = sealed("heads");
    toss.play(Seat::Second, "heads").unwrap();
    let said = toss.step(&mut Chance::new([2; 32]));
    assert!(!said.words.is_empty(), "an empty frame breaks the wire");
    toss.play(Seat::First, &said.words).unwrap();
    let caught = Outcome::Caught(Seat::First, Lie::NotShown);
    assert_eq!(toss.next(), Next::Over(caught));
}

#[test]
fn bytes_of_any_number_are_drawn_from_blocks_of_32() {
    let chance = || Chance::new([3; 32]);
    let (mut one, mut two) = (chance(), chance());
    let [first, second] = [(); 2].map(|()| one.bytes());
    assert_ne!(first, second);
    let both: [u8; 64] = two.array();
    assert_eq!(both, *[first, second].concat());
    let half: [u8; 16] = chance().array();
    assert_eq!(half, first[..16]);
    let mut after = chance();
    let _: [u8; 33] = after.array();
    assert_eq!(after.bytes(), one.bytes());
}

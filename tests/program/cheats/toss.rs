//! Coins that are changed in the air.

use super::{CHANGED, Cheat, sealed};
use tictalk::games::seal::Opening;

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

//! The commands on function keys during a session.

use crate::games::Rules;
use crate::scene::KeyOffer;
use crate::session::{Command, Offer, Session, Side};

/// The commands available now. Each key always has the same command.
pub(super) fn offers(session: &Session) -> Vec<KeyOffer> {
    let Some(running) = session.game() else {
        let rematch = Command::Rematch.word();
        let can_rematch = session.suggestions().iter().any(|line| line == rematch);
        let rematch = can_rematch.then(|| KeyOffer::new(5, "rematch", rematch));
        return rematch.into_iter().collect();
    };
    let mut offers = Vec::new();
    if running.mover == Some(Side::Me) && running.offer.is_none() {
        offers.push(KeyOffer::new(2, "hint", Command::Hint.word()));
    }
    match running.offer {
        Some((Side::Partner, offer)) => offers.push(KeyOffer::new(3, "agree", offer.word())),
        Some((Side::Me, _)) => {}
        // A game with secrets allows neither.
        None if matches!(running.entry.rules, Rules::Secret { .. }) => {}
        None => {
            if running.has_moved {
                offers.push(KeyOffer::new(6, "undo", Offer::Undo.word()));
            }
            offers.push(KeyOffer::new(7, "draw", Offer::Draw.word()));
        }
    }
    offers
}

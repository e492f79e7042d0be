//! Recognizes the questions that a room asks a member, so that a key can answer them.

/// A question to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The member with this name offers a game.
    Game(String),
    /// The opponent offers a draw.
    Draw,
    /// The opponent asks to take back a move.
    Undo,
}

impl Asked {
    /// Parses the question in a notice of the room. Imitating it gains nothing: the room refuses an answer
    /// to an offer that was not made.
    #[must_use]
    pub fn in_words(told: &str) -> Option<Self> {
        if told.contains(" offers a draw: /draw agrees,") {
            return Some(Self::Draw);
        }
        if told.contains(" asks to take back their last move: /undo agrees,") {
            return Some(Self::Undo);
        }
        let (by, rest) = told.split_once(" offers you a game of ")?;
        rest.contains(": /accept or /decline.")
            .then(|| Self::Game(by.to_owned()))
    }

    /// Whether this notice of the room ends the question.
    #[must_use]
    pub fn is_over(&self, told: &str) -> bool {
        match self {
            Self::Game(by) => {
                told.contains(&format!(" declined {by}'s offer of "))
                    || told.starts_with(&format!("{by} withdrew the offer of "))
                    || told.starts_with(&format!("{by}'s offer of "))
            }
            Self::Draw | Self::Undo => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test needs its game")]
mod tests {
    use super::Asked;
    use crate::games::{GAMES, Offer, Seat};
    use crate::room::RoomNotice;

    #[test]
    fn the_words_of_the_room_are_understood() {
        let game = GAMES.first().expect("there are games");
        let offered = RoomNotice::Offered {
            by: "ann".into(),
            game,
            seat: Seat::First,
        };
        let asked = Asked::in_words(&offered.words());
        assert_eq!(asked, Some(Asked::Game("ann".to_owned())));
        let draw = Offer::Draw.received("ann", "anything else declines");
        assert_eq!(Asked::in_words(&draw), Some(Asked::Draw));
        let undo = Offer::Undo.received("ann", "anything else declines");
        assert_eq!(Asked::in_words(&undo), Some(Asked::Undo));
        assert_eq!(Asked::in_words("ann: hello"), None);
    }
}

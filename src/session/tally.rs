//! The score between two people.

use super::outcome::Played;
use super::role::Side;
use crate::games::{Entry, Score};

/// The finished games of two sides, by game.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(Vec<Count>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    game: &'static str,
    /// Games won by the person here.
    mine: u64,
    /// Games won by the partner.
    partners: u64,
    drawn: u64,
}

impl Count {
    /// The games as `reader` sees them.
    fn score(&self, reader: Side) -> Score {
        let mine = Score {
            won: self.mine,
            lost: self.partners,
            drawn: self.drawn,
        };
        match reader {
            Side::Me => mine,
            Side::Partner => mine.reversed(),
        }
    }
}

impl Tally {
    /// The games of this kind, as the person here sees them.
    #[must_use]
    pub fn score(&self, game: &Entry) -> Score {
        let count = self.0.iter().find(|count| count.game == game.name);
        count.map_or_else(Score::default, |count| count.score(Side::Me))
    }

    /// Counts `played`, if it has ended.
    pub fn add(&mut self, played: &Played) {
        let Some(end) = played.end else {
            return;
        };
        let game = played.game.name;
        let at = match self.0.iter().position(|count| count.game == game) {
            Some(at) => at,
            None => {
                self.0.push(Count {
                    game,
                    mine: 0,
                    partners: 0,
                    drawn: 0,
                });
                self.0.len() - 1
            }
        };
        if let Some(count) = self.0.get_mut(at) {
            match end.winner() {
                Some(Side::Me) => count.mine += 1,
                Some(Side::Partner) => count.partners += 1,
                None => count.drawn += 1,
            }
        }
    }

    /// The text of the tally for `reader`, who calls the other side `partner`.
    pub(super) fn words(&self, reader: Side, partner: &str) -> String {
        let rows = self.0.iter().map(|count| (count.game, count.score(reader)));
        Score::table(partner, &rows.collect::<Vec<_>>())
    }
}

//! The score between two people.

use super::outcome::Played;
use super::role::Side;
use crate::games::Entry;
use crate::text::two_columns;

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

/// The finished games of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Games won by the person here.
    pub mine: u64,
    /// Games won by the partner.
    pub partners: u64,
    /// Games that nobody won.
    pub drawn: u64,
}

impl Score {
    /// The text of the score for `reader`, who calls the other side `partner`.
    #[must_use]
    pub fn words(self, reader: Side, partner: &str) -> String {
        let (won, lost) = match reader {
            Side::Me => (self.mine, self.partners),
            Side::Partner => (self.partners, self.mine),
        };
        format!("You {won}, {partner} {lost}, drawn {}", self.drawn)
    }
}

impl Tally {
    /// The games of this kind.
    #[must_use]
    pub fn score(&self, game: &Entry) -> Score {
        let count = self.0.iter().find(|count| count.game == game.name);
        count.map_or_else(Score::default, |count| Score {
            mine: count.mine,
            partners: count.partners,
            drawn: count.drawn,
        })
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
        if self.0.is_empty() {
            return format!("You haven't finished a game with {partner} yet.");
        }
        let rows = self.0.iter().map(|count| {
            let (won, lost) = match reader {
                Side::Me => (count.mine, count.partners),
                Side::Partner => (count.partners, count.mine),
            };
            let Count { game, drawn, .. } = count;
            (*game, format!("won {won}, lost {lost}, drawn {drawn}"))
        });
        let rows: Vec<_> = rows.collect();
        format!("Games with {partner}:{}", two_columns(&rows))
    }
}

//! The results of the games in a room.

use super::table::COMPUTER_NAME;
use crate::games::Score;
use crate::text::two_columns;
use crate::wire::{End, Post, What};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Maximum number of pairs, counted for each game. The pairs that finished their first game longest
/// ago are forgotten for new ones.
const PAIRS: usize = 4_096;

/// Maximum number of players in the table.
const ROWS: usize = 20;

/// The finished games of a room, by the names of their players.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// The score of each pair's first name.
    scores: BTreeMap<Pair, Score>,
    /// The pairs in the order of their first games.
    order: VecDeque<Pair>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Pair {
    /// In alphabetical order.
    names: [Arc<str>; 2],
    game: Arc<str>,
}

/// The pairs in order, each with its score.
impl Serialize for Results {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order = self.order.iter();
        serializer.collect_seq(order.filter_map(|pair| Some((pair, self.scores.get(pair)?))))
    }
}

impl<'de> Deserialize<'de> for Results {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut results = Self::default();
        for (pair, score) in Vec::<(Pair, Score)>::deserialize(deserializer)? {
            if results.scores.insert(pair.clone(), score).is_some() {
                return Err(D::Error::custom("a pair has two scores"));
            }
            results.order.push_back(pair);
        }
        Ok(results)
    }
}

impl Results {
    /// Adds the game that has ended with this post. Other posts change nothing.
    pub fn add(&mut self, post: &Post) {
        let What::Ended { game, with, end } = &post.what else {
            return;
        };
        let author = match end {
            End::Won => Score {
                won: 1,
                ..Score::default()
            },
            End::Resigned | End::Forfeited | End::Late => Score {
                lost: 1,
                ..Score::default()
            },
            End::Drawn => Score {
                drawn: 1,
                ..Score::default()
            },
            End::Abandoned | End::Other => return,
        };
        let (by, game) = (Arc::clone(&post.by.name), game.as_str().into());
        let (names, first) = if by <= *with {
            ([by, Arc::clone(with)], author)
        } else {
            ([Arc::clone(with), by], author.reversed())
        };
        let pair = Pair { names, game };
        if !self.scores.contains_key(&pair) {
            self.order.push_back(pair.clone());
            if self.order.len() > PAIRS
                && let Some(oldest) = self.order.pop_front()
            {
                self.scores.remove(&oldest);
            }
        }
        let score = self.scores.entry(pair).or_default();
        score.won += first.won;
        score.lost += first.lost;
        score.drawn += first.drawn;
    }

    /// Whether so few games were played that more can be added.
    pub(super) fn are_countable(&self) -> bool {
        let highest = u64::from(u32::MAX);
        let mut scores = self.scores.values();
        scores.all(|score| score.won.max(score.lost).max(score.drawn) <= highest)
    }

    /// The games between `reader` and `other`, each with the score of `reader`.
    pub(super) fn between(&self, reader: &str, other: &str) -> Vec<(Arc<str>, Score)> {
        let scores = self.scores.iter().filter_map(|(pair, score)| {
            let [first, second] = &pair.names;
            let mine = match (&**first, &**second) {
                names if names == (reader, other) => *score,
                names if names == (other, reader) => score.reversed(),
                _ => return None,
            };
            Some((Arc::clone(&pair.game), mine))
        });
        scores.collect()
    }

    /// The players with their scores in `game`, or in all games: the best first. Games against the
    /// computer do not count.
    fn players(&self, game: Option<&str>) -> Vec<(Arc<str>, Score)> {
        let mut players: BTreeMap<Arc<str>, Score> = BTreeMap::new();
        for (pair, score) in &self.scores {
            let is_meant = game.is_none_or(|game| game == &*pair.game);
            if !is_meant || pair.names.iter().any(|name| &**name == COMPUTER_NAME) {
                continue;
            }
            let [first, second] = &pair.names;
            for (name, score) in [(first, *score), (second, score.reversed())] {
                let sum = players.entry(Arc::clone(name)).or_default();
                sum.won += score.won;
                sum.lost += score.lost;
                sum.drawn += score.drawn;
            }
        }
        let mut players: Vec<_> = players.into_iter().collect();
        players.sort_by(|(_, one), (_, other)| {
            (other.won, one.lost, other.drawn).cmp(&(one.won, other.lost, one.drawn))
        });
        players
    }

    /// The players with their scores in all games, as many as the table of results shows.
    pub(super) fn best(&self) -> Vec<(Arc<str>, Score)> {
        let mut players = self.players(None);
        players.truncate(ROWS);
        players
    }

    /// The table of results in words.
    pub(super) fn words(&self, game: Option<&str>) -> String {
        let of = game.map_or_else(String::new, |game| format!(" of {game}"));
        let players = self.players(game);
        if players.is_empty() {
            return format!("No game{of} between members is finished yet.");
        }
        let shown: Vec<_> = players
            .iter()
            .take(ROWS)
            .map(|(name, score)| (name, score.to_string()))
            .collect();
        let rest = match players.len().saturating_sub(ROWS) {
            0 => String::new(),
            rest => format!("\n  ... and {rest} more"),
        };
        format!("Results{of}:{}{rest}", two_columns(&shown))
    }
}

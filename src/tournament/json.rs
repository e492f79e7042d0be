//! The table as JSON.

use super::result::{Finish, GameResult};
use super::table::{TournamentTable, half_points};
use crate::games::Seat;
use serde_json::{Map, Value, json};

impl TournamentTable {
    /// The standings, the crosstable and all games as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        let value = json!({
            "game": self.game,
            "planned": self.planned,
            "played": self.played(),
            "players": self.rows.iter().map(|row| {
                let faults = row.faults.counts();
                let faults: Map<String, Value> =
                    faults.map(|(how, count)| (how.words().to_owned(), count.into())).collect();
                json!({
                    "place": row.place,
                    "name": self.name(row.entrant),
                    "games": row.games(),
                    "won": row.score.won,
                    "drawn": row.score.drawn,
                    "lost": row.score.lost,
                    "points": halved(row.half_points()),
                    "elo": row.rating.map(|rating| rounded(rating.elo)),
                    "error": row.rating.map(|rating| rounded(rating.error)),
                    "faults": faults,
                })
            }).collect::<Vec<_>>(),
            "crosstable": self.rows.iter().map(|of| {
                let cells = self.rows.iter().map(|against| match of.entrant == against.entrant {
                    true => Value::Null,
                    false => halved(half_points(self.crosstable.score(of.entrant, against.entrant))),
                });
                cells.collect::<Vec<_>>()
            }).collect::<Vec<_>>(),
            "games": self.results.iter().map(|result| self.game_json(result)).collect::<Vec<_>>(),
        });
        format!("{value:#}\n")
    }

    fn game_json(&self, result: &GameResult) -> Value {
        let (winner, how) = match result.finish {
            Finish::Drawn => (None, None),
            Finish::Won(seat, how) => (Some(self.name(result.entrant(seat))), Some(how.words())),
        };
        json!({
            "number": result.number,
            "first": self.name(result.entrant(Seat::First)),
            "second": self.name(result.entrant(Seat::Second)),
            "winner": winner,
            "by": how,
            "session": result.session,
            "why": result.why,
        })
    }
}

/// Half of a number, as a whole number if it is one.
fn halved(half_points: u64) -> Value {
    match half_points.is_multiple_of(2) {
        true => (half_points / 2).into(),
        false => {
            let half_points = u32::try_from(half_points).unwrap_or(u32::MAX);
            (f64::from(half_points) / 2.0).into()
        }
    }
}

/// To a tenth.
fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

//! The cells of the tables, which every format shows.

use super::elo::Rating;
use super::table::{EntrantRow, TournamentTable, games, points};
use crate::text::{count, in_line};

/// The headings of the table.
pub(super) const HEADINGS: [&str; 9] = [
    "", "player", "games", "won", "drawn", "lost", "points", "Elo", "±",
];

/// How many columns at the left hold the place and the name.
pub(super) const LEADING: usize = 2;

/// A row of the table.
pub(super) fn cells(table: &TournamentTable, row: &EntrantRow) -> [String; HEADINGS.len()] {
    let [elo, error] = elo(row.rating);
    [
        row.place.to_string(),
        in_line(table.name(row.entrant)),
        row.games().to_string(),
        row.score.won.to_string(),
        row.score.drawn.to_string(),
        row.score.lost.to_string(),
        row.points(),
        elo,
        error,
    ]
}

/// The points of one entrant against another one.
pub(super) fn cross(table: &TournamentTable, of: usize, against: usize) -> String {
    let score = table.crosstable.score(of, against);
    match games(score) {
        0 => "-".to_owned(),
        _ => points(score),
    }
}

/// A rating and its error bar.
fn elo(rating: Option<Rating>) -> [String; 2] {
    match rating {
        Some(Rating { elo, error }) => [signed(elo), format!("{error:.0}")],
        None => ["-".to_owned(), "-".to_owned()],
    }
}

/// A rating as a whole number with its sign. Nothing is minus nothing.
fn signed(elo: f64) -> String {
    let whole = elo.round();
    if whole == 0.0 {
        "0".to_owned()
    } else {
        format!("{whole:+.0}")
    }
}

/// The heading of the whole: `connect4: 7 of 12 games`.
pub(super) fn heading(table: &TournamentTable) -> String {
    let (played, planned) = (table.played(), table.planned());
    let games = count(u64::try_from(planned).unwrap_or(u64::MAX), "game");
    match played == planned {
        true => format!("{}: {games}", table.game),
        false => format!("{}: {played} of {games}", table.game),
    }
}

/// The most games lost by a fault that are listed for one player.
const FAULTS: usize = 3;

/// For each player who has lost games by a fault: their number, and the first of these games.
pub(super) fn faults(table: &TournamentTable) -> Vec<String> {
    let mut lines = Vec::new();
    for row in table.rows() {
        if row.faults.total() == 0 {
            continue;
        }
        let counts = row.faults.counts();
        let counts: Vec<String> = counts
            .map(|(how, count)| format!("{count} by {}", how.words()))
            .collect();
        let name = in_line(table.name(row.entrant));
        lines.push(format!("{name} lost {}.", counts.join(", ")));
        let lost = || {
            let all = table.lost_by_fault();
            all.filter(|(_, loser, _)| *loser == row.entrant)
        };
        for (result, _, how) in lost().take(FAULTS) {
            let why = result.why.as_deref().map_or(how.words().into(), in_line);
            let session = result
                .session
                .map_or_else(String::new, |session| format!(" (session {session})"));
            lines.push(format!("Game {}: {why}{session}", result.number));
        }
        let more = lost().skip(FAULTS).count();
        if more > 0 {
            lines.push(format!("... and {}", count(more as u64, "more game")));
        }
    }
    lines
}

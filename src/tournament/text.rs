//! The table as plain text, and as a short text for a post.

use super::grid::{HEADINGS, LEADING, cells, cross, faults, heading};
use super::table::TournamentTable;
use crate::text::{count, cut, in_line, left, right};
use unicode_width::UnicodeWidthStr as _;

/// The width of the screens for which tables are made, in columns.
const SCREEN: usize = 80;

/// The widest name in a table, in columns.
const NAME: usize = 24;

/// The longest name in a short text, in columns.
const SHORT_NAME: usize = 32;

/// The gap between two columns.
const GAP: &str = "  ";

impl TournamentTable {
    /// The standings, the crosstable and the games lost by a fault, for a screen of 80 columns.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.standings();
        text.push('\n');
        text.push_str(&self.cross_text());
        let faults = faults(self);
        if !faults.is_empty() {
            text.push('\n');
            for line in faults {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }

    /// The standings alone.
    #[must_use]
    pub fn standings(&self) -> String {
        let mut rows = vec![HEADINGS.map(str::to_owned)];
        rows.extend(self.rows.iter().map(|row| cells(self, row)));
        let rows = rows.into_iter().map(Vec::from).collect();
        format!("{}\n\n{}", heading(self), aligned(rows))
    }

    /// The crosstable, in as many parts as the screen needs.
    fn cross_text(&self) -> String {
        let entrants: Vec<usize> = self.rows.iter().map(|row| row.entrant).collect();
        let digits = entrants.len().to_string().len();
        let names: Vec<String> = entrants
            .iter()
            .enumerate()
            .map(|(index, entrant)| {
                let name = cut(&in_line(self.name(*entrant)), NAME);
                format!("{:>digits$}  {name}", index + 1)
            })
            .collect();
        let pairs = entrants.iter().flat_map(|of| {
            let cells = entrants.iter().map(|against| cross(self, *of, *against));
            cells.map(|cell| cell.width())
        });
        let cell = pairs.max().unwrap_or(1).max(2) + GAP.len();
        let name = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let columns = (SCREEN.saturating_sub(name) / cell).max(1);
        let mut parts = Vec::new();
        for part in (0..entrants.len()).step_by(columns) {
            let columns = || entrants.iter().enumerate().skip(part).take(columns);
            let mut text = left("", name);
            for (index, _) in columns() {
                text.push_str(&right(&(index + 1).to_string(), cell));
            }
            text.push('\n');
            for (name_cell, of) in names.iter().zip(&entrants) {
                text.push_str(&left(name_cell, name));
                for (_, against) in columns() {
                    text.push_str(&right(&cross(self, *of, *against), cell));
                }
                text.push('\n');
            }
            parts.push(text);
        }
        parts.join("\n")
    }

    /// The standings as a post of at most `limit` bytes: a line for each entrant, best first. What
    /// does not fit is left out and counted.
    #[must_use]
    pub fn post(&self, limit: usize) -> String {
        let mut post = heading(self);
        let mut rows = self.rows.iter().peekable();
        while let Some(row) = rows.next() {
            let name = cut(&in_line(self.name(row.entrant)), SHORT_NAME);
            let (place, points, games) = (row.place, row.points(), row.games());
            let (won, drawn, lost) = (row.score.won, row.score.drawn, row.score.lost);
            let line = format!(
                "\n{place}. {name}: {points} of {games}: {won} won, {drawn} drawn, {lost} lost"
            );
            let left = rows.len() as u64;
            let more = |number| format!("\n... and {}", count(number, "more player"));
            let reserve = match left {
                0 => 0,
                left => more(left).len(),
            };
            if post.len() + line.len() + reserve > limit {
                let more = more(left + 1);
                if post.len() + more.len() <= limit {
                    post.push_str(&more);
                }
                break;
            }
            post.push_str(&line);
        }
        post
    }
}

/// Rows of cells in aligned columns: names to the left, numbers to the right.
fn aligned(mut rows: Vec<Vec<String>>) -> String {
    let mut widths = [0; HEADINGS.len()];
    for row in &mut rows {
        for ((at, cell), width) in row.iter_mut().enumerate().zip(&mut widths) {
            *cell = match at {
                1 => cut(cell, NAME),
                _ => std::mem::take(cell),
            };
            *width = cell.width().max(*width);
        }
    }
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths).enumerate();
        let cells = cells.map(|(at, (cell, width))| match at {
            1 => left(cell, width),
            _ => right(cell, width),
        });
        let cells: Vec<String> = cells.collect();
        let (names, numbers) = cells.split_at_checked(LEADING).unwrap_or((&cells, &[]));
        let line = [names.join(GAP), numbers.join(GAP)].join(GAP);
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

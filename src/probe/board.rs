//! Reads boards of tic-tac-toe as programs of other people draw them.

use super::verdict::quoted;

/// The number of squares.
pub(super) const SQUARES: usize = 9;

/// A drawn board: the letter of each square, `None` for a free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DrawnBoard(pub(super) [Option<Letter>; SQUARES]);

/// The sign of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    X,
    O,
}

impl DrawnBoard {
    /// The last board in `text`: three rows of three squares. Each square is X, O, or a number, a
    /// blank or a mark for a free one, between bars or spaces.
    pub(super) fn last_of(text: &str) -> Option<Self> {
        let rows: Vec<[Option<Letter>; 3]> = text.lines().filter_map(row).collect();
        let boards = rows.len() / 3;
        let last = rows.get(boards.checked_sub(1)? * 3..)?;
        let squares: Vec<Option<Letter>> = last.iter().take(3).flatten().copied().collect();
        squares.try_into().ok().map(Self)
    }

    /// How many squares hold this letter.
    pub(super) fn count(&self, letter: Letter) -> usize {
        self.0
            .iter()
            .filter(|square| **square == Some(letter))
            .count()
    }
}

/// The squares of one row; `None` for any other line, such as a border.
fn row(line: &str) -> Option<[Option<Letter>; 3]> {
    let line = line.replace(['\u{2502}', '\u{2503}', '\u{2551}'], "|");
    let cells: Vec<&str> = if line.contains('|') {
        let cells: Vec<&str> = line.split('|').collect();
        match cells.len() {
            3 => cells,
            // A label or nothing before the first bar, and nothing after the last.
            5 => cells.get(1..4)?.to_vec(),
            _ => return None,
        }
    } else {
        line.split_whitespace().collect()
    };
    let cells: [&str; 3] = cells.try_into().ok()?;
    let [first, second, third] = cells.map(square);
    Some([first?, second?, third?])
}

/// One square; the outer `None` for what is no square.
fn square(cell: &str) -> Option<Option<Letter>> {
    let cell = cell.trim().trim_matches(['[', ']', '(', ')', '*']).trim();
    match cell {
        "X" | "x" => Some(Some(Letter::X)),
        "O" | "o" => Some(Some(Letter::O)),
        "" | "_" | "-" | "." | "\u{b7}" => Some(None),
        _ if cell.len() == 1 && cell.bytes().all(|byte| byte.is_ascii_digit()) => Some(None),
        _ => None,
    }
}

/// The square that a message names as a move: a number alone, on its first line or before a bar or a
/// semicolon.
pub(super) fn move_of(text: &str) -> Option<usize> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if row(first).is_some() {
        return None;
    }
    let word = first.split(" | ").next()?.split(';').next()?;
    let word = word.trim().trim_end_matches(['.', ':']);
    let number: usize = word.parse().ok()?;
    (1..=SQUARES).contains(&number).then_some(number)
}

/// The free squares that a message lists in words, as in `free: 1, 2, 9`.
pub(super) fn free_of(text: &str) -> Option<Vec<usize>> {
    let text = text.to_ascii_lowercase();
    let (_, list) = text.rsplit_once("free:")?;
    let end = list.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | ' '));
    let list = list.get(..end.unwrap_or(list.len()))?;
    let numbers = list.split(',').map(|number| number.trim().parse().ok());
    numbers
        .collect::<Option<Vec<usize>>>()
        .filter(|free| !free.is_empty())
}

/// Whether a message says that a game is over.
pub(super) fn says_over(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "win", "won", "wins", "winner", "draw", "drawn", "tie", "tied", "over", "lost", "lose",
        "victory",
    ];
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.contains(&word))
}

/// A message in a game for a report: its board, if it has one, is not repeated.
pub(super) fn in_short(text: &str) -> String {
    match DrawnBoard::last_of(text) {
        Some(_) => {
            let first = text.lines().map(str::trim).find(|line| !line.is_empty());
            format!("{} and a board", quoted(first.unwrap_or_default()))
        }
        None => quoted(text),
    }
}

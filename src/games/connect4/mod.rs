//! Connect Four: seven columns of six squares, and four in a row win.
//!
//! The search uses no clock and no random generator: its budget is a number of nodes, and the
//! caller passes a random number.

use super::{
    Board, Chance, Entry, Game, Illegal, Mark, Next, Options, Outcome, Rules, Seat, Skill, Square,
    disc_of,
};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub mod book;
mod guess;
mod level;
mod position;
mod score;
mod solver;
mod table;

pub use level::{PERFECT_BUDGET, choose};
pub use position::{COLUMNS, Position, ROWS};
pub use score::{SolverScore, Suggestion};
pub use solver::Solver;

pub(super) const ENTRY: Entry = Entry {
    name: "connect4",
    aliases: &["connect four", "four in a row"],
    about: "drop stones into seven columns; four in a row win",
    options: Options::None,
    rules: Rules::Open(|_| Box::new(Connect4::new())),
};

const MOVES: &str = "A move is a column, 1 to 7 or a to g.";

/// A game of Connect Four. The first seat plays X.
///
/// Columns are numbered 1 to 7 from the left, and also have letters, a to g.
#[derive(Debug, Clone, Default)]
pub struct Connect4 {
    position: Position,
    /// The column of the last move, from 0.
    last: Option<usize>,
    /// Shared by all copies of a game, and created on first use.
    solver: Arc<LazyLock<Mutex<Solver>>>,
}

impl Connect4 {
    /// An empty board.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The numbers of the columns that are not full.
    fn open_columns(&self) -> Vec<String> {
        (0..COLUMNS)
            .filter(|column| self.position.can_play(*column))
            .map(|column| (column + 1).to_string())
            .collect()
    }

    /// The stones of a column, from the bottom.
    fn stones(&self, column: usize) -> impl Iterator<Item = Seat> {
        (0..ROWS).map_while(move |row| self.position.square(column, row))
    }

    /// A square of the drawing.
    fn square(&self, column: usize, row: usize) -> Square {
        let height = self.stones(column).count();
        let Some(seat) = self.position.square(column, row) else {
            let lands_here = row == height && self.position.can_play(column);
            let number = ('1'..).nth(column).filter(|_| lands_here);
            return Square {
                sign: number.unwrap_or(' '),
                mark: Mark::Free,
            };
        };
        let is_top = row + 1 == height;
        let mark = if self
            .position
            .winning_squares()
            .any(|it| it == (column, row))
        {
            Mark::Winning(seat)
        } else if self.last == Some(column) && is_top {
            Mark::Last(seat)
        } else {
            Mark::Held(seat)
        };
        Square {
            sign: sign(seat),
            mark,
        }
    }
}

impl Game for Connect4 {
    fn next(&self) -> Next {
        let mover = self.position.to_move();
        if self.position.has_won() {
            Next::Over(Outcome::Won(mover.other()))
        } else if self.position.is_full() {
            Next::Over(Outcome::Drawn)
        } else {
            Next::Move(mover)
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        let column = read_column(words)?;
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        self.position = self.position.play(column).ok_or_else(|| {
            let open = self.open_columns().join(", ");
            let number = column + 1;
            Illegal::Against(format!("Column {number} is full. Open columns: {open}."))
        })?;
        self.last = Some(column);
        Ok((column + 1).to_string())
    }

    fn describe(&self, _: Seat) -> String {
        let mut parts = Vec::new();
        for column in 0..COLUMNS {
            let stones: Vec<String> = self.stones(column).map(|it| sign(it).into()).collect();
            if !stones.is_empty() {
                let number = column + 1;
                parts.push(format!("column {number} from below: {}", stones.join(", ")));
            }
        }
        let won: Vec<String> = self.position.winning_squares().map(called).collect();
        let open = self.open_columns();
        if !won.is_empty() {
            parts.push(format!("four in a row: {}", won.join(", ")));
        } else if open.is_empty() {
            parts.push("no column has room".to_owned());
        } else {
            parts.push(format!("room in: {}", open.join(", ")));
        }
        parts.join("; ")
    }

    fn board(&self, _: Seat) -> Board {
        let row = |row| {
            (0..COLUMNS)
                .map(|column| self.square(column, row))
                .collect()
        };
        let rows: Vec<Vec<Square>> = (0..ROWS).rev().map(row).collect();
        Board::stacks(&rows, |row| (ROWS - row).to_string())
    }

    fn spoken(&self, words: &str) -> String {
        let is_full = self
            .last
            .is_some_and(|column| !self.position.can_play(column));
        match is_full && matches!(self.next(), Next::Move(_)) {
            true => format!("column {words}, which is full now"),
            false => format!("column {words}"),
        }
    }

    fn moves(&self) -> &'static str {
        MOVES
    }

    fn legal(&self) -> Vec<String> {
        self.open_columns()
    }

    fn sign(&self, seat: Seat) -> Option<char> {
        Some(sign(seat))
    }

    fn shape(&self, seat: Seat) -> Option<char> {
        Some(disc_of(seat))
    }

    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<super::Advice> {
        let random = chance.below(usize::MAX) as u64;
        // A search that panicked leaves only valid entries in the tables.
        let mut solver = self.solver.lock().unwrap_or_else(PoisonError::into_inner);
        let advice = choose(skill, &mut solver, self.position, random)?;
        Some(super::Advice {
            words: (advice.column + 1).to_string(),
            forecast: advice.forecast.map(|score| score.forecast(self.position)),
        })
    }
}

fn sign(seat: Seat) -> char {
    match seat {
        Seat::First => 'X',
        Seat::Second => 'O',
    }
}

/// The name of a square: the letter of its column, and its row from the bottom.
fn called((column, row): (usize, usize)) -> String {
    let letter = ('a'..).nth(column).unwrap_or_default();
    format!("{letter}{}", row + 1)
}

/// The column, from 0, that `words` name.
fn read_column(words: &str) -> Result<usize, Illegal> {
    let words = words.trim();
    let unreadable = Illegal::Unreadable { moves: MOVES };
    let mut signs = words.chars();
    let column = match (signs.next(), signs.next()) {
        (Some(letter @ ('a'..='z' | 'A'..='Z')), None) => {
            ('a'..letter.to_ascii_lowercase()).count()
        }
        (Some('0'..='9'), _) if words.len() <= 3 => {
            let number: usize = words.parse().map_err(|_| unreadable)?;
            number.checked_sub(1).unwrap_or(COLUMNS)
        }
        _ => return Err(unreadable),
    };
    if column < COLUMNS {
        Ok(column)
    } else {
        Err(Illegal::Against(format!(
            "There is no column {words}. {MOVES}"
        )))
    }
}

//! Tic-tac-toe: three in a row on a board of three by three.

use super::{Board, Entry, Game, Illegal, Mark, Outcome, Seat, Square};

pub(super) const ENTRY: Entry = Entry {
    name: "tictactoe",
    moves: MOVES,
    start: || Box::new(TicTacToe::new()),
};

const MOVES: &str = "A move is 1 to 9, or a1 to c3.";

const SIDE: usize = 3;
const SQUARES: usize = SIDE * SIDE;

/// The eight lines that win, by the indices of their squares.
const LINES: [[usize; SIDE]; 8] = [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
    [0, 4, 8],
    [2, 4, 6],
];

/// A game of tic-tac-toe. The first seat plays X.
///
/// Squares are numbered 1 to 9 from left to right and from the top, and are also called by column
/// and row: `b2` is square 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TicTacToe {
    squares: [Option<Seat>; SQUARES],
    last: Option<usize>,
}

impl TicTacToe {
    /// An empty board.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The seat that moves now; `None` when the game is over.
    #[must_use]
    pub fn to_move(&self) -> Option<Seat> {
        if self.outcome().is_some() {
            return None;
        }
        match self.squares.iter().flatten().count() % 2 {
            0 => Some(Seat::First),
            _ => Some(Seat::Second),
        }
    }

    /// The numbers of the free squares, in order.
    pub fn free(&self) -> impl Iterator<Item = usize> {
        (1..)
            .zip(&self.squares)
            .filter_map(|(number, square)| square.is_none().then_some(number))
    }

    fn winning_line(&self) -> Option<([usize; SIDE], Seat)> {
        LINES.into_iter().find_map(|line| {
            let held = line.map(|index| self.squares.get(index).copied().flatten());
            match held {
                [Some(a), Some(b), Some(c)] if a == b && b == c => Some((line, a)),
                _ => None,
            }
        })
    }
}

impl Game for TicTacToe {
    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        let number = read_square(words)?;
        if self.to_move() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        let index = number - 1;
        match self.squares.get_mut(index) {
            Some(square @ None) => *square = Some(seat),
            _ => {
                return Err(Illegal::Taken {
                    square: number,
                    free: self
                        .free()
                        .map(|number| number.to_string())
                        .collect::<Vec<_>>()
                        .join(", "),
                });
            }
        }
        self.last = Some(index);
        Ok(number.to_string())
    }

    fn outcome(&self) -> Option<Outcome> {
        match self.winning_line() {
            Some((_, seat)) => Some(Outcome::Won(seat)),
            None if self.free().next().is_none() => Some(Outcome::Drawn),
            None => None,
        }
    }

    fn board(&self) -> Board {
        let won = self.winning_line().map(|(line, _)| line);
        let square = |index: usize, number: char| match self.squares.get(index).copied().flatten() {
            None => Square {
                sign: number,
                mark: Mark::Free,
            },
            Some(seat) => Square {
                sign: self.sign(seat),
                mark: if won.is_some_and(|line| line.contains(&index)) {
                    Mark::Winning(seat)
                } else if self.last == Some(index) {
                    Mark::Last(seat)
                } else {
                    Mark::Held(seat)
                },
            },
        };
        let mut squares = (0..SQUARES)
            .zip('1'..)
            .map(|(index, number)| square(index, number));
        Board::new(
            (0..SIDE)
                .map(|_| squares.by_ref().take(SIDE).collect())
                .collect(),
        )
    }

    fn sign(&self, seat: Seat) -> char {
        match seat {
            Seat::First => 'X',
            Seat::Second => 'O',
        }
    }

    fn boxed(&self) -> Box<dyn Game> {
        Box::new(self.clone())
    }
}

/// The number, 1 to 9, of the square that `words` name.
fn read_square(words: &str) -> Result<usize, Illegal> {
    let square: String = words.split_whitespace().collect();
    let square = square.to_ascii_lowercase();
    let digits = square.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let column = square.strip_suffix(digits).unwrap_or_default();
    if digits.is_empty()
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
        || column.len() > 1
        || digits.len() > 3
    {
        return Err(Illegal::Unreadable { moves: MOVES });
    }
    let number = digits.parse().unwrap_or(0);
    let named = match (column.chars().next(), number) {
        (None, 1..=SQUARES) => Some(number),
        (Some(letter @ 'a'..='c'), row @ 1..=SIDE) => {
            Some((row - 1) * SIDE + ('a'..=letter).count())
        }
        _ => None,
    };
    named.ok_or(Illegal::OffBoard {
        square,
        moves: MOVES,
    })
}

//! Tic-tac-toe: three in a row on a board of three by three.

use super::wording::joined;
use super::{
    Advice, Board, Chance, Entry, Forecast, Game, Illegal, Mark, Next, Options, Outcome, Rules,
    Seat, Skill, Square,
};
use std::collections::HashMap;

pub(super) const ENTRY: Entry = Entry {
    name: "tictactoe",
    aliases: &[
        "noughts",
        "noughts and crosses",
        "noughts & crosses",
        "tick tack toe",
    ],
    about: "three in a row on a board of three by three",
    options: Options::None,
    rules: Rules::Open(|_| Box::new(TicTacToe::new())),
};

const MOVES: &str = "A move is 1 to 9, or a1 to c3.";

const SIDE: usize = 3;
const SQUARES: usize = SIDE * SIDE;

/// The eight winning lines, by the indices of their squares.
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

/// The squares in words, by their indices.
const NAMES: [&str; SQUARES] = [
    "the top left",
    "the top",
    "the top right",
    "the left",
    "the centre",
    "the right",
    "the bottom left",
    "the bottom",
    "the bottom right",
];

/// The order of preference among equally good squares: the centre, the corners, the sides.
const PREFERRED: [usize; SQUARES] = [4, 0, 2, 6, 8, 1, 3, 5, 7];

/// A game of tic-tac-toe. The first seat plays X.
///
/// Squares are numbered 1 to 9, row by row from the top left, and also have names of column and
/// row: `b2` is square 5.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TicTacToe {
    squares: [Option<Seat>; SQUARES],
    last: Option<usize>,
}

/// Known results of positions, for the seat to move.
type Forecasts = HashMap<[Option<Seat>; SQUARES], Forecast>;

impl TicTacToe {
    /// An empty board.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The numbers of the free squares, in order.
    pub fn free(&self) -> impl Iterator<Item = usize> {
        (1..)
            .zip(&self.squares)
            .filter_map(|(number, square)| square.is_none().then_some(number))
    }

    fn free_numbers(&self) -> String {
        let numbers: Vec<String> = self.free().map(|number| number.to_string()).collect();
        numbers.join(", ")
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

    /// The game after `seat` has taken the free square with this index.
    fn with(&self, index: usize, seat: Seat) -> Option<Self> {
        let mut next = self.clone();
        let square = next.squares.get_mut(index).filter(|it| it.is_none())?;
        *square = Some(seat);
        next.last = Some(index);
        Some(next)
    }

    /// The result for `seat`, which is to move. Searches every line of play, each position once.
    fn forecast(&self, seat: Seat, known: &mut Forecasts) -> Forecast {
        if let Some(forecast) = known.get(&self.squares) {
            return *forecast;
        }
        let forecast = match self.next() {
            Next::Over(Outcome::Won(_)) => Forecast::Loses(0),
            Next::Over(_) => Forecast::Draws,
            _ => self
                .best(seat, known)
                .map_or(Forecast::Draws, |(_, forecast)| forecast),
        };
        known.insert(self.squares, forecast);
        forecast
    }

    /// The index of the best square for `seat`, which is to move, and its result.
    fn best(&self, seat: Seat, known: &mut Forecasts) -> Option<(usize, Forecast)> {
        let moves = PREFERRED.into_iter().rev().filter_map(|index| {
            let then = self.with(index, seat)?.forecast(seat.other(), known);
            let forecast = match then {
                Forecast::Loses(moves) => Forecast::Wins(moves + 1),
                Forecast::Draws => Forecast::Draws,
                Forecast::Wins(moves) => Forecast::Loses(moves),
            };
            Some((index, forecast))
        });
        moves.max_by_key(|(_, forecast)| forecast.worth())
    }

    /// The indices of the free squares that complete a line of `seat`.
    fn completing(&self, seat: Seat) -> Vec<usize> {
        let completes = |index: &usize| {
            let then = self.with(*index, seat);
            then.is_some_and(|then| then.winning_line().is_some())
        };
        (0..SQUARES).filter(completes).collect()
    }

    /// The index of a free square, all equally likely.
    fn anywhere(&self, chance: &mut Chance) -> Option<usize> {
        let free: Vec<usize> = self.free().map(|number| number - 1).collect();
        chance.pick(&free).copied()
    }

    /// A beginner's square: completes a line half of the time, and blocks only by accident.
    fn careless(&self, seat: Seat, chance: &mut Chance) -> Option<usize> {
        match self.completing(seat).first() {
            Some(index) if chance.below(2) == 0 => Some(*index),
            _ => self.anywhere(chance),
        }
    }

    /// The square of a player who sees lines but no forks: completes a line, else blocks one.
    fn short_sighted(&self, seat: Seat, chance: &mut Chance) -> Option<usize> {
        let lines = [seat, seat.other()].map(|seat| self.completing(seat));
        match lines.iter().flatten().next() {
            Some(index) => Some(*index),
            None => self.anywhere(chance),
        }
    }
}

impl Game for TicTacToe {
    fn next(&self) -> Next {
        if let Some((_, seat)) = self.winning_line() {
            return Next::Over(Outcome::Won(seat));
        }
        let taken = self.squares.iter().flatten().count();
        Next::Move(match taken {
            SQUARES => return Next::Over(Outcome::Drawn),
            taken if taken.is_multiple_of(2) => Seat::First,
            _ => Seat::Second,
        })
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        let number = read_square(words)?;
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        let index = number - 1;
        match self.squares.get_mut(index) {
            Some(square @ None) => *square = Some(seat),
            _ => {
                return Err(Illegal::Taken {
                    square: number,
                    free: self.free_numbers(),
                });
            }
        }
        self.last = Some(index);
        Ok(number.to_string())
    }

    fn describe(&self, _: Seat) -> String {
        let held = |by: Seat| -> Vec<&str> {
            let mine = self.squares.iter().zip(NAMES);
            let mine = mine.filter(|(square, _)| **square == Some(by));
            mine.map(|(_, name)| name).collect()
        };
        let mut parts = Vec::new();
        for (seat, sign) in [(Seat::First, 'X'), (Seat::Second, 'O')] {
            let names = held(seat);
            if !names.is_empty() {
                parts.push(format!("{sign} in {}", joined(&names)));
            }
        }
        match self.winning_line() {
            Some((line, _)) => {
                let numbers = line.map(|index| (index + 1).to_string());
                parts.push(format!("three in a row: {}", numbers.join(", ")));
            }
            None => match self.free_numbers() {
                free if free.is_empty() => parts.push("no square is free".to_owned()),
                free => parts.push(format!("free: {free}")),
            },
        }
        parts.join("; ")
    }

    fn board(&self, _: Seat) -> Board {
        let won = self.winning_line().map(|(line, _)| line);
        let square = |index: usize, number: char| match self.squares.get(index).copied().flatten() {
            None => Square {
                sign: number,
                mark: Mark::Free,
            },
            Some(seat) => Square {
                sign: sign(seat),
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
        let rows: Vec<Vec<Square>> = (0..SIDE)
            .map(|_| squares.by_ref().take(SIDE).collect())
            .collect();
        Board::grid(&rows, |row| (row + 1).to_string())
    }

    fn moves(&self) -> &'static str {
        MOVES
    }

    fn legal(&self) -> Vec<String> {
        match self.next() {
            Next::Over(_) => Vec::new(),
            _ => self.free().map(|number| number.to_string()).collect(),
        }
    }

    fn sign(&self, seat: Seat) -> Option<char> {
        Some(sign(seat))
    }

    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let seat = self.next().seat()?;
        let (index, forecast) = match skill {
            Skill::Easy => (self.careless(seat, chance)?, None),
            Skill::Medium => (self.short_sighted(seat, chance)?, None),
            Skill::Perfect => {
                let (index, forecast) = self.best(seat, &mut Forecasts::new())?;
                (index, Some(forecast))
            }
        };
        Some(Advice {
            words: (index + 1).to_string(),
            forecast,
        })
    }
}

fn sign(seat: Seat) -> char {
    match seat {
        Seat::First => 'X',
        Seat::Second => 'O',
    }
}

/// The number of the square that `words` name, 1 to 9.
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

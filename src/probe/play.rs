//! A game between the probe and the examined program: what has been played, and what a message of
//! the program means for it.

use super::board::{DrawnBoard, Letter, SQUARES, free_of, move_of};
use crate::games::{Game as _, Next, Outcome, Seat, TicTacToe};
use std::collections::HashMap;

/// A game of tic-tac-toe with the examined program.
#[derive(Debug, Clone)]
pub(super) struct ProbeGame {
    table: TicTacToe,
    /// The seat of the probe.
    me: Seat,
    /// The squares of both, in order: the seat and the number.
    played: Vec<(Seat, usize)>,
}

/// The meaning of a message of the program for the game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// It has moved to this square.
    Moved(usize),
    /// It has not moved.
    NoMove,
    /// It contradicts what has been played.
    Contradiction(String),
}

/// How a game is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Goal {
    /// Somebody wins.
    Win,
    /// Nobody wins.
    Draw,
}

impl ProbeGame {
    /// The game that the answer to `play tictactoe` begins; `None` if it begins none.
    pub(super) fn begun_by(answer: &str) -> Option<Self> {
        let game = |me| Self {
            table: TicTacToe::new(),
            me,
            played: Vec::new(),
        };
        let is_shown = DrawnBoard::last_of(answer).is_some() || free_of(answer).is_some();
        if !is_shown && move_of(answer).is_none() {
            return None;
        }
        // The program moves first, unless it shows an empty board.
        let mut second = game(Seat::Second);
        match second.hear(answer) {
            Heard::Moved(_) => Some(second),
            Heard::NoMove => Some(game(Seat::First)),
            // It says where it moves; the next board will show again what is wrong.
            Heard::Contradiction(_) if !second.played.is_empty() => Some(second),
            Heard::Contradiction(_) => None,
        }
    }

    /// Plays a square for the probe.
    pub(super) fn play(&mut self, square: usize) {
        self.put(self.me, square);
    }

    fn put(&mut self, seat: Seat, square: usize) -> bool {
        let is_legal = self.table.play(seat, &square.to_string()).is_ok();
        if is_legal {
            self.played.push((seat, square));
        }
        is_legal
    }

    /// Takes in a message of the program.
    pub(super) fn hear(&mut self, text: &str) -> Heard {
        let them = self.me.other();
        if let Some(square) = move_of(text) {
            if self.is_over() {
                return Heard::Contradiction(
                    "your program made a move after the end of the game".to_owned(),
                );
            }
            if self.table.next().seat() != Some(them) {
                return Heard::Moved(square);
            }
            if !self.put(them, square) {
                let what = format!("your program moved to square {square}, which is occupied");
                return Heard::Contradiction(what);
            }
            return match self.differs_from(text) {
                Some(what) => Heard::Contradiction(what),
                None => Heard::Moved(square),
            };
        }
        let Some(what) = self.differs_from(text) else {
            return Heard::NoMove;
        };
        // It may have moved without saying where.
        for square in self.free() {
            let mut with = self.clone();
            if with.put(them, square) && with.differs_from(text).is_none() {
                *self = with;
                return Heard::Moved(square);
            }
        }
        // It may have refused the last move.
        match self.before_last() {
            Some(before) if before.differs_from(text).is_none() => Heard::NoMove,
            _ => Heard::Contradiction(what),
        }
    }

    /// The game before its last move, if that was a move of the probe.
    fn before_last(&self) -> Option<Self> {
        let (last, before) = self.played.split_last()?;
        let mut game = Self {
            table: TicTacToe::new(),
            me: self.me,
            played: Vec::new(),
        };
        for (seat, square) in before {
            game.put(*seat, *square);
        }
        (last.0 == self.me).then_some(game)
    }

    /// How the board in a message differs from what has been played, if it has one and does.
    fn differs_from(&self, text: &str) -> Option<String> {
        match (DrawnBoard::last_of(text), free_of(text)) {
            (Some(board), _) => self.differs_from_drawn(&board),
            (None, Some(free)) if free != self.free() => {
                Some("the free squares in the answer do not match the moves".to_owned())
            }
            (None, _) => None,
        }
    }

    /// How a drawn board differs from what has been played, if it does.
    fn differs_from_drawn(&self, board: &DrawnBoard) -> Option<String> {
        let signs = [(Letter::X, Letter::O), (Letter::O, Letter::X)];
        let expected = signs.map(|(first, second)| {
            let mut squares = [None; SQUARES];
            for (seat, square) in &self.played {
                if let Some(slot) = squares.get_mut(square - 1) {
                    *slot = Some(match seat {
                        Seat::First => first,
                        Seat::Second => second,
                    });
                }
            }
            squares
        });
        if expected.contains(&board.0) {
            return None;
        }
        let [expected, _] = expected;
        let wrong = (1..).zip(expected.iter().zip(&board.0));
        let mut wrong =
            wrong.filter(|(_, (expected, shown))| expected.is_some() != shown.is_some());
        Some(match wrong.next() {
            Some((square, (None, _))) => {
                format!("the board shows a mark in square {square}, where neither side has moved")
            }
            Some((square, _)) => {
                format!("the board shows square {square} as free, where one side has moved")
            }
            None => "the board mixes up the marks of the two players".to_owned(),
        })
    }

    /// Whether nobody can move any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.table.next(), Next::Over(_))
    }

    /// Whether the game has ended as wanted.
    pub(super) fn has_reached(&self, goal: Goal) -> bool {
        match self.table.next() {
            Next::Over(Outcome::Won(_)) => goal == Goal::Win,
            Next::Over(Outcome::Drawn) => goal == Goal::Draw,
            _ => false,
        }
    }

    /// The free squares.
    pub(super) fn free(&self) -> Vec<usize> {
        self.table.free().collect()
    }

    /// A square that somebody holds, the program's own if there is one.
    pub(super) fn taken(&self) -> Option<usize> {
        let theirs = self.played.iter().find(|(seat, _)| *seat != self.me);
        theirs.or(self.played.first()).map(|(_, square)| *square)
    }

    /// A free square after which the game continues whatever the program answers, if there is one.
    pub(super) fn harmless(&self) -> Option<usize> {
        let safe = |square: &usize| {
            let mut with = self.clone();
            with.play(*square);
            !with.is_over()
                && with.free().into_iter().all(|answer| {
                    let mut then = with.clone();
                    then.put(then.me.other(), answer);
                    !then.is_over()
                })
        };
        self.free().into_iter().find(safe)
    }

    /// The square after which the game most likely ends as wanted, if the program moves at random.
    pub(super) fn towards(&self, goal: Goal) -> Option<usize> {
        let mut known = HashMap::new();
        let chances = self.free().into_iter().map(|square| {
            let mut with = self.clone();
            with.play(square);
            (square, with.chance(goal, &mut known))
        });
        let best = chances.max_by(|(a, one), (b, other)| one.total_cmp(other).then(b.cmp(a)));
        best.map(|(square, _)| square)
    }

    /// The worth of a game that is over. A program that moves at random lets a careless probe reach a
    /// draw, and a good one does not: a loss weighs more than a missed draw.
    fn worth(&self, goal: Goal) -> f64 {
        const LOSS: f64 = -10.0;
        match (goal, self.table.next()) {
            (Goal::Draw, Next::Over(Outcome::Won(winner))) if winner != self.me => LOSS,
            _ => f64::from(u8::from(self.has_reached(goal))),
        }
    }

    /// The expected worth of the end, if the program moves at random.
    fn chance(&self, goal: Goal, known: &mut HashMap<TicTacToe, f64>) -> f64 {
        if self.is_over() {
            return self.worth(goal);
        }
        if let Some(chance) = known.get(&self.table) {
            return *chance;
        }
        let Some(seat) = self.table.next().seat() else {
            return 0.0;
        };
        let free = self.free();
        let chances = free.iter().map(|square| {
            let mut with = self.clone();
            with.put(seat, *square);
            with.chance(goal, known)
        });
        let chances: Vec<f64> = chances.collect();
        let chance = match seat == self.me {
            true => chances.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            false => chances.iter().sum::<f64>() / free.len() as f64,
        };
        known.insert(self.table.clone(), chance);
        chance
    }

    /// Whether a board can come after moves in turns, of which the program has made the last one.
    pub(super) fn is_fair(&self, board: &DrawnBoard) -> bool {
        let [x, o] = [Letter::X, Letter::O].map(|letter| board.count(letter));
        match self.me {
            // The program began, and has moved.
            Seat::Second => x.abs_diff(o) == 1,
            Seat::First => x == o,
        }
    }
}

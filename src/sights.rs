//! Boards as data: from the rules of a game to the message that a program draws.
//!
//! A pair and a room both show boards, so the conversion belongs to neither.

use crate::games::{Board, Game, GridSquare, Mark, Next, Outcome, Seat, addressed, sentence};
use crate::wire::{BoardSight, GridSight, PlayerIndex, RowSight, SquareMark, SquareSight};
use std::sync::Arc;

/// The reader of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eye {
    /// The player in this seat.
    Player(Seat),
    /// Somebody who watches. The board is seen from the side of the first player.
    Onlooker,
}

impl Eye {
    /// The seat from which the game is seen.
    #[must_use]
    pub fn seat(self) -> Seat {
        match self {
            Self::Player(seat) => seat,
            Self::Onlooker => Seat::First,
        }
    }
}

/// The board of `game` for this eye. `game` must be a copy that knows no more than this eye may.
/// `players` are the names, first seat first.
#[must_use]
pub fn board(
    table: u64,
    name: &str,
    players: [Arc<str>; 2],
    game: &dyn Game,
    eye: Eye,
) -> BoardSight {
    let next = game.next();
    let (won, is_drawn) = match next {
        Next::Over(Outcome::Won(seat)) => (Some(seat), false),
        Next::Over(Outcome::Caught(seat, _)) => (Some(seat.other()), false),
        Next::Over(Outcome::Drawn) => (None, true),
        Next::Move(_) | Next::Hidden(_) | Next::Step(_) => (None, false),
    };
    let chooses = match (next, eye) {
        (Next::Move(mover) | Next::Hidden(mover), Eye::Player(seat)) => mover == seat,
        (Next::Step(_) | Next::Over(_), Eye::Player(_)) | (_, Eye::Onlooker) => false,
    };
    let legal = match chooses {
        true => game.legal(),
        false => Vec::new(),
    };
    let [first, second] = &players;
    let (seen_by, other) = match eye.seat() {
        Seat::First => (first, second),
        Seat::Second => (second, first),
    };
    let board = game.board(eye.seat());
    let mut text = board.notes();
    let mut words = sentence(&game.describe(eye.seat()), other);
    if eye == Eye::Onlooker && has_sides(game, &players) {
        words = format!("As {seen_by} sees it: {words}");
        text.insert(0, format!("As {seen_by} sees it:"));
    }
    BoardSight {
        table,
        game: name.to_owned(),
        you: match eye {
            Eye::Player(seat) => Some(player(seat)),
            Eye::Onlooker => None,
        },
        turn: next.seat().map(player),
        won: won.map(player),
        is_drawn,
        grids: grids(&board, &legal),
        text,
        hint: chooses.then(|| game.moves().to_owned()),
        legal,
        words,
        players,
    }
}

/// The grids of a board. A move is shown on its square only if it is one of the legal ones.
#[must_use]
pub fn grids(board: &Board, legal: &[String]) -> Vec<GridSight> {
    let grids = board.grids().iter().map(|grid| GridSight {
        title: grid.title.map(str::to_owned),
        rows: grid
            .rows
            .iter()
            .map(|row| RowSight {
                label: row.label.clone(),
                squares: row.squares.iter().map(|it| square(it, legal)).collect(),
            })
            .collect(),
    });
    grids.collect()
}

/// Whether the board looks different from the two sides.
fn has_sides(game: &dyn Game, [first, second]: &[Arc<str>; 2]) -> bool {
    let sides = [(Seat::First, second), (Seat::Second, first)];
    let [one, two] = sides.map(|(seat, other)| addressed(&game.describe(seat), other));
    one != two
}

/// A square. Its move is shown only if it is one of the legal ones.
fn square(square: &GridSquare, legal: &[String]) -> SquareSight {
    let (by, mark) = match square.mark {
        Mark::Frame | Mark::Free => (None, None),
        Mark::Held(seat) => (Some(seat), None),
        Mark::Last(seat) => (Some(seat), Some(SquareMark::Last)),
        Mark::Winning(seat) => (Some(seat), Some(SquareMark::Won)),
    };
    SquareSight {
        sign: square.sign,
        by: by.map(player),
        mark,
        choice: square.choice.clone().filter(|it| legal.contains(it)),
    }
}

/// The place of a seat among the players.
fn player(seat: Seat) -> PlayerIndex {
    match seat {
        Seat::First => PlayerIndex::First,
        Seat::Second => PlayerIndex::Second,
    }
}

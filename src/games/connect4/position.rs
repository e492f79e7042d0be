//! A position as two bitboards, one bit per square.
//!
//! A column has six squares but seven bits: the bit above stays 0, so that no line wraps from the
//! top of one column to the bottom of the next.
//!
//! ```text
//!   6 13 20 27 34 41 48   always 0
//!   5 12 19 26 33 40 47   top row
//!   ...
//!   0  7 14 21 28 35 42   bottom row
//! ```

use crate::games::Seat;

/// The number of columns.
pub const COLUMNS: usize = 7;

/// The number of squares in a column.
pub const ROWS: usize = 6;

/// The columns from the middle outwards: a stone near the middle is part of more lines.
pub(super) const ORDER: [usize; COLUMNS] = [3, 2, 4, 1, 5, 0, 6];

/// The number of squares on the board.
pub(super) const SQUARES: i32 = (COLUMNS * ROWS) as i32;

/// The bits of one column: its squares and the one above them.
const STRIDE: usize = ROWS + 1;

/// The bits from one square to its neighbour upwards, to the right, and along the two diagonals.
const DIRECTIONS: [usize; 4] = [1, STRIDE, STRIDE - 1, STRIDE + 1];

/// The lowest square of each column.
const BOTTOM: u64 = {
    let mut bits = 0;
    let mut column = 0;
    while column < COLUMNS {
        bits |= 1 << (column * STRIDE);
        column += 1;
    }
    bits
};

/// The squares of the leftmost column.
const LEFT: u64 = (1 << ROWS) - 1;

/// Every square.
const BOARD: u64 = BOTTOM * LEFT;

/// Every second row: the second, the fourth and the sixth from below.
pub(super) const UPPER_ROWS: u64 = BOTTOM * 0b10_1010;

/// The stones on the board. Their number tells whose turn it is: [`Seat::First`] moves first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// The stones of the side to move.
    own: u64,
    /// The stones of both sides.
    stones: u64,
}

impl Position {
    /// An empty board.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The position after these moves, one digit per column: `4453` is twice the middle column,
    /// then the fifth, then the third. `None` if a move is illegal.
    #[must_use]
    pub fn from_columns(columns: &str) -> Option<Self> {
        columns.chars().try_fold(Self::new(), |position, digit| {
            let number = digit.to_digit(10)? as usize;
            position.play(number.checked_sub(1)?)
        })
    }

    /// The position after a stone has dropped into `column`, 0 to 6 from the left; `None` if the
    /// move is illegal.
    #[must_use]
    pub fn play(self, column: usize) -> Option<Self> {
        self.can_play(column)
            .then(|| self.with(self.landing() & squares_of(column)))
    }

    /// Whether `column`, 0 to 6 from the left, is a legal move.
    #[must_use]
    pub fn can_play(self, column: usize) -> bool {
        column < COLUMNS && self.landing() & squares_of(column) != 0 && !self.has_won()
    }

    /// The number of moves made.
    #[must_use]
    pub fn plies(self) -> u32 {
        self.stones.count_ones()
    }

    /// The seat to move, even if the game is over.
    #[must_use]
    pub fn to_move(self) -> Seat {
        match self.plies() % 2 {
            0 => Seat::First,
            _ => Seat::Second,
        }
    }

    /// Whether a stone in `column` completes four in a row for the side to move.
    #[must_use]
    pub fn wins_with(self, column: usize) -> bool {
        self.can_play(column) && self.winning_moves() & squares_of(column) != 0
    }

    /// Whether the last move completed four in a row.
    #[must_use]
    pub fn has_won(self) -> bool {
        is_four(self.theirs())
    }

    /// The squares of all winning lines of the last mover, as column and row from the bottom left.
    /// One stone can complete two lines.
    pub fn winning_squares(self) -> impl Iterator<Item = (usize, usize)> {
        let lines = DIRECTIONS.into_iter().fold(0, |lines, step| {
            let starts = line_starts(self.theirs(), step);
            lines | starts | starts << step | starts << (2 * step) | starts << (3 * step)
        });
        (0..COLUMNS)
            .flat_map(|column| (0..ROWS).map(move |row| (column, row)))
            .filter(move |&(column, row)| lines & square_at(column, row) != 0)
    }

    /// The owner of the stone in `column`, 0 to 6 from the left, and `row`, 0 to 5 from the bottom.
    #[must_use]
    pub fn square(self, column: usize, row: usize) -> Option<Seat> {
        let square = if column < COLUMNS && row < ROWS {
            square_at(column, row)
        } else {
            0
        };
        if self.own & square != 0 {
            Some(self.to_move())
        } else if self.theirs() & square != 0 {
            Some(self.to_move().other())
        } else {
            None
        }
    }

    /// Whether all columns are full.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.stones == BOARD
    }

    /// A unique number below 2^49.
    ///
    /// For a column of `n` stones the sum has 2^n - 1 plus the stones of the side to move as a
    /// number below 2^n, which determines both the height of the column and the owners of its
    /// stones.
    #[must_use]
    pub fn key(self) -> u64 {
        self.own + self.stones
    }

    /// The smaller of the keys of this position and its mirror image.
    #[must_use]
    pub fn canonical_key(self) -> u64 {
        self.key().min(self.mirrored().key())
    }

    /// The mirror image, with left and right swapped.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Self {
            own: mirror(self.own),
            stones: mirror(self.stones),
        }
    }

    /// The position after the side to move has played on `square`, one bit.
    pub(super) fn with(self, square: u64) -> Self {
        Self {
            own: self.theirs(),
            stones: self.stones | square,
        }
    }

    /// The stones of the side that moved last.
    pub(super) fn theirs(self) -> u64 {
        self.own ^ self.stones
    }

    /// The stones of the side to move.
    pub(super) fn own(self) -> u64 {
        self.own
    }

    /// The free squares.
    pub(super) fn free(self) -> u64 {
        BOARD & !self.stones
    }

    /// The squares on which the next stone can land.
    pub(super) fn landing(self) -> u64 {
        (self.stones + BOTTOM) & BOARD
    }

    /// The landing squares that win for the side to move.
    pub(super) fn winning_moves(self) -> u64 {
        completing(self.own) & self.landing()
    }

    /// The landing squares after which the other side cannot win immediately: none if it has two
    /// winning moves, or wins on top of the square that must be blocked. The side to move must have
    /// no win.
    pub(super) fn safe_moves(self) -> u64 {
        let landing = self.landing();
        let threats = completing(self.theirs()) & self.free();
        let forced = threats & landing;
        let allowed = match forced {
            0 => landing,
            _ if forced & (forced - 1) != 0 => 0,
            _ => forced,
        };
        allowed & !(threats >> 1)
    }
}

/// The six squares of `column`.
pub(super) const fn squares_of(column: usize) -> u64 {
    LEFT << (column * STRIDE)
}

fn square_at(column: usize, row: usize) -> u64 {
    1 << (column * STRIDE + row)
}

fn mirror(squares: u64) -> u64 {
    (0..COLUMNS).fold(0, |mirrored, column| {
        let bits = (squares >> (column * STRIDE)) & LEFT;
        mirrored | bits << ((COLUMNS - 1 - column) * STRIDE)
    })
}

/// The squares that start four of `stones`, each `step` bits after the last.
fn line_starts(stones: u64, step: usize) -> u64 {
    let pairs = stones & (stones >> step);
    pairs & (pairs >> (2 * step))
}

/// Whether `stones` has four in a row.
pub(super) fn is_four(stones: u64) -> bool {
    DIRECTIONS
        .into_iter()
        .any(|step| line_starts(stones, step) != 0)
}

/// The squares, free or not, at which one more stone completes four of `stones`: those with three
/// stones after them, or two after and one before, and so on. Some bits beside the board may be set
/// too.
pub(super) fn completing(stones: u64) -> u64 {
    let mut found = 0;
    for step in DIRECTIONS {
        // Bit n of `after` is set if the two squares after n hold stones; `before` alike.
        let after = (stones >> step) & (stones >> (2 * step));
        let before = (stones << step) & (stones << (2 * step));
        found |= after & ((stones >> (3 * step)) | (stones << step));
        found |= before & ((stones << (3 * step)) | (stones >> step));
    }
    found
}

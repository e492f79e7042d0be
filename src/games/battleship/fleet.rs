//! The sea, its squares, and the ships in it.

use crate::games::Chance;
use std::fmt;

/// The number of columns, `a` to `j`, and of rows.
pub(super) const SIDE: usize = 10;

pub(super) const SQUARES: usize = SIDE * SIDE;

/// The number of squares of a whole fleet.
pub(super) const FLEET_SQUARES: usize = 17;

/// A square of the sea. Written as column and row: `b5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    column: usize,
    row: usize,
}

impl Cell {
    /// The square in this column and this row, both counted from 0.
    pub(super) fn at(column: usize, row: usize) -> Option<Self> {
        (column < SIDE && row < SIDE).then_some(Self { column, row })
    }

    /// All squares, row by row.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| Self { column, row }))
    }

    /// The square of exactly this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut row = name.chars();
        let column = row.next().filter(char::is_ascii_lowercase)?;
        let column = ('a'..column).count();
        let cell = Self::at(column, row.as_str().parse::<usize>().ok()?.checked_sub(1)?)?;
        // Rust also parses `+5` and `05`; a square has only one name.
        (cell.to_string() == name).then_some(cell)
    }

    /// The index in [`all`](Self::all).
    pub(super) fn number(self) -> usize {
        self.row * SIDE + self.column
    }

    pub(super) fn column(self) -> usize {
        self.column
    }

    pub(super) fn row(self) -> usize {
        self.row
    }

    /// The square `steps` away, if it is in the sea.
    fn ahead(self, way: Way, steps: usize) -> Option<Self> {
        match way {
            Way::Right => Self::at(self.column + steps, self.row),
            Way::Down => Self::at(self.column, self.row + steps),
        }
    }

    /// The adjacent squares, at most four.
    pub(super) fn neighbours(self) -> Cells {
        let Self { column, row } = self;
        let beside = [
            column.checked_sub(1).and_then(|left| Self::at(left, row)),
            row.checked_sub(1).and_then(|above| Self::at(column, above)),
            Self::at(column + 1, row),
            Self::at(column, row + 1),
        ];
        beside.into_iter().flatten().collect()
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = ('a'..='z').nth(self.column).unwrap_or_default();
        write!(f, "{column}{}", self.row + 1)
    }
}

/// A set of squares, as a bit set by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cells(u128);

impl Cells {
    pub(super) fn has(self, cell: Cell) -> bool {
        (self.0 >> cell.number()) & 1 == 1
    }

    pub(super) fn with(self, cell: Cell) -> Self {
        Self(self.0 | (1 << cell.number()))
    }

    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) fn shared(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(super) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub(super) fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    pub(super) fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn len(self) -> usize {
        Self::count(self.0.count_ones())
    }

    /// The squares in ascending order.
    pub(super) fn iter(self) -> impl Iterator<Item = Cell> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let number = Self::count(left.trailing_zeros());
            let cell = Cell::at(number % SIDE, number / SIDE)?;
            left &= left - 1;
            Some(cell)
        })
    }

    fn count(bits: u32) -> usize {
        usize::try_from(bits).unwrap_or(usize::MAX)
    }
}

impl FromIterator<Cell> for Cells {
    fn from_iter<I: IntoIterator<Item = Cell>>(cells: I) -> Self {
        cells.into_iter().fold(Self::default(), Self::with)
    }
}

/// The ships of a fleet, by the rules of Milton Bradley and Hasbro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ship {
    Carrier,
    Battleship,
    Cruiser,
    Submarine,
    Destroyer,
}

impl Ship {
    /// Largest first: the order in which ships are placed and written.
    pub(super) const ALL: [Self; 5] = [
        Self::Carrier,
        Self::Battleship,
        Self::Cruiser,
        Self::Submarine,
        Self::Destroyer,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Battleship => "battleship",
            Self::Cruiser => "cruiser",
            Self::Submarine => "submarine",
            Self::Destroyer => "destroyer",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ship| ship.name() == name)
    }

    /// The letter on the chart: the first one, except for the cruiser, whose first is the
    /// carrier's.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Carrier => 'C',
            Self::Battleship => 'B',
            Self::Cruiser => 'R',
            Self::Submarine => 'S',
            Self::Destroyer => 'D',
        }
    }

    /// The length in squares.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Carrier => 5,
            Self::Battleship => 4,
            Self::Cruiser | Self::Submarine => 3,
            Self::Destroyer => 2,
        }
    }

    /// Every berth that fits into the sea, with its squares.
    pub(super) fn places(self) -> impl Iterator<Item = (Berth, Cells)> {
        let berths =
            Cell::all().flat_map(|bow| [Way::Right, Way::Down].map(|way| Berth { bow, way }));
        berths.filter_map(move |berth| Some((berth, berth.cells(self)?)))
    }
}

/// The direction of a ship from its first square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Right,
    Down,
}

impl Way {
    /// The direction that a person means by `word`: one of its names, or a prefix of one.
    pub(super) fn read(word: &str) -> Option<Self> {
        let names = [
            (Self::Right, ["right", "across", "horizontal"].as_slice()),
            (Self::Down, ["down", "vertical"].as_slice()),
        ];
        let mut ways = names.into_iter().filter(|(_, names)| {
            !word.is_empty() && names.iter().any(|name| name.starts_with(word))
        });
        ways.next().map(|(way, _)| way)
    }
}

/// The place of a ship: its leftmost or topmost square, and its direction. Written as `b5r` or
/// `b5d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Berth {
    pub(super) bow: Cell,
    pub(super) way: Way,
}

impl Berth {
    fn read(text: &str) -> Option<Self> {
        let right = text.strip_suffix('r').map(|bow| (bow, Way::Right));
        let (bow, way) = right.or_else(|| text.strip_suffix('d').map(|bow| (bow, Way::Down)))?;
        let bow = Cell::named(bow)?;
        Some(Self { bow, way })
    }

    /// The squares of `ship` here that are in the sea.
    fn squares(self, ship: Ship) -> Cells {
        let squares = (0..ship.length()).map_while(|steps| self.bow.ahead(self.way, steps));
        squares.collect()
    }

    /// The squares of `ship` here, if all are in the sea.
    fn cells(self, ship: Ship) -> Option<Cells> {
        Some(self.squares(ship)).filter(|squares| squares.len() == ship.length())
    }

    /// The last square of `ship` here.
    pub(super) fn stern(self, ship: Ship) -> Option<Cell> {
        self.bow.ahead(self.way, ship.length() - 1)
    }
}

impl fmt::Display for Berth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Right => 'r',
            Way::Down => 'd',
        };
        write!(f, "{}{way}", self.bow)
    }
}

/// Why a ship does not fit into a berth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misplaced {
    #[error("it would extend past column j")]
    BeyondColumns,
    #[error("it would extend past row 10")]
    BeyondRows,
    #[error("it would lie on your {}", .0.name())]
    On(Ship),
    #[error("all your ships are placed")]
    NoShip,
}

/// The result of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShotResult {
    Miss,
    Hit,
    /// A hit on the last intact square of this ship.
    Sunk(Ship),
}

/// The berths of the placed ships, in the order of [`Ship::ALL`]. Written as `a1r,c3d,...`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Fleet(Vec<Berth>);

/// Keeps the berths out of logs.
impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fleet({} ships)", self.0.len())
    }
}

impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, berth) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{berth}")?;
        }
        Ok(())
    }
}

impl Fleet {
    /// The fleet of this layout. It need not be legal.
    pub(super) fn read(layout: &str) -> Option<Self> {
        let berths: Vec<Berth> = layout.split(',').map(Berth::read).collect::<Option<_>>()?;
        (berths.len() == Ship::ALL.len()).then_some(Self(berths))
    }

    /// Each placed ship, and its squares that are in the sea.
    pub(super) fn ships(&self) -> impl Iterator<Item = (Ship, Berth, Cells)> {
        let ships = Ship::ALL.into_iter().zip(&self.0);
        ships.map(|(ship, berth)| (ship, *berth, berth.squares(ship)))
    }

    /// The ships still to place.
    pub(super) fn left(&self) -> impl Iterator<Item = Ship> {
        Ship::ALL.into_iter().skip(self.0.len())
    }

    /// The squares of all ships.
    pub(super) fn cells(&self) -> Cells {
        let none = Cells::default();
        self.ships().fold(none, |all, (_, _, cells)| all.and(cells))
    }

    /// The ship on this square.
    pub(super) fn ship_at(&self, cell: Cell) -> Option<Ship> {
        let mut ships = self.ships();
        ships.find_map(|(ship, _, cells)| cells.has(cell).then_some(ship))
    }

    /// Whether the fleet is complete, within the sea and without overlaps.
    pub(super) fn is_legal(&self) -> bool {
        // A square outside the sea or an overlap leaves fewer squares.
        self.0.len() == Ship::ALL.len() && self.cells().len() == FLEET_SQUARES
    }

    /// Places the next ship.
    pub(super) fn place(&mut self, berth: Berth) -> Result<(), Misplaced> {
        let ship = self.left().next().ok_or(Misplaced::NoShip)?;
        let cells = berth.cells(ship).ok_or(match berth.way {
            Way::Right => Misplaced::BeyondColumns,
            Way::Down => Misplaced::BeyondRows,
        })?;
        if let Some((other, ..)) = self.ships().find(|(_, _, taken)| taken.meets(cells)) {
            return Err(Misplaced::On(other));
        }
        self.0.push(berth);
        Ok(())
    }

    /// Places the remaining ships, largest first. For each ship, all free berths are equally
    /// likely.
    pub(super) fn fill(&mut self, chance: &mut Chance) {
        for ship in self.left().collect::<Vec<_>>() {
            let taken = self.cells();
            let free: Vec<Berth> = ship
                .places()
                .filter_map(|(berth, cells)| (!cells.meets(taken)).then_some(berth))
                .collect();
            // Seventeen of a hundred squares always leave a free berth.
            self.0.extend(chance.pick(&free));
        }
    }

    /// The result of a shot at `cell` after earlier ones have hit `hits`.
    pub(super) fn answer(&self, hits: Cells, cell: Cell) -> ShotResult {
        let mut ships = self.ships();
        match ships.find(|(_, _, cells)| cells.has(cell)) {
            None => ShotResult::Miss,
            Some((ship, _, cells)) if cells.is_within(hits.with(cell)) => ShotResult::Sunk(ship),
            Some(_) => ShotResult::Hit,
        }
    }
}

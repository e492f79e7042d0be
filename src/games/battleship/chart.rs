//! The charts of both seas, drawn and as data.

use super::Battleship;
use super::fleet::{Cell, Cells, Fleet, SIDE, Ship};
use super::wording::{listed, names};
use crate::games::{Board, Grid, GridRow, GridSquare, Mark, Seat, Span, Square};

/// The gap between the two charts.
const GAP: &str = "    ";

/// The width of a drawing with one chart above the other, in columns.
const NARROW: usize = 38;

impl Battleship {
    pub(super) fn charts(&self, reader: Seat) -> Board {
        let other = reader.other();
        let frame = |text: String| vec![Span::new(text, Mark::Frame)];
        if self.waters(reader).root.is_none() {
            let mut lines = self.chart(reader, reader, Some(&self.placed));
            let left = self.placed.left();
            let left = left.map(|ship| format!("{} {}", ship.name(), ship.length()));
            let left = listed(left);
            let mut narrow = lines.clone();
            narrow.extend(folded("to place:", &left).map(frame));
            let left = format!("to place: {left}");
            lines.push(frame(format!("   {left}")));
            let sea = self.sea(reader, reader, Some(&self.placed));
            let board = Board::new(lines).with_grids(vec![sea], vec![left]);
            return board.or_narrow(Board::new(narrow));
        }
        let yours = self.chart(reader, reader, self.fleet(reader, reader));
        let theirs = self.chart(other, reader, self.fleet(other, reader));
        let seas = [reader, other].map(|owner| self.sea(owner, reader, self.fleet(owner, reader)));
        let mut stacked = [yours.clone(), theirs.clone()].concat();
        let both = yours.into_iter().zip(theirs).map(|(mut line, right)| {
            line.push(Span::new(GAP, Mark::Frame));
            line.extend(right);
            line
        });
        let mut lines: Vec<_> = both.collect();
        let lettered = |ship: Ship| format!("{} {}", ship.letter(), ship.name());
        let yours = listed(self.waters(reader).afloat().map(lettered));
        let theirs = names(self.waters(other).afloat());
        let notes = vec![
            format!("yours afloat: {yours}"),
            format!("theirs afloat: {theirs}"),
            "X a hit, # a ship sunk, o a miss".to_owned(),
        ];
        lines.push(frame(format!("   yours afloat:  {yours}")));
        lines.push(frame(format!("   theirs afloat: {theirs}")));
        let legend = |text: &str, shapes: &str| {
            let mut span = Span::new(text, Mark::Frame);
            span.shapes = Some(shapes.to_owned());
            vec![span]
        };
        lines.push(legend(
            "   X a hit, # a ship sunk, o a miss, [ ] the last shot",
            "   \u{25cf} a hit, # a ship sunk, \u{25cb} a miss, [ ] the last shot",
        ));
        stacked.extend(folded("yours afloat:", &yours).map(frame));
        stacked.extend(folded("theirs afloat:", &theirs).map(frame));
        stacked.push(legend(
            "   X hit, # sunk, o miss, [ ] last",
            "   \u{25cf} hit, # sunk, \u{25cb} miss, [ ] last",
        ));
        let board = Board::new(lines).with_grids(seas.into(), notes);
        board.or_narrow(Board::new(stacked))
    }

    /// The squares of the sunk ships of `owner`, as far as `reader` knows.
    pub(super) fn wrecks(&self, owner: Seat, reader: Seat) -> Cells {
        let waters = self.waters(owner);
        let Some(fleet) = self.fleet(owner, reader) else {
            return waters.wrecks();
        };
        let hits = waters.hits();
        let ships = fleet.ships().map(|(_, _, cells)| cells);
        ships
            .filter(|cells| cells.is_within(hits))
            .fold(Cells::default(), Cells::and)
    }

    /// What lies on each square of the sea of `owner`, with this fleet, as `reader` sees it. The last
    /// shot has no mark.
    fn squares(&self, owner: Seat, reader: Seat, fleet: Option<&Fleet>) -> impl Fn(Cell) -> Square {
        let waters = self.waters(owner);
        let (tried, hits, wrecks) = (waters.tried(), waters.hits(), self.wrecks(owner, reader));
        let shooter = owner.other();
        move |cell| {
            let (sign, mark) = if wrecks.has(cell) {
                // Emphasize ships that the reader has sunk.
                let mark = match owner == reader {
                    true => Mark::Held(shooter),
                    false => Mark::Winning(shooter),
                };
                ('#', mark)
            } else if hits.has(cell) {
                ('X', Mark::Held(shooter))
            } else if tried.has(cell) {
                ('o', Mark::Frame)
            } else if let Some(ship) = fleet.and_then(|fleet| fleet.ship_at(cell)) {
                (ship.letter(), Mark::Held(owner))
            } else {
                ('.', Mark::Free)
            };
            Square { sign, mark }
        }
    }

    /// The sea of `owner` as data.
    fn sea(&self, owner: Seat, reader: Seat, fleet: Option<&Fleet>) -> Grid {
        let on = self.squares(owner, reader, fleet);
        let last = self.waters(owner).last().map(|(cell, _)| cell);
        let square = |cell: Cell| {
            let Square { sign, mark } = on(cell);
            let is_free = mark == Mark::Free;
            GridSquare {
                sign: Some(sign).filter(|_| !is_free),
                mark: match mark {
                    _ if last == Some(cell) => Mark::Last(owner.other()),
                    // A ship that is sunk has not won the game.
                    Mark::Winning(seat) => Mark::Held(seat),
                    mark => mark,
                },
                choice: (is_free && owner != reader).then(|| cell.to_string()),
            }
        };
        let mut cells = Cell::all();
        let rows = (1..=SIDE).map(|row| GridRow {
            label: row.to_string(),
            squares: cells.by_ref().take(SIDE).map(square).collect(),
        });
        Grid {
            title: Some(title(owner, reader)),
            rows: rows.collect(),
        }
    }

    /// The chart of the sea of `owner`, with this fleet, as `reader` sees it.
    fn chart(&self, owner: Seat, reader: Seat, fleet: Option<&Fleet>) -> Vec<Vec<Span>> {
        let on = self.squares(owner, reader, fleet);
        let waters = self.waters(owner);
        let tried = waters.tried();
        let last = waters.last().map(|(cell, _)| cell);
        let square = |cell: Cell| {
            let Square { sign, mark } = on(cell);
            match last == Some(cell) {
                true => Span::new(format!("[{sign}]"), Mark::Last(owner.other())),
                false => Span::new(format!(" {sign} "), mark),
            }
        };
        let square = |cell| match tried.has(cell) {
            true => shaped(square(cell)),
            false => square(cell),
        };
        let head = title(owner, reader);
        let width = 3 * SIDE;
        let letters = ('a'..='z').take(SIDE);
        let letters: String = letters.map(|letter| format!(" {letter} ")).collect();
        let mut lines = vec![
            vec![Span::new(format!("    {head:<0$}", width - 1), Mark::Frame)],
            vec![Span::new(format!("   {letters}"), Mark::Frame)],
        ];
        let mut cells = Cell::all();
        for row in 1..=SIDE {
            let mut line = vec![Span::new(format!("{row:>2} "), Mark::Frame)];
            line.extend(cells.by_ref().take(SIDE).map(square));
            lines.push(line);
        }
        lines
    }
}

/// The heading of the chart of a sea.
fn title(owner: Seat, reader: Seat) -> &'static str {
    match owner == reader {
        true => "your sea",
        false => "their sea",
    }
}

/// A heading and a list, in lines of at most [`NARROW`] columns.
fn folded(heading: &str, list: &str) -> impl Iterator<Item = String> {
    let mut lines = vec![format!("   {heading}")];
    for part in list.split_inclusive(", ") {
        let part = part.trim_end();
        match lines.last_mut() {
            Some(line) if line.len() + 1 + part.len() <= NARROW => {
                line.push(' ');
                line.push_str(part);
            }
            _ => lines.push(format!("     {part}")),
        }
    }
    lines.into_iter()
}

/// The same with a disc for a hit and a ring for a miss. Sunk ships keep their sign.
fn shaped(span: Span) -> Span {
    span.shaped(|c| match c {
        'X' => Some('\u{25cf}'),
        'o' => Some('\u{25cb}'),
        _ => None,
    })
}

//! Screens of pseudo-terminals as windows that the program's own drawing code draws.

use tictalk::drawing::{self, Colour, Look, Row, Tint, svg};
use unicode_width::UnicodeWidthStr as _;

/// A terminal window, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Window(pub(super) drawing::Window);

impl Window {
    /// The window of `screen`, down to the last row that is in use. Of each pair in `shown_as` the
    /// second is drawn in the place of the first.
    pub(super) fn new(title: &str, screen: &vt100::Screen, shown_as: &[(String, String)]) -> Self {
        let (rows, columns) = screen.size();
        let mut rows: Vec<Row> = (0..rows.get())
            .map(|at| row(screen, at, columns.get()))
            .collect();
        while rows.last().is_some_and(|row| row.runs.is_empty()) {
            rows.pop();
        }
        for run in rows.iter_mut().flat_map(|row| &mut row.runs) {
            for (real, shown) in shown_as {
                run.text = run.text.replace(real, shown);
            }
            if run.column == 0 {
                run.text = with_fixed_time(&run.text);
            }
            if let Some((before, rest)) = run.text.split_once("earlier, ") {
                run.text = format!("{before}earlier, {}", with_fixed_time(rest));
            }
            run.text = with_fixed_detail(with_fixed_port(&run.text));
            // Ports end their rows, so nothing else moves.
            run.width = run.text.width();
        }
        Self(drawing::Window {
            title: title.to_owned(),
            columns: columns.get().into(),
            rows,
        })
    }
}

/// The windows side by side, all as high as the highest.
pub(super) fn draw(windows: &[Window]) -> String {
    let windows: Vec<_> = windows.iter().map(|window| window.0.clone()).collect();
    svg(&windows, None)
}

/// One row of the screen.
fn row(screen: &vt100::Screen, at: u16, columns: u16) -> Row {
    let mut row = Row::default();
    for column in 0..columns {
        let cell = screen.cell(at, column).expect("a cell of this screen");
        let text = match cell.contents() {
            _ if cell.is_wide_continuation() => continue,
            "" => " ",
            text => text,
        };
        let width = if cell.is_wide() { 2 } else { 1 };
        row.push(column.into(), text, width, look(cell));
    }
    row.trim();
    row
}

fn look(cell: &vt100::Cell) -> Look {
    let tint = |colour| match colour {
        vt100::Color::Default => Tint::Default,
        vt100::Color::Idx(index) => Tint::of_256(index),
        vt100::Color::Rgb(red, green, blue) => Tint::Exact(Colour(red, green, blue)),
    };
    Look {
        ink: tint(cell.fgcolor()),
        paper: tint(cell.bgcolor()),
        is_bold: cell.bold(),
        is_dim: cell.dim(),
        is_inverse: cell.inverse(),
    }
}

/// The time of day at the start of a row of a room, which is another one in each run.
fn with_fixed_time(text: &str) -> String {
    let is_time = |time: &str| {
        let mut letters = time.chars();
        letters.all(|letter| letter.is_ascii_digit() || letter == ':')
    };
    match text.split_at_checked(5) {
        Some((time, rest)) if is_time(time) && time.find(':') == Some(2) => {
            format!("14:02{rest}")
        }
        _ => text.to_owned(),
    }
}

/// Where a member comes from, since when, and for how long it has said nothing, as a host in panes
/// reads it.
fn with_fixed_detail(text: String) -> String {
    match text.starts_with("127.0.0.1 ") && text.contains(", quiet ") {
        true => "127.0.0.1 55669, 40 s, quiet 5 s".to_owned(),
        false => text,
    }
}

/// The port of a member, as the host reads it.
fn with_fixed_port(text: &str) -> String {
    match text.rsplit_once(" port ") {
        Some((before, port)) if port.ends_with(')') => format!("{before} port 55669)"),
        _ => text.to_owned(),
    }
}

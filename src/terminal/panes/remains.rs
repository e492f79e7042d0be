//! The rows left on the terminal after the panes are closed.

use super::canvas::codes;
use super::display::{Depth, Display};
use super::draw::draw;
use crate::scene::{Scene, Size};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

/// The screen above the status row at the end of the talk, without blank rows at the top, as text with
/// escape sequences for colours.
pub(super) fn remains(scene: &mut Scene, display: Display) -> String {
    scene.go_to_end();
    let Size { columns, rows } = scene.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    draw(scene, display, &mut buffer);
    let above = scene.layout().status.top;
    let shown = (0..above).map(|y| {
        let cells = (0..columns).filter_map(|x| buffer.cell((x, y)));
        row(cells, display.depth)
    });
    let rows = shown.skip_while(|row| row.trim().is_empty());
    rows.map(|row| row + "\n").collect()
}

/// A row of cells as text, without the spaces at its end.
fn row<'cell>(cells: impl Iterator<Item = &'cell Cell>, depth: Depth) -> String {
    let mut text = String::new();
    let mut end = 0;
    let mut codes_now = String::new();
    let mut covered = 0;
    for cell in cells {
        // A wide character covers the next cell.
        if covered > 0 {
            covered -= 1;
            continue;
        }
        covered = cell.symbol().width().saturating_sub(1);
        let wanted = match depth {
            Depth::None => String::new(),
            Depth::Sixteen | Depth::Many => codes(cell.style()),
        };
        if wanted != codes_now {
            if !codes_now.is_empty() {
                text.push_str("\x1b[0m");
            }
            if !wanted.is_empty() {
                text.push_str(&format!("\x1b[{wanted}m"));
            }
            codes_now = wanted;
        }
        text.push_str(cell.symbol());
        if cell.symbol() != " " || !codes_now.is_empty() {
            end = text.len();
        }
    }
    text.truncate(end);
    if !codes_now.is_empty() {
        text.push_str("\x1b[0m");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::remains;
    use crate::scene::{Scene, Size, TalkEntry};
    use crate::terminal::{Depth, Display, Signs};

    #[test]
    fn the_last_rows_remain_with_their_colours() {
        let size = Size {
            columns: 40,
            rows: 12,
        };
        let mut scene = Scene::new(size, 100);
        scene.add(TalkEntry::note(
            "a\x1b[1;31mb\x1b[0;7mc\x1b[0m d 字!".to_owned(),
        ));
        let with = |scene: &mut Scene, depth| {
            let signs = Signs::Unicode;
            remains(scene, Display { depth, signs })
        };
        let coloured = "a\x1b[1;31mb\x1b[0m\x1b[7mc\x1b[0m d 字!\n";
        assert_eq!(with(&mut scene, Depth::Many), coloured);
        assert_eq!(with(&mut scene, Depth::None), "abc d 字!\n");
    }
}

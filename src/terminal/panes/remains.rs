//! Rows that remain on the terminal after the panes.

use super::canvas::codes;
use super::display::Depth;
use crate::drawing::Row;

/// A row as text with escape sequences for colours.
pub(super) fn in_colour(row: &Row, depth: Depth) -> String {
    let mut text = String::new();
    let mut column = 0;
    for run in &row.runs {
        text.push_str(&" ".repeat(run.column.saturating_sub(column)));
        column = run.column + run.width;
        match (depth, codes(depth.style(run.look)).as_str()) {
            (Depth::None, _) | (_, "") => text.push_str(&run.text),
            (Depth::Sixteen | Depth::Many, codes) => {
                text.push_str(&format!("\x1b[{codes}m{}\x1b[0m", run.text))
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Depth, in_colour};
    use crate::drawing::Sheet;

    #[test]
    fn rows_that_remain_after_the_panes_have_their_colours() {
        let text = "a\x1b[1;31mb\x1b[0;7mc\x1b[0;44m d\x1b[0m\n";
        let rows = Sheet::new(20).print(text);
        let with = |depth| -> String { rows.iter().map(|row| in_colour(row, depth)).collect() };
        let shown = with(Depth::Many);
        assert_eq!(Sheet::new(20).print(&format!("{shown}\n")), rows);
        assert_eq!(with(Depth::None), "abc d");
    }
}

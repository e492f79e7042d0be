//! Rows that remain on the terminal after the panes.

use crate::drawing::{Colour, Look, Row, Tint};
use crate::terminal::paint::Paint;

/// A row as text with escape sequences for colours.
pub(super) fn in_colour(row: &Row, paint: Paint) -> String {
    let mut text = String::new();
    let mut column = 0;
    for run in &row.runs {
        text.push_str(&" ".repeat(run.column.saturating_sub(column)));
        column = run.column + run.width;
        match (paint, codes(run.look).as_str()) {
            (Paint::Off, _) | (_, "") => text.push_str(&run.text),
            (Paint::On, codes) => text.push_str(&format!("\x1b[{codes}m{}\x1b[0m", run.text)),
        }
    }
    text
}

/// The parameters of the sequence that selects this look (ECMA-48, 8.3.117).
fn codes(look: Look) -> String {
    let mut codes: Vec<String> = Vec::new();
    for (is_set, code) in [
        (look.is_bold, "1"),
        (look.is_dim, "2"),
        (look.is_inverse, "7"),
    ] {
        if is_set {
            codes.push(code.to_owned());
        }
    }
    for (tint, code) in [(look.ink, "38"), (look.paper, "48")] {
        match tint {
            Tint::Default => {}
            Tint::Named(index) => codes.push(format!("{code};5;{index}")),
            Tint::Exact(Colour(red, green, blue)) => {
                codes.push(format!("{code};2;{red};{green};{blue}"));
            }
        }
    }
    codes.join(";")
}

#[cfg(test)]
mod tests {
    use super::{Paint, in_colour};
    use crate::drawing::Sheet;

    #[test]
    fn rows_that_remain_after_the_panes_have_their_colours() {
        let text = "a\x1b[1;31mb\x1b[0;7mc\x1b[0;44m d\x1b[0m\n";
        let rows = Sheet::new(20).print(text);
        let with = |paint| -> String { rows.iter().map(|row| in_colour(row, paint)).collect() };
        let shown = with(Paint::On);
        assert_eq!(Sheet::new(20).print(&format!("{shown}\n")), rows);
        assert_eq!(with(Paint::Off), "abc d");
    }
}

//! Which characters the terminal can show.

use crate::games::Glyphs;
use std::io::{self, IsTerminal as _};

/// The glyphs for boards on standard output: shapes on a terminal with a large font, if the locale
/// is in UTF-8. A file or a program always gets ASCII.
///
/// The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set names the locale. In Chinese, Japanese
/// and Korean ones, terminals may draw the shapes two columns wide. On Windows only the terminal
/// that sets `WT_SESSION` is known to have the shapes.
#[must_use]
pub fn detect_glyphs() -> Glyphs {
    if !io::stdout().is_terminal() {
        return Glyphs::Ascii;
    }
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if cfg!(windows) {
        return match variable("WT_SESSION") {
            Some(_) => Glyphs::Shapes,
            None => Glyphs::Ascii,
        };
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let term = variable("TERM");
    glyphs_of(&locale.unwrap_or_default(), &term.unwrap_or_default())
}

/// The glyphs of a terminal with this locale and `TERM`.
fn glyphs_of(locale: &str, term: &str) -> Glyphs {
    let locale = locale.to_lowercase();
    let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
    let is_wide = ["zh", "ja", "ko"]
        .iter()
        .any(|wide| locale.starts_with(wide));
    let has_font = !["", "dumb", "linux", "vt100", "vt220"].contains(&term);
    match is_utf8 && has_font && !is_wide {
        true => Glyphs::Shapes,
        false => Glyphs::Ascii,
    }
}

#[cfg(test)]
mod tests {
    use super::glyphs_of;
    use crate::games::Glyphs;

    #[test]
    fn shapes_take_a_locale_in_utf8_and_a_terminal_with_a_large_font() {
        for (locale, term, glyphs) in [
            ("de_CH.UTF-8", "xterm-256color", Glyphs::Shapes),
            ("C.utf8", "screen", Glyphs::Shapes),
            ("", "xterm", Glyphs::Ascii),
            ("C", "xterm", Glyphs::Ascii),
            ("de_CH.ISO-8859-1", "xterm", Glyphs::Ascii),
            ("ja_JP.UTF-8", "xterm", Glyphs::Ascii),
            ("de_CH.UTF-8", "dumb", Glyphs::Ascii),
            ("de_CH.UTF-8", "linux", Glyphs::Ascii),
            ("de_CH.UTF-8", "", Glyphs::Ascii),
        ] {
            assert_eq!(glyphs_of(locale, term), glyphs, "{locale} {term}");
        }
    }
}

//! Pages of HTML: one file, no script, nothing from elsewhere, for screens and for paper.

use crate::drawing::{Look, Palette, Row, escaped};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The colours of one palette as CSS variables.
fn variables(palette: &Palette) -> String {
    let Palette {
        text,
        background,
        edge,
        named,
    } = palette;
    let dim = Palette::dimmed(*text, *background);
    let mut css = format!("--text:{text};--paper:{background};--edge:{edge};--dim:{dim};");
    for (index, colour) in named.iter().enumerate() {
        let _ = write!(css, "--c{index}:{colour};");
    }
    css
}

/// The style sheet: light, dark where the reader prefers that, and light on paper.
fn style() -> String {
    let (light, dark) = (variables(&Palette::LIGHT), variables(&Palette::DARK));
    let mut css = format!(
        ":root{{color-scheme:light dark;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    );
    css.push_str(
        "body{max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--text);\
         background:var(--paper);font:1rem/1.5 system-ui,sans-serif}\n\
         h1{font-size:1.5rem}h2{font-size:1.1rem}\n\
         dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}\n\
         dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n\
         pre{font:.9375rem/1.27 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
         'Liberation Mono',monospace;border:1px solid var(--edge);border-radius:.5rem;\
         padding:.75rem;overflow-x:auto;tab-size:8}\n\
         pre span{print-color-adjust:exact;-webkit-print-color-adjust:exact}\n\
         ol{list-style-position:outside;padding-left:3.5rem}\n\
         li{margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere}\n\
         time{color:var(--dim);font-variant-numeric:tabular-nums}\n\
         .b{font-weight:bold}.d{color:var(--dim)}.f{opacity:.8}\n\
         .p{color:var(--paper)}.kt{background:var(--text)}\n\
         .s{display:inline-block;width:1ch}.w{display:inline-block;width:2ch}\n",
    );
    for index in 0..16 {
        let _ = writeln!(
            css,
            ".c{index}{{color:var(--c{index})}}.k{index}{{background:var(--c{index})}}"
        );
    }
    // 80 columns of 9 points fit the width of A4 and of Letter.
    css.push_str(
        "@page{margin:18mm 15mm}\n\
         @media print{body{margin:0;padding:0;max-width:none}\
         pre{font-size:9pt;border:0;border-top:1px solid var(--edge);border-radius:0;padding:.5rem 0;\
         overflow:visible}h1,h2{break-after:avoid}li{break-inside:avoid}}\n",
    );
    css
}

/// The beginning of a page with this title and these facts. All of them are visible text.
///
/// The policy allows the style sheet by its digest, and nothing else.
pub(super) fn head(title: &str, heading: &str, facts: &[(&'static str, String)]) -> String {
    let style = style();
    let digest = base64(&Sha256::digest(&style));
    let mut head = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n\
         <header>\n<h1>{}</h1>\n<dl>\n",
        escaped(title),
        escaped(heading)
    );
    for (word, fact) in facts {
        let _ = writeln!(head, "<dt>{word}</dt><dd>{}</dd>", escaped(fact));
    }
    head.push_str("</dl>\n</header>\n<main>\n");
    head
}

/// The end of a page.
pub(super) const FOOT: &str = "</main>\n</body>\n</html>\n";

/// The beginning of a terminal of this owner.
pub(super) fn screen(owner: &str) -> String {
    let owner = escaped(owner);
    // Keyboards scroll only what they can reach.
    format!(
        "<h2 id=\"screen\">The terminal of {owner}</h2>\n\
         <pre role=\"region\" aria-labelledby=\"screen\" tabindex=\"0\">\n"
    )
}

/// The end of a terminal.
pub(super) const SCREEN_END: &str = "</pre>\n";

/// A row of a terminal.
pub(super) fn row(row: &Row) -> String {
    let mut html = String::new();
    let mut column = 0;
    for run in &row.runs {
        html.extend(std::iter::repeat_n(' ', run.column.saturating_sub(column)));
        column = run.column + run.width;
        let classes = classes(&run.look);
        let text = match run.pitch {
            1 => cells(&run.text),
            _ => format!("<span class=\"w\">{}</span>", escaped(&run.text)),
        };
        let _ = match classes.as_str() {
            "" => write!(html, "{text}"),
            _ => write!(html, "<span class=\"{classes}\">{text}</span>"),
        };
    }
    html.push('\n');
    html
}

/// Text of one column for each character. Signs that a font may lack, and then takes from one with
/// another width, get a box of their own.
fn cells(text: &str) -> String {
    let is_sign = |c: char| c >= '\u{2000}' && !c.is_alphanumeric() && c != '\u{fffd}';
    let mut html = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_sign) {
        let (before, sign) = rest.split_at(at);
        let length = sign.chars().next().map_or(0, char::len_utf8);
        let (sign, after) = sign.split_at(length);
        let _ = write!(
            html,
            "{}<span class=\"s\">{}</span>",
            escaped(before),
            escaped(sign)
        );
        rest = after;
    }
    html.push_str(&escaped(rest));
    html
}

/// The classes of the style sheet for this look. Exact colours become the nearest named ones,
/// because the policy allows no style outside the style sheet.
fn classes(look: &Look) -> String {
    let near = |tint: crate::drawing::Tint| tint.nearest(&Palette::DARK);
    let (ink, paper) = (near(look.ink), near(look.paper));
    let mut classes = Vec::new();
    if look.is_inverse {
        classes.push(paper.map_or("p".to_owned(), |index| format!("c{index}")));
        classes.push(ink.map_or("kt".to_owned(), |index| format!("k{index}")));
    } else {
        classes.extend(ink.map(|index| format!("c{index}")));
        classes.extend(paper.map(|index| format!("k{index}")));
    }
    if look.is_bold {
        classes.push("b".to_owned());
    }
    if look.is_dim {
        let dim = if classes.is_empty() || ink.is_none() && !look.is_inverse {
            "d"
        } else {
            "f"
        };
        classes.push(dim.to_owned());
    }
    classes.join(" ")
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let [first, second, third] = [0, 1, 2].map(|at| chunk.get(at).copied().unwrap_or(0));
        let bits = u32::from_be_bytes([0, first, second, third]);
        for place in 0..4 {
            let at = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let letter = LETTERS.get(at).copied().map_or('A', char::from);
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, head, row};
    use crate::drawing::Sheet;

    fn html(text: &str) -> String {
        let mut sheet = Sheet::new(80);
        let mut rows = sheet.print(text);
        rows.extend(sheet.end());
        rows.iter().map(row).collect()
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn markup_of_others_is_text() {
        assert_eq!(
            html("<script>alert(1)</script> & ]]>\"\n"),
            "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt;\"\n"
        );
        let head = head(
            "<b>",
            "</title><script>",
            &[("Server", "<img src=x>".to_owned())],
        );
        for markup in ["<b>", "<script", "<img", "style=", "http://", "https://"] {
            assert!(!head.contains(markup), "{markup}: {head}");
        }
    }

    #[test]
    fn looks_are_classes() {
        assert_eq!(
            html("\x1b[1;36mann:\x1b[0m Hi\x1b[2m ✓\x1b[0m"),
            "<span class=\"c6 b\">ann:</span> Hi<span class=\"d\"> <span class=\"s\">✓</span></span>\n"
        );
        assert_eq!(
            html("\x1b[1;7;32m*X*\x1b[0m 你\x1b[7mx"),
            "<span class=\"p k2 b\">*X*</span> <span class=\"w\">你</span><span class=\"p kt\">x</span>\n"
        );
        assert_eq!(
            html("\x1b[2;31mx\x1b[0m"),
            "<span class=\"c1 f\">x</span>\n"
        );
    }
}

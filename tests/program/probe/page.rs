//! The page about the probe.

use std::path::Path;
use tictalk::probe::CASES;

/// The table of cases, as the page has it.
fn table() -> String {
    let mut table = "| case | what happens | expected |\n|---|---|---|\n".to_owned();
    for case in CASES.iter() {
        let row = format!(
            "| `{}` | {} | {} |\n",
            case.id, case.sentence, case.expected
        );
        table.push_str(&row);
    }
    table
}

#[test]
fn the_page_has_every_case() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/probe.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- cases -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let text = format!("{before}<!-- cases -->\n\n{}\n<!-- end -->{after}", table());
    if std::env::var_os("TICTALK_DOCS").is_some_and(|value| value == "write") {
        std::fs::write(&path, text).unwrap();
        return;
    }
    assert_eq!(page, text, "renew the table with TICTALK_DOCS=write");
}

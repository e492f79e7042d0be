//! CONTRIBUTING.md and the pages beside it name only what exists.

use std::path::Path;

const PAGES: [(&str, &str); 4] = [
    ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md")),
    ("CHANGELOG.md", include_str!("../../CHANGELOG.md")),
    ("SECURITY.md", include_str!("../../SECURITY.md")),
    (
        "CODE_OF_CONDUCT.md",
        include_str!("../../CODE_OF_CONDUCT.md"),
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn links_lead_to_files_that_exist() {
    let mut links = 0;
    for (page, text) in PAGES {
        for link in text.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap();
            if !link.starts_with("https://") {
                links += 1;
                assert!(root().join(link).exists(), "{page}: {link} does not exist");
            }
        }
    }
    assert!(links > 0);
}

#[test]
fn cargo_knows_the_targets_that_contributing_names() {
    let (_, text) = PAGES[0];
    let words: Vec<&str> = text.split([' ', '`', '\n']).collect();
    let mut targets = 0;
    for pair in words.windows(2) {
        let [option, name] = pair else { continue };
        let path = match *option {
            "--test" => format!("tests/{name}/main.rs"),
            "--bench" => format!("benches/{name}/main.rs"),
            "--example" => format!("examples/{name}.rs"),
            _ => continue,
        };
        targets += 1;
        assert!(root().join(&path).exists(), "{path} does not exist");
    }
    assert!(targets > 0);
}

#[test]
fn the_changelog_begins_with_the_version_of_the_program() {
    let (_, text) = PAGES[1];
    let (_, first) = text.split_once("\n## [").unwrap();
    let version = first.split(']').next().unwrap();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

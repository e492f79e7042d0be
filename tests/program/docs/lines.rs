//! Dry runs of command lines.

use super::help;
use super::markdown::root;
use crate::support::Program;
use std::path::Path;
use std::sync::LazyLock;
use tictalk::session;

/// Checks a shell line. Returns the number of commands that it could check.
pub(crate) fn check(line: &str) -> usize {
    let mut checked = 0;
    for mut words in split(line) {
        while let Some((variable, _)) = words.first().and_then(|word| word.split_once('='))
            && is_variable(variable)
        {
            assert!(is_known_variable(variable), "{variable} of {line:?}");
            words.remove(0);
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["tictalk", rest @ ..] => check_tictalk(rest),
            ["cargo", rest @ ..] => check_cargo(rest, line),
            _ => continue,
        }
        checked += 1;
    }
    checked
}

/// Lets the program parse all words. The final `--help` keeps it from running the command.
fn check_tictalk(words: &[&str]) {
    // These lines are checked with the feature, by the tests of clusters.
    if words.first() == Some(&"cluster") || words.contains(&"--cluster") {
        return;
    }
    let help = Program::new().args(words).args(["--help"]).run();
    assert_eq!(help.code, Some(0), "tictalk {words:?}: {}", help.stderr);
    if let Some(last) = words.last() {
        let lacks_value = |row: &help::Row| row.name == *last && row.value.is_some();
        assert!(!help::options().any(lacks_value), "{words:?} lacks a value");
    }
    // With `--help`, the program does not check the names of games.
    if let ["solo", rest @ ..] = words {
        let mut rest = rest.iter();
        let mut game = Vec::new();
        while let Some(word) = rest.next() {
            match help::options().find(|row| row.name == **word) {
                Some(row) if row.value.is_some() => {
                    rest.next();
                }
                Some(_) => {}
                None => game.push(*word),
            }
        }
        let game = game.join(" ");
        assert!(game.is_empty() || is_game(&game), "no game {game:?}");
    }
    if let Some(at) = words.iter().position(|word| *word == "--play") {
        let mut games = words[at + 1..].split(|word| word.starts_with("--"));
        let game = games.next().unwrap_or_default().join(" ");
        assert!(is_game(&game), "no game {game:?}");
    }
}

/// Whether `play WORDS` starts a game.
pub(crate) fn is_game(words: &str) -> bool {
    session::proposal(words).is_ok()
}

fn check_cargo(words: &[&str], line: &str) {
    let mut parts = words.splitn(2, |word| *word == "--");
    let own = parts.next().unwrap();
    let behind = parts.next();
    let mut words = own.iter();
    let command = words.next().unwrap_or_else(|| panic!("{line:?}"));
    let mut is_example = false;
    let mut folder = root().join("tests");
    while let Some(word) = words.next() {
        let kind = match *word {
            "--test" => "tests",
            "--bench" => "benches",
            "--example" => "examples",
            "--path" => {
                words.next();
                continue;
            }
            option if option.starts_with("--") => continue,
            filter => {
                if *command == "test" {
                    assert!(is_in(&folder, filter), "no test {filter:?}: {line:?}");
                }
                continue;
            }
        };
        let name = words.next().unwrap_or_else(|| panic!("{line:?}"));
        is_example |= kind == "examples";
        folder = root().join(kind).join(name);
        let declared = format!("name = \"{name}\"");
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(
            folder.join("main.rs").exists()
                || folder.with_extension("rs").exists()
                || manifest.contains(&declared),
            "no {kind} {name}: {line:?}"
        );
    }
    if *command == "run" && !is_example {
        check_tictalk(behind.unwrap_or_default());
    }
}

/// Whether a file or a function in the folder has `filter` in its name.
fn is_in(folder: &Path, filter: &str) -> bool {
    sources(folder).iter().any(|(path, text)| {
        let mut functions = text.lines().filter(|line| line.contains("fn "));
        path.contains(filter) || functions.any(|line| line.contains(filter))
    })
}

fn is_variable(word: &str) -> bool {
    let mut bytes = word.bytes();
    !word.is_empty() && bytes.all(|it| it.is_ascii_uppercase() || it == b'_')
}

/// Whether the program, a test or a bench reads this variable.
pub(crate) fn is_known_variable(name: &str) -> bool {
    static SOURCES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let mut all = sources(&root().join("tests"));
        all.extend(sources(&root().join("benches")));
        all
    });
    let quoted = format!("\"{name}\"");
    help::options().any(|row| row.variable == name)
        || SOURCES.iter().any(|(_, text)| text.contains(&quoted))
}

/// Path and text of every Rust file in the folder.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// Splits a line into commands and words, without redirections.
fn split(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut is_target = false;
    for it in line.chars().chain([' ']) {
        match (quote, it) {
            (Some(open), it) if it == open => quote = None,
            (Some(_), it) => word.get_or_insert_default().push(it),
            (None, '\'' | '"') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (None, it) if it.is_whitespace() => {
                let Some(word) = word.take() else { continue };
                match &*word {
                    "&&" | "|" | ";" | "&" => commands.push(Vec::new()),
                    ">" | "<" => is_target = true,
                    _ if is_target => is_target = false,
                    _ => commands.last_mut().unwrap().push(word),
                }
            }
            (None, it) => word.get_or_insert_default().push(it),
        }
    }
    assert!(quote.is_none(), "a quote has no end: {line:?}");
    commands.retain(|words| !words.is_empty());
    commands
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    assert_eq!(
        split("tictalk solo \"hangman --words\" > a.txt && man ./b | head"),
        [
            &["tictalk", "solo", "hangman --words"][..],
            &["man", "./b"],
            &["head"]
        ]
    );
    assert_eq!(split("a '' b").len(), 1);
    assert_eq!(split("a '' b")[0], ["a", "", "b"]);
}

#[test]
fn a_wrong_line_is_noticed() {
    for line in [
        "tictalk talk",
        "tictalk server --wait 5",
        "tictalk client --port many",
        "tictalk client --name",
        "tictalk solo chess",
        "tictalk solo rps 99 --level easy",
        "tictalk bot --join --play chess",
        "tictalk history show three",
        "tictalk completions bash extra",
        "cargo run --release -- serve",
        "cargo bench --bench no_such_bench",
        "cargo test --test program no_such_test_at_all",
        "TICTALK_NO_SUCH_VARIABLE=1 cargo test",
    ] {
        let noticed = std::panic::catch_unwind(|| check(line)).is_err();
        assert!(noticed, "{line}");
    }
}

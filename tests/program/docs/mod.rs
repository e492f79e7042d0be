//! Compares the documentation with the program.

use crate::support::{CONFIG, DATA, Program, new_folder};
use help::Row;
use lines::{check, is_game, is_known_variable};
use markdown::{Page, root};
use std::collections::BTreeSet;

mod help;
mod lines;
mod markdown;
mod tables;
mod walks;

/// Pages for users. Every piece of inline code in them is checked.
const FOR_USERS: [&str; 3] = ["README.md", "docs/guide.md", "docs/security.md"];

#[test]
fn the_readme_is_short() {
    let lines = Page::read("README.md").text.lines().count();
    assert!(lines <= 200, "{lines} lines");
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let mut checked = 0;
    for page in Page::all() {
        for line in page.typed() {
            checked += check(&line);
        }
    }
    assert!(checked > 0);
    for path in FOR_USERS {
        for span in Page::read(path).spans() {
            if span.starts_with("tictalk ") || span.starts_with("cargo ") {
                assert_eq!(check(&span), 1, "{path}: {span}");
            }
        }
    }
}

#[test]
fn everything_that_is_named_exists() {
    use tictalk::room::{Rank, help_lines};
    let commands = [
        tictalk::session::help_lines(),
        help_lines(Rank::Member),
        help_lines(Rank::Coordinator),
        help_lines(Rank::Host),
    ]
    .concat();
    let is_command = |word: &str| {
        let mut commands = commands.iter();
        commands.any(|(words, _)| words.split(' ').next() == Some(word))
            || word == tictalk::pair::solo::LEVEL
    };
    let is_option = |option: &str| {
        let of_a_game = || {
            let mut games = tictalk::games::GAMES.iter();
            games.any(|game| is_game(&format!("{} {option}", game.name)))
        };
        ["--help", "--version"].contains(&option)
            || help::options().any(|row| row.name == option)
            || of_a_game()
    };
    for path in FOR_USERS {
        for span in Page::read(path).spans() {
            let word = span.split([' ', '=']).next().unwrap();
            if word.starts_with("--") && word != "--" {
                assert!(is_option(word), "{path}: no option {word}");
            } else if word.starts_with('/') && word.len() > 1 {
                assert!(is_command(word), "{path}: no command {word}");
            } else if word.starts_with("TICTALK_") {
                assert!(is_known_variable(word), "{path}: no variable {word}");
            } else if ["src/", "tests/", "benches/"]
                .iter()
                .any(|it| word.starts_with(it))
            {
                assert!(root().join(word).exists(), "{path}: no file {word}");
            } else if let Some(game) = span.strip_prefix("play ") {
                assert!(is_game(game), "{path}: no game {game}");
            }
        }
    }
}

#[test]
fn the_tables_of_the_guide_are_those_of_the_program() {
    let guide = Page::read("docs/guide.md");
    let tables = tables::all();
    let mut text = guide.text.clone();
    for (name, table) in &tables {
        let start = format!("<!-- {name} -->\n");
        let (before, rest) = text
            .split_once(&start)
            .unwrap_or_else(|| panic!("the guide has no place for the table {name:?}"));
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        text = format!("{before}{start}\n{table}\n<!-- end -->{after}");
    }
    let places = guide.text.lines();
    let places = places.filter_map(|line| line.strip_prefix("<!-- ")?.strip_suffix(" -->"));
    for place in places.filter(|place| *place != "end") {
        let is_known = tables.iter().any(|(name, _)| name == place);
        assert!(is_known, "the program has no table {place:?}");
    }
    if std::env::var_os("TICTALK_DOCS").is_some_and(|value| value == "write") {
        std::fs::write(&guide.path, text).unwrap();
        return;
    }
    for (is, should_be) in guide.text.lines().zip(text.lines()) {
        assert_eq!(is, should_be, "renew the tables with TICTALK_DOCS=write");
    }
    assert_eq!(guide.text, text);
}

#[test]
fn every_game_is_explained_and_there_is_no_other() {
    let guide = Page::read("docs/guide.md");
    let known: BTreeSet<&str> = tictalk::games::GAMES.iter().map(|game| game.name).collect();
    for heads in [
        "| game | you type | secret |",
        "| game | what the computer does at `easy` | at `medium` | at `perfect` |",
    ] {
        let rows = guide.table(heads);
        let told: BTreeSet<&str> = rows
            .iter()
            .map(|row| row[0].split('`').nth(1).unwrap())
            .collect();
        assert_eq!(told, known, "{heads}");
    }
}

#[test]
fn every_command_of_the_history_is_explained() {
    let guide = Page::read("docs/guide.md");
    let part = guide.part("## The journal");
    for command in help::commands() {
        let is_of_it = ["history", "replay", "verify", "forget"]
            .iter()
            .any(|name| command.name.starts_with(name));
        let row = format!("| `tictalk {}", command.name);
        assert!(!is_of_it || part.contains(&row), "no {row:?}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = help::text("");
    let (_, told) = help.split_once("Exit codes").unwrap();
    let numbers = told.split(|it: char| !it.is_ascii_digit());
    let known: BTreeSet<&str> = numbers.filter(|it| !it.is_empty()).collect();
    let guide = Page::read("docs/guide.md");
    let rows = guide.table("| code | meaning |");
    let listed: BTreeSet<&str> = rows.iter().map(|row| &*row[0]).collect();
    assert_eq!(listed, known);
    assert_eq!(rows.len(), listed.len());
}

#[test]
fn the_configuration_file_is_read_as_it_says() {
    let guide = Page::read("docs/guide.md");
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("tictalk.toml");
    std::fs::write(&file, guide.code("toml")).unwrap();
    let run = |arguments: &[&str]| {
        let program = Program::new().args(arguments).folder(&folder);
        let program = program.without_env(CONFIG).without_env(DATA);
        // Ignore the user's own configuration.
        let program = program.env("HOME", &folder);
        program.without_env("XDG_CONFIG_HOME").run()
    };
    let all = run(&["config"]);
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    for line in guide.code("toml").lines().filter(|line| !line.is_empty()) {
        assert!(all.stdout.contains(line), "no {line:?} in:\n{}", all.stdout);
    }
    let (_, shown) = guide.text.split_once("$ tictalk config solo\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let separator = std::path::MAIN_SEPARATOR_STR;
    assert_eq!(
        run(&["config", "solo"]).stdout,
        shown.replace("./", &format!(".{separator}"))
    );
    // The output is a valid file with the same values.
    std::fs::write(&file, &all.stdout).unwrap();
    let again = run(&["config"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let values = |output: &str| -> Vec<String> {
        let lines = output.lines().skip(1);
        lines
            .map(|line| line.split('#').next().unwrap().trim().to_owned())
            .collect()
    };
    assert_eq!(values(&again.stdout), values(&all.stdout));
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in Page::all() {
        let folder = page.path.parent().unwrap();
        for link in page.links() {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match path {
                "" => page.path.clone(),
                path => folder.join(path),
            };
            let leads = match std::fs::read_to_string(&target) {
                Ok(text) if !anchor.is_empty() => {
                    let anchors = Page { path: target, text }.anchors();
                    anchors.iter().any(|it| it == anchor)
                }
                _ => target.exists(),
            };
            if !leads {
                broken.push(format!("{}: {link}", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_picture_is_shown() {
    let pages = Page::all();
    for entry in std::fs::read_dir(root().join("screenshots")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let end = format!("screenshots/{name}");
        let mut links = pages.iter().flat_map(Page::links);
        assert!(
            links.any(|link| link.ends_with(&end)),
            "{name} is not shown"
        );
    }
}

#[test]
fn the_limits_of_the_page_on_security_are_those_of_the_program() {
    let page = Page::read("docs/security.md");
    let rows = page.table("| what | limit | option |");
    let limits = [
        ("--burst", "20", "20 at once"),
        ("--rate", "5", "then 5 a second"),
        ("--per-address", "256", "256"),
        ("--members", "1000", "1,000"),
        ("--introduction", "10", "10 s"),
        ("--queue", "256", "256 KiB"),
        ("--patience", "120", "120 s"),
    ];
    for (option, default, shown) in limits {
        assert_eq!(of("room", option).default, default, "{option}");
        let mut of_it = rows
            .iter()
            .filter(|row| row[2].contains(&format!("`{option}`")))
            .peekable();
        assert!(of_it.peek().is_some(), "{option} has no row");
        assert!(of_it.all(|row| row[1].contains(shown)), "{option} {shown}");
    }
    // The list above names every limit that `room` has as an option.
    for row in &command("room").options {
        let is_limit = row.default.parse::<u32>().is_ok() && row.name != "--port";
        let is_listed = limits.iter().any(|(option, ..)| *option == row.name);
        assert_eq!(is_limit, is_listed, "{}", row.name);
    }
    let rows = page.table("| what | limit |");
    for (of_command, option) in [("server", "--reconnect"), ("bot", "--idle")] {
        let shown = format!("{} s (`{option}`)", of(of_command, option).default);
        assert!(rows.iter().any(|row| row[1].contains(&shown)), "{shown}");
    }
}

fn command(name: &str) -> &'static help::Command {
    let mut commands = help::commands().iter();
    let command = commands.find(|command| command.name == name);
    command.unwrap_or_else(|| panic!("no command {name}"))
}

fn of(name: &str, option: &str) -> &'static Row {
    let mut rows = command(name).options.iter();
    let row = rows.find(|row| row.name == option);
    row.unwrap_or_else(|| panic!("{name} has no {option}"))
}

#[test]
fn the_arguments_of_the_hostile_bench_are_its_own() {
    let page = Page::read("docs/performance.md");
    let source = std::fs::read_to_string(root().join("benches/hostile/main.rs")).unwrap();
    let rows = page.table("| option | meaning |");
    let told: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row[0].strip_prefix("`--"))
        .map(|option| option.split(['`', ' ']).next().unwrap())
        .collect();
    let known = source.split("\"--").skip(1);
    let known = known.map(|option| option.split('"').next().unwrap());
    let known: BTreeSet<&str> = known.filter(|option| *option != "bench").collect();
    assert_eq!(told, known);
}

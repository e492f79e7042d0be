//! What the README says comes true.

use crate::support::{CONFIG, Program, new_folder, tictalk};

const README: &str = include_str!("../../README.md");

/// The first block of code in this language.
fn code(language: &str) -> &'static str {
    let (_, behind) = README.split_once(&format!("```{language}\n")).unwrap();
    behind.split_once("```").unwrap().0
}

#[test]
fn the_python_partner_talks_and_plays() {
    let (mut server, port) = Program::server();
    let code = code("python");
    assert!(code.contains("1059"));
    let mut command = std::process::Command::new(if cfg!(windows) { "python" } else { "python3" });
    command.args(["-u", "-c", &code.replace("1059", &port.to_string())]);
    let mut peer = Program::spawn(command);
    peer.enter("Hello");
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("play tictactoe");
    peer.wait_for("play tictactoe\n");
    peer.wait_for("you are X and move first.");
    peer.enter("5");
    server.wait_for("5\n");
    server.wait_for("[X]");
    server.prompt();
    server.enter("1");
    peer.wait_for("|[O]| 2 | 3 |");
    peer.enter("/q");
    assert_eq!(server.finish().code, Some(0));
    assert!(peer.finish().stderr.contains("The partner is gone."));
}

#[test]
fn the_list_of_commands_is_the_programs_own() {
    for (words, help) in tictalk::session::help_lines() {
        let row = format!("| `{words}` | ");
        let (_, behind) = README
            .split_once(&row)
            .unwrap_or_else(|| panic!("no row {row:?}"));
        let told = behind.split_once(" |").unwrap().0;
        assert!(help.starts_with(told), "{words}: {told:?} is not {help:?}");
    }
}

#[test]
fn the_list_of_a_rooms_commands_is_the_programs_own() {
    use tictalk::room::{Rank, help_lines};
    for (words, help) in [help_lines(Rank::Coordinator), help_lines(Rank::Host)].concat() {
        let row = format!("| `{words}` | {help}");
        assert!(README.contains(&row), "no row {row:?}");
    }
}

#[test]
fn every_option_is_listed_and_there_is_no_other() {
    let mut known = Vec::new();
    for command in ["server", "client", "solo", "bot", "room"] {
        let help = tictalk().args([command, "--help"]).output().unwrap().stdout;
        let help = String::from_utf8(help).unwrap();
        let (_, options) = help.split_once("Options:").unwrap();
        let (options, _) = options.split_once("Examples:").unwrap();
        for line in options.lines().map(str::trim_start) {
            let Some(option) = line.strip_prefix("--") else {
                continue;
            };
            known.push(format!("--{}", option.split(' ').next().unwrap()));
        }
    }
    let rows = README.lines().filter_map(|row| row.strip_prefix("| `--"));
    let listed: Vec<String> = rows
        .map(|row| format!("--{}", row.split([' ', '`']).next().unwrap()))
        .collect();
    for option in &known {
        assert!(listed.contains(option), "{option} is missing");
    }
    for option in &listed {
        assert!(known.contains(option), "{option} does not exist");
    }
}

#[test]
fn the_configuration_file_is_read_as_it_says() {
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("tictalk.toml"), code("toml")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = tictalk();
        command.args(arguments).current_dir(&folder);
        command.env_remove(CONFIG).env_remove("TICTALK_DATA");
        // Neither is there a file of this machine behind it.
        command.env("HOME", &folder).env_remove("XDG_CONFIG_HOME");
        Program::spawn(command).finish()
    };
    let all = run(&["config"]);
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    for line in code("toml").lines().filter(|line| !line.is_empty()) {
        assert!(all.stdout.contains(line), "no {line:?} in:\n{}", all.stdout);
    }
    let (_, shown) = README.split_once("$ tictalk config solo\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let separator = std::path::MAIN_SEPARATOR_STR;
    assert_eq!(
        run(&["config", "solo"]).stdout,
        shown.replace("./", &format!(".{separator}"))
    );
}

#[test]
fn every_picture_and_file_that_is_shown_exists() {
    let links = README
        .split("](")
        .skip(1)
        .map(|link| link.split(')').next().unwrap());
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
        assert!(path.exists(), "{link} does not exist");
    }
}

#[test]
fn the_limits_of_a_room_are_those_of_the_page_on_security() {
    let page = include_str!("../../docs/security.md");
    let help = tictalk().args(["room", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    for (option, default, shown) in [
        ("--burst", "20", "20 at once"),
        ("--rate", "5", "then 5 a second"),
        ("--per-address", "256", "256"),
        ("--members", "1000", "1,000"),
        ("--introduction", "10", "10 s"),
        ("--queue", "256", "256 KiB"),
        ("--patience", "120", "120 s"),
    ] {
        let (_, about) = help.split_once(&format!("      {option} <")).unwrap();
        let (_, value) = about.split_once("[default: ").unwrap();
        assert_eq!(value.split(']').next().unwrap(), default, "{option}");
        let mut rows = page.lines().filter(|row| row.starts_with("| "));
        assert!(
            rows.any(|row| row.contains(&format!("`{option}`")) && row.contains(shown)),
            "{option} {shown}"
        );
    }
}

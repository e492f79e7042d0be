//! Parses `--help`.

use crate::support::Program;
use std::sync::LazyLock;

/// A command, as described by its `--help`.
#[derive(Debug)]
pub(crate) struct Command {
    /// Such as `history show`; empty for the program itself.
    pub(crate) name: String,
    pub(crate) about: String,
    /// Usage after the name, such as `ID`.
    pub(crate) arguments: String,
    pub(crate) options: Vec<Row>,
    subcommands: Vec<String>,
}

/// An option or an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Such as `--port`, or `ID` for an argument.
    pub(crate) name: String,
    /// Placeholder, such as `PORT`; `None` for a switch.
    pub(crate) value: Option<String>,
    pub(crate) meaning: String,
    pub(crate) default: String,
    pub(crate) variable: String,
}

/// All commands, in the order of `--help`. Subcommands follow their command.
pub(crate) fn commands() -> &'static [Command] {
    static ALL: LazyLock<Vec<Command>> = LazyLock::new(|| {
        let mut all = Vec::new();
        let root = Command::read("");
        for name in &root.subcommands {
            let command = Command::read(name);
            let below = command.subcommands.iter();
            let below: Vec<Command> = below
                .map(|word| Command::read(&format!("{name} {word}")))
                .collect();
            all.push(command);
            all.extend(below);
        }
        assert!(!all.is_empty(), "--help lists no command");
        all
    });
    &ALL
}

/// The options of all commands.
pub(crate) fn options() -> impl Iterator<Item = &'static Row> {
    let rows = commands().iter().flat_map(|command| &command.options);
    rows.filter(|row| row.name.starts_with("--"))
}

/// Output of `tictalk NAME --help`.
pub(crate) fn text(name: &str) -> String {
    let help = Program::new().args(name.split_whitespace());
    // On a very wide screen, so that no line is broken.
    let help = help.args(["--help"]).env("COLUMNS", "10000").run();
    assert_eq!(help.code, Some(0), "tictalk {name} --help");
    help.stdout
}

impl Command {
    fn read(name: &str) -> Self {
        let help = text(name);
        let about = help.lines().take_while(|line| !line.is_empty());
        let about = about.collect::<Vec<_>>().join(" ");
        let subcommands: Vec<String> = section(&help, "Commands:")
            .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
            .collect();
        let usage = help.lines().find_map(|line| line.strip_prefix("Usage: "));
        let usage = usage.unwrap_or_else(|| panic!("no usage of {name:?} in:\n{help}"));
        let rest = usage
            .strip_prefix("tictalk")
            .and_then(|rest| rest.trim_start().strip_prefix(name));
        let words = rest.unwrap_or_else(|| panic!("{usage:?} is not of {name:?}"));
        let arguments: Vec<String> = words
            .split_whitespace()
            .filter(|word| *word != "[OPTIONS]")
            .filter(|word| subcommands.is_empty() || !word.contains("COMMAND"))
            .map(|word| word.trim_end_matches('.').replace(['<', '>'], ""))
            .collect();
        let mut options = rows(section(&help, "Arguments:"));
        for title in titles(&help) {
            options.extend(rows(section(&help, title)));
        }
        let variables: Vec<&str> = section(&help, "Environment:")
            .flat_map(|line| line.split([' ', ',']))
            .filter(|word| word.starts_with("TICTALK_"))
            .collect();
        for row in &mut options {
            let variable = format!("TICTALK_{}", row.name.trim_start_matches('-'));
            let variable = variable.to_uppercase().replace('-', "_");
            if row.name.starts_with("--") && variables.contains(&variable.as_str()) {
                row.variable = variable;
            }
        }
        Self {
            name: name.to_owned(),
            about,
            arguments: arguments.join(" "),
            options,
            subcommands,
        }
    }
}

/// The titles above options.
fn titles(help: &str) -> Vec<&str> {
    let lines: Vec<&str> = help.lines().collect();
    let pairs = lines.windows(2).filter(|pair| {
        pair[0].ends_with(':') && !pair[0].starts_with(' ') && pair[1].trim().starts_with('-')
    });
    pairs.map(|pair| pair[0]).collect()
}

/// Indented lines after this title.
fn section<'a>(help: &'a str, title: &str) -> impl Iterator<Item = &'a str> {
    let lines = help.lines().skip_while(move |line| *line != title).skip(1);
    lines
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter(|line| !line.trim().is_empty())
}

/// Options or arguments of a section, without `--help` and `--version`.
fn rows<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Row> {
    const DEEPEST_HEAD: usize = 6;
    let mut items: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        let text = line.trim_start();
        if line.len() - text.len() <= DEEPEST_HEAD {
            let (head, about) = text.split_once("  ").unwrap_or((text, ""));
            items.push(vec![head, about.trim()]);
        } else {
            let item = items.last_mut().expect("a description follows its option");
            item.push(text);
        }
    }
    items.retain(|item| !item[0].starts_with("-h,") && !item[0].starts_with("-V,"));
    items.iter().map(|item| Row::read(item)).collect()
}

impl Row {
    /// The first line of `item` is the option; its description follows.
    fn read(item: &[&str]) -> Self {
        let (name, value) = match item[0].split_once(' ') {
            Some((name, value)) => (name, Some(plain(value))),
            None => (item[0], None),
        };
        let mut row = Self {
            name: plain(name),
            value,
            meaning: String::new(),
            default: String::new(),
            variable: String::new(),
        };
        let mut values = Vec::new();
        let mut meaning = Vec::new();
        for line in &item[1..] {
            if let Some((value, about)) = line.strip_prefix("- ").and_then(|it| it.split_once(':'))
            {
                values.push(format!("`{value}`: {}", about.trim()));
            } else if *line != "Possible values:" && !line.is_empty() {
                meaning.push(row.without_facts(line));
            }
        }
        meaning.retain(|line| !line.is_empty());
        // A summary has no full stop; sentences may follow it.
        row.meaning = match meaning.split_first() {
            Some((first, rest)) if !rest.is_empty() => format!("{first}. {}", rest.join(" ")),
            _ => meaning.join(" "),
        };
        if !values.is_empty() {
            let meaning = row.meaning.trim_end_matches('.');
            row.meaning = format!("{meaning}. {}", values.join("; "));
        }
        row
    }

    /// Moves trailing facts, such as `[default: 5]`, from a line into their fields.
    fn without_facts(&mut self, line: &str) -> String {
        let mut line = line.to_owned();
        while let Some(rest) = line.strip_suffix(']')
            && let Some((before, fact)) = rest.rsplit_once('[')
        {
            if let Some(default) = fact.strip_prefix("default: ") {
                default.clone_into(&mut self.default);
            } else if let Some(values) = fact.strip_prefix("possible values: ") {
                let values: Vec<String> = values.split(", ").map(|it| format!("`{it}`")).collect();
                line = format!("{}: {}", before.trim_end(), values.join(", "));
                break;
            } else {
                break;
            }
            line = before.trim_end().to_owned();
        }
        line
    }

    /// Such as `--port PORT`.
    pub(crate) fn usage(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {value}", self.name),
            None => self.name.clone(),
        }
    }
}

fn plain(word: &str) -> String {
    word.trim_end_matches('.').replace(['<', '>', '[', ']'], "")
}

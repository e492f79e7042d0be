//! Tables of the guide that are generated from the program.
//!
//! `TICTALK_DOCS=write cargo test --test program docs` renews them in the guide.

use super::help::{self, Row};
use std::fmt::Write as _;
use tictalk::room::{self, Rank};
use tictalk::scene::{Playback, SMALLEST, Scene};
use tictalk::session;

/// Name and text of each table.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut tables = vec![
        ("commands".to_owned(), commands()),
        ("pair commands".to_owned(), pair_commands()),
        ("room commands".to_owned(), room_commands()),
        ("keys of panes".to_owned(), keys_of_panes()),
        ("keys of a replay".to_owned(), keys_of_a_replay()),
    ];
    let mut rows: Vec<(&Row, Vec<&str>)> = Vec::new();
    for command in help::commands() {
        for row in &command.options {
            match rows.iter_mut().find(|(known, _)| *known == row) {
                Some((_, names)) => names.push(&command.name),
                None => rows.push((row, vec![&command.name])),
            }
        }
    }
    let mut shared = table(&["option", "commands", "meaning", "default", "variable"]);
    for (row, names) in rows.iter().filter(|(_, names)| names.len() > 1) {
        let names = if names.len() == help::commands().len() {
            "all".to_owned()
        } else {
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let [usage, rest @ ..] = cells(row);
        add(&mut shared, &[&[usage, names][..], &rest].concat());
    }
    tables.push(("shared options".to_owned(), shared));
    for command in help::commands() {
        let own = rows.iter().filter(|(_, names)| **names == [&*command.name]);
        let own: Vec<&Row> = own.map(|(row, _)| *row).collect();
        if !own.is_empty() {
            let mut text = table(&["option", "meaning", "default", "variable"]);
            for row in own {
                add(&mut text, &cells(row));
            }
            tables.push((format!("options of {}", command.name), text));
        }
    }
    tables
}

fn commands() -> String {
    let mut text = table(&["command", "what it does"]);
    for command in help::commands() {
        let usage = format!("tictalk {} {}", command.name, command.arguments);
        let usage = format!("`{}`", usage.trim_end());
        add(&mut text, &[usage, escaped(&command.about)]);
    }
    text
}

fn pair_commands() -> String {
    let mut text = table(&["you type", "what it does"]);
    for (words, help) in session::help_lines() {
        add(&mut text, &[format!("`{words}`"), escaped(&help)]);
    }
    text
}

fn keys_of_panes() -> String {
    keys_of(&Scene::new(SMALLEST, 0))
}

fn keys_of_a_replay() -> String {
    let mut scene = Scene::new(SMALLEST, 0);
    scene.play(Playback::new(Vec::new(), 1.0));
    keys_of(&scene)
}

fn keys_of(scene: &Scene) -> String {
    let mut text = table(&["key", "what it does"]);
    for (keys, what) in scene.keys() {
        add(&mut text, &[(*keys).to_owned(), escaped(what)]);
    }
    text
}

fn room_commands() -> String {
    let ranks = [Rank::Member, Rank::Coordinator, Rank::Host].map(room::help_lines);
    let mut lines: Vec<&(String, String)> = Vec::new();
    for line in ranks.iter().flatten() {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let mut text = table(&["you type", "what it does", "for whom"]);
    for line in lines {
        let whom = match ranks.each_ref().map(|rank| rank.contains(line)) {
            [true, true, true] => "everyone",
            [true, true, false] => "members",
            [false, true, true] => "the coordinator and the host",
            [false, false, true] => "the host",
            other => panic!("who may use {}: {other:?}", line.0),
        };
        let (words, help) = line;
        add(
            &mut text,
            &[
                format!("`{}`", escaped(words)),
                escaped(help),
                whom.to_owned(),
            ],
        );
    }
    text
}

fn table(heads: &[&str]) -> String {
    format!(
        "| {} |\n{}|\n",
        heads.join(" | "),
        "|---".repeat(heads.len())
    )
}

fn add(table: &mut String, cells: &[String]) {
    let mut row = String::from("|");
    for cell in cells {
        let _ = write!(row, " {cell}{}|", if cell.is_empty() { "" } else { " " });
    }
    table.push_str(&row);
    table.push('\n');
}

fn cells(row: &Row) -> [String; 4] {
    let code = |text: &str| match text {
        "" => String::new(),
        text if text.contains(' ') => escaped(text),
        text => format!("`{text}`"),
    };
    [
        format!("`{}`", row.usage()),
        escaped(&row.meaning),
        code(&row.default),
        code(&row.variable),
    ]
}

/// Escapes a cell of a Markdown table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}

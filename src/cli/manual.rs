//! The manual: a page for the program and for each of its commands.

use super::help;
use super::layout::{Notes, variables};
use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use tictalk::files::{self, FileError, Owner};
use tictalk::room;
use tictalk::session;

/// The files, for commands that read them.
const FILES: [(&str, &str); 2] = [
    (
        "tictalk.toml",
        "Values for options: in the current folder, else in the system's folder for configuration, \
         such as ~/.config/tictalk. The option --config names another file.",
    ),
    (
        "journal.db",
        "Sessions and rooms: in the system's folder for application data, such as \
         ~/.local/share/tictalk. The option --data names another folder.",
    ),
];

/// A page of the manual.
pub(super) struct ManualPage {
    /// The name of its file, such as `tictalk-client.1`.
    file: String,
    text: Vec<u8>,
}

/// The pages of the program and all its commands. `program` must be built.
pub(super) fn pages(program: &Command) -> io::Result<Vec<ManualPage>> {
    let mut pages = Vec::new();
    add(program, &[], &mut pages)?;
    Ok(pages)
}

/// All pages, one after another.
pub(super) fn in_one(pages: &[ManualPage]) -> Vec<u8> {
    pages.iter().flat_map(|page| page.text.clone()).collect()
}

/// Writes each page to a separate file in `folder`, which is created if it is missing.
///
/// # Errors
/// [`FileError`].
pub(super) fn write(pages: &[ManualPage], folder: &Path) -> Result<(), FileError> {
    std::fs::create_dir_all(folder)?;
    for page in pages {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let mut file = files::open(&folder.join(&page.file), Owner::Me, &mut options)?;
        file.write_all(&page.text)?;
    }
    Ok(())
}

/// Adds the page of a command, whose name follows these words, and those of its subcommands.
fn add(command: &Command, words: &[&str], pages: &mut Vec<ManualPage>) -> io::Result<()> {
    let words = [words, &[command.get_name()]].concat();
    let name = words.join("-");
    let mut text = Vec::new();
    let man = Man::new(command.clone())
        .title(name.clone())
        .manual("tictalk");
    man.render_title(&mut text)?;
    let mut page = Roff::new();
    // A hyphen in the middle of a command would be copied with it.
    page.control("nh", []);
    page.control("SH", ["NAME"]);
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    page.text([roman(format!("{name} - {about}"))]);
    synopsis(command, &words, &mut page);
    page.control("SH", ["DESCRIPTION"]);
    page.text([roman(format!("{about}."))]);
    let notes = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let notes = Notes::read(&notes);
    for paragraph in &notes.prose {
        page.control("PP", []);
        page.text([roman(paragraph.as_str())]);
    }
    page.to_writer(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut page = Roff::new();
    in_a_session(&words, &mut page);
    list("EXIT STATUS", &help::EXIT_CODES, &mut page);
    environment(command, &mut page);
    if command
        .get_arguments()
        .any(|option| option.get_long() == Some("data"))
        || words.len() == 1
    {
        list("FILES", &FILES, &mut page);
    }
    examples(&notes, &mut page);
    page.control("SH", ["SEE ALSO"]);
    let others = match words.as_slice() {
        [program] => command
            .get_subcommands()
            .map(|other| format!("{program}-{}(1)", other.get_name()))
            .collect(),
        _ => vec!["tictalk(1)".to_owned()],
    };
    page.text([roman(others.join(", "))]);
    page.to_writer(&mut text)?;
    pages.push(ManualPage {
        file: format!("{name}.1"),
        text,
    });
    let mut subcommands = command.get_subcommands();
    subcommands.try_for_each(|subcommand| add(subcommand, &words, pages))
}

/// How to call the command, with the names of values.
fn synopsis(command: &Command, words: &[&str], page: &mut Roff) {
    page.control("SH", ["SYNOPSIS"]);
    let mut line = vec![bold(words.join(" "))];
    let is_own = |argument: &&Arg| !["help", "version"].contains(&argument.get_id().as_str());
    for argument in command.get_arguments().filter(is_own) {
        let values = argument.get_value_names().unwrap_or_default();
        let values: Vec<&str> = values.iter().map(|name| name.as_str()).collect();
        let value = values.join(" ");
        match argument.get_long() {
            Some(name) if argument.get_action().takes_values() => {
                line.extend([roman(" ["), bold(format!("--{name}"))]);
                line.extend([roman(" "), italic(value), roman("]")]);
            }
            Some(name) => line.extend([roman(" ["), bold(format!("--{name}")), roman("]")]),
            None if argument.is_required_set() => line.extend([roman(" "), italic(value)]),
            None => line.extend([roman(" ["), italic(value), roman("]")]),
        }
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("COMMAND")]);
    }
    page.text(line);
}

/// The commands that a person can type during a session or in a room.
fn in_a_session(words: &[&str], page: &mut Roff) {
    let lines = |lines: Vec<(String, String)>, title: &str, page: &mut Roff| {
        let lines: Vec<(&str, &str)> = lines
            .iter()
            .map(|(command, what)| (command.as_str(), what.as_str()))
            .collect();
        list(title, &lines, page);
    };
    if let ["tictalk"] | ["tictalk", "server" | "client" | "solo"] = words {
        let pair = session::help_lines();
        let pair = pair
            .into_iter()
            .map(|(words, what)| (words.to_string(), what.to_string()));
        lines(pair.collect(), "COMMANDS IN A SESSION", page);
    }
    if let ["tictalk"] | ["tictalk", "room"] = words {
        let room = room::help_lines(room::Rank::Host);
        lines(room.to_vec(), "COMMANDS IN A ROOM", page);
    }
}

/// A section with terms and their explanations.
fn list(title: &str, terms: &[(&str, &str)], page: &mut Roff) {
    page.control("SH", [title]);
    for (term, explanation) in terms {
        page.control("TP", []);
        page.text([bold(*term)]);
        page.text([roman(*explanation)]);
    }
}

fn environment(command: &Command, page: &mut Roff) {
    let names = variables(command.get_arguments());
    let options = command
        .get_arguments()
        .filter(|option| option.get_env().is_some());
    let options = options
        .filter_map(Arg::get_long)
        .map(|name| format!("Sets --{name}."));
    let options: Vec<String> = options.collect();
    let mut terms: Vec<(&str, &str)> = names
        .iter()
        .zip(&options)
        .map(|(name, what)| (name.as_str(), what.as_str()))
        .collect();
    if names.iter().any(|name| name == "TICTALK_COLOR") {
        terms.push(("NO_COLOR", "Switches colours off, unless --color is given."));
    }
    if !terms.is_empty() {
        list("ENVIRONMENT", &terms, page);
    }
}

/// The examples, one a line, which is never wrapped.
fn examples(notes: &Notes<'_>, page: &mut Roff) {
    if notes.examples.is_empty() {
        return;
    }
    page.control("SH", ["EXAMPLES"]);
    page.control("nf", []);
    for (command, note) in &notes.examples {
        page.text([bold(*command)]);
        if !note.is_empty() {
            page.text([roman(format!("    {note}"))]);
        }
    }
    page.control("fi", []);
}

//! Help and messages laid out for the width of the screen, so that no word is cut at its edge.

use super::help;
use clap::{Arg, Command};
use std::fmt::Write as _;
use std::io;
use terminal_size::{Width, terminal_size, terminal_size_of};
use unicode_width::UnicodeWidthStr as _;

/// The width without a terminal.
const USUAL: usize = 80;

/// Longer lines are hard to read, even where there is room.
const WIDEST: usize = 100;

/// The longest example that has its explanation beside it.
const LONGEST: usize = 40;

/// The spaces before the explanation of an example that has no room beside it.
const BELOW: usize = 6;

/// The width for help: that of the terminal, else COLUMNS, else 80 columns.
pub(super) fn help_width() -> usize {
    if let Some((Width(columns), _)) = terminal_size() {
        return usize::from(columns).min(WIDEST);
    }
    let columns = std::env::var("COLUMNS").ok();
    columns
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| *columns > 0)
        .unwrap_or(USUAL)
}

/// A message on standard error, broken between words if that is a terminal.
pub(super) fn for_stderr(message: &str) -> String {
    match terminal_size_of(io::stderr()) {
        Some((Width(columns), _)) => wrapped(message, columns.into(), 2),
        None => message.to_owned(),
    }
}

/// `text` in lines of at most `width` columns, broken between words. A longer word has a line to
/// itself. Lines after the first begin with `indent` spaces.
pub(super) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            let _ = write!(lines, "\n{:indent$}", "");
            used = indent;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += wide;
    }
    lines
}

/// The notes after the options of a command: examples and prose.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Notes<'a> {
    /// Commands with their explanations, which may be empty.
    pub(super) examples: Vec<(&'a str, &'a str)>,
    /// Paragraphs.
    pub(super) prose: Vec<String>,
}

impl<'a> Notes<'a> {
    /// Reads notes as [`help`](super::help) has them: a title, lines such as
    /// `  command   explanation`, and paragraphs after an empty line.
    pub(super) fn read(text: &'a str) -> Self {
        let mut examples = Vec::new();
        let mut prose: Vec<String> = Vec::new();
        for block in text.split("\n\n") {
            let mut words = Vec::new();
            for line in block.lines() {
                match line.strip_prefix("  ") {
                    Some(example) => {
                        let (command, note) = example.split_once("  ").unwrap_or((example, ""));
                        examples.push((command, note.trim_start()));
                    }
                    None if line.starts_with("Example") => {}
                    None => words.push(line),
                }
            }
            if !words.is_empty() {
                prose.push(words.join(" "));
            }
        }
        Self { examples, prose }
    }

    /// The notes for a screen of this width.
    fn lay_out(&self, width: usize) -> String {
        let widest = self.examples.iter().map(|(command, _)| command.width());
        let widest = widest.filter(|width| *width <= LONGEST);
        let column = 2 + widest.max().unwrap_or(0) + 2;
        let mut sections = Vec::new();
        if !self.examples.is_empty() {
            let mut text = if self.examples.len() == 1 {
                "Example:".to_owned()
            } else {
                "Examples:".to_owned()
            };
            for (command, note) in &self.examples {
                let fits = column + note.width() <= width && command.width() + 4 <= column;
                let line = match note {
                    &"" => command.to_string(),
                    note if fits => format!("{command:pad$}{note}", pad = column - 2),
                    note => {
                        let note = wrapped(note, width.saturating_sub(BELOW), 0);
                        let below = format!("\n{:BELOW$}", "");
                        format!("{command}{below}{}", note.replace('\n', &below))
                    }
                };
                let _ = write!(text, "\n  {line}");
            }
            sections.push(text);
        }
        sections.extend(self.prose.iter().map(|text| wrapped(text, width, 0)));
        sections.join("\n\n")
    }
}

/// The program with its help laid out for a screen of this width. Names of variables move from each
/// option to a section of the long help.
pub(super) fn laid_out(program: Command, width: usize) -> Command {
    let inherited = variables(program.get_arguments());
    let exit_codes = wrapped(&help::exit_codes(), width, 0);
    let program = dressed(program, "tictalk", width, &[]).term_width(width);
    let long = program.get_after_long_help().map(ToString::to_string);
    program
        .after_long_help(format!("{}\n\n{exit_codes}", long.unwrap_or_default()))
        .mut_subcommands(|command| with_subcommands(command, "tictalk", width, &inherited))
}

fn with_subcommands(command: Command, path: &str, width: usize, inherited: &[String]) -> Command {
    let path = format!("{path} {}", command.get_name());
    let mut below = inherited.to_vec();
    let global = command
        .get_arguments()
        .filter(|option| option.is_global_set());
    below.extend(variables(global));
    dressed(command, &path, width, inherited)
        .mut_subcommands(|command| with_subcommands(command, &path, width, &below))
}

/// The command with its own help laid out. `path` is what calls it, such as `tictalk history`.
fn dressed(command: Command, path: &str, width: usize, inherited: &[String]) -> Command {
    let notes = command.get_after_help().map(ToString::to_string);
    let notes = Notes::read(&notes.unwrap_or_default()).lay_out(width);
    let mut known = variables(command.get_arguments());
    known.extend(inherited.iter().cloned());
    let mut long = notes.clone();
    if !known.is_empty() {
        let words = "Each variable sets the option of the same name:";
        let names = wrapped(&known.join(", "), width.saturating_sub(2), 2);
        let words = wrapped(words, width.saturating_sub(2), 2);
        let _ = write!(long, "\n\nEnvironment:\n  {words}\n  {names}");
    }
    let usage = command.clone().bin_name(path).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let indent = "Usage: ".len();
    // clap breaks any text but this.
    let usage = wrapped(usage, width.saturating_sub(indent), indent);
    command
        .override_usage(usage)
        .mut_args(|option| option.hide_env(true))
        .after_help(notes)
        .after_long_help(long)
}

/// The variables that set these options.
pub(super) fn variables<'a>(options: impl Iterator<Item = &'a Arg>) -> Vec<String> {
    let names = options.filter_map(Arg::get_env);
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Notes, wrapped};

    #[test]
    fn words_are_never_cut() {
        assert_eq!(wrapped("one two three", 7, 0), "one two\nthree");
        assert_eq!(wrapped("one two three", 7, 2), "one two\n  three");
        assert_eq!(
            wrapped("incomprehensible it is", 7, 0),
            "incomprehensible\nit is"
        );
    }

    #[test]
    fn an_explanation_moves_below_its_example_where_there_is_no_room() {
        let notes = Notes::read("Examples:\n  play        a game\n  quit\n\nProse in\ntwo lines.");
        assert_eq!(notes.examples, [("play", "a game"), ("quit", "")]);
        assert_eq!(notes.prose, ["Prose in two lines."]);
        let wide = "Examples:\n  play  a game\n  quit\n\nProse in two lines.";
        assert_eq!(notes.lay_out(40), wide);
        let narrow = "Examples:\n  play\n      a\n      game\n  quit\n\nProse in\ntwo lines.";
        assert_eq!(notes.lay_out(10), narrow);
    }
}

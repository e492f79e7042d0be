//! Errors of usage in the words of the program: one line that says what, where and what to do.

use super::layout::Notes;
use crate::config::{advice_for, similar};
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::error::Error as _;
use std::ffi::OsString;
use tictalk::games::GAMES;
use tictalk::net::HostPort;

/// The line for an error of `program` with these arguments.
pub(super) fn line(error: &Error, program: &Command, arguments: &[String]) -> String {
    let (path, command) = called(program, arguments);
    let place = ErrorPlace {
        path: &path,
        command,
        program,
        arguments,
    };
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            place.unknown_command(&text(error, ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => place.unknown_option(&argument),
        ErrorKind::UnknownArgument => place.extra_word(&argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => place.wrong_value(error, &argument),
        ErrorKind::MissingRequiredArgument => place.missing(&argument),
        ErrorKind::MissingSubcommand => {
            let lists = place.help();
            format!("name a command, such as server, client or solo; {lists} lists them")
        }
        ErrorKind::ArgumentConflict if !argument.is_empty() => {
            let other = text(error, ContextKind::PriorArg).unwrap_or_default();
            match option_name(&argument) == option_name(&other) {
                true => format!("{} can be given only once", option_name(&argument)),
                false => format!(
                    "{} cannot be used together with {}",
                    option_name(&argument),
                    option_name(&other)
                ),
            }
        }
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        }
    }
}

/// The command that a wrong command line calls.
struct ErrorPlace<'a> {
    /// Its name after that of the program, such as `history show`; empty for the program.
    path: &'a str,
    command: &'a Command,
    program: &'a Command,
    arguments: &'a [String],
}

/// The command that these arguments call, and its name after that of the program.
fn called<'a>(program: &'a Command, arguments: &[String]) -> (String, &'a Command) {
    let mut path = Vec::new();
    let mut command = program;
    for word in arguments {
        if let Some(found) = command.find_subcommand(word) {
            command = found;
            path.push(word.as_str());
        }
    }
    (path.join(" "), command)
}

impl ErrorPlace<'_> {
    /// The command that explains this one, in quotes.
    fn help(&self) -> String {
        format!("\"{}\"", format!("tictalk help {}", self.path).trim_end())
    }

    fn unknown_command(&self, word: &str) -> String {
        let names: Vec<&str> = self
            .command
            .get_subcommands()
            .map(Command::get_name)
            .collect();
        if self.path.is_empty() {
            if GAMES.iter().any(|game| game.name == word) {
                return format!("{word} is a game, not a command; type tictalk solo {word}");
            }
            if word
                .parse()
                .is_ok_and(|place: HostPort| place.port.is_some())
            {
                return format!("{word} is not a command; type tictalk client {word}");
            }
        }
        let whole = format!("{} {word}", self.path);
        format!(
            "there is no command {:?}; {}",
            whole.trim_start(),
            advice_for(word, &names)
        )
    }

    fn unknown_option(&self, option: &str) -> String {
        let owners = owners(self.program, option);
        if self.path.is_empty()
            && let Some(first) = owners.first()
        {
            let value = self
                .arguments
                .iter()
                .skip_while(|word| *word != option)
                .nth(1);
            let rest = value.map(|value| format!(" {value}")).unwrap_or_default();
            return format!(
                "{option} needs a command before it ({}): for example, tictalk {first} {option}{rest}",
                owners.join(", ")
            );
        }
        let own: Vec<String> = long_options(self.command);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let advice = match similar(option, &own) {
            Some(meant) => format!("did you mean {meant}?"),
            None if owners.is_empty() => format!("{} lists the options", self.help()),
            None => format!("it is an option of {}", owners.join(", ")),
        };
        match self.path {
            "" => format!("there is no option {option}; {advice}"),
            path => format!("{path} has no option {option}; {advice}"),
        }
    }

    fn extra_word(&self, word: &str) -> String {
        let is_port = word.parse::<u16>().is_ok();
        match self.path {
            "client" if is_port => {
                format!("unexpected {word}; type the port after a colon, as in localhost:{word}")
            }
            "server" | "room" | "bot" if is_port => {
                format!("unexpected {word}; type --port {word}")
            }
            "server" | "room" | "bot" => format!("unexpected {word:?}; type --host {word}"),
            path => format!(
                "unexpected {word:?} after {path}; {} explains it",
                self.help()
            ),
        }
    }

    fn wrong_value(&self, error: &Error, argument: &str) -> String {
        let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
        let is_option = argument.starts_with('-');
        if is_option && value.is_empty() && error.source().is_none() {
            return format!(
                "{} needs a value: {}",
                option_name(argument),
                bare(argument)
            );
        }
        let what = match (variable_of(error), is_option) {
            (Some(variable), _) => format!("{variable}={}", quoted(&value)),
            (None, true) => format!("{} {}", option_name(argument), quoted(&value)),
            (None, false) => quoted(&value),
        };
        let problem = match (error.source(), error.get(ContextKind::ValidValue)) {
            (Some(source), _) if source.is::<std::num::ParseIntError>() => {
                "expected a whole number".to_owned()
            }
            (Some(source), _) => source.to_string(),
            (None, Some(ContextValue::Strings(values))) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                let hidden = self.hidden_values(option_name(argument));
                let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
                let all = [&values[..], &hidden].concat();
                match similar(&value, &all) {
                    Some(_) => advice_for(&value, &all),
                    None if hidden.is_empty() => advice_for(&value, &values),
                    None => {
                        let advice = advice_for(&value, &values);
                        format!("{advice}; {} lists more", self.help())
                    }
                }
            }
            _ => format!("cannot be used; {} explains it", self.help()),
        };
        format!("{what}: {problem}")
    }

    /// The values of an option that its list leaves out.
    fn hidden_values(&self, option: &str) -> Vec<String> {
        let mut options = self.command.get_opts();
        let found = options.find(|known| known.get_long() == option.strip_prefix("--"));
        let values = found.map_or_else(Vec::new, clap::Arg::get_possible_values);
        let hidden = values.iter().filter(|value| value.is_hide_set());
        hidden.map(|value| value.get_name().to_owned()).collect()
    }

    fn missing(&self, argument: &str) -> String {
        let what = bare(argument);
        if what.starts_with('-') {
            return format!(
                "{}: {what} is missing, which another option needs",
                self.path
            );
        }
        let notes = self.command.get_after_help().map(ToString::to_string);
        let notes = notes.unwrap_or_default();
        let example = Notes::read(&notes).examples.into_iter().next();
        match example {
            Some((example, _)) => {
                format!("{}: {what} is missing; for example: {example}", self.path)
            }
            None => format!(
                "{}: {what} is missing; {} explains it",
                self.path,
                self.help()
            ),
        }
    }
}

/// The commands that have this option and can do without another argument.
fn owners<'a>(program: &'a Command, option: &str) -> Vec<&'a str> {
    let commands = program.get_subcommands();
    commands
        .filter(|command| long_options(command).iter().any(|own| own == option))
        .map(Command::get_name)
        .collect()
}

/// The options of a command, such as `--port`.
fn long_options(command: &Command) -> Vec<String> {
    let names = command.get_arguments().filter_map(clap::Arg::get_long);
    names.map(|name| format!("--{name}")).collect()
}

/// A text in the context of an error; of several, the first.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}

/// The name of an option without its value.
fn option_name(argument: &str) -> &str {
    argument.split([' ', '=']).next().unwrap_or_default()
}

/// An argument without the brackets around the name of its value.
fn bare(argument: &str) -> String {
    argument
        .replace(['<', '>', '[', ']'], "")
        .trim_end_matches("...")
        .to_owned()
}

/// A value that can be told from the words around it.
fn quoted(value: &str) -> String {
    if value.is_empty() || value.contains(char::is_whitespace) {
        format!("{value:?}")
    } else {
        value.to_owned()
    }
}

/// The environment variable that contains the wrong value, unless it comes from the command line.
fn variable_of(error: &Error) -> Option<String> {
    let argument = text(error, ContextKind::InvalidArg)?;
    let option = option_name(&argument);
    let is_given = |given: OsString| option_name(&given.to_string_lossy()) == option;
    if std::env::args_os().any(is_given) {
        return None;
    }
    let name = option.strip_prefix("--")?.to_uppercase().replace('-', "_");
    let variable = format!("TICTALK_{name}");
    let value = std::env::var(&variable).ok()?;
    (text(error, ContextKind::InvalidValue)? == value).then_some(variable)
}

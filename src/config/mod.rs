//! The configuration file: values for options, with the lowest precedence after the command line
//! and the environment.
//!
//! There is no list of keys: every option with an environment variable is a key by its long name,
//! and the file sets its default. Options without a variable, such as `--resume`, apply to one run
//! only.

use anyhow::{Context as _, anyhow, bail};
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use tictalk::files::{self, FileError, Owner};
use tictalk::net::HostPort;
use tictalk::text::visible;
use toml::de::{DeTable, DeValue};

mod similar;

pub(crate) use similar::advice as advice_for;
pub(crate) use similar::similar;

const FILE: &str = "tictalk.toml";

/// The maximum size of the file in bytes.
const MAX_SIZE: u64 = 64 * 1024;

/// The width of the column with keys and values in the output of `tictalk config`.
const WIDTH: usize = 42;

/// A configuration file whose keys are all known.
#[derive(Debug)]
pub(crate) struct Config {
    path: PathBuf,
    settings: Vec<Setting>,
}

/// A key of the file with its value.
#[derive(Debug)]
struct Setting {
    /// The line of the file, from 1.
    line: usize,
    /// The command to which it applies; `None` for all commands, at the top of the file.
    command: Option<String>,
    key: String,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Switch(bool),
    Text(String),
}

impl Config {
    /// Reads the file `named`, else the one in the current folder, else the one in the system's
    /// folder for configuration, if there is any. The keys are the options of `program`.
    ///
    /// # Errors
    /// A message in one line if a named file is missing, a file cannot be read or is not TOML, or a
    /// key is unknown.
    pub(crate) fn find(program: &Command, named: Option<&Path>) -> anyhow::Result<Option<Self>> {
        if let Some(path) = named {
            return Self::read(program, path, Owner::Anyone).map(Some);
        }
        let here = in_current_folder();
        // Also finds a dangling link.
        if fs::symlink_metadata(&here).is_ok() {
            return Self::read(program, &here, Owner::MeOrRoot).map(Some);
        }
        match in_system_folder() {
            Some(path) if path.exists() => Self::read(program, &path, Owner::Anyone).map(Some),
            _ => Ok(None),
        }
    }

    fn read(program: &Command, path: &Path, owner: Owner) -> anyhow::Result<Self> {
        let text = text_of(path, owner)?;
        let mut config = Self {
            path: path.to_owned(),
            settings: Vec::new(),
        };
        let line = |at: usize| {
            let before = text.bytes().take(at);
            1 + before.filter(|byte| *byte == b'\n').count()
        };
        let (table, errors) = DeTable::parse_recoverable(&text);
        let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        // Later errors may only follow from the first one.
        if let Some(error) = errors.iter().min_by_key(|error| start(error)) {
            let at = line(start(error));
            bail!("{}, line {at}: {}", path.display(), error.message());
        }
        for (key, value) in table.into_inner() {
            let (at, name) = (line(key.span().start), key.into_inner());
            let DeValue::Table(options) = value.get_ref() else {
                config.add(program, at, None, &name, value.get_ref())?;
                continue;
            };
            let commands = commands(program);
            if !commands.iter().any(|command| command.get_name() == name) {
                let names = commands.iter().map(|command| command.get_name());
                let advice = advice(&name, "table", names.collect());
                bail!("{}, line {at}: [{name}]: {advice}", path.display());
            }
            for (key, value) in options {
                let at = line(key.span().start);
                config.add(program, at, Some(&name), key.get_ref(), value.get_ref())?;
            }
        }
        Ok(config)
    }

    /// Adds a key, which has to be an option of `command` or, without one, of any command.
    fn add(
        &mut self,
        program: &Command,
        line: usize,
        command: Option<&str>,
        key: &str,
        value: &DeValue<'_>,
    ) -> anyhow::Result<()> {
        let mut known = Vec::new();
        for found in commands(program) {
            if command.is_none_or(|command| found.get_name() == command) {
                known.extend(options(found).filter_map(Arg::get_long));
            }
        }
        let value = match value {
            _ if known.contains(&key) => Value::from_toml(value),
            _ if misplaced(program, key) => {
                Err("this option cannot be set in a file; pass it on the command line".to_owned())
            }
            _ => Err(advice(key, "key", known)),
        };
        let setting = Setting {
            line,
            command: command.map(str::to_owned),
            key: key.to_owned(),
            value: value.map_err(|problem| self.error_at(line, key, &problem))?,
        };
        self.settings.push(setting);
        Ok(())
    }

    /// An error at the place of a key.
    fn error_at(&self, line: usize, key: &str, problem: &str) -> anyhow::Error {
        anyhow!("{}, line {line}: {key}: {problem}", self.path.display())
    }

    /// The setting for this option of this command. One below the command's name overrides one at
    /// the top of the file.
    fn setting(&self, command: &Command, option: &Arg) -> Option<&Setting> {
        let of = |name: Option<&str>| {
            let mut settings = self.settings.iter();
            settings.find(|setting| {
                setting.command.as_deref() == name
                    && Some(setting.key.as_str()) == option.get_long()
            })
        };
        of(Some(command.get_name())).or_else(|| of(None))
    }

    /// The value of a setting as it would be written on the command line.
    fn value(&self, setting: &Setting, option: &Arg) -> anyhow::Result<String> {
        let value = match (&setting.value, option.get_action().takes_values()) {
            (Value::Text(text), true) => judge(option, text.as_ref()),
            (Value::Switch(is_on), false) => Ok(is_on.to_string()),
            (Value::Text(_), false) => Err("write true or false, without quotes".to_owned()),
            (Value::Switch(_), true) => Err("write a text in quotes or a number".to_owned()),
        };
        value.map_err(|problem| self.error_at(setting.line, &setting.key, &problem))
    }

    /// The error if the file gives this command a host with a port, and another port.
    fn contradiction(&self, command: &Command) -> Option<anyhow::Error> {
        let of = |key| {
            let mut options = options(command);
            let option = options.find(|option| option.get_long() == Some(key))?;
            let setting = self.setting(command, option)?;
            Some((setting, setting.text()?))
        };
        let ((host, place), (port, number)) = (of("host")?, of("port")?);
        let named = port_of(place)?;
        (named.to_string() != number).then(|| {
            let problem = format!("{number} contradicts host in line {}: {place}", host.line);
            self.error_at(port.line, &port.key, &problem)
        })
    }

    /// The program with the values of the file as defaults of this command's options.
    ///
    /// # Errors
    /// If the parser of an option rejects a value.
    pub(crate) fn apply(&self, program: Command, command: &str) -> anyhow::Result<Command> {
        let mut defaults = Vec::new();
        if let Some(found) = program.find_subcommand(command) {
            if let Some(error) = self.contradiction(found) {
                return Err(error);
            }
            for option in options(found) {
                if let Some(setting) = self.setting(found, option) {
                    defaults.push((option.get_id().clone(), self.value(setting, option)?));
                }
            }
        }
        Ok(program.mut_subcommand(command, |command| {
            defaults.into_iter().fold(command, |command, (id, value)| {
                // clap takes only static defaults without its feature `string`. A few short texts
                // leak, once per run.
                let value: &'static str = value.leak();
                command.mut_arg(id, |option| option.required(false).default_value(value))
            })
        }))
    }
}

impl Setting {
    /// The value, unless it is a switch.
    fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Switch(_) => None,
        }
    }
}

/// The port in a value of `--host`.
fn port_of(host: &str) -> Option<u16> {
    host.parse::<HostPort>().ok()?.port
}

impl Value {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        Ok(match value {
            DeValue::Boolean(is_on) => Self::Switch(*is_on),
            DeValue::String(text) => Self::Text(text.clone().into_owned()),
            DeValue::Float(number) => Self::Text(number.to_string()),
            DeValue::Integer(number) => {
                let decimal = i64::from_str_radix(number.as_str(), number.radix());
                Self::Text(decimal.map_or(number.to_string(), |decimal| decimal.to_string()))
            }
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return Err("write a text in quotes, a number, true or false".to_owned());
            }
        })
    }
}

/// The value of each option of one command, or of all commands, as a configuration file with the
/// source of each value in a comment.
///
/// # Errors
/// If there is no such command, or the parser of an option rejects its value.
pub(crate) fn report(
    program: &Command,
    config: Option<&Config>,
    only: Option<&str>,
) -> anyhow::Result<String> {
    let commands = commands(program);
    if let Some(only) = only
        && !commands.iter().any(|command| command.get_name() == only)
    {
        let names = commands.iter().map(|command| command.get_name());
        bail!("{only}: {}", advice(only, "command", names.collect()));
    }
    let mut report = heading(config);
    let chosen = |command: &&Command| only.is_none_or(|only| command.get_name() == only);
    for command in commands.into_iter().filter(chosen) {
        if let Some(error) = config.and_then(|config| config.contradiction(command)) {
            return Err(error);
        }
        let _ = writeln!(report, "\n[{}]", command.get_name());
        let mut named = None;
        for option in options(command) {
            let (mut value, mut source) = in_force(config, command, option)?;
            let key = option.get_long().unwrap_or_default();
            match key {
                "host" => {
                    let port = value.as_deref().and_then(port_of);
                    named = port.map(|port| (port, rank(&source)));
                }
                "port" => {
                    if let Some((port, from)) = named
                        && from >= rank(&source)
                    {
                        (value, source) = (Some(port.to_string()), "part of host".to_owned());
                    }
                }
                _ => {}
            }
            let line = match value {
                Some(value) => format!("{key} = {}", literal(option, &value)),
                None => format!("# {key}"),
            };
            let _ = writeln!(report, "{line:WIDTH$}  # {source}");
        }
    }
    Ok(report)
}

/// The rank of a source as [`in_force`] names it. A higher one overrides a lower one.
fn rank(source: &str) -> u8 {
    match source.split([' ', ',']).next() {
        Some("environment") => 2,
        Some("file") => 1,
        _ => 0,
    }
}

/// Comments on the file that is read and on those that are not.
fn heading(config: Option<&Config>) -> String {
    let system = in_system_folder();
    let looked = std::iter::once(in_current_folder()).chain(system);
    let mut heading = match config {
        Some(config) => format!("# File: {}\n", shown(&config.path)),
        None => "# No configuration file. Searched:\n".to_owned(),
    };
    for path in looked {
        if config.is_none() {
            let _ = writeln!(heading, "# {}", shown(&path));
        } else if config.is_some_and(|config| config.path != path) && path.exists() {
            let _ = writeln!(heading, "# Not read: {}", shown(&path));
        }
    }
    heading
}

/// A path as part of a comment.
fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).replace('\n', "\u{240a}")
}

/// The value of an option, if it has one, and its source.
fn in_force(
    config: Option<&Config>,
    command: &Command,
    option: &Arg,
) -> anyhow::Result<(Option<String>, String)> {
    if let Some(variable) = option.get_env()
        && let Some(value) = std::env::var_os(variable)
    {
        let source = format!("environment {}", variable.display());
        let value = judge(option, &value).map_err(anyhow::Error::msg);
        return Ok((Some(value.with_context(|| source.clone())?), source));
    }
    if let Some(config) = config
        && let Some(setting) = config.setting(command, option)
    {
        let source = format!("file, line {}", setting.line);
        return Ok((Some(config.value(setting, option)?), source));
    }
    let default = match option.get_default_values().first() {
        Some(value) => Some(value.to_string_lossy().into_owned()),
        None if !option.get_action().takes_values() => Some(false.to_string()),
        None => None,
    };
    let source = if default.is_some() {
        "default"
    } else {
        "not set"
    };
    Ok((default, source.to_owned()))
}

/// The value in TOML. Hidden characters are written as escapes.
fn literal(option: &Arg, value: &str) -> String {
    let is_number = value
        .parse()
        .is_ok_and(|number: u32| number.to_string() == value);
    if is_number || !option.get_action().takes_values() {
        return value.to_owned();
    }
    let mut literal = "\"".to_owned();
    for c in value.chars() {
        let alone = c.to_string();
        if matches!(c, '"' | '\\') {
            literal.extend(['\\', c]);
        } else if matches!(c, '\n' | '\t') || visible(&alone) != alone {
            let _ = write!(literal, "\\U{:08X}", u32::from(c));
        } else {
            literal.push(c);
        }
    }
    literal + "\""
}

/// Checks a value with the parser of its option. Returns the value, or `true` or `false` for a
/// switch.
fn judge(option: &Arg, value: &OsStr) -> Result<String, String> {
    let parser = option.get_value_parser().clone();
    let alone = Command::new("tictalk").no_binary_name(true).arg(
        Arg::new("value")
            .value_parser(parser)
            .value_delimiter(option.get_value_delimiter()),
    );
    match alone.try_get_matches_from([OsStr::new("--"), value]) {
        Ok(judged) => Ok(match judged.try_get_one::<bool>("value") {
            Ok(Some(is_on)) => is_on.to_string(),
            _ => value.to_string_lossy().into_owned(),
        }),
        Err(error) => Err(format!("{value:?} {}", problem(&error))),
    }
}

/// Why a value is invalid. The text completes a sentence that begins with the value.
fn problem(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            format!("is not one of {}", values.join(", "))
        }
        _ => match std::error::Error::source(error) {
            Some(source) => format!("cannot be used: {source}"),
            None => "cannot be used".to_owned(),
        },
    }
}

/// Whether a command has options that can be set in the file.
pub(crate) fn is_configurable(program: &Command, command: &str) -> bool {
    let command = program.find_subcommand(command);
    command.is_some_and(|command| options(command).next().is_some())
}

/// The names of the commands with options that can be set in the file.
pub(crate) fn names(program: &Command) -> Vec<&str> {
    commands(program)
        .into_iter()
        .map(Command::get_name)
        .collect()
}

/// The commands with options that can be set in the file.
fn commands(program: &Command) -> Vec<&Command> {
    let commands = program.get_subcommands();
    commands
        .filter(|command| options(command).next().is_some())
        .collect()
}

/// The options of a command that can be set in the file.
fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    let options = command.get_arguments();
    options.filter(|option| option.get_long().is_some() && option.get_env().is_some())
}

/// Whether some command has this option and it cannot be set in the file.
fn misplaced(program: &Command, key: &str) -> bool {
    let is_it = |option: &Arg| option.get_long() == Some(key) && option.get_env().is_none();
    let mut commands = program.get_subcommands();
    commands.any(|command| command.get_arguments().any(is_it))
}

/// Advice for an unknown word: the most similar valid word, or all of them.
fn advice(word: &str, what: &str, mut right: Vec<&str>) -> String {
    right.sort_unstable();
    right.dedup();
    format!("unknown {what}; {}", advice_for(word, &right))
}

fn in_current_folder() -> PathBuf {
    Path::new(".").join(FILE)
}

fn in_system_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "tictalk").map(|folders| folders.config_dir().join(FILE))
}

/// The text of a file, which has to be a regular file of at most [`MAX_SIZE`] bytes of UTF-8.
fn text_of(path: &Path, owner: Owner) -> anyhow::Result<String> {
    let shown = path.display();
    let cannot_read = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => anyhow!("cannot read {shown}: there is no such file"),
        kind => anyhow!("cannot read {shown}: {kind}"),
    };
    // Checked after opening: the path may lead to another file later.
    let file = files::open(path, owner, OpenOptions::new().read(true));
    let file = file.map_err(|error| match error {
        FileError::NotAFile(kind) => {
            anyhow!("cannot read {shown}: it is {kind}; name a file with --config FILE")
        }
        FileError::Foreign => {
            anyhow!("{shown} belongs to another user: if you trust it, add --config {shown}")
        }
        FileError::System(error) => cannot_read(error),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot_read)?;
    if bytes.len() as u64 > MAX_SIZE {
        bail!("cannot use {shown}: it is larger than {MAX_SIZE} bytes");
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("cannot use {shown}: it is not UTF-8 text"))
}

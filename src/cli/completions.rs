//! Completions for the line of a shell. The shell's script calls the program back, which knows its
//! options, games and stored sessions.

use crate::config::{self, Config};
use clap::Command;
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use tictalk::games::GAMES;
use tictalk::history::{LAST, recent, remembered};
use tictalk::journal::Journal;

/// The variable with the name of the shell that asks.
const SHELL: &str = "_TICTALK_COMPLETE";

/// The variable with the names of the file of settings and of the journal's folder.
const CONFIG: &str = "TICTALK_CONFIG";
const DATA: &str = "TICTALK_DATA";

/// The maximum number of sessions, and of rooms, that are offered.
const RECENT: usize = 50;

/// The script for `shell`.
///
/// # Errors
/// If a shell of this name has none.
pub(super) fn script(shell: Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let name = shell.to_string();
    let completer = shells.completer(&name).ok_or(io::ErrorKind::Unsupported)?;
    completer.write_registration(SHELL, "tictalk", "tictalk", "tictalk", &mut script)?;
    Ok(script)
}

/// The answer to the script of a shell; `None` if this is an ordinary call. Everything that goes
/// wrong is an empty answer, since a message would appear in the line that the person types.
pub(super) fn answer(program: Command) -> Option<Vec<u8>> {
    let name = std::env::var(SHELL).ok()?;
    let arguments = std::env::args_os().skip_while(|word| word != "--");
    let words: Vec<OsString> = arguments.skip(1).collect();
    let shells = Shells::builtins();
    let mut answer = Vec::new();
    if let Some(shell) = shells.completer(&name).filter(|_| !words.is_empty()) {
        let mut program = with_candidates(program, &words);
        program.build();
        let here = std::env::current_dir().ok();
        let written = shell.write_complete(&mut program, words, here.as_deref(), &mut answer);
        if written.is_err() {
            answer.clear();
        }
    }
    Some(answer)
}

/// The program with what its arguments may be.
fn with_candidates(program: Command, words: &[OsString]) -> Command {
    let folder = folder(&program, words);
    let ids = |rooms: bool| {
        let folder = folder.clone();
        ArgValueCandidates::new(move || match &folder {
            Some(folder) => ids(folder, rooms),
            None => Vec::new(),
        })
    };
    // The last word is the one to complete.
    let before = words.split_last().map_or(&[][..], |(_, before)| before);
    let configurable = owned(config::names(&program));
    let mut explained = &program;
    for word in before.iter().skip(2) {
        explained = explained.find_subcommand(word).unwrap_or(explained);
    }
    let explained = owned(names(explained));
    let has_game = before
        .iter()
        .any(|word| GAMES.iter().any(|game| word == game.name));
    let games = || ArgValueCandidates::new(move || if has_game { Vec::new() } else { games() });
    program
        .mut_subcommand("solo", |it| it.mut_arg("game", |arg| arg.add(games())))
        .mut_subcommand("bot", |it| it.mut_arg("play", |arg| arg.add(games())))
        .mut_subcommand("history", |history| {
            ["show", "export", "delete"]
                .iter()
                .fold(history, |it, name| {
                    it.mut_subcommand(name, |it| it.mut_arg("id", |arg| arg.add(ids(true))))
                })
        })
        .mut_subcommand("replay", |it| it.mut_arg("id", |arg| arg.add(ids(false))))
        .mut_subcommand("verify", |it| it.mut_arg("id", |arg| arg.add(ids(false))))
        .mut_subcommand("forget", |it| {
            let folder = folder.clone();
            let partners = move || folder.as_deref().map(partners).unwrap_or_default();
            it.mut_arg("partner", |arg| arg.add(ArgValueCandidates::new(partners)))
        })
        .mut_subcommand("config", |it| {
            it.mut_arg("command", |arg| {
                arg.add(ArgValueCandidates::new(move || named(&configurable)))
            })
        })
        .mut_subcommand("help", |it| {
            it.mut_arg("words", |arg| {
                arg.add(ArgValueCandidates::new(move || named(&explained)))
            })
        })
}

/// The commands of a command.
fn names(command: &Command) -> Vec<&str> {
    command.get_subcommands().map(Command::get_name).collect()
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn named(names: &[String]) -> Vec<CompletionCandidate> {
    names.iter().map(CompletionCandidate::new).collect()
}

fn games() -> Vec<CompletionCandidate> {
    let games = GAMES.iter();
    games
        .map(|game| CompletionCandidate::new(game.name))
        .collect()
}

/// The newest sessions, and rooms where they are wanted; none if the journal cannot be read.
fn ids(folder: &Path, rooms: bool) -> Vec<CompletionCandidate> {
    let stored = recent(folder, rooms, RECENT).unwrap_or_default();
    if stored.is_empty() {
        return Vec::new();
    }
    let last = CompletionCandidate::new(LAST).help(Some("the newest session".into()));
    let stored = stored.into_iter().enumerate().map(|(order, (id, what))| {
        let candidate = CompletionCandidate::new(id).help(Some(what.into()));
        candidate.display_order(Some(order))
    });
    stored
        .chain([last.display_order(Some(usize::MAX))])
        .collect()
}

/// The remembered partners; none if the journal cannot be read. A name is foreign text: one that a shell
/// could read as anything but a word is left out.
fn partners(folder: &Path) -> Vec<CompletionCandidate> {
    let is_word = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(char::is_alphanumeric)
            && letters.all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let partners = remembered(folder, RECENT).unwrap_or_default().into_iter();
    let partners = partners.filter(|(name, _)| is_word(name)).enumerate();
    partners
        .map(|(order, (name, since))| {
            let candidate = CompletionCandidate::new(name).help(Some(since.into()));
            candidate.display_order(Some(order))
        })
        .collect()
}

/// The folder of the journal that a command with these words would read.
fn folder(program: &Command, words: &[OsString]) -> Option<PathBuf> {
    let pairs = words.iter().zip(words.iter().skip(1));
    let given = pairs.filter(|(option, _)| *option == "--data");
    let joined = words
        .iter()
        .filter_map(|word| word.to_str()?.strip_prefix("--data="));
    given
        .map(|(_, folder)| PathBuf::from(folder))
        .chain(joined.map(PathBuf::from))
        .next()
        .or_else(|| std::env::var_os(DATA).map(PathBuf::from))
        .or_else(|| configured(program))
        .or_else(|| Journal::default_folder().ok())
}

/// The folder that the configuration file names.
fn configured(program: &Command) -> Option<PathBuf> {
    let file = std::env::var_os(CONFIG).map(PathBuf::from);
    let config = Config::find(program, file.as_deref()).ok()??;
    let program = config.apply(program.clone(), "history").ok()?;
    let mut options = program.find_subcommand("history")?.get_arguments();
    let folder = options.find(|option| option.get_long() == Some("data"))?;
    folder.get_default_values().first().map(PathBuf::from)
}

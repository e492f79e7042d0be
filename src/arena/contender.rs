//! The players of a tournament, as a command line names them.

use crate::games::Skill;
use crate::net::{Address, DEFAULT_PORT, HostPort, NoHostPort};
use crate::player::{NotACommand, PlayerCommand};
use crate::wire::Dialect;
use std::path::{Path, PathBuf};

/// A player of a tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contender {
    /// A computer player of this program.
    Level(Skill),
    /// A program of somebody else.
    Program {
        /// How it is started.
        command: PlayerCommand,
        /// The file that the word names, if it names one.
        file: Option<PathBuf>,
    },
    /// A server that plays, on this or another machine.
    Remote {
        /// Its dialect.
        dialect: Dialect,
        /// Its address.
        address: Address,
    },
}

/// Why a word names no player.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAContender {
    /// The address of a remote player is not one.
    #[error("{0:?} is no address of a player: {1}")]
    Address(String, NoHostPort),
    /// It looks like the name of a file that does not exist.
    #[error(
        "there is no file {0:?}; give a file, a command line in quotes, easy, medium, perfect, or DIALECT:HOST:PORT"
    )]
    NoFile(String),
    /// Its program cannot be started.
    #[error("{0}; a player is also easy, medium, perfect, or DIALECT:HOST:PORT")]
    Command(#[from] NotACommand),
    /// The word is blank.
    #[error(
        "a player is a file, a command line in quotes, easy, medium, perfect, or DIALECT:HOST:PORT"
    )]
    Nothing,
}

impl Contender {
    /// The player that a word of the command line names. An existing file comes first, then a level,
    /// then an address; anything else is a command line for the shell. `@easy` is the level where a
    /// file is called `easy`.
    ///
    /// # Errors
    /// [`NotAContender`].
    pub fn of(word: &str) -> Result<Self, NotAContender> {
        let trimmed = word.trim();
        if trimmed.is_empty() {
            return Err(NotAContender::Nothing);
        }
        if Path::new(word).is_file() {
            return Ok(Self::Program {
                command: PlayerCommand::file(word)?,
                file: Some(PathBuf::from(word)),
            });
        }
        if let Some(skill) = Skill::named(trimmed.strip_prefix('@').unwrap_or(trimmed)) {
            return Ok(Self::Level(skill));
        }
        if let Some((dialect, place)) = remote(trimmed) {
            let address = |why| NotAContender::Address(word.to_owned(), why);
            let HostPort { host, port } = place.parse().map_err(address)?;
            let port = port.unwrap_or(DEFAULT_PORT);
            return Ok(Self::Remote {
                dialect,
                address: Address { host, port },
            });
        }
        let looks_like_a_file = trimmed.ends_with(".py") || trimmed.starts_with("./");
        if looks_like_a_file && !trimmed.contains(' ') {
            return Err(NotAContender::NoFile(word.to_owned()));
        }
        Ok(Self::Program {
            command: PlayerCommand::shell(word)?,
            file: None,
        })
    }

    /// Whether it is on another machine, or at least in another program that waits for a partner.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }
}

/// The dialect and the place of a remote player.
fn remote(word: &str) -> Option<(Dialect, &str)> {
    let (name, place) = word.split_once(':')?;
    if place.contains(char::is_whitespace) {
        return None;
    }
    let dialect = match name {
        "nc" => Dialect::Raw,
        name => Dialect::from_name(name).filter(|dialect| *dialect != Dialect::Web)?,
    };
    Some((dialect, place))
}

/// A short name for each word: without the folders of a file, and different from all others.
#[must_use]
pub(super) fn names(words: &[String]) -> Vec<String> {
    let short = |word: &String| {
        let path = Path::new(word);
        let name = path.file_name().filter(|_| path.is_file());
        name.map_or_else(|| word.clone(), |name| name.to_string_lossy().into_owned())
    };
    let mut names: Vec<String> = Vec::new();
    for word in words {
        let name = short(word);
        let name = match words.iter().filter(|other| short(other) == name).count() {
            1 => name,
            _ => word.clone(),
        };
        // The same player may be named twice.
        let mut numbered = name.clone();
        let mut number = 1;
        while names.contains(&numbered) {
            number += 1;
            numbered = format!("{name} ({number})");
        }
        names.push(numbered);
    }
    names
}

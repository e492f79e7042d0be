//! Why a line could not be carried out, and the words for it.

use super::command::RoomCommand;
use super::name::NickError;
use super::plain_text::MAX_LINES;
use crate::games::{GAMES, Illegal};
use crate::wire::MAX_TEXT;
use std::sync::Arc;

/// Why a line could not be carried out. It has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoomRefusal {
    /// The message has more bytes of UTF-8 than [`MAX_TEXT`].
    #[error("That message is {size} bytes long, and the limit is {MAX_TEXT}: nothing was sent.")]
    TooLong { size: usize },
    /// The message has more lines that are not empty than [`MAX_LINES`].
    #[error("That message has {lines} lines, and the limit is {MAX_LINES}: nothing was sent.")]
    TooManyLines { lines: usize },
    #[error("A search takes at most {limit} words.")]
    TooManyWords { limit: usize },
    #[error(
        "There is no command {0}. /help lists the commands; a space before it sends it as text."
    )]
    UnknownCommand(String),
    #[error("Only {} can use {}. /help lists your commands.", .0.users(), .0.usage())]
    NotYours(RoomCommand),
    #[error("Usage: {}", .0.usage())]
    Usage(RoomCommand),
    #[error("Nobody here is named {0}. /who lists the names.")]
    Nobody(String),
    #[error("You cannot do that to yourself.")]
    Oneself,
    #[error("You cannot do that to the host.")]
    TheHost,
    /// The speaker is muted.
    #[error("You are muted: nobody else saw that. The host or the coordinator can unmute you.")]
    Muted,
    #[error("Nobody named {0} is banned or was removed. /bans lists the names.")]
    NotBanned(String),
    #[error("Nobody named {0} is muted. /bans lists the names.")]
    NotMuted(String),
    #[error("{0} is disconnected at the moment.")]
    IsAway(Arc<str>),
    #[error(transparent)]
    Nick(#[from] NickError),
    /// The game does not exist, or not with these options.
    #[error("There is no such game here. In a room you can play: {}.", games())]
    UnknownGame,
    #[error("{0} is already in a game.")]
    Plays(Arc<str>),
    #[error("You are already in a game. /resign ends it.")]
    YouPlay,
    #[error("Nobody has offered you a game.")]
    NoOffer,
    #[error("You have more than one offer. Choose a name: {0}.")]
    WhichOffer(String),
    #[error("You are not in a game. /play GAME NAME offers one.")]
    NoGame,
    #[error("There is no game to watch.")]
    NothingToWatch,
    #[error("{0} is not in a game.")]
    DoesNotPlay(Arc<str>),
    #[error("There is more than one game. Choose a player: {0}.")]
    WhichGame(String),
    /// The rules of the game forbid it.
    #[error(transparent)]
    Illegal(#[from] Illegal),
}

/// The games that can be played in a room.
fn games() -> String {
    let names = GAMES.iter().filter(|game| game.is_refereed());
    let names: Vec<&str> = names.map(|game| game.name).collect();
    names.join(", ")
}

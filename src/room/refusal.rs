//! Why a line could not be carried out, and the words for it.

use super::command::RoomCommand;
use super::name::NickError;
use super::plain_text::MAX_LINES;
use crate::games::{GAMES, Illegal, Offer};
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
    #[error("Unknown command {0}. Try /help, or put a space before the line to send it as text.")]
    UnknownCommand(String),
    #[error("Only {} can use {}.", .0.users(), .0.word())]
    NotYours(RoomCommand),
    #[error("Only the terminal of the host can show a QR code.")]
    OnlyOnTerminal,
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
    #[error("The computer only plays games: /play GAME computer.")]
    TheComputer,
    #[error(transparent)]
    Nick(#[from] NickError),
    /// The game does not exist, or not with these options.
    #[error("There is no such game here. In a room you can play: {}.", games())]
    UnknownGame,
    /// The name of the opponent is missing. With the names of some members who are free.
    #[error("Who do you want to play? /play {game} NAME{}", candidates(.free))]
    WhichOpponent {
        game: &'static str,
        free: Vec<Arc<str>>,
    },
    #[error("There is no tournament. The host or the coordinator opens one: /tournament GAME.")]
    NoTournament,
    #[error("There is already a tournament. /tournament shows it, and /tournament stop ends it.")]
    TournamentOn,
    #[error("The tournament has begun: it can no longer be entered or left.")]
    NoEntries,
    #[error("You have entered already. /tournament leave withdraws you.")]
    HasEntered,
    #[error("A tournament has no hints and no takebacks, and the computer agrees to no draw.")]
    NotInTournament,
    #[error("Your games in the tournament come first.")]
    TournamentFirst,
    #[error("You have not entered the tournament.")]
    HasNotEntered,
    #[error("A tournament needs at least two players. /tournament join enters it.")]
    TooFewEntrants,
    #[error("The tournament is full: it has {0} players.")]
    TournamentFull(usize),
    #[error("The host is not a member and cannot play.")]
    HostDoesNotPlay,
    /// Only some may open, start and stop a tournament.
    #[error("Only the host or the coordinator can do that. /tournament join enters a tournament.")]
    NotYourTournament,
    #[error("{0} is already in a game.")]
    Plays(Arc<str>),
    #[error("You're already in a game. /resign ends it.")]
    YouPlay,
    #[error("Nobody has offered you a game.")]
    NoOffer,
    #[error("You have more than one offer. Choose a name: {0}.")]
    WhichOffer(String),
    #[error("You're not in a game. Challenge someone with /play GAME NAME.")]
    NoGame,
    #[error("You are not watching a game. /watch NAME shows the game of a member.")]
    NoBoard,
    #[error("You haven't finished a game here yet. Challenge someone with /play GAME NAME.")]
    NoLastGame,
    #[error("The other player of your last game has left.")]
    NoRematch,
    /// The opponent has made another offer, or the player's own is still open.
    #[error("Another offer is open. A move withdraws or declines it.")]
    OfferOpen,
    #[error("{}", .0.refused())]
    NoOffers(Offer),
    #[error("You have made no move to take back.")]
    NothingToUndo,
    #[error("It isn't your move: {0} to move.")]
    NotYourMove(Arc<str>),
    /// A bare line that would be a move on the player's turn.
    #[error("It isn't your move: {0} to move. Put a space before the line to send it as text.")]
    EarlyLine(Arc<str>),
    #[error("/hint works only when it is your move.")]
    NoHint,
    #[error("Still thinking about your last request. Try again in a moment.")]
    StillThinking,
    /// A bare line that names a move which is not legal now.
    #[error("{0} Put a space before the line to send it as text.")]
    IllegalLine(Illegal),
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

impl RoomRefusal {
    /// The refusal of a name that nobody has, cut to a length that can be shown.
    pub(super) fn nobody(name: &str) -> Self {
        Self::Nobody(name.chars().take(40).collect())
    }
}

/// The first ten names, separated by commas.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> String {
    let names: Vec<&str> = names.map(AsRef::as_ref).take(10).collect();
    names.join(", ")
}

/// The games that can be played in a room.
fn games() -> String {
    let names = GAMES.iter().filter(|game| game.is_refereed());
    let names: Vec<&str> = names.map(|game| game.name).collect();
    names.join(", ")
}

/// Whom to play, after the usage of the command.
fn candidates(free: &[Arc<str>]) -> String {
    if free.is_empty() {
        return ". Nobody is free; computer always is.".to_owned();
    }
    format!(" (free: {}, computer)", free.join(", "))
}

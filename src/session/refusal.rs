//! Why a line is refused.

use super::outcome::Offer;
use crate::games::{Entry, GAMES, Illegal, Options, Rules};

/// Why a line that was typed, or a message that was received, is refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Over the limit of the partner's program.
    #[error(
        "That message is {} bytes long, and the limit is {}: nothing was sent. Make it shorter.",
        thousands(*size),
        thousands(*limit)
    )]
    TooLong {
        /// Its bytes of UTF-8.
        size: usize,
        /// The most bytes of a message.
        limit: usize,
    },
    /// Only spaces.
    #[error("A blank line is not a message.")]
    Blank,
    /// A word with a slash that is not a command.
    #[error(
        "There is no command {0}. /help lists the commands; a space before it sends it as text."
    )]
    UnknownCommand(String),
    /// The same during a game, when nothing can be sent as text.
    #[error("There is no command {0}. /help lists the commands.")]
    UnknownInGame(String),
    /// A command with more lines, to a partner that reads only the first one.
    #[error("Enter a command by itself, or put a space before it to send it as text.")]
    NotAlone,
    /// A word after `play` that is not a game.
    #[error("There is no game {0}. /games lists them; a space before the line sends it as text.")]
    UnknownGame(String),
    /// A line during a game that is not a move.
    #[error("That isn't a move, and chat has to wait until the game is over. {moves}")]
    ChatWaits {
        /// The form of a move.
        moves: &'static str,
    },
    /// `play GAME` with options that the game does not have.
    #[error("Unknown option for {}. {}", .0.name, game_help(.0))]
    UnknownOptions(&'static Entry),
    /// A game with secrets, and a foreign partner that cannot check them.
    #[error(
        "{} keeps secrets, and only tictalk at both ends can check them. Without secrets: {}.",
        .0.name,
        open_games()
    )]
    NeedsTictalk(&'static Entry),
    /// A coin toss, and a foreign partner that cannot check it.
    #[error("A coin can be tossed only with tictalk at both ends. Leave out --toss.")]
    TossNeedsTictalk,
    /// `/turn` when the turn cannot be lost between two programs.
    #[error("/turn works only with a partner that does not use tictalk.")]
    TurnFromTictalk,
    /// `/turn` while a move of the partner is due.
    #[error("A game is running: only your partner can make the next move. /q leaves.")]
    TurnInGame,
    /// `/turn` on the own turn.
    #[error("It is your turn already: type a message.")]
    YourTurn,
    /// A command for a game while none is running.
    #[error("No game is running. /games lists what you can play.")]
    NoGame,
    /// `rematch` before any game.
    #[error("You have not played a game yet. /games lists what you can play.")]
    NoLastGame,
    /// An offer in a game that does not allow it.
    #[error("{}", .0.refused())]
    NoOffers(Offer),
    /// Another offer while one is open.
    #[error("Another offer is open. Answer it first.")]
    OfferOpen,
    /// `/undo` before the first move.
    #[error("You have made no move to take back.")]
    NothingToUndo,
    /// `/hint` while it is not this side's move.
    #[error("/hint works only when it is your move.")]
    NoHint,
    /// `play` while a game is running.
    #[error("A game is running. Finish it, or give it up with /resign.")]
    GameOn,
    /// Against the rules of the game.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// `/say` without a running game.
    #[error("No game is running: type your message without /say.")]
    NoGameToComment,
    /// `/say` without words.
    #[error("Usage: /say TEXT")]
    BlankComment,
    /// `/say` to a foreign partner.
    #[error(
        "/say needs tictalk at both ends. Your partner sees only moves until the game is over."
    )]
    CommentNeedsTictalk,
    /// `/say` to a program that does not show comments.
    #[error("Your partner's tictalk can't show /say: it is older, or the computer plays.")]
    NoComments,
    /// `/say` too often.
    #[error("That is too much at once: /say works again after the next move.")]
    TooManyComments,
    /// A tictalk peer sent a command that never goes over the wire.
    #[error("That is a command, not a turn.")]
    NotATurn,
}

impl Refusal {
    /// Whether the refused line is returned to the prompt for editing: a message. A command or a
    /// move is short, and a line left at the prompt would only be in the way of the next one.
    pub(super) fn gives_back(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. } | Self::NotAlone | Self::NoGameToComment | Self::TooManyComments
        )
    }
}

/// The names of the games without secrets.
fn open_games() -> String {
    let open = |game: &&Entry| matches!(game.rules, Rules::Open(_));
    let names: Vec<&str> = GAMES.iter().filter(open).map(|game| game.name).collect();
    names.join(", ")
}

/// The options that a game takes.
fn game_help(game: &Entry) -> String {
    let name = game.name;
    match &game.options {
        Options::None => format!("Type play {name}, or play {name} --toss."),
        Options::Words { usage, example, .. } => {
            format!("It takes {usage}: play {name} {example}.")
        }
    }
}

/// A number with commas between the thousands.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

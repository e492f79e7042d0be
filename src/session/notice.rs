//! What people are told in a session, and the words for it: every text that the session can show
//! or send by itself stands in this file.

use super::{Role, Side, help_lines};
use crate::games::{Board, Entry, Illegal};
use crate::wire::MAX_TEXT;
use std::fmt::Write as _;

/// Something a person should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// How this works; once, before a person's first prompt.
    Instructions,
    /// The partner's words.
    Said(String),
    /// The list of commands.
    Help,
    /// A game begins.
    GameStarted {
        /// Which one.
        game: &'static Entry,
        /// Who moves first.
        first: Side,
        /// How the board shows the first and the second seat.
        signs: [char; 2],
    },
    /// The board as it stands.
    Board(Board),
    /// A game has ended.
    GameOver(GameEnd),
    /// Something typed could not be done.
    Refused(Refusal),
    /// The partner's program has written down and shown what was said last.
    Received,
    /// The connection to the partner, of this role, broke.
    LineBroken(Role),
    /// The partner is there again.
    LineBack,
    /// What a side said before the program was started again.
    Recalled(Side, String),
    /// The person here leaves.
    ShuttingDown,
    /// The partner, of this role, leaves.
    PartnerQuit(Role),
}

/// How a game ended, for the people at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameEnd {
    /// This side won by the rules.
    Won(Side),
    /// Nobody won.
    Drawn,
    /// This side gave up.
    Resigned(Side),
}

/// Why something typed, or sent, could not be done. Nothing has changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Over [`MAX_TEXT`].
    #[error(
        "That message is {} bytes long, and the limit is {}: nothing was sent. Make it shorter.",
        thousands(*size),
        thousands(MAX_TEXT)
    )]
    TooLong {
        /// Its bytes of UTF-8.
        size: usize,
    },
    /// Only spaces.
    #[error("A blank line says nothing.")]
    Blank,
    /// A word behind a slash that is no command.
    #[error("There is no command {0}. /help lists them; a space before it sends it as text.")]
    UnknownCommand(String),
    /// A command with more lines behind it, to a partner that reads only the first.
    #[error("A command stands alone. Enter it by itself, or put a space before it.")]
    NotAlone,
    /// A word behind `play` that is no game.
    #[error("There is no game {0}. /help lists them; a space before the line sends it as text.")]
    UnknownGame(String),
    /// Words in a game that are no move.
    #[error("That is not a move, and the chat waits until the game is over. {moves}")]
    ChatWaits {
        /// What a move looks like.
        moves: &'static str,
    },
    /// `/board` or `/resign` without a game.
    #[error("No game is on. /help shows how to start one.")]
    NoGame,
    /// `play` while a game is on.
    #[error("A game is on. Play it to its end, or give it up with /resign.")]
    GameOn,
    /// The rules of the game say no.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// A program that knows the commands sent one that never goes over the wire.
    #[error("That is a command, not a turn.")]
    NotATurn,
}

impl Refusal {
    /// Whether what was refused is worth editing and entering again.
    pub(super) fn gives_back(&self) -> bool {
        matches!(
            self,
            Self::TooLong { .. } | Self::UnknownCommand(_) | Self::UnknownGame(_) | Self::NotAlone
        )
    }
}

impl Notice {
    /// The notice in words, for `reader`, who calls the other side `partner`. One or more lines
    /// without the last newline; foreign text in it is not escaped yet.
    #[must_use]
    pub fn words(&self, reader: Side, partner: &str) -> String {
        match self {
            Self::Instructions => INSTRUCTIONS.to_owned(),
            Self::Said(text) => text.clone(),
            Self::Help => help(),
            Self::GameStarted { game, first, signs } => {
                let [first_sign, second_sign] = signs;
                if *first == reader {
                    format!("{}: you are {first_sign} and move first.", game.name)
                } else {
                    format!(
                        "{}: you are {second_sign}, {partner} is {first_sign} and moves first.",
                        game.name
                    )
                }
            }
            Self::Board(board) => board.to_string().trim_end().to_owned(),
            Self::GameOver(end) => match end {
                GameEnd::Won(side) if *side == reader => {
                    "You win! The game is over; the chat goes on.".to_owned()
                }
                GameEnd::Won(_) => {
                    format!("You lose: {partner} wins. The game is over; the chat goes on.")
                }
                GameEnd::Drawn => {
                    "A draw: nobody wins. The game is over; the chat goes on.".to_owned()
                }
                GameEnd::Resigned(side) if *side == reader => {
                    format!("You gave up: {partner} wins. The chat goes on.")
                }
                GameEnd::Resigned(_) => {
                    format!("You win: {partner} gave up. The chat goes on.")
                }
            },
            Self::Refused(refusal) => refusal.to_string(),
            Self::Received => "✓".to_owned(),
            Self::LineBroken(role) => {
                let who = role.name();
                format!(
                    "The connection to the {who} broke: the talk goes on when the {who} is back.\n\
                     What you have typed is kept. Ctrl-C leaves."
                )
            }
            Self::LineBack => "Connected again: the talk goes on where it stopped.".to_owned(),
            Self::Recalled(Side::Me, text) => format!("you: {text}"),
            Self::Recalled(Side::Partner, text) => format!("{partner}: {text}"),
            Self::ShuttingDown => "Shutting Down!".to_owned(),
            Self::PartnerQuit(role) => {
                let who = match role {
                    Role::Server => "Server",
                    Role::Client => "Client",
                };
                format!("/q\n{who} has requested shutdown. Shutting down!")
            }
        }
    }

    /// What a newcomer needs besides the words; shown on a terminal, and to a partner without this
    /// program.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::GameStarted { game, .. } => {
                let moves = game.moves;
                Some(format!("{moves} /board shows the board, /resign gives up."))
            }
            _ => None,
        }
    }
}

/// The three lines of the assignment, to the letter.
const INSTRUCTIONS: &str = "Type /q to quit\n\
    Enter message to send. Please wait for input prompt before entering message...\n\
    Note: Type \"play tictactoe\" to start a game of tictactoe";

/// A message for a partner without this program, of role `me.other()`: what was said on the first
/// line, then what it should see. Of several boards only the last still holds.
pub(super) fn to_partner(words: &str, notices: &[Notice], me: Role) -> String {
    let mut message = words.to_owned();
    let sender = format!("the {}", me.name());
    let last_board = notices
        .iter()
        .rposition(|notice| matches!(notice, Notice::Board(_)));
    for (at, notice) in notices.iter().enumerate() {
        if matches!(notice, Notice::Board(_)) && Some(at) != last_board {
            continue;
        }
        let hint = notice.hint();
        for part in std::iter::once(notice.words(Side::Partner, &sender)).chain(hint) {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(&part);
        }
    }
    message
}

fn help() -> String {
    let lines = help_lines();
    let width = lines
        .iter()
        .map(|(words, _)| words.len())
        .max()
        .unwrap_or(0);
    let mut help = String::from("What you can type when it is your turn:");
    for (words, meaning) in lines {
        let _ = write!(help, "\n  {words:width$}  {meaning}");
    }
    help.push_str("\nAnything else goes to your partner; in a game it has to be a move.");
    help
}

/// A number with commas between the thousands.
fn thousands(number: usize) -> String {
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

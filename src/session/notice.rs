//! What people are told in a session, and the words for it: every text that the session can show
//! or send by itself stands in this file.

use super::command::Command;
use super::{Role, Side, Tally, game_lines, help_lines};
use crate::games::{Advice, Board, Entry, Forecast, Illegal, Lie, OTHER};
use crate::wire::MAX_TEXT;
use std::fmt::Write as _;

/// Something a person should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// How this works; once, before a person's first prompt.
    Instructions,
    /// The partner's words.
    Said(String),
    /// The list of commands; in a game, with what a move looks like.
    Help(Option<&'static str>),
    /// The list of games.
    Games,
    /// A coin decides who begins this game.
    Toss(&'static Entry),
    /// A game begins.
    GameStarted {
        /// Which one.
        game: &'static Entry,
        /// What the person here is told of it, and what the partner is.
        intro: [String; 2],
        /// What a move looks like.
        moves: &'static str,
    },
    /// This side, which has no program that could do it, has to say something before the other one
    /// can make the first move.
    Awaited(Side),
    /// The board as it stands.
    Board(View),
    /// The board in words, because somebody asked.
    Described(View),
    /// What has just happened in a game, in its own words.
    News(String),
    /// This side offers something.
    Offered(Offer, Side),
    /// This side agrees to what was offered.
    Agreed(Offer, Side),
    /// This side does not agree to what was offered.
    Declined(Offer, Side),
    /// A move that is good, where there is one to know.
    Advice(Option<Advice>),
    /// How many games each side has won.
    Score(Tally),
    /// A game has ended.
    GameOver(GameEnd),
    /// Something typed could not be done.
    Refused(Refusal),
    /// A partner without this program proposed a game that cannot be played with it, and was told
    /// why.
    ProposalRefused {
        /// What it said. Foreign text.
        said: String,
        /// What it was told.
        refusal: Refusal,
    },
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
    /// The partner, of this role and without this program, has closed the connection.
    PartnerClosed(Role),
}

/// What can be seen of a game, at this end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The drawing.
    pub board: Board,
    /// The same in words: parts of a sentence.
    pub words: String,
    /// Whose move it is; nobody's when the game is over.
    pub next: Option<Side>,
}

/// What both sides have to agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// To take back the last move of who offers it.
    Undo,
    /// To end the game as a draw.
    Draw,
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
    /// Both have agreed to a draw.
    Agreed,
    /// The program of this side did what no honest one can do.
    Caught(Side, Lie),
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
    /// `play GAME` with words behind it that it does not know.
    #[error("{} does not go on like this. {}", .0.name, game_help(.0))]
    UnknownOptions(&'static Entry),
    /// A game with secrets, and a partner who could not check them.
    #[error(
        "{} keeps secrets, and only tictalk at both ends can check them. /games lists the others.",
        .0.name
    )]
    NeedsTictalk(&'static Entry),
    /// A coin, and a partner who could not check it.
    #[error("A coin can be tossed only with tictalk at both ends. Leave out --toss.")]
    TossNeedsTictalk,
    /// A command of a game without a game.
    #[error("No game is on. /games lists what you can play.")]
    NoGame,
    /// `rematch` before any game.
    #[error("Nothing has been played yet. /games lists what you can play.")]
    NoLastGame,
    /// An offer in a game that has no room for it.
    #[error("{}", no_offer(*.0))]
    NoOffers(Offer),
    /// Another offer while one is open.
    #[error("Another offer is open. Answer that first.")]
    OfferOpen,
    /// `/undo` before the first move.
    #[error("You have made no move yet that could be taken back.")]
    NothingToUndo,
    /// `/hint` where no move is to be made.
    #[error("A hint is about your own move, and none is to be made now.")]
    NoHint,
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
            Self::TooLong { .. }
                | Self::UnknownCommand(_)
                | Self::UnknownGame(_)
                | Self::UnknownOptions(_)
                | Self::NotAlone
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
            Self::Help(moves) => help(*moves),
            Self::Games => games(),
            Self::Toss(game) => format!("{}: the two programs toss a coin.", game.name),
            Self::GameStarted { game, intro, .. } => {
                let [mine, partners] = intro;
                let intro = match reader {
                    Side::Me => mine,
                    Side::Partner => partners,
                };
                format!("{}: {}", game.name, intro.replace(OTHER, partner))
            }
            Self::Awaited(by) if *by == reader => {
                format!("Say something first, anything: turns alternate. Then {partner} moves.")
            }
            Self::Awaited(_) => {
                format!("You move when {partner} has said something: turns alternate.")
            }
            Self::Described(view) => view.words(reader, partner),
            Self::News(news) => addressed(news, partner),
            Self::Offered(offer, by) => offer.offered(*by == reader, &capital(partner)),
            Self::Agreed(offer, by) => offer.agreed(*by == reader, &capital(partner)),
            Self::Declined(_, by) if *by == reader => "You decline. The game goes on.".to_owned(),
            Self::Declined(..) => format!("{} declines. The game goes on.", capital(partner)),
            Self::Advice(advice) => advised(advice.as_ref()),
            Self::Score(tally) => tally.words(reader, partner),
            Self::Board(view) => view.board.to_string().trim_end().to_owned(),
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
                GameEnd::Agreed => {
                    "A draw, as you both agreed. The game is over; the chat goes on.".to_owned()
                }
                GameEnd::Caught(side, lie) if *side == reader => {
                    format!("You lose: your program {lie}.\nThe game is over; the chat goes on.")
                }
                GameEnd::Caught(_, lie) => {
                    format!(
                        "You win: the program of {partner} {lie}.\nThe game is over; the chat goes on."
                    )
                }
                GameEnd::Resigned(side) if *side == reader => {
                    format!("You gave up: {partner} wins. The chat goes on.")
                }
                GameEnd::Resigned(_) => {
                    format!("You win: {partner} gave up. The chat goes on.")
                }
            },
            Self::Refused(refusal) => refusal.to_string(),
            Self::ProposalRefused { said, refusal } => {
                format!("{said}\nYour partner was told: {refusal}")
            }
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
            Self::PartnerClosed(role) => {
                format!("The {} has closed the connection.", role.name())
            }
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
            Self::GameStarted { moves, .. } => {
                let ways = "/board shows the board, /resign gives up.";
                let gap = if moves.len() + ways.len() < LINE {
                    ' '
                } else {
                    '\n'
                };
                Some(format!("{moves}{gap}{ways}"))
            }
            _ => None,
        }
    }
}

/// How many columns most terminals have.
const LINE: usize = 80;

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

impl View {
    /// The board in words, for `reader`, who calls the other side `partner`.
    #[must_use]
    pub fn words(&self, reader: Side, partner: &str) -> String {
        let mut words = addressed(&self.words, partner);
        if !self.words.starts_with(OTHER)
            && let Some(first) = words.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        match self.next {
            None => format!("{words}."),
            Some(side) if side == reader => format!("{words}; your move."),
            Some(_) => format!("{words}; it is the move of {partner}."),
        }
    }
}

impl Offer {
    /// The word that makes it and agrees to it.
    fn word(self) -> &'static str {
        match self {
            Self::Undo => Command::Undo.word(),
            Self::Draw => Command::Draw.word(),
        }
    }

    /// That it was made, by the reader or by `partner`.
    fn offered(self, by_reader: bool, partner: &str) -> String {
        match (self, by_reader) {
            (Self::Undo, true) => "You ask to take back your last move.".to_owned(),
            (Self::Draw, true) => "You offer a draw.".to_owned(),
            (Self::Undo, false) => format!(
                "{partner} asks to take back their last move: {} agrees, anything else declines.",
                self.word()
            ),
            (Self::Draw, false) => format!(
                "{partner} offers a draw: {} agrees, anything else declines.",
                self.word()
            ),
        }
    }

    /// That it was agreed to, by the reader or by `partner`.
    fn agreed(self, by_reader: bool, partner: &str) -> String {
        let who = if by_reader {
            "You agree".to_owned()
        } else {
            format!("{partner} agrees")
        };
        match (self, by_reader) {
            (Self::Undo, true) => format!("{who}: the last move of your partner is taken back."),
            (Self::Undo, false) => format!("{who}: your last move is taken back."),
            (Self::Draw, _) => format!("{who}."),
        }
    }
}

/// A game's sentences, with what the other person is called.
fn addressed(text: &str, partner: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix(OTHER) {
        Some(rest) => capital(partner) + &rest.replace(OTHER, partner),
        None => line.replace(OTHER, partner),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `text` as the beginning of a sentence. A name stays as its owner writes it.
fn capital(text: &str) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text.to_owned(),
    }
}

/// What a hint says.
fn advised(advice: Option<&Advice>) -> String {
    let Some(Advice { words, forecast }) = advice else {
        return "There is nothing to know here: any move is as good as another.".to_owned();
    };
    let plural = |moves: u32| if moves == 1 { "move" } else { "moves" };
    match forecast {
        Some(Forecast::Wins(1)) => format!("Best is {words}: it wins."),
        Some(Forecast::Wins(moves)) => {
            format!(
                "Best is {words}: it wins in {moves} {}, whatever the other side does.",
                plural(*moves)
            )
        }
        Some(Forecast::Draws) => {
            format!("Best is {words}: with good play on both sides it is a draw.")
        }
        Some(Forecast::Loses(moves)) => format!(
            "Best is {words}, but it loses: the other side can win in {moves} {}.",
            plural(*moves)
        ),
        None => format!("{words} looks best."),
    }
}

/// What may stand behind the name of a game.
fn game_help(game: &Entry) -> String {
    let name = game.name;
    match &game.options {
        crate::games::Options::None => format!("Type play {name}, or play {name} --toss."),
        crate::games::Options::Words { usage, .. } => format!("It takes {usage}."),
    }
}

fn no_offer(offer: Offer) -> &'static str {
    match offer {
        Offer::Undo => "Nothing can be taken back in a game with secrets.",
        Offer::Draw => "A game with secrets cannot end by agreement. /resign gives it up.",
    }
}

/// Pairs of words in two columns.
fn columns(lines: &[(String, String)]) -> String {
    let width = lines.iter().map(|(words, _)| words.len()).max();
    let width = width.unwrap_or(0);
    let lines = lines
        .iter()
        .map(|(words, meaning)| format!("\n  {words:width$}  {meaning}"));
    lines.collect()
}

fn help(moves: Option<&str>) -> String {
    let mut help = String::from("What you can type when it is your turn:");
    help.push_str(&columns(&help_lines()));
    match moves {
        Some(moves) => {
            let _ = write!(
                help,
                "\nA game is on: anything else has to be a move. {moves}"
            );
        }
        None => {
            help.push_str("\nAnything else goes to your partner; in a game it has to be a move.")
        }
    }
    help
}

fn games() -> String {
    let games = columns(&game_lines());
    format!("What you can play:{games}\nYour partner begins; with --toss a coin decides.")
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

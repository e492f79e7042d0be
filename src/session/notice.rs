//! The notices of a session and their texts: everything that the session itself can show or send.

use super::command::LINE_GAP;
use super::help::{Topic, games, help};
use super::outcome::{GameEnd, News, Offer, Piece, View};
use super::peer::Peer;
use super::refusal::{Refusal, thousands};
use super::role::{Role, Side};
use super::tally::Tally;
use crate::games::{Advice, Entry, OTHER, Score, addressed, capital, sentence};

/// Something to show to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The instructions, once, before the first prompt.
    Instructions,
    /// The partner's words.
    Said(String),
    /// The partner's move in canonical form. The board after it follows.
    Moved(String),
    /// This side said something without taking a turn.
    Commented(Side, String),
    /// Our comment whose receipt has not come.
    NotHeard(String),
    /// An answer to `/help`.
    Help(Topic),
    /// The list of games.
    Games,
    /// A coin toss decides which side moves first in this game.
    Toss(&'static Entry),
    /// A game starts.
    GameStarted {
        /// The game.
        game: &'static Entry,
        /// The introduction for the person here, and the one for the partner.
        intro: [String; 2],
        /// What the person here has to do.
        moves: &'static str,
        /// The pieces that the introductions name.
        pieces: Vec<Piece>,
    },
    /// This side has to send any message before the other can make the first move, because its
    /// program does not do so automatically.
    Awaited(Side),
    /// The board.
    Board(View),
    /// The board in words, on request.
    Described(View),
    /// A report by the game on its last turn.
    News(News),
    /// This side makes an offer.
    Offered(Offer, Side),
    /// This side accepts an offer.
    Agreed(Offer, Side),
    /// This side declines an offer.
    Declined(Offer, Side),
    /// A good move, if one is known.
    Advice(Option<Advice>),
    /// How many games each side has won.
    Score(Tally),
    /// The score with the result that follows. Does not count games of other sessions.
    NewScore(Score),
    /// A game has ended.
    GameOver(GameEnd),
    /// A line was refused.
    Refused(Refusal),
    /// A foreign partner proposed a game that needs tictalk at both ends.
    ProposalRefused {
        /// Its message. Foreign text.
        said: String,
        /// The answer that it got.
        refusal: Refusal,
    },
    /// This many messages of a foreign partner in a row were no legal move.
    NoLegalMove(u32),
    /// A message is longer than what many programs like the partner's read at once.
    MayFallApart {
        /// Its bytes of UTF-8.
        size: usize,
        /// How many bytes they read at once.
        reads: usize,
    },
    /// The partner's program has recorded and shown our last turn.
    Received,
    /// The connection to the partner, of this role, is lost.
    ConnectionLost(Role),
    /// The connection is restored.
    Reconnected,
    /// A turn from before the program was restarted.
    Recalled {
        /// The side that took it.
        by: Side,
        /// Its words. Foreign text if the partner said them.
        text: String,
        /// When it was recorded, in milliseconds since 1970, if that is known.
        at: Option<u64>,
    },
    /// The person here leaves.
    ShuttingDown,
    /// The partner, of this role, leaves.
    PartnerQuit(Role),
    /// The partner, of this role and without this program, has closed the connection.
    PartnerClosed(Role),
}

impl Notice {
    /// The text of the notice for `reader`, who calls the other side `partner`. One or more lines
    /// without a final newline. Foreign text in it is not escaped yet.
    #[must_use]
    pub fn words(&self, reader: Side, partner: &str) -> String {
        match self {
            Self::Instructions => INSTRUCTIONS.to_owned(),
            Self::Said(text) | Self::Moved(text) => text.clone(),
            Self::Commented(by, text) if *by == reader => format!("You said: {text}"),
            Self::Commented(_, text) => format!("{} says: {text}", capital(partner)),
            Self::NotHeard(text) => format!("Perhaps not delivered: {text}"),
            Self::Help(topic) => help(*topic, reader),
            Self::Games => games(reader),
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
                format!("You move after {partner} has said something: turns alternate.")
            }
            Self::Described(view) => view.words(reader, partner),
            Self::News(news) => addressed(&news.words, partner),
            Self::Offered(offer, by) if *by == reader => offer.made(partner),
            Self::Offered(offer, _) => offer.received(partner, "anything else declines"),
            Self::Agreed(offer, by) if *by == reader => offer.accepted().to_owned(),
            Self::Agreed(offer, _) => offer.agreed(partner),
            Self::Declined(_, by) if *by == reader => {
                "You declined. The game continues.".to_owned()
            }
            Self::Declined(..) => format!("{} declined. The game continues.", capital(partner)),
            Self::Advice(advice) => Advice::hint(advice.as_ref()),
            Self::Score(tally) => tally.words(reader, partner),
            Self::NewScore(score) => match reader {
                Side::Me => score.with(partner),
                Side::Partner => score.reversed().with(partner),
            },
            Self::Board(view) => view.board.to_string().trim_end().to_owned(),
            Self::GameOver(end) => match end {
                GameEnd::Won(side) if *side == reader => {
                    "You win! The game is over; back to chat.".to_owned()
                }
                GameEnd::Won(_) => {
                    format!("You lose: {partner} wins. The game is over; back to chat.")
                }
                GameEnd::Drawn => "A draw: nobody wins. The game is over; back to chat.".to_owned(),
                GameEnd::Agreed => {
                    "A draw, as you both agreed. The game is over; back to chat.".to_owned()
                }
                GameEnd::Caught(side, lie) if *side == reader => {
                    format!("You lose: your program {lie}.\nThe game is over; back to chat.")
                }
                GameEnd::Caught(_, lie) => {
                    format!(
                        "You win: the program of {partner} {lie}.\nThe game is over; back to chat."
                    )
                }
                GameEnd::Resigned(side) if *side == reader => {
                    format!("You gave up: {partner} wins. Back to chat.")
                }
                GameEnd::Resigned(_) => {
                    format!("You win: {partner} gave up. Back to chat.")
                }
            },
            Self::Refused(refusal) => refusal.to_string(),
            Self::ProposalRefused { said, refusal } => {
                format!("{said}\nYour partner was told: {refusal}")
            }
            Self::NoLegalMove(count) => format!(
                "{}'s program has sent {count} messages that are not legal moves, so it gives up the \
                 game.",
                capital(partner)
            ),
            Self::MayFallApart { size, reads } => format!(
                "Your message is {} bytes long. A program that reads {} bytes at a time may treat \
                 the rest as another message.",
                thousands(*size),
                thousands(*reads)
            ),
            Self::Received => "✓".to_owned(),
            Self::ConnectionLost(role) => {
                let who = role.name();
                let next = match role {
                    Role::Server => "Trying to reconnect.",
                    Role::Client => "Waiting for the client to reconnect.",
                };
                format!(
                    "Connection to the {who} lost. {next}\n\
                     What you typed is kept. Ctrl-C leaves."
                )
            }
            Self::Reconnected => "Reconnected. The session resumes where it stopped.".to_owned(),
            Self::Recalled { by, text, .. } => match by {
                Side::Me => format!("you: {text}"),
                Side::Partner => format!("{partner}: {text}"),
            },
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

    /// A hint for newcomers, shown on a terminal and to a foreign partner.
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

/// What a person types after a game to play it again.
pub(crate) const AGAIN: &str = "Type rematch to play again.";

impl GameEnd {
    /// The result in a short sentence, for a person who calls the other side `partner`.
    pub(crate) fn result(self, partner: &str) -> String {
        match self {
            Self::Won(Side::Me) => "You win!".to_owned(),
            Self::Won(Side::Partner) => format!("{} wins.", capital(partner)),
            Self::Drawn => "A draw.".to_owned(),
            Self::Agreed => "A draw, as you both agreed.".to_owned(),
            Self::Resigned(Side::Me) => format!("You gave up: {partner} wins."),
            Self::Resigned(Side::Partner) => format!("{} gave up: you win!", capital(partner)),
            Self::Caught(Side::Me, lie) => format!("You lose: your program {lie}."),
            Self::Caught(Side::Partner, lie) => {
                format!("You win: the program of {partner} {lie}.")
            }
        }
    }
}

/// The width of most terminals, in columns.
const LINE: usize = 80;

/// The three lines of the assignment, to the letter.
const INSTRUCTIONS: &str = "Type /q to quit\n\
    Enter message to send. Please wait for input prompt before entering message...\n\
    Note: Type \"play tictactoe\" to start a game of tictactoe";

/// The message for a foreign partner: `words` on the first line, then the notices. Of several boards
/// only the last is still current, and a page gets none of them in words.
pub(super) fn to_partner(words: &str, notices: &[Notice], me: Role, peer: Peer) -> String {
    let mut message = words.to_owned();
    let sender = format!("the {}", me.name());
    let last_board = notices
        .iter()
        .rposition(|notice| matches!(notice, Notice::Board(_)))
        .filter(|_| !peer.is_page());
    let gap = if peer.reads_lines() { LINE_GAP } else { "\n" };
    for (at, notice) in notices.iter().enumerate() {
        if matches!(notice, Notice::Board(_)) && Some(at) != last_board {
            continue;
        }
        let words = match notice {
            Notice::Board(view) if peer.reads_lines() => view.words(Side::Partner, &sender),
            notice => notice.words(Side::Partner, &sender),
        };
        for part in std::iter::once(words).chain(notice.hint()) {
            if !message.is_empty() {
                message.push_str(gap);
            }
            message.push_str(&part);
        }
    }
    match peer.reads_lines() {
        true => message.replace(['\r', '\n'], " "),
        false => message,
    }
}

impl View {
    /// The board in words for `reader`, who calls the other side `partner`.
    #[must_use]
    pub fn words(&self, reader: Side, partner: &str) -> String {
        let words = sentence(&self.words, partner);
        match self.next {
            None => format!("{words}."),
            Some(side) if side == reader => format!("{words}; your move."),
            Some(_) => format!("{words}; {partner} to move."),
        }
    }
}

//! Notices: what the room tells one member or the host, and the words for it.
//!
//! The words of posts are in [`words`](super::words).

use super::command::{Rank, help_lines};
use super::name::NickError;
use super::plain_text::{prefixed, sanitized};
use super::refusal::RoomRefusal;
use super::roster::{Company, Listed, PingResult, Portion};
use crate::games::{Board, Entry, GAMES, OTHER, Options};
use crate::text::two_columns;
use crate::wire::{MAX_TEXT, MemberId, Text};
use std::fmt::Write as _;
use std::sync::Arc;

/// Something for one person to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomNotice {
    /// The name cannot be used. The next line is taken as another one.
    NotAName(NickError),
    /// The person is a member now.
    Entered {
        /// The member's name.
        name: Arc<str>,
        /// The member's number.
        id: MemberId,
        /// The room and the other members.
        company: Company,
        /// Whether the member may not know that its first line became its name.
        is_plain: bool,
    },
    /// The person, whose program was started again, is back in the room.
    Returned(Company),
    /// The person is the coordinator now.
    Coordinating,
    /// The commands of this rank.
    Help(Rank),
    /// The members, in the order in which they joined.
    Who(Portion<Listed>),
    /// The answers to a ping of all members.
    Status(Portion<PingResult>),
    /// A private message to this person.
    Whispered {
        /// Name of the sender.
        from: Arc<str>,
        /// Foreign text.
        text: String,
    },
    /// A private message from this person.
    Whispering {
        /// Name of the recipient.
        to: Arc<str>,
        /// Foreign text.
        text: String,
    },
    /// Who is banned, removed or muted, in words.
    Sanctions(String),
    /// A search found nothing.
    NothingFound,
    /// The person's queue is more than half full.
    Behind {
        /// Bytes in the queue.
        bytes: usize,
    },
    /// A game was offered to this person.
    Offered {
        /// Name of the member that offers it.
        by: Arc<str>,
        /// The game.
        game: &'static Entry,
    },
    /// This person has offered a game.
    Offering {
        /// Name of the member that it is offered to.
        to: Arc<str>,
        /// The game.
        game: &'static Entry,
    },
    /// An offer has ended without a game.
    NoGame {
        /// Name of the member that has offered it.
        by: Arc<str>,
        /// Name of the member that it was offered to.
        to: Arc<str>,
        /// The game.
        game: &'static Entry,
        /// Why the offer has ended.
        why: OfferEnd,
    },
    /// A game begins.
    Started {
        /// The game.
        game: &'static Entry,
        /// Name of the opponent.
        with: Arc<str>,
        /// The introduction that the rules give this seat.
        intro: String,
        /// What a move looks like.
        moves: &'static str,
    },
    /// Another person has moved.
    Moved {
        /// Name of the player.
        by: Arc<str>,
        /// The move; `None` where it is secret or the board shows it.
        words: Option<String>,
    },
    /// What has happened in a game, as its rules tell one seat.
    News {
        /// The words, with [`OTHER`] in place of the opponent's name.
        words: String,
        /// The opponent's name.
        other: Arc<str>,
    },
    /// The current board.
    Board(TableView),
    /// The person watches a game now.
    Watching {
        /// The game.
        game: &'static Entry,
        /// The players' names, first seat first.
        players: [Arc<str>; 2],
    },
    /// The person has stopped watching.
    WatchingNoMore,
    /// A line could not be carried out.
    Refused(RoomRefusal),
}

/// What one person sees of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    pub board: Board,
    /// The player from whose side the board is drawn, for somebody who watches.
    pub seen_by: Option<Arc<str>>,
    pub next: NextMove,
}

/// Who moves next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextMove {
    /// The reader, with a hint what a move looks like.
    Yours(&'static str),
    Of(Arc<str>),
    /// Nobody: the game is over.
    Nobodys,
}

/// Why an offer has ended without a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferEnd {
    Declined,
    /// The same member has offered another game.
    Withdrawn,
    /// One of the two has left or begun another game.
    Gone,
}

impl RoomNotice {
    /// The notice in words: one or more lines without the last newline. Foreign text in it is not
    /// escaped.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NotAName(error) => format!("{error} What is your name?"),
            Self::Entered {
                name,
                id,
                company,
                is_plain,
            } => {
                let (place, others) = (company.place(), company.others());
                let hint = match is_plain {
                    true => "/nick NAME changes your name, /help lists the commands.",
                    false => "/help lists the commands.",
                };
                let order = company.order();
                format!("You are {name}, {id}{place}. {others}{order} {hint}")
            }
            Self::Returned(company) => {
                let others = company.others() + company.order();
                match company.place().strip_prefix(", ") {
                    Some(place) => format!("You are {place}. {others}"),
                    None => others,
                }
            }
            Self::Coordinating => {
                "You are the coordinator now: you can use /status and /kick.".to_owned()
            }
            Self::Help(rank) => help(*rank),
            Self::Who(members) => members.words(),
            Self::Status(results) => results.words(),
            Self::Whispered { from, text } => prefixed(&format!("(from {from}): "), text),
            Self::Whispering { to, text } => prefixed(&format!("(to {to}): "), text),
            Self::Sanctions(words) => words.clone(),
            Self::NothingFound => "Nothing was found.".to_owned(),
            Self::Behind { bytes } => format!(
                "You are {} KiB behind. Read faster, or you will be removed.",
                bytes.div_ceil(1_024)
            ),
            Self::Offered { by, game } => format!(
                "{by} offers you a game of {}: /accept or /decline. You would move first.",
                game.name
            ),
            Self::Offering { to, game } => {
                format!("You offered {to} a game of {}.", game.name)
            }
            Self::NoGame { by, to, game, why } => {
                let game = game.name;
                match why {
                    OfferEnd::Declined => format!("{to} declined {by}'s offer of {game}."),
                    OfferEnd::Withdrawn => format!("{by} withdrew the offer of {game} to {to}."),
                    OfferEnd::Gone => format!("{by}'s offer of {game} to {to} has expired."),
                }
            }
            Self::Started {
                game,
                with,
                intro,
                moves,
            } => format!(
                "{} with {with}: {}\n{moves} /move makes a move, /board shows the board, /resign \
                 ends the game.",
                game.name,
                intro.replace(OTHER, with)
            ),
            Self::Moved { by, words } => match words {
                Some(words) => prefixed(&format!("-- {by} moves: "), words),
                None => format!("-- {by} has moved."),
            },
            Self::News { words, other } => words.replace(OTHER, other),
            Self::Board(view) => view.words(),
            Self::Watching { game, players } => {
                let [first, second] = players;
                format!(
                    "You are watching {first} and {second} play {}. /watch stops.",
                    game.name
                )
            }
            Self::WatchingNoMore => "You stopped watching.".to_owned(),
            Self::Refused(refusal) => refusal.to_string(),
        }
    }

    /// The notice for a program that escapes it: whole lines, as many as fit into each text.
    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        let words = self.words();
        let mut texts = Vec::new();
        let mut rest = words.as_str();
        while rest.len() > MAX_TEXT {
            let most = rest.floor_char_boundary(MAX_TEXT);
            let (fitting, _) = rest.split_at(most);
            // A line that is longer than a text has to be split.
            let end = fitting.rfind('\n').unwrap_or(most);
            let (text, after) = rest.split_at(end);
            texts.push(Text::cut(text.to_owned()));
            rest = after.strip_prefix('\n').unwrap_or(after);
        }
        texts.push(Text::cut(rest.to_owned()));
        texts
    }

    /// The notice for a peer that escapes nothing: messages of at most [`MAX_TEXT`] bytes without
    /// characters that control a terminal.
    #[must_use]
    pub fn plain(&self) -> Vec<String> {
        sanitized(self.words())
    }
}

impl TableView {
    fn words(&self) -> String {
        let mut words = String::new();
        if let Some(name) = &self.seen_by {
            let _ = writeln!(words, "As seen by {name}:");
        }
        words.push_str(self.board.to_string().trim_end());
        match &self.next {
            NextMove::Yours(moves) => {
                let _ = write!(words, "\nYour move: /move MOVE. {moves}");
            }
            NextMove::Of(name) => {
                let _ = write!(words, "\n{name} to move.");
            }
            NextMove::Nobodys => {}
        }
        words
    }
}

fn help(rank: Rank) -> String {
    let mut help = String::from("Commands:");
    help.push_str(&two_columns(&help_lines(rank)));
    help.push_str("\nEverything else is sent to everybody.");
    for game in GAMES.iter().filter(|game| game.is_refereed()) {
        let _ = write!(help, "\nGame {}: {}", game.name, game.about);
        if let Options::Words { usage, example, .. } = &game.options {
            let _ = write!(help, " ({usage}: /play {} {example} NAME)", game.name);
        }
    }
    help
}

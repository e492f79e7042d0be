//! Notices: what the room tells one member or the host, and the words for it.
//!
//! The words of posts are in [`words`](super::words).

use super::command::{Rank, help_lines};
use super::name::NickError;
use super::plain_text::{prefixed, sanitized};
use super::refusal::RoomRefusal;
use super::roster::{Company, Listed, PingResult, Portion};
use crate::games::{Advice, Board, Entry, GAMES, OTHER, Offer, Score, Seat, Skill, sentence};
use crate::text::two_columns;
use crate::wire::{BoardForm, Control, MAX_TEXT, MemberId, Private, Text};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;
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
        /// The message, when it is told for the first time.
        post: Option<Private>,
    },
    /// A private message from this person.
    Whispering {
        /// Name of the recipient.
        to: Arc<str>,
        /// Foreign text.
        text: String,
        /// The message, when it is told for the first time.
        post: Option<Private>,
    },
    /// Who is banned, removed or muted, in words.
    Sanctions(String),
    /// A search found nothing.
    NothingFound,
    /// The room is on several machines, and the engine between them does not answer, or does not store
    /// what it gets. Nobody's lines are acknowledged until it does.
    EngineLost {
        /// What the engine says about it. Foreign text.
        why: Option<String>,
    },
    /// The engine answers again.
    EngineBack,
    /// The machines of a room on several of them, as a table.
    Machines(String),
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
        /// The reader's seat.
        seat: Seat,
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
        /// A move that is possible.
        example: String,
    },
    /// The computer was challenged, and its game begins.
    Computer(Skill),
    /// Another person has moved.
    Moved {
        /// Name of the player.
        by: Arc<str>,
        /// The move; `None` where it is secret or the board shows it.
        words: Option<String>,
    },
    /// The person has moved, and hears what others see on the board.
    YouMoved {
        /// The move, unless it is secret.
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
    /// The current board in words.
    Described(TableView),
    /// The next player, for a reader who is not shown the board.
    Next(NextMove),
    /// From now on, boards are shown like this.
    Shown(BoardForm),
    /// An offer of this person to the player with this name.
    GameOffering(Offer, Arc<str>),
    /// An offer of the player with this name.
    GameOffered(Offer, Arc<str>),
    /// This person, or the player with this name, has accepted an offer.
    GameAgreed(Offer, Option<Arc<str>>),
    /// The player with this name has declined an offer.
    GameDeclined(Arc<str>),
    /// The computer declines a draw.
    NoDraw,
    /// The player with this name has taken back a move, for somebody who watches.
    TookBack(Arc<str>),
    /// A good move for this person, if one is known.
    Advice(Option<Advice>),
    /// The game of this person is over.
    GameOver {
        /// How it has ended for this person.
        ending: GameEnding,
        /// Name of the opponent.
        with: Arc<str>,
    },
    /// The games with another member.
    Score {
        /// The other name.
        with: Arc<str>,
        /// Each game's name, and the person's score.
        games: Vec<(Arc<str>, Score)>,
    },
    /// The results of all members, in words.
    Results(String),
    /// How a tournament stands, in words.
    Tournament(String),
    /// The list of games.
    Games,
    /// The reader of a private message is disconnected, and gets it later.
    WhisperWaits(Arc<str>),
    /// The person watches a game now.
    Watching {
        /// The game.
        game: &'static Entry,
        /// The players' names, first seat first.
        players: [Arc<str>; 2],
    },
    /// The person has stopped watching.
    WatchingNoMore,
    /// Somebody does not know the code of the private room, for the host.
    WrongCodes {
        /// How many wrong codes there were since the last such notice.
        count: u64,
        /// From where the last one came.
        from: IpAddr,
        /// How many there were since the room was opened.
        total: u64,
    },
    /// A line could not be carried out.
    Refused(RoomRefusal),
}

/// How a game has ended for a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameEnding {
    Won,
    Lost,
    Drawn,
    /// The reader has resigned.
    Resigned,
    /// The opponent has resigned.
    OtherResigned,
    /// The opponent has left, or has not returned in time.
    OtherLeft,
    /// The reader has not returned in time.
    TooLate,
    /// The reader has taken too long for a move in a tournament.
    TookTooLong,
    /// The opponent has taken too long.
    OtherTookTooLong,
}

/// What one person sees of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    pub board: Board,
    /// The board in words: parts of a sentence with [`OTHER`] in it.
    pub described: String,
    /// The player whom [`OTHER`] means.
    pub other: Arc<str>,
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
            Self::Whispered { from, text, .. } => prefixed(&format!("(from {from}): "), text),
            Self::Whispering { to, text, .. } => prefixed(&format!("(to {to}): "), text),
            Self::Sanctions(words) => words.clone(),
            Self::NothingFound => "Nothing was found.".to_owned(),
            Self::EngineLost { why: None } => {
                "The room waits for its engine. Nothing is lost: your lines are sent when it is back."
                    .to_owned()
            }
            Self::EngineLost { why: Some(why) } => format!(
                "The room waits for its engine, which says: {why}. Nothing is lost: your lines are sent \
                 when it stores them again."
            ),
            Self::Machines(table) => table.trim_end().to_owned(),
            Self::EngineBack => "The engine of the room is back.".to_owned(),
            Self::Behind { bytes } => format!(
                "You are {} KiB behind. Read faster, or you will be removed.",
                bytes.div_ceil(1_024)
            ),
            Self::Offered { by, game, seat } => {
                let first = match seat {
                    Seat::First => "You",
                    Seat::Second => by,
                };
                let game = game.name;
                format!(
                    "{by} offers you a game of {game}: /accept or /decline. {first} would move first."
                )
            }
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
                example,
            } => format!(
                "{} with {with}: {}\nOn your move, type just the move, such as {example}. Any other \
                 line is a message, and so is a move after a space or /say. /board shows the board, \
                 /resign gives up.",
                game.name,
                intro.replace(OTHER, with)
            ),
            Self::Computer(skill) => format!(
                "You play the computer at level {}. Levels: {}.",
                skill.name(),
                Skill::ALL.map(Skill::name).join(", ")
            ),
            Self::Moved { by, words } => match words {
                Some(words) => prefixed(&format!("-- {by} moves: "), words),
                None => format!("-- {by} has moved."),
            },
            Self::YouMoved { words } => match words {
                Some(words) => format!("You move: {words}."),
                None => "You have moved.".to_owned(),
            },
            Self::News { words, other } => words.replace(OTHER, other),
            Self::Board(view) => view.words(),
            Self::Described(view) => view.description(),
            Self::Next(next) => next.words().to_string(),
            Self::Shown(BoardForm::Drawing) => "Boards are drawn.".to_owned(),
            Self::Shown(BoardForm::Words) => {
                "Boards are described in words. /board describes a whole board.".to_owned()
            }
            Self::GameOffering(offer, to) => offer.made(to),
            Self::GameOffered(offer, by) => offer.received(by, "a move declines"),
            Self::GameAgreed(offer, None) => offer.accepted().to_owned(),
            Self::GameAgreed(offer, Some(by)) => offer.agreed(by),
            Self::GameDeclined(by) => format!("{by} declined. The game continues."),
            Self::NoDraw => "computer: No, I am winning.".to_owned(),
            Self::TookBack(by) => format!("-- {by} takes back a move."),
            Self::Advice(advice) => Advice::hint(advice.as_ref()),
            Self::GameOver { ending, with } => ending.words(with),
            Self::Score { with, games } => {
                let games: Vec<_> = games.iter().map(|(game, it)| (&**game, *it)).collect();
                Score::table(with, &games)
            }
            Self::Results(words) | Self::Tournament(words) => words.clone(),
            Self::Games => games_list(),
            Self::WhisperWaits(name) => {
                format!("{name} is disconnected and will read your message after reconnecting.")
            }
            Self::Watching { game, players } => {
                let [first, second] = players;
                format!(
                    "You are watching {first} and {second} play {}. /watch stops.",
                    game.name
                )
            }
            Self::WatchingNoMore => "You stopped watching.".to_owned(),
            Self::WrongCodes { count, from, total } => match count {
                0 | 1 => format!("-- {from} entered a wrong code ({total} so far)."),
                _ => format!(
                    "-- {count} wrong codes were entered, the last by {from} ({total} so far)."
                ),
            },
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

    /// The notice for a `tictalk` client.
    #[must_use]
    pub fn tells(&self) -> Vec<Control> {
        let private = match self {
            Self::Whispered { post, .. } | Self::Whispering { post, .. } => *post,
            _ => None,
        };
        let texts = self.texts();
        let last = texts.len().saturating_sub(1);
        let texts = texts.into_iter().enumerate();
        // Only the last part says that the message has arrived.
        let tells = texts.map(|(at, text)| Control::Tell {
            text,
            private: private.filter(|_| at == last),
        });
        tells.collect()
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
            let _ = writeln!(words, "As {name} sees it:");
        }
        words.push_str(self.board.to_string().trim_end());
        if self.next != NextMove::Nobodys {
            let _ = write!(words, "\n{}", self.next.words());
        }
        words
    }

    /// The board in words.
    fn description(&self) -> String {
        let mut words = String::new();
        if let Some(name) = &self.seen_by {
            let _ = write!(words, "As {name} sees it: ");
        }
        words.push_str(&sentence(&self.described, &self.other));
        words.push('.');
        if self.next != NextMove::Nobodys {
            let _ = write!(words, " {}", self.next.words());
        }
        words
    }
}

impl NextMove {
    fn words(&self) -> Cow<'static, str> {
        match self {
            Self::Yours(moves) => format!("Your move. {moves}").into(),
            Self::Of(name) => format!("{name} to move.").into(),
            Self::Nobodys => "The game is over.".into(),
        }
    }
}

impl GameEnding {
    /// The text for a player who has played against `with`.
    fn words(self, with: &str) -> String {
        let again = "rematch plays again.";
        match self {
            Self::Won => format!("You win! {again}"),
            Self::Lost => format!("You lose: {with} wins. {again}"),
            Self::Drawn => format!("It's a draw. {again}"),
            Self::Resigned => format!("You resigned: {with} wins. {again}"),
            Self::OtherResigned => format!("{with} resigned: you win! {again}"),
            Self::OtherLeft => format!("{with} left the game: you win!"),
            Self::TooLate => format!("You left the game: {with} wins."),
            Self::TookTooLong => format!("You took too long for a move: {with} wins."),
            Self::OtherTookTooLong => format!("{with} took too long for a move: you win!"),
        }
    }
}

fn help(rank: Rank) -> String {
    let mut help = String::from("Commands:");
    help.push_str(&two_columns(&help_lines(rank)));
    help.push_str("\nEverything else is sent to everybody.");
    help
}

/// The games that can be played in a room.
fn games_list() -> String {
    let games = GAMES.iter().filter(|game| game.is_refereed());
    let games: Vec<_> = games
        .map(|game| game.line(|words| format!("/play {words} NAME")))
        .collect();
    format!(
        "Games you can play here:{}\nNAME is a member, who moves first, or computer, perhaps with a \
         level ({}).",
        two_columns(&games),
        Skill::ALL.map(Skill::name).join(", ")
    )
}

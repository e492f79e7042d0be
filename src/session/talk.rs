//! What is being talked about: chat, or a game. Chat is the game in which every line is legal.

use super::command::{Command, PLAY, Reading};
use super::{GameEnd, Notice, Refusal, Role, Side, Turn};
use crate::games::{Board, Entry, Game, Illegal, Outcome, Seat};

/// What the talk makes of a line.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The line is a turn.
    Turn {
        /// What the other side is sent, where it is not the line as it is.
        words: Option<String>,
        /// What both sides see of it besides the words.
        seen: Vec<Notice>,
    },
    /// The line asks for something to be shown; whose turn it is does not change.
    Aside(Vec<Notice>),
    /// The line may not stand; nothing has changed.
    Refused(Refusal),
    /// The line ends the session.
    Quit,
}

#[derive(Debug, Clone, Default)]
pub(super) enum Talk {
    #[default]
    Chat,
    Game(Match),
}

/// A running game and who sits where.
#[derive(Debug, Clone)]
pub(super) struct Match {
    game: Box<dyn Game>,
    first: Side,
}

impl Talk {
    /// Judges a line of `by`, typed or received alike, and carries it out if it is a turn.
    pub(super) fn judge(&mut self, by: Side, reading: Reading<'_>) -> Verdict {
        match (reading, self) {
            (Reading::Command(Command::Quit), _) => Verdict::Quit,
            (Reading::Command(Command::Help), _) => Verdict::Aside(vec![Notice::Help]),
            (Reading::Command(Command::Board | Command::Resign), Self::Chat) => {
                Verdict::Refused(Refusal::NoGame)
            }
            (Reading::Command(Command::Board), Self::Game(on)) => {
                Verdict::Aside(vec![Notice::Board(on.game.board())])
            }
            (Reading::Command(Command::Resign), talk @ Self::Game(_)) => {
                *talk = Self::Chat;
                Verdict::Turn {
                    words: Some(Command::Resign.word().to_owned()),
                    seen: vec![Notice::GameOver(GameEnd::Resigned(by))],
                }
            }
            (Reading::Play(entry), talk @ Self::Chat) => talk.start(entry, by),
            (Reading::Play(..), Self::Game(_)) => Verdict::Refused(Refusal::GameOn),
            (Reading::Words(_), Self::Chat) => CHAT,
            (Reading::Words(first), talk @ Self::Game(_)) => talk.play(by, first),
            (Reading::UnknownCommand(word), _) => {
                Verdict::Refused(Refusal::UnknownCommand(word.to_owned()))
            }
            (Reading::UnknownGame(name), _) => {
                Verdict::Refused(Refusal::UnknownGame(name.to_owned()))
            }
        }
    }

    /// Repeats a turn that has been judged before, as it was written down; `None` when it cannot
    /// have been one here. Returns what both sides saw of it besides the words.
    pub(super) fn repeat(&mut self, by: Side, text: &str) -> Option<Vec<Notice>> {
        match self.judge(by, Reading::of_partner(text, false)) {
            Verdict::Turn { seen, .. } => Some(seen),
            Verdict::Aside(_) | Verdict::Refused(_) | Verdict::Quit => None,
        }
    }

    /// The board of the running game.
    pub(super) fn board(&self) -> Option<Board> {
        match self {
            Self::Chat => None,
            Self::Game(on) => Some(on.game.board()),
        }
    }

    fn start(&mut self, entry: &'static Entry, by: Side) -> Verdict {
        let game = entry.start();
        let first = by.other();
        let seen = vec![
            Notice::GameStarted {
                game: entry,
                first,
                signs: [game.sign(Seat::First), game.sign(Seat::Second)],
            },
            Notice::Board(game.board()),
        ];
        *self = Self::Game(Match { game, first });
        Verdict::Turn {
            words: Some(format!("{PLAY}{}", entry.name)),
            seen,
        }
    }

    fn play(&mut self, by: Side, line: &str) -> Verdict {
        let Self::Game(on) = self else {
            return CHAT;
        };
        let seat = if by == on.first {
            Seat::First
        } else {
            Seat::Second
        };
        let words = match on.game.play(seat, line) {
            Ok(words) => words,
            Err(Illegal::Unreadable { moves }) => {
                return Verdict::Refused(Refusal::ChatWaits { moves });
            }
            Err(illegal) => return Verdict::Refused(Refusal::Illegal(illegal)),
        };
        let mut seen = vec![Notice::Board(on.game.board())];
        if let Some(outcome) = on.game.outcome() {
            seen.push(Notice::GameOver(match outcome {
                Outcome::Drawn => GameEnd::Drawn,
                Outcome::Won(winner) if winner == seat => GameEnd::Won(by),
                Outcome::Won(_) => GameEnd::Won(by.other()),
            }));
            *self = Self::Chat;
        }
        Verdict::Turn {
            words: Some(words),
            seen,
        }
    }
}

/// A game that was played in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Which one.
    pub game: &'static Entry,
    /// How it ended for the side of `me`; `None` while it goes on.
    pub end: Option<GameEnd>,
}

/// The games among these turns, in order, as the end of the role `me` knows them. Turns that no
/// session can have had are passed over.
#[must_use]
pub fn games<'turns>(me: Role, turns: impl IntoIterator<Item = &'turns Turn>) -> Vec<Played> {
    let mut talk = Talk::default();
    let mut games: Vec<Played> = Vec::new();
    for turn in turns {
        let by = if turn.by == me {
            Side::Me
        } else {
            Side::Partner
        };
        for notice in talk.repeat(by, &turn.text).unwrap_or_default() {
            match notice {
                Notice::GameStarted { game, .. } => games.push(Played { game, end: None }),
                Notice::GameOver(end) => {
                    if let Some(last) = games.last_mut() {
                        last.end = Some(end);
                    }
                }
                _ => {}
            }
        }
    }
    games
}

/// Of a line without a game: it is said as it is.
const CHAT: Verdict = Verdict::Turn {
    words: None,
    seen: Vec::new(),
};

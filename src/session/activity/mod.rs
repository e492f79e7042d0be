//! What is being talked about: chat, or a game. Chat is the game in which every line is legal.

use super::command::{Beginner, Command, Parsed, Proposal};
use super::{Notice, Offer, Refusal, Side, View};
use crate::games::{Chance, Game, GameId, Next, Rules, Said, Toss};

mod game;
mod retelling;

pub use retelling::{Played, Retelling, Told};

pub(super) use retelling::note_games;

use game::{Fate, GameInPlay, Match, Play};

/// The turn of a side that has nothing to do in the game just now: its program says so by itself,
/// and turns still alternate.
const NOTED: &str = "noted";

/// What the talk makes of a line.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The line is a turn.
    Turn(Done),
    /// The line asks for something to be shown; whose turn it is does not change.
    Aside(Vec<Notice>),
    /// The line asks for something that has to be found out first.
    Question(Question),
    /// The line may not stand; nothing has changed.
    Refused(Refusal),
    /// The line ends the session.
    Quit,
}

/// A turn that has been taken.
#[derive(Debug)]
pub(super) struct Done {
    /// What the other side is sent, where it is not the line as it is.
    pub(super) words: Option<String>,
    /// What is kept here of a turn of this side.
    pub(super) secret: Option<String>,
    /// What is seen of it besides the words.
    pub(super) seen: Vec<Notice>,
    pub(super) voice: Voice,
}

/// Whether the words of a turn are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Aloud,
    /// They are for programs; what is seen of the turn tells it.
    Silent,
}

/// What a line asks that the talk does not know by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Hint,
    Score,
}

/// What a side whose turn it is has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    /// A person enters a line.
    Line,
    /// A person enters something that nobody may see.
    Hidden,
    /// The program takes the turn by itself.
    Step,
}

/// Where a line comes from.
#[derive(Debug)]
pub(super) enum TurnOrigin<'a> {
    /// A person here typed it.
    Typed(&'a mut Chance),
    /// The partner's program sent it.
    Sent,
    /// It has been a turn of this end before; what was kept of it.
    Written(Option<&'a str>),
}

/// What is to be known of the session to judge a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// What a game that begins with this line is called.
    pub(super) id: GameId,
    /// Whether the partner has another program than this one, or none.
    pub(super) is_foreign: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Activity {
    /// What was played last, if anything.
    Chat(Option<LastGame>),
    Game(Box<Match>),
}

impl Default for Activity {
    fn default() -> Self {
        Self::Chat(None)
    }
}

/// A game that is played in a session.
#[derive(Debug, Clone, Copy)]
pub struct Running<'session> {
    /// How it stands, as this end knows it.
    pub game: &'session dyn Game,
    /// What one side has offered, and the other has not answered.
    pub offer: Option<(Side, Offer)>,
}

/// A game that is over.
#[derive(Debug, Clone)]
pub(super) struct LastGame {
    proposal: Proposal,
    /// Who moved first.
    first: Side,
}

impl Activity {
    /// Judges a line of `by`, and carries it out if it is a turn.
    pub(super) fn judge(
        &mut self,
        by: Side,
        reading: Parsed<'_>,
        origin: TurnOrigin<'_>,
        here: Circumstances,
    ) -> Verdict {
        let reading = match (reading, &*self) {
            // While a game is on, this is no command, and may be a word to be guessed.
            (Parsed::Command(Command::Rematch), Self::Game(_)) => {
                Parsed::Words(Command::Rematch.word())
            }
            (reading, _) => reading,
        };
        match reading {
            Parsed::Command(Command::Quit) => return Verdict::Quit,
            Parsed::Command(Command::Games) => return Verdict::Aside(vec![Notice::Games]),
            Parsed::Command(Command::Score) => return Verdict::Question(Question::Score),
            Parsed::UnknownCommand(word) => {
                return Verdict::Refused(Refusal::UnknownCommand(word.to_owned()));
            }
            Parsed::UnknownGame(name) => {
                return Verdict::Refused(Refusal::UnknownGame(name.to_owned()));
            }
            Parsed::UnknownOptions(game) => {
                return Verdict::Refused(Refusal::UnknownOptions(game));
            }
            _ => {}
        }
        let done = match self {
            Self::Chat(last) => match reading {
                Parsed::Play(proposal) => self.start(proposal, by.other(), None, by, here),
                Parsed::Command(Command::Rematch) => match last.clone() {
                    Some(LastGame { proposal, first }) => {
                        let words = Command::Rematch.word();
                        self.start(proposal, first.other(), Some(words), by, here)
                    }
                    None => Err(Refusal::NoLastGame),
                },
                Parsed::Command(Command::Help) => return Verdict::Aside(vec![Notice::Help(None)]),
                Parsed::Words(_) => Ok(Done {
                    words: None,
                    secret: None,
                    seen: Vec::new(),
                    voice: Voice::Aloud,
                }),
                _ => Err(Refusal::NoGame),
            },
            Self::Game(on) => match reading {
                Parsed::Command(Command::Help) => {
                    let moves = on.table.game().moves();
                    return Verdict::Aside(vec![Notice::Help(Some(moves))]);
                }
                Parsed::Command(Command::Board) => {
                    return Verdict::Aside(vec![Notice::Board(on.view())]);
                }
                Parsed::Command(Command::Describe) => {
                    return Verdict::Aside(vec![Notice::Described(on.view())]);
                }
                Parsed::Command(Command::Hint) if on.awaits_move_of(by) => {
                    return Verdict::Question(Question::Hint);
                }
                Parsed::Command(Command::Hint) => Err(Refusal::NoHint),
                Parsed::Command(Command::Resign) => Ok(on.resign(by)),
                Parsed::Command(Command::Undo) => on.offer(by, Offer::Undo),
                Parsed::Command(Command::Draw) => on.offer(by, Offer::Draw),
                Parsed::Words(line) => match on.play(by, line, origin, here) {
                    Ok(Play::Done(done)) => Ok(done),
                    Ok(Play::Partly) => {
                        return Verdict::Aside(vec![Notice::Board(on.view())]);
                    }
                    Err(refusal) => Err(refusal),
                },
                _ => Err(Refusal::GameOn),
            },
        };
        match done {
            Ok(mut done) => {
                self.settle(&mut done.seen);
                Verdict::Turn(done)
            }
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// The turn that this program takes by itself.
    pub(super) fn step(&mut self, chance: &mut Chance) -> Said {
        match self {
            Self::Game(on) if on.next_side() == Some(Side::Me) => match on.table.secrets() {
                Some(game) => game.step(chance),
                None => Said::openly(NOTED),
            },
            _ => Said::openly(NOTED),
        }
    }

    /// Repeats a turn that has been judged before, as it was written down, with what this end has
    /// kept of it; `None` when it cannot have been one here. Returns what was seen of it.
    pub(super) fn repeat(
        &mut self,
        by: Side,
        text: &str,
        secret: Option<&str>,
        here: Circumstances,
    ) -> Option<Done> {
        if text.trim().is_empty() {
            return None;
        }
        // Behind the first line of a foreign partner nothing was written down that counts.
        let reading = Parsed::of_partner(text, false);
        match self.judge(by, reading, TurnOrigin::Written(secret), here) {
            Verdict::Turn(done) => Some(done),
            _ => None,
        }
    }

    /// What `side` has to do, whose turn it is.
    pub(super) fn awaits(&self, side: Side) -> Awaits {
        let Self::Game(on) = self else {
            return Awaits::Line;
        };
        if on.offer.is_some_and(|(by, _)| by != side) {
            return Awaits::Line;
        }
        match on.table.game().next() {
            _ if on.next_side() != Some(side) => Awaits::Step,
            Next::Move(_) => Awaits::Line,
            Next::Hidden(_) => Awaits::Hidden,
            Next::Step(_) | Next::Over(_) => Awaits::Step,
        }
    }

    /// What the running game shows.
    pub(super) fn view(&self) -> Option<View> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(on.view()),
        }
    }

    /// The running game, and what has been offered in it and to whom.
    pub(super) fn running(&self) -> Option<Running<'_>> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(Running {
                game: on.table.game(),
                offer: on.offer,
            }),
        }
    }

    /// Which games can be gone on with by a rematch.
    pub(super) fn has_last_game(&self) -> bool {
        matches!(self, Self::Chat(Some(_)))
    }

    /// Sets up the game of `proposal`. `words` propose it, where they are not its own.
    fn start(
        &mut self,
        proposal: Proposal,
        first: Side,
        words: Option<&str>,
        by: Side,
        here: Circumstances,
    ) -> Result<Done, Refusal> {
        let words = words.map_or_else(|| proposal.words(), str::to_owned);
        let has_coin = proposal.beginner == Beginner::Coin && words == proposal.words();
        if here.is_foreign {
            // First what no other option mends.
            if let Rules::Secret { .. } = proposal.game.rules {
                return Err(Refusal::NeedsTictalk(proposal.game));
            }
            if has_coin {
                return Err(Refusal::TossNeedsTictalk);
            }
        }
        let mut seen = Vec::new();
        let mut on = Match {
            table: GameInPlay::Toss(Toss::new(here.id)),
            // The partner of who proposes has the next turn.
            first: if has_coin { by.other() } else { first },
            proposal,
            id: here.id,
            offer: None,
            fate: Fate::Open,
        };
        if has_coin {
            seen.push(Notice::Toss(on.proposal.game));
        } else {
            on.set_up(first, &mut seen);
            if here.is_foreign && by == Side::Me && first == by {
                seen.push(Notice::Awaited(by.other()));
            }
        }
        *self = Self::Game(Box::new(on));
        Ok(Done {
            words: Some(words),
            secret: None,
            seen,
            voice: Voice::Aloud,
        })
    }

    /// Goes back to the chat where the game is over.
    fn settle(&mut self, seen: &mut Vec<Notice>) {
        let Self::Game(on) = self else {
            return;
        };
        let Some(end) = on.end(seen) else {
            return;
        };
        seen.push(Notice::GameOver(end));
        *self = Self::Chat(Some(LastGame {
            proposal: on.proposal.clone(),
            first: on.first,
        }));
    }
}

//! The activity of a session: chat or a game. Chat is the game in which every line is legal.

use super::command::{Beginner, Command, Parsed, Proposal};
use super::help::Topic;
use super::notice::Notice;
use super::outcome::{Cause, Offer, View};
use super::peer::Peer;
use super::refusal::Refusal;
use super::role::Side;
use crate::games::{Chance, Entry, Game, Next, Rules, Said, Toss};

mod game;
mod verdict;

pub(super) use verdict::{Awaits, Circumstances, Done, Question, TurnOrigin, Verdict, Voice};

use game::{Fate, GameInPlay, Match, Play};
use verdict::NOTED;

/// The state of the conversation.
#[derive(Debug, Clone)]
pub(super) enum Activity {
    /// With the game that was played last, if any.
    Chat(Option<LastGame>),
    Game(Box<Match>),
}

impl Default for Activity {
    fn default() -> Self {
        Self::Chat(None)
    }
}

/// The game that is running in a session.
#[derive(Debug, Clone, Copy)]
pub struct Running<'session> {
    /// Which game it is.
    pub entry: &'static Entry,
    /// The side that moves first.
    pub first: Side,
    /// Its state, as this end knows it.
    pub game: &'session dyn Game,
    /// The side whose move the game waits for; `None` if it waits for something else, such as a secret.
    pub mover: Option<Side>,
    /// Whether this end has made a move that could be taken back.
    pub has_moved: bool,
    /// The open offer, and the side that made it.
    pub offer: Option<(Side, Offer)>,
}

/// A game that is over.
#[derive(Debug, Clone)]
pub(super) struct LastGame {
    proposal: Proposal,
    /// The side that moved first.
    first: Side,
}

impl Activity {
    /// Judges a line of `by`, and carries it out if it is a turn.
    pub(super) fn judge(
        &mut self,
        by: Side,
        parsed: Parsed<'_>,
        origin: TurnOrigin<'_>,
        here: Circumstances,
    ) -> Verdict {
        let verdict = match parsed {
            Parsed::UnknownCommand(word) => Verdict::Refused(match self {
                Self::Chat(_) => Refusal::UnknownCommand(word.to_owned()),
                Self::Game(_) => Refusal::UnknownInGame(word.to_owned()),
            }),
            Parsed::UnknownGame(name) => Verdict::Refused(match self {
                Self::Chat(_) => Refusal::UnknownGame(name.to_owned()),
                Self::Game(_) => Refusal::GameOn,
            }),
            Parsed::HelpOn(game) => Verdict::Aside(vec![Notice::Help(Topic::Rules(game))]),
            Parsed::UnknownOptions(game) => Verdict::Refused(Refusal::UnknownOptions(game)),
            Parsed::Play(proposal) => match self {
                Self::Chat(_) => self.start(proposal, by.other(), None, by, here),
                Self::Game(_) => Verdict::Refused(Refusal::GameOn),
            },
            Parsed::Words(line) => self.words(by, line, origin, here),
            Parsed::Command(command) => self.command(by, command, origin, here),
        };
        match verdict {
            Verdict::Turn(mut done) => {
                self.settle(&mut done.seen);
                Verdict::Turn(done)
            }
            verdict => verdict,
        }
    }

    /// A message, or a move.
    fn words(
        &mut self,
        by: Side,
        line: &str,
        origin: TurnOrigin<'_>,
        here: Circumstances,
    ) -> Verdict {
        match self {
            Self::Chat(_) => Verdict::Turn(Done::aloud(None, Vec::new())),
            Self::Game(on) => match on.play(by, line, origin, here) {
                Ok(Play::Done(done)) => Verdict::Turn(done),
                Ok(Play::Partly) => Verdict::Aside(vec![Notice::Board(on.view(Cause::Asked))]),
                Err(refusal) => Verdict::Refused(refusal),
            },
        }
    }

    fn command(
        &mut self,
        by: Side,
        command: Command,
        origin: TurnOrigin<'_>,
        here: Circumstances,
    ) -> Verdict {
        const NO_GAME: Verdict = Verdict::Refused(Refusal::NoGame);
        match (command, self) {
            (Command::Quit, _) => Verdict::Quit,
            (Command::Games, _) => Verdict::Aside(vec![Notice::Games]),
            (Command::Score, _) => Verdict::Question(Question::Score),
            // Entered ahead of the own turn, it does not come here.
            (Command::Turn, _) => Verdict::Refused(Refusal::YourTurn),
            (Command::Help, Self::Chat(_)) => Verdict::Aside(vec![Notice::Help(Topic::Chat)]),
            (Command::Help, Self::Game(on)) => {
                let moves = on.table.game().moves();
                Verdict::Aside(vec![Notice::Help(Topic::Playing { moves })])
            }
            (Command::Rematch, Self::Chat(None)) => Verdict::Refused(Refusal::NoLastGame),
            (Command::Rematch, this @ Self::Chat(Some(_))) => this.rematch(by, here),
            // While a game is running, this is no command: it may be a word to be guessed.
            (Command::Rematch, this @ Self::Game(_)) => {
                this.words(by, Command::Rematch.word(), origin, here)
            }
            (Command::Board, Self::Game(on)) => {
                Verdict::Aside(vec![Notice::Board(on.view(Cause::Asked))])
            }
            (Command::Describe, Self::Game(on)) => {
                Verdict::Aside(vec![Notice::Described(on.view(Cause::Asked))])
            }
            (Command::Hint, Self::Game(on)) if on.awaits_move_of(by) => {
                Verdict::Question(Question::Hint)
            }
            (Command::Hint, Self::Game(_)) => Verdict::Refused(Refusal::NoHint),
            (Command::Resign, Self::Game(on)) => Verdict::Turn(on.resign(by)),
            (Command::Undo, Self::Game(on)) => on.offer(by, Offer::Undo).into(),
            (Command::Draw, Self::Game(on)) => on.offer(by, Offer::Draw).into(),
            (
                Command::Board
                | Command::Describe
                | Command::Hint
                | Command::Resign
                | Command::Undo
                | Command::Draw,
                Self::Chat(_),
            ) => NO_GAME,
        }
    }

    fn rematch(&mut self, by: Side, here: Circumstances) -> Verdict {
        let Self::Chat(Some(LastGame { proposal, first })) = self.clone() else {
            return Verdict::Refused(Refusal::NoLastGame);
        };
        let words = Command::Rematch.word();
        self.start(proposal, first.other(), Some(words), by, here)
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

    /// Repeats a recorded turn, with the secret that this end kept of it. Returns `None` if the turn
    /// is impossible here.
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
        // Of a foreign partner's turn, only the first line has been recorded.
        let parsed = Parsed::of_partner(text, Peer::Tictalk);
        match self.judge(by, parsed, TurnOrigin::Written(secret), here) {
            Verdict::Turn(done) => Some(done),
            _ => None,
        }
    }

    /// The action that a turn of `side` requires.
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

    /// How the running game looks.
    pub(super) fn view(&self) -> Option<View> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(on.view(Cause::Asked)),
        }
    }

    /// The running game and its open offer.
    pub(super) fn running(&self) -> Option<Running<'_>> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(Running {
                entry: on.proposal.game,
                first: on.first,
                game: on.table.game(),
                mover: on.mover(),
                has_moved: on.has_moved(Side::Me),
                offer: on.offer,
            }),
        }
    }

    /// Whether a rematch is possible now.
    pub(super) fn has_last_game(&self) -> bool {
        matches!(self, Self::Chat(Some(_)))
    }

    /// Sets up the game of `proposal`. `words` propose it, if they are not the proposal's own.
    fn start(
        &mut self,
        proposal: Proposal,
        first: Side,
        words: Option<&str>,
        by: Side,
        here: Circumstances,
    ) -> Verdict {
        let words = words.map_or_else(|| proposal.words(), str::to_owned);
        let has_coin = proposal.beginner == Beginner::Coin && words == proposal.words();
        if here.is_foreign {
            // First the reason that no other option can remove.
            if let Rules::Secret { .. } = proposal.game.rules {
                return Verdict::Refused(Refusal::NeedsTictalk(proposal.game));
            }
            if has_coin {
                return Verdict::Refused(Refusal::TossNeedsTictalk);
            }
        }
        let mut seen = Vec::new();
        let mut on = Match {
            table: GameInPlay::Toss(Toss::new(here.id)),
            // The partner of the side that proposes has the next turn.
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
        Verdict::Turn(Done::aloud(Some(words), seen))
    }

    /// Returns to the chat if the game is over.
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

//! A game between two members, refereed by the room.
//!
//! In a game with secrets, the room does what two programs do in a talk of two: it keeps a copy of
//! the game for each seat, which knows the secrets of that seat and no others, and a third one that
//! knows none, for whoever watches.

use super::notice::{NextMove, RoomNotice, TableView};
use crate::games::{
    Chance, Choice, Entry, Game, GameId, Illegal, Next, Outcome, Rules, Seat, Secrets,
};
use crate::wire::MemberId;
use std::sync::Arc;

/// The number of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableId(pub(super) u64);

/// Somebody who plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Player {
    pub(super) id: MemberId,
    pub(super) name: Arc<str>,
}

/// Two members and what is between them.
#[derive(Debug)]
pub(super) struct GameTable {
    pub(super) game: &'static Entry,
    first: Player,
    second: Player,
    rules: Referee,
}

#[derive(Debug)]
enum Referee {
    Open(Box<dyn Game>),
    Sealed(Box<Copies>),
}

#[derive(Debug)]
struct Copies {
    first: Box<dyn Secrets>,
    second: Box<dyn Secrets>,
    onlooker: Box<dyn Secrets>,
}

/// Who looks at a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eye {
    Player(Seat),
    Onlooker,
}

impl Copies {
    fn of(&mut self, seat: Seat) -> &mut Box<dyn Secrets> {
        match seat {
            Seat::First => &mut self.first,
            Seat::Second => &mut self.second,
        }
    }

    /// Takes a turn in all copies; what is secret of it only in the one of `seat`.
    fn take(&mut self, seat: Seat, words: &str, secret: Option<&str>) -> Result<(), Illegal> {
        for copy in [&mut self.first, &mut self.second, &mut self.onlooker] {
            copy.play(seat, words)?;
        }
        if let Some(secret) = secret {
            self.of(seat).keep(secret);
        }
        Ok(())
    }
}

impl GameTable {
    pub(super) fn new(
        game: &'static Entry,
        options: &str,
        id: GameId,
        [first, second]: [Player; 2],
    ) -> Self {
        let rules = match game.rules {
            Rules::Open(start) => Referee::Open(start(options)),
            Rules::Secret { start, .. } => Referee::Sealed(Box::new(Copies {
                first: start(options, id),
                second: start(options, id),
                onlooker: start(options, id),
            })),
        };
        Self {
            game,
            first,
            second,
            rules,
        }
    }

    pub(super) fn player(&self, seat: Seat) -> &Player {
        match seat {
            Seat::First => &self.first,
            Seat::Second => &self.second,
        }
    }

    /// Where this member sits.
    pub(super) fn seat(&self, id: MemberId) -> Option<Seat> {
        let mut seats = [Seat::First, Seat::Second].into_iter();
        seats.find(|seat| self.player(*seat).id == id)
    }

    /// A player is called something else.
    pub(super) fn rename(&mut self, id: MemberId, name: &Arc<str>) {
        for player in [&mut self.first, &mut self.second] {
            if player.id == id {
                player.name = Arc::clone(name);
            }
        }
    }

    /// What this eye sees of the game.
    fn copy(&self, eye: Eye) -> (&dyn Game, Seat) {
        let seat = match eye {
            Eye::Player(seat) => seat,
            Eye::Onlooker => Seat::First,
        };
        let game: &dyn Game = match (&self.rules, eye) {
            (Referee::Open(game), _) => game.as_ref(),
            (Referee::Sealed(copies), Eye::Player(Seat::First)) => copies.first.as_ref(),
            (Referee::Sealed(copies), Eye::Player(Seat::Second)) => copies.second.as_ref(),
            (Referee::Sealed(copies), Eye::Onlooker) => copies.onlooker.as_ref(),
        };
        (game, seat)
    }

    fn next(&self) -> Next {
        self.copy(Eye::Onlooker).0.next()
    }

    /// How the game has ended by its rules: who has won it, if anybody; `None` while it goes on.
    pub(super) fn outcome(&self) -> Option<Option<Seat>> {
        match self.next() {
            Next::Over(Outcome::Won(seat)) => Some(Some(seat)),
            Next::Over(Outcome::Caught(seat, _)) => Some(Some(seat.other())),
            Next::Over(Outcome::Drawn) => Some(None),
            Next::Move(_) | Next::Hidden(_) | Next::Step(_) => None,
        }
    }

    /// Makes the move that `words` mean for `seat`, and all the steps behind it that are nobody's
    /// choice. Returns the words that everybody may read, if there are such.
    pub(super) fn play(
        &mut self,
        seat: Seat,
        words: &str,
        chance: &mut Chance,
    ) -> Result<Option<String>, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        match &mut self.rules {
            Referee::Open(game) => game.play(seat, words).map(Some),
            Referee::Sealed(copies) => {
                let said = match copies.of(seat).choose(words, chance)? {
                    Choice::Said(said) => said,
                    Choice::Partly => return Ok(None),
                };
                copies.take(seat, &said.words, said.secret.as_deref())?;
                while let Next::Step(seat) = copies.onlooker.next() {
                    let said = copies.of(seat).step(chance);
                    copies.take(seat, &said.words, said.secret.as_deref())?;
                }
                Ok(None)
            }
        }
    }

    /// What a player is told when the game begins.
    pub(super) fn intro(&self, seat: Seat) -> RoomNotice {
        let (game, _) = self.copy(Eye::Player(seat));
        RoomNotice::Started {
            game: self.game,
            with: Arc::clone(&self.player(seat.other()).name),
            intro: game.intro(seat),
            moves: game.moves(),
        }
    }

    /// What has just happened, in the game's own words.
    pub(super) fn news(&self, eye: Eye) -> Option<RoomNotice> {
        let (copy, seat) = match (&self.rules, eye) {
            (Referee::Open(_), _) => return None,
            (Referee::Sealed(copies), Eye::Player(Seat::First)) => (&copies.first, Seat::First),
            (Referee::Sealed(copies), Eye::Player(Seat::Second)) => (&copies.second, Seat::Second),
            (Referee::Sealed(_), Eye::Onlooker) => return None,
        };
        let words = copy.news(seat);
        let other = Arc::clone(&self.player(seat.other()).name);
        (!words.is_empty()).then_some(RoomNotice::News { words, other })
    }

    pub(super) fn view(&self, eye: Eye) -> TableView {
        let (game, seat) = self.copy(eye);
        TableView {
            board: game.board(seat),
            seen_by: match eye {
                Eye::Player(_) => None,
                Eye::Onlooker => Some(Arc::clone(&self.first.name)),
            },
            next: match (game.next().seat(), eye) {
                (None, _) => NextMove::Nobodys,
                (Some(next), Eye::Player(seat)) if next == seat => NextMove::Yours(game.moves()),
                (Some(next), _) => NextMove::Of(Arc::clone(&self.player(next).name)),
            },
        }
    }
}

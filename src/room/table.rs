//! A game between two members, with the room as referee.
//!
//! In a game with secrets, the room does what the two programs of a pair do: it keeps a copy of the
//! game for each seat, which knows only the secrets of that seat. A third copy for watchers knows
//! none.

use super::notice::{NextMove, RoomNotice, TableView};
use crate::games::{
    Chance, Choice, Entry, Game, GameId, Illegal, Next, Outcome, Rules, Seat, Secrets,
};
use crate::wire::MemberId;
use std::sync::Arc;

/// The number of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableId(pub(super) u64);

/// A player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Player {
    pub(super) id: MemberId,
    pub(super) name: Arc<str>,
}

/// Two players and their game.
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

/// Who sees a table.
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

    /// Makes a move in all copies. Its secret goes only to the copy of `seat`.
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

    /// The seat of this member.
    pub(super) fn seat(&self, id: MemberId) -> Option<Seat> {
        let mut seats = [Seat::First, Seat::Second].into_iter();
        seats.find(|seat| self.player(*seat).id == id)
    }

    /// Changes the name of a player.
    pub(super) fn rename(&mut self, id: MemberId, name: &Arc<str>) {
        for player in [&mut self.first, &mut self.second] {
            if player.id == id {
                player.name = Arc::clone(name);
            }
        }
    }

    /// The copy of the game that this eye sees, and the seat from which it is drawn.
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

    /// The winner by the rules, if there is one; `None` while the game lasts.
    pub(super) fn outcome(&self) -> Option<Option<Seat>> {
        match self.next() {
            Next::Over(Outcome::Won(seat)) => Some(Some(seat)),
            Next::Over(Outcome::Caught(seat, _)) => Some(Some(seat.other())),
            Next::Over(Outcome::Drawn) => Some(None),
            Next::Move(_) | Next::Hidden(_) | Next::Step(_) => None,
        }
    }

    /// Makes the move in `words` for `seat`, and all steps after it that are nobody's choice.
    /// Returns the words of the move if everybody may read them.
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

    /// The notice to a player when the game begins.
    pub(super) fn intro(&self, seat: Seat) -> RoomNotice {
        let (game, _) = self.copy(Eye::Player(seat));
        RoomNotice::Started {
            game: self.game,
            with: Arc::clone(&self.player(seat.other()).name),
            intro: game.intro(seat),
            moves: game.moves(),
        }
    }

    /// The notice about the last move, if the rules have one for this eye.
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

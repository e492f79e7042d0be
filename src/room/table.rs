//! A game between two members, with the room as referee.
//!
//! In a game with secrets, the room does what the two programs of a pair do: it keeps a copy of the
//! game for each seat, which knows only the secrets of that seat. A third copy for watchers knows
//! none.

use super::notice::{NextMove, RoomNotice, TableView};
use super::setup::{Models, Setup};
use super::table_record::{PlayerRecord, PlyRecord, TableRecord};
use crate::games::{
    Chance, Choice, Game, GameId, Illegal, Next, Offer, Outcome, Rules, Said, Seat, Secrets, Skill,
};
use crate::sights::{self, Eye};
use crate::wire::{Author, BoardSight, MemberId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Stands for the computer among the players and the owners of names. No member has this number, and
/// it is neither stored nor sent.
pub(super) const COMPUTER: MemberId = MemberId(u64::MAX);

/// The name of the computer, which no member can have.
pub(super) const COMPUTER_NAME: &str = "computer";

/// The number of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct TableId(pub(super) u64);

/// A player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Player {
    pub(super) id: MemberId,
    pub(super) name: Arc<str>,
}

impl Player {
    /// The player as the author of a post. The room posts for the computer.
    pub(super) fn author(&self) -> Author {
        Author {
            id: match self.id {
                COMPUTER => MemberId::HOST,
                id => id,
            },
            name: Arc::clone(&self.name),
        }
    }
}

/// Two players and their game.
#[derive(Debug)]
pub(super) struct GameTable {
    pub(super) setup: Setup,
    id: GameId,
    first: Player,
    second: Player,
    /// A game that shares its tables with all games of its kind, if there is one.
    model: Option<Box<dyn Game>>,
    rules: Referee,
    /// The turns so far.
    plies: Vec<PlyRecord>,
    /// The open offer, and who made it.
    pub(super) offer: Option<(Seat, Offer)>,
    /// How often the game has changed.
    pub(super) changes: u64,
    /// How often a player has changed the name.
    pub(super) renames: u64,
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
    /// A new game. `model` is a game of the same kind before its first move.
    pub(super) fn new(
        setup: Setup,
        id: GameId,
        [first, second]: [Player; 2],
        model: Option<Box<dyn Game>>,
    ) -> Self {
        let rules = start(&setup, id, model.as_deref());
        Self {
            setup,
            id,
            first,
            second,
            model,
            rules,
            plies: Vec::new(),
            offer: None,
            changes: 0,
            renames: 0,
        }
    }

    /// The game of a record; `None` if the record fits no game of this version. The players have the
    /// names in `called`, or else those of the record.
    pub(super) fn restored(
        record: &TableRecord,
        models: &mut Models,
        called: impl Fn(MemberId) -> Option<Arc<str>>,
    ) -> Option<Self> {
        let setup = Setup::read(&record.game, &record.options, Skill::named(&record.skill)?)?;
        let [first, second] = record.players.each_ref().map(|player| {
            let id = player.member.unwrap_or(COMPUTER);
            let name = called(id).unwrap_or_else(|| Arc::clone(&player.name));
            Player { id, name }
        });
        let model = models.of(setup.game);
        let mut table = Self::new(setup, GameId(record.id), [first, second], model);
        table.replay(&record.plies).ok()?;
        Some(table)
    }

    /// Everything that is needed to restore the game.
    pub(super) fn record(&self, number: TableId) -> TableRecord {
        let players = [&self.first, &self.second].map(|player| PlayerRecord {
            member: Some(player.id).filter(|id| *id != COMPUTER),
            name: Arc::clone(&player.name),
        });
        TableRecord {
            number: number.0,
            game: self.setup.game.name.to_owned(),
            options: self.setup.options.clone(),
            skill: self.setup.skill.name().to_owned(),
            id: self.id.0,
            players,
            plies: self.plies.clone(),
        }
    }

    /// Begins again, and repeats these turns.
    fn replay(&mut self, plies: &[PlyRecord]) -> Result<(), Illegal> {
        self.rules = start(&self.setup, self.id, self.model.as_deref());
        self.plies.clear();
        for ply in plies {
            if self.next().seat() != Some(ply.seat) {
                return Err(Illegal::OutOfTurn);
            }
            match &mut self.rules {
                Referee::Open(game) => {
                    game.play(ply.seat, &ply.words)?;
                }
                Referee::Sealed(copies) => {
                    copies.take(ply.seat, &ply.words, ply.secret.as_deref())?;
                }
            }
            self.plies.push(ply.clone());
        }
        Ok(())
    }

    /// The game before its first move that shares its tables, if there is one.
    pub(super) fn model(&self) -> Option<&dyn Game> {
        self.model.as_deref()
    }

    /// The computer's seat, if it plays.
    pub(super) fn computers_seat(&self) -> Option<Seat> {
        self.seat(COMPUTER)
    }

    /// The seat whose turn it is.
    pub(super) fn mover(&self) -> Option<Seat> {
        self.next().seat()
    }

    /// The game as this seat knows it.
    pub(super) fn as_seen_by(&self, seat: Seat) -> &dyn Game {
        self.copy(Eye::Player(seat)).0
    }

    /// Whether `words` are a legal move of the seat whose turn it is.
    pub(super) fn allows(&self, words: &str) -> Result<(), Illegal> {
        let seat = self.mover().ok_or(Illegal::OutOfTurn)?;
        try_move(&self.rules, seat, words)
    }

    /// Whether `words` were a move before the first move of the game.
    pub(super) fn knows(&self, words: &str) -> bool {
        let rules = start(&self.setup, self.id, self.model.as_deref());
        try_move(&rules, Seat::First, words).is_ok()
    }

    /// Whether this seat can make this offer.
    pub(super) fn takes(&self, seat: Seat, offer: Offer) -> Result<(), Unoffered> {
        match (&self.rules, offer) {
            (Referee::Sealed(_), _) => Err(Unoffered::Secrets),
            (Referee::Open(_), Offer::Undo) if !self.plies.iter().any(|ply| ply.seat == seat) => {
                Err(Unoffered::NoMove)
            }
            (Referee::Open(_), _) => Ok(()),
        }
    }

    /// Takes back the last move of this seat, and all moves after it.
    pub(super) fn take_back(&mut self, seat: Seat) {
        let plies = std::mem::take(&mut self.plies);
        let last = plies.iter().rposition(|ply| ply.seat == seat);
        let kept = plies.split_at(last.unwrap_or(plies.len())).0;
        // Moves that were legal before are legal again.
        let _ = self.replay(kept);
        self.changes += 1;
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
                self.renames += 1;
            }
        }
    }

    /// The copy of the game that this eye sees, and the seat from which it is drawn.
    fn copy(&self, eye: Eye) -> (&dyn Game, Seat) {
        let game: &dyn Game = match (&self.rules, eye) {
            (Referee::Open(game), _) => game.as_ref(),
            (Referee::Sealed(copies), Eye::Player(Seat::First)) => copies.first.as_ref(),
            (Referee::Sealed(copies), Eye::Player(Seat::Second)) => copies.second.as_ref(),
            (Referee::Sealed(copies), Eye::Onlooker) => copies.onlooker.as_ref(),
        };
        (game, eye.seat())
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
        let (shown, plies) = match &mut self.rules {
            Referee::Open(game) => {
                let words = game.play(seat, words)?;
                let ply = PlyRecord {
                    seat,
                    words: words.clone(),
                    secret: None,
                };
                (Some(words), vec![ply])
            }
            Referee::Sealed(copies) => {
                let Choice::Said(said) = copies.of(seat).choose(words, chance)? else {
                    return Ok(None);
                };
                let mut plies = Vec::new();
                let mut next = Some((seat, said));
                while let Some((seat, Said { words, secret })) = next.take() {
                    copies.take(seat, &words, secret.as_deref())?;
                    plies.push(PlyRecord {
                        seat,
                        words,
                        secret,
                    });
                    if let Next::Step(seat) = copies.onlooker.next() {
                        next = Some((seat, copies.of(seat).step(chance)));
                    }
                }
                (None, plies)
            }
        };
        self.plies.extend(plies);
        self.offer = None;
        self.changes += 1;
        Ok(shown)
    }

    /// The notice to a player when the game begins.
    pub(super) fn intro(&self, seat: Seat) -> RoomNotice {
        let (game, _) = self.copy(Eye::Player(seat));
        let legal = game.legal();
        RoomNotice::Started {
            game: self.setup.game,
            with: Arc::clone(&self.player(seat.other()).name),
            intro: game.intro(seat),
            example: legal.get(legal.len() / 2).cloned().unwrap_or_default(),
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

    /// A number that grows whenever the board changes.
    pub(super) fn version(&self) -> u64 {
        self.changes + self.renames
    }

    /// The board as data.
    pub(super) fn sight(&self, number: TableId, eye: Eye) -> BoardSight {
        let (game, _) = self.copy(eye);
        let players = [&self.first, &self.second].map(|player| Arc::clone(&player.name));
        sights::board(number.0, self.setup.game.name, players, game, eye)
    }

    pub(super) fn view(&self, eye: Eye) -> TableView {
        let (game, seat) = self.copy(eye);
        TableView {
            board: game.board(seat),
            described: game.describe(seat),
            other: Arc::clone(&self.player(seat.other()).name),
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

/// Why an offer is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unoffered {
    /// The game has secrets.
    Secrets,
    /// There is no move to take back.
    NoMove,
}

/// The rules before the first move.
fn start(setup: &Setup, id: GameId, model: Option<&dyn Game>) -> Referee {
    let options = &setup.options;
    match (&setup.game.rules, model) {
        (Rules::Open(_), Some(model)) => Referee::Open(model.boxed()),
        (Rules::Open(start), None) => Referee::Open(start(options)),
        (Rules::Secret { start, .. }, _) => Referee::Sealed(Box::new(Copies {
            first: start(options, id),
            second: start(options, id),
            onlooker: start(options, id),
        })),
    }
}

/// Makes a move in a copy of the game.
fn try_move(rules: &Referee, seat: Seat, words: &str) -> Result<(), Illegal> {
    match rules {
        Referee::Open(game) => game.clone().play(seat, words).map(drop),
        Referee::Sealed(copies) => {
            let copy = match seat {
                Seat::First => &copies.first,
                Seat::Second => &copies.second,
            };
            // The copy is dropped, and what is drawn for it with it.
            let mut chance = Chance::new([0; 32]);
            copy.clone().choose(words, &mut chance).map(drop)
        }
    }
}

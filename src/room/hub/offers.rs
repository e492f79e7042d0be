//! Offers of games, until a game begins.

use super::{Hub, Recipient, Sender, Step};
use crate::games::{self, Entry, GameId, Seat, Skill};
use crate::room::member::{GameOffer, LastRoomGame};
use crate::room::notice::{OfferEnd, RoomNotice};
use crate::room::refusal::{RoomRefusal, names};
use crate::room::setup::Setup;
use crate::room::table::{COMPUTER, COMPUTER_NAME, GameTable, Player, TableId};
use crate::room::table_record::TableChange;
use crate::sights::Eye;
use crate::wire::{MemberId, What};
use std::sync::Arc;

/// Maximum number of words after the game in an offer: more than a name, which has at most 10, and
/// the options of any game have together. Every split is tried, so more words would take long.
const OFFER_WORDS: usize = 16;

/// Maximum number of free members that are named to somebody who looks for an opponent.
const CANDIDATES: usize = 5;

/// How well the computer plays if nothing else is asked for.
pub(super) const LEVEL: Skill = Skill::Medium;

impl Hub {
    /// Offers a game. The words are the game, its options, and the name of a member, or `computer`
    /// and perhaps a level.
    pub(super) fn offer(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (game, rest) = game_and_rest(words).ok_or(RoomRefusal::UnknownGame)?;
        if rest.len() > OFFER_WORDS {
            return Err(RoomRefusal::UnknownGame);
        }
        let read = |options: &[&str]| game.options(&options.join(" ").to_lowercase());
        if let Some((options, skill)) = computer(&rest) {
            let options = read(options).ok_or(RoomRefusal::UnknownGame)?;
            let setup = Setup {
                game,
                options,
                skill,
            };
            return self.challenge_computer(step, by, setup, Seat::First);
        }
        // Options and name may both contain spaces.
        let mut splits = (0..rest.len()).filter_map(|at| {
            let (options, name) = rest.split_at_checked(at)?;
            Some((read(options)?, name.join(" ")))
        });
        let named = splits
            .clone()
            .find_map(|(options, name)| Some((options, self.called(&name)?)));
        let (options, to) = match (named, read(&rest)) {
            (Some(found), _) => found,
            (None, Some(options)) => (options, self.only_opponent(by, game)?),
            (None, None) => {
                return Err(match splits.next() {
                    Some((_, name)) => RoomRefusal::nobody(&name),
                    None => RoomRefusal::UnknownGame,
                });
            }
        };
        let setup = Setup {
            game,
            options,
            skill: LEVEL,
        };
        self.make_offer(step, by, to, setup, Seat::Second)
    }

    /// Whether these words are the name of somebody to play with, perhaps with the computer's level.
    pub(super) fn is_opponent(&self, name: &[&str]) -> bool {
        computer(name).is_some_and(|(rest, _)| rest.is_empty())
            || self.called(&name.join(" ")).is_some()
    }

    /// The only other member of the room, who must be free.
    fn only_opponent(&self, by: &Sender, game: &Entry) -> Result<MemberId, RoomRefusal> {
        let others = self.members.iter().filter(|(id, _)| **id != by.id);
        let mut free = others.filter(|(_, it)| it.here().is_some() && it.playing.is_none());
        let names: Vec<_> = free.clone().take(CANDIDATES).collect();
        match (free.next(), self.members.len()) {
            (Some((id, _)), 2) => Ok(*id),
            _ => Err(RoomRefusal::WhichOpponent {
                game: game.name,
                free: names.iter().map(|(_, it)| it.nick.shared()).collect(),
            }),
        }
    }

    /// Offers a game in which the member sits at `seat`.
    fn make_offer(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        to: MemberId,
        setup: Setup,
        seat: Seat,
    ) -> Result<(), RoomRefusal> {
        let (other, connection) = self.partner(by, to)?;
        self.may_begin_a_game(by.id)?;
        if self.seat_of(by.id).is_some() {
            return Err(RoomRefusal::YouPlay);
        }
        if self.seat_of(to).is_some() {
            return Err(RoomRefusal::Plays(other));
        }
        self.withdraw(step, by.id, OfferEnd::Withdrawn);
        let game = setup.game;
        if let Some(member) = self.members.get_mut(&by.id) {
            member.offer = Some(Box::new(GameOffer { to, setup, seat }));
            self.offering.insert(by.id);
        }
        let (by, reader, seat) = (Arc::clone(&by.name), by.reader, seat.other());
        step.tell(connection, RoomNotice::Offered { by, game, seat });
        step.tell(reader, RoomNotice::Offering { to: other, game });
        Ok(())
    }

    /// Begins a game against the computer in which the member sits at `seat`.
    fn challenge_computer(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        setup: Setup,
        seat: Seat,
    ) -> Result<(), RoomRefusal> {
        self.may_begin_a_game(by.id)?;
        if self.seat_of(by.id).is_some() {
            return Err(RoomRefusal::YouPlay);
        }
        step.tell(by.reader, RoomNotice::Computer(setup.skill));
        let computer = Player {
            id: COMPUTER,
            name: COMPUTER_NAME.into(),
        };
        self.begin(step, setup, player(by), computer, seat);
        Ok(())
    }

    /// Offers the last game again with the seats swapped, or accepts that offer.
    pub(super) fn rematch(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let member = self.members.get(&by.id);
        let last = member.and_then(|member| member.last_game.clone());
        let LastRoomGame {
            setup, with, seat, ..
        } = *last.ok_or(RoomRefusal::NoLastGame)?;
        if with == COMPUTER {
            return self.challenge_computer(step, by, setup, seat.other());
        }
        let other = self.members.get(&with).ok_or(RoomRefusal::NoRematch)?;
        let offered = other.offer.as_ref();
        if offered.is_some_and(|offer| offer.to == by.id && offer.setup == setup) {
            let name = other.nick.shared();
            return self.accept(step, by, &name);
        }
        self.make_offer(step, by, with, setup, seat.other())
    }

    /// The name and connection of another member.
    fn partner(&self, by: &Sender, id: MemberId) -> Result<(Arc<str>, Recipient), RoomRefusal> {
        if id == by.id {
            return Err(RoomRefusal::Oneself);
        }
        let member = self.members.get(&id).ok_or(RoomRefusal::TheHost)?;
        let name = member.nick.shared();
        match member.connection() {
            Some(connection) => Ok((name, Recipient::Connection(connection))),
            None => Err(RoomRefusal::IsAway(name)),
        }
    }

    /// The member whose offer is meant: the one with this name or, if it is empty, the only one.
    fn offerer(&self, by: &Sender, name: &str) -> Result<MemberId, RoomRefusal> {
        let offers = self.members.iter().filter(|(_, member)| {
            let offer = member.offer.as_ref();
            offer.is_some_and(|offer| offer.to == by.id)
        });
        let offers: Vec<(MemberId, Arc<str>)> =
            offers.map(|(id, it)| (*id, it.nick.shared())).collect();
        if !name.is_empty() {
            let (id, _) = self.other(by, name)?;
            let mut offers = offers.iter();
            return if offers.any(|(other, _)| *other == id) {
                Ok(id)
            } else {
                Err(RoomRefusal::NoOffer)
            };
        }
        match &offers[..] {
            [] => Err(RoomRefusal::NoOffer),
            [(id, _)] => Ok(*id),
            several => Err(RoomRefusal::WhichOffer(names(
                several.iter().map(|it| &it.1),
            ))),
        }
    }

    pub(super) fn accept(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        name: &str,
    ) -> Result<(), RoomRefusal> {
        if self.seat_of(by.id).is_some() {
            return Err(RoomRefusal::YouPlay);
        }
        let id = match self.offerer(by, name) {
            Err(RoomRefusal::NoOffer) if name.is_empty() && self.takes_entries() => {
                return self.enter_contest(step, by);
            }
            offerer => offerer?,
        };
        self.may_begin_a_game(by.id)?;
        self.may_begin_a_game(id)
            .map_err(|_| RoomRefusal::NoOffer)?;
        let Some(member) = self.members.get_mut(&id) else {
            return Err(RoomRefusal::NoOffer);
        };
        let Some(GameOffer { setup, seat, .. }) = member.offer.take().map(|offer| *offer) else {
            return Err(RoomRefusal::NoOffer);
        };
        self.offering.remove(&id);
        let name = member.nick.shared();
        let other = Player { id, name };
        self.begin(step, setup, player(by), other, seat.other());
        Ok(())
    }

    /// Begins a game in which `one` sits at `seat`.
    pub(super) fn begin(
        &mut self,
        step: &mut Step<'_>,
        setup: Setup,
        one: Player,
        other: Player,
        seat: Seat,
    ) {
        let ids = [one.id, other.id];
        let game = setup.game;
        let what = What::Began {
            game: game.name.to_owned(),
            with: Arc::clone(&other.name),
        };
        let by = one.author();
        let players = match seat {
            Seat::First => [one, other],
            Seat::Second => [other, one],
        };
        let game_id = GameId(self.chance.bytes());
        let model = self.models.of(game);
        let table = GameTable::new(setup, game_id, players, model);
        self.last_table = TableId(self.last_table.0 + 1);
        let table_id = self.last_table;
        for id in ids {
            if let Some(member) = self.members.get_mut(&id) {
                member.playing = Some(table_id);
            }
        }
        let change = TableChange::Set(Arc::new(table.record(table_id)));
        self.post_of_table(step, by, what, change, [None; 2]);
        for id in ids {
            self.forget_offers(step, id);
        }
        for seat in [Seat::First, Seat::Second] {
            if let Some(reader) = self.reader(table.player(seat).id) {
                step.tell(reader, table.intro(seat));
                self.show_board(step, reader, table_id, &table, Eye::Player(seat));
            }
        }
        self.tables.insert(table_id, table);
        self.think(step, table_id);
    }

    pub(super) fn decline(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        name: &str,
    ) -> Result<(), RoomRefusal> {
        let id = self.offerer(by, name)?;
        self.withdraw(step, id, OfferEnd::Declined);
        Ok(())
    }

    /// Ends this member's offer, and tells both members.
    fn withdraw(&mut self, step: &mut Step<'_>, id: MemberId, why: OfferEnd) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let Some(GameOffer { to, setup, .. }) = member.offer.take().map(|offer| *offer) else {
            return;
        };
        self.offering.remove(&id);
        let by = member.nick.shared();
        let Some(other) = self.members.get(&to).map(|member| member.nick.shared()) else {
            return;
        };
        for reader in [id, to].into_iter().filter_map(|id| self.reader(id)) {
            let (by, to, game) = (Arc::clone(&by), Arc::clone(&other), setup.game);
            step.tell(reader, RoomNotice::NoGame { by, to, game, why });
        }
    }

    /// Ends all offers from and to this member.
    pub(super) fn forget_offers(&mut self, step: &mut Step<'_>, id: MemberId) {
        let offers = self.offering.iter().copied().filter(|by| {
            let member = self.members.get(by);
            let offer = member.and_then(|member| member.offer.as_ref());
            offer.is_some_and(|offer| *by == id || offer.to == id)
        });
        let offers: Vec<MemberId> = offers.collect();
        for by in offers {
            self.withdraw(step, by, OfferEnd::Gone);
        }
    }
}

/// The player who sends a line.
pub(super) fn player(by: &Sender) -> Player {
    Player {
        id: by.id,
        name: Arc::clone(&by.name),
    }
}

/// The words before `computer` and a level, if the words end so.
pub(super) fn computer<'a, 'w>(words: &'a [&'w str]) -> Option<(&'a [&'w str], Skill)> {
    let is_computer = |word: &str| word.eq_ignore_ascii_case(COMPUTER_NAME);
    match words {
        [rest @ .., name] if is_computer(name) => Some((rest, LEVEL)),
        [rest @ .., name, level] if is_computer(name) => Some((rest, Skill::named(level)?)),
        _ => None,
    }
}

/// The game at the start of these words, and the words after it.
pub(super) fn game_and_rest(words: &str) -> Option<(&'static Entry, Vec<&str>)> {
    let words: Vec<&str> = words.split_whitespace().collect();
    // No game has a name of more words.
    (1..=words.len().min(4)).rev().find_map(|count| {
        let (name, rest) = words.split_at_checked(count)?;
        let game = games::find_called(&name.concat()).filter(|game| game.is_refereed())?;
        Some((game, rest.to_vec()))
    })
}

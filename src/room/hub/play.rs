//! The games of a room: offers, players and watchers.

use super::{Hub, Recipient, Sender, Step};
use crate::games::{self, Entry, GameId, Seat};
use crate::room::command::RoomCommand;
use crate::room::member::{GameOffer, Member};
use crate::room::notice::{OfferEnd, RoomNotice};
use crate::room::refusal::RoomRefusal;
use crate::room::table::{Eye, GameTable, Player, TableId};
use crate::wire::{End, MemberId, What};
use std::sync::Arc;

/// Maximum number of words after the game in an offer: more than a name, which has at most 10, and
/// the options of any game have together. Every split is tried, so more words would take long.
const OFFER_WORDS: usize = 16;

impl Hub {
    /// Offers a game. The words are the game, its options, and the name of a member.
    pub(super) fn offer(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (game, rest) = game_and_rest(words).ok_or(RoomRefusal::UnknownGame)?;
        if rest.is_empty() {
            return Err(RoomRefusal::Usage(RoomCommand::Play));
        }
        if rest.len() > OFFER_WORDS {
            return Err(RoomRefusal::UnknownGame);
        }
        // Options and name may both contain spaces.
        let mut splits = (0..rest.len()).filter_map(|at| {
            let (options, name) = rest.split_at_checked(at)?;
            let options = game.options(&options.join(" ").to_lowercase())?;
            Some((options, name.join(" ")))
        });
        let (options, to) = splits
            .clone()
            .find_map(|(options, name)| Some((options, self.called(&name)?)))
            .ok_or_else(|| match splits.next() {
                Some((_, name)) => super::obey::nobody(&name),
                None => RoomRefusal::UnknownGame,
            })?;
        let (other, connection) = self.partner(by, to)?;
        if self.seat_of(by.id).is_some() {
            return Err(RoomRefusal::YouPlay);
        }
        if self.seat_of(to).is_some() {
            return Err(RoomRefusal::Plays(other));
        }
        self.withdraw(step, by.id, OfferEnd::Withdrawn);
        if let Some(member) = self.members.get_mut(&by.id) {
            member.offer = Some(GameOffer { to, game, options });
        }
        let name = Arc::clone(&by.name);
        step.tell(connection, RoomNotice::Offered { by: name, game });
        step.tell(by.reader, RoomNotice::Offering { to: other, game });
        Ok(())
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
        let id = self.offerer(by, name)?;
        let Some(member) = self.members.get_mut(&id) else {
            return Err(RoomRefusal::NoOffer);
        };
        let Some(GameOffer { game, options, .. }) = member.offer.take() else {
            return Err(RoomRefusal::NoOffer);
        };
        let with = member.nick.shared();
        let first = Player {
            id: by.id,
            name: Arc::clone(&by.name),
        };
        let second = Player {
            id,
            name: Arc::clone(&with),
        };
        let game_id = GameId(self.chance.bytes());
        let table = GameTable::new(game, &options, game_id, [first, second]);
        self.last_table = TableId(self.last_table.0 + 1);
        let table_id = self.last_table;
        for id in [by.id, id] {
            if let Some(member) = self.members.get_mut(&id) {
                member.playing = Some(table_id);
            }
        }
        let game = game.name.to_owned();
        self.post(step, by.id, What::Began { game, with });
        for id in [by.id, id] {
            self.forget_offers(step, id);
        }
        for seat in [Seat::First, Seat::Second] {
            if let Some(reader) = self.reader(table.player(seat).id) {
                step.tell(reader, table.intro(seat));
                step.tell(reader, RoomNotice::Board(table.view(Eye::Player(seat))));
            }
        }
        self.tables.insert(table_id, table);
        Ok(())
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
        let Some(GameOffer { to, game, .. }) = member.offer.take() else {
            return;
        };
        let by = member.nick.shared();
        let Some(other) = self.members.get(&to).map(|member| member.nick.shared()) else {
            return;
        };
        for reader in [id, to].into_iter().filter_map(|id| self.reader(id)) {
            let (by, to) = (Arc::clone(&by), Arc::clone(&other));
            step.tell(reader, RoomNotice::NoGame { by, to, game, why });
        }
    }

    /// Ends all offers from and to this member.
    pub(super) fn forget_offers(&mut self, step: &mut Step<'_>, id: MemberId) {
        let offers = self.members.iter().filter(|(by, member)| {
            let offer = member.offer.as_ref();
            offer.is_some_and(|offer| **by == id || offer.to == id)
        });
        let offers: Vec<MemberId> = offers.map(|(by, _)| *by).collect();
        for by in offers {
            self.withdraw(step, by, OfferEnd::Gone);
        }
    }

    /// The table and the seat of a player.
    fn seat_of(&self, id: MemberId) -> Option<(TableId, Seat)> {
        let table = self.members.get(&id)?.playing?;
        let seat = self.tables.get(&table)?.seat(id)?;
        Some((table, seat))
    }

    /// Where a member or the host reads; `None` for a disconnected member.
    fn reader(&self, id: MemberId) -> Option<Recipient> {
        if id == MemberId::HOST {
            return Some(Recipient::Host);
        }
        let connection = self.members.get(&id).and_then(Member::connection);
        connection.map(Recipient::Connection)
    }

    /// Everybody who sees a table, and what they may see.
    fn audience(&self, id: TableId, table: &GameTable) -> Vec<(Recipient, Eye)> {
        let mut audience = Vec::new();
        for (member_id, member) in &self.members {
            let eye = match (member.playing, table.seat(*member_id)) {
                (Some(playing), Some(seat)) if playing == id => Eye::Player(seat),
                _ if member.watching == Some(id) => Eye::Onlooker,
                _ => continue,
            };
            audience.extend(
                member
                    .connection()
                    .map(|connection| (Recipient::Connection(connection), eye)),
            );
        }
        if self.host_watches == Some(id) {
            audience.push((Recipient::Host, Eye::Onlooker));
        }
        audience
    }

    pub(super) fn play(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (id, seat) = self.seat_of(by.id).ok_or(RoomRefusal::NoGame)?;
        let Some(table) = self.tables.get_mut(&id) else {
            return Err(RoomRefusal::NoGame);
        };
        let words = table.play(seat, words, &mut self.chance)?;
        let Some(table) = self.tables.get(&id) else {
            return Ok(());
        };
        for (reader, eye) in self.audience(id, table) {
            if eye != Eye::Player(seat) {
                let (by, words) = (Arc::clone(&by.name), words.clone());
                step.tell(reader, RoomNotice::Moved { by, words });
            }
            if let Some(news) = table.news(eye) {
                step.tell(reader, news);
            }
            step.tell(reader, RoomNotice::Board(table.view(eye)));
        }
        match table.outcome() {
            Some(Some(winner)) => self.end(step, id, winner, End::Won),
            Some(None) => self.end(step, id, seat, End::Drawn),
            None => {}
        }
        Ok(())
    }

    pub(super) fn resign(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let (id, seat) = self.seat_of(by.id).ok_or(RoomRefusal::NoGame)?;
        self.end(step, id, seat, End::Resigned);
        Ok(())
    }

    /// A member that has left, or is disconnected for too long, loses its game.
    pub(super) fn forfeit(&mut self, step: &mut Step<'_>, id: MemberId) {
        if let Some((table, seat)) = self.seat_of(id) {
            self.end(step, table, seat, End::Forfeited);
        }
    }

    /// Ends the game at this table, with this result for `seat`.
    fn end(&mut self, step: &mut Step<'_>, id: TableId, seat: Seat, end: End) {
        let Some(table) = self.tables.remove(&id) else {
            return;
        };
        let what = What::Ended {
            game: table.game.name.to_owned(),
            with: Arc::clone(&table.player(seat.other()).name),
            end,
        };
        self.post(step, table.player(seat).id, what);
        for member in self.members.values_mut() {
            for at in [&mut member.playing, &mut member.watching] {
                at.take_if(|at| *at == id);
            }
        }
        self.host_watches.take_if(|at| *at == id);
    }

    /// The table at which somebody plays, or else the one that they watch.
    fn table_of(&self, id: MemberId) -> Option<(&GameTable, Eye)> {
        if let Some((table, seat)) = self.seat_of(id) {
            return Some((self.tables.get(&table)?, Eye::Player(seat)));
        }
        let watched = match self.members.get(&id) {
            Some(member) => member.watching,
            None => self.host_watches,
        };
        Some((self.tables.get(&watched?)?, Eye::Onlooker))
    }

    pub(super) fn board(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let (table, eye) = self.table_of(by.id).ok_or(RoomRefusal::NoGame)?;
        step.tell(by.reader, RoomNotice::Board(table.view(eye)));
        Ok(())
    }

    /// Shows the board to a player who has returned.
    pub(super) fn show_table(&mut self, step: &mut Step<'_>, id: MemberId) {
        if let (Some((table, eye)), Some(reader)) = (self.table_of(id), self.reader(id)) {
            step.tell(reader, RoomNotice::Board(table.view(eye)));
        }
    }

    /// Starts or stops watching a game.
    pub(super) fn watch(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        name: &str,
    ) -> Result<(), RoomRefusal> {
        let id = if !name.is_empty() {
            let (id, member) = self.other(by, name)?;
            let plays = self.seat_of(id).map(|(table, _)| table);
            plays.ok_or_else(|| RoomRefusal::DoesNotPlay(member.nick.shared()))?
        } else if let Some((_, Eye::Onlooker)) = self.table_of(by.id) {
            self.set_watching(by.id, None);
            step.tell(by.reader, RoomNotice::WatchingNoMore);
            return Ok(());
        } else {
            let mut tables = self.tables.iter();
            match (tables.next(), tables.next()) {
                (None, _) => return Err(RoomRefusal::NothingToWatch),
                (Some((id, _)), None) => *id,
                _ => {
                    let players = self
                        .tables
                        .values()
                        .map(|table| &table.player(Seat::First).name);
                    return Err(RoomRefusal::WhichGame(names(players)));
                }
            }
        };
        self.set_watching(by.id, Some(id));
        if let Some(table) = self.tables.get(&id) {
            let players =
                [Seat::First, Seat::Second].map(|seat| Arc::clone(&table.player(seat).name));
            let game = table.game;
            step.tell(by.reader, RoomNotice::Watching { game, players });
            step.tell(by.reader, RoomNotice::Board(table.view(Eye::Onlooker)));
        }
        Ok(())
    }

    fn set_watching(&mut self, by: MemberId, table: Option<TableId>) {
        match self.members.get_mut(&by) {
            Some(member) => member.watching = table,
            None => self.host_watches = table,
        }
    }
}

/// The game at the start of these words, and the words after it.
fn game_and_rest(words: &str) -> Option<(&'static Entry, Vec<&str>)> {
    let words: Vec<&str> = words.split_whitespace().collect();
    // No game has a name of more words.
    (1..=words.len().min(4)).rev().find_map(|count| {
        let (name, rest) = words.split_at_checked(count)?;
        let game = games::find_called(&name.concat()).filter(|game| game.is_refereed())?;
        Some((game, rest.to_vec()))
    })
}

/// The first ten names, separated by commas.
fn names<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> String {
    let names: Vec<&str> = names.map(AsRef::as_ref).take(10).collect();
    names.join(", ")
}

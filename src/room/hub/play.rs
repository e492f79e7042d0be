//! The games of a room: their moves, their ends, and whoever watches.

use super::{Holder, Hub, Recipient, Sender, Step};
use crate::games::{self, Offer, Seat};
use crate::room::command::RoomCommand;
use crate::room::member::LastRoomGame;
use crate::room::notice::{GameEnding, NextMove, RoomNotice};
use crate::room::refusal::{RoomRefusal, names};
use crate::room::table::{COMPUTER, COMPUTER_NAME, GameTable, Player, TableId, Unoffered};
use crate::room::table_record::TableChange;
use crate::sights::Eye;
use crate::wire::{BoardForm, End, MemberId, What};
use std::sync::Arc;

impl Hub {
    /// The table and the seat of a player.
    pub(super) fn seat_of(&self, id: MemberId) -> Option<(TableId, Seat)> {
        let table = self.members.get(&id)?.playing?;
        let seat = self.tables.get(&table)?.seat(id)?;
        Some((table, seat))
    }

    /// Where a member or the host reads; `None` for a disconnected member and for the computer.
    pub(super) fn reader(&self, id: MemberId) -> Option<Recipient> {
        if id == MemberId::HOST {
            return Some(Recipient::Host);
        }
        let connection = self.members.get(&id).and_then(|member| member.connection());
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

    pub(super) fn set_boards(&mut self, reader: Recipient, boards: BoardForm) {
        match reader {
            Recipient::Host | Recipient::Console(_) => self.host_boards = boards,
            Recipient::Connection(connection) => {
                if let Some(Holder::Member(id)) = self.connections.get(&connection)
                    && let Some(member) = self.members.get_mut(id)
                {
                    member.boards = boards;
                }
            }
        }
    }

    pub(super) fn play(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (id, seat) = self.seat_of(by.id).ok_or(RoomRefusal::NoGame)?;
        self.make_move(step, id, seat, words)
    }

    /// Makes the move in `words` for this seat.
    pub(super) fn make_move(
        &mut self,
        step: &mut Step<'_>,
        id: TableId,
        seat: Seat,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let table = self.tables.get_mut(&id).ok_or(RoomRefusal::NoGame)?;
        if let Some(mover) = table.mover().filter(|mover| *mover != seat) {
            let mover = Arc::clone(&table.player(mover).name);
            return Err(RoomRefusal::NotYourMove(mover));
        }
        let offer = table.offer;
        let words = table.play(seat, words, &mut self.chance)?;
        let Some(table) = self.tables.get(&id) else {
            return Ok(());
        };
        let (by, with) = (table.player(seat).clone(), table.player(seat.other()));
        let what = What::Moved {
            game: table.setup.game.name.to_owned(),
            with: Arc::clone(&with.name),
            words: words.clone(),
        };
        let change = TableChange::Set(Arc::new(table.record(id)));
        if offer.is_some_and(|(asker, _)| asker != seat)
            && let Some(reader) = self.reader(with.id)
        {
            step.tell(reader, RoomNotice::GameDeclined(Arc::clone(&by.name)));
        }
        self.post_of_table(step, by.author(), what, change, [None; 2]);
        self.tell_move(step, id, seat, words.as_ref());
        let Some(table) = self.tables.get(&id) else {
            return Ok(());
        };
        match table.outcome() {
            Some(Some(winner)) => self.end(step, id, winner, End::Won),
            Some(None) => self.end(step, id, seat, End::Drawn),
            None => self.think(step, id),
        }
        Ok(())
    }

    /// Tells everybody who sees the table of the last move.
    fn tell_move(&self, step: &mut Step<'_>, id: TableId, seat: Seat, words: Option<&String>) {
        let Some(table) = self.tables.get(&id) else {
            return;
        };
        let by = &table.player(seat).name;
        // The computer's answer is shown together with the move.
        let is_answered = table.outcome().is_none() && table.mover() == table.computers_seat();
        for (reader, eye) in self.audience(id, table) {
            let is_own = eye == Eye::Player(seat);
            let (words, boards) = (words.cloned(), self.boards(reader));
            if !is_own {
                let by = Arc::clone(by);
                step.tell(reader, RoomNotice::Moved { by, words });
            } else if boards == BoardForm::Words {
                step.tell(reader, RoomNotice::YouMoved { words });
            }
            if let Some(news) = table.news(eye) {
                step.tell(reader, news);
            }
            let is_sent = self.send_board(step, reader, id, table, eye);
            let view = table.view(eye);
            match boards {
                _ if is_own && is_answered => {}
                BoardForm::Drawing if is_sent => {}
                BoardForm::Drawing => step.tell(reader, RoomNotice::Board(view)),
                BoardForm::Words if view.next == NextMove::Nobodys => {}
                BoardForm::Words => step.tell(reader, RoomNotice::Next(view.next)),
            }
        }
    }

    /// Offers a draw or to take back a move, or accepts that offer.
    pub(super) fn offer_in_game(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        offer: Offer,
    ) -> Result<(), RoomRefusal> {
        let (id, seat) = self.seat_of(by.id).ok_or(RoomRefusal::NoGame)?;
        let table = self.tables.get(&id).ok_or(RoomRefusal::NoGame)?;
        let other = table.player(seat.other()).clone();
        if offer == Offer::Undo || other.id == COMPUTER {
            self.may_get_help(id)?;
        }
        let table = self.tables.get_mut(&id).ok_or(RoomRefusal::NoGame)?;
        match table.offer {
            Some((asker, open)) if asker != seat && open == offer => {
                if let Some(reader) = self.reader(other.id) {
                    let by = Some(Arc::clone(&by.name));
                    step.tell(reader, RoomNotice::GameAgreed(offer, by));
                }
                step.tell(by.reader, RoomNotice::GameAgreed(offer, None));
                self.agree(step, id, asker, offer);
                return Ok(());
            }
            Some(_) => return Err(RoomRefusal::OfferOpen),
            None => {}
        }
        match table.takes(seat, offer) {
            Err(Unoffered::Secrets) => return Err(RoomRefusal::NoOffers(offer)),
            Err(Unoffered::NoMove) => return Err(RoomRefusal::NothingToUndo),
            Ok(()) => {}
        }
        if other.id == COMPUTER {
            return self.ask_computer(step, by, id, seat, offer);
        }
        table.offer = Some((seat, offer));
        step.tell(by.reader, RoomNotice::GameOffering(offer, other.name));
        if let Some(reader) = self.reader(other.id) {
            let by = Arc::clone(&by.name);
            step.tell(reader, RoomNotice::GameOffered(offer, by));
        }
        Ok(())
    }

    /// Carries out an offer of `asker` that the other player has accepted.
    pub(super) fn agree(&mut self, step: &mut Step<'_>, id: TableId, asker: Seat, offer: Offer) {
        match offer {
            Offer::Draw => self.end(step, id, asker, End::Drawn),
            Offer::Undo => {
                let Some(table) = self.tables.get_mut(&id) else {
                    return;
                };
                table.offer = None;
                table.take_back(asker);
                let (by, with) = (table.player(asker).clone(), table.player(asker.other()));
                let what = What::Undone {
                    game: table.setup.game.name.to_owned(),
                    with: Arc::clone(&with.name),
                };
                let change = TableChange::Set(Arc::new(table.record(id)));
                self.post_of_table(step, by.author(), what, change, [None; 2]);
                let Some(table) = self.tables.get(&id) else {
                    return;
                };
                for (reader, eye) in self.audience(id, table) {
                    if eye == Eye::Onlooker {
                        step.tell(reader, RoomNotice::TookBack(Arc::clone(&by.name)));
                    }
                    self.show_board(step, reader, id, table, eye);
                }
                self.think(step, id);
            }
        }
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
    pub(super) fn end(&mut self, step: &mut Step<'_>, id: TableId, seat: Seat, end: End) {
        let Some(table) = self.tables.remove(&id) else {
            return;
        };
        self.note_last_board(table.sight(id, Eye::Onlooker));
        let by = table.player(seat).author();
        let what = What::Ended {
            game: table.setup.game.name.to_owned(),
            with: Arc::clone(&table.player(seat.other()).name),
            end,
        };
        let readers = [Seat::First, Seat::Second].map(|at| self.reader(table.player(at).id));
        for (reader, at) in readers.into_iter().zip([Seat::First, Seat::Second]) {
            if let Some(reader) = reader {
                let ending = ending(end, at == seat);
                let with = Arc::clone(&table.player(at.other()).name);
                step.tell(reader, RoomNotice::GameOver { ending, with });
            }
        }
        for (reader, _) in self.audience(id, &table) {
            self.send_end(step, reader, id);
        }
        let but = readers.map(|reader| match reader {
            // Its list of members follows the posts.
            Some(reader) if self.sees(reader).members => None,
            Some(Recipient::Connection(connection)) => Some(connection),
            Some(Recipient::Host | Recipient::Console(_)) | None => None,
        });
        self.post_of_table(step, by, what, TableChange::Over(id.0), but);
        for member in self.members.values_mut() {
            for at in [&mut member.playing, &mut member.watching] {
                at.take_if(|at| *at == id);
            }
        }
        self.host_watches.take_if(|at| *at == id);
        for seat in [Seat::First, Seat::Second] {
            let Player { id: with, name } = table.player(seat.other()).clone();
            if let Some(member) = self.members.get_mut(&table.player(seat).id) {
                member.last_game = Some(Box::new(LastRoomGame {
                    setup: table.setup.clone(),
                    with,
                    name,
                    seat,
                }));
            }
        }
        self.note_contest(step, id, seat, end);
    }

    /// The table at which somebody plays, or else the one that they watch.
    fn table_of(&self, id: MemberId) -> Option<(TableId, &GameTable, Eye)> {
        if let Some((table, seat)) = self.seat_of(id) {
            return Some((table, self.tables.get(&table)?, Eye::Player(seat)));
        }
        let watched = match self.members.get(&id) {
            Some(member) => member.watching,
            None => self.host_watches,
        };
        let table = watched?;
        Some((table, self.tables.get(&table)?, Eye::Onlooker))
    }

    /// The table that somebody sees.
    fn viewed(&self, by: &Sender) -> Result<(TableId, &GameTable, Eye), RoomRefusal> {
        self.table_of(by.id).ok_or(match by.id {
            MemberId::HOST => RoomRefusal::NoBoard,
            _ => RoomRefusal::NoGame,
        })
    }

    pub(super) fn board(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let (id, table, eye) = self.viewed(by)?;
        self.show_board(step, by.reader, id, table, eye);
        Ok(())
    }

    /// Describes the board in words, or has all boards described from now on.
    pub(super) fn describe(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let boards = match words.to_ascii_lowercase().as_str() {
            "" => {
                let (_, table, eye) = self.viewed(by)?;
                step.tell(by.reader, RoomNotice::Described(table.view(eye)));
                return Ok(());
            }
            "on" => BoardForm::Words,
            "off" => BoardForm::Drawing,
            _ => return Err(RoomRefusal::Usage(RoomCommand::Describe)),
        };
        self.set_boards(by.reader, boards);
        step.tell(by.reader, RoomNotice::Shown(boards));
        Ok(())
    }

    /// Shows the board to a player who has returned.
    pub(super) fn show_table(&mut self, step: &mut Step<'_>, id: MemberId) {
        if let (Some((table_id, table, eye)), Some(reader)) = (self.table_of(id), self.reader(id)) {
            self.show_board(step, reader, table_id, table, eye);
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
        } else if let Some((_, _, Eye::Onlooker)) = self.table_of(by.id) {
            self.set_watching(step, by, None);
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
        self.set_watching(step, by, Some(id));
        if let Some(table) = self.tables.get(&id) {
            let players =
                [Seat::First, Seat::Second].map(|seat| Arc::clone(&table.player(seat).name));
            let game = table.setup.game;
            step.tell(by.reader, RoomNotice::Watching { game, players });
            self.show_board(step, by.reader, id, table, self.watching_eye(by, id));
        }
        Ok(())
    }

    /// How somebody who asks to watch a table sees it. A program that draws boards needs to know that
    /// a player still plays there.
    fn watching_eye(&self, by: &Sender, id: TableId) -> Eye {
        match self.seat_of(by.id) {
            Some((table, seat)) if table == id && self.sees(by.reader).boards => Eye::Player(seat),
            _ => Eye::Onlooker,
        }
    }

    fn set_watching(&mut self, step: &mut Step<'_>, by: &Sender, table: Option<TableId>) {
        let watched = match self.members.get_mut(&by.id) {
            Some(member) => &mut member.watching,
            None => &mut self.host_watches,
        };
        let before = std::mem::replace(watched, table);
        let plays = self.seat_of(by.id).map(|(table, _)| table);
        if let Some(before) = before
            && table != Some(before)
            && plays != Some(before)
        {
            self.send_end(step, by.reader, before);
        }
    }

    /// Tells the score against the member of this name or, without one, the last opponent.
    pub(super) fn score(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        name: &str,
    ) -> Result<(), RoomRefusal> {
        let with: Arc<str> = if name.is_empty() {
            let member = self.members.get(&by.id);
            let last = member.and_then(|member| member.last_game.as_ref());
            match (self.table_of(by.id), last) {
                (Some((_, table, Eye::Player(seat))), _) => {
                    Arc::clone(&table.player(seat.other()).name)
                }
                (_, Some(last)) => Arc::clone(&last.name),
                (_, None) => return Err(RoomRefusal::NoLastGame),
            }
        } else {
            match self.called(name) {
                Some(COMPUTER) => COMPUTER_NAME.into(),
                Some(id) => self
                    .members
                    .get(&id)
                    .map_or_else(|| name.into(), |member| member.nick.shared()),
                None => name.into(),
            }
        };
        let games = self.results.between(&by.name, &with);
        if games.is_empty() && self.called(&with).is_none() {
            return Err(RoomRefusal::nobody(&with));
        }
        step.tell(by.reader, RoomNotice::Score { with, games });
        Ok(())
    }

    /// Tells the results of all members.
    pub(super) fn tell_results(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let game = match words {
            "" => None,
            words => Some(
                games::find_called(words)
                    .ok_or(RoomRefusal::UnknownGame)?
                    .name,
            ),
        };
        step.tell(by.reader, RoomNotice::Results(self.results.words(game)));
        Ok(())
    }
}

/// How a game has ended for a player: for the one whom `end` is about, or for the other one.
fn ending(end: End, is_subject: bool) -> GameEnding {
    match (end, is_subject) {
        (End::Won, true) => GameEnding::Won,
        (End::Won, false) => GameEnding::Lost,
        (End::Resigned, true) => GameEnding::Resigned,
        (End::Resigned, false) => GameEnding::OtherResigned,
        (End::Forfeited, true) => GameEnding::TooLate,
        (End::Forfeited, false) => GameEnding::OtherLeft,
        (End::Late, true) => GameEnding::TookTooLong,
        (End::Late, false) => GameEnding::OtherTookTooLong,
        (End::Drawn | End::Abandoned | End::Other, _) => GameEnding::Drawn,
    }
}

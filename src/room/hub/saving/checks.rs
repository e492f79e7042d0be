//! What has to be true of a state so that the hub can rely on it.

use super::super::{Holder, Hub, RoomStage};
use crate::games::Seat;
use crate::room::budget::Origin;
use crate::room::contest::ContestStage;
use crate::room::table::{COMPUTER, TableId};
use crate::wire::MemberId;
use std::collections::{BTreeSet, HashMap};

/// Numbers are counted up from the loaded ones, and must not overflow in any lifetime.
const HIGHEST: u64 = u64::MAX / 2;

/// Why a state is refused.
type Contradiction = &'static str;

fn ensure(is_true: bool, otherwise: Contradiction) -> Result<(), Contradiction> {
    if is_true { Ok(()) } else { Err(otherwise) }
}

impl Hub {
    /// Checks that the parts of a loaded state fit together.
    pub(super) fn check(&self) -> Result<(), Contradiction> {
        self.check_numbers()?;
        self.check_posts()?;
        self.check_members()?;
        self.check_connections()?;
        self.check_tables()?;
        self.check_contest()
    }

    fn check_numbers(&self) -> Result<(), Contradiction> {
        let Self {
            last_member,
            last,
            last_table,
            last_thought,
            ..
        } = self;
        let highest = [last_member.0, last.0, last_table.0, last_thought.0];
        ensure(
            highest.iter().all(|number| *number <= HIGHEST),
            "a number is too high",
        )?;
        let members = self.members.keys().chain(self.departed.keys());
        let mut members = members.copied();
        ensure(
            members.all(|id| id > MemberId::HOST && id <= *last_member),
            "a member has a number that was not given yet",
        )?;
        ensure(
            self.tables.keys().all(|id| id <= last_table),
            "a table has a number that was not given yet",
        )?;
        ensure(
            self.thoughts.keys().all(|id| id <= last_thought),
            "a problem has a number that was not given yet",
        )?;
        ensure(
            self.results.are_countable(),
            "a score is higher than anybody's",
        )?;
        let rate = self.settings.rate;
        ensure(
            rate.is_none_or(|rate| rate.is_possible()),
            "the rate of lines is impossible",
        )
    }

    fn check_posts(&self) -> Result<(), Contradiction> {
        let (announced, stored, last) = (self.announced, self.stored, self.last);
        ensure(
            announced <= stored && stored <= last,
            "posts are announced before they are stored",
        )?;
        let unstored = self.unstored.iter().map(|unstored| unstored.post.id.0);
        ensure(
            unstored.eq(stored.0 + 1..=last.0),
            "posts that are not stored are missing",
        )?;
        ensure(self.gathering.is_counted(), "held posts are miscounted")
    }

    fn check_members(&self) -> Result<(), Contradiction> {
        let members = || self.members.iter();
        let present = members().filter(|(_, member)| member.here().is_some());
        ensure(
            present.map(|(id, _)| id).eq(&self.present),
            "it is unclear who is connected",
        )?;
        let offering = members().filter(|(_, member)| member.offer.is_some());
        ensure(
            offering.map(|(id, _)| id).eq(&self.offering),
            "it is unclear who offers a game",
        )?;
        let mut crowds: HashMap<Origin, usize> = HashMap::new();
        for origin in members().filter_map(|(_, member)| member.origin) {
            *crowds.entry(origin).or_default() += 1;
        }
        ensure(crowds == self.crowds, "the members are miscounted")?;
        let is_known = |id: &MemberId| {
            matches!(*id, MemberId::HOST | COMPUTER) || self.members.contains_key(id)
        };
        ensure(
            self.names.values().all(is_known),
            "a name belongs to nobody",
        )?;
        let mut nicks = members().flat_map(|(id, member)| {
            let keys = member.nick.keys().into_iter();
            keys.map(move |key| (key, id))
        });
        ensure(
            nicks.all(|(key, id)| self.names.get(&key) == Some(id)),
            "a member has the name of another one",
        )
    }

    fn check_connections(&self) -> Result<(), Contradiction> {
        if self.stage == RoomStage::Over {
            return Ok(());
        }
        let held = self.connections.iter().filter_map(|(connection, holder)| {
            let Holder::Member(id) = holder else {
                return None;
            };
            Some((*connection, *id))
        });
        let held: BTreeSet<_> = held.collect();
        let members = self.members.iter();
        let here = members.filter_map(|(id, member)| Some((member.connection()?, *id)));
        ensure(
            here.collect::<BTreeSet<_>>() == held,
            "it is unclear whose connection is whose",
        )
    }

    fn check_tables(&self) -> Result<(), Contradiction> {
        for (id, table) in &self.tables {
            let players = [Seat::First, Seat::Second].map(|seat| table.player(seat).id);
            let [first, second] = players;
            let is_there = |player: MemberId| {
                let member = self.members.get(&player);
                player == COMPUTER || member.is_some_and(|member| member.playing == Some(*id))
            };
            ensure(
                first != second && players.into_iter().all(is_there),
                "a game has no players",
            )?;
            ensure(table.outcome().is_none(), "a game is over")?;
            ensure(
                table.changes <= HIGHEST && table.renames <= HIGHEST,
                "a number is too high",
            )?;
        }
        let is_table = |id: TableId| self.tables.contains_key(&id);
        for (id, member) in &self.members {
            let plays = member.playing.is_none_or(|table| {
                let table = self.tables.get(&table);
                table.is_some_and(|table| table.seat(*id).is_some())
            });
            ensure(
                plays && member.watching.is_none_or(is_table),
                "a member is at no table",
            )?;
        }
        ensure(
            self.host_watches.is_none_or(is_table),
            "the host watches no table",
        )
    }

    fn check_contest(&self) -> Result<(), Contradiction> {
        let Some(contest) = &self.contest else {
            return Ok(());
        };
        ensure(contest.is_consistent(), "a tournament is against its rules")?;
        match &contest.stage {
            ContestStage::Entries { .. } => Ok(()),
            ContestStage::Games(games) => ensure(
                games.tables().all(|table| self.tables.contains_key(&table)),
                "a game of a tournament is at no table",
            ),
        }
    }
}

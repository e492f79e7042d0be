//! Games after a restart of the server.

use super::{Hub, Step};
use crate::room::table::{GameTable, TableId};
use crate::room::table_record::{TableChange, TableRecord};
use crate::wire::{Author, End, MemberId, What};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Hub {
    /// Restores the stored games whose players can return. The others are reported on the first
    /// tick.
    pub(super) fn restore_tables(&mut self, records: &BTreeMap<u64, Arc<TableRecord>>) {
        for (number, record) in records {
            let id = TableId(*number);
            self.last_table = self.last_table.max(id);
            let players = record.players.iter().filter_map(|player| player.member);
            let players: Vec<MemberId> = players.collect();
            let names = |id| self.members.get(&id).map(|member| member.nick.shared());
            let table = GameTable::restored(record, &mut self.models, names);
            let is_free = |id: &MemberId| {
                let member = self.members.get(id);
                member.is_some_and(|member| member.playing.is_none())
            };
            let all_free = !players.is_empty() && players.iter().all(is_free);
            let table = table.filter(|table| {
                all_free && record.players[0] != record.players[1] && table.outcome().is_none()
            });
            let Some(table) = table else {
                self.abandoned.push(Arc::clone(record));
                continue;
            };
            for player in players {
                if let Some(member) = self.members.get_mut(&player) {
                    member.playing = Some(id);
                }
            }
            self.tables.insert(id, table);
        }
    }

    /// Reports the games that could not be restored.
    pub(super) fn report_abandoned(&mut self, step: &mut Step<'_>) {
        for record in std::mem::take(&mut self.abandoned) {
            let [first, second] = &record.players;
            let what = What::Ended {
                game: record.game.clone(),
                with: Arc::clone(&second.name),
                end: End::Abandoned,
            };
            // The player may be no member any more, so the room reports.
            let by = Author {
                id: MemberId::HOST,
                name: Arc::clone(&first.name),
            };
            let change = TableChange::Over(record.number);
            self.post_of_table(step, by, what, change, [None; 2]);
        }
    }
}

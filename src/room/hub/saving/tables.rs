//! Tables as data: a record of each, and what a record leaves out.

use crate::games::{Offer, Seat};
use crate::room::setup::Models;
use crate::room::table::{GameTable, TableId};
use crate::room::table_record::TableRecord;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// A table.
#[derive(Serialize, Deserialize)]
struct SavedTable {
    record: TableRecord,
    offer: Option<(Seat, Offer)>,
    changes: u64,
    renames: u64,
}

pub(in crate::room::hub) fn serialize<S: Serializer>(
    tables: &BTreeMap<TableId, GameTable>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tables.iter().map(|(id, table)| SavedTable {
        record: table.record(*id),
        offer: table.offer,
        changes: table.changes,
        renames: table.renames,
    }))
}

pub(in crate::room::hub) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<TableId, GameTable>, D::Error> {
    let saved = Vec::<SavedTable>::deserialize(deserializer)?;
    let mut models = Models::default();
    let tables = saved.into_iter().map(|saved| {
        let table = GameTable::restored(&saved.record, &mut models, |_| None);
        let mut table = table.ok_or_else(|| D::Error::custom("a game against its rules"))?;
        table.offer = saved.offer;
        table.changes = saved.changes;
        table.renames = saved.renames;
        Ok((TableId(saved.record.number), table))
    });
    tables.collect()
}

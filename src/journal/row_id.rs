//! The ids of rows that belong to a session or a room.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

/// How many bits of an id hold the number of an entry within its owner.
const NUMBER_BITS: u32 = 32;

/// The greatest number that a turn or a post can have.
pub(super) const LAST_NUMBER: u64 = u32::MAX as u64;

/// The greatest number that a session or a room can have.
pub(super) const LAST_OWNER: i64 = i32::MAX as i64;

/// The `id` of a turn or a post: the number of its owner, a session or a room, in the upper 32 bits
/// and its own number in the lower 32. The entries of one owner are thereby adjacent and in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowId(i64);

impl RowId {
    /// The id of the entry with this number; a number above [`LAST_NUMBER`] counts as the last.
    pub(super) fn new(owner: i64, number: u64) -> Self {
        Self(owner << NUMBER_BITS | number.min(LAST_NUMBER).cast_signed())
    }

    /// The first and the last id that an entry of `owner` can have.
    pub(super) fn range(owner: i64) -> (Self, Self) {
        (Self::new(owner, 0), Self::new(owner, LAST_NUMBER))
    }

    /// The number of the session or room.
    pub(super) fn owner(self) -> i64 {
        self.0 >> NUMBER_BITS
    }

    /// The number of the entry.
    pub(super) fn number(self) -> u64 {
        self.0.cast_unsigned() & LAST_NUMBER
    }
}

impl ToSql for RowId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for RowId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// The SQL condition under which a row of `entries` belongs to the row of `owners` beside it.
pub(super) fn belongs(entries: &str, owners: &str) -> String {
    format!(
        "{entries}.id BETWEEN {owners}.id << {NUMBER_BITS}
            AND {owners}.id << {NUMBER_BITS} | {LAST_NUMBER}"
    )
}

/// The SQL expression for the number of the session or room to which a row of `entries` belongs.
pub(super) fn owner_of(entries: &str) -> String {
    format!("{entries}.id >> {NUMBER_BITS}")
}

#[cfg(test)]
mod tests {
    use super::{LAST_NUMBER, LAST_OWNER, RowId, belongs, owner_of};
    use rusqlite::Connection;

    #[test]
    fn owner_and_number_are_read_back() {
        for (owner, number) in [(1, 0), (1, 1), (7, LAST_NUMBER), (LAST_OWNER, LAST_NUMBER)] {
            let id = RowId::new(owner, number);
            assert_eq!((id.owner(), id.number()), (owner, number));
        }
        assert_eq!(RowId::new(1, u64::MAX), RowId::new(1, LAST_NUMBER));
    }

    #[test]
    fn sql_and_code_agree() -> rusqlite::Result<()> {
        let db = Connection::open_in_memory()?;
        db.execute_batch("CREATE TABLE heads (id INTEGER); CREATE TABLE entries (id INTEGER);")?;
        let owners = [1, 2, LAST_OWNER];
        for owner in owners {
            db.execute("INSERT INTO heads VALUES (?)", [owner])?;
            let (first, last) = RowId::range(owner);
            db.execute("INSERT INTO entries VALUES (?), (?)", (first, last))?;
        }
        let pairs = format!(
            "SELECT heads.id, entries.id, {} FROM heads JOIN entries ON {}
             ORDER BY entries.id",
            owner_of("entries"),
            belongs("entries", "heads")
        );
        let mut query = db.prepare(&pairs)?;
        let rows = query.query_map([], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, RowId>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        assert_eq!(rows.len(), 2 * owners.len());
        for (head, id, owner) in rows {
            assert_eq!((head, head), (id.owner(), owner));
        }
        Ok(())
    }
}

//! A journal for the unit tests.

use super::{Journal, JournalError};
use tempfile::TempDir;

impl Journal {
    /// A journal in a new folder, with this many turns in session 1.
    #[expect(clippy::expect_used, reason = "a test needs its folder")]
    pub(super) fn with_turns(turns: i64) -> Result<(Self, TempDir), JournalError> {
        let folder = TempDir::new().expect("a temporary folder");
        let journal = Self::open(folder.path())?;
        journal.db.execute(
            "INSERT INTO sessions (role, ticket, dialect, host, port, began)
             VALUES ('client', zeroblob(16), 'raw', 'localhost', 1059, 0)",
            [],
        )?;
        journal.db.execute(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?)
             INSERT INTO turns SELECT (1 << 32) | n, 'client', 'turn', n, zeroblob(32), NULL
             FROM number",
            [turns],
        )?;
        Ok((journal, folder))
    }

    /// A journal in a new folder, with this many messages in room 1.
    #[expect(clippy::expect_used, reason = "a test needs its folder")]
    pub(crate) fn with_posts(posts: i64) -> Result<(Self, TempDir), JournalError> {
        let folder = TempDir::new().expect("a temporary folder");
        let journal = Self::open(folder.path())?;
        journal.db.execute(
            "INSERT INTO rooms (name, port, last_member) VALUES ('', 1059, 1)",
            [],
        )?;
        journal.db.execute(
            r#"WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?)
             INSERT INTO posts (id, at, member, name, what)
             SELECT (1 << 32) | n, n, 1, 'ann', '{"what":"said","text":"post"}'
             FROM number"#,
            [posts],
        )?;
        Ok((journal, folder))
    }

    /// How many rows this table has.
    pub(super) fn count(&self, table: &str) -> Result<i64, JournalError> {
        let count = format!("SELECT count(*) FROM {table}");
        Ok(self.db.query_row(&count, [], |row| row.get(0))?)
    }
}

//! The file of the journal, opened.

use super::error::{JournalError, Problem};
use super::files::{self, FILE};
use super::moment::Moment;
use super::schema;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait while another program has the file locked. The session pauses until then.
const PATIENCE: Duration = Duration::from_secs(1);

/// A file with all sessions and rooms of a person. Several programs may have it open.
#[derive(Debug)]
pub struct Journal {
    pub(super) db: Connection,
    pub(super) folder: PathBuf,
}

impl Journal {
    /// The system's folder for the data of this program and this person.
    ///
    /// # Errors
    /// [`JournalError::NoFolder`] if the system names none.
    pub fn default_folder() -> Result<PathBuf, JournalError> {
        directories::ProjectDirs::from("", "", "tictalk")
            .map(|folders| folders.data_dir().to_owned())
            .ok_or(JournalError::NoFolder)
    }

    /// Opens the journal in `folder`, and creates both if they are missing. Makes them readable
    /// only by their owner.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(FILE);
        let begun = Instant::now();
        loop {
            match Self::open_file(folder) {
                // If two programs create the file at once, SQLite fails in one of them immediately,
                // without its usual wait.
                Err(JournalError::Use(Problem::Locked)) if begun.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(10));
                }
                Err(JournalError::Use(problem)) => {
                    return Err(JournalError::Open { path, problem });
                }
                opened => return opened,
            }
        }
    }

    /// Opens the journal in `folder`, if there is one.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, JournalError> {
        let path = folder.join(FILE);
        match fs::symlink_metadata(&path) {
            Ok(_) => Self::open(folder).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let problem = error.into();
                Err(JournalError::Open { path, problem })
            }
        }
    }

    fn open_file(folder: &Path) -> Result<Self, JournalError> {
        files::prepare(folder)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(folder.join(FILE), flags)?;
        schema::distrust(&db)?;
        db.busy_timeout(PATIENCE)?;
        // Checked before the pragmas, which change the file.
        let is_current = schema::is_current(&mut db)?;
        files::make_private(folder)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        if !is_current {
            schema::migrate(&mut db)?;
        }
        let folder = folder.to_owned();
        Ok(Self { db, folder })
    }

    /// `moment` in the time zone of this program: `2026-11-20 09:30`. A time outside the years 0 to
    /// 9999 is replaced by the nearest one inside.
    ///
    /// SQLite formats it, since it already asks the system for the time zone; a library would bring
    /// a second reader of time zones.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub(crate) fn local_time(&self, moment: Moment) -> Result<String, JournalError> {
        let mut query = self.db.prepare_cached(
            "SELECT strftime('%Y-%m-%d %H:%M', ? / 1000, 'unixepoch', 'localtime')",
        )?;
        let time: Option<String> = query.query_row([moment.0], |row| row.get(0))?;
        let nearest = if moment.0 < 0 {
            "0000-01-01 00:00"
        } else {
            "9999-12-31 23:59"
        };
        Ok(time.unwrap_or_else(|| nearest.to_owned()))
    }
}

//! The results of a tournament that is not over yet, in a file: one line of JSON for each game.
//!
//! A line counts once it is whole, so a process may be killed at any moment. The file is locked while
//! the tournament runs, and removed after it.

use super::error::ArenaError;
use crate::files::{self, FileError, Owner};
use crate::hex;
use crate::tournament::GameResult;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The most that is read of a file, in bytes: more than a million games.
const LONGEST: u64 = 1 << 28;

/// The folder of these files, in the folder of the journal.
const FOLDER: &str = "tournaments";

/// The end of the names of files with the standard error of a program.
const ERRORS: &str = ".stderr.txt";

/// How many digits of a digest name a tournament.
const DIGITS: usize = 16;

/// The results so far, in a file or nowhere.
#[derive(Debug)]
pub(super) struct ResultsFile {
    place: Option<ResultsPlace>,
}

#[derive(Debug)]
struct ResultsPlace {
    file: File,
    path: PathBuf,
}

/// The digits that name the tournament of this description.
#[must_use]
pub(super) fn key(description: &str) -> String {
    let mut digits = hex::digits(&Sha256::digest(description));
    digits.truncate(DIGITS);
    digits
}

/// The path of the standard error of a program that lost this game by a fault.
fn errors_path(folder: &Path, key: &str, game: u32) -> PathBuf {
    folder.join(FOLDER).join(format!("{key}-{game}{ERRORS}"))
}

/// Writes the standard error of a program that lost this game by a fault to a new file. Its path.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn write_errors(
    folder: &Path,
    key: &str,
    game: u32,
    errors: &[u8],
) -> Result<PathBuf, FileError> {
    let path = errors_path(folder, key, game);
    // The game may have been played before, by a process that was killed before it had a result.
    let _ = fs::remove_file(&path);
    let mut options = File::options();
    let mut file = files::open(&path, Owner::MeOrRoot, options.write(true).create_new(true))?;
    file.write_all(errors)?;
    Ok(path)
}

/// Removes the files that [`write_errors`] has written for the tournament `key`.
fn remove_errors(folder: &Path, key: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let game = name.and_then(|name| name.strip_prefix(key)?.strip_prefix('-'));
        if game.is_some_and(|game| game.ends_with(ERRORS)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The use of the results of an interrupted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierResults {
    /// They count.
    Continue,
    /// They are removed, and all games are played.
    Forget,
}

impl ResultsFile {
    /// Opens the file of the tournament `key`, described by this line, and reads the earlier results
    /// in it. Where there are none, the tournament begins: the standard error that was kept of an
    /// earlier one is removed.
    ///
    /// # Errors
    /// [`ArenaError::Results`], [`ArenaError::NotResults`] if the file begins with another line, and
    /// [`ArenaError::Running`] if another process has it open.
    pub(super) fn open(
        folder: &Path,
        key: &str,
        description: &str,
        earlier: EarlierResults,
    ) -> Result<(Self, Vec<GameResult>), ArenaError> {
        let folder = folder.join(FOLDER);
        let path = folder.join(format!("{key}.jsonl"));
        let failed = |error: FileError| ArenaError::Results {
            path: path.clone(),
            error,
        };
        let mut folders = fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            folders.mode(0o700);
        }
        let made = folders.recursive(true).create(&folder);
        made.map_err(|error| failed(error.into()))?;
        let mut options = File::options();
        options.read(true).append(true).create(true);
        let mut file = files::open(&path, Owner::MeOrRoot, &mut options).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ArenaError::Running),
            Err(TryLockError::Error(error)) => return Err(failed(error.into())),
        }
        let mut text = Vec::new();
        if earlier == EarlierResults::Continue {
            let read = (&mut file).take(LONGEST).read_to_end(&mut text);
            read.map_err(|error| failed(error.into()))?;
        }
        let Some((results, whole)) = read_results(&text, description) else {
            return Err(ArenaError::NotResults(path));
        };
        let cut = file.set_len(whole).and_then(|()| match whole {
            0 => remove_errors(&folder, key),
            _ => Ok(()),
        });
        cut.map_err(|error| failed(error.into()))?;
        let mut this = Self {
            place: Some(ResultsPlace { file, path }),
        };
        if whole == 0 {
            this.write(description)?;
        }
        Ok((this, results))
    }

    /// No file: nothing outlives this process.
    #[must_use]
    pub(super) fn none() -> Self {
        Self { place: None }
    }

    /// Adds a result. Once this returns, it survives the process.
    ///
    /// # Errors
    /// [`ArenaError::Results`].
    pub(super) fn add(&mut self, result: &GameResult) -> Result<(), ArenaError> {
        match serde_json::to_string(result) {
            Ok(line) => self.write(&line),
            Err(error) => Err(ArenaError::System(error.into())),
        }
    }

    /// The tournament is over: removes the file.
    ///
    /// # Errors
    /// [`ArenaError::Results`].
    pub(super) fn remove(self) -> Result<(), ArenaError> {
        match self.place {
            Some(ResultsPlace { path, file }) => {
                // Windows removes no file that is open.
                drop(file);
                let removed = fs::remove_file(&path);
                removed.map_err(|error| ArenaError::Results {
                    path,
                    error: error.into(),
                })
            }
            None => Ok(()),
        }
    }

    fn write(&mut self, line: &str) -> Result<(), ArenaError> {
        let Some(ResultsPlace { file, path }) = &mut self.place else {
            return Ok(());
        };
        let written = file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|error| ArenaError::Results {
            path: path.clone(),
            error: error.into(),
        })
    }
}

/// The results in a file of the tournament of this description, and how many bytes of it are whole
/// lines. `None` if another line is the first one. A damaged line has no result: its game is played
/// again.
fn read_results(text: &[u8], description: &str) -> Option<(Vec<GameResult>, u64)> {
    let whole = text.iter().rposition(|byte| *byte == b'\n');
    let whole = whole.map_or(0, |end| end + 1);
    let mut lines = text.get(..whole)?.split(|byte| *byte == b'\n');
    match whole {
        // The process was killed before the first line was whole.
        0 if description.as_bytes().starts_with(text) => return Some((Vec::new(), 0)),
        0 => return None,
        _ if lines.next() != Some(description.as_bytes()) => return None,
        _ => {}
    }
    let results = lines.filter_map(|line| serde_json::from_slice(line).ok());
    Some((results.collect(), whole as u64))
}

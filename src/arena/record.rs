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
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The most that is read of a file, in bytes: more than a million games.
const LONGEST: u64 = 1 << 28;

/// The folder of these files, in the folder of the journal.
const FOLDER: &str = "tournaments";

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
#[must_use]
pub(super) fn errors_path(folder: &Path, key: &str, game: u32) -> PathBuf {
    folder.join(FOLDER).join(format!("{key}-{game}.stderr.txt"))
}

impl ResultsFile {
    /// Opens the file of the tournament `key`, described by this line, and reads the results in it.
    ///
    /// # Errors
    /// [`ArenaError::Results`], and [`ArenaError::Running`] if another process has it open.
    pub(super) fn open(
        folder: &Path,
        key: &str,
        description: &str,
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
        let mut file = files::open(&path, Owner::Me, &mut options).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ArenaError::Running),
            Err(TryLockError::Error(error)) => return Err(failed(error.into())),
        }
        let mut text = Vec::new();
        let read = (&mut file).take(LONGEST).read_to_end(&mut text);
        read.map_err(|error| failed(error.into()))?;
        let (results, whole) = read_results(&text, description);
        let mut this = Self {
            place: Some(ResultsPlace { file, path }),
        };
        this.keep(whole)?;
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

    /// Forgets all results.
    ///
    /// # Errors
    /// [`ArenaError::Results`].
    pub(super) fn clear(&mut self, description: &str) -> Result<(), ArenaError> {
        self.keep(0)?;
        self.write(description)
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

    /// Keeps this many bytes.
    fn keep(&mut self, length: u64) -> Result<(), ArenaError> {
        let Some(ResultsPlace { file, path }) = &mut self.place else {
            return Ok(());
        };
        let cut = file
            .set_len(length)
            .and_then(|()| file.seek(SeekFrom::End(0)));
        match cut {
            Ok(_) => Ok(()),
            Err(error) => Err(ArenaError::Results {
                path: path.clone(),
                error: error.into(),
            }),
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

/// The results in a file of the tournament of this description, and how many bytes of it are whole.
fn read_results(text: &[u8], description: &str) -> (Vec<GameResult>, u64) {
    let mut results = Vec::new();
    let mut whole = 0;
    for (at, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let Some(line_text) = line.strip_suffix(b"\n") else {
            break;
        };
        if at == 0 {
            if line_text != description.as_bytes() {
                return (Vec::new(), 0);
            }
        } else {
            match serde_json::from_slice(line_text) {
                Ok(result) => results.push(result),
                Err(_) => break,
            }
        }
        whole += line.len() as u64;
    }
    (results, whole)
}

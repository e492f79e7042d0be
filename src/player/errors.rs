//! The standard error of a program.

use crate::files::{self as safe, FileError, Owner};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the standard error of a program goes.
#[derive(Debug, Clone)]
pub enum ErrorOutput {
    /// To the end of this file. A file over [`FILE_LIMIT`](Self::FILE_LIMIT) bytes is set aside
    /// first: its name ends in `.old` then.
    File(PathBuf),
    /// Into memory: its first [`KEPT_LIMIT`](Self::KEPT_LIMIT) bytes.
    Kept(Arc<Mutex<Vec<u8>>>),
}

impl ErrorOutput {
    /// The most that a process writes to a file, in bytes.
    pub const FILE_LIMIT: u64 = 1 << 20;

    /// The most that is kept in memory, in bytes.
    pub const KEPT_LIMIT: usize = 1 << 16;

    /// Prepares to take in what a new process writes.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(super) fn open(&self) -> io::Result<ErrorSink> {
        Ok(match self {
            Self::File(path) => ErrorSink::File {
                file: open(path)?,
                left: Self::FILE_LIMIT,
            },
            Self::Kept(kept) => ErrorSink::Kept(Arc::clone(kept)),
        })
    }
}

/// Opens the file to append to it, readable only by its owner.
fn open(path: &Path) -> io::Result<File> {
    let mut folders = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        folders.mode(0o700);
    }
    if let Some(folder) = path.parent() {
        folders.recursive(true).create(folder)?;
    }
    if fs::metadata(path).is_ok_and(|about| about.len() > ErrorOutput::FILE_LIMIT) {
        let mut old = path.as_os_str().to_owned();
        old.push(".old");
        fs::rename(path, old)?;
    }
    safe::open(path, Owner::Me, File::options().append(true).create(true)).map_err(|error| {
        match error {
            FileError::System(error) => error,
            other => io::Error::other(format!("{}: {other}", path.display())),
        }
    })
}

/// Takes in what one process writes.
#[derive(Debug)]
pub(super) enum ErrorSink {
    File { file: File, left: u64 },
    Kept(Arc<Mutex<Vec<u8>>>),
}

impl ErrorSink {
    /// Takes in these bytes, as far as the limit allows.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::File { file, left } => {
                let fits = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                let (bytes, _) = bytes.split_at_checked(fits).unwrap_or((bytes, &[]));
                *left -= bytes.len() as u64;
                // A full disk loses what the program says about itself, and nothing of the game.
                let _ = file.write_all(bytes);
            }
            Self::Kept(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let fits = ErrorOutput::KEPT_LIMIT.saturating_sub(kept.len());
                kept.extend(bytes.iter().take(fits));
            }
        }
    }
}

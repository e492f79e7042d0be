//! Locks for things that one running program at a time may use: a room, or a ticket for one.

use super::error::Problem;
use crate::files::{self, Owner};
use crate::hex;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// How many attempts to lock a file that another program replaces in between.
const TRIES: u32 = 16;

/// The suffix of lock files.
pub(super) const SUFFIX: &str = ".lock";

/// Exclusive use of something in a journal for the lifetime of this value: a lock on a small file
/// beside the journal. The system releases the lock when the program ends, even by a crash.
#[derive(Debug)]
pub(super) struct Claim {
    file: File,
    path: PathBuf,
}

impl Claim {
    /// Claims what `words` identify together in the journal of `folder`; `None` if another program
    /// has it. The words may be foreign text: the file's name contains only their digest.
    ///
    /// # Errors
    /// [`Problem::File`].
    pub(super) fn take(folder: &Path, words: &[&str]) -> Result<Option<Self>, Problem> {
        let mut digest = Sha256::new();
        for word in words {
            digest.update(word.len().to_be_bytes());
            digest.update(word);
        }
        let digest = digest.finalize();
        let name = hex::digits(digest.get(..8).unwrap_or_default());
        let path = folder.join(format!("{name}{SUFFIX}"));
        for _ in 0..TRIES {
            let file = files::open(
                &path,
                Owner::Me,
                OpenOptions::new().write(true).create(true),
            )?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            // Its previous holder may have removed the file in between. A lock on a removed file
            // keeps nobody out.
            if is_at(&file, &path) {
                return Ok(Some(Self { file, path }));
            }
        }
        // Another program always takes it first, or the path is a link.
        Ok(None)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Removed before it is unlocked, so that other programs create and lock a new file. A file
        // that cannot be removed does no harm.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Whether `path` still leads to `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |about: fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(there)) => id(file) == id(there),
        _ => false,
    }
}

/// Other systems do not remove open files.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

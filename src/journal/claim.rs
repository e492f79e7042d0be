//! What only one running program can have at a time: a room, or a member's place in one.

use super::Problem;
use crate::files::{self, Owner};
use crate::hex;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// How often the file may turn out to be another one by the time that it is locked.
const TRIES: u32 = 16;

/// How the names of the files end that are locked.
pub(super) const SUFFIX: &str = ".lock";

/// Something in a journal that belongs to this program alone for as long as this lives: the lock on
/// a small file beside the journal. The system takes the lock back when the program ends in any way,
/// so a crash leaves no claim behind.
#[derive(Debug)]
pub(super) struct Claim {
    file: File,
    path: PathBuf,
}

impl Claim {
    /// Claims what these words name together, in the journal of this folder; none where another
    /// program has it. The words may be foreign: of the file's name they are only a digest.
    ///
    /// # Errors
    /// What is wrong with the file.
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
            // Whoever had it before may have removed the file meanwhile: a lock on that one would
            // keep nobody out.
            if is_at(&file, &path) {
                return Ok(Some(Self { file, path }));
            }
        }
        // Somebody always takes it first, or it is a link.
        Ok(None)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While it is locked: what another program locks from now on is another file. One that stays
        // there does no harm.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Whether this is the file that stands at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |about: fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(there)) => id(file) == id(there),
        _ => false,
    }
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

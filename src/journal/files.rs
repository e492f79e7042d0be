//! The files of a journal: their owner, their permissions and their kind.
//!
//! Existing files are examined by name and never opened here. On POSIX systems, closing a file
//! releases all locks that the process holds on it, including those of other connections to the
//! journal.

use super::claim;
use super::error::Problem;
use crate::files::{self, Owner};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The name of the database in its folder.
pub(super) const FILE: &str = "journal.db";

/// Creates the folder and the file if they are missing, readable only by their owner. Checks that
/// the file and those that SQLite keeps beside it are regular files of this user.
///
/// # Errors
/// [`Problem::File`].
pub(super) fn prepare(folder: &Path) -> Result<(), Problem> {
    let mut folders = fs::DirBuilder::new();
    let mut file = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        file.mode(0o600);
    }
    folders.recursive(true).create(folder)?;
    match file.write(true).create_new(true).open(folder.join(FILE)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        created => drop(created?),
    }
    for path in all(folder) {
        match fs::symlink_metadata(&path) {
            Ok(link) => {
                if link.is_symlink() {
                    files::judge_link(&link, Owner::Me)?;
                }
                files::judge(&fs::metadata(&path)?, Owner::Me)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The files of the journal in `folder`.
fn all(folder: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| folder.join(format!("{FILE}{suffix}")))
}

/// Makes the files private, and also the folder if it contains nothing else.
///
/// # Errors
/// [`Problem::File`].
#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    let restrict = |path: &Path, wanted: u32| -> io::Result<()> {
        let about = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            about => about?,
        };
        match about.permissions().mode() & OTHERS {
            0 => Ok(()),
            _ => fs::set_permissions(path, fs::Permissions::from_mode(wanted)),
        }
    };
    for path in all(folder) {
        restrict(&path, 0o600)?;
    }
    if is_own(&fs::metadata(folder)?) && holds_nothing_else(folder)? {
        restrict(folder, 0o700)?;
    }
    Ok(())
}

/// Elsewhere the folder of a user is private already.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(super) fn make_private(_: &Path) -> Result<(), Problem> {
    Ok(())
}

#[cfg(unix)]
fn is_own(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    about.uid() == nix::unistd::geteuid().as_raw()
}

/// Whether a folder contains nothing but the journal. Other users may need its other files.
#[cfg(unix)]
fn holds_nothing_else(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(FILE) && !name.ends_with(claim::SUFFIX) {
            return Ok(false);
        }
    }
    Ok(true)
}

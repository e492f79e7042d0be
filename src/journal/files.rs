//! The files of a journal: whose they are, who can read them, and whether they are files at all.
//!
//! Files that exist are looked at by their names and never opened here: to close a file gives up all
//! locks that this process has on it (POSIX), those of another connection to the journal too.

use super::{FILE, Problem};
use crate::files::{self, Owner};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Makes the folder and the file where they are missing, so that only their owner can read them, and
/// checks that the file and those that SQLite keeps beside it are regular files of this person.
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

/// From now on nobody else can read the files, nor the folder where nothing else is in it.
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

/// The folder of a person is theirs there.
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

/// Whether a folder is there for the journal only. Others use what else is in it.
#[cfg(unix)]
fn holds_nothing_else(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(FILE) && !name.ends_with(super::claim::SUFFIX) {
            return Ok(false);
        }
    }
    Ok(true)
}

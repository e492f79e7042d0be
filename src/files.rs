//! Opens files by name safely: another user may have put something else in their place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Why a file is not opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The path leads to a folder, a pipe, a device, or to a link where none may be.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// The file, or a link to it, belongs to another user.
    #[error("it belongs to another user")]
    Foreign,
    /// Any other error of the system.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// The users whose files may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Only this user.
    Me,
    /// This user or the administrator. The path must not be a link, since the user has not named
    /// the file.
    MeOrRoot,
    /// Any user: the file was named on the command line and is only read.
    Anyone,
}

impl Owner {
    /// Whether the file has this owner. Always true on systems where files have no owner.
    fn owns(self, about: &Metadata) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let uid = about.uid();
            let is_me = || uid == nix::unistd::geteuid().as_raw();
            match self {
                Self::Me => is_me(),
                Self::MeOrRoot => uid == 0 || is_me(),
                Self::Anyone => true,
            }
        }
        #[cfg(not(unix))]
        {
            let _ = about;
            true
        }
    }
}

/// Opens a regular file of this owner without ever blocking. A file that is created is readable
/// only by its owner.
///
/// # Errors
/// [`FileError`].
pub fn open(path: &Path, owner: Owner, options: &mut OpenOptions) -> Result<File, FileError> {
    let file = open_any(path, owner, options)?;
    judge(&file.metadata()?, owner)?;
    Ok(file)
}

/// Opens a regular file of this owner, a device or a pipe without ever blocking. Opening a pipe
/// without a reader for writing fails.
///
/// # Errors
/// [`FileError`].
pub(crate) fn open_any(
    path: &Path,
    owner: Owner,
    options: &mut OpenOptions,
) -> Result<File, FileError> {
    // Another user's link could lead to any file of this user.
    if let Ok(link) = fs::symlink_metadata(path)
        && link.is_symlink()
    {
        if owner == Owner::MeOrRoot {
            return Err(FileError::NotAFile("a link"));
        }
        judge_link(&link, owner)?;
    }
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt as _;
        // Opening a pipe would otherwise wait for its other end.
        let mut flags = OFlag::O_NONBLOCK;
        // A link may have been created since the check.
        flags.set(OFlag::O_NOFOLLOW, owner == Owner::MeOrRoot);
        options.mode(0o600).custom_flags(flags.bits());
    }
    let file = options.open(path).map_err(|error| {
        // A folder, or a pipe without a reader, cannot be opened for writing.
        match fs::metadata(path).map(|about| kind(&about)) {
            Ok(Some(kind)) => FileError::NotAFile(kind),
            _ => error.into(),
        }
    })?;
    let about = file.metadata()?;
    if about.is_file() {
        judge(&about, owner)?;
    }
    Ok(file)
}

/// Checks that the metadata is that of a regular file of this owner.
///
/// # Errors
/// [`FileError`].
pub(crate) fn judge(about: &Metadata, owner: Owner) -> Result<(), FileError> {
    if let Some(kind) = kind(about) {
        return Err(FileError::NotAFile(kind));
    }
    judge_link(about, owner)
}

/// Checks that the metadata is that of a link of this owner.
///
/// # Errors
/// [`FileError::Foreign`].
pub(crate) fn judge_link(about: &Metadata, owner: Owner) -> Result<(), FileError> {
    if owner.owns(about) {
        Ok(())
    } else {
        Err(FileError::Foreign)
    }
}

/// The kind of anything but a regular file.
fn kind(about: &Metadata) -> Option<&'static str> {
    if about.is_file() {
        None
    } else if about.is_dir() {
        Some("a folder")
    } else {
        Some("a pipe or a device")
    }
}

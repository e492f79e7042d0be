//! Files that this program opens by name, where somebody else may have put something in their place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Why a file is not opened.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A folder, a pipe or a device stands there.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// It belongs to somebody else, or a link leads there that somebody else has made.
    #[error("it belongs to somebody else")]
    Foreign,
    /// What the system says.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Who may have made a file that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Only this person.
    Me,
    /// This person or the administrator, who can do anything here anyway; and no link may lead there,
    /// since nobody has named the file.
    MeOrRoot,
    /// Whoever: the person has named the file, and it is only read.
    Anybody,
}

impl Owner {
    /// Whether this is the owner of what is described so. Where files have none it always is.
    fn owns(self, about: &Metadata) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let uid = about.uid();
            let is_me = || uid == nix::unistd::geteuid().as_raw();
            match self {
                Self::Me => is_me(),
                Self::MeOrRoot => uid == 0 || is_me(),
                Self::Anybody => true,
            }
        }
        #[cfg(not(unix))]
        {
            let _ = about;
            true
        }
    }
}

/// Opens a regular file of this owner with these options, and never waits for it. One that is made
/// can be read by nobody else.
///
/// # Errors
/// [`FileError`].
pub fn open(path: &Path, owner: Owner, options: &mut OpenOptions) -> Result<File, FileError> {
    let file = open_any(path, owner, options)?;
    judge(&file.metadata()?, owner)?;
    Ok(file)
}

/// Opens what may be a device or a pipe too, for which nobody waits either: one that nobody reads is
/// no file to write into.
///
/// # Errors
/// [`FileError`].
pub fn open_any(path: &Path, owner: Owner, options: &mut OpenOptions) -> Result<File, FileError> {
    // Whoever can put a link here could lead us to any file of this person.
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
        // To open a pipe would wait for somebody at its other end.
        let mut flags = OFlag::O_NONBLOCK;
        // A link may have come since.
        flags.set(OFlag::O_NOFOLLOW, owner == Owner::MeOrRoot);
        options.mode(0o600).custom_flags(flags.bits());
    }
    let file = options.open(path).map_err(|error| {
        // What cannot be opened for writing: a folder, or a pipe that nobody reads.
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

/// Checks what is known of something: it has to be a regular file of this owner.
///
/// # Errors
/// [`FileError`].
pub fn judge(about: &Metadata, owner: Owner) -> Result<(), FileError> {
    if let Some(kind) = kind(about) {
        return Err(FileError::NotAFile(kind));
    }
    judge_link(about, owner)
}

/// Checks what is known of a link: this owner has to have made it.
///
/// # Errors
/// [`FileError::Foreign`].
pub fn judge_link(about: &Metadata, owner: Owner) -> Result<(), FileError> {
    match owner.owns(about) {
        true => Ok(()),
        false => Err(FileError::Foreign),
    }
}

/// What it is instead of a regular file.
fn kind(about: &Metadata) -> Option<&'static str> {
    if about.is_file() {
        None
    } else if about.is_dir() {
        Some("a folder")
    } else {
        Some("a pipe or a device")
    }
}

//! What people read of the journal: lists, transcripts, exports and replays, of talks and of rooms.
//!
//! Journal data goes in, text comes out, and every text is safe for a terminal: what a partner said
//! has gone through [`visible`], or through what `export` has instead of it. [`answer`] is all
//! that is read at once; [`replay`] takes its time.

use crate::files::FileError;
use crate::journal::{Erased, Journal, JournalError, Problem, StoredSession, Written};
use crate::session::{GameEnd, Played, Role, Side, TurnLog};
use crate::terminal::visible;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

mod export;
mod id;
mod list;
pub mod replay;
mod room;
mod show;

pub use export::Format;
pub use id::{Id, NoId};

/// What a person wants to know of the journal, or to have done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A list of all sessions and rooms.
    List,
    /// One of them, to be read.
    Show(Id),
    /// What has words that begin with each of these.
    Search(Vec<String>),
    /// One of them, to be kept elsewhere.
    Export(Id, Format),
    /// Forget one.
    Delete(Id),
    /// Check that a session is as it was written.
    Verify(Id),
}

/// Why a request cannot be answered. Each is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The journal is there and fails.
    #[error("cannot use the journal: {0}")]
    Unusable(Problem),
    /// The journal cannot be opened.
    #[error("cannot open the journal {}: {problem}; name another folder with --data DIR", .path.display())]
    Unopened {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The journal does not hold what was asked for, or not as it was written.
    #[error(transparent)]
    Journal(JournalError),
    /// Nothing tells whether a room is as it was written.
    #[error(
        "room r{0} cannot be verified: what is said in rooms has no fingerprint, as talks have"
    )]
    Unverified(i64),
    /// A room has no end from which it was seen.
    #[error("room r{0} cannot be played back: `tictalk history show r{0}` prints it")]
    Unplayed(i64),
    /// A file cannot be written.
    #[error("cannot write {}: {error}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        error: FileError,
    },
    /// There is a file already where another one would be written.
    #[error("{} exists: name another file, or add --force to write over it", .0.display())]
    Exists(PathBuf),
    /// The output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl From<JournalError> for HistoryError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Use(problem) => Self::Unusable(problem),
            // Its own words speak of --no-journal, which is of no use for reading.
            JournalError::Open { path, problem } => Self::Unopened { path, problem },
            other => Self::Journal(other),
        }
    }
}

/// Where nothing has been written down yet.
const EMPTY: &str =
    "No talk is written down yet: `tictalk server` and `tictalk client` begin one.\n";

/// Answers `request` from the journal in `folder` by writing to `out`: text for a terminal, lines
/// ended by newlines.
///
/// # Errors
/// [`HistoryError`].
pub fn answer(folder: &Path, request: &Request, out: &mut impl Write) -> Result<(), HistoryError> {
    let mut journal = Journal::open_existing(folder)?;
    if let Some(journal) = &mut journal {
        // Whoever is to forget something should not have to ask twice.
        journal.finish_deletions()?;
    }
    let text = match journal {
        Some(mut journal) => match request {
            Request::Show(Id::Room(id)) => {
                return room::show(&journal, &journal.room(*id)?, out);
            }
            Request::Export(Id::Room(id), format) => {
                return room::export(&journal, &journal.room(*id)?, *format, out);
            }
            Request::List => list::list(&journal)?,
            Request::Search(words) => show::search(&journal, words)?,
            Request::Show(Id::Talk(id)) => {
                show::session(&journal, &Recorded::read(&journal, *id)?)?
            }
            Request::Export(Id::Talk(id), format) => {
                export::export(&journal, &Recorded::read(&journal, *id)?, *format)?
            }
            Request::Delete(id) => delete(&mut journal, *id)?,
            Request::Verify(Id::Talk(id)) => verified(&Recorded::read(&journal, *id)?),
            Request::Verify(Id::Room(id)) => {
                return Err(HistoryError::Unverified(journal.room(*id)?.id));
            }
        },
        None => answer_without_journal(request)?,
    };
    out.write_all(text.as_bytes()).map_err(HistoryError::Output)
}

fn answer_without_journal(request: &Request) -> Result<String, HistoryError> {
    match *request {
        Request::List => Ok(EMPTY.to_owned()),
        Request::Search(_) => Ok(show::NOTHING_FOUND.to_owned()),
        Request::Show(id) | Request::Export(id, _) | Request::Delete(id) | Request::Verify(id) => {
            Err(missing(id).into())
        }
    }
}

/// There is no such talk or room.
fn missing(id: Id) -> JournalError {
    match id {
        Id::Talk(id) => JournalError::NoSession(id),
        Id::Room(id) => JournalError::NoRoom(id),
    }
}

fn delete(journal: &mut Journal, id: Id) -> Result<String, HistoryError> {
    let (what, erased) = match id {
        Id::Talk(id) => {
            let turns = counted(journal.session(id)?.turns, "turn");
            (format!("session {id}: {turns}"), journal.delete(id)?)
        }
        Id::Room(id) => {
            let posts = counted(journal.room(id)?.last.0, "post");
            (format!("room r{id}: {posts}"), journal.delete_room(id)?)
        }
    };
    let erased = match erased {
        Erased::Now => "",
        Erased::Later => {
            " Another program is reading the journal; the words are in the file until it has ended."
        }
    };
    Ok(format!("Deleted {what}.{erased}\n"))
}

/// Says that a session is sound. To read it was to check it.
fn verified(recorded: &Recorded) -> String {
    format!(
        "Session {}: {}, all as they were written. Fingerprint {}.\n",
        recorded.session.id,
        counted(recorded.session.turns, "turn"),
        recorded.fingerprint()
    )
}

/// A session with its turns, which are as they were written.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    session: StoredSession,
    turns: Vec<Written>,
}

impl Recorded {
    /// Reads a session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`], [`JournalError::Altered`] and [`HistoryError::Unusable`].
    fn read(journal: &Journal, id: i64) -> Result<Self, HistoryError> {
        let session = journal.session(id)?;
        let turns = journal.turns(&session)?;
        Ok(Self { session, turns })
    }

    /// Reads a session of the journal in `folder`, to be played back.
    ///
    /// # Errors
    /// Those of [`Self::read`], [`HistoryError::Unopened`], and [`HistoryError::Unplayed`].
    fn read_in(folder: &Path, id: Id) -> Result<Self, HistoryError> {
        match (Journal::open_existing(folder)?, id) {
            (Some(journal), Id::Talk(id)) => Self::read(&journal, id),
            (Some(journal), Id::Room(id)) => Err(HistoryError::Unplayed(journal.room(id)?.id)),
            (None, id) => Err(missing(id).into()),
        }
    }

    /// What the two people can compare: it is the same where all turns are.
    fn fingerprint(&self) -> String {
        match self.turns.last() {
            Some(last) => last.digest.fingerprint(),
            None => TurnLog::new(self.session.header.ticket)
                .standing()
                .digest
                .fingerprint(),
        }
    }

    fn games(&self) -> Vec<Played> {
        self.session.games(&self.turns)
    }
}

/// `text` as a part of one line.
fn in_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// `text` with its further lines set in, so that none of them can pass for a line of the program.
fn set_in(text: &str, columns: usize) -> String {
    visible(text).replace('\n', &format!("\n{:columns$}", ""))
}

/// A number of `things` in words.
fn counted(count: u64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// The name of the end of this role in a session, if it had one. Foreign text.
fn name_of(session: &StoredSession, role: Role) -> Option<&str> {
    if role == session.header.role {
        session.header.me.as_deref()
    } else {
        session.header.partner.as_deref()
    }
}

/// Who the end of this role was: `ann (client)`, or `the client`.
fn who(session: &StoredSession, role: Role) -> String {
    match name_of(session, role) {
        Some(name) => format!("{} ({})", in_line(name), role.name()),
        None => format!("the {}", role.name()),
    }
}

/// Where the server of a session listened: `localhost:1059`.
fn place(session: &StoredSession) -> String {
    let (host, port) = (in_line(&session.header.host), session.header.port);
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// How a game ended for the person here, in a word.
fn result(end: Option<GameEnd>) -> &'static str {
    match end {
        Some(GameEnd::Resigned(Side::Me)) => "given up",
        Some(end) => match end.winner() {
            Some(Side::Me) => "won",
            Some(Side::Partner) => "lost",
            None => "drawn",
        },
        None => "unfinished",
    }
}

/// What was played, and how it ended: `tictactoe: won`, or `tictactoe: 2 won, 1 drawn`.
fn results(games: &[Played]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for played in games {
        if !names.contains(&played.game.name) {
            names.push(played.game.name);
        }
    }
    let each = names.into_iter().map(|name| {
        let of_it = games.iter().filter(|played| played.game.name == name);
        let ends: Vec<&str> = of_it.map(|played| result(played.end)).collect();
        format!("{name}: {}", tally(&ends))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// How often each word stands there, in the order in which they first do; one alone needs no number.
fn tally(words: &[&str]) -> String {
    if let [word] = words {
        return (*word).to_owned();
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts = counts.iter().map(|(word, count)| format!("{count} {word}"));
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{set_in, tally};

    #[test]
    fn results_are_counted_where_there_are_several() {
        assert_eq!(tally(&[]), "");
        assert_eq!(tally(&["won"]), "won");
        assert_eq!(tally(&["won", "lost", "won"]), "2 won, 1 lost");
    }

    #[test]
    fn further_lines_are_set_in_and_escaped() {
        assert_eq!(set_in("one\ntwo\r\nthree\x1b", 2), "one\n  two\n  three␛");
    }
}

//! What people read of the journal: lists, transcripts, exports and replays.
//!
//! Journal data goes in, text comes out, and every text is safe for a terminal: what a partner said
//! has gone through [`visible`], or through what `export` has instead of it. [`answer`] is all
//! that is read at once; [`replay`] takes its time.

use crate::journal::{Erased, Journal, JournalError, Problem, Session, Written};
use crate::session::{GameEnd, Log, Played, Role, Side};
use crate::terminal::visible;
use std::io;
use std::path::{Path, PathBuf};

mod export;
mod list;
pub mod replay;
mod show;

pub use export::Format;

/// What a person wants to know of the journal, or to have done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A list of all sessions.
    List,
    /// One session, to be read.
    Show(i64),
    /// The turns in which words begin with all of these.
    Search(Vec<String>),
    /// One session, to be kept elsewhere.
    Export(i64, Format),
    /// Forget a session.
    Delete(i64),
    /// Check that a session is as it was written.
    Verify(i64),
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
    /// A file cannot be written.
    #[error("cannot write {}: {error}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
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

/// Answers `request` from the journal in `folder`: text for a terminal, lines ended by newlines.
///
/// # Errors
/// [`HistoryError`].
pub fn answer(folder: &Path, request: &Request) -> Result<String, HistoryError> {
    let Some(mut journal) = Journal::open_existing(folder)? else {
        return answer_without_journal(request);
    };
    match request {
        Request::List => list::list(&journal),
        Request::Show(id) => show::session(&journal, &Recorded::read(&journal, *id)?),
        Request::Search(words) => show::search(&journal, words),
        Request::Export(id, format) => {
            export::export(&journal, &Recorded::read(&journal, *id)?, *format)
        }
        Request::Delete(id) => delete(&mut journal, *id),
        Request::Verify(id) => Recorded::read(&journal, *id).map(|recorded| verified(&recorded)),
    }
}

fn answer_without_journal(request: &Request) -> Result<String, HistoryError> {
    match *request {
        Request::List => Ok(EMPTY.to_owned()),
        Request::Search(_) => Ok(show::NOTHING_FOUND.to_owned()),
        Request::Show(id) | Request::Export(id, _) | Request::Delete(id) | Request::Verify(id) => {
            Err(JournalError::NoSession(id).into())
        }
    }
}

fn delete(journal: &mut Journal, id: i64) -> Result<String, HistoryError> {
    let turns = journal.session(id)?.turns;
    let erased = match journal.delete(id)? {
        Erased::Now => "",
        Erased::Later => {
            " Another program is reading the journal; the words are in the file until it has ended."
        }
    };
    Ok(format!(
        "Deleted session {id}: {}.{erased}\n",
        counted(turns)
    ))
}

/// Says that a session is sound. To read it was to check it.
fn verified(recorded: &Recorded) -> String {
    format!(
        "Session {}: {}, all as they were written. Fingerprint {}.\n",
        recorded.session.id,
        counted(recorded.session.turns),
        recorded.fingerprint()
    )
}

/// A session with its turns, which are as they were written.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    session: Session,
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

    /// Reads a session of the journal in `folder`.
    ///
    /// # Errors
    /// Those of [`Self::read`], and [`HistoryError::Unopened`].
    fn read_in(folder: &Path, id: i64) -> Result<Self, HistoryError> {
        match Journal::open_existing(folder)? {
            Some(journal) => Self::read(&journal, id),
            None => Err(JournalError::NoSession(id).into()),
        }
    }

    /// What the two people can compare: it is the same where all turns are.
    fn fingerprint(&self) -> String {
        match self.turns.last() {
            Some(last) => last.digest.fingerprint(),
            None => Log::new(self.session.header.ticket)
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

/// A number of turns in words.
fn counted(turns: u64) -> String {
    match turns {
        1 => "1 turn".to_owned(),
        _ => format!("{turns} turns"),
    }
}

/// The name of the end of this role in a session, if it had one. Foreign text.
fn name_of(session: &Session, role: Role) -> Option<&str> {
    if role == session.header.role {
        session.header.me.as_deref()
    } else {
        session.header.partner.as_deref()
    }
}

/// Who the end of this role was: `ann (client)`, or `the client`.
fn who(session: &Session, role: Role) -> String {
    match name_of(session, role) {
        Some(name) => format!("{} ({})", in_line(name), role.name()),
        None => format!("the {}", role.name()),
    }
}

/// Where the server of a session listened: `localhost:1059`.
fn place(session: &Session) -> String {
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

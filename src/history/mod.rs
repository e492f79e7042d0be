//! The journal for people: lists, transcripts, searches, exports and replays of sessions and rooms.
//!
//! All output is safe for a terminal: foreign text passes through [`visible`](crate::text::visible)
//! or, in exports, through an escape of the format. [`answer`] covers everything that is printed at
//! once; [`replay`] plays a session in its own time.

use crate::journal::{Erased, Journal};
use crate::text::{count, in_line};
use error::missing;
use facts::Perspective;
use recorded::Recorded;
use std::io::Write;
use std::path::Path;

mod error;
mod export;
mod facts;
mod film;
mod film_console;
mod html;
mod id;
mod list;
mod partners;
mod picture;
mod projector;
mod recorded;
pub mod replay;
mod request;
mod room;
mod safe_text;
mod shots;
mod show;
mod table;
mod watch;

pub use error::HistoryError;
pub use id::{Id, LAST, NoId, Wanted};
pub use picture::MOST_ROWS;
pub use request::{Format, Request};

/// Whether an answer has what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Findings {
    /// It has.
    Given,
    /// A search has found nothing, and the answer says so.
    NothingFound,
}

/// The session or room that is meant by `wanted` in the journal in `folder`.
///
/// # Errors
/// [`HistoryError::NoSessions`], and if the journal cannot be read.
pub fn resolve(folder: &Path, wanted: Wanted) -> Result<Id, HistoryError> {
    match wanted {
        Wanted::Id(id) => Ok(id),
        Wanted::Last => {
            let journal = Journal::open_existing(folder)?.ok_or(HistoryError::NoSessions)?;
            let sessions = journal.sessions()?;
            let newest = sessions.first().ok_or(HistoryError::NoSessions)?;
            Ok(Id::Session(newest.id))
        }
    }
}

/// What a deletion would delete: `session 3 with ann, 12 turns`.
///
/// # Errors
/// If the journal does not hold it, or cannot be read.
pub fn in_words(folder: &Path, id: Id) -> Result<String, HistoryError> {
    let journal = Journal::open_existing(folder)?.ok_or_else(|| missing(id))?;
    Ok(match id {
        Id::Session(number) => {
            let session = journal.session(number)?;
            let partner = match &session.header.partner {
                Some(name) => in_line(name),
                None => format!("the {}", session.header.role.other().name()),
            };
            format!(
                "session {id} with {partner}, {}",
                count(session.turns, "turn")
            )
        }
        Id::Room(number) => {
            let posts = count(journal.room(number)?.last.0, "post");
            format!("room {id}, {posts}")
        }
    })
}

/// The sessions, and rooms where they are wanted too, with what is in them, the newest first and at
/// most `limit` of each. Reads nothing if there is no journal.
///
/// # Errors
/// If the journal cannot be read.
pub fn recent(
    folder: &Path,
    rooms: bool,
    limit: usize,
) -> Result<Vec<(String, String)>, HistoryError> {
    let Some(journal) = Journal::open_existing(folder)? else {
        return Ok(Vec::new());
    };
    let mut recent = Vec::new();
    for session in journal.sessions()?.into_iter().take(limit) {
        let when = journal.local_time(session.began)?;
        let partner = facts::who(&session, session.header.role.other());
        recent.push((session.id.to_string(), format!("{when}, {partner}")));
    }
    if rooms {
        for room in journal.rooms()?.into_iter().take(limit) {
            let posts = count(room.last.0, "post");
            recent.push((Id::Room(room.id).to_string(), format!("room, {posts}")));
        }
    }
    Ok(recent)
}

/// The names of the remembered partners, those seen most recently first and at most `limit`, with what
/// is known about them. Names are foreign text.
///
/// # Errors
/// If the journal cannot be read.
pub fn remembered(folder: &Path, limit: usize) -> Result<Vec<(String, String)>, HistoryError> {
    let Some(journal) = Journal::open_existing(folder)? else {
        return Ok(Vec::new());
    };
    let mut remembered = Vec::new();
    for partner in journal.partners()?.into_iter().take(limit) {
        let since = journal.local_time(partner.since)?;
        remembered.push((partner.name, format!("since {since}")));
    }
    Ok(remembered)
}

/// Answers `request` from the journal in `folder`. Writes lines to `out`, safe for a terminal.
///
/// # Errors
/// [`HistoryError`].
pub async fn answer(
    folder: &Path,
    request: &Request,
    out: &mut impl Write,
) -> Result<Findings, HistoryError> {
    let mut journal = Journal::open_existing(folder)?;
    if let Some(journal) = &mut journal {
        // An interrupted deletion is completed without a second request.
        journal.finish_deletions()?;
    }
    let text = match journal {
        Some(mut journal) => match request {
            Request::Show(Id::Room(id)) => {
                room::show(&journal, &journal.room(*id)?, out)?;
                return Ok(Findings::Given);
            }
            Request::Export(Id::Room(_), _, Some(_)) => return Err(HistoryError::NoLast),
            Request::Export(Id::Room(id), format, None) => {
                room::export(&journal, &journal.room(*id)?, *format, out)?;
                return Ok(Findings::Given);
            }
            Request::List => list::list(&journal)?,
            Request::Search(words) => show::search(&journal, words)?,
            Request::Show(Id::Session(id)) => {
                show::transcript(&journal, &Recorded::read(&journal, *id)?, Perspective::Own)?
            }
            Request::Export(Id::Session(id), format, last) => {
                let recorded = Recorded::read(&journal, *id)?;
                export::export(&journal, &recorded, *format, *last, out).await?;
                return Ok(Findings::Given);
            }
            Request::Delete(id) => delete(&mut journal, *id)?,
            Request::Forget(name) => partners::forget(&mut journal, name)?,
            Request::Verify(Id::Session(id)) => verified(&Recorded::read(&journal, *id)?),
            Request::Verify(Id::Room(id)) => {
                return Err(HistoryError::Unverified(journal.room(*id)?.id));
            }
        },
        None => answer_without_journal(request)?,
    };
    out.write_all(text.as_bytes())
        .map_err(HistoryError::Output)?;
    Ok(if text == show::NOTHING_FOUND {
        Findings::NothingFound
    } else {
        Findings::Given
    })
}

fn answer_without_journal(request: &Request) -> Result<String, HistoryError> {
    match request {
        Request::List => Ok(list::EMPTY.to_owned()),
        Request::Search(_) => Ok(show::NOTHING_FOUND.to_owned()),
        Request::Forget(name) => Err(partners::missing(name)),
        Request::Show(id) | Request::Export(id, ..) | Request::Delete(id) | Request::Verify(id) => {
            Err(missing(*id).into())
        }
    }
}

fn delete(journal: &mut Journal, id: Id) -> Result<String, HistoryError> {
    let (what, erased) = match id {
        Id::Session(id) => {
            let turns = count(journal.session(id)?.turns, "turn");
            (format!("session {id}: {turns}"), journal.delete(id)?)
        }
        Id::Room(id) => {
            let posts = count(journal.room(id)?.last.0, "post");
            (format!("room r{id}: {posts}"), journal.delete_room(id)?)
        }
    };
    let erased = match erased {
        Erased::Now => "",
        Erased::Later => {
            " Another program is reading the journal: the text stays in the file until it has ended."
        }
    };
    Ok(format!("Deleted {what}.{erased}\n"))
}

/// The report on a verified session. Reading it has checked its digests.
fn verified(recorded: &Recorded) -> String {
    format!(
        "Session {}: {}, all unaltered. Fingerprint {}.\n",
        recorded.session.id,
        count(recorded.session.turns, "turn"),
        recorded.fingerprint()
    )
}

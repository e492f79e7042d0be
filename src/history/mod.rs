//! The journal for people: lists, transcripts, searches, exports and replays of sessions and rooms.
//!
//! All output is safe for a terminal: foreign text passes through [`visible`](crate::text::visible)
//! or, in exports, through an escape of the format. [`answer`] covers everything that is printed at
//! once; [`replay`] plays a session in its own time.

use crate::journal::{Erased, Journal};
use crate::text::count;
use error::missing;
use facts::Perspective;
use recorded::Recorded;
use std::io::Write;
use std::path::Path;

mod error;
mod export;
mod facts;
mod id;
mod list;
mod recorded;
pub mod replay;
mod request;
mod room;
mod safe_text;
mod show;
mod table;

pub use error::HistoryError;
pub use id::{Id, NoId};
pub use request::{Format, Request};

/// Answers `request` from the journal in `folder`. Writes lines to `out`, safe for a terminal.
///
/// # Errors
/// [`HistoryError`].
pub fn answer(folder: &Path, request: &Request, out: &mut impl Write) -> Result<(), HistoryError> {
    let mut journal = Journal::open_existing(folder)?;
    if let Some(journal) = &mut journal {
        // An interrupted deletion is completed without a second request.
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
            Request::Show(Id::Session(id)) => {
                show::transcript(&journal, &Recorded::read(&journal, *id)?, Perspective::Own)?
            }
            Request::Export(Id::Session(id), format) => {
                export::export(&journal, &Recorded::read(&journal, *id)?, *format)?
            }
            Request::Delete(id) => delete(&mut journal, *id)?,
            Request::Verify(Id::Session(id)) => verified(&Recorded::read(&journal, *id)?),
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
        Request::List => Ok(list::EMPTY.to_owned()),
        Request::Search(_) => Ok(show::NOTHING_FOUND.to_owned()),
        Request::Show(id) | Request::Export(id, _) | Request::Delete(id) | Request::Verify(id) => {
            Err(missing(id).into())
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

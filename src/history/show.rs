//! Sessions, and what a search finds in them, as lines to be read.

use super::list::{can_go_on, resume};
use super::{HistoryError, Id, Recorded, in_line, name_of, place, results, set_in, who};
use crate::journal::{Journal, JournalError, Moment, Remark, StoredSession, Written};
use crate::room;
use crate::session::Role;
use std::collections::HashMap;

/// How many turns and posts a search shows.
const HITS: usize = 100;

/// Of a search.
pub(super) const NOTHING_FOUND: &str = "Nothing found.\n";

/// One session, for the person who had it.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn session(journal: &Journal, recorded: &Recorded) -> Result<String, HistoryError> {
    let session = &recorded.session;
    let by = |role| match role {
        _ if role == session.header.role => "you".to_owned(),
        role => who(session, role),
    };
    let mut facts = vec![("With", who(session, session.header.role.other()))];
    facts.extend(what_is_known(journal, recorded, by)?);
    let goes_on = match journal.unfinished(&session.header.host, session.header.port)? {
        Some(newest) => newest.id == session.id && can_go_on(session),
        None => false,
    };
    if goes_on {
        facts.push(("Go on", resume(session)));
    }
    transcript(journal, recorded, &facts, speaker)
}

/// What is known of a session besides its turns and its two ends; `by` says who ended it.
///
/// # Errors
/// [`JournalError::Use`].
pub(super) fn what_is_known(
    journal: &Journal,
    recorded: &Recorded,
    by: impl Fn(Role) -> String,
) -> Result<Vec<(&'static str, String)>, JournalError> {
    let session = &recorded.session;
    let ended = match session.ended {
        Some((at, role)) => format!("{} by {}", journal.local_time(at)?, by(role)),
        None => "unfinished".to_owned(),
    };
    let mut facts = vec![
        ("Server", place(session)),
        ("Began", journal.local_time(session.began)?),
        ("Ended", ended),
        ("Turns", session.turns.to_string()),
    ];
    let games = recorded.games();
    if !games.is_empty() {
        facts.push(("Games", results(&games)));
    }
    facts.push(("Fingerprint", recorded.fingerprint()));
    Ok(facts)
}

/// A session as text: the facts, then its turns, with who spoke as `speaker` has it.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn transcript(
    journal: &Journal,
    recorded: &Recorded,
    facts: &[(&str, String)],
    speaker: impl Fn(&StoredSession, &Written) -> String,
) -> Result<String, HistoryError> {
    let mut text = format!("Session {}\n", recorded.session.id);
    for (word, fact) in facts {
        text.push_str(&format!("{word}: {fact}\n"));
    }
    text.push('\n');
    let width = recorded.session.turns.to_string().len();
    let mut retelling = recorded.session.retelling();
    for written in &recorded.turns {
        let number = written.number;
        let when = journal.local_time(written.at)?;
        let who = speaker(&recorded.session, written);
        let told = retelling.tell(&written.turn, written.secret.as_deref());
        let said = match told.is_none_or(|told| told.is_aloud) {
            true => set_in(&written.turn.text, width + 2),
            false => for_programs(&written.turn.text),
        };
        text.push_str(&format!("{number:width$}  {when}  {who}: {said}\n"));
    }
    Ok(text)
}

/// How much of a turn is shown that is for programs, in characters: enough for the words in front of
/// its digits.
const FOR_PROGRAMS: usize = 32;

/// A turn whose words are for programs, cut where its digits go on for long.
fn for_programs(text: &str) -> String {
    let text = in_line(text);
    match text.char_indices().nth(FOR_PROGRAMS) {
        Some((end, _)) => format!("({}…)", text.get(..end).unwrap_or_default()),
        None => format!("({text})"),
    }
}

/// Who spoke, for the person who had the session.
fn speaker(session: &StoredSession, written: &Written) -> String {
    let by = written.turn.by;
    match name_of(session, by) {
        _ if by == session.header.role => "you".to_owned(),
        Some(name) => in_line(name),
        None => format!("the {}", by.name()),
    }
}

/// What has words that begin with each of these, in talks and in rooms, the newest first.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn search(journal: &Journal, words: &[String]) -> Result<String, HistoryError> {
    let sessions = journal.sessions()?.into_iter();
    let sessions: HashMap<i64, StoredSession> =
        sessions.map(|session| (session.id, session)).collect();
    let mut in_talks = Vec::new();
    // One more tells whether there are more.
    for hit in journal.search(words, HITS + 1)? {
        let Written {
            number, turn, at, ..
        } = &hit.written;
        // One whose session has begun in this moment is found next time.
        if let Some(session) = sessions.get(&hit.session) {
            let (by, text) = (speaker(session, &hit.written), set_in(&turn.text, 2));
            let place = format!("Session {}, turn {number}", session.id);
            in_talks.push((*at, place, format!("{by}: {text}")));
        }
    }
    let in_rooms = journal.search_rooms(words, HITS + 1)?.into_iter();
    let in_rooms = in_rooms.map(|Remark { room, post }| {
        let place = format!("Room {}, post {}", Id::Room(room), post.id.0);
        (Moment::of(&post), place, set_in(&room::words(&post), 2))
    });
    // Both have the newest first, and so have they together.
    let mut in_rooms = in_rooms.peekable();
    let mut hits = Vec::new();
    for hit in in_talks {
        while let Some(newer) = in_rooms.next_if(|(at, ..)| *at > hit.0) {
            hits.push(newer);
        }
        hits.push(hit);
    }
    hits.extend(in_rooms);
    if hits.is_empty() {
        return Ok(NOTHING_FOUND.to_owned());
    }
    let mut found = String::new();
    for (at, place, said) in hits.iter().take(HITS) {
        let when = journal.local_time(*at)?;
        found.push_str(&format!("{place}, {when}, {said}\n"));
    }
    if hits.len() > HITS {
        found.push_str(&format!(
            "\nThese are the newest {HITS}, and there are more: add a word to find fewer.\n"
        ));
    }
    Ok(found)
}

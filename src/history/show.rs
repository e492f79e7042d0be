//! Sessions and the results of a search as lines for reading.

use super::error::HistoryError;
use super::facts::{Perspective, facts};
use super::id::Id;
use super::recorded::Recorded;
use super::safe_text::indented;
use crate::journal::{CommentHit, Journal, Moment, Remark, StoredComment, StoredSession, Written};
use crate::room;
use crate::session::{GameEnd, Notice, Side};
use crate::text::{in_line, visible};
use std::collections::HashMap;

/// The maximum number of turns and posts that a search prints.
const HITS: usize = 100;

/// What [`for_programs`] leaves unsaid.
const FOOTNOTE: &str = "\nTurns in parentheses are for the programs: sealed moves, and \"noted\" \
     without a move to make.\n";

/// The answer to a search without results.
pub(super) const NOTHING_FOUND: &str = "Nothing found.\n";

/// A session as text: its facts, then its turns.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn transcript(
    journal: &Journal,
    recorded: &Recorded,
    view: Perspective,
) -> Result<String, HistoryError> {
    let mut text = format!("Session {}\n", recorded.session.id);
    for (word, fact) in facts(journal, recorded, view)? {
        text.push_str(&format!("{word}: {fact}\n"));
    }
    text.push('\n');
    let width = recorded.session.turns.to_string().len();
    let mut retelling = recorded.session.retelling();
    let mut game = "";
    let mut is_silent = true;
    for written in &recorded.turns {
        let number = written.number;
        let when = journal.local_time(written.at)?;
        let speaker = view.speaker(&recorded.session, written.turn.by);
        let told = retelling.tell(&written.turn, written.secret.as_deref());
        let said = if told.as_ref().is_none_or(|told| told.is_aloud) {
            indented(&written.turn.text, width + 2)
        } else {
            is_silent = false;
            for_programs(&written.turn.text)
        };
        text.push_str(&format!("{number:width$}  {when}  {speaker}: {said}\n"));
        // An export has only what was said.
        if view == Perspective::Own
            && let Some(told) = told
        {
            let end = end(&told.seen, &mut game, &recorded.session);
            for line in end.lines() {
                text.push_str(&format!("{:pad$}{}\n", "", visible(line), pad = width + 2));
            }
        }
        for StoredComment { comment, at } in recorded.comments_after(number) {
            let when = journal.local_time(*at)?;
            let speaker = view.speaker(&recorded.session, comment.by);
            let said = indented(&comment.text, width + 2);
            text.push_str(&format!("{:width$}  {when}  {speaker} says: {said}\n", ""));
        }
    }
    if view == Perspective::Own && !is_silent {
        text.push_str(FOOTNOTE);
    }
    Ok(text)
}

/// The last board and the result of a game that ends with a turn; empty if none does. `game` is the
/// name of the running game.
fn end(seen: &[Notice], game: &mut &'static str, session: &StoredSession) -> String {
    let mut board = None;
    let mut text = String::new();
    for notice in seen {
        match notice {
            Notice::GameStarted { game: started, .. } => *game = started.name,
            Notice::Board(view) => board = Some(view.board.to_string()),
            Notice::GameOver(end) => {
                let board = board.take().unwrap_or_default();
                let partner = Perspective::Own.speaker(session, session.header.role.other());
                text.push_str(&format!("{board}{game}: {}\n", result(*end, &partner)));
            }
            _ => {}
        }
    }
    text
}

/// The result of a game in words, for the person at this end.
fn result(end: GameEnd, partner: &str) -> String {
    match end {
        GameEnd::Resigned(Side::Me) => format!("you gave up, {partner} won"),
        GameEnd::Resigned(Side::Partner) => format!("{partner} gave up, you won"),
        GameEnd::Agreed => "a draw, as agreed".to_owned(),
        GameEnd::Caught(Side::Me, lie) => format!("your program {lie}, {partner} won"),
        GameEnd::Caught(Side::Partner, lie) => format!("the program of {partner} {lie}, you won"),
        GameEnd::Drawn => "a draw".to_owned(),
        GameEnd::Won(Side::Me) => "you won".to_owned(),
        GameEnd::Won(Side::Partner) => format!("{partner} won"),
    }
}

/// How many characters of a turn between programs are shown: enough for the words before its
/// digits.
const FOR_PROGRAMS: usize = 32;

/// A turn between programs, in parentheses and cut to [`FOR_PROGRAMS`] characters.
fn for_programs(text: &str) -> String {
    let text = in_line(text);
    match text.char_indices().nth(FOR_PROGRAMS) {
        Some((end, _)) => format!("({}…)", text.get(..end).unwrap_or_default()),
        None => format!("({text})"),
    }
}

/// The newest turns and posts in which each of `words` is the beginning of a word.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn search(journal: &Journal, words: &[String]) -> Result<String, HistoryError> {
    let sessions = journal.sessions()?.into_iter();
    let sessions: HashMap<i64, StoredSession> =
        sessions.map(|session| (session.id, session)).collect();
    let mut in_sessions = Vec::new();
    // One more than is shown tells whether there are more.
    for hit in journal.search(words, HITS + 1)? {
        let Written {
            number, turn, at, ..
        } = &hit.written;
        // A session that began after the sessions were read is left to the next search.
        if let Some(session) = sessions.get(&hit.session) {
            let (by, text) = (
                Perspective::Own.speaker(session, turn.by),
                indented(&turn.text, 2),
            );
            let place = format!("Session {}, turn {number}", session.id);
            in_sessions.push((*at, place, format!("{by}: {text}")));
        }
    }
    for CommentHit { session, stored } in journal.search_comments(words, HITS + 1)? {
        let comment = &stored.comment;
        if let Some(session) = sessions.get(&session) {
            let by = Perspective::Own.speaker(session, comment.by);
            let text = indented(&comment.text, 2);
            let place = format!("Session {}, after turn {}", session.id, comment.turns);
            in_sessions.push((stored.at, place, format!("{by} says: {text}")));
        }
    }
    // Newest first, as each list is by itself.
    in_sessions.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let in_rooms = journal.search_rooms(words, HITS + 1)?.into_iter();
    let in_rooms = in_rooms.map(|Remark { room, post }| {
        let place = format!("Room {}, post {}", Id::Room(room), post.id.0);
        (Moment::of(&post), place, indented(&room::words(&post), 2))
    });
    // Merges the two lists, which are ordered from the newest.
    let mut in_rooms = in_rooms.peekable();
    let mut hits = Vec::new();
    for hit in in_sessions {
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
            "\nOnly the newest {HITS} are listed: add a word to narrow the search.\n"
        ));
    }
    Ok(found)
}

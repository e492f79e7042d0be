//! Exports of sessions in all formats.
//!
//! No export contains the session's ticket, with which anyone could resume it, or the key of its private
//! line, but only the fingerprint of the key.

use super::error::HistoryError;
use super::facts::{Perspective, facts, result};
use super::partners;
use super::picture::{Part, page, picture};
use super::recorded::Recorded;
use super::request::Format;
use super::safe_text::{ascii_where_hidden, literal, markdown_block};
use super::show::transcript;
use crate::journal::{Journal, JournalError, StoredComment};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write;
use std::num::NonZeroU64;

/// Writes a session in this format to `out`; with a number, so many turns at its end.
///
/// # Errors
/// [`HistoryError`].
pub(super) async fn export(
    journal: &Journal,
    recorded: &Recorded,
    format: Format,
    last: Option<NonZeroU64>,
    out: &mut impl Write,
) -> Result<(), HistoryError> {
    let part = last.map_or(Part::All, |last| Part::Last(last.get()));
    let text = match (format, part) {
        (Format::Html, _) => return page(journal, recorded, part, out).await,
        (Format::Svg, _) => picture(recorded, part).await?,
        (Format::Text, Part::All) => transcript(journal, recorded, Perspective::Neutral)?,
        (Format::Json, Part::All) => json(recorded)?,
        (Format::Markdown, Part::All) => markdown(journal, recorded)?,
        (Format::Text | Format::Json | Format::Markdown, Part::Last(_)) => {
            return Err(HistoryError::NoLast);
        }
    };
    out.write_all(text.as_bytes()).map_err(HistoryError::Output)
}

fn markdown(journal: &Journal, recorded: &Recorded) -> Result<String, JournalError> {
    let session = &recorded.session;
    let mut text = format!("# Session {}\n\n", session.id);
    for (word, fact) in facts(journal, recorded, Perspective::Neutral)? {
        let _ = writeln!(text, "- {word}: {}", literal(&fact));
    }
    for written in &recorded.turns {
        let number = written.number;
        let when = journal.local_time(written.at)?;
        let speaker = literal(&Perspective::Neutral.speaker(session, written.turn.by));
        let said = markdown_block(&written.turn.text);
        let _ = write!(text, "\n**{number}.** {speaker}, {when}:\n\n{said}\n");
        for StoredComment { comment, at } in recorded.comments_after(number) {
            let when = journal.local_time(*at)?;
            let speaker = literal(&Perspective::Neutral.speaker(session, comment.by));
            let said = markdown_block(&comment.text);
            let _ = write!(text, "\n{speaker} says, {when}:\n\n{said}\n");
        }
    }
    Ok(text)
}

/// The JSON of a session.
#[derive(Debug, Serialize)]
struct ExportedSession<'session> {
    id: i64,
    role: &'static str,
    host: &'session str,
    port: u16,
    dialect: &'static str,
    me: Option<&'session str>,
    partner: Option<&'session str>,
    began: String,
    ended: Option<ExportedEnd>,
    fingerprint: String,
    /// That of the key of the private line, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_fingerprint: Option<String>,
    games: Vec<ExportedGame>,
    turns: Vec<ExportedTurn<'session>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    comments: Vec<ExportedComment<'session>>,
}

#[derive(Debug, Serialize)]
struct ExportedComment<'session> {
    after_turn: u64,
    at: String,
    by: &'static str,
    text: &'session str,
}

#[derive(Debug, Serialize)]
struct ExportedEnd {
    at: String,
    by: &'static str,
}

#[derive(Debug, Serialize)]
struct ExportedGame {
    game: &'static str,
    result: &'static str,
}

#[derive(Debug, Serialize)]
struct ExportedTurn<'session> {
    number: u64,
    at: String,
    by: &'static str,
    text: &'session str,
}

fn json(recorded: &Recorded) -> Result<String, HistoryError> {
    let json = serde_json::to_string_pretty(&exported(recorded))
        .map_err(|error| HistoryError::Output(error.into()))?;
    Ok(ascii_where_hidden(&json) + "\n")
}

fn exported(recorded: &Recorded) -> ExportedSession<'_> {
    let session = &recorded.session;
    let turns = recorded.turns.iter().map(|written| ExportedTurn {
        number: written.number,
        at: written.at.to_rfc3339(),
        by: written.turn.by.name(),
        text: &written.turn.text,
    });
    let comments = recorded.comments.iter().map(|stored| ExportedComment {
        after_turn: stored.comment.turns,
        at: stored.at.to_rfc3339(),
        by: stored.comment.by.name(),
        text: &stored.comment.text,
    });
    let games = recorded.games().into_iter().map(|played| ExportedGame {
        game: played.game.name,
        result: result(played.end),
    });
    ExportedSession {
        id: session.id,
        role: session.header.role.name(),
        host: &session.header.host,
        port: session.header.port,
        dialect: session.header.dialect.name(),
        me: session.header.me.as_deref(),
        partner: session.header.partner.as_deref(),
        began: session.began.to_rfc3339(),
        ended: session.ended.map(|(at, by)| ExportedEnd {
            at: at.to_rfc3339(),
            by: by.name(),
        }),
        fingerprint: recorded.fingerprint(),
        key_fingerprint: session.header.key.as_ref().map(partners::fingerprint),
        games: games.collect(),
        turns: turns.collect(),
        comments: comments.collect(),
    }
}

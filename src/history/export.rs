//! Sessions in formats for elsewhere: text, JSON and Markdown.
//!
//! None of them holds the ticket of the session, by which a stranger could go on with it.

use super::show::{transcript, what_is_known};
use super::{HistoryError, Recorded, in_line, name_of, result, who};
use crate::journal::{Journal, JournalError, StoredSession, Written};
use crate::session::Role;
use crate::terminal::visible;
use serde::Serialize;
use std::fmt::Write as _;

/// What a session is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines to be read.
    Text,
    /// One JSON object, with all that is known.
    Json,
    /// Markdown, with what was said as it was said.
    Markdown,
}

/// A session in this format.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn export(
    journal: &Journal,
    recorded: &Recorded,
    format: Format,
) -> Result<String, HistoryError> {
    match format {
        Format::Text => transcript(journal, recorded, &facts(journal, recorded)?, speaker),
        Format::Json => json(recorded),
        Format::Markdown => Ok(markdown(journal, recorded)?),
    }
}

/// What is known of a session, for somebody who was at neither end.
fn facts(
    journal: &Journal,
    recorded: &Recorded,
) -> Result<Vec<(&'static str, String)>, JournalError> {
    let session = &recorded.session;
    let ends = [Role::Client, Role::Server].map(|role| who(session, role));
    let mut facts = vec![("Between", ends.join(" and "))];
    facts.extend(what_is_known(journal, recorded, |role| who(session, role))?);
    // The results are those of one end.
    for (word, fact) in &mut facts {
        if *word == "Games" {
            let _ = write!(fact, " (for {})", who(session, session.header.role));
        }
    }
    Ok(facts)
}

/// Who spoke, for somebody who was at neither end.
fn speaker(session: &StoredSession, written: &Written) -> String {
    let by = written.turn.by;
    match name_of(session, by) {
        Some(name) => in_line(name),
        None => by.name().to_owned(),
    }
}

fn markdown(journal: &Journal, recorded: &Recorded) -> Result<String, JournalError> {
    let session = &recorded.session;
    let mut text = format!("# Session {}\n\n", session.id);
    for (word, fact) in facts(journal, recorded)? {
        let _ = writeln!(text, "- {word}: {}", literal(&fact));
    }
    for written in &recorded.turns {
        let when = journal.local_time(written.at)?;
        let who = literal(&speaker(session, written));
        // In an indented block nothing is markup, and no line of it can end it.
        let said = visible(&written.turn.text).replace('\n', "\n    ");
        let _ = write!(
            text,
            "\n**{}.** {who}, {when}:\n\n    {said}\n",
            written.number
        );
    }
    Ok(text)
}

/// `text` as Markdown that shows it as it is: any ASCII punctuation can stand behind a backslash.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        // These are no markup inside of a line.
        if c.is_ascii_punctuation() && !matches!(c, ':' | '-' | ',' | '(' | ')') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What the JSON of a session looks like.
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
    games: Vec<ExportedGame>,
    turns: Vec<ExportedTurn<'session>>,
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
        games: games.collect(),
        turns: turns.collect(),
    }
}

/// JSON that says the same and is safe for a terminal: outside of strings all of it is ASCII, and
/// in strings what would not be visible stands as `\u202e`.
pub(super) fn ascii_where_hidden(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        let mut bytes = [0; 4];
        let alone: &str = c.encode_utf8(&mut bytes);
        if visible(alone) == alone {
            safe.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{ascii_where_hidden, literal};
    use crate::terminal::visible;

    #[test]
    fn json_is_the_same_value_and_safe_for_a_terminal() {
        let text = "a\x1b\u{9b}\u{202e}\u{e0041}\x7f\u{2028}\r\n\t\"\\ 👩\u{200d}🚀 Grüße";
        let json = serde_json::json!({ "text": text });
        let safe = ascii_where_hidden(&json.to_string());
        assert_eq!(visible(&safe), safe);
        assert!(safe.contains("Grüße") && safe.contains("\\u202e"));
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap_or_default();
        assert_eq!(read, json);
    }

    #[test]
    fn markdown_has_names_as_they_are() {
        assert_eq!(literal("*ann* <b>"), "\\*ann\\* \\<b\\>");
        assert_eq!(literal("[a](b)`_"), "\\[a\\](b)\\`\\_");
    }
}

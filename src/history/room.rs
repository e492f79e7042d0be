//! Rooms: their part of the list, their posts as lines to be read, and their exports.
//!
//! A room can have many posts. They are read and written some at a time, and nothing in the journal
//! waits for whoever reads the output slowly.

use super::export::{Format, ascii_where_hidden, literal};
use super::list::{cut, left, right};
use super::{HistoryError, Id, in_line, set_in};
use crate::journal::{Journal, JournalError, Moment, Room};
use crate::room::words;
use crate::terminal::visible;
use crate::wire::{Post, PostId, What};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write;
use unicode_width::UnicodeWidthStr as _;

/// How many posts are read at once.
const PAGE: usize = 256;

/// How wide the column may be that says which room, on a screen of 80 columns.
const ROOM: usize = 20;

const HEADINGS: [&str; COLUMNS] = ["ID", "FIRST POST", "LAST POST", "ROOM", "POSTS", "MEMBERS"];
const COLUMNS: usize = 6;

type RoomRow = [String; COLUMNS];

/// A line for each room, the newest first; nothing where there is none.
///
/// # Errors
/// [`HistoryError::Unusable`].
pub(super) fn list(journal: &Journal) -> Result<String, HistoryError> {
    let rooms = journal.rooms()?;
    if rooms.is_empty() {
        return Ok(String::new());
    }
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    for room in &rooms {
        rows.push(row(journal, room)?);
    }
    Ok(table(&rows))
}

fn row(journal: &Journal, room: &Room) -> Result<RoomRow, JournalError> {
    let (first, last) = match room.posted {
        Some((first, last)) => (journal.local_time(first)?, journal.local_time(last)?),
        None => ("-".to_owned(), "-".to_owned()),
    };
    let name = match &room.key.name {
        Some(name) => in_line(name.as_str()),
        None => format!("port {}", room.key.port),
    };
    Ok([
        Id::Room(room.id).to_string(),
        first,
        last,
        cut(&name, ROOM),
        room.last.0.to_string(),
        room.members.to_string(),
    ])
}

fn table(rows: &[RoomRow]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let mut table = String::new();
    for row in rows {
        let mut cells = row.iter().zip(widths).enumerate();
        let aligned = cells.by_ref().map(|(column, (cell, width))| match column {
            1..=3 => left(cell, width),
            _ => right(cell, width),
        });
        table.push_str(&aligned.collect::<Vec<_>>().join("  "));
        table.push('\n');
    }
    table
}

/// Writes a room into `out`, to be read.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn show(
    journal: &Journal,
    room: &Room,
    out: &mut impl Write,
) -> Result<(), HistoryError> {
    let mut head = format!("Room {}\n", Id::Room(room.id));
    for (word, fact) in facts(journal, room)? {
        let _ = writeln!(head, "{word}: {fact}");
    }
    head.push('\n');
    put(out, &head)?;
    let width = room.last.0.to_string().len();
    pages(journal, room, |posts| {
        let mut lines = String::new();
        for post in posts {
            let number = post.id.0;
            let when = journal.local_time(Moment::of(post))?;
            let said = set_in(&words(post), width + 2);
            let _ = writeln!(lines, "{number:width$}  {when}  {said}");
        }
        put(out, &lines)
    })
}

/// Writes a room in this format into `out`.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn export(
    journal: &Journal,
    room: &Room,
    format: Format,
    out: &mut impl Write,
) -> Result<(), HistoryError> {
    match format {
        Format::Text => show(journal, room, out),
        Format::Json => json(journal, room, out),
        Format::Markdown => markdown(journal, room, out),
    }
}

/// What is known of a room besides its posts.
fn facts(journal: &Journal, room: &Room) -> Result<Vec<(&'static str, String)>, JournalError> {
    let mut facts = Vec::new();
    if let Some(name) = &room.key.name {
        facts.push(("Name", in_line(name.as_str())));
    }
    facts.push(("Port", room.key.port.to_string()));
    if let Some((first, last)) = room.posted {
        facts.push(("First post", journal.local_time(first)?));
        facts.push(("Last post", journal.local_time(last)?));
    }
    facts.push(("Posts", room.last.0.to_string()));
    facts.push(("Members", room.members.to_string()));
    Ok(facts)
}

/// Hands out the posts of a room in their order, some at a time.
fn pages(
    journal: &Journal,
    room: &Room,
    mut page: impl FnMut(&[Post]) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let mut after = PostId(0);
    loop {
        let posts = journal.posts(room.id, after, room.last, PAGE)?;
        let Some(last) = posts.last() else {
            return Ok(());
        };
        after = last.id;
        page(&posts)?;
    }
}

fn put(out: &mut impl Write, text: &str) -> Result<(), HistoryError> {
    out.write_all(text.as_bytes()).map_err(HistoryError::Output)
}

fn markdown(journal: &Journal, room: &Room, out: &mut impl Write) -> Result<(), HistoryError> {
    let mut head = format!("# Room {}\n\n", Id::Room(room.id));
    for (word, fact) in facts(journal, room)? {
        let _ = writeln!(head, "- {word}: {}", literal(&fact));
    }
    put(out, &head)?;
    pages(journal, room, |posts| {
        let mut text = String::new();
        for post in posts {
            let number = post.id.0;
            let when = journal.local_time(Moment::of(post))?;
            let _ = match &post.what {
                What::Said { text: said } => {
                    let who = literal(&in_line(&post.by.name));
                    // In an indented block nothing is markup, and no line of it can end it.
                    let said = visible(said).replace('\n', "\n    ");
                    write!(text, "\n**{number}.** {who}, {when}:\n\n    {said}\n")
                }
                _ => {
                    let happened = literal(&in_line(&words(post)));
                    write!(text, "\n**{number}.** {when}: {happened}\n")
                }
            };
        }
        put(out, &text)
    })
}

/// What the JSON of a room looks like in front of its posts.
#[derive(Debug, Serialize)]
struct ExportedRoom<'room> {
    room: i64,
    name: Option<&'room str>,
    port: u16,
    members: u64,
}

fn json(journal: &Journal, room: &Room, out: &mut impl Write) -> Result<(), HistoryError> {
    let exported = ExportedRoom {
        room: room.id,
        name: room.key.name.as_ref().map(|name| name.as_str()),
        port: room.key.port,
        members: room.members,
    };
    let unwritten = |error: serde_json::Error| HistoryError::Output(error.into());
    let head = serde_json::to_string_pretty(&exported).map_err(unwritten)?;
    // The posts come as they are read, and stand where the object would have ended.
    let head = head.trim_end_matches("\n}");
    put(
        out,
        &ascii_where_hidden(&format!("{head},\n  \"posts\": [")),
    )?;
    let mut separator = "";
    pages(journal, room, |posts| {
        let mut text = String::new();
        for post in posts {
            let (number, by) = (post.id.0, post.by.id.0);
            let at = Moment::of(post).to_rfc3339();
            let name = serde_json::to_string(&*post.by.name).map_err(unwritten)?;
            let what = serde_json::to_string(&post.what).map_err(unwritten)?;
            // Its fields are the last of the post's.
            let what = what.trim_start_matches('{');
            let json = format!(r#"{{"number":{number},"at":"{at}","by":{by},"name":{name},{what}"#);
            let _ = write!(text, "{separator}\n    {}", ascii_where_hidden(&json));
            separator = ",";
        }
        put(out, &text)
    })?;
    put(out, "\n  ]\n}\n")
}

#[cfg(test)]
mod tests {
    use super::{HEADINGS, table};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn the_list_fits_a_screen() {
        let when = "2026-11-20 09:30";
        let name = "of twenty characters";
        let row = ["r12", when, when, name, "1000000", "12345"].map(str::to_owned);
        let drawn = table(&[HEADINGS.map(str::to_owned), row]);
        assert!(drawn.lines().all(|line| line.width() <= 80), "{drawn}");
        assert!(drawn.contains("    POSTS  MEMBERS\n"), "{drawn}");
    }
}

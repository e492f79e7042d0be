//! Rooms: their table in the list, their posts as lines for reading, and their exports.
//!
//! A room can have many posts. They are read and written in pages, and a slow reader of the output
//! blocks no other user of the journal.

use super::error::HistoryError;
use super::html;
use super::id::Id;
use super::request::Format;
use super::safe_text::{ascii_where_hidden, indented, literal, markdown_block};
use super::table::{Align, Table};
use crate::drawing::escaped;
use crate::journal::{Journal, JournalError, Moment, Room};
use crate::room::words;
use crate::text::{cut, in_line, visible};
use crate::wire::{Post, PostId, What};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write;

/// How many posts are read at once.
const PAGE: usize = 256;

/// The maximum width of the column with the room's name.
const ROOM: usize = 20;

const COLUMNS: [(&str, Align); 6] = [
    ("ID", Align::Right),
    ("FIRST POST", Align::Left),
    ("LAST POST", Align::Left),
    ("ROOM", Align::Left),
    ("POSTS", Align::Right),
    ("MEMBERS", Align::Right),
];

/// A line for each room, the newest first; empty without rooms.
///
/// # Errors
/// [`HistoryError::Unusable`].
pub(super) fn list(journal: &Journal) -> Result<String, HistoryError> {
    let rooms = journal.rooms()?;
    if rooms.is_empty() {
        return Ok(String::new());
    }
    let mut table = Table::new(COLUMNS);
    for room in &rooms {
        table.push(row(journal, room)?);
    }
    Ok(table.draw())
}

fn row(journal: &Journal, room: &Room) -> Result<[String; 6], JournalError> {
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

/// Writes a room to `out` for reading.
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
            let said = indented(&words(post), width + 2);
            let _ = writeln!(lines, "{number:width$}  {when}  {said}");
        }
        put(out, &lines)
    })
}

/// Writes a room in this format to `out`.
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
        Format::Html => page(journal, room, out),
        Format::Svg => Err(HistoryError::NoPicture(room.id)),
    }
}

/// The facts of a room as labels and values.
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

/// Passes the posts of a room in order to `page`, up to [`PAGE`] at a time.
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
                    let said = markdown_block(said);
                    write!(text, "\n**{number}.** {who}, {when}:\n\n{said}\n")
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

/// Writes a room as a page of HTML: a list of its posts with their times.
fn page(journal: &Journal, room: &Room, out: &mut impl Write) -> Result<(), HistoryError> {
    let heading = format!("Room {}", Id::Room(room.id));
    let title = match &room.key.name {
        Some(name) => format!("tictalk room {}", in_line(name.as_str())),
        None => format!("tictalk room {}", Id::Room(room.id)),
    };
    let facts = facts(journal, room)?;
    put(out, &html::head(&title, &heading, &facts))?;
    put(
        out,
        "<h2 id=\"posts\">Posts</h2>\n<ol aria-labelledby=\"posts\">\n",
    )?;
    pages(journal, room, |posts| {
        let mut items = String::new();
        for post in posts {
            let (number, at) = (post.id.0, Moment::of(post));
            let when = journal.local_time(at)?;
            let _ = write!(
                items,
                "<li value=\"{number}\"><time datetime=\"{}\">{when}</time> ",
                at.to_rfc3339()
            );
            let _ = match &post.what {
                What::Said { text } => writeln!(
                    items,
                    "<b>{}:</b> <bdi>{}</bdi></li>",
                    escaped(&in_line(&post.by.name)),
                    escaped(&visible(text))
                ),
                _ => writeln!(items, "<bdi>{}</bdi></li>", escaped(&in_line(&words(post)))),
            };
        }
        put(out, &items)
    })?;
    put(out, "</ol>\n")?;
    put(out, html::FOOT)
}

/// The JSON of a post.
#[derive(Debug, Serialize)]
struct ExportedPost<'post> {
    number: u64,
    at: String,
    by: u64,
    name: &'post str,
    #[serde(flatten)]
    what: &'post What,
}

impl<'post> From<&'post Post> for ExportedPost<'post> {
    fn from(post: &'post Post) -> Self {
        Self {
            number: post.id.0,
            at: Moment::of(post).to_rfc3339(),
            by: post.by.id.0,
            name: &post.by.name,
            what: &post.what,
        }
    }
}

fn json(journal: &Journal, room: &Room, out: &mut impl Write) -> Result<(), HistoryError> {
    let name = to_json(&room.key.name.as_ref().map(|name| name.as_str()))?;
    let (id, port, members) = (room.id, room.key.port, room.members);
    // One object, written in parts, since its posts are read page by page.
    put(
        out,
        &format!(
            "{{\n  \"room\": {id},\n  \"name\": {name},\n  \"port\": {port},\n  \
             \"members\": {members},\n  \"posts\": ["
        ),
    )?;
    let mut separator = "";
    pages(journal, room, |posts| {
        let mut text = String::new();
        for post in posts {
            let post = to_json(&ExportedPost::from(post))?;
            let _ = write!(text, "{separator}\n    {post}");
            separator = ",";
        }
        put(out, &text)
    })?;
    put(out, "\n  ]\n}\n")
}

/// `value` in one line of JSON, safe for a terminal.
fn to_json(value: &impl Serialize) -> Result<String, HistoryError> {
    let json = serde_json::to_string(value).map_err(|error| HistoryError::Output(error.into()))?;
    Ok(ascii_where_hidden(&json))
}

#[cfg(test)]
mod tests {
    use super::COLUMNS;
    use crate::history::table::{SCREEN, Table};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn the_list_fits_a_screen() {
        let when = "2026-11-20 09:30";
        let name = "of twenty characters";
        let mut table = Table::new(COLUMNS);
        table.push(["r12", when, when, name, "1000000", "12345"].map(str::to_owned));
        let drawn = table.draw();
        assert!(drawn.lines().all(|line| line.width() <= SCREEN), "{drawn}");
        assert!(drawn.contains("    POSTS  MEMBERS\n"), "{drawn}");
    }
}

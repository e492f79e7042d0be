//! Exports that look as the session looked: a page, or a picture.
//!
//! Both are drawn from the [shots](super::shots) of a replay, so they show what the terminal of
//! this end showed, in its words and colours. Hidden input is stars there.

use super::error::HistoryError;
use super::facts::{Perspective, facts, who};
use super::html;
use super::recorded::Recorded;
use super::shots::{Shot, each_shot};
use crate::drawing::{About, Row, Sheet, Window, svg};
use crate::journal::Journal;
use crate::terminal::{Audience, Paint, Style};
use crate::text::{cut, in_line};
use std::io::Write;

/// The columns of the terminal.
const COLUMNS: usize = 80;

/// How many rows one picture may have.
pub const MOST_ROWS: usize = 2_000;

/// The maximum width of the title of a window.
const TITLE: usize = 60;

/// The part of a session that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// This many turns at its end.
    Last(u64),
}

/// Writes a session as a page of HTML, row by row.
///
/// # Errors
/// [`HistoryError`].
pub(super) async fn page(
    journal: &Journal,
    recorded: &Recorded,
    part: Part,
    out: &mut impl Write,
) -> Result<(), HistoryError> {
    // An altered session is an error and not half a page.
    each_shot(recorded, style(), |_| Ok(())).await?;
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(HistoryError::Output);
    let heading = format!("Session {}", recorded.session.id);
    let facts = facts(journal, recorded, Perspective::Neutral)?;
    put(&html::head(&title(recorded), &heading, &facts))?;
    put(&html::screen(&owner(recorded)))?;
    each_row(recorded, part, |row| put(&html::row(&row))).await?;
    put(html::SCREEN_END)?;
    put(html::FOOT)
}

/// A session as one picture.
///
/// # Errors
/// [`HistoryError::TooLong`], and others.
pub(super) async fn picture(recorded: &Recorded, part: Part) -> Result<String, HistoryError> {
    let mut rows = Vec::new();
    let mut count = 0;
    each_row(recorded, part, |row| {
        count += 1;
        if count <= MOST_ROWS {
            rows.push(row);
        }
        Ok(())
    })
    .await?;
    if count > MOST_ROWS {
        return Err(HistoryError::TooLong {
            rows: count,
            most: MOST_ROWS,
        });
    }
    let header = &recorded.session.header;
    let program = format!("tictalk {}", header.role.name());
    let bar = match &header.me {
        Some(name) => format!("{}: {program}", in_line(name)),
        None => program,
    };
    let window = Window {
        title: cut(&bar, TITLE),
        columns: COLUMNS,
        rows,
    };
    let about = About {
        title: title(recorded),
        description: format!("The terminal of {}.", owner(recorded)),
    };
    Ok(svg(&[window], Some(&about)))
}

/// Colours, although standard output is often a file.
fn style() -> Style {
    Style {
        paint: Paint::switch(true),
        audience: Audience::Person,
    }
}

/// `tictalk session 3: ann (client) and bob (server)`.
fn title(recorded: &Recorded) -> String {
    let session = &recorded.session;
    let me = session.header.role;
    let (me, partner) = (who(session, me), who(session, me.other()));
    format!("tictalk session {}: {me} and {partner}", session.id)
}

/// The person whose terminal is drawn.
fn owner(recorded: &Recorded) -> String {
    who(&recorded.session, recorded.session.header.role)
}

/// Passes the rows of the terminal to `see`, from the top.
async fn each_row(
    recorded: &Recorded,
    part: Part,
    mut see: impl FnMut(Row) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let turns = u64::try_from(recorded.turns.len()).unwrap_or(u64::MAX);
    let first = match part {
        Part::All => 0,
        Part::Last(last) => (turns + 1).saturating_sub(last),
    };
    let mut sheet = Sheet::new(COLUMNS);
    each_shot(recorded, style(), |Shot { turn, shown, .. }| {
        let rows = sheet.print(&shown).into_iter();
        match turn >= first {
            true => rows.into_iter().try_for_each(&mut see),
            false => Ok(()),
        }
    })
    .await?;
    sheet.end().map_or(Ok(()), see)
}

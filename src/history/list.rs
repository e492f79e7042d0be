//! The sessions of a journal as a table, and its rooms as another one.

use super::{EMPTY, HistoryError, in_line, place, results, room, who};
use crate::journal::{Journal, JournalError, StoredSession};
use crate::net::Address;
use crate::session::Role;
use crate::wire::Dialect;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How wide the screens are for which the table is made.
const SCREEN: usize = 80;

/// How wide the column may be that says with whom.
const WITH: usize = 22;

const HEADINGS: [&str; COLUMNS] = ["ID", "WHEN", "WITH", "TURNS", "STATE", "GAMES"];
const COLUMNS: usize = 6;

type SessionRow = [String; COLUMNS];

/// A line for each session, the newest first, and behind them one for each room.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn list(journal: &Journal) -> Result<String, HistoryError> {
    let lists = [sessions(journal)?, room::list(journal)?];
    let lists = lists.into_iter().filter(|list| !list.is_empty());
    let lists: Vec<String> = lists.collect();
    if lists.is_empty() {
        return Ok(EMPTY.to_owned());
    }
    Ok(lists.join("\n"))
}

/// A line for each session; nothing where there is none.
fn sessions(journal: &Journal) -> Result<String, HistoryError> {
    let sessions = journal.sessions()?;
    if sessions.is_empty() {
        return Ok(String::new());
    }
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    for session in &sessions {
        rows.push(row(journal, session)?);
    }
    let mut list = table(&rows);
    let unfinished = sessions.iter().find(|session| can_go_on(session));
    if let Some(session) = unfinished {
        list.push_str(&format!(
            "\n`{}` goes on with session {}.\n",
            resume(session),
            session.id
        ));
    }
    Ok(list)
}

/// Whether a client can go on with the session, if there is no newer one with the same server.
pub(super) fn can_go_on(session: &StoredSession) -> bool {
    session.header.role == Role::Client
        && session.header.dialect == Dialect::Tictalk
        && session.ended.is_none()
}

/// What goes on with the session.
pub(super) fn resume(session: &StoredSession) -> String {
    let server = Address {
        host: in_line(&session.header.host),
        port: session.header.port,
    };
    format!("tictalk client{} --resume", server.options())
}

fn row(journal: &Journal, session: &StoredSession) -> Result<SessionRow, HistoryError> {
    let played = match journal.games(session) {
        Ok(games) => results(&games),
        // The other sessions can be listed all the same.
        Err(JournalError::Altered { .. }) => "altered!".to_owned(),
        Err(error) => return Err(error.into()),
    };
    let state = match session.ended {
        Some(_) => "finished",
        None => "unfinished",
    };
    Ok([
        session.id.to_string(),
        journal.local_time(session.began)?,
        cut(&with(session), WITH),
        session.turns.to_string(),
        state.to_owned(),
        played,
    ])
}

/// With whom: by name, or by what else is known.
fn with(session: &StoredSession) -> String {
    match (&session.header.partner, session.header.role) {
        (None, Role::Client) => place(session),
        _ => who(session, session.header.role.other()),
    }
}

/// Aligns the columns. Games for which a line has no room stand below it.
fn table(rows: &[SessionRow]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let mut table = String::new();
    for row in rows {
        let [id, when, with, turns, state, games] = row;
        let [
            id_width,
            when_width,
            with_width,
            turns_width,
            state_width,
            _,
        ] = widths;
        let id = right(id, id_width);
        let when = left(when, when_width);
        let with = left(with, with_width);
        let turns = right(turns, turns_width);
        let state = left(state, state_width);
        let mut line = format!("{id}  {when}  {with}  {turns}  {state}");
        let has_room = line.width() + 2 + games.width() <= SCREEN;
        if has_room {
            line.push_str(&format!("  {games}"));
        }
        table.push_str(line.trim_end());
        table.push('\n');
        if !has_room {
            let behind_id = id_width + 2;
            table.push_str(&format!("{:behind_id$}{games}\n", ""));
        }
    }
    table
}

pub(super) fn left(text: &str, width: usize) -> String {
    let room = width.saturating_sub(text.width());
    format!("{text}{:room$}", "")
}

pub(super) fn right(text: &str, width: usize) -> String {
    let room = width.saturating_sub(text.width());
    format!("{:room$}{text}", "")
}

/// `text`, no wider than `width`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::{HEADINGS, SessionRow, cut, table};
    use unicode_width::UnicodeWidthStr as _;

    fn row(cells: [&str; 6]) -> SessionRow {
        cells.map(str::to_owned)
    }

    #[test]
    fn wide_letters_and_long_numbers_stay_in_their_columns() {
        let when = "2026-11-20 09:30";
        let rows = [
            row(HEADINGS),
            row(["12", when, "小明 (client)", "1200", "finished", ""]),
            row([
                "3",
                when,
                "ann (server)",
                "7",
                "unfinished",
                "tictactoe: won",
            ]),
        ];
        assert_eq!(
            table(&rows),
            "ID  WHEN              WITH           TURNS  STATE       GAMES\n\
             12  2026-11-20 09:30  小明 (client)   1200  finished\n \
             3  2026-11-20 09:30  ann (server)       7  unfinished  tictactoe: won\n"
        );
    }

    #[test]
    fn many_results_stand_below_their_line() {
        let games = "tictactoe: 10 won, 12 lost, 3 drawn, 4 given up, 1 unfinished";
        let cells = [
            "1",
            "2026-11-20 09:30",
            "the client",
            "300",
            "finished",
            games,
        ];
        let drawn = table(&[row(cells)]);
        let (_, below) = drawn.split_once('\n').unwrap_or_default();
        assert_eq!(below, format!("   {games}\n"));
        assert!(drawn.lines().all(|line| line.width() <= 80), "{drawn}");
    }

    #[test]
    fn what_is_too_wide_is_cut() {
        assert_eq!(cut("ann", 3), "ann");
        assert_eq!(cut("anna", 3), "an…");
        assert_eq!(cut("小明小", 4), "小…");
    }
}

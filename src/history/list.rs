//! The sessions of a journal as a table, followed by the remembered partners and the rooms.

use super::error::HistoryError;
use super::facts::{address, can_resume, results, resume_command, who};
use super::table::{Align, Table};
use super::{partners, room};
use crate::journal::{Journal, JournalError, StoredSession};
use crate::session::Role;
use crate::text::cut;

/// The list of an empty journal.
pub(super) const EMPTY: &str =
    "The journal is empty: `tictalk server` and `tictalk client` begin a session.\n";

/// The maximum width of the column with the partner.
const WITH: usize = 22;

const COLUMNS: [(&str, Align); 6] = [
    ("ID", Align::Right),
    ("WHEN", Align::Left),
    ("WITH", Align::Left),
    ("TURNS", Align::Right),
    ("STATE", Align::Left),
    ("GAMES", Align::Left),
];

/// A line for each session, the newest first, then one for each remembered partner and for each room.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn list(journal: &Journal) -> Result<String, HistoryError> {
    let mut lists = vec![
        sessions(journal)?,
        partners::list(journal)?,
        room::list(journal)?,
    ];
    lists.retain(|list| !list.is_empty());
    if lists.is_empty() {
        return Ok(EMPTY.to_owned());
    }
    Ok(lists.join("\n"))
}

/// A line for each session; empty without sessions.
fn sessions(journal: &Journal) -> Result<String, HistoryError> {
    let sessions = journal.sessions()?;
    if sessions.is_empty() {
        return Ok(String::new());
    }
    let mut table = Table::new(COLUMNS);
    for session in &sessions {
        table.push(row(journal, session)?);
    }
    let mut list = table.draw();
    if let Some(session) = sessions.iter().find(|session| can_resume(session)) {
        list.push_str(&format!(
            "\n`{}` resumes session {}.\n",
            resume_command(session),
            session.id
        ));
    }
    Ok(list)
}

fn row(journal: &Journal, session: &StoredSession) -> Result<[String; 6], HistoryError> {
    let played = match journal.games(session) {
        Ok(games) => results(&games),
        // The other sessions can still be listed.
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
        cut(&partner(session), WITH),
        session.turns.to_string(),
        state.to_owned(),
        played,
    ])
}

/// The partner: by name, else a server by its address.
fn partner(session: &StoredSession) -> String {
    match (&session.header.partner, session.header.role) {
        (None, Role::Client) => address(session),
        _ => who(session, session.header.role.other()),
    }
}

#[cfg(test)]
mod tests {
    use super::COLUMNS;
    use crate::history::table::{SCREEN, Table};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn many_results_move_below_their_line() {
        let games = "tictactoe: 10 won, 12 lost, 3 drawn, 4 given up, 1 unfinished";
        let when = "2026-11-20 09:30";
        let mut table = Table::new(COLUMNS);
        table.push(["1", when, "the client", "300", "finished", games].map(str::to_owned));
        let drawn = table.draw();
        let below = drawn.lines().next_back().unwrap_or_default();
        assert_eq!(below, format!("    {games}"));
        assert!(drawn.lines().all(|line| line.width() <= SCREEN), "{drawn}");
    }
}

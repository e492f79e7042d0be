//! The facts of a session in words.

use super::partners::fingerprint;
use super::recorded::Recorded;
use crate::journal::{Journal, JournalError, StoredSession};
use crate::net::Address;
use crate::session::{GameEnd, Played, Role, Side};
use crate::text::in_line;

/// The reader for whom a session is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Perspective {
    /// The person at this end, who is called "you".
    Own,
    /// Anyone else.
    Neutral,
}

impl Perspective {
    /// The person in this role, as the facts name them.
    fn who(self, session: &StoredSession, role: Role) -> String {
        match self {
            Self::Own if role == session.header.role => "you".to_owned(),
            _ => who(session, role),
        }
    }

    /// The person in this role, as the speaker of a turn.
    pub(super) fn speaker(self, session: &StoredSession, role: Role) -> String {
        match (self, name_of(session, role)) {
            (Self::Own, _) if role == session.header.role => "you".to_owned(),
            (_, Some(name)) => in_line(name),
            (Self::Own, None) => format!("the {}", role.name()),
            (Self::Neutral, None) => role.name().to_owned(),
        }
    }
}

/// The facts of a session as labels and values.
///
/// # Errors
/// [`JournalError::Use`].
pub(super) fn facts(
    journal: &Journal,
    recorded: &Recorded,
    view: Perspective,
) -> Result<Vec<(&'static str, String)>, JournalError> {
    let session = &recorded.session;
    let me = session.header.role;
    let people = match view {
        Perspective::Own => ("With", who(session, me.other())),
        Perspective::Neutral => {
            let ends = [Role::Client, Role::Server].map(|role| who(session, role));
            ("Between", ends.join(" and "))
        }
    };
    let ended = match session.ended {
        Some((at, role)) => {
            let by = view.who(session, role);
            format!("{} by {by}", journal.local_time(at)?)
        }
        None => "unfinished".to_owned(),
    };
    let mut facts = vec![
        people,
        ("Server", address(session)),
        ("Began", journal.local_time(session.began)?),
        ("Ended", ended),
        ("Turns", session.turns.to_string()),
    ];
    let games = recorded.games();
    if !games.is_empty() {
        let results = results(&games);
        facts.push((
            "Games",
            match view {
                Perspective::Own => results,
                Perspective::Neutral => format!("{results} (for {})", who(session, me)),
            },
        ));
    }
    if let Some(key) = &session.header.key {
        let words = fingerprint(key);
        facts.push(("Private line", format!("fingerprint {words}")));
    }
    facts.push(("Fingerprint", recorded.fingerprint()));
    if view == Perspective::Own && is_next_to_resume(journal, session)? {
        facts.push(("Resume", resume_command(session)));
    }
    Ok(facts)
}

/// Whether a client can resume the session, unless there is a newer one with the same server.
pub(super) fn can_resume(session: &StoredSession) -> bool {
    session.header.role == Role::Client
        && session.header.dialect.can_resume()
        && session.ended.is_none()
}

/// Whether [`resume_command`] resumes this session and not a newer one.
fn is_next_to_resume(journal: &Journal, session: &StoredSession) -> Result<bool, JournalError> {
    let newest = journal.unfinished(&session.header.host, session.header.port)?;
    Ok(can_resume(session) && newest.is_some_and(|newest| newest.id == session.id))
}

/// The command that resumes the session.
pub(super) fn resume_command(session: &StoredSession) -> String {
    let server = Address {
        host: in_line(&session.header.host),
        port: session.header.port,
    };
    format!("tictalk client{} --resume", server.options())
}

/// The name of the person in this role, if there is one. Foreign text.
fn name_of(session: &StoredSession, role: Role) -> Option<&str> {
    if role == session.header.role {
        session.header.me.as_deref()
    } else {
        session.header.partner.as_deref()
    }
}

/// The person in this role: `ann (client)`, or `the client` without a name.
pub(super) fn who(session: &StoredSession, role: Role) -> String {
    match name_of(session, role) {
        Some(name) => format!("{} ({})", in_line(name), role.name()),
        None => format!("the {}", role.name()),
    }
}

/// The address of the session's server: `localhost:1059`.
pub(super) fn address(session: &StoredSession) -> String {
    let (host, port) = (in_line(&session.header.host), session.header.port);
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// The result of a game for the person at this end, in a word.
pub(super) fn result(end: Option<GameEnd>) -> &'static str {
    match end {
        Some(GameEnd::Resigned(Side::Me)) => "given up",
        Some(end) => match end.winner() {
            Some(Side::Me) => "won",
            Some(Side::Partner) => "lost",
            None => "drawn",
        },
        None => "unfinished",
    }
}

/// The games and their results: `tictactoe: won`, or `tictactoe: 2 won, 1 drawn`.
pub(super) fn results(games: &[Played]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for played in games {
        if !names.contains(&played.game.name) {
            names.push(played.game.name);
        }
    }
    let each = names.into_iter().map(|name| {
        let of_it = games.iter().filter(|played| played.game.name == name);
        let ends: Vec<&str> = of_it.map(|played| result(played.end)).collect();
        format!("{name}: {}", tally(&ends))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// How often each word occurs, in the order of first occurrence. A single word needs no number.
fn tally(words: &[&str]) -> String {
    if let [word] = words {
        return (*word).to_owned();
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts = counts.iter().map(|(word, count)| format!("{count} {word}"));
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::tally;

    #[test]
    fn results_are_counted_where_there_are_several() {
        assert_eq!(tally(&[]), "");
        assert_eq!(tally(&["won"]), "won");
        assert_eq!(tally(&["won", "lost", "won"]), "2 won, 1 lost");
    }
}

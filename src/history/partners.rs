//! The partners that are remembered by their keys. The keys themselves are never shown.

use super::error::HistoryError;
use super::table::{Align, Table};
use crate::journal::{Erased, Forgotten, Journal, JournalError};
use crate::text::{cut, in_line};
use crate::wire::LineKey;
use crate::words::spoken;

/// The maximum width of a name in a message, in columns.
const NAME: usize = 60;

const COLUMNS: [(&str, Align); 3] = [
    ("PARTNER", Align::Left),
    ("SINCE", Align::Left),
    ("FINGERPRINT", Align::Left),
];

/// The fingerprint of a key, in words that two people can compare.
pub(super) fn fingerprint(key: &LineKey) -> String {
    spoken(&key.fingerprint())
}

/// A line for each remembered partner, those seen most recently first; empty without partners.
///
/// # Errors
/// [`HistoryError::Unusable`].
pub(super) fn list(journal: &Journal) -> Result<String, HistoryError> {
    let partners = journal.partners()?;
    if partners.is_empty() {
        return Ok(String::new());
    }
    let mut table = Table::new(COLUMNS);
    for partner in &partners {
        table.push([
            in_line(&partner.name),
            journal.local_time(partner.since)?,
            fingerprint(&partner.key),
        ]);
    }
    Ok(table.draw())
}

/// Forgets the partner of this name, which may also be written as [`list`] shows it.
///
/// # Errors
/// [`HistoryError`].
pub(super) fn forget(journal: &mut Journal, name: &str) -> Result<String, HistoryError> {
    let forgotten = match journal.forget_partner(name)? {
        Some(forgotten) => Some(forgotten),
        None => match as_listed(journal, name)? {
            Some(name) => journal.forget_partner(&name)?,
            None => None,
        },
    };
    let Some(Forgotten { name, erased }) = forgotten else {
        return Err(missing(name));
    };
    let erased = match erased {
        Erased::Now => "",
        Erased::Later => {
            " Another program is reading the journal: the key stays in the file until it has ended."
        }
    };
    Ok(format!(
        "Forgot {}. The next private line between you takes a code.{erased}\n",
        cut(&in_line(&name), NAME)
    ))
}

/// The name of the partner whom [`list`] shows like this.
fn as_listed(journal: &Journal, shown: &str) -> Result<Option<String>, JournalError> {
    let partners = journal.partners()?.into_iter();
    let mut names = partners.map(|partner| partner.name);
    Ok(names.find(|name| in_line(name) == shown))
}

/// The error for a partner whom the journal does not remember.
pub(super) fn missing(name: &str) -> HistoryError {
    HistoryError::NoPartner(cut(&in_line(name), NAME))
}

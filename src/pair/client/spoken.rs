//! What the server speaks, as the journal remembers it from a moment ago.

use super::line_secret::LineWish;
use super::options::Client;
use crate::journal::Journal;
use crate::net::Address;
use crate::pair::error::PairError;
use crate::pair::speaker::Speaker;
use crate::pair::wire_choice::WireChoice;
use crate::wire::Dialect;

impl Client {
    /// The dialect that the server spoke a moment ago, if it needs no greeting and the choice is ours.
    pub(super) fn remembered(
        &self,
        journal: Option<&Journal>,
    ) -> Result<Option<Dialect>, PairError> {
        let is_open = self.wire == WireChoice::Unstated
            && matches!(self.line, LineWish::Plain)
            && !self.resume;
        let Some(journal) = journal.filter(|_| is_open) else {
            return Ok(None);
        };
        let spoken = journal.dialect_of_server(&self.address.host, self.address.port)?;
        Ok(spoken.filter(|dialect| *dialect != Dialect::Tictalk))
    }

    /// Remembers what the server speaks, if it has told that itself.
    pub(super) fn remember(&self, dialect: Dialect, journal: &mut Journal) {
        if dialect == Dialect::Tictalk || !matches!(self.wire, WireChoice::Only(_)) {
            let Address { host, port } = &self.address;
            // Without it, the next client has to find out again.
            let _ = journal.remember_server(host, *port, dialect);
        }
    }

    /// Tells the person what the server speaks, unless it is as they expect.
    pub(super) fn tell_dialect<S: Speaker>(
        &self,
        dialect: Dialect,
        remembered: Option<Dialect>,
        speaker: &mut S,
    ) {
        let name = dialect.name();
        if remembered.is_some() {
            speaker.line(&format!(
                "The server spoke {name} a moment ago, so this client does too: {}. --wire auto \
                 detects it again.",
                dialect.words()
            ));
        } else if !matches!(self.wire, WireChoice::Only(_)) && dialect != Dialect::Tictalk {
            let words = dialect.words();
            speaker.line(&format!(
                "The server is not tictalk. It speaks {name}: {words}."
            ));
        }
    }
}

//! What both ends know of their private line, and of each other by its key.

use super::speaker::Speaker;
use crate::journal::{Journal, JournalError, Remembered};
use crate::net::{Agreed, AgreedBy};
use crate::text::visible;
use crate::wire::{Abilities, LineKey, Name, PrivateLine};
use crate::words::spoken;

/// A private line, once both ends have proved that they know the same secret.
#[derive(Debug, Clone)]
pub(super) struct Secured {
    /// Bytes that are equal at both ends.
    check: [u8; 8],
    /// The key by which the two programs meet again.
    pub(super) key: LineKey,
    pub(super) origin: KeyOrigin,
}

/// Where the key of a private line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyOrigin {
    /// From this line, which a code has opened.
    New,
    /// From an earlier line.
    Known,
}

/// What two programs want to do with the key of their line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acquaintance {
    /// Both keep it beside the name of the other.
    Kept,
    /// At least one of them forgets it with the session.
    Passing,
}

impl Acquaintance {
    /// What both ends say.
    pub(super) fn of(ours: Abilities, theirs: Abilities) -> Self {
        match ours.partners && theirs.partners {
            true => Self::Kept,
            false => Self::Passing,
        }
    }
}

impl Secured {
    /// The line that was agreed on, and what is known of it.
    pub(super) fn new(agreed: Agreed) -> (PrivateLine, Self) {
        let Agreed { agreement, by } = agreed;
        let (key, origin) = match by {
            AgreedBy::Code => (agreement.key, KeyOrigin::New),
            AgreedBy::Key(key) => (key, KeyOrigin::Known),
        };
        let check = agreement.check;
        (agreement.line, Self { check, key, origin })
    }

    /// Tells a new member that the line is private. Nobody at the other end shows a check.
    pub(super) fn announce_room(speaker: &mut impl Speaker) {
        speaker.line("The line is private.");
    }

    /// Tells the person that the line is private.
    pub(super) fn announce(&self, speaker: &mut impl Speaker) {
        let check = spoken(&self.check);
        speaker.line(&format!(
            "The line is private. Check: {check} (the same at both ends)."
        ));
    }

    /// Whether the partner of this `name` is one that the journal knows. A new one is remembered if both
    /// ends want that.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) fn recognize(
        &self,
        name: Option<&Name>,
        acquaintance: Acquaintance,
        journal: &mut Journal,
    ) -> Result<Recognition, JournalError> {
        let known = journal.partners()?;
        if let Some(known) = known.into_iter().find(|known| known.key == self.key) {
            journal.remember_partner(&known.name, &self.key)?;
            let Some(now) = name else {
                return Ok(Recognition::Known(known.name));
            };
            let namesake = journal.partner(now.as_str())?;
            return Ok(match namesake {
                Some(namesake) if namesake.key == self.key => Recognition::Known(known.name),
                _ => Recognition::Renamed {
                    known: known.name,
                    now: now.to_string(),
                },
            });
        }
        let Some(name) = name else {
            return Ok(Recognition::Unknown);
        };
        let is_wanted = (self.origin, acquaintance) == (KeyOrigin::New, Acquaintance::Kept);
        if !is_wanted && journal.partner(name.as_str())?.is_none() {
            return Ok(Recognition::Unknown);
        }
        Ok(match journal.remember_partner(name.as_str(), &self.key)? {
            Remembered::New | Remembered::Again => Recognition::New(name.to_string()),
            Remembered::OtherKey => Recognition::Other(name.to_string()),
        })
    }
}

/// What the journal knows about a partner. Names are foreign text.
#[derive(Debug)]
pub(super) enum Recognition {
    Unknown,
    /// Remembered from now on.
    New(String),
    /// The partner of an earlier session.
    Known(String),
    /// The partner of an earlier session, with another name now.
    Renamed {
        known: String,
        now: String,
    },
    /// Somebody with the name of another partner.
    Other(String),
}

impl Recognition {
    /// Tells the person.
    pub(super) fn tell(&self, speaker: &mut impl Speaker) {
        match self {
            Self::Unknown => {}
            Self::New(name) => {
                let name = visible(name);
                speaker.hint(&format!(
                    "Your next private line with {name} needs no code. `tictalk forget {name}` undoes \
                     that."
                ));
            }
            Self::Known(name) => {
                let name = visible(name);
                speaker.line(&format!("{name} is recognized by the key of an earlier session."));
            }
            Self::Renamed { known, now } => speaker.warn(&format!(
                "Your partner {known} is called {now} now: the key is the same."
            )),
            Self::Other(name) => speaker.warn(&format!(
                "This is not the {name} you know: the key is another one. If it is, `tictalk forget \
                 {name}` forgets the old key."
            )),
        }
    }
}

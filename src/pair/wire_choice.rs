//! The dialect that a person has chosen, or leaves to the program.

use crate::wire::Dialect;

/// The dialect of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireChoice {
    /// None was chosen: the one that the partner spoke last time, or else as with [`Self::Auto`].
    Unstated,
    /// The one that its first bytes tell.
    Auto,
    /// This one, whatever its bytes look like. A server still recognizes the programs that begin with
    /// a greeting.
    Only(Dialect),
}

impl WireChoice {
    /// Every choice that has a name, the usual ones first.
    #[must_use]
    pub fn named() -> Vec<(&'static str, Self)> {
        let dialects = Dialect::choices().into_iter();
        let dialects = dialects.map(|dialect| (dialect.name(), Self::Only(dialect)));
        std::iter::once(("auto", Self::Auto))
            .chain(dialects)
            .collect()
    }
}

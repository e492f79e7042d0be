//! The parts of a bench that its command line selects.

use anyhow::bail;

/// The parts to measure: those named, or all.
#[derive(Debug)]
pub(crate) struct Parts<'names>(Vec<&'names str>);

impl<'names> Parts<'names> {
    /// Reads the names among the arguments.
    ///
    /// # Errors
    ///
    /// A name that is not one of the `known` parts.
    pub(crate) fn read(arguments: &[&'names str], known: &[&str]) -> anyhow::Result<Self> {
        let is_name = |argument: &&&str| !argument.starts_with('-');
        let named: Vec<_> = arguments.iter().filter(is_name).copied().collect();
        if let Some(name) = named.iter().find(|name| !known.contains(name)) {
            bail!(
                "there is no part {name}; the parts are {}",
                known.join(", ")
            );
        }
        Ok(Self(named))
    }

    /// Whether this part is to be measured.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.0.is_empty() || self.0.contains(&part)
    }
}

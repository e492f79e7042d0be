//! How many servers keep a stream.

/// How many servers of the engine keep a stream: 1 to 5, and one by default. More than one needs a
/// cluster of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas(u8);

impl Replicas {
    /// This number of servers, if an engine allows it.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=5).contains(&number).then_some(Self(number))
    }

    /// The number of servers.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Default for Replicas {
    fn default() -> Self {
        Self(1)
    }
}

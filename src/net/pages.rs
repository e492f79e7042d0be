//! Whether browsers are served.

use super::host_name::HostName;

/// Whether the port answers browsers with pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// Browsers are told that there is no page.
    Off,
    /// Browsers get the pages.
    On {
        /// The names by which a browser may call this machine, besides `localhost`, addresses and
        /// [`own_names`](super::own_names).
        allowed: Vec<HostName>,
    },
}

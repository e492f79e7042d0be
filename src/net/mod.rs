//! The network and the system, for every shell: addresses and listeners, admission, connections,
//! key exchanges, signals and random numbers.

mod address;
pub(crate) mod admission;
mod backoff;
mod connection;
mod deadline;
mod host_name;
mod host_port;
pub(crate) mod key_exchange;
mod line;
mod local_addresses;
mod pages;
mod random;
mod reach;
mod signals;

pub use address::{Address, AddressError, DEFAULT_PORT, Listener, PeerAddress};
pub use connection::{Connection, ReceiveError};
pub use host_name::{HostName, NoHostName, own_names};
pub use host_port::{HostPort, NoHostPort};
pub use key_exchange::{Agreed, AgreedBy, KeyExchangeError};
pub use line::{Line, LineKind, LinePolicy};
pub use pages::Pages;
#[cfg(feature = "cluster")]
pub use random::new_cluster_key;
pub use random::{new_chance, new_code, new_host_secret, new_line_key, new_nonce, new_ticket};
pub use reach::{Extent, Reach};
pub use signals::{Exit, Signal, Signals};

#[cfg(target_os = "linux")]
pub(crate) use address::ACKNOWLEDGEMENT_TIMEOUT;
pub(crate) use backoff::retry_pause;
pub(crate) use deadline::until;

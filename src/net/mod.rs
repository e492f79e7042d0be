//! The network and the system, for every shell: addresses and listeners, connections, signals and
//! random numbers.

mod address;
mod connection;
mod random;
mod signals;

pub use address::{Address, AddressError, DEFAULT_PORT, Listener, PeerAddress};
pub use connection::{Connection, ReceiveError};
pub use random::{new_chance, new_nonce, new_ticket};
pub use signals::{Exit, Signal, Signals};

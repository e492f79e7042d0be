//! Sessions and rooms, stored in an SQLite database that several programs of a person may share.
//!
//! A turn is stored before it is sent or shown, so a program that is killed can resume its session.
//! After a loss of power only the soundness of the file is guaranteed: each turn is handed to the
//! operating system at once, which writes it to the disk later (WAL mode, `synchronous = NORMAL`).
//!
//! [`Journal`] is the file, [`Ledger`] writes a running session and [`Register`] a running room.
//! [`history`](crate::history) renders the journal for people.

mod claim;
mod comments;
mod database;
mod erase;
mod error;
mod files;
#[cfg(test)]
mod fixture;
mod ledger;
mod line_key;
mod moment;
mod partners;
mod pass;
mod register;
mod rooms;
mod row_id;
mod schema;
mod search;
mod servers;
mod sessions;
mod states;

pub use comments::{CommentHit, StoredComment};
pub use database::Journal;
pub use erase::Erased;
pub use error::{JournalError, Problem};
pub use ledger::Ledger;
pub use moment::Moment;
pub use partners::{Forgotten, Remembered, RememberedPartner};
pub use pass::{Pass, RoomLogin};
pub use register::{Register, RoomSecrets};
pub use rooms::{Remark, Room, RoomKey};
pub use sessions::{Header, Hit, StoredSession, Written};
pub use states::ClusterKey;

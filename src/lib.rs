//! tictalk: two terminals that take strict turns to talk and play over one TCP connection.
//!
//! A functional core in an imperative shell: the core decides, the shell performs. This library
//! exists for the program of the same name, its tests and its benches; it is not a stable API.
//!
//! The leaves know nothing of the other modules:
//!
//! - [`text`]: hidden characters, escaping for terminals, columns, plurals and times.
//! - [`files`]: opens files by name, safely.
//! - [`wire`]: frames, dialects and control messages, with the specification of the protocol.
//! - [`games`]: the rules of the games.
//!
//! The cores have no socket, terminal, clock or file:
//!
//! - [`session`]: the core of a pair, two people who take turns.
//! - [`room`]: the cores of a room, many people and a host: the server's hub and the client's guest.
//! - [`bot`]: what a computer partner says.
//!
//! The shells perform what the cores decide:
//!
//! - [`journal`]: stores sessions and rooms, so that they outlive their programs.
//! - [`terminal`]: the line editor, pipes and colours.
//! - [`net`]: addresses, connections, signals and random numbers.
//! - [`pair`]: the shell of a session.
//! - [`room_server`]: the shell of a room's hub.
//! - [`room_client`]: the shell of a room's guest.
//! - [`history`]: lists, searches, exports and replays the journal.

pub mod bot;
pub mod files;
pub mod games;
mod hex;
pub mod history;
pub mod journal;
pub mod net;
pub mod pair;
pub mod room;
pub mod room_client;
pub mod room_server;
pub mod session;
pub mod terminal;
pub mod text;
pub mod wire;

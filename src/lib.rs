//! tictalk: two terminals that take strict turns, to talk and to play, over one TCP connection.
//!
//! A functional core in an imperative shell: the core decides, the shell does. The rooms, in the
//! order in which a message meets them on its way in:
//!
//! - [`wire`]: bytes and frames, the three dialects, the handshake. Knows nothing else here.
//! - [`games`]: the rules, one file a game. Knows nothing else here.
//! - [`session`]: two people and whose turn it is, as a state machine without socket, terminal or
//!   clock. Knows `games` and the words of `wire`.
//! - [`room`]: many people and one host, as two state machines of the same kind: the server's and
//!   the client's. Knows `games` and the words of `wire`.
//! - [`bot`]: what a computer partner says. Knows `games` and the commands of `session`.
//! - [`journal`]: what was said, written down, so that a session outlives its programs. Knows the
//!   turns of `session`.
//! - [`net`]: what all shells need of the network and the system: addresses, connections, signals and
//!   random numbers.
//! - [`pair`]: the shell of a session. It waits for a line, a frame or a signal, hands it to the
//!   session, and performs the effects in order.
//! - [`room_server`]: the shell of a room's hub: many connections, a store, and the host's console.
//! - [`room_client`]: the shell of a room's guest: one connection and a console.
//! - [`files`]: opens files by name with care. Knows nothing else here.
//! - [`text`]: which characters of foreign text are hidden. Knows nothing else here.
//! - [`terminal`]: what a person types and sees: the line editor, pipes, colours, and the escaping
//!   of foreign text. Of the others it knows only how a board looks.
//! - [`history`]: what people read of the journal, and sessions played back through the real
//!   `session` and `pair::Transcript`.

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

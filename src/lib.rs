//! tictalk: two terminals that take strict turns to talk and play over one TCP connection.
//!
//! A functional core in an imperative shell: the core decides, the shell performs. This library
//! exists for the program of the same name, its tests and its benches; it is not a stable API.
//!
//! The leaves know nothing of the other modules:
//!
//! - [`text`]: hidden characters, escaping for terminals, columns, plurals and times.
//! - [`files`]: opens files by name, safely.
//! - [`words`]: words that people say to each other, as codes and checks.
//! - [`wire`]: frames, dialects, private lines and control messages, with the specification of the
//!   protocol.
//! - [`games`]: the rules of the games.
//! - [`drawing`]: windows of a terminal as pictures.
//! - [`tournament`]: who plays whom, the results and their tables.
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
//! - [`net`]: addresses, connections, key exchanges, signals and random numbers.
//! - [`player`]: programs that play, as processes.
//! - [`pair`]: the shell of a session.
//! - [`arena`]: the shell of a tournament.
//! - [`room_server`]: the shell of a room's hub.
//! - [`room_client`]: the shell of a room's guest.
//! - [`history`]: lists, searches, exports and replays the journal.
//! - [`probe`]: examines a program that somebody wrote.
//! - `cluster`, in the feature of this name: a room on several machines.
//!
//! # Sources
//!
//! The assignment, "Project 4 – Client / Server Chat/Game", names two tutorials:
//!
//! - Python's [Socket Programming HOWTO](https://docs.python.org/3/howto/sockets.html): a stream has
//!   no messages, so each one carries its size ([`wire`]).
//! - Real Python's [guide to sockets](https://realpython.com/python-sockets/): the order of bind,
//!   listen and accept, reading until a message is whole, and one loop for many connections
//!   ([`net`], [`room_server`]).
//!
//! The worksheet "IP & Socket Programming" describes frames of size and data, and receipts
//! ([`wire`], [`session`]).
//!
//! The code rests on the documentation of the standard library and of these crates:
//! [tokio](https://docs.rs/tokio), [socket2](https://docs.rs/socket2), [nix](https://docs.rs/nix),
//! [rusqlite](https://docs.rs/rusqlite), [rustyline](https://docs.rs/rustyline),
//! [colored](https://docs.rs/colored), [clap](https://docs.rs/clap) and
//! [toml](https://docs.rs/toml).
//!
//! Standards and papers:
//!
//! - Addresses and sealed secrets: [RFC 6761](https://www.rfc-editor.org/rfc/rfc6761) for
//!   `localhost`, and [RFC 9162](https://www.rfc-editor.org/rfc/rfc9162) for hash trees.
//! - The private line: [draft-irtf-cfrg-cpace-21][cpace],
//!   [RFC 9496](https://www.rfc-editor.org/rfc/rfc9496) for ristretto255,
//!   [RFC 5869](https://www.rfc-editor.org/rfc/rfc5869) for HKDF,
//!   [RFC 8439](https://www.rfc-editor.org/rfc/rfc8439) for ChaCha20-Poly1305, and the
//!   [EFF's short list of words][eff] by Joseph Bonneau
//!   ([CC BY 3.0 US](https://creativecommons.org/licenses/by/3.0/us/)).
//! - Terminals and text:
//!   [ECMA-48](https://ecma-international.org/publications-and-standards/standards/ecma-48/),
//!   [UAX #9](https://www.unicode.org/reports/tr9/), [UTS #51](https://www.unicode.org/reports/tr51/)
//!   and [no-color.org](https://no-color.org).
//! - Connect Four: Victor Allis, "A Knowledge-based Approach of Connect-Four" (1988), and Pascal
//!   Pons, ["Solving Connect 4"](http://blog.gamesolver.org/).
//! - Battleship: the rules by Milton Bradley and Hasbro.
//!
//! [cpace]: https://datatracker.ietf.org/doc/draft-irtf-cfrg-cpace/21/
//! [eff]: https://www.eff.org/deeplinks/2016/07/new-wordlists-random-passphrases
//!
//! `docs/guide.md` lists all sources. A file whose rule or constant comes from elsewhere names its
//! source in place.

pub mod arena;
pub mod bot;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod drawing;
pub mod files;
pub mod games;
mod hex;
pub mod history;
pub mod journal;
pub mod net;
pub mod pair;
pub mod player;
pub mod probe;
pub mod room;
pub mod room_client;
pub mod room_server;
pub mod scene;
pub mod session;
pub mod sights;
pub mod terminal;
pub mod text;
pub mod tournament;
mod web;
pub mod wire;
pub mod words;

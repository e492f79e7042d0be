//! The shell of a pair: sockets, signals and a console around one
//! [`Session`](crate::session::Session).
//!
//! [`Conversation`] is its heart: it waits for a line, a frame or a signal, hands it to the session
//! and performs the effects in order. [`server`] and [`client`] give it a connection, and another one
//! when that is lost.

mod board_watch;
pub mod client;
mod code_question;
mod conversation;
mod error;
mod exchange;
mod handshake;
mod heartbeat;
mod key_offers;
mod level;
mod link;
mod name_question;
mod partner_page;
pub mod program_robot;
mod questions;
mod restore;
pub mod robot;
mod secured;
pub mod server;
mod shell_word;
pub mod solo;
mod solo_player;
mod speaker;
mod transcript;
mod waiting;
mod wire_choice;
mod wish;

pub use conversation::{Conversation, ConversationEnd, Partner, Reconnected, SessionStart};
pub use error::PairError;
pub use handshake::HandshakeError;
pub use speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
pub use transcript::{Boards, Transcript};
pub use wire_choice::WireChoice;

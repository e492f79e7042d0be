//! Bytes and frames: what goes over the socket.
//!
//! Each [`Dialect`] is one file that implements [`Codec`]. The messages are types: [`Control`],
//! [`Standing`], [`Exchange`], [`Post`]. The page that follows specifies them.
#![doc = include_str!("../../docs/protocol.md")]

mod control;
mod counted;
mod dialect;
mod error;
mod frame;
mod framed;
mod gathered;
mod handshake;
mod limits;
mod line_key;
mod lines;
mod name;
mod others;
mod private;
mod proof;
mod raw;
mod room;
mod sights;
mod size;
mod standing;
mod stranger;
mod telnet;
mod text;
mod ticket;
mod tictalk;
mod web;

pub use crate::hex::NotHex;
pub use control::Control;
pub use dialect::Dialect;
pub use error::WireError;
pub use frame::{Arrival, Codec, Frame};
pub use gathered::{Gathered, GatheredGroup, GatheredMember};
pub use handshake::{Abilities, HANDSHAKE_VERSION, Mode, Reason, Unfinished};
pub use limits::{MAX_CONTROL, MAX_TEXT, QUIT};
pub use line_key::LineKey;
pub use name::{Name, NameError};
pub use others::Others;
pub use private::{
    Agreement, ClientAnswer, ClientOffer, ClientOpening, CryptoRng, HINTS, MAX_PRIVATE, MAX_RECORD,
    NotAgreed, PRIVATE_VERSION, PrivateError, PrivateLine, PrivateRefusal, RecordReader,
    RecordWriter, SecretChoice, ServerOffer, ServerOpening, take_frame,
};
pub use proof::{Exchange, Nonce, Proof, Prover};
pub use room::{
    Author, BoardForm, End, Entrance, MemberId, Membership, Parting, Post, PostId, Private, What,
};
pub use sights::{
    AddressSight, BoardSight, ConnectedSight, GameSight, GridSight, HostSecret, MemberSight,
    NotAPlayer, PageRole, PlayerIndex, ResultSight, RowSight, Sees, SquareMark, SquareSight,
};
pub use size::{Columns, SizeForm, SizeMark};
pub use standing::{Digest, Resume, Standing};
pub use stranger::{FIRST_BYTES, HTTP_ANSWER, ONLY_PRIVATE, Opener, Stranger, is_request_line};
pub use text::{LineNumber, NotALineNumber, Text, TooLong};
pub use ticket::{Handle, Ticket};

//! Many people and one host: the room, as two state machines.
//!
//! [`Hub::handle`] is the server's whole part, and [`Guest::handle`] the client's: what happened
//! goes in, what must be done comes out, to be done in order. Neither has a socket, a clock, a store
//! or randomness of its own.
//!
//! # Posts
//! Everybody talks at any time. What everybody sees, a message, a join or a leave, is a
//! [`Post`](crate::wire::Post). The hub gives it the next number, so that there is one order for all,
//! and has it stored ([`HubEffect::Store`]). Only when that is done ([`HubInput::Stored`]) is it sent to
//! everybody and does its sender get a receipt: nobody has ever seen what a crash could take back.
//! What is for one reader only, a [`RoomNotice`] or a private message, is not stored.
//!
//! # What the hub needs of its caller
//! - Time since the room's start comes with every call, never earlier than the last, and
//!   [`HubInput::Tick`] at least once a second.
//! - Effects are done in order. Stores may be gathered and committed together, but in their order,
//!   and [`HubInput::Stored`] says how far that has come. A store that fails is the end of the hub; one
//!   that is locked is waited for.
//! - Nothing is read from a connection before [`Hub::arrival`] allows it. Then one line, or one thing
//!   that says nothing ([`HubInput::Noise`]), is read for each [`HubEffect::Read`], and not before the time
//!   that it says: this is how floods are throttled, and everybody while the store cannot keep up. The
//!   answer to a ping that the hub has asked for needs no [`HubEffect::Read`]. A raw peer's message of
//!   several lines is as many lines.
//! - What takes long is told by [`HubInput::Took`], and charged.
//! - Every [`HubEffect::Look`] of a connection that is still there is answered once, in their order, when
//!   the queue of its reader is less than half full. Answers come in portions of about 32 KiB.
//! - A member's queue holds 256 KiB at most. At half of that comes [`HubInput::Behind`], over it
//!   [`HubInput::Overflow`]; what the hub says after an overflow is sent in any case.
//! - After [`HubEffect::Close`], nothing of that connection is handed in any more, or it is ignored.
//!
//! # Budgets
//! Whatever is read from a connection costs tokens, a line or not, and takes time. Tokens come back
//! at a fixed pace. A connection without a token left is not read, so that TCP itself slows its peer
//! down and no line is dropped. A member pays from its own bucket and from the account of the address
//! that it connects from. Both outlive the connection: reconnecting gains nothing.
//!
//! | what | at once | then | whose |
//! |---|---|---|---|
//! | frames and lines of a member: 1 token for each KiB that was begun, as it is sent to others | [`Settings::rate`]: 20 | 5 a second | the member's |
//! | the same of all members of an address | 64 times as many | 64 times as fast | the address's |
//! | newcomers | [`Settings::per_address`]: 256 | 4 a second | the address's |
//! | coming back: 4 tokens | | | the member's |
//! | time that the room spends on the lines and questions of an address | 100 ms | a tenth of the time | the address's |
//!
//! An answered ping is free, since the room asks for it. A member that has spent less than half of its
//! own burst does not wait for others at its address, and who comes back waits for nobody.
//!
//! # On the wire
//! The documentation of [`wire`](crate::wire) specifies every message. Before the caller passes the
//! [`HubInput::Hello`] of a client that returns, the client has to prove that it knows its ticket. Members
//! of the framed and raw dialects read posts and notices as text ([`plain`], [`RoomNotice::plain`]).
//!
//! # Coming back
//! The ticket proves that a client is the one that was here before. The client makes it, so that it
//! can come back even where the welcome was lost; for one that sends none the server makes one. It
//! travels once. Its name is kept for it while it is away: [`Settings::patience`] long, and after that as long as nobody else takes the name.
//! It is sent what was posted since the last post that it has seen, first from memory, then, where
//! more is missing, from the store. Lines are numbered, and none is taken whose number is not
//! greater than that of the last one: what had no receipt is sent again, and stored once.
//!
//! A server that starts again knows this from what is stored ([`RestoredRoom`]): numbers are stored with
//! the posts that came of the lines. Lines of which no post came, such as `/msg`, are lost with the
//! server's memory, so one of these may be carried out twice where the receipt was lost with it.
//! So are games. Whoever had just come in is forgotten too, and comes in once more, with what it
//! has seen.
//!
//! A framed or raw peer cannot prove anything: it leaves when its connection ends.
//!
//! # The coordinator
//! While anybody is here, exactly one member is the coordinator: the first, and when that one is
//! away or gone, one that is picked at random. Who was it when the server stopped is it again if
//! back within [`Settings::patience`].
//!
//! # Bounds
//! | what | how much |
//! |---|---|
//! | members | [`Settings::members`], and twice as many connections; [`Settings::per_address`] of one address |
//! | lines of a message | 64; what is shown of one is at most about 10 KiB |
//! | posts that are not stored | [`Settings::unstored`], and one line more of each member; at twice as many nobody comes in |
//! | posts kept in memory | 256 |
//! | members who have left and are known | 4,096 |
//! | addresses with an account | 65,536 |
//! | posts sent to a client that says to have been here and is not known | 1,024 |
//! | lines that a guest keeps | [`KEPT`] |
//!
//! A member that is away keeps its place for [`Settings::patience`]. Where the room, or its address,
//! is full, it gives way to who comes: at once if it has never said anything, and else after 15
//! seconds.

pub use budget::{LineRate, Origin};
pub use command::{Rank, RoomCommand, help_lines};
pub use farewell::Farewell;
pub use guest::{Guest, GuestEffect, GuestEnding, GuestInput, KEPT, Sight};
pub use hub::{
    ConnectionId, Entrant, Hub, HubEffect, HubInput, Listing, NEWCOMER_SEES, Query, RECENT_POSTS,
    Recipient, Recipients, Search, Settings,
};
pub use name::{Nick, NickError};
pub use notice::RoomNotice;
pub(crate) use plain_text::counted;
pub use post::{PostRecord, REMEMBERED, RestoredMember, RestoredRoom, plain, size, words};
pub(crate) use refusal::RoomRefusal;
pub use roster::{Listed, Portion};

mod budget;
mod command;
mod farewell;
mod guest;
mod hub;
mod member;
mod name;
mod notice;
mod plain_text;
mod post;
mod refusal;
mod roster;
mod table;

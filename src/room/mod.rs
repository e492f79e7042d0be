//! A room: many members and one host, as two state machines.
//!
//! [`Hub::handle`] is the server's side, and [`Guest::handle`] the client's. Inputs go in, effects
//! come out and have to be performed in order. Neither has a socket, a clock, a store or a source
//! of randomness.
//!
//! # Posts
//! Members talk at any time. Everything that all of them see, such as a message, a join or a leave,
//! is a [`Post`](crate::wire::Post). The hub numbers posts, so that they have one order for all,
//! and has them stored ([`HubEffect::Store`]). Only a stored post ([`HubInput::Stored`]) is sent,
//! and only then its author gets a receipt: nobody has seen anything that a crash could undo. A
//! [`RoomNotice`] has one reader and is not stored.
//!
//! Private messages and moves are posts too, with a place in the same order. A private message is told
//! to its two people only, and a move is only stored: those who see the board are told at once. A
//! crash can undo a move that others have seen, but its author has no receipt then, and sends the
//! line again.
//!
//! # Gathered posts
//! Joins, leaves, lost connections and returns are posts as well. Of these, at most 8 are delivered one
//! by one between two ticks. The hub holds later ones, at most 1,024, until the next tick or until
//! another post follows, and then announces them together ([`HubEffect::Announce`]): n members that
//! join at once cost few deliveries each instead of n. A member that catches up gets the posts before
//! the held ones, and those with everybody else.
//!
//! # Duties of the hub's caller
//! 1. Pass the time since the room's start with every call, never an earlier one than before, and
//!    hand in [`HubInput::Tick`] at least once a second.
//! 2. Perform effects in order. Stores may be committed together, in order; [`HubInput::Stored`]
//!    reports the last stored post. Drop the hub if a store fails. If the store is locked, wait.
//! 3. Hand in nothing of a connection before the time of [`Hub::arrival`] or [`Hub::comeback`].
//!    Then read one line, or one [`HubInput::Noise`], for each [`HubEffect::Read`], not before its
//!    time: this is how floods are throttled, and everybody while the store is behind. Only the
//!    answer to a [`HubEffect::Ping`] needs no `Read`. Each line of a raw peer counts.
//! 4. Report work that takes long with [`HubInput::Took`], so that it is charged.
//! 5. Answer every [`HubEffect::Look`] once, unless its connection has ended, in the order of each
//!    reader, when the reader's queue is less than half full, in portions of about
//!    [`Settings::at_once`] bytes.
//! 6. Limit each member's queue, to 256 KiB by default. Report [`HubInput::Behind`] at half of
//!    that, and [`HubInput::Overflow`] above it. Send what the hub says after an overflow in any
//!    case.
//! 7. Solve each [`HubEffect::Think`] on another thread, and hand in [`HubInput::Thought`] once.
//! 8. After [`HubEffect::Close`], hand in nothing more of that connection. It would be ignored.
//!
//! # Budgets
//! Everything that is read from a connection costs tokens, whether it is a line or not, and takes
//! time. Tokens come back at a fixed rate. A connection without tokens is not read, so that TCP
//! slows its peer down and no line is dropped. A member pays from its own bucket and from the
//! account of its address. Both outlive the connection, so that reconnecting gains nothing.
//!
//! | cost | at once | then | paid by |
//! |---|---|---|---|
//! | a member's frames and lines: 1 token for each started KiB, as it is sent to others | [`Settings::rate`]: 20 | 5 a second | the member |
//! | the frames and lines of all members of an address | 64 times as many | 64 times as fast | the address |
//! | new members | [`Settings::per_address`]: 256 | 4 a second | the address |
//! | a return: 4 tokens | | | the member |
//! | the room's time for lines and queries of an address | 100 ms | a tenth of the time | the address |
//!
//! An answer to a ping is free, because the room asks for it. A member that has spent less than
//! half of its own burst does not wait for others at its address, and a member that returns waits
//! for nobody.
//!
//! # Peers
//! A `tictalk` client exchanges control frames, which [`wire`](crate::wire) specifies. The first text
//! of a framed or raw peer is its name, and its other texts are lines. It is sent posts and notices
//! as readable text ([`plain`], [`RoomNotice::plain`]), no echo of its own messages, and no
//! receipts. Its terminal escapes nothing, so characters that control a terminal are replaced, and
//! every line of a message begins with its author's name.
//!
//! A client that asks in its hello gets members and boards as data ([`HubEffect::Send`]), boards in
//! place of drawings. The list of members is sent once, with the last post that it includes; the
//! client applies the posts after that one. All others get what they would get without such clients.
//!
//! # Returning
//! A ticket proves that a client is the member that it was. The client makes the ticket, so that it
//! can return even if the welcome was lost. The server makes one for a client that sends none. The
//! ticket travels once; a client that returns proves that it knows it. A disconnected member keeps
//! its name for [`Settings::patience`], and after that until somebody else takes it. It is sent the
//! posts since the last one that it has shown, first from memory and then from the store. Lines are
//! numbered, and a line is accepted only if its number is higher than the last one: a line without
//! a receipt is sent again and stored once.
//!
//! A restarted server knows this from its store ([`RestoredRoom`]): a post is stored with the
//! number of the line that caused it. Lines without a post, such as `/watch`, are lost with the
//! server's memory, and one may be carried out twice if its receipt was lost as well. Running games
//! continue from their stored turns ([`TableRecord`]), unless a player cannot return. Offers and
//! watchers are lost. A member that had just joined is forgotten and joins again, with the posts that
//! it has shown.
//!
//! A framed or raw peer cannot prove anything, and leaves when its connection ends.
//!
//! # The coordinator
//! While a member is connected, exactly one is the coordinator: the first one, and a random one
//! when the coordinator disconnects or leaves. After a restart, the last coordinator is it again if
//! it returns within [`Settings::patience`].
//!
//! # Bounds
//! | what | how much |
//! |---|---|
//! | members | [`Settings::members`], and twice as many connections; [`Settings::per_address`] of one address |
//! | lines of a message | 64; one message is shown in at most about 10 KiB |
//! | posts that are not stored | [`Settings::unstored`], and one line more of each member; at twice as many nobody joins |
//! | posts in memory | 256, and at most 1,024 that are to be announced together |
//! | former members that can return | [`REMEMBERED`] |
//! | addresses with an account | 65,536 |
//! | posts for a client that claims to be a member and is unknown | 1,024 |
//! | addresses with wrong codes | 65,536; one guess a minute keeps them below 100 |
//! | problems for another thread | one for each member |
//! | results | 4,096 pairs of names, counted for each game |
//! | lines that a guest keeps | [`KEPT`] |
//!
//! A disconnected member keeps its place for [`Settings::patience`]. If the room or its address is
//! full, it gives way to a new one: at once if it has never sent a line, or else after 15 seconds.

pub use announcement::{Announcement, announced};
pub use asked::Asked;
pub use budget::LineRate;
pub(crate) use budget::Origin;
pub(crate) use command::RoomCommand;
pub use command::{Rank, help_lines};
pub use farewell::Farewell;
pub(crate) use guesses::Guesses;
pub use guest::{Guest, GuestEffect, GuestEnding, GuestInput, KEPT, Sight};
pub(crate) use hub::RECENT_POSTS;
pub use hub::{
    ConnectionId, Coordination, Entrant, Found, Hub, HubEffect, HubInput, Listing, LoadError,
    MembersPortion, NEWCOMER_SEES, Query, Recipient, Recipients, Search, SentPosts, Settings,
    TableVersion,
};
pub use line_mark::LineMark;
pub(crate) use name::{DEFAULT_HOST, folded_name};
pub use name::{Nick, NickError};
pub use notice::RoomNotice;
pub(crate) use post::size;
pub use post::{PostRecord, REMEMBERED, RestoredMember, RestoredRoom, plain, words};
pub(crate) use refusal::RoomRefusal;
pub use results::Results;
pub use roster::{Company, Listed, Portion};
pub use sanctions::{Barred, SANCTIONS, Sanctions};
pub use table_record::{PlayerRecord, PlyRecord, TableChange, TableRecord};
pub use thought::{GameProblem, Solution, ThoughtId};

mod announcement;
mod asked;
mod budget;
mod command;
mod contest;
mod data;
mod farewell;
mod guesses;
mod guest;
mod hub;
mod line_mark;
mod member;
mod name;
mod notice;
mod plain_text;
mod post;
mod refusal;
mod results;
mod roster;
mod sanctions;
mod setup;
mod table;
mod table_record;
mod thought;

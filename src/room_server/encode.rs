//! Writes posts, notices and farewells in the dialect of their reader.

use crate::room::{Announcement, Farewell, RoomNotice, plain};
use crate::wire::{Control, Dialect, Frame, Post, Reason, Text};
use bytes::BytesMut;
use std::sync::Arc;

/// Appends a post, for a `tictalk` client as the control frame that `control` makes of it:
/// [`Control::Post`] or [`Control::Recall`].
pub(super) fn put_post(
    dialect: Dialect,
    post: &Arc<Post>,
    control: fn(Arc<Post>) -> Control,
    out: &mut BytesMut,
) {
    if dialect.has_controls() {
        dialect.encode_in_room(&Frame::Control(control(Arc::clone(post))), out);
    } else {
        put_texts(dialect, plain(post), out);
    }
}

/// Appends posts that are announced together.
pub(super) fn put_announcement(dialect: Dialect, announcement: &Announcement, out: &mut BytesMut) {
    if dialect.has_controls() {
        let gathered = Control::Gathered(announcement.summary());
        dialect.encode_in_room(&Frame::Control(gathered), out);
    } else {
        put_texts(dialect, announcement.plain(), out);
    }
}

/// Appends a notice.
pub(super) fn put_notice(dialect: Dialect, notice: &RoomNotice, out: &mut BytesMut) {
    if dialect.has_controls() {
        for tell in notice.tells() {
            dialect.encode_in_room(&Frame::Control(tell), out);
        }
    } else {
        put_texts(dialect, notice.plain(), out);
    }
}

fn put_texts(dialect: Dialect, texts: Vec<String>, out: &mut BytesMut) {
    for text in texts {
        dialect.encode_in_room(&Frame::Text(text), out);
    }
}

/// Appends the last words to a connection. A `tictalk` client that has said goodbye itself gets
/// none.
pub(super) fn put_farewell(dialect: Dialect, why: &Farewell, out: &mut BytesMut) {
    if !dialect.has_controls() {
        dialect.encode_in_room(&Frame::Text(why.words()), out);
    } else if let Some(reason) = why.reason() {
        put_refusal(dialect, reason, why.words(), out);
    }
}

/// Appends the answer to somebody who cannot join.
pub(super) fn put_refusal(dialect: Dialect, reason: Reason, message: String, out: &mut BytesMut) {
    let refusal = if dialect.has_controls() {
        Frame::Control(Control::refuse(reason, Text::cut(message)))
    } else {
        Frame::Text(message)
    };
    dialect.encode_in_room(&refusal, out);
}

//! The answers to requests.

use super::files::{Caching, File};
use super::head::BadHead;
use crate::wire::{HTTP_ANSWER, ONLY_PRIVATE};
use bytes::{BufMut as _, Bytes, BytesMut};
use std::fmt::Write as _;
use tungstenite::handshake::derive_accept_key;

/// What the page may load: only its own files, and only its own WebSocket. It cannot be framed, and
/// no script in foreign text runs.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// An answer, after which the connection is closed unless it opens a WebSocket.
pub(super) struct Answer {
    head: String,
    body: Bytes,
}

impl Answer {
    /// The file.
    pub(super) fn file(file: &File) -> Self {
        let mut answer = Self::new("200 OK", file.kind, file.content.clone());
        answer.cache(file);
        answer
    }

    /// The browser's copy of the file is current.
    pub(super) fn not_modified(file: &File) -> Self {
        let head = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n".to_owned();
        let body = Bytes::new();
        let mut answer = Self { head, body };
        answer.cache(file);
        answer
    }

    /// The connection is a WebSocket from now on (RFC 6455, 4.2.2).
    pub(super) fn websocket(key: &str) -> Self {
        let accept = derive_accept_key(key.as_bytes());
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n"
        );
        let body = Bytes::new();
        Self { head, body }
    }

    /// The server has no page.
    pub(super) fn no_page() -> Self {
        // The text contains its own head.
        let head = HTTP_ANSWER.split("\r\n\r\n").next().unwrap_or_default();
        let body = HTTP_ANSWER.split("\r\n\r\n").nth(1).unwrap_or_default();
        Self {
            head: format!("{head}\r\n"),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    pub(super) fn bad_head(why: BadHead) -> Self {
        match why {
            BadHead::Malformed => Self::refusal("400 Bad Request", "This request is not valid.\n"),
            BadHead::TooLong => Self::refusal(
                "431 Request Header Fields Too Large",
                "This request has more than 8,192 bytes or 64 fields.\n",
            ),
            BadHead::Late => Self::refusal(
                "408 Request Timeout",
                "This request was not complete in time.\n",
            ),
        }
    }

    /// The server takes private lines only.
    pub(super) fn only_private() -> Self {
        Self::refusal("403 Forbidden", format!("{ONLY_PRIVATE}\n"))
    }

    pub(super) fn other_host() -> Self {
        Self::refusal(
            "403 Forbidden",
            "This server does not answer to that name. Open it by its IP address, or ask the host \
             to start it with --allow-host NAME.\n",
        )
    }

    pub(super) fn other_origin() -> Self {
        Self::refusal(
            "403 Forbidden",
            "Only the page of this server may connect here.\n",
        )
    }

    pub(super) fn not_found() -> Self {
        Self::refusal(
            "404 Not Found",
            "There is no such page. The room is at /.\n",
        )
    }

    /// Only these methods are allowed.
    pub(super) fn only(methods: &str) -> Self {
        let mut answer = Self::refusal("405 Method Not Allowed", "Use GET here.\n");
        answer.field("Allow", methods);
        answer
    }

    pub(super) fn only_websocket() -> Self {
        let mut answer = Self::refusal("426 Upgrade Required", "Only a WebSocket opens here.\n");
        answer.field("Sec-WebSocket-Version", "13");
        answer.field("Upgrade", "websocket");
        answer
    }

    /// The same for a request that wants the head only.
    pub(super) fn without_body(self) -> Self {
        let body = Bytes::new();
        Self { body, ..self }
    }

    pub(super) fn into_bytes(self) -> BytesMut {
        let mut bytes = BytesMut::with_capacity(self.head.len() + 2 + self.body.len());
        bytes.put_slice(self.head.as_bytes());
        bytes.put_slice(b"\r\n");
        bytes.put_slice(&self.body);
        bytes
    }

    fn refusal(status: &str, text: impl Into<Bytes>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.into())
    }

    fn new(status: &str, kind: &str, body: Bytes) -> Self {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
             Content-Security-Policy: {CONTENT_POLICY}\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nConnection: close\r\n"
        );
        Self { head, body }
    }

    fn field(&mut self, name: &str, value: &str) {
        // Writing to memory does not fail.
        let _ = write!(self.head, "{name}: {value}\r\n");
    }

    fn cache(&mut self, file: &File) {
        let caching = match file.caching {
            Caching::Ask => "no-cache",
            Caching::Forever => "public, max-age=31536000, immutable",
        };
        self.field("Cache-Control", caching);
        self.field("ETag", file.etag());
    }
}

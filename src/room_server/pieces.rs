//! A queue of bytes in pieces that several connections share.

use bytes::{Buf as _, Bytes};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use tokio::net::TcpStream;

/// Maximum number of pieces that one system call sends.
const AT_ONCE: usize = 64;

/// A queue of pieces. A single piece, the usual case, takes no heap memory.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Empty if there are none.
    first: Bytes,
    rest: VecDeque<Bytes>,
}

impl Pieces {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Their length in bytes.
    pub(super) fn size(&self) -> usize {
        self.first.len() + self.rest.iter().map(Bytes::len).sum::<usize>()
    }

    /// Appends a piece. An empty one is dropped.
    pub(super) fn push(&mut self, piece: Bytes) {
        if self.first.is_empty() {
            self.first = piece;
        } else if !piece.is_empty() {
            self.rest.push_back(piece);
        }
    }

    /// Removes at most `most` bytes of the first piece, and returns them. Empty if there are no pieces.
    pub(super) fn take(&mut self, most: usize) -> Bytes {
        let taken = self.first.split_to(self.first.len().min(most));
        self.next_if_empty();
        taken
    }

    /// Drops all pieces but the first.
    pub(super) fn keep_first(&mut self) {
        self.rest = VecDeque::new();
    }

    /// Sends what the system takes without waiting, in one call, and removes it. Returns its length.
    ///
    /// # Errors
    /// Those of the stream.
    pub(super) fn send(&mut self, stream: &TcpStream) -> io::Result<usize> {
        let written = if self.rest.is_empty() {
            stream.try_write(&self.first)?
        } else {
            let mut slices = [IoSlice::new(&[]); AT_ONCE];
            let pieces = std::iter::once(&self.first).chain(&self.rest);
            for (slice, piece) in slices.iter_mut().zip(pieces) {
                *slice = IoSlice::new(piece);
            }
            let count = AT_ONCE.min(1 + self.rest.len());
            stream.try_write_vectored(slices.get(..count).unwrap_or_default())?
        };
        self.advance(written);
        Ok(written)
    }

    /// Removes this many bytes.
    fn advance(&mut self, mut count: usize) {
        while count > 0 && !self.is_empty() {
            let sent = count.min(self.first.len());
            self.first.advance(sent);
            count -= sent;
            self.next_if_empty();
        }
    }

    /// Moves up the rest once the first piece is gone. An idle connection must cost nothing, so an
    /// empty rest is released.
    fn next_if_empty(&mut self) {
        if self.first.is_empty() {
            self.first = self.rest.pop_front().unwrap_or_default();
            if self.rest.is_empty() {
                self.rest = VecDeque::new();
            }
        }
    }
}

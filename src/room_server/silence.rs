//! What a peer reads that connects and says nothing.
//!
//! A person at `nc` has to be asked before they type anything, when nothing tells yet which dialect
//! the peer speaks. So the texts have 32 bytes: the header of such a frame is three NULs, which a
//! terminal ignores, and a space. Framed and raw peers can both read them, and a `tictalk` client
//! skips them.

use super::limits::timeout_if;
use crate::net::LinePolicy;
use crate::net::admission::AdmissionError;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a peer is silent before it is asked for a name.
const ASK_AFTER: Duration = Duration::from_secs(1);

/// How much longer than the limit the whole introduction may take, so that the farewell is sent.
pub(super) const GOODBYE_GRACE: Duration = Duration::from_millis(100);

/// A frame of 32 bytes of text.
type Line = [u8; 4 + 32];

const QUESTION: &Line = b"\0\0\0\x20Hello there. What is your name?\n";
const GOODBYE: &Line = b"\0\0\0\x20You didn't give a name in time.\n";

/// Waits until a peer has sent something or closed its end. Asks a silent one for its name, and
/// tells it after `limit` why the connection is closed. A client of a private line would read neither,
/// so a room with `lines` of that kind only says nothing.
///
/// # Errors
/// [`AdmissionError::Left`] after `limit`, and [`AdmissionError::Io`].
pub(super) async fn first_bytes(
    stream: &TcpStream,
    limit: Option<Duration>,
    lines: LinePolicy,
) -> Result<(), AdmissionError> {
    if !lines.takes_plain() {
        let speaks = timeout_if(limit, speaks(stream)).await;
        return Ok(speaks.ok_or(AdmissionError::Left)??);
    }
    let pause = limit.map_or(ASK_AFTER, |limit| limit.min(ASK_AFTER));
    if let Ok(speaks) = timeout(pause, speaks(stream)).await {
        return Ok(speaks?);
    }
    let rest = limit.map(|limit| limit.saturating_sub(pause));
    if rest.is_none_or(|rest| !rest.is_zero()) {
        say(stream, QUESTION);
        if let Some(speaks) = timeout_if(rest, speaks(stream)).await {
            return Ok(speaks?);
        }
    }
    say(stream, GOODBYE);
    Err(AdmissionError::Left)
}

/// Waits for the first byte, or for the end.
async fn speaks(stream: &TcpStream) -> io::Result<()> {
    stream.peek(&mut [0]).await.map(drop)
}

/// Sends a line that may be lost: a peer whose queue is full did not just connect.
fn say(stream: &TcpStream, line: &Line) {
    let _ = stream.try_write(line);
}

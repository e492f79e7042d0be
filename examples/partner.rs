//! A partner in Rust, with the standard library alone: the whole of the framed dialect.
//!
//! ```console
//! $ tictalk server
//! $ cargo run --example partner
//! ```
//!
//! Each line of standard input is one message, and each answer goes to standard output. The
//! messages are the words that a person types, so `play tictactoe` starts a game, `5` is a move and
//! `/q` ends the session. The only argument is the address of the server, `localhost:1059` by
//! default.

#![expect(clippy::print_stdout, reason = "printing the answers is its purpose")]

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

/// The longest message that a server sends, in bytes.
const MAX_TEXT: usize = 4_096;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1);
    let mut connection = TcpStream::connect(address.as_deref().unwrap_or("localhost:1059"))?;
    // The side that connects speaks first. From then on the two sides alternate.
    for line in io::stdin().lines() {
        let line = line?;
        send(&mut connection, line.trim())?;
        if line.trim() == "/q" {
            return Ok(());
        }
        let answer = receive(&mut connection)?;
        if answer == "/q" {
            return Ok(());
        }
        // Foreign text: print nothing that a terminal could obey.
        let shown = answer.replace(|c: char| c.is_control() && c != '\n', "?");
        println!("{shown}");
    }
    send(&mut connection, "/q")
}

/// Sends a 4-byte big-endian size, and that many bytes of UTF-8.
fn send(connection: &mut TcpStream, text: &str) -> io::Result<()> {
    let size = u32::try_from(text.len()).map_err(io::Error::other)?;
    connection.write_all(&[&size.to_be_bytes(), text.as_bytes()].concat())
}

/// Receives one message. A connection that ends without `/q` is an error.
fn receive(connection: &mut TcpStream) -> io::Result<String> {
    let mut size = [0; 4];
    connection.read_exact(&mut size)?;
    let size = u32::from_be_bytes(size) as usize;
    if size > MAX_TEXT {
        return Err(io::Error::other("a message is too long"));
    }
    let mut text = vec![0; size];
    connection.read_exact(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

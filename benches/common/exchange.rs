//! The key exchange of a private line over a blocking socket.

use anyhow::Context as _;
use bytes::BytesMut;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use std::io::{Read, Write};
use tictalk::wire::{
    ClientOpening, MAX_PRIVATE, PrivateLine, SecretChoice, ServerOpening, take_frame,
};

/// The end that connects and knows `code`.
pub(crate) fn as_client(
    stream: &mut (impl Read + Write),
    code: &str,
) -> anyhow::Result<PrivateLine> {
    let mut rng = UnwrapErr(SysRng);
    let (client, open) = ClientOpening::new(&[], &mut rng);
    stream.write_all(&open)?;
    let client = client.read(&receive(stream)?)?;
    let (client, answer) = client.answer(code.as_bytes(), &mut rng)?;
    stream.write_all(&answer)?;
    Ok(client.confirm(&receive(stream)?)?.line)
}

/// The end that listens and has given out `code`.
#[allow(dead_code, reason = "a room is a program of its own")]
pub(crate) fn as_server(
    stream: &mut (impl Read + Write),
    code: &str,
) -> anyhow::Result<PrivateLine> {
    let mut rng = UnwrapErr(SysRng);
    let server = ServerOpening::read(&receive(stream)?)?;
    let (server, offer) = server.offer(SecretChoice::Code, code.as_bytes(), &mut rng)?;
    stream.write_all(&offer)?;
    let (agreement, confirmation) = server.confirm(&receive(stream)?)?;
    stream.write_all(&confirmation)?;
    Ok(agreement.line)
}

/// The payload of the next message. The other end waits for an answer to each, so nothing follows.
fn receive(stream: &mut impl Read) -> anyhow::Result<BytesMut> {
    let mut received = BytesMut::new();
    let mut byte = [0];
    loop {
        if let Some(payload) = take_frame(&mut received, MAX_PRIVATE)? {
            return Ok(payload);
        }
        stream
            .read_exact(&mut byte)
            .context("the other end has gone")?;
        received.extend(byte);
    }
}

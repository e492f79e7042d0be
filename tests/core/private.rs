//! The private line: its exchange and its records.

use bytes::BytesMut;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use tictalk::wire::{
    Agreement, ClientOpening, LineKey, MAX_PRIVATE, SecretChoice, ServerOpening, take_frame,
};

fn payload(mut message: BytesMut) -> BytesMut {
    let payload = take_frame(&mut message, MAX_PRIVATE).unwrap().unwrap();
    assert!(message.is_empty());
    payload
}

/// Both ends of an exchange by a code.
fn agreed(code: &str) -> (Agreement, Agreement) {
    let mut rng = UnwrapErr(SysRng);
    let (client, open) = ClientOpening::new(&[], &mut rng);
    let server = ServerOpening::read(&payload(open)).unwrap();
    let (server, offer) = server
        .offer(SecretChoice::Code, code.as_bytes(), &mut rng)
        .unwrap();
    let client = client.read(&payload(offer)).unwrap();
    let (client, answer) = client.answer(code.as_bytes(), &mut rng).unwrap();
    let (server, confirmation) = server.confirm(&payload(answer)).unwrap();
    (client.confirm(&payload(confirmation)).unwrap(), server)
}

#[test]
fn two_ends_with_one_code_understand_each_other() {
    let (mut client, mut server) = agreed("acid-mango-river");
    assert_eq!(client.check, server.check);
    assert_eq!(client.key, server.key);
    assert_ne!(client.key, LineKey::new([0; 32]));
    let mut inbox = BytesMut::new();
    for number in 0..140_000_u32 {
        client
            .line
            .writer
            .seal(&number.to_be_bytes(), server.line.reader.received());
        server.line.reader.open(&mut inbox).unwrap();
        assert_eq!(inbox, number.to_be_bytes()[..]);
        inbox.clear();
    }
}

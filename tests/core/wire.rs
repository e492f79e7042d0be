//! Bytes and frames, in each dialect.

use bytes::BytesMut;
use proptest::prelude::*;
use tictalk::wire::{
    Abilities, Arrival, Codec, Control, Dialect, Digest, Exchange, Frame, HANDSHAKE_VERSION,
    MAX_CONTROL, MAX_TEXT, Membership, Mode, Nonce, Opener, Others, Prover, Sees, Standing,
    Stranger, Ticket, WireError,
};

/// Hands `bytes` to a new codec in pieces that end at `cuts`, and returns all frames, and the error
/// that ended them.
fn decode(dialect: Dialect, bytes: &[u8], cuts: &[usize]) -> (Vec<Frame>, Option<WireError>) {
    decode_by(dialect.codec(), bytes, cuts)
}

fn decode_by(
    mut codec: Box<dyn Codec>,
    bytes: &[u8],
    cuts: &[usize],
) -> (Vec<Frame>, Option<WireError>) {
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    for piece in cuts.windows(2) {
        buffer.extend_from_slice(&bytes[piece[0]..piece[1]]);
        if let Err(error) = drain(&mut *codec, &mut buffer, Arrival::Bytes, &mut frames) {
            return (frames, Some(error));
        }
    }
    let end = drain(&mut *codec, &mut buffer, Arrival::End, &mut frames);
    (frames, end.err())
}

fn drain(
    codec: &mut dyn Codec,
    buffer: &mut BytesMut,
    arrival: Arrival,
    frames: &mut Vec<Frame>,
) -> Result<(), WireError> {
    while let Some(frame) = codec.decode(buffer, arrival)? {
        frames.push(frame);
    }
    Ok(())
}

fn encode(dialect: Dialect, frames: &[Frame]) -> BytesMut {
    let mut codec = dialect.codec();
    let mut bytes = BytesMut::new();
    for frame in frames {
        codec.encode(frame, &mut bytes);
    }
    bytes
}

/// Texts as they may be sent.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,40}",
        (1..=MAX_TEXT).prop_map(|length| "x".repeat(length)),
        (1..=MAX_TEXT / 4).prop_map(|length| "😀".repeat(length)),
        "(.|\n){1,20}",
    ]
}

fn standing() -> impl Strategy<Value = Option<Standing>> {
    let some = any::<([u8; 16], u64, [u8; 32])>().prop_map(|(ticket, turns, digest)| Standing {
        session: Ticket::new(ticket),
        turns,
        digest: Digest::new(digest),
    });
    proptest::option::of(some)
}

fn control() -> impl Strategy<Value = Control> {
    prop_oneof![
        ("[a-z]{1,20}", standing()).prop_map(|(name, resume)| Control::Hello {
            version: HANDSHAKE_VERSION,
            name: Some(name.parse().unwrap()),
            nonce: resume.as_ref().map(|_| Nonce::new([9; 16])),
            resume: resume.as_ref().map(Standing::to_resume),
            room: None,
            unfinished: None,
            can: Abilities::default(),
            sees: Sees::default(),
            role: None,
            secret: None,
        }),
        standing().prop_map(|standing| Control::Welcome {
            version: HANDSHAKE_VERSION,
            name: None,
            mode: Mode::Pair,
            standing,
            room: None,
            unfinished: None,
            can: Abilities::default(),
        }),
        any::<u64>().prop_map(|turns| Control::Receipt { turns }),
        any::<[u8; 16]>().prop_map(|bytes| Control::Challenge {
            nonce: Nonce::new(bytes),
            proof: exchange(bytes).proof(Prover::Server),
        }),
        any::<[u8; 16]>().prop_map(|bytes| Control::Proof {
            proof: exchange(bytes).proof(Prover::Client),
        }),
    ]
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        4 => text().prop_map(Frame::Text),
        1 => control().prop_map(Frame::Control),
    ]
}

/// The words of a greeting, byte for byte as other programs have to read and write them.
#[test]
fn a_session_is_named_in_hexadecimal_digits() {
    let welcome = Control::Welcome {
        version: HANDSHAKE_VERSION,
        name: None,
        mode: Mode::Pair,
        standing: Some(Standing {
            session: Ticket::new([0xab; 16]),
            turns: 3,
            digest: Digest::new([0x0f; 32]),
        }),
        room: None,
        unfinished: None,
        can: Abilities::default(),
    };
    let (session, digest) = ("ab".repeat(16), "0f".repeat(32));
    let json = format!(
        r#"{{"type":"welcome","version":2,"mode":"pair","session":"{session}","turns":3,"digest":"{digest}"}}"#
    );
    let bytes = encode(Dialect::Tictalk, &[Frame::Control(welcome)]);
    assert_eq!(String::from_utf8_lossy(&bytes[4..]), json);
    for wrong in ["", "ab", "zz", "äb", &"ab".repeat(17)] {
        assert!(Ticket::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
    }
}

fn exchange(ticket: [u8; 16]) -> Exchange {
    Exchange {
        ticket: Ticket::new(ticket),
        client: Nonce::new([1; 16]),
        server: Nonce::new([2; 16]),
    }
}

#[test]
fn telnet_is_taken_out_wherever_it_is_cut() {
    let bytes = b"\xff\xfb\x1fHe\xff\xfa\x1f\0\x50\xff\xff\xff\xf0l\xff\xf1lo\xff\xff!\r\0";
    let said = vec![Frame::Text("Hello\u{fffd}!".to_owned())];
    for cut in 0..bytes.len() {
        let decoded = decode(Dialect::Raw, bytes, &[cut]);
        assert_eq!(decoded, (said.clone(), None), "{cut}");
    }
    // Two bytes that are no telnet do not hide what is said for ever.
    let mut bytes = b"\xff\xfa".to_vec();
    bytes.extend([b'a'; 1_000]);
    let (said, _) = decode(Dialect::Raw, &bytes, &[]);
    assert!(
        matches!(&said[..], [Frame::Text(text)] if text.len() > 400),
        "{said:?}"
    );
}

#[test]
fn nuls_at_the_end_of_a_raw_message_are_padding() {
    for (bytes, said) in [
        (&b"Hello\0"[..], "Hello"),
        (b"Hello\n\0", "Hello"),
        (b"/q\0\0\0\0", "/q"),
        (b"\0\0", ""),
        (b"a\0b\0", "a\0b"),
    ] {
        let said: Vec<Frame> = Some(said)
            .filter(|said| !said.is_empty())
            .map(|said| Frame::Text(said.to_owned()))
            .into_iter()
            .collect();
        // Any other NUL at the beginning would look like a size.
        assert_eq!(decode(Dialect::Raw, bytes, &[]), (said, None), "{bytes:?}");
    }
}

#[test]
fn in_a_room_each_line_of_a_raw_peer_is_a_message() {
    let bytes = b"one\ntwo\r\n\n \t\n/q\nlast";
    let said = ["one", "two", "", "", "/q", "last"].map(|said| Frame::Text(said.to_owned()));
    for cut in 0..bytes.len() {
        let decoded = decode_by(Dialect::Raw.room_codec(), bytes, &[cut]);
        assert_eq!(decoded, (said.to_vec(), None), "{cut}");
    }
    let mut out = BytesMut::new();
    for said in ["Hello", "/q"] {
        Dialect::Raw.encode_in_room(&Frame::Text(said.to_owned()), &mut out);
    }
    Dialect::Raw.encode_in_room(&Frame::Control(Control::Ping), &mut out);
    assert_eq!(out, b"Hello\n/q\n"[..]);
}

#[test]
fn dropped_telnet_commands_are_counted_however_they_are_cut() {
    // A command, and a byte that only looks like the beginning of one.
    let bytes = b"\xff\xfd\x01a\xffb\n";
    for cut in 0..=bytes.len() {
        let mut codec = Dialect::Raw.room_codec();
        let (mut buffer, mut said, mut dropped) = (BytesMut::new(), Vec::new(), 0);
        for piece in [&bytes[..cut], &bytes[cut..]] {
            buffer.extend_from_slice(piece);
            drain(&mut *codec, &mut buffer, Arrival::Bytes, &mut said).unwrap();
            dropped += codec.take_dropped();
        }
        assert_eq!(said, [Frame::Text("a\u{fffd}b".to_owned())], "{cut}");
        assert!((3..=4).contains(&dropped), "{dropped} at {cut}");
    }
}

#[test]
fn a_request_is_told_from_words_at_the_end_of_its_line() {
    let of = |bytes: &[u8], arrival| Opener::of_first_bytes(bytes, arrival);
    let raw = Some(Opener::Dialect(Dialect::Raw));
    let http = Some(Opener::Stranger(Stranger::Http));
    let line = b"GET /index.html HTTP/1.1\r\n";
    for length in 1..line.len() {
        assert_eq!(of(&line[..length], Arrival::Bytes), None);
    }
    assert_eq!(of(line, Arrival::Bytes), http);
    for words in [
        &b"GET well soon\n"[..],
        b"get me a tea\n",
        b"GET  HTTP/1.1\n",
        b"/q\n",
    ] {
        assert_eq!(of(words, Arrival::Bytes), raw);
    }
    assert_eq!(of(b"GET /", Arrival::Bytes), None);
    assert_eq!(of(b"GET /", Arrival::Quiet), http);
    assert_eq!(of(b"\r\n\r\nget / HTTP/1.1\r\n", Arrival::Bytes), http);
    let binary = Some(Opener::Stranger(Stranger::Binary));
    assert_eq!(of(b"\x03\0\0\x13", Arrival::Quiet), binary);
    assert_eq!(of(b"\0\x1e\0\x06", Arrival::Quiet), binary);
    let long = [b"GET /", &[b'a'; 9_000][..]].concat();
    assert_eq!(of(&long, Arrival::Bytes), http);
    let long = [b"GET a life ", &[b'a'; 9_000][..]].concat();
    assert_eq!(of(&long, Arrival::Bytes), raw);
}

/// The digests as another program computes them (Python's hashlib).
#[test]
fn handle_and_proofs_are_what_the_docs_say() {
    let exchange = exchange([0xab; 16]);
    let handle = String::from(exchange.ticket.handle());
    assert_eq!(handle, "1912d7e160d79aa554c976c6b3bf88b5");
    for (by, other, digest) in [
        (
            Prover::Client,
            Prover::Server,
            "3b194881df9726f51dd89bb5c68c9d7f44cfd2e7aa9d9bb42819963d0d592534",
        ),
        (
            Prover::Server,
            Prover::Client,
            "adead95eb6dbece84e40244bf9b9db1c6b9f1b4bea0a2effeb0c9b2b05f3bb2a",
        ),
    ] {
        let proof = exchange.proof(by);
        assert_eq!(String::from(proof), digest);
        assert!(exchange.accepts(&proof, by));
        assert!(!exchange.accepts(&proof, other));
    }
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_gives_the_same_frames(
        frames in proptest::collection::vec(frame(), 0..6),
        cuts in proptest::collection::vec(any::<usize>(), 0..20),
    ) {
        let bytes = encode(Dialect::Tictalk, &frames);
        prop_assert_eq!(decode(Dialect::Tictalk, &bytes, &cuts), (frames.clone(), None));

        let texts: Vec<Frame> =
            frames.into_iter().filter(|frame| matches!(frame, Frame::Text(_))).collect();
        let bytes = encode(Dialect::Framed, &texts);
        prop_assert_eq!(decode(Dialect::Framed, &bytes, &cuts), (texts, None));
    }

    #[test]
    fn any_bytes_are_read_alike_however_they_are_split(
        bytes in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..64),
        cuts in proptest::collection::vec(any::<usize>(), 0..8),
    ) {
        for dialect in [Dialect::Tictalk, Dialect::Framed] {
            prop_assert_eq!(decode(dialect, &bytes, &cuts), decode(dialect, &bytes, &[]));
        }
        // Without lengths only the silence tells messages apart, but no byte of them is lost.
        let (frames, error) = decode(Dialect::Raw, &bytes, &cuts);
        prop_assert_eq!(error, None);
        for frame in frames {
            prop_assert!(matches!(frame, Frame::Text(text) if !text.is_empty()));
        }
    }

    /// First bytes and payloads of frames of a WebSocket, some of which break a rule.
    #[test]
    fn any_frames_of_a_page_are_read_alike_however_they_are_split(
        frames in proptest::collection::vec(
            (
                prop_oneof![Just(0x81_u8), Just(0x01), Just(0x80), Just(0x89), any::<u8>()],
                prop_oneof![
                    Just(br#"{"type":"ping"}"#.to_vec()),
                    Just(br#"{"type":"text","text":"hi"}"#.to_vec()),
                    proptest::collection::vec(any::<u8>(), 0..200),
                ],
                any::<[u8; 4]>(),
            ),
            0..6,
        ),
        rest in proptest::collection::vec(any::<u8>(), 0..16),
        cuts in proptest::collection::vec(any::<usize>(), 0..8),
    ) {
        let mut bytes = Vec::new();
        for (first, payload, mask) in frames {
            bytes.push(first);
            match u8::try_from(payload.len()) {
                Ok(short @ 0..126) => bytes.push(0x80 | short),
                _ => bytes.extend([0x80 | 126, 0, payload.len() as u8]),
            }
            bytes.extend(mask);
            bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        }
        bytes.extend(rest);
        prop_assert_eq!(decode(Dialect::Web, &bytes, &cuts), decode(Dialect::Web, &bytes, &[]));
    }

    #[test]
    fn a_text_frame_is_a_size_and_the_data(text in text()) {
        let frame = [Frame::Text(text.clone())];
        let mut expected = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
        expected.extend_from_slice(text.as_bytes());
        prop_assert_eq!(&encode(Dialect::Tictalk, &frame)[..], &expected[..]);
        prop_assert_eq!(&encode(Dialect::Framed, &frame)[..], &expected[..]);
    }

    #[test]
    fn a_raw_message_over_the_limit_is_cut_between_characters(
        text in "[aé€😀]{1000,6000}",
    ) {
        let (frames, error) = decode(Dialect::Raw, text.as_bytes(), &[]);
        prop_assert_eq!(error, None);
        let in_room = decode_by(Dialect::Raw.room_codec(), text.as_bytes(), &[]);
        prop_assert_eq!(in_room, (frames.clone(), None));
        let mut whole = String::new();
        for frame in frames {
            let Frame::Text(part) = frame else { panic!("{frame:?}") };
            prop_assert!(part.len() <= MAX_TEXT);
            whole += &part;
        }
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn no_control_frame_breaks_the_reader(json in "\\PC*|\\{\"type\":\"(hello|welcome|x)\"(,\"[a-z]+\":(1|null|\"a\"))*\\}") {
        let mut bytes = u32::try_from(json.len()).unwrap().to_be_bytes().to_vec();
        bytes[0] = 1;
        bytes.extend_from_slice(json.as_bytes());
        // The result is a frame, or an error with a message.
        let (frames, error) = decode(Dialect::Tictalk, &bytes, &[]);
        prop_assert_eq!(frames.len() + usize::from(error.is_some()), 1);
    }
}

#[test]
fn a_length_is_checked_before_the_payload_has_come() {
    for (dialect, header, limit) in [
        (Dialect::Framed, [0xff, 0xff, 0xff, 0xff], MAX_TEXT),
        (Dialect::Framed, [0, 0, 0x10, 1], MAX_TEXT),
        (Dialect::Tictalk, [0, 0, 0x10, 1], MAX_TEXT),
        (Dialect::Tictalk, [1, 1, 0, 1], MAX_CONTROL),
    ] {
        let (frames, error) = decode(dialect, &header, &[]);
        assert_eq!(frames, []);
        assert!(
            matches!(error, Some(WireError::TooLong { limit: at_most, .. }) if at_most == limit),
            "{error:?}"
        );
    }
}

#[test]
fn a_frame_cut_short_is_told_from_a_clean_end() {
    for (bytes, missing) in [
        (&b"\0"[..], 3),
        (b"\0\0\0", 1),
        (b"\0\0\0\x05", 5),
        (b"\0\0\0\x05half", 1),
    ] {
        for dialect in [Dialect::Tictalk, Dialect::Framed] {
            let (_, error) = decode(dialect, bytes, &[]);
            assert_eq!(error, Some(WireError::CutShort { expected: missing }));
        }
    }
    for dialect in [Dialect::Tictalk, Dialect::Framed, Dialect::Raw] {
        assert_eq!(decode(dialect, b"", &[]), (vec![], None));
    }
}

#[test]
fn the_first_bytes_tell_the_dialect() {
    let dialect = |dialect| Some(Opener::Dialect(dialect));
    for (bytes, at_once, in_silence) in [
        (&b""[..], None, None),
        (b"\0", None, None),
        (
            b"\x01\0\0\x02{",
            dialect(Dialect::Tictalk),
            dialect(Dialect::Tictalk),
        ),
        (b"\x01\0\0\x02", None, dialect(Dialect::Tictalk)),
        (b"\0\0", None, dialect(Dialect::Framed)),
        (
            b"\0\0\0\x05",
            dialect(Dialect::Framed),
            dialect(Dialect::Framed),
        ),
        (b"\0\0\0\0", None, dialect(Dialect::Framed)),
        (b"Hello", None, dialect(Dialect::Raw)),
        (b"Hello\n", dialect(Dialect::Raw), dialect(Dialect::Raw)),
        (b"5\n", None, dialect(Dialect::Raw)),
        (b"\xff", None, dialect(Dialect::Raw)),
    ] {
        assert_eq!(
            Opener::of_first_bytes(bytes, Arrival::Bytes),
            at_once,
            "{bytes:?}"
        );
        assert_eq!(
            Opener::of_first_bytes(bytes, Arrival::Quiet),
            in_silence,
            "{bytes:?}"
        );
    }
}

/// What a client keeps of a list of other machines, as far as the frame can be read.
fn others(list: &str) -> Option<Vec<String>> {
    let json = format!(r#"{{"type":"others","others":{list}}}"#);
    let mut bytes = BytesMut::from(&[1, 0][..]);
    bytes.extend_from_slice(&u16::try_from(json.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(json.as_bytes());
    match decode(Dialect::Tictalk, &bytes, &[]) {
        (frames, None) => match &frames[..] {
            [Frame::Control(Control::Others { others })] => {
                Some(others.iter().map(str::to_owned).collect())
            }
            frames => panic!("{frames:?}"),
        },
        (frames, Some(_)) => {
            assert_eq!(frames, []);
            None
        }
    }
}

#[test]
fn of_a_list_of_other_machines_the_first_short_texts_are_kept() {
    assert_eq!(others("[]"), Some(Vec::new()));
    let numbered = |count: usize| (0..count).map(|it| format!("{it:x}")).collect::<Vec<_>>();
    let list = serde_json::to_string(&numbered(9_000)).unwrap();
    assert_eq!(others(&list), Some(numbered(Others::LIMIT)));
    let longest = "x".repeat(Others::LONGEST);
    let mixed = format!(r#"[null,7,"a:1",["b:2"],{{"c":3}},true,"{longest}x","{longest}"]"#);
    assert_eq!(others(&mixed), Some(vec!["a:1".to_owned(), longest]));
    for wrong in ["7", "null", "\"a:1\"", r#"{"0":"a:1"}"#] {
        assert_eq!(others(wrong), None, "{wrong}");
    }
}

#[test]
fn a_room_of_one_machine_names_no_others() {
    let room = r#"{"you":3,"name":"ann","since":17,"heard":5}"#;
    let membership: Membership = serde_json::from_str(room).unwrap();
    assert!(membership.others.is_empty());
    assert_eq!(serde_json::to_string(&membership).unwrap(), room);
}

//! The four messages: whatever a stranger does to them, there is no agreement by mistake.

use super::ends::{Message, Outcome, Pair};
use bytes::BytesMut;
use proptest::prelude::*;
use tictalk::wire::{
    ClientOpening, LineKey, MAX_PRIVATE, NotAgreed, PrivateError, PrivateRefusal, SecretChoice,
    ServerOpening, WireError, take_frame,
};

fn keys() -> Vec<LineKey> {
    (1..=3).map(|byte| LineKey::new([byte; 32])).collect()
}

#[test]
fn two_ends_agree_by_the_code_or_by_a_key() {
    let keys = keys();
    let by_code = Pair::default();
    let by_key = Pair {
        client_keys: &keys,
        server_keys: &keys[1..],
        client_code: "",
        ..Pair::default()
    };
    for pair in [by_code, by_key] {
        let (client, server) = pair.agree();
        assert_eq!(client.check, server.check);
        assert_eq!(client.key, server.key);
        let (again, _) = pair.agree();
        assert_ne!(client.key, again.key);
        assert_ne!(client.check, again.check);
    }
}

/// Neither end agrees. Only a server that has seen a good answer does, when the confirmation is
/// disturbed afterwards.
fn assert_nothing_agreed(outcome: &Outcome, disturbed: Message, what: &dyn std::fmt::Display) {
    assert!(outcome.client.is_none(), "{disturbed:?}, {what}");
    let server = outcome.server.is_some();
    assert_eq!(
        server,
        disturbed == Message::Confirmation,
        "{disturbed:?}, {what}"
    );
}

fn lengths(pair: &Pair<'_>) -> Vec<(Message, usize)> {
    let mut lengths = Vec::new();
    pair.meet(|message, bytes| lengths.push((message, bytes.len())));
    assert_eq!(lengths.len(), Message::ALL.len());
    lengths
}

#[test]
fn a_message_that_is_cut_anywhere_leads_to_no_agreement() {
    let pair = Pair::default();
    for (disturbed, length) in lengths(&pair) {
        for cut in 0..length {
            let outcome = pair.meet(|message, bytes| {
                if message == disturbed {
                    bytes.truncate(cut);
                }
            });
            assert_nothing_agreed(&outcome, disturbed, &cut);
        }
        // The frame itself is shorter, and whole.
        for cut in 5..length {
            let outcome = pair.meet(|message, bytes| {
                if message == disturbed {
                    bytes.truncate(cut);
                    let size = u32::try_from(cut - 4).unwrap().to_be_bytes();
                    bytes[1..4].copy_from_slice(&size[1..]);
                }
            });
            assert_nothing_agreed(&outcome, disturbed, &cut);
        }
    }
}

#[test]
fn a_message_with_any_bit_flipped_leads_to_no_agreement() {
    let keys = keys();
    let by_code = Pair::default();
    let by_key = Pair {
        client_keys: &keys[..1],
        server_keys: &keys[..1],
        ..Pair::default()
    };
    for pair in [by_code, by_key] {
        for (disturbed, length) in lengths(&pair) {
            for bit in 0..8 * length {
                let outcome = pair.meet(|message, bytes| {
                    if message == disturbed {
                        bytes[bit / 8] ^= 1 << (bit % 8);
                    }
                });
                assert_nothing_agreed(&outcome, disturbed, &bit);
            }
        }
    }
}

#[test]
fn appended_bytes_are_authenticated_too() {
    let pair = Pair::default();
    for disturbed in Message::ALL {
        let outcome = pair.meet(|message, bytes| {
            if message == disturbed {
                let size = u32::try_from(bytes.len() - 4 + 1).unwrap().to_be_bytes();
                bytes[1..4].copy_from_slice(&size[1..]);
                bytes.extend_from_slice(b"!");
            }
        });
        assert_nothing_agreed(&outcome, disturbed, &"one byte more");
    }
}

#[test]
fn a_wrong_secret_leads_to_no_agreement() {
    let wrong_codes = [
        "acid-mango-river",
        "acid-mango-riverboats",
        "Acid-mango-riverboat",
        "",
    ];
    for client_code in wrong_codes {
        let pair = Pair {
            client_code,
            ..Pair::default()
        };
        assert_nothing_agreed(&pair.meet(|_, _| {}), Message::Open, &client_code);
    }
    // The server takes the key with the hint for the one that it knows; a liar gets nowhere.
    let keys = keys();
    let pair = Pair {
        client_keys: &keys[..1],
        server_keys: &keys[1..2],
        ..Pair::default()
    };
    let (random, hint) = known_hint(&keys[1]);
    let outcome = pair.meet(|message, bytes| {
        if message == Message::Open {
            bytes[4..20].copy_from_slice(&random);
            bytes[21..37].copy_from_slice(&hint);
        }
    });
    assert_nothing_agreed(&outcome, Message::Open, &"a copied hint");
}

/// The random bytes and the hint of an exchange in which this key was proposed.
fn known_hint(key: &LineKey) -> ([u8; 16], [u8; 16]) {
    let mut rng = rng();
    let (_, open) = ClientOpening::new(std::slice::from_ref(key), &mut rng);
    (
        open[4..20].try_into().unwrap(),
        open[21..37].try_into().unwrap(),
    )
}

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

#[test]
fn two_exchanges_have_no_hint_in_common() {
    let keys = keys();
    let mut rng = rng();
    let opens: Vec<BytesMut> = (0..20)
        .map(|_| ClientOpening::new(&keys, &mut rng).1)
        .collect();
    let parts = |open: &BytesMut| -> Vec<Vec<u8>> {
        let hints = open[21..].chunks(16).map(<[u8]>::to_vec);
        hints.chain([open[4..20].to_vec()]).collect()
    };
    let mut all: Vec<Vec<u8>> = opens.iter().flat_map(parts).collect();
    let count = all.len();
    assert_eq!(count, 20 * 17);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
    // The number of keys does not show in the length.
    assert_eq!(ClientOpening::new(&[], &mut rng).1.len(), opens[0].len());
}

#[test]
fn messages_of_another_exchange_lead_to_no_agreement() {
    let pair = Pair::default();
    let mut recorded = Vec::new();
    pair.meet(|message, bytes| recorded.push((message, bytes.clone())));
    for (disturbed, old) in &recorded {
        let outcome = pair.meet(|message, bytes| {
            if message == *disturbed {
                bytes.clone_from(old);
            }
        });
        assert_nothing_agreed(&outcome, *disturbed, &"a replay");
    }
    // An end that hears itself.
    for (disturbed, heard) in [
        (Message::Offer, Message::Open),
        (Message::Answer, Message::Offer),
        (Message::Confirmation, Message::Answer),
    ] {
        let mut said = BytesMut::new();
        let outcome = pair.meet(|message, bytes| {
            if message == heard {
                said.clone_from(bytes);
            }
            if message == disturbed {
                bytes.clone_from(&said);
            }
        });
        assert_nothing_agreed(&outcome, disturbed, &"a reflection");
    }
}

/// The client's tag in place of the server's.
#[test]
fn a_reflected_tag_is_refused() {
    let mut tag = Vec::new();
    let outcome = Pair::default().meet(|message, bytes| match message {
        Message::Answer => tag = bytes[36..].to_vec(),
        Message::Confirmation => bytes[4..].copy_from_slice(&tag),
        Message::Open | Message::Offer => {}
    });
    assert_nothing_agreed(&outcome, Message::Confirmation, &"a reflected tag");
}

#[test]
fn another_version_is_named() {
    let mut rng = rng();
    let (client, mut open) = ClientOpening::new(&[], &mut rng);
    open[20] = 2;
    let error = ServerOpening::read(&open[4..]).map(|_| ()).unwrap_err();
    assert_eq!(error, PrivateError::Version(2));
    let mut offer = [0; 50];
    offer[16] = 7;
    let error = client.read(&offer).map(|_| ()).unwrap_err();
    assert_eq!(error, NotAgreed::Error(PrivateError::Version(7)));
}

#[test]
fn every_refusal_reaches_the_client_at_both_places() {
    let refusals = [
        (PrivateRefusal::Version, &[1][..]),
        (PrivateRefusal::NotPrivate, &[2]),
        (PrivateRefusal::Busy, &[3]),
        (PrivateRefusal::WrongCode, &[4]),
        (PrivateRefusal::Later(600), &[5, 2, 88]),
        (PrivateRefusal::Burnt, &[6]),
    ];
    for (refusal, payload) in refusals {
        let mut frame = refusal.to_frame();
        assert_eq!(
            take_frame(&mut frame, MAX_PRIVATE).unwrap().unwrap(),
            payload
        );
        let mut rng = rng();
        let (client, open) = ClientOpening::new(&[], &mut rng);
        let error = client.read(payload).map(|_| ()).unwrap_err();
        assert_eq!(error, NotAgreed::Refused(refusal));

        let (client, _) = ClientOpening::new(&[], &mut rng);
        let server = ServerOpening::read(&open[4..]).unwrap();
        let (_, offer) = server.offer(SecretChoice::Code, b"code", &mut rng).unwrap();
        let client = client.read(&offer[4..]).unwrap();
        let (client, _) = client.answer(b"code", &mut rng).unwrap();
        let error = client.confirm(payload).map(|_| ()).unwrap_err();
        assert_eq!(error, NotAgreed::Refused(refusal));
    }
}

#[test]
fn a_frame_is_judged_by_its_header() {
    let errors = [
        (&[1, 0, 0, 1][..], WireError::UnknownKind(1)),
        (&[0], WireError::UnknownKind(0)),
        (&[2, 0, 0, 0], WireError::Empty),
        (
            &[2, 0, 4, 1],
            WireError::TooLong {
                kind: "record",
                size: 1_025,
                limit: MAX_PRIVATE,
            },
        ),
    ];
    for (bytes, expected) in errors {
        let error = take_frame(&mut bytes.into(), MAX_PRIVATE).unwrap_err();
        assert_eq!(error.to_string(), expected.to_string());
    }
    for incomplete in [&[2][..], &[2, 0], &[2, 0, 4, 0], &[2, 0, 0, 2, 9]] {
        assert!(
            take_frame(&mut incomplete.into(), MAX_PRIVATE)
                .unwrap()
                .is_none()
        );
    }
}

proptest! {
    /// Bytes that nobody has thought of, at each place where a peer can send them.
    #[test]
    fn garbage_leads_to_no_agreement(
        place in prop::sample::select(&Message::ALL[..]),
        garbage in prop::collection::vec(any::<u8>(), 1..1_100),
        is_framed: bool,
    ) {
        let outcome = Pair::default().meet(|message, bytes| {
            if message == place {
                bytes.clear();
                if is_framed {
                    let size = u32::try_from(garbage.len()).unwrap().to_be_bytes();
                    bytes.extend_from_slice(&[2, size[1], size[2], size[3]]);
                }
                bytes.extend_from_slice(&garbage);
            }
        });
        assert_nothing_agreed(&outcome, place, &"garbage");
    }
}

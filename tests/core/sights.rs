//! Members, boards and results as data: their form on the wire, and their sizes.

use bytes::BytesMut;
use std::sync::Arc;
use tictalk::wire::{
    AddressSight, ConnectedSight, Control, Dialect, Frame, GameSight, HostSecret, MAX_CONTROL,
    MemberId, MemberSight, PlayerIndex, PostId, Sees,
};

/// The JSON of a control message, as it is sent.
fn json(control: Control) -> String {
    let mut bytes = BytesMut::new();
    let frame = Frame::Control(control);
    Dialect::Tictalk.codec().encode(&frame, &mut bytes);
    String::from_utf8(bytes[4..].to_vec()).unwrap()
}

/// A member with the longest name, the longest number and a game against one like it.
fn largest_member() -> MemberSight {
    let name: Arc<str> = "\u{1f600}".repeat(20).into();
    MemberSight {
        id: MemberId(u64::MAX),
        name: Arc::clone(&name),
        is_coordinator: true,
        is_here: true,
        plays: Some(GameSight {
            game: "battleship".to_owned(),
            with: name,
        }),
    }
}

#[test]
fn the_largest_portion_of_members_fits_into_a_frame() {
    let portion = json(Control::Members {
        members: vec![largest_member(); MemberSight::PORTION],
        since: PostId(u64::MAX),
        more: true,
    });
    assert!(portion.starts_with(r#"{"type":"members""#), "{portion:.80}");
    assert!(portion.len() < MAX_CONTROL, "{} bytes", portion.len());
}

#[test]
fn the_largest_portion_of_connected_members_fits_into_a_frame() {
    let member = ConnectedSight {
        member: MemberSight {
            plays: None,
            ..largest_member()
        },
        from: Some(AddressSight {
            address: "1111:2222:3333:4444:5555:6666:7777:8888".parse().unwrap(),
            port: u16::MAX,
        }),
        since: u64::MAX,
        heard: u64::MAX,
    };
    let portion = json(Control::Connected {
        members: vec![member; MemberSight::PORTION],
        more: true,
    });
    assert!(
        portion.starts_with(r#"{"type":"connected""#),
        "{portion:.80}"
    );
    assert!(portion.len() < MAX_CONTROL, "{} bytes", portion.len());
}

#[test]
fn unknown_words_in_sees_are_ignored() {
    let read = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Sees::from(words)
    };
    let (members, boards) = (true, true);
    assert_eq!(
        read(&["smells", "boards", "members"]),
        Sees { members, boards }
    );
    assert_eq!(read(&["smells", "Members"]), Sees::default());
    let both = Vec::<String>::from(Sees { members, boards });
    assert_eq!(both, ["members", "boards"]);
    assert!(Vec::<String>::from(Sees::default()).is_empty());
}

#[test]
fn a_host_secret_is_compared_whole_and_not_shown() {
    let secret = HostSecret::new([0xab; 16]);
    for at in 0..16 {
        let mut other = [0xab; 16];
        other[at] ^= 1;
        assert!(!secret.matches(&HostSecret::new(other)), "byte {at}");
    }
    let read = HostSecret::try_from("ab".repeat(16)).unwrap();
    assert!(secret.matches(&read));
    assert_eq!(format!("{secret:?}"), "HostSecret(..)");
    assert!(HostSecret::try_from("ab".repeat(15)).is_err());
}

#[test]
fn there_are_two_players() {
    for (number, player) in [(0, PlayerIndex::First), (1, PlayerIndex::Second)] {
        assert_eq!(PlayerIndex::try_from(number), Ok(player));
        assert_eq!(u8::from(player), number);
    }
    assert!(PlayerIndex::try_from(2).is_err());
}

//! Keys from bytes, however they come.

use super::Decoder;
use crate::scene::{Arrow, Focus, Held, Key, Wheel};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn keys(bytes: &[u8]) -> Vec<Key> {
    let mut decoder = Decoder::default();
    let mut keys = decoder.push(bytes);
    keys.extend(decoder.end());
    keys
}

#[test]
fn keys_are_recognized_however_they_are_cut() {
    let bytes =
        "aé漢\x1b[A\x1b[1;2B\x1b[1;5C\x1bOP\x1b[15~\x1b[24~\x1b[[B\x1bb\x1b\x7f\r\t\x7f\x01\x1b[5~\
                 \x1b[200~one\r\ntwo\x1b[201~\x1b[I\x1b[O\x1b[<0;3;4M\x1b[<64;1;1M\x1b[3~z"
            .as_bytes();
    let expected = [
        Key::Char('a'),
        Key::Char('é'),
        Key::Char('漢'),
        Key::Arrow(Arrow::Up, Held::Nothing),
        Key::Arrow(Arrow::Down, Held::Shift),
        Key::Arrow(Arrow::Right, Held::Word),
        Key::Function(1),
        Key::Function(5),
        Key::Function(12),
        Key::Function(2),
        Key::Alt('b'),
        Key::WordBackspace,
        Key::Enter,
        Key::Tab,
        Key::Backspace,
        Key::Ctrl('a'),
        Key::PageUp,
        Key::Paste("one\ntwo".to_owned()),
        Key::Focus(Focus::Here),
        Key::Focus(Focus::Elsewhere),
        Key::Click { column: 2, row: 3 },
        Key::Wheel(Wheel::Up),
        Key::Delete,
        Key::Char('z'),
    ];
    assert_eq!(keys(bytes), expected);
    for cut in 0..bytes.len() {
        let mut decoder = Decoder::default();
        let (left, right) = bytes.split_at(cut);
        let mut found = decoder.push(left);
        found.extend(decoder.push(right));
        assert_eq!(found, expected, "cut at {cut}");
        assert_eq!(decoder.patience(), None);
    }
}

#[test]
fn an_escape_alone_is_a_key_once_nothing_follows() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.push(b"\x1b"), []);
    assert_eq!(decoder.patience(), Some(super::ESCAPE));
    assert_eq!(decoder.end(), [Key::Escape]);
    assert_eq!(decoder.patience(), None);
    assert_eq!(
        keys(b"\x1b\x1b[A"),
        [Key::Escape, Key::Arrow(Arrow::Up, Held::Nothing)]
    );
}

#[test]
fn bytes_that_are_no_keys_do_no_harm() {
    assert_eq!(keys(b"\xff\xc3(\xed\xa0\x80"), {
        let wrong = Key::Char(char::REPLACEMENT_CHARACTER);
        let mut keys = vec![wrong.clone(), wrong.clone(), Key::Char('(')];
        keys.extend([wrong.clone(), wrong.clone(), wrong]);
        keys
    });
    assert_eq!(
        keys(b"\x1b[999;999;999q\x1b[\xff"),
        [Key::Char(char::REPLACEMENT_CHARACTER)]
    );
    let endless = [b"\x1b[".as_slice(), &[b'1'; 10_000]].concat();
    let mut decoder = Decoder::default();
    decoder.push(&endless);
    assert!(decoder.bytes.len() <= super::SEQUENCE + 3);
}

#[test]
fn a_paste_without_end_is_bounded() {
    let mut decoder = Decoder::default();
    decoder.push(b"\x1b[200~");
    for _ in 0..1_000 {
        assert_eq!(decoder.push(&[b'x'; 4096]), []);
    }
    assert!(
        decoder
            .paste
            .as_ref()
            .is_some_and(|paste| paste.len() <= super::PASTE)
    );
    assert!(decoder.bytes.len() < 16);
    // Once nothing more comes, the keys work again.
    assert_eq!(decoder.patience(), Some(super::PAUSE));
    let ended = decoder.end();
    assert!(matches!(&ended[..], [Key::Paste(text)] if text.len() == super::PASTE));
    assert_eq!(decoder.push(b"\x03"), [Key::Ctrl('c')]);
}

#[test]
fn what_a_terminal_tells_of_itself_is_no_key() {
    let told = b"\x1b]10;rgb:ffff/ffff/ffff\x07\x1bP>|term 1\x1b\\\x1b]11;rgb:0/0/0\x1b\\a";
    assert_eq!(keys(told), [Key::Char('a')]);
    // Without its end, it was typed.
    let mut decoder = Decoder::default();
    assert_eq!(decoder.push(b"\x1bP"), []);
    assert_eq!(decoder.patience(), Some(super::ESCAPE));
    assert_eq!(decoder.end(), [Key::Alt('p')]);
    assert_eq!(decoder.push(b"\x1b]hi"), []);
    assert_eq!(decoder.patience(), Some(super::PAUSE));
    assert_eq!(
        decoder.end(),
        [Key::Alt(']'), Key::Char('h'), Key::Char('i')]
    );
    let endless = [b"\x1b]".as_slice(), &[b'x'; 10_000]].concat();
    assert!(decoder.push(&endless).len() > 5_000);
    assert!(decoder.bytes.len() <= super::REPORT + 2);
}

#[test]
fn what_may_still_become_a_key_waits_for_its_rest() {
    let mut decoder = Decoder::default();
    for part in [b"\x1b[1;".as_slice(), b"5"] {
        assert_eq!(decoder.push(part), []);
        assert_eq!(decoder.patience(), None);
        assert_eq!(decoder.end(), []);
    }
    assert_eq!(decoder.push(b"C"), [Key::Arrow(Arrow::Right, Held::Word)]);
    // These two are keys of their own if nothing follows.
    for (bytes, key) in [(b"\x1b[", Key::Alt('[')), (b"\x1bO", Key::Alt('o'))] {
        assert_eq!(decoder.push(bytes), []);
        assert_eq!(decoder.patience(), Some(super::ESCAPE));
        assert_eq!(decoder.end(), [key]);
    }
}

#[test]
fn a_key_that_cuts_a_sequence_short_is_not_lost() {
    let up = || Key::Arrow(Arrow::Up, Held::Nothing);
    assert_eq!(keys(b"\x1bO\x1b[A"), [Key::Alt('o'), up()]);
    assert_eq!(keys(b"\x1b[[\x1b[A"), [up()]);
    assert_eq!(
        keys(b"\x1b[1;\x1b[A"),
        [Key::Char('1'), Key::Char(';'), up(),]
    );
}

#[test]
fn clicks_of_old_terminals_are_no_text() {
    assert_eq!(
        keys(b"\x1b[M \x22\x23x"),
        [Key::Click { column: 1, row: 2 }, Key::Char('x'),]
    );
    assert_eq!(
        keys(b"\x1b[M`!!\x1b[Ma!!"),
        [Key::Wheel(Wheel::Up), Key::Wheel(Wheel::Down),]
    );
    // The release of the button, and a place that is none.
    assert_eq!(keys(b"\x1b[M#!!\x1b[M \x01\x01"), []);
    assert_eq!(keys(b"\x1b[5M"), []);
}

/// Bytes as a terminal sends them, whole or in part, and others.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"\x1b",
        b"\x1b[",
        b"\x1bO",
        b"[",
        b"O",
        b"M",
        b"<",
        b";",
        b"1",
        b"99999999999",
        b"A",
        b"~",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b[<0;5;5M",
        b"\x1b[M !!",
        b"\r\n",
        b"\0",
        b"\x7f",
        b"\xc3",
        b"\xa9",
        b"\xe6\xbc\xa2",
        b"\xf0\x9f",
        b"\xff",
        b"text",
    ];
    let piece = prop_oneof![
        4 => select(PIECES).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..4),
        1 => (0..40_usize).prop_map(|count| vec![b'1'; count]),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn bytes_are_the_same_keys_in_any_portions(
        bytes in pieces(),
        cuts in vec(1..20_usize, 0..40),
    ) {
        let mut whole = Decoder::default();
        let expected = whole.push(&bytes);
        let mut single = Decoder::default();
        let found: Vec<Key> = bytes.iter().flat_map(|byte| single.push(&[*byte])).collect();
        prop_assert_eq!(&found, &expected);
        let (mut portions, mut found, mut rest) = (Decoder::default(), Vec::new(), &bytes[..]);
        for cut in cuts {
            let (portion, later) = rest.split_at(cut.min(rest.len()));
            found.extend(portions.push(portion));
            rest = later;
        }
        found.extend(portions.push(rest));
        prop_assert_eq!(&found, &expected);
        for decoder in [whole, single, portions] {
            prop_assert!(decoder.bytes.len() <= super::SEQUENCE + 3);
        }
    }
}

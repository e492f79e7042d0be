//! Messages with a size in front, of other programs: recognized by arithmetic, read and answered.

use bytes::BytesMut;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tictalk::wire::{
    Arrival, Codec, Columns, Dialect, Frame, MAX_TEXT, Opener, SizeForm, SizeMark, WireError,
};

fn encode(form: SizeForm, text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    let frame = Frame::Text(text.to_owned());
    Dialect::Counted(form).codec().encode(&frame, &mut bytes);
    bytes
}

fn recognized(burst: &[u8]) -> Option<Opener> {
    Opener::of_first_bytes(burst, Arrival::Quiet)
}

/// All texts that a new codec reads from `bytes`, which end in silence.
fn read(dialect: Dialect, bytes: &[u8]) -> Vec<String> {
    let mut codec = dialect.codec();
    let mut buffer = BytesMut::from(bytes);
    let mut texts = Vec::new();
    while let Some(frame) = codec.decode(&mut buffer, Arrival::Quiet).unwrap() {
        let Frame::Text(text) = frame else {
            panic!("{frame:?}")
        };
        texts.push(text);
    }
    assert!(buffer.is_empty(), "{dialect:?} leaves {buffer:?}");
    texts
}

fn next(codec: &mut dyn Codec, buffer: &mut BytesMut, arrival: Arrival) -> Option<String> {
    match codec.decode(buffer, arrival).unwrap()? {
        Frame::Text(text) => Some(text),
        Frame::Control(control) => panic!("{control:?}"),
    }
}

#[test]
fn each_form_is_written_as_its_programs_write_it() {
    for (form, bytes) in [
        (SizeForm::U8, &b"\x05Hello"[..]),
        (SizeForm::U16, b"\0\x05Hello"),
        (SizeForm::Le16, b"\x05\0Hello"),
        (SizeForm::Le32, b"\x05\0\0\0Hello"),
        (SizeForm::U64, b"\0\0\0\0\0\0\0\x05Hello"),
        (SizeForm::Le64, b"\x05\0\0\0\0\0\0\0Hello"),
        (SizeForm::Columns(Columns::Four), b"5   Hello"),
        (SizeForm::Columns(Columns::Ten), b"5         Hello"),
        (SizeForm::Marked(SizeMark::Bar), b"5|Hello"),
        (SizeForm::Marked(SizeMark::TildeDollar), b"5~$Hello"),
        (SizeForm::Marked(SizeMark::Nul), b"5\0Hello"),
        (SizeForm::Marked(SizeMark::Nuls), b"\x005\0Hello"),
    ] {
        assert_eq!(encode(form, "Hello"), bytes, "{form:?}");
        let opener = Opener::Dialect(Dialect::Counted(form));
        assert_eq!(recognized(bytes), Some(opener), "{form:?}");
    }
}

#[test]
fn every_name_names_one_form() {
    for form in SizeForm::ALL {
        let dialect = Dialect::Counted(form);
        assert_eq!(Dialect::from_name(form.name()), Some(dialect));
        assert!(!form.words().is_empty());
    }
}

/// A size of one byte that could be the first character of a text.
fn looks_like_text(form: SizeForm, text: &str) -> bool {
    form == SizeForm::U8 && !matches!(text.len(), 1..9 | 14..32)
}

proptest! {
    #[test]
    fn the_first_message_tells_its_form(
        text in prop_oneof!["[a-zA-Z ,.!?äß你😀]{1,60}", "\\PC{1,40}", "[a-z ]{900,1100}"],
        form in proptest::sample::select(SizeForm::ALL.to_vec()),
    ) {
        prop_assume!(!looks_like_text(form, &text) && text.len() <= form.longest());
        let bytes = encode(form, &text);
        let Some(Opener::Dialect(dialect @ Dialect::Counted(_))) = recognized(&bytes) else {
            return Err(TestCaseError::fail(format!("{bytes:?} is {:?}", recognized(&bytes))));
        };
        // Where two forms fit, both say the same.
        prop_assert_eq!(read(dialect, &bytes), [text]);
    }

    #[test]
    fn any_split_gives_the_same_messages(
        texts in proptest::collection::vec("[ -~]{1,300}", 1..5),
        form in proptest::sample::select(SizeForm::ALL.to_vec()),
        cuts in proptest::collection::vec(any::<usize>(), 0..8),
    ) {
        let texts: Vec<String> =
            texts.into_iter().filter(|text| text.len() <= form.longest()).collect();
        let bytes: BytesMut = texts.iter().flat_map(|text| encode(form, text)).collect();
        let mut codec = Dialect::Counted(form).codec();
        let (mut buffer, mut read) = (BytesMut::new(), Vec::new());
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        for piece in cuts.windows(2) {
            buffer.extend_from_slice(&bytes[piece[0]..piece[1]]);
            while let Some(text) = next(&mut *codec, &mut buffer, Arrival::Bytes) {
                read.push(text);
            }
        }
        prop_assert_eq!(read, texts);
    }

    #[test]
    fn hostile_bytes_are_bounded(
        bytes in proptest::collection::vec(
            prop_oneof![Just(0_u8), Just(0x80), b'0'..=b'9', Just(b' '), any::<u8>()], 0..9_000),
        form in proptest::sample::select(SizeForm::ALL.to_vec()),
    ) {
        let mut codec = Dialect::Counted(form).codec();
        let mut buffer = BytesMut::new();
        for piece in bytes.chunks(700) {
            buffer.extend_from_slice(piece);
            loop {
                match codec.decode(&mut buffer, Arrival::Bytes) {
                    Ok(Some(Frame::Text(text))) => prop_assert!(text.len() <= 3 * MAX_TEXT),
                    Ok(Some(frame)) => prop_assert!(false, "{:?}", frame),
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(buffer.len() <= 128 + 4 * MAX_TEXT, "{} bytes wait", buffer.len());
        }
    }
}

/// Messages that people type: what the documents of this project have on their lines, moves and
/// numbers, and words from the list of codes.
fn ordinary_messages() -> BTreeSet<String> {
    let mut messages: BTreeSet<String> = [
        include_str!("../../README.md"),
        include_str!("../../docs/guide.md"),
        include_str!("../../docs/protocol.md"),
        include_str!("../../docs/performance.md"),
        include_str!("../../docs/architecture.md"),
        include_str!("../../docs/security.md"),
    ]
    .iter()
    .flat_map(|page| page.lines())
    .flat_map(|line| [line.to_owned(), line.trim().to_owned()])
    .collect();
    messages.extend((0..60_000_u32).map(|number| number.to_string()));
    let words = include_str!("../../src/words/list.txt").split_whitespace();
    for (number, word) in words.enumerate() {
        messages.extend([
            word.to_owned(),
            format!("{number} {word}s"),
            format!("{number}: {word}"),
            format!("{} {word}?", number % 10),
            format!("{word} {number}"),
            format!("  {word}"),
            format!("{number}, {word}, {number}"),
            format!("{}-{} {word}", number % 7, number % 5),
            format!("{number}0 {word} and {word}"),
            format!("{}\t{word}", number % 20),
        ]);
    }
    messages.retain(|message| !message.is_empty());
    messages
}

#[test]
fn ordinary_messages_are_not_taken_for_counted_ones() {
    let messages = ordinary_messages();
    let counted = |message: &&String| {
        let ends = ["", "\n", "\r\n", "\0"];
        ends.iter().any(|end| {
            let burst = format!("{message}{end}");
            matches!(
                recognized(burst.as_bytes()),
                Some(Opener::Dialect(Dialect::Counted(_)))
            )
        })
    };
    let misread: Vec<&String> = messages.iter().filter(counted).collect();
    assert!(messages.len() >= 49_728, "{}", messages.len());
    assert!(misread.len() <= 1, "{misread:?}");
}

#[test]
fn a_size_by_itself_waits_for_its_message() {
    for form in [
        SizeForm::U8,
        SizeForm::U16,
        SizeForm::Le16,
        SizeForm::Le32,
        SizeForm::Le64,
    ] {
        let bytes = encode(form, "Hello");
        for cut in 1..bytes.len() {
            let begun = recognized(&bytes[..cut]);
            assert_eq!(begun, None, "{form:?} after {cut} bytes");
        }
    }
    // One character and the NUL of a string in C is a message.
    assert_eq!(recognized(b"H\0"), Some(Opener::Dialect(Dialect::Raw)));
}

#[test]
fn an_answer_is_padded_as_the_message_was() {
    let form = SizeForm::Columns(Columns::Eight);
    for (header, answer) in [
        ("5       ", "2       hi"),
        ("       5", "       2hi"),
        ("00000005", "00000002hi"),
    ] {
        let mut codec = Dialect::Counted(form).codec();
        let mut buffer = BytesMut::from(format!("{header}Hello").as_bytes());
        let said = next(&mut *codec, &mut buffer, Arrival::Bytes);
        assert_eq!(said.as_deref(), Some("Hello"));
        let mut out = BytesMut::new();
        codec.encode(&Frame::Text("hi".to_owned()), &mut out);
        assert_eq!(out, answer.as_bytes());
    }
}

#[test]
fn a_size_in_characters_is_learnt_and_answered() {
    let form = SizeForm::Columns(Columns::Ten);
    // `f"{len(text):<10}{text}".encode()` in Python.
    let bytes = "5         Grüße".as_bytes();
    let dialect = Dialect::Counted(form);
    assert_eq!(recognized(bytes), Some(Opener::Dialect(dialect)));
    let mut codec = dialect.codec();
    let mut buffer = BytesMut::from(bytes);
    assert_eq!(next(&mut *codec, &mut buffer, Arrival::Bytes), None);
    assert!(codec.quiet().is_some());
    let said = next(&mut *codec, &mut buffer, Arrival::Quiet);
    assert_eq!(said.as_deref(), Some("Grüße"));
    // From now on, the end of a message is known without a silence.
    assert_eq!(codec.quiet(), None);
    buffer.extend_from_slice("3         äöü4".as_bytes());
    let said = next(&mut *codec, &mut buffer, Arrival::Bytes);
    assert_eq!(said.as_deref(), Some("äöü"));
    let mut out = BytesMut::new();
    codec.encode(&Frame::Text("Tschüß".to_owned()), &mut out);
    assert_eq!(out, "6         Tschüß".as_bytes());
}

#[test]
fn a_size_in_bytes_is_learnt_too() {
    let mut codec = Dialect::Counted(SizeForm::Le32).codec();
    let mut buffer = encode(SizeForm::Le32, "Grüße");
    assert_eq!(next(&mut *codec, &mut buffer, Arrival::Bytes), None);
    let said = next(&mut *codec, &mut buffer, Arrival::Quiet);
    assert_eq!(said.as_deref(), Some("Grüße"));
    assert_eq!(codec.quiet(), None);
}

#[test]
fn a_message_over_the_limit_of_its_size_becomes_several() {
    let long = "é".repeat(300);
    let bytes = encode(SizeForm::U8, &long);
    let said = read(Dialect::Counted(SizeForm::U8), &bytes);
    assert!(said.len() > 1 && said.iter().all(|it| it.len() <= 255));
    assert_eq!(said.concat(), long);
}

#[test]
fn what_is_no_size_is_an_error() {
    for (form, bytes) in [
        (SizeForm::Columns(Columns::Ten), &b"Hello"[..]),
        (SizeForm::Columns(Columns::Four), b"1 2 Hello"),
        (SizeForm::Columns(Columns::Four), b"    Hello"),
        (SizeForm::Marked(SizeMark::Bar), b"Hello|"),
        (SizeForm::Marked(SizeMark::Bar), b"|"),
        (SizeForm::Marked(SizeMark::TildeDollar), b"5~x"),
        (SizeForm::Marked(SizeMark::Nuls), b"5\0Hello"),
    ] {
        let mut buffer = BytesMut::from(bytes);
        let decoded = Dialect::Counted(form)
            .codec()
            .decode(&mut buffer, Arrival::Bytes);
        assert_eq!(decoded, Err(WireError::NotASize(form.name())), "{bytes:?}");
    }
    for (form, bytes) in [
        (SizeForm::U16, &b"\x10\x01"[..]),
        (SizeForm::Le64, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        (SizeForm::Columns(Columns::ThirtyTwo), &[b'9'; 32]),
        (SizeForm::Marked(SizeMark::Bar), b"99999|"),
    ] {
        let mut buffer = BytesMut::from(bytes);
        let decoded = Dialect::Counted(form)
            .codec()
            .decode(&mut buffer, Arrival::Bytes);
        assert!(
            matches!(
                decoded,
                Err(WireError::TooLong {
                    limit: MAX_TEXT,
                    ..
                })
            ),
            "{decoded:?}"
        );
    }
}

#[test]
fn a_line_is_a_message_and_so_is_an_empty_one() {
    let bytes = b"one\ntwo\r\n\nGr\xc3\xbc\xc3\x9fe\n\xff\xfd\x01last\0\nrest";
    let said = ["one", "two", "", "Grüße", "last"];
    for cut in 0..bytes.len() {
        let mut codec = Dialect::Lines.codec();
        let (mut buffer, mut read) = (BytesMut::new(), Vec::new());
        for piece in [&bytes[..cut], &bytes[cut..]] {
            buffer.extend_from_slice(piece);
            while let Some(text) = next(&mut *codec, &mut buffer, Arrival::Quiet) {
                read.push(text);
            }
        }
        assert_eq!(read, said, "{cut}");
        let rest = next(&mut *codec, &mut buffer, Arrival::End);
        assert_eq!(rest.as_deref(), Some("rest"));
    }
    let mut out = BytesMut::new();
    let frame = Frame::Text("5\nfirst row\r\nsecond".to_owned());
    Dialect::Lines.codec().encode(&frame, &mut out);
    assert_eq!(out, b"5 first row second\n"[..]);
}

#[test]
fn a_long_line_becomes_several_messages() {
    let mut bytes = "ä".repeat(MAX_TEXT).into_bytes();
    bytes.push(b'\n');
    let said = read(Dialect::Lines, &bytes);
    assert!(said.iter().all(|text| text.len() <= MAX_TEXT));
    assert_eq!(said.concat(), "ä".repeat(MAX_TEXT));
}

#[test]
fn blocks_are_answered_in_blocks() {
    let mut codec = Dialect::Raw.codec();
    let mut say = |burst: &[u8]| {
        let mut buffer = BytesMut::from(burst);
        next(&mut *codec, &mut buffer, Arrival::Quiet).unwrap();
        let mut out = BytesMut::new();
        codec.encode(&Frame::Text("How are you?".to_owned()), &mut out);
        out
    };
    let mut block = [0; 32];
    block[..5].copy_from_slice(b"Hello");
    let answer = say(&block);
    assert_eq!((answer.len(), answer.ends_with(b"\0")), (32, true));
    assert!(answer.starts_with(b"How are you?\0"));
    // The NUL of a string in C is no padding.
    assert_eq!(say(b"Hello\0"), b"How are you?"[..]);
    assert_eq!(say(&block).len(), 32);
    assert_eq!(say(b"Hello"), b"How are you?"[..]);
}

#[test]
fn a_burst_that_looks_unfinished_gets_more_time() {
    let segment = std::num::NonZeroUsize::new(1_448).unwrap();
    let pause_after = |burst: &[u8]| {
        let mut codec = Dialect::Raw.codec();
        codec.set_segment(segment);
        let mut buffer = BytesMut::from(burst);
        assert_eq!(next(&mut *codec, &mut buffer, Arrival::Bytes), None);
        codec.quiet().unwrap()
    };
    let usual = pause_after(b"Hello");
    assert_eq!(pause_after("Grüße".as_bytes()), usual);
    assert_eq!(pause_after(&[b'a'; 1_447]), usual);
    // No character is begun by a byte that is not UTF-8 at all.
    assert_eq!(pause_after(b"Gr\xff"), usual);
    assert!(pause_after(&[b'a'; 1_448]) > usual);
    assert!(pause_after(&[b'a'; 2_896]) > usual);
    assert!(pause_after(&"Grü".as_bytes()[..3]) > usual);
}

//! The records: whatever a stranger does to them, the reader gets what was sent up to there, and knows
//! that the rest is missing.

use super::ends::Pair;
use bytes::BytesMut;
use proptest::prelude::*;
use tictalk::wire::{MAX_RECORD, RecordReader, RecordWriter, WireError};

fn seal(writer: &mut RecordWriter, text: &[u8]) -> BytesMut {
    let mut record = BytesMut::new();
    writer.seal(text, &mut record);
    record
}

const TEXTS: [&[u8]; 4] = [b"Hello", b"play chess", b"e4", b"e5"];

/// The records of [`TEXTS`] and the last one.
fn records(writer: &mut RecordWriter) -> Vec<BytesMut> {
    let texts = TEXTS.iter().map(|text| seal(writer, text));
    let mut records: Vec<BytesMut> = texts.collect();
    let mut last = BytesMut::new();
    writer.close(&mut last);
    records.push(last);
    records
}

/// Everything that a stranger has heard of two sessions, and the reader of the first client's records.
struct Heard {
    client: Vec<BytesMut>,
    server: Vec<BytesMut>,
    other_session: Vec<BytesMut>,
    reader: RecordReader,
}

fn heard() -> Heard {
    let (mut client, mut server) = Pair::default().agree();
    let (mut other, _) = Pair::default().agree();
    Heard {
        client: records(&mut client.line.writer),
        server: records(&mut server.line.writer),
        other_session: records(&mut other.line.writer),
        reader: server.line.reader,
    }
}

/// What the reader makes of these bytes: the text, and how the connection ended.
fn read<'a>(
    reader: &mut RecordReader,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (BytesMut, Result<(), WireError>) {
    let mut inbox = BytesMut::new();
    for piece in pieces {
        reader.received().extend_from_slice(piece);
        if let Err(error) = reader.open(&mut inbox) {
            return (inbox, Err(error));
        }
    }
    (inbox, reader.end())
}

#[test]
fn both_directions_carry_what_is_said() {
    let (mut client, mut server) = Pair::default().agree();
    let there = records(&mut client.line.writer).concat();
    let back = records(&mut server.line.writer).concat();
    assert_ne!(there, back);
    for (reader, bytes) in [
        (&mut server.line.reader, there),
        (&mut client.line.reader, back),
    ] {
        let (text, end) = read(reader, [&bytes[..]]);
        end.unwrap();
        assert_eq!(text, TEXTS.concat());
        assert!(reader.is_closed());
    }
}

#[test]
fn a_stream_that_is_cut_anywhere_counts_as_cut() {
    let length = heard().client.concat().len();
    for cut in 0..length {
        let Heard {
            client, mut reader, ..
        } = heard();
        let arrived = (0..TEXTS.len())
            .filter(|last| client[..=*last].concat().len() <= cut)
            .count();
        let (text, end) = read(&mut reader, [&client.concat()[..cut]]);
        assert!(matches!(end, Err(WireError::Cut)), "{cut}");
        assert_eq!(text, TEXTS[..arrived].concat(), "{cut}");
    }
}

#[test]
fn a_record_with_any_bit_flipped_is_not_read() {
    let length = heard().client.concat().len();
    for bit in 0..8 * length {
        let Heard {
            client, mut reader, ..
        } = heard();
        let whole = (0..TEXTS.len())
            .filter(|last| client[..=*last].concat().len() <= bit / 8)
            .count();
        let mut bytes = client.concat();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (text, end) = read(&mut reader, [&bytes[..]]);
        assert!(end.is_err(), "bit {bit}");
        assert_eq!(text, TEXTS[..whole].concat(), "bit {bit}");
    }
}

#[test]
fn a_record_that_is_not_the_next_one_is_not_read() {
    type Choice = fn(&Heard) -> Vec<BytesMut>;
    let streams: [(&str, Choice, usize); 8] = [
        ("repeated", |heard| vec![heard.client[0].clone(); 2], 1),
        ("left out", |heard| heard.client[1..].to_vec(), 0),
        (
            "reordered",
            |heard| vec![heard.client[1].clone(), heard.client[0].clone()],
            0,
        ),
        ("sent back", |heard| heard.server.clone(), 0),
        ("of another session", |heard| heard.other_session.clone(), 0),
        (
            "the last one too early",
            |heard| vec![heard.client[0].clone(), heard.client[4].clone()],
            1,
        ),
        (
            "the last one of the peer",
            |heard| [&heard.client[..4], &heard.server[4..]].concat(),
            4,
        ),
        (
            "of another kind",
            |_| vec![b"\x01\0\0\x0f{\"type\":\"ping\"}"[..].into()],
            0,
        ),
    ];
    for (what, choose, read_before) in streams {
        let mut heard = heard();
        let stream = choose(&heard);
        let (text, end) = read(&mut heard.reader, stream.iter().map(|record| &record[..]));
        assert!(
            matches!(end, Err(WireError::BadRecord | WireError::UnknownKind(1))),
            "{what}: {end:?}"
        );
        assert_eq!(text, TEXTS[..read_before].concat(), "{what}");
    }
}

#[test]
fn nothing_follows_the_last_record() {
    let Heard {
        client,
        server,
        mut reader,
        ..
    } = heard();
    let everything = [client.concat(), server.concat(), b"garbage".to_vec()].concat();
    let (text, end) = read(&mut reader, [&everything[..]]);
    end.unwrap();
    assert_eq!(text, TEXTS.concat());
    let (text, end) = read(&mut reader, [&client.concat()[..]]);
    end.unwrap();
    assert!(text.is_empty());
}

#[test]
fn a_header_that_announces_too_much_or_too_little_is_refused_at_once() {
    let too_long = u32::try_from(MAX_RECORD + 17).unwrap().to_be_bytes();
    let too_long = [2, too_long[1], too_long[2], too_long[3]];
    for header in [
        &too_long[..],
        &[2, 0, 0, 0],
        &[2, 0, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[3],
    ] {
        let mut reader = heard().reader;
        let (text, end) = read(&mut reader, [header]);
        assert!(
            !matches!(end, Ok(()) | Err(WireError::Cut)),
            "{header:?}: {end:?}"
        );
        assert!(text.is_empty());
    }
}

#[test]
fn the_longest_record_is_full_and_a_longer_text_has_more() {
    let (mut client, mut server) = Pair::default().agree();
    for (length, records) in [
        (1, 1),
        (MAX_RECORD, 1),
        (MAX_RECORD + 1, 2),
        (3 * MAX_RECORD, 3),
    ] {
        let text: Vec<u8> = (0..=255).cycle().take(length).collect();
        let sealed = seal(&mut client.line.writer, &text);
        assert_eq!(sealed.len(), length + records * 20);
        let (read, end) = read(&mut server.line.reader, [&sealed[..]]);
        assert_eq!(read, text);
        assert!(matches!(end, Err(WireError::Cut)));
    }
}

#[test]
fn the_same_text_is_never_sealed_into_the_same_bytes() {
    let (mut client, mut server) = Pair::default().agree();
    let mut sealed: Vec<BytesMut> = (0..100)
        .flat_map(|_| {
            [
                seal(&mut client.line.writer, b"Hello"),
                seal(&mut server.line.writer, b"Hello"),
            ]
        })
        .collect();
    sealed.sort();
    sealed.dedup();
    assert_eq!(sealed.len(), 200);
}

#[test]
fn the_key_changes_after_65536_records() {
    let (mut client, mut server) = Pair::default().agree();
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

/// What a stranger does with the records on their way.
#[derive(Debug, Clone)]
enum Trick {
    Drop(usize),
    Repeat(usize),
    Swap(usize, usize),
    Flip(usize, usize),
    Cut(usize, usize),
    Reflect(usize),
    Foreign(usize),
    Garbage(usize, Vec<u8>),
}

fn trick() -> impl Strategy<Value = Trick> {
    let place = 0..5_usize;
    prop_oneof![
        place.clone().prop_map(Trick::Drop),
        place.clone().prop_map(Trick::Repeat),
        (place.clone(), place.clone()).prop_map(|(one, other)| Trick::Swap(one, other)),
        (place.clone(), 0..240_usize).prop_map(|(at, bit)| Trick::Flip(at, bit)),
        (place.clone(), 0..30_usize).prop_map(|(at, length)| Trick::Cut(at, length)),
        place.clone().prop_map(Trick::Reflect),
        place.clone().prop_map(Trick::Foreign),
        (place, prop::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Trick::Garbage(at, bytes)),
    ]
}

impl Trick {
    fn play(&self, stream: &mut Vec<BytesMut>, heard: &Heard) {
        let count = stream.len().max(1);
        match self {
            _ if stream.is_empty() => {}
            Self::Drop(at) => drop(stream.remove(at % count)),
            Self::Repeat(at) => {
                let record = stream[at % count].clone();
                stream.insert(at % count, record);
            }
            Self::Swap(one, other) => stream.swap(one % count, other % count),
            Self::Flip(at, bit) => {
                let record = &mut stream[at % count];
                let length = record.len();
                if let Some(byte) = record.get_mut(bit / 8 % length.max(1)) {
                    *byte ^= 1 << (bit % 8);
                }
            }
            Self::Cut(at, length) => stream[at % count].truncate(*length),
            Self::Reflect(at) => stream[at % count] = heard.server[*at].clone(),
            Self::Foreign(at) => stream[at % count] = heard.other_session[*at].clone(),
            Self::Garbage(at, bytes) => stream.insert(at % count, bytes[..].into()),
        }
    }
}

proptest! {
    /// The text is what was sent, up to the first change; and a change does not pass for an end.
    #[test]
    fn a_reader_gets_a_beginning_of_what_was_sent(tricks in prop::collection::vec(trick(), 1..4)) {
        let mut heard = heard();
        let mut stream = heard.client.clone();
        for trick in &tricks {
            trick.play(&mut stream, &heard);
        }
        let (sent, arrived) = (heard.client.concat(), stream.concat());
        let (text, end) = read(&mut heard.reader, [&arrived[..]]);
        prop_assert!(TEXTS.concat().starts_with(&text));
        // Bytes after the last record do not count.
        prop_assert_eq!(end.is_ok(), arrived.starts_with(&sent));
        if end.is_ok() {
            prop_assert_eq!(text, TEXTS.concat());
        }
    }

    /// TCP keeps no borders.
    #[test]
    fn any_split_of_the_stream_gives_the_same_text(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let (mut client, mut server) = Pair::default().agree();
        let mut stream = BytesMut::new();
        for text in &texts {
            client.line.writer.seal(text, &mut stream);
        }
        client.line.writer.close(&mut stream);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|piece| &stream[piece[0]..piece[1]]);
        let (text, end) = read(&mut server.line.reader, pieces);
        prop_assert!(end.is_ok());
        prop_assert_eq!(text, texts.concat());
        prop_assert!(server.line.reader.is_closed());
    }
}

//! Bytes in pieces of any size: the frames are always the same, and none exceeds its limits.

use crate::control::control_json;
use crate::run::Marks;
use crate::source::Source;
use bytes::BytesMut;
use std::mem::discriminant;
use tictalk::wire::{Arrival, Dialect, Frame, MAX_CONTROL, MAX_TEXT, WireError};

/// Each byte that is no UTF-8 may become U+FFFD, which has three bytes.
const LONGEST: usize = 3 * MAX_TEXT;

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    let dialect = *source.pick(&Dialect::choices());
    let cuts: Vec<usize> = (0..source.below(8)).map(|_| source.below(9_000)).collect();
    let bytes = written(dialect, source);
    let (frames, error) = decode(dialect, &bytes, &cuts);
    marks.note((
        dialect.name(),
        frames.len().min(4),
        error.as_ref().map(discriminant),
    ));
    for frame in &frames {
        marks.note((dialect.name(), discriminant(frame)));
        if let Frame::Text(text) = frame {
            let has_empty = !matches!(dialect, Dialect::Tictalk | Dialect::Raw);
            let is_turn = !text.is_empty() || has_empty;
            assert!(is_turn && text.len() <= LONGEST, "{} bytes", text.len());
        }
    }
    if matches!(dialect, Dialect::Raw | Dialect::Lines) {
        assert_eq!(error, None, "from such a peer everything is text");
        return;
    }
    // Where a message ends may depend on the silence after it.
    if matches!(dialect, Dialect::Counted(_)) {
        return;
    }
    let whole = decode(dialect, &bytes, &[]);
    assert_eq!((&frames, &error), (&whole.0, &whole.1), "cut at {cuts:?}");
    // Every frame that was read can be written again.
    let mut again = BytesMut::new();
    let mut codec = dialect.codec();
    for frame in &frames {
        if matches!(frame, Frame::Text(text) if text.len() > MAX_TEXT) {
            return;
        }
        codec.encode(frame, &mut again);
    }
    assert_eq!(decode(dialect, &again, &[]), (frames, None));
}

/// Frames, more or less.
fn written(dialect: Dialect, source: &mut Source<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !source.is_empty() && bytes.len() < 40_000 {
        match source.below(8) {
            0..3 => put(0, source.message().as_bytes(), &mut bytes),
            3 => put(0, &source.text().into_bytes(), &mut bytes),
            4 if dialect == Dialect::Tictalk => {
                put(1, control_json(source).as_bytes(), &mut bytes);
            }
            5 => {
                // A header that promises what does not come.
                let length = source.number();
                bytes.push(source.byte() % 4);
                bytes.extend(length.to_be_bytes().iter().skip(5));
            }
            6 => bytes.extend(source.text().into_bytes()),
            _ => {
                let length = source.below(30);
                bytes.extend(source.bytes(length));
            }
        }
    }
    bytes
}

fn put(kind: u8, payload: &[u8], bytes: &mut Vec<u8>) {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    bytes.push(kind);
    bytes.extend(&length[1..]);
    bytes.extend(payload);
}

/// All frames from `bytes` in pieces that end at `cuts`, and the error that ended them.
pub(crate) fn decode(
    dialect: Dialect,
    bytes: &[u8],
    cuts: &[usize],
) -> (Vec<Frame>, Option<WireError>) {
    let mut codec = dialect.codec();
    let mut buffer = BytesMut::new();
    let mut frames = Vec::new();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| *cut.min(&bytes.len())).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    let pieces = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]);
    let arrivals = pieces.map(|piece| (piece, Arrival::Bytes));
    for (piece, arrival) in arrivals.chain([(&[][..], Arrival::End)]) {
        buffer.extend_from_slice(piece);
        loop {
            let before = buffer.len();
            match codec.decode(&mut buffer, arrival) {
                Ok(Some(frame)) => {
                    assert!(buffer.len() < before, "a frame of nothing");
                    frames.push(frame);
                }
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
        // No more waits than one frame can have.
        assert!(
            buffer.len() <= MAX_CONTROL + 4,
            "{} bytes wait",
            buffer.len()
        );
    }
    (frames, None)
}

//! Control frames: JSON that is more or less what it should be.

use crate::run::Marks;
use crate::source::Source;
use crate::wire::decode;
use bytes::BytesMut;
use std::fmt::Write as _;
use std::mem::discriminant;
use tictalk::wire::{Control, Dialect, Frame, MAX_CONTROL};

const TYPES: &[&str] = &[
    "hello",
    "welcome",
    "refuse",
    "receipt",
    "say",
    "stored",
    "post",
    "recall",
    "tell",
    "comment",
    "heard",
    "ping",
    "pong",
    "challenge",
    "response",
    "proof",
    "others",
    "nonsense",
];

/// The names of fields, and of which kind the value of each should be.
const FIELDS: &[(&str, Value)] = &[
    ("version", Value::Number),
    ("name", Value::Text),
    ("nonce", Value::Hex),
    ("challenge", Value::Hex),
    ("response", Value::Hex),
    ("proof", Value::Hex),
    ("resume", Value::Standing),
    ("room", Value::Room),
    ("mode", Value::Word(&["pair", "room", "other"])),
    ("session", Value::Hex),
    ("digest", Value::Hex),
    ("turns", Value::Number),
    (
        "reason",
        Value::Word(&["busy", "version", "kicked", "behind", "x"]),
    ),
    ("message", Value::Text),
    (
        "unfinished",
        Value::Word(&["waiting", "connected", "stored", "unknown", "v"]),
    ),
    ("comments", Value::Number),
    ("number", Value::Number),
    ("text", Value::Text),
    ("id", Value::Number),
    ("at", Value::Number),
    ("by", Value::Number),
    (
        "what",
        Value::Word(&[
            "said", "acted", "joined", "left", "kicked", "renamed", "began", "ended", "closed", "y",
        ]),
    ),
    ("why", Value::Word(&["quit", "lost", "silent", "z"])),
    ("from", Value::Text),
    ("to", Value::Text),
    ("with", Value::Text),
    ("game", Value::Text),
    ("end", Value::Word(&["won", "drawn", "resigned", "w"])),
];

#[derive(Debug, Clone, Copy)]
enum Value {
    Number,
    Text,
    Hex,
    Standing,
    Room,
    Word(&'static [&'static str]),
}

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    let mut json = control_json(source).into_bytes();
    // A few bytes of it are others.
    while source.one_in(8) {
        let at = source.below(json.len().max(1));
        if let Some(byte) = json.get_mut(at) {
            *byte = source.byte();
        }
    }
    json.truncate(MAX_CONTROL);
    let mut bytes = u32::try_from(json.len()).unwrap().to_be_bytes().to_vec();
    bytes[0] = 1;
    bytes.extend_from_slice(&json);
    let (frames, error) = decode(Dialect::Tictalk, &bytes, &[]);
    assert_eq!(frames.len() + usize::from(error.is_some()), 1);
    if let Some(error) = error {
        let words = error.to_string();
        assert!(words.chars().count() < 400, "too long a reason: {words}");
        marks.note(discriminant(&error));
        return;
    }
    let [Frame::Control(control)] = &frames[..] else {
        panic!("{frames:?}");
    };
    marks.note(discriminant(control));
    if let Control::Post(post) | Control::Recall(post) = control {
        marks.note(discriminant(&post.what));
    }
    if *control == Control::Unknown {
        return;
    }
    let mut again = BytesMut::new();
    Dialect::Tictalk.codec().encode(&frames[0], &mut again);
    let said = String::from_utf8_lossy(&again[4..]);
    assert_eq!(
        decode(Dialect::Tictalk, &again, &[]),
        (frames, None),
        "{said}"
    );
}

/// One JSON object that begins with a type.
pub(crate) fn control_json(source: &mut Source<'_>) -> String {
    let kind = *source.pick(TYPES);
    let mut json = format!(r#"{{"type":"{kind}""#);
    // Those that a type has, or any.
    let own: &[usize] = match kind {
        "hello" => &[0, 1, 2, 6, 7],
        "welcome" => &[0, 1, 8, 9, 10, 11, 7],
        "refuse" => &[12, 13],
        "receipt" => &[11],
        "say" => &[14, 15],
        "stored" => &[14],
        "post" | "recall" => &[16, 17, 18, 1, 19, 15, 20, 21, 22, 23, 24, 25],
        "tell" => &[15],
        _ => &[2, 3, 4, 5],
    };
    for field in own {
        if !source.one_in(8) {
            put_field(*field, source, &mut json);
        }
    }
    while source.one_in(4) {
        put_field(source.below(FIELDS.len()), source, &mut json);
    }
    json.push('}');
    json
}

fn put_field(which: usize, source: &mut Source<'_>, json: &mut String) {
    let (name, value) = FIELDS[which];
    let _ = write!(json, r#","{name}":{}"#, said(value, source));
}

fn said(value: Value, source: &mut Source<'_>) -> String {
    if source.one_in(12) {
        let deep = source.below(200);
        return match source.below(8) {
            0 => "null".to_owned(),
            1 => "true".to_owned(),
            2 => "-1".to_owned(),
            3 => "1e400".to_owned(),
            4 => "99999999999999999999999999".to_owned(),
            5 => r#""\ud800""#.to_owned(),
            6 => "[".repeat(deep) + &"]".repeat(deep),
            _ => "{}".to_owned(),
        };
    }
    match value {
        Value::Number => source.number().to_string(),
        Value::Text => quoted(&source.text()),
        Value::Word(words) => quoted(source.pick::<&str>(words)),
        Value::Hex => {
            let digits = *source.pick(&[32, 64, 31, 0]);
            format!(
                "\"{}\"",
                format!("{:02x}", source.byte()).repeat(32)[..digits].to_owned()
            )
        }
        Value::Standing => {
            let [session, turns, digest] =
                [Value::Hex, Value::Number, Value::Hex].map(|it| said(it, source));
            format!(r#"{{"session":{session},"turns":{turns},"digest":{digest}}}"#)
        }
        Value::Room => {
            let [ticket, since, you, name, heard] = [
                Value::Hex,
                Value::Number,
                Value::Number,
                Value::Text,
                Value::Number,
            ]
            .map(|it| said(it, source));
            format!(
                r#"{{"ticket":{ticket},"since":{since},"you":{you},"name":{name},"heard":{heard}}}"#
            )
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

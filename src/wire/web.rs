//! The `web` dialect: the messages of a WebSocket (RFC 6455), each with one control message or text
//! as JSON.
//!
//! Only what a browser sends is accepted: masked frames of text, whole or in fragments, without
//! extensions. A frame that breaks a rule is answered with a close frame that names the rule.

use super::{Arrival, Codec, Control, Frame, MAX_CONTROL, Text, WireError};
use bytes::{Buf as _, BufMut as _, BytesMut};
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use std::mem;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Control as ControlCode, Data, OpCode};

/// The longest header of a frame (RFC 6455, 5.2).
const LONGEST_HEADER: usize = 14;

/// The longest payload of a ping, pong or close (RFC 6455, 5.5).
const LONGEST_PING: usize = 125;

/// The codec of the `web` dialect, on the side of the server.
#[derive(Debug, Default)]
pub(super) struct Web {
    /// The fragments of a message that has begun; empty outside of one.
    message: Vec<u8>,
    position: MessagePosition,
    dropped: usize,
    reply: BytesMut,
}

/// The position between the frames of a message.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum MessagePosition {
    #[default]
    Between,
    /// After a fragment that was not the last.
    Inside,
    /// After a close frame or an error.
    Over,
}

/// A message that carries a text of a pair.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum TextMessage {
    Text {
        text: Text,
    },
    #[serde(other, skip_serializing)]
    Other,
}

impl Codec for Web {
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        if self.position == MessagePosition::Over {
            return Err(WireError::Closed);
        }
        let decoded = self.next_message(buffer, arrival);
        if let Err(error) = &decoded {
            let code = match error {
                WireError::TooLong { .. } => CloseCode::Size,
                WireError::NotUtf8(_) => CloseCode::Invalid,
                WireError::Closed => CloseCode::Normal,
                _ => CloseCode::Protocol,
            };
            put_close_frame(&mut self.reply, code);
            self.position = MessagePosition::Over;
        }
        decoded
    }

    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let json = match frame {
            Frame::Text(text) => text_json(text),
            Frame::Control(control) => control.to_json(),
        };
        put_frame(out, OpCode::Data(Data::Text), &json);
    }

    fn take_dropped(&mut self) -> usize {
        mem::take(&mut self.dropped)
    }

    fn take_reply(&mut self) -> BytesMut {
        mem::take(&mut self.reply)
    }
}

impl Web {
    /// The next whole message. Answers the pings before it.
    fn next_message(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        loop {
            let Some((header, payload)) = self.next_frame(buffer, arrival)? else {
                return Ok(None);
            };
            match header.opcode {
                OpCode::Control(ControlCode::Close) => return Err(WireError::Closed),
                OpCode::Control(code) => {
                    self.dropped += LONGEST_HEADER + payload.len();
                    if code == ControlCode::Ping {
                        let pong = OpCode::Control(ControlCode::Pong);
                        put_frame(&mut self.reply, pong, &payload);
                    }
                }
                OpCode::Data(_) => {
                    self.message.extend_from_slice(&payload);
                    if !header.is_final {
                        // Only the last fragment counts as the message, and empty ones are not free.
                        self.dropped += LONGEST_HEADER + payload.len();
                        self.position = MessagePosition::Inside;
                        continue;
                    }
                    self.position = MessagePosition::Between;
                    return read(&mem::take(&mut self.message)).map(Some);
                }
            }
        }
    }

    /// The next frame, if all of it has arrived, unmasked.
    fn next_frame(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<(FrameHeader, BytesMut)>, WireError> {
        let mut cursor = Cursor::new(&buffer[..]);
        let parsed = FrameHeader::parse(&mut cursor)
            .map_err(|_| WireError::BadFrame("received one of an unknown kind"))?;
        let short = |missing: usize| match arrival {
            Arrival::End if !buffer.is_empty() => Err(WireError::CutShort { expected: missing }),
            _ => Ok(None),
        };
        let Some((header, length)) = parsed else {
            return short(1);
        };
        let start = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let mask = self.check(&header, length)?;
        let missing = (start + length).saturating_sub(buffer.len());
        if missing > 0 {
            return short(missing);
        }
        buffer.advance(start);
        let mut payload = buffer.split_to(length);
        for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        Ok(Some((header, payload)))
    }

    /// Checks a header before its payload arrives. Returns its mask.
    fn check(&self, header: &FrameHeader, length: usize) -> Result<[u8; 4], WireError> {
        let broken = |why| Err(WireError::BadFrame(why));
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return broken("received one of an extension, such as a compressed one");
        }
        let Some(mask) = header.mask else {
            return broken("received one without a mask");
        };
        match (header.opcode, self.position) {
            (OpCode::Control(_), _) if length > LONGEST_PING => {
                return broken("received a control frame of more than 125 bytes");
            }
            (OpCode::Control(_), _) if !header.is_final => {
                return broken("received a fragment of a control frame");
            }
            (OpCode::Control(_), _) => {}
            (OpCode::Data(Data::Continue), MessagePosition::Inside)
            | (OpCode::Data(Data::Text), MessagePosition::Between) => {}
            (OpCode::Data(Data::Binary), _) => return broken("received one of binary data"),
            (OpCode::Data(_), _) => return broken("received a fragment out of order"),
        }
        let size = self.message.len().saturating_add(length);
        if size > MAX_CONTROL {
            return Err(WireError::TooLong {
                kind: "message of a WebSocket",
                size,
                limit: MAX_CONTROL,
            });
        }
        Ok(mask)
    }
}

/// The frame in a message.
fn read(message: &[u8]) -> Result<Frame, WireError> {
    if let Err(error) = std::str::from_utf8(message) {
        return Err(WireError::NotUtf8(error.valid_up_to()));
    }
    match Control::from_json(message)? {
        Control::Unknown => match serde_json::from_slice(message) {
            Ok(TextMessage::Text { text }) => Ok(Frame::Text(text.into())),
            Ok(TextMessage::Other) => Ok(Frame::Control(Control::Unknown)),
            Err(error) => Err(WireError::BadControl(error.to_string())),
        },
        control => Ok(Frame::Control(control)),
    }
}

/// The message that carries a text.
fn text_json(text: &str) -> Vec<u8> {
    let text = Text::cut(text.to_owned());
    // Serializing text to memory does not fail.
    serde_json::to_vec(&TextMessage::Text { text }).unwrap_or_default()
}

/// Appends the frame that closes a WebSocket without an error.
pub(super) fn put_close(out: &mut BytesMut) {
    put_close_frame(out, CloseCode::Normal);
}

/// Appends a frame that closes a WebSocket.
fn put_close_frame(out: &mut BytesMut, code: CloseCode) {
    let code: u16 = code.into();
    put_frame(
        out,
        OpCode::Control(ControlCode::Close),
        &code.to_be_bytes(),
    );
}

/// Appends a frame of a server, which has no mask.
fn put_frame(out: &mut BytesMut, opcode: OpCode, payload: &[u8]) {
    let header = FrameHeader {
        opcode,
        ..FrameHeader::default()
    };
    out.reserve(LONGEST_HEADER + payload.len());
    // Writing to memory does not fail.
    let _ = header.format(payload.len() as u64, &mut out.writer());
    out.put_slice(payload);
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test should stop where it fails")]
mod tests {
    use super::super::{Arrival, Codec, Control, Frame, MAX_CONTROL, WireError};
    use super::Web;
    use bytes::BytesMut;

    /// The first byte of a last frame.
    const FIN: u8 = 0x80;
    const CONTINUATION: u8 = 0;
    const TEXT: u8 = 1;
    const BINARY: u8 = 2;
    const CLOSE: u8 = 8;
    const PING: u8 = 9;
    const PONG: u8 = 10;

    /// A masked frame, as a browser sends it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..126 => bytes.push(0x80 | short as u8),
            middle @ 126..65_536 => {
                bytes.push(0x80 | 126);
                bytes.extend((middle as u16).to_be_bytes());
            }
            long => {
                bytes.push(0x80 | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        bytes.extend(MASK);
        let masks = MASK.iter().cycle();
        bytes.extend(payload.iter().zip(masks).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    /// All frames in `bytes`, the error after them, and the replies.
    fn decode(bytes: &[u8]) -> (Vec<Frame>, Option<WireError>, Vec<u8>) {
        let mut codec = Web::default();
        let mut buffer = BytesMut::from(bytes);
        let mut frames = Vec::new();
        let mut replies = Vec::new();
        loop {
            let decoded = codec.decode(&mut buffer, Arrival::Bytes);
            replies.extend(codec.take_reply());
            match decoded {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => return (frames, None, replies),
                Err(error) => return (frames, Some(error), replies),
            }
        }
    }

    #[test]
    fn texts_and_control_messages_arrive_whole_and_in_fragments() {
        let ping = frame(FIN | TEXT, br#"{"type":"ping"}"#);
        let text = [
            frame(TEXT, br#"{"type":"te"#),
            frame(FIN | PING, b"?"),
            frame(CONTINUATION, b""),
            frame(FIN | CONTINUATION, br#"xt","text":"hi"}"#),
        ]
        .concat();
        let (frames, error, replies) = decode(&[ping, text].concat());
        assert_eq!(
            frames,
            [Frame::Control(Control::Ping), Frame::Text("hi".to_owned())]
        );
        assert_eq!((error, &replies[..]), (None, &[FIN | PONG, 1, b'?'][..]));
    }

    #[test]
    fn a_message_cut_anywhere_waits_for_its_rest() {
        let bytes = frame(FIN | TEXT, br#"{"type":"text","text":"Hello"}"#);
        for cut in 0..bytes.len() {
            let mut codec = Web::default();
            let mut buffer = BytesMut::from(&bytes[..cut]);
            assert_eq!(codec.decode(&mut buffer, Arrival::Bytes), Ok(None), "{cut}");
            buffer.extend_from_slice(&bytes[cut..]);
            let decoded = codec.decode(&mut buffer, Arrival::Bytes);
            assert_eq!(decoded, Ok(Some(Frame::Text("Hello".to_owned()))), "{cut}");
        }
    }

    #[test]
    fn each_broken_rule_is_named_in_the_close() {
        let unmasked = vec![FIN | TEXT, 2, b'{', b'}'];
        let announced = |first, size: u64| {
            let mut bytes = vec![first, 0x80 | 127];
            bytes.extend(size.to_be_bytes());
            bytes.extend([0; 4]);
            bytes
        };
        let over = MAX_CONTROL as u64 + 1;
        for (bytes, code) in [
            (unmasked, 1002_u16),
            (frame(FIN | 0x40 | TEXT, b"{}"), 1002),
            (frame(FIN | 3, b"{}"), 1002),
            (frame(FIN | BINARY, b"{}"), 1002),
            (frame(FIN | CONTINUATION, b"{}"), 1002),
            ([frame(TEXT, b"{"), frame(FIN | TEXT, b"}")].concat(), 1002),
            (frame(PING, b""), 1002),
            (frame(FIN | PING, &[0; 126]), 1002),
            (frame(FIN | TEXT, b"{}"), 1002),
            (frame(FIN | TEXT, b"\xff"), 1007),
            (announced(FIN | TEXT, over), 1009),
            (announced(FIN | TEXT, u64::MAX), 1009),
            (
                [frame(TEXT, b"x"), announced(FIN | CONTINUATION, over - 1)].concat(),
                1009,
            ),
            (frame(FIN | CLOSE, b""), 1000),
        ] {
            let (frames, error, replies) = decode(&bytes);
            assert_eq!(frames, [], "{bytes:?}");
            assert!(error.is_some(), "{bytes:?}");
            let [high, low] = code.to_be_bytes();
            assert_eq!(replies, [FIN | CLOSE, 2, high, low], "{bytes:?} {error:?}");
        }
    }

    #[test]
    fn pings_and_fragments_without_end_are_charged() {
        for flood in [frame(FIN | PING, b""), frame(FIN | PONG, b"x")] {
            let mut codec = Web::default();
            let mut buffer = BytesMut::from(&flood.repeat(100)[..]);
            assert_eq!(codec.decode(&mut buffer, Arrival::Bytes), Ok(None));
            assert!(codec.take_dropped() >= 1_000);
            assert!(codec.take_reply().len() <= 200);
        }
        let mut codec = Web::default();
        let mut fragments = frame(TEXT, b"");
        fragments.extend(frame(CONTINUATION, b"").repeat(99));
        let mut buffer = BytesMut::from(&fragments[..]);
        assert_eq!(codec.decode(&mut buffer, Arrival::Bytes), Ok(None));
        assert!(codec.take_dropped() >= 1_000);
    }

    #[test]
    fn what_is_encoded_has_no_mask_and_is_json() {
        let mut out = BytesMut::new();
        Web::default().encode(&Frame::Text("\"q\"".to_owned()), &mut out);
        let json = br#"{"type":"text","text":"\"q\""}"#;
        assert_eq!(out[..2], [FIN | TEXT, json.len() as u8]);
        assert_eq!(out[2..], json[..]);
        let mut close = BytesMut::new();
        super::put_close(&mut close);
        assert_eq!(close[..], [FIN | CLOSE, 2, 0x03, 0xe8]);
    }
}

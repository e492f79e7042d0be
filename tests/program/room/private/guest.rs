//! A client of the private line at a bare socket, which can also break its rules.

use crate::support::Socket;
use bytes::BytesMut;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use tictalk::wire::{
    Arrival, ClientOffer, ClientOpening, Codec, Control, Dialect, Frame, LineKey, NotAgreed, Post,
    PrivateLine, PrivateRefusal, SecretChoice,
};

/// A client that has the server's offer and has not answered it.
pub(super) struct Offered {
    pub(super) socket: Socket,
    offer: ClientOffer,
}

/// A client that has answered.
pub(super) struct Answered {
    pub(super) socket: Socket,
    answer: tictalk::wire::ClientAnswer,
}

/// A client over a private line.
pub(super) struct Guest {
    pub(super) socket: Socket,
    pub(super) line: PrivateLine,
    inbox: BytesMut,
    codec: Box<dyn Codec>,
}

/// The payload of the next frame.
fn payload(socket: &mut Socket) -> Vec<u8> {
    let header = socket.receive(4);
    assert_eq!(header[0], 2, "{header:?}");
    socket.receive(usize::from(header[2]) << 8 | usize::from(header[3]))
}

impl Offered {
    /// Begins an exchange. The server may refuse it.
    pub(super) fn ask(port: u16, keys: &[LineKey]) -> Result<Self, PrivateRefusal> {
        let mut socket = Socket::connect(port);
        let (opening, message) = ClientOpening::new(keys, &mut UnwrapErr(SysRng));
        socket.send(&message);
        match opening.read(&payload(&mut socket)) {
            Ok(offer) => Ok(Self { socket, offer }),
            Err(NotAgreed::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("{error}"),
        }
    }

    pub(super) fn choice(&self) -> SecretChoice {
        self.offer.choice()
    }

    pub(super) fn answer(self, secret: &[u8]) -> Answered {
        let Self { mut socket, offer } = self;
        let (answer, message) = offer.answer(secret, &mut UnwrapErr(SysRng)).unwrap();
        socket.send(&message);
        Answered { socket, answer }
    }
}

impl Answered {
    /// The line, or why there is none.
    pub(super) fn judged(self) -> Result<Guest, PrivateRefusal> {
        let Self { mut socket, answer } = self;
        match answer.confirm(&payload(&mut socket)) {
            Ok(agreement) => Ok(Guest {
                socket,
                line: agreement.line,
                inbox: BytesMut::new(),
                codec: Dialect::Tictalk.codec(),
            }),
            Err(NotAgreed::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Guest {
    /// Gets a line by the code.
    pub(super) fn enter(port: u16, code: &str) -> Result<Self, PrivateRefusal> {
        let offered = Offered::ask(port, &[])?;
        assert_eq!(offered.choice(), SecretChoice::Code);
        offered.answer(code.as_bytes()).judged()
    }

    /// Gets a line by the key of the room.
    pub(super) fn come_back(port: u16, key: &LineKey) -> Self {
        // Among others, as a client does that knows several rooms.
        let keys = [LineKey::new([7; 32]), key.clone()];
        let offered = Offered::ask(port, &keys).unwrap();
        assert_eq!(offered.choice(), SecretChoice::Key(1));
        offered.answer(key.as_bytes()).judged().unwrap()
    }

    /// Says hello with a ticket of this digit. Returns the key in the welcome.
    pub(super) fn greet(&mut self, name: &str, digit: char, sees: &str) -> LineKey {
        let ticket = digit.to_string().repeat(32);
        self.control(&format!(
            r#"{{"type":"hello","version":2,"name":"{name}","room":{{"ticket":"{ticket}","since":0}},"sees":[{sees}]}}"#
        ));
        match self.next() {
            Some(Control::Welcome {
                room: Some(room), ..
            }) => room.key.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// A frame with this control message, in records.
    pub(super) fn sealed(&mut self, json: &str) -> BytesMut {
        let mut records = BytesMut::new();
        let frame = crate::support::control(json);
        self.line.writer.seal(&frame, &mut records);
        records
    }

    pub(super) fn control(&mut self, json: &str) {
        let records = self.sealed(json);
        self.socket.send(&records);
    }

    pub(super) fn say(&mut self, number: u64, text: &str) {
        self.control(&say(number, text));
    }

    /// The next control message; none when the room has ended the line.
    ///
    /// # Panics
    /// If the line was cut.
    pub(super) fn next(&mut self) -> Option<Control> {
        loop {
            self.line.reader.open(&mut self.inbox).unwrap();
            match self.codec.decode(&mut self.inbox, Arrival::Bytes).unwrap() {
                Some(Frame::Control(control)) => return Some(control),
                Some(Frame::Text(text)) => panic!("a room sends no text: {text}"),
                None if self.line.reader.is_closed() => {
                    assert!(self.inbox.is_empty());
                    return None;
                }
                None => {}
            }
            let record = self.record();
            self.line.reader.received().extend_from_slice(&record);
        }
    }

    /// The next record as it arrives.
    pub(super) fn record(&mut self) -> Vec<u8> {
        let header = self.socket.receive(4);
        let size = usize::from(header[2]) << 8 | usize::from(header[3]);
        [header, self.socket.receive(size)].concat()
    }

    /// Reads up to the post for which this is true.
    pub(super) fn post(&mut self, mut is_it: impl FnMut(&Post) -> bool) {
        loop {
            match self.next() {
                Some(Control::Post(post)) if is_it(&post) => return,
                Some(Control::Ping) => self.control(r#"{"type":"pong"}"#),
                Some(_) => {}
                None => panic!("the room ended the line"),
            }
        }
    }
}

/// A line that is numbered.
pub(super) fn say(number: u64, text: &str) -> String {
    format!(r#"{{"type":"say","number":{number},"text":"{text}"}}"#)
}

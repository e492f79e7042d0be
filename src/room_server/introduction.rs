//! Who a peer is and what it wants: the part of admission that talks to it.

use super::dispatch::Dispatch;
use super::facade::ObserverKind;
use super::incoming::Incoming;
use super::keyholder::Keyholder;
use crate::net::admission::{AdmissionError, Greeting, identify};
use crate::net::key_exchange::{EXCHANGE_TIMEOUT, KeyExchangeError, agree_as_server};
use crate::net::{Line, LinePolicy};
use crate::room::Entrant;
use crate::web::{BrowserVisit, Website};
use crate::wire::{
    Dialect, Entrance, Name, ONLY_PRIVATE, Opener, PrivateLine, PrivateRefusal, Reason,
    RecordWriter, Sees, Stranger,
};
use bytes::BytesMut;
use std::borrow::Cow;
use std::net::IpAddr;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

/// Refusals of clients that cannot join.
const OTHER_VERSION: &str =
    "This room uses another version of tictalk. Update the older of the two programs.";
const NO_NAME: &str = "What is your name?";
const UNKNOWN_MEMBER: &str = "This room does not know this member.";

const NO_SECRET: &str = "This link is not valid. Open the one that the host's terminal shows now.";
const WATCHED: &str = "Too many pages show this room already. Close another one first.";

/// A connection whose dialect and purpose are known.
pub(super) struct Introduction {
    pub(super) stream: TcpStream,
    pub(super) dialect: Dialect,
    pub(super) incoming: Incoming,
    /// What seals everything that is sent over a private line.
    pub(super) writer: Option<RecordWriter>,
    pub(super) purpose: Purpose,
}

/// Why a peer has connected.
pub(super) enum Purpose {
    /// A framed or raw peer: its first line is its name.
    Plain,
    /// A client joins.
    Join {
        name: Option<Name>,
        room: Option<Entrant>,
        sees: Sees,
    },
    /// A client returns, and has proved to know its ticket.
    Return {
        name: Option<Name>,
        room: Entrant,
        sees: Sees,
    },
    /// A page that sees the room without being a member.
    Observe(ObserverKind),
    /// A program of another protocol.
    Stranger(Stranger),
    /// A peer that was answered already, and perhaps turned away for this reason.
    Answered(Option<Cow<'static, str>>),
    /// A client that cannot join.
    None {
        reason: Reason,
        message: &'static str,
    },
}

/// What a peer that introduces itself has to do with.
pub(super) struct Reception<'a> {
    pub(super) dispatch: &'a Dispatch,
    pub(super) website: &'a Website,
    pub(super) lines: LinePolicy,
    /// The address of the peer.
    pub(super) from: IpAddr,
    /// When a request of a browser has to be complete.
    pub(super) deadline: Option<Instant>,
}

impl Reception<'_> {
    /// Identifies the peer. Answers the request of a browser. Agrees with a client on a private line.
    /// Reads the hello in a dialect that has one.
    pub(super) async fn introduction(
        &self,
        mut stream: TcpStream,
    ) -> Result<Introduction, AdmissionError> {
        let (opener, received) = identify(&mut stream).await?;
        let turned = |purpose| (Dialect::Raw, Line::Plain, BytesMut::new(), purpose);
        let (dialect, line, received, purpose) = match opener {
            Opener::Dialect(dialect) if !self.lines.takes_plain() => {
                let purpose = Purpose::None {
                    reason: Reason::Private,
                    message: ONLY_PRIVATE.trim_end(),
                };
                (dialect, Line::Plain, received, purpose)
            }
            Opener::Dialect(dialect) if dialect.has_controls() => {
                let greeting = Greeting::new(&mut stream, dialect, received);
                self.greeted(dialect, greeting).await?
            }
            Opener::Dialect(dialect) => (dialect, Line::Plain, received, Purpose::Plain),
            Opener::Stranger(Stranger::Http) => {
                let visit = self.website.receive(&mut stream, received, self.deadline);
                match visit.await? {
                    BrowserVisit::Answered => turned(Purpose::Answered(None)),
                    BrowserVisit::Refused(why) => turned(Purpose::Answered(Some(why.into()))),
                    BrowserVisit::Open(rest) => {
                        let greeting = Greeting::new(&mut stream, Dialect::Web, rest);
                        self.greeted(Dialect::Web, greeting).await?
                    }
                }
            }
            Opener::Private => match self.agree(&mut stream, received).await? {
                Ok(line) => {
                    let greeting = Greeting::private(&mut stream, line);
                    self.greeted(Dialect::Tictalk, greeting).await?
                }
                Err(why) => turned(Purpose::Answered(why)),
            },
            Opener::Stranger(stranger) => turned(Purpose::Stranger(stranger)),
        };
        let incoming = Incoming::new(dialect, received);
        let (incoming, writer) = match line {
            Line::Plain => (incoming, None),
            Line::Private(line) => (incoming.over(line.reader), Some(line.writer)),
        };
        Ok(Introduction {
            stream,
            dialect,
            incoming,
            writer,
            purpose,
        })
    }

    /// Agrees with a client on a private line, or refuses it. A refusal to be logged has a reason.
    async fn agree(
        &self,
        stream: &mut TcpStream,
        received: BytesMut,
    ) -> Result<Result<PrivateLine, Option<Cow<'static, str>>>, AdmissionError> {
        if !self.lines.takes_code() {
            let refusal = PrivateRefusal::NotPrivate.to_frame();
            stream.write_all(&refusal).await?;
            return Ok(Err(Some("asks for a private line".into())));
        }
        if timeout(EXCHANGE_TIMEOUT, self.may_exchange())
            .await
            .is_err()
        {
            let why = "too many key exchanges with this address";
            return Ok(Err(Some(why.into())));
        }
        let keyholder = Keyholder::new(self.dispatch, self.from);
        let exchange = agree_as_server(stream, received, &keyholder);
        Ok(match keyholder.charged(exchange).await {
            Ok(agreed) => Ok(agreed.agreement.line),
            // Logged with all wrong codes.
            // And a person is being asked for the code.
            Err(KeyExchangeError::WrongCode | KeyExchangeError::Left) => Err(None),
            Err(error) => Err(Some(format!("no private line: {error}").into())),
        })
    }

    /// Waits until the address has paid for earlier work.
    async fn may_exchange(&self) {
        loop {
            let at = self.dispatch.exchange_at(self.from);
            if at <= Instant::now() {
                return;
            }
            sleep_until(at).await;
        }
    }

    /// Reads the hello of a client that speaks `dialect`.
    async fn greeted(
        &self,
        dialect: Dialect,
        mut greeting: Greeting<'_, TcpStream>,
    ) -> Result<(Dialect, Line, BytesMut, Purpose), AdmissionError> {
        let purpose = purpose(self.dispatch, &mut greeting).await?;
        let (line, received) = greeting.into_parts();
        Ok((dialect, line, received, purpose))
    }
}

/// Reads a client's hello. A client that returns has to prove that it knows the ticket of its
/// member, after the room has proved the same.
async fn purpose(
    dispatch: &Dispatch,
    greeting: &mut Greeting<'_, TcpStream>,
) -> Result<Purpose, AdmissionError> {
    const UNKNOWN: Purpose = Purpose::None {
        reason: Reason::Unknown,
        message: UNKNOWN_MEMBER,
    };
    let hello = match greeting.hello().await {
        Err(AdmissionError::Version(_)) => {
            return Ok(Purpose::None {
                reason: Reason::Version,
                message: OTHER_VERSION,
            });
        }
        hello => hello?,
    };
    if let Some(role) = hello.role {
        let kind = dispatch.admits(role, hello.secret.as_ref());
        return Ok(match kind {
            None => Purpose::None {
                reason: Reason::Unknown,
                message: NO_SECRET,
            },
            Some(kind) if dispatch.is_full_of(kind) => Purpose::None {
                reason: Reason::Busy,
                message: WATCHED,
            },
            Some(kind) => Purpose::Observe(kind),
        });
    }
    let (name, sees) = (hello.name, hello.sees);
    let (member, since) = match hello.room {
        None => {
            let room = None;
            return Ok(Purpose::Join { name, room, sees });
        }
        Some(Entrance::Join {
            ticket, asks: true, ..
        }) if name.is_none() && dispatch.known_ticket(&ticket.handle()).await.is_none() => {
            return Ok(Purpose::None {
                reason: Reason::Name,
                message: NO_NAME,
            });
        }
        Some(Entrance::Join { ticket, since, .. }) => {
            let since = Some(since);
            let room = Some(Entrant { ticket, since });
            return Ok(Purpose::Join { name, room, sees });
        }
        Some(Entrance::Return { member, since }) => (member, since),
    };
    let (Some(ticket), Some(nonce)) = (dispatch.known_ticket(&member).await, hello.nonce) else {
        return Ok(UNKNOWN);
    };
    match greeting.challenge(ticket, nonce).await {
        Ok(()) => {
            let room = Entrant { ticket, since };
            Ok(Purpose::Return { name, room, sees })
        }
        Err(AdmissionError::Unproved) => Ok(UNKNOWN),
        Err(error) => Err(error),
    }
}

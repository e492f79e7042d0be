//! The greeting of a client: its hello, and the server's answer.

use crate::net::{Address, Connection, ReceiveError, new_nonce};
use crate::pair::error::PairError;
use crate::pair::handshake::{HandshakeError, WELCOME_TIMEOUT};
use crate::wire::{
    Abilities, Control, Entrance, Exchange, Frame, HANDSHAKE_VERSION, Handle, Mode, Name, PostId,
    Prover, Reason, Sees, Standing, Ticket, Unfinished, WireError,
};
use std::time::Duration;
use tokio::time::timeout;

/// A pair server's answer to the greeting.
#[derive(Debug)]
pub(super) struct Welcome {
    pub(super) name: Option<Name>,
    pub(super) standing: Option<Standing>,
    /// What the server knows about the session that we asked about.
    pub(super) unfinished: Option<Unfinished>,
    pub(super) can: Abilities,
}

/// A server's answer to the greeting.
#[derive(Debug)]
pub(super) enum ServerReply {
    Pair(Welcome),
    /// The welcome, and how we entered.
    Room(Control, RoomEntry),
}

/// How to enter a room.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoomEntry {
    pub(super) ticket: Ticket,
    pub(super) entrance: Entrance,
}

impl RoomEntry {
    /// As a new member. Without a name, `asks` has the room refuse the client so that it can ask.
    pub(super) fn anew(ticket: Ticket, asks: bool) -> Self {
        let entrance = Entrance::Join {
            ticket,
            since: PostId(0),
            asks,
        };
        Self { ticket, entrance }
    }

    pub(super) fn back(ticket: Ticket) -> Self {
        let (member, since) = (ticket.handle(), None);
        let entrance = Entrance::Return { member, since };
        Self { ticket, entrance }
    }

    /// The ticket that both ends have to prove knowledge of; `None` if only we have seen it.
    fn to_prove(self) -> Option<Ticket> {
        matches!(self.entrance, Entrance::Return { .. }).then_some(self.ticket)
    }
}

/// How long the answer of a room may take after its question to a silent client.
const AFTER_TEXT: Duration = Duration::from_secs(1);

/// What a client says in its hello.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientGreeting<'a> {
    /// Where the server listens.
    pub(super) address: &'a Address,
    /// The person's name.
    pub(super) name: Option<&'a Name>,
    /// How far our end of the session to resume has come.
    pub(super) resume: Option<&'a Standing>,
    /// How to enter, if the server is a room.
    pub(super) entry: Option<RoomEntry>,
    /// The unfinished session to ask about.
    pub(super) unfinished: Option<Handle>,
    /// What this end can do.
    pub(super) can: Abilities,
    /// The data that this client requests from a room.
    pub(super) sees: Sees,
}

impl ClientGreeting<'_> {
    /// Sends the hello and waits for the welcome. When it resumes a session, it trusts no answer and
    /// reveals nothing of use to others before the server has proved that it knows the ticket.
    ///
    /// # Errors
    /// [`PairError`].
    pub(super) async fn exchange(
        self,
        connection: &mut Connection,
    ) -> Result<ServerReply, PairError> {
        let Self { resume, entry, .. } = self;
        let ticket = match (resume, entry) {
            (Some(standing), _) => Some(standing.session),
            (None, Some(entry)) => entry.to_prove(),
            (None, None) => None,
        };
        let nonce = ticket.map(|_| new_nonce()).transpose()?;
        connection
            .send(&Frame::Control(Control::Hello {
                version: HANDSHAKE_VERSION,
                name: self.name.cloned(),
                resume: resume.map(Standing::to_resume),
                nonce,
                room: entry.map(|entry| entry.entrance),
                unfinished: self.unfinished,
                can: self.can,
                sees: self.sees,
                role: None,
                secret: None,
            }))
            .map_err(|_| HandshakeError::Closed)?;
        let mut answer = answer(connection).await?;
        let mut is_proved = true;
        if let (Some(ticket), Some(client)) = (ticket, nonce) {
            is_proved = false;
            if let Control::Challenge { nonce, proof } = answer {
                let exchange = Exchange {
                    ticket,
                    client,
                    server: nonce,
                };
                if !exchange.accepts(&proof, Prover::Server) {
                    return Err(self.impostor());
                }
                is_proved = true;
                connection.send(&Frame::Control(Control::Proof {
                    proof: exchange.proof(Prover::Client),
                }))?;
                answer = self::answer(connection).await?;
            }
        }
        let refusal = match answer {
            // A new pair may listen where a room used to be; it has nothing to prove.
            Control::Welcome {
                mode: Mode::Pair,
                name,
                standing,
                unfinished,
                can,
                ..
            } if is_proved || resume.is_none() => {
                return Ok(ServerReply::Pair(Welcome {
                    name,
                    standing,
                    unfinished,
                    can,
                }));
            }
            Control::Welcome { .. } if !is_proved => return Err(self.impostor()),
            welcome @ Control::Welcome {
                mode: Mode::Room, ..
            } if let Some(entry) = entry => return Ok(ServerReply::Room(welcome, entry)),
            Control::Welcome { .. } => HandshakeError::UnknownMode,
            Control::Refuse {
                reason,
                message,
                unfinished,
            } => match reason {
                Reason::Ended | Reason::Diverged if !is_proved => return Err(self.impostor()),
                Reason::Busy => HandshakeError::Busy {
                    message: message.into(),
                    unfinished,
                },
                Reason::Unknown => HandshakeError::Unknown(message.into()),
                Reason::Ended => HandshakeError::Ended(message.into()),
                Reason::Diverged => HandshakeError::Diverged(message.into()),
                Reason::Name => HandshakeError::Name(message.into()),
                Reason::Private => HandshakeError::OnlyPrivate,
                Reason::Version
                | Reason::Kicked
                | Reason::Behind
                | Reason::Replaced
                | Reason::Other => HandshakeError::Refused(message.into()),
            },
            _ => HandshakeError::Unexpected,
        };
        Err(refusal.into())
    }

    fn impostor(&self) -> PairError {
        HandshakeError::Impostor(self.address.clone()).into()
    }
}

/// The server's next control frame during the greeting.
async fn answer(connection: &mut Connection) -> Result<Control, PairError> {
    let mut answer = timeout(WELCOME_TIMEOUT, connection.receive())
        .await
        .map_err(|_| HandshakeError::Silent)?;
    if let Ok(Some(Frame::Text(_))) = answer {
        // A room asks whoever is silent for a name, as a client is whose hello is delayed.
        answer = timeout(AFTER_TEXT, connection.receive())
            .await
            .map_err(|_| HandshakeError::OnlyText)?;
    }
    Err(match answer {
        Ok(Some(Frame::Control(control))) => return Ok(control),
        Ok(Some(Frame::Text(_))) => HandshakeError::OnlyText.into(),
        Ok(None)
        | Err(
            ReceiveError::Io(_)
            | ReceiveError::Line(_)
            | ReceiveError::Wire(WireError::CutShort { .. }),
        ) => HandshakeError::Closed.into(),
        Err(ReceiveError::Wire(error)) => {
            let speaks = None;
            HandshakeError::NotTictalk { error, speaks }.into()
        }
    })
}

//! The side that listens: it seats the first visitor who introduces itself, and turns away
//! everybody who comes while two are talking.

use super::{
    Address, Connection, Exit, Listener, PeerAddress, PeerError, ReceiveError, Signals, Transcript,
};
use crate::session::Role;
use crate::terminal::{Console, Typed};
use crate::wire::{Control, Dialect, Frame, HANDSHAKE_VERSION, Mode, Name, Reason, WireError};
use bytes::BytesMut;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, yield_now};
use tokio::time::{Instant, sleep, timeout_at};

/// How long an introduction may take once its first byte has come. A visitor that has sent nothing
/// may stay: it costs no more than its connection.
const INTRODUCTION: Duration = Duration::from_secs(30);

/// How many visitors may stand at the door; for the next one, the oldest has to go.
const VISITORS: usize = 128;

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// What a person reads who comes while two are talking.
const BUSY: &str = "Two people are talking here already. Please try again later.";

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where to listen.
    pub address: Address,
    /// How the person wants to be called.
    pub name: Option<Name>,
}

impl Server {
    /// Listens, waits for a partner, and talks until one of the two leaves.
    ///
    /// # Errors
    /// [`PeerError`]. A visitor that does not get as far as a talk is none: the server goes on
    /// listening.
    pub async fn run<C: Console>(
        self,
        transcript: &mut Transcript<C>,
        signals: &mut Signals,
    ) -> Result<Exit, PeerError> {
        let listener = Listener::bind(&self.address).await?;
        let address = Address {
            port: listener.port()?,
            ..self.address
        };
        transcript.line(&format!("Server listening on: {address}"));
        transcript.hint("Waiting for a client. Ctrl-C ends the server.");
        transcript.flush();
        let (news, mut door) = mpsc::channel(1);
        let (seat, mut guest) = oneshot::channel();
        let desk = Desk {
            name: self.name,
            news,
            seat: Arc::new(Mutex::new(Some(seat))),
        };
        // Ends with this function, and every visitor at the door with it.
        let mut porter = tokio::task::JoinSet::new();
        porter.spawn(attend(listener, desk));

        let guest = match wait_for_guest(&mut door, &mut guest, transcript, signals).await? {
            Waited::Seated(guest) => guest,
            Waited::GaveUp(exit) => {
                transcript.finish().await;
                return Ok(exit);
            }
        };
        drop(door);
        transcript.introduce(guest.name);
        super::converse(
            Role::Server,
            guest.dialect,
            guest.connection,
            guest.opening,
            transcript,
            signals,
        )
        .await
    }
}

/// What happens at the door before somebody is seated.
#[derive(Debug)]
enum News {
    Arrived(PeerAddress),
    Left(PeerAddress, VisitError),
}

/// A visitor who has introduced itself.
#[derive(Debug)]
struct Guest {
    address: PeerAddress,
    connection: Connection,
    dialect: Dialect,
    name: Option<Name>,
    /// The first message, of a dialect without a greeting.
    opening: Option<String>,
}

/// Why a visitor did not get as far as a talk.
#[derive(Debug, thiserror::Error)]
enum VisitError {
    #[error("it left without a word")]
    Left,
    #[error("it had to make room for others")]
    Crowded,
    #[error("it began to introduce itself and did not end")]
    Slow,
    #[error("{0}")]
    Wire(#[from] WireError),
    #[error("it did not greet first")]
    NoGreeting,
    #[error("it speaks another version of tictalk")]
    Version,
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<ReceiveError> for VisitError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Io(error) => Self::Io(error),
            ReceiveError::Wire(error) => Self::Wire(error),
        }
    }
}

/// How the wait for a guest ended.
enum Waited {
    Seated(Box<Guest>),
    GaveUp(Exit),
}

/// Waits for the guest and prints who comes and goes meanwhile, one visitor at a time.
async fn wait_for_guest<C: Console>(
    door: &mut mpsc::Receiver<News>,
    guest: &mut oneshot::Receiver<Box<Guest>>,
    transcript: &mut Transcript<C>,
    signals: &mut Signals,
) -> Result<Waited, PeerError> {
    let mut announced = None;
    loop {
        let news = tokio::select! {
            biased;
            signal = signals.next() => return Ok(Waited::GaveUp(Exit::Signalled(signal))),
            Some(news) = door.recv() => news,
            seated = &mut *guest => {
                let guest = seated.map_err(|_| io::Error::other("the server's door broke"))?;
                if announced != Some(guest.address) {
                    transcript.connected_by(guest.address);
                }
                return Ok(Waited::Seated(guest));
            }
            typed = transcript.typed() => return match typed {
                Typed::Failed(error) => Err(PeerError::Console(error)),
                _ => Ok(Waited::GaveUp(Exit::Goodbye)),
            },
        };
        match news {
            News::Arrived(visitor) if announced.is_none() => {
                announced = Some(visitor);
                transcript.connected_by(visitor);
            }
            News::Left(visitor, why) if announced == Some(visitor) => {
                announced = None;
                transcript.line(&format!("{visitor} is gone again: {why}. Still listening."));
            }
            News::Arrived(_) | News::Left(..) => {}
        }
        transcript.flush();
    }
}

/// Who visitors meet at the door.
#[derive(Debug, Clone)]
struct Desk {
    name: Option<Name>,
    news: mpsc::Sender<News>,
    /// The seat opposite, while it is free.
    seat: Arc<Mutex<Option<oneshot::Sender<Box<Guest>>>>>,
}

impl Desk {
    async fn tell(&self, news: News) {
        // Nobody listens for news any more once somebody is seated.
        let _ = self.news.send(news).await;
    }

    /// Hears a visitor out: seats it if the seat is free, and turns it away if not.
    async fn receive(self, stream: TcpStream, from: SocketAddr) {
        let address = PeerAddress(from);
        self.tell(News::Arrived(address)).await;
        match introduction(stream, address).await {
            Ok(guest) => {
                if let Err(guest) = self.seat(guest) {
                    turn_away(guest.connection, guest.dialect, Reason::Busy, BUSY).await;
                }
            }
            Err(error) => self.tell(News::Left(address, error)).await,
        }
    }

    /// Gives the seat to `guest`, or the guest back where it is taken. Nothing is waited for in
    /// between: a visit that is given up must not take the seat along.
    fn seat(&self, mut guest: Box<Guest>) -> Result<(), Box<Guest>> {
        let mut seat = self.seat.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(free) = seat.take() else {
            return Err(guest);
        };
        if guest.dialect == Dialect::Tictalk {
            // A line that breaks now shows itself when the talk begins.
            let _ = guest.connection.send(&Frame::Control(Control::Welcome {
                version: HANDSHAKE_VERSION,
                name: self.name.clone(),
                mode: Mode::Pair,
            }));
        }
        free.send(guest)
    }
}

/// Takes visitors in until it is dropped.
async fn attend(listener: Listener, desk: Desk) {
    // Dropping the set ends every visit.
    let mut visits = tokio::task::JoinSet::new();
    let mut visitors: VecDeque<(PeerAddress, AbortHandle)> = VecDeque::new();
    loop {
        let accepted = listener.accept().await;
        while visits.try_join_next().is_some() {}
        visitors.retain(|(_, visit)| !visit.is_finished());
        let is_full = accepted.is_err() || visitors.len() >= VISITORS;
        let oldest = if is_full { visitors.pop_front() } else { None };
        if let Some((visitor, visit)) = &oldest {
            visit.abort();
            desk.tell(News::Left(*visitor, VisitError::Crowded)).await;
        }
        match accepted {
            Ok((stream, from)) => {
                let visit = visits.spawn(desk.clone().receive(stream, from));
                visitors.push_back((PeerAddress(from), visit));
            }
            // The place that was made is free once the visit has been given up.
            Err(_) if oldest.is_some() => yield_now().await,
            Err(_) => sleep(BREATH).await,
        }
    }
}

/// Learns from a visitor's first bytes which dialect it speaks, and its greeting or first message.
async fn introduction(
    mut stream: TcpStream,
    address: PeerAddress,
) -> Result<Box<Guest>, VisitError> {
    stream.readable().await?;
    let deadline = Instant::now() + INTRODUCTION;
    let mut received = BytesMut::new();
    let dialect = loop {
        let read = timeout_at(deadline, stream.read_buf(&mut received)).await;
        if read.map_err(|_| VisitError::Slow)?? == 0 {
            return Err(VisitError::Left);
        }
        if let Some(dialect) = Dialect::of_first_bytes(&received) {
            break dialect;
        }
    };
    let mut connection = Connection::new(stream, dialect, received);
    let first = match dialect {
        // Silence ends a raw message, and a person who has only pressed Enter yet may think.
        Dialect::Raw => connection.receive().await?,
        Dialect::Tictalk | Dialect::Framed => timeout_at(deadline, connection.receive())
            .await
            .map_err(|_| VisitError::Slow)??,
    };
    let (name, opening) = match (dialect, first) {
        (Dialect::Tictalk, Some(Frame::Control(Control::Hello { version, name }))) => {
            if version != HANDSHAKE_VERSION {
                let message = format!(
                    "This server speaks version {HANDSHAKE_VERSION} of tictalk, not {version}."
                );
                turn_away(connection, dialect, Reason::Version, &message).await;
                return Err(VisitError::Version);
            }
            (name, None)
        }
        (Dialect::Framed | Dialect::Raw, Some(Frame::Text(text))) => (None, Some(text)),
        (_, Some(_)) => return Err(VisitError::NoGreeting),
        (_, None) => return Err(VisitError::Left),
    };
    Ok(Box::new(Guest {
        address,
        connection,
        dialect,
        name,
        opening,
    }))
}

/// Says why in the visitor's own dialect, and closes.
async fn turn_away(mut connection: Connection, dialect: Dialect, reason: Reason, message: &str) {
    let message = message.to_owned();
    let frame = match dialect {
        Dialect::Tictalk => Frame::Control(Control::Refuse { reason, message }),
        Dialect::Framed | Dialect::Raw => Frame::Text(message),
    };
    if connection.send(&frame).is_ok() {
        connection.close().await;
    }
}

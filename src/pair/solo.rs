//! A person and a computer partner in one process, over a real connection on this machine.

use super::conversation::{Conversation, ConversationEnd, Partner, Reconnected, SessionStart};
use super::error::PairError;
use super::level::Level;
use super::robot::Robot;
use super::solo_player::SoloPlayer;
use super::transcript::Transcript;
pub use super::wish::LEVEL;
use crate::games::Skill;
use crate::journal::{Header, Journal, Ledger};
use crate::net::{Connection, Exit, Signals, new_chance, new_ticket};
use crate::session::{Loss, Role, Session};
use crate::terminal::{Audience, Console};
use crate::wire::{Dialect, Name, Ticket};
use bytes::BytesMut;
use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The name of the computer partner.
const NAME: &str = "computer";

/// The pause before a move of the computer on a terminal, so that a person can follow it.
const PAUSE: Duration = Duration::from_millis(400);

/// A session with a computer partner.
#[derive(Debug, Clone)]
pub struct Solo {
    /// How well it plays.
    pub skill: Skill,
    /// The game to propose first, such as `play connect4`.
    pub wish: Option<String>,
    /// The person's name.
    pub name: Option<Name>,
}

impl Solo {
    /// Runs the session until the person leaves. The computer partner is the client, so it speaks
    /// first. It proposes every game that the person names, so that the person moves first.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<C: Console>(
        self,
        journal: Option<&mut Journal>,
        transcript: &mut Transcript<C>,
        signals: &mut Signals,
    ) -> Result<Exit, PairError> {
        let (here, there) = loopback().await?;
        let port = here.local_addr()?.port();
        let ticket = new_ticket()?;
        let level = Level::new(self.skill);
        let mut speaker = SoloPlayer::new(transcript, level.clone());
        speaker.greet();
        let pause = match speaker.audience() {
            Audience::Person => PAUSE,
            Audience::Pipe => Duration::ZERO,
        };
        let header = Header {
            role: Role::Server,
            ticket,
            dialect: Dialect::Tictalk,
            host: "localhost".to_owned(),
            port,
            me: self.name.as_ref().map(Name::to_string),
            partner: Some(NAME.to_owned()),
            key: None,
        };
        let mut robot = Robot::at_terminal(level, self.wish, new_chance()?, pause);
        let (mut nobody, mut also_nobody) = (Nobody, Nobody);
        let person = Conversation::new(
            Role::Server,
            start(Role::Server, ticket, Ledger::begin(journal, header))?,
            Connection::new(here, Dialect::Tictalk, BytesMut::new()),
            &mut nobody,
            &mut speaker,
            signals,
        );
        // Signals go to the person's end, which then says goodbye to this one.
        let mut deaf = Signals::none();
        let computer = Conversation::new(
            Role::Client,
            start(Role::Client, ticket, Ledger::none())?,
            Connection::new(there, Dialect::Tictalk, BytesMut::new()),
            &mut also_nobody,
            &mut robot,
            &mut deaf,
        );
        let computer = async {
            // However it ends, the person's end notices.
            let _ = computer.run().await;
            pending().await
        };
        tokio::select! {
            biased;
            outcome = person.run() => match outcome? {
                ConversationEnd::Over(exit) => Ok(exit),
                ConversationEnd::NothingSaid | ConversationEnd::Unanswered => Ok(Exit::Goodbye),
            },
            ended = computer => ended,
        }
    }
}

/// One end of a new session, which ends with its connection.
fn start<'journal>(
    me: Role,
    ticket: Ticket,
    ledger: Ledger<'journal>,
) -> Result<SessionStart<'journal>, PairError> {
    let (session, effects) =
        Session::start(me, Dialect::Tictalk, ticket, Loss::Ends, new_chance()?);
    Ok(SessionStart {
        session,
        effects,
        ledger,
        reconnect: Duration::ZERO,
        idle: None,
    })
}

/// The two ends of a connection to ourselves. Other connections at this moment are dropped.
async fn loopback() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let there = TcpStream::connect(listener.local_addr()?).await?;
    loop {
        let (here, visitor) = listener.accept().await?;
        if visitor == there.local_addr()? {
            here.set_nodelay(true)?;
            there.set_nodelay(true)?;
            return Ok((here, there));
        }
    }
}

/// Within one process the connection is never lost.
struct Nobody;

impl Partner for Nobody {
    async fn reconnect(&mut self, _: &Session) -> Result<Reconnected, PairError> {
        pending().await
    }
}

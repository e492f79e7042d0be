//! A person and a computer partner in one process, over a real connection on this machine.

use super::robot::{Diary, Robot};
use super::{PairError, Partner, SessionStart, Speaker, Talked, converse};
use crate::games::Skill;
use crate::journal::{Header, Journal, Ledger};
use crate::net::{Connection, Exit, Signals, new_chance, new_ticket};
use crate::session::{Loss, Role, Session};
use crate::wire::{Dialect, Name, Standing, Ticket};
use bytes::BytesMut;
use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// What the computer partner is called.
const NAME: &str = "computer";

/// A talk with a computer partner.
#[derive(Debug, Clone)]
pub struct Solo {
    /// How well it plays.
    pub skill: Skill,
    /// What it proposes at once: `play connect4`.
    pub wish: Option<String>,
    /// How the person is called.
    pub name: Option<Name>,
}

impl Solo {
    /// Talks until the person leaves. The computer partner is the client, so it greets first; its
    /// partner begins the game that it proposes.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<S: Speaker>(
        self,
        journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Exit, PairError> {
        let (here, there) = loopback().await?;
        let port = here.local_addr()?.port();
        let ticket = new_ticket()?;
        speaker.line("You talk with a program on this machine. /q leaves.");
        speaker.introduce(NAME.parse().ok());
        let header = Header {
            role: Role::Server,
            ticket,
            dialect: Dialect::Tictalk,
            host: "localhost".to_owned(),
            port,
            me: self.name.as_ref().map(Name::to_string),
            partner: Some(NAME.to_owned()),
        };
        let mut robot = Robot::new(self.skill, self.wish, new_chance()?, Diary::None);
        let (mut nobody, mut also_nobody) = (Nobody, Nobody);
        let person = converse(
            Role::Server,
            talk(Role::Server, ticket, Ledger::begin(journal, header))?,
            Connection::new(here, Dialect::Tictalk, BytesMut::new()),
            &mut nobody,
            speaker,
            signals,
        );
        // Signals are for the person's end, which then says goodbye to this one.
        let mut deaf = Signals::none();
        let computer = converse(
            Role::Client,
            talk(Role::Client, ticket, Ledger::none())?,
            Connection::new(there, Dialect::Tictalk, BytesMut::new()),
            &mut also_nobody,
            &mut robot,
            &mut deaf,
        );
        let computer = async {
            // However it ends, the person's end hears of it.
            let _ = computer.await;
            pending().await
        };
        tokio::select! {
            biased;
            talked = person => match talked? {
                Talked::Over(exit) => Ok(exit),
                Talked::NothingSaid | Talked::Unanswered => Ok(Exit::Goodbye),
            },
            ended = computer => ended,
        }
    }
}

/// One end of a new talk, over when the connection is.
fn talk<'journal>(
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
        hold: Duration::ZERO,
        idle: Duration::ZERO,
    })
}

/// The two ends of a connection to ourselves. Who else connects in this moment is sent away.
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

/// Within one process no connection breaks, and nobody comes back.
struct Nobody;

impl Partner for Nobody {
    async fn back(&mut self, _: &Session) -> Result<(Connection, Standing), PairError> {
        pending().await
    }
}

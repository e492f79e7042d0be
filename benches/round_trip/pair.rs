//! The two programs of a pair without the handshake and without a person: a console answers each
//! prompt at once. With or without a journal.

use crate::exchange;
use crate::figures::Spread;
use crate::stopwatch::Stopwatch;
use anyhow::bail;
use bytes::BytesMut;
use std::cell::RefCell;
use std::future::pending;
use tempfile::TempDir;
use tictalk::games::{Chance, Glyphs};
use tictalk::journal::{Header, Journal, Ledger};
use tictalk::net::{Address, Connection, Exit, Line, Listener, Signals};
use tictalk::pair::{
    Boards, Conversation, ConversationEnd, PairError, Partner, Reconnected, SessionStart,
    Transcript,
};
use tictalk::session::{Loss, Role, Session};
use tictalk::terminal::{Ask, Audience, Console, Paint, Style, Typed};
use tictalk::wire::{Dialect, PrivateLine, Ticket};
use tokio::net::TcpStream;

/// The line of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    Plain,
    Private,
}

/// The code of the private line.
const CODE: &str = "acid-mango-zebra";

/// Whether an end keeps a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    None,
    Journal,
}

/// Answers each message with `text` until the client's end says goodbye.
pub(crate) fn server(text: &str, memory: Memory, cover: Cover) -> anyhow::Result<()> {
    on_a_runtime(async {
        let listener = Listener::bind(&address(0)).await?;
        println!("{}", listener.port()?);
        let (stream, _) = listener.accept().await?;
        let (stream, line) = covered(stream, cover, exchange::as_server)?;
        talk(Role::Server, (stream, line), memory, || {
            Typed::Line(text.to_owned())
        })
        .await
    })
}

/// Sends `text` and waits for the answer, again and again, and prints the median round trip.
pub(crate) fn client(text: &str, port: u16, memory: Memory, cover: Cover) -> anyhow::Result<()> {
    let stopwatch = RefCell::new(Stopwatch::new());
    on_a_runtime(async {
        let stream = address(port).connect().await?;
        let (stream, line) = covered(stream, cover, exchange::as_client)?;
        talk(Role::Client, (stream, line), memory, || {
            if stopwatch.borrow_mut().lap() {
                Typed::Line(text.to_owned())
            } else {
                Typed::End
            }
        })
        .await
    })?;
    println!("{}", stopwatch.into_inner().median());
    Ok(())
}

fn address(port: u16) -> Address {
    Address {
        host: "127.0.0.1".to_owned(),
        port,
    }
}

/// The line over `stream`, on which both ends agree by `exchange` if it is to be private.
fn covered(
    stream: TcpStream,
    cover: Cover,
    exchange: fn(&mut std::net::TcpStream, &str) -> anyhow::Result<PrivateLine>,
) -> anyhow::Result<(TcpStream, Line)> {
    if cover == Cover::Plain {
        return Ok((stream, Line::Plain));
    }
    let mut stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    let line = exchange(&mut stream, CODE)?;
    stream.set_nonblocking(true)?;
    Ok((TcpStream::from_std(stream)?, line.into()))
}

/// How long both ends of a key exchange compute together, in microseconds.
pub(crate) fn key_exchange() -> anyhow::Result<Spread> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let server = std::thread::spawn(move || -> anyhow::Result<()> {
        for _ in 0..EXCHANGES {
            let (mut stream, _) = listener.accept()?;
            exchange::as_server(&mut stream, CODE)?;
        }
        Ok(())
    });
    let mut times = Vec::new();
    for _ in 0..EXCHANGES {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        let begun = std::time::Instant::now();
        exchange::as_client(&mut stream, CODE)?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    let Ok(served) = server.join() else {
        bail!("the server's end has failed");
    };
    served?;
    Ok(Spread::of(times))
}

/// How many key exchanges are measured.
pub(crate) const EXCHANGES: usize = 200;

/// Runs `work` on the runtime that the program uses.
fn on_a_runtime(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Runs a session whose prompts are answered by `answer`.
async fn talk(
    me: Role,
    (stream, line): (TcpStream, Line),
    memory: Memory,
    answer: impl FnMut() -> Typed,
) -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let mut journal = match memory {
        Memory::None => None,
        Memory::Journal => Some(Journal::open(folder.path())?),
    };
    let script = Script {
        answer,
        is_prompting: false,
        shown: String::new(),
    };
    let dialect = Dialect::Tictalk;
    let ticket = Ticket::new([7; 16]);
    let (session, effects) = Session::start(me, dialect, ticket, Loss::Ends, Chance::new([0; 32]));
    let header = Header {
        role: me,
        ticket,
        dialect,
        host: "127.0.0.1".to_owned(),
        port: stream.local_addr()?.port(),
        me: None,
        partner: None,
        key: None,
    };
    let mut transcript = Transcript::new(script, me, Boards::Drawn(Glyphs::Ascii));
    let (mut nobody, mut signals) = (Nobody, Signals::catch()?);
    let conversation = Conversation::new(
        me,
        SessionStart {
            session,
            effects,
            ledger: Ledger::begin(journal.as_mut(), header),
            reconnect: std::time::Duration::ZERO,
            idle: None,
        },
        Connection::over(stream, line, dialect, BytesMut::new()),
        &mut nobody,
        &mut transcript,
        &mut signals,
    );
    let outcome = conversation.run().await?;
    if outcome != ConversationEnd::Over(Exit::Goodbye) {
        bail!("the session ended without a goodbye: {outcome:?}");
    }
    Ok(())
}

/// A partner that never reconnects.
struct Nobody;

impl Partner for Nobody {
    async fn reconnect(&mut self, _: &Session) -> Result<Reconnected, PairError> {
        pending().await
    }
}

/// A console that answers without delay.
struct Script<F> {
    answer: F,
    is_prompting: bool,
    shown: String,
}

impl<F: FnMut() -> Typed> Console for Script<F> {
    fn style(&self) -> Style {
        Style {
            paint: Paint::Off,
            audience: Audience::Pipe,
        }
    }

    fn print(&mut self, text: &str) {
        self.shown.push_str(text);
    }

    fn flush(&mut self) {
        self.shown.clear();
    }

    fn prompt(&mut self, _: Ask) {
        self.is_prompting = true;
        self.flush();
    }

    async fn typed(&mut self) -> Typed {
        if std::mem::take(&mut self.is_prompting) {
            (self.answer)()
        } else {
            pending().await
        }
    }

    async fn withdraw(&mut self) -> String {
        self.is_prompting = false;
        String::new()
    }
}

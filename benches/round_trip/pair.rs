//! The two programs of a pair as they are, but for the handshake before and the person in front:
//! whoever is prompted answers at once.

use crate::figures::Stopwatch;
use anyhow::bail;
use bytes::BytesMut;
use std::cell::RefCell;
use tictalk::peer::{Address, Connection, Exit, Listener, Signals, Transcript, converse};
use tictalk::session::Role;
use tictalk::terminal::{Audience, Console, Paint, Style, Typed};
use tictalk::wire::Dialect;
use tokio::net::TcpStream;

/// Answers each message with `text` until the client's end says goodbye.
pub(crate) fn server(text: &str) -> anyhow::Result<()> {
    on_a_runtime(async {
        let listener = Listener::bind(&address(0)).await?;
        println!("{}", listener.port()?);
        let (stream, _) = listener.accept().await?;
        talk(Role::Server, stream, || Typed::Line(text.to_owned())).await
    })
}

/// Says `text`, waits for an answer, and so on; then prints how long that took.
pub(crate) fn client(text: &str, port: u16) -> anyhow::Result<()> {
    let stopwatch = RefCell::new(Stopwatch::new());
    on_a_runtime(async {
        let stream = address(port).connect().await?;
        talk(Role::Client, stream, || {
            if stopwatch.borrow_mut().lap() {
                Typed::Line(text.to_owned())
            } else {
                Typed::End
            }
        })
        .await
    })?;
    println!("{}", stopwatch.into_inner().median()?);
    Ok(())
}

fn address(port: u16) -> Address {
    Address {
        host: "127.0.0.1".to_owned(),
        port,
    }
}

/// Runs `work` as the program runs.
fn on_a_runtime(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Takes part in a talk; what is typed at a prompt comes from `answer`.
async fn talk(me: Role, stream: TcpStream, answer: impl FnMut() -> Typed) -> anyhow::Result<()> {
    let script = Script {
        answer,
        is_prompting: false,
        shown: String::new(),
    };
    let dialect = Dialect::Tictalk;
    let exit = converse(
        me,
        dialect,
        Connection::new(stream, dialect, BytesMut::new()),
        None,
        &mut Transcript::new(script, me),
        &mut Signals::catch()?,
    )
    .await?;
    if exit != Exit::Goodbye {
        bail!("the talk ended without a goodbye: {exit:?}");
    }
    Ok(())
}

/// A console with a person of endless patience and no delay.
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

    fn prompt(&mut self, _draft: &str) {
        self.is_prompting = true;
        self.flush();
    }

    async fn typed(&mut self) -> Typed {
        if std::mem::take(&mut self.is_prompting) {
            (self.answer)()
        } else {
            std::future::pending().await
        }
    }

    async fn withdraw(&mut self) -> String {
        self.is_prompting = false;
        String::new()
    }
}

//! The shell of a pair: sockets, signals and a console around one [`Session`].
//!
//! [`converse`] is its heart: it waits for a line, a frame or a signal, hands it to the session,
//! and performs the effects in order. [`server`] and [`client`] bring it a connection.

use crate::session::{Effect, Ending, Input, Refusal, Role, Session};
use crate::terminal::{Console, ConsoleError, Typed};
use crate::wire::Frame;
use std::io;

mod address;
pub mod client;
mod connection;
pub mod server;
mod signals;
mod transcript;

pub use address::{Address, AddressError, Listener, PeerAddress};
pub use connection::{Connection, ReceiveError};
pub use signals::{Signal, Signals};
pub use transcript::Transcript;

/// The port of the assignment's example.
pub const DEFAULT_PORT: u16 = 1059;

/// Why a program ends that was asked to; each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Somebody said goodbye, or the input or output ended.
    Goodbye,
    /// A signal came.
    Signalled(Signal),
}

/// Why a talk could not begin or go on. Each is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// No server could be started, or none be reached.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The two programs could not agree to talk.
    #[error(transparent)]
    Handshake(#[from] client::HandshakeError),
    /// The connection ended without `/q`.
    #[error(
        "the {} has gone without saying /q: its program was closed, or the connection broke",
        .0.name()
    )]
    PartnerGone(Role),
    /// The peer broke the rules of the wire.
    #[error("the connection was closed, because the {}'s program broke the rules: {error}", .role.name())]
    PartnerBrokeWire {
        /// The peer's role.
        role: Role,
        /// What was expected and what came.
        error: crate::wire::WireError,
    },
    /// The peer broke a rule of the turns or of a game.
    #[error("the connection was closed, because the {}'s program broke the rules: {refusal}", .role.name())]
    PartnerBrokeRule {
        /// The peer's role.
        role: Role,
        /// Which rule.
        refusal: Refusal,
    },
    /// The terminal, or the file that stands for it, failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused something that a program can expect to get.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Talks with the partner at the other end of `connection` until one of the two leaves.
///
/// `opening` is the message by which a partner without a greeting has introduced itself.
///
/// # Errors
/// [`PeerError`] when the talk does not end with a goodbye.
pub async fn converse<C: Console>(
    me: Role,
    dialect: crate::wire::Dialect,
    mut connection: Connection,
    opening: Option<String>,
    transcript: &mut Transcript<C>,
    signals: &mut Signals,
) -> Result<Exit, PeerError> {
    let (mut session, mut effects) = Session::start(me, dialect);
    if let Some(text) = opening {
        effects.extend(session.handle(Input::Text(text)));
    }
    let mut exit = Exit::Goodbye;
    let mut failure = None;
    loop {
        if let Some(ending) = perform(effects, &mut connection, transcript).await {
            if ending == Ending::Left {
                connection.close().await;
            }
            return match ending {
                Ending::Left => failure.map_or(Ok(exit), Err),
                Ending::PartnerLeft => Ok(exit),
                Ending::PartnerGone => Err(failure.unwrap_or(PeerError::PartnerGone(me.other()))),
                Ending::PartnerBrokeRule(refusal) => Err(PeerError::PartnerBrokeRule {
                    role: me.other(),
                    refusal,
                }),
            };
        }
        let input = tokio::select! {
            biased;
            signal = signals.next() => {
                if signal == Signal::Interrupt && transcript.console.interrupts_itself() {
                    effects = Vec::new();
                    continue;
                }
                exit = Exit::Signalled(signal);
                Input::Hangup
            }
            // Before what the peer says, so that a peer that says much keeps nobody from leaving.
            typed = transcript.typed() => match typed {
                Typed::Line(line) => Input::Line(line),
                Typed::Overlong(size) => Input::Overlong(size),
                Typed::Interrupt => {
                    exit = Exit::Signalled(Signal::Interrupt);
                    Input::Hangup
                }
                Typed::End | Typed::Gone => Input::Hangup,
                Typed::Failed(error) => {
                    failure = Some(PeerError::Console(error));
                    Input::Hangup
                }
            },
            received = connection.receive(), if session.wants_text() => match received {
                Ok(Some(Frame::Text(text))) => Input::Text(text),
                // Nothing that a pair tells by control frames demands an answer.
                Ok(Some(Frame::Control(_))) => {
                    effects = Vec::new();
                    continue;
                }
                Ok(None) | Err(ReceiveError::Io(_)) => Input::PeerGone,
                Err(ReceiveError::Wire(error)) => {
                    let role = me.other();
                    failure = Some(PeerError::PartnerBrokeWire { role, error });
                    Input::PeerGone
                }
            },
        };
        effects = session.handle(input);
    }
}

/// Performs the effects in order; returns how the session ended, if it did.
async fn perform<C: Console>(
    effects: Vec<Effect>,
    connection: &mut Connection,
    transcript: &mut Transcript<C>,
) -> Option<Ending> {
    for effect in effects {
        match effect {
            // A broken line shows itself when we next read from it.
            Effect::Send(text) => drop(connection.send(&Frame::Text(text))),
            Effect::Show(notice) => transcript.show(&notice).await,
            Effect::Prompt(draft) => transcript.prompt(&draft).await,
            Effect::Close(ending) => {
                transcript.finish().await;
                return Some(ending);
            }
        }
    }
    transcript.flush();
    None
}

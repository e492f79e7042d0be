//! Why a greeting fails.

use crate::net::{Address, KeyExchangeError};
use crate::text::{count, visible};
use crate::wire::{Dialect, PrivateError, PrivateRefusal, Unfinished, WireError};
use crate::words::NotACode;
use std::time::Duration;

/// How long a server may take to answer the greeting.
pub(super) const WELCOME_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of a server's message is shown, in characters.
const MESSAGE: usize = 200;

/// Why a greeting failed.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The server turned us away.
    #[error("the server turned you away: {}", one_line(.0))]
    Refused(String),
    /// A room needs a name, or another one.
    #[error("the server turned you away: {}", one_line(.0))]
    Name(String),
    /// The server is in a session with another client.
    #[error("the server is busy: {}", one_line(.message))]
    Busy {
        /// The server's message.
        message: String,
        /// What it knows about the session that we asked about, if it answers that.
        unfinished: Option<Unfinished>,
    },
    /// The server keeps the seat for an earlier run of this program.
    #[error(
        "the server is busy: {message}: `{command}` resumes it",
        message = one_line(.message).trim_end_matches('.')
    )]
    SeatKept {
        /// The server's message.
        message: String,
        /// The command that resumes the session.
        command: String,
    },
    /// The server is in a session with another run of this program, or has not noticed its end yet.
    #[error(
        "the server is busy: your session with it is still connected, perhaps in another window: \
         `{command}` takes it over"
    )]
    StillConnected {
        /// The command that resumes the session.
        command: String,
    },
    /// The server is in a session with another client, perhaps an earlier run of this program.
    #[error(
        "the server is busy: {message}. The journal has an unfinished session with it: `{command}` \
         resumes it",
        message = one_line(.message).trim_end_matches('.')
    )]
    BusyUnfinished {
        /// The server's message.
        message: String,
        /// The command that resumes the session.
        command: String,
    },
    /// The server does not know the session to resume.
    #[error("the server does not know this session: {}", one_line(.0))]
    Unknown(String),
    /// The session to resume is over.
    #[error("this session is over: {}", one_line(.0))]
    Ended(String),
    /// The two ends have recorded different turns.
    #[error("this session cannot resume: {}", one_line(.0))]
    Diverged(String),
    /// The program at the server's address does not know the ticket of the session.
    #[error(
        "the program at {host}:{port} is not the server of this session: it could not prove that \
         it knows the session; try again with --resume when the server runs again", host = .0.host, port = .0.port
    )]
    Impostor(Address),
    /// There is no private line.
    #[error("{}", no_line(.0))]
    NoLine(KeyExchangeError),
    /// The server takes private lines only.
    #[error("the server's line is private: run the same command with --private")]
    OnlyPrivate,
    /// The server asks for a code, and nobody can be asked.
    #[error(
        "the server asks for a code: start the client at a terminal, set TICTALK_CODE, or send the code \
         as the first line of the input"
    )]
    NoCode,
    /// The first line of the input is no code.
    #[error("the first line of the input is no code: {0}")]
    NotACode(NotACode),
    /// The server did not answer.
    #[error(
        "the server did not answer the greeting within {} seconds: it may not be tictalk; try \
         --wire framed, --wire lines or --wire raw",
        WELCOME_TIMEOUT.as_secs()
    )]
    Silent,
    /// The server closed the connection.
    #[error(
        "the server closed the connection without answering the greeting: it may not be tictalk; \
         try --wire framed, --wire lines or --wire raw"
    )]
    Closed,
    /// The answer is not in the `tictalk` dialect.
    #[error("the server's answer is not tictalk ({error}): {}", advice(*.speaks))]
    NotTictalk {
        /// The violation.
        error: WireError,
        /// The dialect that it fits.
        speaks: Option<Dialect>,
    },
    /// The answer is not one to a greeting.
    #[error(
        "the server answered the greeting with something else: try --wire framed, --wire lines or --wire raw"
    )]
    Unexpected,
    /// The answer is a text in a frame, as programs send it that know no control frames.
    #[error("the server answered the greeting with a message: it fits --wire framed")]
    OnlyText,
    /// The server offers a mode that this program does not know.
    #[error("the server offers a mode that this version does not know: update tictalk")]
    UnknownMode,
}

/// A server's message as part of one line of ours.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    visible(&words.join(" ")).chars().take(MESSAGE).collect()
}

/// How to speak to a server that is not tictalk.
fn advice(speaks: Option<Dialect>) -> String {
    match speaks {
        Some(dialect) => format!("it fits --wire {}", dialect.name()),
        None => "try --wire framed, --wire lines or --wire raw".to_owned(),
    }
}

/// Why there is no private line, and what to do.
fn no_line(why: &KeyExchangeError) -> String {
    match why {
        KeyExchangeError::WrongCode => {
            "the code is wrong: ask for the one that is shown now".to_owned()
        }
        KeyExchangeError::Unconfirmed => {
            "the server did not confirm the code, which is burnt now: somebody else may have answered; \
             ask for a new one"
                .to_owned()
        }
        KeyExchangeError::Refused(PrivateRefusal::Burnt) => {
            "the code was burnt by another client: ask for the new one".to_owned()
        }
        KeyExchangeError::Refused(PrivateRefusal::Busy) => {
            "the server is busy: two people are talking there already. Please try again later".to_owned()
        }
        KeyExchangeError::Refused(PrivateRefusal::NotPrivate) => {
            "the server's line is not private: start the server with --private".to_owned()
        }
        KeyExchangeError::Refused(PrivateRefusal::Later(seconds)) => format!(
            "too many wrong codes were entered: try again in {}",
            count(usize::from(*seconds), "second")
        ),
        KeyExchangeError::Refused(PrivateRefusal::Version)
        | KeyExchangeError::Private(PrivateError::Version(_)) => {
            "the server speaks another version of the private line: update the older of the two programs"
                .to_owned()
        }
        KeyExchangeError::NeedsCode => {
            "the server does not know the key of this session: start a new one without --resume".to_owned()
        }
        KeyExchangeError::Slow => {
            "the server did not finish the key exchange in time: try again".to_owned()
        }
        KeyExchangeError::Left | KeyExchangeError::Io(_) => {
            "the server closed the connection during the key exchange: it may be an older version, or not \
             tictalk"
                .to_owned()
        }
        KeyExchangeError::Wire(_)
        | KeyExchangeError::Private(_)
        | KeyExchangeError::Refused(PrivateRefusal::WrongCode) => {
            "the server's answer is not that of a private line: it may be an older version, or not tictalk"
                .to_owned()
        }
    }
}

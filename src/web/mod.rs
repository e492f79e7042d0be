//! The page in the browser: HTTP on the server's own port.
//!
//! A [`Website`] reads one request. It answers with a file of the page and a close, or opens the
//! WebSocket over which the page speaks the [`web`](crate::wire::Dialect::Web) dialect. Anything
//! else gets one clear answer. The rules of HTTP are those of RFC 9112, of the WebSocket RFC 6455.
//!
//! Two checks keep other sites out. A site may point its name at this machine (DNS
//! rebinding), so [`guard`] lets a `Host` through only if it is an address or a name of this
//! machine. Any site may open a WebSocket to any address, so `/live` needs the `Origin` of the page.

mod answer;
mod files;
mod guard;
mod head;

use crate::net::{HostName, LinePolicy, Pages, own_names, until};
use answer::Answer;
use bytes::{Buf as _, BytesMut};
use files::SITE;
use guard::Refused;
use head::{BadHead, Head, Method};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::Instant;

/// The path that opens the WebSocket.
const LIVE: &str = "/live";

/// What became of a request.
#[derive(Debug)]
pub(crate) enum BrowserVisit {
    /// It was answered, and the connection is to be closed.
    Answered,
    /// It was turned away for this reason, and the connection is to be closed.
    Refused(&'static str),
    /// The WebSocket is open. These bytes have already arrived over it.
    Open(BytesMut),
}

/// The pages, or what browsers are told instead.
#[derive(Debug, Clone)]
pub(crate) enum Website {
    /// There is no page.
    Off,
    /// The server takes private lines only, and browsers have none.
    Private,
    /// The pages are served to browsers that call this machine by one of these names.
    Open(Vec<HostName>),
}

impl Website {
    /// The website that `pages` describes, at a server with these lines. Asks the system for the names
    /// of this machine.
    pub(crate) fn new(pages: &Pages, lines: LinePolicy) -> Self {
        match pages {
            _ if !lines.takes_plain() => Self::Private,
            Pages::Off => Self::Off,
            Pages::On { allowed } => Self::Open([own_names(), allowed.clone()].concat()),
        }
    }

    /// Reads a request of which `received` has arrived, and answers it. A request that is not
    /// complete at `deadline` is refused. The caller limits the time of the answer.
    ///
    /// # Errors
    /// If the connection is lost.
    pub(crate) async fn receive<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        mut received: BytesMut,
        deadline: Option<Instant>,
    ) -> io::Result<BrowserVisit> {
        let head = match self {
            Self::Open(_) => read_head(stream, &mut received, deadline).await?,
            // Whatever the request is, the answer is the same.
            Self::Off | Self::Private => Err(BadHead::Malformed),
        };
        let (answer, visit) = self.decide(head, received);
        stream.write_all(&answer.into_bytes()).await?;
        Ok(visit)
    }

    /// The answer to a request, after which `rest` has arrived.
    fn decide(&self, head: Result<Head, BadHead>, rest: BytesMut) -> (Answer, BrowserVisit) {
        let names = match self {
            Self::Open(names) => names,
            Self::Off => return (Answer::no_page(), BrowserVisit::Refused("speaks HTTP")),
            Self::Private => {
                let visit = BrowserVisit::Refused("has no private line");
                return (Answer::only_private(), visit);
            }
        };
        let head = match head {
            Ok(head) => head,
            Err(error) => {
                let visit = BrowserVisit::Refused("sent an invalid request of HTTP");
                return (Answer::bad_head(error), visit);
            }
        };
        if let Err(Refused) = guard::check_host(&head.host, names) {
            let visit = BrowserVisit::Refused("asked for another host");
            return (Answer::other_host(), visit);
        }
        if head.path == LIVE {
            return open(&head, rest);
        }
        let Some(file) = SITE.find(&head.path) else {
            return (Answer::not_found(), BrowserVisit::Answered);
        };
        let has_current = head.etag.as_deref() == Some(file.etag());
        let answer = match head.method {
            Method::Get | Method::Head if has_current => Answer::not_modified(file),
            Method::Get => Answer::file(file),
            Method::Head => Answer::file(file).without_body(),
            Method::Other => Answer::only("GET, HEAD"),
        };
        (answer, BrowserVisit::Answered)
    }
}

/// Reads the head of a request, and removes it from `received`.
///
/// # Errors
/// If the connection is lost.
async fn read_head<S: AsyncRead + Unpin>(
    stream: &mut S,
    received: &mut BytesMut,
    deadline: Option<Instant>,
) -> io::Result<Result<Head, BadHead>> {
    loop {
        match head::parse(received) {
            Ok(Some((head, length))) => {
                received.advance(length);
                return Ok(Ok(head));
            }
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
        let read = tokio::select! {
            read = stream.read_buf(received) => read?,
            () = until(deadline) => return Ok(Err(BadHead::Late)),
        };
        if read == 0 {
            return Ok(Err(BadHead::Malformed));
        }
    }
}

/// The answer to a request that opens the WebSocket.
fn open(head: &Head, rest: BytesMut) -> (Answer, BrowserVisit) {
    if head.method != Method::Get {
        return (Answer::only("GET"), BrowserVisit::Answered);
    }
    let Some(key) = &head.websocket_key else {
        return (Answer::only_websocket(), BrowserVisit::Answered);
    };
    match guard::check_origin(head.origin.as_deref(), &head.host) {
        Ok(()) => (Answer::websocket(key), BrowserVisit::Open(rest)),
        Err(Refused) => (
            Answer::other_origin(),
            BrowserVisit::Refused("comes from another page"),
        ),
    }
}

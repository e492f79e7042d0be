//! The connection to the engine, and requests over it.

use super::answer::{self, Meaning, Trouble};
use super::error::EngineError;
use super::url::EngineUrl;
use async_nats::{Client, HeaderMap, Request, RequestErrorKind};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// How long a request about streams may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);

/// Whether there is a connection to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// There is one. The number counts the connections: the first one is 1.
    Connected(u64),
    /// It was lost, and is being made again.
    Lost,
}

impl Contact {
    pub(super) fn is_connected(self) -> bool {
        matches!(self, Self::Connected(_))
    }
}

#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) client: Client,
    pub(super) contact: watch::Receiver<Contact>,
    pub(super) engine: EngineUrl,
}

impl Link {
    /// Waits until there is a connection, and returns its number. Waits for ever once the client has
    /// ended.
    pub(super) async fn connected(&self) -> u64 {
        let mut contact = self.contact.clone();
        loop {
            if let Contact::Connected(number) = *contact.borrow_and_update() {
                return number;
            }
            if contact.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until this connection is lost, or there is a later one.
    pub(super) async fn lost(&self, number: u64) {
        let mut contact = self.contact.clone();
        while *contact.borrow_and_update() == Contact::Connected(number) {
            if contact.changed().await.is_err() {
                return;
            }
        }
    }

    /// Sends a request as soon as there is a connection, and waits for the answer as long as it is
    /// the same connection.
    pub(super) async fn request(
        &self,
        subject: String,
        headers: HeaderMap,
        body: Bytes,
        end: Instant,
    ) -> Result<Bytes, Trouble> {
        let request = Request::new().headers(headers).payload(body).timeout(None);
        let answered = async {
            // Otherwise the client would keep the request and send it when nobody waits any more.
            let connection = self.connected().await;
            tokio::select! {
                // The answer may have come right before.
                biased;
                answer = self.client.send_request(subject, request) => Some(answer),
                () = self.lost(connection) => None,
            }
        };
        match timeout_at(end, answered).await {
            Ok(Some(Ok(message))) => Ok(message.payload),
            Ok(Some(Err(error))) => Err(match error.kind() {
                RequestErrorKind::NoResponders => Trouble::Unserved,
                RequestErrorKind::MaxPayloadExceeded => Trouble::Oversize,
                RequestErrorKind::InvalidSubject => Trouble::Strange,
                RequestErrorKind::TimedOut | RequestErrorKind::Other => Trouble::Silent,
            }),
            Ok(None) | Err(_) => Err(Trouble::Silent),
        }
    }

    /// Asks the engine about streams.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        what: &str,
        body: &Value,
    ) -> Result<T, Trouble> {
        let subject = format!("$JS.API.{what}");
        let body = Bytes::from(body.to_string());
        let end = Instant::now() + REQUEST_LIMIT;
        let answer = self.request(subject, HeaderMap::new(), body, end).await?;
        answer::read(&answer)
    }

    pub(super) fn error(&self, trouble: Trouble) -> EngineError {
        let engine = self.engine.clone();
        match trouble {
            Trouble::Silent => EngineError::Unreachable(engine),
            Trouble::Unserved => EngineError::NoJetStream(engine),
            Trouble::Strange => EngineError::Strange(engine),
            Trouble::Oversize => EngineError::Refused {
                reason: self.too_large(),
                engine,
            },
            Trouble::Complaint(complaint) => match complaint.meaning() {
                Meaning::NotReady => EngineError::NoJetStream(engine),
                Meaning::NoStream => EngineError::Gone(engine),
                Meaning::NoMessage
                | Meaning::NameInUse
                | Meaning::WrongLastSequence
                | Meaning::Other => EngineError::Refused {
                    engine,
                    reason: complaint.words(),
                },
            },
        }
    }

    /// Why the client does not send a message.
    pub(super) fn too_large(&self) -> String {
        let limit = self.client.max_payload();
        format!("messages have at most {limit} bytes")
    }
}

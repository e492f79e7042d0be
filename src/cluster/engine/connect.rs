//! Connecting to the engine, and the streams that it has.

use super::answer::{Meaning, StreamInfo, Trouble};
use super::error::EngineError;
use super::feed::Identity;
use super::link::{Contact, Link};
use super::part::Subjects;
use super::replicas::Replicas;
use super::stream::RoomStream;
use super::token::token;
use super::url::{EngineUrl, Login, Scheme};
use async_nats::{ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long the first connection may take, over all servers.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// How long one server may take.
const SERVER_LIMIT: Duration = Duration::from_secs(2);

/// How often the client asks the server whether it is there. It gives up at the third time without
/// an answer to the first two.
const PING_TIME: Duration = Duration::from_millis(1500);

/// The longest pause between attempts to connect again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How many requests may wait to be sent.
const REQUESTS: usize = 256;

/// How many messages of a consumer may wait: more than a batch.
const MESSAGES: usize = 1024;

/// The largest message of a stream, with its headers.
const LARGEST_MESSAGE: i64 = 1024 * 1024;

/// How long the engine remembers the ids of messages.
const ID_TIME: Duration = Duration::from_secs(10 * 60);

/// A connection to the engine. It is made again by itself whenever it is lost. Clones share it.
#[derive(Debug, Clone)]
pub struct Engine {
    link: Link,
}

impl Engine {
    /// Connects within five seconds.
    ///
    /// # Errors
    /// If no server of the engine answers or lets the client in.
    pub async fn connect(url: &EngineUrl) -> Result<Self, EngineError> {
        let unreachable = || EngineError::Unreachable(url.clone());
        let connected = timeout(CONNECT_LIMIT, Self::try_connect(url)).await;
        connected.unwrap_or_else(|_| Err(unreachable()))
    }

    async fn try_connect(url: &EngineUrl) -> Result<Self, EngineError> {
        let unreachable = || EngineError::Unreachable(url.clone());
        let servers = url.servers.iter().map(|server| {
            // Without the login, since the client logs addresses.
            let address = format!("{}{server}", url.scheme.text());
            address.parse().map_err(|_| unreachable())
        });
        let servers = servers.collect::<Result<Vec<ServerAddr>, _>>()?;
        let (sender, contact) = watch::channel(Contact::Lost);
        let client = options(url, sender).connect(servers).await;
        let client = client.map_err(|error| match error.kind() {
            ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
                EngineError::Denied(url.clone())
            }
            ConnectErrorKind::Tls => EngineError::Tls {
                engine: url.clone(),
                reason: std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), ToString::to_string),
            },
            _ => unreachable(),
        })?;
        let link = Link {
            client,
            contact,
            engine: url.clone(),
        };
        link.connected().await;
        Ok(Self { link })
    }

    /// Where the engine is.
    #[must_use]
    pub fn url(&self) -> &EngineUrl {
        &self.link.engine
    }

    /// Whether there is a connection, now and from now on. A connection over which nothing comes is
    /// lost after five seconds.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Contact> {
        self.link.contact.clone()
    }

    /// Whether there is a connection now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.link.contact.borrow().is_connected()
    }

    /// The version of the server that the client is or was connected to.
    #[must_use]
    pub fn server_version(&self) -> String {
        self.link.client.server_info().version
    }

    /// The stream of a room. Creates it, on as many servers as `replicas` says, if there is none.
    ///
    /// # Errors
    /// If the engine does not answer, refuses, or has a stream of this name that cannot be used.
    pub async fn room_stream(
        &self,
        room: &str,
        replicas: Replicas,
    ) -> Result<RoomStream, EngineError> {
        if let Some(stream) = self.find_stream(room).await? {
            return Ok(stream);
        }
        let token = token(room);
        let name = stream_name(&token);
        let request = format!("STREAM.CREATE.{name}");
        let config = json!({
            "name": name,
            "description": format!("tictalk: {room}"),
            "subjects": [Subjects::of(&token).all()],
            "retention": "limits",
            "discard": "new",
            "storage": "file",
            "num_replicas": replicas.number(),
            "max_consumers": -1,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "max_msg_size": LARGEST_MESSAGE,
            "duplicate_window": u64::try_from(ID_TIME.as_nanos()).unwrap_or(u64::MAX),
            "allow_direct": true,
            "deny_delete": true,
        });
        let trouble = match self.link.ask::<StreamInfo>(&request, &config).await {
            Ok(info) => return self.checked(&token, info),
            Err(trouble) => trouble,
        };
        // Another machine may have been faster, with another number of replicas.
        let found = match trouble.meaning() {
            Some(Meaning::NameInUse) => self.find_stream(room).await?,
            _ => None,
        };
        found.ok_or_else(|| self.link.error(trouble))
    }

    /// The stream of a room, if there is one.
    ///
    /// # Errors
    /// If the engine does not answer, refuses, or has a stream of this name that cannot be used.
    pub async fn find_stream(&self, room: &str) -> Result<Option<RoomStream>, EngineError> {
        let token = token(room);
        let request = format!("STREAM.INFO.{}", stream_name(&token));
        let info: Result<StreamInfo, Trouble> = self.link.ask(&request, &json!({})).await;
        match info {
            Ok(info) => self.checked(&token, info).map(Some),
            Err(trouble) if trouble.meaning() == Some(Meaning::NoStream) => Ok(None),
            Err(trouble) => Err(self.link.error(trouble)),
        }
    }

    /// The stream, if it keeps what a room needs. An operator may have created or changed it.
    fn checked(&self, token: &str, info: StreamInfo) -> Result<RoomStream, EngineError> {
        let config = info.config;
        let subjects = Subjects::of(token);
        let unusable = if config.subjects != [subjects.all()] {
            Some("its subjects are not those of the room")
        } else if config.retention != "limits" || config.discard != "new" {
            Some("it drops messages by itself")
        } else if !(1..=LARGEST_MESSAGE).contains(&config.max_msg_size) {
            Some("it takes messages of more than 1 MiB")
        } else {
            None
        };
        if let Some(reason) = unusable {
            return Err(EngineError::Unusable {
                engine: self.link.engine.clone(),
                stream: stream_name(token),
                reason,
            });
        }
        let identity = Identity {
            name: stream_name(token),
            created: info.created,
            subjects,
        };
        Ok(RoomStream::new(self.link.clone(), identity))
    }
}

fn stream_name(token: &str) -> String {
    format!("tictalk-{token}")
}

fn options(url: &EngineUrl, contact: watch::Sender<Contact>) -> ConnectOptions {
    let contact = Arc::new(contact);
    let connections = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let options = ConnectOptions::new()
        .name("tictalk")
        .require_tls(url.scheme == Scheme::Tls)
        .connection_timeout(SERVER_LIMIT)
        .ping_interval(PING_TIME)
        .client_capacity(REQUESTS)
        .subscription_capacity(MESSAGES)
        .reconnect_delay_callback(pause)
        .event_callback(move |event| {
            match event {
                Event::Connected => {
                    let before = connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    contact.send_replace(Contact::Connected(before + 1));
                }
                Event::Disconnected | Event::Closed => {
                    contact.send_replace(Contact::Lost);
                }
                _ => {}
            }
            std::future::ready(())
        });
    match url.login.clone() {
        Login::Nothing => options,
        Login::Token(token) => options.token(token),
        Login::User { name, password } => options.user_and_password(name, password),
    }
}

/// The pause before an attempt to connect, of which this is the number since the last connection.
fn pause(attempt: usize) -> Duration {
    let doubled = u32::try_from(attempt).ok().and_then(|attempt| {
        let factor = 1_u32.checked_shl(attempt.checked_sub(2)?)?;
        Duration::from_millis(50).checked_mul(factor)
    });
    match attempt {
        0 | 1 => Duration::ZERO,
        _ => doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE),
    }
}

//! Where the engine is, and how to log in.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// The port of an engine when the URL has none.
const DEFAULT_PORT: u16 = 4222;

/// `nats://[USER:PASSWORD@ | TOKEN@]HOST[:PORT]`, or `tls://`; more servers of the same engine follow
/// after commas. A part before `@` may have bytes as `%XX`, and a comma or `@` has to be written so.
/// Nothing shows the login.
#[derive(Clone, PartialEq, Eq)]
pub struct EngineUrl {
    pub(super) scheme: Scheme,
    pub(super) login: Login,
    /// Each as `HOST:PORT`; at least one.
    pub(super) servers: Vec<String>,
}

/// Whether the connection has to be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Only if the server demands it.
    Nats,
    /// Always.
    Tls,
}

impl Scheme {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Nats => "nats://",
            Self::Tls => "tls://",
        }
    }
}

/// What a client shows to log in.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Nothing,
    Token(String),
    User { name: String, password: String },
}

/// The text is no URL of an engine. Each message says what to type, and repeats no login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEngineUrl {
    /// The URL does not begin with a known scheme.
    #[error("expected nats://HOST:PORT or tls://HOST:PORT")]
    Scheme,
    /// Two servers have different schemes.
    #[error("all servers of an engine need the same scheme")]
    Schemes,
    /// Two servers have different logins.
    #[error("all servers of an engine need the same login; write it once, before the first host")]
    Logins,
    /// A host is missing, or has characters that no host has.
    #[error("expected a host name or address after the scheme, such as nats://localhost:4222")]
    Host,
    /// The text after the colon is no port.
    #[error("expected a port from 1 to 65535 after the host, such as nats://localhost:4222")]
    Port,
    /// The part before `@` has a `%` without two hexadecimal digits, or is no UTF-8.
    #[error("expected %XX with two hexadecimal digits for each special character before the @")]
    Percent,
}

impl FromStr for EngineUrl {
    type Err = NoEngineUrl;

    fn from_str(text: &str) -> Result<Self, NoEngineUrl> {
        let mut schemes = Vec::new();
        let mut logins = Vec::new();
        let mut servers = Vec::new();
        for text in text.split(',') {
            let (scheme, rest) = scheme(text)?;
            schemes.extend(scheme);
            if servers.is_empty() && schemes.is_empty() {
                return Err(NoEngineUrl::Scheme);
            }
            let host = match rest.rsplit_once('@') {
                Some((text, host)) => {
                    logins.push(login(text)?);
                    host
                }
                None => rest,
            };
            servers.push(server(host.strip_suffix('/').unwrap_or(host))?);
        }
        Ok(Self {
            scheme: only(schemes)
                .ok_or(NoEngineUrl::Schemes)?
                .ok_or(NoEngineUrl::Scheme)?,
            login: only(logins)
                .ok_or(NoEngineUrl::Logins)?
                .unwrap_or(Login::Nothing),
            servers,
        })
    }
}

/// The first of `all`; nothing if another one differs.
fn only<T: PartialEq>(all: Vec<T>) -> Option<Option<T>> {
    let mut all = all.into_iter();
    let first = all.next();
    all.all(|it| Some(&it) == first.as_ref()).then_some(first)
}

fn scheme(text: &str) -> Result<(Option<Scheme>, &str), NoEngineUrl> {
    for scheme in [Scheme::Nats, Scheme::Tls] {
        if let Some(rest) = text.strip_prefix(scheme.text()) {
            return Ok((Some(scheme), rest));
        }
    }
    if text.contains("://") {
        return Err(NoEngineUrl::Scheme);
    }
    Ok((None, text))
}

fn login(text: &str) -> Result<Login, NoEngineUrl> {
    Ok(match text.split_once(':') {
        Some((name, password)) => Login::User {
            name: unescaped(name)?,
            password: unescaped(password)?,
        },
        None => Login::Token(unescaped(text)?),
    })
}

/// The text in which `%XX` stands for a byte.
fn unescaped(text: &str) -> Result<String, NoEngineUrl> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = text.split('%');
    bytes.extend(pieces.next().unwrap_or_default().bytes());
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).ok_or(NoEngineUrl::Percent)?;
        let [byte] = crate::hex::bytes(digits).map_err(|_| NoEngineUrl::Percent)?;
        bytes.push(byte);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).map_err(|_| NoEngineUrl::Percent)
}

fn server(text: &str) -> Result<String, NoEngineUrl> {
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let (address, rest) = inner.split_once(']').ok_or(NoEngineUrl::Host)?;
        let address: Ipv6Addr = address.parse().map_err(|_| NoEngineUrl::Host)?;
        let port = match rest.strip_prefix(':') {
            None if rest.is_empty() => None,
            None => return Err(NoEngineUrl::Port),
            port => port,
        };
        (format!("[{address}]"), port)
    } else {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        let is_of_host = |c: char| c.is_ascii_alphanumeric() || ['-', '.', '_'].contains(&c);
        if host.is_empty() || !host.chars().all(is_of_host) {
            return Err(NoEngineUrl::Host);
        }
        (host.to_ascii_lowercase(), port)
    };
    let port = port.map_or(Ok(DEFAULT_PORT), |port| {
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let number = port.parse().ok().filter(|port| *port > 0 && is_number);
        number.ok_or(NoEngineUrl::Port)
    })?;
    Ok(format!("{host}:{port}"))
}

/// Without the login.
impl fmt::Display for EngineUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.scheme.text(), self.servers.join(","))
    }
}

/// Without the login.
impl fmt::Debug for EngineUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EngineUrl({self})")
    }
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop there"
)]
mod tests {
    use super::{EngineUrl, Login, NoEngineUrl};

    fn shown(text: &str) -> Result<String, NoEngineUrl> {
        text.parse::<EngineUrl>().map(|url| url.to_string())
    }

    #[test]
    fn servers_have_the_port_of_the_url_or_4222() {
        for (text, expected) in [
            ("nats://localhost", "nats://localhost:4222"),
            ("nats://Engine.Example:4333/", "nats://engine.example:4333"),
            ("tls://10.0.0.1", "tls://10.0.0.1:4222"),
            ("nats://[::1]:1", "nats://[::1]:1"),
            ("nats://[fe80::1]", "nats://[fe80::1]:4222"),
            ("nats://a,b:1,nats://c", "nats://a:4222,b:1,c:4222"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for (text, expected) in [
            ("", NoEngineUrl::Scheme),
            ("localhost:4222", NoEngineUrl::Scheme),
            ("http://localhost", NoEngineUrl::Scheme),
            ("nats://a,ws://b", NoEngineUrl::Scheme),
            ("nats://a,tls://b", NoEngineUrl::Schemes),
            ("nats://x@a,y@b", NoEngineUrl::Logins),
            ("nats://", NoEngineUrl::Host),
            ("nats://a,", NoEngineUrl::Host),
            ("nats://a b", NoEngineUrl::Host),
            ("nats://a/b", NoEngineUrl::Host),
            ("nats://[::1", NoEngineUrl::Host),
            ("nats://[1.2.3.4]", NoEngineUrl::Host),
            ("nats://[::1]4222", NoEngineUrl::Port),
            ("nats://a:", NoEngineUrl::Port),
            ("nats://a:0", NoEngineUrl::Port),
            ("nats://a:+1", NoEngineUrl::Port),
            ("nats://a:65536", NoEngineUrl::Port),
            ("nats://a%4@b", NoEngineUrl::Percent),
            ("nats://a%é1@b", NoEngineUrl::Percent),
            ("nats://%ff@b", NoEngineUrl::Percent),
        ] {
            assert_eq!(shown(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_login_is_read_and_never_shown() {
        let user = |name: &str, password: &str| Login::User {
            name: name.to_owned(),
            password: password.to_owned(),
        };
        for (text, expected) in [
            ("nats://secret@a", Login::Token("secret".to_owned())),
            ("nats://ann:secret@a,b", user("ann", "secret")),
            ("nats://ann:secret@a,ann:secret@b", user("ann", "secret")),
            ("nats://ann:se%2Ccr%40et@a", user("ann", "se,cr@et")),
            ("nats://ann:s:e@cret@a", user("ann", "s:e@cret")),
        ] {
            let url: EngineUrl = text.parse().unwrap();
            assert!(url.login == expected, "{text}");
            let all = format!("{url} {url:?}");
            assert!(!all.contains("ann") && !all.contains("cret"), "{all}");
        }
        let Err(error) = "nats://ann:secret@".parse::<EngineUrl>() else {
            panic!("a URL without a host was taken");
        };
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

//! A host with or without a port, as a person types it.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// `HOST` or `HOST:PORT`. The brackets of an IPv6 address are needed only before a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// A host name or an IP address, without brackets.
    pub host: String,
    /// The port, if it is part of the text.
    pub port: Option<u16>,
}

/// The text is neither `HOST` nor `HOST:PORT`. Each message says what to type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHostPort {
    /// There is no text, or only a port.
    #[error("expected a host name or address, such as localhost or localhost:1059")]
    NoHost,
    /// There is only a number.
    #[error("a number alone is not a host; type localhost:{0} or --port {0}")]
    OnlyNumber(u16),
    /// The text is a URL, or ends with a path.
    #[error("expected a host, not a URL; type {0}")]
    Url(String),
    /// The text after the colon is not a port.
    #[error("expected a port from 0 to 65535 after the colon, such as {0}:1059")]
    NoPort(String),
    /// There are several colons, and it is not an IPv6 address.
    #[error("expected HOST or HOST:PORT, with an IPv6 address in brackets, such as [::1]:1059")]
    Colons,
}

impl FromStr for HostPort {
    type Err = NoHostPort;

    fn from_str(text: &str) -> Result<Self, NoHostPort> {
        if let Some(rest) = host_of_url(text) {
            let is_usable = rest.parse::<Self>().is_ok();
            let advice = if is_usable { rest } else { "localhost:1059" };
            return Err(NoHostPort::Url(advice.to_owned()));
        }
        if let Some(inner) = text.strip_prefix('[') {
            let (host, rest) = inner.split_once(']').ok_or(NoHostPort::Colons)?;
            if !is_ipv6(host) {
                return Err(NoHostPort::Colons);
            }
            return match rest.strip_prefix(':') {
                Some(port) => Self::with_port(host, port),
                None if rest.is_empty() => Ok(Self::without_port(host)),
                None => Err(NoHostPort::Colons),
            };
        }
        match text.split_once(':') {
            None if text.is_empty() => Err(NoHostPort::NoHost),
            None => match text.parse() {
                Ok(port) => Err(NoHostPort::OnlyNumber(port)),
                Err(_) => Ok(Self::without_port(text)),
            },
            Some(("", port)) if !port.contains(':') => Err(NoHostPort::NoHost),
            Some((host, port)) if !port.contains(':') => Self::with_port(host, port),
            Some(_) if is_ipv6(text) => Ok(Self::without_port(text)),
            Some(_) => Err(NoHostPort::Colons),
        }
    }
}

impl HostPort {
    fn without_port(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: None,
        }
    }

    fn with_port(host: &str, port: &str) -> Result<Self, NoHostPort> {
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        match port.parse() {
            Ok(port) if is_number => Ok(Self {
                host: host.to_owned(),
                port: Some(port),
            }),
            _ if host.contains(':') => Err(NoHostPort::NoPort(format!("[{host}]"))),
            _ => Err(NoHostPort::NoPort(host.to_owned())),
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) if self.host.contains(':') => write!(f, "[{}]:{port}", self.host),
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

/// The host and port in a URL, or before a path; `None` for any other text.
fn host_of_url(text: &str) -> Option<&str> {
    let rest = match text.split_once("://") {
        Some((_, rest)) => rest,
        None if text.contains('/') => text,
        None => return None,
    };
    rest.split('/').next()
}

/// Whether this is an IPv6 address, which may end with a zone, as in `fe80::1%eth0`.
fn is_ipv6(text: &str) -> bool {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{HostPort, NoHostPort};

    fn parse(text: &str) -> Result<(String, Option<u16>), NoHostPort> {
        let place: HostPort = text.parse()?;
        Ok((place.host, place.port))
    }

    #[test]
    fn a_host_may_have_a_port() {
        for (text, host, port) in [
            ("localhost", "localhost", None),
            ("localhost:1059", "localhost", Some(1059)),
            ("192.168.1.7:0", "192.168.1.7", Some(0)),
            ("::1", "::1", None),
            ("[::1]", "::1", None),
            ("[::1]:1059", "::1", Some(1059)),
            ("fe80::1%eth0", "fe80::1%eth0", None),
            ("[fe80::1%eth0]:7", "fe80::1%eth0", Some(7)),
        ] {
            assert_eq!(parse(text), Ok((host.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_to_type() {
        for (text, told) in [
            ("", "such as localhost or localhost:1059"),
            (":1059", "such as localhost or localhost:1059"),
            ("4000", "type localhost:4000 or --port 4000"),
            ("http://localhost:1059", "not a URL; type localhost:1059"),
            ("http://example.org/a/b", "not a URL; type example.org"),
            ("http://[::1]:7/", "not a URL; type [::1]:7"),
            ("http://", "not a URL; type localhost:1059"),
            ("localhost/", "not a URL; type localhost"),
            ("localhost:", "after the colon, such as localhost:1059"),
            ("localhost:http", "after the colon, such as localhost:1059"),
            ("localhost:65536", "from 0 to 65535"),
            ("localhost:+1", "from 0 to 65535"),
            ("[::1]:x", "such as [::1]:1059"),
            ("a:b:c", "in brackets"),
            ("[::1", "in brackets"),
            ("[::1]1059", "in brackets"),
            ("[localhost]:1", "in brackets"),
        ] {
            let error = parse(text).err().map(|error| error.to_string());
            let error = error.unwrap_or_default();
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn a_port_is_shown_after_an_address_in_brackets() {
        for text in ["localhost", "localhost:7", "::1", "[::1]:7"] {
            let place = text.parse::<HostPort>().map(|place| place.to_string());
            assert_eq!(place.as_deref(), Ok(text));
        }
    }
}

//! The head of a request.

use crate::wire::FIRST_BYTES;

/// Maximum number of header fields. Browsers send about fifteen.
const FIELDS: usize = 64;

/// The length of a WebSocket key: 16 bytes in base64 (RFC 6455, 4.1).
const KEY: usize = 24;

/// The parts of a request's head that matter here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: Method,
    /// The target without a query.
    pub(super) path: String,
    pub(super) host: String,
    pub(super) origin: Option<String>,
    /// The version of the file that the browser has.
    pub(super) etag: Option<String>,
    /// The key of a request that opens a WebSocket of version 13.
    pub(super) websocket_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Other,
}

/// Why a head cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHead {
    /// It breaks the rules of HTTP, or announces a body.
    Malformed,
    /// It has more than [`FIRST_BYTES`] bytes or too many fields.
    TooLong,
    /// It was not complete in time.
    Late,
}

/// Parses a head. Returns it with its length in bytes; `None` if more bytes are needed.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, BadHead> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= FIRST_BYTES => length,
        Ok(httparse::Status::Partial) if bytes.len() < FIRST_BYTES => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(BadHead::TooLong),
        Err(_) => return Err(BadHead::Malformed),
    };
    let is_current = request.version == Some(1);
    let method = match request.method {
        Some("GET") => Method::Get,
        Some("HEAD") => Method::Head,
        _ => Method::Other,
    };
    let target = request.path.unwrap_or_default();
    if !target.starts_with('/') {
        return Err(BadHead::Malformed);
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let fields = Fields(request.headers);
    if fields.has_body() {
        return Err(BadHead::Malformed);
    }
    Ok(Some((
        Head {
            method,
            path: path.to_owned(),
            host: fields.one("host")?.ok_or(BadHead::Malformed)?,
            origin: fields.one("origin")?,
            etag: fields.one("if-none-match")?,
            websocket_key: fields.websocket_key(is_current)?,
        },
        length,
    )))
}

struct Fields<'head>(&'head [httparse::Header<'head>]);

impl Fields<'_> {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let fields = self.0.iter();
        fields
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }

    /// The value of a field that may occur once.
    fn one(&self, name: &str) -> Result<Option<String>, BadHead> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) if value.is_ascii() => {
                Ok(Some(String::from_utf8_lossy(value).trim().to_owned()))
            }
            (Some(_), _) => Err(BadHead::Malformed),
        }
    }

    /// Whether a field that lists words contains this one.
    fn lists(&self, name: &str, word: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .any(|listed| listed.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Whether a body follows. No request for the page has one, and a body could hide a second
    /// request.
    fn has_body(&self) -> bool {
        self.all("transfer-encoding").next().is_some()
            || self.all("content-length").any(|length| length != b"0")
    }

    fn websocket_key(&self, is_current: bool) -> Result<Option<String>, BadHead> {
        let version = self.one("sec-websocket-version")?;
        let key = self.one("sec-websocket-key")?;
        let asks = is_current
            && self.lists("upgrade", "websocket")
            && self.lists("connection", "upgrade")
            && version.as_deref() == Some("13");
        Ok(key.filter(|key| asks && key.len() == KEY))
    }
}

//! What the host tells others, and how the host's own page is found.

use crate::net::{Extent, LinePolicy, Pages, Reach};
use crate::terminal::{Console, Ink, NoQrCode, QrCodes, detect_glyphs, qr_code};
use crate::words::Code;

/// What the host of a room tells others.
#[derive(Debug)]
pub(super) struct Invitation {
    /// How people reach the room.
    pub(super) reach: Reach,
    /// Whether they can do so in a browser, if the room takes plain lines.
    pub(super) pages: Pages,
    /// Which lines the room takes.
    pub(super) lines: LinePolicy,
    /// The code that opens a private line.
    pub(super) code: Option<Code>,
    /// The secret of the host's page in hexadecimal digits, if there is such a page.
    pub(super) secret: Option<String>,
    /// When the QR code of the page is shown.
    pub(super) codes: QrCodes,
}

/// Why the host sees no QR code.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoCode {
    #[error("There is no page: the room was opened with --no-page.")]
    NoPage,
    #[error("There is no page: the room is private.")]
    Private,
    #[error(
        "Only this machine reaches the room, so a QR code is of no use. Open it with --host 0.0.0.0."
    )]
    OnlyHere,
    #[error("This machine has no address for a QR code.")]
    NoLink,
    #[error(transparent)]
    Undrawn(#[from] NoQrCode),
}

impl Invitation {
    /// What the host reads at the start, in whole lines.
    pub(super) fn start(&self, console: &impl Console) -> String {
        let mut text = self.reach.invitation("the class", &self.pages);
        let secret = match self.pages {
            Pages::On { .. } if self.lines.takes_plain() => self.secret.as_deref(),
            Pages::On { .. } | Pages::Off => None,
        };
        if let Some(link) = secret.and_then(|secret| self.reach.host_link(secret)) {
            text.push_str(&format!("Your page: {link}\n"));
        }
        match (self.codes, self.code(console)) {
            (QrCodes::AtStart, Ok(code)) => text + &code,
            // The host has not asked for it.
            (QrCodes::AtStart, Err(_)) | (QrCodes::OnRequest, _) => text,
        }
    }

    /// The code, in a line that everybody reads who opens the room.
    pub(super) fn code_line(&self) -> Option<String> {
        let code = self.code.as_ref()?;
        Some(format!("Code: {}\n", code.as_str()))
    }

    /// The links of the page.
    pub(super) fn links(&self) -> Vec<String> {
        match self.lines.takes_plain() {
            true => self.reach.links(),
            false => Vec::new(),
        }
    }

    /// The commands for those who have no browser.
    pub(super) fn commands(&self) -> Vec<String> {
        let mut commands = self.reach.commands();
        commands.extend(self.reach.plain_command());
        commands
    }

    /// The QR code of the first link, and the link below it.
    ///
    /// # Errors
    /// [`NoCode`], if it is of no use or the console cannot show it.
    pub(super) fn code(&self, console: &impl Console) -> Result<String, NoCode> {
        match (&self.pages, self.reach.extent()) {
            (Pages::Off, _) => return Err(NoCode::NoPage),
            (Pages::On { .. }, _) if !self.lines.takes_plain() => return Err(NoCode::Private),
            (Pages::On { .. }, Extent::Machine) => return Err(NoCode::OnlyHere),
            (Pages::On { .. }, Extent::Network | Extent::Unconnected) => {}
        }
        let links = self.reach.links();
        let link = links.first().ok_or(NoCode::NoLink)?;
        let paint = console.style().paint;
        let code = qr_code(link, console.size(), paint, detect_glyphs())?;
        Ok(format!("{code}{}\n", paint.ink(Ink::Game, link)))
    }
}

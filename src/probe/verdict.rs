//! The verdict on one case, as data.

use crate::text::visible;
use serde::Serialize;

/// The verdict of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeVerdict {
    /// The program did what was expected.
    Pass,
    /// It did something that breaks a conversation.
    Fault,
    /// It did something legal, but unusual.
    Style,
    /// The case does not apply to this program, or could not be tried.
    NotApplicable,
}

impl ProbeVerdict {
    /// Every verdict.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Fault, Self::Style, Self::NotApplicable];

    /// The verdict in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fault => "fault",
            Self::Style => "style",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// The result of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: ProbeVerdict,
    /// The behaviour that decided the case, or the reason why the case does not apply: one sentence. It
    /// may quote foreign text, which is [`visible`].
    pub came: String,
    /// Where to look, if it differs from what the case says.
    pub look: Option<&'static str>,
    /// The bytes that the probe sent, in order.
    pub sent: Vec<Excerpt>,
}

impl Finding {
    fn new(verdict: ProbeVerdict, came: impl Into<String>) -> Self {
        Self {
            verdict,
            came: came.into(),
            look: None,
            sent: Vec::new(),
        }
    }

    /// The program did what was expected.
    #[must_use]
    pub fn pass(came: impl Into<String>) -> Self {
        Self::new(ProbeVerdict::Pass, came)
    }

    /// The program has a fault.
    #[must_use]
    pub fn fault(came: impl Into<String>) -> Self {
        Self::new(ProbeVerdict::Fault, came)
    }

    /// The program is unusual.
    #[must_use]
    pub fn style(came: impl Into<String>) -> Self {
        Self::new(ProbeVerdict::Style, came)
    }

    /// The case does not apply, and why.
    #[must_use]
    pub fn not_applicable(why: impl Into<String>) -> Self {
        Self::new(ProbeVerdict::NotApplicable, why)
    }

    /// The same with another place to look at.
    #[must_use]
    pub fn look(self, look: &'static str) -> Self {
        Self {
            look: Some(look),
            ..self
        }
    }
}

/// Bytes that were sent or received, cut to a length that people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The number of bytes before the cut.
    pub bytes: usize,
    /// The first bytes as text: [`visible`], in one line.
    pub text: String,
    /// The first bytes in hexadecimal digits.
    pub hex: String,
    /// The same for people: a run of one byte is written once, with its length.
    #[serde(skip)]
    pub short: String,
}

/// The most bytes of an [`Excerpt`]; a run counts as one.
const EXCERPT: usize = 24;

/// How many equal bytes in a row are a run.
const RUN: usize = 8;

impl Excerpt {
    /// The beginning of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let shown = bytes.get(..EXCERPT).unwrap_or(bytes);
        let rest = |is_cut: bool| if is_cut { "…" } else { "" };
        let hex: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
        let (mut units, mut text, mut covered) = (Vec::new(), Vec::new(), 0);
        for run in bytes.chunk_by(|one, next| one == next) {
            let Some(byte) = run.first().filter(|_| units.len() < EXCERPT) else {
                break;
            };
            if run.len() >= RUN {
                units.push(format!("{byte:02x}×{}", run.len()));
                text.push(*byte);
                text.extend(format!("(×{})", run.len()).bytes());
                covered += run.len();
                continue;
            }
            for byte in run.iter().take(EXCERPT - units.len()) {
                units.push(format!("{byte:02x}"));
                text.push(*byte);
                covered += 1;
            }
        }
        let is_cut = covered < bytes.len();
        Self {
            bytes: bytes.len(),
            text: format!(
                "{}{}",
                in_line(&String::from_utf8_lossy(&text)),
                rest(is_cut)
            ),
            hex: format!("{}{}", hex.join(" "), rest(shown.len() < bytes.len())),
            short: format!("{}{}", units.join(" "), rest(is_cut)),
        }
    }
}

/// Foreign text in quotation marks, in one line and cut to a length that people read.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown = in_line(text.trim_end());
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("\"{}…\"", shown.get(..end).unwrap_or_default()),
        None => format!("\"{shown}\""),
    }
}

/// Foreign text in one line, with marks for what cannot be seen.
fn in_line(text: &str) -> String {
    // Line feeds and tabs are kept by `visible`, and CR LF would become a line feed.
    let marked = text.replace('\r', "\u{240d}");
    let marked = marked.replace('\n', "\u{240a}").replace('\t', "\u{2409}");
    visible(&marked).into_owned()
}

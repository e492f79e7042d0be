//! The report of an examination, in four formats.

mod json;
mod junit;
mod markdown;
mod text;

use super::findings::ProbeReport;
use crate::terminal::Paint;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Lines for reading.
    Text,
    /// One JSON object.
    Json,
    /// The XML that CI servers read.
    Junit,
    /// Markdown.
    Markdown,
}

impl ReportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Junit, Self::Markdown];

    /// The name, as in `--format`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// The report in this format. Only text has colours.
    #[must_use]
    pub fn render(self, report: &ProbeReport, paint: Paint) -> String {
        match self {
            Self::Text => text::render(report, paint),
            Self::Json => json::render(report),
            Self::Junit => junit::render(report),
            Self::Markdown => markdown::render(report),
        }
    }
}

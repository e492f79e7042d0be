//! What an examination has found, as data.

use super::case::{Family, ProbeCase};
use super::facts::Examined;
use super::framing::Framing;
use super::verdict::{Finding, ProbeVerdict};
use crate::text::count;
use std::time::Duration;

/// What an examination has found.
#[derive(Debug)]
pub struct ProbeReport {
    /// The kind of the program.
    pub examined: Examined,
    /// Where it is.
    pub place: String,
    /// The framing of what it reads.
    pub reads: Framing,
    /// The framing of what it sends.
    pub writes: Framing,
    /// A finding for each case, in the order in which the cases ran.
    pub rows: Vec<CaseResult>,
    /// The case whose fault has ended the program, if one has.
    pub ended_by: Option<&'static str>,
    /// Advice that belongs to no case.
    pub note: Option<&'static str>,
    /// How long the examination took.
    pub took: Duration,
}

/// A case and its finding.
#[derive(Debug)]
pub struct CaseResult {
    /// The case.
    pub case: &'static ProbeCase,
    /// What was found.
    pub finding: Finding,
    /// How long the case took.
    pub took: Duration,
}

impl CaseResult {
    /// Where to look, if something is to be done.
    pub(super) fn look(&self) -> &'static str {
        self.finding.look.unwrap_or(self.case.look)
    }

    /// Why the case does not apply or was not tried, if it does not.
    pub(super) fn skipped_for(&self) -> Option<&str> {
        match self.finding.verdict {
            ProbeVerdict::NotApplicable => Some(&self.finding.came),
            ProbeVerdict::Pass | ProbeVerdict::Fault | ProbeVerdict::Style => None,
        }
    }

    /// Whether there is something to say beyond the verdict.
    pub(super) fn is_remarkable(&self) -> bool {
        match self.finding.verdict {
            ProbeVerdict::Fault | ProbeVerdict::Style => true,
            ProbeVerdict::Pass | ProbeVerdict::NotApplicable => false,
        }
    }
}

impl ProbeReport {
    /// How many cases have this verdict.
    #[must_use]
    pub fn count(&self, verdict: ProbeVerdict) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.finding.verdict == verdict).count()
    }

    /// Whether the program has a fault; if `strict`, style counts as one.
    #[must_use]
    pub fn has_fault(&self, strict: bool) -> bool {
        let style = if strict {
            self.count(ProbeVerdict::Style)
        } else {
            0
        };
        self.count(ProbeVerdict::Fault) + style > 0
    }

    /// The results of each family that has any, in the order of the report.
    pub(super) fn families(&self) -> Vec<(Family, Vec<&CaseResult>)> {
        let families = Family::ALL.into_iter().map(|family| {
            let rows = self.rows.iter().filter(|row| row.case.family == family);
            (family, rows.collect::<Vec<_>>())
        });
        families.filter(|(_, rows)| !rows.is_empty()).collect()
    }

    /// The results that need more than a line.
    pub(super) fn remarkable(&self) -> impl Iterator<Item = &CaseResult> {
        self.rows.iter().filter(|row| row.is_remarkable())
    }

    /// What to do after a case has ended the program, if one has. `quote` marks the name of the case.
    pub(super) fn advice_after_end(&self, quote: &str) -> Option<String> {
        let case = self.ended_by?;
        Some(format!(
            "Your program ended at {quote}{case}{quote}. Fix the fault and probe again."
        ))
    }

    /// What was examined, in a line.
    pub(super) fn title(&self) -> String {
        let what = match self.examined {
            Examined::Server => "server at",
            Examined::Client => "client that connects to",
        };
        format!("{what} {}", self.place)
    }

    /// The framing, in a line.
    pub(super) fn framing(&self) -> String {
        match self.reads == self.writes {
            true => self.reads.words(),
            false => format!(
                "reads {}; answers in {}",
                self.reads.short(),
                self.writes.short()
            ),
        }
    }

    /// The numbers, in a line.
    pub(super) fn summary(&self) -> String {
        let counts = ProbeVerdict::ALL.map(|verdict| {
            let count = self.count(verdict);
            match verdict {
                ProbeVerdict::Pass => format!("{count} passed"),
                ProbeVerdict::Fault if count == 1 => "1 fault".to_owned(),
                ProbeVerdict::Fault => format!("{count} faults"),
                ProbeVerdict::Style => format!("{count} style"),
                ProbeVerdict::NotApplicable => format!("{count} not applicable"),
            }
        });
        let cases = self.rows.len();
        format!(
            "{}: {}; {:.1} s",
            count(cases, "case"),
            counts.join(", "),
            self.took.as_secs_f64()
        )
    }
}

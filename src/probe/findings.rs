//! The result of an examination, as data.

use super::case::{Family, ProbeCase};
use super::facts::Examined;
use super::framing::Framing;
use super::verdict::{Finding, ProbeVerdict};
use crate::text::count;
use std::time::Duration;

/// The result of an examination.
#[derive(Debug)]
pub struct ProbeReport {
    /// The kind of the program.
    pub examined: Examined,
    /// Where it is.
    pub place: String,
    /// The framing of what it reads, if it is known.
    pub reads: Option<Framing>,
    /// The framing of what it sends, if it is known.
    pub writes: Option<Framing>,
    /// A finding for each case, in the order in which the cases ran.
    pub rows: Vec<CaseResult>,
    /// The case whose fault has ended the program, if one has.
    pub ended_by: Option<&'static str>,
    /// Advice that belongs to no case.
    pub note: Option<&'static str>,
    /// How long the examination took.
    pub took: Duration,
}

/// The outcome of an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// At least one case was tried, and none found a fault.
    Passed,
    /// The program has a fault.
    Faulty,
    /// No case was tried.
    Untried,
}

/// A case and its finding.
#[derive(Debug)]
pub struct CaseResult {
    /// The case.
    pub case: &'static ProbeCase,
    /// The finding.
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

    /// The outcome; if `strict`, style counts as a fault.
    #[must_use]
    pub fn outcome(&self, strict: bool) -> ProbeOutcome {
        let style = if strict {
            self.count(ProbeVerdict::Style)
        } else {
            0
        };
        if self.count(ProbeVerdict::Fault) + style > 0 {
            ProbeOutcome::Faulty
        } else if self.count(ProbeVerdict::NotApplicable) == self.rows.len() {
            ProbeOutcome::Untried
        } else {
            ProbeOutcome::Passed
        }
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

    /// Advice if a case has ended the program. `quote` marks the name of the case.
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
        match (self.reads, self.writes) {
            (Some(reads), Some(writes)) if reads != writes => {
                format!("reads {}; answers in {}", reads.short(), writes.short())
            }
            (Some(framing), _) | (None, Some(framing)) => framing.words(),
            (None, None) => "not recognized".to_owned(),
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

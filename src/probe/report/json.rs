//! The report as one JSON object.

use super::super::case::Family;
use super::super::facts::Examined;
use super::super::findings::{CaseResult, ProbeReport};
use super::super::framing::Framing;
use super::super::verdict::{Excerpt, ProbeVerdict};
use serde::Serialize;

#[derive(Serialize)]
struct JsonReport<'a> {
    program: &'static str,
    place: &'a str,
    framing: JsonFraming,
    note: Option<&'static str>,
    ended_by: Option<&'static str>,
    counts: JsonCounts,
    milliseconds: u128,
    cases: Vec<JsonCase<'a>>,
}

#[derive(Serialize)]
struct JsonFraming {
    reads: Option<&'static str>,
    writes: Option<&'static str>,
    words: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct JsonCounts {
    pass: usize,
    fault: usize,
    style: usize,
    not_applicable: usize,
}

#[derive(Serialize)]
struct JsonCase<'a> {
    id: &'static str,
    family: &'static str,
    verdict: ProbeVerdict,
    sentence: &'static str,
    sent: &'a [Excerpt],
    expected: &'static str,
    came: &'a str,
    look: &'static str,
    source: &'static str,
    milliseconds: u128,
}

pub(super) fn render(report: &ProbeReport) -> String {
    let program = match report.examined {
        Examined::Server => "server",
        Examined::Client => "client",
    };
    let object = JsonReport {
        program,
        place: &report.place,
        framing: JsonFraming {
            reads: report.reads.map(Framing::name),
            writes: report.writes.map(Framing::name),
            words: report.framing(),
        },
        note: report.note,
        ended_by: report.ended_by,
        counts: JsonCounts {
            pass: report.count(ProbeVerdict::Pass),
            fault: report.count(ProbeVerdict::Fault),
            style: report.count(ProbeVerdict::Style),
            not_applicable: report.count(ProbeVerdict::NotApplicable),
        },
        milliseconds: report.took.as_millis(),
        cases: report.rows.iter().map(case).collect(),
    };
    let text = serde_json::to_string_pretty(&object).unwrap_or_default();
    format!("{text}\n")
}

fn case(row: &CaseResult) -> JsonCase<'_> {
    JsonCase {
        id: row.case.id,
        family: Family::name(row.case.family),
        verdict: row.finding.verdict,
        sentence: row.case.sentence,
        sent: &row.finding.sent,
        expected: row.case.expected,
        came: &row.finding.came,
        look: row.look(),
        source: row.case.source,
        milliseconds: row.took.as_millis(),
    }
}

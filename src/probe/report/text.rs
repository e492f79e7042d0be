//! The report as lines for a terminal of 80 columns.

use super::super::findings::{CaseResult, ProbeReport};
use super::super::verdict::{Excerpt, ProbeVerdict};
use crate::terminal::{Ink, Paint};
use crate::text::{count, wrap};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The width of the report.
const WIDTH: usize = 80;

/// The widths of the columns of verdicts and ids.
const VERDICT: usize = 7;
const ID: usize = 22;

/// The width of the labels of a finding.
const LABEL: usize = 14;

/// Up to this many cases that do not apply for the same reason have a line each.
const MOST_ALIKE: usize = 3;

/// How many of the last bytes that were sent are shown.
const SENT: usize = 3;

pub(super) fn render(report: &ProbeReport, paint: Paint) -> String {
    let mut text = format!("tictalk probe: {}\n", report.title());
    text.push_str(&paragraph("", &format!("Framing: {}", report.framing())));
    if let Some(note) = report.note {
        text.push_str(&paragraph("", note));
    }
    for (family, rows) in report.families() {
        let _ = write!(text, "\n{}\n", paint.ink(Ink::Game, family.name()));
        text.push_str(&lines(&rows, paint));
    }
    for row in report.remarkable() {
        text.push_str(&details(row, paint));
    }
    let _ = write!(text, "\n{}\n", report.summary());
    if let Some(advice) = report.advice_after_end("") {
        text.push_str(&paragraph("", &advice));
    }
    text
}

/// The verdict as a word that is found without its colour.
fn mark(verdict: ProbeVerdict) -> &'static str {
    match verdict {
        ProbeVerdict::Pass => "ok",
        ProbeVerdict::Fault => "FAULT",
        ProbeVerdict::Style => "style",
        ProbeVerdict::NotApplicable => "-",
    }
}

fn painted(verdict: ProbeVerdict, paint: Paint) -> String {
    let mark = format!("{:VERDICT$}", mark(verdict));
    match verdict {
        ProbeVerdict::Pass => paint.ink(Ink::Win, &mark),
        ProbeVerdict::Fault => paint.ink(Ink::Refusal, &mark),
        ProbeVerdict::Style => paint.ink(Ink::Name, &mark),
        ProbeVerdict::NotApplicable => paint.ink(Ink::Hint, &mark),
    }
}

/// A line for each case. Many cases that do not apply for the same reason share one.
fn lines(rows: &[&CaseResult], paint: Paint) -> String {
    let mut text = String::new();
    let mut shared = BTreeSet::new();
    for row in rows {
        let verdict = row.finding.verdict;
        let Some(reason) = row.skipped_for() else {
            text.push_str(&line(verdict, row.case.id, row.case.sentence, paint));
            continue;
        };
        let alike = rows
            .iter()
            .filter(|other| other.skipped_for() == Some(reason));
        match alike.count() {
            ..=MOST_ALIKE => text.push_str(&line(verdict, row.case.id, reason, paint)),
            many if shared.insert(reason) => {
                text.push_str(&line(verdict, &count(many, "case"), reason, paint));
            }
            _ => {}
        }
    }
    text
}

fn line(verdict: ProbeVerdict, what: &str, words: &str, paint: Paint) -> String {
    let indent = 2 + VERDICT + 1 + ID + 1;
    let words = hanging(words, indent);
    format!("  {} {what:ID$} {words}\n", painted(verdict, paint))
}

/// Text that is wrapped at the width of the report, with all lines but the first one indented.
fn hanging(text: &str, indent: usize) -> String {
    let wrapped = wrap(&format!("{text}\n"), WIDTH - indent).into_owned();
    let lines: Vec<&str> = wrapped.lines().map(str::trim).collect();
    lines.join(&format!("\n{:indent$}", ""))
}

fn paragraph(label: &str, text: &str) -> String {
    if label.is_empty() {
        return format!("{}\n", hanging(text, 0));
    }
    let indent = 2 + LABEL;
    format!("  {label:LABEL$}{}\n", hanging(text, indent))
}

fn details(row: &CaseResult, paint: Paint) -> String {
    let verdict = row.finding.verdict;
    let mut text = format!("\n{} {}\n", painted(verdict, paint).trim_end(), row.case.id);
    text.push_str(&paragraph("case", row.case.sentence));
    let sent = &row.finding.sent;
    let skipped = sent.len().saturating_sub(SENT);
    for (number, excerpt) in (0..).zip(sent.iter().skip(skipped)) {
        let label = if number == 0 { "sent" } else { " " };
        text.push_str(&paragraph(label, &bytes(excerpt)));
    }
    text.push_str(&paragraph("expected", row.case.expected));
    text.push_str(&paragraph("received", &row.finding.came));
    text.push_str(&paragraph("where to look", row.look()));
    text.push_str(&paragraph("see", row.case.source));
    text
}

fn bytes(excerpt: &Excerpt) -> String {
    let count = match excerpt.bytes {
        1 => "1 byte".to_owned(),
        bytes => format!("{bytes} bytes"),
    };
    format!("{count} \"{}\" = {}", excerpt.text, excerpt.short)
}

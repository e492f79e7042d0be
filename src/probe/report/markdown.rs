//! The report as Markdown.

use super::super::findings::{CaseResult, ProbeReport};
use super::super::verdict::ProbeVerdict;
use std::fmt::Write as _;

pub(super) fn render(report: &ProbeReport) -> String {
    let mut text = format!("# Probe of the {}\n\n", escaped(&report.title()));
    let _ = write!(
        text,
        "Framing: {}.\n\n{}.\n",
        escaped(&report.framing()),
        report.summary()
    );
    if let Some(note) = report.note {
        let _ = write!(text, "\n{}\n", escaped(note));
    }
    if let Some(advice) = report.advice_after_end("`") {
        let _ = write!(text, "\n{advice}\n");
    }
    for (family, rows) in report.families() {
        let _ = write!(
            text,
            "\n## {}\n\n| verdict | case | |\n|---|---|---|\n",
            family.name()
        );
        for row in rows {
            let words = match row.finding.verdict {
                ProbeVerdict::NotApplicable => &row.finding.came,
                _ => row.case.sentence,
            };
            let verdict = match row.finding.verdict {
                ProbeVerdict::Fault => "**fault**",
                other => other.name(),
            };
            let _ = writeln!(
                text,
                "| {verdict} | `{}` | {} |",
                row.case.id,
                escaped(words)
            );
        }
    }
    for row in report.remarkable() {
        text.push_str(&details(row));
    }
    text
}

fn details(row: &CaseResult) -> String {
    let mut text = format!("\n## {}: `{}`\n\n", row.finding.verdict.name(), row.case.id);
    let _ = write!(text, "{}\n\n", escaped(row.case.sentence));
    for excerpt in &row.finding.sent {
        let _ = writeln!(
            text,
            "- Sent {} bytes: {} (`{}`)",
            excerpt.bytes,
            escaped(&excerpt.text),
            excerpt.short
        );
    }
    let _ = writeln!(text, "- Expected: {}", escaped(row.case.expected));
    let _ = writeln!(text, "- Received: {}", escaped(&row.finding.came));
    let _ = writeln!(text, "- Where to look: {}", escaped(row.look()));
    let _ = writeln!(text, "- See: {}", escaped(row.case.source));
    text
}

/// Text that Markdown shows as it is (CommonMark 0.31, 2.4): every sign of ASCII that could mean
/// something has a backslash.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' | '!' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

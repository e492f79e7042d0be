//! The report as the XML that CI servers read. Foreign text is visible text already, so it has no
//! control characters, which XML 1.0 does not allow even as references.

use super::super::findings::{CaseResult, ProbeReport};
use super::super::verdict::ProbeVerdict;
use std::fmt::Write as _;
use std::time::Duration;

pub(super) fn render(report: &ProbeReport) -> String {
    let skipped = report.count(ProbeVerdict::NotApplicable);
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let _ = writeln!(
        xml,
        "<testsuites name=\"tictalk probe\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{skipped}\" time=\"{}\">",
        report.rows.len(),
        report.count(ProbeVerdict::Fault),
        seconds(report.took)
    );
    for (family, rows) in report.families() {
        let count = |verdict| {
            rows.iter()
                .filter(|row| row.finding.verdict == verdict)
                .count()
        };
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{}\">",
            family.name(),
            rows.len(),
            count(ProbeVerdict::Fault),
            count(ProbeVerdict::NotApplicable),
            seconds(rows.iter().map(|row| row.took).sum())
        );
        for row in rows {
            xml.push_str(&case(row));
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn case(row: &CaseResult) -> String {
    let name = format!(
        "    <testcase classname=\"tictalk.probe.{}\" name=\"{}\" time=\"{}\"",
        row.case.family.name(),
        row.case.id,
        seconds(row.took)
    );
    let came = escaped(&row.finding.came);
    match row.finding.verdict {
        ProbeVerdict::Pass => format!("{name}/>\n"),
        ProbeVerdict::NotApplicable => {
            format!("{name}>\n      <skipped message=\"{came}\"/>\n    </testcase>\n")
        }
        ProbeVerdict::Fault => format!(
            "{name}>\n      <failure message=\"{came}\">{}</failure>\n    </testcase>\n",
            escaped(&words(row))
        ),
        ProbeVerdict::Style => format!(
            "{name}>\n      <system-out>style: {}</system-out>\n    </testcase>\n",
            escaped(&words(row))
        ),
    }
}

/// The finding in lines.
fn words(row: &CaseResult) -> String {
    let mut words = format!("{}\n", row.case.sentence);
    for excerpt in &row.finding.sent {
        let _ = writeln!(words, "sent: {} = {}", excerpt.text, excerpt.short);
    }
    let _ = write!(
        words,
        "expected: {}\nreceived: {}\nwhere to look: {}\nsee: {}",
        row.case.expected,
        row.finding.came,
        row.look(),
        row.case.source
    );
    words
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text for content and for attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            // Not among the characters of XML 1.0.
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}

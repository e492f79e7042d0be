//! The table as a page of HTML.

use super::grid::{HEADINGS, cells, cross, faults, heading};
use super::table::TournamentTable;
use crate::drawing::escaped;
use crate::text::in_line;
use std::fmt::Write as _;

/// The head of the page, before its title. It loads nothing.
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <style>\n\
    :root { color-scheme: light dark }\n\
    body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }\n\
    table { border-collapse: collapse; margin: 1.5rem 0 }\n\
    caption { text-align: left; font-weight: bold }\n\
    th, td { padding: .2rem .6rem; text-align: right; font-variant-numeric: tabular-nums; \
    border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }\n\
    th[scope=row], th.name { text-align: left }\n\
    </style>\n";

impl TournamentTable {
    /// The standings, the crosstable and the games lost by a fault as an HTML page that needs
    /// nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        let title = escaped(&in_line(&heading(self)));
        let mut page = format!("{HEAD}<title>{title}</title>\n<h1>{title}</h1>\n");
        page.push_str("<table>\n<caption>Standings</caption>\n<tr>");
        for (at, heading) in HEADINGS.iter().enumerate() {
            let class = if at == 1 { " class=\"name\"" } else { "" };
            let _ = write!(page, "<th scope=\"col\"{class}>{heading}</th>");
        }
        page.push_str("</tr>\n");
        for row in &self.rows {
            page.push_str("<tr>");
            for (at, cell) in cells(self, row).iter().enumerate() {
                push_cell(&mut page, cell, at == 1);
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</table>\n<table>\n<caption>Points against each player</caption>\n");
        page.push_str("<tr><th scope=\"col\"></th><th scope=\"col\" class=\"name\">player</th>");
        for number in 1..=self.rows.len() {
            let _ = write!(page, "<th scope=\"col\">{number}</th>");
        }
        page.push_str("</tr>\n");
        for (index, of) in self.rows.iter().enumerate() {
            page.push_str("<tr>");
            push_cell(&mut page, &(index + 1).to_string(), false);
            push_cell(&mut page, &in_line(self.name(of.entrant)), true);
            for against in &self.rows {
                push_cell(&mut page, &cross(self, of.entrant, against.entrant), false);
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</table>\n");
        let faults = faults(self);
        if !faults.is_empty() {
            page.push_str("<h2>Games lost by a fault</h2>\n<ul>\n");
            for line in faults {
                let _ = writeln!(page, "<li><bdi>{}</bdi></li>", escaped(&line));
            }
            page.push_str("</ul>\n");
        }
        page.push_str("</html>\n");
        page
    }
}

fn push_cell(page: &mut String, cell: &str, is_name: bool) {
    let cell = escaped(cell);
    let _ = match is_name {
        true => write!(page, "<th scope=\"row\"><bdi>{cell}</bdi></th>"),
        false => write!(page, "<td>{cell}</td>"),
    };
}

//! Rows of a terminal: runs of text that looks the same.

use super::look::Look;

/// A row, from left to right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its runs. Columns without a run are empty.
    pub runs: Vec<Run>,
}

/// Neighbours in a row that look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its first column, from 0.
    pub column: usize,
    /// How many columns it takes.
    pub width: usize,
    /// Its text. A character of two columns is a run by itself, because fonts rarely agree on it.
    pub text: String,
    /// How it looks.
    pub look: Look,
    /// How many columns each of its characters takes: 1 or 2.
    pub pitch: usize,
}

impl Row {
    /// Adds `text`, one character of `width` columns, at `column`, which follows all others.
    pub fn push(&mut self, column: usize, text: &str, width: usize, look: Look) {
        match self.runs.last_mut() {
            Some(run)
                if run.look == look
                    && (run.pitch, width) == (1, 1)
                    && run.column + run.width == column =>
            {
                run.text.push_str(text);
                run.width += width;
            }
            _ => self.runs.push(Run {
                column,
                width,
                text: text.to_owned(),
                look,
                pitch: width,
            }),
        }
    }

    /// Removes spaces that nobody sees.
    pub fn trim(&mut self) {
        for run in self.runs.iter_mut().filter(|run| !run.look.has_paper()) {
            let kept = run.text.trim_end_matches(' ').len();
            run.width -= run.text.len() - kept;
            run.text.truncate(kept);
        }
        self.runs.retain(|run| !run.text.is_empty());
    }
}

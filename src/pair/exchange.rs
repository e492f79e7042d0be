//! What a person at a terminal has not been shown of a game yet.
//!
//! An exchange is a move of each side. A person needs one board for it: after the answer to the own
//! move. So boards after moves wait here until it is the person's turn again, or until the game is
//! over, and the moves are then told beneath the board.

use crate::games::{Board, Glyphs, Score, addressed, capital};
use crate::session::{Cause, News, Piece, Ply, Side, View};
use crate::terminal::Paint;
use unicode_width::UnicodeWidthStr as _;

/// What is not shown yet.
#[derive(Debug, Default)]
pub(super) struct MoveExchange {
    board: Option<View>,
    plies: Vec<(Side, Ply)>,
    /// Reports of the game in a few words.
    briefs: Vec<String>,
    /// The last report, while its board is not known yet.
    report: Option<String>,
    score: Option<Score>,
}

/// When a board is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// At once.
    Now,
    /// With the next prompt or result, unless a newer one replaces it.
    Later,
}

impl MoveExchange {
    /// Takes in a board. A board that is due now replaces the one that waits.
    pub(super) fn board(&mut self, view: &View) -> Due {
        match &view.cause {
            Cause::Asked | Cause::Start | Cause::Step => {
                self.board = None;
                Due::Now
            }
            Cause::Turn(by, ply) => {
                self.plies.extend(ply.clone().map(|ply| (*by, ply)));
                self.board = Some(view.clone());
                Due::Later
            }
        }
    }

    /// Takes in a report. Returns whether it can wait for its board: a board that is shown at once
    /// has it in a few words beneath.
    pub(super) fn news(&mut self, news: &News) -> bool {
        if news.brief.is_empty() {
            return false;
        }
        self.briefs.push(news.brief.clone());
        self.report = Some(news.words.clone());
        true
    }

    /// The report that waits for its board.
    pub(super) fn take_report(&mut self) -> Option<String> {
        self.report.take()
    }

    /// Takes in the score with the result that follows.
    pub(super) fn score(&mut self, score: Score) {
        self.score = Some(score);
    }

    /// The board that is due with a prompt or a result.
    pub(super) fn take_board(&mut self) -> Option<View> {
        self.board.take()
    }

    /// The score with the result that is shown now.
    pub(super) fn take_score(&mut self) -> Option<Score> {
        self.score.take()
    }

    /// The sentences beneath the drawing of `view`: both sides' moves, and whose turn it is.
    pub(super) fn told(&mut self, view: &View, glyphs: Glyphs, partner: &str) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        for (by, ply) in self.plies.drain(..) {
            told.push(match by {
                Side::Me => format!("You played {}.", ply.words),
                Side::Partner => format!("{} played {}.", capital(partner), ply.words),
            });
        }
        let briefs = self.briefs.drain(..);
        told.extend(briefs.map(|brief| addressed(&brief, partner)));
        match (&view.cause, view.next, view.piece) {
            (Cause::Start, ..) | (_, None, _) => {}
            (_, Some(Side::Me), Some(piece)) => {
                told.push(format!("Your turn ({}).", sign(piece, glyphs)));
            }
            (Cause::Asked, Some(Side::Partner), _) => {
                told.push(format!("{} to move.", capital(partner)));
            }
            (_, Some(Side::Me | Side::Partner), _) => {}
        }
        told
    }

    /// What somebody who does not see the board has not heard yet: the partner's moves.
    pub(super) fn spoken(&mut self, view: &View, partner: &str) -> String {
        self.briefs.clear();
        let mut spoken: Vec<String> = Vec::new();
        for (by, ply) in self.plies.drain(..) {
            if by == Side::Partner {
                spoken.push(format!("{}: {}.", capital(partner), ply.spoken));
            }
        }
        if view.next == Some(Side::Me) && view.piece.is_some() {
            spoken.push("Your turn.".to_owned());
        }
        spoken.join(" ")
    }
}

/// These sentences in lines of at most this many columns, if a sentence is no longer than that.
pub(super) fn folded(sentences: &[String], columns: Option<usize>) -> String {
    let mut text = String::new();
    let mut width = 0;
    for sentence in sentences {
        let wider = width + 1 + sentence.width();
        let fits = columns.is_none_or(|columns| wider <= columns);
        match (text.is_empty(), fits) {
            (true, _) => width = sentence.width(),
            (false, true) => {
                text.push(' ');
                width = wider;
            }
            (false, false) => {
                text.push('\n');
                width = sentence.width();
            }
        }
        text.push_str(sentence);
    }
    text
}

/// How a person is told the pieces of a seat.
fn sign(piece: Piece, glyphs: Glyphs) -> char {
    match glyphs {
        Glyphs::Shapes => piece.shape.unwrap_or(piece.sign),
        Glyphs::Ascii => piece.sign,
    }
}

/// A text that names these pieces by their signs, as it is with these glyphs.
pub(super) fn with_shapes(text: &str, pieces: &[Piece], glyphs: Glyphs) -> String {
    let words = text.split(' ').map(|word| {
        let (name, mark) = match word.strip_suffix([',', '.']) {
            Some(name) => (name, word.get(name.len()..).unwrap_or_default()),
            None => (word, ""),
        };
        let named = |piece: &&Piece| name.chars().eq([piece.sign]);
        match pieces.iter().find(named) {
            Some(piece) => format!("{}{mark}", sign(*piece, glyphs)),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The drawing of `board` for a screen of this many columns; `None` if it is too narrow.
pub(super) fn drawn(
    board: &Board,
    columns: Option<usize>,
    glyphs: Glyphs,
    paint: Paint,
) -> Option<String> {
    let board = match columns {
        Some(columns) => board.within(columns)?,
        None => board,
    };
    Some(paint.board(board, glyphs).trim_end().to_owned())
}

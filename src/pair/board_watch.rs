//! The board of a session as data, for somebody who sees it: the person here, or a partner at a page.

use crate::games::{Board, Seat, sentence};
use crate::session::{GameEnd, Notice, Running, Session, Side, View};
use crate::sights::{self, Eye};
use crate::wire::{BoardSight, PlayerIndex};
use std::sync::Arc;

/// The number of the only table of a pair.
pub(super) const TABLE: u64 = 0;

/// The games of a session as one side sees them.
#[derive(Debug)]
pub(super) struct BoardWatch {
    /// The side that sees them.
    eye: Side,
    me: Arc<str>,
    partner: Arc<str>,
    /// The board that it sees.
    shown: Option<BoardSight>,
    /// The board after the last move of the game that has just ended.
    last: Option<(Board, String)>,
    /// How that game has ended.
    end: Option<GameEnd>,
}

/// A change of the board.
#[derive(Debug)]
pub(super) enum BoardChange {
    /// A game has this board now.
    Board(Box<BoardSight>),
    /// The game is over, with this board if there is one.
    Ended(Option<Box<BoardSight>>),
}

impl BoardWatch {
    /// A watch that has seen nothing yet, for players with these names.
    pub(super) fn new(eye: Side, me: Arc<str>, partner: Arc<str>) -> Self {
        Self {
            eye,
            me,
            partner,
            shown: None,
            last: None,
            end: None,
        }
    }

    /// Remembers a board or result that was shown here.
    pub(super) fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::Board(View {
                board,
                words,
                next: None,
                ..
            }) => self.last = Some((board.clone(), words.clone())),
            Notice::GameOver(end) => self.end = Some(*end),
            _ => {}
        }
    }

    /// Compares the session with the last one seen.
    pub(super) fn update(&mut self, session: &Session) -> Option<BoardChange> {
        let Some(running) = session.game() else {
            let shown = self.shown.take()?;
            return Some(BoardChange::Ended(self.final_board(shown).map(Box::new)));
        };
        let board = self.board(&running);
        (self.last, self.end) = (None, None);
        if self.shown.as_ref() == Some(&board) {
            return None;
        }
        self.shown = Some(board.clone());
        Some(BoardChange::Board(Box::new(board)))
    }

    /// The running game.
    fn board(&self, running: &Running<'_>) -> BoardSight {
        let players = match running.first {
            Side::Me => [&self.me, &self.partner],
            Side::Partner => [&self.partner, &self.me],
        };
        let seat = match running.first == self.eye {
            true => Seat::First,
            false => Seat::Second,
        };
        let players = players.map(Arc::clone);
        let name = running.entry.name;
        sights::board(TABLE, name, players, running.game, Eye::Player(seat))
    }

    /// The board at the end of the game that was shown last.
    fn final_board(&mut self, shown: BoardSight) -> Option<BoardSight> {
        let end = self.end.take()?;
        let you = shown.you?;
        let won = end.winner().map(|side| match (side == self.eye, you) {
            (true, you) => you,
            (false, PlayerIndex::First) => PlayerIndex::Second,
            (false, PlayerIndex::Second) => PlayerIndex::First,
        });
        let other = match self.eye {
            Side::Me => &self.partner,
            Side::Partner => &self.me,
        };
        let over = BoardSight {
            turn: None,
            is_drawn: won.is_none(),
            won,
            ..shown.without_moves()
        };
        // After a draw by agreement there is no last move, so the board is unchanged.
        Some(match self.last.take() {
            Some((board, words)) => BoardSight {
                grids: sights::grids(&board, &[]),
                text: board.notes(),
                words: sentence(&words, other),
                ..over
            },
            None => over,
        })
    }
}

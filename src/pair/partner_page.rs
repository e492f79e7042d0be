//! What a partner at a page is sent besides texts: whose turn it is, and boards as data.

use crate::games::{Board, Seat, sentence};
use crate::session::{GameEnd, Notice, Role, Running, Session, Side, View, Wait};
use crate::sights::{self, Eye};
use crate::wire::{BoardSight, Control, Name, PlayerIndex};
use std::sync::Arc;

/// The number of the only table of a pair.
const TABLE: u64 = 0;

/// What the page of the partner shows.
#[derive(Debug)]
pub(super) struct PartnerPage {
    /// The names of the two sides.
    names: SideNames,
    /// The board that it shows.
    shown: Option<BoardSight>,
    /// The board after the last move of the game that has just ended.
    last: Option<(Board, String)>,
    /// How that game has ended.
    end: Option<GameEnd>,
    turn: Option<bool>,
}

#[derive(Debug)]
struct SideNames {
    me: Arc<str>,
    partner: Arc<str>,
}

impl PartnerPage {
    /// The page of a partner of this name. The person here has the role and the name `me`.
    pub(super) fn new(role: Role, me: Option<&Name>, partner: Option<&Name>) -> Self {
        let called = |name: Option<&Name>, role: Role| match name {
            Some(name) => name.as_str().into(),
            None => format!("the {}", role.name()).into(),
        };
        Self {
            names: SideNames {
                me: called(me, role),
                partner: called(partner, role.other()),
            },
            shown: None,
            last: None,
            end: None,
            turn: None,
        }
    }

    /// Notes what is shown to the person here.
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

    /// Notes that the partner has sent a text: it waits to hear whose turn it is.
    pub(super) fn heard(&mut self) {
        self.turn = None;
    }

    /// What has to be sent now that the session is in this state.
    pub(super) fn update(&mut self, session: &Session) -> Vec<Control> {
        let mut controls = Vec::new();
        match session.game() {
            Some(running) => {
                let board = self.board(&running);
                if self.shown.as_ref() != Some(&board) {
                    controls.push(Control::Board(Box::new(board.clone())));
                    self.shown = Some(board);
                }
                (self.last, self.end) = (None, None);
            }
            None => {
                if let Some(shown) = self.shown.take() {
                    if let Some(board) = self.final_board(shown) {
                        controls.push(Control::Board(Box::new(board)));
                    }
                    controls.push(Control::Ended { table: TABLE });
                }
            }
        }
        let yours = session.waits_for() == Some(Wait::Turn);
        if self.turn != Some(yours) {
            controls.push(Control::Turn { yours });
            self.turn = Some(yours);
        }
        controls
    }

    /// The running game, as the partner sees it.
    fn board(&self, running: &Running<'_>) -> BoardSight {
        let (players, seat) = match running.first {
            Side::Me => ([&self.names.me, &self.names.partner], Seat::Second),
            Side::Partner => ([&self.names.partner, &self.names.me], Seat::First),
        };
        let players = players.map(Arc::clone);
        let name = running.entry.name;
        sights::board(TABLE, name, players, running.game, Eye::Player(seat))
    }

    /// The board at the end of the game that was shown last.
    fn final_board(&mut self, shown: BoardSight) -> Option<BoardSight> {
        let (end, (board, words)) = (self.end.take()?, self.last.take()?);
        let you = shown.you?;
        let won = end.winner().map(|side| match side {
            Side::Partner => you,
            Side::Me => match you {
                PlayerIndex::First => PlayerIndex::Second,
                PlayerIndex::Second => PlayerIndex::First,
            },
        });
        Some(BoardSight {
            turn: None,
            is_drawn: won.is_none(),
            won,
            grids: sights::grids(&board, &[]),
            text: board.notes(),
            legal: Vec::new(),
            hint: None,
            words: sentence(&words, &self.names.me),
            ..shown
        })
    }
}

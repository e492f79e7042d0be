//! What a partner at a page is sent besides texts: whose turn it is, and boards as data.

use super::board_watch::{BoardChange, BoardWatch, TABLE};
use crate::session::{Notice, Role, Session, Side, Wait};
use crate::wire::{Control, Name};

/// What the page of the partner shows.
#[derive(Debug)]
pub(super) struct PartnerPage {
    boards: BoardWatch,
    turn: Option<bool>,
}

impl PartnerPage {
    /// The page of a partner of this name. The person here has the role and the name `me`.
    pub(super) fn new(role: Role, me: Option<&Name>, partner: Option<&Name>) -> Self {
        let called = |name: Option<&Name>, role: Role| match name {
            Some(name) => name.as_str().into(),
            None => format!("the {}", role.name()).into(),
        };
        let (me, partner) = (called(me, role), called(partner, role.other()));
        Self {
            boards: BoardWatch::new(Side::Partner, me, partner),
            turn: None,
        }
    }

    /// Remembers a board or result that was shown here.
    pub(super) fn note(&mut self, notice: &Notice) {
        self.boards.note(notice);
    }

    /// Notes that the partner has sent a text: it waits to hear whose turn it is.
    pub(super) fn heard(&mut self) {
        self.turn = None;
    }

    /// What has to be sent now that the session is in this state.
    pub(super) fn update(&mut self, session: &Session) -> Vec<Control> {
        let mut controls = Vec::new();
        match self.boards.update(session) {
            Some(BoardChange::Board(board)) => controls.push(Control::Board(board)),
            Some(BoardChange::Ended(board)) => {
                controls.extend(board.map(Control::Board));
                controls.push(Control::Ended { table: TABLE });
            }
            None => {}
        }
        let yours = session.waits_for() == Some(Wait::Turn);
        if self.turn != Some(yours) {
            controls.push(Control::Turn { yours });
            self.turn = Some(yours);
        }
        controls
    }
}

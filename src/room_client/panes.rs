//! A room in panes: posts as entries of the talk, members and boards in their places, answers on keys.

use super::room_panes::{Fetch, Participation, TableView};
use super::{RoomClient, show};
use crate::games::{GAMES, Rules};
use crate::room::{Asked, Sight};
use crate::scene::{Attention, EntryKind, Scene, TalkEntry};
use crate::terminal::{Console, Paint};
use crate::text::{in_line, visible};
use crate::wire::{BoardSight, Gathered, PlayerIndex, Post, What};
use std::sync::Arc;
use tokio::time::Instant;

/// The room's answer if there are no posts.
const NOTHING: &str = "Nothing was found.";

impl<C: Console> RoomClient<'_, C> {
    /// Shows an event in the pane where it belongs.
    pub(super) fn see_in_panes(&mut self, sight: &Sight) {
        match sight {
            Sight::Post(post) => self.see_live(post),
            Sight::Recalled(post) => self.see_old(post),
            Sight::Gathered(gathered) => self.see_gathered_in_panes(gathered),
            Sight::Told(text) => self.see_told(text),
            Sight::Whispered(text) => {
                self.console.ring("a message to you alone");
                self.add_now(EntryKind::Message(Attention::Reader), text);
            }
            Sight::Named(name) => {
                self.note_name(name);
                if let Some(mut scene) = self.console.scene() {
                    scene.talk_mut().expect_older();
                    scene.set_deadline(None);
                }
            }
            Sight::Members {
                members,
                is_partial,
            } => {
                if let Some(mut scene) = self.console.scene() {
                    scene.members_mut().list(members.clone(), *is_partial);
                }
            }
            Sight::Board(board) => self.see_board(board),
            Sight::BoardOver(table) => self.see_board_over(*table),
            Sight::ConnectionLost => {
                let lost_at = *self.lost_at.get_or_insert_with(Instant::now);
                let deadline = lost_at + self.reconnect;
                if let Some(mut scene) = self.console.scene() {
                    scene.set_deadline(Some(deadline.into()));
                }
                self.tell(sight);
            }
            Sight::Reconnected => {
                self.note_reconnected();
                if let Some(mut scene) = self.console.scene() {
                    scene.set_deadline(None);
                }
                self.tell(sight);
            }
            Sight::TooLong(_)
            | Sight::NotTaken(_)
            | Sight::Forgotten
            | Sight::Impostor
            | Sight::Missed(_) => self.tell(sight),
        }
        self.update_panes();
    }

    fn paint(&self) -> Paint {
        self.console.style().paint
    }

    fn add_now(&mut self, kind: EntryKind, text: &str) {
        let entry = show::told(self.paint(), kind, text);
        self.console.add(entry);
    }

    /// A post that has just been made.
    fn see_live(&mut self, post: &Arc<Post>) {
        self.hear_of(&post.by, &post.what);
        let is_own = self.guest.id() == Some(post.by.id);
        let is_called = self.name.as_deref().is_some_and(|me| show::names(post, me));
        if let Some(mut scene) = self.console.scene() {
            scene.members_mut().hear(post);
            if is_called {
                scene.members_mut().called_by(post.by.id);
            }
        }
        if is_called {
            self.console.ring(&show::calls(post));
        }
        // The room has announced it already.
        if !(is_own && matches!(post.what, What::Joined | What::Back)) {
            let entry = show::entry(self.paint(), post, self.name.as_deref());
            self.console.add(entry);
        }
    }

    /// A post that was asked for: an older one, for somebody who scrolls, or an answer.
    fn see_old(&mut self, post: &Arc<Post>) {
        let entry = show::entry(self.paint(), post, self.name.as_deref());
        let is_fetching = self
            .panes
            .as_ref()
            .is_some_and(|panes| panes.fetch != Fetch::None);
        if is_fetching && let Some(mut scene) = self.console.scene() {
            scene.add_old(entry);
            return;
        }
        self.console.add(TalkEntry {
            post: None,
            ..entry
        });
    }

    fn see_gathered_in_panes(&mut self, gathered: &Gathered) {
        for group in &gathered.groups {
            for member in &group.members {
                self.hear_of(&member.by, &group.what);
                if let Some(mut scene) = self.console.scene() {
                    scene.members_mut().hear_of(&member.by, &group.what);
                }
            }
        }
        for entry in show::entries(gathered) {
            self.console.add(entry);
        }
    }

    fn see_told(&mut self, text: &str) {
        let Some(panes) = &mut self.panes else {
            return;
        };
        if text == NOTHING && panes.fetch != Fetch::None {
            panes.fetch = Fetch::None;
            if let Some(mut scene) = self.console.scene() {
                scene.talk_mut().has_begun();
            }
            return;
        }
        if panes
            .asked
            .as_ref()
            .is_some_and(|asked| asked.is_over(text))
        {
            panes.asked = None;
        }
        let asked = Asked::in_words(text);
        if let Some(asked) = &asked {
            panes.asked = Some(asked.clone());
        }
        if let Some(Asked::Game(by)) = asked {
            self.console
                .ring(&format!("{} offers you a game", in_line(&by)));
        }
        self.add_now(EntryKind::Note, text);
    }

    fn see_board(&mut self, board: &BoardSight) {
        let part = match board.you {
            None => Participation::Watches,
            you if board.turn == you => Participation::Moves,
            Some(_) => Participation::Waits,
        };
        let mover = match board.turn {
            Some(PlayerIndex::First) => Some(0),
            Some(PlayerIndex::Second) => Some(1),
            None => None,
        };
        let mover = mover.and_then(|index: usize| board.players.get(index));
        let Some(panes) = &mut self.panes else {
            return;
        };
        let table = mover.map(|mover| TableView {
            number: board.table,
            part,
            mover: Arc::clone(mover),
        });
        // A hint changes nothing.
        let has_moved = panes.table != table;
        let is_over = table.is_none();
        panes.table = table;
        panes.has_secrets = GAMES
            .iter()
            .any(|entry| entry.name == board.game && matches!(entry.rules, Rules::Secret { .. }));
        panes.has_played |= part != Participation::Watches;
        if has_moved && matches!(panes.asked, Some(Asked::Draw | Asked::Undo)) {
            panes.asked = None;
        }
        if let Some(mut scene) = self.console.scene() {
            scene.show_board(board.clone());
            if is_over {
                scene.end_board();
            }
        }
        if has_moved && !is_over && part == Participation::Moves {
            self.console.ring("your turn");
        }
    }

    fn see_board_over(&mut self, table: u64) {
        if let Some(panes) = &mut self.panes
            && panes
                .table
                .as_ref()
                .is_some_and(|shown| shown.number == table)
        {
            panes.table = None;
            if matches!(panes.asked, Some(Asked::Draw | Asked::Undo)) {
                panes.asked = None;
            }
        }
        if let Some(mut scene) = self.console.scene()
            && is_shown(&scene, table)
        {
            scene.end_board();
        }
    }

    /// Shows whose turn it is, and what the keys do.
    fn update_panes(&mut self) {
        let Some(panes) = &self.panes else {
            return;
        };
        let offers = panes.offers();
        let name = visible(self.name.as_deref().unwrap_or("room")).into_owned();
        let title = match &panes.table {
            Some(TableView { part, mover, .. }) => match part {
                Participation::Moves => format!("tictalk: {name} - your turn"),
                Participation::Waits => format!("tictalk: {name} - {}'s turn", visible(mover)),
                Participation::Watches => {
                    format!("tictalk: {name} - watching, {}'s turn", visible(mover))
                }
            },
            None => format!("tictalk: {name}"),
        };
        self.console.title(&title);
        if let Some(mut scene) = self.console.scene() {
            scene.set_offers(offers);
        }
    }
}

/// Whether the board of this table is shown.
fn is_shown(scene: &Scene, table: u64) -> bool {
    scene
        .board()
        .is_some_and(|board| board.sight().table == table)
}

//! What the host's page and a projector see of a room.

use super::Hub;
use crate::room::post::Readers;
use crate::wire::{AddressSight, BoardSight, ConnectedSight, Post};
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of last boards that wait to be taken.
const LAST_BOARDS: usize = 16;

impl Hub {
    /// Takes the last boards of the tables that have ended since the last call: at most 16, the
    /// newest ones.
    pub fn take_last_boards(&mut self) -> Vec<BoardSight> {
        std::mem::take(&mut self.last_boards).into()
    }

    /// Keeps the last board of a table for [`take_last_boards`](Self::take_last_boards).
    pub(super) fn note_last_board(&mut self, board: BoardSight) {
        if self.last_boards.len() == LAST_BOARDS {
            self.last_boards.pop_front();
        }
        self.last_boards.push_back(board);
    }

    /// The last posts that everybody may see, in order: at most `most`, and only those that are
    /// still in memory.
    #[must_use]
    pub fn last_posts(&self, most: usize) -> Vec<Arc<Post>> {
        let posts = self.recent.iter().rev();
        let public = posts.filter(|post| Readers::of(post) == Readers::Everybody);
        let mut last: Vec<_> = public.take(most).cloned().collect();
        last.reverse();
        last
    }

    /// All members with their connections, in the order in which they joined.
    #[must_use]
    pub fn connections_of_members(&self, now: Duration) -> Vec<ConnectedSight> {
        let since = |then| millis(now.saturating_sub(then));
        let members = self.members.iter().map(|(id, member)| {
            let here = member.here();
            let heard_at = here.map(|here| here.heard_at).or(member.spoke_at);
            ConnectedSight {
                member: self.member_sight(*id, member),
                from: here.map(|here| AddressSight {
                    address: here.from.ip(),
                    port: here.from.port(),
                }),
                since: since(member.joined_at),
                heard: since(heard_at.unwrap_or(member.joined_at)),
                quiet: since(member.spoke_at.unwrap_or(member.joined_at)),
            }
        });
        members.collect()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

//! The lines that wait for the host's screen.

use crate::room::{Announcement, RoomNotice};
use crate::wire::{Gathered, Post, What};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;

/// Maximum number of queued lines, and of bytes in them. A terminal that is slower than the room
/// skips lines and delays nobody, and the host's own input is still read.
const QUEUED_LINES: usize = 512;
const QUEUED_BYTES: usize = 64 * 1_024;

/// What the host's console shows next.
#[derive(Debug, Default)]
pub(super) struct HostQueue {
    queued: RefCell<Queued>,
    /// Notified when a line is added.
    added: Notify,
}

/// Everything that was queued since the last [`HostQueue::drain`].
#[derive(Debug, Default)]
pub(super) struct Queued {
    /// The newest lines, each with its approximate size in bytes.
    lines: VecDeque<(usize, QueuedLine)>,
    /// The sum of these sizes.
    bytes: usize,
    /// How many older lines were dropped.
    pub(super) skipped: usize,
}

/// Something to be shown.
#[derive(Debug)]
pub(super) enum QueuedLine {
    Post(Arc<Post>),
    /// An old post that the host has asked for.
    Recalled(Arc<Post>),
    /// Posts that are announced together.
    Gathered(Gathered),
    Notice(String),
    /// A private message to the host.
    Whispered(String),
}

impl HostQueue {
    pub(super) fn post(&self, post: &Arc<Post>) {
        self.add(size(post), QueuedLine::Post(Arc::clone(post)));
    }

    pub(super) fn recall(&self, post: &Arc<Post>) {
        self.add(size(post), QueuedLine::Recalled(Arc::clone(post)));
    }

    pub(super) fn announce(&self, announcement: &Announcement) {
        let gathered = announcement.summary();
        let members = gathered.groups.iter().flat_map(|group| &group.members);
        let bytes = members.map(|member| member.by.name.len()).sum();
        self.add(bytes, QueuedLine::Gathered(gathered));
    }

    pub(super) fn notice(&self, words: String) {
        self.add(words.len(), QueuedLine::Notice(words));
    }

    pub(super) fn tell(&self, notice: &RoomNotice) {
        let words = notice.words();
        let line = match notice {
            RoomNotice::Whispered { post: Some(_), .. } => QueuedLine::Whispered,
            _ => QueuedLine::Notice,
        };
        self.add(words.len(), line(words));
    }

    fn add(&self, bytes: usize, line: QueuedLine) {
        let mut queued = self.queued.borrow_mut();
        queued.bytes += bytes;
        queued.lines.push_back((bytes, line));
        while (queued.lines.len() > QUEUED_LINES || queued.bytes > QUEUED_BYTES)
            && let Some((bytes, _)) = queued.lines.pop_front()
        {
            queued.bytes -= bytes;
            queued.skipped += 1;
        }
        self.added.notify_one();
    }

    /// Whether the queue has space for the next portion of an answer.
    pub(super) fn has_space(&self) -> bool {
        let queued = self.queued.borrow();
        queued.lines.len() < QUEUED_LINES / 2 && queued.bytes < QUEUED_BYTES / 2
    }

    /// Waits until there is a line to show.
    pub(super) async fn filled(&self) {
        while self.queued.borrow().lines.is_empty() {
            self.added.notified().await;
        }
    }

    /// Empties the queue.
    pub(super) fn drain(&self) -> Queued {
        self.queued.take()
    }
}

impl QueuedLine {
    /// Whether it says that the room is closed.
    pub(super) fn closes(&self) -> bool {
        matches!(self, Self::Post(post) if post.what == What::Closed)
    }

    /// Whether it adds, removes or changes the name of a member.
    pub(super) fn changes_names(&self) -> bool {
        match self {
            Self::Post(post) => changes_names(&post.what),
            Self::Gathered(gathered) => {
                let mut groups = gathered.groups.iter();
                groups.any(|group| changes_names(&group.what))
            }
            Self::Recalled(_) | Self::Notice(_) | Self::Whispered(_) => false,
        }
    }
}

impl Queued {
    pub(super) fn into_lines(self) -> impl Iterator<Item = QueuedLine> {
        self.lines.into_iter().map(|(_, line)| line)
    }
}

/// The bytes of a post's message.
fn size(post: &Post) -> usize {
    match &post.what {
        What::Said { text } | What::Acted { text } => text.len(),
        _ => 0,
    }
}

/// Whether an event adds, removes or changes the name of a member.
fn changes_names(what: &What) -> bool {
    matches!(
        what,
        What::Joined
            | What::Left { .. }
            | What::Kicked { .. }
            | What::Banned { .. }
            | What::Renamed { .. }
    )
}

//! The posts of a room: in the journal, written by one thread and queried by another, or in memory.

use super::memory::Memory;
use crate::journal::{Journal, JournalError, Register};
use crate::room::{Found, PostRecord, Query, Recipient, Search, size};
use crate::wire::{Post, PostId};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc as events;

/// Maximum number of posts in one commit. A commit never waits for more posts: it takes those that
/// were handed over during the previous one.
const COMMIT_POSTS: usize = 256;

/// Approximate maximum of bytes in them: posts that are stored together are sent together, and have
/// to fit into the queue of every reader.
const COMMIT_BYTES: usize = 64 * 1_024;

/// How many posts, or bytes of them, one step of a search examines before other queries are
/// answered.
const STEP_POSTS: usize = 2_000;
const STEP_BYTES: usize = 1_024 * 1_024;

/// How long to wait before the next attempt at a journal that another program has locked.
const LOCK_RETRY: Duration = Duration::from_millis(20);

/// What a thread reports.
#[derive(Debug)]
pub(super) enum StoreEvent {
    /// The posts up to this one are stored.
    Stored(PostId),
    /// The answer to a query.
    Found(Found),
    /// Another program has locked the journal. Posts wait to be written.
    Locked,
    /// The journal is unlocked.
    Unlocked,
    /// A query that could not be answered.
    Unreadable {
        to: Recipient,
        query: Query,
        error: JournalError,
    },
    /// A post that could not be written.
    Failed(JournalError),
}

/// Writes posts and answers queries.
#[derive(Debug)]
pub(super) struct Store {
    place: Place,
    events: events::UnboundedSender<StoreEvent>,
    /// Posts that are not handed over yet.
    added: Vec<PostRecord>,
}

/// Where the posts are.
#[derive(Debug)]
enum Place {
    Journal(Threads),
    Memory(Memory),
}

#[derive(Debug)]
struct Threads {
    records: mpsc::Sender<Vec<PostRecord>>,
    queries: mpsc::Sender<(Recipient, Query, PostId)>,
}

impl Store {
    /// Writes into `register` and queries `journal`. An answer has about `portion` bytes. Results
    /// are sent to `events`.
    pub(super) fn open(
        register: Register,
        journal: Journal,
        portion: usize,
        events: events::UnboundedSender<StoreEvent>,
    ) -> io::Result<Self> {
        let (records, to_write) = mpsc::channel();
        let (queries, to_answer) = mpsc::channel();
        let room = register.room();
        let sender = events.clone();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || write(register, &to_write, &sender))?;
        let sender = events.clone();
        thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || answer(&journal, room, portion, &to_answer, &sender))?;
        Ok(Self {
            place: Place::Journal(Threads { records, queries }),
            events,
            added: Vec::new(),
        })
    }

    /// A store that has the last posts in memory. An answer has about `portion` bytes.
    pub(super) fn in_memory(portion: usize, events: events::UnboundedSender<StoreEvent>) -> Self {
        Self {
            place: Place::Memory(Memory::new(portion)),
            events,
            added: Vec::new(),
        }
    }

    /// Adds a post to those that are written next. The hub limits how many are waiting.
    pub(super) fn add(&mut self, record: PostRecord) {
        self.added.push(record);
    }

    /// Has all added posts written.
    pub(super) fn write(&mut self) {
        let added = mem::take(&mut self.added);
        match &mut self.place {
            Place::Journal(threads) => {
                // A thread that has ended has reported why.
                let _ = threads.records.send(added);
            }
            Place::Memory(memory) => {
                memory.keep(added.iter().map(|record| Arc::clone(&record.post)));
                let mut waiting = added.into();
                while let Some(last) = next_commit(&mut waiting).last() {
                    // The receiver is gone only after the room has closed.
                    let _ = self.events.send(StoreEvent::Stored(last.post.id));
                }
            }
        }
    }

    /// Answers a query from the posts up to `stored`: with an event or, from memory, at once. There
    /// must be no other query under way.
    pub(super) fn look_up(&self, to: Recipient, query: Query, stored: PostId) -> Option<Found> {
        match &self.place {
            Place::Journal(threads) => {
                let _ = threads.queries.send((to, query, stored));
                None
            }
            Place::Memory(memory) => {
                let (posts, rest) = memory.find(&query, stored);
                Some(Found {
                    to,
                    query,
                    posts,
                    rest,
                })
            }
        }
    }
}

/// Writes posts until the room is closed.
fn write(
    mut register: Register,
    records: &mpsc::Receiver<Vec<PostRecord>>,
    events: &events::UnboundedSender<StoreEvent>,
) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match records.recv() {
                Ok(added) => waiting.extend(added),
                Err(_) => return,
            }
        }
        waiting.extend(records.try_iter().flatten());
        let batch = next_commit(&mut waiting);
        let Some(last) = batch.last().map(|record| record.post.id) else {
            continue;
        };
        let mut is_locked = false;
        let event = loop {
            match register.write(&batch) {
                Ok(()) => break StoreEvent::Stored(last),
                Err(error) if error.may_pass() => {
                    if !is_locked && events.send(StoreEvent::Locked).is_err() {
                        return;
                    }
                    is_locked = true;
                    if events.is_closed() {
                        return;
                    }
                    thread::sleep(LOCK_RETRY);
                }
                Err(error) => {
                    let _ = events.send(StoreEvent::Failed(error));
                    return;
                }
            }
        };
        if is_locked && events.send(StoreEvent::Unlocked).is_err() {
            return;
        }
        if events.send(event).is_err() {
            return;
        }
    }
}

/// Removes the posts of the next commit.
fn next_commit(waiting: &mut VecDeque<PostRecord>) -> Vec<PostRecord> {
    let mut bytes = 0;
    let mut commit = Vec::new();
    while commit.len() < COMMIT_POSTS
        && bytes < COMMIT_BYTES
        && let Some(next) = waiting.pop_front()
    {
        bytes += size(&next.post);
        commit.push(next);
    }
    commit
}

/// Answers queries until the room is closed.
fn answer(
    journal: &Journal,
    room: i64,
    portion: usize,
    queries: &mpsc::Receiver<(Recipient, Query, PostId)>,
    events: &events::UnboundedSender<StoreEvent>,
) {
    for (to, query, stored) in queries {
        let found = loop {
            match find(journal, room, &query, portion, stored) {
                Err(error) if error.may_pass() && !events.is_closed() => thread::sleep(LOCK_RETRY),
                found => break found,
            }
        };
        let event = match found {
            Ok((posts, rest)) => StoreEvent::Found(Found {
                to,
                query,
                posts: posts.into_iter().map(Arc::new).collect(),
                rest,
            }),
            Err(error) => StoreEvent::Unreadable { to, query, error },
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

/// The next portion of an answer, and the query for the rest.
fn find(
    journal: &Journal,
    room: i64,
    query: &Query,
    portion: usize,
    stored: PostId,
) -> Result<(Vec<Post>, Option<Query>), JournalError> {
    match query {
        Query::After(after, limit) => {
            let posts = journal.posts(room, *after, stored, *limit)?;
            Ok((posts, None))
        }
        Query::Said(search) => {
            let mut search = search.clone();
            let rest = match step(journal, room, &mut search, stored)? {
                ControlFlow::Continue(()) => Some(Query::Said(search)),
                ControlFlow::Break(()) if search.found.is_empty() => None,
                ControlFlow::Break(()) => Some(Query::Posts(search.found)),
            };
            Ok((Vec::new(), rest))
        }
        Query::Posts(ids) => {
            let mut rest: VecDeque<PostId> = ids.clone();
            let (mut posts, mut bytes) = (Vec::new(), 0);
            while bytes < portion
                && let Some(id) = rest.pop_front()
            {
                // A post may have been deleted in the meantime.
                for post in journal.posts(room, PostId(id.0.saturating_sub(1)), id, 1)? {
                    bytes += size(&post);
                    posts.push(post);
                }
            }
            let rest = (!rest.is_empty()).then_some(Query::Posts(rest));
            Ok((posts, rest))
        }
        Query::Members(..) => Ok((Vec::new(), None)),
    }
}

/// One step of a search. Returns whether it has to continue.
fn step(
    journal: &Journal,
    room: i64,
    search: &mut Search,
    stored: PostId,
) -> Result<ControlFlow<()>, JournalError> {
    let up_to = search.next(stored);
    let (mut examined, mut bytes) = (0, 0);
    let mut is_over = true;
    journal.posts_backwards(room, up_to, |post| {
        examined += 1;
        bytes += size(post);
        if search.look_at(post) {
            return ControlFlow::Break(());
        }
        if examined >= STEP_POSTS || bytes >= STEP_BYTES {
            is_over = false;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(if is_over {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    })
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::journal::{Journal, JournalError};
    use crate::room::{Query, Search};
    use crate::wire::{MemberId, PostId};

    /// How many posts the journal has.
    const POSTS: u64 = 100_000;

    #[test]
    fn the_posts_before_a_post_are_found_in_one_step_wherever_it_is() -> Result<(), JournalError> {
        let (journal, _folder) = Journal::with_posts(POSTS.cast_signed())?;
        // The last ten are not stored as far as the room knows.
        let stored = POSTS - 10;
        let found = |before: Option<u64>| {
            let search = Search::new(MemberId(1), [].into_iter(), 200);
            let search = match before {
                Some(before) => search.before(PostId(before)),
                None => search,
            };
            find(&journal, 1, &Query::Said(search), 1, PostId(stored))
        };
        for (before, last) in [
            (None, stored),
            (Some(u64::MAX), stored),
            (Some(stored + 5), stored),
            (Some(stored), stored - 1),
            (Some(POSTS / 2), POSTS / 2 - 1),
            (Some(201), 200),
        ] {
            let ids = (last - 199..=last).map(PostId).collect();
            assert_eq!(
                found(before)?,
                (vec![], Some(Query::Posts(ids))),
                "{before:?}"
            );
        }
        let ids = [1, 2].map(PostId).into();
        assert_eq!(found(Some(3))?, (vec![], Some(Query::Posts(ids))));
        assert_eq!(found(Some(1))?, (vec![], None));
        Ok(())
    }
}

//! The posts of a room: in the journal, written by one thread and queried by another, or in memory.

use super::memory::Memory;
use crate::journal::{Journal, JournalError, Register};
use crate::room::{Found, PostRecord, Query, Recipient, Search, size};
use crate::wire::{Post, PostId};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
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

/// How often a query that waits for posts checks whether the room is closed.
const CLOSE_CHECK: Duration = Duration::from_millis(100);

/// What a thread reports.
#[derive(Debug)]
pub(super) enum StoreEvent {
    /// The posts up to this one are stored.
    Stored(PostId),
    /// The state after this input is stored.
    Saved(u64),
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
    jobs: mpsc::Sender<Job>,
    queries: mpsc::Sender<(Recipient, Query, PostId)>,
}

/// What the writing thread has to do.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "cluster"),
    allow(dead_code, reason = "only a cluster has states")
)]
enum Job {
    Posts(Vec<PostRecord>),
    /// Store the state of the room after this input.
    State(u64, Vec<u8>),
    /// Replace the posts of the inputs after this one.
    Replace(u64, Vec<PostRecord>),
}

/// The last post that is written, for which a query may have to wait.
#[derive(Debug, Default)]
struct Written {
    last: Mutex<PostId>,
    changed: Condvar,
}

impl Written {
    fn set(&self, last: PostId) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
        self.changed.notify_all();
    }

    /// Waits until the posts up to this one are written, or until the room is closed.
    fn wait(&self, up_to: PostId, is_closed: impl Fn() -> bool) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        while *last < up_to && !is_closed() {
            let waited = self.changed.wait_timeout(last, CLOSE_CHECK);
            last = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
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
        let (jobs, to_write) = mpsc::channel();
        let (queries, to_answer) = mpsc::channel();
        let room = register.room();
        let written = Arc::new(Written::default());
        written.set(register.known().last);
        let writing = Arc::clone(&written);
        let sender = events.clone();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || write(register, &to_write, &writing, &sender))?;
        let sender = events.clone();
        thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || {
                answer(&journal, room, portion, &to_answer, &written, &sender);
            })?;
        Ok(Self {
            place: Place::Journal(Threads { jobs, queries }),
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
                let _ = threads.jobs.send(Job::Posts(added));
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

    /// Has the state of the room after this input stored, after everything that was added before.
    #[cfg_attr(
        not(feature = "cluster"),
        allow(dead_code, reason = "only a cluster has states")
    )]
    pub(super) fn save_state(&mut self, input: u64, state: Vec<u8>) {
        self.write();
        if let Place::Journal(threads) = &self.place {
            let _ = threads.jobs.send(Job::State(input, state));
        }
    }

    /// Has the posts of all inputs after this one replaced.
    #[cfg_attr(
        not(feature = "cluster"),
        allow(dead_code, reason = "only a cluster has states")
    )]
    pub(super) fn replace(&mut self, after: u64, records: Vec<PostRecord>) {
        self.write();
        if let Place::Journal(threads) = &self.place {
            let _ = threads.jobs.send(Job::Replace(after, records));
        }
    }

    /// Answers a query from the posts up to `stored`, once these are written: with an event or, from
    /// memory, at once. There must be no other query under way.
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
    jobs: &mpsc::Receiver<Job>,
    written: &Written,
    events: &events::UnboundedSender<StoreEvent>,
) {
    let mut waiting = VecDeque::new();
    let mut next = None;
    loop {
        if waiting.is_empty() && next.is_none() {
            let Ok(job) = jobs.recv() else {
                // Nobody sends anything any more: the room is closed.
                return;
            };
            next = Some(job);
        }
        // Posts that have come meanwhile are written together.
        while let Some(Job::Posts(added)) = next {
            waiting.extend(added);
            next = jobs.try_recv().ok();
        }
        let event = if waiting.is_empty() {
            match next.take() {
                Some(Job::State(input, state)) => persist(events, || {
                    register.save_state(input, &state)?;
                    Ok(StoreEvent::Saved(input))
                }),
                Some(Job::Replace(after, records)) => persist(events, || {
                    register.replace(after, &records)?;
                    Ok(StoreEvent::Stored(register.known().last))
                }),
                // A state took the posts along before their own turn came.
                Some(Job::Posts(_)) | None => continue,
            }
        } else {
            let batch = next_commit(&mut waiting);
            persist(events, || {
                register.write(&batch)?;
                Ok(StoreEvent::Stored(register.known().last))
            })
        };
        let has_failed = matches!(event, StoreEvent::Failed(_));
        if let StoreEvent::Stored(last) = event {
            written.set(last);
        }
        if events.send(event).is_err() || has_failed {
            return;
        }
    }
}

/// Does something with the journal, again and again while another program has locked it. Returns its
/// event, or that of its failure.
fn persist(
    events: &events::UnboundedSender<StoreEvent>,
    mut work: impl FnMut() -> Result<StoreEvent, JournalError>,
) -> StoreEvent {
    let mut is_locked = false;
    loop {
        match work() {
            Err(error) if error.may_pass() && !events.is_closed() => {
                if !is_locked {
                    let _ = events.send(StoreEvent::Locked);
                }
                is_locked = true;
                thread::sleep(LOCK_RETRY);
            }
            done => {
                if is_locked {
                    let _ = events.send(StoreEvent::Unlocked);
                }
                return done.unwrap_or_else(StoreEvent::Failed);
            }
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
    written: &Written,
    events: &events::UnboundedSender<StoreEvent>,
) {
    for (to, query, stored) in queries {
        written.wait(stored, || events.is_closed());
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
    use super::{Job, StoreEvent, Written, events, find, mpsc, thread, write};
    use crate::journal::{Journal, JournalError, Register, RoomKey};
    use crate::room::{Query, Search};
    use crate::wire::{MemberId, PostId};

    /// How many posts the journal has.
    const POSTS: u64 = 100_000;

    #[test]
    fn the_writer_goes_on_when_there_is_nothing_to_write() -> Result<(), JournalError> {
        let (journal, _folder) = Journal::with_posts(1)?;
        let (name, port) = (None, 1);
        let register = Register::open(journal, &RoomKey { name, port })?;
        // Each job is handed over only when the writer waits for one.
        let (jobs, to_write) = mpsc::sync_channel(0);
        let (sender, mut written) = events::unbounded_channel();
        let writer =
            thread::spawn(move || write(register, &to_write, &Written::default(), &sender));
        for _ in 0..100 {
            assert!(jobs.send(Job::Posts(Vec::new())).is_ok());
        }
        assert!(jobs.send(Job::State(7, Vec::new())).is_ok());
        let saved = written.blocking_recv();
        assert!(matches!(saved, Some(StoreEvent::Saved(7))), "{saved:?}");
        drop(jobs);
        assert!(writer.join().is_ok());
        Ok(())
    }

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

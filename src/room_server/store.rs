//! What is written down, by one thread that gathers what there is, and looked up by another.

use crate::journal::{Journal, JournalError, Register};
use crate::room::{HubInput, PostRecord, Query, Recipient, Search, size};
use crate::wire::{Post, PostId};
use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc as news;

/// The most posts of one commit. A commit never waits for more of them: it takes what has come while
/// the one before was made.
const BATCH: usize = 256;

/// About how many bytes they have at most: what is stored at once is sent at once, and has to fit into
/// the queue of everybody who reads it.
const BATCH_BYTES: usize = 64 * 1_024;

/// How many posts, or bytes of them, a search looks at until others have their turn.
const STEP_POSTS: usize = 2_000;
const STEP_BYTES: usize = 1_024 * 1_024;

/// How long to wait until a journal is tried again that another program has locked.
const RETRY: Duration = Duration::from_millis(20);

/// What a thread has to tell.
#[derive(Debug)]
pub(super) enum StoreEvent {
    /// What was written is safe, up to this post.
    Stored(PostId),
    /// What was looked up.
    Found(HubInput),
    /// Another program has locked the journal. What is to be written waits.
    Locked,
    /// The journal can be written again.
    Unlocked,
    /// This cannot be looked up.
    Unread {
        /// For whom.
        to: Recipient,
        /// What.
        query: Query,
        /// Why.
        error: JournalError,
    },
    /// What was said cannot be written down.
    Failed(JournalError),
}

/// Where posts are kept.
#[derive(Debug)]
pub(super) struct Store {
    threads: Option<Threads>,
    /// Where there are no threads, the answers come from here.
    news: news::UnboundedSender<StoreEvent>,
}

#[derive(Debug)]
struct Threads {
    entries: mpsc::Sender<PostRecord>,
    looks: mpsc::Sender<(Recipient, Query, PostId)>,
}

impl Store {
    /// Writes into `register` and looks things up in `journal`, in portions of about so many bytes;
    /// tells what comes of it by `news`.
    pub(super) fn open(
        register: Register,
        journal: Journal,
        portion: usize,
        news: news::UnboundedSender<StoreEvent>,
    ) -> io::Result<Self> {
        let (entries, to_write) = mpsc::channel();
        let (looks, to_look) = mpsc::channel();
        let room = register.room();
        let tell = news.clone();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || write(register, &to_write, &tell))?;
        let tell = news.clone();
        thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || look(&journal, room, portion, &to_look, &tell))?;
        Ok(Self {
            threads: Some(Threads { entries, looks }),
            news,
        })
    }

    /// Keeps nothing.
    pub(super) fn nowhere(news: news::UnboundedSender<StoreEvent>) -> Self {
        Self {
            threads: None,
            news,
        }
    }

    /// Writes `entry` down. How many are under way is bounded by the hub.
    pub(super) fn write(&self, entry: PostRecord) {
        match &self.threads {
            Some(threads) => {
                // A thread that has ended has told why.
                let _ = threads.entries.send(entry);
            }
            None => {
                // Nobody listens only where the room is closed.
                let _ = self.news.send(StoreEvent::Stored(entry.post.id));
            }
        }
    }

    /// Looks something up, among the posts up to `stored`. The answer comes by the news, or at once
    /// where nothing is kept. The caller asks one thing at a time.
    pub(super) fn look(&self, to: Recipient, query: Query, stored: PostId) -> Option<HubInput> {
        match &self.threads {
            Some(threads) => {
                let _ = threads.looks.send((to, query, stored));
                None
            }
            None => Some(HubInput::Found {
                to,
                query,
                posts: Vec::new(),
                rest: None,
            }),
        }
    }
}

/// Writes until nobody has anything to write any more.
fn write(
    mut register: Register,
    entries: &mpsc::Receiver<PostRecord>,
    news: &news::UnboundedSender<StoreEvent>,
) {
    while let Ok(first) = entries.recv() {
        let mut bytes = size(&first.post);
        let mut batch = vec![first];
        while batch.len() < BATCH
            && bytes < BATCH_BYTES
            && let Ok(next) = entries.try_recv()
        {
            bytes += size(&next.post);
            batch.push(next);
        }
        let Some(last) = batch.last().map(|entry| entry.post.id) else {
            continue;
        };
        let mut is_locked = false;
        let told = loop {
            match register.write(&batch) {
                Ok(()) => break StoreEvent::Stored(last),
                Err(error) if error.may_pass() => {
                    if !is_locked && news.send(StoreEvent::Locked).is_err() {
                        return;
                    }
                    is_locked = true;
                    if news.is_closed() {
                        return;
                    }
                    thread::sleep(RETRY);
                }
                Err(error) => {
                    let _ = news.send(StoreEvent::Failed(error));
                    return;
                }
            }
        };
        if is_locked && news.send(StoreEvent::Unlocked).is_err() {
            return;
        }
        if news.send(told).is_err() {
            return;
        }
    }
}

/// Looks things up until nobody asks any more.
fn look(
    journal: &Journal,
    room: i64,
    portion: usize,
    looks: &mpsc::Receiver<(Recipient, Query, PostId)>,
    news: &news::UnboundedSender<StoreEvent>,
) {
    for (to, query, stored) in looks {
        let found = loop {
            match find(journal, room, &query, portion, stored) {
                Err(error) if error.may_pass() && !news.is_closed() => thread::sleep(RETRY),
                found => break found,
            }
        };
        let told = match found {
            Ok((posts, rest)) => StoreEvent::Found(HubInput::Found {
                to,
                query,
                posts: posts.into_iter().map(Arc::new).collect(),
                rest,
            }),
            Err(error) => StoreEvent::Unread { to, query, error },
        };
        if news.send(told).is_err() {
            return;
        }
    }
}

/// The next portion of an answer, and what is left to be looked up for it.
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
                // One that was deleted meanwhile is passed over.
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

/// One step of a search. Goes on where it has not come to the end.
fn step(
    journal: &Journal,
    room: i64,
    search: &mut Search,
    stored: PostId,
) -> Result<ControlFlow<()>, JournalError> {
    let up_to = match search.before {
        Some(before) => PostId(before.0.saturating_sub(1)),
        None => stored,
    };
    let (mut looked_at, mut bytes) = (0, 0);
    let mut is_over = true;
    journal.posts_backwards(room, up_to, |post| {
        looked_at += 1;
        bytes += size(post);
        if search.look_at(post) {
            return ControlFlow::Break(());
        }
        if looked_at >= STEP_POSTS || bytes >= STEP_BYTES {
            is_over = false;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(match is_over {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    })
}

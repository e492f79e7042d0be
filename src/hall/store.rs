//! What is written down, by one thread that gathers what there is, and looked up by another.

use crate::journal::{Journal, JournalError, Register};
use crate::room::{Entry, Input, Query, Reader};
use crate::wire::{Post, PostId, What};
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use tokio::sync::mpsc as news;

/// The most posts of one commit. A commit never waits for more of them: it takes what has come while
/// the one before was made.
const BATCH: usize = 256;

/// What a thread has to tell.
#[derive(Debug)]
pub(super) enum News {
    /// Something happened that the hub has to know.
    Said(Input),
    /// What was said cannot be written down.
    Failed(JournalError),
}

/// Where posts are kept.
#[derive(Debug)]
pub(super) struct Store {
    threads: Option<Threads>,
    /// Where there are no threads, the answers come from here.
    news: news::UnboundedSender<News>,
}

#[derive(Debug)]
struct Threads {
    entries: mpsc::Sender<Entry>,
    looks: mpsc::Sender<(Reader, Query, PostId)>,
}

impl Store {
    /// Writes into `register` and looks things up in `journal`; tells what comes of it by `news`.
    pub(super) fn open(
        register: Register,
        journal: Journal,
        news: news::UnboundedSender<News>,
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
            .spawn(move || look(&journal, room, &to_look, &tell))?;
        Ok(Self {
            threads: Some(Threads { entries, looks }),
            news,
        })
    }

    /// Keeps nothing.
    pub(super) fn nowhere(news: news::UnboundedSender<News>) -> Self {
        Self {
            threads: None,
            news,
        }
    }

    /// Writes `entry` down. How many are under way is bounded by the hub.
    pub(super) fn write(&self, entry: Entry) {
        match &self.threads {
            Some(threads) => {
                // A thread that has ended has told why.
                let _ = threads.entries.send(entry);
            }
            None => self.tell(Input::Stored(entry.post.id)),
        }
    }

    /// Looks something up, among the posts up to `stored`. There is at most one question for each
    /// line that somebody has typed, and for each that comes back.
    pub(super) fn look(&self, to: Reader, query: Query, stored: PostId) {
        match &self.threads {
            Some(threads) => {
                let _ = threads.looks.send((to, query, stored));
            }
            None => {
                let posts = Vec::new();
                self.tell(Input::Found { to, query, posts });
            }
        }
    }

    fn tell(&self, input: Input) {
        // Nobody listens only where the room is closed.
        let _ = self.news.send(News::Said(input));
    }
}

/// Writes until nobody has anything to write any more.
fn write(
    mut register: Register,
    entries: &mpsc::Receiver<Entry>,
    news: &news::UnboundedSender<News>,
) {
    while let Ok(first) = entries.recv() {
        let mut batch = vec![first];
        batch.extend(entries.try_iter().take(BATCH - 1));
        let last = batch.last().map(|entry| entry.post.id);
        let told = match (register.write(&batch), last) {
            (Ok(()), Some(last)) => news.send(News::Said(Input::Stored(last))),
            (Ok(()), None) => continue,
            (Err(error), _) => {
                let _ = news.send(News::Failed(error));
                return;
            }
        };
        if told.is_err() {
            return;
        }
    }
}

/// Looks things up until nobody asks any more.
fn look(
    journal: &Journal,
    room: i64,
    looks: &mpsc::Receiver<(Reader, Query, PostId)>,
    news: &news::UnboundedSender<News>,
) {
    for (to, query, stored) in looks {
        let found = match &query {
            Query::After(after, limit) => journal.posts(room, *after, stored, *limit),
            Query::Last(limit) => journal.last_posts(room, stored, *limit, is_said),
            Query::Words(words, limit) => {
                let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
                journal.last_posts(room, stored, *limit, |post| has_words(post, &words))
            }
        };
        let input = match found {
            Ok(posts) => Input::Found {
                to,
                query,
                posts: posts.into_iter().map(Arc::new).collect(),
            },
            Err(error) => {
                let _ = news.send(News::Failed(error));
                return;
            }
        };
        if news.send(News::Said(input)).is_err() {
            return;
        }
    }
}

/// The words that somebody has said.
fn said(post: &Post) -> Option<&str> {
    match &post.what {
        What::Said { text } | What::Acted { text } => Some(text),
        _ => None,
    }
}

fn is_said(post: &Post) -> bool {
    said(post).is_some()
}

fn has_words(post: &Post, words: &[String]) -> bool {
    said(post).is_some_and(|text| {
        let text = format!("{} {}", post.by.name, text).to_lowercase();
        words.iter().all(|word| text.contains(word))
    })
}

//! Reading a stream in order.

use super::entry::StreamEntry;
use super::error::ReadError;
use super::feed::{Feed, Identity};
use super::link::Link;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many messages may wait for the caller, besides one batch of the engine.
const WAITING: usize = 16;

/// Reads the messages of a stream in order, each once and without a gap, over any number of
/// connections. Stops reading ahead while the caller does not take what is there.
#[derive(Debug)]
pub struct Reader {
    entries: mpsc::Receiver<Result<StreamEntry, ReadError>>,
    feed: JoinHandle<()>,
    ended: Option<ReadError>,
    link: Link,
}

impl Reader {
    pub(super) fn start(link: &Link, stream: &Arc<Identity>, after: u64) -> Self {
        let (sender, entries) = mpsc::channel(WAITING);
        let feed = Feed {
            link: link.clone(),
            stream: Arc::clone(stream),
            last: after,
            entries: sender,
        };
        Self {
            entries,
            feed: tokio::spawn(feed.run()),
            ended: None,
            link: link.clone(),
        }
    }

    /// The next message. Waits as long as there is none, and while the engine cannot be reached;
    /// [`Engine::watch`](super::Engine::watch) tells the two apart. Dropping the future loses
    /// nothing.
    ///
    /// # Errors
    /// If the next message will never come. The same error then returns each time.
    pub async fn next(&mut self) -> Result<StreamEntry, ReadError> {
        if let Some(error) = &self.ended {
            return Err(error.clone());
        }
        let stopped = || ReadError::Refused {
            engine: self.link.engine.clone(),
            reason: "reading has stopped".to_owned(),
        };
        let next = self.entries.recv().await;
        let next = next.unwrap_or_else(|| Err(stopped()));
        if let Err(error) = &next {
            self.ended = Some(error.clone());
        }
        next
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.feed.abort();
    }
}

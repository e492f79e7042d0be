//! Queries of one reader that wait for space in its queue.

use crate::room::Query;
use crate::wire::PostId;
use std::collections::VecDeque;

/// The queries of one reader, to be answered once its queue has space for the answers.
#[derive(Debug, Default)]
pub(super) struct PendingQueries {
    /// The next portion of the posts that the reader has missed. The hub asks for one portion at a
    /// time.
    catch_up: Option<(PostId, usize)>,
    /// What the reader has asked for, oldest first: at most one command, because the next line is
    /// read only after the answer, the rest of one survey, and the rest of lists of members that the
    /// client gets as data.
    asked: VecDeque<Query>,
}

impl PendingQueries {
    pub(super) fn add(&mut self, query: Query) {
        match query {
            Query::After(after, limit) => self.catch_up = Some((after, limit)),
            Query::Said(_) | Query::Posts(_) | Query::Members(..) => self.asked.push_back(query),
        }
    }

    /// Removes the next query. Commands come before missed posts.
    pub(super) fn take(&mut self) -> Option<Query> {
        let catch_up = &mut self.catch_up;
        self.asked.pop_front().or_else(|| {
            catch_up
                .take()
                .map(|(after, limit)| Query::After(after, limit))
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.catch_up.is_none() && self.asked.is_empty()
    }
}

//! The last posts of a room without a journal.

use crate::room::{Query, RECENT_POSTS, size};
use crate::wire::{Post, PostId};
use std::collections::VecDeque;
use std::sync::Arc;

/// The last posts, at most [`RECENT_POSTS`]. The hub has most of them in memory as well, and shares
/// them.
#[derive(Debug)]
pub(super) struct Memory {
    posts: VecDeque<Arc<Post>>,
    portion: usize,
}

impl Memory {
    /// No posts yet. An answer has about `portion` bytes.
    pub(super) fn new(portion: usize) -> Self {
        Self {
            posts: VecDeque::new(),
            portion,
        }
    }

    /// Keeps the next posts, in order.
    pub(super) fn keep(&mut self, posts: impl Iterator<Item = Arc<Post>>) {
        for post in posts {
            if self.posts.len() >= RECENT_POSTS {
                self.posts.pop_front();
            }
            self.posts.push_back(post);
        }
    }

    /// The next portion of an answer from the posts up to `stored`, and the query for the rest.
    pub(super) fn find(&self, query: &Query, stored: PostId) -> (Vec<Arc<Post>>, Option<Query>) {
        match query {
            Query::Said(search) => {
                let mut search = search.clone();
                let up_to = search.next(stored);
                let mut posts = self.posts.iter().rev().filter(|post| post.id <= up_to);
                // So few posts are examined in one step.
                let _ = posts.any(|post| search.look_at(post));
                let found = search.found;
                let rest = (!found.is_empty()).then_some(Query::Posts(found));
                (Vec::new(), rest)
            }
            Query::Posts(ids) => {
                let mut rest = ids.clone();
                let (mut posts, mut bytes) = (Vec::new(), 0);
                while bytes < self.portion
                    && let Some(id) = rest.pop_front()
                {
                    // A post may have been dropped in the meantime.
                    if let Some(post) = self.post(id) {
                        bytes += size(post);
                        posts.push(Arc::clone(post));
                    }
                }
                let rest = (!rest.is_empty()).then_some(Query::Posts(rest));
                (posts, rest)
            }
            // The hub knows its members and the posts that somebody has missed itself.
            Query::After(..) | Query::Members(..) => (Vec::new(), None),
        }
    }

    fn post(&self, id: PostId) -> Option<&Arc<Post>> {
        let at = self.posts.binary_search_by_key(&id, |post| post.id).ok()?;
        self.posts.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use crate::room::{Query, RECENT_POSTS, Search};
    use crate::wire::{Author, MemberId, Post, PostId, Text, What};
    use std::sync::Arc;

    /// The posts with these numbers, each with a text of ten bytes.
    fn said(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = Arc<Post>> {
        numbers.map(|number| {
            Arc::new(Post {
                id: PostId(number),
                at: number,
                by: Author {
                    id: MemberId(1),
                    name: "ann".into(),
                },
                what: What::Said {
                    text: Text::cut("0123456789".to_owned()),
                },
            })
        })
    }

    /// The numbers of all posts that answer `query`, and the number of portions.
    fn answer(memory: &Memory, query: Query, stored: u64) -> (Vec<u64>, usize) {
        let (mut numbers, mut portions) = (Vec::new(), 0);
        let mut next = Some(query);
        while let Some(query) = next {
            let (posts, rest) = memory.find(&query, PostId(stored));
            numbers.extend(posts.iter().map(|post| post.id.0));
            portions += usize::from(!posts.is_empty());
            next = rest;
        }
        (numbers, portions)
    }

    fn last(limit: usize) -> Search {
        Search::new(MemberId(1), [].into_iter(), limit)
    }

    #[test]
    fn the_last_posts_that_are_stored_are_found_in_portions() {
        let mut memory = Memory::new(1);
        memory.keep(said(1..=10));
        let find = |search: Search, stored| answer(&memory, Query::Said(search), stored);
        assert_eq!(find(last(3), 8), (vec![6, 7, 8], 3));
        assert_eq!(find(last(3).before(PostId(5)), 8), (vec![2, 3, 4], 3));
        assert_eq!(find(last(3).before(PostId(3)), 8), (vec![1, 2], 2));
        assert_eq!(find(last(3).before(PostId(1)), 8), (vec![], 0));
        assert_eq!(
            find(last(3).before(PostId(u64::MAX)), 8),
            (vec![6, 7, 8], 3)
        );
    }

    #[test]
    fn the_oldest_posts_are_dropped() {
        let recent = RECENT_POSTS as u64;
        let mut memory = Memory::new(usize::MAX);
        memory.keep(said(1..=recent + 10));
        let (found, portions) = answer(&memory, Query::Said(last(usize::MAX)), u64::MAX);
        assert!(found.into_iter().eq(11..=recent + 10));
        assert_eq!(portions, 1);
        // A search may have found them before.
        let query = Query::Posts([1, 10, 11].map(PostId).into());
        assert_eq!(answer(&memory, query, u64::MAX), (vec![11], 1));
    }
}

//! The settings of a room, and a store for it.

use std::net::SocketAddr;
use std::sync::Arc;
use tictalk::room::{ConnectionId, Nick, PostRecord, Query, Settings};
use tictalk::wire::{Post, PostId, What};

pub(crate) fn settings() -> Settings {
    Settings::new(Nick::read("host").unwrap(), 1_700_000_000_000)
}

pub(crate) fn address(connection: ConnectionId) -> SocketAddr {
    let port = 40_000 + u16::try_from(connection.0 % 20_000).unwrap();
    SocketAddr::from(([192, 0, 2, 1], port))
}

/// Whether a member may not be sent this post: it is about others or told in other words.
pub(crate) fn may_be_missing(post: &Post) -> bool {
    matches!(
        post.what,
        What::Whispered { .. } | What::Moved { .. } | What::Undone { .. } | What::Ended { .. }
    )
}

/// How many posts one portion of an answer has, and how many one step of a search looks at.
const PORTION: usize = 3;

/// The answer of a store, and the query for the rest.
pub(crate) fn look_up(store: &[PostRecord], query: &Query) -> (Vec<Arc<Post>>, Option<Query>) {
    let posts = store.iter().map(|entry| Arc::clone(&entry.post));
    match query {
        Query::After(after, count) => {
            let posts = posts.filter(|it| it.id > *after);
            (posts.take(*count).collect(), None)
        }
        Query::Said(search) => {
            let mut search = search.clone();
            let before = search.before;
            let mut left = posts
                .rev()
                .filter(|post| before.is_none_or(|it| post.id < it));
            let is_over = loop {
                match left.next() {
                    None => break true,
                    Some(post) if search.look_at(&post) => break true,
                    Some(post) if post.id.0 % PORTION as u64 == 0 => break false,
                    Some(_) => {}
                }
            };
            let rest = match is_over {
                false => Some(Query::Said(search)),
                true if search.found.is_empty() => None,
                true => Some(Query::Posts(search.found)),
            };
            (Vec::new(), rest)
        }
        Query::Posts(ids) => {
            let mut rest = ids.clone();
            let ids: Vec<PostId> = rest.drain(..PORTION.min(rest.len())).collect();
            let posts = posts.filter(|post| ids.contains(&post.id)).collect();
            (posts, (!rest.is_empty()).then_some(Query::Posts(rest)))
        }
        Query::Members(..) => (Vec::new(), None),
    }
}

//! Joins, leaves, lost connections and returns that one message announces together.

use super::room::{Author, PostId, What};
use serde::{Deserialize, Serialize};

/// What several posts say about who is in a room, in place of these posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// The last of the posts. The client has seen all posts up to it.
    pub last: PostId,
    /// The time of that post: milliseconds since 1970 by the server's clock.
    pub at: u64,
    /// The events, in the order in which each occurred first.
    pub groups: Vec<GatheredGroup>,
    /// Whether this names members that an earlier message with the same `last` has only counted. A
    /// client adds them to the names that it knows, and shows nothing.
    #[serde(rename = "rest", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_rest: bool,
}

/// An event, and the members that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatheredGroup {
    /// The event: [`What::Joined`], [`What::Left`], [`What::Away`] or [`What::Back`].
    #[serde(flatten)]
    pub what: What,
    /// Members, in the order of their posts.
    pub members: Vec<GatheredMember>,
    /// How many more members there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u64,
}

/// A member in a [`GatheredGroup`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatheredMember {
    /// The member's post.
    pub id: PostId,
    /// The member.
    #[serde(flatten)]
    pub by: Author,
}

impl Gathered {
    /// Maximum number of members in one message: with the longest names, they fit into a control
    /// frame.
    pub const PORTION: usize = 200;
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

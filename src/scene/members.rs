//! The members of a room, as a list beside the talk.

use crate::wire::{Author, MemberId, MemberSight, Post, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Maximum number of members in the list. The others are counted.
const LISTED: usize = 10_000;

/// The members.
#[derive(Debug, Default)]
pub struct Members {
    members: BTreeMap<MemberId, Listed>,
    /// Who has called the reader by name since the reader entered a line.
    calling: BTreeSet<MemberId>,
    /// Whether more of the list is to come.
    is_partial: bool,
}

/// A member in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What the room tells.
    pub sight: MemberSight,
    /// What only the host knows: the address, and for how long.
    pub detail: Option<String>,
}

impl Members {
    /// Takes in a portion of the list. `is_partial` says that another one follows.
    pub fn list(&mut self, members: Vec<MemberSight>, is_partial: bool) {
        if !self.is_partial {
            self.members.clear();
        }
        self.is_partial = is_partial;
        for sight in members {
            self.add(Listed {
                sight,
                detail: None,
            });
        }
        if !is_partial {
            self.forget_callers();
        }
    }

    /// Replaces the whole list.
    pub fn replace(&mut self, members: impl Iterator<Item = Listed>) {
        self.members.clear();
        members.for_each(|member| self.add(member));
        self.forget_callers();
    }

    /// Forgets who has called and is not in the list any more.
    fn forget_callers(&mut self) {
        let members = &self.members;
        self.calling.retain(|id| members.contains_key(id));
    }

    fn add(&mut self, member: Listed) {
        let id = member.sight.id;
        if self.members.len() < LISTED || self.members.contains_key(&id) {
            self.members.insert(id, member);
        }
    }

    /// Notes what a post says about its author.
    pub fn hear(&mut self, post: &Post) {
        self.hear_of(&post.by, &post.what);
    }

    /// Notes an event.
    pub fn hear_of(&mut self, by: &Author, what: &What) {
        if by.id == MemberId::HOST {
            return;
        }
        match what {
            What::Left { .. } | What::Kicked { .. } | What::Banned { .. } => {
                self.members.remove(&by.id);
                self.calling.remove(&by.id);
            }
            What::Joined => self.add(Listed {
                sight: MemberSight {
                    id: by.id,
                    name: Arc::clone(&by.name),
                    is_coordinator: false,
                    is_here: true,
                    is_plain: false,
                    plays: None,
                },
                detail: None,
            }),
            What::Away => self.change(by.id, |member| member.is_here = false),
            What::Back => self.change(by.id, |member| member.is_here = true),
            What::Renamed { to } => self.change(by.id, |member| member.name = Arc::clone(to)),
            What::Coordinator => {
                for member in self.members.values_mut() {
                    member.sight.is_coordinator = member.sight.id == by.id;
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, id: MemberId, change: impl FnOnce(&mut MemberSight)) {
        if let Some(member) = self.members.get_mut(&id) {
            change(&mut member.sight);
        }
    }

    /// Notes that this member has called the reader by name.
    pub fn called_by(&mut self, id: MemberId) {
        if self.members.contains_key(&id) {
            self.calling.insert(id);
        }
    }

    /// Notes that the reader takes part again.
    pub(super) fn answer(&mut self) {
        self.calling.clear();
    }

    /// Whether this member has called the reader by name.
    #[must_use]
    pub fn is_calling(&self, id: MemberId) -> bool {
        self.calling.contains(&id)
    }

    /// The members, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Listed> {
        self.members.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

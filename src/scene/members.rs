//! The members of a room, as a list beside the talk.

use crate::wire::{Author, GameSight, MemberId, MemberSight, Post, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Maximum number of members in the list.
const LISTED: usize = 10_000;

/// Maximum number of bytes of a name. Names in a room are shorter.
const LONGEST: usize = 256;

/// The members.
#[derive(Debug, Default)]
pub struct Members {
    members: BTreeMap<MemberId, ListedMember>,
    /// Members who mentioned the reader since the reader last entered a line.
    calling: BTreeSet<MemberId>,
    /// Whether the list is incomplete.
    is_partial: bool,
    has_details: bool,
}

/// A member in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedMember {
    /// The member, as the room describes it.
    pub sight: MemberSight,
    /// For the host only: the address and the times.
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
            self.add(ListedMember {
                sight,
                detail: None,
            });
        }
        if !is_partial {
            self.forget_callers();
        }
    }

    /// Replaces the whole list by one with details.
    pub fn replace(&mut self, members: impl Iterator<Item = ListedMember>) {
        self.has_details = true;
        self.members.clear();
        members.for_each(|member| self.add(member));
        self.forget_callers();
    }

    /// Forgets mentions by members who have left.
    fn forget_callers(&mut self) {
        let members = &self.members;
        self.calling.retain(|id| members.contains_key(id));
    }

    fn add(&mut self, mut member: ListedMember) {
        let id = member.sight.id;
        // A malicious server may send anything.
        let sight = &mut member.sight;
        let texts = sight.plays.as_ref();
        let texts = texts.map_or(0, |plays| plays.game.len().max(plays.with.len()));
        if texts > LONGEST || sight.name.len() > LONGEST {
            let name: String = sight.name.chars().take(LONGEST / 4).collect();
            sight.name = name.into();
            sight.plays = None;
        }
        if self.members.len() < LISTED || self.members.contains_key(&id) {
            self.members.insert(id, member);
        }
    }

    /// Updates the author of a post.
    pub fn hear(&mut self, post: &Post) {
        self.hear_of(&post.by, &post.what);
    }

    /// Updates the list after an event.
    pub fn hear_of(&mut self, by: &Author, what: &What) {
        if by.id == MemberId::HOST {
            return;
        }
        match what {
            What::Left { .. } | What::Kicked { .. } | What::Banned { .. } => {
                self.members.remove(&by.id);
                self.calling.remove(&by.id);
            }
            What::Joined => self.add(ListedMember {
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
            What::Began { game, with } => {
                self.play(&by.name, Some((game, with)));
                self.play(with, Some((game, &by.name)));
            }
            What::Ended { with, .. } => {
                self.play(&by.name, None);
                self.play(with, None);
            }
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

    /// Sets or clears the game that the member with this name plays.
    fn play(&mut self, name: &str, game: Option<(&str, &Arc<str>)>) {
        let mut members = self.members.values_mut();
        if let Some(member) = members.find(|member| *member.sight.name == *name) {
            member.sight.plays = game.map(|(game, with)| GameSight {
                game: game.to_owned(),
                with: Arc::clone(with),
            });
        }
    }

    /// Marks a member who mentioned the reader.
    pub fn called_by(&mut self, id: MemberId) {
        if self.members.contains_key(&id) {
            self.calling.insert(id);
        }
    }

    /// Clears all mentions: the reader has answered.
    pub(super) fn answer(&mut self) {
        self.calling.clear();
    }

    /// Whether this member has mentioned the reader.
    #[must_use]
    pub fn is_calling(&self, id: MemberId) -> bool {
        self.calling.contains(&id)
    }

    /// The members, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &ListedMember> {
        self.members.values()
    }

    /// Whether their connections are shown as well.
    #[must_use]
    pub fn has_details(&self) -> bool {
        self.has_details
    }

    /// The games that are played: the name of the game, and the players.
    #[must_use]
    pub fn tables(&self) -> Vec<(&str, [&str; 2])> {
        let mut tables: Vec<(&str, [&str; 2])> = Vec::new();
        for member in self.members.values() {
            if let Some(plays) = &member.sight.plays {
                let players: [&str; 2] = [&member.sight.name, &plays.with];
                let is_known = |(game, [one, two]): &(&str, [&str; 2])| {
                    *game == plays.game && [*two, *one] == players
                };
                if !tables.iter().any(is_known) {
                    tables.push((&plays.game, players));
                }
            }
        }
        tables
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

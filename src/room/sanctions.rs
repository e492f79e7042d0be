//! Who may not come back, and who may not speak.

use super::budget::Origin;
use super::name::Nick;
use crate::text::count;
use crate::wire::{Author, MemberId, Post, What};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How long a removed member may not come back.
pub(crate) const KICK: Duration = Duration::from_secs(600);

/// Maximum number of sanctions. The oldest are dropped, removals before the others.
pub const SANCTIONS: usize = 1_024;

/// How many sanctions `/bans` lists.
const LISTED: usize = 100;

/// A measure against a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Measure {
    /// Removed. The member may return after [`KICK`], but not coordinate.
    Kick,
    /// Removed until `/unban`.
    Ban,
    /// Silenced until `/unmute`.
    Mute,
}

/// A measure that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sanction {
    pub(crate) measure: Measure,
    pub(crate) member: MemberId,
    /// The member's name at that time.
    pub(crate) name: Arc<str>,
    /// The confusable keys of this name.
    keys: Vec<String>,
    /// The name of the person who took the measure.
    pub(crate) by: Arc<str>,
    /// When, in milliseconds since 1970.
    at: u64,
    /// The address of a member without a ticket. It is not stored.
    origin: Option<Origin>,
}

/// The measures in force, and removals that are over: the sum of all posts about them, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanctions(VecDeque<Sanction>);

/// Why somebody may not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// Banned.
    Banned,
    /// Removed, for this much longer.
    Kicked(Duration),
}

/// Somebody who wants to come in or to speak.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suspect<'a> {
    /// The member's number, if the room knows the ticket.
    pub(crate) member: Option<MemberId>,
    pub(crate) nick: Option<&'a Nick>,
    /// The address of somebody without a ticket.
    pub(crate) origin: Option<Origin>,
}

impl Sanctions {
    /// Adds the next post.
    pub fn note(&mut self, post: &Post) {
        let (measure, by) = match &post.what {
            What::Kicked { from } => (Measure::Kick, from),
            What::Banned { from } => (Measure::Ban, from),
            What::Muted { from } => (Measure::Mute, from),
            What::Unbanned { .. } => return self.lift(post.by.id, Measure::lets_in),
            What::Unmuted { .. } => return self.lift(post.by.id, Measure::silences),
            _ => return,
        };
        self.lift(post.by.id, |other| other == measure);
        let nick = Nick::read(&post.by.name);
        self.0.push_back(Sanction {
            measure,
            member: post.by.id,
            name: Arc::clone(&post.by.name),
            keys: nick.map(|nick| nick.keys()).unwrap_or_default(),
            by: Arc::clone(by),
            at: post.at,
            origin: None,
        });
        if self.0.len() > SANCTIONS {
            let kick = self.0.iter().position(|it| it.measure == Measure::Kick);
            self.0.remove(kick.unwrap_or(0));
        }
    }

    fn lift(&mut self, member: MemberId, is_lifted: impl Fn(Measure) -> bool) {
        self.0
            .retain(|it| it.member != member || !is_lifted(it.measure));
    }

    /// Extends the last measure against a member without a ticket to its address.
    pub(crate) fn extend_to(&mut self, member: MemberId, origin: Option<Origin>) {
        if let Some(last) = self.0.iter_mut().rfind(|it| it.member == member) {
            last.origin = origin;
        }
    }

    /// The author of a post about a muted member.
    pub(crate) fn muted(&self, member: MemberId) -> Option<Author> {
        let mut mutes = self.0.iter().filter(|it| it.measure == Measure::Mute);
        let found = mutes.find(|it| it.member == member)?;
        Some(Author {
            id: found.member,
            name: Arc::clone(&found.name),
        })
    }

    /// Whether somebody may not come in now, `now` milliseconds after 1970.
    pub(crate) fn bars(&self, now: u64, suspect: Suspect<'_>) -> Option<Barred> {
        let mut longest = None;
        for sanction in self.0.iter().filter(|it| it.is_about(suspect)) {
            match sanction.measure {
                Measure::Ban => return Some(Barred::Banned),
                Measure::Kick => longest = longest.max(sanction.left(now)),
                Measure::Mute => {}
            }
        }
        longest.map(Barred::Kicked)
    }

    /// Whether a member may not speak.
    pub(crate) fn mute(&self, member: MemberId, nick: &Nick) -> bool {
        let mut about = self.about(member, nick);
        about.any(|sanction| sanction.measure == Measure::Mute)
    }

    /// Whether a member was never removed or silenced, or was forgiven.
    pub(crate) fn trust(&self, member: MemberId, nick: &Nick) -> bool {
        self.about(member, nick).next().is_none()
    }

    fn about<'a>(&'a self, member: MemberId, nick: &'a Nick) -> impl Iterator<Item = &'a Sanction> {
        let suspect = Suspect {
            member: Some(member),
            nick: Some(nick),
            origin: None,
        };
        self.0.iter().filter(move |it| it.is_about(suspect))
    }

    /// The member who was banned or removed, or else muted, under this name.
    pub(crate) fn named(&self, name: &str, mutes: bool) -> Option<Author> {
        let keys = Nick::read(name).ok()?.keys();
        let mut found = self.0.iter().rev().filter(|it| {
            it.measure.silences() == mutes && keys.iter().any(|key| it.keys.contains(key))
        });
        let found = found.next()?;
        Some(Author {
            id: found.member,
            name: Arc::clone(&found.name),
        })
    }

    /// The measures in force, in words.
    pub(crate) fn words(&self, now: u64) -> String {
        let lines = self.0.iter().filter_map(|sanction| {
            let Sanction { name, by, .. } = sanction;
            match sanction.measure {
                Measure::Ban => Some(format!("  {name}: banned by {by}")),
                Measure::Mute => Some(format!("  {name}: muted by {by}")),
                Measure::Kick => {
                    let left = minutes(sanction.left(now)?);
                    Some(format!("  {name}: removed by {by}, for {left} more"))
                }
            }
        });
        let mut lines: Vec<String> = lines.collect();
        if lines.is_empty() {
            return "Nobody is banned, removed or muted.".to_owned();
        }
        if let Some(more) = lines.len().checked_sub(LISTED).filter(|more| *more > 0) {
            lines.drain(..more);
            lines.insert(0, format!("  and {}", count(more, "older one")));
        }
        format!("Banned, removed or muted:\n{}", lines.join("\n"))
    }
}

impl Measure {
    /// Whether `/unban` lifts it.
    fn lets_in(self) -> bool {
        matches!(self, Self::Kick | Self::Ban)
    }

    /// Whether `/unmute` lifts it.
    fn silences(self) -> bool {
        matches!(self, Self::Mute)
    }
}

impl Sanction {
    fn is_about(&self, suspect: Suspect<'_>) -> bool {
        let Suspect {
            member,
            nick,
            origin,
        } = suspect;
        let has_name = |nick: &Nick| nick.keys().iter().any(|key| self.keys.contains(key));
        member == Some(self.member)
            || nick.is_some_and(has_name)
            || origin.is_some() && origin == self.origin
    }

    /// How long a removal still lasts.
    fn left(&self, now: u64) -> Option<Duration> {
        // The clock may have been set back.
        let passed = Duration::from_millis(now.saturating_sub(self.at));
        KICK.checked_sub(passed).filter(|left| !left.is_zero())
    }
}

impl Barred {
    /// What the person is told.
    pub(super) fn words(self) -> String {
        match self {
            Self::Banned => "You are banned from this room.".to_owned(),
            Self::Kicked(left) => format!(
                "You were removed from this room. You can return in {}.",
                minutes(left)
            ),
        }
    }
}

/// A duration in minutes, rounded up.
fn minutes(time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60).max(1);
    count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute")
}

//! Lists of members, and the words for them.

use super::line_mark::LineMark;
use crate::text::count;
use crate::wire::MemberId;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A portion of a list. A long list comes in several, so that no notice is longer than a reader's
/// queue can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion<T> {
    /// The length of the whole list, in its first portion.
    pub total: Option<usize>,
    /// The items of this portion.
    pub items: Vec<T>,
}

/// Maximum number of members that are named to somebody who joins.
pub(super) const NAMED: usize = 8;

/// The room and its members, as somebody who joins is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The room's name, if it has one.
    pub room: Option<Arc<str>>,
    /// The host's name, if it is neither the default nor the room's.
    pub host: Option<Arc<str>>,
    /// The names of other members, the coordinator first.
    pub named: Vec<Arc<str>>,
    /// Whether the first of them is the coordinator.
    pub has_coordinator: bool,
    /// Whether the host coordinates.
    pub is_hosts: bool,
    /// How many more members are connected.
    pub more: usize,
}

impl Company {
    /// The room, to follow the name of a member.
    pub(super) fn place(&self) -> String {
        match (&self.room, &self.host) {
            (Some(room), Some(host)) => format!(", in the room {room} of {host}"),
            (Some(room), None) => format!(", in the room {room}"),
            (None, Some(host)) => format!(", in the room of {host}"),
            (None, None) => String::new(),
        }
    }

    /// Who coordinates, where that is the host.
    pub(super) fn order(&self) -> &'static str {
        if self.is_hosts {
            " The host coordinates."
        } else {
            ""
        }
    }

    /// A sentence about the other members.
    pub(super) fn others(&self) -> String {
        let names = self.named.iter().enumerate().map(|(place, name)| {
            let coordinates = place == 0 && self.has_coordinator;
            let role = if coordinates { " (coordinator)" } else { "" };
            format!("{name}{role}")
        });
        match (names.len(), self.more) {
            (0, _) => "Nobody else is here yet.".to_owned(),
            (1, 0) => format!("{} is here.", enumeration(names.collect(), 0)),
            (_, more) => format!("{} are here.", enumeration(names.collect(), more)),
        }
    }
}

/// `ann`, `ann and bob`, `ann, bob and 3 others`. There is at least one name.
pub(super) fn enumeration(mut names: Vec<String>, more: usize) -> String {
    if more > 0 {
        names.push(count(more, "other"));
    }
    match (names.pop(), names.is_empty()) {
        (None, _) => String::new(),
        (Some(only), true) => only,
        (Some(last), false) => format!("{} and {last}", names.join(", ")),
    }
}

/// A member in the list of `/who`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The member's number.
    pub id: MemberId,
    /// The member's name.
    pub name: Arc<str>,
    /// Whether the member is the coordinator.
    pub is_coordinator: bool,
    /// Whether the member is connected.
    pub is_here: bool,
    /// Whether others can read its line.
    pub mark: LineMark,
    /// Time since the member joined.
    pub since: Duration,
    /// Time since the member last sent a line.
    pub quiet: Duration,
}

/// A member in the list of `/status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingResult {
    pub id: MemberId,
    pub name: Arc<str>,
    /// Whether the member is the coordinator.
    pub is_coordinator: bool,
    /// The member's address and answer; `None` while it is disconnected.
    pub connection: Option<(SocketAddr, PingOutcome)>,
    /// Time since something last arrived from the member.
    pub heard: Duration,
}

/// Whether a member has answered a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingOutcome {
    /// Yes, after this time.
    Answered(Duration),
    Missing,
    /// The member's program cannot be pinged.
    Impossible,
}

impl Portion<Listed> {
    pub(super) fn words(&self) -> String {
        let mut words = match self.total {
            None => String::new(),
            Some(0) => "Nobody is here.".to_owned(),
            Some(total) => format!("{}:", count(total, "member")),
        };
        for member in &self.items {
            let Listed { id, name, .. } = member;
            begin_line(&mut words);
            let _ = write!(words, "  {name} {id}");
            if member.is_coordinator {
                words.push_str(", coordinator");
            }
            match member.mark {
                LineMark::Unmarked => {}
                LineMark::Plain => words.push_str(", plain"),
            }
            let (since, quiet) = (rounded(member.since), rounded(member.quiet));
            let _ = write!(words, ", here for {since}, quiet for {quiet}");
            if !member.is_here {
                words.push_str(", connection lost");
            }
        }
        words
    }
}

impl Portion<PingResult> {
    pub(super) fn words(&self) -> String {
        let mut words = match self.total {
            None => String::new(),
            Some(0) => "There is no member to ping.".to_owned(),
            Some(total) => format!("Pinged {}:", count(total, "member")),
        };
        for PingResult {
            id,
            name,
            is_coordinator,
            connection,
            heard,
        } in &self.items
        {
            begin_line(&mut words);
            let _ = write!(words, "  {name} {id}");
            if *is_coordinator {
                words.push_str(", coordinator");
            }
            match connection {
                None => words.push_str(", connection lost"),
                Some((from, outcome)) => {
                    let _ = write!(words, ", {} port {}, ", from.ip(), from.port());
                    let _ = match outcome {
                        PingOutcome::Answered(time) => {
                            write!(words, "answered in {:.1} ms", time.as_secs_f64() * 1e3)
                        }
                        PingOutcome::Missing => write!(words, "no answer"),
                        PingOutcome::Impossible => write!(words, "cannot be pinged"),
                    };
                }
            }
            let _ = write!(words, ", last heard {} ago", rounded(*heard));
        }
        words
    }
}

/// Ends the previous line, if there is one.
fn begin_line(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

/// A duration in its one or two largest units.
fn rounded(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

//! The host's room in panes: posts as entries of the talk, and the members with their connections.

use super::dispatch::Dispatch;
use super::host_queue::QueuedLine;
use crate::room_client::show;
use crate::scene::{Attention, EntryKind, ListedMember, OLDER, TalkEntry};
use crate::terminal::{Console as _, Terminal};
use crate::wire::{ConnectedSight, MemberId, Post, What};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The interval between updates of the members' times.
const REFRESH: Duration = Duration::from_secs(5);

/// The room's answer if there are no older posts.
const NOTHING: &str = "Nothing was found.";

/// The state of the host's panes besides the talk.
#[derive(Debug)]
pub(super) struct HostPanes {
    /// The host's name.
    name: String,
    refresh_at: Instant,
    /// Whether there are members whose times need updating.
    has_members: bool,
    /// The number of old posts that may still arrive for the host's scrolling.
    fetching: usize,
}

/// Waits until the next update is due. Never completes without panes or members.
pub(super) async fn refreshed(panes: Option<&HostPanes>) {
    match panes {
        Some(panes) if panes.has_members => sleep_until(panes.refresh_at).await,
        Some(_) | None => std::future::pending().await,
    }
}

impl HostPanes {
    /// The panes of this console, if it has them, for a host of this name.
    pub(super) fn of(console: &Terminal, name: &str) -> Option<Self> {
        let mut scene = console.scene()?;
        scene.talk_mut().expect_older();
        scene.members_mut().replace(std::iter::empty());
        drop(scene);
        Some(Self {
            name: name.to_owned(),
            refresh_at: Instant::now(),
            has_members: false,
            fetching: 0,
        })
    }

    /// Handles a line entered by the host or by the scene. Commands are acknowledged at once.
    pub(super) fn note_entered(&mut self, line: &str, console: &mut Terminal) {
        let scene = console.scene();
        self.fetching = match scene.is_some_and(|scene| scene.has_asked_for_older()) {
            true => OLDER,
            false => 0,
        };
        if line.starts_with('/') {
            console.mark("");
        }
    }

    /// Updates the member list.
    pub(super) fn refresh(&mut self, dispatch: &Dispatch, console: &Terminal) {
        self.refresh_at = Instant::now() + REFRESH;
        let connected = dispatch.connected();
        self.has_members = !connected.is_empty();
        if let Some(mut scene) = console.scene() {
            let listed = connected.into_iter().map(|member| ListedMember {
                detail: Some(detail(&member)),
                sight: member.member,
            });
            scene.members_mut().replace(listed);
        }
    }

    /// Shows a line of the queue. `said` are the host's messages that wait to be stored.
    pub(super) fn show(
        &mut self,
        dispatch: &Dispatch,
        console: &mut Terminal,
        line: &QueuedLine,
        said: &mut VecDeque<String>,
    ) {
        let paint = console.style().paint;
        match line {
            QueuedLine::Post(post) => {
                if is_own(post, said) {
                    console.mark("");
                    return;
                }
                let is_called = show::names(post, &self.name);
                if is_called {
                    console.ring(&show::calls(post));
                    if let Some(mut scene) = console.scene() {
                        scene.members_mut().called_by(post.by.id);
                    }
                }
                console.add(show::entry(paint, post, Some(&self.name)));
                if !matches!(post.what, What::Said { .. } | What::Acted { .. }) {
                    self.refresh(dispatch, console);
                }
            }
            QueuedLine::Recalled(post) => {
                let entry = show::entry(paint, post, None);
                if self.fetching > 0
                    && let Some(mut scene) = console.scene()
                {
                    self.fetching -= 1;
                    scene.add_old(entry);
                    return;
                }
                console.add(TalkEntry {
                    post: None,
                    ..entry
                });
            }
            QueuedLine::Gathered(gathered) => {
                for entry in show::entries(gathered) {
                    console.add(entry);
                }
                self.refresh(dispatch, console);
            }
            QueuedLine::Notice(words) if words == NOTHING && self.fetching > 0 => {
                self.fetching = 0;
                if let Some(mut scene) = console.scene() {
                    scene.talk_mut().has_begun();
                }
            }
            QueuedLine::Notice(words) => {
                console.add(show::told(paint, EntryKind::Note, words));
            }
            QueuedLine::Whispered(words) => {
                console.ring("a message to you alone");
                console.add(show::told(
                    paint,
                    EntryKind::Message(Attention::Reader),
                    words,
                ));
            }
        }
    }
}

/// Whether a post is a message of the host that is in the talk already.
fn is_own(post: &Post, said: &mut VecDeque<String>) -> bool {
    let (MemberId::HOST, What::Said { text }) = (post.by.id, &post.what) else {
        return false;
    };
    let place = said.iter().position(|said| **said == **text);
    if let Some(place) = place {
        said.drain(..=place);
    }
    place.is_some()
}

/// The details of a member: address, time since joining, and time since the last message.
fn detail(member: &ConnectedSight) -> String {
    let from = match member.from {
        Some(from) => format!("{} {}", from.address, from.port),
        None => "no connection".to_owned(),
    };
    let (since, quiet) = (age(member.since), age(member.quiet));
    format!("{from}, here {since}, quiet {quiet}")
}

/// A duration in its largest whole unit.
fn age(millis: u64) -> String {
    let seconds = millis / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

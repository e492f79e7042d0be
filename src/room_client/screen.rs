//! What the person sees: posts, notices, the prompt, the mark of a received line.

use super::timeline::Era;
use super::{Keyboard, RoomClient, show};
use crate::room::{Rank, Sight, help_lines};
use crate::terminal::{Ask, Audience, Console, Echo, Ink};
use crate::text::{count, visible};
use crate::wire::{Author, Gathered, Post, What};
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long posts may follow a welcome before they count as new, where none says that the person
/// joined.
const CATCHING_UP: Duration = Duration::from_secs(1);

/// How long the next prompt waits for the receipt of the last line.
const RECEIPT_PAUSE: Duration = Duration::from_millis(200);

/// Marks a line that the room has stored.
const RECEIVED: &str = "✓";

/// Maximum number of names that Tab completes.
const COMPLETED_NAMES: usize = 1_024;

impl<C: Console> RoomClient<'_, C> {
    /// Tells the person where they are.
    pub(super) fn greet(&mut self) {
        self.say(&format!("Connected to: {}", self.route.current()));
        if self.is_person() {
            self.aside("This is a room: type at any time. /q leaves.");
        }
    }

    /// Shows what the guest has to show.
    pub(super) fn see(&mut self, sight: &Sight) {
        if self.panes.is_some() {
            return self.see_in_panes(sight);
        }
        let paint = self.console.style().paint;
        match sight {
            Sight::Post(post) | Sight::Recalled(post) => {
                self.hear_of(&post.by, &post.what);
                self.see_post(post, matches!(sight, Sight::Recalled(_)));
                if let (Sight::Post(post), Some(me)) = (sight, &self.name)
                    && show::names(post, me)
                {
                    self.console.ring(&show::calls(post));
                }
            }
            Sight::Gathered(gathered) => self.see_gathered(gathered),
            Sight::Told(text) | Sight::Whispered(text) => {
                let shown = show::notice(paint, text);
                self.shown.push_str(&shown);
                if let Sight::Whispered(_) = sight {
                    self.console.ring("a message to you alone");
                }
            }
            Sight::Named(name) => {
                self.console.title(&format!("tictalk: {}", visible(name)));
                self.note_name(name);
            }
            // Only a client with panes asks for these.
            Sight::Members { .. } | Sight::Board(_) | Sight::BoardOver(_) => {}
            Sight::Reconnected => {
                self.note_reconnected();
                self.tell(sight);
            }
            Sight::TooLong(_)
            | Sight::NotTaken(_)
            | Sight::Forgotten
            | Sight::Impostor
            | Sight::Missed(_)
            | Sight::ConnectionLost => self.tell(sight),
        }
    }

    /// Tells the person a sentence of the program itself.
    pub(super) fn tell(&mut self, sight: &Sight) {
        match sight {
            Sight::TooLong(size) => {
                let limit = crate::wire::MAX_TEXT;
                self.refuse(&format!(
                    "That message is {size} bytes long, and the limit is {limit}: nothing was sent."
                ));
            }
            Sight::NotTaken(line) => self.refuse(&format!(
                "Too many lines wait to be sent. Not sent: {}",
                visible(line)
            )),
            Sight::Forgotten => {
                self.aside("The room no longer knows you. You rejoin as a new member.");
            }
            Sight::Impostor => self.refuse(&format!(
                "Another program answers at {}. Still waiting for your room.",
                self.route.current()
            )),
            Sight::Missed(missed) => {
                let posts = count(*missed, "older post");
                self.aside(&format!("Skipped {posts}. /search finds words in them."));
            }
            Sight::ConnectionLost => {
                self.aside("Connection to the room lost. Your lines are kept and sent later.");
            }
            Sight::Reconnected => match self.route.arrive() {
                None => self.aside("Reconnected."),
                Some(address) => {
                    let address = address.to_string();
                    self.aside(&format!("Reconnected through {}.", visible(&address)));
                }
            },
            Sight::Post(_)
            | Sight::Gathered(_)
            | Sight::Recalled(_)
            | Sight::Told(_)
            | Sight::Whispered(_)
            | Sight::Named(_)
            | Sight::Members { .. }
            | Sight::Board(_)
            | Sight::BoardOver(_) => {}
        }
    }

    /// Shows a post. A person reads its time, and not that they joined: the room has told them.
    fn see_post(&mut self, post: &Arc<Post>, is_recalled: bool) {
        let paint = self.console.style().paint;
        let me = self.name.as_deref();
        let shown = if self.is_person() {
            let is_own = self.guest.id() == Some(post.by.id);
            let is_arrival = is_own && matches!(post.what, What::Joined | What::Back);
            if is_arrival {
                self.joined_at = None;
            }
            let catches_up = |at: Instant| at.elapsed() < CATCHING_UP;
            let era = if is_recalled || self.joined_at.is_some_and(catches_up) {
                Era::Earlier
            } else {
                Era::Now
            };
            match &post.what {
                What::Joined if is_own && era == Era::Now => self.timeline.now(paint, post.at),
                _ => self.timeline.post(paint, post, me, era),
            }
        } else {
            show::post(paint, post, me)
        };
        self.shown.push_str(&shown);
    }

    /// Shows posts that are announced together. Whoever gets them has got all earlier posts.
    fn see_gathered(&mut self, gathered: &Gathered) {
        self.joined_at = None;
        for group in &gathered.groups {
            for member in &group.members {
                self.hear_of(&member.by, &group.what);
            }
        }
        let paint = self.console.style().paint;
        let shown = if self.is_person() {
            self.timeline.gathered(paint, gathered)
        } else {
            show::gathered(paint, gathered).concat()
        };
        self.shown.push_str(&shown);
    }

    /// Notes the names in an event, and the person's own.
    pub(super) fn hear_of(&mut self, by: &Author, what: &What) {
        let name = by.name.to_string();
        self.has_new_names |= match what {
            What::Left { .. } | What::Kicked { .. } | What::Banned { .. } => {
                self.names.remove(&name)
            }
            What::Renamed { to } => {
                let is_gone = self.names.remove(&name);
                if self.guest.id() == Some(by.id) {
                    self.name = Some(to.to_string());
                    is_gone
                } else if self.names.len() < COMPLETED_NAMES {
                    self.names.insert(to.to_string())
                } else {
                    is_gone
                }
            }
            _ if self.names.len() < COMPLETED_NAMES && self.guest.id() != Some(by.id) => {
                self.names.insert(name)
            }
            _ => false,
        };
    }

    /// Whether a person reads what is shown.
    pub(super) fn is_person(&self) -> bool {
        self.console.style().audience == Audience::Person
    }

    /// Notes that the connection is there again.
    pub(super) fn note_reconnected(&mut self) {
        self.lost_at = None;
        self.has_told_stranger = false;
    }

    /// Notes that the room has welcomed the person by this name.
    pub(super) fn note_name(&mut self, name: &Arc<str>) {
        self.route.arrive();
        self.name = Some(name.to_string());
        self.joined_at = Some(Instant::now());
        self.lost_at = None;
        if mem::take(&mut self.is_back) {
            let name = visible(name);
            self.aside(&format!("You returned to the room as {name}."));
        }
    }

    /// Adds a line to those to be shown.
    pub(super) fn say(&mut self, line: &str) {
        if self.panes.is_some() {
            // In order with the posts, which are not kept for later.
            return self.console.print(&format!("{line}\n"));
        }
        self.shown.push_str(line);
        self.shown.push('\n');
    }

    fn aside(&mut self, line: &str) {
        let line = self.console.style().paint.ink(Ink::Hint, line);
        self.say(&line);
    }

    /// Adds the explanation of something that did not work.
    pub(super) fn refuse(&mut self, line: &str) {
        let line = self.console.style().paint.ink(Ink::Refusal, line);
        self.say(&line);
    }

    /// Has the next prompt wait for the receipt of a line, which is marked there. A line that cannot
    /// be sent now says so.
    pub(super) fn note_entered(&mut self, line: &str) {
        if !self.is_person() || line.trim().is_empty() {
            return;
        }
        self.is_message = !line.starts_with('/');
        if self.lost_at.is_none() {
            self.receipt_by = Some(Instant::now() + RECEIPT_PAUSE);
        } else if self.is_message {
            self.aside("Not sent yet.");
        }
    }

    /// Marks the line that was just entered as stored.
    pub(super) fn mark_received(&mut self) {
        if let Some(panes) = &mut self.panes {
            panes.note_received();
            return self.console.mark(RECEIVED);
        }
        if self.receipt_by.take().is_some() && self.is_message {
            let mark = self.console.style().paint.ink(Ink::Hint, RECEIVED);
            self.console.mark(&mark);
        }
    }

    /// Puts the lines to be shown on the screen.
    pub(super) async fn show(&mut self) {
        if self.is_prompting && mem::take(&mut self.has_new_names) {
            let words = self.words();
            self.console.learn(words);
        }
        if self.shown.is_empty() {
            return;
        }
        let shown = mem::take(&mut self.shown);
        if self.receipt_by.take().is_some() {
            // The entered line is no longer the last one.
            self.console.print("");
        }
        self.console.interject(&shown).await;
    }

    /// Prompts the person, if they can enter a line now.
    pub(super) fn prompt(&mut self) {
        let is_busy = self.is_prompting || self.receipt_by.is_some();
        if is_busy || self.input == Keyboard::Ended || !self.guest.wants_line() {
            return;
        }
        let words = self.words();
        self.console.prompt(Ask {
            label: show::label(self.name.as_deref()),
            draft: String::new(),
            words,
            echo: Echo::OnScreen,
        });
        self.is_prompting = true;
    }

    /// The words that Tab completes.
    fn words(&self) -> Vec<String> {
        let commands = help_lines(Rank::Member).into_iter();
        let commands = commands.map(|(usage, _)| show::first_word(&usage));
        commands.chain(self.names.iter().cloned()).collect()
    }
}

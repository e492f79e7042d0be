//! The host's terminal: what happens in the room, and what the host types.

use super::dispatch::Dispatch;
use super::{LAST_WORDS, RoomServerError};
use crate::net::{Address, Signals};
use crate::room::{HubInput, Rank, RoomCommand, RoomNotice, RoomRefusal, help_lines};
use crate::room_client::show;
use crate::terminal::{Ask, Audience, Console, Echo, Ink, Terminal, Typed};
use crate::wire::{Post, What};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How many lines, and bytes of them, may wait to be shown. A terminal that is slower than the room
/// misses lines, and holds nobody up; and what the host types is heard between two screens full.
const LINES: usize = 512;
const BYTES: usize = 64 * 1_024;

/// How often something is shown at most: a person reads no faster, and in a room where much is said
/// the members come first.
const GLANCE: Duration = Duration::from_millis(50);

/// What is to be shown to the host.
#[derive(Debug, Default)]
pub(super) struct HostQueue {
    waiting: RefCell<Waiting>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The newest, and about how many bytes each takes.
    lines: VecDeque<(usize, QueuedLine)>,
    /// How many they take together.
    bytes: usize,
    missed: usize,
}

/// Something to be shown.
#[derive(Debug)]
enum QueuedLine {
    Post(Arc<Post>),
    Told(String),
}

impl HostQueue {
    /// Shows a post.
    pub(super) fn post(&self, post: &Arc<Post>) {
        let bytes = match &post.what {
            What::Said { text } | What::Acted { text } => text.len(),
            _ => 0,
        };
        self.add(bytes, QueuedLine::Post(Arc::clone(post)));
    }

    /// Shows what the host is told.
    pub(super) fn say(&self, words: String) {
        self.add(words.len(), QueuedLine::Told(words));
    }

    fn add(&self, bytes: usize, shown: QueuedLine) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.bytes += bytes;
        waiting.lines.push_back((bytes, shown));
        while (waiting.lines.len() > LINES || waiting.bytes > BYTES)
            && let Some((bytes, _)) = waiting.lines.pop_front()
        {
            waiting.bytes -= bytes;
            waiting.missed += 1;
        }
        self.bell.notify_one();
    }

    /// Whether there is room for the next portion of an answer.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.waiting.borrow();
        waiting.lines.len() < LINES / 2 && waiting.bytes < BYTES / 2
    }

    /// Waits for what is to be shown, until this time at least.
    async fn changed(&self, at: Instant) {
        sleep_until(at).await;
        while self.waiting.borrow().lines.is_empty() {
            self.bell.notified().await;
        }
    }
}

/// The host's console.
pub(super) struct HostConsole {
    console: Terminal,
    is_prompting: bool,
    /// Whether the host can still type.
    hears: bool,
    /// What is on its way to the screen.
    showing: String,
    /// When something was last shown.
    looked_at: Instant,
    /// Until when the room waits for its store, once it is being closed.
    close_by: Option<Instant>,
}

impl HostConsole {
    /// Tells the host that the room is open.
    pub(super) fn open(mut console: Terminal, address: &Address) -> Self {
        console.print(&format!("Server listening on: {address}\n"));
        let paint = console.style().paint;
        if console.style().audience == Audience::Person {
            let hint = "The room is open. /help lists what you can type, /quit closes it.";
            console.print(&paint.ink(Ink::Hint, hint));
            console.print("\n");
        }
        console.flush();
        let mut window = Self {
            console,
            is_prompting: false,
            hears: true,
            showing: String::new(),
            looked_at: Instant::now(),
            close_by: None,
        };
        window.prompt(commands().collect());
        window
    }

    fn prompt(&mut self, words: Vec<String>) {
        if self.hears {
            self.console.prompt(Ask {
                draft: String::new(),
                words,
                echo: Echo::OnScreen,
            });
            self.is_prompting = true;
        }
    }

    /// Waits for the next thing that the host types or is to see, and sees to it.
    ///
    /// # Errors
    /// When the console is of no more use.
    pub(super) async fn next(
        &mut self,
        floor: &Dispatch,
        signals: &mut Signals,
    ) -> Result<(), RoomServerError> {
        let is_person = self.console.style().audience == Audience::Person;
        if !self.showing.is_empty() {
            tokio::select! {
                biased;
                _ = signals.next() => self.quit(floor),
                // Kept until it is on its way, since this may be given up.
                () = self.console.interject(&self.showing) => self.showing.clear(),
            }
            return Ok(());
        }
        let next_look = self.looked_at + GLANCE;
        tokio::select! {
            biased;
            _ = signals.next() => self.quit(floor),
            typed = self.console.typed(), if self.hears => {
                self.is_prompting = false;
                match typed {
                    Typed::Line(line) => {
                        if RoomCommand::closes(&line) {
                            self.close_soon();
                        }
                        floor.handle(HubInput::Host(line));
                        floor.flush();
                        self.prompt(self.words(floor));
                    }
                    Typed::Overlong(size) => {
                        let refusal = RoomNotice::Refused(RoomRefusal::TooLong { size });
                        floor.pane.say(refusal.words());
                        self.prompt(self.words(floor));
                    }
                    Typed::Interrupt => self.quit(floor),
                    // A room that was started without a keyboard stays open.
                    Typed::End | Typed::Gone if !is_person => self.hears = false,
                    Typed::End | Typed::Gone => self.quit(floor),
                    Typed::Failed(error) => return Err(error.into()),
                }
            }
            () = floor.pane.changed(next_look) => self.take(floor),
        }
        Ok(())
    }

    /// When the room ends whether its last post is stored or not.
    pub(super) fn close_by(&self) -> Option<Instant> {
        self.close_by
    }

    fn close_soon(&mut self) {
        self.close_by
            .get_or_insert_with(|| Instant::now() + LAST_WORDS);
    }

    fn quit(&mut self, floor: &Dispatch) {
        self.hears = false;
        self.close_soon();
        floor.handle(HubInput::Host("/quit".to_owned()));
        floor.flush();
    }

    /// Takes what is to be shown.
    fn take(&mut self, floor: &Dispatch) {
        self.looked_at = Instant::now();
        let paint = self.console.style().paint;
        let mut waiting = floor.pane.waiting.borrow_mut();
        let mut has_new_names = false;
        if waiting.missed > 0 {
            let missed = std::mem::take(&mut waiting.missed);
            let note = format!("-- {missed} lines came too fast to be shown.");
            self.showing.push_str(&paint.ink(Ink::Hint, &note));
            self.showing.push('\n');
        }
        for (_, shown) in waiting.lines.drain(..) {
            has_new_names |= matches!(&shown, QueuedLine::Post(post) if changes_names(post));
            self.showing.push_str(&match shown {
                QueuedLine::Post(post) => show::post(paint, &post, None),
                QueuedLine::Told(words) => show::told(paint, &words),
            });
        }
        waiting.bytes = 0;
        drop(waiting);
        floor.release_host();
        if has_new_names && self.is_prompting {
            let words = self.words(floor);
            self.console.learn(words);
        }
    }

    /// What Tab completes.
    fn words(&self, floor: &Dispatch) -> Vec<String> {
        if !self.console.completes() {
            return Vec::new();
        }
        let names = floor.members().into_iter();
        let names = names.map(|member| member.name.to_string());
        commands().chain(names).collect()
    }

    /// Shows what is left, and gives the terminal back.
    pub(super) async fn close(mut self, floor: &Dispatch) {
        self.take(floor);
        if self.is_prompting {
            self.console.withdraw().await;
        }
        self.showing.push_str("The room is closed.\n");
        self.console.interject(&self.showing).await;
        self.console.drain().await;
    }
}

fn commands() -> impl Iterator<Item = String> {
    let commands = help_lines(Rank::Host).into_iter();
    commands.map(|(usage, _)| show::first_word(&usage))
}

/// Whether other names are in the room behind this post.
fn changes_names(post: &Post) -> bool {
    matches!(
        post.what,
        What::Joined | What::Left { .. } | What::Kicked { .. } | What::Renamed { .. }
    )
}

//! The host's console: shows what happens in the room and reads what the host types.

use super::dispatch::Dispatch;
use super::error::RoomServerError;
use super::host_panes::{HostPanes, refreshed};
use super::host_queue::QueuedLine;
use super::invitation::Invitation;
use crate::net::{Address, Signals};
use crate::room::{HubInput, Rank, RoomCommand, RoomNotice, RoomRefusal, help_lines, words};
use crate::room_client::show;
use crate::room_client::timeline::{Era, Timeline};
use crate::terminal::{Ask, Audience, Console, Echo, Ink, Label, Paint, Terminal, Typed};
use crate::text::{LocalTime, count, visible};
use crate::wire::{MemberId, Post, What};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Minimum time between two updates of the screen: nobody reads faster, and in a busy room the
/// members come first.
const UPDATE_PAUSE: Duration = Duration::from_millis(50);

/// How long the close of a room waits for a journal that another program has locked.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum number of the host's messages that may wait to be stored without being shown twice.
const SAID: usize = 64;

/// What the host closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closes {
    /// The room.
    Room,
    /// One of the machines that serve it.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(dead_code, reason = "a room has one server then")
    )]
    Machine,
}

impl Closes {
    fn hint(self) -> &'static str {
        match self {
            Self::Room => "The room is open. /help lists the commands, /quit closes the room.",
            Self::Machine => {
                "The room is open. /help lists the commands, /quit closes this machine only."
            }
        }
    }

    fn question(self, members: &str) -> String {
        match self {
            Self::Room => format!("Close the room for {members}? [y/N] "),
            Self::Machine => {
                "Close this machine? Its members return through the others. [y/N] ".to_owned()
            }
        }
    }

    /// What the host reads who does not close it after all.
    fn stays_open(self) -> &'static str {
        match self {
            Self::Room => "The room stays open.",
            Self::Machine => "The machine stays open.",
        }
    }

    fn closed(self) -> &'static str {
        match self {
            Self::Room => "The room is closed.\n",
            Self::Machine => "This machine has left the room.\n",
        }
    }
}

/// The host's console.
pub(super) struct HostConsole {
    console: Terminal,
    /// The host's name.
    name: String,
    invitation: Invitation,
    closes: Closes,
    is_prompting: bool,
    /// Whether the host can still type.
    is_input_open: bool,
    /// Text that is being put on the screen.
    showing: String,
    updated_at: Instant,
    /// Whether the post that closes the room was shown.
    has_shown_close: bool,
    /// The host's last messages, which are on the screen already.
    said: VecDeque<String>,
    timeline: Timeline,
    /// The state of the panes, if the console has them.
    panes: Option<HostPanes>,
    /// Whether the host was asked whether to close the room.
    asks_to_close: bool,
    /// When the room ends even if its last post is not stored, once it is being closed.
    close_by: Option<Instant>,
}

impl HostConsole {
    /// Tells the host that the room is open.
    pub(super) fn open(
        mut console: Terminal,
        address: &Address,
        name: &str,
        invitation: Invitation,
        closes: Closes,
    ) -> Self {
        console.title(&format!("tictalk: {}", visible(name)));
        console.print(&format!("Server listening on: {address}\n"));
        if let Some(code) = invitation.code_line() {
            console.print(&code);
        }
        let paint = console.style().paint;
        if console.style().audience == Audience::Person {
            let start = invitation.start(&console);
            console.print_to_copy(&start);
            console.print(&paint.ink(Ink::Hint, closes.hint()));
            console.print("\n");
        }
        console.flush();
        let mut host = Self {
            panes: HostPanes::of(&console, name),
            console,
            name: name.to_owned(),
            invitation,
            closes,
            is_prompting: false,
            is_input_open: true,
            showing: String::new(),
            updated_at: Instant::now(),
            has_shown_close: false,
            close_by: None,
            asks_to_close: false,
            said: VecDeque::new(),
            timeline: Timeline::new(),
        };
        host.prompt(commands().collect());
        host
    }

    fn prompt(&mut self, words: Vec<String>) {
        if self.is_input_open {
            self.console.prompt(Ask {
                label: show::label(Some(&self.name)),
                draft: String::new(),
                words,
                echo: Echo::OnScreen,
            });
            self.is_prompting = true;
        }
    }

    /// Waits for the next line that the host types or is to see, and handles it.
    ///
    /// # Errors
    /// When the console fails. The room is being closed then, and this may be called again until it
    /// is over.
    pub(super) async fn next(
        &mut self,
        dispatch: &Dispatch,
        signals: &mut Signals,
    ) -> Result<(), RoomServerError> {
        if !self.showing.is_empty() {
            tokio::select! {
                biased;
                _ = signals.next() => self.quit(dispatch),
                // Cleared only when it is on its way: this future may be dropped before.
                () = self.console.interject(&self.showing) => self.showing.clear(),
            }
            return Ok(());
        }
        let next_update = self.updated_at + UPDATE_PAUSE;
        let filled = async {
            sleep_until(next_update).await;
            dispatch.host_queue.filled().await;
        };
        tokio::select! {
            biased;
            _ = signals.next() => self.quit(dispatch),
            typed = self.console.typed(), if self.is_input_open => {
                self.is_prompting = false;
                return self.typed(dispatch, typed);
            }
            line = dispatch.page_lines.next() => self.page_line(dispatch, line),
            () = filled => self.show_queued(dispatch),
            () = refreshed(self.panes.as_ref()) => {
                if let Some(panes) = &mut self.panes {
                    panes.refresh(dispatch, &self.console);
                }
            }
        }
        Ok(())
    }

    /// Carries out a line that the host has entered on a page, which has asked before it closes the
    /// room.
    fn page_line(&mut self, dispatch: &Dispatch, line: String) {
        match RoomCommand::closes(&line) {
            true => self.quit(dispatch),
            false => dispatch.inputs().handle(HubInput::Host(line)),
        }
    }

    fn typed(&mut self, dispatch: &Dispatch, typed: Typed) -> Result<(), RoomServerError> {
        let is_person = self.console.style().audience == Audience::Person;
        match typed {
            Typed::Line(line) if self.asks_to_close => {
                self.asks_to_close = false;
                if ["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str()) {
                    self.quit(dispatch);
                } else {
                    dispatch
                        .host_queue
                        .notice(self.closes.stays_open().to_owned());
                    self.prompt(self.words(dispatch));
                }
            }
            Typed::Line(line) if RoomCommand::closes(&line) && is_person && self.ask(dispatch) => {}
            Typed::End if is_person && !self.asks_to_close && self.ask(dispatch) => {}
            Typed::Line(line) if RoomCommand::shows_code(&line) => {
                let shown = self.invitation.code(&self.console).unwrap_or_else(|why| {
                    show::notice(self.console.style().paint, &why.to_string())
                });
                self.showing.push_str(&shown);
                self.prompt(self.words(dispatch));
            }
            Typed::Line(line) => {
                if let Some(panes) = &mut self.panes {
                    panes.note_entered(&line, &mut self.console);
                }
                if is_person && !line.starts_with('/') && self.said.len() < SAID {
                    self.said
                        .push_back(line.trim_end_matches(['\r', '\n']).to_owned());
                }
                if RoomCommand::closes(&line) {
                    self.set_close_by();
                }
                dispatch.inputs().handle(HubInput::Host(line));
                self.prompt(self.words(dispatch));
            }
            Typed::Overlong(size) => {
                let refusal = RoomNotice::Refused(RoomRefusal::TooLong { size });
                dispatch.host_queue.notice(refusal.words());
                self.prompt(self.words(dispatch));
            }
            Typed::Interrupt => self.quit(dispatch),
            // A room that was started without a keyboard stays open.
            Typed::End | Typed::Gone if !is_person => self.is_input_open = false,
            Typed::End | Typed::Gone => self.quit(dispatch),
            Typed::Failed(error) => {
                self.quit(dispatch);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// When the room ends even if its last post is not stored.
    pub(super) fn close_by(&self) -> Option<Instant> {
        self.close_by
    }

    fn set_close_by(&mut self) {
        self.close_by
            .get_or_insert_with(|| Instant::now() + CLOSE_TIMEOUT);
    }

    fn quit(&mut self, dispatch: &Dispatch) {
        self.is_input_open = false;
        self.set_close_by();
        dispatch.inputs().handle(HubInput::HostLeft);
    }

    /// Asks the host whether to close the room. Returns false if there is no member to mind.
    fn ask(&mut self, dispatch: &Dispatch) -> bool {
        let members = dispatch.members().len();
        if members == 0 {
            return false;
        }
        let members = count(members, "member");
        self.asks_to_close = true;
        self.is_prompting = true;
        self.console.prompt(Ask {
            label: Label {
                text: self.closes.question(&members).into(),
                ink: Ink::Prompt,
            },
            draft: String::new(),
            words: Vec::new(),
            echo: Echo::OnScreen,
        });
        true
    }

    /// Takes over the lines of the queue.
    fn show_queued(&mut self, dispatch: &Dispatch) {
        self.updated_at = Instant::now();
        let paint = self.console.style().paint;
        let queued = dispatch.host_queue.drain();
        if queued.skipped > 0 {
            let note = format!("-- Skipped {}.", count(queued.skipped, "line"));
            self.showing.push_str(&paint.ink(Ink::Hint, &note));
            self.showing.push('\n');
        }
        let mut has_new_names = false;
        let is_person = self.console.style().audience == Audience::Person;
        for line in queued.into_lines() {
            if let Some(panes) = &mut self.panes {
                panes.show(dispatch, &mut self.console, &line, &mut self.said);
                has_new_names |= line.changes_names();
                self.has_shown_close |= line.closes();
                continue;
            }
            has_new_names |= line.changes_names();
            if let QueuedLine::Post(post) = &line
                && show::names(post, &self.name)
            {
                self.console.ring(&show::calls(post));
            }
            self.has_shown_close |= line.closes();
            if let QueuedLine::Whispered(_) = &line {
                self.console.ring("a message to you alone");
            }
            let text = match line {
                QueuedLine::Gathered(gathered) if is_person => {
                    self.timeline.gathered(paint, &gathered)
                }
                QueuedLine::Gathered(gathered) => show::gathered(paint, &gathered).concat(),
                QueuedLine::Post(post) => self.with_address(dispatch, &post, paint),
                QueuedLine::Recalled(post) if is_person => {
                    self.timeline.post(paint, &post, None, Era::Now)
                }
                QueuedLine::Recalled(post) => show::post(paint, &post, None),
                QueuedLine::Notice(words) | QueuedLine::Whispered(words) => {
                    show::notice(paint, &words)
                }
            };
            self.showing.push_str(&text);
        }
        dispatch.release_host();
        if has_new_names && self.is_prompting {
            let words = self.words(dispatch);
            self.console.learn(words);
        }
    }

    /// A post as the host sees it: a person sees who joins from where.
    fn with_address(&mut self, dispatch: &Dispatch, post: &Arc<Post>, paint: Paint) -> String {
        let is_person = self.console.style().audience == Audience::Person;
        let is_arrival = matches!(post.what, What::Joined | What::Back);
        if !is_person {
            return show::post(paint, post, None);
        }
        let from = is_arrival.then(|| dispatch.address(post.by.id)).flatten();
        if let (MemberId::HOST, What::Said { text }) = (post.by.id, &post.what)
            && let Some(place) = self.said.iter().position(|said| **said == **text)
        {
            // The line is on the screen, where it was entered.
            self.said.drain(..=place);
            return String::new();
        }
        let Some(from) = from else {
            return self.timeline.post(paint, post, None, Era::Now);
        };
        let words = words(post);
        let (id, ip, port) = (post.by.id, from.ip(), from.port());
        let words = format!("{} ({id}, {ip} port {port})", words.trim_end_matches('.'));
        let clock = LocalTime::of(post.at).map_or_else(String::new, |time| time.clock() + " ");
        format!(
            "{}\n",
            paint.ink(Ink::Hint, &format!("{clock}{}", visible(&words)))
        )
    }

    /// The words that Tab completes.
    fn words(&self, dispatch: &Dispatch) -> Vec<String> {
        if !self.console.completes() {
            return Vec::new();
        }
        let names = dispatch.members().into_iter();
        let names = names.map(|member| member.name.to_string());
        commands().chain(names).collect()
    }

    /// Shows what is left, and gives the terminal back.
    pub(super) async fn close(mut self, dispatch: &Dispatch) {
        self.show_queued(dispatch);
        let has_draft = self.is_prompting || self.panes.is_some();
        let draft = match has_draft && !self.asks_to_close {
            true => self.console.withdraw().await,
            false => String::new(),
        };
        if !draft.trim().is_empty() {
            self.showing
                .push_str(&format!("Not sent: {}\n", visible(&draft)));
        }
        if !self.has_shown_close {
            self.showing.push_str(self.closes.closed());
        }
        self.console.interject(&self.showing).await;
        self.console.drain().await;
    }
}

fn commands() -> impl Iterator<Item = String> {
    let commands = help_lines(Rank::Host).into_iter();
    commands.map(|(usage, _)| show::first_word(&usage))
}

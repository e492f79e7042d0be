//! The shell of a room's [`Guest`]: a connection and a console.
//!
//! `screen` shows what happens, by the words in `show` and with the times of `timeline`. `calling` connects
//! again, in the order of a `route`, and `leaving` is the way out.

use crate::journal::Pass;
use crate::net::{Connection, Exit, Signal, Signals, new_nonce, until};
use crate::pair::client::RoomWelcome;
use crate::room::{Guest, GuestEffect, GuestEnding, GuestInput, Sight};
use crate::terminal::{Console, ConsoleError, Typed};
use crate::wire::{BoardForm, Control, Entrance, Frame, LineKey, Sees};
use calling::{Attempt, Attempted, attempt, connect, heard, receive};
pub use error::RoomClientError;
use room_panes::RoomPanes;
use route::Route;
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::mem;
use std::time::Duration;
use timeline::Timeline;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

mod calling;
mod error;
mod leaving;
mod panes;
mod room_panes;
mod route;
mod screen;
pub(crate) mod show;
pub(crate) mod timeline;

/// How often the guest is told that time has passed.
const TICK: Duration = Duration::from_secs(1);

/// Maximum number of control frames that are handled before the screen is updated.
const FRAMES_AT_ONCE: usize = 256;

/// A client in a room.
struct RoomClient<'signals, C> {
    console: C,
    /// The state of the panes, if the console has them.
    panes: Option<RoomPanes>,
    signals: &'signals mut Signals,
    guest: Guest,
    /// The addresses of the room.
    route: Route,
    /// The key of the room, if its line is private: the client connects in no other way then.
    key: Option<LineKey>,
    /// Whether the person knows that a program answers that does not know the key.
    has_told_stranger: bool,
    reconnect: Duration,
    connection: Option<Connection>,
    attempt: Option<Attempt>,
    /// When the connection was lost, until it is restored.
    lost_at: Option<Instant>,
    began: Instant,
    /// Whether an earlier program of this person was in the room, until the person is told.
    is_back: bool,
    /// Keeps other programs of this person from joining as the same member.
    _passes: Vec<Pass>,
    /// The person's name in the room.
    name: Option<String>,
    /// Names in posts, for Tab.
    names: BTreeSet<String>,
    /// Whether they have changed since the console was told.
    has_new_names: bool,
    /// Lines to be shown.
    shown: String,
    is_prompting: bool,
    timeline: Timeline,
    /// When the person joined, until the post that says so.
    joined_at: Option<Instant>,
    /// Until when the line just entered waits for its receipt before the next prompt.
    receipt_by: Option<Instant>,
    /// Whether that line is a message, which is marked when it is stored.
    is_message: bool,
    input: Keyboard,
    exit: Exit,
    /// Why the console can no longer be used.
    failure: Option<ConsoleError>,
}

/// Whether the person can still type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyboard {
    Open,
    /// The input has ended. The lines of it still have to reach the room.
    Ended,
}

/// Joins the room at `welcomed`, and stays until the person leaves or is removed. Boards are shown in
/// the form `boards`.
///
/// # Errors
/// [`RoomClientError`].
pub async fn attend<C: Console>(
    welcomed: RoomWelcome,
    boards: BoardForm,
    console: C,
    signals: &mut Signals,
) -> Result<Exit, RoomClientError> {
    let RoomWelcome {
        connection,
        ticket,
        entrance,
        passes,
        welcome,
        key,
        client,
    } = welcomed;
    let has_panes = console.scene().is_some();
    let sees = Sees {
        members: has_panes,
        boards: has_panes,
    };
    let mut room_client = RoomClient {
        panes: has_panes.then(RoomPanes::default),
        console,
        signals,
        guest: Guest::introduced(client.name.clone(), ticket)
            .showing(boards)
            .seeing(sees),
        is_back: matches!(entrance, Entrance::Return { .. }),
        _passes: passes,
        route: Route::new(client.address),
        key,
        has_told_stranger: false,
        reconnect: client.reconnect,
        connection: Some(connection),
        attempt: None,
        lost_at: None,
        began: Instant::now(),
        name: None,
        names: BTreeSet::new(),
        has_new_names: false,
        shown: String::new(),
        is_prompting: false,
        timeline: Timeline::new(),
        joined_at: None,
        receipt_by: None,
        is_message: false,
        input: Keyboard::Open,
        exit: Exit::Goodbye,
        failure: None,
    };
    room_client.greet();
    room_client.stay(welcome).await
}

impl<C: Console> RoomClient<'_, C> {
    async fn stay(&mut self, welcome: Control) -> Result<Exit, RoomClientError> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut inputs = VecDeque::from([GuestInput::Control(welcome)]);
        loop {
            let mut gathered = 0;
            while let Some(input) = inputs.pop_front() {
                let effects = self.guest.handle(self.began.elapsed(), input);
                for effect in effects {
                    if let Some(ending) = self.perform(effect) {
                        return self.leave(ending).await;
                    }
                }
                // Frames that have arrived together are shown together.
                gathered += 1;
                if gathered < FRAMES_AT_ONCE
                    && let Some(connection) = &mut self.connection
                    && let Ok(received) = timeout(Duration::ZERO, connection.receive()).await
                {
                    inputs.extend(heard(received));
                }
            }
            self.show().await;
            if self.input == Keyboard::Ended && self.guest.unreceived() == 0 {
                inputs.push_back(GuestInput::Hangup);
                continue;
            }
            if let Some(lost_at) = self.lost_at
                && lost_at.elapsed() >= self.reconnect
            {
                return self.give_up().await;
            }
            self.prompt();
            let may_type = self.input == Keyboard::Open && self.guest.wants_line();
            let input = tokio::select! {
                biased;
                signal = self.signals.next() => {
                    self.exit = Exit::Signalled(signal);
                    Some(GuestInput::Hangup)
                }
                typed = self.console.typed(), if may_type => self.typed(typed),
                received = receive(&mut self.connection) => heard(received),
                attempted = attempt(&mut self.attempt) => {
                    self.attempt = None;
                    self.attempted(attempted)?
                }
                () = until(self.receipt_by) => {
                    self.receipt_by = None;
                    None
                }
                _ = ticks.tick() => Some(GuestInput::Tick),
            };
            inputs.extend(input);
        }
    }

    /// The input that an attempt to connect causes.
    fn attempted(
        &mut self,
        (route, attempted): (Route, Attempted),
    ) -> io::Result<Option<GuestInput>> {
        self.route = route;
        match attempted {
            Attempted::Connected(connection) => {
                self.connection = Some(*connection);
                let nonce = new_nonce()?;
                Ok(Some(GuestInput::Connected { nonce }))
            }
            Attempted::Stranger { attempts } => {
                if !mem::replace(&mut self.has_told_stranger, true) {
                    self.refuse(&format!(
                        "A program without the key of your room answers at {}. Still waiting for \
                         your room.",
                        self.route.current()
                    ));
                }
                self.connect(attempts);
                Ok(None)
            }
        }
    }

    /// Begins to connect, after this many failed attempts.
    fn connect(&mut self, attempts: u32) {
        let (route, key) = (self.route.clone(), self.key.clone());
        self.attempt = Some(Box::pin(connect(route, key, attempts)));
    }

    /// The input that the person's typing causes.
    fn typed(&mut self, typed: Typed) -> Option<GuestInput> {
        let is_entered = matches!(typed, Typed::Line(_) | Typed::Overlong(_));
        // In panes, the prompt and the draft stay until a line is entered.
        self.is_prompting = self.panes.is_some() && !is_entered;
        match typed {
            Typed::Line(line) => {
                let is_fetch = self
                    .console
                    .scene()
                    .is_some_and(|scene| scene.has_asked_for_older());
                match &mut self.panes {
                    Some(panes) => panes.note_entered(&line, is_fetch, self.guest.unreceived()),
                    None => self.note_entered(&line),
                }
                Some(GuestInput::Line(line))
            }
            Typed::Overlong(size) => {
                self.see(&Sight::TooLong(size));
                None
            }
            Typed::Interrupt => {
                self.exit = Exit::Signalled(Signal::Interrupt);
                Some(GuestInput::Hangup)
            }
            Typed::Gone => Some(GuestInput::Hangup),
            Typed::End => {
                self.input = Keyboard::Ended;
                None
            }
            Typed::Failed(error) => {
                // The room is left as usual, and only then the error is returned.
                self.failure = Some(error);
                Some(GuestInput::Hangup)
            }
        }
    }

    /// Performs an effect. Returns the ending, if this is the last one.
    fn perform(&mut self, effect: GuestEffect) -> Option<GuestEnding> {
        match effect {
            GuestEffect::Send(control) => {
                if let Some(connection) = &mut self.connection {
                    // A failed connection is noticed by the next read.
                    let _ = connection.send(&Frame::Control(control));
                }
            }
            GuestEffect::Show(sight) => self.see(&sight),
            GuestEffect::Others(others) => self.route.set_others(&others),
            GuestEffect::Received(_) => self.mark_received(),
            GuestEffect::Connect { attempts } => {
                self.connection = None;
                self.lost_at.get_or_insert_with(Instant::now);
                self.connect(attempts);
            }
            GuestEffect::Close(ending) => return Some(ending),
        }
        None
    }
}

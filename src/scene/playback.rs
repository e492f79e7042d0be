//! A recording that is played: its place, its speed, and the keys for them.

use super::key::{Arrow, Held, Key};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// The bounds of the speed.
const SLOWEST: f64 = 0.25;
const FASTEST: f64 = 64.0;

/// The fewest columns of the bar beside everything else. With less space, the bar has its own row.
const BAR: usize = 10;

/// The columns of the longest state and of the longest usual speed: what follows them stays in place.
const STATE: usize = "finished".len();
const SPEED: usize = "x0.25".len();

/// The keys while a recording is played: the list that F1 shows. The most useful ones come first: a
/// small screen shows only these.
pub(super) const PLAYBACK_KEYS: &[(&str, &str)] = &[
    ("Space", "pause or continue"),
    ("Right n", "one step ahead, and pause"),
    ("Left p", "one step back, and pause"),
    ("+ -", "twice or half as fast"),
    ("Home End", "go to the start or the end"),
    ("PgUp PgDn", "scroll the talk"),
    ("q Esc Ctrl-C", "quit"),
    ("Shift-arrows", "scroll the talk by a row"),
    ("F8", "switch the mouse on or off"),
    ("Ctrl-L", "draw the screen again"),
    ("Ctrl-Z", "suspend; fg comes back"),
];

/// A moment of a recording at which it can stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stop {
    /// The number of the last turn taken; 0 before the first.
    pub turn: u64,
    /// How much time has passed since the start of the recording. Never less than before.
    pub elapsed: Duration,
    /// The pause before this moment at normal speed.
    pub pause: Duration,
}

/// Whether a recording moves on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It does.
    Playing,
    /// It waits for the person.
    Paused,
    /// It is at its end.
    Finished,
}

/// What a key has done to a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steered {
    /// It is at another place.
    Moved,
    /// It is at the same place with another speed, or has been paused or continued.
    Changed,
    /// The person wants to see no more.
    Quit,
    /// Nothing.
    Ignored,
}

/// A recording that is played.
#[derive(Debug, Clone, PartialEq)]
pub struct Playback {
    stops: Vec<Stop>,
    /// The number of the present stop.
    place: usize,
    /// Finished at the last stop, and only there.
    motion: Motion,
    speed: f64,
}

impl Playback {
    /// A recording with these stops, at the first of them. The speed is kept between 1/4 and 64.
    #[must_use]
    pub fn new(stops: Vec<Stop>, speed: f64) -> Self {
        Self {
            motion: match stops.len() {
                0 | 1 => Motion::Finished,
                _ => Motion::Playing,
            },
            stops,
            place: 0,
            speed: speed.clamp(SLOWEST, FASTEST),
        }
    }

    /// The number of the present stop, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// Whether it moves on by itself.
    #[must_use]
    pub fn motion(&self) -> Motion {
        self.motion
    }

    /// How long the present stop is shown; `None` if only a key ends it.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self.motion {
            Motion::Playing => {
                let pause = self.stops.get(self.place + 1)?.pause;
                Some(Duration::try_from_secs_f64(pause.as_secs_f64() / self.speed).unwrap_or(pause))
            }
            Motion::Paused | Motion::Finished => None,
        }
    }

    /// Goes on to the next stop, if it moves by itself: the wait is over.
    pub fn advance(&mut self) {
        if self.motion == Motion::Playing {
            self.go(self.place + 1, Motion::Playing);
        }
    }

    /// Carries out a key.
    pub(super) fn key(&mut self, key: &Key) -> Steered {
        let before = (self.place, self.motion, self.speed);
        match key {
            Key::Char('q') | Key::Escape => return Steered::Quit,
            Key::Char(' ') => {
                self.motion = match self.motion {
                    Motion::Playing => Motion::Paused,
                    Motion::Paused => Motion::Playing,
                    Motion::Finished => Motion::Finished,
                };
            }
            Key::Char('n') | Key::Arrow(Arrow::Right, Held::Nothing) => {
                self.go(self.place + 1, Motion::Paused);
            }
            Key::Char('p') | Key::Arrow(Arrow::Left, Held::Nothing) => {
                self.go(self.place.saturating_sub(1), Motion::Paused);
            }
            // On many keyboards, `=` is `+` without Shift.
            Key::Char('+' | '=') => self.speed = (self.speed * 2.0).min(FASTEST),
            Key::Char('-') => self.speed = (self.speed / 2.0).max(SLOWEST),
            Key::Home => self.go(0, Motion::Paused),
            Key::End => self.go(self.last(), Motion::Paused),
            _ => return Steered::Ignored,
        }
        let after = (self.place, self.motion, self.speed);
        match (before.0 == after.0, before == after) {
            (false, _) => Steered::Moved,
            (true, false) => Steered::Changed,
            (true, true) => Steered::Ignored,
        }
    }

    /// Goes to this stop or the nearest one. There, the recording is in motion as said, unless that is
    /// the last stop.
    fn go(&mut self, place: usize, motion: Motion) {
        self.place = place.min(self.last());
        self.motion = match self.place == self.last() {
            true => Motion::Finished,
            false => motion,
        };
    }

    fn last(&self) -> usize {
        self.stops.len().saturating_sub(1)
    }

    fn stop(&self) -> Stop {
        self.stops.get(self.place).copied().unwrap_or_default()
    }

    /// The most useful keys, with what they do now.
    #[must_use]
    pub fn offers(&self) -> Vec<(&'static str, &'static str)> {
        let mut offers = match self.motion {
            Motion::Playing => vec![("Space", "pause")],
            Motion::Paused => vec![("Space", "continue")],
            Motion::Finished => vec![("Home", "start")],
        };
        offers.extend([
            ("q", "quit"),
            ("F1", "keys"),
            ("Left Right", "step"),
            ("+ -", "speed"),
        ]);
        if self.motion != Motion::Finished {
            offers.extend([("Home", "start"), ("End", "end")]);
        }
        offers
    }

    /// What is shown in the place of the line, in rows of at most this many columns: the state, the
    /// speed, a bar, the turn, and the time that has passed.
    #[must_use]
    pub fn rows(&self, columns: usize) -> Vec<String> {
        let state = match self.motion {
            Motion::Playing => "playing",
            Motion::Paused => "paused",
            Motion::Finished => "finished",
        };
        let speed = format!("x{}", (self.speed * 100.0).round() / 100.0);
        let left = format!("{state:STATE$}  {speed:SPEED$}  ");
        let (stop, last) = (self.stop(), self.stops.last().copied().unwrap_or_default());
        let turns = last.turn.to_string();
        let right = format!(
            "turn {:>turn_width$} of {turns}  {:>time_width$}",
            stop.turn,
            clock(stop.elapsed),
            turn_width = turns.len(),
            time_width = clock(last.elapsed).len(),
        );
        let beside = columns.saturating_sub(left.width() + right.width() + 2);
        if beside >= BAR {
            return vec![format!("{left}{}  {right}", self.bar(beside))];
        }
        let bar = self.bar(columns.saturating_sub(left.width()));
        vec![format!("{left}{bar}"), right]
    }

    /// A bar of this many columns. It is full only at the end.
    fn bar(&self, columns: usize) -> String {
        let full = match self.last() {
            0 => columns,
            last => columns * self.place.min(last) / last,
        };
        "█".repeat(full) + &"░".repeat(columns - full)
    }
}

/// Minutes and seconds, after hours if there are any: `1:02:03`.
fn clock(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

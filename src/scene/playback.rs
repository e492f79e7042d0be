//! The state of a replay: position, motion, speed, and the keys that control them.

use super::key::{Arrow, Held, Key};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// The bounds of the speed.
const SLOWEST: f64 = 0.25;
const FASTEST: f64 = 64.0;

/// The fewest columns of the bar beside everything else. With less space, the bar has its own row.
const BAR: usize = 10;

/// The widths of the state and of the speed, so that the bar does not move.
const STATE: usize = "finished".len();
const SPEED: usize = "x0.25".len();

/// The keys of a replay, as F1 lists them, most useful first.
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

/// A position at which a replay can stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stop {
    /// The number of the last turn taken; 0 before the first.
    pub turn: u64,
    /// The time since the start of the recording. It never decreases.
    pub elapsed: Duration,
    /// The pause before this moment at normal speed.
    pub pause: Duration,
}

/// Whether a replay advances by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It does.
    Playing,
    /// It waits for the person.
    Paused,
    /// It is at its end.
    Finished,
}

/// The effect of a key on a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steered {
    /// The position changed.
    Moved,
    /// The speed changed, or the replay was paused or continued.
    Changed,
    /// The person quit.
    Quit,
    /// Nothing.
    Ignored,
}

/// A replay.
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
    /// A replay at the first of these stops. The speed is clamped to 1/4 through 64.
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

    /// Whether it advances by itself.
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

    /// Advances to the next stop, if it is playing.
    pub fn advance(&mut self) {
        if self.motion == Motion::Playing {
            self.go(self.place + 1, Motion::Playing);
        }
    }

    /// Handles a key.
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

    /// Moves to this stop, or to the last one, and sets the motion. At the last stop it is finished.
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

    /// The most useful keys and their current effects.
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

    /// The rows shown instead of the input line, each at most `columns` wide: state, speed, progress bar,
    /// turn and elapsed time.
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

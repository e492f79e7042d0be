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
    ("+ -", "twice as fast, half as fast"),
    ("Home End", "go to the start or the end"),
    ("PgUp PgDn", "scroll; Shift-arrows by row"),
    ("q Esc Ctrl-C", "quit"),
    ("F8", "switch the mouse: the wheel scrolls"),
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

#[cfg(test)]
mod tests {
    use super::{FASTEST, Motion, Playback, SLOWEST, Steered, Stop};
    use crate::scene::{Arrow, Held, Key};
    use proptest::prelude::{
        Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };
    use std::time::Duration;
    use unicode_width::UnicodeWidthStr as _;

    /// A recording with this many stops, one for each turn, 2 seconds apart.
    fn recording(count: u64) -> Playback {
        let stop = |turn: u64| Stop {
            turn,
            elapsed: Duration::from_secs(2 * turn),
            pause: Duration::from_secs(2),
        };
        Playback::new((0..count).map(stop).collect(), 1.0)
    }

    const RIGHT: Key = Key::Arrow(Arrow::Right, Held::Nothing);
    const LEFT: Key = Key::Arrow(Arrow::Left, Held::Nothing);

    #[test]
    fn it_plays_to_its_end_and_stays_there() {
        let mut playback = recording(3);
        for place in 0..2 {
            assert_eq!(
                (playback.place(), playback.motion()),
                (place, Motion::Playing)
            );
            assert_eq!(playback.wait(), Some(Duration::from_secs(2)));
            playback.advance();
        }
        for key in [Key::Char(' '), RIGHT, Key::End] {
            assert_eq!((playback.place(), playback.motion()), (2, Motion::Finished));
            assert_eq!(playback.wait(), None);
            assert_eq!(playback.key(&key), Steered::Ignored, "{key:?}");
            playback.advance();
        }
        assert_eq!(playback.key(&Key::Char('q')), Steered::Quit);
    }

    #[test]
    fn a_step_pauses_and_space_continues() {
        for (ahead, back) in [(RIGHT, LEFT), (Key::Char('n'), Key::Char('p'))] {
            let mut playback = recording(4);
            assert_eq!(playback.key(&ahead), Steered::Moved);
            assert_eq!((playback.place(), playback.motion()), (1, Motion::Paused));
            playback.advance();
            assert_eq!(playback.place(), 1);
            assert_eq!(playback.key(&ahead), Steered::Moved);
            assert_eq!(playback.key(&back), Steered::Moved);
            assert_eq!((playback.place(), playback.motion()), (1, Motion::Paused));
            assert_eq!(playback.key(&Key::Char(' ')), Steered::Changed);
            assert_eq!(playback.motion(), Motion::Playing);
            assert_eq!(playback.key(&Key::Home), Steered::Moved);
            assert_eq!((playback.place(), playback.motion()), (0, Motion::Paused));
            assert_eq!(playback.key(&back), Steered::Ignored);
        }
    }

    #[test]
    fn the_speed_is_doubled_and_halved_within_bounds() {
        let mut playback = recording(2);
        for wait in [1000, 500, 250, 125] {
            assert_eq!(playback.key(&Key::Char('+')), Steered::Changed);
            assert_eq!(playback.wait(), Some(Duration::from_millis(wait)));
        }
        for _ in 0..20 {
            playback.key(&Key::Char('='));
        }
        assert_eq!(playback.speed, FASTEST);
        assert_eq!(playback.key(&Key::Char('+')), Steered::Ignored);
        for _ in 0..20 {
            playback.key(&Key::Char('-'));
        }
        assert_eq!(playback.wait(), Some(Duration::from_secs(8)));
        assert_eq!(Playback::new(Vec::new(), 1e300).speed, FASTEST);
        assert_eq!(Playback::new(Vec::new(), 1e-300).speed, SLOWEST);
    }

    #[test]
    fn the_control_line_tells_everything_in_one_row_or_two() {
        let mut playback = recording(101);
        playback.key(&Key::Char('-'));
        for _ in 0..25 {
            playback.advance();
        }
        let bar = |full, empty| "█".repeat(full) + &"░".repeat(empty);
        assert_eq!(
            playback.rows(80),
            [format!(
                "playing   x0.5   {}  turn  25 of 100  0:50",
                bar(10, 30)
            )]
        );
        assert_eq!(
            playback.rows(40),
            [
                format!("playing   x0.5   {}", bar(5, 18)),
                "turn  25 of 100  0:50".to_owned()
            ]
        );
        playback.key(&Key::End);
        assert_eq!(
            playback.rows(40),
            [
                format!("finished  x0.5   {}", bar(23, 0)),
                "turn 100 of 100  3:20".to_owned()
            ]
        );
    }

    #[test]
    fn an_hour_is_told_as_one() {
        for (seconds, told) in [(0, "0:00"), (59, "0:59"), (60, "1:00"), (3599, "59:59")] {
            assert_eq!(super::clock(Duration::from_secs(seconds)), told);
        }
        assert_eq!(super::clock(Duration::from_secs(3_723)), "1:02:03");
    }

    /// A key, or the end of a wait.
    fn event() -> impl Strategy<Value = Option<Key>> {
        prop_oneof![
            3 => Just(None),
            1 => prop_oneof![
                Just(Key::Char(' ')), Just(RIGHT), Just(LEFT), Just(Key::Char('n')),
                Just(Key::Char('p')), Just(Key::Char('+')), Just(Key::Char('-')),
                Just(Key::Home), Just(Key::End), Just(Key::Enter),
                any::<char>().prop_map(Key::Char),
            ].prop_map(Some),
        ]
    }

    proptest! {
        #[test]
        fn keys_keep_every_recording_in_bounds(
            count in 0_u64..6,
            events in proptest::collection::vec(event(), 0..60),
            columns in 40_usize..140,
        ) {
            let mut playback = recording(count);
            let last = usize::try_from(count.saturating_sub(1)).unwrap();
            for event in events {
                let before = playback.clone();
                match event {
                    None => {
                        playback.advance();
                        let moves = before.motion() == Motion::Playing;
                        prop_assert_eq!(playback.place(), before.place() + usize::from(moves));
                    }
                    Some(key) => {
                        let steered = playback.key(&key);
                        let is_same = playback == before;
                        let is_still = matches!(steered, Steered::Ignored | Steered::Quit);
                        prop_assert_eq!(is_same, is_still, "{:?}", key);
                        let has_moved = steered == Steered::Moved;
                        prop_assert_eq!(playback.place() != before.place(), has_moved);
                        prop_assert!(!has_moved || playback.motion() != Motion::Playing);
                    }
                }
                prop_assert!(playback.place() <= last);
                let is_finished = playback.motion() == Motion::Finished;
                prop_assert_eq!(is_finished, playback.place() == last);
                prop_assert!((SLOWEST..=FASTEST).contains(&playback.speed));
                prop_assert_eq!(playback.wait().is_some(), playback.motion() == Motion::Playing);
                let rows = playback.rows(columns);
                prop_assert!(rows.iter().all(|row| row.width() <= columns), "{:?}", rows);
            }
        }
    }
}

//! A recording that is played: its place, its motion, and its speed.

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::time::Duration;
use tictalk::scene::{Arrow, Held, Key, KeyOutcome, Motion, Playback, SMALLEST, Scene, Stop};
use unicode_width::UnicodeWidthStr as _;

const RIGHT: Key = Key::Arrow(Arrow::Right, Held::Nothing);
const LEFT: Key = Key::Arrow(Arrow::Left, Held::Nothing);

/// A recording with this many stops, one for each turn, 2 seconds apart.
fn recording(count: u64) -> Playback {
    let stop = |turn: u64| Stop {
        turn,
        elapsed: Duration::from_secs(2 * turn),
        pause: Duration::from_secs(2),
    };
    Playback::new((0..count).map(stop).collect(), 1.0)
}

/// A scene that plays it.
fn scene(playback: Playback) -> Scene {
    let mut scene = Scene::new(SMALLEST, usize::MAX);
    scene.play(playback);
    scene
}

fn state(scene: &Scene) -> (usize, Motion) {
    let playback = scene.playback().unwrap();
    (playback.place(), playback.motion())
}

fn wait(scene: &Scene) -> Option<Duration> {
    scene.playback().unwrap().wait()
}

fn advance(scene: &mut Scene) {
    scene.playback_mut().unwrap().advance();
}

/// Presses a key that steers the recording.
fn steer(scene: &mut Scene, key: Key) {
    assert_eq!(
        scene.key(key.clone(), None),
        Some(KeyOutcome::Steered),
        "{key:?}"
    );
}

#[test]
fn it_plays_to_its_end_and_stays_there() {
    let mut scene = scene(recording(3));
    for place in 0..2 {
        assert_eq!(state(&scene), (place, Motion::Playing));
        assert_eq!(wait(&scene), Some(Duration::from_secs(2)));
        advance(&mut scene);
    }
    for key in [Key::Char(' '), RIGHT, Key::Char('n'), Key::End] {
        assert_eq!(state(&scene), (2, Motion::Finished));
        assert_eq!(wait(&scene), None);
        assert_eq!(scene.key(key.clone(), None), None, "{key:?}");
        advance(&mut scene);
    }
    steer(&mut scene, LEFT);
    assert_eq!(state(&scene), (1, Motion::Paused));
}

#[test]
fn a_step_pauses_and_space_continues() {
    for (ahead, back) in [(RIGHT, LEFT), (Key::Char('n'), Key::Char('p'))] {
        let mut scene = scene(recording(4));
        steer(&mut scene, ahead.clone());
        assert_eq!(state(&scene), (1, Motion::Paused));
        advance(&mut scene);
        assert_eq!(state(&scene), (1, Motion::Paused));
        steer(&mut scene, ahead);
        steer(&mut scene, back.clone());
        assert_eq!(state(&scene), (1, Motion::Paused));
        steer(&mut scene, Key::Char(' '));
        assert_eq!(state(&scene), (1, Motion::Playing));
        steer(&mut scene, Key::Home);
        assert_eq!(state(&scene), (0, Motion::Paused));
        assert_eq!(scene.key(back, None), None);
    }
}

#[test]
fn the_speed_is_doubled_and_halved_within_bounds() {
    let mut scene = scene(recording(2));
    for millis in [1000, 500, 250, 125, 62, 31] {
        steer(&mut scene, Key::Char('+'));
        assert_eq!(wait(&scene).unwrap().as_millis(), millis);
    }
    assert_eq!(scene.key(Key::Char('='), None), None);
    for _ in 0..8 {
        steer(&mut scene, Key::Char('-'));
    }
    assert_eq!(wait(&scene), Some(Duration::from_secs(8)));
    assert_eq!(scene.key(Key::Char('-'), None), None);
    for (asked, shown) in [(1e300, "x64 "), (1e-300, "x0.25 "), (3.0, "x3 ")] {
        let rows = Playback::new(Vec::new(), asked).rows(80);
        assert!(rows[0].contains(shown), "{rows:?}");
    }
}

#[test]
fn three_keys_end_it() {
    for (key, outcome) in [
        (Key::Char('q'), KeyOutcome::Quit),
        (Key::Escape, KeyOutcome::Quit),
        (Key::Ctrl('c'), KeyOutcome::Interrupt),
    ] {
        let mut scene = scene(recording(3));
        assert_eq!(scene.key(key, None), Some(outcome));
    }
}

#[test]
fn the_list_of_keys_is_closed_by_the_next_key_which_still_acts() {
    for (close, outcome, after) in [
        (Key::Escape, None, (0, Motion::Playing)),
        (Key::Char('?'), None, (0, Motion::Playing)),
        (
            Key::Char('n'),
            Some(KeyOutcome::Steered),
            (1, Motion::Paused),
        ),
    ] {
        for open in [Key::Function(1), Key::Char('?')] {
            let mut scene = scene(recording(3));
            assert_eq!(scene.key(open, None), None);
            let first = scene.key_list();
            assert!(first.is_some());
            assert_eq!(scene.key(Key::PageDown, None), None);
            assert_ne!(scene.key_list(), first);
            assert_eq!(scene.key(close.clone(), None), outcome);
            assert_eq!(scene.key_list(), None);
            assert_eq!(state(&scene), after);
        }
    }
}

#[test]
fn every_key_of_the_list_has_one_row_on_the_smallest_screen() {
    let scene = scene(recording(3));
    let keys = scene.keys().iter();
    let (left, right): (Vec<_>, Vec<_>) =
        keys.map(|(key, what)| (key.width(), what.width())).unzip();
    let columns = left.iter().max().unwrap() + 2 + right.iter().max().unwrap();
    assert!(columns <= usize::from(SMALLEST.columns), "{columns}");
}

#[test]
fn the_progress_row_tells_everything_in_one_row_or_two() {
    let mut scene = scene(recording(101));
    steer(&mut scene, Key::Char('-'));
    for _ in 0..25 {
        advance(&mut scene);
    }
    let rows = |scene: &Scene, columns| scene.playback().unwrap().rows(columns);
    let bar = |full, empty| "█".repeat(full) + &"░".repeat(empty);
    let wide = format!("playing   x0.5   {}  turn  25 of 100  0:50", bar(10, 30));
    assert_eq!(rows(&scene, 80), [wide]);
    let narrow = |state, bar, turn| [format!("{state}  x0.5   {bar}"), format!("turn {turn}")];
    let playing = narrow("playing ", bar(5, 18), " 25 of 100  0:50");
    assert_eq!(rows(&scene, 40), playing);
    steer(&mut scene, Key::End);
    let finished = narrow("finished", bar(23, 0), "100 of 100  3:20");
    assert_eq!(rows(&scene, 40), finished);
}

#[test]
fn an_hour_is_told_as_one() {
    for (seconds, told) in [
        (0, "  0:00"),
        (59, "  0:59"),
        (60, "  1:00"),
        (3599, "  59:59"),
        (3_723, "  1:02:03"),
    ] {
        let stop = Stop {
            elapsed: Duration::from_secs(seconds),
            ..Stop::default()
        };
        let rows = Playback::new(vec![stop], 1.0).rows(80);
        assert!(rows[0].ends_with(told), "{rows:?}");
    }
}

/// A key, or the end of a wait.
fn event() -> impl Strategy<Value = Option<Key>> {
    let known = prop_oneof![
        Just(Key::Char(' ')),
        Just(RIGHT),
        Just(LEFT),
        Just(Key::Char('n')),
        Just(Key::Char('p')),
        Just(Key::Char('+')),
        Just(Key::Char('-')),
        Just(Key::Home),
        Just(Key::End),
        Just(Key::Enter),
        Just(Key::PageUp),
        Just(Key::Function(2)),
    ];
    let other = any::<char>().prop_filter("opens the list", |c| *c != '?');
    prop_oneof![
        3 => Just(None),
        3 => known.prop_map(Some),
        1 => other.prop_map(|c| Some(Key::Char(c))),
    ]
}

proptest! {
    #[test]
    fn keys_keep_every_recording_in_bounds(
        count in 0_u64..6,
        events in proptest::collection::vec(event(), 0..60),
        columns in 40_usize..140,
    ) {
        let mut scene = scene(recording(count));
        let last = usize::try_from(count.saturating_sub(1)).unwrap();
        for event in events {
            let before = scene.playback().unwrap().clone();
            match event {
                None => {
                    advance(&mut scene);
                    let moves = before.motion() == Motion::Playing;
                    prop_assert_eq!(state(&scene).0, before.place() + usize::from(moves));
                }
                Some(key) => {
                    let has_steered = scene.key(key.clone(), None) == Some(KeyOutcome::Steered);
                    let after = scene.playback().unwrap();
                    prop_assert_eq!(*after != before, has_steered, "{:?}", key);
                    let has_moved = after.place() != before.place();
                    prop_assert!(!has_moved || after.motion() != Motion::Playing);
                }
            }
            let playback = scene.playback().unwrap();
            prop_assert!(playback.place() <= last);
            let is_finished = playback.motion() == Motion::Finished;
            prop_assert_eq!(is_finished, playback.place() == last);
            let wait = playback.wait();
            prop_assert_eq!(wait.is_some(), playback.motion() == Motion::Playing);
            let bounds = Duration::from_secs_f64(2.0 / 64.0)..=Duration::from_secs(8);
            prop_assert!(wait.is_none_or(|wait| bounds.contains(&wait)));
            let rows = playback.rows(columns);
            prop_assert!(rows.iter().all(|row| row.width() <= columns), "{:?}", rows);
        }
    }
}

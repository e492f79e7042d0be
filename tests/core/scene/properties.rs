//! What holds for any sequence of posts, keys and sizes.

use super::steps::{SIZES, Step, after, arrival, key, step, steps, take};
use super::{ask, message, scene, text_of};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tictalk::scene::{EntryKind, Key, KeyOutcome, PromptKind, Scene, TalkRow};

/// The rows of the talk that are seen.
fn rows(scene: &Scene) -> Vec<TalkRow> {
    let area = scene.layout().talk;
    scene.talk().visible(area.width.into(), area.height.into())
}

/// What is seen, without the last entry, to which an arrival may be added.
fn seen_above(scene: &Scene, count: usize) -> Vec<String> {
    let mut rows = rows(scene);
    rows.truncate(count);
    text_of(rows)
}

/// How many rows belong to older entries than the last one of the talk.
fn above(scene: &Scene) -> usize {
    let last = scene.talk().last_rows(80, 1).last().map(|row| row.entry);
    rows(scene)
        .iter()
        .take_while(|row| Some(row.entry) != last)
        .count()
}

/// The rows of the entry at the bottom, without the rules above it.
fn at_bottom(scene: &Scene) -> Vec<String> {
    let mut rows = rows(scene);
    let bottom = rows.last().map(|row| row.entry);
    rows.retain(|row| Some(row.entry) == bottom);
    let mut texts = text_of(rows);
    texts.retain(|text| !text.starts_with("── "));
    texts
}

fn is_news(step: &Step) -> bool {
    matches!(step, Step::Add(entry) if !matches!(entry.kind, EntryKind::Arrivals(_)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_moves_neither_the_reader_nor_the_draft(
        size in select(SIZES.to_vec()),
        before in vec(arrival(), 0..60),
        keys in vec(key(), 0..20),
        later in vec(arrival(), 1..20),
    ) {
        let mut scene = after(size, before);
        ask(&mut scene, PromptKind::Turn, "");
        for pressed in keys {
            scene.key(pressed, None);
        }
        let line = scene.line();
        for step in later {
            let (count, unread) = (above(&scene), scene.talk().unread());
            let (seen, bottom) = (seen_above(&scene, count), at_bottom(&scene));
            let is_at_end = scene.talk().is_at_end();
            let news = usize::from(is_news(&step));
            take(&mut scene, step.clone());
            prop_assert_eq!(&scene.line(), &line);
            prop_assert_eq!(scene.talk().is_at_end(), is_at_end);
            if is_at_end {
                prop_assert_eq!(scene.talk().unread(), 0);
                continue;
            }
            prop_assert_eq!(scene.talk().unread(), unread + news);
            match step {
                // It may be among what is seen, but the place of the reader remains.
                Step::Old(_) => prop_assert_eq!(at_bottom(&scene), bottom),
                _ => prop_assert_eq!(seen_above(&scene, count), seen),
            }
        }
    }

    #[test]
    fn another_size_shows_the_same_place(
        steps in steps(),
        sizes in vec(select(SIZES.to_vec()), 1..4),
    ) {
        let mut scene = after(SIZES[1], steps);
        scene.resize(SIZES[1]);
        let (before, line) = (rows(&scene), scene.line());
        let is_at_end = scene.talk().is_at_end();
        for size in sizes {
            scene.resize(size);
            let shown = rows(&scene);
            let talk = scene.layout().talk;
            prop_assert!(shown.len() <= talk.height.into());
            for TalkRow { row, .. } in &shown {
                for run in &row.runs {
                    prop_assert!(run.column + run.width <= talk.width.into());
                }
            }
            // Something of what was read is read now.
            let is_same = shown.iter().any(|it| before.iter().any(|old| old.entry == it.entry));
            prop_assert!(is_same || before.is_empty() || shown.is_empty());
            prop_assert_eq!(scene.talk().is_at_end(), is_at_end);
        }
        scene.resize(SIZES[1]);
        prop_assert_eq!(rows(&scene), before);
        prop_assert_eq!(scene.line(), line);
    }

    #[test]
    fn the_screen_is_full_while_there_is_something_to_show(steps in steps()) {
        let scene = after(SIZES[0], steps);
        let talk = scene.layout().talk;
        let all = scene.talk().last_rows(talk.width.into(), 100_000).len();
        prop_assert_eq!(rows(&scene).len(), all.min(talk.height.into()));
    }

    #[test]
    fn what_is_typed_is_neither_lost_nor_sent_twice(
        steps in vec(prop_oneof![
            6 => prop_oneof![
                3 => select(('a'..='e').collect::<Vec<_>>()).prop_map(Key::Char),
                1 => Just(Key::Enter),
                1 => Just(Key::PageUp),
                1 => Just(Key::Escape),
            ].prop_map(Step::Key).boxed(),
            2 => Just(Step::Withdraw).boxed(),
            1 => arrival().boxed(),
            1 => select(SIZES.to_vec()).prop_map(Step::Resize).boxed(),
        ], 0..120),
    ) {
        let mut scene = scene(80, 24);
        let (mut typed, mut sent) = (String::new(), String::new());
        let mut send = |outcome| match outcome {
            Some(KeyOutcome::Line(line)) => sent += &(line + "\n"),
            None => {}
            other => panic!("{other:?}"),
        };
        // The first prompt says that lines are entered one by one.
        ask(&mut scene, PromptKind::Standing, "");
        for step in steps {
            match &step {
                Step::Key(Key::Char(c)) => typed.push(*c),
                Step::Key(Key::Enter) => typed.push('\n'),
                // As the shells do: what was withdrawn begins the next line.
                Step::Withdraw => {
                    let draft = scene.withdraw();
                    send(ask(&mut scene, PromptKind::Standing, &draft));
                    continue;
                }
                _ => {}
            }
            send(take(&mut scene, step));
        }
        while let Some(outcome) = ask(&mut scene, PromptKind::Standing, "") {
            send(Some(outcome));
        }
        sent += &scene.line().0;
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&sent), words(&typed));
    }

    #[test]
    fn no_step_does_harm(size in select(SIZES.to_vec()), steps in steps(), last in step()) {
        let mut scene = after(size, steps);
        let count = scene.talk().len();
        take(&mut scene, last);
        prop_assert!(scene.talk().len().abs_diff(count) <= 1);
        prop_assert!(scene.line().0.is_char_boundary(scene.line().1));
        scene.key(Key::Escape, None);
        scene.add(message("last"));
        scene.talk_mut().go_to_end();
        let last = text_of(rows(&scene)).pop();
        prop_assert!(last.is_some_and(|last| last.ends_with("last")));
    }
}

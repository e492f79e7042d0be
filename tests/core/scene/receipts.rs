//! Lines whose receipts come, or that are taken back.

use super::{arrival, ask, asked, enter, key, keys, line, message, post, whole};
use tictalk::scene::{Key, PresenceChange, PromptKind, Scene};

fn is_marked(scene: &Scene, text: &str) -> bool {
    let rows = whole(scene.talk());
    let row = rows.iter().find(|row| row.starts_with(text)).unwrap();
    row.ends_with('✓')
}

#[test]
fn lines_are_marked_in_order() {
    let mut scene = asked(PromptKind::Standing);
    for text in ["one", "/help", "two"] {
        assert_eq!(enter(&mut scene, text), line(text));
        ask(&mut scene, PromptKind::Standing, "");
    }
    scene.add(message("between"));
    scene.mark_received();
    assert!(is_marked(&scene, "ann: one") && !is_marked(&scene, "ann: two"));
    scene.mark_received();
    assert!(!is_marked(&scene, "ann: /help") && !is_marked(&scene, "ann: two"));
    scene.mark_received();
    assert!(is_marked(&scene, "ann: two"));
    scene.mark_received();
    assert!(!is_marked(&scene, "between"));
}

#[test]
fn a_receipt_that_is_late_marks_no_later_line() {
    let mut scene = asked(PromptKind::Standing);
    for number in 0..300 {
        enter(&mut scene, &format!("line {number}."));
        ask(&mut scene, PromptKind::Standing, "");
    }
    for number in 0..300 {
        scene.mark_received();
        if number == 10 {
            enter(&mut scene, "last.");
            ask(&mut scene, PromptKind::Standing, "");
        }
        let marks = whole(scene.talk())
            .iter()
            .filter(|row| row.ends_with('✓'))
            .count();
        assert_eq!(marks, 256.min(number + 1));
    }
    assert!(!is_marked(&scene, "ann: last."));
    // Later ones are marked again.
    scene.mark_received();
    enter(&mut scene, "new.");
    scene.mark_received();
    assert!(is_marked(&scene, "ann: new."));
}

#[test]
fn a_line_that_was_not_sent_is_taken_back_wherever_it_stands() {
    let mut scene = asked(PromptKind::Standing);
    enter(&mut scene, "sent");
    ask(&mut scene, PromptKind::Standing, "");
    enter(&mut scene, "unsent");
    scene.add(message("between"));
    assert!(scene.take_back());
    assert_eq!(whole(scene.talk()), ["ann: sent", "between"]);
    // It is taken back once.
    assert!(!scene.take_back());
    scene.mark_received();
    assert!(is_marked(&scene, "ann: sent"));
    ask(&mut scene, PromptKind::Standing, "");
    enter(&mut scene, "again");
    scene.mark_received();
    assert!(is_marked(&scene, "ann: again"));
}

#[test]
fn older_posts_do_not_change_which_line_a_receipt_marks() {
    for is_sent in [true, false] {
        let mut scene = asked(PromptKind::Standing);
        enter(&mut scene, "mine");
        scene.add(post(30));
        (10..20).for_each(|number| scene.add_old(post(number)));
        if is_sent {
            scene.mark_received();
            assert!(is_marked(&scene, "ann: mine"));
        } else {
            assert!(scene.take_back());
            assert!(!whole(scene.talk()).contains(&"ann: mine".to_owned()));
        }
    }
}

#[test]
fn a_blank_line_takes_no_other_line_back() {
    let mut scene = asked(PromptKind::Turn);
    enter(&mut scene, "sent");
    ask(&mut scene, PromptKind::Ahead, "");
    assert_eq!(key(&mut scene, Key::Enter), line(""));
    assert!(scene.take_back());
    scene.mark_received();
    assert!(is_marked(&scene, "ann: sent"));
}

#[test]
fn lines_on_the_turn_of_the_other_side_take_no_receipt() {
    let mut scene = asked(PromptKind::Turn);
    enter(&mut scene, "sent");
    ask(&mut scene, PromptKind::Ahead, "");
    enter(&mut scene, "/score");
    ask(&mut scene, PromptKind::Ahead, "");
    enter(&mut scene, "kept");
    scene.take_back();
    scene.mark_received();
    assert!(is_marked(&scene, "ann: sent") && !is_marked(&scene, "ann: /score"));
    assert_eq!(whole(scene.talk()).len(), 2);
}

#[test]
fn the_place_of_the_reader_survives_a_line_that_is_taken_back() {
    let mut scene = asked(PromptKind::Standing);
    for number in 0..100 {
        scene.add(message(&number.to_string()));
    }
    enter(&mut scene, "unsent");
    for number in 100..200 {
        scene.add(message(&number.to_string()));
    }
    keys(&mut scene, [Key::PageUp]);
    let before = super::seen(&scene);
    scene.take_back();
    assert_eq!(super::seen(&scene), before);
    scene.add(arrival(PresenceChange::Joined, "ann"));
    assert_eq!(super::seen(&scene), before);
}

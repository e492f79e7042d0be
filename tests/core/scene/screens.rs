//! Some screens, as text.

use super::drawing::{PLAIN, members, screen};
use super::steps::SIZES;
use super::{ask, asked, battleship, enter, keys, message, open_board, scene, write};
use tictalk::scene::{Arrow, Focus, Held, Key, Playback, PromptKind, Scene, Stop};
use tictalk::terminal::{Display, Signs};
use unicode_width::UnicodeWidthStr as _;

#[test]
fn members_without_space_are_counted() {
    let names = ["member"; 30];
    for (count, is_cut) in [(20, false), (21, true), (30, true)] {
        let mut scene = asked(PromptKind::Standing);
        members(&mut scene, &names[..count]);
        let rows = screen(&scene, PLAIN);
        let shown = rows.iter().filter(|row| row.contains(" member")).count() - 1;
        let more = format!("and {} more", count - shown);
        assert_eq!(rows[20].contains(&more), is_cut, "{rows:#?}");
        assert_eq!(shown, if is_cut { 19 } else { count });
    }
}

#[test]
fn the_row_of_keys_offers_what_they_do_now() {
    let mut scene = asked(PromptKind::Turn);
    scene.show_board(open_board("tictactoe", &[]));
    (0..50).for_each(|number| scene.add(message(&number.to_string())));
    let offered = |scene: &Scene| screen(scene, PLAIN)[22].clone();
    assert_eq!(offered(&scene), "F1 keys   Arrows choose");
    keys(
        &mut scene,
        [Key::Arrow(Arrow::Up, Held::Nothing), Key::PageUp],
    );
    assert_eq!(
        offered(&scene),
        "F1 keys   Enter play   / search   End newest"
    );
    // With text in the line, they are for that.
    write(&mut scene, "x");
    assert_eq!(offered(&scene), "F1 keys   Esc newest");
}

#[test]
fn all_that_is_drawn_by_this_program_is_ascii_where_the_locale_has_no_more() {
    let ascii = Display {
        signs: Signs::Ascii,
        ..PLAIN
    };
    let mut scene = scene(100, 24);
    ask(&mut scene, PromptKind::Standing, "");
    members(&mut scene, &["a-name-that-is-longer-than-the-pane", "bob"]);
    scene.show_board(open_board("connect4", &["4"]));
    scene.set_status("lounge".to_owned());
    scene.set_progress(Some("loading".to_owned()));
    assert!(enter(&mut scene, "hello").is_some());
    scene.mark_received();
    keys(&mut scene, [Key::Focus(Focus::Elsewhere)]);
    scene.add(message("news"));
    let [unicode, plain] = [PLAIN, ascii].map(|it| screen(&scene, it));
    for sign in ["│", "─", "·", "…", "✓"] {
        assert!(unicode.concat().contains(sign), "{sign}: {unicode:#?}");
    }
    assert!(plain.concat().is_ascii(), "{plain:#?}");
    // Nothing is at another place.
    let widths = |rows: &[String]| rows.iter().map(|row| row.width()).collect::<Vec<_>>();
    assert_eq!(widths(&plain), widths(&unicode));
    for part in [
        "ann: hello v",
        "-- you left off here --",
        " | ",
        "lounge  .  loading",
    ] {
        assert!(
            plain.iter().any(|row| row.contains(part)),
            "{part}: {plain:#?}"
        );
    }
    scene.play(Playback::new(vec![Stop::default(); 3], 1.0));
    assert!(screen(&scene, PLAIN).concat().contains('░'));
    assert!(screen(&scene, ascii).concat().is_ascii());
}

#[test]
fn a_small_screen_shows_the_board_below_the_talk() {
    let mut scene = asked(PromptKind::Turn);
    scene.resize(SIZES[0]);
    scene.show_board(open_board("tictactoe", &["5", "2"]));
    scene.set_status("Your turn".to_owned());
    scene.add(message("bob: 漢字 in a line that is wrapped at the edge"));
    write(&mut scene, "hi");
    let expected = [
        "",
        "",
        "bob: 漢字 in a line that is wrapped at",
        "  the edge",
        "tictactoe: ann - bob",
        "  a  b  c",
        "1 1 [O] 3",
        "2 4  X  6",
        "3 7  8  9",
        " Your turn",
        "F1 keys",
        "ann> hi",
    ];
    assert_eq!(screen(&scene, PLAIN), expected);
}

#[test]
fn a_usual_screen_shows_the_members_and_the_board() {
    let mut scene = asked(PromptKind::Standing);
    scene.show_board(open_board("tictactoe", &["5", "2"]));
    members(&mut scene, &["ann", "bob", "漢字 with a long name"]);
    scene.set_status("lounge".to_owned());
    scene.add(message("bob: hello"));
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Nothing)]);
    let beside = |talk: &str, members: &str| format!("{talk:59}│{members}");
    let mut expected = vec![
        beside("", "3 members"),
        beside("", "* ann (coordinator)"),
        beside("", "  bob"),
        beside("", "- 漢字 with a long …"),
    ];
    expected.extend(vec![beside("", ""); 11]);
    expected.push(beside("bob: hello", ""));
    let below = [
        "tictactoe: ann - bob",
        "  a  b  c",
        "1 1 [O] 3",
        "2>4< X  6",
        "3 7  8  9",
        " lounge  ·  chosen: 4",
        "F1 keys   Enter play",
        "ann>",
    ];
    expected.extend(below.map(str::to_owned));
    assert_eq!(screen(&scene, PLAIN), expected);
}

#[test]
fn a_large_screen_shows_all_beside_the_talk() {
    let mut scene = asked(PromptKind::Standing);
    scene.resize(SIZES[2]);
    scene.show_board(battleship());
    members(&mut scene, &["ann", "bob"]);
    scene.add(message("bob: hello"));
    let rows = screen(&scene, PLAIN);
    let beside: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split_once('│'))
        .map(|it| it.1)
        .collect();
    let expected = [
        "battleship: ann - bob",
        "your sea                           their sea",
        "   a  b  c  d  e  f  g  h  i  j       a  b  c  d  e  f  g  h  i  j",
        "1  ·  ·  ·  ·  ·  ·  ·  ·  R  ·    1  +  +  +  +  +  +  +  +  +  +",
        "2  ·  ·  C  C  C  C  C  ·  R  ·    2  +  +  +  +  +  +  +  +  +  +",
        "3  ·  B  B  B  B  ·  ·  ·  R  ·    3  +  +  +  +  +  +  +  +  +  +",
        "4  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·    4  +  +  +  +  +  +  +  +  +  +",
        "5  ·  S  ·  ·  ·  ·  ·  ·  ·  ·    5  +  +  +  +  +  +  +  +  +  +",
        "6  ·  S  ·  ·  ·  ·  ·  ·  ·  ·    6  +  +  +  +  +  +  +  +  +  +",
        "7  ·  S  ·  ·  ·  ·  ·  ·  ·  ·    7  +  +  +  +  +  +  +  +  +  +",
        "8  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·    8  +  +  +  +  +  +  +  +  +  +",
        "9  ·  ·  D  D  ·  ·  ·  ·  ·  ·    9  +  +  +  +  +  +  +  +  +  +",
        "10 ·  ·  ·  ·  ·  ·  ·  ·  ·  ·    10 +  +  +  +  +  +  +  +  +  +",
        "yours afloat: C carrier, B battleship, R cruiser, S submarine, D",
        "  destroyer",
        "theirs afloat: carrier, battleship, cruiser, submarine, destroyer",
        "X a hit, # a ship sunk, o a miss",
        "",
        "2 members",
        "* ann (coordinator)",
        "  bob",
    ];
    assert_eq!(beside[..21], expected);
    assert!(rows[56].starts_with("bob: hello  "));
    assert_eq!(rows[57..], ["", "F1 keys   Arrows choose", "ann>"]);
}

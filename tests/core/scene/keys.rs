//! Keys for the line: what they change, and what is entered.

use super::{
    LIMIT, ask, asked, draft, enter, key, keys, line, message, prompt, scene, whole, write,
};
use tictalk::scene::{
    Arrow, Held, Key, KeyOffer, KeyOutcome, LineEcho, LinePrompt, Mouse, PromptKind, Scene,
};

const UP: Key = Key::Arrow(Arrow::Up, Held::Nothing);
const DOWN: Key = Key::Arrow(Arrow::Down, Held::Nothing);

#[test]
fn a_line_is_entered_at_its_prompt_only() {
    let mut scene = scene(80, 24);
    write(&mut scene, "ahead");
    assert_eq!(key(&mut scene, Key::Enter), None);
    assert_eq!(draft(&scene), "ahead\n");
    write(&mut scene, "more");
    assert_eq!(ask(&mut scene, PromptKind::Turn, ""), None);
    assert_eq!(key(&mut scene, Key::Enter), line("ahead\nmore"));
    assert_eq!(whole(scene.talk()), ["ann: ahead", "  more"]);
    assert_eq!((draft(&scene).as_str(), scene.is_asked()), ("", false));
}

#[test]
fn enter_in_an_empty_line_without_a_prompt_does_nothing() {
    let mut scene = scene(80, 24);
    keys(&mut scene, [Key::Enter, Key::Enter]);
    assert_eq!(draft(&scene), "");
    ask(&mut scene, PromptKind::Standing, "");
    assert_eq!(enter(&mut scene, "one"), line("one"));
    keys(&mut scene, [Key::Enter, Key::Enter]);
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), None);
}

#[test]
fn lines_that_come_before_the_next_standing_prompt_wait_for_it() {
    let mut scene = asked(PromptKind::Standing);
    assert_eq!(enter(&mut scene, "one"), line("one"));
    assert_eq!(enter(&mut scene, "two"), None);
    assert_eq!(enter(&mut scene, "three"), None);
    assert_eq!(whole(scene.talk()), ["ann: one"]);
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("two"));
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("three"));
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), None);
    assert_eq!(whole(scene.talk()).len(), 3);
}

#[test]
fn too_many_waiting_lines_stay_in_the_line() {
    let mut scene = asked(PromptKind::Standing);
    assert_eq!(enter(&mut scene, "one"), line("one"));
    for number in 0..256 {
        assert_eq!(enter(&mut scene, &number.to_string()), None);
        assert_eq!(draft(&scene), "");
    }
    assert_eq!(enter(&mut scene, "kept"), None);
    // What is typed on does not become a part of this line.
    assert_eq!(draft(&scene), "kept\n");
    assert!(scene.remark().unwrap().contains("256 lines wait"));
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("0"));
    assert_eq!(key(&mut scene, Key::Enter), None);
    assert_eq!(draft(&scene), "");
}

#[test]
fn a_line_over_the_limit_is_refused_and_kept() {
    let mut scene = asked(PromptKind::Turn);
    let long = "x".repeat(LIMIT + 1);
    keys(&mut scene, [Key::Paste(long.clone()), Key::Enter]);
    assert_eq!(draft(&scene), long);
    assert_eq!(
        scene.remark(),
        Some("1001 of 1000 bytes: shorten the line.")
    );
    assert_eq!(scene.aside().unwrap(), "  (1001 of 1000 bytes)");
    keys(&mut scene, [Key::Backspace]);
    assert_eq!(scene.remark(), None);
    assert_eq!(key(&mut scene, Key::Enter), line(&long[..LIMIT]));
}

#[test]
fn a_paste_beyond_the_memory_of_a_line_says_so() {
    let mut scene = asked(PromptKind::Turn);
    keys(&mut scene, [Key::Paste("é".repeat(40_000))]);
    assert_eq!(draft(&scene).len(), 64 * 1024);
    assert_eq!(
        scene.remark(),
        Some("Only the first 64 KiB of the line are kept.")
    );
}

#[test]
fn a_paste_is_text_whatever_it_contains() {
    let mut scene = asked(PromptKind::Turn);
    for number in 0..50 {
        scene.add(message(&number.to_string()));
    }
    keys(&mut scene, [Key::PageUp, Key::Paste("/?\nx".to_owned())]);
    assert_eq!((draft(&scene).as_str(), scene.search()), ("/?\nx", None));
    assert_eq!(key(&mut scene, Key::Enter), line("/?\nx"));
}

#[test]
fn a_question_mark_in_an_empty_line_shows_the_keys() {
    let mut scene = asked(PromptKind::Turn);
    keys(&mut scene, [Key::Char('?')]);
    assert!(scene.key_list().is_some());
    keys(&mut scene, [Key::Char('?')]);
    assert_eq!(
        (scene.key_list().is_some(), draft(&scene).as_str()),
        (false, "?")
    );
    keys(&mut scene, [Key::Char('?')]);
    assert_eq!(
        (scene.key_list().is_some(), draft(&scene).as_str()),
        (false, "??")
    );
    keys(&mut scene, [Key::Function(1)]);
    assert!(scene.key_list().is_some());
    keys(&mut scene, [Key::Escape]);
    assert!(scene.key_list().is_none());
    // Another key closes the list and does what it is for.
    keys(&mut scene, [Key::Function(1), Key::Char('x')]);
    assert_eq!(
        (scene.key_list().is_some(), draft(&scene).as_str()),
        (false, "??x")
    );
}

#[test]
fn a_slash_searches_only_in_old_lines_and_an_empty_line() {
    let mut scene = asked(PromptKind::Turn);
    for number in 0..50 {
        scene.add(message(&number.to_string()));
    }
    keys(&mut scene, [Key::Char('/'), Key::PageUp, Key::Char('/')]);
    assert_eq!((draft(&scene).as_str(), scene.search()), ("//", None));
    keys(&mut scene, [Key::Ctrl('u'), Key::Char('/')]);
    assert_eq!((draft(&scene).as_str(), scene.search()), ("", Some("")));
}

#[test]
fn tab_completes_as_far_as_all_agree_and_then_goes_through_them() {
    let mut scene = scene(80, 24);
    let words = ["/help", "/here", "bob", "bobby"]
        .map(str::to_owned)
        .to_vec();
    scene.ask(prompt(PromptKind::Turn), "", words);
    keys(&mut scene, [Key::Char('/'), Key::Tab]);
    assert_eq!(draft(&scene), "/he");
    assert_eq!(scene.candidates().0, ["/help", "/here"]);
    for expected in ["/help", "/here", "/help"] {
        keys(&mut scene, [Key::Tab]);
        assert_eq!(draft(&scene), expected);
    }
    keys(&mut scene, [Key::Char(' ')]);
    assert!(scene.candidates().0.is_empty());
    write(&mut scene, "b");
    keys(&mut scene, [Key::Tab]);
    assert_eq!(draft(&scene), "/help bob");
    // Undo goes back before the completion.
    keys(&mut scene, [Key::Ctrl('_')]);
    assert_eq!(draft(&scene), "/help b");
}

#[test]
fn what_is_pasted_after_tab_is_not_replaced_by_the_next_one() {
    let mut scene = scene(80, 24);
    let words = ["/help", "/here"].map(str::to_owned).to_vec();
    scene.ask(prompt(PromptKind::Turn), "", words);
    keys(
        &mut scene,
        [Key::Char('/'), Key::Tab, Key::Paste("xyz".to_owned())],
    );
    assert!(scene.candidates().0.is_empty());
    keys(&mut scene, [Key::Tab]);
    assert_eq!(draft(&scene), "/hexyz");
}

#[test]
fn arrows_recall_lines_and_come_back_to_what_was_typed() {
    let mut scene = asked(PromptKind::Standing);
    for text in ["one", "two", "two", "/three"] {
        assert_eq!(enter(&mut scene, text), line(text));
        ask(&mut scene, PromptKind::Standing, "");
    }
    write(&mut scene, "draft");
    for expected in ["/three", "two", "one", "one"] {
        keys(&mut scene, [UP]);
        assert_eq!(draft(&scene), expected);
    }
    keys(&mut scene, [Key::Ctrl('n'), Key::Ctrl('p'), DOWN, DOWN]);
    assert_eq!(draft(&scene), "/three");
    keys(&mut scene, [DOWN, DOWN]);
    assert_eq!(draft(&scene), "draft");
}

#[test]
fn answers_and_hidden_lines_are_not_recalled() {
    let mut scene = asked(PromptKind::Question);
    assert_eq!(enter(&mut scene, "yes"), line("yes"));
    let hidden = LinePrompt {
        line: LineEcho::Hidden,
        ..prompt(PromptKind::Turn)
    };
    scene.ask(hidden, "", Vec::new());
    write(&mut scene, "se漢t");
    assert_eq!(scene.line(), ("****".to_owned(), 4));
    assert_eq!(key(&mut scene, Key::Enter), line("se漢t"));
    assert_eq!(whole(scene.talk()), ["ann: yes", "ann: *****"]);
    ask(&mut scene, PromptKind::Turn, "");
    keys(&mut scene, [UP, Key::Ctrl('_')]);
    assert_eq!(draft(&scene), "");
}

#[test]
fn a_draft_stays_while_a_question_is_asked() {
    let mut scene = asked(PromptKind::Standing);
    write(&mut scene, "draft");
    keys(&mut scene, [Key::Ctrl('b')]);
    ask(&mut scene, PromptKind::Question, "");
    assert_eq!(draft(&scene), "");
    // Undoing does not bring the draft into the answer.
    keys(&mut scene, [Key::Ctrl('_')]);
    assert_eq!(enter(&mut scene, "y"), line("y"));
    assert_eq!(scene.line(), ("draft".to_owned(), 4));
    // A question that is withdrawn does not take it away either.
    ask(&mut scene, PromptKind::Question, "");
    write(&mut scene, "no");
    assert_eq!(scene.withdraw(), "no");
    assert_eq!(scene.line(), ("draft".to_owned(), 4));
    ask(&mut scene, PromptKind::Question, "no");
    assert_eq!(draft(&scene), "no");
    ask(&mut scene, PromptKind::Standing, "");
    assert_eq!(draft(&scene), "draftno");
}

#[test]
fn a_withdrawn_line_comes_back_with_its_cursor_and_before_what_was_typed_since() {
    let mut scene = asked(PromptKind::Standing);
    write(&mut scene, "abc");
    keys(&mut scene, [Key::Ctrl('b')]);
    let withdrawn = scene.withdraw();
    assert_eq!((withdrawn.as_str(), draft(&scene).as_str()), ("abc", ""));
    ask(&mut scene, PromptKind::Standing, &withdrawn);
    assert_eq!(scene.line(), ("abc".to_owned(), 2));
    let withdrawn = scene.withdraw();
    write(&mut scene, "def");
    ask(&mut scene, PromptKind::Standing, &withdrawn);
    assert_eq!(scene.line(), ("abcdef".to_owned(), 6));
}

#[test]
fn a_question_is_answered_by_what_is_typed_at_it_only() {
    let mut scene = asked(PromptKind::Standing);
    scene.set_offers(vec![KeyOffer::new(2, "accept", "/accept")]);
    assert_eq!(enter(&mut scene, "/close"), line("/close"));
    assert_eq!(enter(&mut scene, "hello"), None);
    assert_eq!(ask(&mut scene, PromptKind::Question, ""), None);
    assert_eq!(key(&mut scene, Key::Function(2)), None);
    assert_eq!(scene.remark(), Some("Answer the question first."));
    assert_eq!(enter(&mut scene, "y"), line("y"));
    // What is entered after the answer waits as well.
    assert_eq!(enter(&mut scene, "more"), None);
    assert_eq!(draft(&scene), "");
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("hello"));
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("more"));
}

#[test]
fn an_offer_is_entered_and_leaves_the_line_as_it_is() {
    let mut scene = asked(PromptKind::Standing);
    scene.set_offers(vec![KeyOffer::new(2, "accept", "/accept")]);
    write(&mut scene, "draft");
    assert_eq!(key(&mut scene, Key::Function(2)), line("/accept"));
    assert_eq!(draft(&scene), "draft");
    assert_eq!(key(&mut scene, Key::Function(3)), None);
    assert_eq!(key(&mut scene, Key::Function(2)), None);
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), line("/accept"));
}

#[test]
fn some_keys_are_for_the_shell() {
    let mut scene = asked(PromptKind::Turn);
    for (pressed, outcome) in [
        (Key::Ctrl('c'), KeyOutcome::Interrupt),
        (Key::Ctrl('z'), KeyOutcome::Suspend),
        (Key::Ctrl('l'), KeyOutcome::Redraw),
        (Key::Ctrl('d'), KeyOutcome::End),
        (Key::Function(8), KeyOutcome::Mouse(Mouse::On)),
        (Key::Function(8), KeyOutcome::Mouse(Mouse::Off)),
    ] {
        assert_eq!(key(&mut scene, pressed), Some(outcome));
    }
    keys(&mut scene, [Key::Char('x'), Key::Home, Key::Ctrl('d')]);
    assert_eq!(draft(&scene), "");
}

#[test]
fn the_input_takes_the_rows_that_it_needs() {
    let mut scene = asked(PromptKind::Turn);
    let height = |scene: &Scene| scene.layout().input.height;
    // The label "ann> " takes 5 columns, its colours none.
    write(&mut scene, &"x".repeat(74));
    assert_eq!(height(&scene), 1);
    write(&mut scene, "x");
    assert_eq!(height(&scene), 2);
    // The row is full: a line ending begins the one that is there.
    keys(&mut scene, [Key::Alt('\r')]);
    assert_eq!(height(&scene), 2);
    keys(&mut scene, [Key::Paste("\n".repeat(10))]);
    assert_eq!(height(&scene), 5);
    let typed = scene.typed_line(80);
    assert_eq!((typed.cursor, typed.end), ((0, 11), (0, 11)));
}

#[test]
fn function_keys_do_nothing_while_the_other_side_has_the_turn() {
    let mut scene = asked(PromptKind::Ahead);
    scene.set_offers(vec![KeyOffer::new(6, "undo", "/undo")]);
    write(&mut scene, "half");
    assert!(scene.offers().is_empty());
    keys(&mut scene, [Key::Function(6)]);
    assert_eq!(draft(&scene), "half");
    assert_eq!(scene.remark(), Some("Wait for your turn."));
    ask(&mut scene, PromptKind::Turn, "");
    assert_eq!(key(&mut scene, Key::Function(6)), line("/undo"));
    assert_eq!(draft(&scene), "half");
}

#[test]
fn up_and_down_move_within_a_line_of_several_rows() {
    let mut scene = asked(PromptKind::Standing);
    assert_eq!(enter(&mut scene, "before"), line("before"));
    ask(&mut scene, PromptKind::Standing, "");
    keys(&mut scene, [Key::Paste("字two\nx\nthree".to_owned())]);
    let up = || Key::Arrow(Arrow::Up, Held::Nothing);
    let down = || Key::Arrow(Arrow::Down, Held::Nothing);
    keys(&mut scene, [up(), Key::Char('1'), up(), Key::Char('2')]);
    assert_eq!(draft(&scene), "字t2wo\nx1\nthree");
    keys(&mut scene, [down(), down(), Key::Char('3')]);
    assert_eq!(draft(&scene), "字t2wo\nx1\nth3ree");
    // Above the first row are earlier lines.
    keys(&mut scene, [up(), up(), up()]);
    assert_eq!(draft(&scene), "before");
}

#[test]
fn the_right_arrow_takes_the_hint() {
    let mut scene = scene(80, 24);
    let words = vec!["/describe".to_owned()];
    scene.ask(prompt(PromptKind::Turn), "", words);
    write(&mut scene, "/desc");
    let right = || Key::Arrow(Arrow::Right, Held::Nothing);
    keys(&mut scene, [right(), right()]);
    assert_eq!(draft(&scene), "/describe");
}

#[test]
fn the_list_of_keys_shows_each_key_on_every_screen() {
    for (columns, rows) in [(40, 12), (80, 24), (120, 50)] {
        let mut scene = scene(columns, rows);
        ask(&mut scene, PromptKind::Turn, "");
        keys(&mut scene, [Key::Function(1)]);
        let text = |scene: &Scene| -> Vec<String> {
            let rows = scene.key_list().unwrap().into_iter();
            rows.map(|row| row.runs.iter().map(|run| run.text.as_str()).collect())
                .collect()
        };
        let mut seen = String::new();
        for _ in 0..40 {
            let shown = text(&scene);
            assert!(shown.len() <= usize::from(scene.layout().status.top));
            seen += &shown.join("\n");
            keys(&mut scene, [Key::PageDown]);
        }
        for (key, _) in scene.keys() {
            assert!(seen.contains(key), "{key} at {columns}x{rows}");
        }
        assert!(seen.contains("a message that calls you"));
        // All of it fits on the largest one.
        assert_eq!(seen.contains("PgDn: more"), rows < 50);
    }
}

#[test]
fn lines_that_wait_in_vain_are_given_back_with_the_draft() {
    let mut scene = asked(PromptKind::Standing);
    assert_eq!(enter(&mut scene, "sent"), line("sent"));
    assert_eq!(enter(&mut scene, "waits"), None);
    write(&mut scene, "draft");
    assert_eq!(scene.withdraw(), "waits\ndraft");
}

#[test]
fn moves_that_keys_have_entered_are_not_recalled() {
    let mut scene = asked(PromptKind::Standing);
    scene.set_offers(vec![KeyOffer::new(2, "hint", "/hint")]);
    assert_eq!(enter(&mut scene, "typed"), line("typed"));
    ask(&mut scene, PromptKind::Standing, "");
    assert_eq!(key(&mut scene, Key::Function(2)), line("/hint"));
    ask(&mut scene, PromptKind::Standing, "");
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Nothing)]);
    assert_eq!(draft(&scene), "typed");
}

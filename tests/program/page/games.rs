//! Games between a page and somebody else, by mouse and by keyboard.

use super::{hears, join, say};
use crate::support::{Browser, Page, Peer, Room, Wire};

/// Presses a key until this element has the keyboard.
fn move_to(page: &Page, key: &str, element: &str) {
    let mut passed = Vec::new();
    while passed.len() < 40 {
        page.press(key);
        let focused = page.focused();
        if focused == element {
            return;
        }
        passed.push(focused);
    }
    panic!("{key} does not lead to {element}, but to {passed:?}");
}

/// Waits until a square of the board has this label.
fn has_square(page: &Page, label: &str) {
    page.wait_for_node(label, |node| node.is("button", label));
}

#[test]
fn a_page_and_nc_play_connect4_to_its_end() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    ann.click("button", "bob");
    ann.click("button", "Play Connect Four");
    bob.hears("ann offers you a game of connect4");
    bob.say("/accept");
    ann.wait_for("bob to move.");
    // A square that is clicked too early is no move.
    ann.click("button", "d1, free");
    for (turn, (theirs, ours)) in [("1", "b6"), ("1", "b2"), ("1", "b5")]
        .into_iter()
        .enumerate()
    {
        bob.say(theirs);
        ann.wait_for("Your turn.");
        has_square(&ann, &format!("a{}, X, last move", turn + 1));
        // Wherever a column is clicked, the piece falls down.
        ann.click("button", &format!("{ours}, free"));
        bob.hears_last("-- ann moves: 2");
        has_square(&ann, &format!("b{}, O, last move", turn + 1));
        ann.wait_for("bob to move.");
    }
    bob.say("7");
    has_square(&ann, "g1, X, last move");
    // A move can be typed, too.
    say(&ann, "2");
    bob.hears("You lose: ann wins.");
    hears(&ann, "ann won connect4 against bob.");
    ann.wait_for("You win!");
    for row in 1..=4 {
        let label = format!("b{row}, O");
        let square = ann.wait_for_node("the winning line", |node| {
            node.role == "button" && node.name.starts_with(&label)
        });
        assert!(square.name.ends_with("winning line"), "{square}");
    }
    ann.click("button", "Rematch");
    bob.hears("ann offers you a game of connect4");
    bob.say("/decline");
    hears(&ann, "bob declined ann's offer of connect4.");
    ann.click("button", "Close the board");
    ann.wait("document.getElementById('board').hidden");
}

#[test]
fn a_game_is_offered_accepted_and_won_by_keyboard_alone() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    bob.say("/play tictactoe ann");
    ann.wait_for("bob offers you a game of Tic-tac-toe.");
    assert_eq!(ann.focused(), r#"textbox "Your message""#);
    let accept = r#"button "Accept: bob offers you a game of Tic-tac-toe.""#;
    move_to(&ann, "Shift+Tab", accept);
    ann.press("Enter");
    bob.hears("tictactoe with ann");
    // Who accepts moves first, and is where lines are written.
    ann.wait_for("Your turn.");
    assert_eq!(ann.focused(), r#"textbox "Your message""#);
    move_to(&ann, "Shift+Tab", r#"button "a1, free""#);
    for (key, square) in [
        ("ArrowRight", "b1"),
        ("ArrowDown", "b2"),
        ("ArrowLeft", "a2"),
        ("ArrowUp", "a1"),
        // At the edge it stays.
        ("ArrowUp", "a1"),
        ("ArrowLeft", "a1"),
        ("End", "c1"),
        ("Control+End", "c3"),
        ("Control+Home", "a1"),
    ] {
        ann.press(key);
        assert_eq!(
            ann.focused(),
            format!(r#"button "{square}, free""#),
            "{key}"
        );
    }
    ann.press("Enter");
    bob.hears_last("-- ann moves: 1");
    bob.say("/move 5");
    has_square(&ann, "b2, O, last move");
    // The move of the other one leaves the keyboard where it is.
    assert_eq!(ann.focused(), r#"button "a1, X""#);
    ann.wait_for("Your turn.");
    ann.press("ArrowRight");
    ann.press(" ");
    bob.hears_last("-- ann moves: 2");
    bob.say("/move 9");
    has_square(&ann, "c3, O, last move");
    ann.wait_for("Your turn.");
    ann.press("ArrowRight");
    ann.press("Enter");
    bob.hears("You lose: ann wins.");
    ann.wait_for("You win!");
    hears(&ann, "ann won tictactoe against bob.");
}

#[test]
fn members_watch_a_game_and_play_the_computer() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join(port, "cleo");
    bob.say("/play rps cleo");
    cleo.hears("bob offers you a game of rps");
    cleo.say("/accept");
    hears(&ann, "cleo and bob play rps.");
    ann.click("button", "bob (plays Rock-paper-scissors with cleo)");
    ann.click("button", "Watch the game");
    ann.wait_for("You are watching cleo and bob play rps.");
    ann.click("button", "Stop watching");
    ann.wait("document.getElementById('board').hidden");
    // Against the computer, throws are buttons.
    ann.click("button", "ann (you, coordinator)");
    ann.click(
        "button",
        "Play Rock-paper-scissors with the computer, medium",
    );
    ann.click("button", "rock");
    ann.wait("/You threw rock, computer threw/.test(document.body.innerText)");
    ann.click("button", "Resign ...");
    ann.click("button", "Resign");
    hears(&ann, "ann resigned at rps: computer won.");
}

#[test]
fn a_page_and_nc_play_a_tournament() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    host.enter("/tournament tictactoe");
    ann.wait_for("host opens a tictactoe tournament: everyone plays everyone once.");
    say(&ann, "/tournament join");
    bob.hears("ann enters the tictactoe tournament: 1 player so far.");
    bob.say("/tournament join");
    hears(
        &ann,
        "bob enters the tictactoe tournament: 2 players so far.",
    );
    host.enter("/tournament start");
    bob.hears("Your move");
    bob.say("1");
    ann.wait_for("Your turn.");
    ann.click("button", "b2, free");
    bob.hears("ann moves: 5");
    bob.say("/resign");
    ann.wait_for("The tictactoe tournament is over: ann wins.");
    ann.wait_for("1. ann: 1.0 of 1: 1 won, 0 drawn, 0 lost");
}

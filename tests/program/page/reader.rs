//! The page as somebody meets it who does not see it, or does not use a mouse.

use super::{hears, join, say, strings};
use crate::support::{Browser, Page, Peer, Room};

/// Waits until somebody who listens would hear what comes next.
fn listens(page: &Page) {
    page.wait("document.querySelector('[role=log]').getAttribute('aria-live') === 'polite'");
}

#[test]
fn the_talk_is_a_log_of_one_string_for_each_item() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    bob.say("hello");
    hears(&ann, "bob: hello");
    say(&ann, "good morning");
    bob.hears("ann: good morning");
    ann.wait("document.querySelector('#log .waiting') === null");
    listens(&ann);
    let tree = ann.tree();
    let start = tree.iter().position(|node| node.is("log", "Talk")).unwrap();
    let log = &tree[start];
    assert!(log.has("live=polite"), "{log}");
    let items = tree[start + 1..]
        .iter()
        .take_while(|node| node.depth > log.depth);
    let items: Vec<_> = items
        .filter(|node| node.role == "listitem" || node.role == "StaticText")
        .collect();
    // Neither the time nor the receipt is read.
    for pair in items.chunks(2) {
        assert_eq!(pair[0].role, "listitem", "{}", pair[0]);
        assert_eq!(pair[1].role, "StaticText", "{}", pair[1]);
    }
    let read: Vec<&str> = items
        .iter()
        .skip(1)
        .step_by(2)
        .map(|node| node.name.as_str())
        .collect();
    assert!(
        read.ends_with(&["bob: hello", "ann: good morning"]),
        "{read:?}"
    );
    // The rest of the page has names as well.
    for (role, name) in [
        ("region", "Talk"),
        ("region", "Members (2)"),
        ("heading", "Members (2)"),
        ("textbox", "Your message"),
        ("button", "Send"),
        ("button", "Leave"),
        ("button", "bob"),
    ] {
        assert!(
            tree.iter().any(|node| node.is(role, name)),
            "no {role} {name:?}"
        );
    }
    let unnamed = tree.iter().find(|node| {
        ["button", "textbox", "link", "table", "region"].contains(&&*node.role)
            && node.name.is_empty()
    });
    assert_eq!(unnamed, None);
    let status = tree.iter().find(|node| node.role == "status").unwrap();
    assert!(status.has("live=polite"), "{status}");
}

#[test]
fn a_board_is_a_table_with_a_caption_and_a_labelled_button_for_each_square() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    bob.say("/play tictactoe ann");
    ann.click("button", "Accept: bob offers you a game of Tic-tac-toe.");
    ann.wait_for("Your turn.");
    ann.click("button", "b2, free");
    bob.hears_last("-- ann moves: 5");
    ann.wait_for("bob to move.");
    let tree = ann.tree();
    let table = tree.iter().position(|node| node.role == "table").unwrap();
    let name = &tree[table].name;
    assert!(name.starts_with("Tic-tac-toe: You against bob"), "{name}");
    assert!(
        name.contains("X in the centre; free: 1, 2, 3, 4, 6, 7, 8, 9"),
        "{name}"
    );
    let inside = tree[table + 1..]
        .iter()
        .take_while(|node| node.depth > tree[table].depth);
    let buttons: Vec<_> = inside.filter(|node| node.role == "button").collect();
    let labels: Vec<&str> = buttons.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(
        labels,
        [
            "a1, free",
            "b1, free",
            "c1, free",
            "a2, free",
            "b2, X, last move",
            "c2, free",
            "a3, free",
            "b3, free",
            "c3, free",
        ]
    );
    // It is bob's turn.
    assert!(
        buttons.iter().all(|square| square.has("disabled")),
        "{buttons:?}"
    );
    let status = "document.getElementById('status').innerText";
    bob.say("/move 1");
    ann.wait_for_node("a1", |node| node.is("button", "a1, O, last move"));
    ann.wait(&format!("{status}.startsWith('Your turn. ')"));
    let told = ann.eval(status);
    assert_eq!(
        told,
        "Your turn. X in the centre; O in the top left; free: 2, 3, 4, 6, 7, 8, 9"
    );
    let free = |name: &str| {
        let square = ann.wait_for_node(name, |node| node.is("button", name));
        !square.has("disabled")
    };
    assert!(free("c1, free") && !free("a1, O, last move"));
    // Tab stops once at the board.
    let stops = "document.querySelectorAll('#board .square[tabindex=\"0\"]').length";
    assert_eq!(ann.eval(stops), 1);
}

#[test]
fn the_focus_stays_where_it_is_whatever_arrives() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    let jumps =
        "addEventListener('focusin', ({ target }) => jumps.push(target.outerHTML.slice(0, 80)))";
    ann.click("textbox", "Your message");
    ann.type_text("half a ");
    ann.eval(&format!("window.jumps = [], {jumps}, null"));
    let everything = |bob: &mut Peer, ann: &Page, round: u32| {
        bob.say("hello, ann");
        bob.say("/msg ann psst");
        let mut cleo = Peer::join(port, &format!("cleo{round}"));
        cleo.say("/play rps bob");
        bob.hears("offers you a game of rps");
        bob.say("/accept");
        bob.hears("rps with");
        bob.say("/resign");
        hears(ann, &format!("bob resigned at rps: cleo{round} won."));
        cleo.say("/q");
        hears(ann, &format!("cleo{round} left."));
        bob.say("/play tictactoe ann");
        ann.wait_for("bob offers you a game of Tic-tac-toe.");
    };
    everything(&mut bob, &ann, 1);
    ann.type_text("line");
    assert_eq!(
        ann.eval("document.getElementById('line').value"),
        "half a line"
    );
    assert_eq!(strings(&ann.eval("jumps")), [""; 0]);
    // The same from a square of a board that changes, and from the menu of a member.
    ann.click("button", "Accept: bob offers you a game of Tic-tac-toe.");
    ann.wait_for("Your turn.");
    ann.click("button", "a1, free");
    ann.wait_for("bob to move.");
    ann.eval("jumps.splice(0), null");
    bob.say("/move 5");
    ann.wait_for_node("b2", |node| node.is("button", "b2, O, last move"));
    bob.say("and now?");
    hears(&ann, "bob: and now?");
    assert_eq!(ann.focused(), r#"button "a1, X""#);
    assert_eq!(strings(&ann.eval("jumps")), [""; 0]);
}

#[test]
fn history_is_inserted_while_the_log_is_quiet() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&[]);
    let mut bob = Peer::join(port, "bob");
    for number in 0..5 {
        bob.say(&format!("old {number}"));
    }
    host.wait_for("bob: old 4\n");
    let ann = browser.open("about:blank");
    // Notes of each item whether somebody who listens would hear it.
    ann.before_load(
        "window.inserted = [];
        new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
            if (target.id !== 'log') return;
            addedNodes.forEach((item) => inserted.push(
                `${target.closest('[role=log]').getAttribute('aria-live')} ${item.querySelector('.words').textContent}`));
        })).observe(document, { childList: true, subtree: true });",
    );
    ann.goto(&format!("{}#ann", super::address(port)));
    hears(&ann, "bob: old 4");
    listens(&ann);
    bob.say("something new");
    hears(&ann, "bob: something new");
    let inserted = strings(&ann.eval("inserted"));
    for number in 0..5 {
        let line = format!("off bob: old {number}");
        assert!(inserted.contains(&line), "{inserted:?}");
    }
    assert!(
        inserted.contains(&"polite bob: something new".to_owned()),
        "{inserted:?}"
    );
    say(&ann, "/history 3");
    ann.wait("inserted.filter((line) => line.endsWith('bob: old 4')).length === 2");
    let inserted = strings(&ann.eval("inserted"));
    let again = inserted.iter().filter(|line| line.ends_with("bob: old 4"));
    assert!(
        again.clone().all(|line| line.starts_with("off ")),
        "{inserted:?}"
    );
}

//! Talk in a room: pages and a terminal hear the same.

use super::{hears, is_in, is_told, join, say, strings, talk};
use crate::support::{Browser, Page, Peer, Program, Room};

/// Waits until the list of members is this one.
fn lists(page: &Page, expected: &[&str]) {
    let expected = serde_json::json!(expected);
    page.wait(&format!(
        "JSON.stringify(Array.from(document.querySelectorAll('#members .member'), (it) => it.innerText))
            === JSON.stringify({expected})"
    ));
}

/// The receipt of the item with these words.
fn receipt(page: &Page, words: &str, sign: &str) {
    let words = serde_json::json!(words);
    page.wait(&format!(
        "Array.from(document.querySelectorAll('#log .item')).some((it) =>
            it.querySelector('.words').textContent === {words}
            && it.querySelector('.receipt')?.textContent === '{sign}')"
    ));
}

#[test]
fn two_pages_and_a_terminal_talk_in_one_room() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&[]);
    // Ann types her name, Bob has it in the address, and Cleo is at a terminal.
    let ann = browser.open(&super::address(port));
    ann.click("textbox", "Your name");
    ann.type_text("ann");
    ann.click("button", "Join");
    is_in(&ann, "ann");
    is_told(&ann, "You are in the room as ann.");
    let bob = join(browser, port, "bob");
    let mut cleo = Program::client(port).args(["--name", "cleo"]).on_screen();
    cleo.wait_for("You are cleo, ");
    cleo.prompt();
    for page in [&ann, &bob] {
        hears(page, "cleo joined.");
    }
    lists(&ann, &["ann (you, coordinator)", "bob", "cleo"]);
    lists(&bob, &["ann (coordinator)", "bob (you)", "cleo"]);

    say(&ann, "Good morning");
    hears(&bob, "ann: Good morning");
    cleo.wait_for("ann: Good morning");
    receipt(&ann, "ann: Good morning", "\u{2713}");
    cleo.enter("from a terminal");
    hears(&ann, "cleo: from a terminal");
    hears(&bob, "cleo: from a terminal");
    say(&bob, "two\nlines");
    hears(&ann, "bob: two\nbob: lines");
    cleo.wait_for("bob: lines");
    say(&ann, "/me waves");
    hears(&bob, "* ann waves");
    host.wait_for("* ann waves\n");

    // Each in the same order, and once.
    let said = [
        "ann: Good morning",
        "cleo: from a terminal",
        "bob: two\nbob: lines",
        "* ann waves",
    ];
    for page in [&ann, &bob] {
        let heard = talk(page);
        let heard: Vec<&str> = heard
            .iter()
            .map(String::as_str)
            .filter(|it| said.contains(it))
            .collect();
        assert_eq!(heard, said);
    }

    // Who is addressed notices.
    say(&ann, "What do you think, Bob?");
    hears(&bob, "ann: What do you think, Bob?");
    let mentions =
        "Array.from(document.querySelectorAll('#log .mention .words'), (it) => it.textContent)";
    assert_eq!(
        strings(&bob.eval(mentions)),
        ["ann: What do you think, Bob?"]
    );
    assert!(strings(&ann.eval(mentions)).is_empty());

    // A private message, begun with the button of a member.
    ann.click("button", "bob");
    ann.click("button", "Private message");
    ann.type_text("psst");
    ann.press("Enter");
    hears(&bob, "(from ann): psst");
    hears(&ann, "(to bob): psst");
    cleo.enter("/nick clea");
    hears(&ann, "cleo is now called clea.");
    lists(&ann, &["ann (you, coordinator)", "bob", "clea"]);
    assert!(!cleo.contents().contains("psst"));

    // Who leaves is gone from the list.
    cleo.enter("/q");
    hears(&bob, "clea left.");
    lists(&bob, &["ann (coordinator)", "bob (you)"]);
    ann.click("button", "Leave");
    ann.click("button", "Leave");
    ann.wait_for("You have left the room.");
    hears(&bob, "bob is now the coordinator.");
    lists(&bob, &["bob (you, coordinator)"]);
}

#[test]
fn older_posts_are_shown_page_by_page_to_the_first_message() {
    const MESSAGES: usize = 450;
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&["--burst", "0"]);
    let mut bob = Peer::join(port, "bob");
    for number in 0..MESSAGES {
        bob.say(&format!("line {number}"));
    }
    host.wait_for(&format!("bob: line {}\n", MESSAGES - 1));
    let ann = join(browser, port, "ann");
    hears(&ann, &format!("bob: line {}", MESSAGES - 1));
    let mut told = Vec::new();
    loop {
        ann.click("button", "Older posts");
        ann.wait("!document.getElementById('status').textContent.startsWith('Looking')");
        let status = ann.eval("document.getElementById('status').textContent");
        let status = status.as_str().unwrap().to_owned();
        if status == "No older posts." {
            break;
        }
        told.push(status);
    }
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.iter()
            .all(|it| it.ends_with(" older posts shown above.")),
        "{told:?}"
    );
    let talk = talk(&ann);
    let lines = talk.iter().filter(|line| line.starts_with("bob: "));
    let expected = (0..MESSAGES).map(|number| format!("bob: line {number}"));
    assert!(lines.cloned().eq(expected), "{talk:?}");
    // What the page has asked for is not answered among the talk.
    assert!(!talk.contains(&"Nothing was found.".to_owned()), "{talk:?}");
}

//! A page whose connection is lost, or whose server is: nothing is lost, and nothing comes twice.

use super::{hears, is_in, is_told, join, say, strings, talk};
use crate::support::{Browser, Cable, Page, Peer, Room, new_folder};

/// What a browser writes to its console when a connection cannot be made.
const NO_CONNECTION: &str = "WebSocket connection to 'ws://";

/// The messages of the talk, without notices and without the answers of the room.
fn messages(page: &Page) -> Vec<String> {
    let said = talk(page).into_iter();
    said.filter(|line| line.starts_with("ann: ") || line.starts_with("bob: "))
        .collect()
}

/// Waits until no line of the page waits for its receipt.
fn has_all_receipts(page: &Page) {
    page.wait("document.querySelector('#log .waiting') === null");
}

#[test]
fn a_page_that_is_cut_off_comes_back_with_nothing_lost_or_repeated() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let cable = Cable::to(port);
    let ann = join(browser, cable.port(), "ann");
    ann.expects(NO_CONNECTION);
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    say(&ann, "before");
    bob.hears_last("ann: before");
    has_all_receipts(&ann);
    ann.type_text("half a line");

    cable.pull();
    is_told(&ann, "Connection lost. Reconnecting ...");
    // The draft and the cursor are where they were.
    ann.type_text(", and the rest");
    ann.press("Enter");
    say(&ann, "typed while offline");
    let expected: Vec<String> = (0..20).map(|number| format!("line {number}")).collect();
    for line in &expected {
        bob.say(line);
    }
    // The room has read all of it.
    bob.say("/me has said all");
    bob.say("/search has said all");
    bob.hears("* bob has said all");
    cable.plug_in();

    is_told(&ann, "Reconnected.");
    let heard = [
        bob.hears_last("ann: half a line, and the rest"),
        bob.hears_last("ann: typed while offline"),
    ];
    let heard = heard
        .iter()
        .flatten()
        .filter(|line| line.starts_with("ann: "))
        .count();
    assert_eq!(heard, 2, "each line once");
    hears(&ann, "* bob has said all");
    has_all_receipts(&ann);
    bob.say("after");
    hears(&ann, "bob: after");
    let mut all = vec![
        "ann: before".to_owned(),
        "ann: half a line, and the rest".to_owned(),
    ];
    all.push("ann: typed while offline".to_owned());
    all.extend(expected.iter().map(|line| format!("bob: {line}")));
    all.push("bob: after".to_owned());
    assert_eq!(messages(&ann), all);
}

#[test]
fn lines_whose_receipts_were_lost_arrive_once() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let cable = Cable::to(port);
    let ann = join(browser, cable.port(), "ann");
    ann.expects(NO_CONNECTION);
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    // Each time, the connection breaks right after the line was sent.
    for number in 0..5 {
        say(&ann, &format!("line {number}"));
        cable.cut();
    }
    let mut heard = Vec::new();
    while heard.last().is_none_or(|line| line != "ann: line 4") {
        heard.extend(bob.next().filter(|line| line.starts_with("ann: ")));
    }
    let expected: Vec<String> = (0..5).map(|number| format!("ann: line {number}")).collect();
    assert_eq!(heard, expected);
    has_all_receipts(&ann);
    bob.say("/who");
    assert_eq!(messages(&ann), expected);
}

#[test]
fn a_browser_that_was_offline_reconnects() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    ann.expects(NO_CONNECTION);
    ann.offline(true);
    bob.say("are you there?");
    ann.offline(false);
    hears(&ann, "bob: are you there?");
    say(&ann, "yes");
    bob.hears_last("ann: yes");
    assert_eq!(messages(&ann), ["bob: are you there?", "ann: yes"]);
}

#[test]
fn a_page_that_is_loaded_again_is_the_same_member_with_its_draft() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    bob.say("before");
    hears(&ann, "bob: before");
    say(&ann, "an answer");
    bob.hears_last("ann: an answer");
    has_all_receipts(&ann);
    ann.type_text("a draft");
    ann.reload();
    is_in(&ann, "ann");
    host.wait_for("-- ann reconnected");
    // It shows what was there, and has what was written.
    hears(&ann, "bob: before");
    hears(&ann, "ann: an answer");
    ann.press("Enter");
    bob.hears_last("ann: a draft");
    assert_eq!(
        messages(&ann),
        ["bob: before", "ann: an answer", "ann: a draft"]
    );
}

#[test]
fn a_server_that_is_killed_and_restarted_knows_the_page() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let Room {
        host: mut room,
        port,
    } = Room::open(&["--data", folder]);
    let ann = join(browser, port, "ann");
    ann.expects(NO_CONNECTION);
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    bob.say("before");
    hears(&ann, "bob: before");
    say(&ann, "stored");
    has_all_receipts(&ann);
    room.kill();
    is_told(&ann, "Connection lost.");
    say(&ann, "written meanwhile");
    let Room { host: _room, .. } = Room::at(port, &["--data", folder]);
    is_told(&ann, "Reconnected.");
    has_all_receipts(&ann);
    let mut cleo = Peer::join(port, "cleo");
    hears(&ann, "cleo joined.");
    cleo.say("/who");
    cleo.hears("ann");
    say(&ann, "after");
    cleo.hears_last("ann: after");
    assert_eq!(
        messages(&ann),
        [
            "bob: before",
            "ann: stored",
            "ann: written meanwhile",
            "ann: after"
        ]
    );
    // One member of this name, with the number from before.
    let ids = ann.eval(
        "Array.from(document.querySelectorAll('#members .member .name'), (it) => it.textContent)",
    );
    assert_eq!(
        strings(&ids).iter().filter(|name| *name == "ann").count(),
        1
    );
    assert!(
        !talk(&ann)
            .iter()
            .any(|line| line.contains("no longer knows you"))
    );
}

#[test]
fn a_second_page_of_the_same_member_replaces_the_first_which_can_take_it_back() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let ann = join(browser, port, "ann");
    let mut bob = Peer::join(port, "bob");
    hears(&ann, "bob joined.");
    // A page with what the first one has stored, in another browser.
    let stored = ann.eval("JSON.stringify(Object.entries(sessionStorage))");
    let copy = browser.open(&format!("{}nothing", super::address(port)));
    copy.expects("Failed to load resource: the server responded with a status of 404");
    copy.eval(&format!(
        "JSON.parse({stored}).forEach(([key, value]) => sessionStorage.setItem(key, value))"
    ));
    copy.goto(&format!("{}#ann", super::address(port)));
    is_in(&copy, "ann");
    ann.wait("document.getElementById('ended').innerText !== ''");
    assert!(!ann.text().contains("Join again"), "{}", ann.text());
    ann.click("button", "Use this page");
    copy.wait("document.getElementById('ended').innerText !== ''");
    say(&ann, "here again");
    bob.hears_last("ann: here again");
}

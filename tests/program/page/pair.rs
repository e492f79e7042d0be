//! A visitor of `tictalk server`: strict turns between a page and a terminal.

use super::{hears, talk};
use crate::support::{Browser, Page, Program, Pty};

/// Somebody at the terminal of a server, and a visitor at its page.
fn meet(browser: &'static Browser) -> (Pty, Page, u16) {
    let (bob, port) = Program::server()
        .args(["--name", "bob"])
        .on_screen()
        .listening();
    let ann = browser.open(&format!("{}#ann", super::address(port)));
    ann.wait("document.getElementById('me').textContent === 'ann and bob'");
    (bob, ann, port)
}

/// Waits until it is the visitor's turn, or not.
fn turn(page: &Page, is_mine: bool) {
    let words = if is_mine { "Your turn." } else { "bob's turn." };
    page.wait(&format!(
        "document.getElementById('turn').textContent === \"{words}\""
    ));
    let is_disabled = "document.querySelector('#entry button').getAttribute('aria-disabled')";
    page.wait(&format!("{is_disabled} === '{}'", !is_mine));
}

#[test]
fn a_page_and_a_terminal_take_turns_and_play() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let (mut bob, ann, _) = meet(browser);
    turn(&ann, true);
    ann.type_text("Hello");
    ann.press("Enter");
    bob.wait_for("ann: Hello");
    turn(&ann, false);
    // A line that comes too early stays in the field.
    ann.type_text("too early");
    ann.press("Enter");
    assert_eq!(
        ann.eval("document.getElementById('line').value"),
        "too early"
    );
    bob.prompt();
    bob.enter("How are you?");
    hears(&ann, "bob: How are you?");
    turn(&ann, true);
    ann.press("Enter");
    bob.wait_for("ann: too early");
    bob.prompt();
    bob.enter("play tictactoe");
    ann.wait("!document.getElementById('board').hidden");
    turn(&ann, true);
    for (row, (ours, theirs)) in [("b2", "1"), ("c1", "2")].into_iter().enumerate() {
        ann.click("button", &format!("{ours}, free"));
        bob.prompt();
        bob.enter(theirs);
        let square = format!("{}1, O, last move", ["a", "b"][row]);
        ann.wait_for_node(&square, |node| node.is("button", &square));
        turn(&ann, true);
    }
    ann.click("button", "a3, free");
    bob.wait_for("ann wins. You 0, ann 1, drawn 0.");
    ann.wait_for("You win!");
    bob.prompt();
    bob.enter("Well played");
    ann.wait_for("bob: Well played");
    turn(&ann, true);
    ann.click("textbox", "Your message");
    ann.type_text("/q");
    ann.press("Enter");
    ann.wait_for("You have left.");
    assert_eq!(bob.finish(), 0);
    let said: Vec<String> = talk(&ann)
        .into_iter()
        .filter(|line| line.contains(": "))
        .collect();
    assert_eq!(
        said[..3],
        ["ann: Hello", "bob: How are you?", "ann: too early"]
    );
}

#[test]
fn the_seat_of_a_pair_is_for_one_page() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let (mut bob, ann, port) = meet(browser);
    turn(&ann, true);
    ann.type_text("Hello");
    ann.press("Enter");
    bob.wait_for("ann: Hello");
    let cleo = browser.open(&format!("{}#cleo", super::address(port)));
    cleo.expects("WebSocket connection to 'ws://");
    cleo.wait_for("Two people are talking here already.");
    assert!(!cleo.text().contains("Hello"), "{}", cleo.text());
    bob.prompt();
    bob.enter("/q");
    ann.wait("!document.getElementById('ended').hidden");
    assert_eq!(bob.finish(), 0);
}

//! The page of the host: who is connected from where, what happens, and what the host can do.

use super::hears;
use crate::support::{Browser, Page, Peer, Program, Pty, Wire};
use nix::sys::signal::Signal;

/// A room whose host sits at a screen, its port, and the link of the host's page.
fn open_room() -> (Pty, u16, String) {
    let host = Program::new().args(["room", "--port", "0"]).on_screen();
    let link = host.wait("the link of the host's page", |screen| {
        let contents = screen.contents();
        let (_, link) = contents.split_once("Your page: ")?;
        let (link, _) = link.split_once('\n')?;
        Some(link.trim_end().to_owned())
    });
    let (_, port) = link.split_once("localhost:").unwrap();
    let (port, secret) = port.split_once("/host#").unwrap();
    assert_eq!(secret.len(), 32, "{link}");
    let port = port.parse().unwrap();
    (host, port, link)
}

/// The cells of the row of a member, without the buttons.
fn row(page: &Page, name: &str) -> Vec<String> {
    let row = format!(
        "Array.from(document.querySelectorAll('#connections tr'))
            .find((row) => row.querySelector('.name').textContent === '{name}')"
    );
    page.wait(&format!("{row} !== undefined"));
    super::strings(&page.eval(&format!(
        "Array.from({row}.children, (cell) => cell.textContent).slice(0, 6)"
    )))
}

#[test]
fn the_host_sees_who_is_connected_and_gives_commands() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let (mut host, port, link) = open_room();
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let page = browser.open(&link);
    page.expects("WebSocket connection to 'ws://");
    // The secret does not stay in sight.
    page.wait("location.hash === ''");
    page.wait_for("Connected (2)");
    for (peer, number, name) in [(&ann, 1, "ann"), (&bob, 2, "bob")] {
        let from = peer.stream.get_ref().local_addr().unwrap();
        let row = row(&page, name);
        assert_eq!(row[0], number.to_string());
        assert!(row[1].starts_with(name), "{row:?}");
        assert_eq!(row[2..4], [from.ip().to_string(), from.port().to_string()]);
        assert!(
            row[4].ends_with(" s") && row[5].ends_with(" s ago"),
            "{row:?}"
        );
    }
    assert!(row(&page, "ann")[1].contains("coordinator"));
    let port_shown = page.eval("document.getElementById('port').textContent");
    assert_eq!(port_shown, port.to_string());
    let commands = page.eval("document.getElementById('commands').innerText");
    assert!(
        commands.as_str().unwrap().contains("tictalk client"),
        "{commands}"
    );

    // What happens is in the log, also what was before.
    hears(&page, "ann joined.");
    ann.say("good morning");
    hears(&page, "ann: good morning");
    page.click("textbox", "Your message or command");
    page.type_text("welcome");
    page.press("Enter");
    ann.hears_last("host: welcome");
    hears(&page, "host: welcome");
    host.wait_for("host: welcome");
    page.click("button", "Check connections");
    page.wait("/bob.*127\\.0\\.0\\.1/.test(document.getElementById('log').innerText)");

    // What cannot be undone is asked first.
    page.click("button", "Remove bob");
    page.wait_for("Remove bob from the room for ten minutes?");
    page.press("Escape");
    page.click("button", "Remove bob");
    page.click("button", "Remove");
    hears(&page, "bob was removed by host.");
    ann.hears_last("-- bob was removed by host.");
    assert!(!bob.rest().is_empty());
    page.wait_for("Connected (1)");

    // A page that is loaded again still knows the secret.
    page.reload();
    page.wait_for("Connected (1)");
    hears(&page, "ann: good morning");

    page.click("button", "Close the room ...");
    page.click("button", "Cancel");
    ann.say("still here");
    hears(&page, "ann: still here");
    page.click("button", "Close the room ...");
    page.click("button", "Close the room");
    ann.hears_last("-- host closed the room.");
    assert_eq!(host.finish(), 0);
}

#[test]
fn a_wrong_secret_shows_nothing() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let (_host, port, _) = open_room();
    let _ann = Peer::join(port, "ann");
    let address = format!("http://localhost:{port}/host");
    let page = browser.open(&format!("{address}#{}", "0".repeat(32)));
    page.wait("document.querySelector('#ended [role=alert]') !== null");
    page.wait_for("This link is not valid.");
    assert!(!page.text().contains("ann"), "{}", page.text());
    say_is_refused(&page);
    for wrong in ["", "#ann", "#\u{2603}"] {
        let page = browser.open(&format!("{address}{wrong}"));
        page.wait_for("This is the page of the host.");
        assert_eq!(page.eval("document.getElementById('room').hidden"), true);
    }
}

/// A line on a page that was refused goes nowhere, and stays in the field.
fn say_is_refused(page: &Page) {
    page.click("textbox", "Your message or command");
    page.type_text("/quit");
    page.press("Enter");
    assert_eq!(page.eval("document.getElementById('line').value"), "/quit");
}

#[test]
fn every_page_tells_of_a_class_that_comes_in_at_once_and_counts_all() {
    const MEMBERS: usize = 30;
    let Some(browser) = Browser::shared() else {
        return;
    };
    let (host, port, link) = open_room();
    let ann = super::join(browser, port, "ann");
    let watch = browser.open(&format!("{}watch", super::address(port)));
    watch.wait("document.getElementById('count').textContent === '1'");
    let page = browser.open(&link);
    page.expects("WebSocket connection to 'ws://");
    page.wait_for("Connected (1)");
    // They come at the same time for a room that is stopped meanwhile.
    host.signal(Signal::SIGSTOP);
    let mut peers: Vec<Peer> = (0..MEMBERS)
        .map(|number| {
            let mut peer = Peer::connect(port, Wire::Framed);
            peer.say(&format!("m{number}"));
            peer
        })
        .collect();
    host.signal(Signal::SIGCONT);
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.hears(&format!("You are m{number}, "));
    }
    for page in [&ann, &watch, &page] {
        page.wait(
            "Array.from(document.querySelectorAll('#log .words'))
                .some((it) => / and (\\d+ others?|m\\d+) joined\\.$/.test(it.textContent))",
        );
    }
    let all = MEMBERS + 1;
    ann.wait(&format!(
        "document.getElementById('member-count').textContent === '{all}'"
    ));
    watch.wait(&format!(
        "document.getElementById('count').textContent === '{all}'"
    ));
    page.wait_for(&format!("Connected ({all})"));
}

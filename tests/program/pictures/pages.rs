//! The page in a browser: beside a terminal, on a phone, on a projector, and that of the host.
//!
//! Fonts differ from machine to machine, so these pictures are not compared with what is kept.

use super::{SERVER_PORT, is_writing, keep_at, number_behind, shell_of, svg};
use crate::support::{Browser, Look, Page, Peer, Program, Pty, Room, from_base64, size_of_png};
use serde_json::json;
use std::path::Path;

/// The largest size of a picture, in bytes.
const LIMIT: usize = 200 * 1024;

/// Makes the picture `name` if pictures are made. In any case the scene can be played, and the
/// picture is there.
fn keep(name: &str, look: Look, draw: impl FnOnce(&'static Browser) -> Vec<u8>) {
    let check = |picture: &[u8]| {
        let size = Some((look.width * look.scale, look.height * look.scale));
        assert_eq!(size_of_png(picture), size, "{name}");
        assert!(picture.len() < LIMIT, "{name} has {} bytes", picture.len());
    };
    match Browser::shared() {
        Some(browser) => {
            let drawn = draw(browser);
            check(&drawn);
            if is_writing() {
                keep_at(&format!("screenshots/{name}"), &drawn);
            }
        }
        None => assert!(
            !is_writing(),
            "screenshots/{name} was not made: there is no Chromium"
        ),
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("screenshots")
        .join(name);
    check(&std::fs::read(kept).unwrap());
}

/// Somebody at a page, who has joined the room.
fn join(browser: &'static Browser, port: u16, name: &str, look: Look) -> Page {
    let page = browser.open("about:blank");
    page.look(look);
    page.goto(&format!("http://127.0.0.1:{port}/#{name}"));
    page.wait_for(&format!("You are in the room as {name}."));
    page
}

fn say(page: &Page, line: &str) {
    page.click("textbox", "Your message");
    page.type_text(line);
    page.press("Enter");
}

/// The picture of a page, where what differs from run to run is replaced: times, and of each pair
/// in `shown_as` the first by the second.
fn picture(page: &Page, shown_as: &[(String, String)]) -> String {
    page.wait("document.querySelector('#log .waiting') === null");
    let dress = format!(
        "(() => {{
            for (const time of document.querySelectorAll('time')) {{
                if (time.textContent !== '') time.textContent = '10:05';
            }}
            for (const age of document.querySelectorAll('[data-label=Since]')) age.textContent = '12 min';
            for (const age of document.querySelectorAll('[data-label=\"Last heard\"]')) age.textContent = '2 s ago';
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {{
                for (const [real, shown] of {}) {{
                    texts.currentNode.data = texts.currentNode.data.replaceAll(real, shown);
                }}
            }}
            return document.body.innerText;
        }})()",
        json!(shown_as)
    );
    page.leave_alone();
    // The page may draw anew in between.
    loop {
        let before = page.eval(&dress);
        let picture = page.picture_in_base64();
        if page.eval("document.body.innerText") == before {
            return picture;
        }
    }
}

/// The same as a file.
fn bytes(page: &Page, shown_as: &[(String, String)]) -> Vec<u8> {
    from_base64(&picture(page, shown_as))
}

fn port_as_documented(port: u16) -> Vec<(String, String)> {
    let address = format!("http://192.168.1.7:{SERVER_PORT}");
    let command = "tictalk client --host 192.168.1.7".to_owned();
    vec![
        (format!("tictalk client --port {port}"), command),
        (format!("http://127.0.0.1:{port}"), address.clone()),
        (format!("http://localhost:{port}"), address),
        (port.to_string(), SERVER_PORT.to_string()),
    ]
}

/// A page and a terminal side by side.
fn side_by_side(browser: &'static Browser, look: Look, page: &str, terminal: &str) -> Vec<u8> {
    let both = browser.open("about:blank");
    both.look(look);
    both.eval(&format!(
        "(async () => {{
            const image = (source) => Object.assign(new Image(), {{ src: source }});
            const frame = document.createElement('figure');
            const address = document.createElement('figcaption');
            address.textContent = 'http://192.168.1.7:{SERVER_PORT}/';
            const page = image('data:image/png;base64,{page}');
            const terminal = image('data:image/svg+xml,' + encodeURIComponent({}));
            frame.append(address, page);
            document.body.append(frame, terminal);
            const style = (element, styles) => Object.assign(element.style, styles);
            style(document.body, {{
                margin: '0', display: 'flex', gap: '16px', padding: '16px', alignItems: 'flex-start',
                background: '#e8eaed', font: '14px sans-serif',
            }});
            style(frame, {{
                margin: '0', borderRadius: '8px', overflow: 'hidden', boxShadow: '0 1px 6px #0006',
            }});
            style(address, {{ padding: '8px 14px', background: '#fff', color: '#333' }});
            style(page, {{ display: 'block' }});
            style(terminal, {{ flex: '1', minWidth: '0' }});
            await Promise.all([page.decode(), terminal.decode()]);
        }})()",
        json!(terminal)
    ));
    both.picture()
}

#[test]
fn page_beside_a_terminal() {
    let look = Look::of(1400, 760);
    keep("page.png", look, |browser| {
        let Room { host: _room, port } = Room::open(&[]);
        let ann = join(browser, port, "ann", Look::of(860, 692));
        let mut bob = shell_of((40, 60), port);
        bob.press("tictalk client --name bob\r");
        bob.wait_for("You are bob, #2");
        bob.prompt();
        bob.enter("Good morning, Ann!");
        ann.wait_for("bob: Good morning, Ann!");
        say(&ann, "Good morning! Noughts and crosses?");
        bob.wait_for("Noughts and crosses?");
        ann.click("button", "bob");
        ann.click("button", "Play Tic-tac-toe");
        bob.wait_for("ann offers you a game of tictactoe");
        ann.click("button", "bob");
        bob.enter("/accept");
        bob.wait_for("Your move.");
        bob.wait_for("-- bob and ann play tictactoe.");
        bob.prompt();
        bob.enter("5");
        ann.wait_for_node("b2", |node| node.is("button", "b2, X, last move"));
        ann.click("button", "a1, free");
        bob.wait_for("ann moves: 1");
        bob.prompt();
        bob.enter("6");
        ann.wait_for_node("c2", |node| node.is("button", "c2, X, last move"));
        ann.click("textbox", "Your message");
        bob.prompt();
        let shown = port_as_documented(port);
        let page = picture(&ann, &shown);
        let window = bob.read(|screen| svg::Window::new("bob: tictalk client", screen, &shown));
        side_by_side(browser, look, &page, &svg::draw(&[window]))
    });
}

#[test]
fn page_on_a_phone() {
    let look = Look {
        scale: 2,
        ..Look::of(360, 780)
    }
    .dark();
    keep("page-phone.png", look, |browser| {
        let Room { host: _room, port } = Room::open(&[]);
        let ann = join(browser, port, "ann", look);
        let mut bob = Peer::join(port, "bob");
        let mut cleo = Peer::join(port, "cleo");
        bob.say("/play connect4 ann");
        ann.click("button", "Accept: bob offers you a game of Connect Four.");
        for (ours, theirs, answer) in [("d6", "4", "d2"), ("c6", "5", "e1")] {
            ann.click("button", &format!("{ours}, free"));
            bob.hears("-- ann moves: ");
            bob.say(theirs);
            let answer = format!("{answer}, O, last move");
            ann.wait_for_node("the answer", |node| node.is("button", &answer));
        }
        cleo.say("Go, Ann!");
        ann.wait_for("cleo: Go, Ann!");
        ann.wait_for("Your turn.");
        bytes(&ann, &port_as_documented(port))
    });
}

#[test]
fn page_of_the_host() {
    let look = Look::of(1280, 720);
    keep("page-host.png", look, |browser| {
        let room = Program::new()
            .args(["room", "--port", "0", "--room", "7b", "--name", "Ms Lee"])
            .on_screen();
        let port = number_behind(&room, "on port: ");
        let link = link(&room);
        let mut ann = Peer::join(port, "ann");
        let mut bob = Peer::join(port, "bob");
        let cleo = Peer::join(port, "cleo");
        let page = browser.open("about:blank");
        page.look(look);
        page.goto(&link);
        page.wait_for("Connected (3)");
        ann.say("Good morning!");
        bob.say("Who plays a game of Connect Four?");
        page.wait_for("bob: Who plays");
        ann.say("I do.");
        page.wait_for("ann: I do.");
        bob.say("/play connect4 ann");
        ann.hears("bob offers you a game of connect4");
        ann.say("/accept");
        page.wait_for("ann and bob play connect4.");
        let mut shown = port_as_documented(port);
        for (number, peer) in [&ann, &bob, &cleo].into_iter().enumerate() {
            let port = peer.stream.get_ref().local_addr().unwrap().port();
            shown.push((port.to_string(), (50_122 + 7 * number).to_string()));
        }
        shown.push(("localhost".to_owned(), "192.168.1.7".to_owned()));
        shown.push(("127.0.0.1".to_owned(), "192.168.1.20".to_owned()));
        bytes(&page, &shown)
    });
}

/// The link of the host's page.
fn link(host: &Pty) -> String {
    host.wait("the link of the host's page", |screen| {
        let contents = screen.contents();
        let (_, link) = contents.split_once("Your page: ")?;
        let (link, _) = link.split_once('\n')?;
        Some(link.trim_end().to_owned())
    })
}

/// One plays these moves and the other those, in turn. Who accepts moves first.
fn play(one: &mut Peer, other: &mut Peer, moves: &[&str]) {
    for (turn, played) in moves.iter().enumerate() {
        let (mover, reader) = match turn % 2 {
            0 => (&mut *other, &mut *one),
            _ => (&mut *one, &mut *other),
        };
        mover.say(&format!("/move {played}"));
        reader.hears(&format!(" moves: {played}"));
    }
}

#[test]
fn page_on_a_projector() {
    let look = Look::of(1280, 720);
    keep("page-watch.png", look, |browser| {
        let Room { host: _room, port } = Room::open(&["--name", "Ms Lee"]);
        let names = ["ann", "bob", "cleo", "dan"];
        let [mut ann, mut bob, mut cleo, mut dan] = names.map(|name| Peer::join(port, name));
        let page = browser.open("about:blank");
        page.look(look);
        page.goto(&format!("http://127.0.0.1:{port}/watch"));
        page.wait_for("dan joined.");
        for (one, other, moves) in [
            (&mut ann, &mut bob, &["5", "1", "3", "2", "7"]),
            (&mut cleo, &mut dan, &["1", "5", "2", "9", "3"]),
        ] {
            one.say(&format!(
                "/play tictactoe {}",
                if moves[0] == "5" { "bob" } else { "dan" }
            ));
            other.hears("offers you a game of tictactoe");
            other.say("/accept");
            one.hears("tictactoe with");
            play(one, other, &moves[..4]);
            other.say(&format!("/move {}", moves[4]));
            one.hears("You lose");
        }
        bob.say("/play connect4 ann");
        ann.hears("offers you a game of connect4");
        ann.say("/accept");
        bob.hears("connect4 with");
        play(&mut bob, &mut ann, &["4", "4", "3", "5", "3", "2", "3"]);
        cleo.say("/play tictactoe dan");
        dan.hears("cleo offers you a game of tictactoe");
        dan.say("/accept");
        cleo.hears("tictactoe with");
        play(&mut cleo, &mut dan, &["5", "1", "9"]);
        ann.say("Watch the third column!");
        page.wait_for("ann: Watch the third column!");
        // The boards of finished games disappear after a while.
        page.wait("document.querySelectorAll('#boards .game:not(.over)').length === 2");
        page.eval("document.querySelectorAll('#boards .over').forEach((it) => it.remove())");
        page.eval("document.getElementById('boards').dataset.count = '2'");
        bytes(&page, &port_as_documented(port))
    });
}

//! Foreign text that would like to be more than text.

use super::{hears, join, say, strings, talk};
use crate::support::{Browser, Page, Peer, Room};
use serde_json::{Value, json};

/// Markup, quotes, characters that hide or reorder, and what a template or an entity would be.
const TEXT: &str = "</li></table>\"'><img src=x onerror=\"pwned=1\"><script>pwned=1</script>\
    \u{202e}gnp.exe\u{2066}\u{200b}\u{1b}[2J\u{7f}\u{9b}2J&lt;&#60;${pwned=1}{{pwned=1}}";

/// The same as a person sees it.
const SHOWN: &str = "</li></table>\"'><img src=x onerror=\"pwned=1\"><script>pwned=1</script>\
    <U+202E>gnp.exe<U+2066><U+200B>\u{241b}[2J\u{2421}<U+009B>2J&lt;&#60;${pwned=1}{{pwned=1}}";

/// Names that a room accepts, of the most characters that it accepts.
const NAMES: [&str; 5] = [
    "a<img src=x onerror>",
    "b</li><script>x=1",
    "c\"'><b>&lt; ` ${x}",
    "constructor",
    "d /kick ann",
];

/// What is wrong with the page: text that is not marked, and elements that it did not make itself.
const AUDIT: &str = "(async () => {
    const script = document.querySelector('script[type=module]').src;
    const { visible } = await import(new URL('hidden.js', script).href);
    const wrong = [];
    const look = (text, place) => {
        if (visible(text) !== text) wrong.push([place, text]);
    };
    look(document.title, 'title');
    for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
            look(value, `${element.localName} ${name}`);
            if (name.startsWith('on') || name === 'style') wrong.push([element.localName, name]);
        }
        const own = [...element.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE);
        own.forEach(({ data }) => look(data, element.localName));
    }
    const strange = document.querySelectorAll('img, b, svg, iframe, object, body script, head script + script');
    strange.forEach((element) => wrong.push(['element', element.outerHTML]));
    if (window.pwned !== undefined || window.x !== undefined) wrong.push(['script', 'has run']);
    return wrong;
})()";

fn is_clean(page: &Page) {
    let wrong = page.eval(AUDIT);
    assert_eq!(wrong, json!([]));
    assert!(page.complaints().is_empty(), "{:?}", page.complaints());
}

#[test]
fn names_and_messages_of_members_are_text() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let ann = join(browser, port, "ann");
    let mut others: Vec<Peer> = NAMES.iter().map(|name| Peer::join(port, name)).collect();
    for name in NAMES {
        hears(&ann, &format!("{name} joined."));
    }
    let expected = json!([&["ann"], &NAMES[..]].concat());
    ann.wait(&format!(
        "JSON.stringify(Array.from(document.querySelectorAll('#members .name'), (it) => it.textContent))
            === JSON.stringify({expected})"
    ));
    let long: String = TEXT.chars().cycle().take(3_000).collect();
    let long = String::from(tictalk::wire::Text::cut(long.repeat(2)));
    assert!(long.len() > 4_090);
    for (name, other) in NAMES.iter().zip(&mut others) {
        other.say(TEXT);
        hears(&ann, &format!("{name}: {SHOWN}"));
        // A line of a message cannot pass for another one's.
        other.say("one\nann: I owe you money\u{2028}ann: really\u{85}ann: truly");
        hears(
            &ann,
            &format!(
                "{name}: one\n{name}: ann: I owe you money\n{name}: ann: really\n{name}: ann: truly"
            ),
        );
        other.say(&format!("/me {TEXT}"));
        hears(&ann, &format!("* {name} {SHOWN}"));
        other.say(&format!("/msg ann {TEXT}"));
        hears(&ann, &format!("(from {name}): {SHOWN}"));
        other.say(&long);
        let shown = tictalk::text::visible(&long).into_owned();
        hears(&ann, &format!("{name}: {shown}"));
        other.say("/play tictactoe ann");
        ann.wait_for(&format!("{name} offers you a game of Tic-tac-toe."));
    }
    is_clean(&ann);
    // What one types oneself is shown at once.
    say(&ann, TEXT);
    hears(&ann, &format!("ann: {SHOWN}"));
    others[0].hears("ann: </li></table>");
    // A game with a hostile name in every place of the board.
    let name = NAMES[0];
    ann.click(
        "button",
        &format!("Accept: {name} offers you a game of Tic-tac-toe."),
    );
    ann.wait("!document.getElementById('board').hidden");
    others[0].hears("tictactoe with ann");
    others[0].say("/move 5");
    ann.wait_for("Your turn.");
    is_clean(&ann);
    // Old posts, and a page that begins with them.
    say(&ann, "/history 100");
    let late = join(browser, port, "late");
    hears(&late, &format!("{}: {SHOWN}", NAMES[4]));
    is_clean(&late);
    is_clean(&ann);
    assert!(talk(&ann).iter().all(|line| !line.contains('\u{202e}')));
}

/// Stands in for the browser's WebSocket: the test is the server, and can send anything.
const SOCKET: &str = "window.WebSocket = class {
    static OPEN = 1;
    readyState = 0;
    constructor() {
        window.socket = this;
        window.sent = [];
        setTimeout(() => { this.readyState = 1; this.onopen(); });
    }
    send(text) { sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
}";

/// A page whose server is the test.
fn open(browser: &'static Browser, port: u16, path: &str) -> Page {
    let page = browser.open("about:blank");
    page.before_load(SOCKET);
    page.goto(&format!("{}{path}", super::address(port)));
    page.wait("window.sent?.length > 0 && sent[0].type === 'hello'");
    page
}

fn send(page: &Page, control: &Value) {
    let message = json!(control.to_string());
    page.eval(&format!("socket.onmessage({{ data: {message} }}), null"));
}

fn welcome() -> Value {
    let room = json!({ "you": 3, "name": TEXT, "since": 0, "heard": 0 });
    json!({ "type": "welcome", "version": 2, "mode": "room", "name": TEXT, "room": room })
}

fn members(kind: &str) -> Value {
    let member = |id: u64| {
        json!({
            "id": id, "name": TEXT, "coordinator": true, "here": true,
            "plays": { "game": TEXT, "with": TEXT },
            "address": TEXT, "port": 5, "since": 1, "heard": 1,
        })
    };
    json!({ "type": kind, "members": [member(3), member(4)] })
}

/// A board of hostile words: of a player, or of somebody who watches.
fn board(you: Option<u8>) -> Value {
    let squares = json!([
        { "sign": TEXT, "by": 0, "mark": TEXT }, { "move": TEXT }, { "sign": TEXT, "mark": "won" }
    ]);
    let grid = json!({ "title": TEXT, "rows": [{ "label": TEXT, "squares": squares }] });
    json!({
        "type": "board", "table": 7, "game": TEXT, "players": [TEXT, TEXT], "you": you, "turn": 0,
        "grids": [grid, grid], "text": [TEXT, TEXT], "legal": [TEXT], "hint": TEXT, "words": TEXT,
    })
}

fn posts() -> Vec<Value> {
    let post = |id: u64, what: Value| {
        let mut post =
            json!({ "type": "post", "id": id, "at": 1e15 as u64, "by": 4, "name": TEXT });
        post.as_object_mut()
            .unwrap()
            .extend(what.as_object().unwrap().clone());
        post
    };
    vec![
        post(1, json!({ "what": "said", "text": TEXT })),
        post(2, json!({ "what": "kicked", "from": TEXT })),
        post(3, json!({ "what": "renamed", "to": TEXT })),
        post(4, json!({ "what": "began", "game": TEXT, "with": TEXT })),
        post(
            5,
            json!({ "what": "ended", "game": TEXT, "with": TEXT, "end": TEXT }),
        ),
        post(6, json!({ "what": "left", "why": TEXT })),
        post(7, json!({ "what": TEXT })),
    ]
}

fn tells() -> Vec<Value> {
    let offer = format!("{TEXT} offers you a game of tictactoe: /accept or /decline. {TEXT}");
    let draw = format!("{TEXT} offers a draw: /draw agrees, {TEXT}");
    let texts = [TEXT, &offer, &draw];
    texts
        .map(|text| json!({ "type": "tell", "text": text }))
        .into()
}

/// Checks that these elements show the hostile text.
fn shows(page: &Page, places: &[&str]) {
    for place in places {
        let shown = strings(&page.eval(&format!(
            "Array.from(document.querySelectorAll({}), (it) => it.textContent + it.ariaLabel)",
            json!(place)
        )));
        assert!(!shown.is_empty(), "{place}");
        assert!(
            shown.iter().all(|text| text.contains(SHOWN)),
            "{place}: {shown:?}"
        );
    }
}

#[test]
fn whatever_a_server_sends_to_the_page_of_a_room_is_text() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = open(browser, port, "#ann");
    send(&page, &welcome());
    send(&page, &members("members"));
    page.wait("document.querySelectorAll('#members .member').length === 2");
    shows(
        &page,
        &["#me", "#members .name", "#members .about", "#status"],
    );
    for tell in tells() {
        send(&page, &tell);
    }
    shows(&page, &["#offers .offer span"]);
    send(&page, &board(Some(0)));
    shows(
        &page,
        &[
            "#board h2",
            "#board caption",
            "#board .turn",
            "#board .drawing",
        ],
    );
    shows(&page, &["#board th[scope=row]", "#board .square"]);
    is_clean(&page);
    send(&page, &board(None));
    for post in posts() {
        send(&page, &post);
    }
    shows(&page, &["#log .item:not(:first-child) .words"]);
    page.wait("document.querySelectorAll('#members .member').length === 1");
    page.eval("document.querySelectorAll('#members .member').forEach((it) => it.click())");
    is_clean(&page);
    send(
        &page,
        &json!({ "type": "refuse", "reason": TEXT, "message": TEXT }),
    );
    shows(&page, &["#ended p"]);
    is_clean(&page);

    let page = open(browser, port, "#ann");
    send(
        &page,
        &json!({ "type": "refuse", "reason": "name", "message": TEXT }),
    );
    page.wait("document.getElementById('ended').innerText !== '' || document.getElementById('name-error').innerText !== ''");
    assert!(page.text().contains("<U+202E>gnp.exe"), "{}", page.text());
    is_clean(&page);
}

#[test]
fn whatever_a_server_sends_to_the_page_of_a_pair_is_text() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = open(browser, port, "#ann");
    send(
        &page,
        &json!({ "type": "welcome", "version": 2, "mode": "pair", "name": TEXT }),
    );
    shows(&page, &["#me", "#status"]);
    send(&page, &json!({ "type": "turn", "yours": false }));
    send(&page, &json!({ "type": "text", "text": TEXT }));
    send(&page, &json!({ "type": "tell", "text": TEXT }));
    send(&page, &board(Some(1)));
    shows(
        &page,
        &["#turn", "#log .words", "#board caption", "#board .square"],
    );
    is_clean(&page);
    send(
        &page,
        &json!({ "type": "refuse", "reason": "busy", "message": TEXT }),
    );
    shows(&page, &["#ended p"]);
    is_clean(&page);
}

#[test]
fn whatever_a_server_sends_to_the_page_of_the_host_or_a_projector_is_text() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = open(browser, port, &format!("host#{}", "5".repeat(32)));
    send(&page, &welcome());
    send(
        &page,
        &json!({
            "type": "open", "room": TEXT, "address": TEXT, "port": 1059,
            "pages": [TEXT, format!("javascript:pwned=1//{TEXT}")], "commands": [TEXT],
        }),
    );
    send(&page, &members("connected"));
    for control in posts().iter().chain(&tells()) {
        send(&page, control);
    }
    shows(
        &page,
        &["#room-name", "#address", "#pages li", "#commands li", "#me"],
    );
    shows(
        &page,
        &[
            "#connections .name",
            "#connections [data-label=IP]",
            "#log .words",
        ],
    );
    page.click("button", "Check connections");
    is_clean(&page);
    let link = page.eval("document.querySelector('a[href^=\"javascript:\" i]') === null");
    assert_eq!(link, true);

    let page = open(browser, port, "watch");
    send(&page, &welcome());
    send(&page, &members("members"));
    send(&page, &board(None));
    let row = json!({ "name": TEXT, "won": 1, "lost": 2, "drawn": 3 });
    send(&page, &json!({ "type": "results", "players": [row] }));
    for control in posts() {
        send(&page, &control);
    }
    shows(
        &page,
        &[
            "#room-name",
            "#boards h2",
            "#boards caption",
            "#boards .square",
            "#boards .turn",
        ],
    );
    shows(&page, &["#results th", "#log .words"]);
    send(&page, &json!({ "type": "ended", "table": 7 }));
    is_clean(&page);
    send(
        &page,
        &json!({ "type": "refuse", "reason": "replaced", "message": TEXT }),
    );
    shows(&page, &["#status"]);
    is_clean(&page);
}

//! The page on a phone, on a desk and on a projector, light and dark.

use super::{hears, join};
use crate::support::{Browser, Look, Page, Peer, Room};
use serde_json::json;

/// The sizes of a small phone, a laptop and a projector.
const SIZES: [(u32, u32); 4] = [(320, 568), (360, 640), (1280, 720), (1920, 1080)];

/// Elements that reach over the side of the window, and are not inside of something that scrolls.
const TOO_WIDE: &str = "(() => {
    const wide = [];
    const isClipped = (element) => {
        for (let it = element.parentElement; it !== null; it = it.parentElement) {
            if (it !== document.body && getComputedStyle(it).overflowX !== 'visible') return true;
        }
        return false;
    };
    if (document.documentElement.scrollWidth > innerWidth) {
        wide.push(`scrolls: ${document.documentElement.scrollWidth} of ${innerWidth}`);
    }
    for (const element of document.querySelectorAll('body *')) {
        const box = element.getBoundingClientRect();
        if (box.width > 0 && box.right > innerWidth + 1 && !isClipped(element)) {
            wide.push(`${element.localName}#${element.id}.${element.className} ends at ${box.right}`);
        }
    }
    return wide;
})()";

/// Texts whose colour is too near to that of what is behind them (WCAG 2.2, 1.4.3).
const FAINT: &str = "(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const parts = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return Array.from(canvas.getImageData(0, 0, 1, 1).data);
    };
    const over = ([r, g, b, a], [x, y, z]) => {
        const mix = (front, back) => (front * a + back * (255 - a)) / 255;
        return [mix(r, x), mix(g, y), mix(b, z), 255];
    };
    const behind = (element) => {
        if (element === null) return parts('Canvas');
        const color = parts(getComputedStyle(element).backgroundColor);
        return color[3] === 255 ? color : over(color, behind(element.parentElement));
    };
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((part) => {
            const it = part / 255;
            return it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const faint = new Set();
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((it) => it.nodeType === Node.TEXT_NODE && it.data.trim() !== '');
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        if (!own || element.getClientRects().length === 0 || style.visibility !== 'visible') continue;
        const back = behind(element);
        const [one, other] = [light(over(parts(style.color), back)), light(back)];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (ratio < (isLarge ? 3 : 4.5)) {
            faint.add(`${element.localName}#${element.id}.${element.className}: ${ratio.toFixed(2)}`);
        }
    }
    return Array.from(faint);
})()";

/// Checks the page at all sizes, and in both colours.
fn fits(page: &Page, what: &str) {
    for (width, height) in SIZES {
        page.look(Look::of(width, height));
        assert_eq!(
            page.eval(TOO_WIDE),
            json!([]),
            "{what} at {width} x {height}"
        );
    }
    for look in [Look::of(360, 640), Look::of(360, 640).dark()] {
        page.look(look);
        assert_eq!(page.eval(FAINT), json!([]), "{what} at {look:?}");
    }
}

#[test]
fn nothing_is_wider_than_the_window_and_all_text_can_be_read() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { mut host, port } = Room::open(&["--burst", "0"]);
    let ann = browser.open(&super::address(port));
    fits(&ann, "the question for a name");
    drop(ann);
    let ann = join(browser, port, "ann");
    let watch = browser.open(&format!("{}watch", super::address(port)));
    fits(&ann, "an empty room");
    fits(&watch, "an empty projector");
    // Thirty members whose names are as wide as names can be.
    let mut others: Vec<Peer> = (0..30)
        .map(|number| Peer::join(port, &format!("{}{number:02}", "W".repeat(18))))
        .collect();
    let long = "w".repeat(4_096);
    for said in [
        long.as_str(),
        "https://example.org/a/very/long/path/without/any/space/in/it/at/all/to/break",
        "/msg ann psst",
        "What do you think, Ann?",
        "/me waves",
        "several\nlines",
    ] {
        others[0].say(said);
    }
    let name = "W".repeat(18) + "00";
    hears(&ann, &format!("* {name} waves"));
    others[0].say("/play connect4 ann");
    ann.wait_for(&format!("{name} offers you a game of Connect Four."));
    super::say(&ann, "/help");
    super::say(&ann, "my own line");
    fits(&ann, "a full room");
    ann.look(Look::of(1280, 720));
    ann.click(
        "button",
        &format!("Accept: {name} offers you a game of Connect Four."),
    );
    ann.wait_for("Your turn.");
    ann.click("button", "d1, free");
    others[0].hears("-- ann moves: 4");
    others[1].say(&format!("/play rps {}{:02}", "W".repeat(18), 2));
    others[2].hears("offers you a game of rps");
    others[2].say("/accept");
    others[0].say("/move 4");
    ann.wait_for("Your turn.");
    ann.click(
        "button",
        "ann (you, coordinator, plays Connect Four with WWWWWWWWWWWWWWWWWW00)",
    );
    fits(&ann, "a game in a full room");
    watch.wait("document.querySelectorAll('#boards .game').length === 2");
    fits(&watch, "two games");
    super::say(&ann, "/resign");
    watch.wait("document.querySelector('#results tr') !== null");
    fits(&watch, "a result");
    host.enter("/kick ann");
    ann.wait("!document.getElementById('ended').hidden");
    fits(&ann, "the end");
}

#[test]
fn an_element_that_is_too_wide_and_a_text_that_is_too_faint_are_found() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = browser.open(&super::address(port));
    page.eval(
        "(() => {
            const wrong = document.createElement('p');
            wrong.textContent = 'hardly to be seen';
            Object.assign(wrong.style, { width: '5000px', color: '#777', background: '#888' });
            document.body.append(wrong);
        })()",
    );
    assert!(page.eval(TOO_WIDE).as_array().unwrap().len() >= 2);
    assert_eq!(page.eval(FAINT).as_array().unwrap().len(), 1);
}

//! What the page and the terminal program both know: which characters hide, and the words of posts.

use super::modules;
use crate::support::{Browser, Room};
use serde_json::{Value, json};
use tictalk::room::{announced, words};
use tictalk::text::visible;
use tictalk::wire::{Control, Post};

/// Texts around a character: where nothing can join or vary, and where both can happen.
const PLACES: [(&str, &str); 3] = [("a ", " b"), ("é", "é"), ("\u{1f3f4}", "\r\n")];

#[test]
fn the_page_marks_the_same_characters_as_a_terminal() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = modules(browser, port, &["hidden"]);
    // Of every character: how it is shown in the first place, and if that is a mark, in the others.
    let shown = page.eval(&format!(
        "(() => {{
            const places = {};
            const changed = [];
            for (let code = 0; code <= 0x10ffff; code += 1) {{
                if (0xd800 <= code && code <= 0xdfff) continue;
                const character = String.fromCodePoint(code);
                const texts = places.map(([before, after]) => before + character + after);
                if (modules.hidden.visible(texts[0]) !== texts[0]) {{
                    changed.push([code, texts.map(modules.hidden.visible)]);
                }}
            }}
            return changed;
        }})()",
        json!(PLACES),
    ));
    let shown = shown.as_array().unwrap();
    let mut expected = Vec::new();
    for c in '\0'..=char::MAX {
        let texts = PLACES.map(|(before, after)| format!("{before}{c}{after}"));
        if visible(&texts[0]) != texts[0] {
            expected.push(json!([
                u32::from(c),
                texts.each_ref().map(|text| visible(text))
            ]));
        }
    }
    assert!(expected.len() > 4_000, "{}", expected.len());
    let mut pairs = shown.iter().zip(&expected);
    let different = pairs.find(|(shown, expected)| shown != expected);
    assert_eq!(different, None);
    assert_eq!(shown.len(), expected.len());
}

#[test]
fn the_page_marks_sequences_as_a_terminal_does() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let texts = [
        "",
        "plain",
        "two\nlines\tand a tab",
        "a\r\nb\rc",
        // A family, joined; a flag of a region, whole and without its end; a keycap.
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}!",
        "\u{1f3f4}\u{e0067}\u{e0062}",
        "\u{1f3f4}\u{e007f}\u{200d}\u{1f3f4}",
        "1\u{fe0f}\u{20e3} \u{fe0f}x\u{fe0f}\u{fe0f}",
        "\u{200d}\u{200d}a\u{200d}b\u{301}\u{200c}\u{301}",
        "\u{e0100}漢\u{e0100}\u{202e}gnp.exe\u{2069}",
        "\u{1b}[2J\u{9b}2J\u{7}\u{7f}\u{0}",
    ];
    let Room { host: _room, port } = Room::open(&[]);
    let page = modules(browser, port, &["hidden"]);
    let shown = page.eval(&format!("{}.map(modules.hidden.visible)", json!(texts)));
    assert_eq!(shown, json!(texts.map(visible)));
}

/// One post of every kind, and of every reason and end that a kind has.
fn posts() -> Vec<Value> {
    let names = ["ann", "</li><b>bob", "\u{202e}eve\u{1b}"];
    let texts = [
        "hello".to_owned(),
        "two\nlines\r\n\n\u{2028}three\u{85}".to_owned(),
        "x\n".repeat(70),
        "y\n".repeat(65),
        "<img src=x onerror=alert(1)>".to_owned(),
    ];
    let mut whats = Vec::new();
    for what in ["said", "acted"] {
        whats.extend(
            texts
                .iter()
                .map(|text| json!({ "what": what, "text": text })),
        );
    }
    for text in texts {
        whats.push(json!({ "what": "whispered", "to": 2, "whom": "bob", "text": text }));
    }
    for what in [
        "joined",
        "away",
        "back",
        "coordinator",
        "closed",
        "yodelled",
    ] {
        whats.push(json!({ "what": what }));
    }
    for why in ["quit", "lost", "silent", "behind", "bored", "toString"] {
        whats.push(json!({ "what": "left", "why": why }));
    }
    for what in ["kicked", "banned", "unbanned", "muted", "unmuted"] {
        whats.push(json!({ "what": what, "from": "the \u{200b}host" }));
    }
    for end in [
        "won",
        "drawn",
        "resigned",
        "forfeited",
        "abandoned",
        "eaten",
    ] {
        whats.push(json!({ "what": "ended", "game": "rps", "with": "bob", "end": end }));
    }
    whats.push(json!({ "what": "renamed", "to": "anna" }));
    whats.push(json!({ "what": "began", "game": "connect4", "with": "bob" }));
    whats.push(json!({ "what": "moved", "game": "rps", "with": "bob" }));
    whats.push(json!({ "what": "moved", "game": "hangman", "with": "bob", "move": "e" }));
    whats.push(json!({ "what": "undone", "game": "connect4", "with": "bob" }));
    let mut posts = Vec::new();
    for name in names {
        for what in &whats {
            let mut post = json!({ "type": "post", "id": 7, "at": 0, "by": 3, "name": name });
            let what = what.as_object().unwrap().clone();
            post.as_object_mut().unwrap().extend(what);
            posts.push(post);
        }
    }
    posts
}

#[test]
fn the_page_says_the_words_of_the_terminal() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let posts = posts();
    let Room { host: _room, port } = Room::open(&[]);
    let page = modules(browser, port, &["hidden", "words"]);
    let said = page.eval(&format!(
        "{}.map((post) => modules.hidden.visible(modules.words.words(post)))",
        json!(posts)
    ));
    for (post, said) in posts.into_iter().zip(said.as_array().unwrap()) {
        let read: Post = serde_json::from_value(post.clone()).unwrap();
        // The terminal puts a mark before what is no message.
        let expected = visible(&words(&read)).into_owned();
        let expected = expected.strip_prefix("-- ").unwrap_or(&expected);
        let expected = expected.replace("this version", "this page");
        // The page has a button for it.
        let (expected, _) = expected.split_once(" /watch ").unwrap_or((&expected, ""));
        assert_eq!(said, expected, "{post}");
    }
}

#[test]
fn the_page_says_the_words_of_the_terminal_about_several_members() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let group = |what: &Value, members: u64, more: u64| {
        let members: Vec<_> = (0..members)
            .map(|it| json!({ "id": it + 1, "by": it + 1, "name": format!("m{it} and n") }))
            .collect();
        let mut group = what.clone();
        group["members"] = json!(members);
        if more > 0 {
            group["more"] = json!(more);
        }
        group
    };
    let mut messages = Vec::new();
    for what in [
        json!({ "what": "joined" }),
        json!({ "what": "away" }),
        json!({ "what": "back" }),
        json!({ "what": "left", "why": "quit" }),
        json!({ "what": "left", "why": "lost" }),
        json!({ "what": "left", "why": "silent" }),
        json!({ "what": "left", "why": "behind" }),
        json!({ "what": "left", "why": "eaten" }),
        json!({ "what": "coordinator" }),
        json!({ "what": "danced" }),
    ] {
        for (members, more) in [(0, 3), (1, 0), (1, 1), (2, 0), (3, 5), (8, 37), (11, 2)] {
            let groups = [
                group(&what, members, more),
                group(&json!({ "what": "back" }), 2, 0),
            ];
            messages.push(json!({ "type": "gathered", "last": 9, "at": 5, "groups": groups }));
        }
    }
    let Room { host: _room, port } = Room::open(&[]);
    let page = modules(browser, port, &["gathered"]);
    let said = page.eval(&format!(
        "{}.map((control) => modules.gathered.lines(control))",
        json!(messages)
    ));
    for (message, said) in messages.into_iter().zip(said.as_array().unwrap()) {
        let Control::Gathered(read) = serde_json::from_value(message.clone()).unwrap() else {
            panic!("{message}");
        };
        let expected = announced(&read);
        let expected = expected
            .iter()
            .map(|line| line.strip_prefix("-- ").unwrap());
        assert_eq!(*said, json!(expected.collect::<Vec<_>>()), "{message}");
    }
}

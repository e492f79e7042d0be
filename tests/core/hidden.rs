//! One table of hidden characters, whoever uses it: the terminal, names, and partners at `nc`.

use regex_syntax::hir::{Class, HirKind};
use std::collections::BTreeSet;
use tictalk::room::{Nick, plain, words};
use tictalk::text;
use tictalk::text::visible;
use tictalk::wire::{Author, MemberId, Post, PostId, Text, What};

/// All characters that a class of Unicode's data names.
fn class(pattern: &str) -> BTreeSet<char> {
    let parsed = regex_syntax::parse(pattern).unwrap();
    let HirKind::Class(Class::Unicode(class)) = parsed.into_kind() else {
        panic!("{pattern} is no class");
    };
    let ranges = class.iter();
    ranges
        .flat_map(|range| range.start()..=range.end())
        .collect()
}

/// The characters that Unicode hides; a sign that encloses digits is a format character that can be
/// seen.
fn hidden() -> BTreeSet<char> {
    let hidden =
        class(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]");
    let signs = class(r"\p{Prepended_Concatenation_Mark}");
    hidden.difference(&signs).copied().collect()
}

/// The characters that this does not leave as they are. A newline and a tab are for the caller.
fn changed(by: impl Fn(&str) -> String) -> BTreeSet<char> {
    let all = ('\0'..=char::MAX).filter(|c| !matches!(c, '\n' | '\t'));
    all.filter(|c| {
        // Nothing can join or vary a space.
        let text = format!("a {c} b");
        by(&text) != text
    })
    .collect()
}

#[test]
fn a_terminal_a_peer_without_one_and_names_agree_with_unicode() {
    let mut hidden = hidden();
    assert!(hidden.remove(&'\n') && hidden.remove(&'\t'));
    assert!(hidden.len() > 4_000, "{}", hidden.len());
    assert!(changed(|text| visible(text).into_owned()) == hidden);
    assert!(changed(|text| text::marked(text, |_, out| out.push('?'))) == hidden);
    for c in hidden {
        let said = format!("a {c} b");
        assert!(!visible(&said).contains(c), "{c:?} on a terminal");
        let post = Post {
            id: PostId(1),
            at: 0,
            by: Author {
                id: MemberId(1),
                name: "ann".into(),
            },
            what: What::Said {
                text: Text::cut(said),
            },
        };
        // Some of them end a line.
        let is_one_line = words(&post).lines().count() == 1;
        let plain = plain(&post).concat();
        assert!(!plain.contains(c), "{plain:?}");
        assert_eq!(plain.contains('\u{fffd}'), is_one_line, "{plain:?}");
        let name = format!("a{c}b");
        assert!(Nick::read(&name).is_err(), "{name:?}");
    }
}

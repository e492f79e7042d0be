//! Compares the table with Unicode's own data, as `regex-syntax` carries it.

use super::hidden::{BLANK, HIDDEN, SIGNS};
use super::{is_hidden, is_sign, marked};
use regex_syntax::hir::{Class, HirKind};
use std::collections::BTreeSet;

/// All characters that a class such as `\p{Cf}` names.
fn class(pattern: &str) -> BTreeSet<char> {
    // An empty set for a pattern that is no class makes the comparison fail.
    let Ok(HirKind::Class(Class::Unicode(class))) =
        regex_syntax::parse(pattern).map(regex_syntax::hir::Hir::into_kind)
    else {
        return BTreeSet::new();
    };
    let ranges = class.iter();
    ranges
        .flat_map(|range| range.start()..=range.end())
        .collect()
}

/// All characters for which `is_one` holds.
fn those(is_one: impl Fn(char) -> bool) -> BTreeSet<char> {
    ('\0'..=char::MAX).filter(|c| is_one(*c)).collect()
}

#[test]
fn the_table_is_unicodes() {
    let signs = class(r"\p{Prepended_Concatenation_Mark}");
    assert_eq!(those(is_sign), signs);
    let hidden =
        class(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]");
    let hidden: BTreeSet<char> = hidden.difference(&signs).copied().collect();
    assert_eq!(those(is_hidden), hidden);
    for blank in BLANK {
        assert!(
            !hidden.contains(blank) && !signs.contains(blank),
            "{blank:?}"
        );
    }
}

#[test]
fn the_ranges_are_in_order_and_apart() {
    for ranges in [HIDDEN, SIGNS] {
        let bounds: Vec<char> = ranges
            .iter()
            .flat_map(|(first, last)| [*first, *last])
            .collect();
        assert!(bounds.is_sorted(), "{bounds:?}");
        assert!(ranges.windows(2).all(|pair| match pair {
            [(_, last), (first, _)] => u32::from(*last) + 1 < u32::from(*first),
            _ => false,
        }));
    }
}

#[test]
fn every_hidden_character_is_marked_where_nothing_needs_it() {
    for c in those(is_hidden) {
        if matches!(c, '\n' | '\t') {
            continue;
        }
        // A space can neither be joined nor varied.
        let marked = marked(&format!("a {c}b"), |c, out| {
            out.push_str(&format!("<{:x}>", u32::from(c)));
        });
        assert_eq!(marked, format!("a <{:x}>b", u32::from(c)));
    }
}

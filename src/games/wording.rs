//! Lists in sentences, and sentences about the other player.

use super::game::OTHER;
use std::fmt::Display;

/// Parts of a sentence: `2`, `2 and 5`, `2, 5 and 7`; nothing where there are none.
pub(super) fn joined<T: Display>(parts: &[T]) -> String {
    let parts: Vec<String> = parts.iter().map(T::to_string).collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The sentences of a game, one in each line, with the other player's name filled in.
#[must_use]
pub fn addressed(text: &str, other: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix(OTHER) {
        Some(rest) => capital(other) + &rest.replace(OTHER, other),
        None => line.replace(OTHER, other),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The board in words as the start of a sentence, with the other player's name filled in.
#[must_use]
pub fn sentence(described: &str, other: &str) -> String {
    let mut words = addressed(described, other);
    if !described.starts_with(OTHER)
        && let Some(first) = words.get_mut(..1)
    {
        first.make_ascii_uppercase();
    }
    words
}

/// `text` as the beginning of a sentence. A name keeps its spelling.
#[must_use]
pub fn capital(text: &str) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text.to_owned(),
    }
}

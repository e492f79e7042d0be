//! Lists in sentences.

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

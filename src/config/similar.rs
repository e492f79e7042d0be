//! Advice for a word that is not known.

/// The shortest beginning of a word that is enough to guess it.
const BEGINNING: usize = 3;

/// The one of `words` that was probably meant: by a slip of the fingers, or by its beginning.
pub(crate) fn similar<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let slips = |other: &str| strsim::osa_distance(&word, other);
    // A short word has too many neighbours.
    let allowed = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let nearest = words.iter().copied().min_by_key(|other| slips(other));
    let begun = |other: &&str| word.len() >= BEGINNING && other.starts_with(&word);
    nearest
        .filter(|other| slips(other) <= allowed)
        .or_else(|| words.iter().copied().find(begun))
}

/// What to type instead of `word`: the similar one of `words`, or any of them.
pub(crate) fn advice(word: &str, words: &[&str]) -> String {
    match similar(word, words) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("choose from {}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn only_a_close_word_is_suggested() {
        const COMMANDS: &[&str] = &["server", "client", "solo", "bot", "room", "history"];
        for (typed, meant) in [
            ("clinet", Some("client")),
            ("Server", Some("server")),
            ("romo", Some("room")),
            ("hist", Some("history")),
            ("foo", None),
            ("talk", None),
            ("chess", None),
            ("b", None),
            ("", None),
        ] {
            assert_eq!(similar(typed, COMMANDS), meant, "{typed}");
        }
    }
}

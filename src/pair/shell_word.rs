//! Words of commands that people copy.

/// A word of a command, in quotation marks if a shell would take it for something else.
pub(super) fn shell_word(word: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_alphanumeric() || "_-./:".contains(letter) || cfg!(windows) && letter == '\\'
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

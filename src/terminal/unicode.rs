//! Whether the terminal shows more than ASCII.

/// Whether the locale has an encoding of Unicode, as the first of the variables says that is set. On
/// Windows the console always has.
pub(crate) fn has_unicode() -> bool {
    let mut values = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match values.next() {
        Some(locale) => locale
            .to_ascii_uppercase()
            .replace('-', "")
            .contains("UTF8"),
        None => cfg!(windows),
    }
}

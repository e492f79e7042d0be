//! The title of the terminal's window.

/// The title of the terminal's window, which is restored at the end.
#[derive(Debug)]
pub(crate) enum Title {
    /// The terminal has no title.
    Missing,
    /// Not set yet.
    Unset,
    Set(String),
}

/// Asks a terminal to remember its title (xterm's window operation 22), and to restore it (23).
/// Others ignore both.
const REMEMBER: &str = "\x1b[22;2t";
const RESTORE: &str = "\x1b[23;2t";

impl Title {
    /// The title of this kind of terminal, named by `TERM`. Windows sets no `TERM`.
    pub(crate) fn detect() -> Self {
        const WITHOUT: [&str; 6] = ["linux", "vt", "ansi", "sun", "wy", "eterm"];
        let has_title = match std::env::var("TERM") {
            Ok(term) => !WITHOUT.iter().any(|kind| term.starts_with(kind)),
            Err(_) => cfg!(windows),
        };
        if has_title {
            Self::Unset
        } else {
            Self::Missing
        }
    }

    /// The sequence that sets this title. Empty if it is set already.
    pub(crate) fn set(&mut self, title: &str) -> String {
        // Any control character would end the sequence.
        let title: String = title.chars().filter(|c| !c.is_control()).collect();
        let before = match self {
            Self::Missing => return String::new(),
            Self::Set(current) if *current == title => return String::new(),
            Self::Set(_) => "",
            Self::Unset => REMEMBER,
        };
        let sequence = format!("{before}{}", sequence(&title));
        *self = Self::Set(title);
        sequence
    }

    /// The sequence that restores the title from before. Where the terminal did not remember it,
    /// the title is empty.
    pub(crate) fn restore(&mut self) -> String {
        match self {
            Self::Missing | Self::Unset => String::new(),
            Self::Set(_) => {
                *self = Self::Unset;
                format!("{}{RESTORE}", sequence(""))
            }
        }
    }
}

/// Sets the title (OSC 2).
fn sequence(title: &str) -> String {
    format!("\x1b]2;{title}\x1b\\")
}

#[cfg(test)]
mod tests {
    use super::Title;

    #[test]
    fn a_title_is_set_once_and_restored() {
        let mut title = Title::Unset;
        assert_eq!(title.restore(), "");
        assert_eq!(title.set("one"), "\x1b[22;2t\x1b]2;one\x1b\\");
        assert_eq!(title.set("one"), "");
        assert_eq!(title.set("two"), "\x1b]2;two\x1b\\");
        assert_eq!(title.restore(), "\x1b]2;\x1b\\\x1b[23;2t");
        assert_eq!(title.restore(), "");
    }

    #[test]
    fn no_control_character_gets_into_a_title() {
        let mut title = Title::Unset;
        assert_eq!(
            title.set("a\x1b]0;b\x07c\u{9c}d"),
            "\x1b[22;2t\x1b]2;a]0;bcd\x1b\\"
        );
    }

    #[test]
    fn a_terminal_without_a_title_gets_none() {
        let mut title = Title::Missing;
        assert_eq!((title.set("one"), title.restore()), Default::default());
    }
}

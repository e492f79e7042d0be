//! The line on which a person types while it is not their turn.

use crate::session::{Role, Wait};
use crate::terminal::{Ask, Echo, Ink, Label};
use crate::wire::Name;
use std::time::Duration;
use tokio::time::Instant;
use unicode_width::UnicodeWidthStr as _;

/// How long a wait lasts before its line appears. The computer and other programs usually answer
/// sooner, and a line that flashes up only disturbs.
pub(super) const DELAY: Duration = Duration::from_millis(150);

/// A waiting line that is about to appear.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) wait: Wait,
    pub(super) due: Instant,
    /// Its completions.
    words: Vec<String>,
}

impl Planned {
    pub(super) fn new(wait: Wait, due: Instant, words: Vec<String>) -> Self {
        Self { wait, due, words }
    }

    /// The request for a line, starting from `draft`.
    pub(super) fn ask(self, who: &Who, columns: Option<usize>, draft: String) -> Ask {
        let text = who.label(self.wait, columns);
        Ask {
            label: Label {
                text: text.into(),
                ink: Ink::Hint,
            },
            draft,
            words: self.words,
            echo: Echo::Shown,
        }
    }
}

/// Who waits, and for whom.
#[derive(Debug)]
pub(super) struct Who {
    /// The role of the person here.
    pub(super) me: Role,
    /// The name of the partner, if it has one. Nothing in it is hidden.
    pub(super) partner: Option<String>,
}

impl Who {
    /// `partner`, escaped, seen from the role `me`.
    pub(super) fn new(me: Role, partner: Option<&Name>) -> Self {
        let partner = partner.map(|name| crate::text::visible(name.as_str()).into_owned());
        Self { me, partner }
    }

    /// The name for the partner in the middle of a sentence.
    fn partner(&self) -> String {
        match &self.partner {
            // The name that a computer partner has unless told otherwise.
            Some(name) if name == "computer" => "the computer".to_owned(),
            Some(name) => name.clone(),
            None => self.nameless(),
        }
    }

    fn nameless(&self) -> String {
        format!("the {}", self.me.other().name())
    }

    /// The text before the line. It leaves a third of a narrow screen free.
    fn label(&self, wait: Wait, columns: Option<usize>) -> String {
        let fits = |label: &String| columns.is_none_or(|columns| label.width() <= columns * 2 / 3);
        let bare = match wait {
            Wait::Turn => "waiting",
            Wait::Answer => "thinking",
            Wait::Reconnect => "reconnecting",
        };
        let labels = [
            self.waits(wait, &self.partner()),
            self.waits(wait, &self.nameless()),
            bare.to_owned(),
        ];
        let labels = labels.map(|label| format!("{} ... ", sentence(&label)));
        let [_, _, shortest] = &labels;
        labels
            .iter()
            .find(|label| fits(label))
            .unwrap_or(shortest)
            .clone()
    }

    /// The title of the terminal during the wait.
    pub(super) fn title(&self, wait: Wait) -> String {
        format!("tictalk: {}", self.waits(wait, &self.partner()))
    }

    fn waits(&self, wait: Wait, partner: &str) -> String {
        match (wait, self.me) {
            (Wait::Turn, _) => format!("{partner}'s turn"),
            (Wait::Answer, _) => "thinking".to_owned(),
            (Wait::Reconnect, Role::Server) => format!("waiting for {partner} to reconnect"),
            (Wait::Reconnect, Role::Client) => "reconnecting".to_owned(),
        }
    }
}

/// `text` as the beginning of a sentence. A name keeps its spelling.
fn sentence(text: &str) -> String {
    for start in ["the ", "thinking", "waiting", "reconnecting"] {
        if text.starts_with(start) {
            let (first, rest) = text.split_at(1);
            return first.to_uppercase() + rest;
        }
    }
    text.to_owned()
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test needs its names")]
mod tests {
    use super::Who;
    use crate::session::{Role, Wait};

    fn who(partner: Option<&str>) -> Who {
        let name = partner.map(|name| name.parse().expect("a name"));
        Who::new(Role::Server, name.as_ref())
    }

    #[test]
    fn the_label_says_whose_turn_it_is() {
        for (partner, label) in [
            (Some("ann"), "ann's turn ... "),
            (Some("computer"), "The computer's turn ... "),
            (None, "The client's turn ... "),
        ] {
            assert_eq!(who(partner).label(Wait::Turn, Some(80)), label);
        }
    }

    #[test]
    fn a_long_name_leaves_space_on_a_narrow_screen_for_the_line() {
        let who = who(Some(&"x".repeat(20)));
        assert_eq!(
            who.label(Wait::Turn, Some(80)),
            format!("{}'s turn ... ", "x".repeat(20))
        );
        assert_eq!(who.label(Wait::Turn, Some(40)), "The client's turn ... ");
        assert_eq!(who.label(Wait::Turn, Some(20)), "Waiting ... ");
        assert_eq!(who.label(Wait::Reconnect, Some(40)), "Reconnecting ... ");
    }

    #[test]
    fn no_control_character_of_a_name_is_in_the_title() {
        let who = who(Some("a\u{202e}nn"));
        let title = who.title(Wait::Turn);
        assert!(
            !title.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{title:?}"
        );
    }
}

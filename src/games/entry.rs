//! What is known of a game before one is started.

use super::game::Game;
use super::seal::GameId;
use super::secrets::Secrets;

/// What the registry knows of a game before one is started.
#[derive(Debug)]
pub struct Entry {
    /// The word after `play`, in lower case and without spaces.
    pub name: &'static str,
    /// What it is, in half a line.
    pub about: &'static str,
    /// What may stand behind the name.
    pub options: Options,
    /// How it is set up.
    pub rules: Rules,
}

/// What may stand behind the name of a game when it is started.
#[derive(Debug)]
pub enum Options {
    /// Nothing.
    None,
    /// Some words.
    Words {
        /// What they mean, as part of a sentence: `the number of rounds, 1 to 15`.
        usage: &'static str,
        /// Words that could follow the name: `5`. How the name itself is typed is up to the shell.
        example: &'static str,
        /// Brings them into their one standard form, or refuses them. They come in lower case, with
        /// single spaces; no words at all are a form too.
        read: fn(&str) -> Option<String>,
    },
}

/// Sets up a game with options in their standard form.
#[derive(Debug)]
pub enum Rules {
    /// Both seats see everything.
    Open(fn(&str) -> Box<dyn Game>),
    /// The seats keep secrets from each other.
    Secret {
        /// Sets up the game of this id.
        start: fn(&str, GameId) -> Box<dyn Secrets>,
        /// Whether a room may keep the secrets of both seats and take their turns for them. Only
        /// where nothing is typed that nobody may see: people in a room see what they type.
        in_rooms: bool,
    },
}

impl Entry {
    /// Whether a third party can see to it that two others play by the rules.
    #[must_use]
    pub fn is_refereed(&self) -> bool {
        match self.rules {
            Rules::Open(_) => true,
            Rules::Secret { in_rooms, .. } => in_rooms,
        }
    }

    /// The standard form of `words` as options of this game; `None` where they are none.
    #[must_use]
    pub fn options(&self, words: &str) -> Option<String> {
        match &self.options {
            Options::None => words.is_empty().then(String::new),
            Options::Words { read, .. } => read(words),
        }
    }
}

/// A game is known by its name.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Entry {}

//! An entry in the list of games.

use super::game::Game;
use super::seal::GameId;
use super::secrets::Secrets;

/// A game in the list of games.
#[derive(Debug)]
pub struct Entry {
    /// The name, in lower case and without spaces.
    pub name: &'static str,
    /// Other names that a person may type. They are never sent or stored, so programs that do not
    /// know them understand every proposal.
    pub aliases: &'static [&'static str],
    /// A description of half a line.
    pub about: &'static str,
    /// The words that may follow the name.
    pub options: Options,
    /// How the game is set up.
    pub rules: Rules,
}

/// The words that may follow the name of a game.
#[derive(Debug)]
pub enum Options {
    /// No words.
    None,
    /// Some words.
    Words {
        /// Their meaning, as part of a sentence: `the number of rounds, 1 to 15`.
        usage: &'static str,
        /// An example: `5`. Each shell puts its own command and the name before it.
        example: &'static str,
        /// Converts them to their standard form, or refuses them. The input is in lower case with
        /// single spaces, and is empty if no words follow the name.
        read: fn(&str) -> Option<String>,
    },
}

/// Sets up a game from options in their standard form.
#[derive(Debug)]
pub enum Rules {
    /// Both seats see everything.
    Open(fn(&str) -> Box<dyn Game>),
    /// The seats keep secrets from each other.
    Secret {
        /// Sets up the game with this id.
        start: fn(&str, GameId) -> Box<dyn Secrets>,
        /// Whether a room may hold the secrets of both seats and take their automatic turns. Not
        /// for games in which a player types a secret: a room echoes what is typed. Nor for games
        /// with turns in several parts: a room that is saved keeps whole turns.
        in_rooms: bool,
    },
}

impl Entry {
    /// Whether a third party, such as a room, can enforce the rules between two players.
    #[must_use]
    pub fn is_refereed(&self) -> bool {
        match self.rules {
            Rules::Open(_) => true,
            Rules::Secret { in_rooms, .. } => in_rooms,
        }
    }

    /// A line in a list of games: what to type, and what the game is. `typed` makes a command from the
    /// name and options.
    #[must_use]
    pub fn line(&self, typed: impl Fn(&str) -> String) -> (String, String) {
        let about = match &self.options {
            Options::None => self.about.to_owned(),
            Options::Words { usage, example, .. } => {
                let example = typed(&format!("{} {example}", self.name));
                format!("{} ({usage}: {example})", self.about)
            }
        };
        (typed(self.name), about)
    }

    /// The standard form of `words` as options of this game; `None` if they are not.
    #[must_use]
    pub fn options(&self, words: &str) -> Option<String> {
        match &self.options {
            Options::None => words.is_empty().then(String::new),
            Options::Words { read, .. } => read(words),
        }
    }
}

/// Entries are equal if their names are.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Entry {}

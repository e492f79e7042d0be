//! What a person who plays with the computer types besides moves: a game of the menu, a level.

use crate::games::{GAMES, Skill};
use crate::session::{Command, proposal};

/// The command that shows or changes the level.
pub const LEVEL: &str = "/level";

/// A line typed to the computer, if it is no move and no command of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// To know the level.
    TellLevel,
    /// To change the level.
    Level(Skill),
    /// A level that does not exist.
    UnknownLevel(String),
    /// To play this game, with its options: `rps 5`.
    Play(String),
    /// A game that does not exist.
    UnknownGame,
    /// A blank line.
    Enter,
    /// To see the menu.
    Menu,
    /// To leave.
    Quit,
}

impl Wish {
    /// The wish of a line that is typed at any time; `None` for a move or a command.
    pub(super) fn at_any_time(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        if !words.next()?.eq_ignore_ascii_case(LEVEL) {
            return None;
        }
        let words: Vec<&str> = words.collect();
        Some(match words.join(" ") {
            none if none.is_empty() => Self::TellLevel,
            name => match skill(&name) {
                Some(skill) => Self::Level(skill),
                None => Self::UnknownLevel(name),
            },
        })
    }

    /// The wish of a line that is typed while no game is running; `None` for a command.
    pub(super) fn at_the_menu(line: &str) -> Option<Self> {
        let words = line.trim().to_lowercase();
        if let Some(wish) = Self::at_any_time(&words) {
            return Some(wish);
        }
        match words.as_str() {
            "" => return Some(Self::Enter),
            "m" | "menu" | "/menu" => return Some(Self::Menu),
            "q" | "quit" => return Some(Self::Quit),
            word if word.starts_with('/') || word == Command::Rematch.word() => return None,
            _ => {}
        }
        let name = words.strip_prefix("play ").unwrap_or(&words).trim();
        // The session says which options a known game has.
        let is_known = name
            .split(' ')
            .next()
            .is_some_and(|name| game(name).is_some());
        match game(name) {
            Some(game) => Some(Self::Play(game)),
            None if is_known => None,
            None => Some(Self::UnknownGame),
        }
    }
}

/// The games of the menu with their numbers: `1 tictactoe`.
pub(super) fn menu() -> impl Iterator<Item = String> {
    (1..)
        .zip(GAMES)
        .map(|(number, game)| format!("{number} {}", game.name))
}

/// The game with its options that is meant by its number, its name, or the beginning of only this
/// name.
fn game(words: &str) -> Option<String> {
    if let Some(number) = words.parse::<usize>().ok().and_then(|it| it.checked_sub(1)) {
        return GAMES.get(number).map(|game| game.name.to_owned());
    }
    if let Ok(line) = proposal(words) {
        return line.split_once(' ').map(|(_, game)| game.to_owned());
    }
    only(GAMES.iter().map(|game| game.name), words).map(str::to_owned)
}

/// The level of this name, or of the beginning of only this name.
fn skill(words: &str) -> Option<Skill> {
    let words = words.to_lowercase();
    let name = only(Skill::ALL.into_iter().map(Skill::name), &words)?;
    Skill::ALL.into_iter().find(|skill| skill.name() == name)
}

/// The only one of `names` that begins with `start`.
fn only(names: impl Iterator<Item = &'static str>, start: &str) -> Option<&'static str> {
    let mut names = names.filter(|name| !start.is_empty() && name.starts_with(start));
    match (names.next(), names.next()) {
        (Some(name), None) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;
    use crate::games::Skill;

    fn plays(line: &str) -> Option<String> {
        match Wish::at_the_menu(line) {
            Some(Wish::Play(game)) => Some(game),
            _ => None,
        }
    }

    #[test]
    fn a_game_is_meant_by_its_number_its_name_and_its_beginning() {
        for line in [
            "4",
            "connect4",
            "Connect 4",
            "c",
            "play connect4",
            "PLAY c",
            " con ",
        ] {
            assert_eq!(plays(line).as_deref(), Some("connect4"), "{line:?}");
        }
        assert_eq!(plays("rps 5").as_deref(), Some("rps 5"));
        assert_eq!(
            plays("play connect4 --toss").as_deref(),
            Some("connect4 --toss")
        );
        for line in ["0", "6", "99999999999999999999", "chess", "play", "x", "-1"] {
            assert_eq!(Wish::at_the_menu(line), Some(Wish::UnknownGame), "{line:?}");
        }
    }

    #[test]
    fn commands_are_left_to_the_session() {
        for line in ["/score", "rematch", "/q", "/foo bar", "play rps 99"] {
            assert_eq!(Wish::at_the_menu(line), None, "{line:?}");
        }
        for line in ["5", "easy", "level easy", "/levels", "q", ""] {
            assert_eq!(Wish::at_any_time(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_level_is_meant_by_its_name_and_its_beginning() {
        assert_eq!(Wish::at_any_time("/level"), Some(Wish::TellLevel));
        for line in ["/level easy", "/LEVEL e", " /level  EAS "] {
            assert_eq!(
                Wish::at_any_time(line),
                Some(Wish::Level(Skill::Easy)),
                "{line:?}"
            );
        }
        for name in ["hard", "easy easy"] {
            let unknown = Some(Wish::UnknownLevel(name.to_owned()));
            assert_eq!(Wish::at_any_time(&format!("/level {name}")), unknown);
        }
    }
}

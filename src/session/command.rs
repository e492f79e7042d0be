//! The commands, in one table: `/help`, completion and the reader of lines all come from it.

use crate::games::{self, GAMES};
use crate::wire::QUIT;

/// What a person can type that is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End the session on both sides.
    Quit,
    /// List the commands.
    Help,
    /// Draw the board of the running game again.
    Board,
    /// Give up the running game.
    Resign,
}

/// Each command, the word that calls it, and what it does.
const COMMANDS: &[(&str, Command, &str)] = &[
    (QUIT, Command::Quit, "leave; both programs end"),
    ("/help", Command::Help, "show this list"),
    ("/board", Command::Board, "draw the board again"),
    ("/resign", Command::Resign, "give up the game"),
];

/// What stands before the name of a game to start it.
pub(super) const PLAY: &str = "play ";

impl Command {
    /// The word that calls the command.
    #[must_use]
    pub fn word(self) -> &'static str {
        COMMANDS
            .iter()
            .find(|(_, command, _)| *command == self)
            .map_or("", |(word, ..)| word)
    }
}

/// What can be typed, and what each does: one pair a line of `/help`.
#[must_use]
pub fn help_lines() -> Vec<(String, String)> {
    let commands = COMMANDS
        .iter()
        .map(|(word, _, help)| ((*word).to_owned(), (*help).to_owned()));
    let games = GAMES.iter().map(|game| {
        let help = "start a game; your partner moves first";
        (format!("play {}", game.name), help.to_owned())
    });
    commands.chain(games).collect()
}

/// What a line turns out to be, before the talk decides whether it is allowed now.
#[derive(Debug)]
pub(super) enum Reading<'a> {
    Command(Command),
    /// `play GAME`.
    Play(&'static games::Entry),
    /// A single word that begins with a slash and is no command.
    UnknownCommand(&'a str),
    /// `play` and a single word that is no game.
    UnknownGame(&'a str),
    /// Anything else: a message, or a move. Holds the line that counts as a move.
    Words(&'a str),
}

impl<'a> Reading<'a> {
    /// Reads what was typed here, where a word that looks like a command and is none is a mistake.
    pub(super) fn of(line: &'a str) -> Self {
        let words = line.trim_end();
        let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
        if let Some(known) = Self::known(words) {
            known
        } else if words.strip_prefix('/').is_some_and(is_word) {
            Self::UnknownCommand(words)
        } else if let Some(name) = after_play(words)
            && is_word(name)
        {
            Self::UnknownGame(name)
        } else {
            Self::Words(line)
        }
    }

    /// Whether `text` has several lines and the first is a command, or starts a game: it would mean
    /// one thing here and another to whoever reads only its first line.
    pub(super) fn is_more_than_a_command(text: &'a str) -> bool {
        let is_command = |line: &'a str| Self::known(line.trim_end()).is_some();
        text.split_once('\n').is_some_and(|(first, rest)| {
            is_command(first) || rest.lines().next_back().is_some_and(is_command)
        })
    }

    /// Reads what a partner sent. Of a `foreign` one, a program or a person without this program,
    /// the first line counts.
    pub(super) fn of_partner(text: &'a str, foreign: bool) -> Self {
        let first = if foreign {
            text.lines().next().unwrap_or(text)
        } else {
            text
        };
        Self::known(first.trim_end()).unwrap_or(Self::Words(first))
    }

    fn known(line: &'a str) -> Option<Self> {
        if line.contains('\n') {
            return None;
        }
        let command = COMMANDS
            .iter()
            .find(|(word, ..)| word.eq_ignore_ascii_case(line))
            .map(|(_, command, _)| Self::Command(*command));
        command.or_else(|| {
            let game = games::find(after_play(line)?)?;
            Some(Self::Play(game))
        })
    }
}

/// What follows `play` in a line that begins with it.
fn after_play(line: &str) -> Option<&str> {
    let (play, name) = line.split_at_checked(PLAY.len())?;
    play.eq_ignore_ascii_case(PLAY).then_some(name)
}

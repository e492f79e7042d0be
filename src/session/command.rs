//! The commands, in one table: `/help`, completion and the reader of lines all come from it.

use super::Refusal;
use crate::games::{self, GAMES, Options};
use crate::wire::QUIT;

/// What a person can type that is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End the session on both sides.
    Quit,
    /// List the commands.
    Help,
    /// List the games.
    Games,
    /// Draw the board of the running game again.
    Board,
    /// Say in words what is on the board.
    Describe,
    /// Tell a good move.
    Hint,
    /// Offer, or agree, to take back the last move of who offered it.
    Undo,
    /// Offer, or agree, to end the game as a draw.
    Draw,
    /// Give up the running game.
    Resign,
    /// Play the last game again; the other side begins.
    Rematch,
    /// Count the games with this partner.
    Score,
}

/// Each command, the word that calls it, and what it does.
const COMMANDS: &[(&str, Command, &str)] = &[
    (QUIT, Command::Quit, "leave; both programs end"),
    ("/help", Command::Help, "show this list"),
    ("/games", Command::Games, "list the games"),
    ("/board", Command::Board, "draw the board again"),
    ("/describe", Command::Describe, "say the board in words"),
    (
        "/hint",
        Command::Hint,
        "show a good move, and what comes of it",
    ),
    (
        "/undo",
        Command::Undo,
        "offer to take back your last move, or agree to it",
    ),
    ("/draw", Command::Draw, "offer a draw, or agree to it"),
    ("/resign", Command::Resign, "give up the game"),
    (
        "rematch",
        Command::Rematch,
        "play the last game again; the other side begins",
    ),
    (
        "/score",
        Command::Score,
        "count your games with this partner",
    ),
];

/// What stands before the name of a game to start it.
pub(super) const PLAY: &str = "play ";

/// What stands behind the name of a game whose beginner a coin decides.
pub(super) const TOSS: &str = "--toss";

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
    let games = GAMES
        .iter()
        .map(|game| (format!("play {}", game.name), game.about.to_owned()));
    commands.chain(games).collect()
}

/// The games, and what each is: one pair a line of `/games`.
#[must_use]
pub fn game_lines() -> Vec<(String, String)> {
    let lines = GAMES.iter().map(|game| {
        let about = match &game.options {
            Options::None => game.about.to_owned(),
            Options::Words { usage, .. } => format!("{} ({usage})", game.about),
        };
        (format!("play {}", game.name), about)
    });
    lines.collect()
}

/// The line that proposes the game that a person means by `words`, in its standard form: of
/// `Tic Tac Toe`, `play tictactoe`.
///
/// # Errors
/// [`Refusal`] when there is no such game, or not with these options.
pub fn proposal(words: &str) -> Result<String, Refusal> {
    let line = format!("{PLAY}{words}");
    match Parsed::of(&line) {
        Parsed::Play(proposal) => Ok(proposal.words()),
        Parsed::UnknownOptions(game) => Err(Refusal::UnknownOptions(game)),
        _ => match game_and_options(words) {
            Some((game, ..)) => Err(Refusal::UnknownOptions(game)),
            None => Err(Refusal::UnknownGame(words.to_owned())),
        },
    }
}

/// A game that somebody wants to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) game: &'static games::Entry,
    /// In their standard form.
    pub(super) options: String,
    pub(super) beginner: Beginner,
}

/// Who moves first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginner {
    /// Who did not propose the game.
    Partner,
    /// Whoever the coin says.
    Coin,
}

impl Proposal {
    /// The words that propose it, in their standard form.
    pub(super) fn words(&self) -> String {
        let mut words = format!("{PLAY}{}", self.game.name);
        let toss = match self.beginner {
            Beginner::Partner => "",
            Beginner::Coin => TOSS,
        };
        for option in [&self.options, toss] {
            if !option.is_empty() {
                words.push(' ');
                words.push_str(option);
            }
        }
        words
    }
}

/// What a line turns out to be, before the talk decides whether it is allowed now.
#[derive(Debug)]
pub(super) enum Parsed<'a> {
    Command(Command),
    /// `play GAME`.
    Play(Proposal),
    /// A single word that begins with a slash and is no command.
    UnknownCommand(&'a str),
    /// `play` and a single word that is no game.
    UnknownGame(&'a str),
    /// `play GAME` and options that this game does not have.
    UnknownOptions(&'static games::Entry),
    /// Anything else: a message, or a move. Holds the line that counts as a move.
    Words(&'a str),
}

impl<'a> Parsed<'a> {
    /// Reads what was typed here, where a word that looks like a command and is none is a mistake.
    pub(super) fn of(line: &'a str) -> Self {
        let words = line.trim_end();
        let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
        if words.eq_ignore_ascii_case("/quit") {
            Self::Command(Command::Quit)
        } else if let Some(known) = Self::known(words) {
            known
        } else if words.strip_prefix('/').is_some_and(is_word) {
            Self::UnknownCommand(words)
        } else if let Some(name) = after_play(words)
            && is_word(name)
        {
            Self::UnknownGame(name)
        } else if let Some((game, options, _)) = after_play(words).and_then(game_and_options)
            && options.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        {
            Self::UnknownOptions(game)
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
            let (game, options, beginner) = game_and_options(after_play(line)?)?;
            Some(Self::Play(Proposal {
                game,
                options: game.options(&options)?,
                beginner,
            }))
        })
    }
}

/// What follows `play` in a line that begins with it.
fn after_play(line: &str) -> Option<&str> {
    let (play, name) = line.split_at_checked(PLAY.len())?;
    play.eq_ignore_ascii_case(PLAY).then_some(name)
}

/// The game that these words begin with, what stands behind its name, and who is to move first.
fn game_and_options(words: &str) -> Option<(&'static games::Entry, String, Beginner)> {
    let words = words.to_lowercase();
    let (tosses, words): (Vec<&str>, Vec<&str>) =
        words.split_whitespace().partition(|word| *word == TOSS);
    let beginner = match tosses.len() {
        0 => Beginner::Partner,
        1 => Beginner::Coin,
        _ => return None,
    };
    // No name of a game has more words.
    (1..=words.len().min(4)).rev().find_map(|count| {
        let (name, options) = words.split_at_checked(count)?;
        let game = games::find(&name.concat())?;
        Some((game, options.join(" "), beginner))
    })
}

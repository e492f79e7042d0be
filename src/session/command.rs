//! The commands of a session in one table, from which parsing, `/help` and completion derive.

use super::peer::Peer;
use super::refusal::Refusal;
use crate::games::{self, GAMES};
use crate::wire::QUIT;

/// A command that a person can type instead of a message.
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
    /// Describe the board in words.
    Describe,
    /// Show a good move.
    Hint,
    /// Offer to take back the last move, or accept that offer.
    Undo,
    /// Offer a draw, or accept one.
    Draw,
    /// Give up the running game.
    Resign,
    /// Play the last game again; the other side moves first.
    Rematch,
    /// Show the score against this partner.
    Score,
    /// Take the turn from a foreign partner whose program waits, too.
    Turn,
}

/// A row of the table of commands.
#[derive(Debug)]
struct CommandRow {
    command: Command,
    /// The word that a person types, in any case.
    word: &'static str,
    help: &'static str,
}

/// Every command once, in the order of `/help`.
const COMMANDS: &[CommandRow] = &[
    CommandRow {
        command: Command::Quit,
        word: QUIT,
        help: "leave; both programs end",
    },
    CommandRow {
        command: Command::Help,
        word: "/help",
        help: "show this list",
    },
    CommandRow {
        command: Command::Games,
        word: "/games",
        help: "list the games",
    },
    CommandRow {
        command: Command::Board,
        word: "/board",
        help: "show the board again",
    },
    CommandRow {
        command: Command::Describe,
        word: "/describe",
        help: "describe it in words",
    },
    CommandRow {
        command: Command::Hint,
        word: "/hint",
        help: "show a good move",
    },
    CommandRow {
        command: Command::Undo,
        word: "/undo",
        help: "take back your last move",
    },
    CommandRow {
        command: Command::Draw,
        word: "/draw",
        help: "offer or accept a draw",
    },
    CommandRow {
        command: Command::Resign,
        word: "/resign",
        help: "give up the game",
    },
    CommandRow {
        command: Command::Rematch,
        word: "rematch",
        help: "play the last game again",
    },
    CommandRow {
        command: Command::Score,
        word: "/score",
        help: "show your score",
    },
    CommandRow {
        command: Command::Turn,
        word: "/turn",
        help: "take the turn if both wait",
    },
];

/// Precedes what a person says during a game without taking a turn.
pub(super) const SAY: &str = "/say";

/// What it does, in a few words.
pub(super) const SAY_HELP: &str = "say something during a game";

/// The words after `/say`, if `line` begins with it.
pub(super) fn said(line: &str) -> Option<&str> {
    let (say, words) = line.split_at_checked(SAY.len())?;
    let is_said = say.eq_ignore_ascii_case(SAY)
        && (words.is_empty() || words.starts_with(char::is_whitespace));
    is_said.then(|| words.trim())
}

/// Separates the words of a person from what their program adds, in a message of one line.
pub(super) const LINE_GAP: &str = " | ";

/// Precedes the name of a game in a line that proposes it.
pub(super) const PLAY: &str = "play ";

/// Precedes the name of a game in a line that asks how it is played.
const HELP: &str = "/help ";

/// Follows the name of a game to let a coin toss decide which side moves first.
pub(super) const TOSS: &str = "--toss";

impl Command {
    /// The word that a person types.
    #[must_use]
    pub fn word(self) -> &'static str {
        // A unit test finds a command without a row.
        self.row().map_or("", |row| row.word)
    }

    /// What it does, in a few words.
    pub(super) fn help(self) -> &'static str {
        self.row().map_or("", |row| row.help)
    }

    fn row(self) -> Option<&'static CommandRow> {
        COMMANDS.iter().find(|row| row.command == self)
    }

    /// Every command, in the order of `/help`.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        COMMANDS.iter().map(|row| row.command)
    }
}

/// The lines of `/help`: what to type, and what it does.
#[must_use]
pub fn help_lines() -> Vec<(String, String)> {
    let say = (format!("{SAY} TEXT"), SAY_HELP.to_owned());
    let (commands, games): (Vec<_>, Vec<_>) =
        command_lines().partition(|(line, _)| !line.starts_with(PLAY));
    commands.into_iter().chain([say]).chain(games).collect()
}

/// The lines that can be typed as they are, with their meaning: the commands, then a proposal of each
/// game.
pub(super) fn command_lines() -> impl Iterator<Item = (String, String)> {
    let commands = COMMANDS
        .iter()
        .map(|spec| (spec.word.to_owned(), spec.help.to_owned()));
    let games = GAMES
        .iter()
        .map(|game| (format!("{PLAY}{}", game.name), game.about.to_owned()));
    commands.chain(games)
}

/// The commands that act at once, on either side's turn.
#[must_use]
pub fn asides() -> Vec<&'static str> {
    let asides = COMMANDS
        .iter()
        .filter(|spec| Parsed::Command(spec.command).timing() == Timing::AtOnce);
    asides.map(|spec| spec.word).collect()
}

/// Whether a line acts at once, on either side's turn: a command that takes no turn, or a comment.
pub(crate) fn acts_at_once(line: &str) -> bool {
    let is_aside = matches!(Parsed::of(line), Parsed::Command(command)
        if Parsed::Command(command).timing() == Timing::AtOnce);
    is_aside || said(line).is_some()
}

/// The lines of `/games` for these games: what to type, and what the game is.
pub(super) fn game_lines<'a>(
    games: impl Iterator<Item = &'a games::Entry>,
) -> Vec<(String, String)> {
    games
        .map(|game| game.line(|words| format!("{PLAY}{words}")))
        .collect()
}

/// What a game is, with its options.
pub(super) fn about(game: &games::Entry) -> String {
    let (_, about) = game.line(|words| format!("{PLAY}{words}"));
    about
}

/// The canonical line that proposes the game a person calls `words`: `play tictactoe` for
/// `Tic Tac Toe`.
///
/// # Errors
/// [`Refusal`] if there is no such game, or it does not have these options.
pub fn proposal(words: &str) -> Result<String, Refusal> {
    let line = format!("{PLAY}{words}");
    match Parsed::of(&line) {
        Parsed::Play(proposal) => Ok(proposal.words()),
        Parsed::UnknownOptions(game) => Err(Refusal::UnknownOptions(game)),
        _ => match game_and_options(words, Names::AndAliases) {
            Some((game, ..)) => Err(Refusal::UnknownOptions(game)),
            None => Err(Refusal::UnknownGame(words.to_owned())),
        },
    }
}

/// A proposal to play a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) game: &'static games::Entry,
    /// In canonical form.
    pub(super) options: String,
    pub(super) beginner: Beginner,
}

/// The side that moves first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginner {
    /// The side that did not propose the game.
    Partner,
    /// The side that a coin toss decides.
    Coin,
}

impl Proposal {
    /// The canonical line that proposes it.
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

/// The names by which a game is recognized.
#[derive(Debug, Clone, Copy)]
enum Names {
    /// Its own: in turns as they are sent and stored. An older program sends an alias as chat, and
    /// both ends have to understand a turn alike.
    Only,
    /// Its own and its aliases: in lines that a person typed.
    AndAliases,
}

/// A parsed line. Whether it is allowed depends on the activity.
#[derive(Debug)]
pub(super) enum Parsed<'a> {
    Command(Command),
    /// `play GAME`.
    Play(Proposal),
    /// `/help GAME`.
    HelpOn(&'static games::Entry),
    /// A single word with a slash that is not a command.
    UnknownCommand(&'a str),
    /// `play` and a single word that is not a game.
    UnknownGame(&'a str),
    /// `play GAME` and options that the game does not have.
    UnknownOptions(&'static games::Entry),
    /// Anything else: a message or a move.
    Words(&'a str),
}

/// When a line takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// At once, on either side's turn: it takes no turn itself.
    AtOnce,
    /// On the turn of the side that enters it.
    OnTurn,
}

impl<'a> Parsed<'a> {
    /// When this takes effect. Mistakes are explained at once.
    pub(super) fn timing(&self) -> Timing {
        match self {
            Self::Command(command) => match command {
                Command::Quit
                | Command::Help
                | Command::Games
                | Command::Board
                | Command::Describe
                | Command::Hint
                | Command::Score
                | Command::Turn => Timing::AtOnce,
                Command::Undo | Command::Draw | Command::Resign | Command::Rematch => {
                    Timing::OnTurn
                }
            },
            Self::HelpOn(_)
            | Self::UnknownCommand(_)
            | Self::UnknownGame(_)
            | Self::UnknownOptions(_) => Timing::AtOnce,
            Self::Play(_) | Self::Words(_) => Timing::OnTurn,
        }
    }

    /// Parses a line that was typed here. A word that looks like a command but is none is a mistake.
    pub(super) fn of(line: &'a str) -> Self {
        let words = line.trim_end();
        let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
        if words.eq_ignore_ascii_case("/quit") {
            Self::Command(Command::Quit)
        } else if let Some(known) = Self::known(words, Names::AndAliases) {
            known
        } else if let Some(game) = after(HELP, words).and_then(games::find) {
            Self::HelpOn(game)
        } else if let Some(name) = after(HELP, words)
            && is_word(name)
        {
            Self::UnknownGame(name)
        } else if words.strip_prefix('/').is_some_and(is_word) {
            Self::UnknownCommand(words)
        } else if let Some(name) = after_play(words)
            && is_word(name)
        {
            Self::UnknownGame(name)
        } else if let Some((game, options, _)) =
            after_play(words).and_then(|words| game_and_options(words, Names::AndAliases))
            && options.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        {
            Self::UnknownOptions(game)
        } else {
            Self::Words(line)
        }
    }

    /// Whether `text` has several lines, of which the first or last is a command or starts a game.
    /// A peer that reads only one of its lines would take it for something else.
    pub(super) fn is_more_than_a_command(text: &'a str) -> bool {
        let is_command = |line: &'a str| Self::known(line.trim_end(), Names::AndAliases).is_some();
        text.split_once('\n').is_some_and(|(first, rest)| {
            is_command(first) || rest.lines().next_back().is_some_and(is_command)
        })
    }

    /// Parses a message of this peer. A message of a tictalk program is in canonical form. A foreign
    /// message is parsed as a person would type it, and only its first line counts; in the `lines`
    /// dialect, only the part before [`LINE_GAP`].
    pub(super) fn of_partner(text: &'a str, peer: Peer) -> Self {
        let (first, names) = if peer.is_foreign() {
            let first = text.lines().next().unwrap_or(text);
            let mut parts = first.split(LINE_GAP).take_while(|_| peer.reads_lines());
            (parts.next().unwrap_or(first), Names::AndAliases)
        } else {
            (text, Names::Only)
        };
        let about = after(HELP, first.trim_end()).filter(|_| peer.is_foreign());
        let about = about.and_then(games::find).map(Self::HelpOn);
        let known = || Self::known(first.trim_end(), names);
        about.or_else(known).unwrap_or(Self::Words(first))
    }

    fn known(line: &'a str, names: Names) -> Option<Self> {
        let command = COMMANDS
            .iter()
            .find(|spec| spec.word.eq_ignore_ascii_case(line))
            .map(|spec| Self::Command(spec.command));
        command.or_else(|| {
            // Only one line can start a game.
            let words = after_play(line).filter(|words| !words.contains('\n'))?;
            let (game, options, beginner) = game_and_options(words, names)?;
            Some(Self::Play(Proposal {
                game,
                options: game.options(&options)?,
                beginner,
            }))
        })
    }
}

/// The rest of a line that begins with `play`.
fn after_play(line: &str) -> Option<&str> {
    after(PLAY, line)
}

/// The rest of a line that begins with `start`, in any case.
fn after<'a>(start: &str, line: &'a str) -> Option<&'a str> {
    let (begin, rest) = line.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

/// The game at the start of `words`, its options, and which side moves first.
fn game_and_options(
    words: &str,
    names: Names,
) -> Option<(&'static games::Entry, String, Beginner)> {
    let words = words.to_lowercase();
    let (tosses, words): (Vec<&str>, Vec<&str>) =
        words.split_whitespace().partition(|word| *word == TOSS);
    let beginner = match tosses.len() {
        0 => Beginner::Partner,
        1 => Beginner::Coin,
        _ => return None,
    };
    // No game has a name of more words.
    (1..=words.len().min(4)).rev().find_map(|count| {
        let (name, options) = words.split_at_checked(count)?;
        let game = match names {
            Names::Only => games::find(&name.concat()),
            Names::AndAliases => games::find_called(&name.concat()),
        }?;
        Some((game, options.join(" "), beginner))
    })
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, Command};

    #[test]
    fn every_command_has_one_row() {
        // Exhaustive, so that a new command has to be added here.
        let next = |command| match command {
            Command::Quit => Some(Command::Help),
            Command::Help => Some(Command::Games),
            Command::Games => Some(Command::Board),
            Command::Board => Some(Command::Describe),
            Command::Describe => Some(Command::Hint),
            Command::Hint => Some(Command::Undo),
            Command::Undo => Some(Command::Draw),
            Command::Draw => Some(Command::Resign),
            Command::Resign => Some(Command::Rematch),
            Command::Rematch => Some(Command::Score),
            Command::Score => Some(Command::Turn),
            Command::Turn => None,
        };
        for command in std::iter::successors(Some(Command::Quit), |command| next(*command)) {
            let rows = COMMANDS.iter().filter(|spec| spec.command == command);
            assert_eq!(rows.count(), 1, "{command:?}");
        }
    }
}

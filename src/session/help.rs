//! The texts of `/help` and `/games`. Their lines fit a screen of 40 columns.

use super::command::{Command, SAY_HELP, about, game_lines};
use super::role::Side;
use crate::games::{Entry, GAMES, GameId, Rules};
use crate::text::two_columns;

/// What `/help` explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The session, while no game is running.
    Chat,
    /// The running game.
    Playing {
        /// The form of a move.
        moves: &'static str,
    },
    /// How this game is played.
    Rules(&'static Entry),
}

/// The part of `/help` that lists a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Chat,
    Games,
    Playing,
}

/// The width of the list of games, in columns.
const NARROW: usize = 40;

impl Group {
    fn of(command: Command) -> Self {
        match command {
            Command::Quit | Command::Score | Command::Turn => Self::Chat,
            Command::Help | Command::Games | Command::Rematch => Self::Games,
            Command::Board
            | Command::Describe
            | Command::Hint
            | Command::Undo
            | Command::Draw
            | Command::Resign => Self::Playing,
        }
    }

    /// The commands of this group, and what they do.
    fn lines(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let commands = Command::all().filter(move |command| Self::of(*command) == self);
        commands.map(|command| match command {
            Command::Help => ("/help GAME", "explain a game"),
            command => (command.word(), command.help()),
        })
    }
}

/// The commands of a running game, and what they do.
pub(crate) fn playing_lines() -> Vec<(&'static str, &'static str)> {
    Group::Playing.lines().collect()
}

/// The text of `/help` on this topic for `reader`.
pub(super) fn help(topic: Topic, reader: Side) -> String {
    match topic {
        Topic::Chat => {
            let chat: Vec<_> = Group::Chat.lines().collect();
            let mut games: Vec<_> = Group::Games.lines().collect();
            games.insert(0, ("play GAME", "play with your partner"));
            let names: Vec<&str> = playable(reader).map(|game| game.name).collect();
            format!(
                "Chat: all other text is sent.{}\n{}{}\nWhile playing, /help lists more.",
                two_columns(&chat),
                wrapped("Games:", &names.join(", ")),
                two_columns(&games),
            )
        }
        Topic::Playing { moves } => {
            let mut lines = playing_lines();
            // A partner who asks is at another program, which has no comments.
            if reader == Side::Me {
                lines.push(("/say TEXT", SAY_HELP));
            }
            lines.push((Command::Quit.word(), Command::Quit.help()));
            format!(
                "Anything else must be a move. {moves}{}",
                two_columns(&lines)
            )
        }
        Topic::Rules(game) => rules(game),
    }
}

/// The text of `/games` for `reader`.
pub(super) fn games(reader: Side) -> String {
    let games = two_columns(&game_lines(playable(reader)));
    format!(
        "Games you can play:{games}\nYour partner moves first; with --toss a coin toss decides."
    )
}

/// The games that `reader` can play. A partner who asks is at another program, which cannot check
/// secrets.
fn playable(reader: Side) -> impl Iterator<Item = &'static Entry> {
    GAMES.iter().filter(move |game| match game.rules {
        Rules::Open(_) => true,
        Rules::Secret { .. } => reader == Side::Me,
    })
}

/// How a game is played.
fn rules(game: &Entry) -> String {
    let moves = match game.rules {
        Rules::Open(start) => start("").moves(),
        Rules::Secret { start, .. } => start("", GameId([0; 32])).moves(),
    };
    let Entry { name, .. } = game;
    let about = about(game);
    format!("{name}: {about}.\n{moves}\nType play {name} to start.")
}

/// A heading and a list in lines of at most [`NARROW`] columns.
fn wrapped(heading: &str, list: &str) -> String {
    let mut text = heading.to_owned();
    let mut width = heading.len();
    for word in list.split(' ') {
        if width + 1 + word.len() > NARROW {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + word.len();
    }
    text
}

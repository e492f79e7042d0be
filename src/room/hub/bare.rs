//! Lines that are moves or commands although they have no slash.

use super::offers::game_and_rest;
use super::{Hub, Sender};
use crate::games;
use crate::room::refusal::RoomRefusal;
use crate::wire::MemberId;
use std::sync::Arc;

/// Maximum length of a line that is taken for a move, in bytes: more than any move has.
const MOVE_LENGTH: usize = 32;

/// Maximum length of a line that is taken for a command.
const COMMAND_LENGTH: usize = 128;

/// What a line without a slash means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    /// A legal move of a game in which it is the speaker's turn.
    Move(&'a str),
    /// `play` with these words after it, as in a pair.
    Play(&'a str),
    /// `rematch`, as in a pair.
    Rematch,
    /// A message to everybody.
    Message,
}

impl Hub {
    /// What a line means that is no command with a slash. A line that begins with a space is always
    /// a message.
    ///
    /// # Errors
    /// [`RoomRefusal`] if the line is a move of the speaker's game that is not legal now, such as a
    /// square that is taken, or a secret that comes too early.
    pub(super) fn meaning<'a>(
        &self,
        by: &Sender,
        line: &'a str,
    ) -> Result<Meaning<'a>, RoomRefusal> {
        let words = line.trim_end();
        if by.id == MemberId::HOST
            || words.len() > COMMAND_LENGTH
            || words.starts_with(char::is_whitespace)
            || words.contains('\n')
        {
            return Ok(Meaning::Message);
        }
        let seated = self.seat_of(by.id);
        if let Some((id, seat)) = seated
            && words.len() <= MOVE_LENGTH
            && let Some(table) = self.tables.get(&id)
        {
            let is_turn = table.mover() == Some(seat);
            match table.allows(words) {
                Ok(()) if is_turn => return Ok(Meaning::Move(words)),
                Err(illegal) if is_turn && table.knows(words) => {
                    return Err(RoomRefusal::IllegalLine(illegal));
                }
                // A move that comes too early is not meant for everybody, and a throw must not be
                // read by the opponent.
                Ok(()) => {
                    let mover = Arc::clone(&table.player(seat.other()).name);
                    return Err(RoomRefusal::EarlyLine(mover));
                }
                Err(_) => {}
            }
        }
        let member = self.members.get(&by.id);
        let has_last_game = member.is_some_and(|member| member.last_game.is_some());
        if words.eq_ignore_ascii_case("rematch") && has_last_game && seated.is_none() {
            return Ok(Meaning::Rematch);
        }
        Ok(match words.split_once(' ') {
            Some((play, rest)) if play.eq_ignore_ascii_case("play") && self.is_challenge(rest) => {
                Meaning::Play(rest)
            }
            _ => Meaning::Message,
        })
    }

    /// Whether these words are a game, perhaps with options, and at most the name of a member after
    /// it. Anything else after `play` is part of a message.
    fn is_challenge(&self, words: &str) -> bool {
        let Some((game, rest)) = game_and_rest(words) else {
            let name: String = words.split_whitespace().collect();
            return games::find_called(&name).is_some();
        };
        (0..=rest.len()).any(|at| {
            let (options, name) = rest.split_at(at);
            let is_name = name.is_empty() || self.is_opponent(name);
            is_name && game.options(&options.join(" ").to_lowercase()).is_some()
        })
    }
}

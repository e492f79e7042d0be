//! A computer partner: what it says when it is its turn. It understands games and nothing else, and
//! says so.

use crate::games::{Chance, Forecast, GAMES, Game, Rules, Skill};
use crate::session::{Command, Offer};

/// All that the computer partner knows when it is asked for a line.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The running game, if any.
    pub game: Option<Box<dyn Game>>,
    /// What the partner has offered in it.
    pub offer: Option<Offer>,
    /// What the partner said last, if it was meant for people.
    pub heard: Option<String>,
    /// What has been played last is over, and nothing has been said of it yet.
    pub is_game_over: bool,
    /// How often in a row what it said was refused.
    pub refused: u32,
    /// Whether the partner has this program too, and can check secrets.
    pub plays_secrets: bool,
    /// What to propose before anything else: `play connect4`.
    pub wish: Option<String>,
}

/// What every greeting begins with; two programs that hear it of each other stop talking.
const INTRODUCTION: &str = "I am a program and understand only games.";

/// Said behind a game. A program that hears just this takes its leave; a person who is polite says it
/// in other words.
const WELL_PLAYED: &str = "Well played. Type rematch to play it again.";

/// How often a line may be refused before there is no use in going on.
const PATIENCE: u32 = 3;

/// What the computer partner says; `None` when it leaves. A move may take some seconds to find.
#[must_use]
pub fn answer(situation: &Situation, skill: Skill, chance: &mut Chance) -> Option<String> {
    if situation.refused >= PATIENCE {
        return None;
    }
    match &situation.game {
        Some(game) => Some(match (situation.refused, situation.offer) {
            (0, None) => play(game.as_ref(), skill, chance),
            (0, Some(offer)) => consider(offer, game.as_ref(), skill, chance),
            _ => Command::Resign.word().to_owned(),
        }),
        None => converse(situation),
    }
}

/// A move.
fn play(game: &dyn Game, skill: Skill, chance: &mut Chance) -> String {
    if let Some(advice) = game.advise(skill, chance) {
        return advice.words;
    }
    match chance.pick(&game.legal()) {
        Some(words) => words.clone(),
        // Where the game can neither list a move nor advise one, it cannot be played alone.
        None => Command::Resign.word().to_owned(),
    }
}

/// Agrees to an offer, or says why not.
fn consider(offer: Offer, game: &dyn Game, skill: Skill, chance: &mut Chance) -> String {
    match offer {
        Offer::Undo => Command::Undo.word().to_owned(),
        // It is the other side's move: what is good for that is bad for this one.
        Offer::Draw => match game.advise(skill, chance).and_then(|it| it.forecast) {
            Some(Forecast::Loses(_)) => "No, I am winning.".to_owned(),
            _ => Command::Draw.word().to_owned(),
        },
    }
}

/// Something plain to say outside of a game.
fn converse(situation: &Situation) -> Option<String> {
    if let Some(wish) = &situation.wish {
        return Some(wish.clone());
    }
    let heard = situation.heard.as_deref().unwrap_or_default();
    let first_game = games(situation).next().unwrap_or_default();
    if heard.starts_with(INTRODUCTION) {
        return Some(first_game);
    }
    if situation.is_game_over {
        return Some(WELL_PLAYED.to_owned());
    }
    if heard == WELL_PLAYED {
        return None;
    }
    let games: Vec<String> = games(situation).collect();
    Some(format!(
        "{INTRODUCTION} Type one of: {}. /help lists the rest.",
        games.join(", ")
    ))
}

/// What can be played with this partner, as it is typed.
fn games(situation: &Situation) -> impl Iterator<Item = String> {
    let fair = GAMES.iter().filter(|game| match game.rules {
        Rules::Open(_) => true,
        Rules::Secret { .. } => situation.plays_secrets,
    });
    fair.map(|game| format!("play {}", game.name))
}

//! A computer partner. It only plays games, and says so.

use crate::games::{Chance, Entry, Forecast, GAMES, Game, Rules, Skill};
use crate::session::{Command, Offer, proposal};

/// The input for the next line of the computer partner.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The running game, if any.
    pub game: Option<Box<dyn Game>>,
    /// The partner's open offer in the game.
    pub offer: Option<Offer>,
    /// The partner's last line, unless it was a command or a move.
    pub heard: Option<String>,
    /// Whether a game has just ended without a word about it yet.
    pub is_game_over: bool,
    /// How many lines in a row were refused.
    pub refused: u32,
    /// Whether the partner runs this program too, and can check secrets.
    pub plays_secrets: bool,
    /// A game to propose first: `play connect4`.
    pub wish: Option<String>,
}

impl Situation {
    /// The next line is a move in this game, or any words if there is none. The partner runs this
    /// program too, and has said nothing else.
    #[must_use]
    pub fn of(game: Option<Box<dyn Game>>) -> Self {
        Self {
            game,
            offer: None,
            heard: None,
            is_game_over: false,
            refused: 0,
            plays_secrets: true,
            wish: None,
        }
    }
}

/// The start of every greeting. Two computer partners recognize each other by it and begin to play.
const INTRODUCTION: &str = "I only play games. Pick one: ";

/// The same in older versions of this program.
const OLD_INTRODUCTION: &str = "I am a program and understand only games.";

/// Said after a game. A computer partner that receives exactly this line quits.
const WELL_PLAYED: &str = "Well played. Type rematch to play it again.";

/// The number of refused lines after which the computer partner quits.
const PATIENCE: u32 = 3;

/// The next line of the computer partner; `None` if it quits. A move may take a few seconds.
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
        // A game that neither lists nor suggests a move cannot be played by a program.
        None => Command::Resign.word().to_owned(),
    }
}

/// Accepts an offer, or declines it with a reason.
fn consider(offer: Offer, game: &dyn Game, skill: Skill, chance: &mut Chance) -> String {
    match offer {
        Offer::Undo => Command::Undo.word().to_owned(),
        // The other side is to move: its loss is this side's win. A beginner does not see that far.
        Offer::Draw if skill == Skill::Easy => Command::Draw.word().to_owned(),
        Offer::Draw => match game
            .advise(Skill::Perfect, chance)
            .and_then(|it| it.forecast)
        {
            Some(Forecast::Loses(_)) => "No, I am winning.".to_owned(),
            _ => Command::Draw.word().to_owned(),
        },
    }
}

/// A line outside a game.
fn converse(situation: &Situation) -> Option<String> {
    if let Some(wish) = &situation.wish {
        return Some(wish.clone());
    }
    let heard = situation.heard.as_deref().unwrap_or_default();
    if [INTRODUCTION, OLD_INTRODUCTION]
        .iter()
        .any(|greeting| heard.starts_with(greeting))
    {
        return games(situation).next().map(|game| play_line(game.name));
    }
    // A game that the partner has chosen is more than a word about the last one.
    if let Ok(proposal) = proposal(heard)
        && games(situation).any(|game| is_for(&proposal, game))
    {
        return Some(proposal);
    }
    if situation.is_game_over {
        return Some(WELL_PLAYED.to_owned());
    }
    if heard == WELL_PLAYED {
        return None;
    }
    let names: Vec<&str> = games(situation).map(|game| game.name).collect();
    Some(format!("{INTRODUCTION}{}.", names.join(", ")))
}

/// Whether this line proposes `game`.
fn is_for(proposal: &str, game: &Entry) -> bool {
    let mut words = proposal.split(' ').skip(1);
    words.next() == Some(game.name)
}

/// The line that proposes the game of this name.
fn play_line(name: &str) -> String {
    format!("play {name}")
}

/// The games that this partner can play.
fn games(situation: &Situation) -> impl Iterator<Item = &'static Entry> {
    GAMES.iter().filter(|game| match game.rules {
        Rules::Open(_) => true,
        Rules::Secret { .. } => situation.plays_secrets,
    })
}

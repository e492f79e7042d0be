//! A game and how it is set up.

use crate::games::{self, Entry, Game, Options, Rules, Skill};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A game and how to set it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SetupRecord", into = "SetupRecord")]
pub(super) struct Setup {
    pub(super) game: &'static Entry,
    /// In standard form.
    pub(super) options: String,
    /// How well the computer plays, if it does.
    pub(super) skill: Skill,
}

/// A [`Setup`] with the name of its game.
#[derive(Serialize, Deserialize)]
struct SetupRecord {
    game: String,
    options: String,
    skill: Skill,
}

/// The error of a [`SetupRecord`] that fits no game of this version.
#[derive(Debug, thiserror::Error)]
#[error("unknown game or options")]
struct UnknownSetup;

impl Setup {
    /// The setup of this game with options in standard form; `None` if there is none in rooms.
    pub(super) fn read(game: &str, options: &str, skill: Skill) -> Option<Self> {
        let game = games::find(game).filter(|game| game.is_refereed())?;
        // Options are data of a file: only those that the game has are used.
        let options = game.options(options).filter(|read| read == options)?;
        Some(Self {
            game,
            options,
            skill,
        })
    }
}

impl From<Setup> for SetupRecord {
    fn from(setup: Setup) -> Self {
        let Setup {
            game,
            options,
            skill,
        } = setup;
        Self {
            game: game.name.to_owned(),
            options,
            skill,
        }
    }
}

impl TryFrom<SetupRecord> for Setup {
    type Error = UnknownSetup;

    fn try_from(record: SetupRecord) -> Result<Self, UnknownSetup> {
        Self::read(&record.game, &record.options, record.skill).ok_or(UnknownSetup)
    }
}

/// A game of each kind before its first move: all games of a kind share the tables of its search.
#[derive(Debug, Default)]
pub(super) struct Models(BTreeMap<&'static str, Box<dyn Game>>);

impl Models {
    /// The model of this game, if its games share tables.
    pub(super) fn of(&mut self, game: &'static Entry) -> Option<Box<dyn Game>> {
        let (Rules::Open(start), Options::None) = (&game.rules, &game.options) else {
            return None;
        };
        let model = self.0.entry(game.name).or_insert_with(|| start(""));
        Some(model.clone())
    }

    /// Makes this the model of all games of its kind, if there is none yet.
    pub(super) fn adopt(&mut self, game: &'static Entry, model: &dyn Game) {
        self.0.entry(game.name).or_insert_with(|| model.boxed());
    }
}

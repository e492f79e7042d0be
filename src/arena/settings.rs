//! The settings of a tournament.

use super::contender::Contender;
use super::record::EarlierResults;
use crate::games::{Chance, Entry};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A tournament to be played.
#[derive(Debug, Clone)]
pub struct Tournament {
    /// The game.
    pub game: &'static Entry,
    /// Its options in their standard form.
    pub options: String,
    /// The players, each with the word that names it on the command line.
    pub players: Vec<(String, Contender)>,
    /// How many rounds: in each, all play all others twice.
    pub rounds: u32,
    /// The time for a move of a program.
    pub move_time: Duration,
    /// The seed of everything that is left to chance.
    pub seed: u64,
    /// How many moves an opening has.
    pub opening: u32,
    /// How many games are played at once.
    pub jobs: usize,
    /// The folder of the journal; `None` stores nothing.
    pub folder: Option<PathBuf>,
    /// The use of the results of an interrupted run.
    pub earlier: EarlierResults,
}

impl Tournament {
    /// Everything that the results depend on, as one line of JSON.
    pub(super) fn description(&self) -> io::Result<String> {
        let mut players = Vec::new();
        for (word, contender) in &self.players {
            let digest = match contender {
                Contender::Program {
                    file: Some(file), ..
                } => Some(crate::hex::digits(&Sha256::digest(std::fs::read(file)?))),
                Contender::Program { file: None, .. }
                | Contender::Level(_)
                | Contender::Remote { .. } => None,
            };
            let folder = std::env::current_dir()
                .ok()
                .filter(|_| matches!(contender, Contender::Program { .. }));
            players.push(json!({ "word": word, "folder": folder, "digest": digest }));
        }
        let description = json!({
            "tournament": 1,
            "game": self.game.name,
            "options": self.options,
            "players": players,
            "move_time": self.move_time.as_millis() as u64,
            "seed": self.seed,
            "opening": self.opening,
        });
        Ok(description.to_string())
    }

    /// The source of chance for this purpose.
    pub(super) fn chance(&self, purpose: &str, number: u32) -> Chance {
        let seed = Sha256::new()
            .chain_update("tictalk tournament")
            .chain_update(self.seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update(purpose);
        Chance::new(seed.finalize().into())
    }
}

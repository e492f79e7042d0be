//! The automatic turns: answers with their proofs, and openings.

use super::fleet::{Fleet, Ship, ShotResult};
use super::merkle::MerkleProof;
use crate::games::Lie;
use crate::games::seal::{Opening, Salt};

/// The fleet and the salt that `words` open. They are not checked against a seal.
pub(super) fn opened(words: &str) -> Option<(Fleet, Salt)> {
    let opening: Opening = words.strip_prefix("fleet ")?.parse().ok()?;
    Some((Fleet::read(&opening.secret)?, opening.salt))
}

/// The answer in `words`, and its proof.
pub(super) fn read_answer(words: &str) -> Result<(ShotResult, MerkleProof), Lie> {
    let (answer, proof) = words.split_once(' ').unwrap_or((words, ""));
    let (answer, proof) = match answer {
        "miss" => (ShotResult::Miss, proof),
        "hit" => (ShotResult::Hit, proof),
        "sunk" => {
            let (ship, proof) = proof.split_once(' ').unwrap_or((proof, ""));
            let ship = Ship::named(ship).ok_or(Lie::FalseAnswer)?;
            (ShotResult::Sunk(ship), proof)
        }
        _ => return Err(Lie::NoMove),
    };
    Ok((answer, proof.parse().map_err(|_| Lie::NotShown)?))
}

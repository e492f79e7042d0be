//! What all machines must agree on.

use super::stream::Stream;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use tictalk::cluster::{Applied, ClusterChange, Genesis, Replica};
use tictalk::room::{HubEffect, PostRecord};

/// A replica that applies each message as soon as the engine has stored it.
pub(super) struct Oracle {
    pub(super) replica: Replica,
    pub(super) journal: Vec<PostRecord>,
    /// What each message after the first has caused.
    verdicts: Vec<Verdict>,
    /// Each message with a number that this divides has its whole state compared.
    every: u64,
}

struct Verdict {
    effects: Vec<HubEffect>,
    /// The machines that have come and gone.
    changes: Vec<ClusterChange>,
    state: Option<u64>,
}

fn digest(replica: &Replica) -> u64 {
    let mut hasher = DefaultHasher::new();
    replica.save().unwrap().hash(&mut hasher);
    hasher.finish()
}

/// The changes that do not depend on what a machine remembers of checkpoints.
fn coming_and_going(changes: &[ClusterChange]) -> Vec<ClusterChange> {
    let is_it =
        |it: &&ClusterChange| matches!(it, ClusterChange::Joined { .. } | ClusterChange::Gone(..));
    changes.iter().filter(is_it).cloned().collect()
}

impl Oracle {
    pub(super) fn new(genesis: Genesis, stream: &Stream, every: u64) -> Self {
        Self {
            replica: Replica::begin(genesis, stream.message(1).at),
            journal: Vec::new(),
            verdicts: Vec::new(),
            every,
        }
    }

    /// Applies what is new in the stream.
    pub(super) fn read(&mut self, stream: &Stream) {
        while self.replica.applied() < stream.last() {
            let sequence = self.replica.applied() + 1;
            let message = stream.message(sequence);
            let applied = self.replica.apply(sequence, message.at, &message.bytes);
            for effect in &applied.effects {
                if let HubEffect::Store(record) = effect {
                    assert_eq!(record.post.id.0, self.journal.len() as u64 + 1, "a gap");
                    assert_eq!(record.input, Some(sequence));
                    self.journal.push(record.clone());
                }
            }
            let is_compared = sequence.is_multiple_of(self.every);
            self.verdicts.push(Verdict {
                effects: applied.effects,
                changes: coming_and_going(&applied.changes),
                state: is_compared.then(|| digest(&self.replica)),
            });
        }
    }

    /// Checks what a machine has made of its last message.
    pub(super) fn check(&self, replica: &Replica, applied: &Applied) {
        let sequence = replica.applied();
        let verdict = &self.verdicts[usize::try_from(sequence).unwrap() - 2];
        assert_eq!(applied.effects, verdict.effects, "effects of {sequence}");
        let changes = coming_and_going(&applied.changes);
        assert_eq!(changes, verdict.changes, "changes of {sequence}");
        let differs = |it: &ClusterChange| matches!(it, ClusterChange::Differs(..));
        assert!(
            !applied.changes.iter().any(differs),
            "{:?}",
            applied.changes
        );
        if let Some(state) = verdict.state {
            assert_eq!(digest(replica), state, "the state after {sequence}");
        }
    }
}

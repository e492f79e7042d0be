//! The secrets by which clients get a private line: one code at a time, and the keys that are known.

use crate::net::LinePolicy;
use crate::net::key_exchange::{ChosenSecret, Guess, LineSecrets};
use crate::wire::{LineKey, PrivateRefusal, ServerOpening};
use crate::words::Code;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many keys are known, the newest ones. Each connection costs a digest of each.
const KEYS: usize = 1_024;

/// The secrets of a server. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct ServerSecrets {
    lines: LinePolicy,
    state: Arc<Mutex<KnownSecrets>>,
    missed: Arc<Notify>,
}

/// The secrets of a server for one visitor. Dropping them gives up a code that the visitor has used: it
/// did not become a candidate.
#[derive(Debug)]
pub(super) struct VisitSecrets {
    shared: ServerSecrets,
    has_used_code: AtomicBool,
}

impl VisitSecrets {
    /// The visitor is a candidate, and the code is its own.
    pub(super) fn keep(self) {
        self.has_used_code.store(false, Ordering::Relaxed);
    }
}

impl Drop for VisitSecrets {
    fn drop(&mut self) {
        if self.has_used_code.load(Ordering::Relaxed) {
            self.shared.miss();
        }
    }
}

#[derive(Debug)]
struct KnownSecrets {
    /// From the oldest.
    keys: VecDeque<LineKey>,
    code: CodeState,
}

/// What became of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CodeState {
    /// No code was given out.
    Missing,
    /// One client can use it.
    Valid(Code),
    /// A client has used it.
    Used,
    /// A client has guessed wrong.
    Burnt,
}

impl ServerSecrets {
    pub(super) fn new(lines: LinePolicy) -> Self {
        let state = KnownSecrets {
            keys: VecDeque::new(),
            code: CodeState::Missing,
        };
        Self {
            lines,
            state: Arc::new(Mutex::new(state)),
            missed: Arc::new(Notify::new()),
        }
    }

    /// Whether a visitor without a private line is served.
    pub(super) fn lines(&self) -> LinePolicy {
        self.lines
    }

    /// Adds a key, and drops the oldest of too many.
    pub(super) fn add(&self, key: LineKey) {
        let mut state = self.state();
        state.keys.retain(|known| *known != key);
        state.keys.push_back(key);
        if state.keys.len() > KEYS {
            state.keys.pop_front();
        }
    }

    /// Removes a key.
    pub(super) fn remove(&self, key: &LineKey) {
        self.state().keys.retain(|known| known != key);
    }

    /// Nobody can use the code any more: the seat is taken.
    pub(super) fn withdraw_code(&self) {
        let mut state = self.state();
        if let CodeState::Valid(_) = state.code {
            state.code = CodeState::Used;
        }
    }

    /// What became of the code.
    pub(super) fn code(&self) -> CodeState {
        self.state().code.clone()
    }

    /// Gives out this code.
    pub(super) fn give_out(&self, code: Code) {
        self.state().code = CodeState::Valid(code);
    }

    /// The client that has used the code has not become the partner.
    pub(super) fn miss(&self) {
        let mut state = self.state();
        if state.code == CodeState::Used {
            state.code = CodeState::Missing;
            self.missed.notify_one();
        }
    }

    /// Waits until [`miss`](Self::miss) calls for another code.
    pub(super) async fn missed(&self) {
        self.missed.notified().await;
    }

    /// The secrets for one visitor.
    pub(super) fn for_visit(&self) -> VisitSecrets {
        VisitSecrets {
            shared: self.clone(),
            has_used_code: AtomicBool::new(false),
        }
    }

    fn state(&self) -> MutexGuard<'_, KnownSecrets> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineSecrets for VisitSecrets {
    fn choose(&self, opening: &ServerOpening) -> Result<ChosenSecret, PrivateRefusal> {
        let state = self.shared.state();
        // The newest first.
        if let Some((choice, key)) = opening.find(state.keys.iter().rev()) {
            return Ok(ChosenSecret::Key(choice, key.clone()));
        }
        match &state.code {
            CodeState::Valid(code) => Ok(ChosenSecret::Code(code.clone())),
            CodeState::Used => Err(PrivateRefusal::Busy),
            CodeState::Missing | CodeState::Burnt if self.shared.lines.takes_code() => {
                // The next code is about to be given out.
                Err(PrivateRefusal::Busy)
            }
            CodeState::Missing | CodeState::Burnt => Err(PrivateRefusal::NotPrivate),
        }
    }

    fn admits(&self, code: &Code) -> Result<(), PrivateRefusal> {
        match &self.shared.state().code {
            CodeState::Valid(valid) if valid == code => Ok(()),
            CodeState::Valid(_) | CodeState::Burnt | CodeState::Missing => {
                Err(PrivateRefusal::Burnt)
            }
            CodeState::Used => Err(PrivateRefusal::Busy),
        }
    }

    fn guessed(&self, _: &Code, guess: Guess) {
        self.shared.state().code = match guess {
            Guess::Right => {
                self.has_used_code.store(true, Ordering::Relaxed);
                CodeState::Used
            }
            Guess::Wrong => CodeState::Burnt,
        };
    }
}

//! Threads that search for the computer's moves and for hints, so that the room never waits.

use crate::room::{GameProblem, Solution};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::mpsc as events;

/// Number of searches at a time. One can take two seconds and needs a whole processor.
const THREADS: usize = 2;

/// Solves problems in the order in which they were added.
#[derive(Debug)]
pub(super) struct Thinker {
    solved: events::UnboundedSender<Solution>,
    /// Created with the first problem: most rooms have none.
    problems: Option<mpsc::Sender<GameProblem>>,
}

impl Thinker {
    /// Hands the solutions to `solved`.
    pub(super) fn new(solved: events::UnboundedSender<Solution>) -> Self {
        Self {
            solved,
            problems: None,
        }
    }

    /// Solves a problem. The hub limits how many are waiting.
    pub(super) fn add(&mut self, problem: GameProblem) {
        let problems = self.problems.get_or_insert_with(|| start(&self.solved));
        if let Err(mpsc::SendError(problem)) = problems.send(problem) {
            // No thread could be started.
            let _ = self.solved.send(problem.unsolved());
        }
    }
}

/// Starts the threads, which end with the sender.
fn start(solved: &events::UnboundedSender<Solution>) -> mpsc::Sender<GameProblem> {
    let (sender, problems) = mpsc::channel();
    let problems = Arc::new(Mutex::new(problems));
    for _ in 0..THREADS {
        let (problems, solved) = (Arc::clone(&problems), solved.clone());
        let thread = thread::Builder::new().name("thinker".to_owned());
        // With one thread less, problems wait longer.
        let _ = thread.spawn(move || work(&problems, &solved));
    }
    sender
}

fn work(problems: &Mutex<mpsc::Receiver<GameProblem>>, solved: &events::UnboundedSender<Solution>) {
    loop {
        let next = problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(problem) = next else {
            return;
        };
        // A search that panics costs one hint, and the computer then moves at random.
        let solution = catch_unwind(AssertUnwindSafe(|| problem.solve()));
        let solution = solution.unwrap_or_else(|_| problem.unsolved());
        if solved.send(solution).is_err() {
            return;
        }
    }
}

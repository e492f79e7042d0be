//! What all members know together.

use super::END;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};
use tictalk::wire::{Author, PostId, What};
use tokio::sync::watch;

/// How long nothing that a test waits for may take.
pub(super) const STALLED: Duration = Duration::from_secs(60);

/// How long a wait takes no notice of anything.
const PAUSE: Duration = Duration::from_millis(2);

/// What the members do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// They talk.
    Talking,
    /// Nobody says anything new.
    Calm,
    /// They are gone.
    Over,
}

/// What the threads of the test share.
pub(super) struct Storm {
    pub(super) began: Instant,
    pub(super) stage: watch::Sender<Stage>,
    ledger: Mutex<Ledger>,
    changed: Condvar,
    /// Whether a thread of the test has failed.
    has_failed: AtomicBool,
}

/// Tells the other threads when its thread fails.
pub(super) struct Alarm(pub(super) Arc<Storm>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.has_failed.store(true, Ordering::Relaxed);
        }
    }
}

/// What all members know together.
#[derive(Default)]
pub(super) struct Ledger {
    /// The posts that a member was shown.
    pub(super) shown: BTreeMap<PostId, (Author, What)>,
    /// How many lines of whom were shown, by name.
    pub(super) heard: BTreeMap<String, u64>,
    /// How many lines the members have said, and how many of them are acknowledged.
    pub(super) said: u64,
    pub(super) received: u64,
    /// How long members were away.
    pub(super) absences: Vec<Absence>,
    /// How many members have seen everything up to a post, by its number.
    pub(super) seen: BTreeMap<String, PostId>,
}

/// How long a member was away.
#[derive(Clone, Copy)]
pub(super) struct Absence {
    pub(super) time: Duration,
    /// Whether another machine has taken it in.
    pub(super) has_moved: bool,
    /// Whether its connection had not been lost before. Otherwise it waits for longer.
    pub(super) is_first: bool,
}

impl Storm {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            stage: watch::Sender::new(Stage::Talking),
            ledger: Mutex::default(),
            changed: Condvar::new(),
            has_failed: AtomicBool::new(false),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// Changes the ledger.
    pub(super) fn note(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.ledger());
        self.changed.notify_all();
    }

    /// Waits until this is so.
    pub(super) fn wait(&self, what: &str, mut is_so: impl FnMut(&Ledger) -> bool) {
        let begun = Instant::now();
        let mut ledger = self.ledger();
        while !is_so(&ledger) {
            assert!(!self.has_failed.load(Ordering::Relaxed), "see above");
            assert!(begun.elapsed() < STALLED, "waited for {what}");
            (ledger, _) = self.changed.wait_timeout(ledger, PAUSE).unwrap();
        }
    }

    /// Waits until this many more lines are acknowledged.
    pub(super) fn wait_for_lines(&self, more: u64) {
        let enough = self.ledger().received + more;
        self.wait("acknowledgements", |ledger| ledger.received >= enough);
    }
}

impl Ledger {
    /// The last post of all, once it was shown.
    pub(super) fn end(&self) -> Option<PostId> {
        let mut shown = self.shown.iter().rev();
        let is_end = |what: &What| matches!(what, What::Said { text } if **text == *END);
        shown.find(|(_, (_, what))| is_end(what)).map(|(id, _)| *id)
    }

    /// Notes that a member was shown a post: the same as all others.
    pub(super) fn show(&mut self, id: PostId, by: &Author, what: &What) {
        match self.shown.entry(id) {
            Entry::Occupied(shown) => {
                let (others_by, others_what) = shown.get();
                assert_eq!((by, what), (others_by, others_what), "{id:?} differs");
            }
            Entry::Vacant(entry) => {
                entry.insert((by.clone(), what.clone()));
                if let What::Said { .. } = what {
                    *self.heard.entry(by.name.to_string()).or_default() += 1;
                }
            }
        }
    }
}

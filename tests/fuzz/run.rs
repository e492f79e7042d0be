//! Makes inputs, tries them, and keeps those that show something.

use crate::source::Source;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, process, thread};

/// The variable that makes a run long.
const MINUTES: &str = "TICTALK_FUZZ_MINUTES";

/// Into how many targets that time is divided.
const TARGETS: u32 = 6;

/// How long an input may take before it counts as one without an end.
const ENDLESS: Duration = Duration::from_secs(60);

/// How many files of one target the corpus may have, besides crashes, and how many bytes each.
const FILES: usize = 33;
const BYTES: usize = 2_000;

/// A target of the fuzzer.
pub(crate) struct Target {
    /// Begins the names of its files in the corpus.
    pub(crate) name: &'static str,
    /// How many inputs an ordinary run tries.
    pub(crate) inputs: u32,
    /// The most bytes of an input that is made at random.
    pub(crate) longest: usize,
    /// Panics where something is not as promised.
    pub(crate) try_input: fn(&mut Source<'_>, &mut Marks),
}

/// The coverage so far: which kinds of effects and errors were reached from which inputs.
#[derive(Default)]
pub(crate) struct Marks {
    seen: HashSet<u64>,
    new: usize,
}

impl Marks {
    pub(crate) fn note(&mut self, mark: impl Hash) {
        // Always the same numbers, unlike those of a `HashMap`.
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(mark);
        self.new += usize::from(self.seen.insert(hash));
    }
}

/// Numbers that seem random (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit.max(1) as u64).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll().to_be_bytes()[0]).collect()
    }
}

/// Tries the corpus, and then as many inputs as this run has time for.
pub(crate) fn fuzz(target: &Target) {
    // One after the other: a long run takes one core.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut run = Run::new(target);
    for path in corpus(target.name) {
        let text = fs::read_to_string(&path).unwrap();
        let input = from_hex(&text).unwrap_or_else(|| panic!("{} is no hex", path.display()));
        run.try_input(input, Some(&path));
    }
    run.marks.new = 0;
    let replayed = run.inputs.len();
    let tried = match env::var(MINUTES).map(|text| text.parse::<f64>()) {
        Ok(Ok(minutes)) => run.for_time(Duration::from_secs_f64(minutes * 60.0) / TARGETS),
        Ok(Err(_)) => panic!("{MINUTES} is no number"),
        Err(_) => run.times(target.inputs),
    };
    println!(
        "{}: {replayed} inputs of the corpus, {tried} others, {} crashes",
        target.name,
        run.crashes.len()
    );
    assert!(
        run.crashes.is_empty(),
        "these inputs fail: {:?}",
        run.crashes
    );
}

/// The input that is being tried, and since when.
type Current = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// One run of one target.
struct Run<'target> {
    target: &'target Target,
    dice: Dice,
    marks: Marks,
    /// Inputs that have shown something new.
    inputs: Vec<Vec<u8>>,
    crashes: Vec<PathBuf>,
    /// The input that is being tried, for the watchdog.
    current: Current,
    /// Dropping it ends the watchdog.
    _running: Sender<()>,
}

impl<'target> Run<'target> {
    fn new(target: &'target Target) -> Self {
        let current = Current::default();
        let (name, watched) = (target.name, Arc::clone(&current));
        let (running, ended) = mpsc::channel();
        thread::spawn(move || watch(name, &watched, &ended));
        Self {
            target,
            dice: Dice(42),
            marks: Marks::default(),
            inputs: Vec::new(),
            crashes: Vec::new(),
            current,
            _running: running,
        }
    }

    /// The same inputs each time.
    fn times(&mut self, inputs: u32) -> u64 {
        for _ in 0..inputs {
            let input = self.make();
            self.try_input(input, None);
        }
        inputs.into()
    }

    /// Other inputs each time; what is new goes into the corpus.
    fn for_time(&mut self, time: Duration) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.dice = Dice(u64::try_from(since.as_nanos() & u128::from(u64::MAX)).unwrap());
        let begun = Instant::now();
        let mut tried = 0;
        while begun.elapsed() < time {
            let input = self.make();
            let is_new = self.try_input(input, None);
            tried += 1;
            if is_new {
                self.keep();
            }
        }
        tried
    }

    /// A new input, or one that has shown something, changed.
    fn make(&mut self) -> Vec<u8> {
        let dice = &mut self.dice;
        if self.inputs.is_empty() || dice.below(4) == 0 {
            let count = dice.below(self.target.longest) + 1;
            return dice.bytes(count);
        }
        let which = dice.below(self.inputs.len());
        let mut input = self.inputs[which].clone();
        for _ in 0..=dice.below(6) {
            let at = dice.below(input.len() + 1);
            let length = dice.below(20);
            let end = (at + length).min(input.len());
            match dice.below(6) {
                0 | 1 => {
                    if let Some(byte) = input.get_mut(at) {
                        *byte = dice.bytes(1)[0];
                    }
                }
                2 => drop(input.drain(at..end)),
                3 => {
                    let new = dice.bytes(length);
                    input.splice(at..at, new);
                }
                4 => {
                    let again = input[at..end].to_vec();
                    input.splice(at..at, again);
                }
                _ => {
                    let other = &self.inputs[dice.below(self.inputs.len())];
                    let from = dice.below(other.len() + 1);
                    let some = other[from..(from + 10 * length).min(other.len())].to_vec();
                    input.splice(at..end, some);
                }
            }
        }
        input.truncate(2 * self.target.longest);
        input
    }

    /// Whether it has shown something new.
    fn try_input(&mut self, input: Vec<u8>, path: Option<&Path>) -> bool {
        *self.current.lock().unwrap() = Some((Instant::now(), input.clone()));
        self.marks.new = 0;
        let (tried, marks) = (self.target.try_input, &mut self.marks);
        let outcome = catch_unwind(AssertUnwindSafe(|| tried(&mut Source::new(&input), marks)));
        *self.current.lock().unwrap() = None;
        if outcome.is_err() {
            let path = path.map_or_else(|| write(self.target.name, "crash", &input), PathBuf::from);
            println!("{}: {} fails", self.target.name, path.display());
            self.crashes.push(path);
            // The first ones tell enough.
            assert!(
                self.crashes.len() < 5,
                "these inputs fail: {:?}",
                self.crashes
            );
            return false;
        }
        let is_new = self.marks.new > 0;
        if is_new {
            self.inputs.push(input);
        }
        is_new
    }

    /// Writes the last input that has shown something into the corpus, where that has room.
    fn keep(&self) {
        let Some(input) = self.inputs.last().filter(|input| input.len() <= BYTES) else {
            return;
        };
        if corpus(self.target.name).len() < FILES {
            write(self.target.name, "new", input);
        }
    }
}

/// Aborts the program if one input takes longer than [`ENDLESS`]. Returns when the run has ended.
fn watch(target: &str, current: &Mutex<Option<(Instant, Vec<u8>)>>, ended: &Receiver<()>) {
    while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        if let Some((since, input)) = &*current.lock().unwrap()
            && since.elapsed() > ENDLESS
        {
            let path = write(target, "crash-endless", input);
            println!("{target}: {} does not end", path.display());
            process::abort();
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus")
}

/// The files of a target, in their order.
fn corpus(target: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
    let prefix = format!("{target}-");
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&prefix))
    });
    paths.sort_unstable();
    paths
}

/// Adds an input to the corpus.
fn write(target: &str, why: &str, input: &[u8]) -> PathBuf {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(input);
    let path = folder().join(format!("{target}-{why}-{hash:016x}.hex"));
    fs::create_dir_all(folder()).unwrap();
    fs::write(&path, to_hex(input)).unwrap();
    path
}

/// Two digits a byte, in lines of 40 bytes.
fn to_hex(input: &[u8]) -> String {
    let mut hex = String::new();
    for line in input.chunks(40) {
        for byte in line {
            let _ = write!(hex, "{byte:02x}");
        }
        hex.push('\n');
    }
    hex
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().filter(|it| !it.is_whitespace());
    let digits: Vec<u8> = digits
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

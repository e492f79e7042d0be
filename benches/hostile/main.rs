//! Measures what hostile guests cost the honest members of a room. `cargo bench --bench hostile`
//! prints three rows for each kind of hostile guest: one guest, 50 from different addresses, and 50
//! from one address.
//!
//! Each row has its own room: the real program as a process, with its default limits and a journal
//! that holds posts. Each of three honest members sends a line every 300 ms, which is within those
//! limits, and the bench measures the time until the receipt of each line. A fourth member only
//! listens and checks that every post arrives once and in order. After a quiet second, the hostile
//! guests connect. During the attack, the host types `/kick` and waits for the post, and SIGTERM
//! ends the room. Every wait has a limit, and a cell shows where it was exceeded.
//!
//! The hostile guests run in another process of this bench, with the lowest priority. They may
//! still use a whole core. On a machine with two cores, the room and the measuring side share the
//! other one.
//!
//! | argument | meaning |
//! |---|---|
//! | `--quick` | a short run that shows that the bench works; its figures mean little |
//! | `--seconds N` | duration of the attack, 3 by default |
//! | `--wait N` | limit of a wait in seconds, 10 by default |
//! | `--bin PATH` | another program to measure; the variable `TICTALK_BIN` does the same |
//! | the name of a kind | measure only this kind; may be given several times |

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod attack;
mod frames;
mod honest;
mod report;
mod room;
mod trial;

use anyhow::{Context as _, bail};
use attack::{Kind, Spread};
use room::Template;
use std::env;
use std::path::PathBuf;
use std::time::Duration;
use trial::Plan;

/// First argument of the process that is the hostile guests.
const ATTACK: &str = "attack";

/// Hostile guests in the rows with several.
const MANY: usize = 50;

/// Posts in the journal of each room, for lookups.
const POSTS: u64 = 3_000;

/// The arguments.
#[derive(Debug)]
struct Options {
    program: PathBuf,
    kinds: Vec<Kind>,
    /// Numbers of hostile guests, and their addresses.
    crowds: Vec<(usize, Spread)>,
    posts: u64,
    plan: Plan,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [ATTACK, kind, count, spread, port] => {
            let kind = Kind::of_name(kind).context("no such kind")?;
            let spread = Spread::of_name(spread).context("no such spread")?;
            attack::run(kind, count.parse()?, spread, port.parse()?);
            Ok(())
        }
        words if words.contains(&"--bench") || words.contains(&"--quick") => {
            measure(&Options::read(words)?)
        }
        _ => {
            println!("Measures only when `cargo bench` runs it, or with --quick.");
            Ok(())
        }
    }
}

impl Options {
    fn read(words: &[&str]) -> anyhow::Result<Self> {
        let named = env::var_os("TICTALK_BIN").map(PathBuf::from);
        let mut options = Self {
            program: named.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_tictalk"))),
            kinds: Vec::new(),
            crowds: vec![
                (1, Spread::Each),
                (MANY, Spread::Each),
                (MANY, Spread::Together),
            ],
            posts: POSTS,
            plan: Plan {
                quiet: Duration::from_secs(1),
                loud: Duration::from_secs(3),
                wait: Duration::from_secs(10),
            },
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} needs a value"))
            };
            match *word {
                "--bench" => {}
                "--quick" => {
                    options.crowds = vec![(2, Spread::Each)];
                    options.posts = 100;
                    options.plan.quiet = Duration::from_millis(300);
                    options.plan.loud = Duration::from_millis(300);
                }
                "--seconds" => options.plan.loud = Duration::from_secs(value()?.parse()?),
                "--wait" => options.plan.wait = Duration::from_secs(value()?.parse()?),
                "--bin" => options.program = PathBuf::from(value()?),
                name => match Kind::of_name(name) {
                    Some(kind) => options.kinds.push(kind),
                    None => bail!("{name} is neither an option nor a kind of hostile guest"),
                },
            }
        }
        if options.kinds.is_empty() {
            options.kinds = Kind::all().collect();
        }
        Ok(options)
    }
}

fn measure(options: &Options) -> anyhow::Result<()> {
    room::allow_many_files();
    let template = Template::make(&options.program, options.posts, options.plan.wait)
        .context("cannot make the journal of the rooms")?;
    report::print_heads(&options.plan);
    let (mut rows, mut fine) = (0, 0);
    for kind in &options.kinds {
        for (count, spread) in &options.crowds {
            let row = trial::run(&template, &options.plan, *kind, *count, *spread);
            rows += 1;
            fine += usize::from(report::print_row(*kind, *count, *spread, &row));
        }
    }
    println!("\n{fine} of {rows} rows meet all aims: {}.", report::aims());
    Ok(())
}

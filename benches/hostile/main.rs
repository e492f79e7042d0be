//! What hostile guests cost the honest members of a room. `cargo bench --bench hostile` prints one
//! row for each kind of hostile guest, for one of them, for 50 from an address each, and for 50 from
//! one address.
//!
//! Each row has a room of its own: the real program as a process, with its default limits and a
//! journal that holds some posts already. Three honest members say a line every 300 ms each, which is
//! within those limits, and the bench measures the time until the receipt of each line. A fourth one
//! only listens, and checks that every post arrives once and in order. After a quiet second come the
//! hostile guests. While they are at it, the host types `/kick` and waits for the post, and SIGTERM
//! ends the room. Every wait has an end: a figure that did not come in time is a cell that says so.
//!
//! The hostile guests are a process of their own, which the bench starts by starting itself again
//! with the lowest priority. They may take a whole core all the same. On a machine with two cores
//! the room has the other one to itself, and shares it with the measuring side.
//!
//! | argument | it means |
//! |---|---|
//! | `--quick` | a short run that shows that the bench works; its figures mean little |
//! | `--seconds N` | how long hostile guests are measured, 3 by default |
//! | `--wait N` | after how many seconds a wait ends, 10 by default |
//! | `--bin PATH` | another program to measure; so does the variable `TICTALK_BIN` |
//! | a kind's name | only this kind; several may be named |

#![expect(clippy::print_stdout, reason = "printing figures is what this is for")]

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

/// The first argument by which this program starts itself again as the hostile guests.
const ATTACK: &str = "attack";

/// How many hostile guests there are where there are many.
const MANY: usize = 50;

/// How many posts each room has from the beginning, for what is looked up in it.
const POSTS: u64 = 3_000;

/// What is measured, and of what.
#[derive(Debug)]
struct Options {
    program: PathBuf,
    kinds: Vec<Kind>,
    /// How many hostile guests, and where from.
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
        .context("while a journal was made for the rooms")?;
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

//! Connect Four: the time of a move by level, with and without the book.

use std::time::{Duration, Instant};
use tictalk::games::Skill;
use tictalk::games::connect4::{
    COLUMNS, PERFECT_BUDGET, Position, Solver, SolverScore, Suggestion, book, choose,
};

/// Games of each level, alternately as first and as second player.
const GAMES: u64 = 24;

/// A position that uses a large part of the solver's budget and is not in the book.
const LONG: &str = "75734233473";

/// All figures.
#[derive(Debug)]
pub(crate) struct Figures {
    levels: Vec<Times>,
    /// The opening move from the book.
    book: Duration,
    /// The opening move by search alone, within the budget: with an empty table, and again.
    cold: Search,
    warm: Search,
    /// Nodes that the solver visits in a second.
    nodes_per_second: f64,
}

/// Times of the moves of one level.
#[derive(Debug)]
struct Times {
    skill: Skill,
    moves: usize,
    median: Duration,
    worst: Duration,
    /// Moves that exceeded the budget.
    guessed: usize,
}

/// One search.
#[derive(Debug)]
struct Search {
    time: Duration,
    is_exact: bool,
}

/// Takes all measurements, in about half a minute.
pub(crate) fn measure() -> Figures {
    let start = Position::new();
    let (book, _) = timed(|| book::look_up(start));
    let mut solver = Solver::default();
    let mut search = || {
        let (time, advice) = timed(|| solver.best(start, PERFECT_BUDGET));
        Search {
            time,
            is_exact: is_exact(advice),
        }
    };
    let (cold, warm) = (search(), search());
    let long = Position::from_columns(LONG).unwrap_or_default();
    let mut solver = Solver::default();
    let (time, _) = timed(|| solver.solve(long, PERFECT_BUDGET));
    Figures {
        levels: Skill::ALL.into_iter().map(time_games).collect(),
        book,
        cold,
        warm,
        nodes_per_second: solver.nodes() as f64 / time.as_secs_f64(),
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let done = work();
    (started.elapsed(), done)
}

fn is_exact(advice: Option<Suggestion>) -> bool {
    advice.is_some_and(|advice| advice.forecast.is_some())
}

/// Lets `skill` play against random moves, and against the medium level in every third game. The
/// games are the same in every run.
fn time_games(skill: Skill) -> Times {
    let mut times = Vec::new();
    let mut guessed = 0;
    for game in 0..GAMES {
        let mut solver = Solver::default();
        let mut random = game + 1;
        let mut position = Position::new();
        while SolverScore::of_end(position).is_none() {
            // A linear congruential generator with the multiplier of Donald Knuth's MMIX.
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let column = if u64::from(position.plies()) % 2 == game % 2 {
                let (time, advice) = timed(|| choose(skill, &mut solver, position, random >> 32));
                times.push(time);
                guessed += usize::from(!is_exact(advice));
                advice.map(|advice| advice.column)
            } else if game % 3 == 0 {
                let advice = choose(Skill::Medium, &mut solver, position, 0);
                advice.map(|advice| advice.column)
            } else {
                Some((random >> 32) as usize % COLUMNS)
            };
            // A random column may be full. Then the next number decides.
            position = column
                .and_then(|column| position.play(column))
                .unwrap_or(position);
        }
    }
    times.sort_unstable();
    Times {
        skill,
        moves: times.len(),
        median: times.get(times.len() / 2).copied().unwrap_or_default(),
        worst: times.last().copied().unwrap_or_default(),
        guessed,
    }
}

impl Figures {
    /// One line for each figure.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec!["Connect Four, time to move in ms".to_owned()];
        for times in &self.levels {
            let guessed = match times.skill {
                Skill::Perfect => format!(", {} of them guessed", times.guessed),
                _ => String::new(),
            };
            lines.push(format!(
                "  {:<8} median {:.3}, worst {:.3}, of {} moves{guessed}",
                times.skill.name(),
                ms(times.median),
                ms(times.worst),
                times.moves
            ));
        }
        lines.push(format!(
            "  the opening move by the book of {} positions: {:.6}",
            book::len(),
            ms(self.book)
        ));
        for (search, table) in [(&self.cold, "empty"), (&self.warm, "warm")] {
            let exact = if search.is_exact { "exact" } else { "guessed" };
            lines.push(format!(
                "  the opening move by search, table {table}: {:.0}, {exact}",
                ms(search.time)
            ));
        }
        lines.push(format!(
            "  {:.1} million nodes a second",
            self.nodes_per_second / 1e6
        ));
        lines
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

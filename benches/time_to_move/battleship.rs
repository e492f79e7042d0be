//! Battleship: the time to choose a shot, in positions from the first shot to the last.

use std::iter;
use std::time::{Duration, Instant};
use tictalk::games::{
    Battleship, Chance, Choice, Game as _, GameId, Next, Seat, Secrets as _, Skill,
};

/// Games that supply positions, each with other fleets and shots.
const GAMES: u8 = 12;

/// Rounds between two positions of a game.
const EVERY: usize = 8;

/// Measurements of each position.
const TIMES: u8 = 5;

/// One line of figures for each level.
pub(crate) fn lines() -> Vec<String> {
    let positions: Vec<Battleship> = (0..GAMES).flat_map(positions).collect();
    let lines = Skill::ALL.into_iter().map(|skill| {
        let mut times: Vec<Duration> = positions
            .iter()
            .flat_map(|game| (0..TIMES).map(move |seed| time(game, skill, seed)))
            .collect();
        times.sort();
        let millis =
            |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
        format!(
            "  {:<8} median {:.3}, worst {:.3}, in {} positions",
            skill.name(),
            millis(times.get(times.len() / 2)),
            millis(times.last()),
            positions.len()
        )
    });
    let head = "Battleship, time to move in ms".to_owned();
    iter::once(head).chain(lines).collect()
}

/// Time to choose one shot.
fn time(game: &Battleship, skill: Skill, seed: u8) -> Duration {
    let mut chance = Chance::new([seed; 32]);
    let began = Instant::now();
    let advice = game.advise(skill, &mut chance);
    let took = began.elapsed();
    std::hint::black_box(advice);
    took
}

/// Positions of game `number` in which the first seat is to shoot. Both seats shoot well.
fn positions(number: u8) -> Vec<Battleship> {
    let mut chance = Chance::new([number; 32]);
    let id = GameId([number; 32]);
    let mut ends = [Battleship::new(id), Battleship::new(id)];
    let mut rounds = 0;
    let mut positions = Vec::new();
    loop {
        let [first, second] = &mut ends;
        let (seat, end, other) = match first.next().seat() {
            None => return positions,
            Some(Seat::First) => (Seat::First, first, second),
            Some(Seat::Second) => (Seat::Second, second, first),
        };
        let said = if let Next::Move(_) = end.next() {
            let words = end
                .advise(Skill::Perfect, &mut chance)
                .map(|advice| advice.words);
            match end.choose(&words.unwrap_or_default(), &mut chance) {
                Ok(Choice::Said(said)) => said,
                _ => return positions,
            }
        } else {
            end.step(&mut chance)
        };
        for end in [&mut *end, other] {
            if end.play(seat, &said.words).is_err() {
                return positions;
            }
        }
        if let Some(secret) = &said.secret {
            end.keep(secret);
        }
        if end.next() == Next::Move(Seat::First) {
            if rounds % EVERY == 0 {
                positions.push(end.clone());
            }
            rounds += 1;
        }
    }
}

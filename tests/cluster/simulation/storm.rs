//! The members keep what they were promised, whatever goes wrong.

use super::crowd::{Dice, STEP, World};
use super::faults::Fault;
use super::{Cluster, Counts, MACHINES, verdict};
use proptest::prelude::*;
use std::time::Duration;
use tictalk::room::PostRecord;
use tictalk::wire::{Sees, What};

const SEEDS: u64 = 20;
const GUESTS: usize = 12;

/// How long things go wrong, and how long the room then has to recover.
const STORM: Duration = Duration::from_secs(150);
const CALM: Duration = Duration::from_secs(100);

/// How many messages pass between two comparisons of whole states.
const EVERY: u64 = 16;

fn sees() -> Sees {
    Sees::from(vec!["boards".to_owned()])
}

/// What goes wrong under this seed.
fn faults(dice: &mut Dice, storm: Duration) -> Vec<(Duration, Fault)> {
    let mut faults = Vec::new();
    let mut now = Duration::from_secs(10);
    while now < storm {
        let number = usize::try_from(dice.below(MACHINES as u64)).unwrap();
        let fault = match dice.below(10) {
            0..3 => Fault::Kill(number, dice.delay(12_000)),
            3 => Fault::Leave(number, dice.delay(12_000)),
            4..8 => Fault::Cut(number, dice.delay(15_000)),
            8 => Fault::Pause(dice.delay(30_000)),
            _ => Fault::SetBack(dice.delay(2_000)),
        };
        faults.push((now, fault));
        now += Duration::from_secs(2) + dice.delay(8_000);
    }
    faults
}

/// Lets the storm pass, until all posts are announced.
fn weather(world: &mut World<Cluster>, storm: Duration) {
    let mut calm = CALM;
    world.run(storm, calm);
    while world.server.oracle.replica.hub().unannounced() > 0 {
        calm += STEP;
        assert!(calm < 2 * CALM, "some posts are never announced");
        world.run(storm, calm);
    }
}

fn is_move(record: &&PostRecord) -> bool {
    matches!(record.post.what, What::Moved { .. })
}

#[test]
fn on_three_machines_everybody_sees_everything_once_and_in_order() {
    let mut all = Counts::default();
    let (mut renamed, mut repeated, mut late_ticks, mut moves, mut posts, mut resent) =
        (0, 0, 0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut faults = faults(&mut Dice(seed + 1_000), STORM);
        if seed % 3 == 1 {
            faults.push((STORM * 2 / 3, Fault::Lose));
            faults.sort_by_key(|(at, _)| *at);
        }
        let cluster = Cluster::new(EVERY, STORM, faults);
        let mut world = World::new(seed, GUESTS, seed % 3 == 2, sees(), cluster);
        weather(&mut world, STORM);
        if let Err(wrong) = verdict(&mut world) {
            let wrong: String = wrong.chars().take(3_000).collect();
            panic!("seed {seed}:\n{wrong}");
        }
        renamed += world.renamed;
        let server = &world.server;
        all += server.counts;
        repeated += server.stream.repeated;
        late_ticks += server.stream.late_ticks;
        let journal = &server.oracle.journal;
        moves += journal.iter().filter(is_move).count();
        posts += journal.len();
        resent += world.resent;
    }
    // A name is lost only where a machine is cut off while somebody joins.
    assert!(renamed < 5, "{renamed} have lost their names");
    // Else nothing was tried.
    for (what, count) in [
        ("machines that were killed", all.kills),
        ("machines that were lost", all.losses * 5),
        ("machines that were cut off", all.cuts),
        ("pauses of the engine", all.pauses * 2),
        ("machines that have joined again", all.gone),
        ("starts from a saved state", all.loaded),
        ("members unknown to a machine that was behind", all.asked),
        ("looks into a journal", all.looks),
        ("repeated messages", repeated),
        ("ticks that came too late", late_ticks),
        ("lines sent again", resent),
        ("moves", u32::try_from(moves).unwrap()),
    ] {
        assert!(count >= 20, "only {count} {what}");
    }
    assert!(posts > 2_000, "only {posts} posts");
}

/// A room in which whole states are compared after each message.
const SHORT_STORM: Duration = Duration::from_secs(60);
const FEW: usize = 5;

fn fault() -> impl Strategy<Value = (Duration, Fault)> {
    let machine = 0..MACHINES;
    let time = |most: u64| (0..most).prop_map(Duration::from_millis);
    let fault = prop_oneof![
        3 => (machine.clone(), time(12_000)).prop_map(|(it, rest)| Fault::Kill(it, rest)),
        1 => (machine.clone(), time(12_000)).prop_map(|(it, rest)| Fault::Leave(it, rest)),
        1 => Just(Fault::Lose),
        3 => (machine, time(15_000)).prop_map(|(it, time)| Fault::Cut(it, time)),
        1 => time(30_000).prop_map(Fault::Pause),
        1 => time(2_000).prop_map(Fault::SetBack),
    ];
    (time(50_000), fault)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_of_faults_breaks_a_promise(
        seed in any::<u64>(),
        mut faults in proptest::collection::vec(fault(), 0..12),
    ) {
        faults.sort_by_key(|(at, _)| *at);
        let cluster = Cluster::new(1, SHORT_STORM, faults);
        let mut world = World::new(seed, FEW, seed % 3 == 2, sees(), cluster);
        weather(&mut world, SHORT_STORM);
        let verdict = verdict(&mut world);
        prop_assert!(verdict.is_ok(), "{:.3000}", verdict.unwrap_err());
    }
}

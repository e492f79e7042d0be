use proptest::prelude::*;
use std::collections::BTreeMap;
use tictalk::tournament::{Legs, Schedule};

proptest! {
    #[test]
    fn everybody_meets_everybody_once_in_each_leg(entrants in 0_usize..40, rounds in 0_u32..5, both: bool) {
        let legs = if both { Legs::Both } else { Legs::One };
        let schedule = Schedule::new(entrants, rounds, legs);
        let mut meetings: BTreeMap<(u32, usize, usize), u32> = BTreeMap::new();
        for fixture in schedule.fixtures() {
            prop_assert!(fixture.first != fixture.second);
            prop_assert!(fixture.first.max(fixture.second) < entrants);
            let (first, second) = match both {
                true => (fixture.first, fixture.second),
                false => (fixture.first.min(fixture.second), fixture.first.max(fixture.second)),
            };
            *meetings.entry((fixture.round, first, second)).or_default() += 1;
        }
        prop_assert!(meetings.values().all(|times| *times == 1));
        let ordered = entrants * entrants.saturating_sub(1);
        let pairs = if both { ordered } else { ordered / 2 };
        prop_assert_eq!(meetings.len(), pairs * rounds as usize);
        prop_assert_eq!(schedule.len(), meetings.len());
    }

    #[test]
    fn nobody_plays_twice_on_a_day_and_at_most_one_has_a_free_day(entrants in 2_usize..40, both: bool) {
        let legs = if both { Legs::Both } else { Legs::One };
        let schedule = Schedule::new(entrants, 2, legs);
        let mut days: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut last = 1;
        for fixture in schedule.fixtures() {
            prop_assert!(fixture.day == last || fixture.day == last + 1);
            last = fixture.day;
            days.entry(fixture.day).or_default().extend([fixture.first, fixture.second]);
        }
        for players in days.values_mut() {
            let playing = players.len();
            players.sort_unstable();
            players.dedup();
            prop_assert_eq!(players.len(), playing);
            prop_assert!(playing + 1 >= entrants);
        }
    }

    #[test]
    fn everybody_moves_first_in_half_of_their_games(entrants in 2_usize..40, rounds in 1_u32..5) {
        let schedule = Schedule::new(entrants, rounds, Legs::One);
        let mut lead = vec![0_i32; entrants];
        for fixture in schedule.fixtures() {
            lead[fixture.first] += 1;
            lead[fixture.second] -= 1;
        }
        prop_assert!(lead.iter().all(|lead| lead.abs() <= 1), "{:?}", lead);
    }
}

#[test]
fn fixtures_are_numbered_from_one() {
    let schedule = Schedule::new(5, 3, Legs::Both);
    let numbers: Vec<u32> = schedule.fixtures().iter().map(|it| it.number).collect();
    assert_eq!(numbers, (1..=60).collect::<Vec<u32>>());
    let rounds = schedule.fixtures().iter().map(|it| it.round);
    assert_eq!(rounds.max(), Some(3));
    assert!(!schedule.is_empty());
    assert!(Schedule::new(1, 3, Legs::Both).is_empty());
}

#[test]
fn both_seats_are_played_in_each_round() {
    let schedule = Schedule::new(2, 2, Legs::Both);
    let seats: Vec<_> = schedule
        .fixtures()
        .iter()
        .map(|it| (it.round, it.first, it.second))
        .collect();
    assert_eq!(seats, [(1, 1, 0), (1, 0, 1), (2, 1, 0), (2, 0, 1)]);
}

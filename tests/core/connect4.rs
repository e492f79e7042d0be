//! Connect Four: the rules against a slow second copy of them, the solver against published scores
//! and against plain trying out, and the book against itself.

use proptest::prelude::*;
use std::collections::BTreeMap;
use tictalk::games::connect4::{COLUMNS, Position, ROWS, Solver, SolverScore, book, choose};
use tictalk::games::{Chance, Connect4, Forecast, Game as _, Illegal, Next, Outcome, Seat, Skill};

/// More nodes than any search here may take.
const PLENTY: u64 = 3_000_000;

fn at(columns: &str) -> Position {
    Position::from_columns(columns).unwrap()
}

/// A solver that is quickly set up.
fn solver() -> Solver {
    Solver::new(1 << 20)
}

fn exact(solver: &mut Solver, position: Position) -> i32 {
    solver.solve(position, PLENTY).unwrap().value()
}

/// Numbers that look random, the same for the same seed: xorshift, by George Marsaglia (2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// The board as columns of stones, and its rules without any cleverness.
#[derive(Debug, Clone, Default)]
struct Naive {
    columns: [Vec<Seat>; COLUMNS],
}

impl Naive {
    fn stones(&self) -> usize {
        self.columns.iter().map(Vec::len).sum()
    }

    fn to_move(&self) -> Seat {
        if self.stones().is_multiple_of(2) {
            Seat::First
        } else {
            Seat::Second
        }
    }

    fn square(&self, column: usize, row: usize) -> Option<Seat> {
        self.columns.get(column)?.get(row).copied()
    }

    /// The squares of all lines of four of `seat`, sorted.
    fn lines(&self, seat: Seat) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for column in 0..COLUMNS {
            for row in 0..ROWS {
                for (right, up) in [(1, 0), (0, 1), (1, 1), (1, -1)] {
                    let line: Vec<(usize, usize)> = (0..4)
                        .filter_map(|n| {
                            let row = row as isize + n * up;
                            Some((column + (n * right) as usize, usize::try_from(row).ok()?))
                        })
                        .collect();
                    let is_held =
                        |&(column, row): &(usize, usize)| self.square(column, row) == Some(seat);
                    if line.len() == 4 && line.iter().all(is_held) {
                        found.extend(line);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn has_ended(&self) -> bool {
        self.stones() == COLUMNS * ROWS || !self.lines(self.to_move().other()).is_empty()
    }

    fn play(&self, column: usize) -> Option<Self> {
        let mut next = self.clone();
        let stones = next.columns.get_mut(column)?;
        if stones.len() == ROWS || self.has_ended() {
            return None;
        }
        stones.push(self.to_move());
        Some(next)
    }
}

fn check_against_naive(position: Position, naive: &Naive) {
    assert_eq!(position.plies() as usize, naive.stones());
    assert_eq!(position.to_move(), naive.to_move());
    assert_eq!(position.is_full(), naive.stones() == COLUMNS * ROWS);
    for column in 0..=COLUMNS {
        for row in 0..=ROWS {
            assert_eq!(position.square(column, row), naive.square(column, row));
        }
        let next = naive.play(column);
        assert_eq!(position.can_play(column), next.is_some());
        assert_eq!(position.play(column).is_some(), next.is_some());
        let wins = next.is_some_and(|next| !next.lines(naive.to_move()).is_empty());
        assert_eq!(position.wins_with(column), wins);
    }
    let lines = naive.lines(naive.to_move().other());
    assert_eq!(position.has_won(), !lines.is_empty());
    assert_eq!(position.winning_squares().collect::<Vec<_>>(), lines);
}

proptest! {
    #[test]
    fn the_board_follows_the_rules(columns in prop::collection::vec(0..COLUMNS, 0..70)) {
        let mut position = Position::new();
        let mut mirrored = position;
        let mut naive = Naive::default();
        let mut keys = vec![position.key()];
        for column in columns {
            assert_eq!(position.mirrored(), mirrored);
            assert_eq!(position.canonical_key(), mirrored.canonical_key());
            assert!(position.canonical_key() <= position.key());
            let (Some(next), Some(next_naive)) = (position.play(column), naive.play(column)) else {
                continue;
            };
            position = next;
            naive = next_naive;
            mirrored = mirrored.play(COLUMNS - 1 - column).unwrap();
            assert!(position.key() < 1 << 49);
            assert!(!keys.contains(&position.key()));
            keys.push(position.key());
        }
        check_against_naive(position, &naive);
    }

    #[test]
    fn no_columns_break_the_board(columns in "\\PC*|[0-9]*") {
        if let Some(position) = Position::from_columns(&columns) {
            assert_eq!(position.plies() as usize, columns.len());
        }
    }
}

/// The numbers of games by length are known: for example, John Tromp, "John's Connect Four
/// Playground". A full column is first in the way of the seventh stone, and a win of the eighth.
#[test]
fn games_of_each_length_are_as_many_as_is_known() {
    let known = [1, 7, 49, 343, 2_401, 16_807, 117_649, 823_536, 5_673_234];
    let mut counts = [0; 9];
    count(Position::new(), &mut counts);
    assert_eq!(counts, known);
}

fn count(position: Position, counts: &mut [u32]) {
    let Some((here, rest)) = counts.split_first_mut() else {
        return;
    };
    *here += 1;
    if rest.is_empty() {
        return;
    }
    for column in 0..COLUMNS {
        if let Some(next) = position.play(column) {
            count(next, rest);
        }
    }
}

/// Different positions have different keys, and there are as many as is known: John Tromp's
/// sequence A212693 of the On-Line Encyclopedia of Integer Sequences.
#[test]
fn positions_of_each_size_are_as_many_as_is_known() {
    let mut positions = BTreeMap::from([(Position::new().key(), Position::new())]);
    for known in [1, 7, 49, 238, 1_120, 4_263, 16_422] {
        assert_eq!(positions.len(), known);
        positions = positions
            .into_values()
            .flat_map(|position| (0..COLUMNS).filter_map(move |column| position.play(column)))
            .map(|position| (position.key(), position))
            .collect();
    }
}

#[test]
fn one_stone_can_complete_two_lines() {
    // Stones in all columns but the middle one: lines from the first to the last of the row.
    let before = at("112233556677");
    assert!(before.wins_with(3));
    let won = before.play(3).unwrap();
    let line: Vec<_> = (0..COLUMNS).map(|column| (column, 0)).collect();
    assert_eq!(won.winning_squares().collect::<Vec<_>>(), line);
    assert!((0..COLUMNS).all(|column| won.play(column).is_none()));
}

/// Positions and their scores from the test sets that Pascal Pons has published with "Solving
/// Connect 4: how to build a perfect AI": End-Easy, Middle-Easy, Middle-Medium, Begin-Easy and
/// Begin-Medium.
const PUBLISHED: &[(&str, i32)] = &[
    ("2252576253462244111563365343671351441", -1),
    ("7422341735647741166133573473242566", 1),
    ("23163416124767223154467471272416755633", 0),
    ("65214673556155731566316327373221417", -1),
    ("52677675164321472411331752454", 0),
    ("6763525635134453444361412671365712", -1),
    ("67152117737262713366376314254", 6),
    ("2762751722231276466633475674533", 5),
    ("3642756176227637211322113551637574556", 2),
    ("12156756715535615116237724723", -2),
    ("5577777735365512235162362241426611", -3),
    ("26512741647245111351472255277", -5),
    ("46472445375121136551453523421", 6),
    ("7174362564676726631735257252323", -4),
    ("655651721435342216255374674123", 4),
    ("5554224333234511764415115", 4),
    ("2737772244262123677516643354", 0),
    ("274552224131661", 0),
    ("2615522", 17),
    ("7322444321", -15),
    ("51756773145177", -10),
    ("265756512", -12),
    ("243335424257", 12),
    ("737534232264", -10),
    ("7343363417254", 14),
    ("17516442226766", 8),
    ("32164625", 11),
    ("75734233473735", 0),
    ("677311516417", 8),
    ("16634734375517", 0),
];

#[test]
fn published_scores_are_found() {
    let mut solver = solver();
    for &(columns, score) in PUBLISHED {
        let position = at(columns);
        assert_eq!(exact(&mut solver, position), score, "{columns}");
        assert_eq!(
            exact(&mut solver, position.mirrored()),
            score,
            "{columns} in a mirror"
        );
    }
}

#[test]
fn a_budget_that_is_too_small_is_kept() {
    let position = at("75734233473735");
    let mut solver = solver();
    assert_eq!(solver.solve(position, 1_000), None);
    assert_eq!(solver.nodes(), 1_000);
    let advice = solver.best(position, 1_000).unwrap();
    assert_eq!(advice.forecast, None);
    assert!(position.can_play(advice.column));
    assert!(solver.nodes() <= 2_000 + 125);
    // The cache of the search does not change the answer.
    let exact = solver.best(position, PLENTY);
    solver.forget();
    assert_eq!(solver.best(position, PLENTY), exact);
    let before = solver.nodes();
    assert_eq!(solver.best(position, PLENTY), exact);
    assert!(solver.nodes() - before < 1_000);
}

/// The score by trying out everything.
fn minimax(position: Position) -> i32 {
    if let Some(score) = SolverScore::of_end(position) {
        return score.value();
    }
    (0..COLUMNS)
        .filter_map(|column| Some(-minimax(position.play(column)?)))
        .max()
        .unwrap()
}

/// A random game of `stones` stones, or `None` if it ends earlier.
fn by_chance(dice: &mut Dice, stones: u32) -> Option<Position> {
    let mut position = Position::new();
    while position.plies() < stones {
        SolverScore::of_end(position).is_none().then_some(())?;
        let column = dice.roll() as usize % COLUMNS;
        position = position.play(column).unwrap_or(position);
    }
    Some(position)
}

#[test]
fn the_solver_agrees_with_trying_out_everything() {
    let mut dice = Dice(4);
    let mut solver = solver();
    for stones in 33..=42 {
        let positions = (0..1_000).filter_map(|_| by_chance(&mut dice, stones));
        for position in positions.take(20) {
            let score = minimax(position);
            assert_eq!(exact(&mut solver, position), score, "{position:?}");
            let advice = solver.best(position, PLENTY);
            let Some(advice) = advice else {
                assert!(SolverScore::of_end(position).is_some());
                continue;
            };
            assert_eq!(advice.forecast.unwrap().value(), score);
            // The move is a best one, and none of those is nearer to the middle.
            let worth = |column| Some(-minimax(position.play(column)?));
            assert_eq!(worth(advice.column), Some(score), "{position:?}");
            let loses_at_once = (0..COLUMNS).all(|column| {
                position
                    .play(column)
                    .is_none_or(|next| (0..COLUMNS).any(|reply| next.wins_with(reply)))
            });
            if !loses_at_once {
                for column in 0..COLUMNS {
                    if column.abs_diff(3) < advice.column.abs_diff(3) {
                        assert_ne!(worth(column), Some(score), "{position:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_score_tells_after_how_many_moves_the_game_ends() {
    let forecast = |columns, score| {
        let position = at(columns);
        let found = solver().solve(position, PLENTY).unwrap();
        assert_eq!(found.value(), score);
        found.forecast(position)
    };
    assert_eq!(forecast("112233", 18), Forecast::Wins(1));
    assert_eq!(forecast("4141414", -18), Forecast::Loses(0));
    assert_eq!(forecast("7112233", 18), Forecast::Wins(1));
    assert_eq!(forecast("415161", 18), Forecast::Wins(1));
    assert_eq!(forecast("2615522", 17), Forecast::Wins(2));
    assert_eq!(forecast("75734233473735", 0), Forecast::Draws);
}

#[test]
fn all_but_easy_take_every_win_and_all_know_the_end() {
    let mut solver = solver();
    for skill in Skill::ALL {
        let mut wins = 0;
        for random in 0..100 {
            let mut choose = |columns| choose(skill, &mut solver, at(columns), random);
            wins += usize::from(choose("112233").unwrap().column == 3);
            assert_eq!(choose("1122334"), None);
        }
        let expected = match skill {
            Skill::Easy => 45..75,
            Skill::Medium | Skill::Perfect => 100..101,
        };
        assert!(expected.contains(&wins), "{}: {wins}", skill.name());
    }
}

#[test]
fn medium_always_blocks_and_easy_half_of_the_time() {
    let mut solver = solver();
    // Three stones in the first column.
    let position = at("12131");
    let mut blocks = |skill| {
        (0..400)
            .filter_map(|random| choose(skill, &mut solver, position, random))
            .filter(|advice| advice.column == 0)
            .count()
    };
    assert_eq!(blocks(Skill::Medium), 400);
    let easy = blocks(Skill::Easy);
    assert!((200..300).contains(&easy), "{easy}");
}

/// The values of the first moves are known since Connect Four was solved by James D. Allen and by
/// Victor Allis (1988), and how far each is from the end by John Tromp's eight-ply database.
#[test]
fn the_book_knows_the_values_of_the_first_moves() {
    let start = book::look_up(Position::new()).unwrap();
    assert_eq!(start.column, 3);
    assert_eq!(start.forecast.unwrap().value(), 1);
    assert_eq!(
        start.forecast.unwrap().forecast(Position::new()),
        Forecast::Wins(21)
    );
    let values = [-2, -1, 0, 1, 0, -1, -2];
    for (column, value) in values.into_iter().enumerate() {
        let reply = book::look_up(Position::new().play(column).unwrap()).unwrap();
        assert_eq!(-reply.forecast.unwrap().value(), value, "{column}");
    }
}

/// Every book move keeps its promise: whatever the other side answers, the book then promises as
/// much or more, and after some answer no more.
#[test]
fn the_book_agrees_with_itself() {
    let mut seen = BTreeMap::new();
    for column in 0..COLUMNS {
        follow_book(Position::new().play(column).unwrap(), &mut seen);
    }
    follow_book(Position::new(), &mut seen);
    assert!(seen.len() <= book::len());
    assert!(seen.len() * 10 > book::len() * 9, "{} seen", seen.len());
}

fn follow_book(position: Position, seen: &mut BTreeMap<u64, ()>) {
    let Some(advice) = book::look_up(position) else {
        return;
    };
    if seen.insert(position.canonical_key(), ()).is_some() {
        return;
    }
    let promised = advice.forecast.unwrap();
    let mirrored = book::look_up(position.mirrored()).unwrap();
    assert_eq!(mirrored.forecast, advice.forecast);
    if position != position.mirrored() {
        assert_eq!(mirrored.column, COLUMNS - 1 - advice.column);
    }
    let next = position.play(advice.column).unwrap();
    let answers: Vec<Position> = (0..COLUMNS)
        .filter_map(|column| next.play(column))
        .collect();
    let promises: Vec<Option<SolverScore>> = answers
        .iter()
        .map(|answer| book::look_up(*answer)?.forecast)
        .collect();
    assert!(promises.iter().flatten().all(|later| *later >= promised));
    if promises.iter().all(Option::is_some) {
        assert_eq!(promises.into_iter().flatten().min(), Some(promised));
    }
    for answer in answers {
        follow_book(answer, seen);
    }
}

/// Plays on from `position` to the end, and returns the score for the side that moved first in the
/// game. Where a skill is `None`, a side moves by chance. Perfect play must know its score, which
/// never falls, and must reach it.
fn play(mut position: Position, skills: [Option<Skill>; 2], seed: u64) -> i32 {
    let mut dice = Dice(seed);
    let mut solver = Solver::default();
    let mut promised = [-21; 2];
    while SolverScore::of_end(position).is_none() {
        let side = position.plies() as usize % 2;
        let column = match skills[side] {
            Some(skill) => {
                let advice = choose(skill, &mut solver, position, dice.roll()).unwrap();
                if skill == Skill::Perfect {
                    let score = advice.forecast.unwrap().value();
                    assert!(score >= promised[side], "{position:?}");
                    promised[side] = score;
                }
                advice.column
            }
            None => dice.roll() as usize % COLUMNS,
        };
        position = position.play(column).unwrap_or(position);
    }
    let score = SolverScore::of_end(position).unwrap().value();
    let side = position.plies() as usize % 2;
    assert!(score >= promised[side]);
    assert!(-score >= promised[1 - side]);
    if side == 0 { score } else { -score }
}

const PERFECT: Option<Skill> = Some(Skill::Perfect);
const MEDIUM: Option<Skill> = Some(Skill::Medium);
const EASY: Option<Skill> = Some(Skill::Easy);

/// The games were chosen so that the solver has little to do: the tests run without optimization.
#[test]
fn perfect_play_wins_when_it_begins() {
    let start = Position::new();
    // With its last stone, when the other side is as good.
    assert_eq!(play(start, [PERFECT, PERFECT], 1), 1);
    assert!(play(start, [PERFECT, MEDIUM], 1) > 0);
    for seed in [1, 2, 7, 9, 19] {
        assert!(play(start, [PERFECT, None], seed) > 0);
    }
    for seed in [2, 3, 4, 14] {
        assert!(play(start, [PERFECT, EASY], seed) > 0);
    }
}

#[test]
fn perfect_play_makes_the_most_of_the_second_move() {
    let start = Position::new();
    assert!(play(start, [MEDIUM, PERFECT], 1) < 0);
    for seed in [3, 13, 19, 20] {
        assert!(play(start, [None, PERFECT], seed) < 0);
    }
    for seed in [2, 7] {
        assert!(play(start, [EASY, PERFECT], seed) < 0);
    }
}

/// The game after the moves of both seats in turn.
fn played(columns: &str) -> Connect4 {
    let mut game = Connect4::new();
    for column in columns.split_terminator("").skip(1) {
        let Next::Move(seat) = game.next() else {
            panic!("{columns}: the game is over");
        };
        assert_eq!(game.play(seat, column).unwrap(), column);
    }
    game
}

#[test]
fn a_column_is_named_in_some_ways() {
    for words in ["4", " 4 ", "d", "D", "04"] {
        assert_eq!(Connect4::new().play(Seat::First, words).unwrap(), "4");
    }
    let refused = |words: &str| {
        let mut game = Connect4::new();
        let why = game.play(Seat::First, words).unwrap_err().to_string();
        assert_eq!(game.next(), Next::Move(Seat::First));
        why
    };
    for words in ["", "x4", "4 4", "d4", "44444", "1é", "four", "+1"] {
        let why = "That is not a move. A move is a column, 1 to 7 or a to g.";
        assert_eq!(refused(words), why, "{words}");
    }
    for words in ["0", "8", "999", "h", "Z"] {
        let why = format!("There is no column {words}. A move is a column, 1 to 7 or a to g.");
        assert_eq!(refused(words), why);
    }
    assert_eq!(
        played("444444")
            .play(Seat::First, "d")
            .unwrap_err()
            .to_string(),
        "Column 4 is full. Open columns: 1, 2, 3, 5, 6, 7."
    );
    let mut game = played("4");
    assert_eq!(game.play(Seat::First, "4"), Err(Illegal::OutOfTurn));
}

#[test]
fn a_board_is_drawn_and_told() {
    let game = played("4434");
    assert_eq!(
        game.board(Seat::First).to_string(),
        "     a   b   c   d   e   f   g
 6 |   |   |   |   |   |   |   |
 5 |   |   |   |   |   |   |   |
 4 |   |   |   | 4 |   |   |   |
 3 |   |   |   |[O]|   |   |   |
 2 |   |   | 3 | O |   |   |   |
 1 | 1 | 2 | X | X | 5 | 6 | 7 |
   +---+---+---+---+---+---+---+
"
    );
    assert_eq!(
        game.describe(Seat::First),
        "column 3 from below: X; column 4 from below: X, O, O; room in: 1, 2, 3, 4, 5, 6, 7"
    );
}

#[test]
fn the_end_is_told_and_shown() {
    let won = played("4152637");
    assert_eq!(won.next(), Next::Over(Outcome::Won(Seat::First)));
    assert!(
        won.describe(Seat::Second)
            .ends_with("four in a row: d1, e1, f1, g1")
    );
    assert!(
        won.board(Seat::First)
            .to_string()
            .contains(" 1 | O | O | O |*X*|*X*|*X*|*X*|")
    );
    assert_eq!(won.advise(Skill::Perfect, &mut Chance::new([0; 32])), None);
}

#[test]
fn advice_of_the_game_is_that_of_the_solver() {
    let mut chance = Chance::new([0; 32]);
    let mut advise = |columns, skill| played(columns).advise(skill, &mut chance).unwrap();
    let best = advise("", Skill::Perfect);
    assert_eq!(
        (best.words.as_str(), best.forecast),
        ("4", Some(Forecast::Wins(21)))
    );
    let best = advise("415263", Skill::Perfect);
    assert_eq!(
        (best.words.as_str(), best.forecast),
        ("7", Some(Forecast::Wins(1)))
    );
    assert_eq!(advise("415263", Skill::Medium).words, "7");
}

proptest! {
    /// Any words, typed by either seat, keep the rules: a move is of the seat whose turn it is, what
    /// is refused changes nothing, and within 42 moves the game is over.
    #[test]
    fn any_words_keep_the_rules(inputs in prop::collection::vec((any::<bool>(), "[0-9a-hA-H]{1,2}|\\PC{0,4}"), 0..300)) {
        let mut game = Connect4::new();
        let mut moves = 0;
        for (is_first, words) in inputs {
            let seat = if is_first { Seat::First } else { Seat::Second };
            let before = (game.next(), game.board(Seat::First));
            match game.play(seat, &words) {
                Ok(column) => {
                    prop_assert_eq!(before.0, Next::Move(seat));
                    prop_assert!(("1"..="7").contains(&column.as_str()));
                    moves += 1;
                }
                Err(_) => prop_assert_eq!(&before, &(game.next(), game.board(Seat::First))),
            }
        }
        prop_assert!(moves <= 42);
        prop_assert_eq!(game.legal().is_empty(), matches!(game.next(), Next::Over(_)));
    }
}

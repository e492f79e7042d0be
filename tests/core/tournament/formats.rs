use super::{game, names, wins};
use proptest::prelude::*;
use tictalk::games::Seat;
use tictalk::tournament::{Finish, GameResult, HowWon, TournamentTable};
use unicode_width::UnicodeWidthStr as _;

/// A small tournament with a fault.
fn sample() -> TournamentTable {
    let mut results = Vec::new();
    wins(&mut results, 0, 1, 10);
    wins(&mut results, 1, 2, 6);
    wins(&mut results, 2, 1, 4);
    results.push(game(21, 0, 2, None));
    results.push(GameResult {
        finish: Finish::Won(Seat::First, HowWon::Timeout),
        session: Some(7),
        why: Some("no move within 10 s".to_owned()),
        ..game(22, 0, 2, None)
    });
    let names = ["perfect", "mine.py", "easy"].map(str::to_owned);
    TournamentTable::new("connect4", &names, 24, results)
}

#[test]
fn the_text_is_aligned() {
    assert_eq!(
        sample().text(),
        "connect4: 22 of 24 games

   player   games  won  drawn  lost  points   Elo    ±
1  perfect     12   11      1     0    11.5  +303  243
2  mine.py     20    6      0    14     6.0  -137  145
3  easy        12    4      1     7     4.5  -166  173

               1     2     3
1  perfect     -  10.0   1.5
2  mine.py   0.0     -   6.0
3  easy      0.5   4.0     -

easy lost 1 by timeout.
Game 22: no move within 10 s (session 7)
"
    );
}

#[test]
fn a_post_has_a_line_for_each_player() {
    assert_eq!(
        sample().post(4_096),
        "connect4: 22 of 24 games\n\
         1. perfect: 11.5 of 12: 11 won, 1 drawn, 0 lost\n\
         2. mine.py: 6.0 of 20: 6 won, 0 drawn, 14 lost\n\
         3. easy: 4.5 of 12: 4 won, 1 drawn, 7 lost"
    );
    assert_eq!(
        sample().post(95),
        "connect4: 22 of 24 games\n\
         1. perfect: 11.5 of 12: 11 won, 1 drawn, 0 lost\n\
         ... and 2 more players"
    );
}

#[test]
fn the_post_of_a_class_fits() {
    let long = |number| format!("a rather long name, number {number:04}");
    let names: Vec<String> = (0..45).map(long).collect();
    let mut results = Vec::new();
    for one in 0..45 {
        for other in 0..one {
            wins(&mut results, one, other, 1);
        }
    }
    let table = TournamentTable::new("tictactoe", &names, results.len(), results);
    let post = table.post(4_096);
    assert!(post.len() <= 4_096, "{}", post.len());
    assert_eq!(post.lines().count(), 46, "{post}");
    assert!(!post.contains("more player"), "{post}");
}

#[test]
fn json_has_everything() {
    let value: serde_json::Value = serde_json::from_str(&sample().json()).unwrap();
    assert_eq!(value["game"], "connect4");
    assert_eq!(
        (&value["played"], &value["planned"]),
        (&22.into(), &24.into())
    );
    assert_eq!(value["players"][0]["name"], "perfect");
    assert_eq!(value["players"][0]["points"], 11.5);
    assert_eq!(value["players"][2]["faults"]["timeout"], 1);
    assert_eq!(value["crosstable"][1], serde_json::json!([0, null, 6]));
    let last = &value["games"][21];
    assert_eq!(last["winner"], "perfect");
    assert_eq!(last["by"], "timeout");
    assert_eq!(last["session"], 7);
    assert_eq!(value["games"][20]["winner"], serde_json::Value::Null);
}

#[test]
fn markdown_and_html_show_the_same_figures() {
    let markdown = sample().markdown();
    assert!(
        markdown.starts_with("# connect4: 22 of 24 games\n\n|  | player |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| 1 | perfect | 12 | 11 | 1 | 0 | 11.5 | +303 | 243 |\n"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| 2 | mine.py | 0.0 | - | 6.0 |\n"),
        "{markdown}"
    );
    let html = sample().html();
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
    assert!(
        html.contains("<bdi>perfect</bdi></th><td>12</td><td>11</td>"),
        "{html}"
    );
    assert!(html.contains("no move within 10 s (session 7)"), "{html}");
    // It needs nothing else.
    assert!(!html.contains("src=") && !html.contains("href="), "{html}");
}

#[test]
fn hostile_names_stay_text() {
    let names = ["<script>alert(1)</script>", "a|b*c*\u{1b}[31m\n# d\u{202e}"].map(str::to_owned);
    let results = vec![game(1, 0, 1, Some(Seat::First))];
    let table = TournamentTable::new("rps", &names, 1, results);
    let html = table.html();
    assert!(!html.contains("<script>"), "{html}");
    let markdown = table.markdown();
    assert!(markdown.contains(r"a\|b\*c\*"), "{markdown}");
    for text in [table.text(), table.post(4_096), markdown, html] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        assert!(!text.contains("\n# d"), "{text}");
    }
}

proptest! {
    #[test]
    fn tables_fit_the_screen_and_posts_their_limit(
        entrants in 0_usize..70,
        limit in 0_usize..5_000,
        wide: bool,
        games in prop::collection::vec((0_usize..70, 0_usize..70, 0_u8..3), 0..100),
    ) {
        let mut names = names(entrants);
        if wide {
            for name in &mut names {
                *name = format!("小明 {name} \u{1b} with a very long name that is cut");
            }
        }
        let results = games.iter().enumerate().map(|(at, (first, second, end))| {
            let winner = [None, Some(Seat::First), Some(Seat::Second)][usize::from(*end)];
            game(u32::try_from(at).unwrap(), *first, *second, winner)
        });
        let table = TournamentTable::new("battleship", &names, 1_000_000, results);
        for line in table.text().lines() {
            prop_assert!(line.width() <= 80, "{}", line);
        }
        let post = table.post(limit);
        let heading = post.lines().next().map_or(0, str::len);
        prop_assert!(post.len() <= limit.max(heading), "{}", post.len());
    }
}

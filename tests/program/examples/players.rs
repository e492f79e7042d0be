//! The players, and the page that shows them.

use super::languages::{EXAMPLES, root, with_each};

/// What a player reads, and the moves of which it prints one.
const GAME: [(&str, &str); 6] = [
    ("connect4: you are X and move first.", ""),
    ("Room in: 1, 2, 3, 4, 5, 6, 7; your move.", "1234567"),
    (
        "Column 4 from below: X; room in: 1, 2, 3; the partner to move.",
        "",
    ),
    (
        "Column 4 from below: X; column 5 from below: O; room in: 2, 7; your move.",
        "27",
    ),
    ("You win! The game is over; back to chat.", ""),
    ("X in the centre; free: 9; your move.", "9"),
];

#[test]
fn each_player_picks_a_legal_move_whenever_it_is_asked() {
    with_each(|built| {
        let mut player = built.player();
        for (line, moves) in GAME {
            player.enter(line);
            if !moves.is_empty() {
                // Nothing more is sent before the answer: it is not kept until the end.
                let answer = player.wait_for("\n");
                let answer = answer.trim_end();
                assert!(answer.len() == 1, "{answer:?} to {line:?}");
                assert!(moves.contains(answer), "{answer:?} to {line:?}");
            }
        }
        player.end_input();
        let player = player.finish();
        assert_eq!(player.code, Some(0), "{player:?}");
        assert_eq!(player.stdout.lines().count(), 3, "{player:?}");
    });
}

#[test]
fn the_page_shows_the_players_as_they_are() {
    let page = include_str!("../../../docs/bots.md");
    for example in &EXAMPLES {
        let file = root().join("players").join(example.player);
        let source = std::fs::read_to_string(file).unwrap();
        let block = format!("\n```{}\n{source}```\n", example.page);
        assert!(page.contains(&block), "{}", example.player);
        let link = format!("](../examples/{})", example.partner);
        assert!(page.contains(&link), "{link}");
    }
}

#[test]
fn the_examples_are_short_enough_to_be_read() {
    for example in &EXAMPLES {
        let player = format!("players/{}", example.player);
        for (file, limit) in [(example.partner, example.lines), (&*player, 20)] {
            let source = std::fs::read_to_string(root().join(file)).unwrap();
            assert!(source.lines().count() < limit, "{file} is too long");
            let longest = source.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(100), "{file} is too wide");
        }
    }
}

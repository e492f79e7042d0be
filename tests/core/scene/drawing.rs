//! The scene as characters on a screen.

use super::steps::{SIZES, after, board, hostile, steps};
use super::{asked, battleship, hangman, keys, open_board, secret_board, write};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::sync::Arc;
use tictalk::scene::{Area, Arrow, Held, Key, Layout, ListedMember, PromptKind, Scene, Size};
use tictalk::terminal::{Depth, Display, Signs, draw};
use tictalk::wire::{BoardSight, MemberId, MemberSight, RowSight, SquareSight};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(super) const PLAIN: Display = Display {
    depth: Depth::None,
    signs: Signs::Unicode,
};

/// The screen, and where the cursor is if there is one.
fn drawn(scene: &Scene, display: Display) -> (Buffer, Option<Position>) {
    let Size { columns, rows } = scene.size();
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut cursor = None;
    let frame = terminal.draw(|frame| cursor = draw(scene, display, frame.buffer_mut()));
    frame.unwrap();
    (terminal.backend().buffer().clone(), cursor)
}

/// The rows of the screen as a terminal shows them, without the spaces at their ends.
pub(super) fn screen(scene: &Scene, display: Display) -> Vec<String> {
    let (buffer, _) = drawn(scene, display);
    let rows = (0..buffer.area.height).map(|y| {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(symbol.width()).unwrap().max(1);
        }
        row.trim_end().to_owned()
    });
    rows.collect()
}

fn areas(layout: &Layout) -> Vec<Area> {
    let always = [layout.talk, layout.status, layout.keys, layout.input];
    let others = [layout.board, layout.words, layout.members];
    always
        .into_iter()
        .chain(others.into_iter().flatten())
        .collect()
}

/// Checks what holds for every screen.
fn check(scene: &Scene) {
    let Size { columns, rows } = scene.size();
    let layout = scene.layout();
    let (buffer, cursor) = drawn(scene, PLAIN);
    let cursor = cursor.unwrap();
    // The panes are on the screen and do not overlap.
    for (number, area) in areas(&layout).into_iter().enumerate() {
        assert!(area.left + area.width <= columns && area.top + area.height <= rows);
        for other in areas(&layout).into_iter().skip(number + 1) {
            let rects = [area, other].map(|it| Rect::new(it.left, it.top, it.width, it.height));
            assert!(!rects[0].intersects(rects[1]), "{layout:?}");
        }
    }
    // The line is at the bottom, and the cursor in it.
    assert!(layout.input.height > 0 && layout.talk.height > 0);
    assert_eq!(layout.input.top + layout.input.height, rows);
    assert!(layout.input.contains(cursor.x, cursor.y), "{cursor:?}");
    for y in 0..rows {
        for x in 0..columns {
            let symbol = buffer[(x, y)].symbol();
            assert!(!symbol.chars().any(|c| c.is_control()), "{symbol:?}");
            let turns = [
                '\u{202a}'..='\u{202e}',
                '\u{2066}'..='\u{2069}',
                '\u{200b}'..='\u{200b}',
            ];
            let is_turned = |c| turns.iter().any(|range| range.contains(&c));
            assert!(!symbol.chars().any(is_turned), "{symbol:?}");
            if symbol.width() > 1 {
                // It does not reach into another pane or over the edge.
                let end = x + u16::try_from(symbol.width()).unwrap();
                assert!(end <= columns, "{symbol:?} at {x}");
                let within = |area: &Area| area.contains(x, y) && area.contains(end - 1, y);
                assert!(areas(&layout).iter().any(within) || scene.key_list().is_some());
                for blank in x + 1..end {
                    assert_eq!(buffer[(blank, y)].symbol(), " ", "after {symbol:?}");
                }
            }
        }
    }
    check_board(scene, &buffer);
}

/// Checks that a board which has a pane is not cut.
fn check_board(scene: &Scene, buffer: &Buffer) {
    let layout = scene.layout();
    if scene.board().is_none() {
        return;
    }
    let (Some(area), Some(drawing)) = (layout.board, scene.board_drawing()) else {
        assert!(layout.words.is_some());
        return;
    };
    assert!(drawing.rows.len() <= area.height.into());
    for (y, row) in (area.top..).zip(&drawing.rows) {
        for run in &row.runs {
            assert!(run.column + run.width <= area.width.into());
        }
        let text: String = row.runs.iter().map(|run| run.text.as_str()).collect();
        if scene.key_list().is_none() {
            let cells = (area.left..area.left + area.width).map(|x| buffer[(x, y)].symbol());
            let shown: String = cells.collect();
            // Marks with nothing to stand on are not shown.
            let is_seen = |c: &char| *c != ' ' && c.width().is_some_and(|width| width > 0);
            let dense = |text: &str| text.chars().filter(is_seen).collect::<String>();
            assert_eq!(dense(&shown), dense(&text));
        }
    }
    for (x, y, _) in drawing.squares {
        assert!(x + 3 <= area.width && y < area.height);
    }
}

fn member(number: u64, name: &str) -> ListedMember {
    ListedMember {
        sight: MemberSight {
            id: MemberId(number),
            name: Arc::from(name),
            is_coordinator: number == 1,
            is_here: number != 3,
            is_plain: false,
            plays: None,
        },
        detail: None,
    }
}

pub(super) fn members(scene: &mut Scene, names: &[&str]) {
    let listed: Vec<ListedMember> = (1..)
        .zip(names)
        .map(|(number, name)| member(number, name))
        .collect();
    for member in listed {
        let sight = member.sight;
        scene.members_mut().list(vec![sight], true);
    }
    scene.members_mut().list(Vec::new(), false);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_spoils_the_screen(steps in steps()) {
        let mut scene = after(SIZES[1], steps);
        for size in SIZES {
            scene.resize(size);
            check(&scene);
        }
    }

    #[test]
    fn a_board_that_means_harm_stays_in_its_pane(
        board in board(),
        size in select(SIZES.to_vec()),
        arrows in vec(select(vec![Arrow::Left, Arrow::Right, Arrow::Up, Arrow::Down]), 0..8),
    ) {
        let mut scene = asked(PromptKind::Turn);
        scene.resize(size);
        scene.show_board(board);
        members(&mut scene, &["ann", "bob"]);
        check(&scene);
        keys(&mut scene, arrows.into_iter().map(|it| Key::Arrow(it, Held::Nothing)));
        check(&scene);
    }

    #[test]
    fn names_that_mean_harm_stay_in_their_pane(names in vec(hostile(), 0..60)) {
        for size in SIZES {
            let mut scene = asked(PromptKind::Standing);
            scene.resize(size);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            members(&mut scene, &names);
            check(&scene);
        }
    }
}

/// All boards of games at their beginning, and some later ones.
fn boards() -> Vec<BoardSight> {
    vec![
        open_board("tictactoe", &[]),
        open_board("tictactoe", &["5", "2"]),
        open_board("connect4", &[]),
        open_board("connect4", &["4", "4"]),
        secret_board("rps", "3", &[]),
        hangman(),
        battleship(),
    ]
}

#[test]
fn boards_of_games_are_whole_or_in_words() {
    for sight in boards() {
        for size in SIZES {
            let mut scene = asked(PromptKind::Turn);
            scene.resize(size);
            let game = sight.game.clone();
            scene.show_board(sight.clone());
            check(&scene);
            keys(&mut scene, [Key::Arrow(Arrow::Right, Held::Nothing)]);
            check(&scene);
            let chosen = screen(&scene, PLAIN).concat();
            assert!(chosen.contains("chosen: "), "{game}: {chosen}");
            // The largest screen has room for each of them beside the talk.
            let board = scene.layout().board;
            assert!(
                size != SIZES[2] || board.is_some_and(|area| area.left > 0),
                "{game}"
            );
            // One of 80 columns and 24 rows has room for all but the two seas.
            assert!(
                size != SIZES[1] || board.is_some() || game == "battleship",
                "{game}"
            );
        }
    }
}

#[test]
fn a_board_that_is_too_large_is_shown_in_words() {
    let large = |rows: usize, columns: usize| {
        let mut sight = open_board("tictactoe", &[]);
        let row = RowSight {
            label: String::new(),
            squares: vec![SquareSight::default(); columns],
        };
        sight.grids[0].rows = vec![row; rows];
        sight
    };
    for (rows, columns) in [(70_000, 0), (1, 30_000), (60, 1), (1, 67)] {
        let mut scene = asked(PromptKind::Turn);
        scene.resize(SIZES[2]);
        scene.show_board(large(rows, columns));
        assert_eq!(scene.layout().board, None, "{rows} rows, {columns} columns");
        check(&scene);
    }
}

#[test]
fn the_cursor_is_where_the_next_character_appears() {
    for size in SIZES {
        for text in [
            "",
            "a",
            "漢字",
            "e\u{301}x",
            &"x".repeat(500),
            &"漢".repeat(99),
            "a\nb\n",
            "\t",
        ] {
            let mut scene = asked(PromptKind::Turn);
            scene.resize(size);
            keys(&mut scene, [Key::Paste(text.to_owned())]);
            check(&scene);
            let before = drawn(&scene, PLAIN).1.unwrap();
            write(&mut scene, "Z");
            let (buffer, after) = drawn(&scene, PLAIN);
            // At the end of the last row, the text above moves up by one.
            let found =
                [before.y, before.y.saturating_sub(1)].map(|y| buffer[(before.x, y)].symbol());
            assert!(found.contains(&"Z"), "{text:?}");
            assert_ne!(Some(before), after);
        }
    }
}

#[test]
fn the_row_with_the_cursor_is_seen_in_a_long_line() {
    let mut scene = asked(PromptKind::Turn);
    scene.resize(SIZES[0]);
    let lines: Vec<String> = (0..50).map(|number| format!("row{number}.")).collect();
    keys(&mut scene, [Key::Paste(lines.join("\n"))]);
    assert_eq!(screen(&scene, PLAIN).last().unwrap(), "row49.");
    keys(&mut scene, (0..1000).map(|_| Key::Ctrl('b')));
    check(&scene);
    let all = screen(&scene, PLAIN);
    assert!(all.iter().any(|row| row == "ann> row0."), "{all:?}");
}

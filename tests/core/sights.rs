//! Members, boards and results as data: their form on the wire, and their sizes.

use bytes::BytesMut;
use proptest::prelude::*;
use std::sync::Arc;
use tictalk::games::{self, Chance, Choice, Game, GameId, Next, Rules, Said, Seat, Secrets};
use tictalk::sights::{self, Eye};
use tictalk::wire::{
    AddressSight, BoardSight, ConnectedSight, Control, Dialect, Frame, GameSight, GridSight,
    HostSecret, MAX_CONTROL, MemberId, MemberSight, PlayerIndex, PostId, Sees, SquareMark,
    SquareSight,
};

/// The JSON of a control message, as it is sent.
fn json(control: Control) -> String {
    let mut bytes = BytesMut::new();
    let frame = Frame::Control(control);
    Dialect::Tictalk.codec().encode(&frame, &mut bytes);
    String::from_utf8(bytes[4..].to_vec()).unwrap()
}

/// A member with the longest name, the longest number and a game against one like it.
fn largest_member() -> MemberSight {
    let name: Arc<str> = "\u{1f600}".repeat(20).into();
    MemberSight {
        id: MemberId(u64::MAX),
        name: Arc::clone(&name),
        is_coordinator: true,
        is_here: true,
        is_plain: true,
        plays: Some(GameSight {
            game: "battleship".to_owned(),
            with: name,
        }),
    }
}

#[test]
fn the_largest_portion_of_members_fits_into_a_frame() {
    let portion = json(Control::Members {
        members: vec![largest_member(); MemberSight::PORTION],
        since: PostId(u64::MAX),
        more: true,
    });
    assert!(portion.starts_with(r#"{"type":"members""#), "{portion:.80}");
    assert!(portion.len() < MAX_CONTROL, "{} bytes", portion.len());
}

#[test]
fn the_largest_portion_of_connected_members_fits_into_a_frame() {
    let member = ConnectedSight {
        member: MemberSight {
            plays: None,
            ..largest_member()
        },
        from: Some(AddressSight {
            address: "1111:2222:3333:4444:5555:6666:7777:8888".parse().unwrap(),
            port: u16::MAX,
        }),
        since: u64::MAX,
        heard: u64::MAX,
        quiet: u64::MAX,
    };
    let portion = json(Control::Connected {
        members: vec![member; MemberSight::PORTION],
        more: true,
    });
    assert!(
        portion.starts_with(r#"{"type":"connected""#),
        "{portion:.80}"
    );
    assert!(portion.len() < MAX_CONTROL, "{} bytes", portion.len());
}

#[test]
fn unknown_words_in_sees_are_ignored() {
    let read = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Sees::from(words)
    };
    let (members, boards) = (true, true);
    assert_eq!(
        read(&["smells", "boards", "members"]),
        Sees { members, boards }
    );
    assert_eq!(read(&["smells", "Members"]), Sees::default());
    let both = Vec::<String>::from(Sees { members, boards });
    assert_eq!(both, ["members", "boards"]);
    assert!(Vec::<String>::from(Sees::default()).is_empty());
}

#[test]
fn a_host_secret_is_compared_whole_and_not_shown() {
    let secret = HostSecret::new([0xab; 16]);
    for at in 0..16 {
        let mut other = [0xab; 16];
        other[at] ^= 1;
        assert!(!secret.matches(&HostSecret::new(other)), "byte {at}");
    }
    let read = HostSecret::try_from("ab".repeat(16)).unwrap();
    assert!(secret.matches(&read));
    assert_eq!(format!("{secret:?}"), "HostSecret(..)");
    assert!(HostSecret::try_from("ab".repeat(15)).is_err());
}

#[test]
fn there_are_two_players() {
    for (number, player) in [(0, PlayerIndex::First), (1, PlayerIndex::Second)] {
        assert_eq!(PlayerIndex::try_from(number), Ok(player));
        assert_eq!(u8::from(player), number);
    }
    assert!(PlayerIndex::try_from(2).is_err());
}

/// A game in which three copies know what its two players and somebody who watches may know.
pub(super) struct Copies {
    name: &'static str,
    players: [Box<dyn Secrets>; 2],
    onlooker: Box<dyn Secrets>,
    chance: Chance,
    /// The secrets of both seats, as they were kept.
    kept: [Vec<String>; 2],
}

impl Copies {
    pub(super) fn new(name: &'static str, options: &str, seed: [u8; 32]) -> Self {
        let Rules::Secret { start, .. } = games::find(name).unwrap().rules else {
            panic!("{name} has no secrets");
        };
        let id = GameId([7; 32]);
        Self {
            name,
            players: [start(options, id), start(options, id)],
            onlooker: start(options, id),
            chance: Chance::new(seed),
            kept: [Vec::new(), Vec::new()],
        }
    }

    fn take(&mut self, seat: Seat, said: &Said) {
        for copy in self.players.iter_mut().chain([&mut self.onlooker]) {
            copy.play(seat, &said.words).unwrap();
        }
        if let Some(secret) = &said.secret {
            self.players[seat as usize].keep(secret);
            self.kept[seat as usize].push(secret.clone());
        }
    }

    /// Makes a move; `None` if the turn has more parts.
    pub(super) fn choose(&mut self, seat: Seat, words: &str) -> Option<()> {
        let copy = &mut self.players[seat as usize];
        match copy.choose(words, &mut self.chance).unwrap() {
            Choice::Said(said) => {
                self.take(seat, &said);
                Some(())
            }
            Choice::Partly => None,
        }
    }

    /// Takes the turns without a choice. Returns who moves next; `None` when the game is over.
    pub(super) fn mover(&mut self) -> Option<Seat> {
        while let Next::Step(seat) = self.onlooker.next() {
            let said = self.players[seat as usize].step(&mut self.chance);
            self.take(seat, &said);
        }
        self.onlooker.next().seat()
    }

    pub(super) fn game(&self, eye: Eye) -> &dyn Game {
        match eye {
            Eye::Player(seat) => &*self.players[seat as usize],
            Eye::Onlooker => &*self.onlooker,
        }
    }

    fn sight(&self, eye: Eye) -> BoardSight {
        sights::board(1, self.name, names(), self.game(eye), eye)
    }
}

const EYES: [Eye; 3] = [
    Eye::Player(Seat::First),
    Eye::Player(Seat::Second),
    Eye::Onlooker,
];

/// Two names of the greatest length.
fn names() -> [Arc<str>; 2] {
    ["\u{1f600}", "\u{1f601}"].map(|sign| sign.repeat(20).into())
}

fn squares(grid: &GridSight) -> impl Iterator<Item = &SquareSight> {
    grid.rows.iter().flat_map(|row| &row.squares)
}

fn moves(board: &BoardSight) -> Vec<String> {
    let squares = board.grids.iter().flat_map(squares);
    squares.filter_map(|it| it.choice.clone()).collect()
}

/// The cells of a drawn grid: three characters each, between bars.
fn drawn_cells(drawing: &str) -> Vec<Vec<String>> {
    let rows = drawing.lines().filter(|line| line.contains('|'));
    let rows = rows.map(|row| {
        let cells = row.split('|').skip(1);
        let cells: Vec<String> = cells.map(|cell| format!("{cell:3}")).collect();
        cells.split_last().unwrap().1.to_vec()
    });
    rows.collect()
}

/// Checks that a square is what a cell of three characters shows.
fn agrees(square: &SquareSight, cell: &str, is_free: impl Fn(char) -> bool) {
    let signs: Vec<char> = cell.chars().collect();
    let sign = Some(signs[1]).filter(|sign| !is_free(*sign));
    assert_eq!(square.sign, sign, "{cell:?}");
    let mark = match (signs[0], sign) {
        ('[', _) => Some(SquareMark::Last),
        ('*', _) => Some(SquareMark::Won),
        _ => None,
    };
    assert_eq!(square.mark, mark, "{cell:?}");
    if square.mark.is_some() {
        assert!(square.by.is_some(), "{cell:?}");
    }
}

fn is_name_or_blank(sign: char) -> bool {
    sign == ' ' || sign.is_ascii_digit()
}

/// Checks the board of a game without secrets for all eyes.
fn check_open(name: &str, game: &dyn Game) {
    let drawn = drawn_cells(&game.board(Seat::First).to_string());
    for eye in EYES {
        let board = sights::board(1, name, names(), game, eye);
        let [grid] = &board.grids[..] else {
            panic!("{board:?}");
        };
        assert_eq!((&grid.title, &board.text), (&None, &Vec::new()));
        assert_eq!(grid.rows.len(), drawn.len());
        for (row, cells) in grid.rows.iter().zip(&drawn) {
            assert_eq!(row.squares.len(), cells.len());
            for (square, cell) in row.squares.iter().zip(cells) {
                agrees(square, cell, is_name_or_blank);
                let sign = square.by.map(|by| match by {
                    PlayerIndex::First => 'X',
                    PlayerIndex::Second => 'O',
                });
                assert_eq!(sign, square.sign);
            }
        }
        let is_mine = match (eye, game.next()) {
            (Eye::Player(seat), Next::Move(mover)) => seat == mover,
            _ => false,
        };
        let mut offered = moves(&board);
        offered.sort();
        let legal = if is_mine { game.legal() } else { Vec::new() };
        assert_eq!((&offered, &board.legal), (&legal, &legal));
        assert_eq!(board.hint.is_some(), is_mine);
        let over = board.won.is_some() || board.is_drawn;
        assert_eq!(board.turn.is_none(), over);
        assert!(!board.words.contains("{other}"));
        // A click has to be the move that the square is named by.
        for square in squares(grid).filter(|it| it.choice.is_some()) {
            let seat = game.next().seat().unwrap();
            let mut after = game.boxed();
            after.play(seat, square.choice.as_ref().unwrap()).unwrap();
            let at = squares(grid)
                .position(|it| std::ptr::eq(it, square))
                .unwrap();
            let then = sights::board(1, name, names(), after.as_ref(), eye);
            let taken = squares(&then.grids[0]).nth(at).unwrap();
            assert!(taken.sign.is_some(), "{square:?} is not taken by its move");
        }
        assert!(json(Control::Board(Box::new(board))).starts_with(r#"{"type":"board""#));
    }
}

fn play_open(name: &str, seed: [u8; 32]) {
    let Rules::Open(start) = games::find(name).unwrap().rules else {
        panic!("{name} has secrets");
    };
    let (mut game, mut chance) = (start(""), Chance::new(seed));
    check_open(name, game.as_ref());
    while let Some(seat) = game.next().seat() {
        let words = chance.pick(&game.legal()).unwrap().clone();
        game.play(seat, &words).unwrap();
        check_open(name, game.as_ref());
    }
}

/// The cells of the charts of both seas, or of one: three characters each.
fn drawn_seas(drawing: &str) -> Vec<Vec<String>> {
    let rows: Vec<&str> = drawing.lines().skip(2).take(10).collect();
    let sea = |start: usize| {
        let cells = rows.iter().flat_map(|row| {
            (0..10).map(move |at| {
                let from = start + 3 * at;
                let cell = row.get(from..row.len().min(from + 3)).unwrap_or("");
                format!("{cell:3}")
            })
        });
        cells.collect::<Vec<String>>()
    };
    let is_wide = drawing.starts_with("    your sea") && drawing.contains("their sea");
    [Some(3), is_wide.then_some(3 + 30 + 4 + 3)]
        .into_iter()
        .flatten()
        .map(sea)
        .collect()
}

/// Checks the boards of battleship for the players and for somebody who watches.
fn check_seas(copies: &Copies) {
    for eye in EYES {
        let (game, board) = (copies.game(eye), copies.sight(eye));
        let seas = drawn_seas(&game.board(eye.seat()).to_string());
        assert_eq!(board.grids.len(), seas.len());
        for (number, (grid, cells)) in board.grids.iter().zip(&seas).enumerate() {
            let title = ["your sea", "their sea"][number];
            assert_eq!(grid.title.as_deref(), Some(title));
            assert_eq!(squares(grid).count(), 100);
            for (square, cell) in squares(grid).zip(cells) {
                let signs: Vec<char> = cell.chars().collect();
                let is_free = signs[1] == '.';
                assert_eq!(square.sign, Some(signs[1]).filter(|_| !is_free), "{cell:?}");
                let mark = (signs[0] == '[').then_some(SquareMark::Last);
                assert_eq!(square.mark, mark, "{cell:?}");
            }
        }
        let is_mine = match (eye, game.next()) {
            (Eye::Player(seat), Next::Move(mover)) => seat == mover,
            _ => false,
        };
        let legal = if is_mine { game.legal() } else { Vec::new() };
        assert_eq!(board.legal, legal);
        // Ships are placed by typing.
        let shots = if board.grids.len() == 2 {
            legal
        } else {
            Vec::new()
        };
        assert_eq!(moves(&board), shots);
        if let [yours, _] = &board.grids[..] {
            assert!(squares(yours).all(|it| it.choice.is_none()));
        }
        let size = json(Control::Board(Box::new(board))).len();
        assert!((100..MAX_CONTROL).contains(&size), "{size} bytes");
    }
}

/// Checks that nothing shows the ships of the other player, or of any to somebody who watches.
fn check_fleets(copies: &Copies) {
    if copies.onlooker.next() == Next::Move(Seat::First) && copies.kept[1].is_empty() {
        return;
    }
    for eye in EYES {
        let board = copies.sight(eye);
        let is_ship = |it: &SquareSight| it.sign.is_some_and(|sign| "CBRSD".contains(sign));
        let seen = match eye {
            Eye::Player(_) => board.grids.get(1..).unwrap_or_default(),
            Eye::Onlooker => &board.grids[..],
        };
        assert!(
            !seen.iter().flat_map(squares).any(is_ship),
            "{eye:?}: {board:?}"
        );
        let sent = json(Control::Board(Box::new(board)));
        assert!(
            eye != Eye::Onlooker || !sent.contains("your ships"),
            "{sent}"
        );
        for (seat, kept) in [Seat::First, Seat::Second].into_iter().zip(&copies.kept) {
            for part in kept.iter().flat_map(|it| it.split(' ')) {
                assert!(!sent.contains(part), "{eye:?} sees a secret of {seat:?}");
            }
        }
    }
}

fn play_battleship(seed: [u8; 32]) {
    let mut copies = Copies::new("battleship", "", seed);
    check_seas(&copies);
    // A part of a fleet is placed by hand.
    assert_eq!(copies.choose(Seat::First, "a1 right"), None);
    check_seas(&copies);
    let mine = copies.sight(Eye::Player(Seat::First));
    assert_eq!(
        squares(&mine.grids[0])
            .filter(|it| it.sign.is_some())
            .count(),
        5
    );
    while let Some(seat) = copies.mover() {
        check_seas(&copies);
        check_fleets(&copies);
        let legal = copies.game(Eye::Player(seat)).legal();
        let words = copies.chance.pick(&legal).unwrap().clone();
        copies.choose(seat, &words).unwrap();
        if copies.onlooker.next().seat().is_some() {
            check_seas(&copies);
        }
    }
    check_seas(&copies);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn squares_agree_with_the_drawing_and_moves_with_the_rules(seed in any::<[u8; 32]>()) {
        play_open("tictactoe", seed);
        play_open("connect4", seed);
        play_battleship(seed);
    }

    #[test]
    fn a_word_is_seen_by_nobody_who_has_to_guess_it(seed in any::<[u8; 32]>()) {
        let mut copies = Copies::new("hangman", "", seed);
        copies.choose(Seat::Second, "quartz").unwrap();
        while let Some(seat) = copies.mover() {
            for eye in EYES {
                let board = copies.sight(eye);
                prop_assert!(board.grids.is_empty());
                let drawing = copies.game(eye).board(eye.seat()).to_string();
                let drawing: Vec<&str> = drawing.lines().collect();
                prop_assert!(board.text.iter().map(String::as_str).eq(drawing));
                let sent = json(Control::Board(Box::new(board)));
                prop_assert!(sent.len() > 100 && !sent.contains("quartz"), "{sent}");
            }
            let legal = copies.game(Eye::Player(seat)).legal();
            let words = copies.chance.pick(&legal).unwrap().clone();
            copies.choose(seat, &words).unwrap();
        }
        prop_assert!(json(Control::Board(Box::new(copies.sight(Eye::Onlooker)))).contains("quartz"));
    }

    #[test]
    fn a_throw_is_seen_by_nobody_before_the_other_one(seed in any::<[u8; 32]>()) {
        let sent = ["rock", "paper", "scissors"].map(|throw| {
            let mut copies = Copies::new("rps", "3", seed);
            copies.choose(Seat::First, throw).unwrap();
            [Eye::Player(Seat::Second), Eye::Onlooker].map(|eye| copies.sight(eye))
        });
        prop_assert_eq!(&sent[0], &sent[1]);
        prop_assert_eq!(&sent[0], &sent[2]);
        prop_assert_eq!(sent[0][0].legal.len(), 3);
        let [_, onlooker] = &sent[0];
        let name = names()[0].to_string();
        let head = format!("As {} sees it:", name);
        prop_assert_eq!(&onlooker.text[0], &head);
        prop_assert!(onlooker.words.starts_with(&head));
    }
}

#[test]
fn a_game_that_ends_says_how() {
    let mut copies = Copies::new("rps", "1", [3; 32]);
    copies.choose(Seat::First, "rock").unwrap();
    copies.choose(Seat::Second, "rock").unwrap();
    assert_eq!(copies.mover(), None);
    let board = copies.sight(Eye::Onlooker);
    assert_eq!((board.turn, board.won, board.is_drawn), (None, None, true));
    let mut copies = Copies::new("rps", "1", [3; 32]);
    copies.choose(Seat::First, "rock").unwrap();
    copies.choose(Seat::Second, "paper").unwrap();
    assert_eq!(copies.mover(), None);
    let board = copies.sight(Eye::Player(Seat::First));
    assert_eq!(
        (board.won, board.is_drawn),
        (Some(PlayerIndex::Second), false)
    );
    // Somebody who cheats has lost.
    let mut copies = Copies::new("rps", "1", [3; 32]);
    copies.choose(Seat::First, "rock").unwrap();
    copies.choose(Seat::Second, "paper").unwrap();
    let lie = Said::openly("scissors");
    copies.take(Seat::First, &lie);
    assert_eq!(copies.sight(Eye::Onlooker).won, Some(PlayerIndex::Second));
}

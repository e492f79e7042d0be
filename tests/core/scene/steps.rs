//! Anything that can happen to a scene, in any order, also with text that means harm.

use super::{message, post, prompt, scene};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use std::time::Duration;
use tictalk::scene::{
    Arrivals, Arrow, EntryKind, Focus, Held, Key, KeyOffer, KeyOutcome, LineEcho, LinePrompt,
    ListedMember, PresenceChange, PromptKind, Scene, Size, TalkEntry, Wheel,
};
use tictalk::text::{LocalTime, visible};
use tictalk::wire::{
    BoardSight, GridSight, MemberId, MemberSight, PlayerIndex, RowSight, SquareMark, SquareSight,
};

/// The sizes of screens that are examined.
pub(super) const SIZES: [Size; 3] = [size(40, 12), size(80, 24), size(200, 60)];

const fn size(columns: u16, rows: u16) -> Size {
    Size { columns, rows }
}

const PIECES: &[&str] = &[
    "a",
    "word ",
    " ",
    "漢字",
    "e\u{301}",
    "\u{301}\u{302}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\x1b[2J",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\u{9b}2J",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "שלום",
    "مرحبا",
    "👨\u{200d}👩\u{200d}👧",
    "🇨🇭",
    "❤\u{fe0f}",
    "ﷺ",
    "a-word-that-is-longer-than-the-panes-beside-the-talk",
];

/// Text as somebody sends it who wants to spoil the screen.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Key(Key),
    Add(TalkEntry),
    /// An older post comes.
    Old(TalkEntry),
    Resize(Size),
    Ask(LinePrompt, String, Vec<String>),
    Withdraw,
    TakeBack,
    Received,
    Board(BoardSight),
    EndBoard,
    HideBoard,
    Members(Vec<ListedMember>),
    Status(String, Option<String>),
    Left(Option<u64>),
    Offer,
}

/// Carries out a step.
pub(super) fn take(scene: &mut Scene, step: Step) -> Option<KeyOutcome> {
    match step {
        Step::Key(key) => return scene.key(key, None),
        Step::Add(entry) => scene.add(entry),
        Step::Old(entry) => scene.add_old(entry),
        Step::Resize(size) => scene.resize(size),
        Step::Ask(prompt, draft, words) => return scene.ask(prompt, &draft, words),
        Step::Withdraw => drop(scene.withdraw()),
        Step::TakeBack => drop(scene.take_back()),
        Step::Received => scene.mark_received(),
        Step::Board(board) => scene.show_board(board),
        Step::EndBoard => scene.end_board(),
        Step::HideBoard => scene.hide_board(),
        Step::Members(members) => scene.members_mut().replace(members.into_iter()),
        Step::Status(status, progress) => {
            scene.set_status(status);
            scene.set_progress(progress);
        }
        Step::Left(seconds) => scene.set_time_left(seconds.map(Duration::from_secs)),
        Step::Offer => scene.set_offers(vec![KeyOffer::new(2, "accept", "/accept")]),
    }
    None
}

/// A scene after these steps, on a screen of this size.
pub(super) fn after(size: Size, steps: Vec<Step>) -> Scene {
    let mut scene = scene(size.columns, size.rows);
    scene.talk_mut().expect_older();
    for step in steps {
        take(&mut scene, step);
    }
    scene
}

pub(super) fn key() -> impl Strategy<Value = Key> {
    let arrow = select(vec![Arrow::Left, Arrow::Right, Arrow::Up, Arrow::Down]);
    let held = select(vec![Held::Nothing, Held::Shift, Held::Word]);
    let named = select(vec![
        Key::Enter,
        Key::Tab,
        Key::Escape,
        Key::Backspace,
        Key::WordBackspace,
        Key::Delete,
        Key::Home,
        Key::End,
        Key::PageUp,
        Key::PageDown,
        Key::Wheel(Wheel::Up),
        Key::Wheel(Wheel::Down),
        Key::Focus(Focus::Here),
        Key::Focus(Focus::Elsewhere),
        Key::Alt('\r'),
    ]);
    prop_oneof![
        4 => named,
        3 => select("ab/?漢\u{301}\u{202e}".chars().collect::<Vec<_>>()).prop_map(Key::Char),
        3 => (arrow, held).prop_map(|(arrow, held)| Key::Arrow(arrow, held)),
        1 => select(('a'..='z').collect::<Vec<_>>()).prop_map(Key::Ctrl),
        1 => (1..13_u8).prop_map(Key::Function),
        1 => hostile().prop_map(Key::Paste),
        1 => (0..200_u16, 0..60_u16).prop_map(|(column, row)| Key::Click { column, row }),
    ]
}

/// What comes without a key being pressed and belongs in the talk.
pub(super) fn arrival() -> impl Strategy<Value = Step> {
    let day = 24 * 60 * 60 * 1000;
    let time =
        option::of((0..3_u64).prop_map(move |days| LocalTime::of(1_800_000_000_000 + day * days)));
    let kind = prop_oneof![
        3 => Just(None),
        1 => Just(Some(EntryKind::Note)),
        1 => (select(vec![PresenceChange::Joined, PresenceChange::Left]), hostile()).prop_map(|(presence, name)| {
            let name = Arc::from(visible(&name).replace('\n', " "));
            Some(EntryKind::Arrivals(Arrivals::new(presence, vec![name], 0)))
        }),
    ];
    let new = (kind, hostile(), time.clone()).prop_map(|(kind, text, time)| {
        let mut entry = message(&visible(&text));
        entry.time = time.flatten();
        if let Some(kind) = kind {
            entry.kind = kind;
        }
        Step::Add(entry)
    });
    let numbered = (1..500_u64, hostile(), time, any::<bool>());
    let posted = numbered.prop_map(|(number, text, time, is_old)| {
        let mut entry = post(if is_old { number } else { number + 500 });
        entry.text = visible(&text).into_owned();
        entry.time = time.flatten();
        match is_old {
            true => Step::Old(entry),
            false => Step::Add(entry),
        }
    });
    prop_oneof![2 => new, 2 => posted]
}

pub(super) fn ask() -> impl Strategy<Value = Step> {
    let kinds = vec![
        PromptKind::Turn,
        PromptKind::Ahead,
        PromptKind::Standing,
        PromptKind::Question,
    ];
    let echo = prop_oneof![4 => Just(LineEcho::Shown), 1 => Just(LineEcho::Hidden)];
    let words = vec(hostile(), 0..3);
    (select(kinds), echo, hostile(), words).prop_map(|(kind, line, draft, words)| {
        let prompt = LinePrompt {
            line,
            ..prompt(kind)
        };
        Step::Ask(prompt, draft, words)
    })
}

fn square() -> impl Strategy<Value = SquareSight> {
    let sign = option::of(select(
        "XO漢\u{301}\x1b\u{202e}\n".chars().collect::<Vec<_>>(),
    ));
    let mark = option::of(select(vec![SquareMark::Last, SquareMark::Won]));
    (sign, mark, option::of(hostile())).prop_map(|(sign, mark, choice)| SquareSight {
        sign,
        mark,
        choice,
        by: None,
    })
}

fn grid() -> impl Strategy<Value = GridSight> {
    let row = (hostile(), vec(square(), 0..30));
    let row = row.prop_map(|(label, squares)| RowSight { label, squares });
    (option::of(hostile()), vec(row, 0..12)).prop_map(|(title, rows)| GridSight { title, rows })
}

/// A board as a server sends it that is not honest.
pub(super) fn board() -> impl Strategy<Value = BoardSight> {
    let words = (hostile(), [hostile(), hostile()], hostile());
    let lists = (vec(hostile(), 0..4), vec(hostile(), 0..8));
    (0..3_u64, words, vec(grid(), 0..3), lists).prop_map(
        |(table, (game, players, words), grids, (text, legal))| BoardSight {
            table,
            game,
            players: players.map(Arc::from),
            you: Some(PlayerIndex::First),
            turn: Some(PlayerIndex::First),
            won: None,
            is_drawn: false,
            grids,
            text,
            legal,
            hint: None,
            words,
        },
    )
}

fn member() -> impl Strategy<Value = ListedMember> {
    let detail = option::of(Just("192.0.2.1:4000, 3 s".to_owned()));
    (0..30_u64, hostile(), any::<bool>(), detail).prop_map(|(id, name, is_here, detail)| {
        ListedMember {
            sight: MemberSight {
                id: MemberId(id),
                name: Arc::from(name),
                is_coordinator: id == 1,
                is_here,
                is_plain: false,
                plays: None,
            },
            detail,
        }
    })
}

/// Any step.
pub(super) fn step() -> impl Strategy<Value = Step> {
    let simple = select(vec![
        Step::Withdraw,
        Step::TakeBack,
        Step::Received,
        Step::EndBoard,
        Step::HideBoard,
        Step::Offer,
    ]);
    let status = (hostile(), option::of(hostile()));
    let status = status.prop_map(|(status, progress)| {
        let in_line = |text: &str| visible(text).replace(['\n', '\t'], " ");
        Step::Status(in_line(&status), progress.map(|it| in_line(&it)))
    });
    prop_oneof![
        8 => key().prop_map(Step::Key),
        6 => arrival(),
        3 => ask(),
        2 => simple,
        1 => board().prop_map(Step::Board),
        1 => vec(member(), 0..40).prop_map(Step::Members),
        1 => status,
        1 => option::of(0..100_u64).prop_map(Step::Left),
        1 => select(SIZES.to_vec()).prop_map(Step::Resize),
    ]
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 0..60)
}

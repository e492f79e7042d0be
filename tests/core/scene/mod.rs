//! What a person sees and types in panes: the scene, and its drawing.

mod boards;
mod drawing;
mod keys;
mod members;
mod properties;
mod receipts;
mod screens;
mod steps;
mod talk;

use crate::sights::Copies;
use std::sync::Arc;
use tictalk::games::{self, Game, Rules, Seat};
use tictalk::scene::{
    Arrivals, Attention, EntryKind, Key, KeyOutcome, LineEcho, LinePrompt, PresenceChange,
    PromptKind, Scene, Size, Talk, TalkEntry,
};
use tictalk::sights::{self, Eye};
use tictalk::text::LocalTime;
use tictalk::wire::{BoardSight, PostId};

const LIMIT: usize = 1000;

fn scene(columns: u16, rows: u16) -> Scene {
    Scene::new(Size { columns, rows }, LIMIT)
}

/// A scene of a usual size in which a line of this kind is asked for.
fn asked(kind: PromptKind) -> Scene {
    let mut scene = scene(80, 24);
    ask(&mut scene, kind, "");
    scene
}

fn prompt(kind: PromptKind) -> LinePrompt {
    LinePrompt {
        label: "\x1b[1mann>\x1b[0m ".to_owned(),
        speaker: "ann:".to_owned(),
        line: LineEcho::Shown,
        kind,
    }
}

fn ask(scene: &mut Scene, kind: PromptKind, draft: &str) -> Option<KeyOutcome> {
    scene.ask(prompt(kind), draft, Vec::new())
}

fn message(text: &str) -> TalkEntry {
    TalkEntry {
        post: None,
        time: None,
        kind: EntryKind::Message(Attention::Everybody),
        text: text.to_owned(),
    }
}

fn post(number: u64) -> TalkEntry {
    TalkEntry {
        post: Some(PostId(number)),
        ..message(&format!("post {number}"))
    }
}

fn arrival(presence: PresenceChange, name: &str) -> TalkEntry {
    TalkEntry {
        kind: EntryKind::Arrivals(Arrivals::new(presence, vec![Arc::from(name)], 0)),
        ..message("")
    }
}

fn at(millis: u64, entry: TalkEntry) -> TalkEntry {
    TalkEntry {
        time: LocalTime::of(millis),
        ..entry
    }
}

fn key(scene: &mut Scene, key: Key) -> Option<KeyOutcome> {
    scene.key(key, None)
}

fn keys(scene: &mut Scene, keys: impl IntoIterator<Item = Key>) {
    for key in keys {
        assert_eq!(scene.key(key, None), None);
    }
}

fn write(scene: &mut Scene, text: &str) {
    keys(scene, text.chars().map(Key::Char));
}

/// Types a line and enters it.
fn enter(scene: &mut Scene, text: &str) -> Option<KeyOutcome> {
    write(scene, text);
    key(scene, Key::Enter)
}

fn line(text: &str) -> Option<KeyOutcome> {
    Some(KeyOutcome::Line(text.to_owned()))
}

fn draft(scene: &Scene) -> String {
    scene.line().0
}

/// The text of rows, with spaces where nothing stands.
fn text_of(rows: Vec<tictalk::scene::TalkRow>) -> Vec<String> {
    let rows = rows.into_iter().map(|shown| {
        let mut text = String::new();
        let mut column = 0;
        for run in shown.row.runs {
            text.push_str(&" ".repeat(run.column - column));
            column = run.column + run.width;
            text.push_str(&run.text);
        }
        text
    });
    rows.collect()
}

/// All of the talk, in rows of 80 columns.
fn whole(talk: &Talk) -> Vec<String> {
    text_of(talk.last_rows(80, 100_000))
}

/// What is seen of the talk.
fn seen(scene: &Scene) -> Vec<String> {
    let area = scene.layout().talk;
    let rows = scene.talk().visible(area.width.into(), area.height.into());
    text_of(rows)
}

fn names() -> [Arc<str>; 2] {
    ["ann", "bob"].map(Arc::from)
}

/// The board of an open game after these moves, as the first player sees it.
fn open_board(name: &str, moves: &[&str]) -> BoardSight {
    let Rules::Open(start) = games::find(name).unwrap().rules else {
        panic!("{name} has secrets");
    };
    let mut game = start("");
    for words in moves {
        let seat = game.next().seat().unwrap();
        game.play(seat, words).unwrap();
    }
    board_of(name, game.as_ref())
}

fn board_of(name: &str, game: &dyn Game) -> BoardSight {
    sights::board(1, name, names(), game, Eye::Player(Seat::First))
}

/// A game with secrets in which it is the turn of the first player, after these choices.
fn secret_board(name: &'static str, options: &str, choices: &[(Seat, &str)]) -> BoardSight {
    let mut copies = Copies::new(name, options, [5; 32]);
    for (seat, words) in choices {
        copies.choose(*seat, words).unwrap();
    }
    copies.mover();
    board_of(name, copies.game(Eye::Player(Seat::First)))
}

fn battleship() -> BoardSight {
    let placed = [(Seat::First, "random"), (Seat::Second, "random")];
    secret_board("battleship", "", &placed)
}

fn hangman() -> BoardSight {
    secret_board("hangman", "", &[(Seat::Second, "quartz")])
}

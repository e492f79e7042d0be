//! A person who plays with the computer: a menu, the level, and results with a score.

use super::level::Level;
use super::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use super::transcript::Transcript;
use super::wish::{LEVEL, Wish, menu};
use crate::games::{GAMES, Score, Skill};
use crate::session::{
    Command, GameEnd, Notice, Refusal, Session, Side, Topic, Wait, playing_lines,
};
use crate::terminal::{Audience, Console, Ink, Typed};
use crate::text::{two_columns, visible};
use crate::wire::{Name, QUIT};
use tokio::time::Instant;

/// The person's end of a session with the computer. A terminal shows a menu instead of a chat; a
/// pipe gets what every session prints.
#[derive(Debug)]
pub(super) struct SoloPlayer<'a, C> {
    transcript: &'a mut Transcript<C>,
    level: Level,
    stage: Stage,
    /// Words to show before the next prompt.
    preface: Option<Preface>,
    /// The score after the game that ends now.
    score: Option<Score>,
}

/// What the person is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Choosing a game; what Enter does.
    Choosing(OnEnter),
    Playing,
}

/// What a blank line does while no game is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnEnter {
    ShowMenu,
    PlayAgain,
}

/// Words before the next prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preface {
    Menu,
    PlayAgain,
}

impl<'a, C: Console> SoloPlayer<'a, C> {
    /// A person at this console, who can change `level`.
    pub(super) fn new(transcript: &'a mut Transcript<C>, level: Level) -> Self {
        Self {
            transcript,
            level,
            stage: Stage::Choosing(OnEnter::ShowMenu),
            preface: Some(Preface::Menu),
            score: None,
        }
    }

    /// Tells the person with whom they play.
    pub(super) fn greet(&mut self) {
        match self.audience() {
            Audience::Person => {
                self.transcript.name_partner("the computer".parse().ok());
                let level = self.level.skill().name();
                let greeting = [
                    "You're playing the computer".to_owned(),
                    format!("(level: {level})."),
                ];
                self.parts(Ink::Game, &greeting, " ");
            }
            Audience::Pipe => self.line("Your partner is a program on this machine. /q leaves."),
        }
    }

    pub(super) fn audience(&self) -> Audience {
        self.transcript.console.style().audience
    }

    /// Prints these parts of a line, in as many lines as the terminal needs.
    fn parts(&mut self, ink: Ink, parts: &[String], gap: &str) {
        let paint = self.transcript.console.style().paint;
        for line in lines(parts, gap, self.transcript.console.columns()) {
            self.line(&paint.ink(ink, &line));
        }
    }

    fn show_menu(&mut self) {
        let mut games: Vec<String> = menu().collect();
        let gap = match self.transcript.is_described() {
            true => {
                // Commas are heard as pauses.
                let last = games.len().saturating_sub(1);
                games.iter_mut().take(last).for_each(|game| game.push(','));
                " "
            }
            false => "  ",
        };
        self.parts(Ink::Game, &games, gap);
        let hint = [
            "Type a number or a name.",
            "/level changes the level,",
            "q quits.",
        ];
        self.parts(Ink::Hint, &hint.map(str::to_owned), " ");
    }

    fn show_help(&mut self, moves: Option<&str>) {
        let mut rows: Vec<(String, &str)> = match moves {
            Some(moves) => {
                self.line(&format!("Anything else must be a move. {moves}"));
                let rows = playing_lines().into_iter();
                rows.map(|(word, help)| (word.to_owned(), help)).collect()
            }
            None => {
                self.show_menu();
                let score = (Command::Score.word().to_owned(), "show your score");
                vec![("/help GAME".to_owned(), "explain a game"), score]
            }
        };
        rows.push((format!("{LEVEL} NAME"), "change the level"));
        rows.push((QUIT.to_owned(), "leave"));
        self.line(two_columns(&rows).trim_start_matches('\n'));
    }

    fn show_result(&mut self, end: GameEnd) {
        self.stage = Stage::Choosing(OnEnter::PlayAgain);
        self.preface = Some(Preface::PlayAgain);
        self.transcript.show_last_board();
        let ink = match end.winner() {
            Some(Side::Me) => Ink::Win,
            _ => Ink::Game,
        };
        let result = match end {
            GameEnd::Won(Side::Me) => "You win!".to_owned(),
            GameEnd::Won(Side::Partner) => "The computer wins.".to_owned(),
            GameEnd::Drawn => "A draw.".to_owned(),
            GameEnd::Agreed => "A draw, as you both agreed.".to_owned(),
            GameEnd::Resigned(Side::Me) => "You gave up: the computer wins.".to_owned(),
            GameEnd::Resigned(Side::Partner) => "You win: the computer gave up.".to_owned(),
            GameEnd::Caught(Side::Me, lie) => format!("You lose: your program {lie}."),
            GameEnd::Caught(Side::Partner, lie) => format!("You win: the computer {lie}."),
        };
        let score = self.score.take();
        let score = score.map(|score| format!("{}.", score.with("computer")));
        let parts: Vec<String> = [result].into_iter().chain(score).collect();
        self.parts(ink, &parts, " ");
    }

    /// Carries out a wish. Returns the line for the session: a blank one has it prompt again.
    fn grant(&mut self, wish: Wish) -> String {
        match wish {
            Wish::TellLevel => {
                let level = self.level.skill().name();
                let parts = [
                    format!("The level is {level}."),
                    format!("{LEVEL} NAME changes it:"),
                    format!("{}.", levels()),
                ];
                self.parts(Ink::Game, &parts, " ");
            }
            Wish::Level(skill) => {
                self.level.change(skill);
                let now = format!("The level is now {}.", skill.name());
                self.parts(Ink::Game, &[now], " ");
            }
            Wish::UnknownLevel(name) => {
                let unknown = format!("There is no level {}.", visible(&name));
                let parts = [unknown, format!("Choose {}.", levels())];
                self.parts(Ink::Refusal, &parts, " ");
            }
            Wish::Play(game) => return game,
            Wish::UnknownGame => {
                self.warn("I only play games. Pick one:");
                self.show_menu();
            }
            Wish::Enter if self.stage == Stage::Choosing(OnEnter::PlayAgain) => {
                return Command::Rematch.word().to_owned();
            }
            Wish::Enter | Wish::Menu => {
                self.stage = Stage::Choosing(OnEnter::ShowMenu);
                self.show_menu();
            }
            Wish::Quit => return QUIT.to_owned(),
        }
        String::new()
    }

    /// The line for the session that `line` stands for.
    fn read(&mut self, line: String) -> String {
        let wish = match self.stage {
            Stage::Playing => Wish::at_any_time(&line),
            Stage::Choosing(_) => Wish::at_the_menu(&line),
        };
        match (wish, self.audience()) {
            (None, _) => line,
            // The lines of a script go to the computer.
            (Some(Wish::Enter | Wish::Menu | Wish::Quit | Wish::UnknownGame), Audience::Pipe) => {
                line
            }
            (Some(wish), _) => self.grant(wish),
        }
    }

    /// What can be typed now, for completion.
    fn words(&self, session: &Session) -> Vec<String> {
        let mut words = session.suggestions();
        words.extend(Skill::ALL.map(|skill| format!("{LEVEL} {}", skill.name())));
        if let Stage::Choosing(_) = self.stage {
            words.extend(GAMES.iter().map(|game| game.name.to_owned()));
        }
        words
    }

    /// Shows a notice to a person who has chosen to play with the computer.
    async fn show_person(&mut self, notice: &Notice) {
        self.transcript.withdraw().await;
        match (notice, self.stage) {
            // There is nobody to talk with, and nobody whose receipt matters.
            (Notice::Instructions | Notice::Received, _) => {}
            (Notice::Said(_), Stage::Choosing(_)) => {}
            (Notice::NewScore(score), _) => self.score = Some(*score),
            (Notice::GameOver(end), _) => self.show_result(*end),
            (Notice::Help(Topic::Chat), _) => self.show_help(None),
            (Notice::Help(Topic::Playing { moves }), _) => self.show_help(Some(moves)),
            (Notice::Refused(Refusal::ChatWaits { moves }), _) => {
                self.warn(&format!("That isn't a move. {moves}"));
            }
            _ => self.transcript.show(notice).await,
        }
    }
}

/// The names of the levels: `easy, medium or perfect`.
fn levels() -> String {
    let names = Skill::ALL.map(Skill::name);
    match names.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// `parts` in lines of at most `columns` columns, as far as that is possible.
fn lines(parts: &[String], gap: &str, columns: Option<usize>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line)
                if columns.is_none_or(|columns| line.len() + gap.len() + part.len() <= columns) =>
            {
                line.push_str(gap);
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

impl<C: Console> Speaker for SoloPlayer<'_, C> {
    fn line(&mut self, text: &str) {
        self.transcript.line(text);
    }

    fn hint(&mut self, text: &str) {
        self.transcript.hint(text);
    }

    fn warn(&mut self, text: &str) {
        self.transcript.warn(text);
    }

    fn introduce(&mut self, name: Option<Name>) {
        self.transcript.introduce(name);
    }

    fn can_decide(&self) -> bool {
        self.transcript.can_decide()
    }

    async fn show(&mut self, notice: &Notice) {
        match self.audience() {
            Audience::Person => self.show_person(notice).await,
            Audience::Pipe => self.transcript.show(notice).await,
        }
        match notice {
            Notice::Toss(_) | Notice::GameStarted { .. } => self.stage = Stage::Playing,
            Notice::GameOver(_) => self.stage = Stage::Choosing(OnEnter::PlayAgain),
            _ => {}
        }
    }

    async fn prompt(&mut self, prompt: Prompt, session: &Session) {
        self.transcript.withdraw().await;
        if let (Stage::Choosing(_), Audience::Person) = (self.stage, self.audience()) {
            match self.preface.take() {
                Some(Preface::Menu) => self.show_menu(),
                Some(Preface::PlayAgain) => {
                    let ways = ["Enter plays again,", "m shows the menu,", "/q quits."];
                    self.parts(Ink::Hint, &ways.map(str::to_owned), " ");
                }
                None => {}
            }
        }
        self.transcript.prompt(prompt, session).await;
        if self.transcript.console.completes() {
            let words = self.words(session);
            self.transcript.console.learn(words);
        }
    }

    async fn interject(&mut self, notice: &Notice, session: &Session) {
        self.transcript.interject(notice, session).await;
    }

    async fn ask(&mut self, question: &str, words: &[&str]) {
        self.transcript.ask(question, words).await;
    }

    fn observe(&mut self, session: &Session, deadline: Option<Instant>) {
        self.transcript.observe(session, deadline);
    }

    fn wait(&mut self, wait: Wait, session: &Session) {
        self.transcript.wait(wait, session);
    }

    fn keep(&mut self, line: String) {
        self.transcript.keep(line);
    }

    fn shows_waits(&self) -> bool {
        self.transcript.shows_waits()
    }

    async fn entered(&mut self) -> SpeakerInput {
        let SpeakerInput { typed, place } = self.transcript.entered().await;
        let typed = match (typed, place) {
            (Typed::Line(line), TypedAt::Prompt) => Typed::Line(self.read(line)),
            // The level can be changed at any time; a game is chosen at the prompt.
            (Typed::Line(line), TypedAt::Ahead) => Typed::Line(match Wish::at_any_time(&line) {
                Some(wish) => self.grant(wish),
                None => line,
            }),
            (other, _) => other,
        };
        SpeakerInput { typed, place }
    }

    async fn set_aside(&mut self) -> bool {
        self.transcript.set_aside().await
    }

    fn flush(&mut self) {
        self.transcript.flush();
    }

    async fn finish(&mut self) {
        self.transcript.finish().await;
    }
}

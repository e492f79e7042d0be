//! A computer partner whose games are played by a program of somebody else.

use super::robot::Robot;
use super::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use crate::player::{PlayerProgram, ProgramPlayer};
use crate::session::{Command, Notice, Session, Side, Wait};
use crate::terminal::Typed;
use crate::wire::{Abilities, Name};
use std::future::pending;

/// The answer to an offer of the partner in a game. Programs are not asked about offers: the ones
/// that keep track of the game could not follow a move that is taken back.
const NO_OFFERS: &str = "I am a program and accept no offers.";

/// A computer partner. A [`Robot`] answers in the chat, and a program plays the games.
#[derive(Debug)]
pub struct ProgramRobot {
    robot: Robot,
    player: ProgramPlayer,
    turn: Speaking,
    news: FaultNews,
}

/// Where the next line comes from.
#[derive(Debug)]
enum Speaking {
    Nothing,
    /// From the program, in a game with a partner who can be told why it resigns.
    Game,
    /// From the program, in a game with a partner who can be told nothing until the game is over.
    SilentGame,
    /// From the robot.
    Chat,
    /// It is this one.
    Line(&'static str),
}

/// Whether the partner knows why the program has lost.
#[derive(Debug)]
enum FaultNews {
    None,
    Told,
    /// The next sentence of the robot will tell it.
    Untold(String),
}

impl ProgramRobot {
    /// A partner whose games are played by `program`. `robot` answers in the chat.
    #[must_use]
    pub fn new(robot: Robot, program: PlayerProgram) -> Self {
        Self {
            robot,
            player: ProgramPlayer::new(program),
            turn: Speaking::Nothing,
            news: FaultNews::None,
        }
    }

    /// Where the next line in a game comes from.
    fn in_game(&mut self, session: &Session) -> Speaking {
        let offered = session.game().and_then(|running| running.offer);
        if matches!(offered, Some((Side::Partner, _))) {
            return Speaking::Line(NO_OFFERS);
        }
        self.player.ask(session);
        if self.player.fault().is_none() {
            self.news = FaultNews::None;
        }
        match session.peer().is_foreign() {
            true => Speaking::SilentGame,
            false => Speaking::Game,
        }
    }

    /// The next line of a program that has lost by a fault: the reason, and then the resignation.
    fn resignation(&mut self) -> String {
        if let (Some(fault), FaultNews::None) = (self.player.fault(), &self.news) {
            let why = format!("I resign: my program {fault}.");
            self.robot.line(&why);
            self.robot
                .line("The end of what it has read and printed in this game:");
            for line in self.player.transcript() {
                self.robot.line(&format!("  {line}"));
            }
            if matches!(self.turn, Speaking::Game) {
                self.news = FaultNews::Told;
                return format!("/say {why}");
            }
            self.news = FaultNews::Untold(why);
        }
        Command::Resign.word().to_owned()
    }
}

impl Speaker for ProgramRobot {
    fn line(&mut self, text: &str) {
        self.robot.line(text);
    }

    fn hint(&mut self, text: &str) {
        self.robot.hint(text);
    }

    fn warn(&mut self, text: &str) {
        self.robot.warn(text);
    }

    /// Forgets the previous session. The next game has a new process.
    fn introduce(&mut self, name: Option<Name>) {
        self.robot.introduce(name);
        self.player.restart();
        self.turn = Speaking::Nothing;
        self.news = FaultNews::None;
    }

    fn abilities(&self) -> Abilities {
        self.robot.abilities()
    }

    fn can_decide(&self) -> bool {
        self.robot.can_decide()
    }

    async fn show(&mut self, notice: &Notice) {
        self.robot.show(notice).await;
        self.player.show(notice);
    }

    async fn interject(&mut self, notice: &Notice, session: &Session) {
        self.robot.interject(notice, session).await;
    }

    async fn ask(&mut self, question: &str, words: &[&str]) {
        self.robot.ask(question, words).await;
    }

    async fn prompt(&mut self, prompt: Prompt, session: &Session) {
        self.turn = match session.game() {
            Some(_) => {
                self.robot.pass();
                self.in_game(session)
            }
            None => {
                self.robot.prompt(prompt, session).await;
                Speaking::Chat
            }
        };
    }

    fn wait(&mut self, wait: Wait, session: &Session) {
        self.robot.wait(wait, session);
    }

    fn keep(&mut self, line: String) {
        self.robot.keep(line);
    }

    fn shows_waits(&self) -> bool {
        self.robot.shows_waits()
    }

    async fn entered(&mut self) -> SpeakerInput {
        let typed = match self.turn {
            Speaking::Nothing => return pending().await,
            Speaking::Line(line) => Typed::Line(line.to_owned()),
            Speaking::Game | Speaking::SilentGame => {
                let line = self.player.answer().await;
                Typed::Line(line.unwrap_or_else(|| self.resignation()))
            }
            Speaking::Chat => match (self.robot.entered().await.typed, &mut self.news) {
                (Typed::Line(line), FaultNews::Untold(why)) if line.ends_with('.') => {
                    let line = format!("{why} {line}");
                    self.news = FaultNews::Told;
                    Typed::Line(line)
                }
                (typed, _) => typed,
            },
        };
        self.turn = Speaking::Nothing;
        SpeakerInput {
            typed,
            place: TypedAt::Prompt,
        }
    }

    async fn set_aside(&mut self) -> bool {
        self.turn = Speaking::Nothing;
        self.robot.set_aside().await
    }

    fn flush(&mut self) {
        self.robot.flush();
    }

    async fn finish(&mut self) {
        self.turn = Speaking::Nothing;
        self.robot.finish().await;
        self.player.finish().await;
    }
}

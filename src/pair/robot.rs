//! A computer partner as a [`Speaker`].

use super::speaker::{Prompt, Speaker};
use crate::bot::{Situation, answer};
use crate::games::{Chance, Skill};
use crate::session::{Notice, Session, Side};
use crate::terminal::{Typed, visible};
use crate::wire::{Dialect, Name};
use std::future::pending;
use std::io::{self, Write as _};
use std::mem;
use tokio::task::{JoinHandle, spawn_blocking};

/// A program that speaks for itself.
#[derive(Debug)]
pub struct Robot {
    skill: Skill,
    chance: Chance,
    diary: Diary,
    /// What it proposes at the beginning of each talk.
    wish: Option<String>,
    talk: Impressions,
    /// The next line, while it is thought of.
    thought: Option<JoinHandle<Option<String>>>,
}

/// Where a [`Robot`] tells who comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diary {
    /// On standard output.
    Printed,
    /// Nowhere.
    None,
}

/// What it has noticed of a talk and not answered yet.
#[derive(Debug, Default)]
struct Impressions {
    heard: Option<String>,
    is_game_over: bool,
    /// Whether what it said last was refused.
    is_refused: bool,
    /// How often in a row that was so.
    refused: u32,
    /// Whether anything was said by this end.
    has_spoken: bool,
}

impl Robot {
    /// A program that plays with this `skill`, and at the beginning of each talk says `wish`.
    #[must_use]
    pub fn new(skill: Skill, wish: Option<String>, chance: Chance, diary: Diary) -> Self {
        Self {
            skill,
            chance,
            diary,
            wish,
            talk: Impressions::default(),
            thought: None,
        }
    }
}

impl Speaker for Robot {
    fn line(&mut self, text: &str) {
        if self.diary == Diary::Printed {
            // Who does not read it misses nothing of the talk.
            let _ = writeln!(io::stdout(), "{}", visible(text));
        }
    }

    fn hint(&mut self, _: &str) {}

    fn warn(&mut self, text: &str) {
        self.line(text);
    }

    /// A new talk begins.
    fn introduce(&mut self, _: Option<Name>) {
        self.talk = Impressions::default();
        self.thought = None;
    }

    fn can_decide(&self) -> bool {
        false
    }

    async fn show(&mut self, notice: &Notice) {
        match notice {
            Notice::Said(text) => self.talk.heard = Some(text.clone()),
            Notice::GameOver(_) => self.talk.is_game_over = true,
            Notice::Refused(_) => self.talk.is_refused = true,
            _ => {}
        }
    }

    async fn prompt(&mut self, _: Prompt, session: &Session) {
        self.talk.refused = match mem::take(&mut self.talk.is_refused) {
            true => self.talk.refused + 1,
            false => 0,
        };
        let game = session.game();
        let wish = self.wish.clone().filter(|_| !self.talk.has_spoken);
        let situation = Situation {
            game: game.map(|running| running.game.boxed()),
            offer: game.and_then(|running| match running.offer {
                Some((Side::Partner, offer)) => Some(offer),
                _ => None,
            }),
            heard: self.talk.heard.take(),
            is_game_over: mem::take(&mut self.talk.is_game_over),
            refused: self.talk.refused,
            plays_secrets: session.dialect() == Dialect::Tictalk,
            wish,
        };
        let skill = self.skill;
        let mut chance = Chance::new(self.chance.bytes());
        self.thought = Some(spawn_blocking(move || {
            answer(&situation, skill, &mut chance)
        }));
    }

    async fn typed(&mut self) -> Typed {
        let Some(thought) = &mut self.thought else {
            return pending().await;
        };
        let line = thought.await;
        self.thought = None;
        self.talk.has_spoken = true;
        match line {
            Ok(Some(line)) => Typed::Line(line),
            // Nothing to say, or a game that failed while it was thought about.
            Ok(None) | Err(_) => Typed::End,
        }
    }

    /// What it was about to say, it says at the next prompt.
    async fn set_aside(&mut self) -> bool {
        self.thought = None;
        false
    }

    fn flush(&mut self) {}

    /// Nothing that it was about to say is for the next partner.
    async fn finish(&mut self) {
        self.thought = None;
    }
}

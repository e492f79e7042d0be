//! A computer partner as a [`Speaker`].

use super::level::Level;
use super::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use crate::bot::{Situation, answer};
use crate::games::{Chance, Skill};
use crate::session::{Notice, Session, Side, Wait};
use crate::terminal::Typed;
use crate::text::visible;
use crate::wire::{Abilities, Name};
use std::future::pending;
use std::io::{self, Write as _};
use std::mem;
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

/// A program that speaks for itself.
#[derive(Debug)]
pub struct Robot {
    level: Level,
    chance: Chance,
    diary: Diary,
    /// The line to say at the start of each session.
    wish: Option<String>,
    seen: Impressions,
    /// The thread that chooses the next line.
    thought: Option<JoinHandle<Option<String>>>,
    /// How long it waits before a move, for people who watch.
    pause: Duration,
    /// When it may say the next line.
    due: Option<Instant>,
}

/// The place where a [`Robot`] reports partners that come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diary {
    /// On standard output.
    Printed,
    /// Nowhere.
    None,
}

/// The events of a session since its last line.
#[derive(Debug, Default)]
struct Impressions {
    heard: Option<String>,
    is_game_over: bool,
    /// Whether its last line was refused.
    is_refused: bool,
    /// How many lines in a row were refused.
    refused: u32,
    /// Whether this end has said anything.
    has_spoken: bool,
}

impl Robot {
    /// A program that plays with this `skill` and says `wish` at the start of each session.
    #[must_use]
    pub fn new(skill: Skill, wish: Option<String>, chance: Chance, diary: Diary) -> Self {
        Self {
            level: Level::new(skill),
            chance,
            diary,
            wish,
            seen: Impressions::default(),
            thought: None,
            pause: Duration::ZERO,
            due: None,
        }
    }

    /// A program that plays with the person at this terminal, who sets its `level`. It reports
    /// nothing and waits for `pause` before each move.
    pub(super) fn at_terminal(
        level: Level,
        wish: Option<String>,
        chance: Chance,
        pause: Duration,
    ) -> Self {
        Self {
            level: level.clone(),
            pause,
            ..Self::new(level.skill(), wish, chance, Diary::None)
        }
    }

    /// Takes no part in a game: somebody else moves.
    pub(super) fn pass(&mut self) {
        self.seen.heard = None;
        self.seen.is_refused = false;
        self.thought = None;
    }
}

impl Speaker for Robot {
    fn line(&mut self, text: &str) {
        if self.diary == Diary::Printed {
            // Without this output, nothing of the session is missed.
            let _ = writeln!(io::stdout(), "{}", visible(text));
        }
    }

    fn hint(&mut self, _: &str) {}

    fn warn(&mut self, text: &str) {
        self.line(text);
    }

    /// Forgets the previous session.
    fn introduce(&mut self, _: Option<Name>) {
        self.seen = Impressions::default();
        self.thought = None;
    }

    /// It does not listen to comments.
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn can_decide(&self) -> bool {
        false
    }

    async fn show(&mut self, notice: &Notice) {
        match notice {
            Notice::Said(text) | Notice::Moved(text) => self.seen.heard = Some(text.clone()),
            Notice::GameOver(_) => self.seen.is_game_over = true,
            Notice::Refused(_) => self.seen.is_refused = true,
            _ => {}
        }
    }

    async fn interject(&mut self, _: &Notice, _: &Session) {}

    /// Nobody answers; see [`can_decide`](Speaker::can_decide).
    async fn ask(&mut self, _: &str, _: &[&str]) {}

    async fn prompt(&mut self, _: Prompt, session: &Session) {
        self.seen.refused = match mem::take(&mut self.seen.is_refused) {
            true => self.seen.refused + 1,
            false => 0,
        };
        let game = session.game();
        let wish = self.wish.clone().filter(|_| !self.seen.has_spoken);
        let situation = Situation {
            game: game.map(|running| running.game.boxed()),
            offer: game.and_then(|running| match running.offer {
                Some((Side::Partner, offer)) => Some(offer),
                _ => None,
            }),
            heard: self.seen.heard.take(),
            is_game_over: mem::take(&mut self.seen.is_game_over),
            refused: self.seen.refused,
            plays_secrets: !session.peer().is_foreign(),
            wish,
        };
        self.due = game
            .filter(|_| !self.pause.is_zero())
            .map(|_| Instant::now() + self.pause);
        let skill = self.level.skill();
        let mut chance = Chance::new(self.chance.bytes());
        self.thought = Some(spawn_blocking(move || {
            answer(&situation, skill, &mut chance)
        }));
    }

    fn wait(&mut self, _: Wait, _: &Session) {}

    fn keep(&mut self, _: String) {}

    fn shows_waits(&self) -> bool {
        false
    }

    async fn entered(&mut self) -> SpeakerInput {
        let Some(thought) = &mut self.thought else {
            return pending().await;
        };
        if let Some(due) = self.due {
            sleep_until(due).await;
        }
        let line = thought.await;
        self.thought = None;
        self.seen.has_spoken = true;
        let typed = match line {
            Ok(Some(line)) => Typed::Line(line),
            // Nothing to say, or the search panicked.
            Ok(None) | Err(_) => Typed::End,
        };
        SpeakerInput {
            typed,
            place: TypedAt::Prompt,
        }
    }

    /// Drops the thought. The next prompt starts a new one.
    async fn set_aside(&mut self) -> bool {
        self.thought = None;
        false
    }

    fn flush(&mut self) {}

    /// Drops the thought, which is not for the next partner.
    async fn finish(&mut self) {
        self.thought = None;
    }
}

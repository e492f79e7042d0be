//! A game with a player on a server: a session of a pair, in which a local player sits at this end.
//!
//! The side that proposes a game moves second. To move first, this end proposes the game, resigns it,
//! and proposes a rematch, which exchanges the seats.

use super::local::LocalPlayer;
use crate::games::Seat;
use crate::journal::Journal;
use crate::net::{Address, Signals};
use crate::pair::client::{Client, LineWish};
use crate::pair::{HandshakeError, PairError, Prompt, Speaker, SpeakerInput, TypedAt, WireChoice};
use crate::session::{Command, GameEnd, Notice, Session, Wait};
use crate::terminal::Typed;
use crate::wire::{Abilities, Dialect, Name};
use std::future::pending;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How much longer than a local program a remote player may take, for the way there and back.
const WAY: Duration = Duration::from_secs(1);

/// For how long a server is tried that cannot be reached or is busy: it may not have noticed yet that
/// the last session is over, or be started again after it.
const REACH: Duration = Duration::from_secs(3);

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// How a game with a remote player ended.
#[derive(Debug)]
pub(super) enum RemoteEnd {
    /// With a result, as the local player sees it.
    Over(GameEnd),
    /// The remote player took too long.
    Timeout,
    /// The remote player left.
    Gone(String),
    /// The remote player could not be reached.
    Unreachable(String),
}

/// A server that plays.
#[derive(Debug)]
pub(super) struct RemoteTable<'a> {
    pub(super) address: &'a Address,
    pub(super) dialect: Dialect,
    /// The name of the local player.
    pub(super) name: Option<Name>,
    /// The line that proposes the game.
    pub(super) proposal: &'a str,
    /// The seat of the local player.
    pub(super) seat: Seat,
    pub(super) move_time: Duration,
}

impl RemoteTable<'_> {
    /// Plays a game between `player` and the remote one.
    ///
    /// # Errors
    /// If the journal cannot be used.
    pub(super) async fn play(
        &self,
        player: &mut LocalPlayer,
        mut journal: Option<&mut Journal>,
    ) -> Result<RemoteEnd, PairError> {
        let begun = Instant::now();
        loop {
            match self.attempt(player, journal.as_deref_mut()).await? {
                RemoteEnd::Unreachable(_) if begun.elapsed() < REACH => sleep(PAUSE).await,
                end => return Ok(end),
            }
        }
    }

    async fn attempt(
        &self,
        player: &mut LocalPlayer,
        journal: Option<&mut Journal>,
    ) -> Result<RemoteEnd, PairError> {
        let client = Client {
            address: self.address.clone(),
            wire: WireChoice::Only(self.dialect),
            line: LineWish::Plain,
            wait: Duration::ZERO,
            name: self.name.clone(),
            reconnect: Duration::ZERO,
            resume: false,
            data: None,
        };
        let mut speaker = RemoteDuel {
            player,
            proposal: self.proposal,
            move_time: self.move_time,
            stage: match self.seat {
                Seat::First => RemoteStage::Seating,
                Seat::Second => RemoteStage::Playing,
            },
            turn: RemoteTurn::None,
            due: None,
            end: None,
        };
        let ran = client
            .run(journal, &mut speaker, &mut Signals::none())
            .await;
        Ok(match (ran, speaker.end) {
            (_, Some(end)) => end,
            (Ok(_), None) => RemoteEnd::Gone("left during the game".to_owned()),
            (
                Err(
                    error @ (PairError::Address(_)
                    | PairError::Handshake(HandshakeError::Busy { .. })),
                ),
                None,
            ) => RemoteEnd::Unreachable(error.to_string()),
            (Err(error @ (PairError::Journal(_) | PairError::Unrecorded(_))), None) => {
                return Err(error);
            }
            (Err(error), None) => RemoteEnd::Gone(error.to_string()),
        })
    }
}

/// The local player's end of the session.
struct RemoteDuel<'a> {
    player: &'a mut LocalPlayer,
    proposal: &'a str,
    move_time: Duration,
    stage: RemoteStage,
    turn: RemoteTurn,
    /// Until when the remote player may move.
    due: Option<Instant>,
    end: Option<RemoteEnd>,
}

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RemoteStage {
    /// A game is proposed and resigned for the sake of the seats.
    Seating,
    /// That game is over; a rematch follows.
    Seated,
    /// The game is proposed, or it runs.
    Playing,
}

/// The next line of this end.
#[derive(Debug)]
enum RemoteTurn {
    None,
    /// This line.
    Line(String),
    /// The move of the local player.
    Move,
}

impl Speaker for RemoteDuel<'_> {
    fn line(&mut self, _: &str) {}

    fn hint(&mut self, _: &str) {}

    fn warn(&mut self, _: &str) {}

    fn introduce(&mut self, _: Option<Name>) {}

    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn can_decide(&self) -> bool {
        false
    }

    async fn show(&mut self, notice: &Notice) {
        if matches!(
            notice,
            Notice::Moved(_) | Notice::News(_) | Notice::Board(_)
        ) {
            // The remote player has moved.
            self.due = None;
        }
        if self.stage == RemoteStage::Playing {
            self.player.show(notice);
        }
        if let Notice::GameOver(end) = notice {
            match self.stage {
                RemoteStage::Seating | RemoteStage::Seated => self.stage = RemoteStage::Seated,
                RemoteStage::Playing => self.end = Some(RemoteEnd::Over(*end)),
            }
        }
    }

    async fn interject(&mut self, _: &Notice, _: &Session) {}

    async fn ask(&mut self, _: &str, _: &[&str]) {}

    async fn prompt(&mut self, _: Prompt, session: &Session) {
        self.due = None;
        self.turn = match (self.stage, session.game()) {
            (RemoteStage::Seating, Some(_)) => RemoteTurn::Line(Command::Resign.word().to_owned()),
            (RemoteStage::Seated, None) => {
                self.stage = RemoteStage::Playing;
                RemoteTurn::Line(Command::Rematch.word().to_owned())
            }
            (RemoteStage::Playing, Some(_)) => {
                self.player.ask(session);
                RemoteTurn::Move
            }
            (RemoteStage::Seating | RemoteStage::Playing, None)
            | (RemoteStage::Seated, Some(_)) => RemoteTurn::Line(self.proposal.to_owned()),
        };
    }

    fn wait(&mut self, _: Wait, _: &Session) {
        let due = Instant::now() + self.move_time + WAY;
        self.due.get_or_insert(due);
    }

    fn keep(&mut self, _: String) {}

    fn shows_waits(&self) -> bool {
        true
    }

    async fn entered(&mut self) -> SpeakerInput {
        let ahead = |typed| SpeakerInput {
            typed,
            place: TypedAt::Ahead,
        };
        if self.end.is_some() {
            return ahead(Typed::End);
        }
        let line = match (&mut self.turn, self.due) {
            (RemoteTurn::None, None) => return pending().await,
            (RemoteTurn::None, Some(due)) => {
                sleep_until(due).await;
                self.end = Some(RemoteEnd::Timeout);
                return ahead(Typed::End);
            }
            (RemoteTurn::Line(line), _) => std::mem::take(line),
            (RemoteTurn::Move, _) => self.player.answer().await,
        };
        self.turn = RemoteTurn::None;
        SpeakerInput {
            typed: Typed::Line(line),
            place: TypedAt::Prompt,
        }
    }

    async fn set_aside(&mut self) -> bool {
        self.turn = RemoteTurn::None;
        false
    }

    fn flush(&mut self) {}

    async fn finish(&mut self) {}
}

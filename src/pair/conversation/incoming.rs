//! What an event means to the session: lines, frames, deadlines, a partner that has reconnected.

use super::{Conversation, Event, Partner, Reconnected};
use crate::net::{Exit, ReceiveError, Signal};
use crate::pair::error::PairError;
use crate::pair::handshake::HandshakeError;
use crate::pair::heartbeat::{Beat, Heartbeat};
use crate::pair::speaker::{Speaker, SpeakerInput, TypedAt};
use crate::session::{Input, Loss, Record, Wait};
use crate::terminal::Typed;
use crate::wire::{Control, Frame, WireError};
use std::io;
use std::time::Duration;
use tokio::time::Instant;

/// How long a partner without tictalk may be silent before the person is told of the way out.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// The way out when both sides wait.
const WAY_OUT: &str =
    "No answer yet. If your partner's program waits for you, too, /turn takes the turn.";

impl<P: Partner, S: Speaker> Conversation<'_, '_, P, S> {
    /// Handles an event. Returns the input for the session, if there is one.
    pub(super) async fn input(&mut self, event: Event) -> Option<Input> {
        match event {
            Event::Signal(signal) => {
                self.exit = Exit::Signalled(signal);
                Some(Input::Hangup)
            }
            Event::Entered(entry) => self.entered(entry),
            Event::Received(received) => self.received(received),
            Event::Reconnected(Ok(Reconnected {
                connection,
                standing,
                can,
            })) => {
                self.link.restore(connection);
                self.effects.extend(self.session.handle(Input::Met(can)));
                self.lost_at = None;
                self.heartbeat = Heartbeat::new(Instant::now());
                self.alarm.as_mut().reset(self.heartbeat.due());
                Some(Input::Back(standing))
            }
            Event::Reconnected(Err(error)) => {
                if matches!(error, PairError::Handshake(HandshakeError::Ended(_))) {
                    // The partner left while we were away. A journal that cannot be written now
                    // reports that when it is read, too.
                    let _ = self.ledger.write(&Record::Goodbye(self.me.other()));
                }
                self.failure = Some(error);
                Some(Input::GaveUp)
            }
            Event::Answered(input) => Some(input),
            Event::ReconnectTimeout => Some(Input::GaveUp),
            Event::ReceiptDue => {
                self.link.send_receipt();
                None
            }
            Event::IdleTimeout => {
                self.withdraw_prompt().await;
                self.speaker
                    .line("The partner has been silent for too long.");
                Some(Input::Hangup)
            }
            Event::Rested => {
                self.rest = None;
                None
            }
            Event::LongSilence => {
                self.is_told_of_turn = true;
                self.withdraw_prompt().await;
                self.speaker.hint(WAY_OUT);
                None
            }
            Event::Alarm => self.beat(),
        }
    }

    /// When to tell the person that the partner's program may wait, too. Once is enough.
    pub(super) fn silence_due(&self) -> Option<Instant> {
        let may_wait = !self.is_told_of_turn
            && self.session.peer().may_wait_too()
            && self.session.waits_for() == Some(Wait::Turn)
            && self.session.game().is_none();
        may_wait.then(|| self.last_turn + LONG_SILENCE)
    }

    fn entered(&mut self, entry: SpeakerInput) -> Option<Input> {
        Some(match (entry.typed, entry.place) {
            (Typed::Line(line), TypedAt::Prompt) => {
                self.last_turn = Instant::now();
                Input::Line(line)
            }
            (Typed::Line(line), TypedAt::Ahead) => Input::Ahead(line),
            (Typed::Overlong(size), TypedAt::Prompt) => Input::Overlong(size),
            // Its start is the draft, which is judged on the person's turn.
            (Typed::Overlong(_), TypedAt::Ahead) => return None,
            (Typed::Interrupt, _) => {
                self.exit = Exit::Signalled(Signal::Interrupt);
                Input::Hangup
            }
            (Typed::End | Typed::Gone, _) => Input::Hangup,
            (Typed::Failed(error), _) => {
                self.failure = Some(PairError::Console(error));
                Input::Hangup
            }
        })
    }

    fn received(&mut self, received: Result<Option<Frame>, ReceiveError>) -> Option<Input> {
        if let Ok(Some(_)) = &received {
            self.heartbeat.hear(Instant::now());
        }
        match received {
            Ok(Some(Frame::Text(text))) => {
                self.last_turn = Instant::now();
                if let Some(page) = &mut self.page {
                    page.heard();
                }
                Some(Input::Text(text))
            }
            Ok(Some(Frame::Control(Control::Ping))) => {
                self.link.send_control(Control::Pong);
                None
            }
            Ok(Some(Frame::Control(Control::Receipt { turns }))) => Some(Input::Receipt(turns)),
            Ok(Some(Frame::Control(Control::Comment { number, text }))) => {
                Some(Input::Comment(number, text.into()))
            }
            Ok(Some(Frame::Control(Control::Heard { comments }))) => Some(Input::Heard(comments)),
            Ok(Some(Frame::Control(Control::Pong | Control::Boards { .. } | Control::Unknown))) => {
                None
            }
            // These belong to the greeting or to a room, and mean nothing here.
            Ok(Some(Frame::Control(
                Control::Hello { .. }
                | Control::Challenge { .. }
                | Control::Proof { .. }
                | Control::Welcome { .. }
                | Control::Refuse { .. }
                | Control::Say { .. }
                | Control::Stored { .. }
                | Control::Post(_)
                | Control::Gathered(_)
                | Control::Recall(_)
                | Control::Tell { .. }
                | Control::Members { .. }
                | Control::Board(_)
                | Control::Ended { .. }
                | Control::Turn { .. }
                | Control::Open { .. }
                | Control::Connected { .. }
                | Control::Others { .. }
                | Control::Results { .. },
            ))) => None,
            // The connection timed out: for a partner that cannot reconnect, this is no goodbye.
            Err(ReceiveError::Io(error))
                if self.session.loss() == Loss::Ends && error.kind() == io::ErrorKind::TimedOut =>
            {
                Some(Input::PeerBroken)
            }
            Ok(None)
            | Err(
                ReceiveError::Io(_)
                | ReceiveError::Line(_)
                | ReceiveError::Wire(WireError::CutShort { .. }),
            ) => Some(Input::PeerGone),
            Err(ReceiveError::Wire(error)) => {
                let role = self.me.other();
                self.failure = Some(PairError::PartnerBrokeWire { role, error });
                Some(Input::PeerBroken)
            }
        }
    }

    /// Pings the partner, or counts the connection as lost.
    fn beat(&mut self) -> Option<Input> {
        let now = Instant::now();
        if !self.link.is_up() || !self.session.wants_text() {
            // Nothing could be received.
            self.heartbeat.hear(now);
        }
        match self.heartbeat.beat(now) {
            Beat::Ping => {
                self.alarm.as_mut().reset(self.heartbeat.due());
                self.link.send_control(Control::Ping);
                None
            }
            Beat::Dead => {
                self.alarm.as_mut().reset(now + self.reconnect);
                Some(Input::PeerGone)
            }
        }
    }
}

//! The wait for a partner: tells the person about visitors, gives out codes, and hands over candidates.

use super::admission::{Admission, VisitorEvent, accept_all};
use super::after::AfterSession;
use super::candidate::{Candidate, FirstTurn, VisitError};
use super::departures::Departures;
use super::keyring::Keyring;
use super::seat::PartnerSeat;
use super::secrets::{CodeState, ServerSecrets};
use super::silence::{FIRST_TURN, Silence};
use crate::net::key_exchange::KeyExchangeError;
use crate::net::{Exit, LineKind, Listener, PeerAddress, Signal, Signals, new_code, until};
use crate::pair::error::PairError;
use crate::pair::speaker::Speaker;
use crate::pair::wire_choice::WireChoice;
use crate::session::Command;
use crate::terminal::Typed;
use crate::web::Website;
use crate::wire::{Frame, Handle, LineKey, Ticket};
use std::fmt::Display;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many wrong codes in a row end a server.
const BURNT_CODES: u32 = 3;

/// How the wait for a candidate ended.
pub(super) enum Waiting {
    Seated(Box<Candidate>),
    GaveUp(Exit),
}

/// How the wait for a candidate's first message ended.
pub(super) enum FirstMessage {
    Said,
    Left,
    GaveUp(Exit),
}

/// The connections of a server that wait for admission, and the candidates for the seat.
#[derive(Debug)]
pub(super) struct Acceptor {
    events: mpsc::Receiver<VisitorEvent>,
    candidates: mpsc::Receiver<Box<Candidate>>,
    seat: PartnerSeat,
    keyring: Keyring,
    secrets: ServerSecrets,
    /// How many codes in a row were burnt.
    burnt: u32,
    departures: Departures,
    /// The silent visitor from whom the person takes the first turn.
    taken: watch::Sender<Option<PeerAddress>>,
    /// Dropping it closes every connection that has not been admitted.
    _accepting: JoinSet<()>,
}

impl Acceptor {
    /// Starts to accept connections. Must be called within a runtime. A client can resume a session
    /// whose ticket is in `keyring`.
    pub(super) fn open(
        listener: Listener,
        keyring: Keyring,
        secrets: ServerSecrets,
        then: AfterSession,
        website: Website,
        wire: WireChoice,
    ) -> Self {
        let (report, events) = mpsc::channel(1);
        let (seated, candidates) = mpsc::channel(1);
        let seat = PartnerSeat::default();
        let (taken, is_taken) = watch::channel(None);
        let admission = Admission {
            events: report,
            candidates: seated,
            seat: seat.clone(),
            keyring: keyring.clone(),
            secrets: secrets.clone(),
            then,
            website,
            wire,
            taken: is_taken,
        };
        let mut accepting = JoinSet::new();
        accepting.spawn(accept_all(listener, admission));
        Self {
            events,
            candidates,
            seat,
            keyring,
            secrets,
            burnt: 0,
            departures: Departures::new(Instant::now()),
            taken,
            _accepting: accepting,
        }
    }

    /// Frees the seat for the next candidate.
    pub(super) fn free_seat(&self) {
        self.seat.free();
    }

    /// Makes the candidate the partner. With a `ticket` it may reconnect, over a private line by its
    /// `key`.
    pub(super) fn take_seat(&self, ticket: Option<Ticket>, key: Option<&LineKey>) {
        if let Some(ticket) = ticket {
            self.learn(ticket, key.cloned());
        }
        self.secrets.withdraw_code();
        self.seat.take(ticket);
    }

    /// The session with this key is over, and the partner is not remembered.
    pub(super) fn forget(&self, key: &LineKey) {
        self.secrets.remove(key);
    }

    /// Lets a client with this key have a private line.
    pub(super) fn know(&self, key: LineKey) {
        self.secrets.add(key);
    }

    /// Lets a client resume the session with this ticket, over a private line by its `key`.
    pub(super) fn learn(&self, ticket: Ticket, key: Option<LineKey>) {
        let line = match key {
            Some(_) => LineKind::Private,
            None => LineKind::Plain,
        };
        self.keyring.add(ticket, line);
        key.into_iter().for_each(|key| self.secrets.add(key));
    }

    /// Notes for how long the seat is kept, if the partner's connection is lost.
    pub(super) fn keep_seat(&self, lost_for: Option<Duration>) {
        self.seat.keep(lost_for);
    }

    /// The ticket with this handle, for a client with such a line.
    pub(super) fn ticket(&self, handle: &Handle, over: LineKind) -> Option<Ticket> {
        self.keyring.find(handle, over)
    }

    /// Waits for a candidate. Meanwhile, reports visitors that connect and disconnect, one at a time.
    pub(super) async fn wait<S: Speaker>(
        &mut self,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Waiting, PairError> {
        let mut announced: Option<PeerAddress> = None;
        let mut silence = Silence::Unasked;
        self.taken.send_replace(None);
        // The last session or candidate has used the last code.
        self.secrets.miss();
        loop {
            self.give_out_code(speaker)?;
            let event = tokio::select! {
                biased;
                signal = signals.next() => return Ok(Waiting::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    Typed::Line(line) if silence == Silence::Asked => {
                        if line.trim().eq_ignore_ascii_case(Command::Turn.word()) {
                            silence = Silence::Answered;
                            self.taken.send_replace(announced);
                        } else {
                            speaker.warn("Nothing was sent. Take the turn first.");
                            speaker.ask(FIRST_TURN, &[Command::Turn.word()]).await;
                        }
                        continue;
                    }
                    // This answers a prompt of an earlier session too late.
                    Typed::Line(_) | Typed::Overlong(_) => continue,
                    Typed::End | Typed::Gone => return Ok(Waiting::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(Waiting::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                Some(event) = self.events.recv() => event,
                Some(mut candidate) = self.candidates.recv() => {
                    silence.end(speaker, signals).await;
                    candidate.is_announced = announced == Some(candidate.address);
                    let has_spoken =
                        candidate.opening != FirstTurn::Awaited || candidate.resume.is_some();
                    if !candidate.is_announced && (self.departures.admits(Instant::now()) || has_spoken)
                    {
                        candidate.is_announced = true;
                        speaker.connected_by(candidate.address);
                    }
                    return Ok(Waiting::Seated(candidate));
                }
                () = until(self.departures.due()) => {
                    self.report_counted(speaker);
                    continue;
                }
                () = self.secrets.missed() => continue,
                () = until(silence.due()) => {
                    if let Some(visitor) = announced {
                        silence = Silence::Asked;
                        speaker.line(&format!(
                            "{visitor} has not said anything. Its program may wait for you to speak first."
                        ));
                        speaker.ask(FIRST_TURN, &[Command::Turn.word()]).await;
                        speaker.flush();
                    }
                    continue;
                }
            };
            silence.end(speaker, signals).await;
            match event {
                VisitorEvent::Arrived(visitor) => {
                    if announced.is_none() && self.departures.admits(Instant::now()) {
                        announced = Some(visitor);
                        if speaker.can_ask() && self.secrets.lines().takes_plain() {
                            silence = Silence::Since(Instant::now());
                        }
                        speaker.connected_by(visitor);
                        speaker.flush();
                    }
                }
                VisitorEvent::Left(visitor, why) => {
                    announced = announced.filter(|announced| *announced != visitor);
                    if matches!(why, VisitError::Exchange(KeyExchangeError::WrongCode)) {
                        speaker.warn(&format!(
                            "{visitor} entered a wrong code, which is burnt now."
                        ));
                        speaker.flush();
                    } else {
                        self.report_departure(visitor, &why, speaker);
                    }
                }
            }
        }
    }

    /// Gives out a code, if the server takes one and has none.
    ///
    /// # Errors
    /// [`PairError::Guessed`] if too many codes are burnt.
    fn give_out_code<S: Speaker>(&mut self, speaker: &mut S) -> Result<(), PairError> {
        match self.secrets.code() {
            _ if !self.secrets.lines().takes_code() => return Ok(()),
            CodeState::Valid(_) | CodeState::Used => return Ok(()),
            CodeState::Missing => self.burnt = 0,
            CodeState::Burnt => self.burnt += 1,
        }
        if self.burnt >= BURNT_CODES {
            return Err(PairError::Guessed);
        }
        let code = new_code()?;
        let which = if self.burnt > 0 { "New code" } else { "Code" };
        speaker.line(&format!("{which}: {}", code.as_str()));
        speaker.hint("Your partner is asked for it. It works once, so say it to nobody else.");
        speaker.flush();
        self.secrets.give_out(code);
        Ok(())
    }

    /// Tells the person that a visitor has left, or counts it if too many leave at once.
    pub(super) fn report_departure<S: Speaker>(
        &mut self,
        visitor: PeerAddress,
        why: &impl Display,
        speaker: &mut S,
    ) {
        if self.departures.leaves(Instant::now()) {
            speaker.disconnected(visitor, why);
            speaker.flush();
        }
    }

    fn report_counted<S: Speaker>(&mut self, speaker: &mut S) {
        let count = self.departures.report(Instant::now());
        let visitors = match count {
            1 => "visitor",
            _ => "visitors",
        };
        speaker.line(&format!(
            "{count} more {visitors} connected and left. Still listening."
        ));
        speaker.flush();
    }

    /// Waits for the first message of a candidate that the person has not been told about, because too
    /// many visitors come and go.
    pub(super) async fn first_message<S: Speaker>(
        candidate: &mut Candidate,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<FirstMessage, PairError> {
        loop {
            tokio::select! {
                biased;
                signal = signals.next() => return Ok(FirstMessage::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    Typed::Line(_) | Typed::Overlong(_) => {}
                    Typed::End | Typed::Gone => return Ok(FirstMessage::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(FirstMessage::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                received = candidate.connection.receive() => match received {
                    Ok(Some(Frame::Text(text))) => {
                        speaker.connected_by(candidate.address);
                        candidate.opening = FirstTurn::Said(text);
                        return Ok(FirstMessage::Said);
                    }
                    Ok(Some(Frame::Control(_))) => {}
                    Ok(None) | Err(_) => return Ok(FirstMessage::Left),
                },
            }
        }
    }

    /// Waits for a partner that reconnects. Cancel safe.
    pub(super) async fn reconnecting(&mut self) -> Box<Candidate> {
        loop {
            tokio::select! {
                Some(candidate) = self.candidates.recv() => return candidate,
                // Visitors that come and go do not matter during a session.
                Some(_) = self.events.recv() => {}
            }
        }
    }
}

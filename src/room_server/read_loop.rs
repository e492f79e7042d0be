//! The task that serves one connection.

use super::connection::{RoomConnection, SendState, Wake};
use super::dispatch::Dispatch;
use super::facade::ObserverKind;
use super::incoming::{Incoming, Message};
use super::inputs::Inputs;
use bytes::BytesMut;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};

/// How long the task may run before it lets the other tasks run.
const SLICE: Duration = Duration::from_micros(500);

/// The time that the task has used since it last let the others run.
#[derive(Debug, Default)]
struct TimeSlice {
    used: Duration,
}

impl TimeSlice {
    /// Whether the slice is used up, counting the time since `began`.
    fn ends(&self, began: Instant) -> bool {
        self.used + began.elapsed() >= SLICE
    }

    /// Adds the time since `began`. Returns whether the slice is used up, and begins the next one
    /// if so.
    fn is_over(&mut self, began: Instant) -> bool {
        self.used += began.elapsed();
        let is_over = self.used >= SLICE;
        if is_over {
            self.used = Duration::ZERO;
        }
        is_over
    }
}

/// Reads the connection until it ends, and sends what the system did not take at once.
pub(super) async fn serve(
    dispatch: Rc<Dispatch>,
    connection: Rc<RoomConnection>,
    mut incoming: Box<Incoming>,
) {
    let mut slice = TimeSlice::default();
    loop {
        // Every pass is counted, whatever its result.
        let began = Instant::now();
        match hand_over_all(&dispatch, &connection, &mut incoming, || slice.ends(began)) {
            PeerState::Speaks => {}
            PeerState::Ended => return dispatch.lost(&connection),
            // The peer learns which rule it has broken.
            PeerState::Broken(answer) => {
                connection.push(answer.freeze());
                dispatch.part(&connection);
            }
        }
        let opening = incoming.take_opening();
        if !opening.is_zero() {
            dispatch.inputs().took(&connection, opening);
        }
        match connection.state() {
            SendState::Open => {}
            // Boxed so that its state does not take up space while the connection lives.
            SendState::Closing => return Box::pin(connection.say_farewell()).await,
            SendState::Broken => return,
        }
        if slice.is_over(began) {
            yield_now().await;
            continue;
        }
        let wants_read = connection.has_permit() && !incoming.has_ended();
        let waking = connection.wake(wants_read);
        // Nothing can be quiet that is not read.
        let wake = match incoming.quiet_at().filter(|_| wants_read) {
            None => waking.await,
            // Boxed so that only a connection that waits for quiet has a timer.
            Some(at) => match Box::pin(timeout_at(at, waking)).await {
                Ok(wake) => wake,
                Err(_) => {
                    incoming.is_quiet();
                    continue;
                }
            },
        };
        let done = match wake {
            Ok(Wake::Called) => Ok(()),
            Ok(Wake::Writable) => connection.flush().map(|()| dispatch.drained(&connection)),
            Ok(Wake::Readable) => connection
                .read(&mut dispatch.scratch(), incoming.received())
                .map(|has_ended| incoming.arrived(has_ended)),
            Err(error) => Err(error),
        };
        if done.is_err() {
            return dispatch.lost(&connection);
        }
    }
}

/// The state of a peer after its messages were handed over.
enum PeerState {
    Speaks,
    /// It sends nothing more, or nothing of use.
    Ended,
    /// It has broken its dialect, or closed the connection in it, and gets this answer.
    Broken(BytesMut),
}

/// Hands over messages while the hub permits it, until `is_over`.
fn hand_over_all(
    dispatch: &Dispatch,
    connection: &Rc<RoomConnection>,
    incoming: &mut Incoming,
    is_over: impl Fn() -> bool,
) -> PeerState {
    let inputs = dispatch.inputs();
    while connection.has_permit() && connection.state() == SendState::Open && !is_over() {
        let next = incoming.next();
        let answer = incoming.take_reply();
        match next {
            Err(_) if answer.is_empty() => return PeerState::Ended,
            Err(_) => return PeerState::Broken(answer),
            Ok(_) if answer.is_empty() => {}
            Ok(_) => dispatch.reply(connection, answer),
        }
        match next {
            Ok(Some(message)) => hand_over(&inputs, connection, message),
            Ok(None) if incoming.has_ended() => return PeerState::Ended,
            Ok(None) | Err(_) => return PeerState::Speaks,
        }
    }
    PeerState::Speaks
}

fn hand_over(inputs: &Inputs<'_>, connection: &RoomConnection, message: Message) {
    if let Some(kind) = connection.observer {
        connection.use_permit();
        return match (kind, message) {
            (ObserverKind::Host, Message::Line { number, text }) => {
                inputs.page_line(connection, number, text);
            }
            _ => inputs.ignored(connection),
        };
    }
    match message {
        Message::Line { number, text } => {
            connection.use_permit();
            inputs.line(connection, number, text);
        }
        // The hub asked for it, so it needs no permit.
        Message::Pong { .. } if connection.take_expected_pong() => inputs.pong(connection),
        Message::Boards { form, bytes } => {
            connection.use_permit();
            inputs.boards(connection, form);
            inputs.noise(connection, bytes);
        }
        Message::Pong { bytes } | Message::Noise(bytes) => {
            connection.use_permit();
            inputs.noise(connection, bytes);
        }
    }
}

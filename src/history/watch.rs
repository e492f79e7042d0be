//! A replay in panes: a [`Film`] controlled by keys and by time.

use super::error::HistoryError;
use super::facts::who;
use super::film::{Film, stops};
use super::recorded::Recorded;
use crate::net::{Exit, Signal, Signals, until};
use crate::scene::{Motion, Playback};
use crate::terminal::{Console, ConsoleError, Panes, Typed};
use tokio::task::yield_now;
use tokio::time::Instant;

/// Replays the session in these panes until the person quits.
///
/// # Errors
/// [`HistoryError`].
pub(super) async fn watch(
    recorded: &Recorded,
    speed: f64,
    panes: &mut Panes,
    signals: &mut Signals,
) -> Result<Exit, HistoryError> {
    let session = &recorded.session;
    let partner = who(session, session.header.role.other());
    panes.title(&format!("tictalk: session {} with {partner}", session.id));
    let mut film = Film::new(recorded, panes.style().paint).await;
    if let Some(mut scene) = panes.scene() {
        scene.play(Playback::new(stops(recorded), speed));
    }
    let mut shown = None;
    let mut motion = Motion::Paused;
    // When the wait for the next stop has begun.
    let mut since = Instant::now();
    loop {
        let Some((place, moves, wait)) = panes.playback() else {
            return Ok(Exit::Goodbye);
        };
        let is_near = film.approach(place).await?;
        if (is_near && shown != Some(place)) || moves != motion {
            since = Instant::now();
        }
        motion = moves;
        if is_near
            && shown != Some(place)
            && let Some(mut scene) = panes.scene()
        {
            film.show(place, shown, &mut scene);
            shown = Some(place);
        }
        let due = wait.filter(|_| is_near).map(|wait| since + wait);
        tokio::select! {
            biased;
            signal = signals.next() => return Ok(Exit::Signalled(signal)),
            typed = panes.steered() => match typed {
                None | Some(Typed::Line(_) | Typed::Overlong(_)) => {}
                Some(Typed::End | Typed::Gone) => return Ok(Exit::Goodbye),
                Some(Typed::Interrupt) => return Ok(Exit::Signalled(Signal::Interrupt)),
                Some(Typed::Failed(ConsoleError::Input(error) | ConsoleError::Output(error))) => {
                    return Err(HistoryError::Terminal(error));
                }
            },
            () = until(due) => {
                if let Some(mut scene) = panes.scene() && let Some(playback) = scene.playback_mut() {
                    playback.advance();
                }
            }
            () = yield_now(), if !is_near => {}
        }
    }
}

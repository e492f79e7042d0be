//! Replays a session as this end saw it: on the terminal, in panes, or into a file for asciinema.
//!
//! The whole session is computed before anything is shown, so that an altered journal is an error rather
//! than half a replay.

use super::error::HistoryError;
use super::facts::who;
use super::id::Id;
use super::projector::LONGEST_PAUSE;
use super::recorded::Recorded;
use super::shots::{SCREEN, Shot, each_shot, shots};
use super::watch::watch;
use crate::files::{self, FileError, Owner};
use crate::net::{Exit, Signals};
use crate::terminal::{Audience, Bell, Face, Paint, Style, Terminal};
use crate::text::{visible, wrap};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// A request to replay a session.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The session. Rooms cannot be replayed.
    pub id: Id,
    /// The speed.
    pub speed: Speed,
    /// Whether to use colours.
    pub paint: Paint,
    /// How to use the terminal.
    pub face: Face,
}

/// A factor of the original speed, greater than 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Speed(f64);

/// The text is not a speed.
#[derive(Debug, thiserror::Error)]
#[error("expected a number greater than 0, such as 2 or 0.5")]
pub struct NoSpeed;

impl FromStr for Speed {
    type Err = NoSpeed;

    fn from_str(text: &str) -> Result<Self, NoSpeed> {
        match text.parse() {
            Ok(speed) if f64::is_finite(speed) && speed > 0.0 => Ok(Self(speed)),
            _ => Err(NoSpeed),
        }
    }
}

impl Speed {
    /// The length of a pause at this speed.
    fn of(self, pause: Duration) -> Duration {
        let seconds = pause.min(LONGEST_PAUSE).as_secs_f64() / self.0;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

impl Replay {
    /// Replays the session in panes until the person quits, or line by line on standard output: with its
    /// pauses on a terminal, and at once elsewhere.
    ///
    /// Must be called on the thread of a runtime.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn play(&self, folder: &Path, signals: &mut Signals) -> Result<Exit, HistoryError> {
        let recorded = Recorded::read_in(folder, self.id)?;
        if self.face == Face::Panes {
            // An altered session is an error before anything is shown.
            each_shot(&recorded, Style::of_stdout(self.paint), |_| Ok(())).await?;
        }
        // Nothing is typed, so no line is too long.
        let panes = Terminal::panes(self.face, self.paint, Bell::Off, usize::MAX);
        if let Some(mut panes) = panes.map_err(HistoryError::Terminal)? {
            return watch(&recorded, self.speed.0, &mut panes, signals).await;
        }
        let style = Style::of_stdout(self.paint);
        for shot in shots(&recorded, style).await? {
            if style.audience == Audience::Person {
                tokio::select! {
                    biased;
                    signal = signals.next() => {
                        // Ends the line of the prompt.
                        let _ = put_out("\n");
                        return Ok(Exit::Signalled(signal));
                    }
                    () = tokio::time::sleep(self.speed.of(shot.pause)) => {}
                }
            }
            if !put_out(&shot.shown)? {
                break;
            }
        }
        Ok(Exit::Goodbye)
    }

    /// Writes the session to `file` as asciicast v2, the format of asciinema's players. A new file
    /// is readable only by its owner; an existing one is overwritten only with `force`. Returns a
    /// message for the person.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub async fn record(
        &self,
        folder: &Path,
        file: &Path,
        force: bool,
    ) -> Result<String, HistoryError> {
        let recorded = Recorded::read_in(folder, self.id)?;
        let style = Style {
            paint: self.paint,
            audience: Audience::Person,
        };
        let shots = shots(&recorded, style).await?;
        let cast = asciicast(&recorded, &shots, self.speed);
        let mut options = OpenOptions::new();
        options.write(true);
        if force {
            options.create(true).truncate(true);
        } else {
            options.create_new(true);
        }
        let written = files::open(file, Owner::Me, &mut options)
            .and_then(|mut opened| Ok(opened.write_all(cast.as_bytes())?));
        written.map_err(|error| match error {
            FileError::System(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                HistoryError::Exists(file.to_owned())
            }
            error => HistoryError::File {
                path: file.to_owned(),
                error,
            },
        })?;
        Ok(format!(
            "Session {} is now in {}: play it with `asciinema play`.\n",
            self.id,
            visible(&file.display().to_string())
        ))
    }
}

/// Writes to standard output. Returns `false` if its reader has gone.
fn put_out(text: &str) -> Result<bool, HistoryError> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(HistoryError::Output(error)),
    }
}

/// The shots as asciicast v2: a header, then a line for each shot with its start in seconds.
fn asciicast(recorded: &Recorded, shots: &[Shot], speed: Speed) -> String {
    let session = &recorded.session;
    let partner = who(session, session.header.role.other());
    let (width, height) = SCREEN;
    let header = json!({
        "version": 2,
        "width": width,
        "height": height,
        "timestamp": session.began.0.div_euclid(1000),
        "title": format!("tictalk session {} with {partner}", session.id),
        "env": { "TERM": "xterm-256color" },
    });
    let mut cast = format!("{header}\n");
    let mut at = Duration::ZERO;
    for shot in shots {
        at = at.saturating_add(speed.of(shot.pause));
        // A player's terminal does not translate line endings, so both characters are needed.
        let shown = wrap(&shot.shown, width).replace('\n', "\r\n");
        cast.push_str(&json!([at.as_secs_f64(), "o", shown]).to_string());
        cast.push('\n');
    }
    cast
}

//! The way out of a room.

use super::RoomClient;
use super::error::RoomClientError;
use crate::net::{Connection, Exit};
use crate::room::{GuestEnding, GuestInput};
use crate::terminal::Console;
use crate::text::visible;
use crate::wire::{Frame, Reason};
use std::mem;
use std::time::Duration;
use tokio::time::timeout;

/// How long the room may take to answer the last lines of a script.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

impl<C: Console> RoomClient<'_, C> {
    /// Leaves the room after its last effect. Returns how the program ends.
    pub(super) async fn leave(&mut self, ending: GuestEnding) -> Result<Exit, RoomClientError> {
        let draft = self.put_away().await;
        if !draft.trim().is_empty() {
            self.say(&format!("Not sent: {}", visible(&draft)));
        }
        let exit = match ending {
            GuestEnding::Left => {
                if let Some(mut connection) = self.connection.take() {
                    let is_script = !self.is_person() && self.failure.is_none();
                    if self.exit == Exit::Goodbye && is_script {
                        // A script gets the answers to its last lines.
                        let _ = timeout(LAST_ANSWERS, self.hear_out(&mut connection)).await;
                    }
                    connection.close().await;
                }
                match self.failure.take() {
                    Some(error) => Err(error.into()),
                    None => {
                        self.say("Bye!");
                        Ok(self.exit)
                    }
                }
            }
            GuestEnding::Refused {
                reason: Reason::Ended,
                message,
            } => {
                let message = visible(&message).into_owned();
                self.say(&message);
                Ok(Exit::Goodbye)
            }
            GuestEnding::Refused { message, .. } => {
                let words: Vec<&str> = message.split_whitespace().collect();
                let message = visible(&words.join(" ")).into_owned();
                Err(match self.lost_at {
                    None => RoomClientError::Removed(message),
                    Some(_) => RoomClientError::Refused(message),
                })
            }
            GuestEnding::NoRoom => Err(RoomClientError::NoRoom(self.route.current().clone())),
        };
        self.finish().await;
        exit
    }

    /// Shows what the room still says until it closes the connection.
    async fn hear_out(&mut self, connection: &mut Connection) {
        while let Ok(Some(Frame::Control(control))) = connection.receive().await {
            let input = GuestInput::Control(control);
            for effect in self.guest.handle(self.began.elapsed(), input) {
                self.perform(effect);
            }
        }
    }

    /// Leaves a room whose connection could not be restored in time.
    pub(super) async fn give_up(&mut self) -> Result<Exit, RoomClientError> {
        let draft = self.put_away().await;
        if !draft.trim().is_empty() {
            self.say(&format!("Not sent: {}", visible(&draft)));
        }
        self.finish().await;
        Err(RoomClientError::GaveUp {
            after: self.reconnect,
            unsent: self.guest.unreceived(),
        })
    }

    /// Takes the prompt from the screen. Returns what was typed at it.
    async fn put_away(&mut self) -> String {
        self.console.drain().await;
        if mem::take(&mut self.is_prompting) {
            self.console.withdraw().await
        } else {
            String::new()
        }
    }

    /// Shows the last lines.
    async fn finish(&mut self) {
        let shown = mem::take(&mut self.shown);
        self.console.print(&shown);
        self.console.flush();
    }
}

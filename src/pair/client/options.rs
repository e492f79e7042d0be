//! What a client was asked to do, and how its run ends.

use super::line_secret::LineWish;
use crate::journal::{Pass, RoomLogin};
use crate::net::{Address, Connection, Exit};
use crate::pair::shell_word::shell_word;
use crate::pair::wire_choice::WireChoice;
use crate::text::visible;
use crate::wire::{Control, Dialect, Entrance, LineKey, Name, Ticket};
use std::path::PathBuf;
use std::time::Duration;

/// The options of a client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The address of the server.
    pub address: Address,
    /// The dialect to speak.
    pub wire: WireChoice,
    /// The line to speak it over. A private session resumes over a private line in any case.
    pub line: LineWish,
    /// How long to keep trying while no server listens.
    pub wait: Duration,
    /// The person's name.
    pub name: Option<Name>,
    /// How long to try to reconnect when the connection is lost; zero disables it.
    pub reconnect: Duration,
    /// Whether to resume the newest unfinished session with this server.
    pub resume: bool,
    /// The folder of the journal, if another client has to be told it to find the journal.
    pub data: Option<PathBuf>,
}

/// How a client's run ended.
#[derive(Debug)]
pub enum ClientEnd {
    /// With the end of a session.
    Session(Exit),
    /// With a room that has let the client in.
    Room(Box<RoomWelcome>),
}

/// A room that has sent its welcome.
#[derive(Debug)]
pub struct RoomWelcome {
    /// The connection to the room.
    pub connection: Connection,
    /// The key by which this client gets a private line again, if the line is private.
    pub key: Option<LineKey>,
    /// The ticket that identifies this client when it reconnects.
    pub ticket: Ticket,
    /// Whether this client joined anew or returned as an earlier member.
    pub entrance: Entrance,
    /// Reserve the stored tickets, so that no other program of this person uses them.
    pub passes: Vec<Pass>,
    /// The welcome.
    pub welcome: Control,
    /// The options of the client.
    pub client: Client,
}

impl Client {
    /// Whether the server may be tictalk, so that it is greeted.
    pub(super) fn may_greet(&self) -> bool {
        match self.wire {
            WireChoice::Unstated | WireChoice::Auto => true,
            WireChoice::Only(dialect) => dialect == Dialect::Tictalk,
        }
    }

    /// The key of the ticket for a room in the journal.
    pub(super) fn room_login(&self) -> RoomLogin {
        RoomLogin {
            host: self.address.host.clone(),
            port: self.address.port,
            name: self.name.as_ref().map(Name::to_string),
        }
    }

    /// The command that resumes the session, with the options that it needs to find the server and
    /// the journal.
    pub(super) fn resume_command(&self) -> String {
        let mut command = format!("tictalk client{}", self.address.options());
        if let Some(name) = &self.name {
            command = format!("{command} --name {}", shell_word(name.as_str()));
        }
        if let Some(folder) = &self.data {
            command = format!("{command} --data {}", shell_word(&folder.to_string_lossy()));
        }
        visible(&format!("{command} --resume")).into_owned()
    }
}

//! Order in the room: who is removed, banned or muted.

use super::{Hub, Sender, Step};
use crate::room::budget::Origin;
use crate::room::command::RoomCommand;
use crate::room::farewell::Farewell;
use crate::room::member::MemberPeer;
use crate::room::name::Nick;
use crate::room::refusal::RoomRefusal;
use crate::room::sanctions::{Barred, Suspect};
use crate::wire::{Author, MemberId, What};
use std::sync::Arc;

impl Hub {
    /// The time in milliseconds since 1970.
    pub(super) fn clock(&self, step: &Step<'_>) -> u64 {
        let passed = u64::try_from(step.now.as_millis()).unwrap_or(u64::MAX);
        self.settings.began.saturating_add(passed)
    }

    /// Whether a client may not join under this name, or return as this member.
    pub(super) fn bars(
        &self,
        step: &Step<'_>,
        member: Option<MemberId>,
        nick: Option<&Nick>,
    ) -> Option<Barred> {
        let suspect = Suspect {
            member,
            nick,
            origin: None,
        };
        self.sanctions.bars(self.clock(step), suspect)
    }

    /// Whether a peer without a ticket may not join under this name from this address.
    pub(super) fn bars_plain(
        &self,
        step: &Step<'_>,
        nick: &Nick,
        origin: Origin,
    ) -> Option<Barred> {
        let suspect = Suspect {
            member: None,
            nick: Some(nick),
            origin: Some(origin),
        };
        self.sanctions.bars(self.clock(step), suspect)
    }

    /// Refuses what a muted member would have others read.
    pub(super) fn may_speak(
        &self,
        by: &Sender,
        command: Option<RoomCommand>,
    ) -> Result<(), RoomRefusal> {
        let is_read = match command {
            None => true,
            Some(command) => match command {
                RoomCommand::Say
                | RoomCommand::Msg
                | RoomCommand::Me
                | RoomCommand::Nick
                | RoomCommand::Play => true,
                RoomCommand::Help
                | RoomCommand::Who
                | RoomCommand::Status
                | RoomCommand::History
                | RoomCommand::Search
                | RoomCommand::Kick
                | RoomCommand::Ban
                | RoomCommand::Qr
                | RoomCommand::Unban
                | RoomCommand::Mute
                | RoomCommand::Unmute
                | RoomCommand::Bans
                | RoomCommand::Accept
                | RoomCommand::Decline
                | RoomCommand::Move
                | RoomCommand::Board
                | RoomCommand::Watch
                | RoomCommand::Resign
                | RoomCommand::Hint
                | RoomCommand::Describe
                | RoomCommand::Draw
                | RoomCommand::Undo
                | RoomCommand::Rematch
                | RoomCommand::Score
                | RoomCommand::Results
                | RoomCommand::Tournament
                | RoomCommand::Games
                | RoomCommand::Quit => false,
            },
        };
        match self.members.get(&by.id) {
            Some(member) if is_read && self.sanctions.mute(by.id, &member.nick) => {
                Err(RoomRefusal::Muted)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn kick(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (id, _) = self.other(by, words)?;
        let from = Arc::clone(&by.name);
        let farewell = Farewell::Kicked(Arc::clone(&from));
        self.remove(step, id, What::Kicked { from }, farewell);
        Ok(())
    }

    /// Bans a member, or somebody who has left.
    pub(super) fn ban(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let from = Arc::clone(&by.name);
        match self.other(by, words) {
            Ok((id, _)) => {
                let farewell = Farewell::Banned(Arc::clone(&from));
                self.remove(step, id, What::Banned { from }, farewell);
            }
            Err(RoomRefusal::Nobody(_)) => {
                let former = self
                    .former(words)
                    .ok_or_else(|| RoomRefusal::nobody(words))?;
                self.post_entry(step, former, What::Banned { from }, None);
            }
            Err(refusal) => return Err(refusal),
        }
        Ok(())
    }

    /// Removes a member, whose name and ticket are noted, or else its address.
    fn remove(&mut self, step: &mut Step<'_>, id: MemberId, what: What, farewell: Farewell) {
        let plain = self
            .members
            .get(&id)
            .filter(|it| it.peer == MemberPeer::Plain);
        let origin = plain.and_then(|member| member.origin);
        self.leave(step, id, what, Some(farewell));
        if origin.is_some() {
            self.sanctions.extend_to(id, origin);
        }
    }

    /// The last of those who left under this name, or were removed.
    fn former(&self, name: &str) -> Option<Author> {
        let keys = Nick::read(name).ok()?.keys();
        let mut departures = self.departures.iter().rev();
        let departed = departures.find_map(|id| {
            let nick = &self.departed.get(id)?.nick;
            let is_named = nick.keys().iter().any(|key| keys.contains(key));
            is_named.then(|| Author {
                id: *id,
                name: nick.shared(),
            })
        });
        departed.or_else(|| self.sanctions.named(name, false))
    }

    pub(super) fn unban(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let Some(former) = self.sanctions.named(words, false) else {
            return Err(RoomRefusal::NotBanned(short(words)));
        };
        let from = Arc::clone(&by.name);
        self.post_entry(step, former, What::Unbanned { from }, None);
        self.elect(step);
        Ok(())
    }

    pub(super) fn mute(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let (id, _) = self.other(by, words)?;
        let from = Arc::clone(&by.name);
        self.post(step, id, What::Muted { from });
        self.elect(step);
        Ok(())
    }

    pub(super) fn unmute(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        // The member may be muted under an earlier name, or somebody else under this one.
        let muted = match self.other(by, words) {
            Ok((id, member)) if self.sanctions.mute(id, &member.nick) => self
                .sanctions
                .muted(id)
                .or_else(|| self.sanctions.named(words, true)),
            Ok(_) => None,
            Err(refusal @ RoomRefusal::Oneself) => return Err(refusal),
            Err(_) => self.sanctions.named(words, true),
        };
        let Some(muted) = muted else {
            return Err(RoomRefusal::NotMuted(short(words)));
        };
        let from = Arc::clone(&by.name);
        self.post_entry(step, muted, What::Unmuted { from }, None);
        self.elect(step);
        Ok(())
    }
}

/// A name that was typed, cut to a length that can be shown.
fn short(name: &str) -> String {
    name.chars().take(40).collect()
}

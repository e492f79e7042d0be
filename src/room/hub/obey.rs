//! What comes of a line: a post for everybody, or a command carried out.

use super::{Hub, HubEffect, Listing, Query, Recipient, Search, Sender, Step};
use crate::room::command::{ParsedLine, RoomCommand};
use crate::room::member::Member;
use crate::room::notice::{Farewell, MAX_LINES, RoomNotice, RoomRefusal, lines_of};
use crate::wire::{MAX_TEXT, MemberId, Parting, Text, What};
use std::sync::Arc;

/// How many posts `/history` shows where nobody says how many, and the most that it shows.
const HISTORY: (usize, usize) = (20, 200);

/// The most posts that `/search` shows.
const MOST_FOUND: usize = 50;

/// The most words that `/search` looks for.
const MOST_WORDS: usize = 8;

/// What comes of a command that can be carried out.
type Obeyed = Result<(), RoomRefusal>;

/// What follows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextRead {
    /// The next line may be read.
    Reads,
    /// An answer is on its way, which the speaker should read before it says more.
    Answers,
}

impl Hub {
    /// Carries out a line.
    pub(super) fn obey(&mut self, step: &mut Step<'_>, by: &Sender, line: &str) -> NextRead {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            return NextRead::Reads;
        }
        let lines = lines_of(line).count();
        let obeyed = if line.len() > MAX_TEXT {
            Err(RoomRefusal::TooLong { size: line.len() })
        } else if lines > MAX_LINES {
            Err(RoomRefusal::TooManyLines { lines })
        } else {
            match ParsedLine::of(line) {
                ParsedLine::Words(text) => {
                    let text = Text::cut(text.to_owned());
                    self.post(step, by.id, What::Said { text });
                    Ok(())
                }
                ParsedLine::Unknown(word) => Err(RoomRefusal::UnknownCommand(word.to_owned())),
                ParsedLine::Command(command, _) if !command.is_for(by.rank) => {
                    Err(RoomRefusal::NotYours(command))
                }
                ParsedLine::Command(
                    command @ (RoomCommand::History | RoomCommand::Search),
                    words,
                ) => match look(command, words) {
                    Ok(query) => {
                        let to = by.reader;
                        step.effects.push(HubEffect::Look { to, query });
                        return NextRead::Answers;
                    }
                    Err(refusal) => Err(refusal),
                },
                ParsedLine::Command(RoomCommand::Who, "") => {
                    return self.list(step, by.reader, Listing::Who, MemberId::HOST);
                }
                ParsedLine::Command(command, words) => self.command(step, by, command, words),
            }
        };
        if let Err(refusal) = obeyed {
            step.tell(by.reader, RoomNotice::Refused(refusal));
        }
        NextRead::Reads
    }

    fn command(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        command: RoomCommand,
        words: &str,
    ) -> Obeyed {
        let takes_none = matches!(
            command,
            RoomCommand::Help
                | RoomCommand::Who
                | RoomCommand::Status
                | RoomCommand::Board
                | RoomCommand::Resign
                | RoomCommand::Quit
        );
        let needs_some = matches!(
            command,
            RoomCommand::Say
                | RoomCommand::Msg
                | RoomCommand::Me
                | RoomCommand::Nick
                | RoomCommand::Kick
                | RoomCommand::Play
                | RoomCommand::Move
        );
        if takes_none && !words.is_empty() || needs_some && words.is_empty() {
            return Err(RoomRefusal::Usage(command));
        }
        match command {
            RoomCommand::Help => step.tell(by.reader, RoomNotice::Help(by.rank)),
            RoomCommand::Status => self.survey(step, by.reader),
            RoomCommand::Say => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Said { text });
            }
            RoomCommand::Me => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Acted { text });
            }
            RoomCommand::Msg => return self.whisper(step, by, words),
            RoomCommand::Nick => return self.rename(step, by, words),
            RoomCommand::Kick => return self.kick(step, by, words),
            RoomCommand::Quit if by.id == MemberId::HOST => self.close_room(step),
            RoomCommand::Quit => {
                let why = Parting::Quit;
                self.leave(step, by.id, What::Left { why }, Some(Farewell::Goodbye));
            }
            RoomCommand::Play => return self.offer(step, by, words),
            RoomCommand::Accept => return self.accept(step, by, words),
            RoomCommand::Decline => return self.decline(step, by, words),
            RoomCommand::Move => return self.play(step, by, words),
            RoomCommand::Board => return self.board(step, by),
            RoomCommand::Watch => return self.watch(step, by, words),
            RoomCommand::Resign => return self.resign(step, by),
            RoomCommand::Who | RoomCommand::History | RoomCommand::Search => {}
        }
        Ok(())
    }

    /// The member, and not the speaker, that is called this.
    pub(super) fn other(
        &self,
        by: &Sender,
        name: &str,
    ) -> Result<(MemberId, &Member), RoomRefusal> {
        match self.called(name) {
            Some(id) if id == by.id => Err(RoomRefusal::Oneself),
            Some(MemberId::HOST) => Err(RoomRefusal::TheHost),
            Some(id) => {
                let member = self.members.get(&id);
                member
                    .map(|member| (id, member))
                    .ok_or_else(|| nobody(name))
            }
            None => Err(nobody(name)),
        }
    }

    fn whisper(&mut self, step: &mut Step<'_>, by: &Sender, words: &str) -> Obeyed {
        // A name may have spaces in it: the longest that somebody has is meant.
        let ends = words.char_indices().filter(|(_, c)| c.is_whitespace());
        let ends: Vec<usize> = ends.map(|(at, _)| at).take(40).collect();
        let mut splits = ends.into_iter().rev().filter_map(|at| {
            let (name, text) = words.split_at_checked(at)?;
            Some((self.called(name)?, text.trim()))
        });
        let Some((to, text)) = splits.next() else {
            let (name, text) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
            if text.is_empty() {
                return Err(RoomRefusal::Usage(RoomCommand::Msg));
            }
            return Err(nobody(name));
        };
        if to == by.id {
            return Err(RoomRefusal::Oneself);
        }
        let (name, reader) = match self.members.get(&to) {
            None => (self.settings.host.shared(), Recipient::Host),
            Some(member) => {
                let name = member.nick.shared();
                match member.connection() {
                    Some(connection) => (name, Recipient::Connection(connection)),
                    None => return Err(RoomRefusal::IsAway(name)),
                }
            }
        };
        let from = Arc::clone(&by.name);
        let text = text.to_owned();
        step.tell(
            reader,
            RoomNotice::Whispered {
                from,
                text: text.clone(),
            },
        );
        step.tell(by.reader, RoomNotice::Whispering { to: name, text });
        Ok(())
    }

    fn rename(&mut self, step: &mut Step<'_>, by: &Sender, words: &str) -> Obeyed {
        let nick = self.available(words, by.id)?;
        let to = nick.shared();
        self.post(
            step,
            by.id,
            What::Renamed {
                to: Arc::clone(&to),
            },
        );
        let Some(member) = self.members.get_mut(&by.id) else {
            return Ok(());
        };
        let old = std::mem::replace(&mut member.nick, nick.clone());
        if let Some(table) = member.playing.and_then(|table| self.tables.get_mut(&table)) {
            table.rename(by.id, &to);
        }
        self.free_the_name(&old, by.id);
        self.take_name(&nick, by.id);
        Ok(())
    }

    fn kick(&mut self, step: &mut Step<'_>, by: &Sender, words: &str) -> Obeyed {
        let (id, _) = self.other(by, words)?;
        let from = Arc::clone(&by.name);
        let farewell = Farewell::Kicked(Arc::clone(&from));
        self.leave(step, id, What::Kicked { from }, Some(farewell));
        Ok(())
    }
}

pub(super) fn nobody(name: &str) -> RoomRefusal {
    RoomRefusal::Nobody(name.chars().take(40).collect())
}

/// What `/history` or `/search` looks for.
fn look(command: RoomCommand, words: &str) -> Result<Query, RoomRefusal> {
    let (usual, most) = HISTORY;
    match (command, words) {
        (RoomCommand::History, "") => Ok(Query::Said(Search::new([].into_iter(), usual))),
        (RoomCommand::History, number) => match number.parse() {
            Ok(number @ 1..) => Ok(Query::Said(Search::new([].into_iter(), most.min(number)))),
            _ => Err(RoomRefusal::Usage(command)),
        },
        (_, "") => Err(RoomRefusal::Usage(command)),
        (_, words) if words.split_whitespace().count() > MOST_WORDS => {
            Err(RoomRefusal::TooManyWords { limit: MOST_WORDS })
        }
        (_, words) => Ok(Query::Said(Search::new(
            words.split_whitespace(),
            MOST_FOUND,
        ))),
    }
}

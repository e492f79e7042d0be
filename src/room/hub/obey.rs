//! What comes of a line: a post for everybody, or a command carried out.

use super::{Effect, Hub, Listing, Query, Reader, Search, Speaker, Step};
use crate::room::command::{Command, Reading};
use crate::room::member::Member;
use crate::room::notice::{Farewell, MAX_LINES, Notice, Refusal, lines_of};
use crate::wire::{MAX_TEXT, MemberId, Parting, Text, What};
use std::sync::Arc;

/// How many posts `/history` shows where nobody says how many, and the most that it shows.
const HISTORY: (usize, usize) = (20, 200);

/// The most posts that `/search` shows.
const MOST_FOUND: usize = 50;

/// The most words that `/search` looks for.
const MOST_WORDS: usize = 8;

/// What comes of a command that can be carried out.
type Obeyed = Result<(), Refusal>;

/// What follows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The next line may be read.
    Reads,
    /// An answer is on its way, which the speaker should read before it says more.
    Answers,
}

impl Hub {
    /// Carries out a line.
    pub(super) fn obey(&mut self, step: &mut Step<'_>, by: &Speaker, line: &str) -> Then {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            return Then::Reads;
        }
        let lines = lines_of(line).count();
        let obeyed = if line.len() > MAX_TEXT {
            Err(Refusal::TooLong { size: line.len() })
        } else if lines > MAX_LINES {
            Err(Refusal::TooManyLines { lines })
        } else {
            match Reading::of(line) {
                Reading::Words(text) => {
                    let text = Text::cut(text.to_owned());
                    self.post(step, by.id, What::Said { text });
                    Ok(())
                }
                Reading::Unknown(word) => Err(Refusal::UnknownCommand(word.to_owned())),
                Reading::Command(command, _) if !command.is_for(by.rank) => {
                    Err(Refusal::NotYours(command))
                }
                Reading::Command(command @ (Command::History | Command::Search), words) => {
                    match look(command, words) {
                        Ok(query) => {
                            let to = by.reader;
                            step.effects.push(Effect::Look { to, query });
                            return Then::Answers;
                        }
                        Err(refusal) => Err(refusal),
                    }
                }
                Reading::Command(Command::Who, "") => {
                    return self.list(step, by.reader, Listing::Who, MemberId::HOST);
                }
                Reading::Command(command, words) => self.command(step, by, command, words),
            }
        };
        if let Err(refusal) = obeyed {
            step.tell(by.reader, Notice::Refused(refusal));
        }
        Then::Reads
    }

    fn command(
        &mut self,
        step: &mut Step<'_>,
        by: &Speaker,
        command: Command,
        words: &str,
    ) -> Obeyed {
        let takes_none = matches!(
            command,
            Command::Help
                | Command::Who
                | Command::Status
                | Command::Board
                | Command::Resign
                | Command::Quit
        );
        let needs_some = matches!(
            command,
            Command::Say
                | Command::Msg
                | Command::Me
                | Command::Nick
                | Command::Kick
                | Command::Play
                | Command::Move
        );
        if takes_none && !words.is_empty() || needs_some && words.is_empty() {
            return Err(Refusal::Usage(command));
        }
        match command {
            Command::Help => step.tell(by.reader, Notice::Help(by.rank)),
            Command::Status => self.survey(step, by.reader),
            Command::Say => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Said { text });
            }
            Command::Me => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Acted { text });
            }
            Command::Msg => return self.whisper(step, by, words),
            Command::Nick => return self.rename(step, by, words),
            Command::Kick => return self.kick(step, by, words),
            Command::Quit if by.id == MemberId::HOST => self.close_room(step),
            Command::Quit => {
                let why = Parting::Quit;
                self.leave(step, by.id, What::Left { why }, Some(Farewell::Goodbye));
            }
            Command::Play => return self.offer(step, by, words),
            Command::Accept => return self.accept(step, by, words),
            Command::Decline => return self.decline(step, by, words),
            Command::Move => return self.play(step, by, words),
            Command::Board => return self.board(step, by),
            Command::Watch => return self.watch(step, by, words),
            Command::Resign => return self.resign(step, by),
            Command::Who | Command::History | Command::Search => {}
        }
        Ok(())
    }

    /// The member, and not the speaker, that is called this.
    pub(super) fn other(&self, by: &Speaker, name: &str) -> Result<(MemberId, &Member), Refusal> {
        match self.called(name) {
            Some(id) if id == by.id => Err(Refusal::Oneself),
            Some(MemberId::HOST) => Err(Refusal::TheHost),
            Some(id) => {
                let member = self.members.get(&id);
                member
                    .map(|member| (id, member))
                    .ok_or_else(|| nobody(name))
            }
            None => Err(nobody(name)),
        }
    }

    fn whisper(&mut self, step: &mut Step<'_>, by: &Speaker, words: &str) -> Obeyed {
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
                return Err(Refusal::Usage(Command::Msg));
            }
            return Err(nobody(name));
        };
        if to == by.id {
            return Err(Refusal::Oneself);
        }
        let (name, reader) = match self.members.get(&to) {
            None => (self.settings.host.shared(), Reader::Host),
            Some(member) => {
                let name = member.nick.shared();
                match member.link() {
                    Some(link) => (name, Reader::Link(link)),
                    None => return Err(Refusal::IsAway(name)),
                }
            }
        };
        let from = Arc::clone(&by.name);
        let text = text.to_owned();
        step.tell(
            reader,
            Notice::Whispered {
                from,
                text: text.clone(),
            },
        );
        step.tell(by.reader, Notice::Whispering { to: name, text });
        Ok(())
    }

    fn rename(&mut self, step: &mut Step<'_>, by: &Speaker, words: &str) -> Obeyed {
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

    fn kick(&mut self, step: &mut Step<'_>, by: &Speaker, words: &str) -> Obeyed {
        let (id, _) = self.other(by, words)?;
        let from = Arc::clone(&by.name);
        let farewell = Farewell::Kicked(Arc::clone(&from));
        self.leave(step, id, What::Kicked { from }, Some(farewell));
        Ok(())
    }
}

pub(super) fn nobody(name: &str) -> Refusal {
    Refusal::Nobody(name.chars().take(40).collect())
}

/// What `/history` or `/search` looks for.
fn look(command: Command, words: &str) -> Result<Query, Refusal> {
    let (usual, most) = HISTORY;
    match (command, words) {
        (Command::History, "") => Ok(Query::Said(Search::new([].into_iter(), usual))),
        (Command::History, number) => match number.parse() {
            Ok(number @ 1..) => Ok(Query::Said(Search::new([].into_iter(), most.min(number)))),
            _ => Err(Refusal::Usage(command)),
        },
        (_, "") => Err(Refusal::Usage(command)),
        (_, words) if words.split_whitespace().count() > MOST_WORDS => {
            Err(Refusal::TooManyWords { limit: MOST_WORDS })
        }
        (_, words) => Ok(Query::Said(Search::new(
            words.split_whitespace(),
            MOST_FOUND,
        ))),
    }
}

//! Carries out lines: a message becomes a post, and a command is obeyed.

use super::bare::Meaning;
use super::{Hub, HubEffect, Listing, Query, Search, Sender, Step};
use crate::games::Offer;
use crate::room::command::{ParsedLine, RoomCommand};
use crate::room::farewell::Farewell;
use crate::room::member::Member;
use crate::room::notice::RoomNotice;
use crate::room::plain_text::{MAX_LINES, count_lines};
use crate::room::refusal::RoomRefusal;
use crate::room::table::COMPUTER;
use crate::wire::{MAX_TEXT, MemberId, Parting, PostId, Text, What};
use std::num::{NonZeroU64, NonZeroUsize};
use std::str::FromStr;
use std::sync::Arc;

/// How many posts `/history` shows by default, and at most.
const HISTORY_DEFAULT: usize = 20;
const HISTORY_MAX: usize = 200;

/// Maximum number of posts that `/search` shows.
const SEARCH_RESULTS: usize = 50;

/// Maximum number of words that `/search` looks for.
const SEARCH_WORDS: usize = 8;

/// When the next line of a speaker may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextRead {
    /// Now.
    Now,
    /// When the speaker has got the answer to this line.
    AfterAnswer,
}

impl Hub {
    /// Carries out a line.
    pub(super) fn obey(&mut self, step: &mut Step<'_>, by: &Sender, line: &str) -> NextRead {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            return NextRead::Now;
        }
        self.try_to_obey(step, by, line).unwrap_or_else(|refusal| {
            step.tell(by.reader, RoomNotice::Refused(refusal));
            NextRead::Now
        })
    }

    fn try_to_obey(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        line: &str,
    ) -> Result<NextRead, RoomRefusal> {
        if line.len() > MAX_TEXT {
            return Err(RoomRefusal::TooLong { size: line.len() });
        }
        let lines = count_lines(line);
        if lines > MAX_LINES {
            return Err(RoomRefusal::TooManyLines { lines });
        }
        match ParsedLine::of(line) {
            ParsedLine::Message(text) => match self.meaning(by, text)? {
                Meaning::Move(words) => {
                    self.play(step, by, words)?;
                    Ok(NextRead::Now)
                }
                Meaning::Play(words) => self.command(step, by, RoomCommand::Play, words),
                Meaning::Rematch => self.command(step, by, RoomCommand::Rematch, ""),
                Meaning::Message => {
                    self.may_speak(by, None)?;
                    let text = Text::cut(text.to_owned());
                    self.post(step, by.id, What::Said { text });
                    Ok(NextRead::Now)
                }
            },
            ParsedLine::Unknown(word) => Err(RoomRefusal::UnknownCommand(word.to_owned())),
            ParsedLine::Command(command, _) if !command.is_for(by.rank) => {
                Err(RoomRefusal::NotYours(command))
            }
            ParsedLine::Command(command, words) if !command.allows(words) => {
                Err(RoomRefusal::Usage(command))
            }
            ParsedLine::Command(command, words) => {
                self.may_speak(by, Some(command))?;
                self.command(step, by, command, words)
            }
        }
    }

    /// Carries out a command with words that it allows.
    fn command(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        command: RoomCommand,
        words: &str,
    ) -> Result<NextRead, RoomRefusal> {
        match command {
            RoomCommand::Help => step.tell(by.reader, RoomNotice::Help(by.rank)),
            RoomCommand::Who => {
                return Ok(self.list(step, by.reader, Listing::Who, MemberId::HOST));
            }
            RoomCommand::Status => self.survey(step, by.reader),
            RoomCommand::Say => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Said { text });
            }
            RoomCommand::Me => {
                let text = Text::cut(words.to_owned());
                self.post(step, by.id, What::Acted { text });
            }
            RoomCommand::Msg => self.whisper(step, by, words)?,
            RoomCommand::Nick => self.rename(step, by, words)?,
            RoomCommand::History => return search(step, by, history(by.id, words)?),
            RoomCommand::Search => return search(step, by, find_words(by.id, words)?),
            RoomCommand::Kick => self.kick(step, by, words)?,
            RoomCommand::Ban => self.ban(step, by, words)?,
            // The host's terminal has carried it out, if it was typed there.
            RoomCommand::Qr => return Err(RoomRefusal::OnlyOnTerminal),
            RoomCommand::Unban => self.unban(step, by, words)?,
            RoomCommand::Mute => self.mute(step, by, words)?,
            RoomCommand::Unmute => self.unmute(step, by, words)?,
            RoomCommand::Bans => {
                let words = self.sanctions.words(self.clock(step));
                step.tell(by.reader, RoomNotice::Sanctions(words));
            }
            RoomCommand::Play => self.offer(step, by, words)?,
            RoomCommand::Accept => self.accept(step, by, words)?,
            RoomCommand::Decline => self.decline(step, by, words)?,
            RoomCommand::Move => self.play(step, by, words)?,
            RoomCommand::Board => self.board(step, by)?,
            RoomCommand::Watch => self.watch(step, by, words)?,
            RoomCommand::Resign => self.resign(step, by)?,
            RoomCommand::Hint => self.hint(step, by)?,
            RoomCommand::Describe => self.describe(step, by, words)?,
            RoomCommand::Draw => self.offer_in_game(step, by, Offer::Draw)?,
            RoomCommand::Undo => self.offer_in_game(step, by, Offer::Undo)?,
            RoomCommand::Rematch => self.rematch(step, by)?,
            RoomCommand::Score => self.score(step, by, words)?,
            RoomCommand::Results => self.tell_results(step, by, words)?,
            RoomCommand::Tournament => self.tournament(step, by, words)?,
            RoomCommand::Games => step.tell(by.reader, RoomNotice::Games),
            RoomCommand::Quit if by.id == MemberId::HOST => self.close_room(step),
            RoomCommand::Quit => {
                let why = Parting::Quit;
                self.leave(step, by.id, What::Left { why }, Some(Farewell::Goodbye));
            }
        }
        Ok(NextRead::Now)
    }

    /// The member with this name, who must not be the speaker.
    pub(super) fn other(
        &self,
        by: &Sender,
        name: &str,
    ) -> Result<(MemberId, &Member), RoomRefusal> {
        match self.called(name) {
            Some(id) if id == by.id => Err(RoomRefusal::Oneself),
            Some(MemberId::HOST) => Err(RoomRefusal::TheHost),
            Some(COMPUTER) => Err(RoomRefusal::TheComputer),
            Some(id) => {
                let member = self.members.get(&id);
                member
                    .map(|member| (id, &**member))
                    .ok_or_else(|| RoomRefusal::nobody(name))
            }
            None => Err(RoomRefusal::nobody(name)),
        }
    }

    fn whisper(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        // A name may contain spaces: the longest match wins.
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
            return Err(RoomRefusal::nobody(name));
        };
        if to == by.id {
            return Err(RoomRefusal::Oneself);
        }
        if to == COMPUTER {
            return Err(RoomRefusal::TheComputer);
        }
        let whom = match self.members.get(&to) {
            None => self.settings.host.shared(),
            Some(member) => {
                let name = member.nick.shared();
                if member.here().is_none() {
                    let name = Arc::clone(&name);
                    step.tell(by.reader, RoomNotice::WhisperWaits(name));
                }
                name
            }
        };
        let text = Text::cut(text.to_owned());
        self.post(step, by.id, What::Whispered { to, whom, text });
        Ok(())
    }

    fn rename(&mut self, step: &mut Step<'_>, by: &Sender, words: &str) -> Result<(), RoomRefusal> {
        let nick = self.available(step.now, words, by.id)?;
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
}

fn search(step: &mut Step<'_>, by: &Sender, search: Search) -> Result<NextRead, RoomRefusal> {
    let (to, query) = (by.reader, Query::Said(search));
    step.effects.push(HubEffect::Look { to, query });
    Ok(NextRead::AfterAnswer)
}

/// The search of `/history`.
fn history(reader: MemberId, words: &str) -> Result<Search, RoomRefusal> {
    let mut words = words.split_whitespace();
    let limit: Option<NonZeroUsize> = history_number(words.next())?;
    let before: Option<NonZeroU64> = history_number(words.next())?;
    if words.next().is_some() {
        return Err(RoomRefusal::Usage(RoomCommand::History));
    }
    let limit = limit.map_or(HISTORY_DEFAULT, |limit| HISTORY_MAX.min(limit.get()));
    let search = Search::new(reader, [].into_iter(), limit);
    Ok(match before {
        Some(before) => search.before(PostId(before.get())),
        None => search,
    })
}

/// A number of `/history`, which may be left out.
fn history_number<N: FromStr>(word: Option<&str>) -> Result<Option<N>, RoomRefusal> {
    let number = word.map(str::parse).transpose();
    number.map_err(|_| RoomRefusal::Usage(RoomCommand::History))
}

/// The search of `/search`.
fn find_words(reader: MemberId, words: &str) -> Result<Search, RoomRefusal> {
    if words.split_whitespace().count() > SEARCH_WORDS {
        return Err(RoomRefusal::TooManyWords {
            limit: SEARCH_WORDS,
        });
    }
    let words = words.split_whitespace();
    Ok(Search::new(reader, words, SEARCH_RESULTS))
}

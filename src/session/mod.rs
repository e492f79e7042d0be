//! Two people who take strict turns: the protocol as a state machine.
//!
//! [`Session::handle`] is the whole protocol: what happened goes in as an [`Input`], what must be
//! done comes out as [`Effect`]s, to be done in order. The session has no socket, no terminal, no
//! clock and no file. What it needs of its caller:
//!
//! - [`Input::Line`] comes only in answer to an [`Effect::Prompt`], one line for each prompt;
//! - messages of the peer come in the order in which they were sent, and only while
//!   [`Session::wants_text`] says so: a peer that floods is then slowed by TCP itself;
//! - after [`Effect::Close`] the connection is closed and the session dropped.

use crate::wire::{Dialect, MAX_TEXT};
use std::collections::VecDeque;
use std::mem;

mod command;
mod notice;
mod talk;

pub use command::{Command, help_lines};
pub use notice::{GameEnd, Notice, Refusal};

use command::Reading;
use notice::to_partner;
use talk::{Talk, Verdict};

/// Which end of the connection a program is. The client speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The side that listens.
    Server,
    /// The side that connects.
    Client,
}

impl Role {
    /// The role opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    /// The role as a word in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// Who did something, or who reads of it, as seen from this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person at this program.
    Me,
    /// The person, or the program, at the other end.
    Partner,
}

impl Side {
    /// The side opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Me => Self::Partner,
            Self::Partner => Self::Me,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A person entered a line (or several, pasted) at the prompt.
    Line(String),
    /// A person entered a line of so many bytes that it was not kept: it is over the limit.
    Overlong(usize),
    /// The person leaves: the end of input, Ctrl-C, a closed window, a signal.
    Hangup,
    /// A message came from the peer.
    Text(String),
    /// The connection is gone: nothing more comes from the peer, and nothing reaches it.
    PeerGone,
}

/// What must be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this message to the peer: 1 to [`MAX_TEXT`] bytes.
    Send(String),
    /// Tell the person.
    Show(Notice),
    /// Ask the person for a line, with this text in it already.
    Prompt(String),
    /// Close the connection: the session is over.
    Close(Ending),
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The person here left, and the partner was told.
    Left,
    /// The partner said goodbye.
    PartnerLeft,
    /// The connection ended without a goodbye.
    PartnerGone,
    /// The partner's program broke a rule that it promised to check itself.
    PartnerBrokeRule(Refusal),
}

/// How many messages of an impatient peer are kept while it is not its turn: the one that is read
/// next, and one more so that a `/q` or a close right behind the first is still felt.
const HELD: usize = 2;

/// How many messages of a raw server before the first turn are shown at once as its banner; what
/// comes behind them waits like everything that is said too early.
const BANNERS: usize = 16;

/// It is our turn to speak. Holds what an impatient peer has sent meanwhile.
#[derive(Debug)]
struct MyTurn {
    held: VecDeque<String>,
}

impl MyTurn {
    /// Spends the turn on `words`: what to do, whose turn it is then, and what was held.
    fn say(self, words: String) -> (Effect, TheirTurn, VecDeque<String>) {
        (Effect::Send(words), TheirTurn, self.held)
    }
}

/// It is the partner's turn to speak.
#[derive(Debug)]
struct TheirTurn;

impl TheirTurn {
    fn hear(self) -> MyTurn {
        MyTurn {
            held: VecDeque::new(),
        }
    }
}

#[derive(Debug)]
enum Turn {
    Mine(MyTurn),
    Theirs(TheirTurn),
    Over,
}

/// One talk between two people, from the first turn to the end.
#[derive(Debug)]
pub struct Session {
    me: Role,
    dialect: Dialect,
    talk: Talk,
    turn: Turn,
    /// How many more messages may be a banner; none once somebody has spoken.
    banners: usize,
    /// Whether the person here has been told how this works.
    instructed: bool,
    /// What a partner without a screen of its own has not been told yet.
    owed: Vec<Notice>,
}

impl Session {
    /// A session over a connection that has been made and, where the dialect has one, greeted.
    /// Returns what must be done first.
    #[must_use]
    pub fn start(me: Role, dialect: Dialect) -> (Self, Vec<Effect>) {
        let mut session = Self {
            me,
            dialect,
            talk: Talk::default(),
            turn: Turn::Theirs(TheirTurn),
            banners: if me == Role::Client && dialect == Dialect::Raw {
                BANNERS
            } else {
                0
            },
            instructed: false,
            owed: Vec::new(),
        };
        let mut effects = Vec::new();
        if me == Role::Client {
            session.take_turn(&mut effects);
        }
        (session, effects)
    }

    /// Whether another message of the peer can be taken in now.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        match &self.turn {
            Turn::Mine(mine) => mine.held.len() < HELD,
            Turn::Theirs(_) => true,
            Turn::Over => false,
        }
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.turn, Turn::Over)
    }

    /// Takes in what happened and says what must be done, in order. After the end, nothing.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match (input, &self.turn) {
            (_, Turn::Over) => {}
            (Input::Line(line), Turn::Mine(_)) => self.line(line, &mut effects),
            (Input::Overlong(size), Turn::Mine(_)) => {
                refuse(Refusal::TooLong { size }, String::new(), &mut effects);
            }
            // No prompt stands then, so there is nothing that could be an answer to one.
            (Input::Line(_) | Input::Overlong(_), Turn::Theirs(_)) => {}
            (Input::Hangup, _) => self.leave(&mut effects),
            (Input::Text(text), _) => self.text(text, &mut effects),
            (Input::PeerGone, _) => {
                self.show_held(&mut effects);
                self.close(Ending::PartnerGone, &mut effects);
            }
        }
        effects
    }

    fn line(&mut self, line: String, effects: &mut Vec<Effect>) {
        // Around a message they are lost on a raw line; what is left means the same to both ends.
        let line = line.trim_matches(['\r', '\n']).to_owned();
        let refusal = if line.trim().is_empty() {
            // Enter on an empty line is no mistake to explain: the prompt just stands there again.
            effects.push(Effect::Prompt(String::new()));
            return;
        } else if line.len() > MAX_TEXT {
            Refusal::TooLong { size: line.len() }
        } else if self.dialect != Dialect::Tictalk && Reading::is_more_than_a_command(&line) {
            Refusal::NotAlone
        } else {
            match self.talk.judge(Side::Me, Reading::of(&line)) {
                Verdict::Turn { words, seen } => {
                    return self.speak(words.unwrap_or(line), seen, effects);
                }
                Verdict::Quit => return self.leave(effects),
                Verdict::Aside(notices) => {
                    effects.extend(notices.into_iter().map(Effect::Show));
                    effects.push(Effect::Prompt(String::new()));
                    return;
                }
                Verdict::Refused(refusal) => refusal,
            }
        };
        refuse(refusal, line, effects);
    }

    /// Spends our turn on `words`, then reads what an impatient peer has said already.
    fn speak(&mut self, words: String, seen: Vec<Notice>, effects: &mut Vec<Effect>) {
        self.banners = 0;
        let message = self.words_for_partner(words, &seen);
        let Turn::Mine(mine) = mem::replace(&mut self.turn, Turn::Over) else {
            return;
        };
        let (said, theirs, held) = mine.say(message);
        self.turn = Turn::Theirs(theirs);
        effects.push(said);
        effects.extend(seen.into_iter().map(Effect::Show));
        for text in held {
            self.text(text, effects);
        }
    }

    /// The message that says `words`. A partner that draws no boards is given them behind the first
    /// line, with what it was not told before.
    fn words_for_partner(&mut self, words: String, seen: &[Notice]) -> String {
        if self.dialect == Dialect::Tictalk {
            return words;
        }
        self.owed.extend_from_slice(seen);
        let message = to_partner(&words, &self.owed, self.me);
        if message.len() <= MAX_TEXT {
            self.owed.clear();
            message
        } else {
            words
        }
    }

    fn text(&mut self, text: String, effects: &mut Vec<Effect>) {
        let foreign = self.dialect != Dialect::Tictalk;
        // What follows a first line that plays or starts a game is for people to look at.
        let reading = Reading::of_partner(&text, foreign);
        if matches!(reading, Reading::Command(Command::Quit)) {
            self.show_held(effects);
            effects.push(Effect::Show(Notice::PartnerQuit(self.me.other())));
            return self.close(Ending::PartnerLeft, effects);
        }
        match &mut self.turn {
            Turn::Over => return,
            Turn::Mine(_) if self.banners > 0 => {
                self.banners -= 1;
                effects.push(Effect::Show(Notice::Said(text)));
                return effects.push(Effect::Prompt(String::new()));
            }
            Turn::Mine(mine) => return mine.held.push_back(text),
            Turn::Theirs(_) => {}
        }
        let refusal = if text.trim().is_empty() {
            Refusal::Blank
        } else {
            match self.talk.judge(Side::Partner, reading) {
                Verdict::Turn { words, seen } => {
                    return self.listen(words.unwrap_or(text), seen, effects);
                }
                Verdict::Quit => return,
                Verdict::Aside(notices) if foreign => return self.answer(&notices, effects),
                Verdict::Aside(_) => Refusal::NotATurn,
                Verdict::Refused(refusal) => refusal,
            }
        };
        if foreign {
            let mut answer = vec![Notice::Refused(refusal)];
            answer.extend(self.talk.board().map(Notice::Board));
            self.answer(&answer, effects);
        } else {
            self.close(Ending::PartnerBrokeRule(refusal), effects);
        }
    }

    /// Takes in the partner's turn; then it is ours.
    fn listen(&mut self, words: String, seen: Vec<Notice>, effects: &mut Vec<Effect>) {
        if self.dialect != Dialect::Tictalk {
            self.owed.extend_from_slice(&seen);
        }
        effects.push(Effect::Show(Notice::Said(words)));
        // Before a game that begins with the first words, so that its board stands at the prompt.
        self.instruct(effects);
        effects.extend(seen.into_iter().map(Effect::Show));
        self.take_turn(effects);
    }

    /// Tells a partner without commands of its own what it asked, or why not; it stays its turn.
    fn answer(&self, notices: &[Notice], effects: &mut Vec<Effect>) {
        effects.push(Effect::Send(to_partner("", notices, self.me)));
    }

    fn instruct(&mut self, effects: &mut Vec<Effect>) {
        if !mem::replace(&mut self.instructed, true) {
            effects.push(Effect::Show(Notice::Instructions));
        }
    }

    fn take_turn(&mut self, effects: &mut Vec<Effect>) {
        self.instruct(effects);
        effects.push(Effect::Prompt(String::new()));
        if let Turn::Theirs(theirs) = mem::replace(&mut self.turn, Turn::Over) {
            self.turn = Turn::Mine(theirs.hear());
        }
    }

    fn leave(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::Send(crate::wire::QUIT.to_owned()));
        self.show_held(effects);
        effects.push(Effect::Show(Notice::ShuttingDown));
        self.close(Ending::Left, effects);
    }

    /// Shows what the peer said too early, so that it is not lost with the session.
    fn show_held(&mut self, effects: &mut Vec<Effect>) {
        if let Turn::Mine(mine) = &mut self.turn {
            effects.extend(
                mine.held
                    .drain(..)
                    .map(|text| Effect::Show(Notice::Said(text))),
            );
        }
    }

    fn close(&mut self, ending: Ending, effects: &mut Vec<Effect>) {
        self.turn = Turn::Over;
        effects.push(Effect::Close(ending));
    }
}

/// Explains why `line` was not taken, and gives it back where that is of use.
fn refuse(refusal: Refusal, line: String, effects: &mut Vec<Effect>) {
    let draft = if refusal.gives_back() {
        line
    } else {
        String::new()
    };
    effects.push(Effect::Show(Notice::Refused(refusal)));
    effects.push(Effect::Prompt(draft));
}

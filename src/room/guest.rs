//! A client of a room: what it has said, what it has seen, and how it comes back.
//!
//! [`Guest::handle`] takes in what happened and says what must be done, as [`Hub`](super::Hub) does
//! at the other end. A line that a person enters gets a number and is kept until the room has said
//! that it is done with it; whatever is kept is sent again over a new connection, and the room
//! takes no number twice. A post that was seen before is not shown again.

use crate::wire::{
    Control, Entrance, HANDSHAKE_VERSION, MAX_TEXT, MemberId, Mode, Name, Post, PostId, QUIT,
    Reason, Ticket, What,
};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How many lines are kept that the room has not said to be done with.
pub const KEPT: usize = 64;

/// How long an answer to a hello may take.
const WELCOME: Duration = Duration::from_secs(5);

/// How long nothing may come from a room, which pings every 15 seconds where nobody has changed
/// that.
const SILENCE: Duration = Duration::from_secs(60);

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestInput {
    /// A person entered a line; only while [`Guest::wants_line`].
    Line(String),
    /// The person leaves.
    Hangup,
    /// There is a connection, as [`GuestEffect::Connect`] asked.
    Connected,
    /// The room says this.
    Control(Control),
    /// The connection has ended, was broken, or carried what cannot be read.
    Lost,
    /// Time has passed. Comes at least once a second.
    Tick,
}

/// What must be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestEffect {
    /// Send this to the room.
    Send(Control),
    /// Show this.
    Show(Sight),
    /// The line of this number is done with; the first line that was entered has number 1.
    Received(u64),
    /// Close the connection, if there is one, and make a new one, as often as it takes.
    Connect,
    /// Close the connection when what was sent is on its way: this is the end.
    Close(GuestEnding),
}

/// What a person should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// What has happened in the room. What the person has said itself does not come again.
    Post(Arc<Post>),
    /// What has happened once, because the person asked.
    Recalled(Arc<Post>),
    /// What the room tells this person.
    Told(String),
    /// The person has this name in the room.
    Named(Arc<str>),
    /// A message that was not taken: it has so many bytes, and may have [`MAX_TEXT`].
    TooLong(usize),
    /// A line that was not taken, since too many are kept already.
    NotTaken(String),
    /// The connection broke. What is typed is kept.
    LineBroken,
    /// The room is there again.
    LineBack,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestEnding {
    /// The person left.
    Left,
    /// The room does not want this client, or not any more.
    Refused {
        /// Why, for the program.
        reason: Reason,
        /// Why, for the person. Foreign text.
        message: String,
    },
    /// The server has no room.
    NoRoom,
}

/// One person's place in a room, across all its connections.
#[derive(Debug, Clone)]
pub struct Guest {
    name: Option<Name>,
    ticket: Ticket,
    member: Option<MemberId>,
    /// The last post that was seen.
    seen: PostId,
    /// The number of the last line.
    number: u64,
    kept: VecDeque<(u64, String)>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is no connection.
    Calling,
    /// The room has to answer our hello.
    Greeting {
        since: Duration,
    },
    /// We are in; when something came last.
    In {
        heard_at: Duration,
    },
    Over,
}

impl Guest {
    /// A client that is to be called this, if it can, and known by this ticket, which has to be
    /// random. There is no connection yet: [`GuestInput::Connected`] comes first.
    #[must_use]
    pub fn new(name: Option<Name>, ticket: Ticket) -> Self {
        Self {
            name,
            ticket,
            member: None,
            seen: PostId(0),
            number: 0,
            kept: VecDeque::new(),
            state: State::Calling,
        }
    }

    /// Whether another line can be kept.
    #[must_use]
    pub fn wants_line(&self) -> bool {
        self.kept.len() < KEPT && self.state != State::Over
    }

    /// How many lines the room is not known to be done with.
    #[must_use]
    pub fn unreceived(&self) -> usize {
        self.kept.len()
    }

    /// The last post that was seen; 0 for none.
    #[must_use]
    pub fn seen(&self) -> PostId {
        self.seen
    }

    /// Which member this is, once the room has said so.
    #[must_use]
    pub fn id(&self) -> Option<MemberId> {
        self.member
    }

    /// Takes in what happened at this time since the program's start, and says what must be done,
    /// in order. After the end, nothing.
    pub fn handle(&mut self, now: Duration, input: GuestInput) -> Vec<GuestEffect> {
        let mut effects = Vec::new();
        match (input, self.state) {
            (_, State::Over) => {}
            (GuestInput::Line(line), _) => self.line(line, &mut effects),
            (GuestInput::Hangup, _) => self.leave(&mut effects),
            (GuestInput::Connected, _) => {
                self.state = State::Greeting { since: now };
                effects.push(GuestEffect::Send(Control::Hello {
                    version: HANDSHAKE_VERSION,
                    name: self.name.clone(),
                    resume: None,
                    room: Some(Entrance {
                        ticket: self.ticket,
                        since: self.seen,
                    }),
                }));
            }
            (GuestInput::Control(control), State::Greeting { .. }) => {
                self.greeted(now, control, &mut effects);
            }
            (GuestInput::Control(control), State::In { .. }) => {
                self.state = State::In { heard_at: now };
                self.hear(control, &mut effects);
            }
            (GuestInput::Lost, State::Greeting { .. } | State::In { .. }) => {
                self.lose(&mut effects);
            }
            (GuestInput::Tick, State::Greeting { since }) if now - since.min(now) >= WELCOME => {
                self.lose(&mut effects);
            }
            (GuestInput::Tick, State::In { heard_at }) if now - heard_at.min(now) >= SILENCE => {
                self.lose(&mut effects);
            }
            // What still comes of a connection that is gone.
            (GuestInput::Control(_) | GuestInput::Lost | GuestInput::Tick, _) => {}
        }
        effects
    }

    fn line(&mut self, line: String, effects: &mut Vec<GuestEffect>) {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            return;
        }
        if line.trim_end().eq_ignore_ascii_case(QUIT) {
            return self.leave(effects);
        }
        if line.len() > MAX_TEXT {
            return effects.push(GuestEffect::Show(Sight::TooLong(line.len())));
        }
        if !self.wants_line() {
            return effects.push(GuestEffect::Show(Sight::NotTaken(line.to_owned())));
        }
        self.number += 1;
        self.kept.push_back((self.number, line.to_owned()));
        if let State::In { .. } = self.state {
            effects.push(say(self.number, line));
        }
    }

    fn leave(&mut self, effects: &mut Vec<GuestEffect>) {
        if let State::In { .. } = self.state {
            effects.push(say(self.number + 1, QUIT));
        }
        self.close(GuestEnding::Left, effects);
    }

    fn close(&mut self, ending: GuestEnding, effects: &mut Vec<GuestEffect>) {
        self.state = State::Over;
        effects.push(GuestEffect::Close(ending));
    }

    /// The connection is of no more use.
    fn lose(&mut self, effects: &mut Vec<GuestEffect>) {
        if let State::In { .. } = self.state {
            effects.push(GuestEffect::Show(Sight::LineBroken));
        }
        self.state = State::Calling;
        effects.push(GuestEffect::Connect);
    }

    /// The room answers our hello.
    fn greeted(&mut self, now: Duration, control: Control, effects: &mut Vec<GuestEffect>) {
        let room = match control {
            Control::Welcome {
                mode: Mode::Room,
                room: Some(room),
                ..
            } => room,
            refuse @ Control::Refuse { .. } => return self.hear(refuse, effects),
            _ => return self.close(GuestEnding::NoRoom, effects),
        };
        self.state = State::In { heard_at: now };
        // A room that does not know us any more begins anew with us, at a post of its own choice.
        self.seen = room.since;
        self.done(room.heard, effects);
        effects.push(GuestEffect::Show(
            match self.member.replace(room.you) == Some(room.you) {
                true => Sight::LineBack,
                false => Sight::Named(room.name),
            },
        ));
        effects.extend(self.kept.iter().map(|(number, line)| say(*number, line)));
    }

    fn hear(&mut self, control: Control, effects: &mut Vec<GuestEffect>) {
        match control {
            Control::Post(post) => {
                if post.id <= self.seen {
                    return;
                }
                self.seen = post.id;
                let is_talk = matches!(post.what, What::Said { .. } | What::Acted { .. });
                if !(is_talk && self.id() == Some(post.by.id)) {
                    effects.push(GuestEffect::Show(Sight::Post(post)));
                }
            }
            Control::Recall(post) => effects.push(GuestEffect::Show(Sight::Recalled(post))),
            Control::Tell { text } => effects.push(GuestEffect::Show(Sight::Told(text))),
            Control::Stored { number } => self.done(number, effects),
            Control::Ping => effects.push(GuestEffect::Send(Control::Pong)),
            Control::Refuse { reason, message } => match reason {
                Reason::Busy | Reason::Behind => {
                    effects.push(GuestEffect::Show(Sight::Told(message)));
                    self.state = State::Calling;
                    effects.push(GuestEffect::Connect);
                }
                _ => self.close(GuestEnding::Refused { reason, message }, effects),
            },
            Control::Hello { .. }
            | Control::Welcome { .. }
            | Control::Receipt { .. }
            | Control::Say { .. }
            | Control::Pong
            | Control::Unknown => {}
        }
    }

    /// The room is done with the lines up to this number.
    fn done(&mut self, number: u64, effects: &mut Vec<GuestEffect>) {
        while let Some((kept, _)) = self.kept.pop_front_if(|(kept, _)| *kept <= number) {
            effects.push(GuestEffect::Received(kept));
        }
    }
}

fn say(number: u64, text: &str) -> GuestEffect {
    let text = text.to_owned();
    GuestEffect::Send(Control::Say { number, text })
}

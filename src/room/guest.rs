//! A client of a room: what it has said, what it has seen, and how it comes back.
//!
//! [`Guest::handle`] takes in what happened and says what must be done, as [`Hub`](super::Hub) does
//! at the other end. A line that a person enters gets a number and is kept until the room has said
//! that it is done with it; whatever is kept is sent again over a new connection, and the room
//! takes no number twice. A post that was seen before is not shown again.

use crate::wire::{
    Control, Entrance, Exchange, HANDSHAKE_VERSION, LineNumber, MemberId, Mode, Name, Nonce, Post,
    PostId, Prover, QUIT, Reason, Text, Ticket, TooLong, What,
};
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

/// How many lines are kept that the room has not said to be done with.
pub const KEPT: usize = 64;

/// How long an answer to a hello may take.
const WELCOME: Duration = Duration::from_secs(5);

/// How long nothing may come from a room, which pings every 10 seconds.
const SILENCE: Duration = Duration::from_secs(25);

/// How long a connection must last until the next one is made as if it were the first.
const STEADY: Duration = Duration::from_secs(10);

/// What people type in other programs to leave.
const ALSO_QUIT: &str = "/quit";

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestInput {
    /// A person entered a line; only while [`Guest::wants_line`].
    Line(String),
    /// The person leaves.
    Hangup,
    /// There is a connection, as [`GuestEffect::Connect`] asked.
    Connected {
        /// Random bits for this connection.
        nonce: Nonce,
    },
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
    Connect {
        /// How many attempts were made since the last connection that lasted: how long to wait grows
        /// with it.
        attempts: u32,
    },
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
    /// A message that was not taken: it has so many bytes, and may have
    /// [`MAX_TEXT`](crate::wire::MAX_TEXT).
    TooLong(usize),
    /// A line that was not taken, since too many are kept already.
    NotTaken(String),
    /// The room does not know this client any more, which comes in as a new one.
    Forgotten,
    /// A program answers that does not know what the room knows.
    Impostor,
    /// So many posts were missed that the room does not send any more.
    Missed(u64),
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
        message: Text,
    },
    /// The server has no room.
    NoRoom,
}

/// One person's place in a room, across all its connections.
#[derive(Debug, Clone)]
pub struct Guest {
    name: Option<Name>,
    pass: GuestTicket,
    member: Option<MemberId>,
    /// The last post that was seen, 0 for none.
    seen: PostId,
    /// The number of the next line.
    number: LineNumber,
    /// Whether this program has said anything yet.
    has_said: bool,
    kept: VecDeque<(LineNumber, Text)>,
    /// How many attempts to connect were made since the last connection that lasted.
    attempts: u32,
    /// Why the room has sent us away last: said once, and not at each attempt.
    refusal: Option<Text>,
    /// Whether it was said already that somebody else answers for the room.
    has_distrusted: bool,
    state: GuestState,
}

/// The ticket by which we are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GuestTicket {
    /// Nobody has seen it yet.
    New(Ticket),
    /// The room may know it, and has to prove that it does.
    Used(Ticket),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GuestState {
    /// There is no connection.
    Calling,
    /// The room has to answer our hello, which it was sent at this time. Before it is believed
    /// anything, it has to prove that it knows this ticket.
    Greeting {
        since: Duration,
        nonce: Nonce,
        to_prove: Option<Ticket>,
    },
    /// We are in, since when, and when something came last.
    In {
        since: Duration,
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
            pass: GuestTicket::New(ticket),
            member: None,
            seen: PostId(0),
            number: LineNumber::FIRST,
            has_said: false,
            kept: VecDeque::new(),
            attempts: 0,
            refusal: None,
            has_distrusted: false,
            state: GuestState::Calling,
        }
    }

    /// A client that has said hello by this ticket, and has proved what there was to be proved: its
    /// welcome comes next.
    #[must_use]
    pub fn introduced(name: Option<Name>, ticket: Ticket) -> Self {
        Self {
            pass: GuestTicket::Used(ticket),
            state: GuestState::Greeting {
                since: Duration::ZERO,
                nonce: Nonce::new([0; 16]),
                to_prove: None,
            },
            ..Self::new(name, ticket)
        }
    }

    /// Whether another line can be kept.
    #[must_use]
    pub fn wants_line(&self) -> bool {
        self.kept.len() < KEPT && self.state != GuestState::Over
    }

    /// How many lines the room is not known to be done with.
    #[must_use]
    pub fn unreceived(&self) -> usize {
        self.kept.len()
    }

    /// The ticket by which this client can come back.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        let (GuestTicket::New(ticket) | GuestTicket::Used(ticket)) = self.pass;
        ticket
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
            (_, GuestState::Over) => {}
            (GuestInput::Line(line), _) => self.line(line, &mut effects),
            (GuestInput::Hangup, _) => self.leave(&mut effects),
            (GuestInput::Connected { nonce }, _) => self.greet(now, nonce, &mut effects),
            (GuestInput::Control(control), GuestState::Greeting { .. }) => {
                self.greeted(now, control, &mut effects);
            }
            (GuestInput::Control(control), GuestState::In { since, .. }) => {
                let heard_at = now;
                self.state = GuestState::In { since, heard_at };
                self.hear(now, control, &mut effects);
            }
            (GuestInput::Lost, GuestState::Greeting { .. } | GuestState::In { .. }) => {
                self.lose(now, &mut effects);
            }
            (GuestInput::Tick, GuestState::Greeting { since, .. })
                if now.saturating_sub(since) >= WELCOME =>
            {
                self.lose(now, &mut effects);
            }
            (GuestInput::Tick, GuestState::In { heard_at, .. })
                if now.saturating_sub(heard_at) >= SILENCE =>
            {
                self.lose(now, &mut effects);
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
        if [QUIT, ALSO_QUIT].contains(&line.trim_end().to_ascii_lowercase().as_str()) {
            return self.leave(effects);
        }
        let text = match Text::try_from(line) {
            Ok(text) => text,
            Err(TooLong(size)) => return effects.push(GuestEffect::Show(Sight::TooLong(size))),
        };
        if !self.wants_line() {
            return effects.push(GuestEffect::Show(Sight::NotTaken(text.into())));
        }
        let number = self.number;
        self.number = number.next();
        self.has_said = true;
        self.kept.push_back((number, text.clone()));
        if let GuestState::In { .. } = self.state {
            effects.push(GuestEffect::Send(Control::Say { number, text }));
        }
    }

    fn leave(&mut self, effects: &mut Vec<GuestEffect>) {
        if let GuestState::In { .. } = self.state {
            let (number, text) = (self.number, Text::cut(QUIT.to_owned()));
            effects.push(GuestEffect::Send(Control::Say { number, text }));
        }
        self.close(GuestEnding::Left, effects);
    }

    fn close(&mut self, ending: GuestEnding, effects: &mut Vec<GuestEffect>) {
        self.state = GuestState::Over;
        effects.push(GuestEffect::Close(ending));
    }

    /// The connection is of no more use.
    fn lose(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        if let GuestState::In { .. } = self.state {
            effects.push(GuestEffect::Show(Sight::LineBroken));
        }
        self.call(now, effects);
    }

    /// Somebody answers who is not the room that we were in. The room may be there again later.
    fn distrust(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        if !mem::replace(&mut self.has_distrusted, true) {
            effects.push(GuestEffect::Show(Sight::Impostor));
        }
        self.call(now, effects);
    }

    /// Connects again, the sooner the longer the last connection lasted.
    fn call(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        if let GuestState::In { since, .. } = self.state
            && now.saturating_sub(since) >= STEADY
        {
            self.attempts = 0;
        }
        self.state = GuestState::Calling;
        let attempts = self.attempts;
        self.attempts = attempts.saturating_add(1);
        effects.push(GuestEffect::Connect { attempts });
    }

    /// Says hello over a new connection.
    fn greet(&mut self, now: Duration, nonce: Nonce, effects: &mut Vec<GuestEffect>) {
        let (room, to_prove) = match self.pass {
            GuestTicket::New(ticket) => {
                let since = self.seen();
                (Entrance::Join { ticket, since }, None)
            }
            GuestTicket::Used(ticket) => {
                let (member, since) = (ticket.handle(), Some(self.seen));
                (Entrance::Return { member, since }, Some(ticket))
            }
        };
        self.pass = GuestTicket::Used(self.ticket());
        self.state = GuestState::Greeting {
            since: now,
            nonce,
            to_prove,
        };
        effects.push(GuestEffect::Send(Control::Hello {
            version: HANDSHAKE_VERSION,
            name: self.name.clone(),
            resume: None,
            nonce: Some(nonce),
            room: Some(room),
        }));
    }

    /// The room answers our hello.
    fn greeted(&mut self, now: Duration, control: Control, effects: &mut Vec<GuestEffect>) {
        let GuestState::Greeting {
            since,
            nonce: client,
            to_prove,
        } = self.state
        else {
            return;
        };
        if let Some(ticket) = to_prove {
            match control {
                Control::Challenge { nonce, proof } => {
                    let exchange = Exchange {
                        ticket,
                        client,
                        server: nonce,
                    };
                    if !exchange.accepts(&proof, Prover::Server) {
                        return self.distrust(now, effects);
                    }
                    self.state = GuestState::Greeting {
                        since,
                        nonce: client,
                        to_prove: None,
                    };
                    let proof = exchange.proof(Prover::Client);
                    return effects.push(GuestEffect::Send(Control::Proof { proof }));
                }
                Control::Refuse {
                    reason: Reason::Unknown,
                    ..
                } => {
                    // Whoever says so learns nothing by which we could be known elsewhere.
                    self.pass = GuestTicket::New(ticket.next());
                    if self.member.is_some() {
                        effects.push(GuestEffect::Show(Sight::Forgotten));
                    }
                    return self.call(now, effects);
                }
                refuse @ Control::Refuse {
                    reason: Reason::Busy | Reason::Version,
                    ..
                } => return self.hear(now, refuse, effects),
                _ => return self.distrust(now, effects),
            }
        }
        let room = match control {
            Control::Welcome {
                mode: Mode::Room,
                room: Some(room),
                ..
            } => room,
            refuse @ Control::Refuse { .. } => return self.hear(now, refuse, effects),
            _ => return self.close(GuestEnding::NoRoom, effects),
        };
        self.state = GuestState::In {
            since: now,
            heard_at: now,
        };
        self.refusal = None;
        self.has_distrusted = false;
        let missed = room.since.0.saturating_sub(self.seen().0);
        if self.seen() > PostId(0) && missed > 0 {
            effects.push(GuestEffect::Show(Sight::Missed(missed)));
        }
        // A room that does not know us any more begins anew with us, at a post of its own choice.
        self.seen = room.since;
        if self.member.is_none() {
            // Nothing was sent yet, but a program that has ended may have used up some numbers.
            let heard = LineNumber::try_from(room.heard);
            self.number = heard.map_or(LineNumber::FIRST, LineNumber::next);
            for (number, _) in &mut self.kept {
                *number = self.number;
                self.number = self.number.next();
            }
        }
        self.done(room.heard, effects);
        effects.push(GuestEffect::Show(
            match self.member.replace(room.you) == Some(room.you) {
                true => Sight::LineBack,
                false => Sight::Named(room.name),
            },
        ));
        let kept = self.kept.iter().map(|(number, text)| {
            let (number, text) = (*number, text.clone());
            GuestEffect::Send(Control::Say { number, text })
        });
        effects.extend(kept);
    }

    fn hear(&mut self, now: Duration, control: Control, effects: &mut Vec<GuestEffect>) {
        match control {
            Control::Post(post) => {
                if post.id <= self.seen() {
                    return;
                }
                self.seen = post.id;
                let is_talk = matches!(post.what, What::Said { .. } | What::Acted { .. });
                // What an earlier program has said stands nowhere on this one's screen.
                if !(is_talk && self.has_said && self.id() == Some(post.by.id)) {
                    effects.push(GuestEffect::Show(Sight::Post(post)));
                }
            }
            Control::Recall(post) => effects.push(GuestEffect::Show(Sight::Recalled(post))),
            Control::Tell { text } => effects.push(GuestEffect::Show(Sight::Told(text.into()))),
            Control::Stored { number } => self.done(number, effects),
            Control::Ping => effects.push(GuestEffect::Send(Control::Pong)),
            Control::Refuse { reason, message } => match reason {
                Reason::Busy | Reason::Behind => {
                    if self.refusal.as_ref() != Some(&message) {
                        let told = Sight::Told(message.to_string());
                        effects.push(GuestEffect::Show(told));
                        self.refusal = Some(message);
                    }
                    self.call(now, effects);
                }
                _ => self.close(GuestEnding::Refused { reason, message }, effects),
            },
            Control::Hello { .. }
            | Control::Challenge { .. }
            | Control::Proof { .. }
            | Control::Welcome { .. }
            | Control::Receipt { .. }
            | Control::Say { .. }
            | Control::Pong
            | Control::Unknown => {}
        }
    }

    /// The room is done with the lines up to this number.
    fn done(&mut self, number: u64, effects: &mut Vec<GuestEffect>) {
        while let Some((kept, _)) = self.kept.pop_front_if(|(kept, _)| kept.get() <= number) {
            effects.push(GuestEffect::Received(kept.get()));
        }
    }
}

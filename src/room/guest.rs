//! A client of a room, as a state machine.
//!
//! [`Guest::handle`] takes inputs and returns effects, as [`Hub`](super::Hub) does at the other
//! end. Each line that the person enters gets a number and is kept until the room acknowledges it.
//! Kept lines are sent again over a new connection, and the room accepts no number twice. A post is
//! shown once.

use crate::wire::{
    Abilities, BoardForm, BoardSight, Control, Entrance, Exchange, Gathered, HANDSHAKE_VERSION,
    LineNumber, MemberId, MemberSight, Mode, Name, Nonce, Others, Post, PostId, Private, Prover,
    QUIT, Reason, Sees, Text, Ticket, TooLong, What,
};
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of lines that the room has not acknowledged.
pub const KEPT: usize = 64;

/// How long the answer to a hello may take.
const WELCOME_TIMEOUT: Duration = Duration::from_secs(5);

/// Silence after which a connection counts as lost. A room pings every 10 seconds.
const SILENCE_LIMIT: Duration = Duration::from_secs(25);

/// How long a hello may be on its way that was given up. A machine of a room may have been cut off from
/// the others with it.
const LATE_HELLO: Duration = Duration::from_secs(120);

/// How long a connection must last to reset the delay before the next attempt.
const LASTING: Duration = Duration::from_secs(10);

/// What leaves a room besides [`QUIT`], because other programs use it.
const ALSO_QUIT: &str = "/quit";

/// An event for [`Guest::handle`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestInput {
    /// The person has entered a line; only while [`Guest::wants_line`].
    Line(String),
    /// The person leaves.
    Hangup,
    /// A connection was made, as [`GuestEffect::Connect`] asked.
    Connected {
        /// A random number for this connection.
        nonce: Nonce,
    },
    /// A control frame has arrived.
    Control(Control),
    /// The connection has ended or failed, or its peer has broken the protocol.
    Lost,
    /// Time has passed; at least once a second.
    Tick,
}

/// An action that the caller has to perform, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestEffect {
    /// Send a control frame to the room.
    Send(Control),
    /// Show something to the person.
    Show(Sight),
    /// From now on the room is served by these other machines too. They replace those of the last
    /// such effect.
    Others(Others),
    /// The line with this number is acknowledged. The first line has number 1.
    Received(u64),
    /// Close the connection, if there is one, and try to make a new one until that succeeds.
    Connect {
        /// Number of attempts since the last connection that lasted. The delay grows with it.
        attempts: u32,
    },
    /// Close the connection once everything is sent. No effect follows but what the room still says
    /// to a person who leaves ([`GuestEnding::Left`]).
    Close(GuestEnding),
}

/// Something for the person to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// A post. The person's own messages are not shown again.
    Post(Arc<Post>),
    /// Several posts about who is in the room, or the rest of their members.
    Gathered(Gathered),
    /// An old post that the person has asked for.
    Recalled(Arc<Post>),
    /// A notice of the room.
    Told(String),
    /// A private message to this person has arrived, or the last part of it. Foreign text.
    Whispered(String),
    /// The person's name in the room.
    Named(Arc<str>),
    /// A message was refused: it has this many bytes, more than
    /// [`MAX_TEXT`](crate::wire::MAX_TEXT).
    TooLong(usize),
    /// A line was refused: [`KEPT`] lines are not acknowledged yet.
    NotTaken(String),
    /// A portion of the members, for a client that asks for them.
    Members {
        /// The members.
        members: Vec<MemberSight>,
        /// Whether another portion follows.
        is_partial: bool,
    },
    /// A board, for a client that asks for boards.
    Board(Box<BoardSight>),
    /// No more boards of this table come.
    BoardOver(u64),
    /// The room no longer knows this client, which joins as a new member.
    Forgotten,
    /// The program that answers cannot prove to be the room.
    Impostor,
    /// The room has skipped this many posts.
    Missed(u64),
    /// The connection was lost. Lines are kept.
    ConnectionLost,
    /// The room has welcomed the client back.
    Reconnected,
}

/// Why a client leaves the room for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestEnding {
    /// The person has left.
    Left,
    /// The room has removed the client or turned it away.
    Refused {
        /// The reason as a code.
        reason: Reason,
        /// The reason in words. Foreign text.
        message: Text,
    },
    /// The server is not a room.
    NoRoom,
}

/// A person in a room, across all connections.
///
/// # States
/// | state | left by |
/// |---|---|
/// | `Calling`: no connection | [`GuestInput::Connected`] |
/// | `Greeting`: waits for the answer to its hello | the welcome, a refusal, a timeout |
/// | `In`: exchanges lines and posts | a lost connection, a refusal, leaving |
/// | `Leaving`: the person has left; shows what the room still says | nothing |
/// | `Over` | nothing |
#[derive(Debug, Clone)]
pub struct Guest {
    name: Option<Name>,
    pass: GuestTicket,
    member: Option<MemberId>,
    /// The form of the boards that it asks for.
    boards: BoardForm,
    /// The data that it requests.
    sees: Sees,
    /// The last post that was shown; 0 for none.
    seen: PostId,
    /// The number of the next line.
    number: LineNumber,
    /// Whether the person has entered a line in this program.
    has_said: bool,
    kept: VecDeque<(LineNumber, Text)>,
    /// Number of attempts since the last connection that lasted.
    attempts: u32,
    /// When a hello was given up last. If it arrives after all, the room takes it for a newer one and
    /// closes the present connection.
    gave_up_at: Option<Duration>,
    /// The last refusal, so that it is shown once and not at each attempt.
    refusal: Option<Text>,
    /// The other machines that serve the room.
    others: Others,
    /// Whether [`Sight::Impostor`] was shown.
    has_distrusted: bool,
    state: GuestState,
}

/// The ticket of this client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GuestTicket {
    /// It was not sent yet.
    New(Ticket),
    /// The room may know it, and has to prove so.
    Used(Ticket),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GuestState {
    Calling,
    /// The hello was sent at `since`. Nothing else of the room is accepted before it has proved to
    /// know `to_prove`.
    Greeting {
        since: Duration,
        nonce: Nonce,
        to_prove: Option<Ticket>,
    },
    /// The client is a member since `since`. The room was last heard at `heard_at`.
    In {
        since: Duration,
        heard_at: Duration,
    },
    /// The person has left, and the room may still answer earlier lines.
    Leaving,
    Over,
}

impl Guest {
    /// A client without a connection: [`GuestInput::Connected`] comes first. It asks for this name,
    /// and is known by this ticket, which must be random.
    #[must_use]
    pub fn new(name: Option<Name>, ticket: Ticket) -> Self {
        Self {
            name,
            pass: GuestTicket::New(ticket),
            member: None,
            boards: BoardForm::Drawing,
            sees: Sees::default(),
            seen: PostId(0),
            number: LineNumber::FIRST,
            has_said: false,
            kept: VecDeque::new(),
            attempts: 0,
            gave_up_at: None,
            refusal: None,
            others: Others::default(),
            has_distrusted: false,
            state: GuestState::Calling,
        }
    }

    /// A client whose hello with this ticket was accepted. Its welcome comes next.
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

    /// The same client, for a person who wants boards of this form.
    #[must_use]
    pub fn showing(self, boards: BoardForm) -> Self {
        Self { boards, ..self }
    }

    /// The same client, which asks the room for this as data.
    #[must_use]
    pub fn seeing(self, sees: Sees) -> Self {
        Self { sees, ..self }
    }

    /// Whether the person may enter another line.
    #[must_use]
    pub fn wants_line(&self) -> bool {
        let has_left = matches!(self.state, GuestState::Leaving | GuestState::Over);
        self.kept.len() < KEPT && !has_left
    }

    /// Number of lines that the room has not acknowledged.
    #[must_use]
    pub fn unreceived(&self) -> usize {
        self.kept.len()
    }

    /// The ticket with which this client can return.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        let (GuestTicket::New(ticket) | GuestTicket::Used(ticket)) = self.pass;
        ticket
    }

    /// The last post that was shown; 0 for none.
    #[must_use]
    pub fn seen(&self) -> PostId {
        self.seen
    }

    /// The client's number as a member, once it has been welcomed.
    #[must_use]
    pub fn id(&self) -> Option<MemberId> {
        self.member
    }

    /// Handles an input at the time `now` since the program's start. Returns the effects to
    /// perform, in order. There are none after [`GuestEffect::Close`], except for
    /// [`GuestEffect::Show`] after the person has left.
    pub fn handle(&mut self, now: Duration, input: GuestInput) -> Vec<GuestEffect> {
        let mut effects = Vec::new();
        match (input, self.state) {
            (GuestInput::Control(control), GuestState::Leaving) => {
                self.hear_last(control, &mut effects);
            }
            (_, GuestState::Leaving | GuestState::Over) => {}
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
                if now.saturating_sub(since) >= WELCOME_TIMEOUT =>
            {
                self.lose(now, &mut effects);
            }
            (GuestInput::Tick, GuestState::In { heard_at, .. })
                if now.saturating_sub(heard_at) >= SILENCE_LIMIT =>
            {
                self.lose(now, &mut effects);
            }
            // Late events of a connection that was given up.
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
        let was_in = matches!(self.state, GuestState::In { .. });
        if was_in {
            let (number, text) = (self.number, Text::cut(QUIT.to_owned()));
            effects.push(GuestEffect::Send(Control::Say { number, text }));
        }
        self.close(GuestEnding::Left, effects);
        if was_in {
            self.state = GuestState::Leaving;
        }
    }

    fn close(&mut self, ending: GuestEnding, effects: &mut Vec<GuestEffect>) {
        self.state = GuestState::Over;
        effects.push(GuestEffect::Close(ending));
    }

    /// Gives up the connection.
    fn lose(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        match self.state {
            GuestState::In { .. } => effects.push(GuestEffect::Show(Sight::ConnectionLost)),
            GuestState::Greeting { .. } => self.gave_up_at = Some(now),
            GuestState::Calling | GuestState::Leaving | GuestState::Over => {}
        }
        self.call(now, effects);
    }

    /// Gives up a connection to a program that is not the client's room. The room may return.
    fn distrust(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        if !mem::replace(&mut self.has_distrusted, true) {
            effects.push(GuestEffect::Show(Sight::Impostor));
        }
        self.call(now, effects);
    }

    /// Asks for a new connection: at once if the last one has lasted.
    fn call(&mut self, now: Duration, effects: &mut Vec<GuestEffect>) {
        if let GuestState::In { since, .. } = self.state
            && now.saturating_sub(since) >= LASTING
        {
            self.attempts = 0;
        }
        self.state = GuestState::Calling;
        let attempts = self.attempts;
        self.attempts = attempts.saturating_add(1);
        effects.push(GuestEffect::Connect { attempts });
    }

    /// Sends the hello over a new connection.
    fn greet(&mut self, now: Duration, nonce: Nonce, effects: &mut Vec<GuestEffect>) {
        let (room, to_prove) = match self.pass {
            GuestTicket::New(ticket) => {
                let since = self.seen();
                let join = Entrance::Join {
                    ticket,
                    since,
                    asks: false,
                };
                (join, None)
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
            unfinished: None,
            can: Abilities::default(),
            sees: self.sees,
            role: None,
            secret: None,
        }));
    }

    /// Handles the answer to the hello.
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
                    // The next ticket tells nothing about this one.
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
        // A room that has forgotten the client chooses the post to begin with.
        self.seen = room.since;
        if self.member.is_none() {
            // An earlier program with this ticket may have used some numbers.
            let heard = LineNumber::try_from(room.heard);
            self.number = heard.map_or(LineNumber::FIRST, LineNumber::next);
            for (number, _) in &mut self.kept {
                *number = self.number;
                self.number = self.number.next();
            }
        }
        self.acknowledged(room.heard, effects);
        self.note_others(room.others, effects);
        effects.push(GuestEffect::Show(
            if self.member.replace(room.you) == Some(room.you) {
                Sight::Reconnected
            } else {
                Sight::Named(room.name)
            },
        ));
        if let BoardForm::Words = self.boards {
            let form = self.boards;
            effects.push(GuestEffect::Send(Control::Boards { form }));
        }
        let kept = self.kept.iter().map(|(number, text)| {
            let (number, text) = (*number, text.clone());
            GuestEffect::Send(Control::Say { number, text })
        });
        effects.extend(kept);
    }

    fn hear(&mut self, now: Duration, control: Control, effects: &mut Vec<GuestEffect>) {
        match control {
            shown @ (Control::Post(_)
            | Control::Gathered(_)
            | Control::Recall(_)
            | Control::Members { .. }
            | Control::Board(_)
            | Control::Ended { .. }
            | Control::Tell { .. }) => self.hear_last(shown, effects),
            Control::Stored { number } => self.acknowledged(number, effects),
            Control::Others { others } => self.note_others(others, effects),
            Control::Ping => effects.push(GuestEffect::Send(Control::Pong)),
            Control::Refuse {
                reason, message, ..
            } => match reason {
                Reason::Busy | Reason::Behind => {
                    if self.refusal.as_ref() != Some(&message) {
                        let told = Sight::Told(message.to_string());
                        effects.push(GuestEffect::Show(told));
                        self.refusal = Some(message);
                    }
                    self.call(now, effects);
                }
                Reason::Replaced if self.was_replaced_by_itself(now) => self.lose(now, effects),
                _ => self.close(GuestEnding::Refused { reason, message }, effects),
            },
            Control::Hello { .. }
            | Control::Challenge { .. }
            | Control::Proof { .. }
            | Control::Welcome { .. }
            | Control::Receipt { .. }
            | Control::Comment { .. }
            | Control::Heard { .. }
            | Control::Say { .. }
            | Control::Boards { .. }
            | Control::Turn { .. }
            | Control::Open { .. }
            | Control::Connected { .. }
            | Control::Results { .. }
            | Control::Pong
            | Control::Unknown => {}
        }
    }

    /// Whether it may have been a hello of this program that has replaced its connection. Each is an
    /// excuse once, so that two programs with one ticket do not replace each other for ever.
    fn was_replaced_by_itself(&mut self, now: Duration) -> bool {
        let gave_up_at = self.gave_up_at.take();
        gave_up_at.is_some_and(|at| now.saturating_sub(at) < LATE_HELLO)
    }

    /// Shows what the room says, which is all that matters to a person who leaves.
    fn hear_last(&mut self, control: Control, effects: &mut Vec<GuestEffect>) {
        let sight = match control {
            Control::Post(post) => {
                if post.id <= self.seen() {
                    return;
                }
                self.seen = post.id;
                let is_message = matches!(post.what, What::Said { .. } | What::Acted { .. });
                // The screen shows what the person has typed, but not what an earlier program has
                // sent.
                if is_message && self.has_said && self.id() == Some(post.by.id) {
                    return;
                }
                Sight::Post(post)
            }
            Control::Gathered(gathered) => {
                let continues = gathered.is_rest && gathered.last == self.seen();
                if gathered.last <= self.seen() && !continues {
                    return;
                }
                self.seen = gathered.last;
                Sight::Gathered(gathered)
            }
            Control::Recall(post) => Sight::Recalled(post),
            Control::Members { members, more, .. } => Sight::Members {
                members,
                is_partial: more,
            },
            Control::Board(board) => Sight::Board(board),
            Control::Ended { table } => Sight::BoardOver(table),
            Control::Tell { text, private } => {
                if let Some(Private { id, .. }) = private {
                    self.seen = self.seen.max(id);
                }
                match private {
                    Some(Private { by, .. }) if self.id() != Some(by) => {
                        Sight::Whispered(text.into())
                    }
                    _ => Sight::Told(text.into()),
                }
            }
            _ => return,
        };
        effects.push(GuestEffect::Show(sight));
    }

    fn note_others(&mut self, others: Others, effects: &mut Vec<GuestEffect>) {
        if others != self.others {
            self.others = others.clone();
            effects.push(GuestEffect::Others(others));
        }
    }

    /// Forgets the lines up to this number, which the room has acknowledged.
    fn acknowledged(&mut self, number: u64, effects: &mut Vec<GuestEffect>) {
        while let Some((kept, _)) = self.kept.pop_front_if(|(kept, _)| kept.get() <= number) {
            effects.push(GuestEffect::Received(kept.get()));
        }
    }
}

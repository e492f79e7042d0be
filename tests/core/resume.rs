//! A session that outlives its connection and its programs: the real [`Session`] at both ends,
//! explored in every order in which things can happen.
//!
//! Two people say the lines of a script, a chat and a game, over connections that break and between
//! programs that are killed. The checker goes through every state that can be reached, with up to
//! [`FAULTS`] faults: each message delivered or lost, each end noticing a break early or late, each
//! program killed between any two things that it does. A frame that is cut anywhere has not arrived,
//! so a loss at any byte is the loss of the frames from that one on. The same holds for a private line,
//! which delivers the first of the frames that were sent, unchanged and in order, and then nothing more
//! (`private::records` checks that): a record that somebody changes is one more way to lose a connection.

use stateright::{Checker as _, Model, Property};
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Debug;
use std::hash::{Hash, Hasher as _};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tictalk::games::{Board, Chance};
use tictalk::session::{
    Effect, Ending, Input, Loss, Notice, RECALLED, Record, Role, Session, Turn,
};
use tictalk::wire::{Dialect, QUIT, Standing, Ticket};

/// The lines of the session, turn by turn, the client first. No two lines are the same, and a game
/// that was restored incorrectly would refuse a move.
const SCRIPT: [&str; 8] = [
    "Hello",
    "play tictactoe",
    "5",
    "1",
    "3",
    "2",
    "7",
    "Well played",
];

/// How many connections break and programs are killed, at most.
const FAULTS: u8 = 4;

const ROLES: [Role; 2] = [Role::Client, Role::Server];

/// The board that each turn of the script shows where nothing goes wrong.
static BOARDS: LazyLock<Vec<Option<Board>>> = LazyLock::new(|| {
    let (mut client, _) = Session::start(
        Role::Client,
        Dialect::Tictalk,
        ticket(),
        Loss::Waits,
        chance(),
    );
    let turns = SCRIPT.iter().enumerate().map(|(number, line)| {
        let line = (*line).to_owned();
        let input = match number % 2 {
            CLIENT => Input::Line(line),
            _ => Input::Text(line),
        };
        board(&client.handle(input))
    });
    turns.collect()
});

fn board(effects: &[Effect]) -> Option<Board> {
    effects.iter().find_map(|effect| match effect {
        Effect::Show(Notice::Board(view)) => Some(view.board.clone()),
        _ => None,
    })
}

fn chance() -> Chance {
    Chance::new([7; 32])
}

fn ticket() -> Ticket {
    Ticket::new([7; 16])
}

/// A session in a form in which states can be told apart: by all that it holds.
#[derive(Clone, Debug)]
struct Core {
    session: Session,
    print: u64,
}

impl Core {
    fn new(session: Session) -> Self {
        let mut hasher = DefaultHasher::new();
        format!("{session:?}").hash(&mut hasher);
        Self {
            session,
            print: hasher.finish(),
        }
    }
}

impl PartialEq for Core {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl Hash for Core {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.print.hash(hasher);
    }
}

/// A message on a connection.
#[derive(Clone, Debug, PartialEq, Hash)]
enum Message {
    Hello(Standing),
    Welcome(Standing),
    Text(String),
    Receipt(u64),
}

/// A connection, from the client's connecting until nobody holds an end of it.
#[derive(Clone, Debug, Default, PartialEq, Hash)]
struct Line {
    /// The messages in flight to the client, and to the server.
    to: [VecDeque<Message>; 2],
    /// Nothing more gets on its way; what is under way may still arrive.
    is_cut: bool,
    /// Whether the server has taken the hello.
    is_taken: bool,
}

/// One end: its program and its journal.
#[derive(Clone, Debug, PartialEq, Hash)]
struct End {
    program: Program,
    journal: Vec<(bool, String)>,
    /// Which line, by its place among all.
    line: Option<usize>,
    /// A line may be typed.
    is_prompting: bool,
    /// How many turns this program has shown, or found in its journal at the start.
    shown: usize,
}

#[derive(Clone, Debug, PartialEq, Hash)]
enum Program {
    Killed,
    /// A server without a session.
    Listening,
    Talking(Box<Core>),
}

#[derive(Clone, Debug, PartialEq, Hash)]
struct State {
    ends: [End; 2],
    lines: Vec<Line>,
    faults: u8,
    /// A violation of an invariant.
    wrong: Option<String>,
}

/// The point at which a program is killed: after this number of effects.
type Kill = Option<usize>;

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Type(usize, Kill),
    Deliver(usize, Kill),
    /// The server takes the hello on this line.
    Take(usize, Kill),
    Cut(usize),
    Notice(usize, Kill),
    Connect,
    Kill(usize),
    Restart(usize),
}

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// Two ends and a script, and what was seen on the way.
#[derive(Default)]
struct Pair {
    /// How often an end sent a turn again.
    resends: [AtomicUsize; 2],
    /// How often a server went to a new line while it held an old one.
    replaced: AtomicUsize,
    /// How often both were dead at once.
    both_killed: AtomicUsize,
    /// How often a server took the hello of a client that had given up on it.
    stale: AtomicUsize,
}

impl State {
    fn start() -> Self {
        let end = |role| {
            let (session, effects) =
                Session::start(role, Dialect::Tictalk, ticket(), Loss::Waits, chance());
            End {
                program: Program::Talking(Box::new(Core::new(session))),
                journal: Vec::new(),
                line: Some(0),
                is_prompting: effects
                    .iter()
                    .any(|effect| matches!(effect, Effect::Prompt(_))),
                shown: 0,
            }
        };
        Self {
            ends: ROLES.map(end),
            lines: vec![Line {
                is_taken: true,
                ..Line::default()
            }],
            faults: 0,
            wrong: None,
        }
    }

    fn session(&self, at: usize) -> Option<&Session> {
        match &self.ends[at].program {
            Program::Talking(core) => Some(&core.session),
            Program::Killed | Program::Listening => None,
        }
    }

    /// Whether the session of the end keeps lines that come ahead of their turn, and carries out
    /// commands that take none.
    fn keeps_lines(&self, at: usize) -> bool {
        let Program::Talking(core) = &self.ends[at].program else {
            return true;
        };
        let entered = |line: &str| {
            let mut session = core.session.clone();
            let effects = session.handle(Input::Ahead(line.to_owned()));
            (Core::new(session), effects)
        };
        let kept = |line: &str| {
            let expected = [Effect::Keep(line.to_owned())];
            let (after, effects) = entered(line);
            after == **core && effects == expected
        };
        let shown = |line: &str| {
            let (after, effects) = entered(line);
            after == **core && matches!(effects[..], [Effect::Show(_)])
        };
        let (_, left) = entered(QUIT);
        SCRIPT.into_iter().chain(["/resign", "rematch"]).all(kept)
            && ["/board", "/help", "/games", "/hep"].into_iter().all(shown)
            && left.last() == Some(&Effect::Close(Ending::Left))
    }

    fn is_wrong(&mut self, what: impl Into<String>) {
        self.wrong.get_or_insert(what.into());
    }

    /// The effects of `input` on the session of the end.
    fn handle(&mut self, at: usize, input: Input) -> Vec<Effect> {
        let Program::Talking(core) = &self.ends[at].program else {
            return Vec::new();
        };
        let mut session = core.session.clone();
        let effects = session.handle(input);
        self.ends[at].program = Program::Talking(Box::new(Core::new(session)));
        effects
    }

    /// Performs effects in order, up to the kill.
    fn perform(&mut self, at: usize, effects: Vec<Effect>, kill: Kill) {
        let recorded = effects.iter().find_map(|effect| match effect {
            Effect::Record(Record::Turn(entry)) => usize::try_from(entry.number).ok(),
            _ => None,
        });
        if recorded.is_some_and(|number| BOARDS[number - 1] != board(&effects)) {
            self.is_wrong("the board is another one than without any fault");
        }
        for effect in effects.into_iter().take(kill.unwrap_or(usize::MAX)) {
            match effect {
                Effect::Record(Record::Turn(entry)) => {
                    let is_mine = entry.turn.by == ROLES[at];
                    self.ends[at]
                        .journal
                        .push((is_mine, entry.turn.text.clone()));
                    if is_mine {
                        self.ends[at].shown += 1;
                    }
                }
                Effect::Send(text) => self.send(at, Message::Text(text)),
                Effect::Receipt(turns) => self.send(at, Message::Receipt(turns)),
                Effect::Show(Notice::Said(text) | Notice::Moved(text)) => {
                    let end = &mut self.ends[at];
                    end.shown += 1;
                    if end.shown != end.journal.len() || end.journal.last() != Some(&(false, text))
                    {
                        self.is_wrong("something was shown twice, too late, or not written down");
                    }
                }
                Effect::Show(Notice::ConnectionLost(_)) => self.ends[at].is_prompting = false,
                Effect::Show(Notice::Refused(refusal)) => {
                    self.is_wrong(format!("a line of the script was refused: {refusal}"));
                }
                Effect::Show(_) => {}
                Effect::Prompt(_) | Effect::PromptHidden => self.ends[at].is_prompting = true,
                Effect::Close(Ending::NothingSaid) => {
                    self.hang_up(at);
                    self.ends[at].program = Program::Listening;
                }
                Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                | Effect::Comment(_)
                | Effect::Heard(_)
                | Effect::Tell(_)
                | Effect::Keep(_)
                | Effect::Advise
                | Effect::Count(_)
                | Effect::Close(_) => {
                    self.is_wrong(format!("a session ended: {effect:?}"));
                }
            }
        }
        if kill.is_some() {
            self.kill(at);
        }
    }

    fn send(&mut self, at: usize, message: Message) {
        if let Some(line) = self.ends[at].line {
            let line = &mut self.lines[line];
            if !line.is_cut {
                line.to[1 - at].push_back(message);
            }
        }
    }

    /// The end lets go of its line; nothing more passes there.
    fn hang_up(&mut self, at: usize) {
        if let Some(line) = self.ends[at].line.take() {
            self.lines[line].is_cut = true;
            self.lines[line].to[at].clear();
        }
    }

    fn kill(&mut self, at: usize) {
        self.faults += 1;
        self.hang_up(at);
        self.ends[at].program = Program::Killed;
        self.ends[at].is_prompting = false;
    }

    /// The session that a journal brings back.
    fn restored(&mut self, at: usize) -> Option<Core> {
        let turns = self.ends[at].journal.iter().map(|(is_mine, text)| Turn {
            by: if *is_mine { ROLES[at] } else { ROLES[1 - at] },
            text: text.clone(),
        });
        match Session::restore(ROLES[at], ticket(), turns, chance(), RECALLED) {
            Ok((session, _)) => Some(Core::new(session)),
            Err(error) => {
                self.is_wrong(format!("a journal could not be read: {error}"));
                None
            }
        }
    }

    /// Forgets lines that nobody can use any more, so that states that do not differ are the same.
    fn tidy(&mut self) {
        let mut at = 0;
        while at < self.lines.len() {
            let is_held = self.ends.iter().any(|end| end.line == Some(at));
            let waits = !self.lines[at].is_taken && !self.lines[at].to[SERVER].is_empty();
            if is_held || waits {
                at += 1;
                continue;
            }
            self.lines.remove(at);
            for end in &mut self.ends {
                end.line = end.line.map(|line| if line > at { line - 1 } else { line });
            }
        }
    }
}

impl Pair {
    fn count(counter: &AtomicUsize) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The effects of the next event at an end, in order.
    fn effects(&self, state: &State, action: &Action) -> Vec<Effect> {
        let mut state = state.clone();
        self.act(&mut state, action)
            .map_or(Vec::new(), |(_, effects)| effects)
    }

    /// Lets something happen: what has to be done about it, and where. The state is what it is
    /// before any of that is done.
    fn act(&self, state: &mut State, action: &Action) -> Option<(usize, Vec<Effect>)> {
        match *action {
            Action::Type(at, _) => {
                let said = state.session(at)?.standing().turns;
                let line = SCRIPT[usize::try_from(said).ok()?].to_owned();
                state.ends[at].is_prompting = false;
                Some((at, state.handle(at, Input::Line(line))))
            }
            Action::Deliver(at, _) => {
                let line = state.ends[at].line?;
                let input = match state.lines[line].to[at].pop_front()? {
                    Message::Text(text) => Input::Text(text),
                    Message::Receipt(turns) => Input::Receipt(turns),
                    Message::Welcome(standing) => Input::Back(standing),
                    Message::Hello(_) => return None,
                };
                Some((at, state.handle(at, input)))
            }
            Action::Take(line, _) => {
                let Message::Hello(theirs) = state.lines[line].to[SERVER].pop_front()? else {
                    return None;
                };
                if state.ends[SERVER].program == Program::Listening {
                    state.ends[SERVER].program =
                        Program::Talking(Box::new(state.restored(SERVER)?));
                }
                if state.session(SERVER)?.meets(&theirs).is_err() {
                    // The client that sent this may long have come by another way.
                    if state.ends[CLIENT].line == Some(line) {
                        state.is_wrong("a partner was refused");
                    }
                    return None;
                }
                state.hang_up(SERVER);
                state.lines[line].is_taken = true;
                state.ends[SERVER].line = Some(line);
                let ours = state.session(SERVER)?.standing().clone();
                state.send(SERVER, Message::Welcome(ours));
                Some((SERVER, state.handle(SERVER, Input::Back(theirs))))
            }
            Action::Notice(at, _) => {
                state.hang_up(at);
                Some((at, state.handle(at, Input::PeerGone)))
            }
            _ => None,
        }
    }

    /// The points between two effects at which a kill makes a difference: after each effect that
    /// reaches the journal or the connection. A kill before the first is a kill before all of them.
    fn kills(&self, state: &State, action: &Action) -> Vec<Kill> {
        let mut kills = vec![None];
        if state.faults < FAULTS {
            let effects = self.effects(state, action);
            kills.extend((1..=effects.len()).filter_map(|done| {
                matches!(
                    effects[done - 1],
                    Effect::Record(_) | Effect::Send(_) | Effect::Receipt(_)
                )
                .then_some(Some(done))
            }));
        }
        kills
    }

    /// The events that can happen next without a fault.
    fn steps(state: &State) -> Vec<Action> {
        let mut steps = Vec::new();
        for at in [CLIENT, SERVER] {
            let end = &state.ends[at];
            if end.program == Program::Killed {
                steps.push(Action::Restart(at));
                continue;
            }
            if let Some(line) = end.line {
                let line = &state.lines[line];
                if !line.to[at].is_empty() {
                    steps.push(Action::Deliver(at, None));
                }
                if line.is_cut {
                    steps.push(Action::Notice(at, None));
                }
            }
            let turns = state
                .session(at)
                .map_or(0, |session| session.standing().turns);
            if end.is_prompting && turns < SCRIPT.len() as u64 {
                steps.push(Action::Type(at, None));
            }
        }
        let client = &state.ends[CLIENT];
        if client.line.is_none() && state.session(CLIENT).is_some_and(Session::is_apart) {
            steps.push(Action::Connect);
        }
        if state.ends[SERVER].program != Program::Killed {
            let waiting = (0..state.lines.len()).filter(|&line| !state.lines[line].is_taken);
            steps.extend(waiting.map(|line| Action::Take(line, None)));
        }
        steps
    }

    /// Whether, from here on without faults, everything is said and arrives.
    fn goes_on(&self, state: &State) -> bool {
        let mut state = state.clone();
        // Every step is taken in some round, and no round undoes another without end.
        for _ in 0..300 {
            let Some(step) = Self::steps(&state).into_iter().next() else {
                let is_whole = |end: &End| end.journal.len() == SCRIPT.len();
                return state.wrong.is_none() && state.ends.iter().all(is_whole);
            };
            match self.next_state(&state, step) {
                Some(next) => state = next,
                None => return false,
            }
        }
        false
    }
}

impl Model for Pair {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::start()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for step in Self::steps(state) {
            for kill in self.kills(state, &step) {
                actions.push(match step {
                    Action::Type(at, _) => Action::Type(at, kill),
                    Action::Deliver(at, _) => Action::Deliver(at, kill),
                    Action::Take(line, _) => Action::Take(line, kill),
                    Action::Notice(at, _) => Action::Notice(at, kill),
                    ref other => other.clone(),
                });
            }
        }
        if state.faults == FAULTS {
            return;
        }
        let uncut = (0..state.lines.len()).filter(|&line| !state.lines[line].is_cut);
        actions.extend(uncut.map(Action::Cut));
        for at in [CLIENT, SERVER] {
            // A client that is killed before it has said anything begins a new session.
            let has_session = at == SERVER || !state.ends[CLIENT].journal.is_empty();
            if state.ends[at].program != Program::Killed && has_session {
                actions.push(Action::Kill(at));
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Cut(line) => {
                next.faults += 1;
                next.lines[line].is_cut = true;
            }
            Action::Connect => {
                let standing = next.session(CLIENT)?.standing().clone();
                next.ends[CLIENT].line = Some(next.lines.len());
                next.lines.push(Line::default());
                next.send(CLIENT, Message::Hello(standing));
            }
            Action::Kill(at) => next.kill(at),
            Action::Restart(SERVER) if next.ends[SERVER].journal.is_empty() => {
                next.ends[SERVER].program = Program::Listening;
            }
            Action::Restart(at) => {
                if let Some(core) = next.restored(at) {
                    next.ends[at].shown = next.ends[at].journal.len();
                    next.ends[at].program = Program::Talking(Box::new(core));
                }
            }
            Action::Type(_, kill)
            | Action::Deliver(_, kill)
            | Action::Take(_, kill)
            | Action::Notice(_, kill) => {
                self.note(&next, &action);
                if let Some((at, effects)) = self.act(&mut next, &action) {
                    self.note_resend(at, &action, &effects);
                    next.perform(at, effects, kill);
                }
            }
        }
        if next.ends.iter().all(|end| end.program == Program::Killed) {
            Self::count(&self.both_killed);
        }
        next.tidy();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing happens that must not", |_, state: &State| {
                state.wrong.is_none()
            }),
            Property::always("each journal is the script so far", |_, state: &State| {
                [CLIENT, SERVER].into_iter().all(|at| {
                    let turns = state.ends[at].journal.iter().enumerate();
                    turns.zip(SCRIPT).all(|((number, (is_mine, text)), line)| {
                        *is_mine == (number % 2 == at) && text == line
                    })
                })
            }),
            Property::always(
                "no journal is ahead by more than one turn",
                |_, state: &State| {
                    let [client, server] = state.ends.each_ref().map(|end| end.journal.len());
                    client.abs_diff(server) <= 1
                },
            ),
            Property::always("never do two people have the turn", |_, state: &State| {
                let [client, server] = &state.ends;
                let is_quiet = |line: &Line| !line.is_cut && line.to.iter().all(VecDeque::is_empty);
                let is_joined = client.line.is_some_and(|line| is_quiet(&state.lines[line]))
                    && client.line == server.line;
                !(is_joined && client.is_prompting && server.is_prompting)
            }),
            Property::always(
                "a line entered ahead changes nothing",
                |_, state: &State| [CLIENT, SERVER].iter().all(|at| state.keeps_lines(*at)),
            ),
            Property::always("the talk goes on", Self::goes_on),
        ]
    }
}

impl Pair {
    /// Notes what has to be seen at least once for the check to be worth anything.
    fn note(&self, state: &State, action: &Action) {
        if let Action::Take(line, _) = action {
            if state.ends[SERVER].line.is_some() {
                Self::count(&self.replaced);
            }
            if state.ends[CLIENT].line != Some(*line) {
                Self::count(&self.stale);
            }
        }
    }

    fn note_resend(&self, at: usize, action: &Action, effects: &[Effect]) {
        let is_send = |effect: &Effect| matches!(effect, Effect::Send(_));
        let is_typed = matches!(action, Action::Type(..));
        if !is_typed && effects.iter().any(is_send) {
            Self::count(&self.resends[at]);
        }
    }
}

#[test]
fn in_every_order_of_breaks_and_kills_each_turn_arrives_once() {
    let checker = Pair::default().checker().threads(2).spawn_bfs().join();
    if let Some((property, path)) = checker.discoveries().into_iter().next() {
        panic!("not so: {property}\n{path}");
    }
    assert!(checker.is_done(), "not every state was looked at");
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    say(&format!(
        "{states} states, up to {depth} steps deep, with {} turns and up to {FAULTS} faults",
        SCRIPT.len()
    ));
    assert!(states > 10_000, "{states} states are too few");
    let pair = checker.model();
    for (what, counter) in [
        ("the client sent a turn again", &pair.resends[CLIENT]),
        ("the server sent a turn again", &pair.resends[SERVER]),
        ("a new line replaced an old one", &pair.replaced),
        ("a stale hello was taken", &pair.stale),
        ("both were killed", &pair.both_killed),
    ] {
        assert!(counter.load(Ordering::Relaxed) > 0, "never seen: {what}");
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a number for people, shown by --nocapture"
)]
fn say(text: &str) {
    eprintln!("{text}");
}

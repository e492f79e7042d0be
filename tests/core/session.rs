//! The session: whatever comes, it speaks once a turn and loses no line.

use proptest::prelude::*;
use std::collections::VecDeque;
use tictalk::games::Chance;
use tictalk::session::{
    Effect, Ending, Input, Kept, LoggedTurn, Loss, Notice, RECALLED, Record, Refusal, Retelling,
    Role, Session, Tally, Turn, TurnLog, Wait,
};
use tictalk::wire::{Dialect, MAX_TEXT, QUIT, Standing, Ticket};

const ROLES: [Role; 2] = [Role::Client, Role::Server];
const DIALECTS: [Dialect; 3] = [Dialect::Tictalk, Dialect::Framed, Dialect::Raw];

/// The name of every session in these tests, at both ends.
fn ticket() -> Ticket {
    Ticket::new([7; 16])
}

/// Where the secrets of these sessions come from.
fn chance() -> Chance {
    Chance::new([7; 32])
}

/// A session that has just begun, and that is over when the connection is.
fn start(role: Role, dialect: Dialect) -> (Session, Vec<Effect>) {
    Session::start(role, dialect, ticket(), Loss::Ends, chance())
}

/// The standing of an end that has recorded these turns.
fn standing(turns: &[&str]) -> Standing {
    let mut log = TurnLog::new(ticket());
    for text in turns {
        let by = log.speaker();
        let text = (*text).to_owned();
        log.add(Turn { by, text });
    }
    log.standing().clone()
}

/// The lines and texts that a person or a peer may send.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Hello".to_owned()),
        Just("play tictactoe".to_owned()),
        Just("play tictactoe\nlet us".to_owned()),
        Just("/resign\nplease".to_owned()),
        Just("/q\nis how".to_owned()),
        Just("5\nplease".to_owned()),
        Just("\n5".to_owned()),
        Just("play tic\ntac toe".to_owned()),
        Just("\n/q".to_owned()),
        Just("bye\n/q".to_owned()),
        Just("/q\n".to_owned()),
        "[1-9]",
        "[a-c][1-3]",
        Just("/resign".to_owned()),
        Just("rematch".to_owned()),
        Just("/undo".to_owned()),
        Just("/draw".to_owned()),
        Just("/hint".to_owned()),
        Just("/score".to_owned()),
        Just("/games".to_owned()),
        Just("/describe".to_owned()),
        Just("play rps".to_owned()),
        Just("play rps 1".to_owned()),
        Just("play tictactoe --toss".to_owned()),
        Just("play rps --toss".to_owned()),
        "rock|paper|scissors|[rps]",
        Just("noted".to_owned()),
        Just("/board".to_owned()),
        Just("/help".to_owned()),
        Just("/nonsense".to_owned()),
        Just(String::new()),
        Just("  ".to_owned()),
        (4_000..4_200_usize).prop_map(|length| "x".repeat(length)),
        "\\PC{0,8}",
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        8 => words().prop_map(Input::Line),
        8 => words().prop_map(Input::Text),
        4 => words().prop_map(Input::Ahead),
        1 => Just(Input::Ahead(QUIT.to_owned())),
        1 => Just(Input::Line(QUIT.to_owned())),
        1 => Just(Input::Text(QUIT.to_owned())),
        1 => (4_097..100_000_usize).prop_map(Input::Overlong),
        1 => Just(Input::Hangup),
        1 => Just(Input::PeerGone),
        1 => (0..4_u64).prop_map(Input::Receipt),
        1 => Just(Input::GaveUp),
        1 => Just(Input::Advised(None)),
        1 => Just(Input::Counted(Tally::default())),
        1 => Just(Input::PeerBroken),
        1 => proptest::collection::vec(Just("Hello"), 0..4)
            .prop_map(|turns| Input::Back(standing(&turns))),
    ]
}

fn count(effects: &[Effect], wanted: impl Fn(&Effect) -> bool) -> usize {
    effects.iter().filter(|effect| wanted(effect)).count()
}

/// Whether these are words that only programs say.
fn is_step(text: &str) -> bool {
    let salt = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    ["noted", "heads", "tails"].contains(&text) || text.split(' ').any(salt)
}

fn is_prompt(effect: &Effect) -> bool {
    matches!(effect, Effect::Prompt(_))
}

proptest! {
    /// One program alone, with anything that can happen to it, in any order.
    #[test]
    fn the_session_keeps_its_promises_for_any_input(
        role in prop_oneof![Just(Role::Server), Just(Role::Client)],
        dialect in prop_oneof![Just(Dialect::Tictalk), Just(Dialect::Framed), Just(Dialect::Raw)],
        loss in prop_oneof![Just(Loss::Ends), Just(Loss::Waits)],
        inputs in proptest::collection::vec(input(), 0..40),
    ) {
        let (mut session, first) = Session::start(role, dialect, ticket(), loss, chance());
        let mut is_prompting = first.iter().any(is_prompt);
        prop_assert_eq!(is_prompting, role == Role::Client, "the client speaks first");
        for input in inputs {
            // The caller's part: lines only at a prompt, texts only where one is wanted.
            match input {
                Input::Line(_) | Input::Overlong(_) if !is_prompting => continue,
                Input::Text(_) if !session.wants_text() => continue,
                _ => {}
            }
            let was_over = session.is_over();
            let turns_before = session.standing().turns;
            let line = match &input {
                Input::Line(line) => Some(line.clone()),
                _ => None,
            };
            let ahead = match &input {
                Input::Ahead(line) => Some(line.clone()),
                _ => None,
            };
            let was_prompting = is_prompting;
            let effects = session.handle(input.clone());
            if was_over {
                prop_assert_eq!(effects, []);
                continue;
            }
            if line.is_some() || matches!(input, Input::Overlong(_)) {
                is_prompting = false;
            }
            for effect in &effects {
                match effect {
                    Effect::Send(text) => {
                        prop_assert!((1..=MAX_TEXT).contains(&text.len()), "{} bytes", text.len());
                    }
                    Effect::Prompt(_) | Effect::PromptHidden => is_prompting = true,
                    // A prompt does not outlive the connection.
                    Effect::Show(Notice::ConnectionLost(_)) => is_prompting = false,
                    Effect::Receipt(_) => prop_assert_eq!(dialect, Dialect::Tictalk),
                    Effect::Comment(_) | Effect::Heard(_) | Effect::Tell(_) => {
                        prop_assert!(false, "no end has said that it shows comments");
                    }
                    Effect::Record(_)
                    | Effect::Show(_)
                    | Effect::Keep(_)
                    | Effect::Advise
                    | Effect::Count(_)
                    | Effect::Close(_) => {}
                }
            }
            let turns = count(&effects, |effect| matches!(effect, Effect::Record(Record::Turn(_))));
            prop_assert_eq!(session.standing().turns, turns_before + turns as u64);
            if let (Input::Line(_), [first, second, ..]) = (&input, &effects[..])
                && matches!(second, Effect::Send(_))
            {
                prop_assert!(matches!(first, Effect::Record(_)), "sent and not written down");
            }
            let sends = count(&effects, |effect| matches!(effect, Effect::Send(_)));
            let closes = count(&effects, |effect| matches!(effect, Effect::Close(_)));
            prop_assert!(closes <= 1);
            if closes == 1 {
                prop_assert!(matches!(effects.last(), Some(Effect::Close(_))), "nothing behind the end");
                prop_assert!(session.is_over());
            }
            // A line is sent, or given back, or answered with a notice: never dropped silently.
            if let Some(line) = line {
                let gone = sends == 0
                    && !line.trim().is_empty()
                    && count(&effects, |effect| {
                        matches!(effect, Effect::Show(_) | Effect::Advise | Effect::Count(_))
                    }) == 0;
                prop_assert!(!gone, "{line:?} came to nothing: {effects:?}");
                for effect in &effects {
                    let Effect::Show(Notice::Refused(refusal)) = effect else {
                        continue;
                    };
                    if matches!(
                        refusal,
                        Refusal::TooLong { .. } | Refusal::NotAlone
                    ) {
                        let draft = Effect::Prompt(line.clone());
                        prop_assert!(effects.contains(&draft), "{line:?} was not given back");
                    }
                }
            }
            // A line entered ahead takes no turn, and is not dropped silently either.
            if let Some(line) = ahead {
                let has_left = closes == 1;
                prop_assert!(has_left || (turns == 0 && sends == 0), "{line:?} was sent: {effects:?}");
                prop_assert!(!effects.is_empty() || line.trim().is_empty(), "{line:?} is lost");
                prop_assert!(has_left || count(&effects, |effect| matches!(effect, Effect::Receipt(_))) == 0);
            }
            // A peer's text never makes the program speak for the person, except to answer a peer
            // without commands, or where a game leaves no choice.
            if let Input::Text(_) = input {
                for effect in &effects {
                    if let Effect::Send(text) = effect && dialect == Dialect::Tictalk {
                        prop_assert!(is_step(text), "{text:?} is for people");
                    }
                }
                prop_assert!(sends <= 1);
                prop_assert!(!(was_prompting && sends > 0), "spoke while the person was typing");
            }
        }
    }

    /// Two programs joined by a perfect line; two people who type anything.
    #[test]
    fn two_sessions_take_strict_turns_and_lose_nothing(
        dialect in prop_oneof![Just(Dialect::Tictalk), Just(Dialect::Framed), Just(Dialect::Raw)],
        lines in proptest::collection::vec(words(), 0..60),
    ) {
        let mut pair = Pair::new(dialect);
        for line in lines {
            if pair.ended() {
                break;
            }
            pair.enter(line)?;
        }
        // Turn by turn, what one side sent the other has shown, but for what is for programs: in
        // order, once, and none besides.
        let mut aloud = 0;
        for (sender, receiver) in [(0, 1), (1, 0)] {
            let role = ROLES[receiver];
            let mut sent = pair.ends[sender].said.clone();
            let has_left = pair.ends[sender].ending == Some(Ending::Left);
            if has_left {
                prop_assert_eq!(sent.pop(), Some(QUIT.to_owned()));
            }
            let receiver = &pair.ends[receiver];
            let theirs = receiver.log.iter().filter(|entry| entry.turn.by != role);
            let written: Vec<String> = theirs.map(|entry| first_line(&entry.turn.text)).collect();
            prop_assert_eq!(sent, written);
            let mut retelling = Retelling::new(role, ticket(), dialect != Dialect::Tictalk);
            let mut told = Vec::new();
            for LoggedTurn { turn, secret, .. } in &receiver.log {
                let seen = retelling.tell(turn, secret.as_deref()).unwrap();
                if seen.is_aloud && turn.by != role {
                    told.push(first_line(&turn.text));
                }
            }
            aloud += told.len();
            if has_left {
                told.push(QUIT.to_owned());
            }
            prop_assert_eq!(told, receiver.heard.clone());
        }
        // Both ends have recorded the same turns, and each knows that the other has.
        let [client, server] = &pair.ends;
        prop_assert_eq!(client.log.len(), server.log.len());
        if dialect == Dialect::Tictalk {
            for (one, other) in client.log.iter().zip(&server.log) {
                prop_assert_eq!((&one.turn, one.digest), (&other.turn, other.digest));
            }
            let received = client.received + server.received;
            prop_assert!((aloud..=client.log.len()).contains(&received));
        }
        // Each of them is restored to the same point from its records.
        for (role, end) in [(Role::Client, client), (Role::Server, server)] {
            if dialect != Dialect::Tictalk {
                // Nobody can come back to these.
                continue;
            }
            let turns = end.log.iter().map(|entry| Kept {
                turn: (*entry.turn).clone(),
                secret: entry.secret.clone(),
            });
            let (restored, _) = Session::restore(role, ticket(), turns, chance(), RECALLED).unwrap();
            prop_assert_eq!(restored.standing(), end.session.standing());
        }
    }
}

/// Two sessions joined by a false network.
struct Pair {
    ends: [End; 2],
}

struct End {
    session: Session,
    prompt: Option<String>,
    /// The first lines of what the person said, as sent.
    said: Vec<String>,
    /// The first lines of the partner's words, as shown.
    heard: Vec<String>,
    /// The recorded turns.
    log: Vec<LoggedTurn>,
    /// How many turns were marked as received by the other end.
    received: usize,
    ending: Option<Ending>,
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

impl Pair {
    fn new(dialect: Dialect) -> Self {
        let mut pair = Self {
            ends: ROLES.map(|role| End {
                session: start(role, dialect).0,
                prompt: None,
                said: Vec::new(),
                heard: Vec::new(),
                log: Vec::new(),
                received: 0,
                ending: None,
            }),
        };
        pair.ends[0].prompt = Some(String::new());
        pair
    }

    fn ended(&self) -> bool {
        self.ends.iter().any(|end| end.ending.is_some())
    }

    /// The end that has the prompt enters `line`; exactly one of the two has it.
    fn enter(&mut self, line: String) -> Result<(), TestCaseError> {
        let prompts = self.ends.iter().filter(|end| end.prompt.is_some()).count();
        prop_assert_eq!(prompts, 1, "exactly one of two people has the turn");
        let at = usize::from(self.ends[0].prompt.is_none());
        self.ends[at].prompt = None;
        let mut inputs = VecDeque::from([(at, Input::Line(line))]);
        let mut steps = 0;
        while let Some((at, input)) = inputs.pop_front() {
            steps += 1;
            prop_assert!(steps < 40, "the two answer each other without end");
            for effect in self.ends[at].session.handle(input) {
                let end = &mut self.ends[at];
                match effect {
                    Effect::Send(text) => {
                        end.said.push(first_line(&text));
                        inputs.push_back((1 - at, Input::Text(text)));
                    }
                    Effect::Show(Notice::Said(text) | Notice::Moved(text)) => {
                        end.heard.push(first_line(&text))
                    }
                    Effect::Show(Notice::PartnerQuit(_)) => end.heard.push(QUIT.to_owned()),
                    Effect::Receipt(turns) => inputs.push_back((1 - at, Input::Receipt(turns))),
                    Effect::Show(Notice::Received) => end.received += 1,
                    Effect::Record(Record::Turn(entry)) => end.log.push(entry),
                    Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                    | Effect::Comment(_)
                    | Effect::Heard(_)
                    | Effect::Tell(_)
                    | Effect::Show(_) => {}
                    Effect::Prompt(draft) => end.prompt = Some(draft),
                    Effect::PromptHidden => end.prompt = Some(String::new()),
                    Effect::Keep(line) => panic!("kept at a prompt: {line}"),
                    Effect::Advise => inputs.push_back((at, Input::Advised(None))),
                    Effect::Count(tally) => inputs.push_back((at, Input::Counted(tally))),
                    Effect::Close(ending) => end.ending = Some(ending),
                }
            }
        }
        for end in &self.ends {
            let broken = matches!(end.ending, Some(Ending::PartnerBrokeRule(_)));
            prop_assert!(!broken, "two tictalk programs disagree: {:?}", end.ending);
        }
        Ok(())
    }
}

/// Handles an input and returns the notices that were shown.
fn shown(session: &mut Session, input: Input) -> Vec<Notice> {
    let effects = session.handle(input);
    effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Show(notice) => Some(notice),
            _ => None,
        })
        .collect()
}

#[test]
fn commands_act_at_once_and_other_lines_are_kept() {
    let (mut session, _) = start(Role::Server, Dialect::Tictalk);
    session.handle(Input::Text("play tictactoe".into()));
    session.handle(Input::Line("5".into()));
    assert_eq!(session.waits_for(), Some(Wait::Turn));
    for line in [
        "1",
        "Hello",
        "/resign",
        "/undo",
        "/draw",
        "play tictactoe",
        " /board",
        "/board\n1",
    ] {
        let kept = [Effect::Keep(line.into())];
        assert_eq!(session.handle(Input::Ahead(line.into())), kept);
    }
    for (line, answer) in [
        ("/board", "Board"),
        ("/describe", "Described"),
        ("/games", "Games"),
        ("/help", "Help"),
        ("/hint", "Refused(NoHint)"),
        ("/hep", "Refused(UnknownInGame"),
    ] {
        let shown = format!("{:?}", shown(&mut session, Input::Ahead(line.into())));
        assert!(shown.starts_with(&format!("[{answer}")), "{line}: {shown}");
    }
    assert_eq!(session.handle(Input::Ahead(" \n".into())), []);
    // A question is answered without a prompt.
    let effects = session.handle(Input::Ahead("/score".into()));
    assert!(matches!(effects[..], [Effect::Count(_)]), "{effects:?}");
    assert_eq!(session.waits_for(), Some(Wait::Answer));
    let effects = session.handle(Input::Counted(Tally::default()));
    assert!(
        matches!(effects[..], [Effect::Show(Notice::Score(_))]),
        "{effects:?}"
    );
    assert_eq!(session.waits_for(), Some(Wait::Turn));
    let effects = session.handle(Input::Ahead("/q".into()));
    assert_eq!(effects.last(), Some(&Effect::Close(Ending::Left)));
    assert_eq!(session.waits_for(), None);
}

#[test]
fn an_impatient_peer_is_held_and_then_not_read() {
    let (mut session, _) = start(Role::Client, Dialect::Framed);
    assert_eq!(session.handle(Input::Text("early".into())), []);
    assert!(
        session.wants_text(),
        "a /q right behind is still to be felt"
    );
    assert_eq!(session.handle(Input::Text("earlier".into())), []);
    assert!(!session.wants_text());
    // Our turn over, the first one is read at once, and it is our turn again.
    let notices = shown(&mut session, Input::Line("Hello".into()));
    assert_eq!(notices, [Notice::Said("early".into())]);
    let notices = shown(&mut session, Input::Line("again".into()));
    assert_eq!(notices, [Notice::Said("earlier".into())]);
}

#[test]
fn a_goodbye_after_an_early_message_is_shown_with_it() {
    for dialect in DIALECTS {
        let (mut session, _) = start(Role::Server, dialect);
        session.handle(Input::Text("Hello".into()));
        session.handle(Input::Text("one more thing".into()));
        let effects = session.handle(Input::Text(QUIT.into()));
        assert_eq!(
            effects,
            [
                Effect::Show(Notice::Said("one more thing".into())),
                Effect::Record(Record::Goodbye(Role::Client)),
                Effect::Show(Notice::PartnerQuit(Role::Client)),
                Effect::Close(Ending::PartnerLeft),
            ]
        );
    }
}

#[test]
fn an_early_message_is_not_lost_with_the_connection() {
    let (mut session, _) = start(Role::Client, Dialect::Framed);
    session.handle(Input::Text("too early".into()));
    assert_eq!(
        session.handle(Input::PeerGone),
        [
            Effect::Show(Notice::Said("too early".into())),
            Effect::Record(Record::Goodbye(Role::Server)),
            Effect::Show(Notice::PartnerClosed(Role::Server)),
            Effect::Close(Ending::PartnerLeft),
        ]
    );
}

#[test]
fn leaving_says_goodbye_whoevers_turn_it_is() {
    for role in [Role::Server, Role::Client] {
        let (mut session, _) = start(role, Dialect::Tictalk);
        assert_eq!(
            session.handle(Input::Hangup),
            [
                Effect::Record(Record::Goodbye(role)),
                Effect::Send(QUIT.into()),
                Effect::Show(Notice::ShuttingDown),
                Effect::Close(Ending::Left),
            ]
        );
    }
}

#[test]
fn a_session_with_a_tictalk_peer_that_breaks_a_rule_ends() {
    for (text, refusal) in [
        ("/help", Refusal::NotATurn),
        ("/board", Refusal::NoGame),
        ("  ", Refusal::Blank),
    ] {
        let (mut session, _) = start(Role::Server, Dialect::Tictalk);
        assert_eq!(
            session.handle(Input::Text(text.into())),
            [Effect::Close(Ending::PartnerBrokeRule(refusal))]
        );
    }
}

#[test]
fn a_long_reply_is_not_cut_to_make_room_for_the_board() {
    let (mut session, _) = start(Role::Server, Dialect::Framed);
    session.handle(Input::Text("play tictactoe".into()));
    session.handle(Input::Line("1".into()));
    session.handle(Input::Text("/resign".into()));
    // The peer is still owed the words about the end, but there is no room for them.
    let long = "x".repeat(MAX_TEXT);
    let effects = session.handle(Input::Line(long.clone()));
    let [Effect::Record(_), Effect::Send(sent)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(*sent, long);
    session.handle(Input::Text("and?".into()));
    let effects = session.handle(Input::Line("you know".into()));
    let [Effect::Record(_), Effect::Send(text)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(
        text.starts_with("you know\n") && text.contains("You gave up"),
        "{text}"
    );
}

#[test]
fn a_receipt_marks_a_turn_once() {
    let (mut session, _) = Session::start(
        Role::Client,
        Dialect::Tictalk,
        ticket(),
        Loss::Waits,
        chance(),
    );
    session.handle(Input::Line("Hello".into()));
    assert_eq!(session.handle(Input::Receipt(0)), []);
    assert_eq!(session.handle(Input::Receipt(2)), []);
    assert_eq!(
        session.handle(Input::Receipt(1)),
        [Effect::Show(Notice::Received)]
    );
    assert_eq!(session.handle(Input::Receipt(1)), []);
}

#[test]
fn a_receipt_that_was_lost_with_the_connection_comes_with_the_partner() {
    let (mut session, _) = Session::start(
        Role::Client,
        Dialect::Tictalk,
        ticket(),
        Loss::Waits,
        chance(),
    );
    session.handle(Input::Line("Hello".into()));
    session.handle(Input::PeerGone);
    let back = [
        Effect::Show(Notice::Reconnected),
        Effect::Show(Notice::Received),
    ];
    assert_eq!(session.handle(Input::Back(standing(&["Hello"]))), back);
    session.handle(Input::PeerGone);
    assert_eq!(session.handle(Input::Back(standing(&["Hello"]))), back[..1]);
    // A turn that is sent again is not received yet.
    session.handle(Input::Text("Hi".into()));
    session.handle(Input::Line("Bye".into()));
    session.handle(Input::PeerGone);
    assert_eq!(
        session.handle(Input::Back(standing(&["Hello", "Hi"]))),
        [
            Effect::Show(Notice::Reconnected),
            Effect::Send("Bye".into())
        ]
    );
    assert_eq!(session.handle(Input::Receipt(3)), back[1..]);
}

#[test]
fn a_partner_with_other_turns_is_not_resumed() {
    let (mut session, _) = Session::start(
        Role::Client,
        Dialect::Tictalk,
        ticket(),
        Loss::Waits,
        chance(),
    );
    session.handle(Input::Line("Hello".into()));
    session.handle(Input::PeerGone);
    let theirs = standing(&["Goodbye"]);
    assert!(session.meets(&theirs).is_err());
    let effects = session.handle(Input::Back(theirs));
    assert!(
        matches!(effects[..], [Effect::Close(Ending::Diverged(_))]),
        "{effects:?}"
    );
}

#[test]
fn turns_that_nobody_can_have_said_are_not_restored() {
    let turn = |by, text: &str| Turn {
        by,
        text: text.to_owned(),
    };
    let (client, server) = (Role::Client, Role::Server);
    for (wrong, turns) in [
        (1, vec![turn(server, "Hello")]),
        (2, vec![turn(client, "Hello"), turn(client, "Hello?")]),
        (
            2,
            vec![turn(client, "play tictactoe"), turn(server, "no move")],
        ),
        (1, vec![turn(client, "/q")]),
    ] {
        let restored = Session::restore(server, ticket(), turns, chance(), RECALLED);
        assert_eq!(restored.unwrap_err().0, wrong);
    }
}

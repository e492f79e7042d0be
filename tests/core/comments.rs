//! Comments: what is said during a game without taking a turn arrives once, whatever happens to the
//! connection and the programs, and it changes no turn.

use std::collections::VecDeque;
use tictalk::games::Chance;
use tictalk::session::{
    Comment, Effect, Ending, Input, Kept, Loss, Notice, RECALLED, Record, RecordEntry, Refusal,
    Role, Session, Side, Turn,
};
use tictalk::wire::{Abilities, Dialect, MAX_TEXT, Ticket};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

fn ticket() -> Ticket {
    Ticket::new([7; 16])
}

fn chance() -> Chance {
    Chance::new([7; 32])
}

#[derive(Clone)]
struct End {
    session: Session,
    turns: Vec<Kept>,
    comments: Vec<Comment>,
    /// The comments of the partner that this program, or an earlier one, has shown.
    shown: Vec<String>,
    said: usize,
}

#[derive(Clone)]
struct Pair {
    ends: [End; 2],
    /// What is under way to each end.
    mail: [VecDeque<Input>; 2],
}

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Say(usize),
    /// A comment, and the program is killed once it is written down.
    SayAndDie(usize),
    Deliver(usize),
    /// A delivery, and the program is killed once its first effect is done.
    DeliverAndDie(usize),
    /// The connection is lost and restored.
    Cut,
}

const STEPS: [Step; 9] = [
    Step::Say(0),
    Step::Say(1),
    Step::SayAndDie(0),
    Step::SayAndDie(1),
    Step::Deliver(0),
    Step::Deliver(1),
    Step::DeliverAndDie(0),
    Step::DeliverAndDie(1),
    Step::Cut,
];

impl Pair {
    /// Two ends between which a game has just begun; the client is to move.
    fn playing() -> Self {
        let mut pair = Self {
            ends: ROLES.map(|role| {
                let (mut session, _) =
                    Session::start(role, Dialect::Tictalk, ticket(), Loss::Waits, chance());
                session.handle(Input::Met(Abilities::OURS));
                End {
                    session,
                    turns: Vec::new(),
                    comments: Vec::new(),
                    shown: Vec::new(),
                    said: 0,
                }
            }),
            mail: [VecDeque::new(), VecDeque::new()],
        };
        pair.handle(0, Input::Line("Hello".to_owned()), None);
        pair.deliver_all();
        pair.handle(1, Input::Line("play tictactoe".to_owned()), None);
        pair.deliver_all();
        pair
    }

    /// Performs the effects of `input`, or the first `limit` of them.
    fn handle(&mut self, at: usize, input: Input, limit: Option<usize>) {
        let effects = self.ends[at].session.handle(input);
        self.perform(at, effects, limit);
    }

    fn perform(&mut self, at: usize, effects: Vec<Effect>, limit: Option<usize>) {
        for effect in effects.into_iter().take(limit.unwrap_or(usize::MAX)) {
            let end = &mut self.ends[at];
            match effect {
                Effect::Record(Record::Turn(entry)) => end.turns.push((*entry.turn).clone().into()),
                Effect::Record(Record::Comment(comment)) => end.comments.push(comment),
                Effect::Show(Notice::Commented(Side::Partner, text)) => {
                    assert_eq!(
                        end.comments.last().map(|comment| &*comment.text),
                        Some(&*text),
                        "shown before it is written down"
                    );
                    end.shown.push(text);
                }
                Effect::Send(text) => self.mail[1 - at].push_back(Input::Text(text)),
                Effect::Receipt(turns) => self.mail[1 - at].push_back(Input::Receipt(turns)),
                Effect::Comment(comment) => {
                    self.mail[1 - at].push_back(Input::Comment(comment.number, comment.text));
                }
                Effect::Heard(number) => self.mail[1 - at].push_back(Input::Heard(number)),
                Effect::Close(ending) => panic!("ended: {ending:?}"),
                _ => {}
            }
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Say(at) | Step::SayAndDie(at) => {
                let end = &mut self.ends[at];
                end.said += 1;
                let line = format!("/say {at}.{}", end.said);
                let limit = matches!(step, Step::SayAndDie(_)).then_some(1);
                let input = entered(&self.ends[at].session, line);
                self.handle(at, input, limit);
                if limit.is_some() {
                    self.revive(at);
                }
            }
            Step::Deliver(at) | Step::DeliverAndDie(at) => {
                let Some(input) = self.mail[at].pop_front() else {
                    return;
                };
                let limit = matches!(step, Step::DeliverAndDie(_)).then_some(1);
                self.handle(at, input, limit);
                if limit.is_some() {
                    self.revive(at);
                }
            }
            Step::Cut => {
                self.mail = [VecDeque::new(), VecDeque::new()];
                for at in [0, 1] {
                    self.handle(at, Input::PeerGone, None);
                }
                self.meet();
            }
        }
    }

    /// A killed program is started again with its journal.
    fn revive(&mut self, at: usize) {
        self.mail = [VecDeque::new(), VecDeque::new()];
        let end = &mut self.ends[at];
        let turns = end.turns.iter().cloned().map(RecordEntry::from);
        let comments = end.comments.iter().cloned().map(RecordEntry::Comment);
        let record = turns.chain(comments);
        let (session, recalled) =
            Session::restore(ROLES[at], ticket(), record, chance(), RECALLED).unwrap();
        // What was written down and not shown is shown now.
        let mut theirs = end
            .comments
            .iter()
            .filter(|comment| comment.by != ROLES[at]);
        let last = theirs.next_back().map(|comment| comment.text.clone());
        if let Some(last) = last
            && end.shown.last() != Some(&last)
        {
            let notice = Notice::Commented(Side::Partner, last.clone());
            assert!(recalled.contains(&Effect::Show(notice)), "{recalled:?}");
            end.shown.push(last);
        }
        end.session = session;
        self.handle(1 - at, Input::PeerGone, None);
        self.meet();
    }

    fn meet(&mut self) {
        let standings = [0, 1].map(|at| self.ends[at].session.standing().clone());
        for (at, theirs) in [0, 1].into_iter().zip(standings.into_iter().rev()) {
            self.handle(at, Input::Met(Abilities::OURS), None);
            self.handle(at, Input::Back(theirs), None);
        }
    }

    fn deliver_all(&mut self) {
        while let Some(at) = [0, 1].into_iter().find(|at| !self.mail[*at].is_empty()) {
            self.take(Step::Deliver(at));
        }
    }

    /// Every comment has been written down at both ends and shown at the other, once and in order.
    fn check(&self, what: &[Step]) {
        for at in [0, 1] {
            let said: Vec<String> = (1..=self.ends[at].said)
                .map(|number| format!("{at}.{number}"))
                .collect();
            assert_eq!(self.ends[1 - at].shown, said, "{what:?}");
            for end in &self.ends {
                let written = end
                    .comments
                    .iter()
                    .filter(|comment| comment.by == ROLES[at]);
                let written: Vec<_> = written.map(|comment| comment.text.clone()).collect();
                assert_eq!(written, said, "{what:?}");
            }
        }
        let [client, server] = &self.ends;
        assert_eq!(client.session.standing(), server.session.standing());
    }
}

/// All sequences of this many steps.
#[test]
fn whatever_happens_each_comment_arrives_once() {
    const LENGTH: u32 = 4;
    let playing = Pair::playing();
    for number in 0..STEPS.len().pow(LENGTH) {
        let steps: Vec<Step> = (0..LENGTH)
            .map(|at| STEPS[number / STEPS.len().pow(at) % STEPS.len()])
            .collect();
        let mut pair = playing.clone();
        for step in &steps {
            pair.take(*step);
        }
        pair.deliver_all();
        pair.check(&steps);
        // It is still the client's move, and it counts.
        pair.take(Step::Cut);
        pair.deliver_all();
        pair.handle(0, Input::Line("5".to_owned()), None);
        pair.deliver_all();
        pair.check(&steps);
        assert_eq!(pair.ends[1].turns.len(), 3, "{steps:?}");
    }
}

/// The client in a game with a partner that can do this, on its own turn.
fn client(dialect: Dialect, can: Abilities) -> Session {
    let (mut session, _) = Session::start(Role::Client, dialect, ticket(), Loss::Ends, chance());
    session.handle(Input::Met(can));
    session.handle(Input::Line("Hello".to_owned()));
    session.handle(Input::Text("play tictactoe".to_owned()));
    session
}

fn say(session: &mut Session, line: &str) -> Vec<Effect> {
    let input = entered(session, line.to_owned());
    session.handle(input)
}

/// A line, at the prompt or ahead of the turn.
fn entered(session: &Session, line: String) -> Input {
    match session.waits_for() {
        Some(_) => Input::Ahead(line),
        None => Input::Line(line),
    }
}

/// Why this line is refused.
fn refused(session: &mut Session, line: &str) -> Refusal {
    let effects = say(session, line);
    let refusal = effects.into_iter().find_map(|effect| match effect {
        Effect::Show(Notice::Refused(refusal)) => Some(refusal),
        _ => None,
    });
    refusal.unwrap_or_else(|| panic!("{line:?} is not refused"))
}

#[test]
fn a_comment_that_cannot_be_shown_is_refused_with_the_reason() {
    let mut playing = client(Dialect::Tictalk, Abilities::OURS);
    assert_eq!(refused(&mut playing, "/say"), Refusal::BlankComment);
    assert_eq!(refused(&mut playing, "/SAY  \t"), Refusal::BlankComment);
    let size = MAX_TEXT + 1;
    let long = format!("/say {}", "x".repeat(size));
    assert!(matches!(
        refused(&mut playing, &long),
        Refusal::TooLong { .. }
    ));
    let mut older = client(Dialect::Tictalk, Abilities::default());
    assert_eq!(refused(&mut older, "/say hi"), Refusal::NoComments);
    for dialect in [Dialect::Framed, Dialect::Raw] {
        let mut foreign = client(dialect, Abilities::default());
        assert_eq!(
            refused(&mut foreign, "/say hi"),
            Refusal::CommentNeedsTictalk
        );
    }
    say(&mut playing, "/resign");
    playing.handle(Input::Text("ok".to_owned()));
    assert_eq!(refused(&mut playing, "/say hi"), Refusal::NoGameToComment);
    // Other words that begin like it, and the way to send it as text.
    for text in ["/says who", " /say hi"] {
        let effects = say(&mut playing, text);
        assert!(
            effects.contains(&Effect::Send(text.to_owned())),
            "{effects:?}"
        );
        playing.handle(Input::Text("ok".to_owned()));
    }
}

#[test]
fn a_comment_needs_no_turn_and_costs_none() {
    let mut session = client(Dialect::Tictalk, Abilities::OURS);
    let effects = say(&mut session, "/say good luck");
    assert!(
        matches!(
            &effects[..],
            [Effect::Record(Record::Comment(written)), Effect::Comment(sent), Effect::Prompt(draft)]
                if written == sent && sent.text == "good luck" && draft.is_empty()
        ),
        "{effects:?}"
    );
    say(&mut session, "5");
    // Now it is the partner's turn, and there is no prompt.
    let effects = say(&mut session, "/say your move");
    assert!(
        matches!(
            &effects[..],
            [
                Effect::Record(Record::Comment(_)),
                Effect::Comment(sent),
                Effect::Show(Notice::Commented(Side::Me, shown)),
            ] if sent.number == 2 && shown == "your move"
        ),
        "{effects:?}"
    );
    let kept = [Effect::Keep("anything else".to_owned())];
    assert_eq!(say(&mut session, "anything else"), kept);
    assert_eq!(session.standing().turns, 3);
}

#[test]
fn nobody_is_flooded_with_comments() {
    let mut session = client(Dialect::Tictalk, Abilities::OURS);
    for number in 1..=16 {
        assert!(say(&mut session, &format!("/say {number}")).len() > 2);
        session.handle(Input::Heard(number));
    }
    assert_eq!(refused(&mut session, "/say more"), Refusal::TooManyComments);
    say(&mut session, "5");
    session.handle(Input::Text("1".to_owned()));
    assert!(say(&mut session, "/say more").len() > 2);
    // A program that keeps no measure is not listened to for long.
    for number in 1..=64 {
        let effects = session.handle(Input::Comment(number, "x".to_owned()));
        assert_eq!(effects.last(), Some(&Effect::Heard(number)));
    }
    let effects = session.handle(Input::Comment(65, "x".to_owned()));
    let ending = Ending::PartnerBrokeRule(Refusal::TooManyComments);
    assert_eq!(effects.last(), Some(&Effect::Close(ending)));
}

#[test]
fn what_may_not_have_arrived_is_said_at_the_end() {
    let mut session = client(Dialect::Tictalk, Abilities::OURS);
    say(&mut session, "/say first");
    session.handle(Input::Heard(1));
    say(&mut session, "/say second");
    let effects = session.handle(Input::PeerGone);
    let lost = Notice::NotHeard("second".to_owned());
    assert_eq!(
        effects,
        [Effect::Show(lost), Effect::Close(Ending::PartnerGone)]
    );
}

#[test]
fn a_restored_session_shows_turns_and_comments_in_their_order() {
    let [client, server] = ROLES;
    let turn = |by, text: &str| {
        let text = text.to_owned();
        RecordEntry::from(Turn { by, text })
    };
    let comment = |by, turns, text: &str| {
        let text = text.to_owned();
        let number = 1;
        RecordEntry::Comment(Comment {
            by,
            number,
            turns,
            text,
        })
    };
    let record = [
        comment(client, 0, "one"),
        turn(client, "two"),
        turn(server, "three"),
        comment(server, 2, "four"),
        turn(client, "five"),
    ];
    let told = |recall| {
        let restored = Session::restore(client, ticket(), record.clone(), chance(), recall);
        let (_, effects) = restored.unwrap();
        let shown = effects.into_iter().filter_map(|effect| match effect {
            Effect::Show(Notice::Recalled { text, .. } | Notice::Commented(_, text)) => Some(text),
            _ => None,
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(told(usize::MAX), ["one", "two", "three", "four", "five"]);
    assert_eq!(told(2), ["four", "five"]);
    assert!(told(0).is_empty());
}

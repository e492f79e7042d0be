//! A session under a hostile partner, and two sessions whose people type anything.

use crate::run::Marks;
use crate::source::Source;
use std::collections::VecDeque;
use std::mem::discriminant;
use tictalk::games::Chance;
use tictalk::session::{Effect, Ending, Input, Kept, Loss, RECALLED, Record, Role, Session, Tally};
use tictalk::wire::{Abilities, Dialect, Digest, MAX_TEXT, SizeForm, Standing, Ticket};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

fn ticket() -> Ticket {
    Ticket::new([7; 16])
}

/// One end, with what its shell knows.
struct End {
    session: Session,
    journal: Vec<Kept>,
    is_prompting: bool,
    /// Whether a good move is awaited, and games that are to be counted.
    advises: bool,
    counts: Option<Tally>,
    ending: Option<Ending>,
    sent: Vec<String>,
}

impl End {
    fn new(me: Role, dialect: Dialect, loss: Loss, seed: u8) -> Self {
        let chance = Chance::new([seed; 32]);
        let (session, effects) = Session::start(me, dialect, ticket(), loss, chance);
        let mut end = Self {
            session,
            journal: Vec::new(),
            is_prompting: false,
            advises: false,
            counts: None,
            ending: None,
            sent: Vec::new(),
        };
        end.perform(effects, &mut |_| {});
        end
    }

    fn handle(&mut self, input: Input, marks: &mut Marks) {
        let kind = discriminant(&input);
        let is_over = self.ending.is_some();
        let effects = self.session.handle(input);
        assert!(!is_over || effects.is_empty(), "after the end: {effects:?}");
        let mut last = None;
        self.perform(effects, &mut |effect| {
            let effect_kind = discriminant(effect);
            marks.note((kind, last.replace(effect_kind), effect_kind));
            if let Effect::Show(notice) = effect {
                marks.note((kind, discriminant(notice)));
            }
            if let Effect::Close(ending) = effect {
                marks.note(discriminant(ending));
            }
        });
        assert_eq!(self.session.is_over(), self.ending.is_some());
        assert_eq!(self.session.standing().turns, self.journal.len() as u64);
    }

    fn perform(&mut self, effects: Vec<Effect>, seen: &mut dyn FnMut(&Effect)) {
        for effect in effects {
            assert_eq!(self.ending, None, "after the close: {effect:?}");
            seen(&effect);
            match effect {
                Effect::Record(Record::Turn(entry)) => {
                    self.journal.push(Kept {
                        turn: (*entry.turn).clone(),
                        secret: entry.secret,
                    });
                    assert_eq!(entry.number, self.journal.len() as u64);
                }
                Effect::Send(text) => {
                    assert!((1..=MAX_TEXT).contains(&text.len()), "{} bytes", text.len());
                    self.sent.push(text);
                }
                Effect::Receipt(turns) => assert!(turns <= self.journal.len() as u64),
                Effect::Prompt(_) | Effect::PromptHidden => self.is_prompting = true,
                Effect::Advise => self.advises = true,
                Effect::Count(tally) => self.counts = Some(tally),
                Effect::Close(ending) => self.ending = Some(ending),
                Effect::Comment(comment) => assert!(comment.text.len() <= MAX_TEXT),
                Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                | Effect::Heard(_)
                | Effect::Tell(_)
                | Effect::Keep(_)
                | Effect::Show(_) => {}
            }
        }
    }

    /// The input that the session waits for, if any.
    fn owed(&mut self) -> Option<Input> {
        if std::mem::take(&mut self.advises) {
            return Some(Input::Advised(None));
        }
        self.counts.take().map(Input::Counted)
    }

    /// Words of a person or a partner, often of the current game.
    fn words(&self, source: &mut Source<'_>) -> String {
        if source.one_in(2)
            && let Some(running) = self.session.game()
        {
            let legal = running.game.legal();
            if !legal.is_empty() {
                return source.pick(&legal).clone();
            }
        }
        source.text()
    }
}

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    match source.one_in(3) {
        true => pair(source, marks),
        false => against_a_hostile_partner(source, marks),
    }
}

fn against_a_hostile_partner(source: &mut Source<'_>, marks: &mut Marks) {
    let me = *source.pick(&ROLES);
    let dialect = *source.pick(&[
        Dialect::Tictalk,
        Dialect::Framed,
        Dialect::Lines,
        Dialect::Counted(SizeForm::U8),
        Dialect::Raw,
    ]);
    let loss = match dialect == Dialect::Tictalk && source.one_in(2) {
        true => Loss::Waits,
        false => Loss::Ends,
    };
    let mut end = End::new(me, dialect, loss, source.byte());
    while !source.is_empty() && end.ending.is_none() {
        let is_apart = end.session.is_apart();
        let owed = match source.one_in(4) {
            true => None,
            false => end.owed(),
        };
        let input = match (owed, source.below(16)) {
            (Some(owed), _) => owed,
            (None, 0..6) if std::mem::take(&mut end.is_prompting) => Input::Line(end.words(source)),
            (None, 6) if std::mem::take(&mut end.is_prompting) => {
                Input::Overlong(source.below(60_000))
            }
            (None, 0..2) if !end.is_prompting => Input::Ahead(end.words(source)),
            (None, 0..12) if end.session.wants_text() => {
                let mut text = end.words(source);
                // As much as a frame can hold; what is no UTF-8 grows.
                let most = match dialect {
                    Dialect::Tictalk => MAX_TEXT,
                    _ => 3 * MAX_TEXT,
                };
                while text.len() > most {
                    text.pop();
                }
                if text.is_empty() && matches!(dialect, Dialect::Tictalk | Dialect::Raw) {
                    continue;
                }
                Input::Text(text)
            }
            (None, 12) => Input::Receipt(source.number()),
            (None, 13) => match source.below(8) {
                0 => Input::Hangup,
                1 => Input::PeerBroken,
                2 if is_apart => Input::GaveUp,
                _ => Input::PeerGone,
            },
            (None, 14) if loss == Loss::Waits => {
                let mut standing = end.session.standing().clone();
                match source.below(4) {
                    0 => {}
                    1 => standing.turns = standing.turns.wrapping_sub(1),
                    2 => standing.turns = source.number(),
                    _ => standing.digest = Digest::new([source.byte(); 32]),
                }
                Input::Back(standing)
            }
            (None, 15) if end.session.wants_text() => match source.below(4) {
                0 => Input::Met(Abilities::OURS),
                1 => Input::Heard(source.number()),
                _ => Input::Comment(source.number(), source.text()),
            },
            _ => continue,
        };
        end.handle(input, marks);
    }
    if dialect == Dialect::Tictalk {
        comes_back(me, &end);
    }
}

/// The records can be resumed after a crash.
fn comes_back(me: Role, end: &End) {
    let chance = Chance::new([99; 32]);
    let restored = Session::restore(me, ticket(), end.journal.clone(), chance, RECALLED);
    let Ok((session, _)) = restored else {
        panic!("what was recorded cannot be restored: {:?}", end.journal);
    };
    assert_eq!(session.standing(), end.session.standing());
}

/// Two ends that keep the rules, whatever their people type; the connection breaks now and then.
fn pair(source: &mut Source<'_>, marks: &mut Marks) {
    let mut ends = ROLES.map(|role| End::new(role, Dialect::Tictalk, Loss::Waits, role as u8 + 1));
    let mut mail: [VecDeque<String>; 2] = Default::default();
    while !source.is_empty() && ends.iter().all(|end| end.ending.is_none()) {
        let at = source.below(2);
        let end = &mut ends[at];
        let owed = end.owed();
        let input = match (owed, source.below(16)) {
            (Some(owed), _) => owed,
            (None, 0..7) if std::mem::take(&mut end.is_prompting) => Input::Line(end.words(source)),
            (None, 0..14) => match end
                .session
                .wants_text()
                .then(|| mail[at].pop_front())
                .flatten()
            {
                Some(text) => Input::Text(text),
                None => continue,
            },
            (None, 14) if end.session.standing().turns > 0 => {
                let known = [0, 1].map(|at| ends[at].session.standing().clone());
                // A server in which nothing was said would take a new client.
                if known.iter().any(|standing: &Standing| standing.turns == 0) {
                    continue;
                }
                mail = Default::default();
                for at in [0, 1] {
                    ends[at].handle(Input::PeerGone, marks);
                }
                for at in [0, 1] {
                    ends[at].handle(Input::Back(known[1 - at].clone()), marks);
                    carry(at, &mut ends, &mut mail);
                }
                continue;
            }
            _ => continue,
        };
        end.handle(input, marks);
        carry(at, &mut ends, &mut mail);
    }
    for (role, end) in ROLES.into_iter().zip(&ends) {
        assert!(
            !matches!(
                end.ending,
                Some(Ending::Diverged(_) | Ending::PartnerBrokeRule(_))
            ),
            "{:?}",
            end.ending
        );
        comes_back(role, end);
    }
    let [one, other] = ends.each_ref().map(|end| &end.journal);
    let common = one.len().min(other.len());
    assert!(one.len().abs_diff(other.len()) <= 1);
    for (mine, theirs) in one.iter().zip(other).take(common) {
        assert_eq!(mine.turn, theirs.turn);
    }
}

/// A message that an end has sent is on its way to the other.
fn carry(at: usize, ends: &mut [End; 2], mail: &mut [VecDeque<String>; 2]) {
    mail[1 - at].extend(ends[at].sent.drain(..));
}

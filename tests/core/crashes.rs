//! Games between two ends that are killed: what was sealed can still be opened afterwards.
//!
//! Two real sessions, each with a journal, and a computer partner at each. Every game of the shelf is
//! played to its end, and at every turn either end is killed, before it has sent that turn or right
//! after, and comes back from what it has written down.

use std::collections::VecDeque;
use tictalk::bot::{Situation, answer};
use tictalk::games::{Chance, GAMES, Skill};
use tictalk::session::{
    Effect, Ending, GameEnd, Input, Kept, Loss, Notice, RECALLED, Record, Retelling, Role, Session,
    Side,
};
use tictalk::wire::{Dialect, Ticket};

const ROLES: [Role; 2] = [Role::Client, Role::Server];

fn ticket() -> Ticket {
    Ticket::new([7; 16])
}

/// When an end dies: at the turn of this number, whoever takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kill {
    turn: u64,
    /// Which of the two, by its place in [`ROLES`].
    end: usize,
    /// Whether the end has done what follows the record of the turn.
    moment: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The turn is recorded, and nothing else is done.
    Written,
    /// All of it is done.
    Done,
}

#[derive(Clone)]
struct End {
    session: Session,
    journal: Vec<Kept>,
    chance: Chance,
    is_prompting: bool,
    /// The result that it has shown since it was started.
    shown: Option<GameEnd>,
}

#[derive(Clone)]
struct Pair {
    ends: [End; 2],
    mail: VecDeque<(usize, Input)>,
    /// The proposal that the client has yet to say.
    wish: Option<String>,
    kill: Option<Kill>,
}

impl Pair {
    /// Two ends, of which the client is about to say `proposal`.
    fn new(seed: u8, proposal: &str) -> Self {
        let mut pair = Self {
            ends: ROLES.map(|role| {
                let chance = Chance::new([seed.wrapping_add(role as u8); 32]);
                let mut secrets = chance.clone();
                secrets.bytes();
                let (session, _) =
                    Session::start(role, Dialect::Tictalk, ticket(), Loss::Waits, secrets);
                End {
                    session,
                    journal: Vec::new(),
                    chance,
                    is_prompting: false,
                    shown: None,
                }
            }),
            mail: VecDeque::new(),
            wish: Some(proposal.to_owned()),
            kill: None,
        };
        pair.ends[0].is_prompting = true;
        pair
    }

    fn handle(&mut self, at: usize, input: Input) {
        let effects = self.ends[at].session.handle(input);
        self.perform(at, effects);
    }

    fn perform(&mut self, at: usize, effects: Vec<Effect>) {
        for effect in effects {
            let end = &mut self.ends[at];
            match effect {
                Effect::Record(Record::Turn(entry)) => {
                    end.journal.push(Kept {
                        turn: (*entry.turn).clone(),
                        secret: entry.secret,
                    });
                    if self.dies(at, entry.number, Moment::Written) {
                        return self.revive(at);
                    }
                }
                Effect::Send(text) => self.mail.push_back((1 - at, Input::Text(text))),
                Effect::Prompt(_) | Effect::PromptHidden => end.is_prompting = true,
                Effect::Show(Notice::Refused(refusal)) => panic!("refused: {refusal}"),
                Effect::Show(Notice::GameOver(result)) => end.shown = Some(result),
                Effect::Close(Ending::Left | Ending::PartnerLeft) => {}
                Effect::Close(ending) => panic!("ended: {ending:?}"),
                Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                | Effect::Comment(_)
                | Effect::Heard(_)
                | Effect::Tell(_)
                | Effect::Receipt(_)
                | Effect::Show(_)
                | Effect::Keep(_)
                | Effect::Advise
                | Effect::Count(_) => {}
            }
        }
        let turns = self.ends[at].session.standing().turns;
        if self.dies(at, turns, Moment::Done) {
            self.revive(at);
        }
    }

    /// Whether this is the moment in which this end dies; it does so once.
    fn dies(&mut self, at: usize, turn: u64, moment: Moment) -> bool {
        let dies = self.kill
            == Some(Kill {
                turn,
                end: at,
                moment,
            });
        if dies {
            self.kill = None;
        }
        dies
    }

    /// The end dies and comes back; what was under way is lost with the connection.
    fn revive(&mut self, at: usize) {
        self.mail.clear();
        let end = &mut self.ends[at];
        let chance = Chance::new(end.chance.bytes());
        let (session, _) =
            Session::restore(ROLES[at], ticket(), end.journal.clone(), chance, RECALLED).unwrap();
        end.session = session;
        end.is_prompting = false;
        end.shown = None;
        let standings = [0, 1].map(|at| self.ends[at].session.standing().clone());
        let other = &mut self.ends[1 - at];
        other.is_prompting = false;
        if other.journal.is_empty() {
            // A server in which nothing has been said waits for a new client, or for this one.
            let chance = Chance::new(other.chance.bytes());
            let nothing: [Kept; 0] = [];
            (other.session, _) =
                Session::restore(ROLES[1 - at], ticket(), nothing, chance, RECALLED).unwrap();
        } else {
            self.handle(1 - at, Input::PeerGone);
        }
        self.handle(at, Input::Back(standings[1 - at].clone()));
        self.handle(1 - at, Input::Back(standings[at].clone()));
    }

    /// The turns that at least one of the two has recorded.
    fn turns(&self) -> u64 {
        let turns = self.ends.each_ref();
        turns
            .map(|end| end.session.standing().turns)
            .into_iter()
            .max()
            .unwrap()
    }

    /// Lets both play until the game is over.
    fn play(&mut self) {
        for _ in 0..10_000 {
            if !self.step() {
                return;
            }
        }
        panic!("the game does not end");
    }

    /// Lets both play until the game is over; returns for each turn the pair as it was before.
    fn play_and_keep(&mut self) -> Vec<Self> {
        let mut kept = Vec::new();
        for _ in 0..10_000 {
            let before = self.clone();
            if !self.step() {
                return kept;
            }
            let turns = usize::try_from(self.turns()).unwrap();
            kept.resize(turns.max(kept.len()), before);
        }
        panic!("the game does not end");
    }

    /// Delivers a message, or lets an end answer its prompt; says whether the game is still on.
    fn step(&mut self) -> bool {
        if let Some((at, input)) = self.mail.pop_front() {
            self.handle(at, input);
            return true;
        }
        let Some(at) = self.ends.iter().position(|end| end.is_prompting) else {
            panic!("nobody has anything to do");
        };
        let end = &mut self.ends[at];
        let running = end.session.game();
        if running.is_none() && !end.journal.is_empty() {
            return false;
        }
        let situation = Situation {
            wish: self.wish.take(),
            ..Situation::of(running.map(|running| running.game.boxed()))
        };
        end.is_prompting = false;
        let line = answer(&situation, Skill::Medium, &mut end.chance).unwrap();
        self.handle(at, Input::Line(line));
        true
    }

    /// Both have the same turns, and their journals tell the same winner; nobody is said to have cheated.
    fn check(&self, what: &str) {
        self.agree(what, [0, 1].map(|at| self.retold(at, what)));
    }

    /// The same for a long game. The journal of an end is read only if the end has not shown the result
    /// since it was started.
    fn check_long(&self, what: &str) {
        let shown = |at: usize| self.ends[at].shown;
        self.agree(
            what,
            [0, 1].map(|at| shown(at).or_else(|| self.retold(at, what))),
        );
    }

    /// The result of the game in the journal of an end.
    fn retold(&self, at: usize, what: &str) -> Option<GameEnd> {
        let mut retelling = Retelling::new(ROLES[at], ticket(), false);
        for kept in &self.ends[at].journal {
            let told = retelling.tell(&kept.turn, kept.secret.as_deref());
            assert!(told.is_some(), "{what}: {kept:?}");
        }
        retelling.into_games().pop()?.end
    }

    fn agree(&self, what: &str, results: [Option<GameEnd>; 2]) {
        let [client, server] = &self.ends;
        assert_eq!(
            client.session.standing(),
            server.session.standing(),
            "{what}"
        );
        let [Some(mine), Some(theirs)] = results else {
            panic!("{what}: a game without an end: {results:?}");
        };
        for end in [mine, theirs] {
            assert!(!matches!(end, GameEnd::Caught(..)), "{what}: {end:?}");
        }
        assert_eq!(
            mine.winner(),
            theirs.winner().map(Side::other),
            "{what}: {mine:?} and {theirs:?}"
        );
    }
}

/// Every game of the shelf, and the arguments that change how it begins.
fn proposals() -> Vec<String> {
    let games = GAMES.iter().map(|game| format!("play {}", game.name));
    let games = games.collect::<Vec<_>>();
    let tossed = games.iter().map(|game| format!("{game} --toss"));
    games.iter().cloned().chain(tossed).collect()
}

/// In a game of more turns than this, there is one way to die at each turn, and not all of them.
const LONG: u64 = 60;

/// The ways to die at a turn; of a long game one of them, each in its turn.
fn kills_at(turn: u64, is_long: bool) -> Vec<Kill> {
    let ways = [0, 1]
        .into_iter()
        .flat_map(|end| [Moment::Written, Moment::Done].map(|moment| Kill { turn, end, moment }));
    match is_long {
        // Another way at each of these turns.
        true => ways.cycle().skip((turn / 8 % 4) as usize).take(1).collect(),
        false => ways.collect(),
    }
}

/// Plays every game, and then once more from every second turn for each way to die there, the first
/// time from turn `first`; from every eighth turn of a long game.
fn kill_at_every_second_turn_from(first: u64) {
    for (seed, proposal) in (0..).zip(proposals()) {
        let mut undisturbed = Pair::new(seed, &proposal);
        let before = undisturbed.play_and_keep();
        undisturbed.check(&proposal);
        let turns = before.len() as u64;
        // The toss only affects the first turns.
        let last = match proposal.ends_with("--toss") {
            true => turns.min(LONG / 2),
            false => turns,
        };
        let (mut killed, mut kills) = (0, 0);
        for (turn, before) in (1..=last).zip(&before) {
            // In a long game, every fourth one of these turns.
            let step = if turns > LONG { 8 } else { 2 };
            if turn % step != first {
                continue;
            }
            killed += 1;
            for kill in kills_at(turn, turns > LONG) {
                let mut pair = before.clone();
                pair.kill = Some(kill);
                pair.play();
                let what = format!("{proposal}, {kill:?}");
                match turns > LONG {
                    true => pair.check_long(&what),
                    false => pair.check(&what),
                }
                kills += u64::from(pair.kill.is_none());
            }
        }
        let least = if turns > LONG {
            killed * 3 / 4
        } else {
            3 * killed
        };
        assert!(
            kills >= least,
            "{proposal}: {kills} kills in {killed} turns"
        );
    }
}

#[test]
fn a_kill_at_an_odd_turn_of_any_game_changes_nothing() {
    kill_at_every_second_turn_from(1);
}

#[test]
fn a_kill_at_an_even_turn_of_any_game_changes_nothing() {
    kill_at_every_second_turn_from(2);
}

#[test]
fn two_computer_partners_play_every_game_to_its_end() {
    for proposal in proposals() {
        for seed in 0..20 {
            let mut pair = Pair::new(seed, &proposal);
            pair.play();
            pair.check(&format!("{proposal}, seed {seed}"));
        }
    }
}

//! What is being talked about: chat, or a game. Chat is the game in which every line is legal.

use super::command::{Beginner, Command, Proposal, Reading};
use super::{GameEnd, Log, Notice, Offer, Refusal, Role, Side, Turn, View};
use crate::games::{
    Chance, Choice, Entry, Game, GameId, Illegal, Next, Outcome, Rules, Said, Seat, Secrets, Toss,
};
use crate::wire::Ticket;

/// The turn of a side that has nothing to do in the game just now: its program says so by itself,
/// and turns still alternate.
const NOTED: &str = "noted";

/// What the talk makes of a line.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The line is a turn.
    Turn(Done),
    /// The line asks for something to be shown; whose turn it is does not change.
    Aside(Vec<Notice>),
    /// The line asks for something that has to be found out first.
    Question(Question),
    /// The line may not stand; nothing has changed.
    Refused(Refusal),
    /// The line ends the session.
    Quit,
}

/// A turn that has been taken.
#[derive(Debug)]
pub(super) struct Done {
    /// What the other side is sent, where it is not the line as it is.
    pub(super) words: Option<String>,
    /// What is kept here of a turn of this side.
    pub(super) secret: Option<String>,
    /// What is seen of it besides the words.
    pub(super) seen: Vec<Notice>,
    pub(super) voice: Voice,
}

/// Whether the words of a turn are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Aloud,
    /// They are for programs; what is seen of the turn tells it.
    Silent,
}

/// What a line asks that the talk does not know by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Hint,
    Score,
}

/// What a side whose turn it is has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    /// A person enters a line.
    Line,
    /// A person enters something that nobody may see.
    Hidden,
    /// The program takes the turn by itself.
    Step,
}

/// Where a line comes from.
#[derive(Debug)]
pub(super) enum Origin<'a> {
    /// A person here typed it.
    Typed(&'a mut Chance),
    /// The partner's program sent it.
    Sent,
    /// It has been a turn of this end before; what was kept of it.
    Written(Option<&'a str>),
}

/// What is to be known of the session to judge a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// What a game that begins with this line is called.
    pub(super) id: GameId,
    /// Whether the partner has another program than this one, or none.
    pub(super) is_foreign: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Talk {
    /// What was played last, if anything.
    Chat(Option<Last>),
    Game(Box<Match>),
}

impl Default for Talk {
    fn default() -> Self {
        Self::Chat(None)
    }
}

/// A game that is played in a session.
#[derive(Debug, Clone, Copy)]
pub struct Running<'session> {
    /// How it stands, as this end knows it.
    pub game: &'session dyn Game,
    /// What one side has offered, and the other has not answered.
    pub offer: Option<(Side, Offer)>,
}

/// A game that is over.
#[derive(Debug, Clone)]
pub(super) struct Last {
    proposal: Proposal,
    /// Who moved first.
    first: Side,
}

/// A running game and who sits where.
#[derive(Debug, Clone)]
pub(super) struct Match {
    proposal: Proposal,
    id: GameId,
    table: Table,
    /// Who sits in the first seat: of the coin's toss, as long as that lasts.
    first: Side,
    /// What one side has offered, and the other has not answered.
    offer: Option<(Side, Offer)>,
    fate: Fate,
}

/// What the two sides have decided about the game, besides its moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is played.
    Open,
    /// This side gives up; the other one may still have to show its secrets.
    Resigned(Side),
    /// Both agree to a draw.
    Agreed,
}

/// What is on the table.
#[derive(Debug, Clone)]
enum Table {
    /// The coin that decides who begins.
    Toss(Toss),
    /// A game without secrets, and how it stood before each of its moves.
    Open {
        game: Box<dyn Game>,
        past: Vec<(Side, Box<dyn Game>)>,
    },
    Secret(Box<dyn Secrets>),
}

impl Table {
    fn game(&self) -> &dyn Game {
        match self {
            Self::Toss(toss) => toss,
            Self::Open { game, .. } => game.as_ref(),
            Self::Secret(game) => game.as_ref(),
        }
    }

    /// The game, if it is one with secrets.
    fn secrets(&mut self) -> Option<&mut dyn Secrets> {
        match self {
            Self::Toss(toss) => Some(toss),
            Self::Open { .. } => None,
            Self::Secret(game) => Some(game.as_mut()),
        }
    }
}

impl Talk {
    /// Judges a line of `by`, and carries it out if it is a turn.
    pub(super) fn judge(
        &mut self,
        by: Side,
        reading: Reading<'_>,
        origin: Origin<'_>,
        here: Circumstances,
    ) -> Verdict {
        let reading = match (reading, &*self) {
            // While a game is on, this is no command, and may be a word to be guessed.
            (Reading::Command(Command::Rematch), Self::Game(_)) => {
                Reading::Words(Command::Rematch.word())
            }
            (reading, _) => reading,
        };
        match reading {
            Reading::Command(Command::Quit) => return Verdict::Quit,
            Reading::Command(Command::Games) => return Verdict::Aside(vec![Notice::Games]),
            Reading::Command(Command::Score) => return Verdict::Question(Question::Score),
            Reading::UnknownCommand(word) => {
                return Verdict::Refused(Refusal::UnknownCommand(word.to_owned()));
            }
            Reading::UnknownGame(name) => {
                return Verdict::Refused(Refusal::UnknownGame(name.to_owned()));
            }
            Reading::UnknownOptions(game) => {
                return Verdict::Refused(Refusal::UnknownOptions(game));
            }
            _ => {}
        }
        let done = match self {
            Self::Chat(last) => match reading {
                Reading::Play(proposal) => self.start(proposal, by.other(), None, by, here),
                Reading::Command(Command::Rematch) => match last.clone() {
                    Some(Last { proposal, first }) => {
                        let words = Command::Rematch.word();
                        self.start(proposal, first.other(), Some(words), by, here)
                    }
                    None => Err(Refusal::NoLastGame),
                },
                Reading::Command(Command::Help) => return Verdict::Aside(vec![Notice::Help(None)]),
                Reading::Words(_) => Ok(Done {
                    words: None,
                    secret: None,
                    seen: Vec::new(),
                    voice: Voice::Aloud,
                }),
                _ => Err(Refusal::NoGame),
            },
            Self::Game(on) => match reading {
                Reading::Command(Command::Help) => {
                    let moves = on.table.game().moves();
                    return Verdict::Aside(vec![Notice::Help(Some(moves))]);
                }
                Reading::Command(Command::Board) => {
                    return Verdict::Aside(vec![Notice::Board(on.view())]);
                }
                Reading::Command(Command::Describe) => {
                    return Verdict::Aside(vec![Notice::Described(on.view())]);
                }
                Reading::Command(Command::Hint) if on.awaits_move_of(by) => {
                    return Verdict::Question(Question::Hint);
                }
                Reading::Command(Command::Hint) => Err(Refusal::NoHint),
                Reading::Command(Command::Resign) => Ok(on.resign(by)),
                Reading::Command(Command::Undo) => on.offer(by, Offer::Undo),
                Reading::Command(Command::Draw) => on.offer(by, Offer::Draw),
                Reading::Words(line) => match on.play(by, line, origin, here) {
                    Ok(Play::Done(done)) => Ok(done),
                    Ok(Play::Partly) => {
                        return Verdict::Aside(vec![Notice::Board(on.view())]);
                    }
                    Err(refusal) => Err(refusal),
                },
                _ => Err(Refusal::GameOn),
            },
        };
        match done {
            Ok(mut done) => {
                self.settle(&mut done.seen);
                Verdict::Turn(done)
            }
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// The turn that this program takes by itself.
    pub(super) fn step(&mut self, chance: &mut Chance) -> Said {
        match self {
            Self::Game(on) if on.next_side() == Some(Side::Me) => match on.table.secrets() {
                Some(game) => game.step(chance),
                None => Said::openly(NOTED),
            },
            _ => Said::openly(NOTED),
        }
    }

    /// Repeats a turn that has been judged before, as it was written down, with what this end has
    /// kept of it; `None` when it cannot have been one here. Returns what was seen of it.
    pub(super) fn repeat(
        &mut self,
        by: Side,
        text: &str,
        secret: Option<&str>,
        here: Circumstances,
    ) -> Option<Done> {
        if text.trim().is_empty() {
            return None;
        }
        // Behind the first line of a foreign partner nothing was written down that counts.
        let reading = Reading::of_partner(text, false);
        match self.judge(by, reading, Origin::Written(secret), here) {
            Verdict::Turn(done) => Some(done),
            _ => None,
        }
    }

    /// What `side` has to do, whose turn it is.
    pub(super) fn awaits(&self, side: Side) -> Awaits {
        let Self::Game(on) = self else {
            return Awaits::Line;
        };
        if on.offer.is_some_and(|(by, _)| by != side) {
            return Awaits::Line;
        }
        match on.table.game().next() {
            _ if on.next_side() != Some(side) => Awaits::Step,
            Next::Move(_) => Awaits::Line,
            Next::Hidden(_) => Awaits::Hidden,
            Next::Step(_) | Next::Over(_) => Awaits::Step,
        }
    }

    /// What the running game shows.
    pub(super) fn view(&self) -> Option<View> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(on.view()),
        }
    }

    /// The running game, and what has been offered in it and to whom.
    pub(super) fn running(&self) -> Option<Running<'_>> {
        match self {
            Self::Chat(_) => None,
            Self::Game(on) => Some(Running {
                game: on.table.game(),
                offer: on.offer,
            }),
        }
    }

    /// Which games can be gone on with by a rematch.
    pub(super) fn has_last_game(&self) -> bool {
        matches!(self, Self::Chat(Some(_)))
    }

    /// Sets up the game of `proposal`. `words` propose it, where they are not its own.
    fn start(
        &mut self,
        proposal: Proposal,
        first: Side,
        words: Option<&str>,
        by: Side,
        here: Circumstances,
    ) -> Result<Done, Refusal> {
        let words = words.map_or_else(|| proposal.words(), str::to_owned);
        let has_coin = proposal.beginner == Beginner::Coin && words == proposal.words();
        if here.is_foreign {
            // First what no other option mends.
            if let Rules::Secret { .. } = proposal.game.rules {
                return Err(Refusal::NeedsTictalk(proposal.game));
            }
            if has_coin {
                return Err(Refusal::TossNeedsTictalk);
            }
        }
        let mut seen = Vec::new();
        let mut on = Match {
            table: Table::Toss(Toss::new(here.id)),
            // The partner of who proposes has the next turn.
            first: if has_coin { by.other() } else { first },
            proposal,
            id: here.id,
            offer: None,
            fate: Fate::Open,
        };
        if has_coin {
            seen.push(Notice::Toss(on.proposal.game));
        } else {
            on.set_up(first, &mut seen);
            if here.is_foreign && by == Side::Me && first == by {
                seen.push(Notice::Awaited(by.other()));
            }
        }
        *self = Self::Game(Box::new(on));
        Ok(Done {
            words: Some(words),
            secret: None,
            seen,
            voice: Voice::Aloud,
        })
    }

    /// Goes back to the chat where the game is over.
    fn settle(&mut self, seen: &mut Vec<Notice>) {
        let Self::Game(on) = self else {
            return;
        };
        let Some(end) = on.end(seen) else {
            return;
        };
        seen.push(Notice::GameOver(end));
        *self = Self::Chat(Some(Last {
            proposal: on.proposal.clone(),
            first: on.first,
        }));
    }
}

/// What comes of a line in a game.
enum Play {
    Done(Done),
    /// It is only a part of what the turn needs.
    Partly,
}

impl Match {
    fn side(&self, seat: Seat) -> Side {
        match seat {
            Seat::First => self.first,
            Seat::Second => self.first.other(),
        }
    }

    fn seat(&self, side: Side) -> Seat {
        if side == self.first {
            Seat::First
        } else {
            Seat::Second
        }
    }

    /// Who has something to do in the game.
    fn next_side(&self) -> Option<Side> {
        self.table.game().next().seat().map(|seat| self.side(seat))
    }

    fn awaits_move_of(&self, side: Side) -> bool {
        matches!(self.table.game().next(), Next::Move(seat) if self.side(seat) == side)
    }

    fn view(&self) -> View {
        let game = self.table.game();
        let me = self.seat(Side::Me);
        View {
            board: game.board(me),
            words: game.describe(me),
            next: self.next_side(),
        }
    }

    /// Puts the game on the table. From now on, `first` sits in the first seat.
    fn set_up(&mut self, first: Side, seen: &mut Vec<Notice>) {
        let Proposal { game, options, .. } = &self.proposal;
        self.first = first;
        self.table = match game.rules {
            Rules::Open(start) => Table::Open {
                game: start(options),
                past: Vec::new(),
            },
            Rules::Secret { start, .. } => Table::Secret(start(options, self.id)),
        };
        let intro = |side| self.table.game().intro(self.seat(side));
        seen.push(Notice::GameStarted {
            game,
            intro: [intro(Side::Me), intro(Side::Partner)],
            moves: self.table.game().moves(),
        });
        seen.push(Notice::Board(self.view()));
    }

    /// How the game has ended, if it has. Where the coin has fallen, the game begins.
    fn end(&mut self, seen: &mut Vec<Notice>) -> Option<GameEnd> {
        let Next::Over(outcome) = self.table.game().next() else {
            return match (self.fate, &self.table) {
                (Fate::Agreed, _) => Some(GameEnd::Agreed),
                (Fate::Resigned(side), Table::Open { .. }) => Some(GameEnd::Resigned(side)),
                _ => None,
            };
        };
        Some(match (outcome, self.fate, &self.table) {
            (Outcome::Caught(seat, lie), ..) => GameEnd::Caught(self.side(seat), lie),
            (_, Fate::Resigned(side), _) => GameEnd::Resigned(side),
            (Outcome::Won(seat), _, Table::Toss(_)) => {
                self.set_up(self.side(seat), seen);
                return None;
            }
            (Outcome::Won(seat), ..) => GameEnd::Won(self.side(seat)),
            (Outcome::Drawn, ..) => GameEnd::Drawn,
        })
    }

    /// A turn of words: a move, or an answer to an offer.
    fn play(
        &mut self,
        by: Side,
        line: &str,
        origin: Origin<'_>,
        here: Circumstances,
    ) -> Result<Play, Refusal> {
        if let Some((asker, offer)) = self.offer
            && asker != by
        {
            self.offer = None;
            return Ok(Play::Done(Done {
                words: None,
                secret: None,
                seen: vec![Notice::Declined(offer, by), Notice::Board(self.view())],
                voice: Voice::Aloud,
            }));
        }
        if self.next_side() != Some(by) {
            return self.pass(by, line, here).map(Play::Done);
        }
        let seat = self.seat(by);
        let me = self.seat(Side::Me);
        let before = self.table.game().board(me);
        let (words, secret, voice) = match (&mut self.table, origin) {
            (Table::Open { game, past }, _) => {
                let was = game.clone();
                let words = game.play(seat, line).map_err(not_a_move)?;
                past.push((by, was));
                (words, None, Voice::Aloud)
            }
            (table, origin) => {
                let Some(game) = table.secrets() else {
                    return Err(Refusal::GameOn);
                };
                let said = match origin {
                    Origin::Typed(chance) => match game.choose(line, chance).map_err(not_a_move)? {
                        Choice::Said(said) => said,
                        Choice::Partly => return Ok(Play::Partly),
                    },
                    Origin::Sent => Said::openly(line),
                    Origin::Written(secret) => Said {
                        words: line.to_owned(),
                        secret: secret.map(str::to_owned),
                    },
                };
                let words = game.play(seat, &said.words)?;
                if let Some(secret) = &said.secret {
                    game.keep(secret);
                }
                (words, said.secret, Voice::Silent)
            }
        };
        let mut seen = Vec::new();
        if let Some(game) = self.table.secrets() {
            let news = game.news(me);
            if !news.is_empty() {
                seen.push(Notice::News(news));
            }
        }
        let view = self.view();
        if voice == Voice::Aloud || view.board != before {
            seen.push(Notice::Board(view));
        }
        Ok(Play::Done(Done {
            words: Some(words),
            secret,
            seen,
            voice,
        }))
    }

    /// A turn of a side that has nothing to do in the game just now. Somebody without this program
    /// may say what they like.
    fn pass(&self, by: Side, line: &str, here: Circumstances) -> Result<Done, Refusal> {
        let voice = match by {
            Side::Partner if here.is_foreign => Voice::Aloud,
            _ if line == NOTED => Voice::Silent,
            _ => return Err(Refusal::Illegal(Illegal::OutOfTurn)),
        };
        Ok(Done {
            words: None,
            secret: None,
            seen: Vec::new(),
            voice,
        })
    }

    /// Gives up for `by`.
    fn resign(&mut self, by: Side) -> Done {
        let seat = self.seat(by);
        self.fate = Fate::Resigned(by);
        self.offer = None;
        if let Some(game) = self.table.secrets() {
            game.resign(seat);
        }
        Done {
            words: Some(Command::Resign.word().to_owned()),
            secret: None,
            seen: Vec::new(),
            voice: Voice::Aloud,
        }
    }

    /// Makes an offer, or agrees to the one that the other side has made.
    fn offer(&mut self, by: Side, offer: Offer) -> Result<Done, Refusal> {
        let Table::Open { game, past } = &mut self.table else {
            return Err(Refusal::NoOffers(offer));
        };
        let mut seen = Vec::new();
        match self.offer {
            Some((asker, open)) if asker != by && open == offer => {
                self.offer = None;
                seen.push(Notice::Agreed(offer, by));
                match offer {
                    Offer::Draw => self.fate = Fate::Agreed,
                    Offer::Undo => {
                        while let Some((mover, was)) = past.pop() {
                            *game = was;
                            if mover == asker {
                                break;
                            }
                        }
                        seen.push(Notice::Board(self.view()));
                    }
                }
            }
            Some(_) => return Err(Refusal::OfferOpen),
            None if offer == Offer::Undo && !past.iter().any(|(mover, _)| *mover == by) => {
                return Err(Refusal::NothingToUndo);
            }
            None => {
                self.offer = Some((by, offer));
                seen.push(Notice::Offered(offer, by));
            }
        }
        let words = match offer {
            Offer::Undo => Command::Undo,
            Offer::Draw => Command::Draw,
        };
        Ok(Done {
            words: Some(words.word().to_owned()),
            secret: None,
            seen,
            voice: Voice::Aloud,
        })
    }
}

/// Why a line is no move, where somebody may have wanted to chat.
fn not_a_move(illegal: Illegal) -> Refusal {
    match illegal {
        Illegal::Unreadable { moves } => Refusal::ChatWaits { moves },
        illegal => Refusal::Illegal(illegal),
    }
}

/// A game that was played in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Which one.
    pub game: &'static Entry,
    /// How it ended for the side of `me`; `None` while it goes on.
    pub end: Option<GameEnd>,
}

/// What is known of a turn that was written down, in its place among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was seen of it besides the words, at the end of `me`.
    pub seen: Vec<Notice>,
    /// Whether its words are for people.
    pub is_aloud: bool,
}

/// Goes through a session as it was written down.
#[derive(Debug)]
pub struct Retelling {
    me: Role,
    is_foreign: bool,
    talk: Talk,
    log: Log,
    games: Vec<Played>,
}

impl Retelling {
    /// The session of this ticket, from its beginning, as the end of the role `me` knows it.
    #[must_use]
    pub fn new(me: Role, ticket: Ticket, is_foreign: bool) -> Self {
        Self {
            me,
            is_foreign,
            talk: Talk::default(),
            log: Log::new(ticket),
            games: Vec::new(),
        }
    }

    /// Tells the next turn; `None` where no session can have had it, and then it is passed over.
    pub fn tell(&mut self, turn: &Turn, secret: Option<&str>) -> Option<Told> {
        let by = if turn.by == self.me {
            Side::Me
        } else {
            Side::Partner
        };
        let here = self.log.circumstances(self.is_foreign);
        let done = self.talk.repeat(by, &turn.text, secret, here);
        self.log.add(turn.clone());
        let done = done?;
        note_games(&mut self.games, &done.seen);
        Some(Told {
            seen: done.seen,
            is_aloud: done.voice == Voice::Aloud,
        })
    }

    /// The games that were played in the turns told so far, in order.
    #[must_use]
    pub fn into_games(self) -> Vec<Played> {
        self.games
    }
}

/// Adds what these notices tell of games to `games`.
pub(super) fn note_games(games: &mut Vec<Played>, seen: &[Notice]) {
    for notice in seen {
        match notice {
            // Behind a toss, the game that it was about begins.
            Notice::Toss(game) | Notice::GameStarted { game, .. }
                if games.last().is_none_or(|last| last.end.is_some()) =>
            {
                games.push(Played { game, end: None });
            }
            Notice::GameOver(end) => {
                if let Some(last) = games.last_mut() {
                    last.end = Some(*end);
                }
            }
            _ => {}
        }
    }
}

//! A running game: who sits where, what is on the table, and what comes of a line.

use super::{Circumstances, Done, NOTED, TurnOrigin, Voice};
use crate::games::{
    Choice, Game, GameId, Illegal, Next, Outcome, Rules, Said, Seat, Secrets, Toss,
};
use crate::session::command::{Command, Proposal};
use crate::session::{GameEnd, Notice, Offer, Refusal, Side, View};

/// A running game and who sits where.
#[derive(Debug, Clone)]
pub(in crate::session) struct Match {
    pub(super) proposal: Proposal,
    pub(super) id: GameId,
    pub(super) table: GameInPlay,
    /// Who sits in the first seat: of the coin's toss, as long as that lasts.
    pub(super) first: Side,
    /// What one side has offered, and the other has not answered.
    pub(super) offer: Option<(Side, Offer)>,
    pub(super) fate: Fate,
}

/// What the two sides have decided about the game, besides its moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is played.
    Open,
    /// This side gives up; the other one may still have to show its secrets.
    Resigned(Side),
    /// Both agree to a draw.
    Agreed,
}

/// What is on the table.
#[derive(Debug, Clone)]
pub(super) enum GameInPlay {
    /// The coin that decides who begins.
    Toss(Toss),
    /// A game without secrets, and how it stood before each of its moves.
    Open {
        game: Box<dyn Game>,
        past: Vec<(Side, Box<dyn Game>)>,
    },
    Secret(Box<dyn Secrets>),
}

impl GameInPlay {
    pub(super) fn game(&self) -> &dyn Game {
        match self {
            Self::Toss(toss) => toss,
            Self::Open { game, .. } => game.as_ref(),
            Self::Secret(game) => game.as_ref(),
        }
    }

    /// The game, if it is one with secrets.
    pub(super) fn secrets(&mut self) -> Option<&mut dyn Secrets> {
        match self {
            Self::Toss(toss) => Some(toss),
            Self::Open { .. } => None,
            Self::Secret(game) => Some(game.as_mut()),
        }
    }
}

/// What comes of a line in a game.
pub(super) enum Play {
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
    pub(super) fn next_side(&self) -> Option<Side> {
        self.table.game().next().seat().map(|seat| self.side(seat))
    }

    pub(super) fn awaits_move_of(&self, side: Side) -> bool {
        matches!(self.table.game().next(), Next::Move(seat) if self.side(seat) == side)
    }

    pub(super) fn view(&self) -> View {
        let game = self.table.game();
        let me = self.seat(Side::Me);
        View {
            board: game.board(me),
            words: game.describe(me),
            next: self.next_side(),
        }
    }

    /// Puts the game on the table. From now on, `first` sits in the first seat.
    pub(super) fn set_up(&mut self, first: Side, seen: &mut Vec<Notice>) {
        let Proposal { game, options, .. } = &self.proposal;
        self.first = first;
        self.table = match game.rules {
            Rules::Open(start) => GameInPlay::Open {
                game: start(options),
                past: Vec::new(),
            },
            Rules::Secret { start, .. } => GameInPlay::Secret(start(options, self.id)),
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
    pub(super) fn end(&mut self, seen: &mut Vec<Notice>) -> Option<GameEnd> {
        let Next::Over(outcome) = self.table.game().next() else {
            return match (self.fate, &self.table) {
                (Fate::Agreed, _) => Some(GameEnd::Agreed),
                (Fate::Resigned(side), GameInPlay::Open { .. }) => Some(GameEnd::Resigned(side)),
                _ => None,
            };
        };
        Some(match (outcome, self.fate, &self.table) {
            (Outcome::Caught(seat, lie), ..) => GameEnd::Caught(self.side(seat), lie),
            (_, Fate::Resigned(side), _) => GameEnd::Resigned(side),
            (Outcome::Won(seat), _, GameInPlay::Toss(_)) => {
                self.set_up(self.side(seat), seen);
                return None;
            }
            (Outcome::Won(seat), ..) => GameEnd::Won(self.side(seat)),
            (Outcome::Drawn, ..) => GameEnd::Drawn,
        })
    }

    /// A turn of words: a move, or an answer to an offer.
    pub(super) fn play(
        &mut self,
        by: Side,
        line: &str,
        origin: TurnOrigin<'_>,
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
            (GameInPlay::Open { game, past }, _) => {
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
                    TurnOrigin::Typed(chance) => {
                        match game.choose(line, chance).map_err(not_a_move)? {
                            Choice::Said(said) => said,
                            Choice::Partly => return Ok(Play::Partly),
                        }
                    }
                    TurnOrigin::Sent => Said::openly(line),
                    TurnOrigin::Written(secret) => Said {
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
    pub(super) fn resign(&mut self, by: Side) -> Done {
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
    pub(super) fn offer(&mut self, by: Side, offer: Offer) -> Result<Done, Refusal> {
        let GameInPlay::Open { game, past } = &mut self.table else {
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

//! A running game: its seats, its state, and how it takes a line.

use super::verdict::{Circumstances, Done, NOTED, TurnOrigin, Voice};
use crate::games::{
    Choice, Game, GameId, Illegal, Next, Outcome, Rules, Said, Seat, Secrets, Toss,
};
use crate::session::command::{Command, Proposal};
use crate::session::notice::Notice;
use crate::session::outcome::{Cause, GameEnd, News, Offer, Piece, Ply, View};
use crate::session::refusal::Refusal;
use crate::session::role::Side;

/// A running game and its seats.
#[derive(Debug, Clone)]
pub(in crate::session) struct Match {
    pub(super) proposal: Proposal,
    pub(super) id: GameId,
    pub(super) table: GameInPlay,
    /// The side in the first seat: of the coin toss, while that is running.
    pub(super) first: Side,
    /// The open offer, and the side that made it.
    pub(super) offer: Option<(Side, Offer)>,
    pub(super) fate: Fate,
}

/// How the two sides have decided to end the game, other than by its moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    /// This side has given up; the other may still have to open its secrets.
    Resigned(Side),
    /// Both have agreed to a draw.
    Agreed,
}

/// The rules in force.
#[derive(Debug, Clone)]
pub(super) enum GameInPlay {
    /// The coin that decides which side begins.
    Toss(Toss),
    /// A game without secrets, with its position before each move.
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

    /// The game, if it has secrets.
    pub(super) fn secrets(&mut self) -> Option<&mut dyn Secrets> {
        match self {
            Self::Toss(toss) => Some(toss),
            Self::Open { .. } => None,
            Self::Secret(game) => Some(game.as_mut()),
        }
    }
}

/// How a game takes a line.
pub(super) enum Play {
    Done(Done),
    /// The line is only a part of the turn, such as one ship of a fleet.
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

    /// The side that the game waits for.
    pub(super) fn next_side(&self) -> Option<Side> {
        self.table.game().next().seat().map(|seat| self.side(seat))
    }

    pub(super) fn awaits_move_of(&self, side: Side) -> bool {
        self.mover() == Some(side)
    }

    /// The side whose move the game waits for.
    pub(super) fn mover(&self) -> Option<Side> {
        match self.table.game().next() {
            Next::Move(seat) => Some(self.side(seat)),
            _ => None,
        }
    }

    /// Whether this side has made a move that could be taken back.
    pub(super) fn has_moved(&self, side: Side) -> bool {
        match &self.table {
            GameInPlay::Open { past, .. } => past.iter().any(|(mover, _)| *mover == side),
            _ => false,
        }
    }

    pub(super) fn view(&self, cause: Cause) -> View {
        let game = self.table.game();
        let me = self.seat(Side::Me);
        View {
            board: game.board(me),
            words: game.describe(me),
            next: self.next_side(),
            piece: Piece::of(game, me),
            cause,
        }
    }

    /// Sets up the game, with `first` in the first seat.
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
            moves: self.table.game().how_to_begin(self.seat(Side::Me)),
            pieces: [Seat::First, Seat::Second]
                .into_iter()
                .filter_map(|seat| Piece::of(self.table.game(), seat))
                .collect(),
        });
        seen.push(Notice::Board(self.view(Cause::Start)));
    }

    /// How the game has ended, if it has. After a coin toss, sets up the game.
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
            let board = self.view(Cause::Turn(by, None));
            let seen = vec![Notice::Declined(offer, by), Notice::Board(board)];
            return Ok(Play::Done(Done::aloud(None, seen)));
        }
        if self.next_side() != Some(by) {
            return self.pass(by, line, here).map(Play::Done);
        }
        let seat = self.seat(by);
        let me = self.seat(Side::Me);
        let before = self.table.game().board(me);
        let is_step = matches!(self.table.game().next(), Next::Step(_));
        let (words, secret, voice) = match (&mut self.table, origin) {
            (GameInPlay::Open { game, past }, _) => {
                let was = game.clone();
                let words = game.play(seat, line).map_err(not_a_move)?;
                past.push((by, was));
                (words, None, Voice::Move)
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
            let words = game.news(me);
            if !words.is_empty() {
                seen.push(Notice::News(News {
                    words,
                    brief: game.brief(me),
                    unseen: game.unseen(me),
                }));
            }
        }
        let cause = match (by, voice) {
            (Side::Me, _) if is_step => Cause::Step,
            (by, Voice::Move) => {
                let spoken = self.table.game().spoken(&words);
                let words = words.clone();
                Cause::Turn(by, Some(Ply { words, spoken }))
            }
            (by, Voice::Aloud | Voice::Silent) => Cause::Turn(by, None),
        };
        let view = self.view(cause);
        if voice == Voice::Move || view.board != before {
            seen.push(Notice::Board(view));
        }
        Ok(Play::Done(Done {
            words: Some(words),
            secret,
            seen,
            voice,
        }))
    }

    /// A turn of a side that has no move to make. A person without this program may say anything.
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
        Done::aloud(Some(Command::Resign.word().to_owned()), Vec::new())
    }

    /// Makes an offer, or accepts the one that the other side has made.
    pub(super) fn offer(&mut self, by: Side, offer: Offer) -> Result<Done, Refusal> {
        let has_moved = self.has_moved(by);
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
                        seen.push(Notice::Board(self.view(Cause::Asked)));
                    }
                }
            }
            Some(_) => return Err(Refusal::OfferOpen),
            None if offer == Offer::Undo && !has_moved => {
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
        Ok(Done::aloud(Some(words.word().to_owned()), seen))
    }
}

/// Why a line is not a move, worded for a person who may have wanted to chat.
fn not_a_move(illegal: Illegal) -> Refusal {
    match illegal {
        Illegal::Unreadable { moves } => Refusal::ChatWaits { moves },
        illegal => Refusal::Illegal(illegal),
    }
}

//! A game of tictactoe.

use super::super::board::{DrawnBoard, in_short, says_over};
use super::super::case::{AppliesTo, Family, ProbeCase};
use super::super::exam::{Afterwards, Exam};
use super::super::facts::Stop;
use super::super::play::{Goal, Heard, ProbeGame};
use super::super::sources::GAME;
use super::super::stream::Reply;
use super::super::verdict::{Finding, quoted};

macro_rules! case {
    ($id:literal, $sentence:literal, $expected:literal, $look:literal, $needs:expr, $run:expr) => {
        ProbeCase {
            id: $id,
            family: Family::Game,
            sentence: $sentence,
            expected: $expected,
            look: $look,
            source: GAME,
            applies: AppliesTo::Both,
            needs: $needs,
            ends: false,
            run: $run,
        }
    };
}

pub(super) const CASES: &[ProbeCase] = &[
    case!(
        "game/start",
        "A game is started: \"play tictactoe\".",
        "a move or an empty board",
        "Compare the text with \"play tictactoe\" after strip(), and answer with your first move or \
         with the board.",
        &["turns/answer"],
        |exam| Box::pin(start(exam))
    ),
    case!(
        "game/board",
        "A legal move is sent.",
        "a move, and a board that shows both moves and nothing else",
        "Square n is board[n - 1]: lists count from 0, people from 1.",
        &["game/start"],
        |exam| Box::pin(board(exam))
    ),
    case!(
        "game/occupied",
        "A move to an occupied square is sent.",
        "an explanation, and no move",
        "Before you put a mark in a square, check that the square is free.",
        &["game/board"],
        |exam| Box::pin(illegal(exam, WrongMove::Occupied))
    ),
    case!(
        "game/zero",
        "The move \"0\" is sent: there is no such square.",
        "an explanation, and no move",
        "board[0 - 1] is no error in Python, but the last square: check 1 <= n <= 9 first.",
        &["game/board"],
        |exam| Box::pin(illegal(exam, WrongMove::Words("0")))
    ),
    case!(
        "game/ten",
        "The move \"10\" is sent: there is no such square.",
        "an explanation, and no move",
        "Check 1 <= n <= 9 before you use n as an index.",
        &["game/board"],
        |exam| Box::pin(illegal(exam, WrongMove::Words("10")))
    ),
    case!(
        "game/letters",
        "The move \"abc\" is sent: it is not a number.",
        "an explanation, and no move",
        "int(text) raises ValueError: test text.isdigit() first, or catch the error.",
        &["game/board"],
        |exam| Box::pin(illegal(exam, WrongMove::Words("abc")))
    ),
    case!(
        "game/chat",
        "A sentence is sent in the middle of a game.",
        "any answer, and no move",
        "During a game, a text that is not a move changes nothing: answer it, and let the other side \
         move.",
        &["game/board"],
        |exam| Box::pin(illegal(exam, WrongMove::Words("Good luck to you!")))
    ),
    case!(
        "game/turn",
        "An illegal move is sent, and after its refusal a legal one.",
        "an explanation after the first, and a move after the second",
        "A refused move does not use up the turn: switch players only after a legal move.",
        &["game/letters"],
        |exam| Box::pin(turn(exam))
    ),
    case!(
        "game/win",
        "A game is played until one side has three in a row, and another one is started.",
        "the game is over, and a new one starts",
        "After each move of either player, look for three in a row in all eight lines, and end the \
         game if you find them.",
        &["game/board"],
        |exam| Box::pin(end(exam, Goal::Win))
    ),
    case!(
        "game/draw",
        "A game is played until the board is full, and another one is started.",
        "the game is over, and a new one starts",
        "After nine moves without three in a row, the game is a draw: check for a full board, too.",
        &["game/board"],
        |exam| Box::pin(end(exam, Goal::Draw))
    ),
    case!(
        "game/out-of-turn",
        "Two moves are sent at once, the second one out of turn.",
        "a board on which neither side has moved twice",
        "Accept a move only from the player to move, and only after your own move.",
        &["game/board", "turns/early"],
        |exam| Box::pin(out_of_turn(exam))
    ),
];

/// The command that begins a game.
const PLAY: &str = "play tictactoe";

/// How often a game is played until it ends as wanted.
const GAMES: usize = 4;

/// A move that is not legal.
#[derive(Debug, Clone, Copy)]
enum WrongMove {
    Occupied,
    Words(&'static str),
}

async fn start(exam: &mut Exam) -> Result<Finding, Stop> {
    let game = begin(exam).await?;
    exam.keep_game(game);
    Ok(Finding::pass("a game started"))
}

/// A new game on a connection without one, in which the probe has the move.
async fn begin(exam: &mut Exam) -> Result<ProbeGame, Stop> {
    if exam.facts.plays == Some(false) {
        return Err(Stop::NotApplicable(
            "your program does not play tictactoe".to_owned(),
        ));
    }
    exam.chat().await?;
    exam.say(PLAY).await;
    let answer = match exam.reply().await {
        Reply::Text(answer) => answer,
        other => return Err(Stop::Found(Finding::fault(other.words()))),
    };
    let Some(game) = ProbeGame::begun_by(&answer) else {
        let first = !matches!(exam.facts.plays, Some(true));
        let came = in_short(&answer);
        if first {
            exam.facts.plays = Some(false);
            exam.keep_chat();
            return Err(Stop::NotApplicable(format!(
                "no tictactoe game started: the answer was {came}"
            )));
        }
        return Err(Stop::Found(Finding::fault(format!(
            "no new game started: {came}"
        ))));
    };
    exam.facts.plays = Some(true);
    Ok(game)
}

/// A game in which the probe has the move, and a square that does not end it.
async fn playing(exam: &mut Exam) -> Result<ProbeGame, Stop> {
    match exam.running_game() {
        Some(game) if game.harmless().is_some() => Ok(game),
        Some(_) => {
            exam.drop_shared().await;
            begin(exam).await
        }
        None => begin(exam).await,
    }
}

/// Plays a square and takes in the answer.
async fn play(
    exam: &mut Exam,
    game: &mut ProbeGame,
    square: usize,
) -> Result<(Heard, String), Stop> {
    game.play(square);
    exam.say(square.to_string()).await;
    match exam.reply().await {
        Reply::Text(text) => Ok((game.hear(&text), text)),
        other => Err(Stop::Found(Finding::fault(format!(
            "after the move {square}: {}",
            other.words()
        )))),
    }
}

async fn board(exam: &mut Exam) -> Result<Finding, Stop> {
    let mut game = playing(exam).await?;
    let square = game
        .harmless()
        .or(game.free().first().copied())
        .unwrap_or(1);
    match play(exam, &mut game, square).await? {
        (Heard::Moved(answer), text) => {
            exam.keep_game(game);
            Ok(match DrawnBoard::last_of(&text) {
                Some(_) => Finding::pass(format!("the move {answer}, and a correct board")),
                None => Finding::pass(format!("the move {answer}")),
            })
        }
        (Heard::NoMove, text) => Ok(Finding::fault(format!(
            "no move in answer to {square}: {}",
            in_short(&text)
        ))),
        (Heard::Contradiction(what), _) => Ok(Finding::fault(what)),
    }
}

async fn illegal(exam: &mut Exam, illegal: WrongMove) -> Result<Finding, Stop> {
    let mut game = playing(exam).await?;
    let words = match illegal {
        WrongMove::Words(words) => words.to_owned(),
        WrongMove::Occupied => {
            if game.taken().is_none() {
                let square = game.harmless().unwrap_or(1);
                play(exam, &mut game, square).await?;
            }
            game.taken().unwrap_or(1).to_string()
        }
    };
    exam.say(&words).await;
    let reply = exam.reply().await;
    let text = match reply {
        Reply::Text(text) => text,
        Reply::Nothing(_) => return ignored(exam, game).await,
        other if other.has_left() => return Ok(ended(exam, false).await),
        other => return Ok(Finding::fault(other.words())),
    };
    match game.hear(&text) {
        Heard::NoMove => {}
        Heard::Moved(square) => {
            return Ok(Finding::fault(format!(
                "your program moved to {square}, as if {} were a legal move",
                quoted(&words)
            )));
        }
        Heard::Contradiction(what) => return Ok(Finding::fault(what)),
    }
    match exam.reply_within(exam.quiet()).await {
        Reply::Nothing(_) => {
            exam.keep_game(game);
            Ok(Finding::pass(in_short(&text)))
        }
        other if other.has_left() => Ok(ended(exam, true).await),
        other => Ok(Finding::fault(format!(
            "a second answer: {}",
            other.words()
        ))),
    }
}

/// Judges a program that ends the conversation at an illegal move.
async fn ended(exam: &mut Exam, has_spoken: bool) -> Finding {
    match exam.afterwards().await {
        Afterwards::Serves => Finding::style("your program ended this conversation"),
        Afterwards::Unknown if has_spoken => {
            Finding::style("your program said why, and ended the conversation")
        }
        Afterwards::Gone | Afterwards::Unknown => {
            Finding::fault("your program ended without an explanation")
        }
    }
}

/// A program that says nothing about a wrong move may still wait for a right one.
async fn ignored(exam: &mut Exam, mut game: ProbeGame) -> Result<Finding, Stop> {
    let square = game.harmless().unwrap_or(1);
    match play(exam, &mut game, square).await? {
        (Heard::Moved(_), _) => {
            exam.keep_game(game);
            Ok(Finding::style(
                "your program sent nothing: the other side does not learn what was wrong",
            ))
        }
        (_, text) => Ok(Finding::fault(format!(
            "nothing, and after a legal move: {}",
            in_short(&text)
        ))),
    }
}

async fn turn(exam: &mut Exam) -> Result<Finding, Stop> {
    let mut game = playing(exam).await?;
    exam.say("abc").await;
    match exam.reply().await {
        Reply::Text(_) | Reply::Nothing(_) => {}
        other => return Err(Stop::NotApplicable(other.words())),
    }
    let square = game
        .harmless()
        .or(game.free().first().copied())
        .unwrap_or(1);
    match play(exam, &mut game, square).await? {
        (Heard::Moved(answer), _) => {
            exam.keep_game(game);
            Ok(Finding::pass(format!(
                "an explanation, then the move {answer}"
            )))
        }
        (Heard::NoMove, text) => Ok(Finding::fault(format!(
            "no move in answer to the legal {square}: {}",
            in_short(&text)
        ))),
        (Heard::Contradiction(what), _) => Ok(Finding::fault(what)),
    }
}

async fn end(exam: &mut Exam, goal: Goal) -> Result<Finding, Stop> {
    let mut game = match exam.running_game() {
        Some(game) => game,
        None => begin(exam).await?,
    };
    for _ in 0..GAMES {
        let last = finish(exam, &mut game, goal).await?;
        let has_reached = game.has_reached(goal);
        exam.keep_chat();
        // The other case judges games with another result.
        let next = begin(exam).await;
        game = match next {
            Ok(next) => next,
            Err(Stop::Found(finding)) if has_reached && says_over(&last) => {
                // It knows that the game is over, and wants other words for the next one.
                let _ = finding;
                return Ok(Finding::pass(in_short(&last)));
            }
            Err(stop) if has_reached => return Err(stop),
            Err(_) => {
                return Err(Stop::NotApplicable(
                    "a game with another result was not followed by a new one".to_owned(),
                ));
            }
        };
        if has_reached {
            exam.keep_game(game);
            return Ok(Finding::pass("the game ended, and a new one started"));
        }
    }
    exam.keep_game(game);
    let how = match goal {
        Goal::Win => "with three in a row",
        Goal::Draw => "in a draw",
    };
    Err(Stop::NotApplicable(format!(
        "none of {GAMES} games ended {how}"
    )))
}

/// Plays until the game is over; returns the last message.
async fn finish(exam: &mut Exam, game: &mut ProbeGame, goal: Goal) -> Result<String, Stop> {
    let mut last = String::new();
    while !game.is_over() {
        let Some(square) = game.towards(goal) else {
            break;
        };
        let (heard, text) = play(exam, game, square).await?;
        let is_over = game.is_over();
        match heard {
            Heard::Moved(_) => {}
            Heard::NoMove if is_over => {}
            Heard::NoMove => {
                return Err(Stop::Found(Finding::fault(format!(
                    "no move in answer to {square}: {}",
                    in_short(&text)
                ))));
            }
            // The other case is about this end of a game.
            Heard::Contradiction(what) if is_over && !game.has_reached(goal) => {
                return Err(Stop::NotApplicable(what));
            }
            Heard::Contradiction(what) => return Err(Stop::Found(Finding::fault(what))),
        }
        last = text;
    }
    Ok(last)
}

async fn out_of_turn(exam: &mut Exam) -> Result<Finding, Stop> {
    let game = playing(exam).await?;
    let free = game.free();
    let [first, second] = [free.first(), free.last()].map(|square| square.copied().unwrap_or(1));
    let [first, second] = [first, second].map(|square| square.to_string());
    let answers = exam.say_two(&first, &second).await;
    if answers.texts.is_empty() {
        return Ok(match answers.then {
            then if then.has_left() => match exam.afterwards().await {
                Afterwards::Gone => Finding::fault("your program ended"),
                Afterwards::Serves | Afterwards::Unknown => {
                    Finding::style("your program ended the conversation")
                }
            },
            then => Finding::fault(then.words()),
        });
    }
    let mut boards = answers
        .texts
        .iter()
        .filter_map(|text| DrawnBoard::last_of(text));
    let Some(board) = boards.next_back() else {
        return Ok(Finding::not_applicable("your program shows no board"));
    };
    Ok(match game.is_fair(&board) {
        true => Finding::pass("neither side has moved twice"),
        false => Finding::fault("one side has moved twice on the board"),
    })
}

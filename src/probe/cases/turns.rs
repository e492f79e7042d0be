//! Whose turn it is.

use super::super::case::{AppliesTo, Family, ProbeCase};
use super::super::exam::{Afterwards, Exam};
use super::super::facts::{Stop, unanswered};
use super::super::framing::Framing;
use super::super::sources::{ROBUST, TURNS, USING};
use super::super::stream::Reply;
use super::super::verdict::{Finding, ProbeVerdict, quoted};
use std::time::Duration;

pub(super) const CASES: &[ProbeCase] = &[
    ProbeCase {
        id: CONNECT_CASE,
        family: Family::Turns,
        sentence: "A connection is opened.",
        expected: "your program keeps it open and waits for a message",
        look: "Serve the connection in a loop: call recv(), answer with send(), and repeat until \
               the goodbye.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &[],
        ends: false,
        run: |exam| Box::pin(connect(exam)),
    },
    ProbeCase {
        id: "turns/answer",
        family: Family::Turns,
        sentence: "A message is sent.",
        expected: "exactly one answer",
        look: "After each recv(), send one answer, and then wait in recv() again.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &[CONNECT_CASE],
        ends: false,
        run: |exam| Box::pin(answer(exam)),
    },
    ProbeCase {
        id: "turns/twice",
        family: Family::Turns,
        sentence: "The same message is sent again, in the next turn.",
        expected: "one answer to each",
        look: "Do not compare a message with the previous one: people repeat themselves.",
        source: TURNS,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(twice(exam)),
    },
    ProbeCase {
        id: "turns/pause",
        family: Family::Turns,
        sentence: "Nothing is sent for a moment, as while a person thinks.",
        expected: "nothing until the next message",
        look: "After an answer, wait in recv() without a timeout, and send nothing in the meantime.",
        source: TURNS,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(pause(exam)),
    },
    ProbeCase {
        id: "turns/early",
        family: Family::Turns,
        sentence: "A second message is sent before the first one is answered.",
        expected: "one answer to each, with the turns in step afterwards",
        look: "An early message waits in the socket. Read exactly one message in each turn, and keep \
               what follows for the next turn.",
        source: ROBUST,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(early(exam)),
    },
];

/// How long the probe says nothing.
const PAUSE: Duration = Duration::from_millis(700);

/// The case that a program fails if it keeps no connection open.
pub(in crate::probe) const CONNECT_CASE: &str = "turns/connect";

async fn connect(exam: &mut Exam) -> Result<Finding, Stop> {
    if let Some(finding) = exam.facts.unkept.clone() {
        return Ok(finding);
    }
    exam.chat().await?;
    exam.keep_chat();
    Ok(Finding::pass("your program keeps the connection open"))
}

async fn answer(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    let finding = first_answer(exam).await?;
    exam.facts.has_failed_to_answer = finding.verdict == ProbeVerdict::Fault;
    Ok(finding)
}

async fn first_answer(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.say("Hello").await;
    match exam.answers(1).await {
        answers if answers.texts.is_empty() && matches!(answers.then, Reply::Nothing(_)) => {
            let came = unanswered(exam.patience, exam.examined());
            Ok(Finding::fault(or_misnamed(exam, came)))
        }
        answers if answers.texts.is_empty() => {
            Ok(Finding::fault(or_misnamed(exam, answers.then.words())))
        }
        answers => match (answers.texts.as_slice(), answers.then) {
            ([text], Reply::Nothing(_)) => {
                exam.facts.usual = Some(text.clone());
                exam.keep_chat();
                Ok(Finding::pass(format!("one answer: {}", quoted(text))))
            }
            ([text], then) => Ok(Finding::fault(format!(
                "{}, and then: {}",
                quoted(text),
                then.words()
            ))),
            (texts, _) => Ok(Finding::fault(format!("{} answers", texts.len()))),
        },
    }
}

/// Adds a doubt about the framing if a person has named it and nothing has confirmed it.
fn or_misnamed(exam: &Exam, came: String) -> String {
    match exam.facts.is_named && exam.facts.served == 0 {
        true => format!("{came}; or the framing is not {}", exam.framing.name()),
        false => came,
    }
}

async fn twice(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    for _ in 0..2 {
        exam.say("Are you there?").await;
        exam.one_answer().await?;
    }
    exam.keep_chat();
    Ok(Finding::pass("one answer to each"))
}

async fn pause(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    match exam.reply_within(PAUSE).await {
        Reply::Nothing(_) => {}
        Reply::Text(text) => {
            let came = format!("your program sent a message out of turn: {}", quoted(&text));
            return Ok(Finding::fault(came));
        }
        other => return Ok(Finding::fault(other.words())),
    }
    exam.in_step().await?;
    Ok(Finding::pass(
        "nothing during the pause, and an answer after it",
    ))
}

async fn early(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    let answers = exam.say_two("Hello", "Hello again").await;
    if answers.then.has_left() {
        return Ok(match exam.afterwards().await {
            Afterwards::Gone => Finding::fault("your program ended"),
            Afterwards::Serves | Afterwards::Unknown => Finding::style(
                "your program ended the conversation, so a message that comes early ends it",
            ),
        });
    }
    if answers.then.is_end() {
        return Ok(Finding::fault(answers.then.words()));
    }
    let count = answers.texts.len();
    // Without a framing, the two may have become one message.
    let is_right = count == 2 || count == 1 && exam.framing == Framing::Raw;
    if !is_right {
        let came = match count {
            0 => answers.then.words(),
            1 => "one answer: the second message was lost".to_owned(),
            _ => format!("{count} answers"),
        };
        return Ok(Finding::fault(came));
    }
    exam.in_step().await?;
    Ok(Finding::pass(match count {
        1 => "one answer: both texts arrived as one message",
        _ => "one answer to each",
    }))
}

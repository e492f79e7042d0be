//! How a conversation ends, and what comes after it.

use super::super::case::{AppliesTo, Family, ProbeCase};
use super::super::exam::{Exam, Stop};
use super::super::framing::Framing;
use super::super::sources::{CREATING, DIE, GOODBYE, HALF_CLOSE, RESET, TIME_WAIT, TURNS};
use super::super::stream::Reply;
use super::super::verdict::{Finding, quoted};
use std::time::Duration;
use tokio::time::sleep;

pub(super) const CASES: &[ProbeCase] = &[
    ProbeCase {
        id: "ends/mention",
        family: Family::Ends,
        sentence: "A sentence that mentions /q is sent: \"What does /q do?\".",
        expected: "one answer",
        look: "Compare the whole text, text == \"/q\", and not a part of it, \"/q\" in text.",
        source: GOODBYE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(mention(exam)),
    },
    ProbeCase {
        id: "ends/close",
        family: Family::Ends,
        sentence: "The partner closes the connection without a word.",
        expected: "your program closes its side too, and sends nothing more",
        look: "recv() that returns b\"\" means that the partner has gone: leave the loop and close \
               the socket.",
        source: DIE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(close(exam)),
    },
    ProbeCase {
        id: "ends/half-close",
        family: Family::Ends,
        sentence: "A last message is sent, and the partner closes only its own direction.",
        expected: "an answer or nothing, and then a close",
        look: "After the last message, recv() returns b\"\": close the socket then, too.",
        source: HALF_CLOSE,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "ends/close"],
        ends: true,
        run: |exam| Box::pin(half_close(exam)),
    },
    ProbeCase {
        id: "ends/silence",
        family: Family::Ends,
        sentence: "A new partner says nothing for a moment before its first message.",
        expected: "your program waits, and answers",
        look: "Wait in recv() without a timeout until the partner speaks.",
        source: TURNS,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(silence(exam)),
    },
    ProbeCase {
        id: "ends/second-client",
        family: Family::Ends,
        sentence: "A second client connects during a conversation, and goes again.",
        expected: "the conversation with the first one is not disturbed",
        look: "Keep the socket of accept() apart from the one that listens: a second client must not \
               replace the first one.",
        source: CREATING,
        applies: AppliesTo::Servers,
        needs: &["turns/answer", "turns/pause", "ends/close"],
        ends: true,
        run: |exam| Box::pin(second_client(exam)),
    },
    ProbeCase {
        id: "ends/reset",
        family: Family::Ends,
        sentence: "The connection is reset in the middle of a message.",
        expected: "your program serves the next client",
        look: "recv() raises ConnectionResetError: catch it as the end of this conversation, and \
               listen again.",
        source: RESET,
        applies: AppliesTo::Servers,
        needs: &["turns/answer", "ends/close"],
        ends: true,
        run: |exam| Box::pin(reset(exam)),
    },
    ProbeCase {
        id: "ends/quit",
        family: Family::Ends,
        sentence: "The partner says goodbye: \"/q\".",
        expected: "your program closes the connection",
        look: "Compare the text with \"/q\", and close the socket when they are equal.",
        source: GOODBYE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(quit(exam)),
    },
    ProbeCase {
        id: "ends/quit-newline",
        family: Family::Ends,
        sentence: "The goodbye ends in a newline, as nc sends it: \"/q\\n\".",
        expected: "your program closes the connection",
        look: "Remove the newline before you compare: text.strip() == \"/q\".",
        source: GOODBYE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(quit_newline(exam)),
    },
    ProbeCase {
        id: "ends/again",
        family: Family::Ends,
        sentence: "After a goodbye, the next client connects to the same port.",
        expected: "your program serves it",
        look: "A port that was just in use cannot be bound for a minute: call \
               setsockopt(SOL_SOCKET, SO_REUSEADDR, 1) before bind().",
        source: TIME_WAIT,
        applies: AppliesTo::Servers,
        needs: &["turns/answer", "ends/close", "ends/reset"],
        ends: true,
        run: |exam| Box::pin(again(exam)),
    },
];

/// How long a partner may be silent at the beginning.
const SILENCE: Duration = Duration::from_millis(1_200);

/// The pause after which a second client is there.
const ARRIVES: Duration = Duration::from_millis(200);

async fn mention(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say("What does /q do?").await;
    let text = exam.one_answer().await?;
    exam.keep_chat();
    Ok(Finding::pass(format!("one answer: {}", quoted(&text))))
}

/// Waits until the program closes the connection: what it said before, and how that ended.
async fn last_words(exam: &mut Exam) -> (usize, Reply) {
    const MOST: usize = 8;
    let mut count = 0;
    loop {
        match exam.reply().await {
            Reply::Text(_) if count == MOST => return (count, Reply::Flood),
            Reply::Text(_) => count += 1,
            other => return (count, other),
        }
    }
}

async fn close(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.finish().await;
    Ok(match last_words(exam).await {
        (_, Reply::Flood) => Finding::fault(
            "your program went on sending: it takes the end for an empty message, again and again",
        ),
        (0, Reply::Closed | Reply::Reset) => Finding::pass("your program closed its side"),
        (_, Reply::Closed | Reply::Reset) => {
            Finding::style("your program answered the end, and closed its side then")
        }
        (0, Reply::Nothing(_)) => Finding::fault(
            "your program did not close its side: it waits for a partner who has gone",
        ),
        (_, other) => Finding::fault(format!(
            "words for a partner who has gone; then {}",
            other.words()
        )),
    })
}

async fn half_close(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say("Hello").await;
    exam.finish().await;
    Ok(match last_words(exam).await {
        (0, Reply::Closed | Reply::Reset) => Finding::pass("no answer, and a close"),
        (1, Reply::Closed | Reply::Reset) => Finding::pass("an answer, and a close"),
        (_, Reply::Closed | Reply::Reset) => Finding::style("several answers, and a close"),
        (_, Reply::Flood) => Finding::fault("your program went on sending"),
        (_, other) => Finding::fault(format!("no close: {}", other.words())),
    })
}

async fn silence(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.fresh().await?;
    match exam.reply_within(SILENCE).await {
        Reply::Nothing(_) => {}
        Reply::Text(text) => {
            return Ok(Finding::fault(format!(
                "words without a turn: {}",
                quoted(&text)
            )));
        }
        other => return Ok(Finding::fault(other.words())),
    }
    exam.in_step().await?;
    Ok(Finding::pass("your program waited, and answered"))
}

async fn second_client(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.in_step().await?;
    let Some(second) = exam.second().await else {
        return Ok(Finding::pass("the second client was refused"));
    };
    sleep(ARRIVES).await;
    exam.say("Hello").await;
    match exam.reply().await {
        Reply::Text(_) => {}
        other => {
            return Ok(Finding::fault(format!(
                "the first client was not answered any more: {}",
                other.words()
            )));
        }
    }
    second.hang_up().await;
    exam.in_step().await?;
    // The server may come to the second one only now, and must notice that it has gone.
    exam.fresh().await?;
    exam.say("Hello").await;
    match exam.reply().await {
        Reply::Text(_) => {
            exam.keep_chat();
            Ok(Finding::pass("the first client was served on"))
        }
        other => Ok(Finding::fault(format!(
            "after both had gone, the next client was not served: {}",
            other.words()
        ))),
    }
}

async fn reset(exam: &mut Exam) -> Result<Finding, Stop> {
    let several = exam.facts.served > 1;
    exam.chat().await?;
    let written = exam.framing.write(b"Hello");
    let (first, _) = written.body.split_at(3);
    exam.send(&[&written.header, first].concat()).await;
    if let Some(stream) = exam.detach() {
        // Some of it must have been read.
        sleep(ARRIVES).await;
        stream.reset();
    }
    sleep(ARRIVES).await;
    match exam.fresh().await {
        Ok(()) => {}
        Err(_) if several => {
            return Ok(Finding::fault(
                "your program ended: nobody listens any more",
            ));
        }
        Err(stop) => return Err(stop),
    }
    exam.say("Hello").await;
    match exam.reply().await {
        Reply::Text(_) => {
            exam.keep_chat();
            Ok(Finding::pass("the next client was served"))
        }
        Reply::Closed | Reply::Reset if several => Ok(Finding::fault("your program ended")),
        other => Ok(Finding::fault(format!(
            "the next client: {}",
            other.words()
        ))),
    }
}

async fn quit(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say("/q").await;
    let first = last_words(exam).await;
    if let (_, Reply::Closed | Reply::Reset) = first {
        exam.facts.knows_quit = Some(true);
        return Ok(Finding::pass("your program closed the connection"));
    }
    if !matches!(first, (_, Reply::Nothing(_))) {
        return Ok(Finding::fault(first.1.words()));
    }
    // Perhaps it knows the other form.
    if exam.framing != Framing::Lines {
        exam.say("/q\n").await;
        if let (_, Reply::Closed | Reply::Reset) = last_words(exam).await {
            exam.facts.knows_quit = Some(true);
            return Ok(
                Finding::fault("a close at \"/q\\n\" only, and not at \"/q\"")
                    .look("Compare with \"/q\" after strip(): not every partner sends a newline."),
            );
        }
    }
    exam.facts.knows_quit = Some(false);
    Ok(Finding::style(
        "no close: your program takes /q for words of the partner",
    ))
}

async fn quit_newline(exam: &mut Exam) -> Result<Finding, Stop> {
    if exam.facts.knows_quit == Some(false) {
        return Err(Stop::NotApplicable(
            "your program does not know /q".to_owned(),
        ));
    }
    exam.chat().await?;
    match exam.framing {
        Framing::Lines => exam.send(b"/q\r\n").await,
        Framing::Raw | Framing::Sized(..) => exam.say("/q\n").await,
    }
    Ok(match last_words(exam).await {
        (_, Reply::Closed | Reply::Reset) => Finding::pass("your program closed the connection"),
        (_, Reply::Nothing(_)) => Finding::fault("no close"),
        (_, other) => Finding::fault(other.words()),
    })
}

async fn again(exam: &mut Exam) -> Result<Finding, Stop> {
    let several = exam.facts.served > 1;
    if !exam.facts.is_gone {
        exam.chat().await?;
        exam.say("/q").await;
        last_words(exam).await;
        exam.drop_shared().await;
    }
    match exam.fresh().await {
        Ok(()) => {}
        Err(_) if several => {
            return Ok(Finding::fault(
                "nobody listens any more, although it served clients before",
            ));
        }
        Err(_) => {
            return Err(Stop::NotApplicable(
                "your program serves one client and ends: start it again for the next one"
                    .to_owned(),
            ));
        }
    }
    exam.say("Hello").await;
    match exam.reply().await {
        Reply::Text(_) => {
            exam.keep_chat();
            Ok(Finding::pass("the next client was served"))
        }
        other => Ok(Finding::fault(other.words())),
    }
}

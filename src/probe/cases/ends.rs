//! How a conversation ends, and what comes after it.

use super::super::case::{AppliesTo, Family, ProbeCase};
use super::super::dial::Reached;
use super::super::exam::Exam;
use super::super::facts::Stop;
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
        look: "Compare the whole text (text == \"/q\"), not a part of it (\"/q\" in text).",
        source: GOODBYE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(mention(exam)),
    },
    ProbeCase {
        id: "ends/close",
        family: Family::Ends,
        sentence: "The probe closes the connection without a goodbye.",
        expected: "your program closes its side too and sends nothing more",
        look: "recv() returns b\"\" when the other side has left: leave the loop and close the \
               socket.",
        source: DIE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(close(exam)),
    },
    ProbeCase {
        id: "ends/half-close",
        family: Family::Ends,
        sentence: "The probe sends a last message and closes only its own direction.",
        expected: "an answer or nothing, and then a close",
        look: "recv() returns b\"\" after the last message: close the socket then, too.",
        source: HALF_CLOSE,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "ends/close"],
        ends: true,
        run: |exam| Box::pin(half_close(exam)),
    },
    ProbeCase {
        id: "ends/silence",
        family: Family::Ends,
        sentence: "A new connection is opened, and nothing is sent for a moment.",
        expected: "your program waits, and answers the first message",
        look: "Wait in recv() without a timeout until the first message comes.",
        source: TURNS,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: true,
        run: |exam| Box::pin(silence(exam)),
    },
    ProbeCase {
        id: "ends/second-client",
        family: Family::Ends,
        sentence: "A second client connects during a conversation and leaves.",
        expected: "the first conversation continues undisturbed",
        look: "Keep the socket that accept() returns apart from the listening one: a second client \
               must not replace the first one.",
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
        look: "recv() raises ConnectionResetError: treat it as the end of this conversation, and \
               keep listening.",
        source: RESET,
        applies: AppliesTo::Servers,
        needs: &["turns/answer", "ends/close"],
        ends: true,
        run: |exam| Box::pin(reset(exam)),
    },
    ProbeCase {
        id: "ends/quit",
        family: Family::Ends,
        sentence: "The probe says goodbye: \"/q\".",
        expected: "your program closes the connection",
        look: "Compare the text with \"/q\", and close the socket if they are equal.",
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
        sentence: "After a goodbye, another client connects to the same port.",
        expected: "your program serves it",
        look: "Serve clients in a loop around accept(). If you start the program again instead, its \
               port is blocked for about a minute, unless it calls setsockopt(SOL_SOCKET, \
               SO_REUSEADDR, 1) before bind().",
        source: TIME_WAIT,
        applies: AppliesTo::Servers,
        needs: &["turns/answer", "ends/close", "ends/reset"],
        ends: true,
        run: |exam| Box::pin(again(exam)),
    },
];

/// How long the probe sends nothing on a new connection.
const SILENCE: Duration = Duration::from_millis(1_200);

/// How long a connection or a reset may take to reach the program.
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
            "your program kept sending: it treats the end of the connection as an endless \
             series of empty messages",
        ),
        (0, Reply::Closed | Reply::Reset) => Finding::pass("your program closed its side"),
        (_, Reply::Closed | Reply::Reset) => {
            Finding::style("your program sent an answer after the end, and then closed its side")
        }
        (0, Reply::Nothing(_)) => Finding::fault(
            "your program did not close its side: it keeps waiting for a partner that has left",
        ),
        (_, other) => Finding::fault(format!(
            "your program sent a message after its partner had left; then: {}",
            other.words()
        )),
    })
}

async fn half_close(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say("Hello").await;
    exam.finish().await;
    Ok(match last_words(exam).await {
        (0, Reply::Closed | Reply::Reset) => Finding::pass("no answer, then a close"),
        (1, Reply::Closed | Reply::Reset) => Finding::pass("an answer, then a close"),
        (_, Reply::Closed | Reply::Reset) => Finding::style("several answers, then a close"),
        (_, Reply::Flood) => Finding::fault("your program kept sending"),
        (_, other) => Finding::fault(format!("no close: {}", other.words())),
    })
}

async fn silence(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.fresh().await?;
    match exam.reply_within(SILENCE).await {
        Reply::Nothing(_) => {}
        Reply::Text(text) => {
            return Ok(Finding::fault(format!(
                "your program sent a message out of turn: {}",
                quoted(&text)
            )));
        }
        other => return Ok(Finding::fault(other.words())),
    }
    exam.in_step().await?;
    Ok(Finding::pass("your program waited, and then answered"))
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
                "the first client got no answer any more: {}",
                other.words()
            )));
        }
    }
    second.hang_up().await;
    exam.in_step().await?;
    // The server may come to the second one only now, and must notice that it has left.
    exam.fresh().await?;
    exam.say("Hello").await;
    match exam.reply().await {
        Reply::Text(_) => {
            exam.keep_chat();
            Ok(Finding::pass("the first client was still served"))
        }
        other => Ok(Finding::fault(format!(
            "after both had left, the next client was not served: {}",
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
                "your program ended: it no longer listens on its port",
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
            "the next client was not served: {}",
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
    // It may know the other form only.
    if exam.framing != Framing::Lines {
        exam.say("/q\n").await;
        if let (_, Reply::Closed | Reply::Reset) = last_words(exam).await {
            exam.facts.knows_quit = Some(true);
            return Ok(Finding::fault(
                "your program closed the connection after \"/q\\n\", but not after \"/q\"",
            )
            .look("Compare with \"/q\" after strip(): not every program sends a newline."));
        }
    }
    exam.facts.knows_quit = Some(false);
    Ok(Finding::style(
        "your program does not close the connection: it treats /q as an ordinary message",
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
        (_, Reply::Nothing(_)) => Finding::fault("your program does not close the connection"),
        (_, other) => Finding::fault(other.words()),
    })
}

async fn again(exam: &mut Exam) -> Result<Finding, Stop> {
    let several = exam.facts.served > 1;
    if exam.ended_by().is_some() {
        return Err(exam.not_tried());
    }
    if matches!(exam.facts.reached, Reached::Yes | Reached::Busy) {
        match exam.chat().await {
            Ok(()) => {
                exam.say("/q").await;
                last_words(exam).await;
                exam.drop_shared().await;
            }
            Err(_) if exam.facts.reached == Reached::Closes => {}
            Err(stop) => return Err(stop),
        }
    }
    match exam.fresh().await {
        Ok(()) => {}
        Err(_) if exam.facts.reached == Reached::Closes => {
            return Ok(Finding::fault(
                "your program served its first client, and closes every later connection at once",
            )
            .look(
                "Call accept() in a loop, and serve each client as the first one: reset the \
                 variables of a conversation when it begins.",
            ));
        }
        Err(stop) if exam.facts.reached == Reached::Busy => return Err(stop),
        Err(_) if several => {
            return Ok(Finding::fault(
                "your program served earlier clients, but no longer listens on its port",
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

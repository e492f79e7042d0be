//! How bytes become messages.

use super::super::case::{AppliesTo, Family, ProbeCase};
use super::super::exam::{Afterwards, Exam};
use super::super::facts::{Examined, Stop};
use super::super::framing::Framing;
use super::super::sources::{BINARY, DIE, LINES, STREAM, USING, UTF8};
use super::super::stream::Reply;
use super::super::verdict::{Finding, quoted};
use super::turns::CONNECT_CASE;
use std::time::Duration;
use tokio::time::sleep;

pub(super) const CASES: &[ProbeCase] = &[
    ProbeCase {
        id: "bytes/framing",
        family: Family::Bytes,
        sentence: "The framing of the answers is compared with the framing that the program reads.",
        expected: "the same framing in both directions",
        look: "The answers should use the framing that the program reads. Write one function for the size and use it for send() and recv(): the same number of \
               bytes, the same byte order, and the size of the text alone.",
        source: BINARY,
        applies: AppliesTo::Both,
        needs: &[CONNECT_CASE],
        ends: false,
        run: |exam| Box::pin(framing(exam)),
    },
    ProbeCase {
        id: "bytes/split-header",
        family: Family::Bytes,
        sentence: "The size arrives in two pieces.",
        expected: "one answer",
        look: "recv(n) may return fewer than n bytes, even for the size: call it in a loop until \
               all bytes of the size have arrived.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(split_header(exam)),
    },
    ProbeCase {
        id: "bytes/split-body",
        family: Family::Bytes,
        sentence: "The text of a message arrives in two pieces.",
        expected: "one answer",
        look: "recv(n) may return fewer than n bytes: call it in a loop until the message is complete.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(split_body(exam)),
    },
    ProbeCase {
        id: "bytes/one-at-a-time",
        family: Family::Bytes,
        sentence: "A message arrives byte by byte.",
        expected: "one answer",
        look: "recv(n) may return a single byte: call it in a loop until the message is complete.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "bytes/split-header", "bytes/split-body"],
        ends: false,
        run: |exam| Box::pin(one_at_a_time(exam)),
    },
    ProbeCase {
        id: "bytes/two-in-one-write",
        family: Family::Bytes,
        sentence: "Two messages are sent with one write.",
        expected: "two answers",
        look: "One recv() may return more than one message: keep the bytes after the first message \
               for the next turn.",
        source: STREAM,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "turns/early"],
        ends: false,
        run: |exam| Box::pin(two_in_one_write(exam)),
    },
    ProbeCase {
        id: "bytes/one-byte",
        family: Family::Bytes,
        sentence: "A message of 1 byte is sent.",
        expected: "one answer",
        look: "Accept short messages: a person may type a single letter.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(sized(exam, 1)),
    },
    ProbeCase {
        id: "bytes/utf8",
        family: Family::Bytes,
        sentence: "A message with non-ASCII letters is sent: \"Grüße, 你好\".",
        expected: "one answer",
        look: "Encode and decode with \"utf-8\", and count bytes, not characters: \
               len(text.encode()) and not len(text).",
        source: UTF8,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(utf8(exam)),
    },
    ProbeCase {
        id: "bytes/utf8-cut",
        family: Family::Bytes,
        sentence: "A message arrives in two pieces that split a character.",
        expected: "one answer",
        look: "Collect all bytes of a message before you decode them: a piece may end inside a \
               character.",
        source: UTF8,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "bytes/split-body", "bytes/utf8"],
        ends: false,
        run: |exam| Box::pin(utf8_cut(exam)),
    },
    ProbeCase {
        id: "bytes/utf8-invalid",
        family: Family::Bytes,
        sentence: "A message that is not valid UTF-8 is sent: \"café crème\" in Latin-1.",
        expected: "one answer",
        look: "bytes.decode() raises UnicodeDecodeError: use decode(\"utf-8\", errors=\"replace\"), \
               or catch the error and tell the other side.",
        source: UTF8,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(utf8_invalid(exam)),
    },
    ProbeCase {
        id: "bytes/crlf",
        family: Family::Bytes,
        sentence: "A message ends in CR LF, as from telnet or Windows.",
        expected: "one answer",
        look: "Remove \"\\r\\n\" at the end of a text with rstrip(\"\\r\\n\"), and do not treat it as \
               two messages.",
        source: LINES,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(crlf(exam)),
    },
    ProbeCase {
        id: "bytes/empty",
        family: Family::Bytes,
        sentence: "An empty message is sent, as when a person just presses Enter.",
        expected: "an answer, or nothing until the next message",
        look: "An empty text is not the end of the connection. The connection has ended only when recv() \
               returns b\"\".",
        source: DIE,
        applies: AppliesTo::Both,
        needs: &["turns/answer"],
        ends: false,
        run: |exam| Box::pin(empty(exam)),
    },
    ProbeCase {
        id: "bytes/4095",
        family: Family::Bytes,
        sentence: "A message of 4,095 bytes is sent.",
        expected: "one answer",
        look: "A long message does not fit into one recv(1024): call it in a loop until the message \
               is whole.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "bytes/split-body"],
        ends: false,
        run: |exam| Box::pin(sized(exam, 4_095)),
    },
    ProbeCase {
        id: "bytes/4096",
        family: Family::Bytes,
        sentence: "A message of 4,096 bytes is sent, the maximum in the assignment.",
        expected: "one answer",
        look: "Compare sizes with <= 4096 and not with < 4096.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "bytes/split-body", "bytes/4095"],
        ends: false,
        run: |exam| Box::pin(sized(exam, 4_096)),
    },
    ProbeCase {
        id: "bytes/4097",
        family: Family::Bytes,
        sentence: "A message of 4,097 bytes is sent, one more than the maximum.",
        expected: "an answer, or a closed connection; the program keeps running",
        look: "Check the size before you read the text. Reject a longer message, and keep listening.",
        source: USING,
        applies: AppliesTo::Both,
        needs: &["turns/answer", "bytes/split-body", "bytes/4096"],
        ends: false,
        run: |exam| Box::pin(too_long(exam)),
    },
];

/// A pause between two pieces, long enough for any program to read the first one alone.
const PIECES: Duration = Duration::from_millis(120);

/// A pause between two bytes.
const BYTES: Duration = Duration::from_millis(3);

/// What programs usually read with one `recv`, in bytes.
const ONE_RECV: usize = 1_024;

/// Letters of two and three bytes.
const LETTERS: &str = "Grüße, 你好";

async fn framing(exam: &mut Exam) -> Result<Finding, Stop> {
    let (reads, writes) = (exam.framing, exam.answers_in);
    if reads == writes && exam.facts.has_failed_to_answer {
        return Err(Stop::NotApplicable(
            "not tried: turns/answer failed".to_owned(),
        ));
    }
    if exam.facts.is_named && exam.facts.usual.is_none() {
        exam.chat().await?;
        exam.in_step().await?;
    }
    if reads == writes {
        return Ok(Finding::pass(format!(
            "{} in both directions",
            reads.short()
        )));
    }
    let came = format!(
        "your program reads {}, and answers in {}",
        reads.short(),
        writes.short()
    );
    let finding = Finding::fault(came);
    Ok(match (reads, writes) {
        (Framing::Lines, _) => finding.look(
            "Your program reads lines, but its own messages do not end in a newline: another \
             program that reads lines waits forever. Add \"\\n\" to what you send.",
        ),
        _ => finding,
    })
}

/// Stops a case about the parts of a message: a program without a framing sees no parts.
fn needs_framing(exam: &Exam) -> Result<(), Stop> {
    match exam.framing {
        Framing::Raw => Err(Stop::NotApplicable(
            "your program has no framing, so it cannot tell where a message ends".to_owned(),
        )),
        Framing::Lines | Framing::Sized(..) => Ok(()),
    }
}

async fn pieces(exam: &mut Exam, first: &[u8], second: &[u8]) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.send(first).await;
    match exam.reply_within(PIECES).await {
        Reply::Nothing(_) => {}
        Reply::Text(text) => {
            let came = format!("an answer to the first piece alone: {}", quoted(&text));
            return Ok(Finding::fault(came));
        }
        other => {
            return Ok(Finding::fault(format!(
                "after the first piece: {}",
                other.words()
            )));
        }
    }
    exam.send(second).await;
    answered(exam).await
}

/// One answer, after which the turns are in step.
async fn answered(exam: &mut Exam) -> Result<Finding, Stop> {
    let text = match exam.reply().await {
        Reply::Text(text) => text,
        other => return Ok(Finding::fault(other.words())),
    };
    // A second answer would come now.
    exam.in_step().await?;
    Ok(Finding::pass(format!("one answer: {}", quoted(&text))))
}

async fn split_header(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam)?;
    let written = exam.framing.write(b"Hello");
    let only = match written.header.len() {
        0 => Some("lines have no size"),
        1 => Some("the size is one byte"),
        _ => None,
    };
    if let Some(why) = only {
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let (first, rest) = written.header.split_at(written.header.len() / 2);
    pieces(exam, first, &[rest, &written.body].concat()).await
}

async fn split_body(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam)?;
    let written = exam.framing.write(b"Hello");
    let (first, rest) = written.body.split_at(2);
    pieces(exam, &[&written.header, first].concat(), rest).await
}

async fn one_at_a_time(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam)?;
    exam.chat().await?;
    let written = exam.framing.write(b"Hello");
    for byte in [written.header, written.body].concat() {
        exam.send(&[byte]).await;
        sleep(BYTES).await;
    }
    answered(exam).await
}

async fn two_in_one_write(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam)?;
    exam.chat().await?;
    let [first, second] = [b"Hello".as_slice(), b"Hello again"].map(|it| exam.framing.write(it));
    exam.send(&[first.header, first.body, second.header, second.body].concat())
        .await;
    let answers = exam.answers(2).await;
    match (answers.texts.len(), answers.then) {
        (2, Reply::Nothing(_)) => {}
        (1, Reply::Nothing(_)) => {
            return Ok(Finding::fault("one answer: the second message was lost"));
        }
        (0, then) => return Ok(Finding::fault(then.words())),
        (_, Reply::Nothing(_)) => return Ok(Finding::fault("more than two answers")),
        (_, then) => return Ok(Finding::fault(then.words())),
    }
    exam.in_step().await?;
    Ok(Finding::pass("two answers"))
}

async fn sized(exam: &mut Exam, size: usize) -> Result<Finding, Stop> {
    let most = exam.framing.longest(size);
    if most < size {
        return Err(Stop::NotApplicable(format!(
            "the largest size in this framing is {most}"
        )));
    }
    exam.chat().await?;
    exam.say(text_of(size)).await;
    match exam.framing {
        Framing::Raw if size > ONE_RECV => pieces_of_raw(exam).await,
        Framing::Raw | Framing::Lines | Framing::Sized(..) => answered(exam).await,
    }
}

/// The answers to a message that no header and no newline hold together: TCP may deliver it in
/// pieces, so their number depends on timing.
async fn pieces_of_raw(exam: &mut Exam) -> Result<Finding, Stop> {
    let answers = exam.answers(1).await;
    if answers.texts.is_empty() || answers.then.is_end() {
        return Ok(Finding::fault(answers.then.words()));
    }
    exam.keep_chat();
    Err(Stop::NotApplicable(
        "your program answers; without a framing, it may receive a long message in pieces"
            .to_owned(),
    ))
}

/// A text of this many bytes, in words.
fn text_of(size: usize) -> String {
    "tictalk "
        .chars()
        .cycle()
        .skip(size % 8)
        .take(size)
        .collect()
}

async fn too_long(exam: &mut Exam) -> Result<Finding, Stop> {
    const SIZE: usize = 4_097;
    if exam.framing.longest(SIZE) < SIZE {
        return Err(Stop::NotApplicable(
            "this framing cannot express such a size".to_owned(),
        ));
    }
    exam.chat().await?;
    exam.say(text_of(SIZE)).await;
    if exam.framing == Framing::Raw {
        return pieces_of_raw(exam).await;
    }
    let answers = exam.answers(1).await;
    let may_be_cut = exam.framing == Framing::Lines;
    Ok(match (answers.texts.len(), answers.then) {
        (1, Reply::Nothing(_)) => {
            exam.in_step().await?;
            Finding::pass("one answer")
        }
        (2, Reply::Nothing(_)) if may_be_cut => {
            exam.in_step().await?;
            Finding::pass("two answers: your program split the message")
        }
        (0, then @ Reply::Nothing(_)) => Finding::fault(then.words()),
        (_, then) if then.has_left() => match exam.afterwards().await {
            Afterwards::Serves => Finding::pass("your program ended this conversation"),
            Afterwards::Gone => Finding::fault("your program ended"),
            // The conversation is all that a client has.
            Afterwards::Unknown if exam.examined() == Examined::Client => {
                Finding::pass("your program ended the conversation")
            }
            Afterwards::Unknown => Finding::style(
                "your program ended; if this is on purpose, tell the other side why before you close",
            ),
        },
        (count, then) => Finding::fault(match count {
            0 | 1 => then.words(),
            _ => format!("{count} answers"),
        }),
    })
}

async fn utf8(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say(LETTERS).await;
    answered(exam).await
}

async fn utf8_cut(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam)?;
    let written = exam.framing.write(LETTERS.as_bytes());
    // Within the third letter, which has two bytes.
    let (first, rest) = written.body.split_at(3);
    pieces(exam, &[&written.header, first].concat(), rest).await
}

async fn utf8_invalid(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    exam.say(b"caf\xe9 cr\xe8me").await;
    let answers = exam.answers(1).await;
    if answers.then.has_left() {
        let has_spoken = !answers.texts.is_empty();
        return Ok(match exam.afterwards().await {
            Afterwards::Serves => Finding::style("your program ended this conversation"),
            Afterwards::Unknown if has_spoken => {
                Finding::style("your program said why, and ended the conversation")
            }
            Afterwards::Gone | Afterwards::Unknown => Finding::fault("your program ended"),
        });
    }
    match (answers.texts.len(), answers.then) {
        (1, Reply::Nothing(_)) => {
            exam.in_step().await?;
            Ok(Finding::pass("one answer"))
        }
        (0 | 1, then) => Ok(Finding::fault(then.words())),
        (count, _) => Ok(Finding::fault(format!("{count} answers"))),
    }
}

async fn crlf(exam: &mut Exam) -> Result<Finding, Stop> {
    exam.chat().await?;
    match exam.framing {
        Framing::Lines => exam.send(b"Hello\r\n").await,
        Framing::Raw | Framing::Sized(..) => exam.say("Hello\r\n").await,
    }
    answered(exam).await
}

async fn empty(exam: &mut Exam) -> Result<Finding, Stop> {
    needs_framing(exam).map_err(|_| {
        Stop::NotApplicable("TCP carries no empty message without a framing".to_owned())
    })?;
    exam.chat().await?;
    exam.say("").await;
    let limit = exam.quiet() * 2;
    let ended = "your program treated the empty message as the end of the conversation";
    let came = match exam.reply_within(limit).await {
        Reply::Text(text) => format!("an answer: {}", quoted(&text)),
        Reply::Nothing(_) => "nothing until the next message".to_owned(),
        Reply::Closed | Reply::Reset => return Ok(Finding::fault(ended)),
        other => return Ok(Finding::fault(other.words())),
    };
    exam.in_step().await?;
    Ok(Finding::pass(came))
}

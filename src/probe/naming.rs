//! Names the framing of a program: how it marks where a message ends.
//!
//! The framing of a client shows in its first words. A server says nothing first, so the probe sends a
//! message that many programs take for one: the size 6 as four bytes, and `Hello` with a newline. A
//! program without a framing reads it as text, one that reads lines as a line, one with a size of one or
//! two bytes as empty messages and a `Hello`. The probe tries other sizes, each on a new connection.

use super::dial::Reached;
use super::exam::Exam;
use super::facts::{Examined, Stop, unanswered};
use super::framing::{Framing, SizeField, SizeOf};
use super::hold;
use super::stream::Reply;
use super::verdict::Excerpt;
use std::time::Duration;

/// How long a server may take to answer one of many messages, most of them in the wrong framing. The
/// first one may take as long as any answer.
const ATTEMPT: Duration = Duration::from_secs(2);

/// How long a server may take to greet the client of a further connection.
const BANNER: Duration = Duration::from_millis(250);

/// The opening words.
const HELLO: &[u8] = b"Hello";

/// Sizes that a server takes for something else when the opening message comes, the usual ones first.
const OTHERS: [SizeField; 10] = [
    SizeField::Little(4),
    SizeField::Columns(10),
    SizeField::Columns(64),
    SizeField::Big(8),
    SizeField::Little(2),
    SizeField::Columns(4),
    SizeField::Columns(8),
    SizeField::Columns(16),
    SizeField::Until("|"),
    SizeField::Until("~$"),
];

/// Finds out the framing, and leaves a connection for the cases where it can.
pub(super) async fn name(exam: &mut Exam) -> Result<(), Stop> {
    match exam.examined() {
        Examined::Client => name_client(exam).await,
        Examined::Server => name_server(exam).await,
    }
}

/// Takes the framing that a person has named.
pub(super) async fn accept(exam: &mut Exam, framing: Framing) -> Result<(), Stop> {
    set(exam, framing, framing);
    exam.facts.is_named = true;
    let first = hold::open(exam).await?;
    match exam.examined() {
        Examined::Server => note_banner(exam, &first),
        Examined::Client if first.is_empty() => exam.facts.waits_for_banner = true,
        Examined::Client => match exam.reply_within(exam.quiet()).await {
            Reply::Text(_) => {}
            other => {
                return Err(Stop::NotApplicable(format!(
                    "the first message of your client is not in the framing {}: {}; without \
                     --wire, the probe looks for the framing",
                    framing.name(),
                    other.words()
                )));
            }
        },
    }
    exam.keep_chat();
    Ok(())
}

fn set(exam: &mut Exam, reads: Framing, writes: Framing) {
    exam.framing = reads;
    exam.answers_in = writes;
}

fn unnamed(exam: &Exam) -> Stop {
    Stop::NotApplicable(match exam.facts.reached {
        Reached::Ended => "your program ended when it received the first message: start it again, \
                           and name its framing with --wire, such as --wire digits10"
            .to_owned(),
        Reached::Yes | Reached::Busy | Reached::Closes => {
            match (&exam.facts.unrecognized, exam.facts.hangs_up) {
                (Some(answer), _) => format!(
                    "the framing of this answer is not known: \"{}\" = {}; name it with --wire, \
                     such as --wire raw",
                    answer.text, answer.short
                ),
                (None, true) => "your program closes the connection when it receives the first \
                                 message: look at its error messages, or name its framing with \
                                 --wire, such as --wire digits10"
                    .to_owned(),
                (None, false) => format!(
                    "{}; if it answers in a framing that the probe did not try, name it with \
                     --wire, such as --wire digits10",
                    unanswered(exam.patience, exam.examined())
                ),
            }
        }
    })
}

/// Whether a client greets in the dialect of tictalk, which begins with a control frame.
fn is_tictalk(burst: &[u8]) -> bool {
    burst.first() == Some(&1) && burst.get(4) == Some(&b'{')
}

async fn name_client(exam: &mut Exam) -> Result<(), Stop> {
    let mut burst = hold::open(exam).await?;
    if burst.is_empty() {
        // It waits for the server to speak.
        exam.facts.waits_for_banner = true;
        exam.send(&opening()).await;
        burst = exam.typed_burst().await;
        if burst == opening() {
            return name_echo(exam).await;
        }
    }
    if is_tictalk(&burst) {
        return Err(Stop::NotApplicable(
            "this client speaks the dialect of tictalk, whose messages the probe does not know; \
             start it with --wire framed"
                .to_owned(),
        ));
    }
    let Some(framing) = Framing::of_burst(&burst) else {
        note_unrecognized(exam, &burst);
        return Err(unnamed(exam));
    };
    exam.note_served();
    exam.drop_inbox();
    set(exam, framing, framing);
    if framing == Framing::Raw {
        return tell_raw_from_lines(exam, burst.ends_with(b"\n")).await;
    }
    exam.say(HELLO).await;
    let answer = exam.typed_burst().await;
    if Framing::of_burst(&answer).is_some() {
        exam.drop_inbox();
        exam.keep_chat();
        return Ok(());
    }
    // It may read another framing than it writes.
    for other in mirrors(framing) {
        if exam.fresh().await.is_err() {
            note_unrecognized(exam, &answer);
            return Err(unnamed(exam));
        }
        set(exam, other, framing);
        exam.say(HELLO).await;
        if !exam.typed_burst().await.is_empty() {
            exam.drop_inbox();
            exam.keep_chat();
            return Ok(());
        }
    }
    set(exam, framing, framing);
    exam.drop_shared().await;
    Ok(())
}

/// The framings for which a program may mistake this one.
fn mirrors(framing: Framing) -> Vec<Framing> {
    match framing {
        Framing::Sized(SizeField::Big(bytes), SizeOf::Text) if bytes > 1 => {
            vec![Framing::Sized(SizeField::Little(bytes), SizeOf::Text)]
        }
        Framing::Sized(SizeField::Little(bytes), SizeOf::Text) => {
            vec![Framing::Sized(SizeField::Big(bytes), SizeOf::Text)]
        }
        Framing::Sized(field, SizeOf::Both) => vec![Framing::Sized(field, SizeOf::Text)],
        Framing::Sized(..) | Framing::Raw | Framing::Lines => Vec::new(),
    }
}

/// The message that many programs understand.
fn opening() -> Vec<u8> {
    let written = Framing::FRAMED.write(b"Hello\n");
    [written.header, written.body].concat()
}

/// Learns whether a server speaks first.
async fn hear_banner(exam: &mut Exam) {
    let banner = exam.burst_within(BANNER).await;
    note_banner(exam, &banner);
}

fn note_banner(exam: &mut Exam, banner: &[u8]) {
    if !banner.is_empty() {
        exam.facts.has_banner = true;
        exam.note_served();
        exam.drop_inbox();
    }
}

/// Remembers what came in place of an answer whose framing is known.
fn note_unrecognized(exam: &mut Exam, answer: &[u8]) {
    let facts = &mut exam.facts;
    if !answer.is_empty() && facts.unrecognized.is_none() {
        facts.unrecognized = Some(Excerpt::of(answer));
    }
    if exam.ending().is_some() {
        exam.facts.hangs_up = true;
    }
}

async fn name_server(exam: &mut Exam) -> Result<(), Stop> {
    let banner = hold::open(exam).await?;
    note_banner(exam, &banner);
    exam.send(&opening()).await;
    let answer = exam.typed_burst().await;
    if answer == opening() {
        return name_echo(exam).await;
    }
    let known = Framing::of_burst(&answer).or_else(|| Framing::of_burst(&banner));
    match known {
        Some(Framing::Raw) if !answer.is_empty() => {
            exam.note_served();
            exam.drop_inbox();
            return tell_raw_from_lines(exam, answer.ends_with(b"\n")).await;
        }
        Some(Framing::FRAMED) if !answer.is_empty() => {
            exam.note_served();
            exam.drop_inbox();
            set(exam, Framing::FRAMED, Framing::FRAMED);
            exam.keep_chat();
            return Ok(());
        }
        Some(writes) => {
            exam.note_served();
            return compare(exam, writes).await;
        }
        None => note_unrecognized(exam, &answer),
    }
    for field in OTHERS {
        let framing = Framing::Sized(field, SizeOf::Text);
        exam.progress().trying(framing.name());
        match try_framing(exam, framing, exam.patience.min(ATTEMPT)).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(_) => break,
        }
    }
    Err(unnamed(exam))
}

/// Whether a server answers in this framing on a new connection.
async fn try_framing(exam: &mut Exam, framing: Framing, limit: Duration) -> Result<bool, Stop> {
    set(exam, framing, framing);
    exam.open().await?;
    hear_banner(exam).await;
    exam.say(HELLO).await;
    let answer = exam.burst_within(limit).await;
    if Framing::of_burst(&answer) != Some(framing) {
        note_unrecognized(exam, &answer);
        return Ok(false);
    }
    exam.note_served();
    exam.drop_inbox();
    exam.keep_chat();
    Ok(true)
}

/// Names the framing of a server that has answered the opening message in another framing: it reads
/// that framing as well, or reads one and writes another.
async fn compare(exam: &mut Exam, writes: Framing) -> Result<(), Stop> {
    if try_framing(exam, writes, exam.patience).await? {
        return Ok(());
    }
    set(exam, Framing::FRAMED, writes);
    exam.drop_shared().await;
    Ok(())
}

/// Whether a program that sends text without a size waits for the end of a line.
async fn tell_raw_from_lines(exam: &mut Exam, writes_lines: bool) -> Result<(), Stop> {
    exam.say(HELLO).await;
    let writes = match writes_lines {
        true => Framing::Lines,
        false => Framing::Raw,
    };
    if !exam.typed_burst().await.is_empty() {
        // Whether its answers end in newlines shows in the cases.
        set(exam, Framing::Raw, Framing::Raw);
        exam.note_served();
        exam.drop_inbox();
        exam.keep_chat();
        return Ok(());
    }
    exam.send(b"\n").await;
    if exam.typed_burst().await.is_empty() {
        set(exam, Framing::Raw, Framing::Raw);
        exam.drop_shared().await;
        return Ok(());
    }
    set(exam, Framing::Lines, writes);
    exam.note_served();
    exam.drop_inbox();
    exam.keep_chat();
    Ok(())
}

/// How long an echo of bytes may take to return the first part of a message.
const ECHO: Duration = Duration::from_millis(400);

/// A program that has sent the opening message back. It may be an echo: of bytes, of lines, or of
/// messages with a size of one, two or four bytes. All of these return the opening message as it is,
/// so the probe sends another one in two parts: the number of bytes that return at once tells them
/// apart. It is no echo if a person has typed the same words.
async fn name_echo(exam: &mut Exam) -> Result<(), Stop> {
    exam.note_served();
    exam.drop_inbox();
    let written = Framing::FRAMED.write(b"Are you there?");
    let message = [written.header, written.body].concat();
    let (first, rest) = message.split_at(message.len() - 2);
    exam.send(first).await;
    let early = exam.burst_within(ECHO).await;
    exam.drop_inbox();
    exam.send(rest).await;
    let mut returned = [early.clone(), exam.typed_burst().await].concat();
    exam.drop_inbox();
    let sized = |bytes| Framing::Sized(SizeField::Big(bytes), SizeOf::Text);
    let mut framing = match early.len() {
        0 => Framing::FRAMED,
        _ if !first.starts_with(&early) => Framing::FRAMED,
        2 => sized(2),
        3 => sized(1),
        _ => Framing::Raw,
    };
    exam.facts.is_echo = returned == message;
    if returned.is_empty() {
        exam.send(b"\n").await;
        returned = exam.typed_burst().await;
        exam.drop_inbox();
        if returned == [message.as_slice(), b"\n"].concat() {
            exam.facts.is_echo = true;
            framing = Framing::Lines;
        }
    }
    set(exam, framing, framing);
    match exam.facts.is_echo {
        true => exam.keep_chat(),
        // It may wait for the rest of a message, or for a person.
        false => exam.drop_shared().await,
    }
    Ok(())
}

//! Names the framing of a program: how it marks where a message ends.
//!
//! The framing of a client shows in its first words. A server says nothing first, so the probe sends a
//! message that many programs take for one: the size 6 as four bytes, and `Hello` with a newline. A
//! program without a framing reads it as text, one that reads lines as a line, one with a size of one or
//! two bytes as empty messages and a `Hello`. Other sizes are tried on connections of their own.

use super::dial::Reached;
use super::exam::Exam;
use super::facts::{Examined, Stop, unanswered};
use super::framing::{Framing, SizeField, SizeOf};
use std::time::Duration;

/// How long a server may take to answer one of many messages, most of them in the wrong framing. The
/// first one may take as long as any answer.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The time for a banner.
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
    if exam.examined() == Examined::Server {
        exam.open().await?;
        hear_banner(exam).await;
        exam.keep_chat();
    }
    Ok(())
}

fn set(exam: &mut Exam, reads: Framing, writes: Framing) {
    exam.framing = reads;
    exam.answers_in = writes;
}

fn unnamed(exam: &Exam) -> Stop {
    Stop::NotApplicable(match exam.facts.reached {
        Reached::Ended => "your program ended when it received the first message; start it again, \
                           and name its framing with --wire, such as --wire digits10"
            .to_owned(),
        Reached::Yes | Reached::Busy if exam.facts.has_babbled => {
            "the framing could not be recognized; name it with --wire, such as --wire raw"
                .to_owned()
        }
        Reached::Yes | Reached::Busy => format!(
            "{}; if the framing could not be recognized, name it with --wire, such as --wire \
             digits10",
            unanswered(exam.patience, exam.examined())
        ),
    })
}

/// Whether a client greets in the dialect of tictalk, which begins with a control frame.
fn is_tictalk(burst: &[u8]) -> bool {
    burst.first() == Some(&1) && burst.get(4) == Some(&b'{')
}

async fn name_client(exam: &mut Exam) -> Result<(), Stop> {
    exam.open().await?;
    let mut burst = exam.typed_burst().await;
    if burst.is_empty() {
        // It waits for the server to speak.
        exam.facts.waits_for_banner = true;
        exam.send(&opening()).await;
        burst = exam.typed_burst().await;
    }
    if is_tictalk(&burst) {
        return Err(Stop::NotApplicable(
            "this client speaks the dialect of tictalk, whose messages the probe does not know; \
             start it with --wire framed"
                .to_owned(),
        ));
    }
    exam.facts.has_babbled = !burst.is_empty();
    let framing = Framing::of_burst(&burst).ok_or_else(|| unnamed(exam))?;
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
        exam.fresh().await?;
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
async fn hear_banner(exam: &mut Exam) -> Vec<u8> {
    let banner = exam.burst_within(BANNER).await;
    if !banner.is_empty() {
        exam.facts.has_banner = true;
        exam.note_served();
        exam.drop_inbox();
    }
    banner
}

async fn name_server(exam: &mut Exam) -> Result<(), Stop> {
    exam.open().await?;
    let banner = hear_banner(exam).await;
    exam.send(&opening()).await;
    let answer = exam.typed_burst().await;
    exam.facts.has_babbled = !answer.is_empty();
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
        None => {}
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
        exam.facts.has_babbled |= !answer.is_empty();
        return Ok(false);
    }
    exam.note_served();
    exam.drop_inbox();
    exam.keep_chat();
    Ok(true)
}

/// A server that has answered the opening message in another framing: it has read the message as one
/// of its own, or writes another framing than it reads.
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
        // What it sends, one piece after another, ends in a newline or not.
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

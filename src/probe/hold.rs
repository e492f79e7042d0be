//! Whether a program keeps a connection open until the probe has sent something.

use super::dial::Reached;
use super::exam::Exam;
use super::facts::{Examined, Stop};
use super::stream::Reply;
use super::verdict::{Finding, quoted};
use crate::text::lossy;
use std::time::Duration;

/// How many connections a server may end at once before the probe gives up.
const OF_SERVER: usize = 3;

/// The same for a client, which has to be started again for each of them.
const OF_CLIENT: usize = 2;

/// How long a server may take to greet its client, or to end the connection.
const GREETING: Duration = Duration::from_millis(250);

/// Opens the first connection, and returns what the program says on it before the probe does.
///
/// # Errors
/// A finding, if the program ends every connection before the probe has sent anything.
pub(super) async fn open(exam: &mut Exam) -> Result<Vec<u8>, Stop> {
    let most = match exam.examined() {
        Examined::Server => OF_SERVER,
        Examined::Client => OF_CLIENT,
    };
    let (mut connections, mut last) = (0, None);
    while connections < most {
        match exam.open_any().await {
            Ok(()) => {}
            Err(_) if exam.facts.reached == Reached::Closes => {
                connections += 1;
                last = Some((Reply::Reset, Vec::new()));
                continue;
            }
            Err(stop) if connections == 0 => return Err(stop),
            Err(_) => break,
        }
        let words = match exam.examined() {
            Examined::Server => exam.burst_within(GREETING).await,
            Examined::Client => exam.typed_burst().await,
        };
        let Some(end) = exam.ending() else {
            return Ok(words);
        };
        if exam.examined() == Examined::Client && !words.is_empty() {
            // It speaks, and does not wait for the answer: the cases show that.
            return Ok(words);
        }
        connections += 1;
        last = Some((end, words));
    }
    exam.drop_shared().await;
    let (end, words) = last.unwrap_or((Reply::Closed, Vec::new()));
    let has_left = connections < most;
    Err(Stop::Found(finding(
        exam.examined(),
        connections,
        &end,
        &words,
        has_left,
    )))
}

/// The finding about a program that has ended this many connections, the last one in this way.
fn finding(
    examined: Examined,
    connections: usize,
    end: &Reply,
    words: &[u8],
    has_left: bool,
) -> Finding {
    let connections = match connections {
        1 => "its connection".to_owned(),
        many => format!("each of {many} connections"),
    };
    let (what, look) = match end {
        Reply::Flood => (
            "sent more than 256 KiB on",
            "A loop sends without waiting: call recv() before each send().",
        ),
        Reply::Reset => (
            "reset",
            "Your program fails as soon as it is connected: look at its error messages, and at \
             SO_LINGER if you set it.",
        ),
        _ => (
            "closed",
            match examined {
                Examined::Server => {
                    "After accept(), call recv() in a loop on the socket that accept() returns. \
                     Close that socket only after recv() returns b\"\" or a goodbye. If the program \
                     fails, look at its error messages."
                }
                Examined::Client => {
                    "After connect(), send a message, and call recv() in a loop. Close the socket \
                     only after recv() returns b\"\" or a goodbye. If the program fails, look at \
                     its error messages."
                }
            },
        ),
    };
    let said = match words.is_empty() {
        true => String::new(),
        false => format!(" after sending {},", quoted(&lossy(words))),
    };
    let then = match (has_left, examined) {
        (false, _) => "",
        (true, Examined::Server) => "; then it stopped listening",
        (true, Examined::Client) => "; then it did not connect again",
    };
    let came =
        format!("your program {what} {connections}{said} before the probe sent anything{then}");
    Finding::fault(came).look(look)
}

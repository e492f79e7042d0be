//! What the probe sends on the connection of an exam, and what comes back.

use super::exam::Exam;
use super::facts::{Endings, Stop};
use super::framing::Framing;
use super::stream::Reply;
use super::verdict::{Excerpt, Finding, quoted};
use std::time::Duration;
use tokio::time::Instant;

/// The answers to what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    /// The messages.
    pub(super) texts: Vec<String>,
    /// The reply after them: an end, a broken message, or nothing.
    pub(super) then: Reply,
}

/// How long an answer may take before a person is told that one is awaited.
const SOON: Duration = Duration::from_secs(1);

/// Long enough for two writes to be two messages, for a program that goes by pauses as well.
const APART: Duration = Duration::from_millis(150);

/// More answers than this are a flood.
const MOST_ANSWERS: usize = 16;

impl Exam {
    /// Sends these bytes with one write.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.sent.push(Excerpt::of(bytes));
        if let Some(stream) = self.stream() {
            stream.send(bytes).await;
        }
    }

    /// Sends one message with one write.
    pub(super) async fn say(&mut self, text: impl AsRef<[u8]>) {
        let written = self.framing.write(text.as_ref());
        self.send(&[written.header, written.body].concat()).await;
    }

    /// Closes the probe's direction of the connection.
    pub(super) async fn finish(&mut self) {
        if let Some(stream) = self.stream() {
            stream.finish().await;
        }
    }

    /// The bytes sent since the last call.
    pub(super) fn take_sent(&mut self) -> Vec<Excerpt> {
        std::mem::take(&mut self.sent)
    }

    /// The next message, as long as the program may take.
    pub(super) async fn reply(&mut self) -> Reply {
        self.reply_within(self.patience).await
    }

    pub(super) async fn reply_within(&mut self, limit: Duration) -> Reply {
        let (framing, end) = (self.answers_in, Instant::now() + limit);
        let Some(stream) = self.stream() else {
            return Reply::Closed;
        };
        let reply = stream.reply(framing, end, limit).await;
        if let Reply::Text(text) = &reply {
            self.facts.endings = match (self.facts.endings, text.ends_with('\n')) {
                (Endings::Unknown | Endings::Newlines, true) => Endings::Newlines,
                _ => Endings::Mixed,
            };
            self.note_served();
        }
        reply
    }

    /// The program has said something on this connection.
    pub(super) fn note_served(&mut self) {
        if !std::mem::replace(&mut self.has_spoken, true) {
            self.facts.served += 1;
        }
    }

    /// Everything that comes in a moment, whatever its framing.
    pub(super) async fn burst_within(&mut self, limit: Duration) -> Vec<u8> {
        match self.stream() {
            Some(stream) => stream.burst(Instant::now() + limit).await,
            None => Vec::new(),
        }
    }

    /// The same for an answer that somebody may have to type, who is told so after a moment.
    pub(super) async fn typed_burst(&mut self) -> Vec<u8> {
        let soon = self.patience.min(SOON);
        let burst = self.burst_within(soon).await;
        let has_ended = self.stream().is_none_or(|stream| stream.ended().is_some());
        if !burst.is_empty() || has_ended || soon == self.patience {
            return burst;
        }
        self.progress().awaits_answer();
        self.burst_within(self.patience.saturating_sub(soon)).await
    }

    /// Forgets what a burst has brought.
    pub(super) fn drop_inbox(&mut self) {
        if let Some(stream) = self.stream() {
            stream.drop_inbox();
        }
    }

    /// Waits for this many answers, and then for a moment for more.
    pub(super) async fn answers(&mut self, expected: usize) -> Answers {
        let mut texts = Vec::new();
        loop {
            let reply = match texts.len() < expected {
                true => self.reply().await,
                false => self.reply_within(self.quiet()).await,
            };
            match reply {
                Reply::Text(text) => texts.extend(self.apart(text)),
                then => return Answers { texts, then },
            }
            if texts.len() > MOST_ANSWERS {
                return Answers {
                    texts,
                    then: Reply::Flood,
                };
            }
        }
    }

    /// Sends two messages, the second one as soon as it cannot be taken for a part of the first one,
    /// and waits for their answers.
    pub(super) async fn say_two(&mut self, first: &str, second: &str) -> Answers {
        self.say(first).await;
        // An answer that comes meanwhile is read, or a raw one would be one with the next.
        let meanwhile = self.reply_within(APART).await;
        self.say(second).await;
        match meanwhile {
            Reply::Text(text) => {
                let mut answers = self.answers(1).await;
                answers.texts.insert(0, text);
                answers
            }
            then if then.is_end() => Answers {
                texts: Vec::new(),
                then,
            },
            _ => self.answers(2).await,
        }
    }

    /// The answers in a raw burst: several, if it is the usual one several times.
    fn apart(&mut self, text: String) -> Vec<String> {
        let usual = self.facts.usual.as_deref().unwrap_or_default();
        let times = match usual.is_empty() || self.answers_in != Framing::Raw {
            true => 1,
            false => text.len() / usual.len(),
        };
        match times > 1 && text == usual.repeat(times) {
            true => vec![usual.to_owned(); times.min(MOST_ANSWERS)],
            false => vec![text],
        }
    }

    /// Sends one message, for which exactly one answer has to come. The connection is kept.
    pub(super) async fn in_step(&mut self) -> Result<(), Stop> {
        self.say("Hello").await;
        self.one_answer().await?;
        self.keep_chat();
        Ok(())
    }

    /// Waits for exactly one answer.
    pub(super) async fn one_answer(&mut self) -> Result<String, Stop> {
        let answers = self.answers(1).await;
        let fault = |came: String| Err(Stop::Found(Finding::fault(came)));
        match (answers.texts.as_slice(), &answers.then) {
            ([text], Reply::Nothing(_)) => Ok(text.clone()),
            ([], then) => fault(then.words()),
            ([text], then) => fault(format!("{}, and then: {}", quoted(text), then.words())),
            ([first, second, ..], _) => fault(format!(
                "{} answers: {}, then {}",
                answers.texts.len(),
                quoted(first),
                quoted(second)
            )),
        }
    }
}

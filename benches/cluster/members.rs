//! Members of a room in the framed dialect: four bytes of size before each message.

use anyhow::Context as _;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long an event may take.
const LIMIT: Duration = Duration::from_secs(30);

/// What marks the messages of this bench.
const MARK: &str = "bench ";

/// A message that a member has received: the member, when, and the number in it.
struct Received {
    member: usize,
    at: Instant,
    number: usize,
}

/// The members, spread over the servers in turn.
pub(crate) struct Members {
    senders: Vec<OwnedWriteHalf>,
    received: mpsc::UnboundedReceiver<Received>,
    next: usize,
}

impl Members {
    /// Has this many members join.
    pub(crate) async fn join(ports: &[u16], count: usize) -> anyhow::Result<Self> {
        let (sender, received) = mpsc::unbounded_channel();
        let mut senders = Vec::new();
        for member in 0..count {
            let port = ports.get(member % ports.len()).context("a port")?;
            let stream = TcpStream::connect(("127.0.0.1", *port)).await?;
            stream.set_nodelay(true)?;
            let (mut reader, mut writer) = stream.into_split();
            writer.write_all(&frame(&format!("m{member}"))).await?;
            let (ready, joined) = tokio::sync::oneshot::channel();
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut ready = Some(ready);
                let mut text = Vec::new();
                while let Ok(size) = reader.read_u32().await {
                    text.resize(usize::try_from(size).unwrap_or_default(), 0);
                    if reader.read_exact(&mut text).await.is_err() {
                        break;
                    }
                    if let Some(ready) = ready.take() {
                        let _ = ready.send(());
                    }
                    let at = Instant::now();
                    let words = String::from_utf8_lossy(&text);
                    let number = words
                        .split_once(MARK)
                        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
                    let Some(number) = number else { continue };
                    if sender.send(Received { member, at, number }).is_err() {
                        break;
                    }
                }
            });
            timeout(LIMIT, joined).await??;
            senders.push(writer);
        }
        Ok(Self {
            senders,
            received,
            next: 0,
        })
    }

    async fn say(&mut self, member: usize) -> anyhow::Result<usize> {
        self.next += 1;
        let number = self.next;
        let sender = self.senders.get_mut(member).context("a member")?;
        sender
            .write_all(&frame(&format!(
                "{MARK}{number} abcdefghijklmnopqrstuvwxyz"
            )))
            .await?;
        Ok(number)
    }

    async fn receive(&mut self) -> anyhow::Result<Received> {
        let received = timeout(LIMIT, self.received.recv()).await?;
        received.context("all members are gone")
    }

    /// Sorted delays from one member to another, in seconds.
    pub(crate) async fn delays(
        &mut self,
        from: usize,
        to: usize,
        count: usize,
    ) -> anyhow::Result<Vec<f64>> {
        let mut delays = Vec::new();
        for _ in 0..count {
            let began = Instant::now();
            let number = self.say(from).await?;
            // All others have it before the next one, so that nothing else is under way.
            for _ in 1..self.senders.len() {
                let received = self.receive().await?;
                if received.member == to && received.number == number {
                    delays.push((received.at - began).as_secs_f64());
                }
            }
        }
        delays.sort_by(f64::total_cmp);
        Ok(delays)
    }

    /// Has the first members send as fast as their messages arrive. Returns how many messages were
    /// received within `time`.
    pub(crate) async fn saturate(
        &mut self,
        senders: usize,
        window: usize,
        time: Duration,
    ) -> anyhow::Result<usize> {
        let mut by = Vec::new();
        for sender in 0..senders {
            for _ in 0..window {
                self.say(sender).await?;
                by.push(sender);
            }
        }
        let mut missing: Vec<usize> = vec![self.senders.len() - 1; by.len()];
        let (end, mut count) = (Instant::now() + time, 0);
        while Instant::now() < end {
            let received = self.receive().await?;
            count += 1;
            let index = received.number - 1;
            let (Some(missing_one), Some(sender)) =
                (missing.get_mut(index), by.get(index).copied())
            else {
                continue;
            };
            *missing_one -= 1;
            // The last reader has it: the sender sends the next one.
            if *missing_one == 0 {
                self.say(sender).await?;
                by.push(sender);
                missing.push(self.senders.len() - 1);
            }
        }
        Ok(count)
    }

    /// Has the members send this many messages, and waits until all have them.
    pub(crate) async fn send(&mut self, count: usize) -> anyhow::Result<()> {
        const AT_ONCE: usize = 50;
        let members = self.senders.len();
        let mut sent = 0;
        while sent < count {
            for member in 0..members {
                for _ in 0..AT_ONCE {
                    self.say(member).await?;
                }
            }
            sent += members * AT_ONCE;
            for _ in 0..members * AT_ONCE * (members - 1) {
                self.receive().await?;
            }
        }
        Ok(())
    }
}

fn frame(text: &str) -> Vec<u8> {
    let size = u32::try_from(text.len()).unwrap_or_default();
    [&size.to_be_bytes(), text.as_bytes()].concat()
}

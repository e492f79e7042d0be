//! What the engine itself can do: publish, and wait for the acknowledgement.

use crate::processes::Nats;
use bytes::Bytes;
use std::time::Instant;
use tictalk::cluster::{Engine, Part, Replicas};

/// How many messages are published, and their size: about that of a batch with one line.
const MESSAGES: usize = 1_000;
const SIZE: usize = 300;

pub(crate) async fn measure(nats: &Nats) -> anyhow::Result<()> {
    let engine = Engine::connect(&nats.url().parse()?).await?;
    let stream = engine.room_stream("bench", Replicas::default()).await?;
    let bytes = Bytes::from(vec![b'x'; SIZE]);
    let began = Instant::now();
    for number in 0..MESSAGES {
        let id = format!("one.{number}");
        stream
            .publish(Part::Inputs, &id, None, bytes.clone())
            .await?;
    }
    let one_by_one = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let mut underway = Vec::new();
    for number in 0..MESSAGES {
        let (stream, bytes) = (stream.clone(), bytes.clone());
        underway.push(tokio::spawn(async move {
            let id = format!("all.{number}");
            stream.publish(Part::Inputs, &id, None, bytes).await
        }));
    }
    for published in underway {
        published.await??;
    }
    let at_once = began.elapsed().as_secs_f64();
    println!("The engine stores {MESSAGES} messages of {SIZE} bytes:");
    println!(
        "  one by one {:7.1} ms, {:7.0} a second",
        one_by_one * 1e3,
        1e3 / one_by_one
    );
    println!(
        "  at once    {:7.1} ms, {:7.0} a second",
        at_once * 1e3,
        1e3 / at_once
    );
    Ok(())
}

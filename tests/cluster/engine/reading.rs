//! Reading in order, and where it ends.

use super::{next, number, publish, publish_all};
use crate::support::{Server, room, soon};
use bytes::Bytes;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tictalk::cluster::{Part, PublishError, ReadError};
use tokio::task::JoinSet;

#[tokio::test]
async fn a_thousand_messages_come_in_the_order_of_their_numbers() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let mut reader = stream.reader(0);
    let mut publishing = JoinSet::new();
    for number in 0..1000_u64 {
        let stream = stream.clone();
        publishing.spawn(async move {
            let published = publish(&stream, &number.to_string()).await.unwrap();
            (published.sequence, number)
        });
    }
    let mut expected = soon(publishing.join_all()).await;
    expected.sort_unstable();
    let mut late = stream.reader(400);
    let mut before = Duration::ZERO;
    for (sequence, text) in expected {
        let entry = next(&mut reader).await;
        assert_eq!((entry.sequence, number(&entry)), (sequence, text));
        assert!(entry.at >= before);
        before = entry.at;
        if sequence > 400 {
            assert_eq!(next(&mut late).await, entry);
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!(before <= now && now < before + Duration::from_secs(60));
}

#[tokio::test]
async fn a_reader_that_is_often_interrupted_misses_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    publish_all(&stream, 0..100).await;
    let mut reader = stream.reader(0);
    soon(async {
        for expected in 0..100 {
            let entry = loop {
                tokio::select! {
                    biased;
                    entry = reader.next() => break entry,
                    () = tokio::task::yield_now() => {}
                }
            };
            assert_eq!(number(&entry.unwrap()), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn large_messages_come_in_batches_of_a_limited_size() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let large = Bytes::from(vec![b'x'; 1_000_000]);
    for id in 0..30_u8 {
        let id = id.to_string();
        let published = stream.publish(Part::Inputs, &id, None, large.clone());
        soon(published).await.unwrap();
    }
    let mut reader = stream.reader(0);
    for sequence in 1..=30 {
        let entry = next(&mut reader).await;
        assert_eq!((entry.sequence, entry.bytes.len()), (sequence, large.len()));
    }
}

#[tokio::test]
async fn a_message_of_an_unknown_part_is_read_without_one() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    server.ask("tictalk.a.log.later", "x");
    publish_all(&stream, 0..1).await;
    let mut reader = stream.reader(0);
    let entry = next(&mut reader).await;
    assert_eq!((entry.sequence, entry.part), (1, None));
    assert_eq!(next(&mut reader).await.part, Some(Part::Inputs));
}

#[tokio::test]
async fn a_reader_behind_a_trim_is_told_where_the_stream_goes_on() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let genesis = stream.publish(Part::Genesis, "g", Some(0), Bytes::new());
    soon(genesis).await.unwrap();
    publish_all(&stream, 2..9).await;
    soon(stream.trim(6)).await.unwrap();
    let mut reader = stream.reader(0);
    assert_eq!(next(&mut reader).await.part, Some(Part::Genesis));
    let trimmed = Err(ReadError::Trimmed { first: 6 });
    assert_eq!(soon(reader.next()).await, trimmed);
    assert_eq!(soon(reader.next()).await, trimmed);
    assert_eq!(soon(stream.reader(3).next()).await, trimmed);
    assert_eq!(next(&mut stream.reader(5)).await.sequence, 6);
    // With nothing behind it.
    soon(stream.trim(9)).await.unwrap();
    let trimmed = Err(ReadError::Trimmed { first: 9 });
    assert_eq!(soon(stream.reader(5).next()).await, trimmed);
    let mut reader = stream.reader(8);
    publish(&stream, "9").await.unwrap();
    assert_eq!(next(&mut reader).await.sequence, 9);
}

#[tokio::test]
async fn a_stream_that_is_trimmed_under_a_reader_that_has_read_it_goes_on() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    publish_all(&stream, 1..6).await;
    let mut reader = stream.reader(0);
    for expected in 1..6 {
        assert_eq!(number(&next(&mut reader).await), expected);
    }
    soon(stream.trim(6)).await.unwrap();
    publish_all(&stream, 6..8).await;
    assert_eq!(next(&mut reader).await.sequence, 6);
    assert_eq!(next(&mut reader).await.sequence, 7);
}

#[tokio::test]
async fn a_deleted_stream_is_gone() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    publish_all(&stream, 0..3).await;
    let mut reader = stream.reader(0);
    for _ in 0..3 {
        next(&mut reader).await;
    }
    server.delete(&stream);
    let gone = ReadError::Gone(server.url());
    assert_eq!(soon(reader.next()).await, Err(gone.clone()));
    assert_eq!(soon(stream.reader(3).next()).await, Err(gone));
    let gone = PublishError::Gone(server.url());
    assert_eq!(publish(&stream, "3").await, Err(gone));
    assert!(soon(stream.state()).await.is_err());
    assert!(soon(stream.last(Part::Inputs)).await.is_err());
    assert!(soon(engine.find_stream("a")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_stream_that_somebody_made_again_is_another_one() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let old = room(&engine, "a").await;
    publish_all(&old, 0..3).await;
    let mut reader = old.reader(1);
    assert_eq!(next(&mut reader).await.sequence, 2);
    assert_eq!(next(&mut reader).await.sequence, 3);
    server.delete(&old);
    let new = room(&engine, "a").await;
    publish_all(&new, 0..9).await;
    let gone = ReadError::Gone(server.url());
    assert_eq!(soon(reader.next()).await, Err(gone.clone()));
    assert_eq!(soon(old.reader(1).next()).await, Err(gone));
    // As after a power cut: the stream ends before what was read.
    let gone = ReadError::Gone(server.url());
    assert_eq!(soon(new.reader(10).next()).await, Err(gone));
    assert_eq!(next(&mut new.reader(8)).await.sequence, 9);
}

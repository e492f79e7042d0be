//! Engines that die and lines that break.

use super::{next, number, publish};
use crate::support::{Flow, Line, Server, room, soon, wait_until_connected};
use std::time::{Duration, Instant};
use tictalk::cluster::{Contact, Engine, PublishError, Reader, RoomStream};

/// Publishes a number until the engine has stored it, and returns how often it did not answer.
async fn publish_for_sure(stream: &RoomStream, number: u64) -> u64 {
    let mut failures = 0;
    loop {
        match publish(stream, &number.to_string()).await {
            Ok(_) => return failures,
            Err(PublishError::Unreachable(_)) => failures += 1,
            Err(error) => panic!("{number}: {error}"),
        }
    }
}

/// Reads these numbers in this order.
async fn read(reader: &mut Reader, numbers: std::ops::Range<u64>) {
    for expected in numbers {
        let entry = next(reader).await;
        assert_eq!((entry.sequence, number(&entry)), (expected + 1, expected));
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_the_engine_is_killed_under_load() {
    const ALL: u64 = 2000;
    let Some(mut server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let mut reader = stream.reader(0);
    let publisher = tokio::spawn({
        let stream = stream.clone();
        async move {
            for number in 0..ALL {
                publish_for_sure(&stream, number).await;
            }
        }
    });
    let mut from = 0;
    for to in [300, 301, 700, 1500] {
        read(&mut reader, from..to).await;
        // The runtime does not run meanwhile, so the client meets the server that is back.
        server.restart();
        from = to;
    }
    read(&mut reader, from..ALL).await;
    soon(publisher).await.unwrap();
    let state = soon(stream.state()).await.unwrap();
    assert_eq!((state.last, state.messages), (ALL, ALL));
    // All again, by a reader that sees no restart.
    read(&mut stream.reader(0), 0..ALL).await;
}

#[tokio::test]
async fn an_engine_that_is_away_is_waited_for() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let mut reader = stream.reader(0);
    publish_for_sure(&stream, 0).await;
    read(&mut reader, 0..1).await;
    server.kill();
    wait_until_connected(&engine, false).await;
    assert!(!engine.is_connected());
    let begin = Instant::now();
    let error = publish(&stream, "1").await.unwrap_err();
    assert_eq!(error, PublishError::Unreachable(server.url()));
    assert!(begin.elapsed() < Duration::from_secs(10));
    soon(stream.state()).await.unwrap_err();
    server.restart();
    wait_until_connected(&engine, true).await;
    assert_eq!(*engine.watch().borrow(), Contact::Connected(2));
    publish_for_sure(&stream, 1).await;
    read(&mut reader, 1..2).await;
}

#[tokio::test]
async fn a_line_that_is_cut_is_made_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let line = Line::to(&server).await;
    let engine = soon(Engine::connect(&line.url())).await.unwrap();
    let stream = room(&engine, "a").await;
    let mut reader = stream.reader(0);
    for number in 0..20 {
        line.set(Flow::Cut);
        wait_until_connected(&engine, false).await;
        line.set(Flow::Open);
        publish_for_sure(&stream, number).await;
        read(&mut reader, number..number + 1).await;
    }
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_stored_once() {
    let Some(server) = Server::start() else {
        return;
    };
    let line = Line::to(&server).await;
    let behind = soon(Engine::connect(&line.url())).await.unwrap();
    let stream = room(&behind, "a").await;
    let direct = server.engine().await;
    let direct = soon(direct.find_stream("a")).await.unwrap().unwrap();
    let mut reader = stream.reader(0);
    line.set(Flow::Held);
    let begin = Instant::now();
    let error = publish(&stream, "0").await.unwrap_err();
    assert_eq!(error, PublishError::Unreachable(line.url()));
    assert!(begin.elapsed() < Duration::from_secs(10));
    // The line is found dead without any message.
    wait_until_connected(&behind, false).await;
    assert!(begin.elapsed() < Duration::from_secs(15));
    assert_eq!(publish(&direct, "0").await.unwrap().sequence, 1);
    publish_for_sure(&direct, 1).await;
    // What was held now passes, late.
    line.set(Flow::Open);
    wait_until_connected(&behind, true).await;
    let again = publish(&stream, "0").await.unwrap();
    assert_eq!((again.sequence, again.is_duplicate), (1, true));
    publish_for_sure(&stream, 2).await;
    read(&mut reader, 0..3).await;
    assert_eq!(soon(direct.state()).await.unwrap().messages, 3);
}

#[tokio::test]
async fn a_connection_that_is_made_while_nothing_passes_is_made_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let line = Line::to(&server).await;
    let engine = soon(Engine::connect(&line.url())).await.unwrap();
    let stream = room(&engine, "a").await;
    let mut reader = stream.reader(0);
    publish_for_sure(&stream, 0).await;
    read(&mut reader, 0..1).await;
    line.set(Flow::Cut);
    wait_until_connected(&engine, false).await;
    line.set(Flow::Held);
    let error = publish(&stream, "1").await.unwrap_err();
    assert_eq!(error, PublishError::Unreachable(line.url()));
    line.set(Flow::Open);
    publish_for_sure(&stream, 1).await;
    read(&mut reader, 1..2).await;
}

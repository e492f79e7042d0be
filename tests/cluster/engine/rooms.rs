//! Streams of rooms: their names, and what is in them.

use super::{next, publish_all};
use crate::support::{Server, room, soon};
use bytes::Bytes;
use tictalk::cluster::{EngineError, Part, Replicas};

#[tokio::test]
async fn rooms_of_any_name_are_apart() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let wide = "\u{1F600}".repeat(64);
    let names = [
        "lounge",
        "Lounge",
        "LOUNGE",
        "a.b",
        "a b",
        "a",
        "*",
        ">",
        "a.*",
        "a.>",
        "$JS.API.>",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "a\r\nPUB x 0",
        "\0",
        "x-61",
        "ä",
        "a\u{308}",
        "\u{202E}a",
        "",
        &wide,
    ];
    let mut streams = Vec::new();
    for name in names {
        let stream = room(&engine, name).await;
        let bytes = Bytes::copy_from_slice(name.as_bytes());
        let published = stream.publish(Part::Inputs, "1", None, bytes);
        soon(published).await.unwrap();
        streams.push(stream);
    }
    for (name, stream) in names.iter().zip(&streams) {
        assert_eq!(soon(stream.state()).await.unwrap().messages, 1, "{name:?}");
        let entry = next(&mut stream.reader(0)).await;
        assert_eq!((entry.sequence, entry.part), (1, Some(Part::Inputs)));
        assert_eq!(entry.bytes, name.as_bytes());
        let found = soon(engine.find_stream(name)).await.unwrap();
        assert_eq!(found.unwrap().name(), stream.name());
    }
}

#[tokio::test]
async fn a_stream_is_made_once_and_keeps_what_it_is_made_for() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "lounge").await;
    publish_all(&stream, 0..3).await;
    let again = soon(engine.room_stream("lounge", Replicas::default())).await;
    let state = soon(again.unwrap().state()).await.unwrap();
    assert_eq!((state.first, state.last, state.messages), (1, 3, 3));
    assert!(state.bytes > 0);
    let info = server.ask("$JS.API.STREAM.INFO.tictalk-lounge", "");
    for setting in [
        r#""subjects":["tictalk.lounge.\u003e"]"#,
        r#""storage":"file""#,
        r#""retention":"limits""#,
        r#""discard":"new""#,
        r#""max_age":0"#,
        r#""max_msgs":-1"#,
        r#""max_bytes":-1"#,
        r#""max_msg_size":1048576"#,
        r#""duplicate_window":600000000000"#,
        r#""num_replicas":1"#,
        r#""allow_direct":true"#,
    ] {
        let shown = info.replace("\":[\"tictalk.lounge.>", "\":[\"tictalk.lounge.\\u003e");
        assert!(shown.contains(setting), "{setting} is not in {info}");
    }
}

#[tokio::test]
async fn a_server_alone_keeps_no_replicas() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let three = Replicas::new(3).unwrap();
    let error = soon(engine.room_stream("a", three)).await.unwrap_err();
    assert!(matches!(error, EngineError::Refused { .. }), "{error:?}");
    assert_eq!((Replicas::new(0), Replicas::new(6)), (None, None));
}

#[tokio::test]
async fn a_stream_that_would_lose_messages_is_not_used() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    for (name, settings) in [
        (
            "a",
            r#""subjects":["tictalk.a.>"],"discard":"old","max_msg_size":9"#,
        ),
        ("b", r#""subjects":["tictalk.b.>"],"discard":"new""#),
        (
            "c",
            r#""subjects":["tictalk.x.>"],"discard":"new","max_msg_size":9"#,
        ),
    ] {
        let settings = format!(r#"{{"name":"tictalk-{name}","storage":"file",{settings}}}"#);
        let subject = format!("$JS.API.STREAM.CREATE.tictalk-{name}");
        let answer = server.ask(&subject, &settings);
        assert!(answer.contains("created"), "{answer}");
        let error = soon(engine.room_stream(name, Replicas::default())).await;
        let error = error.unwrap_err();
        assert!(matches!(error, EngineError::Unusable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn the_last_message_of_each_part_can_be_read() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let all: Vec<u8> = (0..=255).collect();
    let messages = [
        (Part::Genesis, Bytes::from_static(b"")),
        (Part::Tick, Bytes::from_static(b"old")),
        (Part::Machine(7), Bytes::from(all)),
        (Part::Tick, Bytes::from_static(b"new")),
    ];
    let mut reader = stream.reader(0);
    for (id, (part, bytes)) in messages.iter().enumerate() {
        assert_eq!(soon(stream.last(Part::Inputs)).await.unwrap(), None);
        let id = id.to_string();
        let published = stream.publish(*part, &id, None, bytes.clone());
        let published = soon(published).await.unwrap();
        let read = next(&mut reader).await;
        assert_eq!((read.sequence, &read.bytes), (published.sequence, bytes));
        assert_eq!(read.part, Some(*part));
        assert_eq!(soon(stream.last(*part)).await.unwrap(), Some(read));
    }
    let machine = soon(stream.last(Part::Machine(7))).await.unwrap().unwrap();
    assert_eq!((machine.sequence, &machine.bytes), (3, &messages[2].1));
}

#[tokio::test]
async fn trimming_leaves_the_genesis_and_what_is_newer() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let genesis = Bytes::from_static(b"genesis");
    let published = stream.publish(Part::Genesis, "g", Some(0), genesis.clone());
    soon(published).await.unwrap();
    publish_all(&stream, 2..11).await;
    assert_eq!(soon(stream.trim(0)).await, Ok(0));
    assert_eq!(soon(stream.trim(1)).await, Ok(0));
    assert_eq!(soon(stream.trim(6)).await, Ok(4));
    assert_eq!(soon(stream.trim(6)).await, Ok(0));
    let state = soon(stream.state()).await.unwrap();
    assert_eq!((state.first, state.last, state.messages), (1, 10, 6));
    let kept = soon(stream.last(Part::Genesis)).await.unwrap().unwrap();
    assert_eq!((kept.sequence, kept.bytes), (1, genesis));
    let mut reader = stream.reader(5);
    for sequence in 6..=10 {
        assert_eq!(next(&mut reader).await.sequence, sequence);
    }
}

//! Publishing: ids, expected numbers, and what the engine refuses.

use super::{next, number, publish, publish_all};
use crate::support::{Server, room, soon};
use bytes::Bytes;
use tictalk::cluster::{Part, PublishError, Published};

#[tokio::test]
async fn a_message_of_one_id_is_stored_once() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    publish_all(&stream, 0..3).await;
    let again = publish(&stream, "1").await;
    let there_before = Published {
        sequence: 2,
        is_duplicate: true,
    };
    assert_eq!(again, Ok(there_before));
    assert_eq!(soon(stream.state()).await.unwrap().messages, 3);
}

#[tokio::test]
async fn a_message_is_stored_only_behind_the_expected_one_of_its_part() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    publish_all(&stream, 0..2).await;
    // Part, id, expected, and the sequence where it is taken.
    for (part, id, expected, taken) in [
        (Part::Tick, "a", Some(1), None),
        (Part::Tick, "b", Some(0), Some(3)),
        (Part::Tick, "c", Some(0), None),
        (Part::Tick, "d", Some(2), None),
        (Part::Tick, "e", Some(3), Some(4)),
        (Part::Inputs, "f", Some(2), Some(5)),
        (Part::Machine(1), "g", Some(0), Some(6)),
        (Part::Machine(2), "h", Some(0), Some(7)),
        // The answer to the first one may have been lost.
        (Part::Tick, "e", Some(3), Some(4)),
        (Part::Tick, "i", None, Some(8)),
    ] {
        let published = stream.publish(part, id, expected, Bytes::from_static(b"x"));
        let published = soon(published).await;
        match taken {
            Some(sequence) => assert_eq!(published.unwrap().sequence, sequence, "{id}"),
            None => assert_eq!(published, Err(PublishError::Outrun), "{id}"),
        }
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_and_others_are_not() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    for (id, size) in [("a", 1024 * 1024), ("b", 5 * 1024 * 1024)] {
        let large = Bytes::from(vec![b'x'; size]);
        let refused = soon(stream.publish(Part::Inputs, id, None, large)).await;
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, PublishError::Refused { .. }),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("bytes"), "{refused}");
    }
    let refused = publish(&stream, "two\r\nlines").await.unwrap_err();
    assert!(
        matches!(refused, PublishError::Refused { .. }),
        "{refused:?}"
    );
    let large = Bytes::from(vec![b'x'; 1_000_000]);
    let taken = stream.publish(Part::Inputs, "c", None, large.clone());
    assert_eq!(soon(taken).await.unwrap().sequence, 1);
    assert_eq!(next(&mut stream.reader(0)).await.bytes, large);
}

#[tokio::test]
async fn a_full_engine_refuses_and_goes_on_when_there_is_room() {
    let settings = "jetstream { store_dir: STORE, max_mem: 1M, max_file: 1M }";
    let Some(mut server) = Server::with(settings) else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    let large = Bytes::from(vec![b'x'; 200_000]);
    let mut sequence = 0;
    let refused = loop {
        let id = sequence.to_string();
        match soon(stream.publish(Part::Inputs, &id, None, large.clone())).await {
            Ok(published) => sequence = published.sequence,
            Err(error) => break error,
        }
        assert!(sequence < 10, "the engine takes more than it may");
    };
    assert!(
        matches!(refused, PublishError::Refused { .. }),
        "{refused:?}"
    );
    assert_eq!(soon(stream.state()).await.unwrap().messages, sequence);
    soon(stream.trim(sequence)).await.unwrap();
    // Version 2.9 counts the room that this made only when it starts.
    server.restart();
    let id = sequence.to_string();
    let published = soon(async {
        loop {
            let published = stream.publish(Part::Inputs, &id, None, large.clone());
            match published.await {
                Err(PublishError::Unreachable(_)) => {}
                published => return published,
            }
        }
    });
    assert_eq!(published.await.unwrap().sequence, sequence + 1);
}

#[tokio::test]
async fn a_full_stream_refuses_and_drops_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let stream = room(&engine, "a").await;
    // As an operator may do it.
    let config = r#"{"name":"tictalk-a","subjects":["tictalk.a.>"],"storage":"file","discard":"new",
        "max_msgs":3,"max_msg_size":1048576,"duplicate_window":600000000000,"allow_direct":true,
        "deny_delete":true,"num_replicas":1}"#;
    let answer = server.ask("$JS.API.STREAM.UPDATE.tictalk-a", config);
    assert!(answer.contains(r#""max_msgs":3"#), "{answer}");
    publish_all(&stream, 0..3).await;
    let refused = publish(&stream, "3").await.unwrap_err();
    assert!(
        matches!(refused, PublishError::Refused { .. }),
        "{refused:?}"
    );
    soon(stream.trim(2)).await.unwrap();
    let published = publish(&stream, "3").await.unwrap();
    assert_eq!(published.sequence, 4);
    let mut reader = stream.reader(1);
    for expected in 1..=3 {
        assert_eq!(number(&next(&mut reader).await), expected);
    }
}

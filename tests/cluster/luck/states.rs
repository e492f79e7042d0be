//! Machines of other versions, states that differ, and ticks that come twice.

use super::beginnings::fill;
use super::machine::{Machine, ROOM, agree};
use super::program::Member;
use crate::support::{Server, beside, room, soon};
use serde_json::Value;
use std::time::Duration;
use tictalk::cluster::{Engine, MachineId, Part, PublishError, RoomStream, StreamMessage};

/// The stream of the room, which is there.
async fn stream_of(server: &Server) -> RoomStream {
    let engine = server.engine().await;
    soon(engine.find_stream(ROOM)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_machine_of_another_version_is_refused() {
    let (Some(server), Some(other)) = (Server::start(), Server::start()) else {
        return;
    };
    let mut machine = Machine::start(&server.url());
    machine.leaves();
    let stream = stream_of(&server).await;
    let genesis = soon(stream.last(Part::Genesis)).await.unwrap().unwrap();
    let mut genesis: Value = serde_json::from_slice(&genesis.bytes).unwrap();
    let ours = genesis["version"].as_str().unwrap().to_owned();
    genesis["version"] = "0.0.7".into();
    let engine = other.engine().await;
    let stream = room(&engine, ROOM).await;
    let bytes = genesis.to_string().into();
    soon(stream.publish(Part::Genesis, "genesis", Some(0), bytes))
        .await
        .unwrap();
    Machine::launched(&other.url(), &[]).fails(&format!(
        "the machines of this room run tictalk 0.0.7, and this is {ours}: all have to run the same \
         version"
    ));
}

#[tokio::test]
async fn a_tick_is_not_repeated_by_another_machine() {
    let Some(server) = Server::start() else {
        return;
    };
    let (_one, _two) = Machine::two(&server.url());
    let _three = Machine::start(&server.url());
    let stream = stream_of(&server).await;
    let state = soon(stream.state()).await.unwrap();
    let mut reader = stream.reader(state.last);
    let mut ticks = Vec::new();
    while ticks.len() < 5 {
        let entry = soon(reader.next()).await.unwrap();
        if entry.part == Some(Part::Tick) {
            ticks.push(entry);
        }
    }
    for pair in ticks.windows(2) {
        let pause = pair[1].at - pair[0].at;
        assert!(pause > Duration::from_millis(900), "{pause:?}");
    }
    let message = StreamMessage::Tick {
        machine: MachineId(1),
        machines: Vec::new(),
    };
    let bytes = message.encode().unwrap();
    for tick in ticks.windows(2) {
        let (id, expected) = (format!("again.{}", tick[0].sequence), tick[0].sequence);
        let again = stream.publish(Part::Tick, &id, Some(expected), bytes.clone().into());
        assert_eq!(soon(again).await, Err(PublishError::Outrun));
    }
}

const DIFFERENT: &str =
    "Another machine has another state of the room. This one computes its state again.\n";

/// A room whose second machine starts with a wrong state, and the stream, which goes on.
async fn differing(server: &Server) -> (Machine, Machine, RoomStream) {
    let (one, mut two) = Machine::two(&server.url());
    let mut ann = Member::join("ann", one.port);
    ann.says("before");
    agree(&[&one, &two], "before", &[]);
    two.leaves();
    let journal = two.journal();
    let wrong = "UPDATE states SET state = CAST(replace(CAST(state AS TEXT), '\"drawn\":', '\"drawn\":9') \
                 AS BLOB)";
    assert_eq!(journal.execute(wrong, ()).unwrap(), 1);
    let stream = stream_of(server).await;
    (one, two, stream)
}

/// Has the room reach checkpoints soon, until the engine ends.
fn hurry(server: &Server) {
    let url = server.url();
    beside(async move |begun| {
        let engine = soon(Engine::connect(&url)).await.unwrap();
        let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
        begun.send(()).unwrap();
        for round in 0.. {
            fill(&stream, &format!("nothing.{round}"), 100).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
}

#[tokio::test]
async fn a_wrong_state_is_replaced_by_one_from_the_beginning_of_the_stream() {
    let Some(server) = Server::start() else {
        return;
    };
    let (mut one, mut two, _) = differing(&server).await;
    two.again(&server.url());
    let mut bob = Member::join("bob", two.port);
    hurry(&server);
    one.program.shows(DIFFERENT);
    one.program
        .shows("The state of the room at this machine is right.\n");
    two.program.shows(DIFFERENT);
    two.program.shows(
        "The state of the room at this machine was wrong, and is replaced. Its members reconnect.\n",
    );
    bob.reads("-- bob reconnected.\n");
    bob.says("the end");
    one.program.shows("bob: the end\n");
    assert_eq!(agree(&[&one, &two], "the end", &["before"]), [1]);
}

#[tokio::test]
async fn a_machine_with_a_wrong_state_ends_where_the_stream_does_not_reach_back() {
    let Some(server) = Server::start() else {
        return;
    };
    let (_one, mut two, stream) = differing(&server).await;
    // As if the first machine had saved its state meanwhile.
    soon(stream.trim(3)).await.unwrap();
    two.again(&server.url());
    hurry(&server);
    two.fails("this machine computes another state of the room than the others");
}

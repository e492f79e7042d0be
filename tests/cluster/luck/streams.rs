//! Streams that are deleted.

use super::machine::{Machine, ROOM, agree};
use super::program::Member;
use crate::support::{Server, soon};

#[tokio::test]
async fn a_room_whose_stream_is_deleted_continues_in_a_new_one() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let url = server.url();
    let (mut one, mut two) = Machine::two(&url);
    let mut behind = Machine::start(&url);
    behind.leaves();
    let mut ann = Member::join("ann", one.port);
    ann.says("before");
    two.program.shows("ann: before\n");
    agree(&[&one, &two], "before", &[]);
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    server.delete(&stream);
    let deleted = "the stream of the room was deleted from the engine, or has lost inputs: stop all \
                   machines, then start first the one whose journal has the most posts";
    for machine in [&mut one, &mut two] {
        machine.fails(deleted);
    }
    one.again(&url);
    let mut bob = Member::join("bob", one.port);
    bob.says("after");
    one.program.shows("bob: after\n");
    behind.launch(&url, &[]);
    behind.fails("the stream begins after the last state in this journal");
    two.again(&url);
    let times = agree(&[&one, &two], "after", &["before", "after"]);
    assert_eq!(times, [1, 1]);
}

#[tokio::test]
async fn a_journal_with_inputs_that_the_new_stream_lacks_is_refused() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let url = server.url();
    let (mut one, mut two) = Machine::two(&url);
    two.leaves();
    let mut ann = Member::join("ann", one.port);
    ann.says("before");
    one.program.shows("ann: before\n");
    one.leaves();
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    server.delete(&stream);
    two.again(&url);
    one.launch(&url, &[]);
    one.fails(
        "the journal has inputs of the room that the stream has lost: delete the stream from the engine \
         and start first the machine whose journal has the most posts, or start this one with an empty \
         --data folder",
    );
}

#[tokio::test]
async fn a_machine_that_cannot_continue_the_room_begins_no_other_one() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let url = server.url();
    let (mut one, mut two) = Machine::two(&url);
    let mut ann = Member::join("ann", one.port);
    ann.says("before");
    agree(&[&one, &two], "before", &[]);
    // It has not saved a state yet.
    two.program.kill();
    one.leaves();
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    server.delete(&stream);
    two.launch(&url, &[]);
    two.fails(
        "the journal has inputs of the room that the stream has lost: delete the stream from the engine \
         and start first the machine whose journal has the most posts, or start this one with an empty \
         --data folder",
    );
    one.again(&url);
    let mut bob = Member::join("bob", one.port);
    bob.says("after");
    assert_eq!(agree(&[&one], "after", &["before", "after"]), [1, 1]);
}

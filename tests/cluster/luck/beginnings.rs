//! Machines that start far behind the others.

use super::machine::{Machine, ROOM, agree};
use super::program::Member;
use crate::support::{Flow, Line, Server, soon};
use bytes::Bytes;
use tictalk::cluster::{Part, RoomStream};

/// Fills the stream with messages that mean nothing.
pub(super) async fn fill(stream: &RoomStream, name: &str, count: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..count {
        let (stream, id) = (stream.clone(), format!("{name}.{number}"));
        tasks.spawn(async move {
            let nothing = Bytes::from_static(b"{}");
            // There is no engine any more when the test has ended.
            let _ = stream.publish(Part::Inputs, &id, None, nothing).await;
        });
        if tasks.len() >= 50 {
            soon(tasks.join_next()).await.unwrap().unwrap();
        }
    }
    soon(tasks.join_all()).await;
}

#[tokio::test]
async fn a_machine_that_is_far_behind_catches_up_before_it_serves() {
    let Some(server) = Server::start() else {
        return;
    };
    let line = Line::beside(&server);
    let engine = server.engine().await;
    let (one, mut two) = Machine::two(&server.url());
    two.leaves();
    let mut ann = Member::join("ann", one.port);
    ann.says("before");
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    fill(&stream, "nothing", 10_000).await;
    ann.says("after");
    line.set(Flow::Slow);
    two.launch(&line.url(), &[]);
    two.program.shows("Catching up with the room: input ");
    let shown = two.program.shows("listening on");
    assert!(!shown.contains("ann"), "{shown}");
    line.set(Flow::Open);
    let mut bob = Member::join("bob", two.port);
    bob.says("the end");
    ann.hears(&bob, "the end");
    let times = agree(&[&one, &two], "the end", &["before", "after"]);
    assert_eq!(times, [1, 1]);
}

#[tokio::test]
async fn a_machine_needs_the_stream_from_its_last_state_on() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    let url = server.url();
    let (one, mut two) = Machine::two(&url);
    two.leaves();
    let mut ann = Member::join("ann", one.port);
    ann.says("one");
    agree(&[&one], "one", &[]);
    two.again(&url);
    agree(&[&one, &two], "one", &[]);
    two.leaves();
    let stream = soon(engine.find_stream(ROOM)).await.unwrap().unwrap();
    ann.says("two");
    agree(&[&one], "two", &[]);
    let last = soon(stream.state()).await.unwrap().last;
    soon(stream.trim(last)).await.unwrap();
    let late = "the stream begins after the last state in this journal: stop another machine, and copy \
                its journal and port to this one";
    two.launch(&url, &[]);
    two.fails(late);
    // So does one without a journal.
    Machine::launched(&url, &[]).fails(late);
}

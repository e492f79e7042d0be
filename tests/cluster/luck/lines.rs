//! Lines to the engine that break, and machines that stop for a while.

use super::machine::{Machine, agree};
use super::program::Member;
use super::{AWAY, BACK};
use crate::support::{Flow, Line, Server};
use nix::sys::signal::Signal;

/// A room with ann at one machine, and bob at another one whose line to the engine the test has.
struct Room {
    line: Line,
    one: Machine,
    two: Machine,
    ann: Member,
    bob: Member,
    _engine: Server,
}

impl Room {
    fn open() -> Option<Self> {
        let engine = Server::start()?;
        let line = Line::beside(&engine);
        let (one, two) = (Machine::start(&engine.url()), Machine::start(&line.url()));
        let mut ann = Member::join("ann", one.port);
        let bob = Member::join("bob", two.port);
        ann.reads("-- bob joined.\n");
        Some(Self {
            line,
            one,
            two,
            ann,
            bob,
            _engine: engine,
        })
    }

    /// Checks that the room goes on, and that each of these lines was said once.
    fn goes_on(mut self, said: &[&str]) {
        self.bob.says("and on");
        self.ann.hears(&self.bob, "and on");
        self.ann.says("the end");
        self.bob.hears(&self.ann, "the end");
        let times = agree(&[&self.one, &self.two], "the end", said);
        assert_eq!(times, vec![1; said.len()]);
        for line in said {
            for reader in [&mut self.ann, &mut self.bob] {
                let shown = reader.has_read().matches(&format!(": {line}\n")).count();
                assert!(shown <= 1, "{}", reader.has_read());
            }
        }
    }
}

/// The line is this for a moment. What bob says meanwhile arrives later.
fn a_moment_of(flow: Flow) {
    let Some(mut room) = Room::open() else {
        return;
    };
    room.line.set(flow);
    room.bob.says("one");
    room.bob.says("two");
    room.ann.says("hello");
    room.one.program.shows("ann: hello\n");
    room.bob.reads(AWAY);
    room.two.program.shows(AWAY);
    room.bob.says("three");
    room.line.set(Flow::Open);
    for line in ["one", "two", "three"] {
        let heard = room.ann.hears(&room.bob, line);
        assert!(!heard.contains(AWAY), "{heard}");
    }
    // What is said elsewhere meanwhile comes before or after that.
    room.bob.hears(&room.ann, "hello");
    if !room.bob.has_read().contains(BACK) {
        room.bob.reads(BACK);
    }
    assert!(!room.ann.has_read().contains("lost the connection"));
    room.goes_on(&["one", "two", "three", "hello"]);
}

#[test]
fn a_line_that_is_cut_for_a_moment_delays_what_is_said() {
    a_moment_of(Flow::Cut);
}

#[test]
fn a_line_that_is_silent_for_a_moment_delays_what_is_said() {
    a_moment_of(Flow::Held);
}

#[test]
fn a_slow_line_loses_nothing() {
    let Some(mut room) = Room::open() else {
        return;
    };
    room.line.set(Flow::Slow);
    let said: Vec<String> = (0..20).map(|number| format!("line {number}")).collect();
    for line in &said {
        room.bob.says(line);
        room.ann.says(&format!("answer to {line}"));
    }
    for line in &said {
        room.ann.hears(&room.bob, line);
    }
    for line in &said {
        room.bob.hears(&room.ann, &format!("answer to {line}"));
    }
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    room.goes_on(&said);
}

/// The line is this until the machine is gone. Its members return and miss nothing.
fn a_while_of(flow: Flow) {
    let Some(mut room) = Room::open() else {
        return;
    };
    room.line.set(flow);
    room.bob.says("one");
    room.ann
        .reads("-- bob lost the connection and may return.\n");
    room.ann.says("hello");
    room.one.program.shows("ann: hello\n");
    room.bob.reads(AWAY);
    room.bob.says("two");
    room.line.set(Flow::Open);
    room.ann.reads("-- bob reconnected.\n");
    room.two
        .program
        .shows("The other machines have heard nothing of this one. Its members reconnect.\n");
    room.ann.hears(&room.bob, "one");
    room.ann.hears(&room.bob, "two");
    room.bob.hears(&room.ann, "hello");
    room.goes_on(&["one", "two", "hello"]);
}

#[test]
fn a_machine_whose_line_is_cut_for_long_joins_again() {
    a_while_of(Flow::Cut);
}

#[test]
fn a_machine_whose_line_is_silent_for_long_joins_again() {
    a_while_of(Flow::Held);
}

#[test]
fn a_machine_that_is_frozen_until_it_is_gone_joins_again() {
    let Some(mut room) = Room::open() else {
        return;
    };
    room.two.program.signal(Signal::SIGSTOP);
    room.bob.says("one");
    room.ann
        .reads("-- bob lost the connection and may return.\n");
    room.ann.says("hello");
    room.one.program.shows("ann: hello\n");
    room.two.program.signal(Signal::SIGCONT);
    room.ann.reads("-- bob reconnected.\n");
    room.ann.hears(&room.bob, "one");
    room.bob.hears(&room.ann, "hello");
    room.goes_on(&["one", "hello"]);
}

#[test]
fn a_host_who_quits_closes_only_that_machine() {
    let Some(mut room) = Room::open() else {
        return;
    };
    room.one.program.types("/quit");
    room.ann.reads("Reconnected through ");
    room.bob.reads("-- ann reconnected.\n");
    assert_eq!(room.one.program.ended().code, Some(0));
    room.bob.says("one");
    room.ann.hears(&room.bob, "one");
    room.ann.says("the end");
    assert_eq!(agree(&[&room.two], "the end", &["one"]), [1]);
}

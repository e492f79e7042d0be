//! Journals of other rooms.

use super::machine::{Machine, ROOM, agree};
use super::program::{Member, Program};
use crate::support::Server;

const FOREIGN: &str = "it holds another room of this name and port: name another folder with --data DIR, \
                       or choose another --port";

/// A room of this machine's name and port, on one machine.
fn alone(machine: &Machine) -> Program {
    let port = machine.port.to_string();
    let data = machine.folder.path().to_str().unwrap();
    Program::start(&["room", "--room", ROOM, "--port", &port, "--data", data])
}

#[test]
fn the_journal_of_a_cluster_belongs_to_no_other_room() {
    let (Some(here), Some(there)) = (Server::start(), Server::start()) else {
        return;
    };
    let (here, there) = (here.url(), there.url());
    let mut machine = Machine::start(&here);
    let mut ann = Member::join("ann", machine.port);
    ann.says("one");
    agree(&[&machine], "one", &[]);
    machine.leaves();
    let ended = alone(&machine).ended();
    let why = "this room spans several machines: open it with --cluster";
    assert!(ended.errors.contains(why), "{}", ended.errors);
    assert_eq!(ended.code, Some(1));
    let other = Machine::start(&there);
    machine.launch(&there, &[]);
    machine.fails(FOREIGN);
    drop(other);
    machine.again(&here);
    let mut bob = Member::join("bob", machine.port);
    bob.says("two");
    assert_eq!(agree(&[&machine], "two", &["one", "two"]), [1, 1]);
}

#[test]
fn the_journal_of_a_room_on_one_machine_is_refused() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.url();
    let one = Machine::start(&url);
    let mut two = Machine::start(&url);
    two.leaves();
    // The folder of another room of this name and port.
    two.folder = tempfile::tempdir().unwrap();
    let mut room = alone(&two);
    room.shows("on port: ");
    let mut ann = Member::join("ann", two.port);
    room.types("/quit");
    ann.reads("-- host closed the room.\n");
    assert_eq!(room.ended().code, Some(0));
    two.launch(&url, &[]);
    two.fails(FOREIGN);
    drop(one);
}

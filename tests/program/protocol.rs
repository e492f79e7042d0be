//! The client of `docs/protocol.md` at real servers: nothing but the page is needed to write one.

use crate::support::{Program, Room, python};

const PAGE: &str = include_str!("../../docs/protocol.md");
const STEPS: &str = include_str!("peers/protocol.py");

#[test]
fn a_client_that_is_written_from_the_page_takes_turns_resumes_and_joins_a_room() {
    let (_, code) = PAGE.split_once("```python\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .start()
        .listening();
    let mut room = Room::open(&[]);
    let script = format!("{code}\n{STEPS}");
    let ports = [port.to_string(), room.port.to_string()];
    let mut client = python("-u").args(["-c", &script]).args(ports).start();
    client.wait_for("received\n");
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("Hi");
    client.wait_for("resumed\n");
    server.wait_for("play tictactoe\n");
    server.prompt();
    server.enter("5");
    client.wait_for("left\n");
    let client = client.finish();
    assert!(client.stdout.ends_with("ok\n"), "{client:?}");
    assert_eq!(client.code, Some(0), "{client:?}");
    room.host.wait_for("-- ann joined.\n");
    room.host.wait_for("ann: hello\n");
    room.host.wait_for("* ann leaves\n");
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(room.close().code, Some(0));
}

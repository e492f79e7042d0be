//! The transcript of the assignment, to the letter, through two real processes.

use crate::support::{INSTRUCTIONS, Program};

/// The peer's port is the system's choice.
fn mask_peer(transcript: &str) -> String {
    let (before, behind) = transcript.split_once("('127.0.0.1', ").unwrap();
    let (port, after) = behind.split_once(')').unwrap();
    assert!(port.parse::<u16>().is_ok(), "no port: {port}");
    format!("{before}('127.0.0.1', PORT){after}")
}

#[test]
fn the_chat_of_the_assignment_reads_as_in_its_pictures() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    for (theirs, ours) in [
        ("Hello", "How are you?"),
        ("Good. You?", "Good"),
        ("Bye", "Bye"),
    ] {
        client.prompt();
        client.enter(theirs);
        server.prompt();
        server.enter(ours);
    }
    client.prompt();
    client.enter("/q");
    let (client, server) = (client.finish(), server.finish());
    assert_eq!(
        mask_peer(&server.stdout),
        format!(
            "Server listening on: localhost on port: {port}\n\
             Connected by ('127.0.0.1', PORT)\n\
             Waiting for message...\n\
             Hello\n\
             {INSTRUCTIONS}\
             Enter Input >How are you?\n\
             Good. You?\n\
             Enter Input >Good\n\
             Bye\n\
             Enter Input >Bye\n\
             /q\n\
             Client has requested shutdown. Shutting down!\n"
        )
    );
    assert_eq!(
        client.stdout,
        format!(
            "Connected to: localhost on port: {port}\n\
             {INSTRUCTIONS}\
             Enter Input >Hello\n\
             How are you?\n\
             Enter Input >Good. You?\n\
             Good\n\
             Enter Input >Bye\n\
             Bye\n\
             Enter Input >/q\n\
             Shutting Down!\n"
        )
    );
    assert_eq!((client.code, server.code), (Some(0), Some(0)));
    assert_eq!(
        (client.stderr, server.stderr),
        (String::new(), String::new())
    );
}

#[test]
fn the_server_can_leave_too() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("/q");
    let (client, server) = (client.finish(), server.finish());
    assert!(server.stdout.ends_with("Enter Input >/q\nShutting Down!\n"));
    assert!(
        client
            .stdout
            .ends_with("Enter Input >Hello\n/q\nServer has requested shutdown. Shutting down!\n")
    );
    assert_eq!((client.code, server.code), (Some(0), Some(0)));
}

#[test]
fn the_end_of_the_input_acts_as_q() {
    let (server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.end_input();
    let (client, server) = (client.finish(), server.finish());
    assert!(client.stdout.ends_with("Enter Input >/q\nShutting Down!\n"));
    assert!(
        server
            .stdout
            .ends_with("/q\nClient has requested shutdown. Shutting down!\n")
    );
    assert_eq!((client.code, server.code), (Some(0), Some(0)));
}

#[test]
fn a_whole_script_can_be_piped_in_at_once() {
    let server = Program::server().stdin("one\nthree\n").start();
    let (server, port) = server.listening();
    let client = Program::client(port).stdin("zero\ntwo\nfour").start();
    let (client, server) = (client.finish(), server.finish());
    assert!(client.stdout.ends_with(
        "Enter Input >zero\none\nEnter Input >two\nthree\nEnter Input >four\n\
         /q\nServer has requested shutdown. Shutting down!\n"
    ));
    assert!(
        server
            .stdout
            .ends_with("Enter Input >three\nfour\nEnter Input >/q\nShutting Down!\n")
    );
    assert_eq!((client.code, server.code), (Some(0), Some(0)));
}

//! A program in panes that is stopped, and continued.

use super::{USUAL, has_line, pair};
use crate::support::{LIMIT, Program, Pty, line_of_cursor};
use nix::sys::signal::Signal;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use std::time::{Duration, Instant};

/// What the program writes to give the terminal back, and to take it.
const GIVES: &str = "\x1b[?1049l";
const TAKES: &str = "\x1b[?1049h";

/// Waits until the program is stopped. There is no wait for that with a limit, so this asks again and again.
fn is_stopped(person: &Pty) {
    let flags = WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    let end = Instant::now() + LIMIT;
    while waitid(Id::Pid(person.id()), flags) == Ok(WaitStatus::StillAlive) {
        assert!(Instant::now() < end, "the program is not stopped");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Somebody in the middle of a line, with something in the talk.
fn typing() -> (Pty, Pty) {
    let (server, mut client) = pair(USUAL);
    client.press("half a thought\x1b[D");
    has_line(&client, "Enter Input >half a though");
    (server, client)
}

/// The whole screen is there again, behind this much output, and the line can be edited.
fn is_drawn_again(client: &mut Pty, before: &str, from: usize) {
    let taken = client.writes(TAKES, from);
    // A word of the talk: spaces are not drawn.
    client.writes("Note:", taken);
    let output = client.output();
    assert!(output[from..].starts_with(TAKES), "{:?}", &output[from..]);
    client.wait("the same screen", |screen| {
        (screen.contents() == before).then_some(())
    });
    has_line(client, "Enter Input >half a though");
    client.press("ts: ");
    has_line(client, "Enter Input >half a thoughts:");
    // The terminal itself shows nothing of it.
    assert!(!client.is_cooked());
    client.read(|screen| assert!(screen.alternate_screen() && screen.bracketed_paste()));
}

#[test]
fn a_stopped_program_gives_the_terminal_back_and_draws_all_of_it_when_it_goes_on() {
    let (_server, mut client) = typing();
    // The mouse is on when it stops, and when it goes on.
    client.press("\x1b[19~");
    client.wait_for("mouse on");
    let before = client.contents();
    let start = client.written();
    client.signal(Signal::SIGTSTP);
    let given = client.writes(GIVES, start);
    is_stopped(&client);
    assert!(client.has_first_settings());
    client.wait("the screen of before", |screen| {
        let has_panes = screen.alternate_screen() || screen.bracketed_paste();
        let has_mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
        (!has_panes && !has_mouse && !screen.hide_cursor()).then_some(())
    });
    client.signal(Signal::SIGCONT);
    is_drawn_again(&mut client, &before, given);
    client.read(|screen| {
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::PressRelease
        );
    });
}

/// There is no shell that could continue it.
#[test]
fn ctrl_z_does_nothing_to_the_only_program_of_a_terminal() {
    let (_server, mut client) = typing();
    let start = client.written();
    client.press("\x1a");
    client.press("s");
    has_line(&client, "Enter Input >half a thoughs");
    assert!(!client.output().split_off(start).contains(GIVES));
}

/// SIGSTOP cannot be caught: the modes stay as they are, and somebody else changes them.
#[test]
fn a_program_that_was_stopped_by_force_takes_the_terminal_again() {
    let (_server, mut client) = typing();
    let before = client.contents();
    client.signal(Signal::SIGSTOP);
    is_stopped(&client);
    client.restore_first_settings();
    let start = client.written();
    client.signal(Signal::SIGCONT);
    is_drawn_again(&mut client, &before, start);
}

#[test]
fn a_shell_suspends_and_continues_it() {
    let (mut server, port) = Program::server().on_screen().listening();
    let shell = Program::other("bash").args(["--norc", "-i"]);
    let mut client = shell.env("PS1", "shell: ").on_screen_of((24, 100));
    let at_shell = |client: &Pty| {
        client.wait("the shell's prompt", |screen| {
            let is_prompt = line_of_cursor(screen).trim_end() == "shell:";
            (is_prompt && !screen.alternate_screen()).then_some(())
        });
    };
    at_shell(&client);
    let tictalk = env!("CARGO_BIN_EXE_tictalk");
    // With another process in the same job, which is stopped and continued too.
    client.press(&format!("({tictalk} client --panes --port {port}; true)\r"));
    has_line(&client, "Enter Input >");
    client.press("Hel");
    has_line(&client, "Enter Input >Hel");
    client.press("\x1a");
    at_shell(&client);
    // What happens meanwhile is there afterwards.
    client.press("fg\r");
    has_line(&client, "Enter Input >Hel");
    client.press("lo\r");
    server.prompt();
    has_line(&client, "The server's turn ...");
    client.press("\x1a");
    at_shell(&client);
    server.enter("Hi");
    client.press("fg\r");
    has_line(&client, "Enter Input >");
    client.wait_for("Hi");
    client.press("/q\r");
    at_shell(&client);
    client.wait_for("You: Hello ✓");
}

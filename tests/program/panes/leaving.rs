//! The terminal after the program has ended: as it was before, with the last screenful in view.

use super::{USUAL, has_line, member};
use crate::support::{LIMIT, Peer, Program, Pty, Room};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::{Duration, Instant};
use tictalk::terminal::{Bell, Face, Paint, Terminal};

/// The modes of terminals that panes use: the alternate screen, pastes in brackets, the focus, the mouse
/// and its decimal numbers, synchronized updates.
const MODES: [&str; 6] = ["1049", "2004", "1004", "1000", "1006", "2026"];

/// A program after somebody has written to the same terminal, as a shell does.
fn after_earlier_lines(program: Program) -> Program {
    program.through(["sh", "-c", "echo earlier; exec \"$@\"", "sh"])
}

/// Nothing is left of the panes.
fn has_no_panes(person: &Pty) {
    assert!(
        person.has_first_settings(),
        "the terminal has other settings"
    );
    let output = person.output();
    for mode in MODES {
        let last_of = |end: char| output.rfind(&format!("\x1b[?{mode}{end}"));
        let (on, off) = (last_of('h'), last_of('l'));
        assert!(on <= off, "mode {mode} is left on");
    }
    for mode in ["1049", "2004", "1004"] {
        let count = |end: char| output.matches(&format!("\x1b[?{mode}{end}")).count();
        assert_eq!((count('h'), count('l')), (1, 1), "mode {mode}");
    }
    let screen = person.contents();
    person.read(|it| {
        assert!(!it.alternate_screen() && !it.bracketed_paste() && !it.hide_cursor());
        assert_eq!(it.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        // A shell goes on in a row of its own.
        assert_eq!(it.cursor_position().1, 0, "{screen}");
    });
    assert!(screen.starts_with("earlier\n"), "{screen}");
}

/// Nothing is left of the panes, and the screen from before continues with `last`.
fn is_as_before(person: &Pty, last: &[&str]) {
    has_no_panes(person);
    let (output, screen) = (person.output(), person.contents());
    assert!(output.ends_with("\x1b[23;2t"), "the title is not restored");
    for words in last {
        assert!(screen.contains(words), "{words:?} in {screen}");
    }
}

/// Both ends of a pair in panes, after what somebody else has written there, and some words.
fn talking() -> (Pty, Pty) {
    let server = after_earlier_lines(Program::server().args(["--panes"]));
    let (mut server, port) = server.on_screen_of(USUAL).listening();
    let client = after_earlier_lines(Program::client(port).args(["--panes"]));
    let mut client = client.on_screen_of(USUAL);
    client.exchange_greetings_with(&mut server);
    client.press("half a thought");
    client.prompt_with("half a thought");
    (server, client)
}

/// What somebody does to leave.
type Leave = fn(&mut Pty);

#[test]
fn the_terminal_is_as_before_however_a_session_ends() {
    let ways: [(&str, Leave, u32); 4] = [
        ("/q", |client| client.press("\x15/q\r"), 0),
        ("Ctrl-D", |client| client.press("\x15\x04"), 0),
        ("Ctrl-C", |client| client.press("\x03"), 130),
        ("SIGTERM", |client| client.signal(Signal::SIGTERM), 143),
    ];
    for (way, leave, code) in ways {
        let (mut server, mut client) = talking();
        leave(&mut client);
        assert_eq!(client.finish(), code, "{way}");
        // The other end goes by itself.
        assert_eq!(server.finish(), 0, "{way}");
        is_as_before(&client, &["You: Hello ✓", "Hi", "Shutting Down!"]);
        is_as_before(&server, &["Hello", "You: Hi ✓"]);
        server.wait_for("Client has requested shutdown.");
        if code != 0 {
            client.wait_for("Not sent: half a thought");
        }
    }
}

#[test]
fn a_member_leaves_a_room_and_the_last_rows_of_the_talk_stay_in_view() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = member(port, "ann", USUAL);
    let mut bob = Peer::join(port, "bob");
    for number in 0..60 {
        bob.say(&format!("line {number}"));
    }
    ann.wait_for("bob: line 59");
    // A reader of old lines leaves too, and sees the newest then.
    ann.press("\x1b[5~");
    ann.wait_for("reading old lines");
    ann.press("/q\r");
    has_line(&ann, "Search: q");
    ann.press("\x1b");
    has_line(&ann, "ann>");
    ann.press("\x04");
    assert_eq!(ann.finish(), 0);
    bob.hears_last("-- ann left.");
    assert!(ann.has_first_settings());
    let screen = ann.contents();
    for number in 45..60 {
        assert!(screen.contains(&format!("bob: line {number} ")), "{screen}");
    }
    // The members remain beside the talk.
    assert!(screen.contains("* ann (coordinator)"), "{screen}");
    assert!(!screen.contains("left off"), "{screen}");
    let last = screen.trim_end().lines().next_back();
    assert!(
        last.is_some_and(|last| last.starts_with("Bye!")),
        "{screen}"
    );
}

/// Tells a test that it runs at a terminal of its own, where it breaks.
const BREAKS: &str = "TICTALK_TEST_BREAKS";

/// The test runs itself once more, at a terminal: the program has no command that panics.
#[test]
fn a_panic_leaves_the_terminal_as_before_with_its_message_in_view() {
    if std::env::var_os(BREAKS).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let _panes = Terminal::open(Face::Panes, Paint::On, Bell::Off, 100).unwrap();
            panic!("on purpose");
        });
    }
    let test = std::env::current_exe().unwrap();
    let thread = std::thread::current();
    let program = Program::other(test)
        .args([
            thread.name().unwrap(),
            "--exact",
            "--nocapture",
            "--test-threads",
            "1",
        ])
        .env(BREAKS, "yes");
    let mut person = after_earlier_lines(program).on_screen_of(USUAL);
    assert_eq!(person.finish(), 101);
    has_no_panes(&person);
    person.wait_for("on purpose");
    let output = person.output();
    let (restored, told) = (output.find("\x1b[?1049l"), output.find("on purpose"));
    assert!(restored < told, "{output:?}");
}

#[test]
fn what_a_member_has_typed_is_told_at_an_interrupt() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = member(port, "ann", USUAL);
    ann.press("a precious draft");
    has_line(&ann, "ann> a precious draft");
    ann.press("\x03");
    ann.wait_for("Not sent: a precious draft");
    ann.finish();
}

/// Whether a thread of this process waits in a system call that writes.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn is_writing(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return false;
    };
    let calls = threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("syscall")).ok());
    // 1 is write, to the file 1, which is standard output.
    calls.into_iter().any(|call| call.starts_with("1 0x1 "))
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_terminal_that_does_not_read_cannot_keep_the_program() {
    use std::io::Write as _;
    use std::os::fd::OwnedFd;
    use std::process::Stdio;
    let size = nix::pty::Winsize {
        ws_row: 24,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pty = nix::pty::openpty(&size, None).unwrap();
    let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
    let program = Program::new().args(["solo", "tictactoe", "--panes"]);
    let mut solo = program
        .env("TERM", "xterm")
        .command()
        .stdin(end(&pty.slave))
        .stdout(end(&pty.slave))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut keyboard = std::fs::File::from(pty.master.try_clone().unwrap());
    let begun = Instant::now();
    // Each Ctrl-L draws the whole screen once more, until the terminal takes no more.
    while !is_writing(solo.id()) {
        assert!(begun.elapsed() < LIMIT, "all is written");
        keyboard.write_all(b"\x0c").unwrap();
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let id = Pid::from_raw(solo.id().try_into().unwrap());
    kill(id, Signal::SIGTERM).unwrap();
    let begun = Instant::now();
    while solo.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < LIMIT, "the program goes on");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

//! Bytes that are not UTF-8, typed or pasted at a terminal: they become U+FFFD, and nothing ends.

use crate::support::{Program, Pty, REPLACED, Room};

/// The input from a keyboard or a paste, typed after "half typed ", and the line that results.
const KEYS: &[(&[u8], &str)] = &[
    (b"\xff", "\u{fffd}"),
    // Latin-1, where the start of a character is not followed by its rest: both bytes are gone.
    (b"caf\xe9 ", "caf\u{fffd}"),
    // UTF-8, cut.
    (b"caf\xc3\xc3", "caf\u{fffd}"),
    // A byte that only continues a character.
    (b"\x80", "\u{fffd}"),
];

/// `text` as the screen shows it.
fn drawn(text: &str) -> String {
    text.replace('\u{fffd}', &REPLACED.to_string())
}

/// Types each of [`KEYS`] after some text, types more, and sends the line; `heard` waits for it.
fn type_all(person: &mut Pty, mut heard: impl FnMut(&mut Pty, &str)) {
    for (keys, shown) in KEYS {
        person.prompt();
        person.press("half typed ");
        person.prompt_with("half typed ");
        person.press_bytes(keys);
        let drawn = drawn(shown);
        person.prompt_with(&format!("half typed {drawn}"));
        person.press(" and more");
        person.prompt_with(&format!("half typed {drawn} and more"));
        let line = format!("half typed {shown} and more");
        person.press("\r");
        heard(person, &line);
    }
}

#[test]
fn a_client_of_a_pair_and_its_server_stay() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).on_screen();
    type_all(&mut client, |_, line| {
        server.wait_for(&drawn(line));
        server.prompt();
        server.enter("Go on");
    });
    client.prompt();
    client.enter("Your turn");
    type_all(&mut server, |_, line| {
        client.wait_for(&drawn(line));
        client.prompt();
        client.enter("Go on");
    });
    server.prompt();
    server.enter("/q");
    assert_eq!((client.finish(), server.finish()), (0, 0));
}

#[test]
fn a_member_of_a_room_stays() {
    let mut room = Room::open(&["--burst", "0"]);
    let mut ann = Program::client(room.port)
        .args(["--name", "ann"])
        .on_screen();
    ann.wait_for("You are ann, #1.");
    type_all(&mut ann, |_, line| {
        room.host.wait_for(&format!("ann: {line}\n"));
    });
    ann.prompt();
    ann.enter("/q");
    assert_eq!(ann.finish(), 0);
}

#[test]
fn the_host_of_a_room_stays() {
    let mut host = Program::new().args(["room", "--port", "0"]).on_screen();
    host.wait_for("on port: ");
    type_all(&mut host, |host, line| {
        host.wait_for(&drawn(&format!("host> {line}")))
    });
    host.prompt();
    host.enter("/quit");
    assert_eq!(host.finish(), 0);
}

#[test]
fn a_session_with_the_computer_continues() {
    let mut solo = Program::new().args(["solo"]).on_screen();
    type_all(&mut solo, |solo, line| {
        solo.wait_for(&drawn(&format!(
            "Enter Input >{line}\nI only play games. Pick one:"
        )));
    });
    solo.prompt();
    solo.enter("/q");
    assert_eq!(solo.finish(), 0);
}

#[test]
fn a_byte_in_the_middle_of_a_long_line_is_inserted_at_the_cursor() {
    let (_server, port) = Program::server().start().listening();
    let mut client = Program::client(port).on_screen_of((20, 40));
    client.prompt();
    let (left, right) = ("l".repeat(30), "r".repeat(60));
    client.press(&format!("{left}{right}"));
    client.wait_for("rrr");
    client.press("\x01");
    client.prompt();
    for _ in 0..30 {
        client.press("\x06");
    }
    client.wait("the cursor in the middle", |screen| {
        (screen.cursor_position().1 == 3).then_some(())
    });
    let above: Vec<String> = client.contents().lines().map(str::to_owned).collect();
    client.press_bytes(b"\xff");
    let line = format!("Enter Input >{left}{REPLACED}{right}");
    client.wait("the line as it was, and the mark", |screen| {
        let contents = screen.contents().replace('\n', "");
        contents.ends_with(&line).then_some(())
    });
    // Nothing above the line has moved or gone.
    let below = client.contents();
    let prompt = above
        .iter()
        .position(|row| row.starts_with("Enter"))
        .unwrap();
    let kept: Vec<&str> = below.lines().take(prompt).collect();
    assert_eq!(kept, above.iter().take(prompt).collect::<Vec<_>>());
}

#[test]
fn a_paste_in_another_encoding_is_never_sent_by_itself() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).on_screen();
    client.prompt();
    client.press("kept ");
    client.prompt_with("kept ");
    let paste = b"\x1b[200~un caf\xe9\ret deux th\xe9s\r\x1b[201~";
    client.press_bytes(paste);
    client.prompt_with(&drawn("kept \u{fffd}"));
    // Longer than what the editor reads at once: the rest of it arrives afterwards.
    let long = [&paste[..], &b"et quoi d'autre?\r".repeat(500), b"\x1b[201~"].concat();
    client.press_bytes(&long);
    client.wait_for("et quoi d'autre?");
    client.press("\x15\x15");
    client.press("/q");
    client.wait("the line of the cursor", |screen| {
        let (row, column) = screen.cursor_position();
        let line = screen.contents_between(row, 0, row, column);
        line.ends_with("/q").then_some(())
    });
    drop(client);
    server.end_input();
    let said = server.finish().stdout;
    assert!(!said.contains("quoi") && !said.contains("deux"), "{said}");
}

#[test]
fn bytes_typed_ahead_are_in_the_next_line() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    client.wait_until_quiet();
    client.press_bytes(b"ahead \xe9\xff!");
    server.enter("Hi");
    client.prompt_with(&drawn("ahead \u{fffd}\u{fffd}!"));
    // In the same burst as an Enter, too.
    client.press_bytes(b"\r");
    server.wait_for(&drawn("ahead \u{fffd}\u{fffd}!"));
    server.prompt();
    server.enter("Hi");
    client.prompt();
    client.press_bytes(b"sent\rnext \xff");
    server.wait_for("sent");
    server.prompt();
    server.enter("Hi");
    client.prompt_with(&drawn("next \u{fffd}"));
}

#[test]
fn a_terminal_that_is_gone_still_ends_the_program() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).on_screen();
    client.prompt();
    client.press_bytes(b"\xff");
    client.prompt_with(&drawn("\u{fffd}"));
    drop(client);
    server.wait_for("Client has requested shutdown.");
}

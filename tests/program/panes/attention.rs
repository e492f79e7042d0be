//! Pastes, and what calls a person who looks elsewhere: the bell, a notification, the title.

use super::{USUAL, has_line, pair, seated};
use crate::support::{Peer, Program, Pty, Room, Socket};

/// What a terminal sends when the window gets the focus, and when it loses it.
const FOCUS: &str = "\x1b[I";
const NO_FOCUS: &str = "\x1b[O";

const BELL: &str = "\x07";
const NOTIFICATION: &str = "\x1b]777;notify;";

#[test]
fn a_paste_of_several_lines_is_one_message() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).args(["--wire", "framed", "--panes"]);
    let mut client = client.on_screen_of(USUAL);
    let mut server = Socket::accept(&listener);
    has_line(&client, "Enter Input >");
    client.press("\x1b[200~first line\rsecond line\r\nthird line\x1b[201~");
    client.wait_for("Enter Input >first line\nsecond line\nthird line");
    client.press("\r");
    assert_eq!(server.receive_text(), "first line\nsecond line\nthird line");
}

/// Presses keys and sees that they have arrived.
fn looks(person: &mut Pty, keys: &str) {
    person.press(&format!("{keys}x"));
    has_line(person, "ann> x");
    person.press("\x7f");
    has_line(person, "ann>");
}

#[test]
fn somebody_who_looks_elsewhere_is_called() {
    for (options, rings) in [(&["--bell"][..], true), (&[], false)] {
        let Room { host: _room, port } = Room::open(&["--burst", "0"]);
        let ann = Program::client(port).args(["--name", "ann"]).args(options);
        let mut ann = seated(ann, "ann", USUAL);
        let mut bob = Peer::join(port, "bob");
        let mut is_called = |ann: &Pty, words: &str| {
            let from = ann.written();
            bob.say(words);
            ann.wait_for(words);
            // The signals follow the screen in the same frame, which another one follows.
            bob.say(&format!("behind {words}"));
            ann.wait_for(&format!("behind {words}"));
            let output = ann.output().split_off(from);
            (output.contains(BELL), output.contains(NOTIFICATION))
        };
        assert_eq!(is_called(&ann, "ann: here, 1"), (rings, false));
        if rings {
            // The notification says who calls.
            looks(&mut ann, NO_FOCUS);
            assert_eq!(is_called(&ann, "ann: away, 0"), (true, true));
            assert!(ann.output().contains("777;notify;tictalk;bob calls you"));
            looks(&mut ann, FOCUS);
        }
        looks(&mut ann, NO_FOCUS);
        assert_eq!(is_called(&ann, "not you, 2"), (false, false));
        assert_eq!(is_called(&ann, "ann: away, 3"), (rings, rings));
        looks(&mut ann, FOCUS);
        assert_eq!(is_called(&ann, "ann: here, 4"), (rings, false));
        // A rule shows where the reader has looked away.
        ann.wait_for("you left off here");
    }
}

#[test]
fn the_title_says_whose_turn_it_is() {
    let (mut server, mut client) = pair(USUAL);
    let title = |words: &str| format!("\x1b]2;tictalk: {words}\x1b\\");
    let at = client.writes(&title("your turn"), 0);
    client.enter("Hello");
    let at = client.writes(&title("the server's turn"), at);
    server.prompt();
    server.writes(&title("your turn"), 0);
    server.enter("Hi");
    client.writes(&title("your turn"), at);
}

//! Identities in a room: nobody can pose as somebody else.

use super::client;
use crate::support::{Peer, Program, Room, Wire};

#[test]
fn a_name_that_cannot_be_had_is_asked_for_again() {
    let Room { host: _room, port } = Room::open(&[]);
    let _ann = client(port, "ann");
    for wire in [Wire::Framed, Wire::Raw] {
        let mut peer = Peer::connect(port, wire);
        for (name, why) in [
            (
                "ann",
                "The name ann is taken, or looks like one that is taken.",
            ),
            (
                "ANN",
                "The name ANN is taken, or looks like one that is taken.",
            ),
            // A Cyrillic letter, and full-width ones.
            (
                "аnn",
                "The name аnn is taken, or looks like one that is taken.",
            ),
            (
                "ａｎｎ",
                "The name ann is taken, or looks like one that is taken.",
            ),
            (
                "host",
                "The name host is taken, or looks like one that is taken.",
            ),
            (
                "abcdefghijklmnopqrstu",
                "A name has at most 20 characters; this one has 21.",
            ),
            (
                "a: b",
                "A name must begin with a letter or a digit, and cannot contain a colon.",
            ),
            (
                "* ann",
                "A name must begin with a letter or a digit, and cannot contain a colon.",
            ),
            ("b\u{202e}ob", "A name can contain only visible characters."),
        ] {
            peer.say(name);
            peer.hears_last(&format!("{why} What is your name?"));
        }
        peer.say("abcdefghijklmnopqrst");
        peer.hears("You are abcdefghijklmnopqrst, #");
        peer.say("/q");
        peer.hears("Bye!");
    }
}

#[test]
fn a_client_whose_name_is_taken_is_told_so_and_ends() {
    let Room { host: _room, port } = Room::open(&[]);
    let _ann = Peer::join(port, "ann");
    let late = Program::client(port).args(["--name", "Ann"]).run();
    assert_eq!(late.code, Some(1), "{late:?}");
    assert!(
        late.stderr.contains("The name Ann is taken"),
        "{}",
        late.stderr
    );
}

#[test]
fn a_client_without_a_name_gets_one() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut client = Program::client(port).start();
    client.wait_for("You are guest1, #1.");
    let mut peer = Peer::join(port, "ann");
    client.wait_for("-- ann joined.");
    client.enter("hello");
    peer.hears_last("guest1: hello");
}

#[test]
fn nobody_speaks_in_the_name_of_somebody_else() {
    let Room { mut host, port } = Room::open(&[]);
    let mut framed = Peer::join(port, "zoe");
    let mut raw = Peer::join_by(port, "nat", Wire::Raw);
    let mut program = client(port, "ann");
    framed.hears("-- ann joined.");
    raw.hears("-- ann joined.");

    // As framed text of several lines, by every sign that begins a line somewhere.
    let mut bob = Peer::join(port, "bob");
    bob.say("ann: hi\nann: no\r\nann: one\rann: two\u{2028}ann: three\u{85}-- ann left.\u{b}x");
    let lines = [
        "bob: ann: hi",
        "bob: ann: no",
        "bob: ann: one",
        "bob: ann: two",
        "bob: ann: three",
        "bob: -- ann left.",
        "bob: x",
    ];
    framed.hears_last("-- bob joined.");
    assert_eq!(framed.next().unwrap(), lines.join("\n"));
    raw.hears_last("-- bob joined.");
    for line in lines {
        assert_eq!(raw.next().unwrap(), line);
    }
    let expected = lines.join("\n") + "\n";
    // Ann is called by her name, which the program marks.
    let shown = program.wait_for("bob: x\n").replace("> bob", "bob");
    assert!(shown.ends_with(&expected), "{shown:?}");
    assert!(host.wait_for("bob: x\n").ends_with(&expected));

    // A text with terminal commands commands no terminal.
    bob.say("\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{8}\u{202e}evil\u{2066}");
    let heard = [framed.next().unwrap(), raw.next().unwrap()];
    let shown = [program.wait_for("evil"), host.wait_for("evil")];
    for text in heard.iter().chain(&shown) {
        let is_harmless = |c: char| {
            c == '\n'
                || !c.is_control()
                    && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(text.chars().all(is_harmless), "{text:?}");
        assert!(text.trim_start().starts_with("bob: "), "{text:?}");
    }

    // A private message cannot be mistaken for a public one, nor can a name imitate one.
    let mut liar = Peer::join(port, "bob (to you)");
    bob.say("/msg zoe psst\nann: hi");
    framed.hears("-- bob (to you) joined.");
    let whispered = framed.next().unwrap();
    for line in whispered.lines() {
        assert!(
            line.contains("bob") && line.starts_with('('),
            "{whispered:?}"
        );
    }
    liar.say("psst");
    assert_ne!(
        framed.next().unwrap(),
        whispered.lines().next().unwrap(),
        "a public line reads like a private one"
    );
}

#[test]
fn a_new_name_is_on_the_next_line_and_the_old_one_is_free() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.enter("/nick bob");
    ann.wait_for("The name bob is taken, or looks like one that is taken.");
    ann.enter("/nick Anna Maria");
    ann.wait_for("-- ann is now called Anna Maria.");
    ann.enter("hello");
    bob.hears_last("-- ann is now called Anna Maria.");
    assert_eq!(bob.next().unwrap(), "Anna Maria: hello");
    let _other = Peer::join(port, "ann");
    bob.hears_last("-- ann joined.");
    bob.say("/msg anna maria hi");
    ann.wait_for("bob");
    ann.wait_for("hi\n");
    bob.say("/msg ANNE hi");
    bob.hears("Nobody here is named ANNE. /who lists the names.");
}

//! Text of other people: none of it reaches the terminal as anything but text, and each character has its
//! columns.

use super::{USUAL, has_line, member, row};
use crate::support::{Peer, Program, Pty, Room, Socket, Wire, control, frame};

/// Sequences that would change the terminal, and characters that would turn the text around.
const HOSTILE: &[&str] = &[
    "\x1b[2J\x1b[H",
    "\x1b]0;owned\x07",
    "\x1b]52;c;b3duZWQ=\x1b\\",
    "\x1b[31mred",
    "\x1bPq#0\x1b\\",
    "\u{9b}31m",
    "\u{202e}drow",
    "\u{2066}isolate\u{2069}",
    "\x07",
    "\x08\x08\x08",
];

/// The sequences in this output that are none of ours.
fn foreign(output: &str) -> Vec<String> {
    let mut found = Vec::new();
    let hidden = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\x07' | '\x08');
    found.extend(
        output
            .chars()
            .filter(|c| hidden(*c))
            .map(|c| format!("{c:?}")),
    );
    for rest in output.split('\x1b').skip(1) {
        let is_ours = match rest.strip_prefix('[') {
            Some("22;2t" | "23;2t") => true,
            Some(sequence) => {
                let end = sequence.find(|c: char| ('@'..='~').contains(&c));
                let (codes, last) = sequence.split_at(end.unwrap_or(0));
                let last = last.chars().next();
                match (codes, last) {
                    (_, Some('H' | 'G')) => true,
                    // The screen is erased when it is taken, and when it has another size.
                    ("2", Some('J')) => true,
                    ("31" | "41", Some('m')) => false,
                    (_, Some('m')) => true,
                    ("22;2" | "23;2", Some('t')) => true,
                    (mode, Some('h' | 'l')) => mode.starts_with('?'),
                    _ => false,
                }
            }
            None => rest.starts_with("]2;tictalk") || rest == "]2;" || rest.starts_with('\\'),
        };
        if !is_ours {
            found.push(rest.chars().take(20).collect());
        }
    }
    found
}

/// How often the whole screen is erased.
fn erased(person: &Pty) -> usize {
    person.output().matches("\x1b[2J").count()
}

#[test]
fn hostile_messages_stay_text() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let ann = member(port, "ann", USUAL);
    let before = erased(&ann);
    let mut bob = Peer::join_by(port, "bob", Wire::Framed);
    for (number, hostile) in HOSTILE.iter().enumerate() {
        bob.say(&format!("ann {hostile} end{number}"));
        ann.wait_for(&format!("end{number}"));
    }
    assert_eq!(foreign(&ann.output()), Vec::<String>::new());
    assert_eq!(erased(&ann), before);
    has_line(&ann, "ann>");
}

#[test]
fn a_hostile_partner_writes_nothing_but_text() {
    let (server, port) = Program::server()
        .args(["--panes"])
        .on_screen_of(USUAL)
        .listening();
    let before = erased(&server);
    // Such a name is refused, and the refusal names it.
    let mut eve = Socket::connect(port);
    let name = "e\u{202e}v\x1b[31m\x07e";
    let hello = serde_json::json!({"type": "hello", "version": 2, "name": name});
    eve.send(&control(&hello.to_string()));
    server.wait_for("disconnected");
    let mut eve = Socket::connect(port);
    eve.send(&frame(&format!("{} the end", HOSTILE.join("\n"))));
    server.wait_for("the end");
    assert_eq!(foreign(&server.output()), Vec::<String>::new());
    assert_eq!(erased(&server), before);
}

#[test]
fn each_character_has_its_columns() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = member(port, "ann", USUAL);
    let mut bob = Peer::join(port, "漢字");
    let said = ["漢字かな", "e\u{301}a\u{308}", "שלום עולם", "ﷺ", "ก็"];
    for said in said {
        bob.say(&format!("{said} end"));
    }
    bob.say("👩\u{200d}👩\u{200d}👧 ok end");
    bob.say("the last");
    ann.wait_for("the last");
    // The line beside the talk is straight.
    ann.read(|screen| {
        let rows = screen.size().0.get() - 3;
        let edge = (0..80).find(|column| screen.cell(0, *column).unwrap().contents() == "│");
        let edge = edge.expect("an edge");
        for at in 0..rows {
            let row = row(screen, at);
            assert_eq!(screen.cell(at, edge).unwrap().contents(), "│", "{row}");
        }
        let contents = screen.contents();
        for said in said {
            assert!(
                contents.contains(&format!("{said} end")),
                "{said:?} in {contents}"
            );
        }
        // Of joined characters, this screen keeps only the first.
        assert!(contents.contains(" ok end"), "{contents}");
    });
    // So is the cursor behind the same text in the line.
    ann.press("漢e\u{301}字");
    has_line(&ann, "ann> 漢e\u{301}字");
    ann.wait("the cursor", |screen| {
        (screen.cursor_position().1 == 5 + 5).then_some(())
    });
    ann.press("\x1b[D");
    ann.wait("the cursor", |screen| {
        (screen.cursor_position().1 == 5 + 3).then_some(())
    });
    ann.press("\x7f");
    has_line(&ann, "ann> 漢");
}

#[test]
fn no_partner_can_imitate_ones_own_lines() {
    let server = Program::server().args(["--panes"]);
    let (server, port) = server.on_screen_of(USUAL).listening();
    let mut eve = Socket::connect(port);
    eve.send(&frame("You: I give up ✓"));
    server.wait_for("the client: You: I give up ✓");
    drop(eve);
    let server = Program::server().args(["--panes"]);
    let (server, port) = server.on_screen_of(USUAL).listening();
    let eve = Program::client(port).args(["--name", "You"]);
    let mut eve = eve.on_screen();
    eve.prompt();
    eve.enter("I give up");
    server.wait_for("the client: I give up");
}

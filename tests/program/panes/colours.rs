//! Which colours are written, on which kind of terminal.

use super::{USUAL, has_line, seated};
use crate::support::{Peer, Program, Room};
use std::collections::BTreeSet;

/// How a colour is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    /// One of 16: `31`, or `91`.
    Sixteen,
    /// One of 256: `38;5;N`.
    Indexed,
    /// Red, green and blue: `38;2;R;G;B`.
    Exact,
}

/// How the colours in this output are named.
fn namings(output: &str) -> BTreeSet<Naming> {
    let sequences = output.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        let (codes, rest) = rest.split_at(end);
        rest.starts_with('m').then_some(codes)
    });
    let mut namings = BTreeSet::new();
    for codes in sequences {
        let mut codes = codes.split(';').map(|code| code.parse().unwrap_or(0));
        while let Some(code) = codes.next() {
            match (code, code) {
                (38 | 48, _) => match codes.next() {
                    Some(5) => {
                        namings.insert(Naming::Indexed);
                        codes.next();
                    }
                    Some(2) => {
                        namings.insert(Naming::Exact);
                        codes.nth(2);
                    }
                    other => panic!("colour {other:?}"),
                },
                (30..=37 | 40..=47 | 90..=97 | 100..=107, _) => {
                    namings.insert(Naming::Sixteen);
                }
                _ => {}
            }
        }
    }
    namings
}

/// All that a member writes who hears somebody, plays the computer, and leaves.
fn output(environment: &[(&str, &str)], options: &[&str]) -> String {
    let Room { host: _room, port } = Room::open(&[]);
    let ann = Program::client(port).args(["--name", "ann"]).args(options);
    let mut ann = seated(ann.envs(environment), "ann", USUAL);
    let mut bob = Peer::join(port, "bob");
    bob.say("ann, do you see colours?");
    ann.wait_for("do you see colours?");
    ann.press("/play tictactoe computer easy\r");
    ann.wait_for("tictactoe: ann - computer");
    ann.wait_for("Arrows choose");
    ann.press("\x1b[C\r");
    ann.wait("two signs", |screen| {
        let contents = screen.contents();
        (contents.contains('X') && contents.contains("[O]")).then_some(())
    });
    has_line(&ann, "ann>");
    ann.press("/q\r");
    assert_eq!(ann.finish(), 0);
    ann.whole_output()
}

#[test]
fn without_colours_none_is_written() {
    for environment in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
        let output = output(&[environment], &[]);
        assert_eq!(
            namings(&output),
            BTreeSet::new(),
            "{environment:?}: {output:?}"
        );
    }
    let output = output(&[], &["--color", "never"]);
    assert_eq!(namings(&output), BTreeSet::new(), "{output:?}");
}

#[test]
fn a_terminal_with_sixteen_colours_gets_no_others() {
    for term in ["linux", "xterm-16color", "vt100"] {
        let output = output(&[("TERM", term)], &[]);
        assert_eq!(
            namings(&output),
            BTreeSet::from([Naming::Sixteen]),
            "{term}: {output:?}"
        );
    }
}

#[test]
fn names_have_one_of_256_colours_where_there_are_so_many() {
    let some = BTreeSet::from([Naming::Sixteen, Naming::Indexed]);
    let environments: [&[(&str, &str)]; 2] = [
        &[("TERM", "xterm-256color")],
        &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
    ];
    for environment in environments {
        let output = output(environment, &[]);
        assert_eq!(namings(&output), some, "{environment:?}: {output:?}");
    }
}

#[test]
fn colours_that_are_asked_for_are_written_in_spite_of_the_environment() {
    let output = output(&[("NO_COLOR", "1")], &["--color", "always"]);
    assert!(namings(&output).contains(&Naming::Indexed), "{output:?}");
    // It would end everything that is set.
    assert!(!output.contains("\x1b[m"), "{output:?}");
}

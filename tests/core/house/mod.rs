//! The rules of the house: names that the pure modules must not use, and imports without cycles.

mod source;

use source::{Tree, circular};
use std::path::Path;

fn tictalk() -> Tree {
    Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The modules that are given all they know and do nothing themselves.
const PURE: &[&str] = &[
    "text",
    "wire",
    "games",
    "sights",
    "scene",
    "session",
    "room",
    "bot",
    "tournament",
];

/// Names that reach outside the program. An address is data; a socket is not.
const OUTSIDE: &[&str] = &[
    "tokio",
    "rusqlite",
    "mio",
    "nix",
    "socket2",
    "getrandom",
    "rustyline",
    "tracing",
    "std::env",
    "std::fs",
    "std::io",
    "std::net::Tcp",
    "std::net::Udp",
    "std::net::ToSocketAddrs",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
];

/// Names that begin like one of [`OUTSIDE`] and stay in memory.
const IN_MEMORY: [&str; 7] = [
    "std::io::Cursor",
    "std::io::Result",
    "std::io::Write",
    "rustyline::line_buffer",
    "rustyline::At",
    "rustyline::Movement",
    "rustyline::Word",
];

/// The names of [`OUTSIDE`] that pure modules use, each with its file.
fn impure(tree: &Tree) -> Vec<String> {
    let names = PURE.iter().flat_map(|module| tree.names_below(module));
    let outside = names
        .filter(|(_, name)| OUTSIDE.iter().any(|it| name.starts_with(it)))
        .filter(|(_, name)| !IN_MEMORY.iter().any(|it| name.starts_with(it)));
    outside
        .map(|(file, name)| format!("{file} names {name}"))
        .collect()
}

#[test]
fn pure_modules_name_no_runtime_no_file_no_clock_and_no_socket() {
    let tree = tictalk();
    for module in PURE {
        let names = tree.names_below(module);
        assert!(!names.is_empty(), "there is no module {module}");
    }
    let impure = impure(&tree);
    assert!(impure.is_empty(), "\n{}\n", impure.join("\n"));
}

#[test]
fn a_name_from_outside_is_found_and_a_comment_is_none() {
    let tree = Tree::new([
        (
            "room/mod.rs",
            "use std::{fmt, fs as files};\nuse std::net::IpAddr;\n",
        ),
        (
            "room/hub.rs",
            "// use std::io;\n/* tokio::spawn */ const WORDS: &str = \"std::io\";\n",
        ),
        ("room/tests.rs", "use std::fs;\n"),
        (
            "wire/mod.rs",
            "fn now() -> u64 { ::std::time::Instant::now() }\n",
        ),
        (
            "bot.rs",
            "fn f<'a>(c: &'a u8) { g('\"', r#\"a\"#); tokio::spawn(c) }\n\
             #[cfg(test)]\nmod tests {\n    fn f() { std::fs::read(\"}\"); }\n}\n\
             fn last() { std::process::abort() }\n",
        ),
        ("journal.rs", "use std::fs;\n"),
    ]);
    let mut found = impure(&tree);
    found.sort();
    assert_eq!(
        found,
        [
            "bot.rs names std::process::abort",
            "bot.rs names tokio::spawn",
            "room/mod.rs names std::fs",
            "wire/mod.rs names std::time::Instant::now",
        ]
    );
}

fn shown<'a>(edges: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Vec<String> {
    let edges = edges.into_iter();
    edges.map(|(from, to)| format!("{from} -> {to}")).collect()
}

#[test]
fn imports_of_files_run_in_no_circle() {
    let tree = tictalk();
    let edges = tree.edges();
    assert!(edges.len() > 100, "only {} imports are seen", edges.len());
    let circular = shown(&circular(&edges));
    assert!(circular.is_empty(), "\n{}\n", circular.join("\n"));
}

#[test]
fn a_circle_is_found_through_a_re_export_and_in_no_comment() {
    let tree = Tree::new([
        ("lib.rs", "pub mod wire; mod hex;\n"),
        ("hex.rs", "// use crate::wire::Frame;\npub struct Hex;\n"),
        (
            "wire/mod.rs",
            "mod raw; mod frame;\npub use frame::Frame;\n",
        ),
        (
            "wire/raw.rs",
            "use super::{Frame, frame::{self, Size as Bytes}};\n",
        ),
        (
            "wire/frame.rs",
            "fn read() -> super::raw::Raw { crate::hex::Hex }\n",
        ),
        (
            "journal.rs",
            "use crate::room::{\n    Hub, // crate::pair\n};\n",
        ),
        (
            "room/mod.rs",
            "pub(crate) use self::hub::Hub;\nmod hub;\npub use text::Text;\nmod text;\nfn f(_: Text) {}\n",
        ),
        ("room/text.rs", "pub struct Text;\n"),
        (
            "room/hub.rs",
            "/* use crate::journal; */ const A: &str = \"crate::journal::A\";\n",
        ),
        (
            "main.rs",
            "mod cli;\nuse cli::Cli;\nuse tictalk::wire;\nfn f() { wire::Frame::new() }\n",
        ),
        (
            "cli.rs",
            "use tictalk::wire::Frame as F;\nuse std::fmt;\nfn f() { F::new() }\n",
        ),
    ]);
    let edges = tree.edges();
    assert_eq!(
        shown(&edges),
        [
            "cli.rs -> wire/frame.rs",
            "journal.rs -> room/hub.rs",
            "main.rs -> cli.rs",
            "main.rs -> wire/frame.rs",
            "main.rs -> wire/mod.rs",
            "room/mod.rs -> room/text.rs",
            "wire/frame.rs -> hex.rs",
            "wire/frame.rs -> wire/raw.rs",
            "wire/raw.rs -> wire/frame.rs",
        ]
    );
    assert_eq!(
        shown(&circular(&edges)),
        [
            "wire/frame.rs -> wire/raw.rs",
            "wire/raw.rs -> wire/frame.rs",
        ]
    );
}

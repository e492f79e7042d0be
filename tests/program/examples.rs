//! The example partner against the real program.

use crate::support::{Program, Running, new_folder};
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

/// The partner, built by the compiler alone: that proves that it needs no package, and works where
/// Cargo builds one test only and no examples.
fn partner(port: u16) -> Running {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = new_folder();
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join(format!("partner{}", env::consts::EXE_SUFFIX));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/partner.rs");
        let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let built = Command::new(compiler)
            .args(["--edition", "2024", source, "-o"])
            .arg(&program)
            .status();
        assert!(built.unwrap().success());
        program
    });
    let address = format!("localhost:{port}");
    Program::other(&*PROGRAM).args([address]).start()
}

#[test]
fn the_example_partner_talks_plays_and_leaves() {
    let (mut server, port) = Program::server().start().listening();
    let mut partner = partner(port);
    partner.enter("Grüße");
    server.wait_for("Grüße\n");
    server.prompt();
    server.enter("play tictactoe");
    partner.wait_for("play tictactoe\n");
    partner.wait_for("you are X and move first.");
    partner.enter("5");
    server.wait_for("[X]");
    server.prompt();
    server.enter("1");
    partner.wait_for("|[O]| 2 | 3 |");
    // A move that breaks a rule costs no turn.
    partner.enter("1");
    partner.wait_for("Square 1 is taken.");
    partner.enter("9");
    server.prompt();
    server.enter("2");
    partner.wait_for("| O |[O]| 3 |");
    partner.end_input();
    let (server, partner) = (server.finish(), partner.finish());
    let end = "Client has requested shutdown. Shutting down!\n";
    assert!(server.stdout.ends_with(end), "{}", server.stdout);
    assert_eq!(server.code, Some(0));
    assert_eq!(partner.code, Some(0), "{}", partner.stderr);
}

#[test]
fn the_example_partner_ends_when_the_server_leaves() {
    let (mut server, port) = Program::server().start().listening();
    let mut partner = partner(port);
    partner.enter("Hello");
    server.prompt();
    server.enter("/q");
    assert_eq!(server.finish().code, Some(0));
    let partner = partner.finish();
    assert_eq!(partner.code, Some(0), "{}", partner.stderr);
    assert_eq!(partner.stdout, "");
}

//! The private line, through the front door.

use crate::support::{Program, Running};

mod pair;
#[cfg(unix)]
mod python;
mod wire;

/// A private server, the port that it listens on, and its code.
fn private_server(options: &[&str]) -> (Running, u16, String) {
    let server = Program::server().args(["--private"]).args(options);
    let (mut server, port) = server.start().listening();
    let code = code_of(&mut server, "Code: ");
    (server, port, code)
}

/// The next code that a server shows.
fn code_of(server: &mut Running, label: &str) -> String {
    server.wait_for(label);
    server.wait_for("\n").trim().to_owned()
}

/// A client that knows a code.
fn private_client(port: u16, code: &str) -> Program {
    Program::client(port)
        .args(["--private"])
        .env("TICTALK_CODE", code)
}

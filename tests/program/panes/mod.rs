//! The whole screen of a person: `--panes` on a real pseudo-terminal.

use crate::support::{Program, Pty, line_of_cursor};

mod attention;
mod colours;
mod economy;
mod fallback;
mod foreign;
mod games;
mod host;
mod leaving;
mod losses;
mod reading;
mod suspending;

/// The rows and columns of a screen where a board stands beside the talk.
const WIDE: (u16, u16) = (30, 120);

/// The rows and columns of a usual terminal.
const USUAL: (u16, u16) = (24, 80);

/// A server and a client in panes, on screens of this size. It is the client's turn.
fn pair(size: (u16, u16)) -> (Pty, Pty) {
    let server = Program::server().args(["--panes"]);
    let (server, port) = server.on_screen_of(size).listening();
    let client = Program::client(port).args(["--panes"]).on_screen_of(size);
    client.prompt();
    (server, client)
}

/// Somebody at a screen of this size, in the room already.
fn member(port: u16, name: &str, size: (u16, u16)) -> Pty {
    seated(Program::client(port).args(["--name", name]), name, size)
}

/// The same with options of their own.
fn seated(client: Program, name: &str, size: (u16, u16)) -> Pty {
    let person = client.args(["--panes"]).on_screen_of(size);
    has_line(&person, &format!("{name}>"));
    person
}

/// Waits until the line is this, up to the cursor. Spaces before the cursor are not seen.
fn has_line(person: &Pty, line: &str) {
    person.wait(&format!("{line:?} at the cursor"), |screen| {
        (line_of_cursor(screen).trim_end() == line).then_some(())
    });
}

/// The text of a row of the screen.
fn row(screen: &vt100::Screen, row: u16) -> String {
    let columns = screen.size().1.get();
    screen.contents_between(row, 0, row, columns)
}

/// The row that says where the person is, and what has changed. It is the only one in reverse from end
/// to end.
fn status(screen: &vt100::Screen) -> String {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let is_status = |at: &u16| {
        let cells = (0..columns).map(|column| screen.cell(*at, column).unwrap());
        cells.into_iter().all(vt100::Cell::inverse)
    };
    let found = (0..rows).find(is_status);
    found.map_or(String::new(), |at| row(screen, at).trim().to_owned())
}

/// Waits until the status row has these words as one of its parts.
fn has_status(person: &Pty, words: &str) {
    person.wait(&format!("{words:?} as status"), |screen| {
        let status = status(screen);
        status
            .split("  ·  ")
            .any(|part| part == words)
            .then_some(())
    });
}

//! A room from outside: its server, and everybody who can come to it.

use crate::support::{Program, Running};

mod contests;
mod crash;
#[cfg(unix)]
mod crowd;
#[cfg(unix)]
mod entering;
mod games;
#[cfg(unix)]
mod hardship;
mod host;
#[cfg(unix)]
mod hostile;
mod machines;
mod names;
mod older;
#[cfg(unix)]
mod order;
mod private;
#[cfg(unix)]
mod reach;
#[cfg(unix)]
mod reading;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod screen_games;
mod sights;
mod storm;
mod talk;

/// The program as a client at pipes, which is in the room already.
fn client(port: u16, name: &str) -> Running {
    let mut client = Program::client(port).args(["--name", name]).start();
    client.wait_for(&format!("You are {name}, "));
    client.wait_for(&format!("-- {name} joined.\n"));
    client
}

/// The lines that somebody has said, of all that was heard.
fn said<'a>(heard: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let heard = heard.into_iter();
    heard
        .filter(|line| {
            line.contains(": ") && !line.starts_with("--") && !line.starts_with("You are ")
        })
        .collect()
}

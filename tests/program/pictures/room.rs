//! The room: its host, members with the program and without, a line that breaks, a new coordinator.

use super::{SERVER_PORT, clear, number_behind, picture, shell, shell_prompt, svg::Window};
use crate::support::{Cable, Pty};

/// The host's window, and the room's port.
fn host() -> (Pty, u16) {
    let mut host = shell(0);
    host.press("tictalk room\r");
    let port = number_behind(&host, "on port: ");
    (host, port)
}

/// Somebody with the program, in the room.
pub(super) fn member(name: &str, port: u16) -> Pty {
    let mut member = shell(port);
    member.press(&format!("tictalk client --name {name}\r"));
    member.wait_for(&format!("You are {name}, #"));
    member.prompt();
    member
}

/// The secret of the host's page in all pictures.
const SECRET: &str = "8f14e45fceea167a5a36dedd4bea2543";

/// Checks the picture `name` of these windows with titles, of a room that has these ports.
pub(super) fn draw(name: &str, windows: &[(&Pty, &str)], ports: &[u16]) {
    let mut shown: Vec<_> = ports
        .iter()
        .map(|port| (port.to_string(), SERVER_PORT.to_string()))
        .collect();
    for (window, _) in windows {
        if let Some((_, secret)) = window.contents().split_once("/host#") {
            let secret = secret.chars().take(SECRET.len()).collect();
            shown.push((secret, SECRET.to_owned()));
        }
    }
    let windows: Vec<Window> = windows
        .iter()
        .map(|(window, title)| window.read(|screen| Window::new(title, screen, &shown)))
        .collect();
    picture(name, &windows);
}

#[test]
fn room() {
    let (mut host, port) = host();
    let mut ann = member("ann", port);
    ann.wait_for("You are the coordinator now");
    let mut bob = shell(port);
    bob.press(&format!("nc localhost {port}\r"));
    bob.press("bob\r");
    bob.wait_for("You are bob, #2.");
    ann.wait_for("bob joined.");
    bob.wait_for("bob joined.");
    bob.press("Hello ann, is it my turn?\r");
    ann.wait_for("> bob: Hello ann, is it my turn?");
    ann.enter("In a room it is always your turn.");
    bob.wait_for("ann: In a room");
    // A message that arrives is shown above the half-typed line.
    ann.press("Shall we");
    ann.prompt_with("Shall we");
    bob.press("/me is happy\r");
    ann.wait_for("* bob is happy");
    host.wait_for("* bob is happy");
    host.enter("The lesson begins.");
    bob.wait_for("host: The lesson begins.");
    ann.wait_for("host: The lesson begins.");
    host.prompt();
    ann.prompt_with("Shall we");
    draw(
        "room.svg",
        &[
            (&host, "tictalk room"),
            (&ann, "ann: tictalk client"),
            (&bob, "bob: nc"),
        ],
        &[port],
    );
}

#[test]
fn room_reconnected() {
    let (host, port) = host();
    let cable = Cable::to(port);
    let mut ann = member("ann", cable.port());
    let mut bob = member("bob", port);
    ann.wait_for("bob joined.");
    bob.enter("Can you hear me?");
    ann.wait_for("bob: Can you hear me?");
    cable.lead_to(0);
    cable.cut();
    ann.wait_for("Connection to the room lost.");
    host.wait_for("ann lost the connection");
    bob.wait_for("ann lost the connection");
    bob.prompt();
    ann.enter("Now I cannot.");
    ann.prompt();
    bob.enter("What did you say?");
    host.wait_for("bob: What did you say?");
    cable.lead_to(port);
    ann.wait_for("bob is now the coordinator.");
    bob.wait_for("ann: Now I cannot.");
    for window in [&ann, &bob] {
        window.wait_for("What did you say?");
        window.wait_for("-- ann reconnected.");
        window.prompt();
    }
    draw(
        "room-reconnected.svg",
        &[(&ann, "ann: tictalk client"), (&bob, "bob: tictalk client")],
        &[port, cable.port()],
    );
}

#[test]
fn room_coordinator() {
    let (host, port) = host();
    let mut ann = member("ann", port);
    // The host sees her address only while she is there.
    host.wait_for("ann joined (#1");
    let bob = member("bob", port);
    ann.wait_for("bob joined.");
    ann.enter("I have to go.");
    bob.wait_for("ann: I have to go.");
    ann.enter("/q");
    shell_prompt(&ann);
    clear(&mut ann);
    for window in [&host, &bob] {
        window.wait_for("bob is now the coordinator.");
        window.prompt();
    }
    draw(
        "room-coordinator.svg",
        &[(&host, "tictalk room"), (&bob, "bob: tictalk client")],
        &[port],
    );
}

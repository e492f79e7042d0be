//! The private line: the code, the prompt, the check, and a code that a wrong guess burns.

use super::{CLIENT_PORT, Pair, SERVER_PORT, number_behind, picture, shell};
use crate::support::Pty;

/// The codes and the check of all pictures. The real ones are others in each run.
const CODE: &str = "acid-mango-zebra";
const WRONG_CODE: &str = "acid-mango-zombie";
const NEW_CODE: &str = "nail-frosting-tulip";
const CHECK: &str = "unroll-icing";

/// The word behind the last `text` on the screen, once more follows it.
fn word_behind(window: &Pty, text: &str) -> String {
    window.wait(&format!("a word behind {text:?}"), |screen| {
        let contents = screen.contents();
        let (_, behind) = contents.rsplit_once(text)?;
        let (word, _) = behind.split_once(char::is_whitespace)?;
        Some(word.to_owned())
    })
}

/// A private server with its code, and a client that waits for it.
fn private_pair() -> (Pair, String) {
    let (server, port) = Pair::server("tictalk server --private --name bob");
    server.wait_for("It works once");
    let code = word_behind(&server, "Code: ");
    let mut client = shell(port);
    client.press("tictalk client --private --name ann\r");
    client.cursor_behind("Code (three words, Tab completes): ");
    let shown_as = vec![
        (port.to_string(), SERVER_PORT.to_string()),
        (code.clone(), CODE.to_owned()),
    ];
    let pair = Pair {
        server,
        client,
        shown_as,
    };
    (pair, code)
}

/// Enters the code, and waits until ann can speak.
fn enter_code(pair: &mut Pair, code: &str) {
    pair.client.press(&format!("{code}\r"));
    pair.client.prompt();
    pair.server.wait_for("ann's turn ...");
    let check = word_behind(&pair.client, "Check: ");
    assert_eq!(check, word_behind(&pair.server, "Check: "));
    let port = number_behind(&pair.server, "Connected by ('127.0.0.1', ");
    let shown = [
        (check, CHECK.to_owned()),
        (port.to_string(), CLIENT_PORT.to_string()),
    ];
    pair.shown_as.extend(shown);
}

fn draw(name: &str, pair: &Pair) {
    let windows = [
        pair.server_window("bob: tictalk server"),
        pair.client_window("ann: tictalk client"),
    ];
    picture(name, &windows);
}

#[test]
fn private_line() {
    let (mut pair, code) = private_pair();
    enter_code(&mut pair, &code);
    pair.client.enter("Nobody else reads this.");
    pair.server.wait_for("ann: Nobody else reads this.");
    pair.server.prompt();
    pair.client.wait_for("Nobody else reads this. ✓");
    pair.client.wait_for("bob's turn ...");
    draw("private.svg", &pair);
}

#[test]
fn burnt_code() {
    let (mut pair, code) = private_pair();
    assert_ne!(code, WRONG_CODE);
    pair.client.press(&format!("{WRONG_CODE}\r"));
    pair.client.wait_for("ask for the new one.");
    let new_code = word_behind(&pair.server, "New code: ");
    pair.server.wait("the hint once more", |screen| {
        (screen.contents().matches("It works once").count() == 2).then_some(())
    });
    let visitor = number_behind(&pair.server, "('127.0.0.1', ");
    pair.client
        .cursor_behind("Code (three words, Tab completes): ");
    let shown = [
        (new_code, NEW_CODE.to_owned()),
        (visitor.to_string(), CLIENT_PORT.to_string()),
    ];
    pair.shown_as.extend(shown);
    draw("burnt-code.svg", &pair);
}

//! `docs/portfolio.pdf`: how to run tictalk, what it looks like, comments and sources, with screens
//! of sessions that are played here.

use super::svg::Window;
use super::{Pair, keep_at, shell_of, shell_prompt};
use layout::Flow;
use tictalk::drawing;

mod layout;
mod pdf;

/// Two of these fit side by side and stay readable.
const SIZE: (u16, u16) = (110, 46);

/// Both windows of a pair.
fn both(pair: &Pair, server: &str, client: &str) -> [drawing::Window; 2] {
    [pair.server_window(server), pair.client_window(client)].map(|Window(window)| window)
}

/// The conversation of the assignment.
fn chat() -> [drawing::Window; 2] {
    let mut pair = Pair::start_in(SIZE, "tictalk server", "tictalk client");
    pair.turns("Hello", "How are you?");
    pair.turns("Good. You?", "Good");
    pair.turns("Bye", "Bye");
    pair.client.prompt();
    pair.client.enter("/q");
    pair.end();
    both(&pair, "tictalk server", "tictalk client")
}

/// A game, with a mistake in it.
fn game() -> [drawing::Window; 2] {
    let mut pair = Pair::start_in(
        SIZE,
        "tictalk server --name bob",
        "tictalk client --name ann",
    );
    pair.turns("play tictactoe", "5");
    pair.client.prompt();
    pair.client.enter("5");
    pair.client.wait_for("Square 5 is taken.");
    pair.turns("1", "3");
    pair.turns("9", "7");
    pair.client.prompt();
    pair.client.enter("Well played, bob!");
    pair.server.wait_for("Well played, bob!");
    pair.server.prompt();
    pair.client.wait_for("Well played, bob! ✓");
    pair.server.enter("/q");
    pair.end();
    both(&pair, "bob: tictalk server", "ann: tictalk client")
}

/// Mistakes on the command line.
fn errors() -> drawing::Window {
    let mut window = shell_of((60, 92), 0);
    for (command, told) in [
        // Nothing listens on the port of tcpmux.
        ("tictalk client --port 1", "nobody listens"),
        ("tictalk client --port 70000", "70000"),
        ("tictalk solo chess", "chess"),
    ] {
        window.press(&format!("{command}\r"));
        window.wait(command, |screen| {
            let contents = screen.contents();
            let (_, answer) = contents.split_once(command)?;
            answer.contains(told).then_some(())
        });
        shell_prompt(&window);
    }
    let Window(window) = window.read(|screen| Window::new("Mistakes", screen, &[]));
    window
}

#[test]
fn portfolio() {
    let mut flow = Flow::new();
    flow.title(
        "tictalk",
        "Portfolio for Project 4 – Client / Server Chat/Game",
    );
    flow.heading("What it is");
    flow.paragraph(
        "tictalk connects two terminals by one TCP connection. Two people take strict turns to chat, \
         and they play ASCII games in the same session: tic-tac-toe, rock-paper-scissors, hangman, \
         Connect Four and Battleship. One program is both the server and the client.",
    );
    flow.heading("How to run it");
    flow.paragraph(
        "Are they python3? No: both programs are written in Rust. Install Rust 1.95 or newer from \
         https://rustup.rs and a C compiler, which builds SQLite. Then type one command in each of \
         two terminals, in the folder of the project. The first one starts the server:",
    );
    flow.code(&[
        "$ cargo run --release -- server",
        "$ cargo run --release -- client",
    ]);
    flow.paragraph(
        "The client speaks first. Type a line at the prompt `Enter Input >`, which appears only on \
         your turn, and press Enter. Type `play tictactoe` to start a game, `/help` for all commands, \
         and `/q` to end both programs. `--name ann` tells your partner your name, and `--port` \
         selects another port than 1059.",
    );
    flow.paragraph(
        "`cargo test` runs the tests, some of which need Python 3 as a foreign partner. \
         `cargo run --release -- solo tictactoe` plays against the computer in one terminal.",
    );
    flow.heading("How the programs talk");
    flow.paragraph(
        "A TCP stream has no messages: a read can return half of one, or two together. So each message \
         is preceded by its length, as the socket HOWTO advises. The length has 4 bytes, the most \
         significant first; the text is UTF-8 and has 4096 bytes at most.",
    );
    flow.code(&["00 00 00 05  48 65 6c 6c 6f      \"Hello\""]);
    for item in [
        "The words on the connection are the words that a person types: `Hello`, `play tictactoe`, `5`.",
        "`/q` is sent to the partner before the program ends, and both programs end.",
        "The receiving program judges each move by the same rules. A move that breaks them is refused.",
        "A receipt tells that the partner's program has stored and shown a line. The screen shows it \
         as a check mark.",
        "After a lost connection the client reconnects, both ends compare their turns by number and \
         SHA-256 digest, and the missing turn is sent again.",
        "The server sets `SO_REUSEADDR` where that is safe, so the port can be used again at once.",
    ] {
        flow.item(item);
    }
    flow.new_page();
    flow.heading("Screenshots");
    flow.paragraph(
        "A test plays these sessions with the real programs on pseudo-terminals and draws what their \
         screens show. Only the port numbers are replaced, by those of the assignment.",
    );
    flow.windows(
        "Chat, with the words of the assignment. The client leaves with `/q`:",
        &chat(),
    );
    flow.windows(
        "Mistakes on the command line are answered with a reason and a remedy:",
        &[errors()],
    );
    flow.windows(
        "Tic-tac-toe. ann tries a square that is taken, bob wins, the chat resumes, and bob leaves:",
        &game(),
    );
    flow.heading("Comments");
    for item in [
        "The hardest part was to lose nothing. Each turn is written to a journal before it is sent, \
         so a session can be resumed after either program was killed.",
        "The rules of a session are a pure function of what happened. A test goes through every order \
         of turns, broken connections and crashes of a short session.",
        "Text from outside cannot control the terminal: escape sequences and hidden characters are \
         shown as marks.",
        "For extra points: five games, hints, undo, rematches, a computer partner, a room for a whole \
         class, a searchable journal with replays, and exports of a session as a page or a picture: \
         `tictalk history export 1 --format html`.",
        "With --private, two programs agree on a key by a code of three words, and everything is encrypted. \
         Without it, the line is plain: use it on one machine or in a network that you trust.",
    ] {
        flow.item(item);
    }
    flow.heading("Sources");
    for item in [
        "Socket Programming HOWTO, Python documentation: https://docs.python.org/3/howto/sockets.html",
        "Socket Programming in Python, Real Python: https://realpython.com/python-sockets/",
        "The worksheet \"IP & Socket Programming\", for frames of size and data, and for receipts",
        "Documentation of the libraries: https://docs.rs/tokio, https://docs.rs/socket2, \
         https://docs.rs/rustyline, https://docs.rs/clap, https://docs.rs/rusqlite",
        "Terminals and text: ECMA-48, and Unicode's annexes https://www.unicode.org/reports/tr9/ and \
         https://www.unicode.org/reports/tr51/",
        "Seals and digests: RFC 9162, https://www.rfc-editor.org/rfc/rfc9162",
        "Connect Four: Victor Allis, \"A Knowledge-based Approach of Connect-Four\" (1988), and \
         Pascal Pons, \"Solving Connect 4\"",
        "This file: ISO 32000-1 (PDF 1.7) and Adobe's metrics of the standard fonts",
    ] {
        flow.item(item);
    }
    keep_at("docs/portfolio.pdf", &flow.finish("tictalk – portfolio"));
}

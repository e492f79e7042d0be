//! The pictures in `screenshots/`: real sessions in real terminals, drawn from what stood there.
//!
//! `cargo test --test program pictures` checks that they show what the program shows now, and
//! `TICTALK_PICTURES=write cargo test --test program pictures` makes them again. Pictures of pages are
//! not compared, since every machine has other fonts.

use crate::support::{Cable, Program, Pty, skip};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use svg::Window;

mod games;
mod motion;
mod pages;
mod panes;
mod portfolio;
mod private;
mod probe;
mod room;
mod svg;
mod tournament;

/// Room for a whole game, so that nothing scrolls away; rows that stay empty are not drawn.
const SIZE: (u16, u16) = (90, 80);

/// The ports differ from run to run, so the pictures show two of the assignment's. Nothing else
/// moves by it: ports end their rows.
const SERVER_PORT: u16 = 1059;
const CLIENT_PORT: u16 = 55669;

/// A shell in a window, where `tictalk` is the program under test and takes `port` for its default.
fn shell(port: u16) -> Pty {
    shell_of(SIZE, port)
}

/// The same in a window of this size.
fn shell_of(size: (u16, u16), port: u16) -> Pty {
    let program = Path::new(env!("CARGO_BIN_EXE_tictalk"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let shell = Program::other("sh")
        .args(["-i"])
        .env("PATH", path)
        .env("TICTALK_PORT", port.to_string())
        .env("PS1", "$ ")
        // Where `sh` is bash, it keeps no history, and on macOS does not advertise its successor.
        .env("HISTFILE", "")
        .env("BASH_SILENCE_DEPRECATION_WARNING", "1")
        .on_screen_of(size);
    shell_prompt(&shell);
    shell
}

/// Waits until no program runs in the shell.
fn shell_prompt(shell: &Pty) {
    shell.wait("the shell's prompt", |screen| {
        let (row, column) = screen.cursor_position();
        let line = screen.contents_between(row, 0, row, column);
        (line.trim_end() == "$").then_some(())
    });
}

/// Waits for the number after `text` on the screen.
fn number_behind(shell: &Pty, text: &str) -> u16 {
    shell.wait(&format!("a number behind {text:?}"), |screen| {
        let contents = screen.contents();
        let (_, behind) = contents.split_once(text)?;
        let (number, _) = behind.split_once(|c: char| !c.is_ascii_digit())?;
        number.parse().ok()
    })
}

/// A server and its partner, each in the shell of a window.
struct Pair {
    server: Pty,
    client: Pty,
    /// The real ports, and the ones of the pictures.
    shown_as: Vec<(String, String)>,
}

impl Pair {
    /// Enters the command `server`, and `client` once that listens. The word `PORT` in `client` is
    /// the server's port.
    fn start(server: &str, client: &str) -> Self {
        let (server, port) = Self::server(server);
        Self::with_server(server, port, client)
    }

    /// The same in windows of this size.
    fn start_in(size: (u16, u16), server: &str, client: &str) -> Self {
        let (server, port) = Self::server_in(size, server);
        Self::join_in(size, server, port, client)
    }

    /// The same with a line between the two that can be cut.
    fn start_on_a_cable(server: &str, client: &str) -> (Self, Cable) {
        let (server, port) = Self::server(server);
        let cable = Cable::to(port);
        let mut pair = Self::with_server(server, cable.port(), client);
        let shown = (port.to_string(), SERVER_PORT.to_string());
        pair.shown_as.push(shown);
        (pair, cable)
    }

    fn server(command: &str) -> (Pty, u16) {
        Self::server_in(SIZE, command)
    }

    fn server_in(size: (u16, u16), command: &str) -> (Pty, u16) {
        let mut server = shell_of(size, 0);
        server.press(&format!("{command}\r"));
        let port = number_behind(&server, "on port: ");
        (server, port)
    }

    fn with_server(server: Pty, port: u16, client: &str) -> Self {
        Self::join_in(SIZE, server, port, client)
    }

    fn join_in(size: (u16, u16), server: Pty, port: u16, client: &str) -> Self {
        let mut client_shell = shell_of(size, port);
        client_shell.press(&client.replace("PORT", &port.to_string()));
        client_shell.press("\r");
        let client_port = number_behind(&server, "Connected by ('127.0.0.1', ");
        Self {
            server,
            client: client_shell,
            shown_as: [(port, SERVER_PORT), (client_port, CLIENT_PORT)]
                .map(|(real, shown)| (real.to_string(), shown.to_string()))
                .to_vec(),
        }
    }

    /// The client speaks, and the server answers.
    fn turns(&mut self, client: &str, server: &str) {
        self.client.prompt();
        self.client.enter(client);
        self.server.prompt();
        self.server.enter(server);
    }

    /// Waits until both programs have ended.
    fn end(&self) {
        shell_prompt(&self.server);
        shell_prompt(&self.client);
    }

    fn server_window(&self, title: &str) -> Window {
        self.server
            .read(|screen| Window::new(title, screen, &self.shown_as))
    }

    fn client_window(&self, title: &str) -> Window {
        self.client
            .read(|screen| Window::new(title, screen, &self.shown_as))
    }
}

/// Checks that the picture `name` shows these windows side by side, or makes it so.
fn picture(name: &str, windows: &[Window]) {
    keep(name, svg::draw(windows).as_bytes());
}

/// Checks that the file `name` in `screenshots/` holds this, or makes it so.
fn keep(name: &str, drawn: &[u8]) {
    keep_at(&format!("screenshots/{name}"), drawn);
}

/// Checks that the file at `place` in the repository holds this, or makes it so.
fn keep_at(place: &str, drawn: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
    if is_writing() {
        std::fs::write(path, drawn).unwrap();
        return;
    }
    if std::fs::read(path).unwrap_or_default() != drawn {
        let name = Path::new(place).file_name().unwrap();
        let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&now, drawn).unwrap();
        panic!(
            "{place} does not show what the program shows now, which is in {}. Make the \
             pictures again with \"TICTALK_PICTURES=write cargo test --test program pictures\".",
            now.display()
        );
    }
}

/// Whether pictures are made, and not only checked.
fn is_writing() -> bool {
    std::env::var_os("TICTALK_PICTURES").is_some_and(|what| what == "write")
}

/// Skips the check of a picture. It fails where the picture should be made.
fn skip_picture(name: &str, reason: &str) {
    assert!(!is_writing(), "screenshots/{name} was not made: {reason}");
    skip(reason);
}

#[test]
fn chat() {
    let mut pair = Pair::start("tictalk server", "tictalk client");
    pair.turns("Hello", "How are you?");
    pair.turns("Good. You?", "Good");
    pair.turns("Bye", "Bye");
    pair.client.prompt();
    pair.client.enter("/q");
    pair.end();
    picture(
        "chat.svg",
        &[
            pair.server_window("tictalk server"),
            pair.client_window("tictalk client"),
        ],
    );
}

#[test]
fn game() {
    let mut pair = Pair::start("tictalk server --name bob", "tictalk client --name ann");
    pair.turns("play tictactoe", "5");
    pair.client.prompt();
    pair.client.enter("5");
    pair.client
        .wait_for("Square 5 is taken. Free squares: 1, 2, 3, 4, 6, 7, 8, 9.\nEnter Input >");
    pair.turns("1", "3");
    pair.turns("9", "7");
    pair.client.prompt();
    pair.client.enter("Well played, bob!");
    pair.server.wait_for("ann: Well played, bob!");
    pair.server.prompt();
    pair.client.wait_for("Well played, bob! ✓");
    pair.client.wait_for("bob's turn ...");
    picture(
        "game.svg",
        &[
            pair.server_window("bob: tictalk server"),
            pair.client_window("ann: tictalk client"),
        ],
    );
}

#[test]
fn leaving() {
    let mut pair = Pair::start("tictalk server", "tictalk client");
    pair.turns("Hello", "How are you?");
    pair.client.prompt();
    pair.client.press("Fine, I have just been");
    pair.client.prompt_with("Fine, I have just been");
    pair.server.wait_for("How are you? ✓");
    // Ctrl-C.
    pair.server.press("\x03");
    pair.end();
    picture(
        "leaving.svg",
        &[
            pair.server_window("tictalk server"),
            pair.client_window("tictalk client"),
        ],
    );
}

/// Two people in the middle of a game, the client with half a line typed, and the line between
/// them.
fn game_on_a_cable() -> (Pair, Cable) {
    let (mut pair, cable) =
        Pair::start_on_a_cable("tictalk server --name bob", "tictalk client --name ann");
    pair.turns("play tictactoe", "5");
    pair.client.prompt();
    pair.client.press("1");
    pair.client.prompt_with("1");
    pair.server.wait_for("5 ✓");
    (pair, cable)
}

#[test]
fn connection_lost() {
    let (pair, cable) = game_on_a_cable();
    cable.pull();
    pair.server
        .cursor_behind("Waiting for ann to reconnect ... ");
    pair.client.cursor_behind("Reconnecting ... 1");
    picture(
        "connection-lost.svg",
        &[
            pair.server_window("bob: tictalk server"),
            pair.client_window("ann: tictalk client"),
        ],
    );
}

#[test]
fn reconnected() {
    let (mut pair, cable) = game_on_a_cable();
    cable.cut();
    pair.client.wait_for("Reconnected.");
    pair.client.prompt_with("1");
    pair.client.press("\r");
    pair.server.wait_for("Reconnected.");
    pair.server.prompt();
    // One for each of its turns.
    pair.client.wait("a receipt", |screen| {
        (screen.contents().matches('✓').count() == 1).then_some(())
    });
    picture(
        "reconnected.svg",
        &[
            pair.server_window("bob: tictalk server"),
            pair.client_window("ann: tictalk client"),
        ],
    );
}

#[test]
fn resumed() {
    let (mut pair, _cable) = game_on_a_cable();
    kill_program_of(&pair.client);
    shell_prompt(&pair.client);
    pair.server.wait_for("Connection to the client lost");
    clear(&mut pair.client);
    pair.client.press("tictalk client --name ann --resume\r");
    pair.client.wait_for("Reconnected.");
    pair.client.prompt();
    pair.client.enter("1");
    pair.server.wait_for("ann played 1.");
    pair.server.prompt();
    pair.client.wait_for("1 ✓");
    pair.client.wait_for("bob's turn ...");
    picture(
        "resumed.svg",
        &[
            pair.server_window("bob: tictalk server"),
            pair.client_window("ann: tictalk client"),
        ],
    );
}

#[test]
fn gave_up() {
    let (mut pair, cable) = Pair::start_on_a_cable(
        "tictalk server --reconnect 1",
        "tictalk client --reconnect 1",
    );
    pair.turns("Hello", "How are you?");
    pair.client.prompt();
    pair.client.press("Fine, I have just been");
    pair.client.prompt_with("Fine, I have just been");
    pair.server.wait_for("How are you? ✓");
    cable.pull();
    pair.end();
    picture(
        "gave-up.svg",
        &[
            pair.server_window("tictalk server"),
            pair.client_window("tictalk client"),
        ],
    );
}

#[test]
fn refused() {
    let (mut pair, cable) = Pair::start_on_a_cable("tictalk server --no-journal", "tictalk client");
    pair.turns("Hello", "How are you?");
    pair.client.prompt();
    pair.client.press("Fine, I have just been");
    pair.client.prompt_with("Fine, I have just been");
    pair.server.wait_for("How are you? ✓");
    cable.lead_to(0);
    kill_program_of(&pair.server);
    pair.client.wait_for("Connection to the server lost");
    clear(&mut pair.server);
    // Without a journal it does not know what was said before.
    pair.server.press("tictalk server --no-journal\r");
    let port = number_behind(&pair.server, "on port: ");
    cable.lead_to(port);
    shell_prompt(&pair.client);
    pair.server.wait_for("Still listening.");
    let visitor = number_behind(&pair.server, "('127.0.0.1', ");
    for (real, shown) in [(port, SERVER_PORT), (visitor, CLIENT_PORT)] {
        pair.shown_as.push((real.to_string(), shown.to_string()));
    }
    picture(
        "refused.svg",
        &[
            pair.server_window("tictalk server"),
            pair.client_window("tictalk client"),
        ],
    );
}

#[test]
fn history() {
    let mut pair = Pair::start("tictalk server --name bob", "tictalk client --name ann");
    pair.turns("play tictactoe", "5");
    pair.turns("1", "3");
    pair.turns("2", "7");
    pair.turns("Well played, bob!", "Thank you");
    pair.client.prompt();
    pair.client.enter("/q");
    pair.end();
    clear(&mut pair.client);
    pair.client.press("tictalk history\r");
    shell_prompt_below(&pair.client, "tictactoe");
    pair.client.press("tictalk history search well\r");
    shell_prompt_below(&pair.client, "Well played");
    pair.client.press("tictalk verify 1\r");
    shell_prompt_below(&pair.client, "Fingerprint");
    // Text that differs from run to run: the time, and the fingerprint of a random session.
    let contents = pair.client.contents();
    for word in contents
        .split([' ', '\n', ','])
        .map(|word| word.trim_end_matches('.'))
    {
        let shape: String = word
            .chars()
            .map(|c| if c.is_ascii_hexdigit() { '0' } else { c })
            .collect();
        let shown = match shape.as_str() {
            "0000-00-00" => "2026-11-20",
            "00:00" => "09:30",
            "0000-0000-0000" => "3f2a-91bc-07de",
            _ => continue,
        };
        pair.shown_as.push((word.to_owned(), shown.to_owned()));
    }
    picture("history.svg", &[pair.client_window("ann: tictalk history")]);
}

/// Waits until `text` and below it the shell's prompt are on the screen.
fn shell_prompt_below(shell: &Pty, text: &str) {
    shell.wait_for(text);
    shell_prompt(shell);
}

/// Clears a shell's screen, also where a program was killed that could not give its terminal back.
fn clear(shell: &mut Pty) {
    shell.press("stty sane; clear\n");
    shell.wait("a clear screen", |screen| {
        (screen.contents().trim() == "$").then_some(())
    });
}

/// Kills the program that runs in a shell.
fn kill_program_of(shell: &Pty) {
    let found = Command::new("pgrep")
        .args(["-P", &shell.id().to_string()])
        .output()
        .unwrap();
    let id = String::from_utf8(found.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    kill(Pid::from_raw(id), Signal::SIGKILL).unwrap();
}

#[test]
fn nc() {
    if Command::new("nc").arg("-h").output().is_err() {
        return skip_picture("nc.svg", "nc is not installed");
    }
    let mut pair = Pair::start("tictalk server", "nc 127.0.0.1 PORT");
    for (typed, answer, row) in [
        ("play tictactoe", "5", " 2 | 4 |[X]| 6 |"),
        ("1", "3", " 1 | O | 2 |[X]|"),
        ("9", "7", " 1 | O | 2 |*X*|"),
    ] {
        pair.client.press(&format!("{typed}\r"));
        pair.server.prompt();
        pair.server.enter(answer);
        pair.client.wait_for(row);
    }
    pair.client.wait_for("to chat.");
    pair.client.press("Good game!\r");
    pair.server.wait_for("Good game!");
    pair.server.prompt();
    picture("nc.svg", &[pair.client_window("nc")]);
}

#[test]
fn error_nobody_listens() {
    let name = "error-nobody-listens.svg";
    // A port that is taken and not listened on refuses whoever comes.
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, SERVER_PORT)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, SERVER_PORT)),
    ];
    let taken = addresses.map(take);
    if taken.iter().any(is_in_use) {
        return skip_picture(name, &format!("port {SERVER_PORT} is in use"));
    }
    let mut client = shell(SERVER_PORT);
    client.press("tictalk client\r");
    client.wait_for("nobody listens");
    shell_prompt(&client);
    let window = client.read(|screen| Window::new("tictalk client", screen, &[]));
    picture(name, &[window]);
}

fn take(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Another run of this test may take it too.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn is_in_use(taken: &io::Result<Socket>) -> bool {
    taken
        .as_ref()
        .is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

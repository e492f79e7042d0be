//! A client that was killed and is started again, and the messages that tell it what to do: the
//! advice of each one works.

use crate::support::{
    Cable, Finished, Program, Pty, Room, Running, Socket, control, line_of_cursor, new_folder,
    unwrapped,
};
use nix::sys::signal::Signal;
use std::path::PathBuf;

/// The sizes of the screens, in rows and columns.
const SIZES: [(u16, u16); 2] = [(40, 80), (60, 40)];

/// A pair that has exchanged greetings, with the folders of both journals.
struct Seats {
    server: Pty,
    port: u16,
    ours: PathBuf,
    theirs: PathBuf,
}

/// `tictalk client` with the journal in this folder.
fn client(port: u16, folder: &PathBuf) -> Program {
    Program::client(port).args(["--name", "ann"]).data(folder)
}

/// A server for another run at the same port.
fn server_again(port: u16, folder: &PathBuf) -> Program {
    let port = port.to_string();
    let server = Program::new().args(["server", "--name", "bob", "--port", &port]);
    server.data(folder)
}

/// A server and a client that was killed in the middle of a game.
fn killed(options: &[&str], size: (u16, u16)) -> Seats {
    let (ours, theirs) = (new_folder(), new_folder());
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .args(options)
        .data(&theirs)
        .on_screen_of(size)
        .listening();
    let mut client = client(port, &ours).on_screen_of(size);
    client.exchange_greetings_with(&mut server);
    client.enter("play tictactoe");
    server.prompt();
    client.signal(Signal::SIGKILL);
    client.finish();
    server.wait_for("Connection to the client lost.");
    Seats {
        server,
        port,
        ours,
        theirs,
    }
}

/// The same at pipes.
fn killed_at_pipes(options: &[&str], ours: &PathBuf) -> (Running, u16) {
    let (mut server, port) = Program::server().args(options).start().listening();
    let mut client = client(port, ours).start();
    client.enter("Hello");
    server.enter("Hi");
    client.wait_for("Hi\n");
    client.kill();
    server.wait_for_error("Connection to the client lost");
    (server, port)
}

/// The command between backquotes in an error, as its program.
fn advised(finished: &Finished) -> Program {
    let (_, rest) = finished.stderr.split_once('`').expect(&finished.stderr);
    let (command, _) = rest.split_once('`').expect(&finished.stderr);
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("tictalk"), "{command}");
    Program::new().args(words)
}

const QUESTION: &str = "Resume your session with bob?";

/// Answers the question with this line.
fn answered(client: &mut Pty, answer: &str) {
    client.wait_for(QUESTION);
    client.wait("the choices at the cursor", |screen| {
        line_of_cursor(screen)
            .trim_end()
            .ends_with("[Y/n]")
            .then_some(())
    });
    client.press(&format!("{answer}\r"));
}

#[test]
fn a_killed_client_is_asked_and_resumes() {
    for size in SIZES {
        for answer in ["", "y", "YES"] {
            let Seats {
                mut server,
                port,
                ours,
                ..
            } = killed(&[], size);
            let mut back = client(port, &ours).on_screen_of(size);
            answered(&mut back, answer);
            back.wait_for("you: Hello\nbob: Hi\nyou: play tictactoe\n     a   b   c");
            back.wait_for("Reconnected.");
            server.prompt();
            server.enter("5");
            back.wait_for("|[X]|");
            back.prompt();
        }
    }
}

#[test]
fn a_client_that_answers_no_is_told_the_way_back() {
    for size in SIZES {
        let Seats {
            server: _server,
            port,
            ours,
            ..
        } = killed(&[], size);
        let mut back = client(port, &ours).on_screen_of(size);
        answered(&mut back, "perhaps");
        back.wait_for("perhaps\nType y or n: ");
        back.press("n\r");
        assert_eq!(back.finish(), 1);
        back.wait_for(
            "tictalk: the server is busy: The seat of your unfinished session is kept for ",
        );
        let folder = ours.to_str().unwrap();
        back.wait_for(&format!(
            " more seconds: `tictalk client --port {port} --name ann --data {folder} --resume` \
             resumes it"
        ));
        // Ctrl-C at the question leaves.
        let mut back = client(port, &ours).on_screen_of(size);
        back.wait_for(QUESTION);
        back.press("\x03");
        assert_eq!(back.finish(), 130);
    }
}

/// Each message whose advice leads somewhere, and where it leads.
#[test]
fn the_advice_of_each_message_works() {
    let ours = new_folder();
    // A pipe is told the command, and the command resumes the session.
    let (mut server, port) = killed_at_pipes(&[], &ours);
    let refused = client(port, &ours).stdin("Hello\n").run();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let mut back = advised(&refused).start();
    back.enter("again");
    server.wait_for("again\n");
    // A second client is told that the session is connected, and the command takes it over.
    let refused = client(port, &ours).run();
    assert!(refused.stderr.contains("still connected"), "{refused:?}");
    let mut other = advised(&refused).start();
    other.wait_for_error("Reconnected.");
    server.enter("from the server");
    other.wait_for("from the server\n");
    back.wait_for_error("another tictalk has resumed this session");
    drop(back);
    // Both may have reconnected in turn until then.
    other.enter("still here");
    server.wait_for("still here\n");
    server.prompt();
    server.enter("good");
    other.wait_for("good\n");
    // A client without the session is not sent to --resume, which could not help.
    let stranger = Program::client(port).run();
    assert_eq!(
        stranger.stderr,
        "tictalk: the server is busy: Two people are talking here already. Please try again later.\n"
    );
    other.enter("/q");
    assert_eq!(server.finish().code, Some(0));
    let refused = Program::client(port).run();
    assert!(refused.stderr.contains("nobody listens"), "{refused:?}");
}

#[test]
fn a_stranger_is_told_for_whom_the_seat_is_kept_and_how_long() {
    let ours = new_folder();
    let (server, port) = killed_at_pipes(&["--reconnect", "1"], &ours);
    let kept = "The seat is kept for 1 more second for a client whose connection is lost. ";
    for options in [&["--no-journal"][..], &[]] {
        let refused = Program::client(port).args(options).run();
        if refused.stderr.contains("nobody listens") {
            // The second is over.
            continue;
        }
        let then = "Then the server ends: start it again to connect.";
        assert_eq!(
            refused.stderr,
            format!("tictalk: the server is busy: {kept}{then}\n")
        );
    }
    server.wait_for_error("the client disconnected without /q");
    assert_eq!(server.finish().code, Some(1));
    // It was told to start the server again: then it can connect.
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
}

#[test]
fn a_server_that_cannot_resume_the_session_asks_nothing() {
    let Seats {
        mut server,
        port,
        ours,
        theirs,
    } = killed(&[], SIZES[0]);
    server.signal(Signal::SIGKILL);
    server.finish();
    // A server with another journal, then the right one, occupied by somebody else.
    let (mut server, _) = server_again(port, &new_folder()).on_screen().listening();
    let mut back = client(port, &ours).on_screen();
    back.prompt();
    assert!(!back.contents().contains("session"), "{}", back.contents());
    back.enter("Hello again");
    server.prompt();
    back.press("");
    server.enter("/q");
    assert_eq!((server.finish(), back.finish()), (0, 0));
    let (server, _) = server_again(port, &theirs).on_screen().listening();
    let mut somebody = Program::client(port).on_screen();
    somebody.prompt();
    somebody.enter("Hello");
    server.prompt();
    let mut back = client(port, &ours).on_screen();
    assert_eq!(back.finish(), 1);
    back.wait_for("tictalk: the server is busy: Two people are talking here already.");
    assert!(!back.contents().contains("resume"), "{}", back.contents());
}

#[test]
fn an_older_server_cannot_be_asked() {
    let ours = new_folder();
    let (mut server, port) = Program::server().start().listening();
    let cable = Cable::to(port);
    let mut first = client(cable.port(), &ours).start();
    first.enter("Hello");
    server.wait_for("Hello\n");
    first.kill();
    drop(server);
    let (listener, port) = Socket::listen();
    cable.lead_to(port);
    let back = client(cable.port(), &ours).on_screen();
    let mut older = Socket::accept(&listener);
    older.receive_frame();
    older.send(&control(r#"{"type":"welcome","version":2,"mode":"pair"}"#));
    back.wait_for("The journal has an unfinished session with this server: `tictalk client --port");
    back.prompt();
}

#[test]
fn both_were_killed_and_find_each_other_again() {
    for size in SIZES {
        let Seats {
            mut server,
            port,
            ours,
            theirs,
        } = killed(&[], size);
        server.signal(Signal::SIGKILL);
        server.finish();
        let (mut server, _) = server_again(port, &theirs).on_screen_of(size).listening();
        server.wait_for("Your last session here, with ann, is unfinished.");
        // A new session first, which leaves the unfinished one as it is.
        let mut back = client(port, &ours).on_screen_of(size);
        answered(&mut back, "n");
        back.wait_for("Connected to:");
        back.prompt();
        back.press("\x03");
        assert_eq!(back.finish(), 130);
        server.finish();
        let (mut server, _) = server_again(port, &theirs).on_screen_of(size).listening();
        let mut back = client(port, &ours).on_screen_of(size);
        answered(&mut back, "");
        back.wait_for("you: play tictactoe");
        server.prompt();
        server.enter("5");
        back.wait_for("|[X]|");
    }
}

#[test]
fn of_two_unfinished_sessions_the_newest_is_resumed() {
    let ours = new_folder();
    let (mut server, port) = Program::server()
        .args(["--keep", "--reconnect", "120"])
        .start()
        .listening();
    let mut first = client(port, &ours).start();
    first.enter("the first session");
    server.enter("Hi");
    first.wait_for("Hi\n");
    first.kill();
    server.wait_for_error("Connection to the client lost");
    drop(server);
    let (mut server, _) = server_again(port, &new_folder()).start().listening();
    let mut second = client(port, &ours).start();
    second.enter("the second session");
    server.enter("Hi");
    second.wait_for("Hi\n");
    second.kill();
    server.wait_for_error("Connection to the client lost");
    let mut back = client(port, &ours).on_screen();
    answered(&mut back, "");
    back.wait_for("you: the second session\n");
    assert!(
        !back.contents().contains("the first"),
        "{}",
        back.contents()
    );
}

#[test]
fn a_server_that_keeps_listening_has_one_session_after_another() {
    for size in SIZES {
        let theirs = new_folder();
        let (mut server, port) = Program::server()
            .args(["--keep", "--name", "bob"])
            .data(&theirs)
            .on_screen_of(size)
            .listening();
        let again = "Waiting for the next client. Ctrl-C ends the server.";
        for name in ["ann", "cid"] {
            let mut client = Program::client(port)
                .args(["--name", name])
                .on_screen_of(size);
            client.exchange_greetings_with(&mut server);
            client.enter("play tictactoe");
            server.prompt();
            // Either side ends the session, and only that.
            if name == "ann" {
                server.enter("/q");
            } else {
                server.enter("5");
                client.prompt();
                client.enter("/q");
            }
            assert_eq!(client.finish(), 0);
            server.wait(again, |screen| ends_with(screen, again));
        }
        // The seat is kept for a client that was killed, and no game of others is left over.
        let ours = new_folder();
        let mut lost = client(port, &ours).on_screen_of(size);
        lost.exchange_greetings_with(&mut server);
        server.wait("no board of an earlier session", |screen| {
            let contents = screen.contents();
            let (_, now) = contents.rsplit_once("Connected by")?;
            (!now.contains("+---+")).then_some(())
        });
        lost.enter("/score");
        lost.wait_for("You haven't finished a game with bob yet.");
        lost.prompt();
        lost.signal(Signal::SIGKILL);
        lost.finish();
        server.wait_for("Connection to the client lost.");
        let refused = Program::client(port).run();
        assert!(
            refused.stderr.ends_with("is lost. Try again then.\n"),
            "{refused:?}"
        );
        let mut back = client(port, &ours).on_screen_of(size);
        answered(&mut back, "");
        back.wait_for("Reconnected.");
        back.prompt();
        back.enter("/q");
        server.wait(again, |screen| ends_with(screen, again));
        server.press("\x03");
        assert_eq!(server.finish(), 130);
    }
}

/// Whether the screen ends with this line.
fn ends_with(screen: &vt100::Screen, line: &str) -> Option<()> {
    unwrapped(&screen.contents()).ends_with(line).then_some(())
}

#[test]
fn a_script_serves_one_client_after_another() {
    let (mut server, port) = Program::server().args(["--keep"]).start().listening();
    for _ in 0..2 {
        let mut client = Program::client(port).start();
        client.enter("Hello");
        server.enter("Hi");
        client.wait_for("Hi\n");
        client.enter("/q");
        assert_eq!(client.finish().code, Some(0));
        server.wait_for(" is over. Still listening.\n");
    }
}

#[test]
fn a_killed_member_of_a_room_comes_back() {
    for size in SIZES {
        for (options, name) in [(&["--name", "ann"][..], "ann"), (&[], "guest1")] {
            let Room { mut host, port } = Room::open(&[]);
            let ours = new_folder();
            let start = || {
                let program = Program::client(port).args(options).data(&ours);
                program.on_screen_of(size)
            };
            let mut first = start();
            if options.is_empty() {
                first.cursor_behind("Your name in this room: ");
                first.press(&format!("{name}\r"));
            }
            first.prompt();
            host.wait_for(&format!("-- {name} joined.\n"));
            first.signal(Signal::SIGKILL);
            first.finish();
            host.wait_for(&format!("-- {name} lost the connection"));
            host.feed("while you were away\n");
            // A client without the ticket is not sent to an option that cannot help.
            let stranger = Program::client(port).args(["--name", name]).run();
            assert_eq!(stranger.code, Some(1), "{stranger:?}");
            let kept = "is kept for a member whose connection was lost, for up to ";
            if name == "ann" {
                assert!(stranger.stderr.contains(kept), "{stranger:?}");
                assert!(!stranger.stderr.contains("--resume"), "{stranger:?}");
            }
            // A name that was asked for leads back as well as one on the command line.
            let back = match size {
                (_, 80) => start(),
                _ => Program::client(port)
                    .args(["--name", name])
                    .data(&ours)
                    .on_screen_of(size),
            };
            back.wait_for(&format!("You returned to the room as {name}."));
            back.wait_for("while you were away");
            back.prompt();
            host.wait_for(&format!("-- {name} reconnected.\n"));
        }
    }
}

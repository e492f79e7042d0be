//! The screen and the keyboard of a person.

use crate::support::{Program, Pty, Socket, frame, line_of_cursor};

/// Two screens, connected; the client has the first turn.
fn pair(server_options: &[&str], client_options: &[&str]) -> (Pty, Pty) {
    let (server, port) = Program::server()
        .args(server_options)
        .on_screen()
        .listening();
    let client = Program::client(port).args(client_options).on_screen();
    client.prompt();
    (server, client)
}

#[test]
fn without_names_the_screen_reads_as_in_the_assignment() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("Hello");
    server.prompt();
    server.enter("How are you?");
    client.prompt();
    client.enter("/q");
    assert_eq!((client.finish(), server.finish()), (0, 0));
    let screen = client.contents();
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    assert_eq!(
        lines.join("\n"),
        "Type /q to quit\n\
         Enter message to send. Please wait for input prompt before entering message...\n\
         Note: Type \"play tictactoe\" to start a game of tictactoe\n\
         Enter Input >Hello ✓\n\
         How are you?\n\
         Enter Input >/q\n\
         Shutting Down!"
    );
}

#[test]
fn names_are_shown_before_the_lines() {
    let (mut server, mut client) = pair(&["--name", "bob"], &["--name", "ann"]);
    client.wait_for("The server is bob.");
    client.enter("Hello");
    server.wait_for("The client is ann.");
    server.wait_for("ann: Hello");
    server.prompt();
    server.enter("Hi ann");
    client.wait_for("bob: Hi ann");
}

/// Nobody has seen this word.
fn is_unseen(word: &str, screens: [&Pty; 2]) {
    for screen in screens {
        assert!(!screen.contents().contains(word), "{}", screen.contents());
        assert!(!screen.output().contains(word), "{}", screen.output());
    }
}

#[test]
fn a_word_to_be_guessed_is_on_no_screen_before_it_is_open() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("play hangman");
    client.enter_hidden("jazz");
    client.wait_for("Your word of 4 letters is sealed.");
    // Not even letter by letter: nothing else that is written here has one of these.
    let output = client.output();
    let (_, behind) = output.split_once("(hidden)").unwrap();
    assert!(!behind.contains(['j', 'z']), "{behind:?}");
    for (guess, answer) in [
        ("z", "z is at 3 and 4."),
        ("e", "There is no e: 1 of 6 misses."),
        ("a", "a is at 2."),
    ] {
        server.prompt();
        server.enter(guess);
        client.wait_for(&format!("The server guesses {guess}."));
        client.wait_for(answer);
        server.wait_for(answer);
        is_unseen("jazz", [&server, &client]);
    }
    server.prompt();
    server.enter("j");
    server.wait_for("The word was jazz.");
    server.wait_for("You win! You 1, the client 0, drawn 0.");
    client.wait_for("The word was jazz.");
    client.wait_for("The server wins. You 0, the server 1, drawn 0.");
    // A line from the hidden prompt cannot be called back either.
    server.enter("Well thought of");
    client.prompt();
    client.press("\x1b[A");
    client.prompt_with("play hangman");
}

#[test]
fn a_player_who_does_not_find_the_word_sees_it_at_the_end() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("Hello");
    server.prompt();
    server.enter("play hangman");
    server.enter_hidden("jazz");
    for (misses, guess) in (1..6).zip(["b", "c", "d", "e", "quiz"]) {
        client.prompt();
        client.enter(guess);
        let answer = format!("{misses} of 6 misses.");
        client.wait_for(&answer);
        server.wait_for(&answer);
        is_unseen("jazz", [&server, &client]);
    }
    client.prompt();
    client.enter("f");
    client.wait_for("The word was jazz.");
    client.wait_for("The server wins. You 0, the server 1, drawn 0.");
    server.wait_for("The word was jazz.");
    server.wait_for("You win! You 1, the client 0, drawn 0.");
}

#[test]
fn keys_pressed_while_waiting_do_not_garble_the_screen() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("Hello");
    server.prompt();
    client.press("\x1b[A\x1b[B\x1b[C\x1b[Dgone\x01\x05");
    client.press("\x15");
    server.enter("Hi");
    client.wait_for("Enter Input >Hello ✓\nHi\nEnter Input >");
    client.prompt();
    assert!(!client.contents().contains("gone"));
}

#[test]
fn a_paste_without_brackets_sends_only_its_first_line() {
    let (mut server, mut client) = pair(&[], &[]);
    client.press("one\rtwo\r/q\r");
    server.wait_for("one\n");
    server.prompt();
    server.enter("reply");
    client.wait_for("Enter Input >one ✓\nreply\nEnter Input >two\n/q");
    client.press("\x15\x15three\r");
    server.wait_for("three");
    server.prompt();
}

#[test]
fn ctrl_d_leaves_even_if_the_partner_speaks_in_the_same_moment() {
    use nix::sys::signal::Signal;
    let (listener, port) = Socket::listen();
    let mut client = Program::client(port).args(["--wire", "framed"]).on_screen();
    let mut server = Socket::accept(&listener);
    client.prompt();
    client.enter("Hello");
    assert_eq!(server.receive_text(), "Hello");
    client.wait_until_quiet();
    client.signal(Signal::SIGSTOP);
    client.press("\x04");
    server.send(&frame("Hi"));
    client.signal(Signal::SIGCONT);
    assert_eq!(client.finish(), 0);
    assert!(client.is_cooked());
}

#[test]
fn ctrl_s_holds_nothing_up() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("Hello");
    server.prompt();
    client.press("\x13");
    server.enter("Hi");
    client.wait_for("Hi\nEnter Input >");
    client.prompt();
}

#[test]
fn a_paste_of_several_lines_is_one_message() {
    let (server, mut client) = pair(&[], &[]);
    client.press("\x1b[200~first line\rsecond line\rthird line\x1b[201~");
    client.wait_for("Enter Input >first line\nsecond line\nthird line");
    client.press("\r");
    server.wait_for("first line\n  second line\n  third line\nType /q to quit");
    server.prompt();
}

#[test]
fn a_message_over_the_limit_is_given_back_to_be_edited() {
    let (server, mut client) = pair(&[], &[]);
    let long = "x".repeat(3_000);
    client.resize((90, 90));
    // A terminal hands over at most 4,095 bytes of a burst, so it is pasted in two parts.
    client.press(&format!("\x1b[200~{long}\x1b[201~"));
    client.wait_for("xxx");
    client.press(&format!("\x1b[200~{long}\x1b[201~"));
    client.wait_for("(6000 of 4096 bytes)");
    client.press("!\r");
    client.wait_for("That message is 6,001 bytes long, and the limit is 4,096");
    // The cursor is at the end of the restored draft.
    client.wait("the draft", |screen| ends_with(screen, "x!").then_some(()));
    client.press("\x15short enough\r");
    server.wait_for("short enough");
    server.prompt();
}

/// A terminal that sends no brackets around a paste: the editor takes each character for a key.
#[test]
fn a_line_that_is_too_long_to_be_edited_is_taken_back_with_its_start_as_a_draft() {
    let (server, mut client) = pair(&[], &[]);
    client.resize((90, 90));
    let start = "x".repeat(4_095);
    client.press(&format!("{start}é{}\r", "y".repeat(95_903)));
    client.wait_for("Only the first 4095 bytes of this line are kept.");
    client.wait_for("That message is 100,000 bytes long, and the limit is 4,096");
    client.wait("the draft", |screen| ends_with(screen, "x").then_some(()));
    assert!(!client.contents().contains('é'), "{}", client.contents());
    // Drawing it for each key took 30 MB.
    let drawn = client.output().len();
    assert!(drawn < 2_000_000, "{drawn} bytes were drawn");
    client.press("\r");
    server.wait_for("xxx");
    server.prompt();
}

#[test]
fn an_interrupt_after_a_line_that_is_too_long_is_handled() {
    let (_server, mut client) = pair(&[], &[]);
    client.press(&"x".repeat(100_000));
    client.press("\x03");
    assert_eq!(client.finish(), 130);
}

fn ends_with(screen: &vt100::Screen, text: &str) -> bool {
    let (row, column) = screen.cursor_position();
    screen.contents_between(row, 0, row, column).ends_with(text)
}

#[test]
fn tab_completes_commands() {
    let (server, mut client) = pair(&[], &[]);
    // As far as all games begin alike, and then to the end.
    client.press("pl\t");
    client.prompt_with("play ");
    client.press("t\t");
    client.prompt_with("play tictactoe");
    client.press("\r");
    server.wait_for("tictactoe: you are X and move first.");
}

#[test]
fn a_completion_is_hinted_at_and_taken_with_the_right_arrow() {
    let (_server, mut client) = pair(&[], &[]);
    client.press("play tic");
    client.wait_for("Enter Input >play tictactoe");
    client.press("\x1b[C");
    client.prompt_with("play tictactoe");
    client.press("\r");
    client.wait_for("tictactoe: you are O");
}

#[test]
fn without_colours_a_hint_is_in_brackets() {
    let (_server, mut client) = pair(&[], &["--color", "never"]);
    client.press("/sc");
    client.wait_for("Enter Input >/sc[ore]");
}

#[test]
fn an_earlier_line_can_be_called_back() {
    let (mut server, mut client) = pair(&[], &[]);
    client.enter("remember me");
    server.prompt();
    server.enter("ok");
    client.prompt();
    client.press("\x1b[A");
    client.prompt_with("remember me");
}

#[test]
fn a_banner_that_comes_while_typing_does_not_disturb_the_line() {
    let (listener, port) = Socket::listen();
    let mut client = Program::client(port).args(["--wire", "raw"]).on_screen();
    let mut server = Socket::accept(&listener);
    client.prompt();
    client.press("Hel");
    client.prompt_with("Hel");
    server.send(b"Welcome!\n");
    client.wait_for("Welcome!\nEnter Input >Hel");
    client.press("lo\r");
    assert_eq!(server.receive_until("Hello"), "Hello\n");
    server.send(b"Second line\n");
    client.wait_for("Second line\nEnter Input >");
}

#[test]
fn the_board_is_coloured_and_no_colour_is_needed_to_read_it() {
    let play = |environment: &[(&str, &str)]| {
        let (mut server, port) = Program::server().on_screen().listening();
        let client_port = port.to_string();
        let mut client = Program::new()
            .args(["client", "--port", &client_port])
            .envs(environment)
            .on_screen();
        client.prompt();
        client.enter("play tictactoe");
        server.prompt();
        for (at, words) in ["5", "1", "2", "3", "8"].iter().enumerate() {
            let side = if at % 2 == 0 {
                &mut server
            } else {
                &mut client
            };
            side.prompt();
            side.enter(words);
        }
        server.wait_for("You win!");
        client.wait_for("The server wins. You 0, the server 1, drawn 0.");
        client.wait_for("|*X*|");
        client.read(|screen| {
            let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
            let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
            cells
                .filter_map(|(row, column)| screen.cell(row, column))
                .any(|cell| cell.fgcolor() != vt100::Color::Default || cell.bold())
        })
    };
    assert!(play(&[]), "no colour on a terminal");
    assert!(!play(&[("NO_COLOR", "")]), "colour in spite of NO_COLOR");
    assert!(!play(&[("TERM", "dumb")]), "colour on a dumb terminal");
}

#[test]
fn a_dumb_terminal_gets_lines_and_a_prompt() {
    let (server, port) = Program::server().on_screen().listening();
    let port = port.to_string();
    let mut client = Program::new()
        .args(["client", "--port", &port])
        .env("TERM", "dumb")
        .on_screen();
    client.prompt();
    client.enter("Hello");
    server.wait_for("Hello");
    // The terminal itself echoes the input once.
    client.wait_for("Enter Input >Hello");
    assert_eq!(client.contents().matches("Hello").count(), 1);
}

#[test]
fn a_window_of_another_size_keeps_the_line_whole() {
    let (server, mut client) = pair(&[], &[]);
    client.press(&format!("{}last", "word ".repeat(12)));
    client.prompt_with(&format!("{}last", "word ".repeat(12)));
    client.resize((40, 40));
    client.press("end");
    client.wait_for(&format!("Enter Input >{}lastend", "word ".repeat(12)));
    client.press("\r");
    server.wait_for(&format!("{}lastend", "word ".repeat(12)));
}

#[test]
fn a_program_that_was_suspended_continues_as_before() {
    let (mut server, port) = Program::server().on_screen().listening();
    // A shell with job control, as a person has it.
    let shell = Program::other("bash").args(["--norc", "-i"]);
    let mut client = shell.env("PS1", "shell: ").on_screen_of((40, 100));
    let at_shell = |client: &Pty| {
        client.wait("the shell's prompt", |screen| {
            ends_with(screen, "shell: ").then_some(())
        });
    };
    at_shell(&client);
    let tictalk = env!("CARGO_BIN_EXE_tictalk");
    client.press(&format!("{tictalk} client --port {port}\r"));
    // At the prompt: what was typed is still there.
    client.prompt();
    client.press("Hel");
    client.prompt_with("Hel");
    client.press("\x1a");
    at_shell(&client);
    client.press("fg\r");
    client.prompt_with("Hel");
    client.press("lo");
    client.prompt_with("Hello");
    client.press("\r");
    server.prompt();
    // While waiting, too.
    client.wait_for("The server's turn ...");
    client.press("\x1a");
    at_shell(&client);
    client.press("fg\r");
    // The shell names what it continues, and then the program draws its line again.
    client.wait("the waiting line", |screen| {
        (line_of_cursor(screen).trim_end() == "The server's turn ...").then_some(())
    });
    client.press("ahead");
    server.enter("Hi");
    client.prompt_with("ahead");
    assert_eq!(client.contents().matches("ahead").count(), 1);
}

#[test]
fn a_wait_that_lasts_shows_that_it_lasts() {
    let port = Socket::listen().1;
    let mut client = Program::client(port).args(["--wait", "60"]).on_screen();
    client.wait_for(&format!(
        "Waiting for a server on port {port} of localhost (1 s)"
    ));
    // The next second is drawn over this one.
    client.wait_for("(2 s)");
    client.press("\x03");
    assert_eq!(client.finish(), 130);
    assert!(
        !client.contents().contains("Waiting"),
        "{}",
        client.contents()
    );
    assert!(client.is_cooked());
}

#[test]
fn a_flood_at_the_prompt_leaves_the_line_alone() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame("Hello"));
    server.prompt();
    server.press("thinking");
    server.prompt_with("thinking");
    peer.send(&frame("hurry").repeat(1_000));
    server.press("...");
    server.prompt_with("thinking...");
    assert!(!server.contents().contains("hurry"));
    server.press("\r");
    server.wait_for("hurry\nEnter Input >");
    assert_eq!(peer.receive_text(), "thinking...");
}

#[test]
fn a_board_that_is_too_wide_for_the_screen_is_said_in_words() {
    let solo = Program::new().args(["solo", "battleship"]);
    let mut solo = solo.on_screen_of((40, 30));
    solo.wait_for("Battleship; to place: carrier");
    solo.prompt();
    solo.resize((40, 90));
    // Felt at the next prompt.
    solo.enter("/board");
    solo.prompt();
    solo.enter("/board");
    solo.wait_for(" 1  .  .  .  .  .  .  .  .  .  .");
}

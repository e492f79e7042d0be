//! A computer partner: at the same terminal, and as a separate program.

use crate::support::{Program, Pty, Running, Socket};

/// A terminal at which somebody plays with the computer, at the first prompt.
fn solo(arguments: &[&str]) -> Pty {
    let solo = Program::new().args(["solo"]).args(arguments).on_screen();
    solo.prompt();
    solo
}

/// Plays to the end with `lines`, one after the other; what is refused costs nothing. Returns the
/// screen on which the game ends.
fn play(solo: &mut Pty, lines: &[&str]) -> String {
    for line in lines.iter().cycle().take(400) {
        let screen = solo.contents();
        if screen.contains("Enter plays again") {
            return screen;
        }
        solo.enter(line);
        solo.prompt();
    }
    panic!("no end:\n{}", solo.contents());
}

fn leave(mut solo: Pty) {
    solo.enter("/q");
    assert_eq!(solo.finish(), 0);
}

/// The words of the network and of the chat, which mean nothing to a person who plays alone.
fn has_no_network_words(screen: &str) {
    for words in [
        "client",
        "server",
        "onnection",
        "partner",
        "chat",
        "essage",
        "✓",
    ] {
        assert!(
            !screen.contains(words),
            "{words:?} on the screen:\n{screen}"
        );
    }
}

#[test]
fn a_menu_is_shown_and_a_number_starts_a_game_that_the_person_begins() {
    for (columns, menu) in [
        (
            80,
            "1 tictactoe  2 rps  3 hangman  4 connect4  5 battleship\n\
             Type a number or a name. /level changes the level, q quits.\n\
             Enter Input >",
        ),
        (
            40,
            "1 tictactoe  2 rps  3 hangman\n\
             4 connect4  5 battleship\n\
             Type a number or a name.\n\
             /level changes the level, q quits.\n\
             Enter Input >",
        ),
    ] {
        let mut solo = Program::new().args(["solo"]).on_screen_of((24, columns));
        solo.wait_for(menu);
        solo.prompt();
        let screen = solo.contents();
        let greeting = "You're playing the computer (level: medium).";
        assert!(screen.replace('\n', " ").starts_with(greeting), "{screen}");
        has_no_network_words(&screen);
        solo.enter("1");
        solo.wait_for("tictactoe: you are X and move first.");
        solo.prompt();
        solo.enter("5");
        solo.wait_for("The computer played ");
        solo.prompt();
        has_no_network_words(&solo.contents());
        leave(solo);
    }
}

#[test]
fn a_game_is_picked_by_its_name_and_its_beginning_too() {
    for (line, told) in [
        ("connect4", "connect4: you are ● and move first."),
        ("c", "connect4: you are ● and move first."),
        ("play tictactoe", "tictactoe: you are X and move first."),
        ("rps 5", "rps: best of 5: you throw first,"),
        (
            "h",
            "hangman: the computer thinks of a word, and you guess it.",
        ),
    ] {
        let mut solo = solo(&[]);
        solo.enter(line);
        solo.wait_for(told);
        solo.prompt();
        leave(solo);
    }
}

#[test]
fn what_is_no_game_is_answered_with_the_menu() {
    for columns in [80, 40] {
        let mut solo = Program::new().args(["solo"]).on_screen_of((24, columns));
        solo.prompt();
        solo.enter("Who are you?");
        solo.wait_for("I only play games. Pick one:\n1 tictactoe");
        solo.prompt();
        solo.enter("q");
        assert_eq!(solo.finish(), 0);
    }
}

#[test]
fn enter_plays_again_and_the_score_runs() {
    for (columns, first, second) in [
        (
            80,
            "You gave up: the computer wins. You 0, computer 1, drawn 0.\n\
             Enter plays again, m shows the menu, /q quits.\n",
            "You gave up: the computer wins. You 0, computer 2, drawn 0.\n",
        ),
        (
            40,
            "You gave up: the computer wins.\n\
             You 0, computer 1, drawn 0.\n\
             Enter plays again, m shows the menu,\n\
             /q quits.\n",
            "You 0, computer 2, drawn 0.\n",
        ),
    ] {
        let mut solo = Program::new()
            .args(["solo", "tictactoe"])
            .on_screen_of((40, columns));
        solo.wait_for("you are X and move first.");
        solo.prompt();
        solo.enter("/resign");
        solo.wait_for(first);
        solo.prompt();
        has_no_network_words(&solo.contents());
        solo.press("\r");
        solo.wait_for("tictactoe: you are O, ");
        solo.wait_for("The computer played ");
        solo.prompt();
        solo.enter("/resign");
        solo.wait_for(second);
        solo.prompt();
        solo.enter("m");
        solo.wait_for("1 tictactoe  2 rps");
        solo.prompt();
        leave(solo);
    }
}

#[test]
fn the_level_is_told_and_changed_at_any_time() {
    for columns in [80, 40] {
        let mut solo = Program::new()
            .args(["solo", "--level", "perfect"])
            .on_screen_of((24, columns));
        solo.wait_for("(level: perfect).");
        solo.prompt();
        solo.enter("/level");
        solo.wait_for("The level is perfect.");
        solo.wait_for("/level NAME changes it:");
        solo.prompt();
        solo.enter("1");
        solo.wait_for("you are X and move first.");
        solo.prompt();
        solo.enter("/level easy");
        solo.wait_for("The level is now easy.");
        solo.prompt();
        solo.enter("/level hard");
        solo.wait_for("There is no level hard.");
        solo.prompt();
        solo.enter("/help");
        solo.wait_for("/level NAME");
        solo.prompt();
        leave(solo);
    }
}

/// At a pipe, where the computer does not pause.
#[test]
fn a_level_that_is_changed_changes_how_the_computer_plays() {
    // The best answer to a corner is the centre, and a beginner does not know that.
    let game = "play tictactoe\n1\n/resign\n";
    let script = format!("{}/level easy\n{}", game.repeat(3), game.repeat(30));
    let finished = Program::new()
        .args(["solo", "--level", "perfect"])
        .stdin(&script)
        .run();
    let (perfect, easy) = finished
        .stdout
        .split_once("The level is now easy.")
        .unwrap();
    assert_eq!(perfect.matches("\n5\n").count(), 3, "{perfect}");
    assert_eq!(easy.matches("you are X and move first.").count(), 30);
    assert!(easy.matches("\n5\n").count() < 20, "{easy}");
}

#[test]
fn a_described_menu_and_game_are_spoken_well() {
    let mut solo = solo(&["--describe"]);
    solo.wait_for("1 tictactoe, 2 rps, 3 hangman, 4 connect4, 5 battleship\n");
    solo.enter("1");
    solo.wait_for("tictactoe: you are X and move first.");
    solo.prompt();
    solo.enter("5");
    solo.wait_for("The computer: ");
    solo.prompt();
    solo.enter("/board");
    solo.wait_for("X in the centre;");
    solo.prompt();
    has_no_network_words(&solo.contents());
    leave(solo);
}

#[test]
fn somebody_may_leave_while_the_computer_pauses() {
    let mut solo = solo(&["hangman"]);
    solo.enter("/resign");
    solo.prompt();
    solo.press("\r");
    solo.enter_hidden("telescope");
    solo.wait_for("Your word of 9 letters is sealed.");
    // Its guesses take longer than this.
    solo.press("\x03");
    assert_eq!(solo.finish(), 130);
    assert!(!solo.contents().contains("The word was telescope."));
}

#[test]
fn at_a_pipe_a_script_plays_as_before_and_begins() {
    let finished = Program::new()
        .args(["solo"])
        .stdin("play connect4\n\n4\n/level perfect\n")
        .run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    for text in [
        "Your partner is a program on this machine. /q leaves.\n",
        "I only play games. Pick one: tictactoe, rps, hangman, connect4, battleship.\n",
        "Type /q to quit\n",
        "Enter Input >play connect4\nplay connect4\nconnect4: you are X and move first.\n",
        "Enter Input >\nEnter Input >4\n",
        "The level is now perfect.\n",
    ] {
        assert!(
            finished.stdout.contains(text),
            "{text:?}:\n{}",
            finished.stdout
        );
    }
}

#[test]
fn tictactoe_is_played_through() {
    let mut solo = solo(&["tictactoe"]);
    solo.wait_for("tictactoe: you are X and move first.");
    let screen = play(&mut solo, &["5", "1", "2", "3", "4", "6", "7", "8", "9"]);
    assert!(screen.contains(", computer "), "{screen}");
    leave(solo);
}

#[test]
fn rps_is_played_through() {
    let mut solo = solo(&["rps", "5"]);
    solo.wait_for("rps: best of 5: you throw first, and your throw is sealed.");
    let screen = play(&mut solo, &["rock", "p", "S"]);
    assert!(screen.contains("best of 5"), "{screen}");
    solo.enter("/score");
    solo.wait_for("Games with the computer:");
    solo.prompt();
    leave(solo);
}

#[test]
fn connect4_is_played_through() {
    let mut solo = solo(&["connect4", "--level", "perfect"]);
    solo.wait_for("connect4: you are ● and move first.");
    solo.enter("/hint");
    solo.wait_for("Best is 4: it wins in 21 moves, whatever the other side does.");
    solo.prompt();
    let screen = play(&mut solo, &["1", "2", "3", "4", "5", "6", "7"]);
    assert!(
        screen.contains("The computer wins. You 0, computer 1, drawn 0."),
        "{screen}"
    );
    leave(solo);
}

#[test]
fn hangman_is_played_through() {
    let mut solo = solo(&["hangman"]);
    solo.wait_for("hangman: the computer thinks of a word, and you guess it.");
    solo.wait_for("Guess a letter, or the whole word. Six misses and you lose.");
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    let screen = play(&mut solo, &letters);
    assert!(screen.contains("The word was "), "{screen}");
    leave(solo);
}

/// At a pipe, where the computer does not pause.
#[test]
fn battleship_is_played_through() {
    let rows = 1..=10;
    let squares = rows.flat_map(|row| ('a'..='j').map(move |column| format!("{column}{row}\n")));
    let lines: String = ["random\n".to_owned()].into_iter().chain(squares).collect();
    let finished = Program::new()
        .args(["solo", "battleship"])
        .stdin(&lines)
        .run();
    let screen = finished.stdout;
    assert!(
        screen.contains("battleship: you place your fleet first, and shoot first."),
        "{screen}"
    );
    let has_ended = screen.contains("Your whole fleet is sunk.")
        || screen.contains("The client's whole fleet is sunk.");
    assert!(has_ended, "{screen}");
}

#[test]
fn the_computer_guesses_a_word_that_somebody_thinks_of() {
    let mut solo = solo(&[]);
    // Room for the whole game, so that nothing scrolls away unseen.
    solo.resize((400, 90));
    solo.enter("play hangman");
    solo.prompt();
    solo.enter("/resign");
    solo.prompt();
    solo.enter("rematch");
    solo.wait_for("hangman: you think of a word, and the computer guesses it.");
    // The prompt for a word returns after an input that is no word.
    solo.enter_hidden("no word");
    solo.wait_for("A word has 3 to 20 letters, a to z only.");
    solo.enter_hidden("telescope");
    solo.wait_for("Your word of 9 letters is sealed.");
    solo.wait_for("The word was telescope.");
    solo.wait_for("Enter plays again");
    solo.prompt();
    leave(solo);
}

#[test]
fn the_client_options_of_the_environment_keep_no_bot_from_waiting() {
    let environment = [("TICTALK_WIRE", "raw"), ("TICTALK_WAIT", "5")];
    let mut bot = Program::bot().envs(&environment).start();
    bot.wait_for("Server listening on: localhost on port: ");
}

#[test]
fn options_of_a_game_are_in_quotes_with_its_name() {
    for (arguments, told) in [
        (
            &["solo", "hangman --words", "--level", "easy"][..],
            "the client's program draws a word, and you guess it.",
        ),
        (
            &["solo", "--level", "easy", "connect4 --toss"],
            "connect4: the two programs toss a coin.",
        ),
    ] {
        let mut solo = Program::new().args(arguments).start();
        solo.wait_for(told);
    }
}

#[test]
fn a_wish_that_is_no_game_is_explained_with_the_games_that_there_are() {
    for (arguments, message) in [
        (
            &["solo", "chess"][..],
            "there is no game \"chess\"; choose from tictactoe, rps",
        ),
        (&["solo", "rps", "99"], "Unknown option for rps."),
        (&["bot", "--play", "chess"], "there is no game \"chess\""),
        (
            &["solo", "tictactoe", "--level", "hard"],
            "--level hard: choose from easy, medium, perfect",
        ),
        (&["bot", "--wait", "5"], "--join"),
    ] {
        let finished = Program::new().args(arguments).run();
        assert_eq!(finished.code, Some(2), "{arguments:?}");
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
}

#[test]
fn at_a_pipe_it_plays_as_well_and_leaves_at_the_end_of_the_input() {
    let mut solo = Program::new().args(["solo", "rps", "1"]).start();
    solo.prompt();
    solo.enter("rock");
    solo.wait_for("You threw rock, the client threw ");
    solo.prompt();
    solo.end_input();
    let finished = solo.finish();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(
        finished
            .stdout
            .ends_with("Enter Input >/q\nShutting Down!\n"),
        "{}",
        finished.stdout
    );
}

#[test]
fn a_game_with_the_computer_is_recorded() {
    let data = crate::support::new_folder();
    let data = data.to_str().unwrap();
    let mut solo = Program::new().args(["solo", "rps", "1"]).data(data).start();
    solo.prompt();
    solo.enter("rock");
    solo.wait_for("to chat.");
    solo.prompt();
    solo.enter("/q");
    assert_eq!(solo.finish().code, Some(0));
    let list = Program::new().args(["history"]).data(data).run().stdout;
    assert!(
        list.contains("computer (client)") && list.contains("rps: "),
        "{list}"
    );
}

#[test]
fn a_dumb_terminal_does_not_show_a_hidden_word_either() {
    let mut solo = Program::new()
        .args(["solo", "--color", "never"])
        .env("TERM", "dumb")
        .on_screen();
    solo.wait_for("Enter Input >");
    solo.press("play hangman\r");
    solo.wait_for("you guess it.");
    solo.prompt();
    solo.press("/resign\r");
    solo.wait_for("Enter plays again");
    solo.prompt();
    solo.press("rematch\r");
    solo.wait_for("Enter Input (hidden) >");
    solo.press("zebra\r");
    solo.wait_for("Your word of 5 letters is sealed.");
    // The programs may have played to the end by now, and then the screen shows the word as it
    // should.
    let screen = solo.contents();
    assert!(!screen.contains("(hidden) >z"), "{screen}");
    // Further input is visible again.
    solo.press("hello");
    solo.wait_for("hello");
}

/// A computer partner that waits for others, and its port.
fn bot(options: &[&str]) -> (Running, u16) {
    Program::bot().args(options).start().listening()
}

#[test]
fn it_waits_for_one_partner_after_the_other() {
    let (mut bot, port) = bot(&["--level", "perfect"]);
    for _ in 0..2 {
        let mut client = Program::client(port).start();
        client.prompt();
        client.enter("play tictactoe");
        client.wait_for("\n5\n");
        client.wait_for("|[X]|");
        client.prompt();
        client.enter("/q");
        assert_eq!(client.finish().code, Some(0));
        bot.wait_for(" is over. Still listening.\n");
    }
    // One that breaks off, and one that breaks the rules, do not end it either.
    let mut rude = Socket::connect(port);
    rude.send(&crate::support::hello());
    rude.send(&crate::support::frame("/board"));
    rude.receive_rest();
    bot.wait_for("disconnected: connection closed: the client's program broke");
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("Hello");
    client.wait_for("I only play games.");
}

#[test]
fn it_plays_with_somebody_at_nc() {
    let (_bot, port) = bot(&["--level", "perfect"]);
    let mut nc = Socket::connect(port);
    nc.send(b"Hi\n");
    let greeting = nc.receive_until("\n");
    assert!(greeting.starts_with("I only play games."), "{greeting}");
    assert!(
        !greeting.contains("rps"),
        "nc cannot check secrets: {greeting}"
    );
    nc.send(b"play tictactoe\n");
    let board = nc.receive_until("| 9 |\n");
    assert!(board.starts_with("5\n"), "{board}");
    nc.send(b"/q\n");
    nc.receive_rest();
}

#[test]
fn a_refused_proposal_does_not_make_it_give_up_the_games_that_follow() {
    let (_bot, port) = bot(&["--play", "rps", "--level", "perfect"]);
    let mut nc = Socket::connect(port);
    nc.send(b"Hi\n");
    let greeting = nc.receive_until("\n");
    assert!(greeting.starts_with("I only play games."), "{greeting}");
    for _ in 0..2 {
        nc.send(b"play tictactoe\n");
        let board = nc.receive_until("| 9 |\n");
        assert!(board.starts_with("5\n"), "{board}");
        nc.send(b"/resign\n");
        nc.receive_until("Well played.");
    }
}

#[test]
fn it_goes_to_a_server_and_proposes_a_game() {
    let (mut server, port) = Program::server().start().listening();
    let port = port.to_string();
    let _bot = Program::new()
        .args(["bot", "--join", "--port", &port, "--play", "rps", "1"])
        .start();
    server.wait_for("rps: best of 1: you throw first");
    server.prompt();
    server.enter("rock");
    server.wait_for("to chat.");
}

#[test]
fn two_of_them_play_one_game_and_part() {
    let (mut waiting, port) = bot(&["--level", "easy"]);
    let port = port.to_string();
    let joining = Program::new()
        .args(["bot", "--join", "--port", &port])
        .start();
    let finished = joining.finish();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    waiting.wait_for("is over. Still listening.\n");
}

#[test]
fn a_game_can_be_chosen_after_the_computer_has_won() {
    let mut solo = solo(&["tictactoe", "--level", "perfect"]);
    solo.wait_for("you are X and move first.");
    let screen = play(&mut solo, &["1", "2", "4", "3", "6", "8", "7", "9", "5"]);
    assert!(screen.contains(", computer "), "{screen}");
    solo.prompt();
    solo.enter("connect4");
    solo.wait_for("connect4: you are ● and move first.");
    solo.prompt();
    leave(solo);
}

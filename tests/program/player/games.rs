use super::{FIRST, bot, errors};
use crate::support::{Program, Socket};

/// Two bots play this, and the one at the server is a program. What both printed.
fn played(game: &str, text: &str) -> String {
    let (mut bot, port, _) = bot(text);
    let other = Program::new().args(["bot", "--join", "--port", &port.to_string()]);
    let other = other.args(["--level", "easy", "--play", game]).run();
    assert_eq!(other.code, Some(0), "{other:?}");
    bot.wait_for("is over. Still listening")
}

#[test]
fn a_program_plays_every_game_to_its_end() {
    for game in ["tictactoe", "connect4", "rps 3", "hangman", "battleship"] {
        let said = played(game, FIRST);
        assert!(!said.contains("I resign"), "{game}: {said}");
    }
}

#[test]
fn a_program_reads_what_a_person_reads_in_words() {
    let noisy = FIRST.replace(
        "    if not line.endswith",
        "    print(line, file=sys.stderr, flush=True)\n    if not line.endswith",
    );
    let (_bot, port, folder) = bot(&noisy);
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("|[X]| 2 | 3 |");
    person.send(b"5\n");
    person.receive_until("| X |[X]| 3 |");
    person.send(b"/resign\n");
    person.receive_until("Type rematch to play it again.");
    person.send(b"/q\n");
    person.receive_rest();
    assert_eq!(
        errors(&folder),
        "tictactoe: you are X and move first.\n\
         Free: 1, 2, 3, 4, 5, 6, 7, 8, 9; your move.\n\
         X in the top left; free: 2, 3, 4, 5, 6, 7, 8, 9; the partner to move.\n\
         5\n\
         X in the top left; O in the centre; free: 2, 3, 4, 6, 7, 8, 9; your move.\n\
         X in the top left and the top; O in the centre; free: 3, 4, 6, 7, 8, 9; the partner to move.\n\
         You win: the partner gave up. Back to chat.\n"
    );
}

#[test]
fn only_what_asks_for_a_move_ends_like_a_question() {
    // Counts the questions of each game, and prints nothing else.
    let counted = FIRST
        .replace(
            "    if not line",
            "    if line.endswith('your move.'): sys.stderr.write('?')\n    if not line",
        )
        .replace("print(", "sys.stderr.write('!') and print(");
    for game in ["rps 5", "hangman", "battleship"] {
        let (_bot, port, folder) = bot(&counted);
        let other = Program::new().args(["bot", "--join", "--port", &port.to_string()]);
        let other = other.args(["--level", "easy", "--play", game]).run();
        assert_eq!(other.code, Some(0), "{other:?}");
        let asked = errors(&folder);
        assert!(
            !asked.is_empty() && asked.replace("?!", "").is_empty(),
            "{game}: {asked}"
        );
    }
}

#[test]
fn a_partner_at_nc_plays_a_program() {
    let (_bot, port, folder) = bot(FIRST);
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("|[X]| 2 | 3 |");
    person.send(b"5\n");
    person.receive_until("| X |[X]| 3 |");
    person.send(b"9\n");
    let end = person.receive_until("back to chat.");
    assert!(end.contains("You lose: the server wins."), "{end}");
    person.send(b"/q\n");
    person.receive_rest();
    assert_eq!(errors(&folder), "");
}

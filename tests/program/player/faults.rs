use super::{FIRST, bot, bot_with, errors};
use crate::support::{LIMIT, Program, Socket};
use std::time::Instant;

/// Plays tictactoe with a bot whose program is this, as a framed partner would, until the bot resigns.
/// What the bot says about it.
fn resigns(text: &str) -> String {
    resigns_after(text, "10")
}

/// The same, with these seconds for a move.
fn resigns_after(text: &str, move_time: &str) -> String {
    let (mut bot, port, _) = bot_with(text, move_time);
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("You win: the server gave up. Back to chat.");
    let why = bot.wait_for("I resign: my program ");
    assert!(!why.is_empty());
    let why = bot.wait_for(".\n");
    // The partner is told as soon as it can be told anything.
    person.send(b"why?\n");
    let told = person.receive_until("rematch");
    assert!(
        told.starts_with(&format!("I resign: my program {}", why.trim_end())),
        "{told}"
    );
    why
}

/// Plays tictactoe with a bot whose program moves to square 1 and loses by a fault at its second move.
fn lets_it_move_twice(port: u16) -> Socket {
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("|[X]| 2 | 3 |");
    person.send(b"5\n");
    person.receive_until("gave up");
    person
}

#[test]
fn a_program_that_sleeps_loses_by_its_time() {
    let why = resigns_after("import time\ntime.sleep(600)\n", "1");
    assert_eq!(why, "made no move within 1 s.\n");
}

#[test]
fn a_program_that_ends_loses() {
    assert_eq!(
        resigns("import sys\nsys.exit(3)\n"),
        "ended with exit code 3.\n"
    );
    let why = resigns("for line in iter(input, ''): 1 / 0\n");
    assert_eq!(why, "ended with exit code 1.\n");
}

#[cfg(unix)]
#[test]
fn a_program_that_is_killed_or_closes_its_output_loses() {
    let why = resigns("import os\nos.kill(os.getpid(), 9)\n");
    assert_eq!(why, "was killed by signal 9.\n");
    let why = resigns("import os, time\nos.close(1)\ntime.sleep(600)\n");
    assert_eq!(why, "closed its output.\n");
}

#[test]
fn a_program_that_prints_garbage_loses() {
    for (printed, why) in [
        (
            "b'hello\\n'",
            "printed \"hello\", which is no legal move: That isn't a move",
        ),
        (
            "b'10\\n'",
            "printed \"10\", which is no legal move: There is no square 10.",
        ),
        (
            "b'\\xff\\xfe\\n'",
            "printed \"\u{fffd}\u{fffd}\", which is not UTF-8.",
        ),
        (
            "b'/hint\\n'",
            "printed \"/hint\", which is no legal move: A program can only move",
        ),
        (
            "b'rematch\\n'",
            "printed \"rematch\", which is no legal move",
        ),
        (
            "b'play connect4\\n'",
            "printed \"play connect4\", which is no legal move",
        ),
        (
            "b'a' * 5000 + b'\\n'",
            "printed a line of more than 4096 bytes.",
        ),
        ("b'\\n' * 100000", "printed only blank lines."),
        ("b'\\x1b[2J\\n'", "printed \"␛[2J\", which is no legal move"),
    ] {
        let text = format!(
            "import sys, time\nsys.stdout.buffer.write({printed})\nsys.stdout.flush()\ntime.sleep(600)\n"
        );
        let said = resigns(&text);
        assert!(said.starts_with(why), "{printed}: {said}");
    }
}

#[test]
fn a_program_that_does_not_exist_is_refused_at_the_start() {
    let folder = crate::support::new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("notes"), "").unwrap();
    for (line, why) in [
        (
            "",
            "give the command line of a program, such as 'python3 mine.py'",
        ),
        (" ", "give the command line of a program"),
        (
            "pythom3 mine.py",
            "there is no program pythom3 on this machine",
        ),
        ("./none.sh", "there is no program ./none.sh on this machine"),
        ("./notes", "the file ./notes is not executable"),
        (".", ". is a folder"),
    ] {
        let bot = Program::bot().args(["--exec", line]).folder(&folder);
        let ended = bot.run();
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(why), "{line:?}: {}", ended.stderr);
    }
}

#[test]
fn the_bot_prints_what_a_program_that_lost_has_read_and_printed() {
    let text = "n = 0\nfor line in iter(input, ''):\n if 'your move.' in line:\n  n += 1\n  \
                print(['1', 'no\\x1b'][n - 1], flush=True)\n";
    let (mut bot, port, _) = bot(text);
    let _person = lets_it_move_twice(port);
    let said = bot.wait_for("  prints no␛\n");
    let (why, transcript) = said.split_once(" this game:\n").unwrap();
    assert!(
        why.ends_with("or a1 to c3.\nThe end of what it has read and printed in"),
        "{why}"
    );
    let lines: Vec<&str> = transcript.lines().collect();
    assert_eq!(
        lines,
        [
            "  reads  tictactoe: you are X and move first.",
            "  reads  Free: 1, 2, 3, 4, 5, 6, 7, 8, 9; your move.",
            "  prints 1",
            "  reads  X in the top left; free: 2, 3, 4, 5, 6, 7, 8, 9; the partner to move.",
            "  reads  5",
            "  reads  X in the top left; O in the centre; free: 2, 3, 4, 6, 7, 8, 9; your move.",
            "  prints no␛",
        ]
    );
}

#[test]
fn a_program_that_floods_loses_and_takes_no_memory() {
    // The first line is a move; the second one answers the second question.
    let flood = "import sys\nprint(1)\nwhile True: print('x' * 1000)\n";
    let (mut bot, port, _) = bot(flood);
    let _person = lets_it_move_twice(port);
    let why = bot.wait_for("which is no legal move");
    assert!(why.contains("\"xxxxx"), "{why}");
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", bot.id())).unwrap();
        let peak = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        let kilobytes: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kilobytes < 100_000, "{peak}");
    }
}

#[test]
fn an_answer_without_a_newline_counts_when_the_output_ends() {
    let (_bot, port, _) = bot("import sys\ninput()\nsys.stdout.write('5')\n");
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("| 4 |[X]| 6 |");
    person.send(b"1\n");
    person.receive_until("gave up");
}

#[test]
fn a_program_may_resign() {
    let (mut bot, port, _) = bot(
        "for line in iter(input, ''):\n if 'your move.' in line: print('/resign', flush=True)\n",
    );
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("gave up");
    person.send(b"/q\n");
    let said = bot.wait_for("Still listening");
    assert!(!said.contains("I resign"), "{said}");
}

#[test]
fn offers_are_declined_without_the_program() {
    let (_bot, port, _) = bot(FIRST);
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("|[X]| 2 | 3 |");
    person.send(b"5\n");
    person.receive_until("| X |[X]| 3 |");
    person.send(b"/undo\n");
    person.receive_until("declined");
    person.send(b"7\n");
    person.receive_until("You lose: the server wins.");
}

#[test]
fn the_next_game_and_the_next_partner_get_a_new_process() {
    // It crashes at its second move.
    let text = "import os, sys\nprint('process', os.getpid(), file=sys.stderr, flush=True)\nn = 0\n\
                for line in sys.stdin:\n if 'your move.' in line:\n  n += 1\n  print(n if n < 2 else 1 / 0, flush=True)\n";
    let (mut bot, port, folder) = bot(text);
    for _ in 0..2 {
        let mut person = Socket::connect(port);
        for _ in 0..3 {
            person.send(b"play tictactoe\n");
            person.receive_until("|[X]| 2 |");
            person.send(b"5\n");
            person.receive_until("gave up");
            person.send(b"oh\n");
            person.receive_until("rematch");
        }
        person.send(b"/q\n");
        bot.wait_for("Still listening");
    }
    let errors = errors(&folder);
    let processes: std::collections::BTreeSet<&str> = errors
        .lines()
        .filter(|line| line.starts_with("process"))
        .collect();
    assert_eq!(processes.len(), 6, "{errors}");
    assert_eq!(errors.matches("ZeroDivisionError").count(), 6, "{errors}");
}

#[cfg(unix)]
#[test]
fn children_that_a_program_leaves_are_killed_with_it() {
    let text = "import os, sys, time\nprint(os.getpid(), file=sys.stderr, flush=True)\n\
                for child in range(3):\n if os.fork() == 0:\n  time.sleep(600)\n\
                for line in sys.stdin:\n if 'your move.' in line: sys.exit()\n";
    let (_bot, port, folder) = bot(text);
    let mut person = Socket::connect(port);
    person.send(b"play tictactoe\n");
    person.receive_until("gave up");
    person.send(b"/q\n");
    person.receive_rest();
    // `sh` leads the group; the program was started by it, or has replaced it.
    let id: i32 = errors(&folder).trim().parse().unwrap();
    let group = std::fs::read_to_string(format!("/proc/{id}/stat"));
    assert!(
        group.is_err() || group.unwrap().contains(") Z "),
        "the program lives"
    );
    let end = Instant::now() + LIMIT;
    while has_group_of(&folder) {
        assert!(Instant::now() < end, "somebody of the group is left");
        std::thread::park_timeout(std::time::Duration::from_millis(2));
    }
}

/// Whether a process runs in this folder, other than the bot itself.
#[cfg(unix)]
fn has_group_of(folder: &std::path::Path) -> bool {
    let folder = folder.canonicalize().unwrap();
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let place = std::fs::read_link(entry.path().join("cwd"));
        let line = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        place.is_ok_and(|place| place == folder)
            && line.contains("player.py")
            && !line.contains("--exec")
    })
}

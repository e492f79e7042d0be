//! The partners against the real program, bare sockets and each other.

use super::languages::{Prompt, prompt, some, with_each};
use crate::support::{Program, Socket, frame};
use std::thread;

#[test]
fn each_partner_connects_to_tictalk_loses_a_game_and_leaves() {
    with_each(|built| {
        let (mut server, port) = Program::server().start().listening();
        let mut partner = built.partner(&["connect", "localhost", &port.to_string()]);
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("Grüße");
        server.wait_for("Grüße\n");
        server.prompt();
        server.enter("Hallo\u{9b}31m");
        partner.wait_for("Hallo");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("play tictactoe");
        for (theirs, free, own) in [
            ("5", "12346789", "1"),
            ("9", "234678", "2"),
            ("3", "4678", "4"),
        ] {
            server.prompt();
            server.enter(theirs);
            assert_eq!(prompt(&mut partner), Prompt::Move(free.into()));
            // What is no free square is not sent.
            for wrong in ["5", "0", "10", "abc"] {
                partner.enter(wrong);
                assert_eq!(prompt(&mut partner), Prompt::Move(free.into()));
            }
            partner.enter(own);
        }
        server.prompt();
        server.enter("7");
        partner.wait_for("OOX\nOX6\nX8X\n");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("Well played");
        server.wait_for("You win! The game is over; back to chat.\n");
        server.wait_for("Well played\n");
        server.prompt();
        server.enter("Thanks");
        partner.wait_for("Thanks");
        partner.end_input();
        let partner = partner.finish();
        assert_eq!(partner.code, Some(0), "{partner:?}");
        assert_eq!(partner.stderr, "");
        assert!(!partner.stdout.contains('\u{9b}'), "{partner:?}");
        let server = server.finish();
        let end = "Client has requested shutdown. Shutting down!\n";
        assert!(server.stdout.ends_with(end), "{}", server.stdout);
        assert_eq!(server.code, Some(0));
    });
}

#[test]
fn each_partner_serves_tictalk_wins_a_game_and_waits_for_the_next_session() {
    with_each(|built| {
        let (mut partner, port) = built.listening(&[]);
        let client = || Program::client(port).args(["--wire", "framed"]).start();
        let mut first = client();
        first.prompt();
        first.enter("Hello");
        partner.wait_for("Hello\n");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("Play Tictactoe");
        for (theirs, own) in [("5", "1"), ("2", "4"), ("9", "7")] {
            first.prompt();
            first.enter(theirs);
            assert!(matches!(prompt(&mut partner), Prompt::Move(_)));
            partner.enter(own);
        }
        first.wait_for("You lose: the server wins. The game is over; back to chat.\n");
        first.prompt();
        first.enter("Again?");
        partner.wait_for("Again?\n");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        // A proposal of tictalk, and a game that it gives up.
        partner.enter("Yes");
        first.prompt();
        first.enter("play tictactoe");
        assert_eq!(prompt(&mut partner), Prompt::Move("123456789".into()));
        partner.enter("5");
        first.prompt();
        first.enter("/resign");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("Thanks");
        first.wait_for("Thanks\n");
        first.prompt();
        first.enter("/q");
        assert_eq!(first.finish().code, Some(0));
        // A lost connection ends a session, and not the program.
        let mut lost = Socket::connect(port);
        lost.send(&frame("Hello"));
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("Who is there?");
        assert_eq!(lost.receive_frame().1, "Who is there?");
        drop(lost);
        let mut last = client();
        last.prompt();
        last.enter("Hello again");
        partner.wait_for("Hello again\n");
        assert_eq!(prompt(&mut partner), Prompt::Chat);
        partner.enter("/q");
        assert_eq!(last.finish().code, Some(0));
        let partner = partner.finish();
        assert_eq!(partner.code, Some(0), "{partner:?}");
    });
}

#[test]
fn each_partner_reports_a_lost_connection_in_one_line() {
    with_each(|built| {
        let (listener, port) = Socket::listen();
        let mut partner = built.partner(&["connect", "127.0.0.1", &port.to_string()]);
        let mut socket = Socket::accept(&listener);
        partner.enter("Hello");
        assert_eq!(socket.receive_frame().1, "Hello");
        drop(socket);
        let partner = partner.finish();
        assert_eq!(partner.code, Some(1), "{partner:?}");
        assert_eq!(partner.stderr.lines().count(), 1, "{partner:?}");
        assert!(
            partner.stderr.contains("The connection failed"),
            "{partner:?}"
        );
    });
}

#[test]
fn each_partner_alone_survives_whatever_bytes_it_receives() {
    const CHAT: &str = "I am a program. I play tictactoe.";
    with_each(|built| {
        let (mut partner, port) = built.listening(&["auto"]);
        let mut socket = Socket::connect(port);
        for byte in frame("Grüße\u{1b}[31m") {
            socket.send(&[byte]);
        }
        assert_eq!(socket.receive_frame().1, CHAT);
        // The second message waits for its turn.
        socket.send(&[frame("a"), frame("")].concat());
        assert_eq!(socket.receive_frame().1, CHAT);
        assert_eq!(socket.receive_frame().1, CHAT);
        for size in [1, 4_095, 4_096] {
            socket.send(&frame(&"x".repeat(size)));
            assert_eq!(socket.receive_frame().1, CHAT);
        }
        socket.send(&[&[0, 0, 0, 3], &b"\xff\xc3("[..]].concat());
        assert_eq!(socket.receive_frame().1, CHAT);
        socket.send(&frame("play tictactoe\r\n"));
        assert_eq!(socket.receive_frame().1, "1");
        for wrong in [
            "1",
            "0",
            "10",
            "-2",
            "abc",
            "",
            "X",
            "Hello",
            "play tictactoe",
            "/draw",
        ] {
            socket.send(&frame(wrong));
            let (_, answer) = socket.receive_frame();
            assert!(
                answer.starts_with("That is not a free square"),
                "{wrong}: {answer}"
            );
        }
        for (move_, answer) in [("5\nlines of tictalk", "2"), (" 3 ", "4"), ("7", CHAT)] {
            socket.send(&frame(move_));
            assert_eq!(socket.receive_frame().1, answer);
        }
        socket.send(&frame("play tictactoe"));
        for (answer, move_) in [("1", "5"), ("2", "3"), ("4", "7")] {
            assert_eq!(socket.receive_frame().1, answer);
            socket.send(&frame(move_));
        }
        assert_eq!(socket.receive_frame().1, CHAT);
        socket.send(&frame("/q\n"));
        assert_eq!(socket.receive_rest(), b"");
        // Each connection that breaks a rule, or ends anywhere, makes room for the next one.
        for bytes in [
            &b"\0\0\x10\x01"[..],
            &b"\xff\xff\xff\xff"[..],
            &b"\x80\0\0\0"[..],
        ] {
            let mut socket = Socket::connect(port);
            socket.send(bytes);
            assert_eq!(socket.receive_rest(), b"");
        }
        for bytes in [&b""[..], &b"\0\0"[..], &b"\0\0\0\x05Hel"[..]] {
            let mut socket = Socket::connect(port);
            socket.send(bytes);
            socket.stream().shutdown(std::net::Shutdown::Write).unwrap();
            assert_eq!(socket.receive_rest(), b"");
        }
        let mut waiting = Socket::connect(port);
        let mut second = Socket::connect(port);
        second.send(&frame("Am I the second?"));
        waiting.send(&frame("/q"));
        assert_eq!(waiting.receive_rest(), b"");
        assert_eq!(second.receive_frame().1, CHAT);
        partner.wait_for("Am I the second?");
        assert!(!partner.output().contains('\u{1b}'), "{}", partner.output());
    });
}

#[test]
fn three_partners_play_three_games_each_with_the_bot() {
    thread::scope(|scope| {
        for built in some(&["partner.py", "Partner.java", "partner.c"]) {
            scope.spawn(|| {
                let (_bot, port) = Program::bot().start().listening();
                let mut partner = built.partner(&["connect", "localhost", &port.to_string()]);
                for _ in 0..3 {
                    assert_eq!(prompt(&mut partner), Prompt::Chat);
                    partner.enter("play tictactoe");
                    while let Prompt::Move(free) = prompt(&mut partner) {
                        partner.enter(&free[..1]);
                    }
                    partner.enter("Thanks");
                }
                assert_eq!(prompt(&mut partner), Prompt::Chat);
                partner.enter("/q");
                let partner = partner.finish();
                assert_eq!(partner.code, Some(0), "{partner:?}");
                let ends = ["You win.\n", "Your partner wins.\n", "A draw.\n"];
                let ends = ends.map(|end| partner.stdout.matches(end).count());
                assert_eq!(ends.iter().sum::<usize>(), 3, "{partner:?}");
            });
        }
    });
}

#[test]
fn partners_in_different_languages_play_with_each_other() {
    thread::scope(|scope| {
        for pair in [
            ["partner.py", "partner.mjs"],
            ["Partner.java", "partner.go"],
            ["Partner.cs", "partner.c"],
            ["partner.rs", "partner.py"],
        ] {
            scope.spawn(move || {
                let (Some(server), Some(client)) = (some(&pair[..1]).pop(), some(&pair[1..]).pop())
                else {
                    return;
                };
                let (mut server, port) = server.listening(&["auto"]);
                let mut client = client.partner(&["connect", "localhost", &port.to_string()]);
                client.enter("play tictactoe");
                let boards = [
                    ("5", "X23\n4O6\n789\n"),
                    ("3", "XXO\n4O6\n789\n"),
                    ("7", "XXO\nXO6\nO89\n"),
                ];
                for (own, board) in boards {
                    client.enter(own);
                    server.wait_for(board);
                }
                client.enter("/q");
                let client = client.finish();
                assert_eq!(client.code, Some(0), "{client:?}");
                assert!(client.stdout.contains("XXO\nXO6\nO89\n"), "{client:?}");
            });
        }
    });
}

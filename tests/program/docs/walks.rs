//! Follows the walks of the README with real programs.

use super::markdown::Page;
use crate::support::{Program, Room, Running, Socket, python};

/// Enters a line, which must occur as code in this part of the page.
fn enter(program: &mut Running, part: &str, line: &str) {
    assert!(part.contains(&format!("`{line}`")), "{line:?} in:\n{part}");
    program.enter(line);
}

#[test]
fn two_people_talk_and_play() {
    let readme = Page::read("README.md");
    let part = readme.part("## One minute for two");
    let (mut bob, port) = Program::server()
        .args(["--name", "bob"])
        .start()
        .listening();
    let mut ann = Program::client(port).args(["--name", "ann"]).start();
    ann.prompt();
    enter(&mut ann, part, "Hello");
    bob.wait_for("Hello\n");
    bob.prompt();
    enter(&mut bob, part, "Hi ann");
    ann.wait_for("Hi ann\n");
    ann.prompt();
    enter(&mut ann, part, "play tictactoe");
    bob.wait_for("you are X");
    bob.prompt();
    enter(&mut bob, part, "5");
    ann.wait_for("[X]");
    ann.prompt();
    enter(&mut ann, part, "/hint");
    ann.wait_for("Best is ");
    ann.prompt();
    enter(&mut ann, part, "1");
    bob.wait_for("[O]");
    bob.prompt();
    enter(&mut bob, part, "/help");
    bob.wait_for("/resign");
    bob.prompt();
    enter(&mut bob, part, "/q");
    assert_eq!(bob.finish().code, Some(0));
    assert_eq!(ann.finish().code, Some(0));
}

#[test]
fn one_person_plays_alone() {
    let readme = Page::read("README.md");
    let part = readme.part("## One minute alone");
    assert!(part.contains("$ tictalk solo connect4 --level easy\n"));
    let mut solo = Program::new()
        .args(["solo", "connect4", "--level", "easy"])
        .start();
    solo.prompt();
    enter(&mut solo, part, "4");
    solo.wait_for("[O]");
    solo.prompt();
    solo.enter("/resign");
    solo.prompt();
    enter(&mut solo, part, "rematch");
    solo.wait_for("you are O");
    solo.prompt();
    solo.enter("/resign");
    solo.prompt();
    enter(&mut solo, part, "play battleship");
    solo.wait_for("your sea");
    solo.prompt();
    solo.enter("/q");
    assert_eq!(solo.finish().code, Some(0));
}

#[test]
fn many_people_talk_in_a_room() {
    let readme = Page::read("README.md");
    let part = readme.part("## One minute in a room");
    let mut room = Room::open(&[]);
    let mut ann = Program::client(room.port).args(["--name", "ann"]).start();
    ann.wait_for("-- ann joined.\n");
    let mut bob = Socket::connect(room.port);
    bob.send(b"bob\n");
    ann.wait_for("-- bob joined.\n");
    let mut eve = Program::client(room.port).args(["--name", "eve"]).start();
    ann.wait_for("-- eve joined.\n");
    enter(&mut ann, part, "/who");
    ann.wait_for("bob");
    enter(&mut ann, part, "/msg bob Psst");
    bob.receive_until("Psst");
    enter(&mut ann, part, "/play tictactoe bob");
    bob.receive_until("/accept");
    for line in ["/accept", "5"] {
        assert!(part.contains(&format!("`{line}`")), "{line:?}");
    }
    bob.send(b"/accept\n5\n");
    ann.wait_for("[X]");
    enter(&mut eve, part, "/watch ann");
    eve.wait_for("[X]");
    assert!(!eve.output().contains("Psst"));
    enter(&mut eve, part, "/q");
    assert_eq!(eve.finish().code, Some(0));
    assert!(part.contains("`/quit`"));
    room.host.wait_for("-- eve left.\n");
    assert_eq!(room.close().code, Some(0));
}

#[test]
fn a_partner_without_any_program_plays() {
    let readme = Page::read("README.md");
    let part = readme.part("## One minute with `nc`");
    assert!(part.contains("`play tictactoe`"));
    let (mut server, port) = Program::server().start().listening();
    let mut nc = Socket::connect(port);
    nc.send(b"play tictactoe\n");
    server.prompt();
    server.enter("5");
    nc.receive_until("[X]");
    nc.send(b"5\n");
    nc.receive_until("taken");
    nc.send(b"1\n");
    server.wait_for("[O]");
}

#[test]
fn the_python_partner_talks_and_plays() {
    let (mut server, port) = Program::server().start().listening();
    let code = Page::read("README.md").code("python");
    assert!(code.contains("1059"));
    let code = code.replace("1059", &port.to_string());
    let mut peer = python("-u").args(["-c", &code]).start();
    peer.enter("Hello");
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("play tictactoe");
    peer.wait_for("play tictactoe\n");
    peer.wait_for("you are X and move first.");
    peer.enter("5");
    server.wait_for("5\n");
    server.wait_for("[X]");
    server.prompt();
    let guide = Page::read("docs/guide.md");
    let part = guide.part("## Accessibility");
    enter(&mut server, part, "/describe");
    let words = "X in the centre; free: 1, 2, 3, 4, 6, 7, 8, 9; your move.";
    assert!(part.contains(&format!("`{words}`")));
    server.wait_for(words);
    server.prompt();
    server.enter("1");
    peer.wait_for("|[O]| 2 | 3 |");
    peer.enter("/q");
    assert_eq!(server.finish().code, Some(0));
    assert!(peer.finish().stderr.contains("The partner is gone."));
}

#[test]
fn errors_and_wrong_usage_have_the_codes_of_the_guide() {
    let guide = Page::read("docs/guide.md");
    let rows = guide.table("| code | meaning |");
    let meaning = |code: &str| {
        let row = rows.iter().find(|row| row[0] == code);
        row.unwrap_or_else(|| panic!("no code {code}"))[1].clone()
    };
    let code = |arguments: &[&str]| {
        let code = Program::new().args(arguments).run().code;
        code.unwrap().to_string()
    };
    let (_, free) = Socket::listen();
    assert!(meaning(&code(&["client", "--port", &free.to_string()])).contains("error"));
    assert!(meaning(&code(&["server", "--port", "many"])).contains("usage"));
}

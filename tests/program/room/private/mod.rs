//! A private room: its code and its key, who is let in, and what is refused.

use crate::support::{
    Cable, Peer, Program, Room, Running, Socket, Wire, control, frame, hello, new_folder, upgrade,
};
use guest::{Guest, Offered, say};
use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Instant;
use tictalk::wire::{Control, LineKey, PrivateRefusal, SecretChoice, What};

mod guest;

/// A private room with these options, and its code.
fn private_room(options: &[&str]) -> (Room, String) {
    let options = [&["--private"], options].concat();
    coded(Room::open(&options))
}

fn coded(mut room: Room) -> (Room, String) {
    room.host.wait_for("Code: ");
    let code = room.host.wait_for("\n").trim().to_owned();
    (room, code)
}

/// The program as a client of a private room, which is in the room already.
fn member(port: u16, code: &str, name: &str) -> Running {
    let mut client = client(port, code, name).start();
    client.wait_for(&format!("You are {name}, "));
    client.wait_for(&format!("-- {name} joined.\n"));
    client
}

fn client(port: u16, code: &str, name: &str) -> Program {
    Program::client(port)
        .args(["--private", "--name", name])
        .env("TICTALK_CODE", code)
}

/// A code that differs from this one.
fn other_than(code: &str) -> &'static str {
    match code {
        "acid-mango-zebra" => "acid-zebra-mango",
        _ => "acid-mango-zebra",
    }
}

/// Gets a line by the code as soon as the room takes another guess.
fn enter_at_last(port: u16, code: &str) -> Guest {
    loop {
        match Guest::enter(port, code) {
            Ok(guest) => return guest,
            Err(PrivateRefusal::Later(1..=2)) => thread::yield_now(),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn members_enter_the_code_once_and_talk() {
    let (mut room, code) = private_room(&[]);
    let mut ann = member(room.port, &code, "ann");
    let mut bob = member(room.port, &code.to_uppercase().replace('-', " "), "bob");
    ann.enter("hello");
    bob.wait_for("ann: hello\n");
    bob.enter("hi");
    ann.wait_for("bob: hi\n");
    bob.enter("/who");
    let list = bob.wait_for("  bob #2");
    assert!(!list.contains("plain"), "{list}");
    room.host.enter("/msg ann psst");
    ann.wait_for("(from host): psst\n");
    ann.enter("/q");
    assert_eq!(ann.finish().code, Some(0));
    assert_eq!(room.close().code, Some(0));
    bob.wait_for("-- host closed the room.\n");
    assert_eq!(bob.finish().code, Some(0));
}

#[test]
fn three_wrong_codes_of_an_address_are_free_and_the_host_sees_them() {
    let (Room { mut host, port }, code) = private_room(&[]);
    let wrong = other_than(&code);
    for _ in 0..3 {
        let refused = Guest::enter(port, wrong).err();
        assert_eq!(refused, Some(PrivateRefusal::WrongCode));
    }
    let began = Instant::now();
    // The right one has to wait too, before it is tried.
    let later = Offered::ask(port, &[]).err();
    if began.elapsed().as_millis() < 500 {
        assert_eq!(later, Some(PrivateRefusal::Later(1)));
    }
    host.wait_for("-- 127.0.0.1 entered a wrong code (1 so far).\n");
    host.wait_for("-- 2 wrong codes were entered, the last by 127.0.0.1 (3 so far).\n");
    let mut ann = enter_at_last(port, &code);
    ann.greet("ann", 'a', "");
    host.wait_for("-- ann joined.\n");
    // The right code forgives the wrong ones.
    assert_eq!(
        Guest::enter(port, wrong).err(),
        Some(PrivateRefusal::WrongCode)
    );
    assert!(Guest::enter(port, &code).is_ok());
}

#[test]
fn many_guesses_at_once_are_judged_as_if_they_came_one_by_one() {
    let (Room { host: _host, port }, code) = private_room(&[]);
    // All of them have an offer before the first is judged.
    let offers: Vec<_> = (0..50).map(|_| Offered::ask(port, &[]).unwrap()).collect();
    let began = Instant::now();
    let answers: Vec<_> = offers
        .into_iter()
        .map(|offer| offer.answer(other_than(&code).as_bytes()))
        .collect();
    let refusals: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.judged().err().unwrap())
        .collect();
    let judged = refusals
        .iter()
        .filter(|refusal| **refusal == PrivateRefusal::WrongCode)
        .count();
    // Three are free. A slow machine takes longer than the pauses of 1, 2, 4 s.
    let pauses = (began.elapsed().as_secs() + 1).ilog2() as usize;
    assert!((3..=3 + pauses).contains(&judged), "{refusals:?}");
    for refusal in refusals {
        assert!(
            matches!(
                refusal,
                PrivateRefusal::WrongCode | PrivateRefusal::Later(1..=8)
            ),
            "{refusal:?}"
        );
    }
}

#[test]
fn a_member_returns_by_the_key_while_its_address_may_not_guess() {
    let (Room { mut host, port }, code) = private_room(&[]);
    let mut ann = Guest::enter(port, &code).unwrap();
    let key = ann.greet("ann", 'a', "");
    for _ in 0..3 {
        assert!(Guest::enter(port, other_than(&code)).is_err());
    }
    drop(ann);
    host.wait_for("-- ann lost the connection and may return.\n");
    let mut ann = Guest::come_back(port, &key);
    ann.greet("ann", 'a', "");
    host.wait_for("-- ann reconnected.\n");
    // Another key is none, and its hint is not recognized.
    if let Ok(offered) = Offered::ask(port, &[LineKey::new([9; 32])]) {
        assert_eq!(offered.choice(), SecretChoice::Code);
    }
}

#[test]
fn a_key_is_not_had_by_its_hint() {
    let (Room { host: _host, port }, code) = private_room(&[]);
    let mut ann = Guest::enter(port, &code).unwrap();
    let key = ann.greet("ann", 'a', "");
    // As after a replay of the first message: the choice is the key, and the secret is not known.
    let offered = Offered::ask(port, &[key]).unwrap();
    assert_eq!(offered.choice(), SecretChoice::Key(0));
    let mut answered = offered.answer(&[0; 32]);
    assert!(answered.socket.receive_rest().is_empty());
    // It was no guess at the code.
    for _ in 0..3 {
        assert_eq!(
            Guest::enter(port, other_than(&code)).err(),
            Some(PrivateRefusal::WrongCode)
        );
    }
}

#[test]
fn unfinished_exchanges_end_and_keep_nobody_out() {
    let (Room { mut host, port }, code) = private_room(&["--introduction", "0"]);
    let mut halves: Vec<_> = (0..20).map(|_| Offered::ask(port, &[]).unwrap()).collect();
    let mut begun = Socket::connect(port);
    begun.send(&[2, 0, 1]);
    let mut ann = Guest::enter(port, &code).unwrap();
    ann.greet("ann", 'a', "");
    host.wait_for("-- ann joined.\n");
    // After ten seconds, without a limit for introductions too.
    for half in &mut halves {
        assert!(half.socket.receive_rest().is_empty());
    }
    assert!(begun.receive_rest().is_empty());
    // None of them was a guess.
    ann.say(1, "here");
    host.wait_for("ann: here\n");
    for _ in 0..3 {
        assert_eq!(
            Guest::enter(port, other_than(&code)).err(),
            Some(PrivateRefusal::WrongCode)
        );
    }
}

#[test]
fn a_record_that_is_not_the_next_one_costs_the_connection_and_nothing_else() {
    let (Room { mut host, port }, code) = private_room(&["--burst", "0"]);
    let mut bob = Guest::enter(port, &code).unwrap();
    bob.greet("bob", 'b', "");
    let mut ann = Guest::enter(port, &code).unwrap();
    let key = ann.greet("ann", 'a', "");
    host.wait_for("-- ann joined.\n");
    type Attack = (&'static str, fn(&mut Guest) -> Vec<u8>);
    let attacks: [Attack; 8] = [
        ("flipped text", |ann| {
            let mut record = ann.sealed(&say(9, "bad")).to_vec();
            record[9] ^= 1;
            record
        }),
        ("flipped tag", |ann| {
            let mut record = ann.sealed(&say(9, "bad")).to_vec();
            *record.last_mut().unwrap() ^= 128;
            record
        }),
        ("longer", |ann| {
            let mut record = ann.sealed(&say(9, "bad")).to_vec();
            record[3] += 1;
            record.push(0);
            record
        }),
        ("reordered", |ann| {
            let first = ann.sealed(&say(8, "bad")).to_vec();
            let second = ann.sealed(&say(9, "bad")).to_vec();
            [second, first].concat()
        }),
        ("left out", |ann| {
            ann.sealed(&say(8, "bad"));
            ann.sealed(&say(9, "bad")).to_vec()
        }),
        ("reflected", Guest::record),
        ("of another kind", |_| control(&say(9, "bad"))),
        ("too long", |_| vec![2, 1, 0, 0]),
    ];
    for (number, (what, attack)) in (1..).zip(attacks) {
        ann.say(number, &format!("before: {what}"));
        host.wait_for(&format!("ann: before: {what}\n"));
        let bytes = attack(&mut ann);
        ann.socket.send(&bytes);
        host.wait_for("-- ann lost the connection and may return.\n");
        ann = Guest::come_back(port, &key);
        ann.greet("ann", 'a', "");
        host.wait_for("-- ann reconnected.\n");
    }
    // The same record twice. A client that had no receipt says the line again.
    let record = ann.sealed(&say(20, "once"));
    ann.socket.send(&record.repeat(2));
    host.wait_for("-- ann lost the connection and may return.\n");
    let mut ann = Guest::come_back(port, &key);
    ann.greet("ann", 'a', "");
    ann.say(20, "once");
    ann.say(21, "more");
    host.wait_for("ann: more\n");
    ann.socket.send(&[2, 0, 0, 17]);
    drop(ann);
    host.wait_for("-- ann lost the connection and may return.\n");
    // Truncated: the rest does not come.
    let mut ann = Guest::come_back(port, &key);
    ann.greet("ann", 'a', "");
    let record = ann.sealed(&say(22, "half"));
    ann.socket.send(&record[..record.len() - 1]);
    drop(ann);
    host.wait_for("-- ann lost the connection and may return.\n");
    bob.say(1, "I am still here");
    host.wait_for("bob: I am still here\n");
    let seen = host.output();
    assert!(!seen.contains("bad") && !seen.contains("half"), "{seen}");
    assert_eq!(seen.matches("ann: once").count(), 1, "{seen}");
}

#[test]
fn a_private_room_refuses_everybody_else_in_their_own_dialect() {
    const WORDS: &str = "This line is private. Connect with `tictalk client --private`.";
    let (Room { mut host, port }, code) = private_room(&[]);
    let said = |bytes: &[u8]| {
        let mut socket = Socket::connect(port);
        socket.send(bytes);
        String::from_utf8(socket.receive_rest()).unwrap()
    };
    let refused = said(&hello());
    assert!(refused.contains(r#""reason":"private""#), "{refused}");
    assert!(refused.contains(WORDS), "{refused}");
    assert_eq!(
        said(&frame("ann")),
        String::from_utf8(frame(WORDS)).unwrap()
    );
    assert_eq!(said(b"ann\n"), format!("{WORDS}\n"));
    for path in ["/", "/watch", "/host", "/none"] {
        let answer = said(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{WORDS}\n")), "{answer}");
    }
    let own = format!("localhost:{port}");
    let answer = said(upgrade(&own, &format!("http://{own}")).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
    let client = Program::client(port).args(["--name", "eve"]).run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("--private"), "{client:?}");
    let mut ann = Guest::enter(port, &code).unwrap();
    ann.greet("ann", 'a', "");
    let seen = host.wait_for("-- ann joined.\n");
    assert!(!seen.contains("eve"), "{seen}");
}

#[test]
fn plain_lines_are_allowed_in_a_private_room_only() {
    let room = || Program::new().args(["room", "--port", "0"]);
    let refused = room().args(["--allow-plain"]).run();
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let why = "--allow-plain needs --private: without it, all connections are plain";
    assert!(refused.stderr.contains(why), "{refused:?}");
    let (mut host, _) = room().env("TICTALK_ALLOW_PLAIN", "0").start().listening();
    host.enter("/quit");
    assert_eq!(host.finish().code, Some(0));
}

#[test]
fn a_plain_room_refuses_a_private_line() {
    let Room { host: _host, port } = Room::open(&[]);
    let refused = Offered::ask(port, &[]).err();
    assert_eq!(refused, Some(PrivateRefusal::NotPrivate));
    let client = client(port, "acid-mango-zebra", "ann").run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("is not private"), "{client:?}");
}

#[test]
fn a_host_can_let_in_plain_members_who_are_marked() {
    let (mut room, code) = private_room(&["--allow-plain"]);
    let mut ann = member(room.port, &code, "ann");
    let _bob = room.join("bob");
    let mut cid = Peer::join_by(room.port, "cid", Wire::Raw);
    let mut dee = Guest::enter(room.port, &code).unwrap();
    dee.greet("dee", 'd', r#""members""#);
    for list in [
        {
            ann.enter("/who");
            ann.wait_for("4 members:");
            ann.wait_for("  dee #4") + &ann.wait_for("\n")
        },
        {
            cid.say("/who");
            cid.hears("  dee #4").join("\n")
        },
    ] {
        for line in list.lines() {
            let is_plain = line.contains("  bob ") || line.contains("  cid ");
            assert_eq!(line.contains(", plain,"), is_plain, "{line}");
        }
    }
    let members = loop {
        if let Some(Control::Members { members, .. }) = dee.next() {
            break members;
        }
    };
    let marks: Vec<_> = members
        .iter()
        .map(|member| (&*member.name, member.is_plain))
        .collect();
    let expected = [("ann", false), ("bob", true), ("cid", true), ("dee", false)];
    assert_eq!(marks, expected);
    // A key is sent over a private line only.
    let mut eve = Socket::connect(room.port);
    eve.send(&control(&format!(
        r#"{{"type":"hello","version":2,"name":"eve","room":{{"ticket":"{}","since":0}}}}"#,
        "e".repeat(32)
    )));
    let (_, welcome) = eve.receive_frame();
    assert!(welcome.contains(r#""type":"welcome""#), "{welcome}");
    assert!(!welcome.contains(r#""key""#), "{welcome}");
    // The newcomer's mark follows with a list.
    let mut lists = std::iter::from_fn(|| match dee.next() {
        Some(Control::Members { members, .. }) => Some(members),
        Some(Control::Ping) => {
            dee.control(r#"{"type":"pong"}"#);
            Some(Vec::new())
        }
        _ => Some(Vec::new()),
    });
    let is_eve = |member: &tictalk::wire::MemberSight| &*member.name == "eve" && member.is_plain;
    assert!(lists.any(|members| members.iter().any(is_eve)));
}

#[test]
fn a_room_that_is_started_again_has_the_same_code_and_key() {
    let folder = new_folder();
    let data = folder.to_str().unwrap();
    let (room, code) = private_room(&["--data", data]);
    let port = room.port;
    let cable = Cable::to(port);
    let mut ann = member(cable.port(), &code, "ann");
    ann.enter("before");
    ann.wait_for("\n");
    let mut bob = Guest::enter(port, &code).unwrap();
    let key = bob.greet("bob", 'b', "");
    // A cut of the connection.
    cable.cut();
    ann.wait_for("Connection to the room lost.");
    ann.wait_for("Reconnected.\n");
    let mut host = room.host;
    host.kill();
    ann.wait_for("Connection to the room lost.");
    ann.enter("meanwhile");
    let (room, again) = coded(Room::at(port, &["--private", "--data", data]));
    assert_eq!(again, code);
    ann.wait_for("Reconnected.\n");
    let mut host = room.host;
    host.wait_for("ann: meanwhile\n");
    let mut bob = Guest::come_back(port, &key);
    assert_eq!(bob.greet("bob", 'b', ""), key);
    host.wait_for("-- bob reconnected.\n");
    // A program that is started again needs no code.
    ann.enter("/q");
    ann.finish();
}

#[test]
fn a_program_that_is_started_again_returns_without_the_code() {
    let (Room { mut host, port }, code) = private_room(&[]);
    let folder = new_folder();
    let start = |code: Option<&str>, folder: &Path| {
        let program = Program::client(port).args(["--private", "--name", "ann"]);
        let program = match code {
            Some(code) => program.env("TICTALK_CODE", code),
            None => program,
        };
        program.data(folder).start()
    };
    let mut ann = start(Some(&code), &folder);
    host.wait_for("-- ann joined.\n");
    // The key is stored before this is shown.
    ann.wait_for("You are ann, ");
    ann.kill();
    host.wait_for("-- ann lost the connection and may return.\n");
    let mut ann = start(None, &folder);
    host.wait_for("-- ann reconnected.\n");
    ann.enter("again");
    host.wait_for("ann: again\n");
}

#[test]
fn a_member_never_falls_back_to_a_plain_line() {
    let (room, code) = private_room(&["--no-journal"]);
    let cable = Cable::to(room.port);
    let mut ann = member(cable.port(), &code, "ann");
    let plain = Room::open(&[]);
    cable.lead_to(plain.port);
    cable.cut();
    ann.wait_for("A program without the key of your room answers at ");
    ann.enter("a secret");
    // Another private room has another key.
    let (other, _) = private_room(&["--no-journal"]);
    cable.lead_to(other.port);
    cable.lead_to(room.port);
    ann.wait_for("Reconnected.\n");
    let mut host = room.host;
    host.wait_for("ann: a secret\n");
    let seen = plain.close();
    assert!(!seen.stdout.contains("ann"), "{seen:?}");
}

#[test]
fn thirty_private_members_get_every_post_once_and_in_order() {
    const MEMBERS: usize = 30;
    const LINES: u64 = 10;
    let (Room { host: _host, port }, code) = private_room(&["--burst", "0", "--patience", "0"]);
    let begin = |number: usize| {
        let digit = char::from_digit(u32::try_from(number % 16).unwrap(), 16).unwrap();
        let mut guest = Guest::enter(port, &code).unwrap();
        let other = char::from_digit(u32::try_from(number / 16).unwrap(), 16).unwrap();
        let ticket = format!("{digit}{other}").repeat(16);
        guest.control(&format!(
            r#"{{"type":"hello","version":2,"name":"m{number}","room":{{"ticket":"{ticket}","since":0}}}}"#
        ));
        guest
    };
    let mut guests: Vec<Guest> = (0..MEMBERS).map(begin).collect();
    // All of them are in the room before the first says anything.
    for guest in &mut guests {
        assert!(matches!(guest.next(), Some(Control::Welcome { .. })));
    }
    let threads: Vec<_> = guests
        .into_iter()
        .map(|mut guest| {
            thread::spawn(move || {
                for number in 1..=LINES {
                    guest.say(number, &format!("line {number} {}", "x".repeat(700)));
                }
                let mut heard = BTreeMap::new();
                let mut left = MEMBERS * usize::try_from(LINES).unwrap();
                guest.post(|post| {
                    if let What::Said { text } = &post.what {
                        let words = format!("{}: {:.9}", post.by.name, &**text);
                        let is_next = heard
                            .last_key_value()
                            .is_none_or(|(last, _)| *last < post.id);
                        assert!(is_next, "{:?} after {heard:?}", post.id);
                        assert_eq!(heard.insert(post.id, words), None);
                        left -= 1;
                    }
                    left == 0
                });
                heard
            })
        })
        .collect();
    let heard: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    assert!(heard.iter().all(|it| *it == heard[0]));
    for number in 0..MEMBERS {
        let of_one = heard[0]
            .values()
            .filter(|words| words.starts_with(&format!("m{number}: ")));
        let of_one: Vec<_> = of_one.cloned().collect();
        let expected =
            (1..=LINES).map(|line| format!("{:.16}", format!("m{number}: line {line} ")));
        let expected: Vec<_> = expected.map(|it| it.trim_end().to_owned()).collect();
        let of_one: Vec<_> = of_one
            .iter()
            .map(|it| it.trim_end_matches(['x', ' ']))
            .collect();
        assert_eq!(of_one, expected);
    }
}

#[test]
fn a_private_member_that_does_not_read_is_removed_after_whole_records() {
    let (Room { mut host, port }, code) = private_room(&["--queue", "64", "--burst", "0"]);
    let mut slow = Guest::enter(port, &code).unwrap();
    slow.greet("slow", 'a', "");
    let mut loud = Guest::enter(port, &code).unwrap();
    loud.greet("loud", 'b', "");
    host.wait_for("-- loud joined.\n");
    let text = "x".repeat(4_000);
    let mut is_removed = false;
    let mut number = 0;
    // The buffers of the system hold some megabytes.
    while !is_removed {
        for _ in 0..20 {
            number += 1;
            loud.say(number, &text);
        }
        let wanted = number;
        loop {
            match loud.next() {
                Some(Control::Stored { number }) if number == wanted => break,
                Some(Control::Post(post)) => {
                    is_removed |= *post.by.name == *"slow"
                        && matches!(post.what, What::Away | What::Left { .. });
                }
                Some(Control::Ping) => loud.control(r#"{"type":"pong"}"#),
                Some(_) => {}
                None => panic!("loud was removed"),
            }
        }
    }
    // What was begun is complete: the posts up to some point, the reason, and the end. The room waits
    // for its reader for two seconds, so the records are opened when all have arrived.
    let arrived = slow.socket.receive_rest();
    slow.line.reader.received().extend_from_slice(&arrived);
    let mut last = None;
    while let Some(control) = slow.next() {
        last = Some(control);
    }
    assert!(
        matches!(&last, Some(Control::Refuse { message, .. }) if message.contains("too slow")),
        "{last:?}"
    );
}

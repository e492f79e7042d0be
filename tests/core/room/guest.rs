//! The client's end of a room.

use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{Guest, GuestEffect, GuestEnding, GuestInput, KEPT, Sight};
use tictalk::wire::{
    Abilities, Author, Control, Entrance, Exchange, HANDSHAKE_VERSION, MAX_TEXT, MemberId,
    Membership, Mode, Nonce, Others, Post, PostId, Private, Prover, Reason, Text, Ticket, What,
};

fn ticket() -> Ticket {
    Ticket::new([5; 16])
}

fn connected(guest: &mut Guest) -> Vec<GuestEffect> {
    let nonce = Nonce::new([1; 16]);
    guest.handle(at(0), GuestInput::Connected { nonce })
}

/// The room proves that it knows this ticket. Returns what the guest does then.
fn challenge(guest: &mut Guest, ticket: Ticket) -> Vec<GuestEffect> {
    let exchange = exchange(ticket);
    let proof = exchange.proof(Prover::Server);
    let nonce = exchange.server;
    control(guest, Control::Challenge { nonce, proof })
}

fn exchange(ticket: Ticket) -> Exchange {
    Exchange {
        ticket,
        client: Nonce::new([1; 16]),
        server: Nonce::new([2; 16]),
    }
}

fn prove(guest: &mut Guest) {
    let proof = exchange(ticket()).proof(Prover::Client);
    let answer = GuestEffect::Send(Control::Proof { proof });
    assert_eq!(challenge(guest, ticket()), [answer]);
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn control(guest: &mut Guest, control: Control) -> Vec<GuestEffect> {
    guest.handle(at(0), GuestInput::Control(control))
}

fn type_line(guest: &mut Guest, line: &str) -> Vec<GuestEffect> {
    guest.handle(at(0), GuestInput::Line(line.to_owned()))
}

fn welcome(you: u64, since: u64, heard: u64) -> Control {
    Control::Welcome {
        version: HANDSHAKE_VERSION,
        name: None,
        mode: Mode::Room,
        standing: None,
        room: Some(Membership {
            you: MemberId(you),
            name: "ann".into(),
            ticket: Some(ticket()),
            since: PostId(since),
            heard,
            key: None,
            others: Others::default(),
        }),
        unfinished: None,
        can: Abilities::default(),
    }
}

/// A guest that is member 1 and has seen nothing.
fn joined() -> Guest {
    let mut guest = Guest::new(None, ticket());
    connected(&mut guest);
    control(&mut guest, welcome(1, 0, 0));
    guest
}

fn post(id: u64, by: u64) -> Control {
    Control::Post(Arc::new(Post {
        id: PostId(id),
        at: 0,
        by: Author {
            id: MemberId(by),
            name: "x".into(),
        },
        what: What::Said {
            text: Text::cut("hello".to_owned()),
        },
    }))
}

fn connect(attempts: u32) -> GuestEffect {
    GuestEffect::Connect { attempts }
}

fn say(number: u64, text: &str) -> GuestEffect {
    let number = number.try_into().unwrap();
    let text = Text::cut(text.to_owned());
    GuestEffect::Send(Control::Say { number, text })
}

#[test]
fn a_post_is_shown_once_and_ones_own_words_are_not() {
    let mut guest = joined();
    assert_eq!(control(&mut guest, post(4, 2)).len(), 1);
    assert_eq!(control(&mut guest, post(4, 2)), []);
    assert_eq!(control(&mut guest, post(3, 2)), []);
    type_line(&mut guest, "hello");
    assert_eq!(control(&mut guest, post(5, 1)), []);
    assert_eq!(guest.seen(), PostId(5));
}

#[test]
fn lines_without_a_receipt_are_sent_again_and_the_rest_is_not() {
    let mut guest = joined();
    assert_eq!(type_line(&mut guest, "one\n"), [say(1, "one")]);
    type_line(&mut guest, "two");
    type_line(&mut guest, "three");
    let stored = control(&mut guest, Control::Stored { number: 1 });
    assert_eq!(stored, [GuestEffect::Received(1)]);
    let lost = guest.handle(at(0), GuestInput::Lost);
    assert_eq!(lost, [GuestEffect::Show(Sight::ConnectionLost), connect(0)]);
    assert_eq!(type_line(&mut guest, "four"), []);
    let hello = connected(&mut guest);
    assert!(matches!(
        &hello[..],
        [GuestEffect::Send(Control::Hello { room: Some(Entrance::Return { member, since }), .. })]
            if *member == ticket().handle() && *since == Some(PostId(0))
    ));
    prove(&mut guest);
    assert_eq!(
        control(&mut guest, welcome(1, 0, 2)),
        [
            GuestEffect::Received(2),
            GuestEffect::Show(Sight::Reconnected),
            say(3, "three"),
            say(4, "four"),
        ]
    );
}

fn others(addresses: &[&str]) -> Others {
    addresses
        .iter()
        .map(|&address| address.to_owned())
        .collect()
}

/// The same welcome, which names other machines.
fn naming(welcome: Control, addresses: &[&str]) -> Control {
    let Control::Welcome {
        version,
        name,
        mode,
        standing,
        room: Some(room),
        unfinished,
        can,
    } = welcome
    else {
        panic!("{welcome:?} is no welcome to a room");
    };
    let others = others(addresses);
    Control::Welcome {
        version,
        name,
        mode,
        standing,
        room: Some(Membership { others, ..room }),
        unfinished,
        can,
    }
}

#[test]
fn other_machines_are_told_when_they_change() {
    let mut guest = Guest::new(None, ticket());
    connected(&mut guest);
    let named = others(&["b:2", "c:3"]);
    let told = GuestEffect::Others(named.clone());
    let effects = control(&mut guest, naming(welcome(1, 0, 0), &["b:2", "c:3"]));
    let shown = GuestEffect::Show(Sight::Named("ann".into()));
    assert_eq!(effects, [told, shown]);
    let same = Control::Others { others: named };
    assert_eq!(control(&mut guest, same), []);
    let newer = others(&["d:4"]);
    let told = GuestEffect::Others(newer.clone());
    let message = Control::Others { others: newer };
    assert_eq!(control(&mut guest, message.clone()), [told]);
    // A machine that proves nothing names none, and the room may do so again after that.
    guest.handle(at(0), GuestInput::Lost);
    connected(&mut guest);
    let distrusted = [GuestEffect::Show(Sight::Impostor), connect(1)];
    assert_eq!(control(&mut guest, message), distrusted);
    connected(&mut guest);
    prove(&mut guest);
    let effects = control(&mut guest, welcome(1, 0, 0));
    let none = GuestEffect::Others(Others::default());
    assert_eq!(effects, [none, GuestEffect::Show(Sight::Reconnected)]);
}

#[test]
fn lines_are_kept_up_to_a_limit() {
    let mut guest = Guest::new(None, ticket());
    for _ in 0..KEPT {
        assert!(guest.wants_line());
        assert_eq!(type_line(&mut guest, "x"), []);
    }
    assert!(!guest.wants_line());
    let refused = GuestEffect::Show(Sight::NotTaken("y".to_owned()));
    assert_eq!(type_line(&mut guest, "y"), [refused]);
    assert_eq!(guest.unreceived(), KEPT);
    let long = "x".repeat(MAX_TEXT + 1);
    let refused = GuestEffect::Show(Sight::TooLong(MAX_TEXT + 1));
    assert_eq!(type_line(&mut guest, &long), [refused]);
    assert_eq!(type_line(&mut guest, "  \n"), []);
}

#[test]
fn a_room_that_says_nothing_is_called_again() {
    let mut guest = Guest::new(None, ticket());
    connected(&mut guest);
    assert_eq!(guest.handle(at(4), GuestInput::Tick), []);
    assert_eq!(guest.handle(at(5), GuestInput::Tick), [connect(0)]);
    let mut guest = joined();
    let ping = guest.handle(at(20), GuestInput::Control(Control::Ping));
    assert_eq!(ping, [GuestEffect::Send(Control::Pong)]);
    assert_eq!(guest.handle(at(44), GuestInput::Tick), []);
    let lost = guest.handle(at(45), GuestInput::Tick);
    assert_eq!(lost.last(), Some(&connect(0)));
}

#[test]
fn a_room_that_sends_its_guest_away_is_called_less_and_less_often() {
    let mut guest = joined();
    let refuse = |reason| Control::refuse(reason, Text::cut("Come again later.".to_owned()));
    for attempts in 0..20 {
        let effects = control(&mut guest, refuse(Reason::Busy));
        // The reason is told once.
        assert_eq!(effects.len(), if attempts == 0 { 2 } else { 1 });
        assert_eq!(effects.last(), Some(&connect(attempts)));
        connected(&mut guest);
    }
    // To be let in for a moment changes nothing, and to stay does.
    for (stays, attempts) in [(9, 20), (10, 0)] {
        prove(&mut guest);
        control(&mut guest, welcome(1, 0, 0));
        let refused = GuestInput::Control(refuse(Reason::Behind));
        let effects = guest.handle(at(stays), refused);
        assert_eq!(effects.last(), Some(&connect(attempts)));
        connected(&mut guest);
    }
}

#[test]
fn a_program_that_comes_back_uses_no_number_twice() {
    // Its program has said hello and proved what there was to be proved.
    let mut guest = Guest::introduced(None, ticket());
    type_line(&mut guest, "typed early");
    let effects = control(&mut guest, welcome(1, 80, 50));
    assert_eq!(effects.last(), Some(&say(51, "typed early")));
    assert_eq!(type_line(&mut guest, "next"), [say(52, "next")]);
    // Later, it says what it has seen.
    guest.handle(at(0), GuestInput::Lost);
    let hello = connected(&mut guest);
    assert!(matches!(
        &hello[..],
        [GuestEffect::Send(Control::Hello { room: Some(Entrance::Return { since, .. }), .. })]
            if *since == Some(PostId(80))
    ));
}

#[test]
fn a_private_message_counts_as_seen() {
    let mut guest = joined();
    let tell = |id, by| Control::Tell {
        text: Text::cut("psst".to_owned()),
        private: Some(Private {
            id: PostId(id),
            by: MemberId(by),
        }),
    };
    control(&mut guest, post(10, 2));
    let me = guest.id().unwrap().0;
    for (heard, shown) in [
        (tell(11, me + 1), Sight::Whispered("psst".to_owned())),
        (tell(12, me), Sight::Told("psst".to_owned())),
    ] {
        assert_eq!(control(&mut guest, heard), [GuestEffect::Show(shown)]);
    }
    guest.handle(at(0), GuestInput::Lost);
    let hello = connected(&mut guest);
    assert!(matches!(
        &hello[..],
        [GuestEffect::Send(Control::Hello { room: Some(Entrance::Return { since, .. }), .. })]
            if *since == Some(PostId(12))
    ));
}

#[test]
fn posts_that_a_room_keeps_back_are_told_of() {
    let mut guest = joined();
    control(&mut guest, post(10, 2));
    guest.handle(at(0), GuestInput::Lost);
    connected(&mut guest);
    prove(&mut guest);
    let effects = control(&mut guest, welcome(2, 500, 0));
    assert_eq!(effects[0], GuestEffect::Show(Sight::Missed(490)));
}

#[test]
fn a_ticket_is_told_to_nobody_who_does_not_know_it() {
    let mut guest = joined();
    type_line(&mut guest, "not for everybody");
    guest.handle(at(0), GuestInput::Lost);
    type PingResult = fn(&mut Guest) -> Vec<GuestEffect>;
    let impostors: [PingResult; 4] = [
        |guest| control(guest, welcome(1, 0, 0)),
        |guest| challenge(guest, Ticket::new([6; 16])),
        |guest| {
            let reason = Reason::Kicked;
            let message = Text::cut("go".to_owned());
            control(guest, Control::refuse(reason, message))
        },
        |guest| {
            // The guest's own proof, sent back, proves nothing.
            let proof = exchange(ticket()).proof(Prover::Client);
            let nonce = Nonce::new([2; 16]);
            control(guest, Control::Challenge { nonce, proof })
        },
    ];
    for (number, impostor) in impostors.into_iter().enumerate() {
        let hello = format!("{:?}", connected(&mut guest));
        assert!(!hello.contains("not for everybody"), "{hello}");
        let effects = impostor(&mut guest);
        let shown = GuestEffect::Show(Sight::Impostor);
        assert_eq!(
            effects.contains(&shown),
            number == 0,
            "{number}: {effects:?}"
        );
        assert!(matches!(effects.last(), Some(GuestEffect::Connect { .. })));
        assert!(!format!("{effects:?}").contains("Say"), "{effects:?}");
    }
    // The room itself is believed.
    connected(&mut guest);
    prove(&mut guest);
    let effects = control(&mut guest, welcome(1, 0, 0));
    assert_eq!(effects.last(), Some(&say(1, "not for everybody")));
}

#[test]
fn a_room_that_has_forgotten_its_guest_is_joined_with_another_ticket() {
    let mut guest = joined();
    control(&mut guest, post(10, 2));
    guest.handle(at(0), GuestInput::Lost);
    connected(&mut guest);
    let reason = Reason::Unknown;
    let message = Text::cut("who?".to_owned());
    let effects = control(&mut guest, Control::refuse(reason, message));
    assert_eq!(effects[0], GuestEffect::Show(Sight::Forgotten));
    let hello = connected(&mut guest);
    assert!(matches!(
        &hello[..],
        [GuestEffect::Send(Control::Hello { room: Some(Entrance::Join { ticket: new, since, .. }), .. })]
            if *new == ticket().next() && *new != ticket() && *since == PostId(10)
    ));
    // Nobody could have it before, so that nothing has to be proved.
    let effects = control(&mut guest, welcome(7, 10, 0));
    assert_eq!(effects, [GuestEffect::Show(Sight::Named("ann".into()))]);
    assert_eq!(guest.ticket(), ticket().next());
}

#[test]
fn some_refusals_pass_and_others_are_the_end() {
    for (reason, passes) in [
        (Reason::Busy, true),
        (Reason::Behind, true),
        (Reason::Name, false),
        (Reason::Kicked, false),
        (Reason::Replaced, false),
        (Reason::Ended, false),
        (Reason::Version, false),
        (Reason::Other, false),
    ] {
        let mut guest = joined();
        let message = Text::cut("no".to_owned());
        let refusal = Control::refuse(reason, message);
        let effects = control(&mut guest, refusal);
        let ends = matches!(
            effects.last(),
            Some(GuestEffect::Close(GuestEnding::Refused { .. }))
        );
        let connects = matches!(effects.last(), Some(GuestEffect::Connect { .. }));
        assert_eq!(connects, passes, "{reason:?}");
        assert_eq!(ends, !passes, "{reason:?}");
    }
    let mut guest = Guest::new(None, ticket());
    connected(&mut guest);
    let pair = Control::Welcome {
        version: HANDSHAKE_VERSION,
        name: None,
        mode: Mode::Pair,
        standing: None,
        room: None,
        unfinished: None,
        can: Abilities::default(),
    };
    assert_eq!(
        control(&mut guest, pair),
        [GuestEffect::Close(GuestEnding::NoRoom)]
    );
}

#[test]
fn a_goodbye_is_said_and_is_the_end() {
    for goodbye in ["/Q ", "/quit"] {
        let mut guest = joined();
        assert_eq!(
            type_line(&mut guest, goodbye),
            [say(1, "/q"), GuestEffect::Close(GuestEnding::Left)]
        );
        assert_eq!(type_line(&mut guest, "more"), []);
        assert!(!guest.wants_line());
    }
}

#[test]
fn a_guest_that_leaves_still_shows_the_answers_to_its_last_lines() {
    let mut guest = joined();
    type_line(&mut guest, "/who");
    type_line(&mut guest, "/q");
    let (text, private) = (Text::cut("2 members:".to_owned()), None);
    assert_eq!(
        control(&mut guest, Control::Tell { text, private }),
        [GuestEffect::Show(Sight::Told("2 members:".to_owned()))]
    );
    assert_eq!(control(&mut guest, post(4, 2)).len(), 1);
    // Its own words, posts that it has seen, and everything else have no effect.
    for ignored in [post(5, 1), post(4, 2), Control::Ping] {
        assert_eq!(control(&mut guest, ignored), []);
    }
    assert_eq!(guest.handle(at(60), GuestInput::Tick), []);
    assert_eq!(guest.handle(at(60), GuestInput::Lost), []);
    // A guest without a connection has nothing to wait for.
    let mut guest = joined();
    guest.handle(at(0), GuestInput::Lost);
    let ending = GuestEffect::Close(GuestEnding::Left);
    assert_eq!(guest.handle(at(0), GuestInput::Hangup), [ending]);
    assert_eq!(control(&mut guest, post(4, 2)), []);
}

#[test]
fn a_room_that_does_not_know_its_guest_begins_anew_with_it() {
    let mut guest = joined();
    control(&mut guest, post(900, 2));
    guest.handle(at(0), GuestInput::Lost);
    connected(&mut guest);
    prove(&mut guest);
    let named = GuestEffect::Show(Sight::Named("ann".into()));
    assert_eq!(control(&mut guest, welcome(2, 10, 0)), [named]);
    assert_eq!(
        control(&mut guest, post(11, 3)).len(),
        1,
        "its posts are new"
    );
}

/// The words of a room on the wire, byte for byte as other programs have to read and write them.
#[test]
fn a_post_is_readable_on_the_wire() {
    for (control, json) in [
        (
            post(17, 3),
            r#"{"type":"post","id":17,"at":0,"by":3,"name":"x","what":"said","text":"hello"}"#,
        ),
        (
            Control::Say {
                number: 3.try_into().unwrap(),
                text: Text::cut("hello".to_owned()),
            },
            r#"{"type":"say","number":3,"text":"hello"}"#,
        ),
        (
            Control::Stored { number: 3 },
            r#"{"type":"stored","number":3}"#,
        ),
        (Control::Ping, r#"{"type":"ping"}"#),
    ] {
        assert_eq!(serde_json::to_string(&control).unwrap(), json);
        assert_eq!(serde_json::from_str::<Control>(json).unwrap(), control);
    }
    let later = r#"{"type":"post","id":1,"at":0,"by":3,"name":"x","what":"danced","with":"y"}"#;
    let Control::Post(post) = serde_json::from_str(later).unwrap() else {
        panic!("no post");
    };
    assert_eq!(post.what, What::Unknown);
}

#[test]
fn a_hello_that_was_given_up_may_replace_the_connection_once() {
    let replaced = || {
        let message = Text::cut("You joined from another connection.".to_owned());
        Control::refuse(Reason::Replaced, message)
    };
    let mut guest = joined();
    guest.handle(at(0), GuestInput::Lost);
    connected(&mut guest);
    prove(&mut guest);
    // The machine of this connection does not answer.
    assert_eq!(guest.handle(at(5), GuestInput::Tick), [connect(1)]);
    connected(&mut guest);
    prove(&mut guest);
    control(&mut guest, welcome(1, 0, 0));
    // It has handed on the hello after all.
    let lost = GuestEffect::Show(Sight::ConnectionLost);
    assert_eq!(control(&mut guest, replaced()), [lost, connect(2)]);
    connected(&mut guest);
    prove(&mut guest);
    control(&mut guest, welcome(1, 0, 0));
    // This time it is another program.
    assert!(matches!(
        &control(&mut guest, replaced())[..],
        [GuestEffect::Close(GuestEnding::Refused {
            reason: Reason::Replaced,
            ..
        })]
    ));
}

//! The client's end of a room.

use super::*;
use tictalk::room::{Guest, GuestEffect, GuestEnding, GuestInput, KEPT, Sight};
use tictalk::wire::{Author, Control, HANDSHAKE_VERSION, MAX_TEXT, Mode, Reason, Ticket, What};

fn ticket() -> Ticket {
    Ticket::new([5; 16])
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
            ticket: ticket(),
            since: PostId(since),
            heard,
        }),
    }
}

/// A guest that is member 1 and has seen nothing.
fn joined() -> Guest {
    let mut guest = Guest::new(None, ticket());
    guest.handle(at(0), GuestInput::Connected);
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
            text: "hello".to_owned(),
        },
    }))
}

fn say(number: u64, text: &str) -> GuestEffect {
    let text = text.to_owned();
    GuestEffect::Send(Control::Say { number, text })
}

#[test]
fn a_post_is_shown_once_and_ones_own_words_are_not() {
    let mut guest = joined();
    assert_eq!(control(&mut guest, post(4, 2)).len(), 1);
    assert_eq!(control(&mut guest, post(4, 2)), []);
    assert_eq!(control(&mut guest, post(3, 2)), []);
    assert_eq!(control(&mut guest, post(5, 1)), []);
    assert_eq!(guest.seen(), PostId(5));
}

#[test]
fn what_has_no_receipt_is_sent_again_and_the_rest_is_not() {
    let mut guest = joined();
    assert_eq!(type_line(&mut guest, "one\n"), [say(1, "one")]);
    type_line(&mut guest, "two");
    type_line(&mut guest, "three");
    let stored = control(&mut guest, Control::Stored { number: 1 });
    assert_eq!(stored, [GuestEffect::Received(1)]);
    let lost = guest.handle(at(0), GuestInput::Lost);
    assert_eq!(
        lost,
        [GuestEffect::Show(Sight::LineBroken), GuestEffect::Connect]
    );
    assert_eq!(type_line(&mut guest, "four"), []);
    let hello = guest.handle(at(0), GuestInput::Connected);
    assert!(matches!(
        &hello[..],
        [GuestEffect::Send(Control::Hello { room: Some(room), .. })] if room.ticket == ticket()
    ));
    assert_eq!(
        control(&mut guest, welcome(1, 0, 2)),
        [
            GuestEffect::Received(2),
            GuestEffect::Show(Sight::LineBack),
            say(3, "three"),
            say(4, "four"),
        ]
    );
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
    guest.handle(at(0), GuestInput::Connected);
    assert_eq!(guest.handle(at(4), GuestInput::Tick), []);
    assert_eq!(
        guest.handle(at(5), GuestInput::Tick),
        [GuestEffect::Connect]
    );
    let mut guest = joined();
    let ping = guest.handle(at(50), GuestInput::Control(Control::Ping));
    assert_eq!(ping, [GuestEffect::Send(Control::Pong)]);
    assert_eq!(guest.handle(at(109), GuestInput::Tick), []);
    assert_eq!(
        guest.handle(at(110), GuestInput::Tick).last(),
        Some(&GuestEffect::Connect)
    );
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
        let message = "no".to_owned();
        let refusal = Control::Refuse { reason, message };
        let effects = control(&mut guest, refusal);
        let ends = matches!(
            effects.last(),
            Some(GuestEffect::Close(GuestEnding::Refused { .. }))
        );
        assert_eq!(
            effects.last() == Some(&GuestEffect::Connect),
            passes,
            "{reason:?}"
        );
        assert_eq!(ends, !passes, "{reason:?}");
    }
    let mut guest = Guest::new(None, ticket());
    guest.handle(at(0), GuestInput::Connected);
    let pair = Control::Welcome {
        version: HANDSHAKE_VERSION,
        name: None,
        mode: Mode::Pair,
        standing: None,
        room: None,
    };
    assert_eq!(
        control(&mut guest, pair),
        [GuestEffect::Close(GuestEnding::NoRoom)]
    );
}

#[test]
fn a_goodbye_is_said_and_is_the_end() {
    let mut guest = joined();
    assert_eq!(
        type_line(&mut guest, "/Q "),
        [say(1, "/q"), GuestEffect::Close(GuestEnding::Left)]
    );
    assert_eq!(type_line(&mut guest, "more"), []);
    assert!(!guest.wants_line());
}

#[test]
fn a_room_that_does_not_know_its_guest_begins_anew_with_it() {
    let mut guest = joined();
    control(&mut guest, post(900, 2));
    guest.handle(at(0), GuestInput::Lost);
    guest.handle(at(0), GuestInput::Connected);
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
                number: 3,
                text: "hello".to_owned(),
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

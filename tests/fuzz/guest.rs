//! A client of a room whose server says anything.

use crate::run::Marks;
use crate::source::Source;
use std::mem::discriminant;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{Guest, GuestEffect, GuestEnding, GuestInput, KEPT, Sight};
use tictalk::wire::{
    Author, Control, Exchange, LineNumber, MAX_TEXT, MemberId, Nonce, Post, PostId, Prover, Text,
    Ticket, What,
};

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    let mut guest = Guest::new("ann".parse().ok(), Ticket::new([7; 16]));
    let mut now = Duration::ZERO;
    let mut received = 0;
    // By which nonce the client has asked the server for a proof.
    let mut to_prove = None;
    let mut shown = PostId(0);
    let mut ending = None;
    while !source.is_empty() {
        now += Duration::from_millis(source.below(4_000) as u64);
        let input = match source.below(12) {
            0 | 1 => GuestInput::Line(source.text()),
            2 => GuestInput::Lost,
            3 | 4 => GuestInput::Connected {
                nonce: Nonce::new([source.byte(); 16]),
            },
            5 => GuestInput::Tick,
            6 if source.one_in(20) => GuestInput::Hangup,
            7 if to_prove.is_some() => challenge(source, guest.ticket(), to_prove.take()),
            _ => match control(source) {
                Some(control) => GuestInput::Control(control),
                None => continue,
            },
        };
        let begins_anew = matches!(
            &input,
            GuestInput::Control(Control::Welcome { room: Some(_), .. })
        );
        let (before, kind) = (guest.seen(), discriminant(&input));
        let effects = guest.handle(now, input);
        let may_follow = |effect: &GuestEffect| match &ending {
            None => true,
            // The room may still answer the last lines of a person who leaves.
            Some(GuestEnding::Left) => matches!(effect, GuestEffect::Show(_)),
            Some(_) => false,
        };
        assert!(effects.iter().all(may_follow), "after the end: {effects:?}");
        if guest.seen() < before {
            assert!(begins_anew, "what was seen is forgotten");
            shown = PostId(0);
        }
        for effect in effects {
            marks.note((kind, discriminant(&effect)));
            match effect {
                GuestEffect::Send(Control::Say { number, text }) => {
                    assert!((1..=MAX_TEXT).contains(&text.len()));
                    // A room that says to have heard the last possible number is the end of numbers.
                    let is_new = number.get() > received || number == LineNumber::MAX;
                    assert!(is_new, "a line that is done with is sent again");
                }
                GuestEffect::Send(Control::Hello { nonce, .. }) => to_prove = nonce,
                GuestEffect::Show(Sight::Post(post)) => {
                    assert!(post.id > shown, "a post is shown twice");
                    shown = post.id;
                }
                GuestEffect::Received(number) => {
                    let is_new = number > received || number == LineNumber::MAX.get();
                    assert!(is_new, "each line is received once");
                    received = number;
                }
                GuestEffect::Close(why) => ending = Some(why),
                _ => {}
            }
        }
        assert!(guest.unreceived() <= KEPT);
    }
}

/// The challenge of a server that knows the ticket, or does not.
fn challenge(source: &mut Source<'_>, ticket: Ticket, client: Option<Nonce>) -> GuestInput {
    let ticket = match source.one_in(4) {
        true => Ticket::new([source.byte(); 16]),
        false => ticket,
    };
    let nonce = Nonce::new([source.byte(); 16]);
    let exchange = Exchange {
        ticket,
        client: client.unwrap_or(nonce),
        server: nonce,
    };
    let proof = exchange.proof(Prover::Server);
    GuestInput::Control(Control::Challenge { nonce, proof })
}

/// A control message of a server, read from its JSON as far as possible.
fn control(source: &mut Source<'_>) -> Option<Control> {
    if source.one_in(2) {
        let json = crate::control::control_json(source);
        return serde_json::from_str(&json).ok();
    }
    // Most of a room's talk is this.
    Some(match source.below(4) {
        0 => Control::Stored {
            number: u64::from(source.byte() % 8),
        },
        1 => {
            let ticket = "07".repeat(16);
            let (you, heard, since) = (source.byte() % 3, source.number(), source.number());
            let json = format!(
                r#"{{"type":"welcome","version":{},"mode":"room","room":{{"you":{you},"name":"ann","ticket":"{ticket}","since":{since},"heard":{heard}}}}}"#,
                tictalk::wire::HANDSHAKE_VERSION
            );
            return serde_json::from_str(&json).ok();
        }
        _ => Control::Post(Arc::new(Post {
            id: PostId(source.number()),
            at: source.number(),
            by: Author {
                id: MemberId(u64::from(source.byte() % 3)),
                name: source.text().into(),
            },
            what: What::Said {
                text: Text::cut(source.message()),
            },
        })),
    })
}

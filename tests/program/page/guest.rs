//! A client of a room is written twice: for the terminal, and for the page. Both answer the same
//! inputs with the same effects.

use super::modules;
use crate::support::{Browser, Room};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;
use tictalk::room::{Guest, GuestEffect, GuestEnding, GuestInput, Sight};
use tictalk::wire::{Control, Exchange, Nonce, Prover, Ticket};

/// What happens to a guest. Proofs are made when it is known what has to be proved.
#[derive(Debug, Clone)]
enum Event {
    Line(String),
    /// The same line, so many times.
    Lines(usize),
    Hangup,
    Connected,
    Lost,
    /// So many milliseconds pass.
    Tick(u64),
    Challenge {
        is_right: bool,
    },
    Control(Value),
}

const TICKET: [u8; 16] = [5; 16];

/// Two clients that have heard and said the same: the terminal's here, and what the page's has to
/// do.
struct Trace {
    guest: Guest,
    now: u64,
    /// The nonce of the last hello.
    nonce: Nonce,
    connections: u8,
    /// The inputs for the page, each with its time.
    inputs: Vec<Value>,
    /// The effects of each input.
    effects: Vec<Value>,
}

impl Trace {
    fn of(name: Option<&str>, events: &[Event]) -> Self {
        let name = name.map(|name| name.parse().unwrap());
        let mut trace = Self {
            guest: Guest::new(name, Ticket::new(TICKET)),
            now: 0,
            nonce: Nonce::new([0; 16]),
            connections: 0,
            inputs: Vec::new(),
            effects: Vec::new(),
        };
        for event in events {
            trace.add(event);
        }
        trace
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Line(line) => self.line(line),
            Event::Lines(count) => (0..*count).for_each(|_| self.line("again")),
            Event::Hangup => self.input(GuestInput::Hangup, json!({ "hangup": true })),
            Event::Connected => {
                self.connections += 1;
                let nonce = Nonce::new([self.connections; 16]);
                self.nonce = nonce;
                let input = json!({ "connected": { "nonce": nonce } });
                self.input(GuestInput::Connected { nonce }, input);
            }
            Event::Lost => self.input(GuestInput::Lost, json!({ "lost": true })),
            Event::Tick(passed) => {
                self.now += passed;
                self.input(GuestInput::Tick, json!({ "tick": true }));
            }
            Event::Challenge { is_right } => {
                let exchange = Exchange {
                    ticket: self.guest.ticket(),
                    client: self.nonce,
                    server: Nonce::new([0xab; 16]),
                };
                // A proof of the other end is no proof of this one.
                let by = if *is_right {
                    Prover::Server
                } else {
                    Prover::Client
                };
                let (nonce, proof) = (exchange.server, exchange.proof(by));
                self.control(json!({ "type": "challenge", "nonce": nonce, "proof": proof }));
            }
            Event::Control(control) => self.control(control.clone()),
        }
    }

    fn line(&mut self, line: &str) {
        self.input(GuestInput::Line(line.to_owned()), json!({ "line": line }));
    }

    fn control(&mut self, json: Value) {
        let control: Control = serde_json::from_value(json.clone()).unwrap();
        self.input(GuestInput::Control(control), json!({ "control": json }));
    }

    fn input(&mut self, input: GuestInput, json: Value) {
        let effects = self.guest.handle(Duration::from_millis(self.now), input);
        self.inputs.push(json!([self.now, json]));
        self.effects
            .push(effects.into_iter().filter_map(effect).collect());
    }
}

/// An effect as the page writes it. A page returns to its own origin, and ignores other machines.
fn effect(effect: GuestEffect) -> Option<Value> {
    let effect = match effect {
        GuestEffect::Send(control) => json!({ "send": control }),
        GuestEffect::Show(sight) => json!({ "show": shown(sight) }),
        GuestEffect::Others(_) => return None,
        GuestEffect::Received(number) => json!({ "received": number }),
        GuestEffect::Connect { attempts } => json!({ "connect": { "attempts": attempts } }),
        GuestEffect::Close(ending) => {
            let ending = match ending {
                GuestEnding::Left => json!({ "left": true }),
                GuestEnding::Refused { reason, message } => {
                    json!({ "refused": { "reason": reason, "message": message } })
                }
                GuestEnding::NoRoom => json!({ "noRoom": true }),
            };
            json!({ "close": ending })
        }
    };
    Some(effect)
}

fn shown(sight: Sight) -> Value {
    match sight {
        Sight::Post(post) => json!({ "post": Control::Post(post) }),
        Sight::Gathered(gathered) => json!({ "gathered": Control::Gathered(gathered) }),
        Sight::Recalled(post) => json!({ "recalled": Control::Recall(post) }),
        Sight::Told(text) => json!({ "told": text }),
        Sight::Whispered(text) => json!({ "whispered": text }),
        Sight::Named(name) => json!({ "named": name }),
        Sight::TooLong(size) => json!({ "tooLong": size }),
        Sight::NotTaken(line) => json!({ "notTaken": line }),
        Sight::Members {
            members,
            is_partial,
        } => json!({ "members": members, "partial": is_partial }),
        Sight::Board(board) => json!({ "board": board }),
        Sight::BoardOver(table) => json!({ "boardOver": table }),
        Sight::Forgotten => json!({ "forgotten": true }),
        Sight::Impostor => json!({ "impostor": true }),
        Sight::Missed(count) => json!({ "missed": count }),
        Sight::ConnectionLost => json!({ "connectionLost": true }),
        Sight::Reconnected => json!({ "reconnected": true }),
    }
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(words).prop_map(str::to_owned)
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => one_of(&["hello", "/who", "two\nlines", "line\r\n", "\"quotes\" \\ \u{1}\u{2028}", "🏴 漢 é"]),
        // Blank, or nearly so: only some of these are white space.
        2 => one_of(&["", "  ", "\n", "\u{85}", "\u{a0}\t\u{3000}", "\u{feff}", "\u{200b}", "\u{180e}", "\u{1c}"]),
        1 => one_of(&["/q", "/quit", "/Q \n", "/QUIT\u{3000}", "/q\u{85}"]),
        2 => one_of(&["/qu", "/q now", " /q", "/q\u{feff}", "/qui\u{fe0f}t", "/\u{212a}"]),
        2 => (4_090_usize..4_100).prop_map(|size| "x".repeat(size)),
        1 => (2_046_usize..2_050).prop_map(|size| "é".repeat(size)),
    ]
}

/// A number that is often the same as another one.
fn few() -> impl Strategy<Value = u64> {
    0_u64..6
}

fn post(kind: &'static str) -> impl Strategy<Value = Value> {
    let what = prop_oneof![
        3 => one_of(&["said", "acted"]).prop_map(|what| json!({ "what": what, "text": "hello" })),
        1 => Just(json!({ "what": "joined" })),
        1 => Just(json!({ "what": "renamed", "to": "anna" })),
    ];
    (0_u64..40, few(), what).prop_map(move |(id, by, mut post)| {
        let start = json!({ "type": kind, "id": id, "at": 5, "by": by, "name": "x" });
        post.as_object_mut()
            .unwrap()
            .extend(start.as_object().unwrap().clone());
        post
    })
}

fn gathered() -> impl Strategy<Value = Value> {
    (0_u64..40, any::<bool>(), few()).prop_map(|(last, is_rest, more)| {
        let members = json!([{ "id": last, "by": 2, "name": "x" }]);
        let mut group = json!({ "what": "joined", "members": members });
        if more > 0 {
            group["more"] = json!(more);
        }
        let groups = json!([group, { "what": "left", "why": "lost", "members": [] }]);
        let mut gathered = json!({ "type": "gathered", "last": last, "at": 5, "groups": groups });
        if is_rest {
            gathered["rest"] = json!(true);
        }
        gathered
    })
}

fn refusal(reasons: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (one_of(reasons), one_of(&["no", "full"])).prop_map(
        |(reason, message)| json!({ "type": "refuse", "reason": reason, "message": message }),
    )
}

fn welcome() -> impl Strategy<Value = Value> {
    // Mostly the same member.
    let you = prop_oneof![6 => Just(3_u64), 1 => few()];
    (you, 0_u64..12, few(), few()).prop_map(|(you, since, heard, others)| {
        let mut room = json!({ "you": you, "name": "ann", "since": since, "heard": heard });
        if others == 0 {
            room["others"] = json!(["pc8:1059"]);
        }
        json!({ "type": "welcome", "version": 2, "mode": "room", "room": room })
    })
}

/// A control message that means something to a member.
fn news() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => post("post"),
        3 => gathered(),
        1 => post("recall"),
        2 => (1_u64..70).prop_map(|number| json!({ "type": "stored", "number": number })),
        1 => Just(json!({ "type": "tell", "text": "told" })),
        2 => (0_u64..40, few()).prop_map(|(id, by)| {
            json!({ "type": "tell", "text": "psst", "private": { "id": id, "by": by } })
        }),
        1 => Just(json!({ "type": "ping" })),
        1 => Just(json!({ "type": "others", "others": ["pc8:1059"] })),
    ]
}

/// Any control message, also where it makes no sense.
fn any_control() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => news(),
        2 => welcome(),
        2 => refusal(&["busy", "behind", "unknown"]),
        1 => refusal(&["version", "ended", "diverged", "name", "kicked", "replaced", "other"]),
        1 => Just(json!({ "type": "welcome", "version": 2, "mode": "pair", "name": "bob" })),
        1 => Just(json!({ "type": "welcome", "version": 2, "mode": "room" })),
        1 => Just(json!({ "type": "welcome", "version": 2, "mode": "odd" })),
        1 => Just(json!({ "type": "proof", "proof": "0".repeat(64) })),
        1 => Just(json!({ "type": "say", "number": 1, "text": "hello" })),
        1 => one_of(&["pong", "odd", "receipt"])
            .prop_map(|kind| json!({ "type": kind, "turns": 1 })),
    ]
}

/// One or more events that belong together.
fn scene() -> impl Strategy<Value = Vec<Event>> {
    let alone = |event: Event| vec![event];
    let enter = welcome().prop_map(|welcome| {
        vec![
            Event::Connected,
            Event::Challenge { is_right: true },
            Event::Control(welcome),
        ]
    });
    // The first hello of a ticket is answered without a challenge.
    let join = welcome().prop_map(|welcome| vec![Event::Connected, Event::Control(welcome)]);
    let time = prop_oneof![3 => 0_u64..2_000, 1 => 4_990_u64..5_010, 1 => 9_990_u64..10_010, 1 => 24_990_u64..25_010];
    prop_oneof![
        4 => enter,
        4 => join,
        2 => refusal(&["unknown", "unknown", "busy", "version"])
            .prop_map(|refusal| vec![Event::Connected, Event::Control(refusal)]),
        1 => any::<bool>().prop_map(|is_right| vec![Event::Connected, Event::Challenge { is_right }]),
        1 => Just(alone(Event::Connected)),
        2 => Just(alone(Event::Lost)),
        4 => time.prop_map(move |passed| alone(Event::Tick(passed))),
        6 => line().prop_map(move |line| alone(Event::Line(line))),
        1 => (50_usize..70).prop_map(move |count| alone(Event::Lines(count))),
        8 => news().prop_map(move |news| alone(Event::Control(news))),
        1 => any_control().prop_map(move |control| alone(Event::Control(control))),
        1 => Just(alone(Event::Hangup)),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let scenes = proptest::collection::vec(scene(), 0..30);
    (welcome(), scenes).prop_map(|(welcome, scenes)| {
        let join = vec![Event::Connected, Event::Control(welcome)];
        std::iter::once(join).chain(scenes).flatten().collect()
    })
}

/// What the page's client does with these inputs. It tells a pair from a server of neither kind,
/// which is the same to a terminal in a room.
const REPLAY: &str = "((options, inputs) => {
    const guest = new modules.guest.Guest(options);
    const effects = inputs.map(([now, input]) => guest.handle(now, input));
    return JSON.parse(JSON.stringify(effects, (key, value) =>
        key === 'close' && value.pair ? { noRoom: true } : value));
})";

/// All kinds of effects, so that no trace that matters goes missing.
const KINDS: &[&str] = &[
    "close left",
    "close noRoom",
    "close refused",
    "connect",
    "received",
    "send hello",
    "send pong",
    "send proof",
    "send say",
    "show connectionLost",
    "show forgotten",
    "show gathered",
    "show impostor",
    "show missed",
    "show named",
    "show notTaken",
    "show post",
    "show recalled",
    "show reconnected",
    "show told",
    "show tooLong",
    "show whispered",
];

fn kind(effect: &Value) -> String {
    let (kind, what) = effect.as_object().unwrap().iter().next().unwrap();
    let what = match kind.as_str() {
        "send" => what["type"].as_str(),
        "show" | "close" => what.as_object().unwrap().keys().next().map(String::as_str),
        _ => None,
    };
    what.map_or_else(|| kind.clone(), |what| format!("{kind} {what}"))
}

#[test]
fn the_page_answers_as_the_terminal_does() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let Room { host: _room, port } = Room::open(&[]);
    let page = modules(browser, port, &["guest"]);
    let ticket = String::from(Ticket::new(TICKET));
    let seen = RefCell::new(BTreeSet::new());
    let names = proptest::sample::select(vec![Some("ann"), None]);
    let mut runner = TestRunner::new(Config {
        cases: 400,
        ..Config::default()
    });
    let result = runner.run(&(names, events()), |(name, events)| {
        let trace = Trace::of(name, &events);
        let options = json!({ "name": name, "ticket": ticket });
        let effects = page.eval(&format!("{REPLAY}({options}, {})", json!(trace.inputs)));
        let effects = effects.as_array().unwrap();
        for ((input, ours), theirs) in trace.inputs.iter().zip(&trace.effects).zip(effects) {
            prop_assert_eq!(ours, theirs, "after {}", input);
        }
        let all = trace
            .effects
            .iter()
            .flat_map(|effects| effects.as_array().unwrap());
        seen.borrow_mut().extend(all.map(kind));
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    assert!(seen.borrow().iter().eq(KINDS), "{:?}", seen.borrow());
}

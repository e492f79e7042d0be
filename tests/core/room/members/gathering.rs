//! Many joins, leaves and returns at once: a few are announced alone, the others together.

use crate::room::{Room, may_be_missing, settings};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use tictalk::room::{ConnectionId, Settings, announced};
use tictalk::wire::{
    Author, Control, Gathered, GatheredGroup, GatheredMember, MAX_CONTROL, MemberId, Parting, Post,
    PostId, Sees, What,
};

/// A room for many members of one address.
fn hall() -> Room {
    Room::with(Settings {
        per_address: None,
        members: NonZeroUsize::new(5_000),
        ..settings()
    })
}

/// The names of many members.
fn names(range: std::ops::Range<usize>) -> impl Iterator<Item = String> {
    range.map(|number| format!("member {number}"))
}

/// A room with ann, at the beginning of a second.
fn with_ann() -> (Room, ConnectionId) {
    let mut room = hall();
    let ann = room.raw("ann");
    room.wait(1);
    room.forget_seen();
    (room, ann)
}

#[test]
fn the_first_eight_joins_of_a_second_are_announced_at_once_and_the_others_at_its_end() {
    let (mut room, ann) = with_ann();
    for name in names(0..30) {
        room.raw(&name);
    }
    let alone: Vec<String> = names(0..8)
        .map(|name| format!("-- {name} joined."))
        .collect();
    assert_eq!(room.seen(ann), alone);
    room.wait(1);
    let eight: Vec<String> = names(8..16).collect();
    let together = [format!("-- {} and 14 others joined.", eight.join(", "))];
    assert_eq!(room.seen(ann), together);
    assert_eq!(room.seen_by_host()[8..], together);
    // Each has a post, and the next second begins anew.
    let posts = room.store.iter();
    let joined = posts.filter(|entry| entry.post.what == What::Joined);
    assert_eq!(joined.count(), 31);
    room.raw("bob");
    assert_eq!(room.seen(ann), ["-- bob joined."]);
    room.wait(1);
    assert_eq!(room.seen(ann), [""; 0]);
}

#[test]
fn each_reason_has_a_line_of_its_own() {
    let (mut room, ann) = with_ann();
    let class: Vec<_> = names(0..20).map(|name| room.tictalk(&name)).collect();
    let plain: Vec<_> = names(20..22).map(|name| room.raw(&name)).collect();
    room.wait(1);
    room.forget_seen();
    for connection in &class[..18] {
        room.lose(*connection);
    }
    room.say(class[18], "/q");
    plain.iter().for_each(|connection| room.lose(*connection));
    assert_eq!(room.seen(ann).len(), 8);
    room.wait(1);
    let eight: Vec<String> = names(8..16).collect();
    let eight = format!("-- {} and 2 others", eight.join(", "));
    let lines = [
        format!("{eight} lost the connection and may return."),
        "-- member 18 left.".to_owned(),
        "-- member 20 and member 21 left: connection lost.".to_owned(),
    ];
    assert_eq!(room.seen(ann), [lines.join("\n")]);
    let log = room.store.len();
    for connection in &class[..18] {
        room.back(*connection, 1);
    }
    assert_eq!(room.seen(ann).len(), 8);
    room.wait(1);
    assert_eq!(room.seen(ann), [format!("{eight} reconnected.")]);
    assert_eq!(room.store.len(), log + 18);
}

#[test]
fn one_that_is_held_alone_is_a_post_like_any_other() {
    let (mut room, ann) = with_ann();
    names(0..9).for_each(|name| {
        room.tictalk(&name);
    });
    assert_eq!(room.seen(ann).len(), 8);
    room.wait(1);
    assert_eq!(room.seen(ann), ["-- member 8 joined."]);
}

#[test]
fn whatever_follows_is_seen_after_them() {
    let (mut room, ann) = with_ann();
    let bob = room.tictalk("bob");
    names(0..10).for_each(|name| {
        room.raw(&name);
    });
    room.seen(ann);
    room.say(bob, "hello");
    let seen = room.seen(ann);
    assert_eq!(
        seen,
        ["-- member 7, member 8 and member 9 joined.", "bob: hello"]
    );
    names(10..12).for_each(|name| {
        room.raw(&name);
    });
    assert_eq!(room.seen(ann), [""; 0]);
    room.say(bob, "/msg ann psst");
    let seen = room.seen(ann);
    assert_eq!(
        seen,
        ["-- member 10 and member 11 joined.", "(from bob): psst"]
    );
}

#[test]
fn a_member_that_leaves_again_is_named_in_the_order_of_events() {
    let (mut room, ann) = with_ann();
    names(0..8).for_each(|name| {
        room.raw(&name);
    });
    room.seen(ann);
    let [bob, _cid] = ["bob", "cid"].map(|name| room.raw(name));
    room.lose(bob);
    // Another one takes the name.
    room.raw("bob");
    assert_eq!(room.seen(ann), [""; 0]);
    room.wait(1);
    assert_eq!(
        room.seen(ann),
        [
            "-- bob and cid joined.",
            "-- bob left: connection lost.",
            "-- bob joined."
        ]
    );
}

#[test]
fn whoever_comes_and_goes_is_not_told_of_at_once() {
    let (mut room, ann) = with_ann();
    for _ in 0..100 {
        let bob = room.raw("bob");
        room.lose(bob);
    }
    assert_eq!(room.seen(ann).len(), 8);
    room.wait(1);
    assert_eq!(room.seen(ann).len(), 2 * 100 - 8);
}

#[test]
fn whoever_comes_meanwhile_is_told_of_everything_once() {
    let (mut room, ann) = with_ann();
    room.say(ann, "/me waits");
    for name in names(0..30) {
        room.tictalk(&name);
    }
    // The newcomer gets what the others have got, and the rest with them.
    let zoe = room.tictalk("zoe");
    let seen = room.seen(zoe);
    assert!(seen.contains(&"* ann waits".to_owned()), "{seen:?}");
    assert_eq!(seen.last().unwrap(), "-- member 7 joined.");
    room.wait(1);
    let eight: Vec<String> = names(8..16).collect();
    let rest = format!("-- {} and 15 others joined.", eight.join(", "));
    assert_eq!(room.seen(zoe), [rest]);
}

#[test]
fn no_more_than_1024_posts_are_held() {
    let (mut room, ann) = with_ann();
    for name in names(0..1_100) {
        room.raw(&name);
    }
    let seen = room.seen(ann);
    assert_eq!(seen.len(), 9);
    assert!(seen[8].ends_with(" and 1016 others joined."), "{}", seen[8]);
    assert_eq!(room.hub.unannounced(), 1_100 - 8 - 1_024);
}

#[test]
fn a_client_gets_all_names_in_messages_that_fit() {
    let mut room = hall();
    let ann = room.tictalk("ann");
    let bob = room.raw("bob");
    for number in 0..1_000 {
        room.tictalk(&format!("n{number}"));
    }
    room.sent.clear();
    room.wait(1);
    let [anns, bobs] = [ann, bob].map(|reader| room.sent.remove(&reader).unwrap());
    let gathered = |sent: &[Control]| -> Vec<Gathered> {
        let gathered = sent.iter().filter_map(|control| match control {
            Control::Gathered(gathered) => Some(gathered.clone()),
            _ => None,
        });
        gathered.collect()
    };
    let [anns, bobs] = [gathered(&anns), gathered(&bobs)];
    assert_eq!(bobs.len(), 1);
    assert_eq!(anns[0], bobs[0]);
    assert!(
        anns[1..]
            .iter()
            .all(|it| it.is_rest && it.last == bobs[0].last)
    );
    let named = anns.iter().flat_map(|it| &it.groups);
    let named: usize = named.map(|group| group.members.len()).sum();
    // Ann, bob and six others were announced before.
    assert_eq!(named, 1_000 - 6);
    let counted = &bobs[0].groups[0];
    assert_eq!(counted.members.len() as u64 + counted.more, 1_000 - 6);
    for message in anns {
        let json = serde_json::to_string(&Control::Gathered(message)).unwrap();
        assert!(json.len() < MAX_CONTROL);
    }
}

#[test]
fn words_of_another_program_are_bounded() {
    let member = |number| GatheredMember {
        id: PostId(number),
        by: Author {
            id: MemberId(number),
            name: format!("m{number}").into(),
        },
    };
    let group = |what, members, more| GatheredGroup {
        what,
        members: (0..members).map(member).collect(),
        more,
    };
    let lines = announced(&Gathered {
        last: PostId(1),
        at: 0,
        groups: vec![
            group(What::Joined, 10, u64::MAX),
            group(What::Coordinator, 2, 0),
            group(What::Unknown, 2, 0),
            group(What::Back, 0, 3),
            group(
                What::Left {
                    why: Parting::Silent,
                },
                2,
                0,
            ),
        ],
        is_rest: false,
    });
    assert_eq!(
        lines,
        [
            format!(
                "-- m0, m1, m2, m3, m4, m5, m6, m7 and {} others joined.",
                u64::MAX
            ),
            "-- m0 and m1 were removed: no answer.".to_owned(),
        ]
    );
}

/// Something that happens in a room. Numbers choose among connections and names.
#[derive(Debug, Clone)]
enum Event {
    Join(usize),
    JoinPlain(usize),
    Lose(usize),
    /// A return that tells what the client has seen.
    Return(usize),
    Leave(usize),
    Say(usize),
    Whisper(usize, usize),
    Move(usize),
    Wait,
    Hold,
    Release,
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..40_usize;
    prop_oneof![
        12 => (0..40_usize).prop_map(Event::Join),
        4 => (0..40_usize).prop_map(Event::JoinPlain),
        6 => who.clone().prop_map(Event::Lose),
        6 => who.clone().prop_map(Event::Return),
        2 => who.clone().prop_map(Event::Leave),
        1 => who.clone().prop_map(Event::Say),
        1 => (who.clone(), who.clone()).prop_map(|(by, to)| Event::Whisper(by, to)),
        1 => who.prop_map(Event::Move),
        1 => Just(Event::Wait),
        1 => Just(Event::Hold),
        2 => Just(Event::Release),
    ]
}

/// What a connection was told, in order: posts, and those that were announced together.
#[derive(Debug, Default)]
struct Told {
    posts: Vec<Post>,
    /// The last post that its client has seen.
    seen: u64,
}

impl Told {
    fn hear(&mut self, control: &Control) {
        match control {
            Control::Post(post) => {
                self.posts.push((**post).clone());
                self.seen = post.id.0;
            }
            Control::Gathered(gathered) => {
                assert!(gathered.is_rest || gathered.last.0 > self.seen);
                let groups = gathered.groups.iter();
                let mut posts: Vec<Post> = groups
                    .flat_map(|group| {
                        group.members.iter().map(|member| Post {
                            id: member.id,
                            at: 0,
                            by: member.by.clone(),
                            what: group.what.clone(),
                        })
                    })
                    .collect();
                // The order among members does not matter, since each is named once.
                posts.sort_by_key(|post| post.id);
                let mut members: Vec<_> = posts.iter().map(|post| post.by.id).collect();
                members.sort_unstable();
                assert!(members.is_sorted_by(|one, next| one < next), "{members:?}");
                self.posts.extend(posts);
                self.posts.sort_by_key(|post| post.id);
                self.seen = gathered.last.0;
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_member_is_told_of_every_change_once_and_in_order(
        events in prop::collection::vec(event(), 1..150),
    ) {
        let mut room = hall();
        room.sees = Sees { members: true, boards: false };
        let mut connections: Vec<ConnectionId> = Vec::new();
        let mut told: BTreeMap<ConnectionId, Told> = BTreeMap::new();
        let mut first: BTreeMap<ConnectionId, u64> = BTreeMap::new();
        let mut lost = Vec::new();
        let name = |number: &usize| format!("member {number}");
        for event in &events {
            let pick = |which: &usize| {
                let index = which.checked_rem(connections.len())?;
                Some(connections[index])
            };
            let is_open = |room: &Room, it: &ConnectionId| {
                !lost.contains(it) && !room.closed.contains_key(it)
            };
            let open = |room: &Room, which: &usize| pick(which).filter(|it| is_open(room, it));
            let new = match event {
                Event::Join(who) => Some(room.tictalk(&name(who))),
                Event::JoinPlain(who) => {
                    room.raw(&name(who));
                    None
                }
                Event::Lose(which) => {
                    if let Some(connection) = open(&room, which) {
                        room.lose(connection);
                        lost.push(connection);
                    }
                    None
                }
                Event::Return(which) => match pick(which) {
                    Some(old) if room.welcomes.contains_key(&old) => {
                        // Only what has arrived before the connection was lost counts as seen.
                        let seen = told.get(&old).map_or(0, |told| told.seen);
                        Some(room.back(old, seen))
                    }
                    _ => None,
                },
                Event::Leave(which) => {
                    if let Some(connection) = open(&room, which) {
                        room.say(connection, "/q");
                    }
                    None
                }
                Event::Say(which) => {
                    if let Some(connection) = open(&room, which) {
                        room.say(connection, "hello");
                    }
                    None
                }
                Event::Whisper(which, to) => {
                    if let Some(connection) = open(&room, which) {
                        room.say(connection, &format!("/msg {} psst", name(to)));
                    }
                    None
                }
                Event::Move(which) => {
                    if let Some(connection) = open(&room, which) {
                        room.say(connection, "/play tictactoe computer");
                        room.say(connection, "1");
                    }
                    None
                }
                Event::Wait => {
                    room.wait(1);
                    None
                }
                Event::Hold => {
                    room.stores = false;
                    None
                }
                Event::Release => {
                    release(&mut room);
                    None
                }
            };
            if let Some(connection) = new
                && let Some(welcome) = room.welcomes.get(&connection)
            {
                first.insert(connection, welcome.since.0);
                connections.push(connection);
            }
            hear(&mut room, &mut told);
        }
        release(&mut room);
        room.wait(1);
        hear(&mut room, &mut told);
        prop_assert_eq!(room.hub.unannounced(), 0);
        for connection in &connections {
            let has_gone = lost.contains(connection) || room.closed.contains_key(connection);
            let told = told.entry(*connection).or_default();
            let last = match has_gone {
                // It was told up to the loss.
                true => told.posts.last().map_or(0, |post| post.id.0),
                false => room.store.last().map_or(0, |entry| entry.post.id.0),
            };
            let expected: Vec<_> = room
                .store
                .iter()
                .map(|entry| &entry.post)
                .filter(|post| post.id.0 > first[connection] && post.id.0 <= last)
                .filter(|post| !may_be_missing(post) || matches!(post.what, What::Ended { .. }))
                .map(|post| (post.id, post.by.id, post.what.clone()))
                .collect();
            let heard: Vec<_> = told
                .posts
                .iter()
                .map(|post| (post.id, post.by.id, post.what.clone()))
                .collect();
            prop_assert_eq!(heard, expected, "{:?}", connection);
        }
    }
}

/// Stores what is to be stored.
fn release(room: &mut Room) {
    room.stores = true;
    if let Some(last) = room.store.last() {
        let last = last.post.id;
        room.handle(tictalk::room::HubInput::Stored(last));
    }
}

fn hear(room: &mut Room, told: &mut BTreeMap<ConnectionId, Told>) {
    for (connection, sent) in std::mem::take(&mut room.sent) {
        let told = told.entry(connection).or_default();
        sent.iter().for_each(|control| told.hear(control));
    }
}

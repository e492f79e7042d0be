//! Members and boards as data: complete, in step with the posts, and only for whoever asks.

use super::{Room, settings};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tictalk::room::{ConnectionId, HubInput, LineMark, Recipient};
use tictalk::wire::{
    BoardSight, Control, End, GameSight, Gathered, MemberId, MemberSight, PlayerIndex, Post,
    PostId, Sees, What,
};

const BOTH: Sees = Sees {
    members: true,
    boards: true,
};

/// The posts of which a message tells with the names of their members.
fn gathered_posts(gathered: &Gathered) -> Vec<Post> {
    let mut posts = Vec::new();
    for group in &gathered.groups {
        posts.extend(group.members.iter().map(|member| Post {
            id: member.id,
            at: gathered.at,
            by: member.by.clone(),
            what: group.what.clone(),
        }));
    }
    posts
}

/// The list of members that a client keeps, as the documentation of the protocol says.
#[derive(Debug, Default)]
struct Roster {
    /// Each member, and the last post that the entry includes.
    members: BTreeMap<MemberId, (MemberSight, PostId)>,
    is_complete: bool,
}

impl Roster {
    fn take(&mut self, control: &Control) {
        match control {
            Control::Members {
                members,
                since,
                more,
            } => {
                let entries = members.iter().map(|it| (it.id, (it.clone(), *since)));
                self.members.extend(entries);
                self.is_complete = !more;
            }
            Control::Post(post) => self.post(post),
            Control::Gathered(gathered) => {
                gathered_posts(gathered).iter().for_each(|it| self.post(it))
            }
            _ => {}
        }
    }

    /// The entries that do not include this post.
    fn before(&mut self, post: &Post) -> impl Iterator<Item = &mut MemberSight> {
        let entries = self.members.values_mut();
        let before = entries.filter(|(_, since)| *since < post.id);
        before.map(|(member, _)| member)
    }

    fn post(&mut self, post: &Post) {
        let (id, name) = (post.by.id, Arc::clone(&post.by.name));
        match &post.what {
            What::Joined => {
                let member = MemberSight {
                    id,
                    name,
                    is_coordinator: false,
                    is_here: true,
                    is_plain: false,
                    plays: None,
                };
                let is_known = |(_, since): &(_, PostId)| *since >= post.id;
                if !self.members.get(&id).is_some_and(is_known) {
                    self.members.insert(id, (member, post.id));
                }
            }
            What::Left { .. } | What::Kicked { .. } | What::Banned { .. } => {
                self.members
                    .retain(|it, (_, since)| *it != id || *since >= post.id);
            }
            What::Away => {
                let found = self.before(post).filter(|it| it.id == id);
                found.for_each(|it| it.is_here = false);
            }
            What::Back => {
                let found = self.before(post).filter(|it| it.id == id);
                found.for_each(|it| it.is_here = true);
            }
            What::Coordinator => self
                .before(post)
                .for_each(|it| it.is_coordinator = it.id == id),
            What::Renamed { to } => {
                for member in self.before(post) {
                    if member.id == id {
                        member.name = Arc::clone(to);
                    }
                    if let Some(plays) = &mut member.plays
                        && plays.with == name
                    {
                        plays.with = Arc::clone(to);
                    }
                }
            }
            What::Began { game, with } => {
                for member in self.before(post) {
                    let with = match member.id == id {
                        true => with,
                        false if member.name == *with => &name,
                        false => continue,
                    };
                    let (game, with) = (game.clone(), Arc::clone(with));
                    member.plays = Some(GameSight { game, with });
                }
            }
            // Nobody has played at such a table since the list was sent.
            What::Ended {
                end: End::Abandoned,
                ..
            } => {}
            What::Ended { with, .. } => {
                for member in self.before(post) {
                    if member.name == name || member.name == *with {
                        member.plays = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn list(&self) -> Vec<MemberSight> {
        let members = self.members.values();
        members.map(|(member, _)| member.clone()).collect()
    }
}

/// Something that happens in a room. Numbers choose among connections and names.
#[derive(Debug, Clone)]
enum Event {
    Join(usize),
    JoinPlain(usize),
    Return(usize, u64),
    Lose(usize),
    Say(usize, &'static str),
    /// A command and a name.
    Ask(usize, &'static str, usize),
    Host(&'static str, usize),
    Wait(u32),
    Hold,
    Release,
}

const NAMES: [&str; 8] = ["ann", "bob", "cy", "dee", "eve", "fay", "gus", "hal"];

fn event() -> impl Strategy<Value = Event> {
    let who = 0..20_usize;
    let name = 0..NAMES.len();
    prop_oneof![
        6 => name.clone().prop_map(Event::Join),
        1 => name.clone().prop_map(Event::JoinPlain),
        3 => (who.clone(), 0..60_u64).prop_map(|(who, since)| Event::Return(who, since)),
        2 => who.clone().prop_map(Event::Lose),
        4 => (who.clone(), prop::sample::select(vec![
            "/q", "hello", "/accept", "/resign", "/undo", "/draw", "/watch", "rematch",
            "/play tictactoe computer", "/board", "/describe on", "/describe off",
        ])).prop_map(|(who, line)| Event::Say(who, line)),
        6 => (who.clone(), prop::sample::select(vec!["1", "2", "3", "4", "5", "6", "7", "8", "9"]))
            .prop_map(|(who, line)| Event::Say(who, line)),
        8 => (who, prop::sample::select(vec![
            "/nick", "/play tictactoe", "/play rps 1", "/accept", "/watch", "/kick", "/ban", "/msg",
        ]), name.clone()).prop_map(|(who, command, name)| Event::Ask(who, command, name)),
        2 => (prop::sample::select(vec!["/kick", "/ban", "/mute", "/unmute", "/unban", "/watch"]), name)
            .prop_map(|(command, name)| Event::Host(command, name)),
        1 => (1..130_u32).prop_map(Event::Wait),
        1 => Just(Event::Hold),
        2 => Just(Event::Release),
    ]
}

/// A room to which things happen, and the list that each client keeps.
struct Play {
    room: Room,
    connections: Vec<ConnectionId>,
    lost: BTreeSet<ConnectionId>,
    rosters: BTreeMap<ConnectionId, Roster>,
}

impl Play {
    fn new(sees: Sees) -> Self {
        // A portion holds a few members.
        let mut settings = settings();
        settings.at_once = 300;
        let mut room = Room::with(settings);
        room.sees = sees;
        Self {
            room,
            connections: Vec::new(),
            lost: BTreeSet::new(),
            rosters: BTreeMap::new(),
        }
    }

    fn pick(&self, which: usize) -> Option<ConnectionId> {
        let index = which.checked_rem(self.connections.len())?;
        let connection = self.connections[index];
        let is_open =
            !self.lost.contains(&connection) && !self.room.closed.contains_key(&connection);
        is_open.then_some(connection)
    }

    fn act(&mut self, event: &Event) {
        match event {
            Event::Join(name) => {
                let connection = self.room.tictalk(NAMES[*name]);
                self.connections.push(connection);
            }
            Event::JoinPlain(name) => {
                let connection = self.room.raw(NAMES[*name]);
                self.connections.push(connection);
            }
            Event::Return(which, since) => {
                let Some(index) = which.checked_rem(self.connections.len()) else {
                    return;
                };
                let connection = self.connections[index];
                if self.room.welcomes.contains_key(&connection) {
                    let stored = self.room.store.len() as u64;
                    let connection = self.room.back(connection, *since.min(&stored));
                    self.connections.push(connection);
                }
            }
            Event::Lose(which) => {
                if let Some(connection) = self.pick(*which) {
                    self.room.lose(connection);
                    self.lost.insert(connection);
                }
            }
            Event::Say(which, line) => {
                if let Some(connection) = self.pick(*which) {
                    self.room.say(connection, line);
                }
            }
            Event::Ask(which, command, name) => {
                if let Some(connection) = self.pick(*which) {
                    let line = format!("{command} {} psst", NAMES[*name]);
                    let line = line.trim_end_matches(match *command {
                        "/msg" => "",
                        _ => " psst",
                    });
                    self.room.say(connection, line);
                }
            }
            Event::Host(command, name) => self.room.host(&format!("{command} {}", NAMES[*name])),
            Event::Wait(seconds) => self.room.wait(*seconds),
            Event::Hold => self.room.stores = false,
            Event::Release => {
                self.room.stores = true;
                if let Some(last) = self.room.store.last() {
                    let last = last.post.id;
                    self.room.handle(HubInput::Stored(last));
                }
            }
        }
        for (connection, sent) in std::mem::take(&mut self.room.sent) {
            let roster = self.rosters.entry(connection).or_default();
            sent.iter().for_each(|control| roster.take(control));
        }
    }

    /// The members as the hub knows them.
    fn members(&self) -> Vec<MemberSight> {
        let mut members = Vec::new();
        let mut after = Some(MemberId::HOST);
        while let Some(from) = after {
            let portion = self.room.hub.members_after(from);
            members.extend(portion.members);
            after = portion.rest;
        }
        let listed = self.room.members();
        assert_eq!(listed.len(), members.len());
        for (listed, member) in listed.iter().zip(&members) {
            assert_eq!(
                (
                    listed.id,
                    &listed.name,
                    listed.is_coordinator,
                    listed.is_here
                ),
                (
                    member.id,
                    &member.name,
                    member.is_coordinator,
                    member.is_here
                )
            );
        }
        members
    }

    /// Compares the lists of all connected clients with the members.
    fn check(&self) -> Result<(), TestCaseError> {
        if self.room.hub.unstored() + self.room.hub.unannounced() > 0 {
            return Ok(());
        }
        let members = self.members();
        for connection in self.room.welcomes.keys() {
            let is_open =
                !self.lost.contains(connection) && !self.room.closed.contains_key(connection);
            if is_open {
                let roster = &self.rosters[connection];
                prop_assert!(roster.is_complete);
                prop_assert_eq!(roster.list(), members.clone(), "{:?}", connection);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_list_and_the_posts_after_it_are_the_members_at_any_time(
        events in prop::collection::vec(event(), 1..80),
    ) {
        let mut play = Play::new(BOTH);
        for event in &events {
            play.act(event);
            play.check()?;
        }
        play.act(&Event::Release);
        play.act(&Event::Wait(1));
        prop_assert_eq!(play.room.hub.unannounced(), 0);
        play.check()?;
    }

    #[test]
    fn whoever_asks_for_nothing_is_told_what_it_was_told_before(
        events in prop::collection::vec(event(), 1..60),
    ) {
        // The same happens in two rooms. In one of them, all but the first two ask for everything.
        let mut plays = [Sees::default(), BOTH].map(|sees| {
            let mut play = Play::new(Sees::default());
            play.act(&Event::Join(0));
            play.act(&Event::Join(1));
            play.room.sees = sees;
            play
        });
        let [ann, bob] = [ConnectionId(1), ConnectionId(2)];
        for event in &events {
            // These two return by other connections, which would ask.
            if !matches!(event, Event::Return(..)) {
                plays.iter_mut().for_each(|play| play.act(event));
            }
        }
        let [mut silent, mut asking] = plays;
        for reader in [ann, bob] {
            prop_assert_eq!(silent.room.seen(reader), asking.room.seen(reader));
        }
        prop_assert_eq!(silent.room.seen_by_host(), asking.room.seen_by_host());
        prop_assert!(silent.rosters.values().all(|it| it.members.is_empty() || !it.is_complete));
    }
}

#[test]
fn a_post_that_a_list_includes_does_not_change_it() {
    let mut play = Play::new(BOTH);
    for name in 0..3 {
        play.act(&Event::Join(name));
    }
    play.act(&Event::Hold);
    play.act(&Event::Ask(0, "/play tictactoe", 1));
    play.act(&Event::Ask(1, "/accept", 0));
    // Another member has the name of a player when the newcomer gets the list.
    play.act(&Event::Ask(0, "/nick", 3));
    play.act(&Event::Ask(2, "/nick", 0));
    play.act(&Event::Join(4));
    play.act(&Event::Release);
    play.check().unwrap();
    let playing = play.members().into_iter().filter(|it| it.plays.is_some());
    assert_eq!(playing.count(), 2);
}

#[test]
fn a_coordinator_without_a_successor_is_none_any_more() {
    // One is muted, and one takes the name of somebody who was removed.
    let (mute, kick) = (Event::Host("/mute", 0), Event::Host("/kick", 1));
    let (rename, leave) = (Event::Ask(0, "/nick", 1), Event::Say(2, "/q"));
    for events in [&[mute][..], &[kick, rename, leave]] {
        let mut play = Play::new(BOTH);
        for name in 0..3 {
            play.act(&Event::Join(name));
        }
        assert!(play.members()[0].is_coordinator);
        play.act(&Event::Host("/mute", 2));
        if let [_] = events {
            play.act(&Event::Host("/mute", 1));
        }
        events.iter().for_each(|event| play.act(event));
        assert!(play.members().iter().all(|it| !it.is_coordinator));
        play.check().unwrap();
    }
}

/// The boards that a connection was sent since the last call, and the tables that have ended.
fn shown(room: &mut Room, connection: ConnectionId) -> (Vec<BoardSight>, Vec<u64>) {
    let (mut boards, mut ended) = (Vec::new(), Vec::new());
    for control in room.sent.remove(&connection).unwrap_or_default() {
        match control {
            Control::Board(board) => {
                assert!(!ended.contains(&board.table), "a board after the end");
                boards.push(*board);
            }
            Control::Ended { table } => ended.push(table),
            _ => {}
        }
    }
    (boards, ended)
}

/// The moves that are offered on squares.
fn moves(board: &BoardSight) -> Vec<String> {
    let rows = board.grids.iter().flat_map(|grid| &grid.rows);
    let squares = rows.flat_map(|row| &row.squares);
    squares.filter_map(|square| square.choice.clone()).collect()
}

fn is_drawn(texts: &[String]) -> bool {
    texts.iter().any(|text| text.contains("+---+"))
}

/// A room in which ann and carol ask for data and bob does not. Ann and bob play, and ann moves
/// first.
fn table(game: &str) -> (Room, [ConnectionId; 3]) {
    let mut room = Room::new();
    room.sees = BOTH;
    let [ann, carol] = ["ann", "carol"].map(|name| room.tictalk(name));
    room.sees = Sees::default();
    let bob = room.tictalk("bob");
    room.sees = BOTH;
    room.say(bob, &format!("/play {game} ann"));
    room.forget_seen();
    room.say(ann, "/accept");
    (room, [ann, bob, carol])
}

#[test]
fn a_client_that_asks_gets_boards_in_place_of_drawings() {
    let (mut room, [ann, bob, carol]) = table("tictactoe");
    let (boards, ended) = shown(&mut room, ann);
    let [board] = &boards[..] else {
        panic!("{boards:?}");
    };
    assert_eq!(board.game, "tictactoe");
    assert_eq!(board.players.each_ref().map(|name| &**name), ["ann", "bob"]);
    assert_eq!(board.you, Some(PlayerIndex::First));
    assert_eq!(board.turn, Some(PlayerIndex::First));
    assert_eq!(moves(board).len(), 9);
    assert_eq!(board.legal.len(), 9);
    assert_eq!(
        board.hint.as_deref(),
        Some("A move is 1 to 9, or a1 to c3.")
    );
    assert!(ended.is_empty());
    let seen = room.seen(ann);
    assert!(
        seen[0].starts_with("tictactoe with bob: you are X"),
        "{seen:?}"
    );
    assert!(!is_drawn(&seen), "{seen:?}");
    assert!(is_drawn(&room.seen(bob)));
    assert_eq!(room.sent.remove(&bob).map(|it| shows(&it)), Some(0));

    room.say(carol, "/watch");
    let (boards, _) = shown(&mut room, carol);
    assert_eq!(boards.len(), 1);
    assert_eq!(
        (boards[0].you, &boards[0].legal, &boards[0].hint),
        (None, &Vec::new(), &None)
    );
    assert!(moves(&boards[0]).is_empty());
    assert!(!is_drawn(&room.seen(carol)));

    for (number, (player, square)) in [(ann, "5"), (bob, "1"), (ann, "3"), (bob, "2")]
        .into_iter()
        .enumerate()
    {
        room.say(player, square);
        for reader in [ann, carol] {
            let (boards, ended) = shown(&mut room, reader);
            assert_eq!((boards.len(), ended.len()), (1, 0), "after {square}");
            let is_anns = number % 2 == 1;
            let free = if is_anns && reader == ann {
                8 - number
            } else {
                0
            };
            assert_eq!(moves(&boards[0]).len(), free, "after {square}");
            assert!(!is_drawn(&room.seen(reader)));
        }
    }
    room.say(ann, "/board");
    assert_eq!(shown(&mut room, ann).0.len(), 1);
    room.say(bob, "/undo");
    room.say(ann, "/undo");
    let (boards, _) = shown(&mut room, ann);
    assert_eq!(boards.len(), 1);
    assert_eq!(boards[0].turn, Some(PlayerIndex::Second));
    assert_eq!(shown(&mut room, carol).0.len(), 1);
    room.say(bob, "8");
    room.forget_seen();
    room.sent.clear();
    room.say(ann, "7");
    for reader in [ann, carol] {
        let (boards, ended) = shown(&mut room, reader);
        assert_eq!(ended, [1]);
        let last = boards.last().unwrap();
        assert_eq!((last.turn, last.won), (None, Some(PlayerIndex::First)));
        assert!(moves(last).is_empty());
    }
    assert_eq!(room.sent.remove(&bob).map_or(0, |it| shows(&it)), 0);
    assert!(is_drawn(&room.seen(bob)));
}

/// How many of these are data.
fn shows(sent: &[Control]) -> usize {
    let posts = sent.iter().filter(|it| matches!(it, Control::Post(_)));
    sent.len() - posts.count()
}

#[test]
fn a_client_is_told_when_it_sees_a_table_no_more() {
    let (mut room, [ann, bob, carol]) = table("tictactoe");
    room.say(carol, "/watch");
    room.say(carol, "/watch");
    assert_eq!(shown(&mut room, carol).1, [1]);
    // A player who also watches the own game goes on to see it.
    room.say(ann, "/watch bob");
    let (boards, ended) = shown(&mut room, ann);
    assert!(boards.iter().all(|it| it.you == Some(PlayerIndex::First)));
    assert!(ended.is_empty());
    room.say(carol, "/watch");
    room.say(bob, "/resign");
    assert_eq!(shown(&mut room, carol).1, [1]);
    assert_eq!(shown(&mut room, ann).1, [1]);
}

#[test]
fn a_player_of_a_restarted_room_gets_the_board_again() {
    let (mut room, [ann, ..]) = table("tictactoe");
    room.say(ann, "5");
    let (mut boards, _) = shown(&mut room, ann);
    let welcomes = room.welcomes.clone();
    let mut room = room.restarted();
    room.welcomes = welcomes;
    room.sees = BOTH;
    let ann = room.back(ann, 0);
    let (again, _) = shown(&mut room, ann);
    assert_eq!(again, boards.split_off(boards.len() - 1));
}

#[test]
fn an_onlooker_and_the_opponent_never_get_a_throw_before_its_time() {
    // What others are sent does not depend on the throw.
    let sent = ["rock", "paper", "scissors"].map(|throw| {
        let (mut room, [bob, ann, carol]) = table("rps 3");
        room.say(carol, "/watch");
        room.sent.clear();
        room.forget_seen();
        // Here the one who asks throws first, and the other one asks for the board afterwards.
        room.say(bob, throw);
        room.say(carol, "/board");
        let watched = room.hub.tables().next().unwrap();
        let board = room.hub.watched_board(watched.table).unwrap();
        let onlooker = shown(&mut room, carol).0;
        assert_eq!(onlooker.last(), Some(&board));
        (onlooker, room.seen(carol), room.seen(ann))
    });
    assert_eq!(sent[0], sent[1]);
    assert_eq!(sent[0], sent[2]);
    assert_eq!(sent[0].0.len(), 2);
}

#[test]
fn pages_see_tables_their_changes_and_the_results() {
    let (mut room, [ann, bob, _]) = table("tictactoe");
    let versions = |room: &Room| room.hub.tables().collect::<Vec<_>>();
    let before = versions(&room);
    assert_eq!(before.len(), 1);
    room.say(bob, "hello");
    assert_eq!(versions(&room), before);
    room.say(ann, "5");
    let after = versions(&room);
    assert!(after[0].version > before[0].version);
    room.say(bob, "/nick bert");
    assert!(versions(&room)[0].version > after[0].version);
    let board = room.hub.watched_board(after[0].table).unwrap();
    assert_eq!(
        board.players.each_ref().map(|name| &**name),
        ["ann", "bert"]
    );
    assert!(room.hub.best_players().is_empty());
    room.say(bob, "/resign");
    assert!(versions(&room).is_empty());
    assert_eq!(room.hub.watched_board(after[0].table), None);
    let best = room.hub.best_players();
    let best: Vec<_> = best
        .iter()
        .map(|(name, it)| (&**name, it.won, it.lost))
        .collect();
    assert_eq!(best, [("ann", 1, 0), ("bert", 0, 1)]);
}

#[test]
fn a_list_of_many_members_comes_in_portions_as_the_queue_has_space() {
    let mut room = Room::new();
    for number in 0..MemberSight::PORTION + 1 {
        room.tictalk(&format!("guest {number}"));
    }
    room.sees = BOTH;
    let ann = room.tictalk("ann");
    let sent = room.sent.remove(&ann).unwrap();
    let portions: Vec<_> = sent
        .iter()
        .filter_map(|control| match control {
            Control::Members { members, more, .. } => Some((members.len(), *more)),
            _ => None,
        })
        .collect();
    assert_eq!(portions, [(MemberSight::PORTION, true), (2, false)]);
    assert!(matches!(sent[0], Control::Members { .. }));
    assert!(room.seen.contains_key(&Recipient::Connection(ann)));
}

#[test]
fn plain_members_of_a_private_room_are_marked_in_lists() {
    let mut room = Room::new();
    room.sees = BOTH;
    let ann = room.tictalk("ann");
    room.wait(20);
    room.sent.clear();
    // The members of the next list, with their marks; none if there is none.
    let list = |room: &mut Room| {
        let sent = room.sent.remove(&ann).unwrap_or_default();
        let mut lists = sent.into_iter().filter_map(|control| match control {
            Control::Members { members, .. } => Some(members),
            _ => None,
        });
        let members = lists.next();
        assert_eq!(lists.next(), None, "one list is enough");
        members.map(|members| {
            let marks = members.iter().map(|it| (it.name.to_string(), it.is_plain));
            marks.collect::<Vec<_>>()
        })
    };
    let marks = |expected: &[(&str, bool)]| {
        let expected = expected.iter().map(|(name, is)| ((*name).to_owned(), *is));
        Some(expected.collect::<Vec<_>>())
    };
    // No post says that bob is plain, so a list does.
    room.mark = LineMark::Plain;
    let bob = room.tictalk("bob");
    assert_eq!(list(&mut room), None);
    room.wait(1);
    assert_eq!(list(&mut room), marks(&[("ann", false), ("bob", true)]));
    room.host("/who");
    let who = room.seen_by_host().join("\n");
    assert!(who.contains("  ann #1, coordinator, here for"), "{who}");
    assert!(who.contains("  bob #2, plain, here for"), "{who}");
    // Many changes together are one list, ten seconds after the last one.
    let cid = room.raw("cid");
    room.mark = LineMark::Unmarked;
    room.lose(bob);
    room.back(bob, 0);
    room.wait(9);
    assert_eq!(list(&mut room), None);
    room.wait(1);
    let expected = [("ann", false), ("bob", false), ("cid", true)];
    assert_eq!(list(&mut room), marks(&expected));
    // A member like the others changes nothing.
    room.tictalk("dee");
    room.lose(cid);
    room.wait(20);
    assert_eq!(list(&mut room), None);
}

//! A room whose server crashes.
//!
//! Under every third seed there are hostile guests, too.

use super::crowd::{Comeback, Server, World, look_up, settings};
use super::known;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Found, GameProblem, Hub, HubEffect, HubInput, Listed, PostRecord, Query,
    Recipient,
};
use tictalk::wire::{PostId, Sees, What};

const GUESTS: usize = 30;
const SEEDS: u64 = 60;

/// How long things go wrong, and how long the room then has to recover.
const STORM: Duration = Duration::from_secs(240);
const CALM: Duration = Duration::from_secs(400);

/// One hub and its store.
#[derive(Default)]
struct OneHub {
    hub: Option<Hub>,
    /// When the hub was started: its time begins there.
    began: Duration,
    restarts_at: Duration,
    starts: u8,
    committed: Vec<PostRecord>,
    writing: VecDeque<PostRecord>,
    commits_at: Duration,
    /// Commits of which the hub does not know yet.
    reports: VecDeque<(Duration, PostId)>,
    looks: Vec<(Duration, Recipient, Query)>,
    /// What the hub has asked to be thought about, and when that is done.
    problems: Vec<(Duration, GameProblem)>,
    connections: u64,
    /// Events that must have occurred for the run to be meaningful.
    crashes: u32,
    catch_ups: u32,
    /// Games that were running when the server was restarted.
    restored: u32,
}

impl Server for OneHub {
    fn disturb(world: &mut World<Self>) {
        if world.server.hub.is_some() && world.dice.one_in(400) {
            crash(world);
        }
    }

    fn serve(world: &mut World<Self>) {
        let server = &mut world.server;
        if server.hub.is_none() && world.now >= server.restarts_at {
            server.starts += 1;
            let known = known(&server.committed);
            server.restored += u32::try_from(known.tables.len()).unwrap();
            let recent = server.committed.iter().rev().take(50).rev();
            let recent = recent.map(|entry| Arc::clone(&entry.post));
            let hub = Hub::restore(settings(), [server.starts; 32], &known, recent);
            server.hub = Some(hub);
            server.began = world.now;
        }
        Self::tell(world, HubInput::Tick);
        store(world);
    }

    fn connect(world: &mut World<Self>) -> Option<ConnectionId> {
        world.server.hub.as_ref()?;
        world.server.connections += 1;
        Some(ConnectionId(world.server.connections))
    }

    fn hub(&self, _: ConnectionId) -> Option<&Hub> {
        self.hub.as_ref()
    }

    fn time(&self, now: Duration, _: ConnectionId) -> Duration {
        now - self.began
    }

    fn tell(world: &mut World<Self>, input: HubInput) {
        let server = &mut world.server;
        let Some(hub) = &mut server.hub else {
            return;
        };
        let mut effects = Vec::new();
        hub.handle(world.now - server.began, input, &mut effects);
        for effect in effects {
            match world.perform(effect, |_| true) {
                Some(HubEffect::Store(entry)) => world.server.writing.push_back(entry),
                Some(HubEffect::Think(problem)) => {
                    let at = world.now + world.dice.delay(2_000);
                    world.server.problems.push((at, problem));
                }
                Some(HubEffect::Look { to, query }) => {
                    if matches!(query, Query::After(..)) {
                        world.server.catch_ups += 1;
                    }
                    let at = world.now + world.dice.delay(500);
                    world.server.looks.push((at, to, query));
                }
                _ => {}
            }
        }
    }

    fn challenge(world: &mut World<Self>, comeback: Comeback) {
        world.challenge(comeback);
    }

    fn committed(&self) -> &[PostRecord] {
        &self.committed
    }

    fn members(&self, now: Duration) -> Vec<Listed> {
        self.hub.as_ref().unwrap().members(now - self.began)
    }
}

fn store(world: &mut World<OneHub>) {
    let now = world.now;
    let server = &mut world.server;
    if server.hub.is_some() && now >= server.commits_at {
        server.committed.extend(server.writing.drain(..));
        if let Some(last) = server.committed.last() {
            let at = now + world.dice.delay(300);
            server.reports.push_back((at, last.post.id));
        }
        server.commits_at = now + world.dice.delay(1_000);
    }
    while let Some((_, up_to)) = world.server.reports.pop_front_if(|(at, _)| *at <= now) {
        OneHub::tell(world, HubInput::Stored(up_to));
    }
    let problems = &mut world.server.problems;
    let solved: Vec<_> = problems.extract_if(.., |(at, _)| *at <= now).collect();
    for (_, problem) in solved {
        // The search is slow, and one that fails is followed by a random move.
        OneHub::tell(world, HubInput::Thought(problem.unsolved()));
    }
    let mut looks = std::mem::take(&mut world.server.looks);
    let is_due = |(at, reader, query): &mut (Duration, Recipient, Query)| {
        let waits = match (reader, query) {
            (Recipient::Connection(connection), Query::After(..)) => world.is_behind(*connection),
            _ => false,
        };
        *at <= now && !waits
    };
    let due: Vec<_> = looks.extract_if(.., is_due).collect();
    world.server.looks = looks;
    for (_, to, query) in due {
        let (posts, rest) = look_up(&world.server.committed, &query);
        let found = Found {
            to,
            query,
            posts,
            rest,
        };
        OneHub::tell(world, HubInput::Found(found));
    }
}

/// The server is killed: what is not committed is gone, and so is every connection.
fn crash(world: &mut World<OneHub>) {
    let server = &mut world.server;
    server.crashes += 1;
    server.hub = None;
    // Some of what was being written has come through, without anybody knowing.
    let kept = world.dice.below(server.writing.len() as u64 + 1);
    let kept = server.writing.drain(..usize::try_from(kept).unwrap());
    server.committed.extend(kept);
    server.writing.clear();
    server.reports.clear();
    server.looks.clear();
    server.problems.clear();
    server.restarts_at = world.now + world.dice.delay(10_000);
    world.cut_all(|_| true);
}

#[test]
fn through_cuts_and_crashes_and_hostile_guests_everybody_sees_everything_once_and_in_order() {
    let (mut crashes, mut cuts, mut resent, mut catch_ups, mut posts) = (0, 0, 0, 0, 0);
    let (mut hostile_lines, mut moves, mut restored, mut whispers, mut gathered) = (0, 0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut world = World::new(
            seed,
            GUESTS,
            seed % 3 == 2,
            Sees::default(),
            OneHub::default(),
        );
        world.run(STORM, CALM);
        world.settle();
        if let Err(wrong) = world.verdict() {
            let wrong: String = wrong.chars().take(3_000).collect();
            panic!("seed {seed}:\n{wrong}");
        }
        assert_eq!(world.renamed, 0, "somebody has lost a name");
        crashes += world.server.crashes;
        cuts += world.cuts;
        resent += world.resent;
        catch_ups += world.server.catch_ups;
        hostile_lines += world.hostile_lines;
        posts += world.server.committed.len();
        restored += world.server.restored;
        gathered += world.gathered;
        for entry in &world.server.committed {
            moves += u32::from(matches!(entry.post.what, What::Moved { .. }));
            whispers += u32::from(matches!(entry.post.what, What::Whispered { .. }));
        }
    }
    // Else nothing was tried.
    for (what, count) in [
        ("crashes", crashes),
        ("cuts", cuts),
        ("lines sent again", resent),
        ("looks into the store", catch_ups),
        ("lines of hostile guests", hostile_lines / 100),
        ("moves", moves / 10),
        ("games after a restart", restored),
        ("private messages", whispers / 10),
        ("gathered announcements", gathered),
    ] {
        assert!(count >= 20, "only {count} {what}");
    }
    assert!(posts > 10_000, "only {posts} posts");
}

//! The host's pages and projectors: connections that see the room without being members.

use super::connections::Connections;
use super::facade::{Facade, ObserverKind};
use crate::room::{Announcement, ConnectionId, Farewell, Hub, RoomNotice};
use crate::wire::{
    Abilities, BoardSight, ConnectedSight, Control, HANDSHAKE_VERSION, HostSecret, MemberId,
    MemberSight, Mode, Name, PageRole, Post, ResultSight,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of observers of each kind. A room needs few, and each costs work for every post.
const MOST: usize = 32;

/// How many of the last posts an observer is sent at first.
const EARLIER: usize = 20;

/// Maximum number of boards that a projector shows: the newest.
const BOARDS: usize = 12;

/// Silence after which an observer is removed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Time between two pings. A page counts the connection as lost after 25 seconds of silence.
const PING: Duration = Duration::from_secs(10);

/// All observers of a room.
#[derive(Debug)]
pub(super) struct Observers {
    facade: Facade,
    all: BTreeMap<ConnectionId, Observer>,
    pinged_at: Duration,
    /// The connections that the host's pages show, with their ages as times.
    connected: Vec<(ConnectedSight, [u64; 2])>,
    /// The versions of the tables that projectors show.
    tables: BTreeMap<u64, u64>,
}

#[derive(Debug)]
struct Observer {
    kind: ObserverKind,
    /// When something last arrived from it.
    heard_at: Duration,
}

impl Observers {
    pub(super) fn new(facade: Facade) -> Self {
        Self {
            facade,
            all: BTreeMap::new(),
            pinged_at: Duration::ZERO,
            connected: Vec::new(),
            tables: BTreeMap::new(),
        }
    }

    /// What a page with this role and this secret sees; `None` if it may see nothing.
    pub(super) fn admits(
        &self,
        role: PageRole,
        secret: Option<&HostSecret>,
    ) -> Option<ObserverKind> {
        self.facade.admits(role, secret)
    }

    /// The host's name.
    pub(super) fn host(&self) -> Option<Name> {
        self.facade.host.clone()
    }

    /// Whether no more observers of this kind can be admitted.
    pub(super) fn is_full(&self, kind: ObserverKind) -> bool {
        self.of_kind(kind).len() >= MOST
    }

    pub(super) fn contains(&self, id: ConnectionId) -> bool {
        self.all.contains_key(&id)
    }

    pub(super) fn remove(&mut self, id: ConnectionId) {
        self.all.remove(&id);
    }

    /// Notes that something has arrived from an observer.
    pub(super) fn hear(&mut self, id: ConnectionId, now: Duration) {
        if let Some(observer) = self.all.get_mut(&id) {
            observer.heard_at = now;
        }
    }

    /// Welcomes an observer, and shows it the room.
    pub(super) fn enter(
        &mut self,
        id: ConnectionId,
        kind: ObserverKind,
        now: Duration,
        hub: &Hub,
        connections: &mut Connections,
    ) {
        if self.of_kind(ObserverKind::Watcher).is_empty() {
            // Nobody was shown what has changed since.
            self.tables = newest_tables(hub);
        }
        let heard_at = now;
        self.all.insert(id, Observer { kind, heard_at });
        connections.send(
            id,
            Control::Welcome {
                version: HANDSHAKE_VERSION,
                name: self.host(),
                mode: Mode::Room,
                standing: None,
                room: None,
                unfinished: None,
                can: Abilities::default(),
            },
        );
        connections.send(id, self.facade.open.clone());
        match kind {
            ObserverKind::Host => {
                let shown = hub.connections_of_members(now);
                send_connected(&[id], &shown, connections);
            }
            ObserverKind::Watcher => {
                send_members(id, hub, connections);
                connections.send(id, results(hub));
                for board in self.tables.keys().filter_map(|it| hub.watched_board(*it)) {
                    connections.send(id, Control::Board(Box::new(board)));
                }
            }
        }
        for post in hub.last_posts(EARLIER) {
            connections.send(id, Control::Post(post));
        }
    }

    /// Sends a post that everybody gets.
    pub(super) fn post(&self, post: &Arc<Post>, connections: &mut Connections) {
        if !self.all.is_empty() {
            let all: Vec<_> = self.all.keys().copied().collect();
            connections.send_to_all(&all, Control::Post(Arc::clone(post)));
        }
    }

    /// Sends posts that are announced together. A projector keeps a list of members.
    pub(super) fn announce(&self, announcement: &Announcement, connections: &mut Connections) {
        if self.all.is_empty() {
            return;
        }
        let all: Vec<_> = self.all.keys().copied().collect();
        connections.send_to_all(&all, Control::Gathered(announcement.summary()));
        let watchers = self.of_kind(ObserverKind::Watcher);
        if !watchers.is_empty() {
            for rest in announcement.rest() {
                connections.send_to_all(&watchers, Control::Gathered(rest));
            }
        }
    }

    /// Sends the results after a game.
    pub(super) fn show_results(&self, hub: &Hub, connections: &mut Connections) {
        let watchers = self.of_kind(ObserverKind::Watcher);
        if !watchers.is_empty() {
            connections.send_to_all(&watchers, results(hub));
        }
    }

    /// Sends a post that the host has asked for.
    pub(super) fn recall(&self, post: &Arc<Post>, connections: &mut Connections) {
        let hosts = self.of_kind(ObserverKind::Host);
        connections.send_to_all(&hosts, Control::Recall(Arc::clone(post)));
    }

    /// Sends a notice to the host.
    pub(super) fn tell(&self, notice: &RoomNotice, connections: &mut Connections) {
        let hosts = self.of_kind(ObserverKind::Host);
        if !hosts.is_empty() {
            for tell in notice.tells() {
                connections.send_to_all(&hosts, tell);
            }
        }
    }

    /// Sends the boards that have changed, and the ends of tables. `last_boards` are those of the
    /// tables that have ended.
    pub(super) fn show_boards(
        &mut self,
        hub: &Hub,
        last_boards: Vec<BoardSight>,
        connections: &mut Connections,
    ) {
        let watchers = self.of_kind(ObserverKind::Watcher);
        if watchers.is_empty() {
            return;
        }
        let tables = newest_tables(hub);
        if tables == self.tables {
            return;
        }
        let mut gone = std::mem::take(&mut self.tables);
        for board in last_boards {
            if gone.contains_key(&board.table) {
                connections.send_to_all(&watchers, Control::Board(Box::new(board)));
            }
        }
        for (table, version) in &tables {
            if gone.remove(table) != Some(*version)
                && let Some(board) = hub.watched_board(*table)
            {
                connections.send_to_all(&watchers, Control::Board(Box::new(board)));
            }
        }
        for table in gone.into_keys() {
            connections.send_to_all(&watchers, Control::Ended { table });
        }
        self.tables = tables;
    }

    /// Sends what changes with time: the connections, at most once for each call, and pings. Closes
    /// observers from which nothing has arrived for too long.
    pub(super) fn beat(&mut self, now: Duration, hub: &Hub, connections: &mut Connections) {
        if self.all.is_empty() {
            return;
        }
        let silent = self
            .all
            .extract_if(.., |_, it| now.saturating_sub(it.heard_at) >= PATIENCE);
        for (id, _) in silent {
            connections.close(id, &Farewell::Silent(PATIENCE));
        }
        if now.saturating_sub(self.pinged_at) >= PING {
            self.pinged_at = now;
            let all: Vec<_> = self.all.keys().copied().collect();
            connections.send_to_all(&all, Control::Ping);
        }
        let hosts = self.of_kind(ObserverKind::Host);
        if hosts.is_empty() {
            return;
        }
        let shown = hub.connections_of_members(now);
        let now = now.as_secs();
        let dated = shown.iter().map(|member| {
            let since = [member.since, member.heard].map(|age| now.saturating_sub(age / 1_000));
            let ageless = ConnectedSight {
                since: 0,
                heard: 0,
                ..member.clone()
            };
            (ageless, since)
        });
        let dated: Vec<_> = dated.collect();
        if dated != self.connected {
            send_connected(&hosts, &shown, connections);
            self.connected = dated;
        }
    }

    /// Says farewell to all observers when the room closes.
    pub(super) fn close(&mut self, connections: &mut Connections) {
        for id in std::mem::take(&mut self.all).into_keys() {
            connections.close(id, &Farewell::Closed { is_posted: true });
        }
    }

    fn of_kind(&self, kind: ObserverKind) -> Vec<ConnectionId> {
        let observers = self.all.iter();
        let those = observers.filter(|(_, observer)| observer.kind == kind);
        those.map(|(id, _)| *id).collect()
    }
}

/// The newest tables with their versions: those that a projector shows.
fn newest_tables(hub: &Hub) -> BTreeMap<u64, u64> {
    let tables: Vec<_> = hub.tables().collect();
    let older = tables.len().saturating_sub(BOARDS);
    let newest = tables.into_iter().skip(older);
    newest.map(|it| (it.table, it.version)).collect()
}

fn send_connected(ids: &[ConnectionId], shown: &[ConnectedSight], connections: &mut Connections) {
    let portions = shown.len().div_ceil(MemberSight::PORTION).max(1);
    let mut members = shown.iter().cloned();
    for portion in 1..=portions {
        let members = members.by_ref().take(MemberSight::PORTION).collect();
        let more = portion < portions;
        connections.send_to_all(ids, Control::Connected { members, more });
    }
}

fn send_members(id: ConnectionId, hub: &Hub, connections: &mut Connections) {
    let mut after = Some(MemberId::HOST);
    while let Some(last) = after {
        let portion = hub.members_after(last);
        after = portion.rest;
        connections.send(
            id,
            Control::Members {
                members: portion.members,
                since: portion.since,
                more: after.is_some(),
            },
        );
    }
}

fn results(hub: &Hub) -> Control {
    let players = hub.best_players().into_iter();
    let players = players.map(|(name, score)| ResultSight {
        name,
        won: score.won,
        lost: score.lost,
        drawn: score.drawn,
    });
    Control::Results {
        players: players.collect(),
    }
}

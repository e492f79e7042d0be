//! Where everything meets: what happened goes to the hub, and what must be done is done.

use super::connection::{Fill, Line, Looks, READ_SIZE, put};
use super::console::Pane;
use super::log;
use super::store::Store;
use crate::room::{
    Audience, Effect, Entrant, Farewell, Hub, Input, Link, Listed, Notice, Origin, Query, Reader,
    plain,
};
use crate::wire::{
    Control, Dialect, Frame, HANDSHAKE_VERSION, Handle, LineNumber, Mode, Name, Post, PostId, Text,
    Ticket,
};
use bytes::{Bytes, BytesMut};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tracing::info;

/// Work for one connection that takes less is not worth being charged.
const NOTICEABLE: Duration = Duration::from_micros(100);

/// The room of all tasks of this thread.
#[derive(Debug)]
pub(super) struct Floor {
    inner: RefCell<Inner>,
    began: Instant,
    /// How many bytes may wait for a member; none is no limit.
    room: usize,
    /// What a read fills, for one task after the other.
    scratch: RefCell<Vec<u8>>,
    is_over: Cell<bool>,
    /// Rings when the room is over, and when a connection has ended.
    bell: Notify,
    pub(super) pane: Pane,
}

#[derive(Debug)]
struct Inner {
    hub: Hub,
    inputs: VecDeque<Input>,
    effects: Vec<Effect>,
    store: Store,
    lines: HashMap<Link, Rc<Line>>,
    last_link: u64,
    /// The last post that is stored.
    stored: PostId,
    /// Who has something looked up, in turn, and whether somebody's turn it is.
    asking: VecDeque<Reader>,
    is_looking: bool,
    /// What the host has asked.
    looks_of_host: Looks,
    /// Who may send a line later, and when.
    permits: BTreeSet<(Duration, Link)>,
    /// Connections to which something was added.
    changed: Vec<Rc<Line>>,
    /// Connections that are still open, known to the hub or not.
    open: usize,
    /// Those of them that have said who they are, or want to be asked.
    heard: usize,
    /// The tasks of the others, the oldest first.
    strangers: BTreeMap<Link, (Origin, AbortHandle)>,
}

impl Floor {
    /// A room of which the posts up to `stored` are in the store. Up to `queue` bytes wait for a
    /// member; zero is no limit.
    pub(super) fn open(hub: Hub, store: Store, stored: PostId, queue: usize) -> Self {
        let inner = Inner {
            hub,
            inputs: VecDeque::new(),
            effects: Vec::new(),
            store,
            lines: HashMap::new(),
            last_link: 0,
            stored,
            asking: VecDeque::new(),
            is_looking: false,
            looks_of_host: Looks::default(),
            permits: BTreeSet::new(),
            changed: Vec::new(),
            open: 0,
            heard: 0,
            strangers: BTreeMap::new(),
        };
        Self {
            inner: RefCell::new(inner),
            began: Instant::now(),
            room: if queue == 0 { usize::MAX } else { queue },
            scratch: RefCell::new(vec![0; READ_SIZE]),
            is_over: Cell::new(false),
            bell: Notify::new(),
            pane: Pane::default(),
        }
    }

    pub(super) fn scratch(&self) -> RefMut<'_, Vec<u8>> {
        self.scratch.borrow_mut()
    }

    /// A number for a connection that has come.
    pub(super) fn next_link(&self) -> Link {
        let mut inner = self.inner.borrow_mut();
        inner.last_link += 1;
        inner.open += 1;
        Link(inner.last_link)
    }

    /// Somebody comes in from this address: when, if at all.
    pub(super) fn arrival(&self, from: IpAddr) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.arrival(self.now(), from)?;
        self.began.checked_add(at)
    }

    /// Whoever has this ticket comes back: when, if at all.
    pub(super) fn comeback(&self, ticket: &Ticket) -> Option<Instant> {
        let mut inner = self.inner.borrow_mut();
        let at = inner.hub.comeback(self.now(), ticket)?;
        self.began.checked_add(at)
    }

    /// The ticket of this handle, if somebody can come back by it.
    pub(super) fn ticket(&self, handle: &Handle) -> Option<Ticket> {
        self.inner.borrow().hub.ticket(handle)
    }

    /// What somebody wants to know cannot be read. It costs nobody else anything: a question has no
    /// answer, and who misses posts has to connect again for them.
    pub(super) fn unread(&self, to: Reader, query: Query) {
        self.inner.borrow_mut().is_looking = false;
        if let (Query::After(..), Reader::Link(link)) = (&query, to) {
            let line = self.inner.borrow().lines.get(&link).cloned();
            if let Some(line) = line {
                self.lost(&line);
            }
            return;
        }
        self.handle(Input::Found {
            to,
            query,
            posts: Vec::new(),
            rest: None,
        });
    }

    /// A connection that has said nothing yet is served by this task.
    pub(super) fn expect(&self, link: Link, origin: Origin, task: AbortHandle) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.insert(link, (origin, task));
    }

    /// Closes the oldest of the connections that have said nothing yet, of this address if one is
    /// named. Returns whether there was one.
    pub(super) fn close_a_stranger(&self, origin: Option<Origin>) -> bool {
        let mut inner = self.inner.borrow_mut();
        let is_meant = |of: &Origin| origin.is_none_or(|origin| origin == *of);
        let mut meant = inner.strangers.iter().filter(|(_, (of, _))| is_meant(of));
        let Some((link, task)) = meant.next().map(|(link, (_, task))| (*link, task.clone())) else {
            return false;
        };
        inner.strangers.remove(&link);
        task.abort();
        true
    }

    /// A connection has ended, of which something was heard or not.
    pub(super) fn forget(&self, link: Link, was_heard: bool) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&link);
        inner.open -= 1;
        inner.heard -= usize::from(was_heard);
        self.bell.notify_one();
    }

    /// A connection is to be told when the room is closed.
    pub(super) fn hear(&self, link: Link) {
        let mut inner = self.inner.borrow_mut();
        inner.strangers.remove(&link);
        inner.heard += 1;
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.inner.borrow().open
    }

    /// Waits until the room is over.
    pub(super) async fn is_over(&self) {
        while !self.is_over.get() {
            self.bell.notified().await;
        }
    }

    /// Waits until all have ended who have said who they are, and so have a line; those that the hub
    /// does not know end now.
    pub(super) async fn all_left(&self) {
        let lines: Vec<_> = self.inner.borrow().lines.values().cloned().collect();
        lines.iter().for_each(|line| line.close());
        while self.inner.borrow().heard > 0 {
            self.bell.notified().await;
        }
    }

    /// Who is in.
    pub(super) fn members(&self) -> Vec<Listed> {
        self.inner.borrow().hub.members(self.now())
    }

    /// A client has said hello.
    pub(super) fn greet(&self, line: &Rc<Line>, name: Option<Name>, room: Option<Entrant>) {
        self.enter(line);
        let hello = Input::Hello {
            link: line.link,
            from: line.from,
            name,
            room,
        };
        self.handle_for(line.link, hello);
    }

    /// A peer without a greeting is there.
    pub(super) fn meet(&self, line: &Rc<Line>) {
        self.enter(line);
        self.handle(Input::Connected {
            link: line.link,
            from: line.from,
        });
    }

    fn enter(&self, line: &Rc<Line>) {
        let (connection, from, dialect) = (line.link.0, line.from, line.dialect.name());
        info!(connection, %from, dialect, "connected");
        if self.is_over.get() {
            // Too late: it is closed as all others are.
            return line.close();
        }
        let mut inner = self.inner.borrow_mut();
        inner.lines.insert(line.link, Rc::clone(line));
    }

    /// A line came.
    pub(super) fn line(&self, line: &Line, number: Option<LineNumber>, text: String) {
        let link = line.link;
        self.handle_for(link, Input::Line { link, number, text });
    }

    /// Something came that says nothing.
    pub(super) fn noise(&self, line: &Line, bytes: usize) {
        let link = line.link;
        self.handle(Input::Noise { link, bytes });
    }

    pub(super) fn pong(&self, line: &Line) {
        self.handle(Input::Pong(line.link));
    }

    /// The connection is of no more use.
    pub(super) fn lost(&self, line: &Line) {
        line.abandon();
        if self.inner.borrow_mut().lines.remove(&line.link).is_some() {
            info!(connection = line.link.0, "connection lost");
            self.handle(Input::Lost(line.link));
            self.flush();
        }
    }

    /// Something of what waited for this connection was sent.
    pub(super) fn drained(&self, line: &Line) {
        self.release(line);
        line.fill(self.room);
    }

    /// There may be room for the answer to what this connection wants to know.
    fn release(&self, line: &Line) {
        if line.begins_to_ask(self.room) {
            let mut inner = self.inner.borrow_mut();
            inner.asking.push_back(Reader::Link(line.link));
            self.work(&mut inner);
        }
    }

    /// There may be room on the host's screen for the answer to what the host wants to know.
    pub(super) fn release_host(&self) {
        let mut inner = self.inner.borrow_mut();
        if self.pane.has_room() && !inner.looks_of_host.is_empty() {
            inner.asking.push_front(Reader::Host);
            self.work(&mut inner);
        }
    }

    /// The store has found what was looked up.
    pub(super) fn found(&self, found: Input) {
        self.inner.borrow_mut().is_looking = false;
        match found {
            // What another thread has spent holds up nobody but who asks.
            Input::Found {
                to: Reader::Link(link),
                ..
            } => self.handle_for(link, found),
            found => self.handle(found),
        }
    }

    /// Time has passed.
    pub(super) fn tick(&self) {
        self.handle(Input::Tick);
        self.flush();
    }

    /// When the next connection may send a line that may not yet.
    pub(super) fn next_permit(&self) -> Option<Instant> {
        let inner = self.inner.borrow();
        let (at, _) = inner.permits.first()?;
        self.began.checked_add(*at)
    }

    /// Lets those send a line whose time has come.
    pub(super) fn permit(&self) {
        let now = self.now();
        let mut inner = self.inner.borrow_mut();
        while let Some((at, link)) = inner.permits.first().copied()
            && at <= now
        {
            inner.permits.pop_first();
            if let Some(line) = inner.lines.get(&link) {
                line.permit();
            }
        }
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Hands something that one connection wants to the hub, which charges it for the time that it
    /// takes.
    fn handle_for(&self, link: Link, input: Input) {
        let began = Instant::now();
        self.handle(input);
        let time = began.elapsed();
        if time >= NOTICEABLE {
            self.handle(Input::Took { link, time });
        }
    }

    /// Hands `input` to the hub, and does what must be done.
    pub(super) fn handle(&self, input: Input) {
        let mut inner = self.inner.borrow_mut();
        if let Input::Stored(up_to) = input {
            inner.stored = inner.stored.max(up_to);
        }
        inner.inputs.push_back(input);
        self.work(&mut inner);
    }

    /// Hands all inputs to the hub, and does what must be done.
    fn work(&self, inner: &mut Inner) {
        let now = self.now();
        loop {
            self.look(inner);
            let Some(input) = inner.inputs.pop_front() else {
                return;
            };
            let mut effects = std::mem::take(&mut inner.effects);
            inner.hub.handle(now, input, &mut effects);
            let mut batch = Batch::default();
            for effect in effects.drain(..) {
                self.perform(inner, &mut batch, now, effect);
            }
            batch.deliver(inner);
            inner.effects = effects;
        }
    }

    /// Has the store look up what is next in turn, one thing at a time: who asks much waits behind
    /// everybody else, and what nobody reads any more is not looked up.
    fn look(&self, inner: &mut Inner) {
        while !inner.is_looking
            && let Some(to) = inner.asking.pop_front()
        {
            let query = match to {
                Reader::Host => inner.looks_of_host.take(),
                Reader::Link(link) => inner.lines.get(&link).and_then(|line| {
                    let query = line.ask(self.room);
                    if line.begins_to_ask(self.room) {
                        inner.asking.push_back(to);
                    }
                    query
                }),
            };
            let answer = match query {
                None => continue,
                // The hub knows its members itself.
                Some(query @ Query::Members(..)) => Some(Input::Found {
                    to,
                    query,
                    posts: Vec::new(),
                    rest: None,
                }),
                Some(query) => inner.store.look(to, query, inner.stored),
            };
            match answer {
                Some(answer) => return inner.inputs.push_back(answer),
                None => inner.is_looking = true,
            }
        }
    }

    fn perform(&self, inner: &mut Inner, batch: &mut Batch, now: Duration, effect: Effect) {
        match effect {
            Effect::Store(entry) => inner.store.write(entry),
            Effect::Deliver {
                post,
                to: Audience::All { links, but },
            } => {
                log::post(&post);
                self.pane.post(&post);
                batch.add(inner, &links, but, &post);
            }
            Effect::Deliver {
                post,
                to: Audience::One(link),
            } => {
                batch.deliver(inner);
                inner.push(link, |line, out| put_post(line.dialect, &post, out));
            }
            Effect::Recall { to, posts } => {
                batch.deliver(inner);
                for post in posts {
                    match to {
                        Reader::Host => self.pane.post(&post),
                        Reader::Link(link) => inner.push(link, |line, out| {
                            put_recalled(line.dialect, &post, out);
                        }),
                    }
                }
            }
            Effect::Tell { to, notice } => {
                batch.deliver(inner);
                if let (Reader::Link(link), Notice::Entered { name, id, .. }) = (to, &notice)
                    && inner.is_plain(link)
                {
                    log::entrance(link, *id, name);
                }
                match to {
                    Reader::Host => self.pane.say(notice.words()),
                    Reader::Link(link) => inner.push(link, |line, out| {
                        put_notice(line.dialect, &notice, out);
                    }),
                }
            }
            Effect::Welcome { link, mut room } => {
                room.ticket = room.ticket.filter(|_| !inner.has_proved(link));
                log::entrance(link, room.you, &room.name);
                batch.deliver(inner);
                inner.send(
                    link,
                    Control::Welcome {
                        version: HANDSHAKE_VERSION,
                        name: None,
                        mode: Mode::Room,
                        standing: None,
                        room: Some(room),
                    },
                );
            }
            Effect::Receipt { link, number } => {
                inner.send(link, Control::Stored { number });
            }
            Effect::Ping(link) => {
                if let Some(line) = inner.lines.get(&link) {
                    line.expect_pong();
                }
                inner.send(link, Control::Ping);
            }
            Effect::Look { to, query } => match to {
                Reader::Host => {
                    inner.looks_of_host.add(query);
                    if self.pane.has_room() {
                        inner.asking.push_front(to);
                    }
                }
                Reader::Link(link) => {
                    if let Some(line) = inner.lines.get(&link) {
                        line.look(query);
                        if line.begins_to_ask(self.room) {
                            inner.asking.push_back(to);
                        }
                    }
                }
            },
            Effect::Read { link, at } => {
                if at > now {
                    inner.permits.insert((at, link));
                } else if let Some(line) = inner.lines.get(&link) {
                    line.permit();
                }
            }
            Effect::Close { link, why } => {
                batch.deliver(inner);
                info!(connection = link.0, ?why, "connection closed");
                inner.close(link, &why);
            }
            Effect::Over => {
                batch.deliver(inner);
                self.is_over.set(true);
                self.bell.notify_one();
            }
        }
    }

    /// Sends what was added to connections since this was last done.
    pub(super) fn flush(&self) {
        loop {
            let changed = std::mem::take(&mut self.inner.borrow_mut().changed);
            if changed.is_empty() {
                return;
            }
            for line in changed {
                if line.flush().is_err() {
                    self.lost(&line);
                    continue;
                }
                // The system may have taken all at once, and then nobody waits until it takes more.
                self.release(&line);
                match line.fill(self.room) {
                    Fill::Fine => {}
                    Fill::Behind(bytes) => self.handle(Input::Behind {
                        link: line.link,
                        bytes,
                    }),
                    Fill::Over => {
                        // What it is told now is the last that it gets, and comes soon enough.
                        line.drop_pieces();
                        self.handle(Input::Overflow(line.link));
                    }
                }
            }
        }
    }
}

impl Inner {
    fn send(&mut self, link: Link, control: Control) {
        self.push(link, |line, out| {
            if line.dialect == Dialect::Tictalk {
                put(line.dialect, &Frame::Control(control), out);
            }
        });
    }

    /// Adds to a connection what `write` writes.
    fn push(&mut self, link: Link, write: impl FnOnce(&Line, &mut BytesMut)) {
        let Some(line) = self.lines.get(&link) else {
            return;
        };
        let mut bytes = BytesMut::new();
        write(line, &mut bytes);
        if !bytes.is_empty() {
            line.push(bytes.freeze());
            self.changed.push(Rc::clone(line));
        }
    }

    /// Whether this is the connection of a framed or raw peer, who gets no welcome.
    fn is_plain(&self, link: Link) -> bool {
        let line = self.lines.get(&link);
        line.is_some_and(|line| line.dialect != Dialect::Tictalk)
    }

    /// Whether the other end has proved to know its ticket.
    fn has_proved(&self, link: Link) -> bool {
        let line = self.lines.get(&link);
        line.is_some_and(|line| line.has_proved)
    }

    fn close(&mut self, link: Link, why: &Farewell) {
        let Some(line) = self.lines.remove(&link) else {
            return;
        };
        let mut bytes = BytesMut::new();
        let message = why.words();
        let farewell = match (line.dialect, why.reason()) {
            (Dialect::Tictalk, None) => None,
            (Dialect::Tictalk, Some(reason)) => {
                let message = Text::cut(message);
                Some(Frame::Control(Control::Refuse { reason, message }))
            }
            (Dialect::Framed | Dialect::Raw, _) => Some(Frame::Text(message)),
        };
        if let Some(farewell) = farewell {
            put(line.dialect, &farewell, &mut bytes);
            line.push(bytes.freeze());
        }
        line.close();
        self.changed.push(line);
    }
}

/// Posts that go to the same people, encoded once for all who speak the same.
#[derive(Debug, Default)]
struct Batch {
    links: Option<Arc<[Link]>>,
    posts: Vec<(Arc<Post>, Option<Link>)>,
}

/// The posts of a batch in one dialect.
#[derive(Debug)]
struct Encoded {
    bytes: Bytes,
    /// Where in it stands what somebody has said who does not hear it again.
    own: Vec<(Link, Range<usize>)>,
}

impl Batch {
    fn add(&mut self, inner: &mut Inner, links: &Arc<[Link]>, but: Option<Link>, post: &Arc<Post>) {
        let is_same = self
            .links
            .as_ref()
            .is_some_and(|last| Arc::ptr_eq(last, links));
        if !is_same {
            self.deliver(inner);
            self.links = Some(Arc::clone(links));
        }
        self.posts.push((Arc::clone(post), but));
    }

    /// Gives everybody what was added, and is empty then.
    fn deliver(&mut self, inner: &mut Inner) {
        let Some(links) = self.links.take() else {
            return;
        };
        let posts = std::mem::take(&mut self.posts);
        let mut encoded: [Option<Encoded>; 3] = [None, None, None];
        for link in links.iter() {
            let Some(line) = inner.lines.get(link) else {
                continue;
            };
            let Some(slot) = encoded.get_mut(line.dialect as usize) else {
                continue;
            };
            let encoded = slot.get_or_insert_with(|| Encoded::new(line.dialect, &posts));
            encoded.pieces(*link, |piece| line.push(piece));
            inner.changed.push(Rc::clone(line));
        }
    }
}

impl Encoded {
    fn new(dialect: Dialect, posts: &[(Arc<Post>, Option<Link>)]) -> Self {
        let mut bytes = BytesMut::new();
        let mut own = Vec::new();
        for (post, but) in posts {
            let start = bytes.len();
            put_post(dialect, post, &mut bytes);
            own.extend(but.map(|link| (link, start..bytes.len())));
        }
        Self {
            bytes: bytes.freeze(),
            own,
        }
    }

    /// All but what `link` has said itself.
    fn pieces(&self, link: Link, mut push: impl FnMut(Bytes)) {
        let mut start = 0;
        for (_, own) in self.own.iter().filter(|(by, _)| *by == link) {
            if start < own.start {
                push(self.bytes.slice(start..own.start));
            }
            start = own.end;
        }
        if start < self.bytes.len() {
            push(self.bytes.slice(start..));
        }
    }
}

fn put_post(dialect: Dialect, post: &Arc<Post>, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => put(
            dialect,
            &Frame::Control(Control::Post(Arc::clone(post))),
            out,
        ),
        Dialect::Framed | Dialect::Raw => put_texts(dialect, plain(post), out),
    }
}

fn put_recalled(dialect: Dialect, post: &Arc<Post>, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => put(
            dialect,
            &Frame::Control(Control::Recall(Arc::clone(post))),
            out,
        ),
        Dialect::Framed | Dialect::Raw => put_texts(dialect, plain(post), out),
    }
}

fn put_notice(dialect: Dialect, notice: &Notice, out: &mut BytesMut) {
    match dialect {
        Dialect::Tictalk => {
            for text in notice.texts() {
                put(dialect, &Frame::Control(Control::Tell { text }), out);
            }
        }
        Dialect::Framed | Dialect::Raw => put_texts(dialect, notice.plain(), out),
    }
}

fn put_texts(dialect: Dialect, texts: Vec<String>, out: &mut BytesMut) {
    for text in texts {
        put(dialect, &Frame::Text(text), out);
    }
}

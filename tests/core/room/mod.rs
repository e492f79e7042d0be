//! The room: who is in, what each may do, and what each is told.

mod games;
mod guest;
mod members;
mod names;
mod promises;
mod simulation;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tictalk::room::{
    Audience, Effect, Entrant, Entry, Farewell, Hub, Input, Known, Link, Listed, Nick, Query,
    Reader, Settings, words,
};
use tictalk::wire::{MemberId, Membership, Post, PostId};

const SECOND: Duration = Duration::from_secs(1);

fn settings() -> Settings {
    Settings::new(Nick::read("host").unwrap(), 1_700_000_000_000)
}

fn address(link: Link) -> SocketAddr {
    let port = 40_000 + u16::try_from(link.0 % 20_000).unwrap();
    SocketAddr::from(([192, 0, 2, 1], port))
}

/// How many posts one portion of an answer has, and how many one step of a search looks at.
const PORTION: usize = 3;

/// What a store answers, and what is left to be asked.
fn look_up(store: &[Entry], query: &Query) -> (Vec<Arc<Post>>, Option<Query>) {
    let posts = store.iter().map(|entry| Arc::clone(&entry.post));
    match query {
        Query::After(after, count) => {
            let posts = posts.filter(|it| it.id > *after);
            (posts.take(*count).collect(), None)
        }
        Query::Said(search) => {
            let mut search = search.clone();
            let before = search.before;
            let mut left = posts
                .rev()
                .filter(|post| before.is_none_or(|it| post.id < it));
            let is_over = loop {
                match left.next() {
                    None => break true,
                    Some(post) if search.look_at(&post) => break true,
                    Some(post) if post.id.0 % PORTION as u64 == 0 => break false,
                    Some(_) => {}
                }
            };
            let rest = match is_over {
                false => Some(Query::Said(search)),
                true if search.found.is_empty() => None,
                true => Some(Query::Posts(search.found)),
            };
            (Vec::new(), rest)
        }
        Query::Posts(ids) => {
            let mut rest = ids.clone();
            let ids: Vec<PostId> = rest.drain(..PORTION.min(rest.len())).collect();
            let posts = posts.filter(|post| ids.contains(&post.id)).collect();
            (posts, (!rest.is_empty()).then_some(Query::Posts(rest)))
        }
        Query::Members(..) => (Vec::new(), None),
    }
}

fn known(store: &[Entry]) -> Known {
    let mut known = Known::default();
    store.iter().for_each(|entry| known.add(entry));
    known
}

/// A hub, and a shell that does everything at once.
struct Room {
    hub: Hub,
    now: Duration,
    links: u64,
    store: Vec<Entry>,
    /// Whether what is to be stored is stored at once.
    stores: bool,
    /// Who answers pings.
    answers: BTreeSet<Link>,
    seen: BTreeMap<Reader, Vec<String>>,
    welcomes: BTreeMap<Link, Membership>,
    receipts: BTreeMap<Link, u64>,
    reads: BTreeMap<Link, Duration>,
    closed: BTreeMap<Link, Farewell>,
    is_over: bool,
}

impl Room {
    fn new() -> Self {
        Self::with(settings())
    }

    fn with(settings: Settings) -> Self {
        Self::of(Hub::open(settings, [1; 32]), Vec::new())
    }

    /// The room after a crash: what is stored is all that is left.
    fn restarted(self) -> Self {
        let known = known(&self.store);
        let hub = Hub::restore(settings(), [2; 32], &known, []);
        let links = self.links;
        Self {
            links,
            ..Self::of(hub, self.store)
        }
    }

    fn of(hub: Hub, store: Vec<Entry>) -> Self {
        Self {
            hub,
            now: Duration::ZERO,
            links: 0,
            store,
            stores: true,
            answers: BTreeSet::new(),
            seen: BTreeMap::new(),
            welcomes: BTreeMap::new(),
            receipts: BTreeMap::new(),
            reads: BTreeMap::new(),
            closed: BTreeMap::new(),
            is_over: false,
        }
    }

    fn handle(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut effects = Vec::new();
            self.hub.handle(self.now, input, &mut effects);
            for effect in effects {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Store(entry) => {
                let id = entry.post.id;
                self.store.push(entry);
                return self.stores.then_some(Input::Stored(id));
            }
            Effect::Deliver { post, to } => match to {
                Audience::All { links, but } => {
                    self.see(Reader::Host, words(&post));
                    for link in links.iter().filter(|link| Some(**link) != but) {
                        self.see(Reader::Link(*link), words(&post));
                    }
                }
                Audience::One(link) => self.see(Reader::Link(link), words(&post)),
            },
            Effect::Recall { to, posts } => {
                posts.iter().for_each(|post| self.see(to, words(post)));
            }
            Effect::Tell { to, notice } => self.see(to, notice.words()),
            Effect::Welcome { link, room } => {
                self.answers.insert(link);
                self.welcomes.insert(link, room);
            }
            Effect::Receipt { link, number } => {
                self.receipts.insert(link, number);
            }
            Effect::Ping(link) => {
                return self.answers.contains(&link).then_some(Input::Pong(link));
            }
            Effect::Look { to, query } => {
                let (posts, rest) = look_up(&self.store, &query);
                return Some(Input::Found {
                    to,
                    query,
                    posts,
                    rest,
                });
            }
            Effect::Read { link, at } => {
                let twice = self.reads.insert(link, at);
                assert_eq!(twice, None, "two lines are read at once from {link:?}");
            }
            Effect::Close { link, why } => {
                self.answers.remove(&link);
                self.closed.insert(link, why);
            }
            Effect::Over => self.is_over = true,
        }
        None
    }

    fn see(&mut self, reader: Reader, text: String) {
        self.seen.entry(reader).or_default().push(text);
    }

    /// What this one has seen since the last time.
    fn seen(&mut self, link: Link) -> Vec<String> {
        self.seen.remove(&Reader::Link(link)).unwrap_or_default()
    }

    fn seen_by_host(&mut self) -> Vec<String> {
        self.seen.remove(&Reader::Host).unwrap_or_default()
    }

    fn forget_seen(&mut self) {
        self.seen.clear();
    }

    fn link(&mut self) -> Link {
        self.links += 1;
        Link(self.links)
    }

    /// Somebody with `nc` comes in.
    fn raw(&mut self, name: &str) -> Link {
        let link = self.link();
        let from = address(link);
        self.handle(Input::Connected { link, from });
        self.say(link, name);
        link
    }

    /// Somebody with this program comes in.
    fn tictalk(&mut self, name: &str) -> Link {
        self.hello(Some(name), None)
    }

    fn hello(&mut self, name: Option<&str>, room: Option<Entrant>) -> Link {
        let link = self.link();
        self.handle(Input::Hello {
            link,
            from: address(link),
            name: name.map(|name| name.parse().unwrap()),
            room,
        });
        link
    }

    /// Who was here by this connection comes back by another one.
    fn back(&mut self, link: Link, since: u64) -> Link {
        let ticket = self.welcomes[&link].ticket.unwrap();
        let since = Some(PostId(since));
        self.hello(Some("whoever"), Some(Entrant { ticket, since }))
    }

    fn say(&mut self, link: Link, text: &str) {
        self.send(link, None, text);
    }

    fn send(&mut self, link: Link, number: Option<u64>, text: &str) {
        self.reads.remove(&link);
        let number = number.map(|number| number.try_into().unwrap());
        let text = text.to_owned();
        self.handle(Input::Line { link, number, text });
    }

    fn host(&mut self, text: &str) {
        self.handle(Input::Host(text.to_owned()));
    }

    fn lose(&mut self, link: Link) {
        self.answers.remove(&link);
        self.handle(Input::Lost(link));
    }

    /// Lets time pass.
    fn wait(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.now += SECOND;
            self.handle(Input::Tick);
        }
    }

    fn members(&self) -> Vec<Listed> {
        self.hub.members(self.now)
    }

    fn names(&self) -> Vec<String> {
        let members = self.members().into_iter();
        members.map(|member| member.name.to_string()).collect()
    }

    fn coordinator(&self) -> Option<String> {
        let mut members = self.members().into_iter();
        let coordinator = members.find(|member| member.is_coordinator);
        coordinator.map(|member| member.name.to_string())
    }
}

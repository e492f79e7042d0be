//! How posts and notices look on a terminal. All of it is foreign text, and is escaped here.

use crate::room::{announced, words};
use crate::scene::{Arrivals, Attention, EntryKind, PresenceChange, TalkEntry};
use crate::terminal::{Echo, Ink, Label, Paint, now};
use crate::text::{LocalTime, in_line, visible};
use crate::wire::{Gathered, Post, What};

/// Marks a line that mentions the reader.
const MENTIONED: &str = "> ";

/// A post, in lines that end with a newline. A post that mentions `me` is marked.
pub(crate) fn post(paint: Paint, post: &Post, me: Option<&str>) -> String {
    let words = words(post);
    match &post.what {
        What::Said { text } | What::Acted { text } => {
            let is_mentioned = me.is_some_and(|me| mentions(text, me));
            let lines = words
                .split('\n')
                .map(|line| said(paint, &post.by.name, line, is_mentioned));
            lines.collect()
        }
        _ => format!("{}\n", paint.ink(Ink::Hint, &visible(&words))),
    }
}

/// Posts that are announced together, in lines that end with a newline: none for the rest of an
/// announcement.
pub(crate) fn gathered(paint: Paint, gathered: &Gathered) -> Vec<String> {
    if gathered.is_rest {
        return Vec::new();
    }
    let lines = announced(gathered).into_iter();
    lines
        .map(|line| format!("{}\n", paint.ink(Ink::Hint, &visible(&line))))
        .collect()
}

/// A post as an entry of panes. A message that mentions `me` is marked.
pub(crate) fn entry(paint: Paint, it: &Post, me: Option<&str>) -> TalkEntry {
    let kind = match &it.what {
        What::Said { .. } | What::Acted { .. } => EntryKind::Message(match me {
            Some(me) if names(it, me) => Attention::Reader,
            Some(_) | None => Attention::Everybody,
        }),
        what => match PresenceChange::of(what) {
            Some(presence) => {
                let name = visible(&it.by.name).into();
                EntryKind::Arrivals(Arrivals::new(presence, vec![name], 0))
            }
            None => EntryKind::Note,
        },
    };
    let text = match kind {
        EntryKind::Arrivals(_) => String::new(),
        EntryKind::Message(_) | EntryKind::Note | EntryKind::Own(_) => post(paint, it, me),
    };
    TalkEntry {
        post: Some(it.id),
        time: LocalTime::of(it.at),
        kind,
        text: text.trim_end().to_owned(),
    }
}

/// Posts that are announced together, as entries of panes: none for the rest of an announcement.
pub(crate) fn entries(gathered: &Gathered) -> Vec<TalkEntry> {
    if gathered.is_rest {
        return Vec::new();
    }
    let groups = gathered.groups.iter().filter_map(|group| {
        let presence = PresenceChange::of(&group.what)?;
        let names = group.members.iter();
        let names = names.map(|member| visible(&member.by.name).into());
        let more = usize::try_from(group.more).unwrap_or(usize::MAX);
        Some(TalkEntry {
            post: Some(gathered.last),
            time: LocalTime::of(gathered.at),
            kind: EntryKind::Arrivals(Arrivals::new(presence, names.collect(), more)),
            text: String::new(),
        })
    });
    groups.collect()
}

/// A notice of the room as an entry of the talk.
pub(crate) fn told(paint: Paint, kind: EntryKind, text: &str) -> TalkEntry {
    TalkEntry {
        post: None,
        time: now(),
        kind,
        text: notice(paint, text).trim_end().to_owned(),
    }
}

/// One line of a message, with its author's name highlighted.
fn said(paint: Paint, by: &str, line: &str, is_mentioned: bool) -> String {
    let line = visible(line);
    let mark = if is_mentioned {
        paint.ink(Ink::Game, MENTIONED)
    } else {
        String::new()
    };
    match line.split_once(": ") {
        Some((name, said)) => {
            let name = paint.name(by, &format!("{name}:"));
            format!("{mark}{name} {said}\n")
        }
        None => format!("{mark}{}\n", paint.name(by, &line)),
    }
}

/// Whether somebody else's message contains the name `me`.
pub(crate) fn names(post: &Post, me: &str) -> bool {
    match &post.what {
        What::Said { text } | What::Acted { text } => *post.by.name != *me && mentions(text, me),
        _ => false,
    }
}

/// The notification for a post that mentions the reader.
pub(crate) fn calls(post: &Post) -> String {
    format!("{} calls you", in_line(&post.by.name))
}

/// A notice of the room.
pub(crate) fn notice(paint: Paint, text: &str) -> String {
    format!("{}\n", paint.ink(Ink::Game, &visible(text)))
}

/// The prompt of somebody with this name in a room.
pub(crate) fn label(name: Option<&str>) -> Label {
    match name {
        Some(name) => Label {
            text: format!("{}> ", in_line(name)).into(),
            ink: Ink::Prompt,
        },
        None => Label::of(Echo::OnScreen),
    }
}

/// Whether `text` contains the name `me` as whole words, in upper or lower case.
fn mentions(text: &str, me: &str) -> bool {
    let (text, me) = (text.to_lowercase(), me.to_lowercase());
    let is_part = |c: char| c.is_alphanumeric();
    text.match_indices(&me).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|rest| rest.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// The command in a line of `/help`.
pub(crate) fn first_word(usage: &str) -> String {
    usage.split(' ').next().unwrap_or_default().to_owned()
}

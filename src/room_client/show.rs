//! How what happens in a room looks on a terminal. Everything here is foreign text, and escaped.

use crate::room::words;
use crate::terminal::{Ink, Paint, visible};
use crate::wire::{Post, What};

/// Stands in front of a line in which the reader is called.
const CALLED: &str = "> ";

/// A post, each of its lines ended by a newline. Where it calls `me`, it stands out.
pub(crate) fn post(paint: Paint, post: &Post, me: Option<&str>) -> String {
    let words = words(post);
    match &post.what {
        What::Said { text } | What::Acted { text } => {
            let is_called = me.is_some_and(|me| calls(text, me));
            let lines = words.split('\n').map(|line| said(paint, line, is_called));
            lines.collect()
        }
        _ => format!("{}\n", paint.ink(Ink::Hint, &visible(&words))),
    }
}

/// One line of what somebody says: who it is stands out.
fn said(paint: Paint, line: &str, is_called: bool) -> String {
    let line = visible(line);
    let mark = if is_called {
        paint.ink(Ink::Game, CALLED)
    } else {
        String::new()
    };
    match line.split_once(": ") {
        Some((name, said)) => {
            let name = paint.ink(Ink::Name, &format!("{name}:"));
            format!("{mark}{name} {said}\n")
        }
        None => format!("{mark}{}\n", paint.ink(Ink::Name, &line)),
    }
}

/// A notice of the room.
pub(crate) fn notice(paint: Paint, text: &str) -> String {
    format!("{}\n", paint.ink(Ink::Game, &visible(text)))
}

/// Whether `text` has the name `me` in it, as words of its own, in capital or small letters.
fn calls(text: &str, me: &str) -> bool {
    let (text, me) = (text.to_lowercase(), me.to_lowercase());
    let is_part = |c: char| c.is_alphanumeric();
    text.match_indices(&me).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text
            .get(at + found.len()..)
            .and_then(|rest| rest.chars().next());
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

/// The command of a line of help.
pub(crate) fn first_word(usage: &str) -> String {
    usage.split(' ').next().unwrap_or_default().to_owned()
}

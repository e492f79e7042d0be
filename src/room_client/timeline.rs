//! Posts as a person at a terminal reads them: with times, days and dividers.

use super::show;
use crate::terminal::{Ink, Paint, has_unicode, now};
use crate::text::LocalTime;
use crate::wire::{Gathered, Post, What};
use std::sync::Arc;

/// The most bytes of a message that is shown as a whole. Of a longer one, this much is shown.
const FOLDED: usize = 1_000;

/// The indentation of rows below a time.
const BELOW_TIME: &str = "      ";

/// When a post was made, as its reader sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// Before the reader came, or asked for it.
    Earlier,
    Now,
}

/// What was shown last.
#[derive(Debug)]
pub(crate) struct Timeline {
    era: Era,
    /// The day of the last post.
    date: Option<(i32, u32, u32)>,
    has_unicode: bool,
}

impl Timeline {
    pub(crate) fn new() -> Self {
        Self {
            era: Era::Now,
            date: None,
            has_unicode: has_unicode(),
        }
    }

    /// A post with its time, in lines that end with a newline, after a divider where one is due. A
    /// long message that was just sent is cut. A post that mentions `me` is marked.
    pub(crate) fn post(
        &mut self,
        paint: Paint,
        post: &Arc<Post>,
        me: Option<&str>,
        era: Era,
    ) -> String {
        let Some(time) = LocalTime::of(post.at) else {
            return show::post(paint, post, me);
        };
        let mut text = self.divider(paint, time, era);
        let (shown, rest) = match era {
            Era::Now => folded(post),
            Era::Earlier => (Arc::clone(post), 0),
        };
        let clock = paint.ink(Ink::Hint, &time.clock());
        for (place, line) in show::post(paint, &shown, me).lines().enumerate() {
            match place {
                0 => text.push_str(&format!("{clock} {line}\n")),
                _ => text.push_str(&format!("{BELOW_TIME}{line}\n")),
            }
        }
        if rest > 0 {
            let dots = if self.has_unicode { "…" } else { "..." };
            let more = format!("{dots} {rest} more bytes: /history shows them");
            let more = paint.ink(Ink::Hint, &more);
            text.push_str(&format!("{BELOW_TIME}{more}\n"));
        }
        text
    }

    /// Posts that are announced together, with the time of the last one. They are always new.
    pub(crate) fn gathered(&mut self, paint: Paint, gathered: &Gathered) -> String {
        let lines = show::gathered(paint, gathered);
        let time = LocalTime::of(gathered.at).filter(|_| !lines.is_empty());
        let Some(time) = time else {
            return lines.concat();
        };
        let mut text = self.divider(paint, time, Era::Now);
        let clock = paint.ink(Ink::Hint, &time.clock());
        for line in lines {
            text.push_str(&format!("{clock} {line}"));
        }
        text
    }

    /// Ends what was earlier, without a post.
    pub(crate) fn now(&mut self, paint: Paint, at: u64) -> String {
        match LocalTime::of(at) {
            Some(time) => self.divider(paint, time, Era::Now),
            None => String::new(),
        }
    }

    fn divider(&mut self, paint: Paint, time: LocalTime, era: Era) -> String {
        let is_new_day = self
            .date
            .replace(time.date)
            .is_some_and(|it| it != time.date);
        let words = match (std::mem::replace(&mut self.era, era), era) {
            (Era::Now, Era::Earlier) if now().map(|now| now.date) == Some(time.date) => {
                format!("earlier, {}", time.clock())
            }
            (Era::Now, Era::Earlier) => format!("earlier, {}, {}", time.day(), time.clock()),
            (Era::Earlier, Era::Now) => "now".to_owned(),
            _ if is_new_day => time.day(),
            _ => return String::new(),
        };
        let bar = if self.has_unicode {
            "────"
        } else {
            "----"
        };
        format!(
            "{}\n",
            paint.ink(Ink::Hint, &format!("{bar} {words} {bar}"))
        )
    }
}

/// A post with at most [`FOLDED`] bytes of its message, and how many bytes are left out.
fn folded(post: &Arc<Post>) -> (Arc<Post>, usize) {
    let (What::Said { text } | What::Acted { text }) = &post.what else {
        return (Arc::clone(post), 0);
    };
    // A rest that is hardly longer than the hint is shown.
    if text.len() <= FOLDED + FOLDED / 4 {
        return (Arc::clone(post), 0);
    }
    let (start, rest) = text.split_at(text.floor_char_boundary(FOLDED));
    let start = crate::wire::Text::cut(start.to_owned());
    let mut shown = Post::clone(post);
    match &mut shown.what {
        What::Said { text } | What::Acted { text } => *text = start,
        _ => {}
    }
    (Arc::new(shown), rest.len())
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop there"
)]
mod tests {
    use super::{Era, Timeline};
    use crate::terminal::Paint;
    use crate::wire::{Author, MemberId, Post, PostId, Text, What};
    use std::sync::Arc;

    /// A second of a day long ago, at noon in no particular zone.
    const THEN: u64 = 1_700_000_000_000;
    const DAY: u64 = 86_400_000;

    fn post(at: u64, text: &str) -> Arc<Post> {
        Arc::new(Post {
            id: PostId(1),
            at,
            by: Author {
                id: MemberId(1),
                name: "ann".into(),
            },
            what: What::Said {
                text: Text::try_from(text).unwrap(),
            },
        })
    }

    fn timeline() -> Timeline {
        Timeline {
            has_unicode: false,
            ..Timeline::new()
        }
    }

    /// The lines that were shown, without times, which depend on the zone.
    fn shown(timeline: &mut Timeline, post: &Arc<Post>, era: Era) -> Vec<String> {
        let text = timeline.post(Paint::Off, post, None, era);
        let digits = |line: &str| line.replace(|c: char| c.is_ascii_digit(), "0");
        text.lines().map(digits).collect()
    }

    #[test]
    fn a_divider_stands_between_earlier_and_now() {
        let mut timeline = timeline();
        let earlier = shown(&mut timeline, &post(THEN, "old"), Era::Earlier);
        let earlier = earlier.join("\n");
        assert!(earlier.starts_with("---- earlier, 00 Nov 0000, 00:00"));
        assert!(earlier.ends_with("\n00:00 ann: old"), "{earlier}");
        let more = shown(&mut timeline, &post(THEN, "older"), Era::Earlier);
        assert_eq!(more, ["00:00 ann: older"]);
        let now = shown(&mut timeline, &post(THEN, "new"), Era::Now);
        assert_eq!(now, ["---- now ----", "00:00 ann: new"]);
        let now = shown(&mut timeline, &post(THEN, "newer"), Era::Now);
        assert_eq!(now, ["00:00 ann: newer"]);
    }

    #[test]
    fn a_new_day_is_announced() {
        let mut timeline = timeline();
        shown(&mut timeline, &post(THEN, "a"), Era::Now);
        let next = shown(&mut timeline, &post(THEN + DAY, "b"), Era::Now);
        assert_eq!(next, ["---- 00 Nov 0000 ----", "00:00 ann: b"]);
    }

    #[test]
    fn a_long_message_is_cut_unless_it_was_asked_for() {
        let long = post(THEN, &"x".repeat(3_000));
        let now = shown(&mut timeline(), &long, Era::Now);
        assert_eq!(
            now.get(1..),
            Some(&["      ... 0000 more bytes: /history shows them".to_owned()][..])
        );
        let asked = shown(&mut timeline(), &long, Era::Earlier);
        let length = asked.get(1).map(String::len);
        assert_eq!(length, Some("00:00 ann: ".len() + 3_000));
    }
}

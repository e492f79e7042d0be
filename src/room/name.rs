//! What a member is called, and when two names are too much alike.
//!
//! A name is brought into Unicode's form NFKC (UAX #15), which makes full-width letters, ligatures
//! and other ways of writing the same letters one. Two names are taken for the same when they look
//! alike as they are written, or all in small letters, or all in capitals. What looks alike stands
//! in a small table of this file: the Latin, Greek, Cyrillic, Armenian and Cherokee letters and the digits
//! that people use to pass for somebody else. It is a part of the table that Unicode has for this
//! (UTS #39, `confusables.txt`), which is larger than the rest of the room's program together.

use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;
use unicode_width::UnicodeWidthChar as _;

/// What looks like the characters at the left, in the case in which it stands.
const LOOKALIKES: &[(&str, &str)] = &[
    ("a", "аɑα"),
    ("A", "АΑᎪ"),
    ("b", "Ьƅ"),
    ("B", "ВΒᏴ"),
    ("c", "сϲᴄ"),
    ("C", "СϹᏟ"),
    ("d", "ԁɗᏧ"),
    ("D", "ᎠԀ"),
    ("e", "еҽєε℮"),
    ("E", "ЕΕᎬ"),
    ("f", "ƒꞙ"),
    ("F", "Ϝ"),
    ("g", "ɡցƍ"),
    ("G", "ԌᏀ"),
    ("h", "һհᏂ"),
    ("H", "НΗᎻ"),
    ("i", "іιɩӏıӀ"),
    ("j", "јϳ"),
    ("J", "ЈᎫ"),
    ("k", "кκ"),
    ("K", "КΚᏦ"),
    ("l", "I1|ІΙǀ"),
    ("L", "Ꮮ"),
    ("M", "МΜᎷ"),
    ("n", "пռη"),
    ("N", "Ν"),
    ("o", "0ОоΟοσօՕ"),
    ("p", "рρ"),
    ("P", "РΡᏢ"),
    ("q", "ԛզ"),
    ("Q", "Ԛ"),
    ("r", "гᴦ"),
    ("R", "ᎡᏒ"),
    ("s", "ѕꜱ"),
    ("S", "ЅՏᏚ"),
    ("t", "тτ"),
    ("T", "ТΤᎢ"),
    ("u", "υսц"),
    ("U", "Սᑌ"),
    ("v", "νѵᴠ"),
    ("V", "ѴᏙ"),
    ("vv", "wԝωшᴡ"),
    ("W", "ԜᎳ"),
    ("x", "хχ×"),
    ("X", "ХΧ"),
    ("y", "уγү"),
    ("Y", "УΥҮ"),
    ("z", "ᴢ"),
    ("Z", "ΖᏃ"),
    ("rn", "m"),
    ("rn", "м"),
    ("-", "‐‑‒–—―−"),
    ("'", "’‘`´ʼ"),
];

/// The name of a member: 1 to [`Name::LIMIT`](crate::wire::Name::LIMIT) visible characters, with
/// single spaces between them, in the form NFKC. Foreign text, but no line that the room renders
/// can be mistaken because of it: there is no colon in it, and it begins with no sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nick(Arc<str>);

/// Why a text cannot be a member's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NickError {
    /// Nothing, or only spaces.
    #[error("A name needs at least one visible character.")]
    Blank,
    /// Too long.
    #[error("A name has at most {limit} characters, this one has {count}.", limit = Nick::LIMIT)]
    TooLong {
        /// How many characters it has.
        count: usize,
    },
    /// A character that cannot be seen, or that moves what stands around it.
    #[error("A name can hold only characters that can be seen.")]
    Invisible,
    /// It would look like something else than a name.
    #[error("A name cannot begin with a sign or hold a colon.")]
    Sign,
    /// Somebody has a name that looks like this one.
    #[error("The name {0} is taken, or looks like one that is.")]
    Taken(Nick),
}

impl Nick {
    /// The most characters (Unicode scalar values) of a name.
    pub const LIMIT: usize = crate::wire::Name::LIMIT;

    /// The name that `text` is.
    ///
    /// # Errors
    /// [`NickError`] where it is none.
    pub fn read(text: &str) -> Result<Self, NickError> {
        // A longer one is not worth being looked at; normal forms grow to 18 times the length.
        let count = text.trim().chars().take(Self::LIMIT * 4).count();
        if count == Self::LIMIT * 4 {
            return Err(NickError::TooLong { count });
        }
        let words: String = text.trim().nfkc().collect();
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let name = words.join(" ");
        let count = name.chars().count();
        let Some(first) = name.chars().next() else {
            return Err(NickError::Blank);
        };
        if !name.chars().all(is_visible) || first.width() == Some(0) {
            return Err(NickError::Invisible);
        }
        if count > Self::LIMIT {
            return Err(NickError::TooLong { count });
        }
        if first.is_ascii_punctuation() || name.contains(is_colon) {
            return Err(NickError::Sign);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as text that can be shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// What it looks like, in one to three ways: two names that have one of them in common cannot
    /// both be in a room.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        // What has one character for a letter and its marks may have none for the capital.
        let mut keys = vec![
            looks(&self.0),
            looks(&self.0.to_lowercase()),
            looks(&self.0.to_uppercase()),
        ];
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

impl fmt::Display for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `text` looks like, in small Latin letters where there are such.
fn looks(text: &str) -> String {
    let mut looks = String::new();
    for c in text.nfkc() {
        let like = LOOKALIKES.iter().find(|(_, others)| others.contains(c));
        match like {
            Some((like, _)) => looks.push_str(&like.to_lowercase()),
            // Only one place between words can be seen, not how wide it is.
            None if c == ' ' => {}
            None => looks.extend(c.to_lowercase()),
        }
    }
    looks.nfkc().collect()
}

/// Whether `c` takes up room or stands on a character that does, and leaves the order of the
/// others alone.
fn is_visible(c: char) -> bool {
    let is_hidden = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        // Nobody knows what they look like.
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    !c.is_control() && !is_hidden && (c == ' ' || !c.is_whitespace())
}

/// Whether `c` looks like what stands between a name and what its owner says.
fn is_colon(c: char) -> bool {
    matches!(
        c,
        ':' | 'ː'
            | '˸'
            | '։'
            | '׃'
            | '܃'
            | '܄'
            | 'ः'
            | '᛬'
            | '᠃'
            | '⁚'
            | '∶'
            | 'ꓽ'
            | '꞉'
            | '︰'
    )
}

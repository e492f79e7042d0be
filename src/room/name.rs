//! What a member is called, and when two names are too much alike.
//!
//! A name is brought into Unicode's form NFKC (UAX #15), which makes full-width letters, ligatures
//! and other ways of writing the same letters one. Two names are taken for the same when they look
//! alike as they are written, or all in small letters, or all in capitals. What looks alike stands
//! in a small table of this file: the Latin, Greek, Cyrillic, Coptic, Armenian, Cherokee and Lisu
//! letters, the small capitals and the digits that people use to pass for somebody else. It is a part of the table that Unicode has for this
//! (UTS #39, `confusables.txt`), which is larger than the rest of the room's program together.

use crate::text;
use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{is_combining_mark, is_public_assigned};

/// What looks like the characters at the left, in the case in which it stands.
const LOOKALIKES: &[(&str, &str)] = &[
    ("a", "аɑαᴀⲁ"),
    ("A", "АΑᎪꓮⲀ"),
    ("b", "Ьƅʙⲃ"),
    ("B", "ВΒᏴꓐⲂ"),
    ("c", "сϲᴄⲥ"),
    ("C", "СϹᏟꓚⲤ"),
    ("d", "ԁɗᏧᴅ"),
    ("D", "ᎠԀꓓ"),
    ("e", "еҽєε℮ᴇⲉ"),
    ("E", "ЕΕᎬꓰ"),
    ("f", "ƒꞙꜰ"),
    ("F", "Ϝꓝ"),
    ("g", "ɡցƍɢ"),
    ("G", "ԌᏀꓖ"),
    ("h", "һհᏂʜⲏ"),
    ("H", "НΗᎻꓧⲎ"),
    ("i", "іιɩӏıӀɪⲓ"),
    ("j", "јϳᴊ"),
    ("J", "ЈᎫꓙ"),
    ("k", "кκᴋⲕ"),
    ("K", "КΚᏦꓗⲔ"),
    ("l", "I1|ІΙǀʟꓲⲒ"),
    ("L", "Ꮮꓡ"),
    ("M", "МΜᎷꓟⲘ"),
    ("n", "пռηɴⲛ"),
    ("N", "ΝꓠⲚ"),
    ("o", "0ОоΟοσօՕᴏⲞⲟꓳ𐐄𐐬"),
    ("p", "рρᴘⲣ"),
    ("P", "РΡᏢꓑⲢ"),
    ("q", "ԛզꞯ"),
    ("Q", "Ԛ"),
    ("r", "гᴦʀ"),
    ("R", "ᎡᏒꓣ"),
    ("s", "ѕꜱ"),
    ("S", "ЅՏᏚꓢ"),
    ("t", "тτᴛⲧ"),
    ("T", "ТΤᎢꓔⲦ"),
    ("u", "υսцᴜ"),
    ("U", "Սᑌꓴ"),
    ("v", "νѵᴠ"),
    ("V", "ѴᏙꓦ"),
    ("vv", "wԝωшᴡ"),
    ("W", "ԜᎳꓪ"),
    ("x", "хχ×ⲭ"),
    ("X", "ХΧꓫⲬ"),
    ("y", "уγүʏⲩ"),
    ("Y", "УΥҮꓬⲨ"),
    ("z", "ᴢ"),
    ("Z", "ΖᏃꓜ"),
    ("rn", "m"),
    ("rn", "мᴍⲙ"),
    ("-", "‐‑‒–—―−"),
    ("'", "’‘`´ʼ"),
];

/// What the host of a room is called who has no other name. Nobody else can have it in any room.
const HOST: &str = "host";

/// The name of a member: 1 to [`Name::LIMIT`](crate::wire::Name::LIMIT) visible characters, with
/// single spaces between them, in the form NFKC. Foreign text, but no line that the room renders
/// can be mistaken because of it: there is no colon in it, and it begins with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nick(Arc<str>);

/// Why a text cannot be a member's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NickError {
    /// Nothing, or only spaces.
    #[error("A name needs at least one visible character.")]
    Blank,
    /// Too long.
    #[error("A name has at most {limit} characters; this one has {count}.", limit = Nick::LIMIT)]
    TooLong {
        /// How many characters it has.
        count: usize,
    },
    /// A character that cannot be seen, or that moves what stands around it.
    #[error("A name can contain only visible characters.")]
    Invisible,
    /// It would look like something else than a name.
    #[error("A name must begin with a letter or a digit, and cannot contain a colon.")]
    Sign,
    /// Somebody has a name that looks like this one.
    #[error("The name {0} is taken, or looks like one that is taken.")]
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
        if !name.chars().all(is_visible) || is_combining_mark(first) {
            return Err(NickError::Invisible);
        }
        if count > Self::LIMIT {
            return Err(NickError::TooLong { count });
        }
        if !can_begin(first) || name.contains(is_colon) {
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

    /// Whether it looks like `host`, the name under which only the host of a room speaks.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.keys().iter().any(|key| key == HOST)
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
/// others alone. By general category: no Cc, Cf, Cn, Co, Zl or Zp, and of Zs only the space.
fn is_visible(c: char) -> bool {
    c == ' '
        || is_public_assigned(c) && !text::is_hidden(c) && !text::is_sign(c) && !text::is_blank(c)
}

/// Whether a name can begin with `c`: a letter or a digit (general categories L and N). What Unicode
/// calls alphabetic holds marks and letters in boxes as well.
fn can_begin(c: char) -> bool {
    let is_boxed = matches!(c, '\u{1f130}'..='\u{1f189}');
    c.is_alphanumeric() && !is_combining_mark(c) && !is_boxed
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
            | 'ઃ'
            | '፡'
            | '፥'
            | '᠉'
            | '⦂'
            | '꛴'
    )
}

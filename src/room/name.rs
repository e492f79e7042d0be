//! Names of members, and when two names are confusable.
//!
//! A name is normalized to NFKC (UAX #15), which unifies full-width letters, ligatures and other
//! compatibility forms. Two names are confusable if they look alike as written, in lower case or in
//! upper case. A small table in this file lists the lookalikes: the Latin, Greek, Cyrillic, Coptic,
//! Armenian, Cherokee and Lisu letters, small capitals and digits with which people imitate each
//! other. It is a part of Unicode's table (UTS #39, `confusables.txt`), which is larger than the
//! rest of the room.

use crate::text::{self, count};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{is_combining_mark, is_public_assigned};

/// Characters, each with those that look like it.
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

/// What each of these lookalikes is replaced by, in lower case. A name is folded when its owner joins.
static LIKENESSES: LazyLock<HashMap<char, String>> = LazyLock::new(|| {
    let rows = LOOKALIKES.iter().rev();
    rows.flat_map(|(like, others)| others.chars().map(|other| (other, like.to_lowercase())))
        .collect()
});

/// The default name of a host. No member of any room can have it.
pub(crate) const DEFAULT_HOST: &str = "host";

/// The name of a member: 1 to [`Name::LIMIT`](crate::wire::Name::LIMIT) visible characters in NFKC,
/// with single spaces between words. It is foreign text. It begins with a letter or a digit and
/// contains no colon, so that no line that the room renders can be mistaken because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Nick(Arc<str>);

/// Why a text cannot be the name of a member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NickError {
    /// The text is empty or consists of spaces.
    #[error("A name needs at least one visible character.")]
    Blank,
    /// The text has more than [`Nick::LIMIT`] characters.
    #[error("A name has at most {limit} characters; this one has {count}.", limit = Nick::LIMIT)]
    TooLong {
        /// Number of characters, at most four times the limit.
        count: usize,
    },
    /// The text contains a character that is invisible or moves others.
    #[error("A name can contain only visible characters.")]
    Invisible,
    /// The text looks like something other than a name.
    #[error("A name must begin with a letter or a digit, and cannot contain a colon.")]
    Sign,
    /// Somebody has a confusable name.
    #[error("The name {0} is taken, or looks like one that is taken.")]
    Taken(Nick),
    /// A member whose connection is lost has a confusable name.
    #[error(
        "The name {nick} is kept for a member whose connection was lost, for up to {}. Try again \
         then, or choose another name.",
        count(*.seconds, "second")
    )]
    Kept {
        /// The requested name.
        nick: Nick,
        /// For how long.
        seconds: usize,
    },
}

impl TryFrom<String> for Nick {
    type Error = NickError;

    fn try_from(text: String) -> Result<Self, NickError> {
        Self::read(&text)
    }
}

impl Nick {
    /// The most characters (Unicode scalar values) of a name.
    pub const LIMIT: usize = crate::wire::Name::LIMIT;

    /// Reads a name.
    ///
    /// # Errors
    /// [`NickError`] if `text` cannot be a name.
    pub fn read(text: &str) -> Result<Self, NickError> {
        // Reject longer texts first: normalization can grow them to 18 times their length.
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

    /// The name as shared text.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Whether the name is confusable with `host`, which is reserved for hosts.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.keys().iter().any(|key| key == DEFAULT_HOST)
    }

    /// The name's one to three confusable keys. Two names with a common key cannot be in the same
    /// room.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        // A letter with marks may be one character in lower case and several in upper case.
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

/// The form that a name has in common with names that look like it in lower case. It is not a name.
#[must_use]
pub(crate) fn folded_name(name: &str) -> String {
    looks(&name.to_lowercase())
}

/// `text` with lookalikes replaced, in lower case.
fn looks(text: &str) -> String {
    let mut looks = String::new();
    for c in text.nfkc() {
        match LIKENESSES.get(&c) {
            Some(like) => looks.push_str(like),
            // Spaces are ignored: their width cannot be judged by eye.
            None if c == ' ' => {}
            None => looks.extend(c.to_lowercase()),
        }
    }
    looks.nfkc().collect()
}

/// Whether `c` is visible, or combines with a visible character, and does not reorder others. By
/// general category: none of Cc, Cf, Cn, Co, Zl and Zp, and of Zs only the space.
fn is_visible(c: char) -> bool {
    c == ' '
        || is_public_assigned(c) && !text::is_hidden(c) && !text::is_sign(c) && !text::is_blank(c)
}

/// Whether a name can begin with `c`: a letter or a digit (general categories L and N). Unicode's
/// alphabetic characters include marks and boxed letters, which are excluded here.
fn can_begin(c: char) -> bool {
    let is_boxed = matches!(c, '\u{1f130}'..='\u{1f189}');
    c.is_alphanumeric() && !is_combining_mark(c) && !is_boxed
}

/// Whether `c` looks like the colon between a name and a message.
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

//! Words that people say to each other: the code of a private line, and what they compare.
//!
//! The words are the [EFF's short list][eff] of words with different beginnings, by Joseph Bonneau, under
//! [CC BY 3.0](https://creativecommons.org/licenses/by/3.0/us/). One word differs: `yoyo` has no hyphen
//! here, since hyphens stand between words. Three letters tell the words apart, and most slips of the
//! fingers or the ear lead to no other word.
//!
//! [eff]: https://www.eff.org/deeplinks/2016/07/new-wordlists-random-passphrases

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// How many words a code has. Three are 1296³ codes: two billion, 31 bits.
pub const CODE_WORDS: usize = 3;

/// The number of bytes from which a code is drawn: eight for each word.
pub const CODE_BYTES: usize = 8 * CODE_WORDS;

/// The words, in alphabetical order.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("list.txt").lines().collect());

/// The words, in alphabetical order.
#[must_use]
pub fn words() -> &'static [&'static str] {
    &WORDS
}

/// The code of a private line: three words, joined by hyphens. Wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

/// Why a text is not a code. The code is not used up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// The number of words is wrong.
    #[error("a code has three words, such as acid-mango-zebra")]
    Count,
    /// A word is not in the list.
    #[error("{word:?} is not in the list of words{}", .meant.map(|word| format!(" (did you mean {word:?}?)")).unwrap_or_default())]
    Unknown {
        /// What was typed.
        word: String,
        /// The word that was probably meant.
        meant: Option<&'static str>,
    },
}

impl Code {
    /// The code of these bytes, which must be random. Every code is as probable as any other, to within
    /// 2⁻⁵⁰.
    #[must_use]
    pub fn new(random: &[u8; CODE_BYTES]) -> Self {
        let (parts, _) = random.as_chunks::<8>();
        let words: Vec<&str> = parts
            .iter()
            .map(|part| word(u64::from_be_bytes(*part)))
            .collect();
        Self(Zeroizing::new(words.join("-")))
    }

    /// The words, joined by hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Keeps the secret out of logs.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Reads a code as people type it: in any case, with anything but letters between the words.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let text = Zeroizing::new(text.to_lowercase().replace("yo-yo", "yoyo"));
        let typed = text.split(|letter: char| !letter.is_alphabetic());
        let typed: Vec<&str> = typed.filter(|word| !word.is_empty()).collect();
        if let Some(unknown) = typed.iter().find(|word| WORDS.binary_search(word).is_err()) {
            return Err(NotACode::Unknown {
                word: unknown.chars().take(LONGEST_SHOWN).collect(),
                meant: meant(unknown),
            });
        }
        if typed.len() != CODE_WORDS {
            return Err(NotACode::Count);
        }
        Ok(Self(Zeroizing::new(typed.join("-"))))
    }
}

/// How many letters of an unknown word are shown.
const LONGEST_SHOWN: usize = 20;

/// The word that begins like this one, or differs by a slip of the fingers.
fn meant(unknown: &str) -> Option<&'static str> {
    if unknown.chars().count() > LONGEST_SHOWN {
        return None;
    }
    let begins = |word: &&&str| unknown.len() >= 3 && word.starts_with(unknown);
    let slips = |word: &str| strsim::osa_distance(unknown, word);
    let near = WORDS.iter().min_by_key(|word| slips(word));
    let near = near.filter(|word| slips(word) <= 2 && 2 * slips(word) < word.len());
    WORDS.iter().find(begins).or(near).copied()
}

/// Words for bytes that two people compare: one for each four bytes, joined by hyphens.
#[must_use]
pub fn spoken(bytes: &[u8]) -> String {
    let (parts, _) = bytes.as_chunks::<4>();
    let words: Vec<&str> = parts
        .iter()
        .map(|part| word(u32::from_be_bytes(*part).into()))
        .collect();
    words.join("-")
}

/// The word with this number, counted from 0 and over again after the last.
fn word(number: u64) -> &'static str {
    let count = WORDS.len().max(1) as u64;
    let place = usize::try_from(number % count).unwrap_or_default();
    WORDS.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop there and say where"
)]
mod tests {
    use super::{Code, NotACode, spoken, words};

    #[test]
    fn the_list_is_sorted_and_three_letters_tell_its_words_apart() {
        assert_eq!(words().len(), 1_296);
        for pair in words().windows(2) {
            assert!(pair[0][..3] < pair[1][..3], "{pair:?}");
        }
        assert!(
            words()
                .iter()
                .all(|word| word.bytes().all(|letter| letter.is_ascii_lowercase()))
        );
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in [
            "zebra-mango-yoyo",
            " Zebra  MANGO yo-yo\r\n",
            "zebra, mango; yoyo.",
        ] {
            let code: Code = typed.parse().unwrap();
            assert_eq!(code.as_str(), "zebra-mango-yoyo", "{typed}");
        }
    }

    #[test]
    fn a_slip_of_the_fingers_is_no_code() {
        let unknown = |typed: &str| match typed.parse::<Code>() {
            Err(NotACode::Unknown { word, meant }) => (word, meant),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            unknown("zebra-mangoo-yoyo"),
            ("mangoo".to_owned(), Some("mango"))
        );
        assert_eq!(unknown("zeb mango yoyo"), ("zeb".to_owned(), Some("zebra")));
        assert_eq!(unknown("\u{1b}[2Jqqqqqq"), ("jqqqqqq".to_owned(), None));
        for typed in ["", "zebra", "zebra-mango", "zebra mango yoyo zebra"] {
            assert_eq!(typed.parse::<Code>(), Err(NotACode::Count), "{typed}");
        }
    }

    #[test]
    fn the_numbers_of_words_are_those_of_the_protocol() {
        let bytes = [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 5, 15], [0, 0, 5, 16]].concat();
        assert_eq!(spoken(&bytes), "aardvark-abandoned-zucchini-aardvark");
        let mut random = [0; 24];
        random[15] = 1;
        random[22] = 5;
        random[23] = 15;
        assert_eq!(Code::new(&random).as_str(), "aardvark-abandoned-zucchini");
    }
}

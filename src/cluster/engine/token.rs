//! The name of a room as a part of subjects, names of streams and names of folders.

use sha2::{Digest as _, Sha256};

/// How long a token may be. The name of a stream is the name of a folder, which most file systems
/// limit to 255 bytes.
const LONGEST: usize = 200;

/// The mark of a token with the digits of the name.
const DIGITS: &str = "x-";

/// The mark of a token with the digest of the name.
const DIGEST: &str = "d-";

/// The token of a room. Different rooms have different ones:
///
/// - A name of `a` to `z`, digits, `-` and `_` is its own token, unless it begins with a mark.
/// - For other names, it is `x-` and the bytes of the name in hexadecimal digits.
/// - Where this is too long, it is `d-` and the SHA-256 digest.
///
/// There is no upper case, since some file systems do not tell it apart.
pub(super) fn token(room: &str) -> String {
    let is_plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ['-', '_'].contains(&c);
    let is_marked = room.starts_with(DIGITS) || room.starts_with(DIGEST);
    if (1..=LONGEST).contains(&room.len()) && room.chars().all(is_plain) && !is_marked {
        return room.to_owned();
    }
    let digits = format!("{DIGITS}{}", crate::hex::digits(room.as_bytes()));
    if digits.len() <= LONGEST {
        return digits;
    }
    let digest: [u8; 32] = Sha256::digest(room.as_bytes()).into();
    format!("{DIGEST}{}", crate::hex::digits(&digest))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, token};
    use std::collections::HashSet;

    #[test]
    fn a_plain_name_stays_readable_and_any_other_is_spelled() {
        for (room, expected) in [
            ("lounge", "lounge"),
            ("room_2-b", "room_2-b"),
            ("", "x-"),
            ("Lounge", "x-4c6f756e6765"),
            ("a.b", "x-612e62"),
            ("x-61", "x-782d3631"),
            ("d-1", "x-642d31"),
            (">", "x-3e"),
            ("ö", "x-c3b6"),
        ] {
            assert_eq!(token(room), expected);
        }
    }

    #[test]
    fn tokens_are_short_plain_and_different() {
        let mut rooms: Vec<String> = [
            "*", ">", ".", "..", "a b", "a\n", "\0", "$JS", "é", "e\u{301}",
        ]
        .map(str::to_owned)
        .into();
        rooms.extend(
            ["a", "ä", "\u{1F600}", "/"]
                .iter()
                .flat_map(|text| [1, 49, 50, 63, 64, 300].map(|times| text.repeat(times))),
        );
        // A name that looks like the token of another one.
        rooms.extend(rooms.iter().map(|room| token(room)).collect::<Vec<_>>());
        let rooms: HashSet<String> = rooms.into_iter().collect();
        let tokens: HashSet<String> = rooms.iter().map(|room| token(room)).collect();
        assert_eq!(tokens.len(), rooms.len());
        for token in tokens {
            assert!((1..=LONGEST).contains(&token.len()), "{token}");
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(token.chars().all(is_plain), "{token}");
        }
    }
}

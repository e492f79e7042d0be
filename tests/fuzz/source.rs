//! Bytes as choices.

/// The next choice of an input. At its end it is 0 for ever.
#[derive(Debug, Clone)]
pub(crate) struct Source<'bytes> {
    bytes: &'bytes [u8],
}

/// Texts that mean something to one part of the program or another.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\n",
    "hello",
    "Hello",
    "/q",
    "/Q ",
    "/quit",
    "/help",
    "/who",
    "/status",
    "/msg ann psst",
    "/msg bob \n\n\n\n",
    "/msg",
    "/me waves",
    "/nick bob",
    "/nick host",
    "/nick ａnn",
    "/history",
    "/history 200",
    "/history 200 7",
    "/history 99999999999999999999",
    "/history -1",
    "/search hello",
    "/search a b c d e f g h i j k l m n o p",
    "/play rps 3 bob",
    "/play tictactoe ann",
    "/play rps 1 1 1 1 1 1 1 1 1 1 1 1",
    "/play battleship bob",
    "/accept",
    "/accept bob",
    "/decline",
    "/move 5",
    "/move rock",
    "/move a1 right",
    "/board",
    "/watch",
    "/watch ann",
    "/resign",
    "/kick ann",
    "/kick bob",
    "/say all of you",
    "/hint",
    "/rematch",
    "/score",
    "/draw",
    "/undo",
    "/results",
    "/describe on",
    "/describe off",
    "/games",
    "/play connect4 computer",
    "play tictactoe computer easy",
    "/msg computer psst",
    "/nick computer",
    "/log",
    "/accept battleship",
    "play tictactoe",
    "play tictactoe --toss",
    "play rps",
    "play rps 3",
    "play rps 99999999999999999999",
    "play hangman",
    "play battleship",
    "play connect4",
    "play nim",
    "play nonsense",
    "play",
    "random",
    "rock",
    "paper",
    "scissors",
    "seal 0000000000000000000000000000000000000000000000000000000000000000",
    "open rock 0000000000000000000000000000000000000000000000000000000000000000",
    "a1",
    "j10",
    "a1 right",
    "hit",
    "miss",
    "sunk",
    "word apple",
    "_ _ _ _ _",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "0",
    "-1",
    "ann",
    "bob",
    "Ann",
    "host",
    "coordinator",
    "-- ann left.",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "\u{202e}gnp.exe",
    "\u{200b}",
    "e\u{301}\u{301}\u{301}",
    "👩\u{200d}👩\u{200d}👧",
    "\u{10ffff}\u{fffe}\u{378}",
    "ﷺ",
    "\0",
    "\r\n\r\n",
    "Grüß dich ☺",
];

impl<'bytes> Source<'bytes> {
    pub(crate) fn new(bytes: &'bytes [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else {
            return 0;
        };
        self.bytes = rest;
        *first
    }

    /// A number below `limit`, which is at least 1.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let number = match limit {
            ..=256 => usize::from(self.byte()),
            _ => usize::from(self.byte()) << 8 | usize::from(self.byte()),
        };
        number % limit
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        // The default of a short input is the more usual case.
        self.below(count) == count - 1
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A number, more often than not near one where something overflows.
    pub(crate) fn number(&mut self) -> u64 {
        let near = [
            0,
            1,
            2,
            20,
            256,
            4_096,
            u64::from(u32::MAX),
            1 << 53,
            i64::MAX as u64,
            u64::MAX,
        ];
        let base = *self.pick(&near);
        let off = u64::from(self.byte() % 16);
        match self.one_in(2) {
            true => base.wrapping_add(off),
            false => base.wrapping_sub(off),
        }
    }

    /// The next bytes, at most `most` of them.
    pub(crate) fn bytes(&mut self, most: usize) -> &'bytes [u8] {
        let (taken, rest) = self.bytes.split_at(most.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    /// A text as somebody might send it, now and then a very long one.
    pub(crate) fn text(&mut self) -> String {
        match self.below(16) {
            0..10 => (*self.pick(TEXTS)).to_owned(),
            10 | 11 => {
                let (one, other) = (*self.pick(TEXTS), *self.pick(TEXTS));
                format!("{one} {other}")
            }
            12 | 13 => {
                let length = self.below(40);
                String::from_utf8_lossy(self.bytes(length)).into_owned()
            }
            14 => {
                let (text, times) = (*self.pick(TEXTS), self.below(5_000));
                let longest = 6_000 / text.len().max(1);
                text.repeat(times.min(longest))
            }
            _ => {
                let length = [4_095, 4_096, 4_097, 2_048][self.below(4)];
                (*self.pick(&["x", "\n", "1 ", "é", "😀"])).repeat(length)
            }
        }
    }

    /// The same, of 1 to [`MAX_TEXT`](tictalk::wire::MAX_TEXT) bytes.
    pub(crate) fn message(&mut self) -> String {
        let mut text = self.text();
        while text.len() > tictalk::wire::MAX_TEXT {
            text.pop();
        }
        if text.is_empty() {
            text.push('.');
        }
        text
    }
}

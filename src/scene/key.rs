//! Keys and clicks that every supported terminal can send, and their outcomes.

/// A key press, click, paste or focus change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A character with Ctrl, in lower case.
    Ctrl(char),
    /// A character with Alt, in lower case.
    Alt(char),
    /// Pasted text.
    Paste(String),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Backspace with Alt or Ctrl.
    WordBackspace,
    /// Delete.
    Delete,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// An arrow.
    Arrow(Arrow, Held),
    /// A function key, from 1.
    Function(u8),
    /// The mouse was pressed in this column and row, from 0.
    Click {
        /// The column.
        column: u16,
        /// The row.
        row: u16,
    },
    /// The wheel was turned.
    Wheel(Wheel),
    /// The window gained or lost the focus.
    Focus(Focus),
}

/// The direction of an arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrow {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// The modifier held with an arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// Shift.
    Shift,
    /// Ctrl or Alt, which move by words.
    Word,
}

/// A turn of the mouse wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wheel {
    /// Away from the person.
    Up,
    /// Towards the person.
    Down,
}

/// Whether the window has the focus, as far as the terminal reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// It has, or the terminal has not reported it.
    Here,
    /// Another window has the focus.
    Elsewhere,
}

/// A command offered on a function key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOffer {
    /// The function key.
    pub key: u8,
    /// A label of a word or two. Foreign text in it has been escaped.
    pub label: String,
    /// The line that it enters.
    pub line: String,
}

impl KeyOffer {
    /// The function key `key` enters `line`.
    #[must_use]
    pub fn new(key: u8, label: &str, line: &str) -> Self {
        Self {
            key,
            label: label.to_owned(),
            line: line.to_owned(),
        }
    }
}

/// Whether the terminal reports the mouse to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// No: the terminal selects text.
    Off,
    /// Yes.
    On,
}

/// The action that a key requires from the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOutcome {
    /// The person has entered a line.
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D on an empty line.
    End,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    /// The mouse was switched.
    Mouse(Mouse),
    /// The replay's position or speed changed, or it was paused or continued.
    Steered,
    /// The person quit the replay.
    Quit,
}

/// The keys of the input line, as F1 lists them.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("Enter", "send the line, or play the chosen square"),
    (
        "Arrows",
        "choose a square on your turn, while the line is empty",
    ),
    ("Esc", "leave the board, the search, or old lines"),
    ("F1 ?", "this list; a second ? types a question mark"),
    ("F2 to F7", "what the row above the line offers"),
    (
        "PgUp PgDn",
        "scroll the talk; Shift-Up and Shift-Down by a row",
    ),
    ("End", "go to the newest line, while the line is empty"),
    ("/", "search, while you read old lines"),
    ("Tab", "complete a command or name"),
    (
        "Up Down",
        "lines that you entered before; also Ctrl-P and Ctrl-N",
    ),
    ("Ctrl-A Ctrl-E", "go to the start or the end of the line"),
    ("Alt-B Alt-F", "go a word back or ahead; also Ctrl-arrows"),
    (
        "Ctrl-W Ctrl-U Ctrl-K",
        "erase a word, to the start, or to the end",
    ),
    ("Ctrl-Y Ctrl-_", "insert what was erased; undo"),
    ("Alt-Enter", "begin another row of the same message"),
    (
        "F8",
        "switch the mouse on or off; off, the terminal selects text",
    ),
    ("Ctrl-L", "draw the screen again"),
    ("Ctrl-Z", "suspend; fg comes back"),
    ("Ctrl-C", "quit"),
];

/// The signs on boards and beside members, as F1 lists them.
pub(super) const SIGNS: &[(&str, &str)] = &[
    (
        "5 +",
        "squares that you can play: the move, or + if it is long",
    ),
    ("[X] *X*", "the last move, and a line that has won"),
    (">5<", "the square that you have chosen: Enter plays it"),
    ("* -", "members: the coordinator, and who is away"),
    ("!", "a member who has called you by name, until you answer"),
    (">", "a message that calls you by name"),
];

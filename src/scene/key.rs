//! Keys and clicks, as terminals on all systems can send them, and what they lead to.

/// Something that a person does at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A character with Ctrl, in lower case.
    Ctrl(char),
    /// A character with Alt, in lower case.
    Alt(char),
    /// Text that was pasted in one piece.
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
    /// The window was looked at again, or no more.
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

/// What is held while an arrow is pressed.
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

/// Whether the person looks at the window, as far as the terminal tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// It has the focus, or the terminal has never told.
    Here,
    /// Another window has it.
    Elsewhere,
}

/// Something that one key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOffer {
    /// The function key.
    pub key: u8,
    /// What it does, in a word or two. Foreign text in it has been escaped.
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

/// Whether clicks and the wheel reach this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// No: the terminal selects text.
    Off,
    /// Yes.
    On,
}

/// What a key has led to, for the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
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
    /// The recording that is played is at another place, or moves on in another way.
    Steered,
    /// The person wants to see no more of the recording.
    Quit,
}

/// The keys of the line, with what they do: the list that F1 shows.
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

/// The signs of boards and members, with what they mean: the second part of that list.
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

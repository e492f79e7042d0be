//! The examples and notes below the options of each command. [`layout`](super::layout) fits them to
//! the screen.

pub(super) const PROGRAM: &str = "\
Examples:
  tictalk solo                            play with the computer
  tictalk server                          wait for a partner on this machine
  tictalk client                          talk to the server on this machine
  tictalk server --host 0.0.0.0           let other machines reach this server
  tictalk client 192.168.1.7              talk to a server on another machine
  tictalk room --host 0.0.0.0             host a room; client and nc can join it

\"tictalk help COMMAND\" explains a command. On your turn, type a message,
\"play tictactoe\", /help or /q.";

/// The exit codes, for all commands.
pub(super) const EXIT_CODES: [(&str, &str); 7] = [
    ("0", "after /q, or when a command has done its work"),
    ("1", "after an error, or if a search finds nothing"),
    ("2", "for wrong usage"),
    ("129", "after SIGHUP"),
    ("130", "after Ctrl-C"),
    ("131", "after SIGQUIT"),
    ("143", "after SIGTERM"),
];

pub(super) const SERVER: &str = "\
Examples:
  tictalk server
  tictalk server --port 0                 take any free port, and print it
  tictalk server --host 0.0.0.0 --name bob
  tictalk server --keep                   listen again after each session

`nc localhost 1059` can talk to it as well, and so can a program that sends
each message as <u32 big-endian size><UTF-8>.";

pub(super) const CLIENT: &str = "\
Examples:
  tictalk client                          a server on this machine
  tictalk client 192.168.1.7:4000         a server on another machine
  tictalk client --wait 60                wait up to a minute for a server
  tictalk client --wire raw               talk to `nc -l localhost 1059`";

pub(super) const SOLO: &str = "\
Examples:
  tictalk solo                            choose a game from a menu
  tictalk solo connect4 --level easy      play at once; you move first
  tictalk solo rps 5                      rock-paper-scissors, best of 5

You begin. Type a number or a name to choose a game, /level easy to change the
level at any time, and after a game Enter to play again.";

pub(super) const BOT: &str = "\
Examples:
  tictalk bot                             serve one partner after another
  tictalk bot --join --play tictactoe     connect to a server and propose a game
  tictalk bot --exec 'python3 mine.py'    let your own program play

The bot introduces itself as a program and understands only games. Ctrl-C ends
it.

With --exec, your program reads each line that a person would read in a game,
and answers a line that ends in \"your move.\" with one line, a move.
If it crashes, takes too long or prints anything else, it loses the game. Its
standard error is appended to bot-stderr.txt in the folder of the journal.";

pub(super) const TOURNAMENT: &str = "\
Examples:
  tictalk tournament connect4 mine.py easy perfect
  tictalk tournament connect4 a.py ./b 'java C' --rounds 10
  tictalk tournament tictactoe mine.py nc:localhost:1060
  tictalk tournament 'rps 5' a.py b.py --format html > table.html

The programs read and print what those of `tictalk bot --exec` do. A program
that crashes, takes too long or makes an illegal move loses the game. An
interrupted tournament continues with the same command. Each game is a session
in the journal.";

pub(super) const ROOM: &str = "\
Examples:
  tictalk room                            for this machine
  tictalk room --host 0.0.0.0 --room math for a whole class

Join it with a browser, with `tictalk client`, or with `nc localhost 1059`.";

#[cfg(feature = "cluster")]
pub(super) const CLUSTER: &str = "\
Examples:
  tictalk room --cluster nats://localhost:4222 --room physics --port 4001
  tictalk room --cluster nats://localhost:4222 --room physics --port 4002
  tictalk cluster status --cluster nats://localhost:4222 --room physics";

pub(super) const PROBE: &str = "\
Examples:
  tictalk probe localhost:4000            a server on this machine
  tictalk probe --listen 4000             a client, started again when asked
  tictalk probe localhost:4000 --only ends --format markdown
  tictalk probe --list                    the cases

Your program has to answer each message: type a line when it asks, or run it as
`yes hello | python3 server.py`.";

pub(super) const HISTORY: &str = "\
Examples:
  tictalk history                         a line for each session and room
  tictalk history show 3                  print session 3
  tictalk history show last               print the newest session
  tictalk history show r1                 print room 1
  tictalk history search hello world      find text that has both words
  tictalk history export 3 --format json > session.json
  tictalk history delete 3

Close a room before you delete it: a room cannot run without its journal.";

pub(super) const SHOW: &str = "\
Examples:
  tictalk history show 3
  tictalk history show last
  tictalk history show r1";

pub(super) const SEARCH: &str = "\
Examples:
  tictalk history search hello world      both words, in any order
  tictalk history search 'hello world'    these words side by side
  tictalk history search tic              also finds \"tictactoe\"

A search ignores case and accents: e finds é. Punctuation and emoji cannot be
searched for. The exit code is 1 if nothing is found.";

pub(super) const EXPORT: &str = "\
Examples:
  tictalk history export 3 --format markdown > session.md
  tictalk history export 3 --format html > session.html
  tictalk history export 3 --format svg --last 20 > picture.svg

html and svg show the terminal of this end with its boards and colours, in one
file without scripts. A picture has 2000 rows at most.";

pub(super) const DELETE: &str = "\
Examples:
  tictalk history delete 3
  tictalk history delete r1 --yes         without a question

On a terminal, tictalk asks before it deletes.";

pub(super) const REPLAY: &str = "\
Examples:
  tictalk replay last
  tictalk replay 3 --speed 4              four times as fast
  tictalk replay 3 --panes                with keys to pause and step; F1 lists them
  tictalk replay 3 --cast session.cast    then: asciinema play session.cast

No pause is longer than 3 seconds at --speed 1. Ctrl-C ends the replay. Into a
pipe, everything is printed at once.";

pub(super) const VERIFY: &str = "\
Example:
  tictalk verify 3

Each turn is stored with a SHA-256 digest over all turns up to it. If both ends
of a session print the same fingerprint, they have the same turns.";

pub(super) const FORGET: &str = "\
Example:
  tictalk forget ann

After a private session, both programs remember each other by a key that is
stored in the journal. \"tictalk history\" lists the partners and the
fingerprints of their keys.";

pub(super) const CONFIG: &str = "\
Examples:
  tictalk config
  tictalk config client
  tictalk config > new.toml               a file to start from

A file has lines such as `port = 4000`: at the top for all commands, below a
line such as `[client]` for one. The command line overrides the environment,
and the environment overrides the file.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(tictalk completions bash)      in ~/.bashrc
  source <(tictalk completions zsh)       in ~/.zshrc, after compinit
  tictalk completions fish | source       in ~/.config/fish/config.fish
  eval (tictalk completions elvish | slurp)  in ~/.config/elvish/rc.elv
  tictalk completions powershell | Out-String | Invoke-Expression  in $PROFILE

The script asks tictalk what fits. So Tab also completes games, levels and the
numbers of stored sessions.";

pub(super) const MAN: &str = "\
Examples:
  tictalk man > tictalk.1                 all pages in one file
  tictalk man --dir ~/.local/share/man/man1

With the second command, `man tictalk-client` shows a page.";

pub(super) const HELP: &str = "\
Examples:
  tictalk help client                     options of a command
  tictalk help history show               a command of a command";

/// The exit codes as prose.
pub(super) fn exit_codes() -> String {
    let codes = EXIT_CODES.map(|(code, when)| format!("{code} {when}"));
    format!("Exit codes: {}.", codes.join(", "))
}

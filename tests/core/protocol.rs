//! `docs/protocol.md` says what the program does: every example, digest and number on the page is
//! compared with the code.

use bytes::BytesMut;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tictalk::games::{Game as _, Hangman};
use tictalk::room::{KEPT, NEWCOMER_SEES, Nick, REMEMBERED, Settings};
use tictalk::session::{GameEnd, Notice, Retelling, Role, Turn, TurnLog};
use tictalk::wire::{
    Arrival, Control, Dialect, End, Entrance, Exchange, FIRST_BYTES, Frame, HANDSHAKE_VERSION,
    HTTP_ANSWER, LineNumber, MAX_CONTROL, MAX_TEXT, Mode, Name, Nonce, Opener, PageRole, Parting,
    Post, Prover, Reason, SizeForm, SquareMark, Stranger, Ticket, Unfinished, What, WireError,
};

const PAGE: &str = include_str!("../../docs/protocol.md");

/// The contents of all fenced blocks with this info string.
fn blocks(info: &str) -> Vec<&'static str> {
    let fence = format!("```{info}\n");
    let blocks: Vec<&str> = PAGE
        .split(&*fence)
        .skip(1)
        .map(|behind| behind.split_once("```").unwrap().0)
        .collect();
    assert!(!blocks.is_empty(), "no block of {info}");
    blocks
}

fn lines(info: &str) -> impl Iterator<Item = &'static str> {
    blocks(info).into_iter().flat_map(str::lines)
}

/// The rows of a table whose header begins like this: the cells of each.
fn table(header: &str) -> Vec<Vec<&'static str>> {
    let (_, behind) = PAGE
        .split_once(header)
        .unwrap_or_else(|| panic!("no table {header:?}"));
    let rows = behind.lines().skip(2);
    let rows: Vec<Vec<&str>> = rows
        .take_while(|row| row.starts_with('|'))
        .map(|row| {
            row.trim_matches('|')
                .split(" | ")
                .map(str::trim)
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(!rows.is_empty(), "no rows below {header:?}");
    rows
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// The frames that these bytes are, and the error that ended them.
fn decode(dialect: Dialect, bytes: &[u8]) -> (Vec<Frame>, Option<WireError>) {
    let mut codec = dialect.codec();
    let mut buffer = BytesMut::from(bytes);
    let mut frames = Vec::new();
    loop {
        match codec.decode(&mut buffer, Arrival::End) {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error)),
        }
    }
}

fn encode(dialect: Dialect, frame: &Frame) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    dialect.codec().encode(frame, &mut bytes);
    bytes.to_vec()
}

/// The control message that this JSON is, by way of a frame.
fn control(json: &str) -> Control {
    let mut bytes = u32::try_from(json.len()).unwrap().to_be_bytes().to_vec();
    bytes[0] = 1;
    bytes.extend_from_slice(json.as_bytes());
    match decode(Dialect::Tictalk, &bytes) {
        (mut frames, None) if frames.len() == 1 => match frames.remove(0) {
            Frame::Control(control) => control,
            Frame::Text(text) => panic!("{text:?} is no control message"),
        },
        (frames, error) => panic!("{json}: {frames:?}, {error:?}"),
    }
}

#[test]
fn every_control_message_is_read_and_written_as_shown() {
    for json in lines("json") {
        let control = control(json);
        assert_ne!(control, Control::Unknown, "{json}");
        let bytes = encode(Dialect::Tictalk, &Frame::Control(control));
        assert_eq!(String::from_utf8_lossy(&bytes[4..]), json);
    }
}

#[test]
fn a_text_of_a_pair_travels_to_a_page_as_shown() {
    let json = lines("json web").next().unwrap();
    let bytes = encode(Dialect::Web, &Frame::Text("Hello".to_owned()));
    // The header of a short frame has two bytes.
    assert_eq!(String::from_utf8_lossy(&bytes[2..]), json);
}

/// Notes in `seen` what `control` shows. A variant that is added does not compile until it is named
/// here, and the test below then wants it on the page.
fn note(control: &Control, seen: &mut BTreeSet<String>) {
    let name = match control {
        Control::Hello {
            room, resume, role, ..
        } => {
            seen.extend(role.map(|role| format!("as {}", role_name(role))));
            match room {
                Some(Entrance::Join { .. }) => seen.insert("entrance join".to_owned()),
                Some(Entrance::Return { .. }) => seen.insert("entrance return".to_owned()),
                None if resume.is_some() => seen.insert("resume".to_owned()),
                None => false,
            };
            "hello"
        }
        Control::Challenge { .. } => "challenge",
        Control::Proof { .. } => "proof",
        Control::Welcome {
            mode, unfinished, ..
        } => {
            seen.insert(format!("mode {}", mode_name(*mode)));
            seen.extend(unfinished.map(unfinished_name));
            "welcome"
        }
        Control::Refuse {
            reason, unfinished, ..
        } => {
            seen.extend(unfinished.map(unfinished_name));
            seen.insert(format!("reason {}", reason_name(*reason)));
            "refuse"
        }
        Control::Receipt { .. } => "receipt",
        Control::Comment { .. } => "comment",
        Control::Heard { .. } => "heard",
        Control::Say { .. } => "say",
        Control::Stored { .. } => "stored",
        Control::Post(post) => {
            note_post(post, seen);
            "post"
        }
        Control::Gathered(_) => "gathered",
        Control::Recall(_) => "recall",
        Control::Tell { .. } => "tell",
        Control::Boards { .. } => "boards",
        Control::Members { .. } => "members",
        Control::Board(board) => {
            let rows = board.grids.iter().flat_map(|grid| &grid.rows);
            let squares = rows.flat_map(|row| &row.squares);
            let marks = squares.filter_map(|square| square.mark);
            seen.extend(marks.map(|mark| format!("mark {}", mark_name(mark))));
            "board"
        }
        Control::Ended { .. } => "ended",
        Control::Turn { .. } => "turn",
        Control::Open { .. } => "open",
        Control::Connected { .. } => "connected",
        Control::Others { .. } => "others",
        Control::Results { .. } => "results",
        Control::Ping => "ping",
        Control::Pong => "pong",
        Control::Unknown => "unknown",
    };
    seen.insert(name.to_owned());
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Pair => "pair",
        Mode::Room => "room",
        Mode::Unknown => "unknown",
    }
}

fn role_name(role: PageRole) -> &'static str {
    match role {
        PageRole::Host => "host",
        PageRole::Watcher => "watcher",
        PageRole::Unknown => "unknown",
    }
}

fn mark_name(mark: SquareMark) -> &'static str {
    match mark {
        SquareMark::Last => "last",
        SquareMark::Won => "won",
        SquareMark::Other => "other",
    }
}

fn unfinished_name(unfinished: Unfinished) -> String {
    let name = match unfinished {
        Unfinished::Waiting => "waiting",
        Unfinished::Connected => "connected",
        Unfinished::Stored => "stored",
        Unfinished::Unknown => "unknown",
    };
    format!("unfinished {name}")
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Busy => "busy",
        Reason::Version => "version",
        Reason::Unknown => "unknown",
        Reason::Ended => "ended",
        Reason::Diverged => "diverged",
        Reason::Name => "name",
        Reason::Kicked => "kicked",
        Reason::Behind => "behind",
        Reason::Replaced => "replaced",
        Reason::Private => "private",
        Reason::Other => "other",
    }
}

fn note_post(post: &Post, seen: &mut BTreeSet<String>) {
    let what = match &post.what {
        What::Said { .. } => "said",
        What::Acted { .. } => "acted",
        What::Joined => "joined",
        What::Left { why } => {
            let why = match why {
                Parting::Quit => "quit",
                Parting::Lost => "lost",
                Parting::Silent => "silent",
                Parting::Behind => "behind",
                Parting::Other => "other",
            };
            seen.insert(format!("why {why}"));
            "left"
        }
        What::Kicked { .. } => "kicked",
        What::Banned { .. } => "banned",
        What::Unbanned { .. } => "unbanned",
        What::Muted { .. } => "muted",
        What::Unmuted { .. } => "unmuted",
        What::Away => "away",
        What::Back => "back",
        What::Renamed { .. } => "renamed",
        What::Coordinator => "coordinator",
        What::Began { .. } => "began",
        What::Ended { end, .. } => {
            let end = match end {
                End::Won => "won",
                End::Drawn => "drawn",
                End::Resigned => "resigned",
                End::Forfeited => "forfeited",
                End::Late => "late",
                End::Abandoned => "abandoned",
                End::Other => "other",
            };
            seen.insert(format!("end {end}"));
            "ended"
        }
        What::Whispered { .. } => "whispered",
        What::Moved { .. } => "moved",
        What::Undone { .. } => "undone",
        What::Tournament { .. } => "tournament",
        What::Closed => "closed",
        What::Unknown => "unknown",
    };
    seen.insert(format!("what {what}"));
}

/// What [`note`] and its helpers can note.
const ALL: &[&str] = &[
    "as host",
    "as unknown",
    "as watcher",
    "board",
    "boards",
    "challenge",
    "comment",
    "connected",
    "end abandoned",
    "end drawn",
    "end forfeited",
    "end late",
    "end other",
    "end resigned",
    "end won",
    "ended",
    "entrance join",
    "entrance return",
    "gathered",
    "heard",
    "hello",
    "mark last",
    "mark other",
    "mark won",
    "members",
    "mode pair",
    "mode room",
    "mode unknown",
    "open",
    "others",
    "ping",
    "pong",
    "post",
    "proof",
    "reason behind",
    "reason busy",
    "reason diverged",
    "reason ended",
    "reason kicked",
    "reason name",
    "reason other",
    "reason private",
    "reason replaced",
    "reason unknown",
    "reason version",
    "recall",
    "receipt",
    "refuse",
    "results",
    "resume",
    "say",
    "stored",
    "tell",
    "turn",
    "unfinished connected",
    "unfinished stored",
    "unfinished unknown",
    "unfinished waiting",
    "unknown",
    "welcome",
    "what acted",
    "what away",
    "what back",
    "what banned",
    "what began",
    "what closed",
    "what coordinator",
    "what ended",
    "what joined",
    "what kicked",
    "what left",
    "what muted",
    "what moved",
    "what renamed",
    "what said",
    "what tournament",
    "what unbanned",
    "what undone",
    "what unknown",
    "what unmuted",
    "what whispered",
    "why behind",
    "why lost",
    "why other",
    "why quit",
    "why silent",
];

#[test]
fn every_kind_of_control_message_is_shown() {
    let mut seen = BTreeSet::new();
    for json in lines("json").chain(lines("json later")) {
        note(&control(json), &mut seen);
    }
    let all: BTreeSet<String> = ALL.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, all);
    // The names noted above are those of the source, so none of them is left out of the list.
    let source = ["handshake.rs", "control.rs", "room.rs", "sights.rs"]
        .iter()
        .filter_map(|file| std::fs::read_to_string(root().join("src/wire").join(file)).ok())
        .collect::<String>();
    for (name, prefix) in [
        ("Control", ""),
        ("Mode", "mode "),
        ("Reason", "reason "),
        ("Unfinished", "unfinished "),
        ("What", "what "),
        ("Parting", "why "),
        ("End", "end "),
        ("PageRole", "as "),
        ("SquareMark", "mark "),
    ] {
        for variant in variants(&source, name) {
            let noted = format!("{prefix}{}", variant.to_lowercase());
            assert!(all.contains(&noted), "{name}::{variant} is not on the page");
        }
    }
}

/// The names of the variants of this enum in this source.
fn variants<'source>(source: &'source str, name: &str) -> Vec<&'source str> {
    let (_, behind) = source
        .split_once(&format!("pub enum {name} {{\n"))
        .unwrap_or_else(|| panic!("no enum {name}"));
    let (body, _) = behind.split_once("\n}").unwrap();
    let of_enum = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants: Vec<&str> = of_enum
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.split(|c: char| !c.is_alphanumeric()).next().unwrap())
        .collect();
    assert!(variants.len() > 2, "{name}: {variants:?}");
    variants
}

/// The tables of reasons, posts, partings and ends have a row for each word, and no other.
#[test]
fn the_tables_of_words_are_those_of_the_code() {
    let all = |prefix: &str| {
        let words = ALL.iter().filter_map(|name| name.strip_prefix(prefix));
        let known = words.filter(|word| !["other", "unknown"].contains(word));
        known.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let mut reasons = all("reason ");
    // `Reason::Unknown` is a word on the wire; the catch-all of reasons is `Reason::Other`.
    reasons.insert("unknown".to_owned());
    let mut unfinished = all("unfinished ");
    unfinished.insert("unknown".to_owned());
    for (header, words) in [
        ("| reason | sent by |", reasons),
        ("| `unfinished` | meaning |", unfinished),
        ("| `what` | the author |", all("what ")),
        ("| `why` | cause |", all("why ")),
        ("| `end` | for the author |", all("end ")),
    ] {
        let rows = table(header);
        let listed: BTreeSet<String> = rows.iter().map(|row| code(row[0]).to_owned()).collect();
        assert_eq!(listed, words, "{header}");
        assert_eq!(rows.len(), listed.len(), "{header}");
    }
}

#[test]
fn every_dump_is_the_frame_that_it_is_said_to_be() {
    let mut count = 0;
    for dump in blocks("hex")
        .iter()
        .flat_map(|block| block.split("# ").skip(1))
    {
        let (said, digits) = dump.split_once('\n').unwrap();
        let bytes: Vec<u8> = digits
            .split_whitespace()
            .map(|digits| u8::from_str_radix(digits, 16).unwrap())
            .collect();
        let mut words = said.splitn(3, ' ');
        let (dialect, kind, what) = (
            words.next().unwrap(),
            words.next().unwrap(),
            words.next().unwrap(),
        );
        let dialect = Dialect::from_name(dialect).unwrap();
        let frame = match kind {
            "text" => Frame::Text(what.to_owned()),
            "control" => Frame::Control(control(what)),
            "error" => {
                let (frames, error) = decode(dialect, &bytes);
                assert_eq!(frames, [], "{said}");
                assert_eq!(error.unwrap().to_string(), what);
                count += 1;
                continue;
            }
            other => panic!("{other:?} in {said:?}"),
        };
        assert_eq!(
            decode(dialect, &bytes),
            (vec![frame.clone()], None),
            "{said}"
        );
        if dialect != Dialect::Raw {
            assert_eq!(encode(dialect, &frame), bytes, "{said}");
        }
        count += 1;
    }
    assert!(count >= 16, "only {count} dumps");
}

#[test]
fn the_first_bytes_tell_what_the_page_says() {
    let of = |bytes: &[u8]| Opener::of_first_bytes(bytes, Arrival::Bytes);
    let in_silence = |bytes: &[u8]| Opener::of_first_bytes(bytes, Arrival::Quiet);
    let stranger = |stranger| Some(Opener::Stranger(stranger));
    let dialect = |dialect| Some(Opener::Dialect(dialect));
    let rows = table("| first bytes | the server takes the client for |");
    let first: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let examples: [(&str, &[u8], Option<Opener>); 9] = [
        ("`01`", b"\x01\0\0\x02{", dialect(Dialect::Tictalk)),
        ("`02`", b"\x02\0\x01\x11", Some(Opener::Private)),
        ("`00 00`", b"\0\0\0\x05", dialect(Dialect::Framed)),
        (
            "a size",
            b"\x05\0\0\0Hello",
            dialect(Dialect::Counted(SizeForm::Le32)),
        ),
        ("`16 03`", b"\x16\x03\x01\x02", stranger(Stranger::Tls)),
        ("`SSH-`", b"SSH-2.0-x\r\n", stranger(Stranger::Ssh)),
        ("a line", b"GET / HTTP/1.1\r\n", stranger(Stranger::Http)),
        ("any other", b"\x03\x03\x03\x03", stranger(Stranger::Binary)),
        ("anything else", b"Hello\n", dialect(Dialect::Raw)),
    ];
    assert_eq!(first.len(), examples.len());
    for (row, (start, bytes, opener)) in first.iter().zip(examples) {
        assert!(row.starts_with(start), "{row}");
        assert_eq!(in_silence(bytes), opener, "{row}");
    }
    assert_eq!(of(b"\0"), None);
    assert_eq!(of(b"GET /index\n"), stranger(Stranger::Http));
    assert_eq!(of(b"GET well soon"), None);
    assert_eq!(of(b"OPTIONS * RTSP/1.0\r\n"), stranger(Stranger::Http));
    assert_eq!(of(b"\tHello\n"), dialect(Dialect::Raw));
    let answer = blocks("text")[0];
    assert_eq!(answer, HTTP_ANSWER.replace("\r\n", "\n"));
}

fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    assert_eq!(digits.len(), 2 * N, "{digits}");
    std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

/// The ticket of all examples.
fn ticket() -> [u8; 16] {
    let rows = table("| sign | meaning |");
    let row = rows.iter().find(|row| row[0].starts_with("*ticket*"));
    bytes(code(row.unwrap()[1]))
}

/// Each is computed once as the page says, and once by the program.
#[test]
fn handle_and_proofs_come_out_as_shown() {
    let rows = table("| value | definition | in the example |");
    let value = |name: &str| {
        let row = rows.iter().find(|row| row[0] == name);
        code(row.unwrap_or_else(|| panic!("no {name}"))[2])
    };
    let secret = ticket();
    let client: [u8; 16] = bytes(value("client's nonce"));
    let server: [u8; 16] = bytes(value("server's nonce"));
    let exchange = Exchange {
        ticket: Ticket::new(secret),
        client: Nonce::new(client),
        server: Nonce::new(server),
    };
    let half = |name: &str| digits(&sha256(&[name.as_bytes(), &secret])[..16]);
    assert_eq!(value("handle"), half("tictalk handle"));
    assert_eq!(value("handle"), String::from(exchange.ticket.handle()));
    assert_eq!(value("next ticket"), half("tictalk next ticket"));
    assert_eq!(value("next ticket"), String::from(exchange.ticket.next()));
    for (name, by, prover) in [
        ("server's proof", b"s", Prover::Server),
        ("client's proof", b"c", Prover::Client),
    ] {
        let proof = sha256(&[b"tictalk proof", by, &secret, &client, &server]);
        assert_eq!(value(name), digits(&proof));
        assert_eq!(value(name), String::from(exchange.proof(prover)));
    }
    // The messages that are shown carry these values.
    for name in [
        "handle",
        "client's nonce",
        "server's nonce",
        "server's proof",
        "client's proof",
    ] {
        let quoted = format!("\"{}\"", value(name));
        assert!(lines("json").any(|json| json.contains(&quoted)), "{name}");
    }
}

/// A list of turns on the page, and the digest after the last.
fn turns(block: &'static str) -> (Vec<Turn>, &'static str) {
    let (turns, digest) = block.trim_end().rsplit_once("\n= ").unwrap();
    let turns = turns.lines().map(|line| {
        let (by, text) = line.split_once(' ').unwrap();
        let by = match by {
            "c" => Role::Client,
            "s" => Role::Server,
            other => panic!("{other:?}"),
        };
        let text = text.to_owned();
        Turn { by, text }
    });
    (turns.collect(), digest)
}

#[test]
fn the_chain_of_digests_comes_out_as_shown() {
    let (turns, last) = turns(blocks("turns")[0]);
    let rows = table("| turns | digest |");
    assert_eq!(rows.len(), turns.len() + 1);
    let mut log = TurnLog::new(Ticket::new(ticket()));
    let mut digest = sha256(&[b"tictalk session", &ticket()]);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row[0], number.to_string());
        assert_eq!(code(row[1]), digits(&digest));
        assert_eq!(code(row[1]), String::from(log.standing().digest));
        if let Some(turn) = turns.get(number) {
            let by: &[u8] = match turn.by {
                Role::Client => b"c",
                Role::Server => b"s",
            };
            digest = sha256(&[&digest, by, turn.text.as_bytes()]);
            log.add(turn.clone());
        }
    }
    assert_eq!(last, digits(&digest));
    // The standings that are shown are those of this session.
    for json in lines("json").filter(|json| json.contains("\"digest\"")) {
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        let standing = json.get("resume").unwrap_or(&json);
        let number = usize::try_from(standing["turns"].as_u64().unwrap()).unwrap();
        assert_eq!(standing["digest"], code(rows[number][1]), "{json}");
    }
}

/// Every turn on the page is one that an honest program takes, and no end is caught in a lie.
#[test]
fn the_games_with_secrets_are_played_as_shown() {
    let mut games = Vec::new();
    for block in blocks("turns") {
        let (turns, digest) = turns(block);
        for me in [Role::Client, Role::Server] {
            let mut log = TurnLog::new(Ticket::new(ticket()));
            let mut retelling = Retelling::new(me, Ticket::new(ticket()), false);
            for turn in &turns {
                assert_eq!(turn.by, log.speaker(), "{turn:?}");
                let told = retelling.tell(turn, None);
                let told = told.unwrap_or_else(|| panic!("{turn:?} is no turn"));
                for notice in told.seen {
                    let is_caught = matches!(notice, Notice::GameOver(GameEnd::Caught(..)));
                    assert!(!is_caught, "{turn:?}: {notice:?}");
                }
                log.add(turn.clone());
            }
            assert_eq!(String::from(log.standing().digest), digest);
            games.extend(retelling.into_games().iter().map(|played| {
                // The game after the toss is still on.
                assert_eq!(played.end.is_none(), played.game.name == "tictactoe");
                played.game.name
            }));
        }
    }
    games.sort_unstable();
    games.dedup();
    assert_eq!(games, ["battleship", "hangman", "rps", "tictactoe"]);
}

/// The leaf of a square of battleship, computed as the page says.
#[test]
fn seals_come_out_as_shown() {
    let game_id: [u8; 32] = bytes(code(table("| turns | digest |")[1][1]));
    let seal = |seat: &[u8], salt: &[u8; 32], secret: &str| {
        sha256(&[b"tictalk seal", &game_id, seat, salt, secret.as_bytes()])
    };
    for (sealed, seat, salt, secret) in [
        ("sealed ", b"1", [0x11; 32], "rock 1"),
        ("sealed ", b"1", [0x22; 32], "heads"),
        ("word 4 ", b"2", [0x33; 32], "tree"),
    ] {
        let turn = format!(" {sealed}{}\n", digits(&seal(seat, &salt, secret)));
        assert!(PAGE.contains(&turn), "{turn}");
        assert!(PAGE.contains(&format!(" {secret} {}\n", digits(&salt))));
    }
    let salt = sha256(&[b"tictalk salt", &[0x55; 32], &22_u64.to_be_bytes()]);
    assert!(PAGE.contains(&format!("its salt is `{}`", digits(&salt))));
    let leaf = seal(b"2", &salt, "c3 ship");
    assert!(PAGE.contains(&format!("`{}`", digits(&leaf))));
    // The bits of the number tell on which side the neighbour of each level is.
    let shown = lines("turns")
        .find_map(|line| line.strip_prefix("s hit "))
        .unwrap();
    let mut proof = shown.split(' ').map(bytes::<32>);
    assert_eq!(proof.next(), Some(salt));
    let (root, _) = proof.fold((leaf, 22_usize), |(below, at), beside| {
        let (left, right) = if at.is_multiple_of(2) {
            (below, beside)
        } else {
            (beside, below)
        };
        (sha256(&[b"tictalk pair", &left, &right]), at / 2)
    });
    assert!(PAGE.contains(&format!("\ns fleet {}\n", digits(&root))));
    let padding = sha256(&[b"tictalk chance", &[0; 32], &[0; 8]]);
    assert!(PAGE.contains(&digits(&padding)));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Every source file.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// The number that an expression of the source stands for, durations in milliseconds.
fn number(expression: &str) -> Option<u64> {
    let unit = |name: &str, milliseconds: u64| {
        let inner = expression.strip_prefix(name)?.strip_suffix(')')?;
        number(inner).map(|number| number * milliseconds)
    };
    if expression == "i64::MAX as u64" || expression == "Self(i64::MAX as u64)" {
        return u64::try_from(i64::MAX).ok();
    }
    if let Some(seconds) = unit("Duration::from_secs(", 1_000) {
        return Some(seconds);
    }
    if let Some(milliseconds) = unit("Duration::from_millis(", 1) {
        return Some(milliseconds);
    }
    let factors = expression.split('*').map(|factor| {
        let digits = factor.trim().replace('_', "");
        digits.parse::<u64>().ok()
    });
    factors.product::<Option<u64>>()
}

/// The values of all constants of this name, where each is a number. `file::NAME` is the one of this
/// file or folder.
fn constants(files: &[(PathBuf, String)], name: &str) -> Vec<u64> {
    let (place, name) = match name.rsplit_once("::") {
        Some((place, name)) => (Some(place), name),
        None => (None, name),
    };
    let mut values = Vec::new();
    for (path, source) in files {
        let is_meant = place.is_none_or(|place| {
            let mut parts = path.iter().filter_map(|part| part.to_str());
            parts.any(|part| part.trim_end_matches(".rs") == place)
        });
        if !is_meant {
            continue;
        }
        for behind in source.split(&format!("const {name}: ")).skip(1) {
            let (_, expression) = behind.split_once(" = ").unwrap();
            let (expression, _) = expression.split_once(';').unwrap();
            values.extend(number(expression));
        }
    }
    values
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

/// The constants that can be asked for their values.
fn public(name: &str) -> Option<u64> {
    let settings = Settings::new(Nick::read("host").unwrap(), 0);
    Some(match name {
        "HANDSHAKE_VERSION" => u64::from(HANDSHAKE_VERSION),
        "MAX_TEXT" => count(MAX_TEXT),
        "MAX_CONTROL" => count(MAX_CONTROL),
        "Name::LIMIT" => count(Name::LIMIT),
        "FIRST_BYTES" => count(FIRST_BYTES),
        "KEPT" => count(KEPT),
        "LineNumber::MAX" => LineNumber::MAX.get(),
        "NEWCOMER_SEES" => NEWCOMER_SEES,
        "REMEMBERED" => count(REMEMBERED),
        "Settings::members" => count(settings.members?.get()),
        "Settings::per_address" => count(settings.per_address?.get()),
        "Settings::introduction" => milliseconds(settings.introduction?),
        "Settings::patience" => milliseconds(settings.patience?),
        "Settings::ping" => milliseconds(settings.ping),
        "Settings::forfeit" => milliseconds(settings.forfeit),
        "LineRate::burst" => u64::from(settings.rate?.burst()),
        "LineRate::pace" => milliseconds(settings.rate?.pace()),
        "Settings::at_once" => count(settings.at_once),
        "Settings::unstored" => count(settings.unstored),
        _ => return None,
    })
}

#[test]
fn the_limits_are_those_of_the_code() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    for subject in ["wire", "pair", "room"] {
        for row in table(&format!("| {subject} | value | constant |")) {
            let (value, name) = (row[1], code(row[2]));
            let (digits, unit) = value.split_once(' ').unwrap_or((value, ""));
            let shown: u64 = digits.replace(',', "").parse().unwrap();
            let shown = match unit {
                "s" => shown * 1_000,
                _ => shown,
            };
            match public(name) {
                Some(is) => assert_eq!(is, shown, "{name}"),
                None => {
                    let found = constants(&files, name);
                    assert!(found.contains(&shown), "{name} is {found:?}, not {value}");
                }
            }
        }
    }
    // The same numbers in words.
    let word = "a".repeat(MAX_TEXT);
    assert_eq!(decode(Dialect::Raw, word.as_bytes()).0.len(), 1);
    assert!(PAGE.contains("at most 4,096 bytes\nand cut between characters"));
    assert!(Hangman::words().all(|word| (3..=20).contains(&word.len())));
    let standard = tictalk::session::proposal("Rps best of 5").unwrap();
    assert_eq!(standard, "play rps 5");
    let connect4 = tictalk::games::Connect4::new();
    assert_eq!(connect4.legal().len(), 7);
}

/// Every game has its row, and every command of a pair is named.
#[test]
fn every_game_and_command_is_named() {
    let rows = table("| game | options in standard form |");
    let listed: Vec<&str> = rows.iter().map(|row| code(row[0])).collect();
    let mut games: Vec<&str> = tictalk::games::GAMES.iter().map(|it| it.name).collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    games.sort_unstable();
    assert_eq!(sorted, games);
    for (words, _) in tictalk::session::help_lines() {
        let is_game = words.starts_with("play ");
        assert!(is_game || PAGE.contains(&format!("`{words}`")), "{words}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let links = PAGE
        .split("](")
        .skip(1)
        .map(|link| link.split(')').next().unwrap());
    let headings: Vec<String> = PAGE
        .lines()
        .filter(|line| line.starts_with('#') && !line.contains(['{', '(']))
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            words.replace(' ', "-")
        })
        .collect();
    for link in links {
        match link.strip_prefix('#') {
            Some(anchor) => assert!(headings.iter().any(|it| it == anchor), "#{anchor}"),
            None => assert!(root().join("docs").join(link).exists(), "{link}"),
        }
    }
}

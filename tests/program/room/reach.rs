//! What the host of a room tells others: commands, links, and the QR code of the first link.

use crate::support::{Program, Pty, Room, skip, unwrapped};
use qrcode::{Color, EcLevel, QrCode};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Screens of 80 and of 40 columns that hold all lines of the start.
const SIZES: [(u16, u16); 2] = [(50, 80), (60, 40)];

/// The black and the white that no theme changes.
const COLOURS: (vt100::Color, vt100::Color) = (vt100::Color::Idx(16), vt100::Color::Idx(231));

/// A character of a drawn code. Text has none of them.
const BLOCKS: [char; 3] = ['▀', '▄', '█'];

/// A room for other machines.
fn open(options: &[&str]) -> Program {
    Program::new()
        .args(["room", "--port", "0", "--host", "0.0.0.0"])
        .args(options)
}

/// The addresses of this machine that others can use, as far as there are any.
fn addresses() -> BTreeSet<IpAddr> {
    let found = if_addrs::get_if_addrs().unwrap().into_iter();
    found
        .map(|interface| interface.ip())
        .filter(|ip| ip.is_ipv4() && !ip.is_loopback())
        .collect()
}

/// Whether this machine can show a link to others.
fn has_address() -> bool {
    let has = !addresses().is_empty();
    if !has {
        skip("this machine has no network address");
    }
    has
}

/// The rows of the screen, each without spaces at its end. A row that continues in the next one is
/// joined with it.
fn lines(screen: &vt100::Screen) -> Vec<String> {
    let contents = screen.contents();
    contents.lines().map(str::to_owned).collect()
}

/// The first link on the screen.
fn link(host: &Pty) -> String {
    host.wait("a link", |screen| {
        let lines = lines(screen);
        let heading = lines
            .iter()
            .position(|line| line.ends_with("in a browser:"))?;
        let link = lines.get(heading + 1)?.strip_prefix("  ")?;
        link.ends_with('/').then(|| link.to_owned())
    })
}

/// The modules of the last code on the screen; `None` if it has no light frame of four modules.
fn modules(screen: &vt100::Screen) -> Option<Vec<Vec<Color>>> {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let drawn = |row: u16| -> Vec<(Color, Color)> {
        let cells = (0..columns).map_while(|column| {
            let cell = screen.cell(row, column)?;
            let is_drawn = (cell.fgcolor(), cell.bgcolor()) == COLOURS;
            is_drawn.then(|| match cell.contents() {
                "▀" => (Color::Dark, Color::Light),
                "▄" => (Color::Light, Color::Dark),
                "█" => (Color::Dark, Color::Dark),
                "" | " " => (Color::Light, Color::Light),
                other => panic!("{other:?} in a code"),
            })
        });
        cells.collect()
    };
    let mut modules = Vec::new();
    let code = (0..rows).rev().map(drawn);
    let code = code
        .skip_while(Vec::is_empty)
        .take_while(|row| !row.is_empty());
    for row in code {
        let (tops, bottoms): (Vec<Color>, Vec<Color>) = row.into_iter().unzip();
        modules.splice(0..0, [tops, bottoms]);
    }
    // The last row of the screen ends below the frame.
    let below = modules.pop()?;
    let side = modules.len();
    let inside = 4..side.checked_sub(4)?;
    let is_light = |colours: &[Color]| colours.iter().all(|colour| *colour == Color::Light);
    let is_square = modules.iter().all(|row| row.len() == side);
    // The code may still be on its way to the screen.
    if !is_square || !is_light(&below) || below.len() != side {
        return None;
    }
    let is_framed = modules.iter().enumerate().all(|(row, colours)| {
        let sides = [&colours[..4], &colours[side - 4..]].concat();
        is_light(&sides) && (inside.contains(&row) || is_light(colours))
    });
    let code = modules[inside.clone()].iter();
    is_framed.then(|| code.map(|row| row[inside.clone()].to_vec()).collect())
}

/// The modules of the code of this text.
fn code_of(text: &str) -> Vec<Vec<Color>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
    let colours = code.to_colors();
    colours
        .chunks(code.width())
        .map(<[Color]>::to_vec)
        .collect()
}

/// The secret in the last of these lines, which begins like this.
fn secret<'a>(lines: &'a str, begin: &str) -> &'a str {
    let secret = lines.strip_prefix(begin);
    let secret = secret.unwrap_or_else(|| panic!("{begin:?} in {lines:?}"));
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    assert!(
        secret.len() == 32 && secret.chars().all(is_hex),
        "{secret:?}"
    );
    secret
}

fn assert_no_code(host: &Pty) {
    let contents = host.contents();
    assert!(!contents.contains(BLOCKS), "{contents}");
}

#[test]
fn the_host_sees_lines_to_copy_and_the_code_of_the_first_link() {
    if !has_address() {
        return;
    }
    let mut seen = BTreeSet::new();
    for size in SIZES {
        let (host, port) = open(&[]).on_screen_of(size).listening();
        host.prompt();
        let link = link(&host);
        let ip = link.strip_prefix("http://").unwrap();
        let ip = ip.strip_suffix(&format!(":{port}/")).unwrap();
        assert!(addresses().contains(&ip.parse().unwrap()), "{link}");
        let contents = host.contents();
        let (lines, below) = contents.split_once(BLOCKS).unwrap();
        // A narrow screen breaks long lines.
        let lines = unwrapped(lines);
        let mut rest = lines.as_str();
        for expected in [
            format!("Tell the class, in a browser: {link}"),
            format!("or, with tictalk: tictalk client --host {ip} --port {port}"),
            format!("or, with neither: nc {ip} {port}"),
        ] {
            let (_, after) = rest
                .split_once(&expected)
                .unwrap_or_else(|| panic!("{expected:?} in {contents}"));
            rest = after;
        }
        let secret = secret(rest, &format!(" Your page: http://127.0.0.1:{port}/host#"));
        assert!(seen.insert(secret.to_owned()), "{secret} comes twice");
        let mut below = below.lines().skip_while(|line| !line.starts_with("http"));
        assert_eq!(below.next(), Some(link.as_str()), "{contents}");
        assert_eq!(
            host.read(modules),
            Some(code_of(&link)),
            "{}",
            host.contents()
        );
    }
}

#[test]
fn a_screen_of_24_rows_shows_the_whole_code() {
    if !has_address() {
        return;
    }
    for columns in [80, 40] {
        let mut host = open(&[]).on_screen_of((24, columns));
        host.prompt();
        let is_whole = host.read(modules).is_some_and(|code| code.len() == 25);
        assert!(is_whole, "{}", host.contents());
        // Again, above the prompt and what is typed at it.
        host.enter("/qr");
        host.wait("the code and a prompt below it", |screen| {
            let row = lines(screen)
                .iter()
                .rposition(|line| line.starts_with("http://"))?;
            let (cursor, _) = screen.cursor_position();
            let is_below = usize::from(cursor) == row + 1;
            (is_below && modules(screen).is_some_and(|code| code.len() == 25)).then_some(())
        });
    }
}

#[test]
fn a_screen_that_is_too_small_shows_the_lines_and_says_why_there_is_no_code() {
    if !has_address() {
        return;
    }
    for size in [(20, 80), (50, 32)] {
        let mut host = open(&[]).on_screen_of(size);
        host.wait_for("The room is open.");
        host.prompt();
        assert_no_code(&host);
        host.enter("/qr");
        host.wait_for("A QR code needs 33 columns and 21 rows.");
    }
}

#[test]
fn without_a_code_at_the_start_the_host_can_ask_for_it() {
    if !has_address() {
        return;
    }
    for program in [open(&["--no-qr"]), open(&[]).env("TICTALK_NO_QR", "1")] {
        let mut host = program.on_screen_of(SIZES[0]);
        host.prompt();
        let link = link(&host);
        assert_no_code(&host);
        host.enter("/qr");
        host.wait("the code", |screen| {
            (modules(screen)? == code_of(&link)).then_some(())
        });
        host.prompt();
    }
}

#[test]
fn no_code_is_drawn_where_a_phone_could_not_read_it() {
    if !has_address() {
        return;
    }
    for (name, value, why) in [
        ("NO_COLOR", "1", "A QR code needs colours"),
        ("LANG", "C", "This terminal cannot draw a QR code."),
        ("TERM", "dumb", "A QR code needs a terminal."),
    ] {
        let mut host = open(&[]).env(name, value).on_screen_of(SIZES[0]);
        host.wait_for("The room is open.");
        link(&host);
        match name {
            // There is no prompt.
            "TERM" => host.press("/qr\n"),
            _ => {
                host.prompt();
                host.enter("/qr");
            }
        }
        host.wait_for(why);
        let written = host.output();
        assert!(!written.contains(BLOCKS), "{name}: {written}");
        assert!(name != "TERM" || !written.contains('\x1b'), "{written}");
    }
}

#[test]
fn pipes_get_no_link_and_no_code() {
    let Room { mut host, port } = Room::open(&["--host", "0.0.0.0"]);
    host.enter("/qr");
    host.wait_for(" QR code");
    host.enter("/quit");
    let output = host.finish().stdout;
    let why = match addresses().is_empty() {
        true => "This machine has no address for a QR code.",
        false => "A QR code needs a terminal.",
    };
    let expected =
        format!("Server listening on: 0.0.0.0 on port: {port}\n{why}\n-- host closed the room.\n");
    assert_eq!(output, expected);
}

#[test]
fn a_room_on_this_machine_shows_its_page_and_no_code() {
    let room = Program::new().args(["room", "--port", "0"]);
    let (mut host, port) = room.on_screen_of(SIZES[0]).listening();
    host.prompt();
    assert_eq!(link(&host), format!("http://localhost:{port}/"));
    let contents = host.contents();
    let (_, below) = contents.split_once("\nYour page:").unwrap();
    let (below, _) = below.split_once("\nThe room is open.").unwrap();
    secret(below, &format!(" http://localhost:{port}/host#"));
    assert_no_code(&host);
    host.enter("/qr");
    host.wait_for("Only this machine reaches the room, so a QR code is of no use.");
}

#[test]
fn a_room_without_a_page_shows_no_link_and_no_code() {
    for host in ["0.0.0.0", "localhost"] {
        let room = Program::new().args(["room", "--port", "0", "--no-page", "--host", host]);
        let mut room = room.on_screen_of(SIZES[0]);
        room.wait_for("or, without tictalk:");
        room.prompt();
        assert_no_code(&room);
        let contents = room.contents();
        assert!(!contents.contains("http://"), "{contents}");
        assert!(!contents.contains("Your page"), "{contents}");
        room.enter("/qr");
        room.wait_for("There is no page: the room was opened with --no-page.");
    }
}

/// Runs a program where there is no network.
#[cfg(target_os = "linux")]
const ALONE: [&str; 2] = ["unshare", "--net"];

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_an_address_says_so_in_one_line() {
    let mut tried = std::process::Command::new(ALONE[0]);
    let tried = tried.args([ALONE[1], "true"]).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return skip("no network may be taken away here");
    }
    let (mut host, port) = open(&[]).through(ALONE).on_screen_of(SIZES[0]).listening();
    host.wait_for(&format!(
        "No network address found. When this machine has one: tictalk client --host ADDRESS \
         --port {port}, or http://ADDRESS:{port}/ in a browser"
    ));
    host.prompt();
    assert_no_code(&host);
    host.enter("/qr");
    host.wait_for("This machine has no address for a QR code.");
}

#[test]
fn only_the_host_can_ask_for_the_code() {
    let Room { host: _host, port } = Room::open(&[]);
    let mut ann = super::client(port, "ann");
    ann.enter("/qr");
    ann.wait_for("Only the host can use /qr.");
}

#[test]
fn a_pair_shows_how_a_partner_connects() {
    let (host, port) = Program::server().on_screen_of(SIZES[0]).listening();
    host.wait_for(&format!(
        "In a browser on this machine: http://localhost:{port}/"
    ));
    let closed = Program::server().args(["--no-page"]);
    let closed = closed.on_screen_of(SIZES[0]);
    closed.wait_for("Waiting for a client.");
    assert!(
        !closed.contents().contains("http://"),
        "{}",
        closed.contents()
    );
    if !has_address() {
        return;
    }
    for size in SIZES {
        let open = Program::server().args(["--host", "0.0.0.0"]);
        let (host, port) = open.on_screen_of(size).listening();
        host.wait_for("Tell your partner, in a browser:");
        host.wait_for("Waiting for a client.");
        let link = link(&host);
        assert!(link.ends_with(&format!(":{port}/")), "{link}");
        assert_no_code(&host);
    }
}

#[test]
fn names_that_browsers_may_use_are_checked() {
    for (name, why) in [
        ("http://pc7", "leave out http:// and the port"),
        ("pc7:1059", "leave out http:// and the port"),
        ("", "expected a host name"),
        ("pc7,a..b", "before each dot"),
    ] {
        for command in ["room", "server"] {
            let refused = Program::new().args([command, "--allow-host", name]).run();
            assert_eq!(refused.code, Some(2), "{refused:?}");
            assert!(refused.stderr.contains(why), "{}", refused.stderr);
        }
    }
}

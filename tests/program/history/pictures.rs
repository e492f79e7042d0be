//! Exports that look as the session looked: pages and pictures.

use super::{GAME, Journal, forge, talk, talk_with};
use crate::support::{Program, Room, python};
use tictalk::history::MOST_ROWS;

fn export(journal: &Journal, format: &str) -> String {
    journal.read(&["history", "export", "1", "--format", format])
}

/// Checks with an independent reader that this is XML. Returns its text, row by row.
fn read_xml(journal: &Journal, svg: &str) -> String {
    let file = journal.file("picture.svg");
    std::fs::write(&file, svg).unwrap();
    let script = "import sys, xml.dom.minidom\n\
         rows = {}\n\
         for node in xml.dom.minidom.parse(sys.argv[1]).getElementsByTagName('text'):\n    \
         rows.setdefault(int(node.getAttribute('y')), []).append(node.firstChild.data)\n\
         sys.stdout.buffer.write('\\n'.join(''.join(rows[y]) for y in sorted(rows)).encode())";
    let read = python("-c").args([script, file.to_str().unwrap()]).run();
    assert_eq!((read.code, read.stderr.as_str()), (Some(0), ""));
    read.stdout
}

/// The text of the terminal in a page, without markup.
fn screen_of(page: &str) -> String {
    let (_, screen) = page.split_once("<pre").unwrap();
    let (_, screen) = screen.split_once(">\n").unwrap();
    let (screen, _) = screen.split_once("</pre>").unwrap();
    let mut text = String::new();
    for part in screen.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// Checks that a page or picture runs nothing and asks for nothing from elsewhere.
fn assert_self_contained(drawn: &str) {
    let drawn = drawn.replace("http://www.w3.org/2000/svg", "");
    for forbidden in [
        "<script",
        "<img",
        "<image",
        "<link",
        "<iframe",
        "<object",
        "<foreignObject",
        "<use",
        " onload",
        " onclick",
        "href=",
        "src=",
        "style=",
        "javascript:",
        "http:",
        "https:",
        "url(",
        "@import",
        "\u{1b}",
        "\u{202e}",
        "\u{9b}",
    ] {
        assert!(!drawn.contains(forbidden), "{forbidden}: {drawn}");
    }
}

/// The rows that a replay shows on a terminal, without colours.
fn replayed(journal: &Journal) -> Vec<String> {
    let file = journal.file("plain.cast");
    let file = file.to_str().unwrap();
    journal.read(&["replay", "1", "--cast", file, "--force", "--color", "never"]);
    let cast = std::fs::read_to_string(file).unwrap();
    let scenes = cast.lines().skip(1).map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event[2].as_str().unwrap().to_owned()
    });
    let shown: String = scenes.collect();
    let rows = shown.lines().map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.is_empty()).collect()
}

fn rows_of(text: &str) -> Vec<String> {
    let rows = text.lines().map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.is_empty()).collect()
}

#[test]
fn a_page_and_a_picture_show_what_a_replay_shows_at_both_ends() {
    let talked = talk(GAME);
    for (journal, owner) in [
        (&talked.client, "bob (client)"),
        (&talked.server, "ann (server)"),
    ] {
        let page = export(journal, "html");
        assert_eq!(rows_of(&screen_of(&page)), replayed(journal));
        assert!(
            page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"),
            "{page}"
        );
        assert!(page.contains("<title>tictalk session 1: "), "{page}");
        assert!(
            page.contains(&format!(">The terminal of {owner}</h2>")),
            "{page}"
        );
        assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none'; "));
        assert!(page.contains("@page") && page.contains("prefers-color-scheme:dark"));
        assert!(page.ends_with("</html>\n"), "{page}");
        // A name, and a winning move: in colour, and in words for those who see none.
        assert!(page.contains("<span class=\"p k2 b\">"), "{page}");
        assert_self_contained(&page);

        let picture = export(journal, "svg");
        let shown = read_xml(journal, &picture);
        let (bar, shown) = shown.split_once('\n').unwrap();
        let (name, role) = owner.split_once(" (").unwrap();
        assert_eq!(
            bar,
            format!("{name}: tictalk {}", role.trim_end_matches(')'))
        );
        // Spaces between runs are positions there.
        let dense = |row: &String| row.replace(' ', "");
        let expected = replayed(journal);
        assert!(
            rows_of(shown)
                .iter()
                .map(dense)
                .eq(expected.iter().map(dense)),
            "{shown}"
        );
        assert!(
            picture.contains(" role=\"document\" lang=\"en\" "),
            "{picture}"
        );
        assert!(
            picture.contains("<title id=\"title\">tictalk session 1: "),
            "{picture}"
        );
        assert_self_contained(&picture);
    }
}

#[test]
fn the_style_of_a_page_is_the_one_that_its_policy_allows() {
    let talked = talk(&["Hello"]);
    let page = export(&talked.client, "html");
    let file = talked.client.file("page.html");
    std::fs::write(&file, page).unwrap();
    let script = "import sys, re, hashlib, base64\n\
         page = open(sys.argv[1], encoding='utf-8', newline='').read()\n\
         style = re.search('<style>(.*?)</style>', page, re.S).group(1)\n\
         digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()\n\
         print(f\"'sha256-{digest}'\" in page)";
    let read = python("-c").args([script, file.to_str().unwrap()]).run();
    assert_eq!(read.stdout.trim(), "True", "{}", read.stderr);
}

#[test]
fn hostile_text_is_harmless_in_a_page_and_a_picture() {
    let flood = "x".repeat(4_096);
    let combining = format!("a{}", "\u{301}".repeat(1_000));
    let hostile = [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "</pre></main>]]>--></svg><svg onload=alert(1)>&#60;&lt;",
        "a\u{202e}txt.exe\u{2066}b\x1b[2J\x1b]0;title\x07\u{9b}31m\0\x7f\u{feff}\u{ffff}",
        "你好 👩\u{200d}🚀 שלום مرحبا e\u{301}",
        combining.as_str(),
        flood.as_str(),
    ];
    let journal = talk_with(&hostile);
    for format in ["html", "svg"] {
        let drawn = export(&journal, format);
        // As text, with its angle brackets escaped, it may stand there.
        let markup = drawn.replace("&lt;img src=x onerror=alert(1)&gt;", "");
        let markup = markup.replace("&lt;svg onload=alert(1)&gt;", "");
        assert_self_contained(&markup);
        let hidden =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!drawn.contains(hidden), "{drawn}");
        assert!(
            drawn.contains("&lt;U+202E&gt;txt.exe") && drawn.contains('␛'),
            "{drawn}"
        );
    }
    let shown = read_xml(&journal, &export(&journal, "svg"));
    assert!(shown.contains("<script>alert(1)</script>"), "{shown}");
    assert!(shown.contains("]]>--></svg>"), "{shown}");
    assert!(shown.contains("你好"), "{shown}");
    assert_eq!(
        shown.matches('x').count(),
        4_096 + "txt.exe".matches('x').count() + 1
    );
    let rows = screen_of(&export(&journal, "html"));
    assert!(
        rows.contains(&"x".repeat(79)) && !rows.contains(&"x".repeat(81)),
        "{rows}"
    );
}

#[test]
fn hidden_input_is_stars_in_a_page_and_a_picture() {
    let (server, client) = (Journal::new(), Journal::new());
    let (mut ann, port) = Program::server().data(&server.folder).start().listening();
    let mut bob = Program::client(port).data(&client.folder).start();
    bob.prompt();
    bob.enter("play hangman");
    bob.wait_for("Enter Input (hidden) >");
    bob.enter("zyzzyva");
    for line in ["e", "/q"] {
        ann.prompt();
        ann.enter(line);
    }
    ann.finish();
    bob.finish();
    let shown = export(&client, "html");
    assert!(
        screen_of(&shown).contains("Enter Input (hidden) >*******"),
        "{shown}"
    );
    for format in ["html", "svg"] {
        for journal in [&server, &client] {
            let drawn = export(journal, format);
            assert!(!drawn.contains("zyzzyva"), "{drawn}");
        }
    }
}

#[test]
fn the_last_turns_are_drawn_with_the_games_they_continue() {
    let talked = talk(GAME);
    for format in ["html", "svg"] {
        let last = &["history", "export", "1", "--format", format, "--last", "2"];
        let drawn = talked.client.read(last);
        assert!(
            drawn.contains("Well played") && drawn.contains(" wins. You "),
            "{drawn}"
        );
        assert!(!drawn.contains("How are you?"), "{drawn}");
        let all = &[
            "history", "export", "1", "--format", format, "--last", "999",
        ];
        assert_eq!(talked.client.read(all), export(&talked.client, format));
    }
    for format in ["text", "json", "markdown"] {
        let last = &["history", "export", "1", "--format", format, "--last", "2"];
        assert_eq!(
            talked.client.fail(last),
            "tictalk: --last applies to a session as html or svg\n"
        );
    }
    let none = &["history", "export", "1", "--format", "svg", "--last", "0"];
    assert_eq!(talked.client.run(none).code, Some(2));
}

#[test]
fn a_session_too_long_for_one_picture_is_a_page() {
    // Each message has 200 lines.
    let long = "line\n".repeat(200);
    let journal = talk_with(&[long.trim_end(); 11]);
    let error = journal.fail(&["history", "export", "1", "--format", "svg"]);
    assert!(
        error.contains("--last 50") && error.contains("--format html"),
        "{error}"
    );
    assert!(error.contains(&format!(" {MOST_ROWS} at most")), "{error}");
    let page = export(&journal, "html");
    assert_eq!(screen_of(&page).matches("line\n").count(), 2_200);
    let last = journal.read(&["history", "export", "1", "--format", "svg", "--last", "4"]);
    assert!(read_xml(&journal, &last).matches("line").count() >= 400);
}

#[test]
fn an_altered_session_is_no_half_page() {
    let talked = talk(&["Hello"]);
    // The digests agree, but no session has a blank turn.
    forge(&talked.client, " ");
    for format in ["html", "svg"] {
        assert_eq!(
            talked
                .client
                .fail(&["history", "export", "1", "--format", format]),
            "tictalk: turn 1 of session 1 was altered in the journal\n"
        );
    }
}

#[test]
fn a_room_is_a_page_of_posts_with_times_and_names() {
    let journal = Journal::new();
    let mut room = Room::open(&["--name", "math", "--data", &journal.folder]);
    let mut ann = room.join("ann");
    room.hear(&mut ann, "Hello <b>all</b>", "ann: Hello <b>all</b>\n");
    room.hear(&mut ann, "/me waves", "* ann waves\n");
    assert_eq!(room.close().code, Some(0));
    let page = journal.read(&["history", "export", "r1", "--format", "html"]);
    assert!(page.contains("<title>tictalk room math</title>"), "{page}");
    assert!(
        page.contains("</time> <b>ann:</b> <bdi>Hello &lt;b&gt;all&lt;/b&gt;</bdi></li>\n"),
        "{page}"
    );
    assert!(page.contains("<bdi>* ann waves</bdi></li>\n"), "{page}");
    assert!(
        page.contains("<li value=\"1\"><time datetime=\"20"),
        "{page}"
    );
    assert_self_contained(&page);
    assert_eq!(
        journal.fail(&["history", "export", "r1", "--format", "svg"]),
        "tictalk: room r1 cannot be drawn as a terminal: use --format html\n"
    );
    assert_eq!(
        journal.fail(&["history", "export", "r1", "--format", "html", "--last", "3"]),
        "tictalk: --last applies to a session as html or svg\n"
    );
}

#[test]
fn a_reader_of_a_page_that_has_seen_enough_is_no_failure() {
    let talked = talk(GAME);
    for format in ["html", "svg"] {
        let reader = Program::new().args(["history", "export", "1", "--format", format]);
        let done = reader.data(&talked.client.folder).unread().run();
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    }
}

/// The same rows on a drawn screen of 80 columns, and wrapped by one of 40.
#[cfg(unix)]
#[test]
fn a_picture_shows_what_the_screen_of_the_client_showed() {
    let journal = Journal::new();
    for (at, columns) in [80, 40].into_iter().enumerate() {
        let (mut server, port) = Program::server()
            .args(["--name", "ann"])
            .start()
            .listening();
        let mut client = Program::client(port)
            .args(["--name", "bob"])
            .data(&journal.folder)
            .on_screen_of((140, columns));
        for (said, answer) in [
            ("Hello", "Hi"),
            ("play tictactoe", "5"),
            ("1", "4"),
            ("3", "6"),
        ] {
            client.prompt();
            client.enter(said);
            server.prompt();
            server.enter(answer);
        }
        client.wait_for(" wins. You ");
        client.prompt();
        client.enter("/q");
        assert_eq!(client.finish(), 0);
        server.finish();
        let seen = rows_of(&client.contents());
        let id = (at + 1).to_string();
        let page = journal.read(&["history", "export", &id, "--format", "html"]);
        let dense = |rows: &[String]| rows.concat().replace(' ', "");
        assert_eq!(
            dense(&rows_of(&screen_of(&page))),
            dense(&seen),
            "{columns}"
        );
    }
}

//! Searches for words.

use super::{talk, talk_into};

#[test]
fn a_search_finds_words_and_their_beginnings_in_all_sessions() {
    let first = talk(&["Grüße from the harbour", "What a harbour"]);
    let both = talk_into(&["No harbor here"], first.server, first.client);
    let found = both.client.read(&["history", "search", "HARBO"]);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with("Session 2, turn 1, 20")
            && lines[0].ends_with(", you: No harbor here")
    );
    assert!(
        lines[1].starts_with("Session 1, turn 2, ") && lines[1].ends_with(", ann: What a harbour")
    );
    for (words, count) in [
        (&["what", "harbour"][..], 1),
        (&["harbour", "what"], 1),
        (&["what harbour"], 0),
        (&["a harbour"], 1),
        (&["gruße"], 1),
        (&["nowhere"], 0),
    ] {
        let arguments = [&["history", "search"], words].concat();
        if count == 0 {
            both.client.finds_nothing(&arguments);
            continue;
        }
        let found = both.client.read(&arguments);
        let hits = found.lines().filter(|line| line.starts_with("Session"));
        assert_eq!(hits.count(), count, "{words:?}: {found}");
    }
}

#[test]
fn a_search_takes_any_words() {
    let talked = talk(&["Hello", "Hello"]);
    for (words, hits) in [
        (&["\""][..], 0),
        (&["\"\"\""], 0),
        (&["'; DROP TABLE turns; --"], 0),
        (&["hello AND"], 0),
        (&["NEAR(hello"], 0),
        (&["text:hello"], 0),
        (&["*"], 0),
        (&["hello*"], 2),
        (&["(hello)"], 2),
        (&["\"hello\""], 2),
        (&["-", "hello"], 2),
        (&["👩\u{200d}🚀"], 0),
        (&["?!"], 0),
        (&[""], 0),
        (&["^hello"], 2),
        (&["{text}", "hello"], 0),
    ] {
        let arguments = [&["history", "search", "--"], words].concat();
        if hits == 0 {
            talked.client.finds_nothing(&arguments);
        } else {
            let found = talked.client.read(&arguments);
            assert_eq!(found.lines().count(), hits, "{words:?}: {found}");
        }
    }
}

#[test]
fn a_search_that_finds_very_much_says_so() {
    let lines: Vec<String> = (1..=101).map(|number| format!("again {number}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let talked = talk(&lines);
    let found = talked.client.read(&["history", "search", "again"]);
    let hits = found.lines().filter(|line| line.starts_with("Session"));
    assert_eq!(hits.count(), 100);
    assert!(
        found.ends_with("\nOnly the newest 100 are listed: add a word to narrow the search.\n")
    );
    let fewer = talked.client.read(&["history", "search", "again", "101"]);
    assert_eq!(fewer.lines().count(), 1);
}

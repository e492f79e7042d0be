//! Names: what can be one, and which are too much alike.

use super::{Room, address};
use proptest::prelude::*;
use tictalk::room::{Farewell, HubInput, LineMark, Nick, NickError, Settings};

fn alike(one: &str, other: &str) -> bool {
    let keys = |name: &str| Nick::read(name).unwrap().keys();
    keys(one).iter().any(|key| keys(other).contains(key))
}

#[test]
fn a_name_has_1_to_20_visible_characters() {
    for good in [
        "a",
        "Ann",
        "ann lee",
        "Zoë",
        "山田",
        "7 of 9",
        "o'neil",
        "x".repeat(20).as_str(),
    ] {
        assert_eq!(Nick::read(good).unwrap().as_str(), good);
    }
    assert_eq!(Nick::read("  ann   lee ").unwrap().as_str(), "ann lee");
    assert_eq!(Nick::read("ＡＮＮ").unwrap().as_str(), "ANN");
    for blank in ["", " ", "\u{3000}"] {
        assert_eq!(Nick::read(blank), Err(NickError::Blank), "{blank:?}");
    }
    for long in ["x".repeat(21), "x".repeat(5_000), "\u{fdfa}".repeat(2)] {
        let read = Nick::read(&long);
        assert!(matches!(read, Err(NickError::TooLong { .. })), "{read:?}");
    }
    for hidden in [
        "a\nb",
        "a\tb",
        "a\u{1b}[2J",
        "a\u{200b}",
        "\u{200d}",
        "a\u{202e}b",
        "\u{301}a",
        "\u{2800}",
        "a\u{ad}",
        "\u{e000}",
        "a\u{e0041}",
        "\u{3164}",
        // Format characters, those that can be seen too.
        "ann\u{13430}",
        "ann\u{600}",
        "ann\u{70f}",
        "ann\u{110bd}",
        // Characters that look like nothing.
        "ann\u{16fe4}",
        "ann\u{1d159}",
        "ann\u{fffc}",
        // Not assigned, or never to be a character.
        "ann\u{378}",
        "ann\u{2065}",
        "ann\u{fffe}",
    ] {
        assert_eq!(Nick::read(hidden), Err(NickError::Invisible), "{hidden:?}");
    }
    for sign in [
        "/who",
        "* ann",
        "--",
        "ann:",
        "ann\u{a789}",
        "ann：",
        "ann\u{1361}",
        "ann\u{1365}",
        "ann\u{2982}",
        "ann\u{a6f4}",
        "ann\u{5c3}",
        "(ann)",
        // A letter or a digit comes first.
        "🦊",
        "── ann left.",
        "— ann",
        "∗ ann",
        "⁎ ann",
        "› ann",
        "➔ ann",
        "❨from ann❩",
        "'ann",
        "_ann",
        "^",
    ] {
        assert_eq!(Nick::read(sign), Err(NickError::Sign), "{sign:?}");
    }
}

#[test]
fn case_width_and_lookalikes_make_no_other_name() {
    for (one, other) in [
        ("ann", "ANN"),
        ("ann", "ａｎｎ"),
        ("ann", "аnn"), // Cyrillic
        ("Ann", "Αnn"), // Greek
        ("ian", "Ian"),
        ("Ian", "lan"),
        ("bill", "bi11"),
        ("bob", "b0b"),
        ("eve", "eνe"), // Greek
        ("mary", "rnary"),
        ("will", "vvill"),
        ("ann lee", "annlee"),
        ("oscar", "օscar"), // Armenian
        ("ﬁn", "fin"),
        ("𝐚𝐧𝐧", "ann"),
        ("НОРЕ", "HOPE"), // Cyrillic
        ("ꓮꓠꓠ", "ann"),   // Lisu
        ("ᴀnn", "ann"),   // small capitals
        ("ᴀɴɴᴀ ʟᴇᴇ", "Anna Lee"),
        ("cⲟⲟrdinatⲟr", "coordinator"), // Coptic
        ("Ⲁⲛⲛ", "ann"),
        ("Νίκος", "νίκος"),
    ] {
        assert!(alike(one, other), "{one} and {other}");
    }
    for (one, other) in [
        ("ann", "anna"),
        ("zoe", "zoë"),
        ("山田", "山口"),
        ("tim", "tom"),
        ("ane", "ave"),
        ("пётр", "петя"),
    ] {
        assert!(!alike(one, other), "{one} and {other}");
    }
}

#[test]
fn nobody_is_called_host_even_where_the_host_has_another_name() {
    let settings = Settings::new(Nick::read("Prof. Zed").unwrap(), 1_700_000_000_000);
    let mut room = Room::with(settings);
    let ann = room.raw("ann");
    room.forget_seen();
    for name in ["host", "HOST", "h0st", "hоst"] {
        let connection = room.tictalk(name);
        assert!(matches!(
            room.closed[&connection],
            Farewell::Name(NickError::Taken(_))
        ));
    }
    room.say(ann, "/nick Host");
    assert_eq!(
        room.seen(ann),
        ["The name Host is taken, or looks like one that is taken."]
    );
    assert_eq!(room.names(), ["ann"]);
}

#[test]
fn every_character_of_a_name_has_a_category_that_can_be_seen() {
    let class = |pattern: &str| {
        let hir = regex_syntax::parse(pattern).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) =
            hir.into_kind()
        else {
            panic!("{pattern} is no class");
        };
        class
    };
    let holds = |class: &regex_syntax::hir::ClassUnicode, c: char| {
        let ranges = class.ranges();
        let at = ranges.partition_point(|range| range.end() < c);
        ranges.get(at).is_some_and(|range| range.start() <= c)
    };
    // The newer of two versions of Unicode may assign more characters.
    let hidden = class(r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]");
    let first = class(r"[\p{L}\p{N}\p{Cn}]");
    for c in '\0'..=char::MAX {
        if let Ok(nick) = Nick::read(&format!("a{c}a")) {
            let shown = nick.as_str();
            assert!(!shown.chars().any(|c| holds(&hidden, c)), "{c:?}");
        }
        if let Ok(nick) = Nick::read(&format!("{c}a")) {
            let begins = nick.as_str().chars().next().unwrap();
            assert!(holds(&first, begins), "{c:?} {begins:?}");
        }
    }
}

#[test]
fn a_raw_peer_is_asked_until_it_says_a_name_that_it_can_have() {
    let mut room = Room::new();
    room.raw("ann");
    let connection = room.connection();
    let from = address(connection);
    room.handle(HubInput::Connected {
        connection,
        from,
        mark: LineMark::Unmarked,
    });
    assert_eq!(room.seen(connection), [""; 0]);
    for (said, why) in [
        ("\n", "A name needs at least one visible character."),
        (
            "AΝN",
            "The name AΝN is taken, or looks like one that is taken.",
        ),
        (
            "Host",
            "The name Host is taken, or looks like one that is taken.",
        ),
        (
            "/who",
            "A name must begin with a letter or a digit, and cannot contain a colon.",
        ),
    ] {
        room.say(connection, said);
        assert_eq!(room.seen(connection), [format!("{why} What is your name?")]);
    }
    room.say(connection, "bob\n");
    let seen = room.seen(connection);
    assert_eq!(
        seen[0],
        "You are bob, #2. ann (coordinator) is here. \
         /nick NAME changes your name, /help lists the commands."
    );
    assert_eq!(
        seen[1..],
        [
            "-- ann joined.",
            "-- ann is now the coordinator.",
            "-- bob joined."
        ]
    );
}

#[test]
fn a_client_whose_name_is_taken_is_turned_away_and_one_without_gets_one() {
    let mut room = Room::new();
    room.tictalk("ann");
    let connection = room.tictalk("Аnn"); // Cyrillic
    assert!(matches!(
        room.closed[&connection],
        Farewell::Name(NickError::Taken(_))
    ));
    let connection = room.hello(None, None);
    assert_eq!(&*room.welcomes[&connection].name, "guest2");
    assert_eq!(room.names(), ["ann", "guest2"]);
}

#[test]
fn a_new_name_frees_the_old_one() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    let bob = room.raw("bob");
    room.forget_seen();
    room.say(ann, "/nick BOB");
    assert_eq!(
        room.seen(ann),
        ["The name BOB is taken, or looks like one that is taken."]
    );
    room.say(ann, "/nick Ann");
    room.say(ann, "/nick carol");
    assert_eq!(
        room.seen(bob),
        ["-- ann is now called Ann.", "-- Ann is now called carol."]
    );
    room.raw("ann");
    assert_eq!(room.names(), ["carol", "bob", "ann"]);
}

proptest! {
    #[test]
    fn every_parsed_name_is_valid(text in "\\PC{0,24}|[aΑаοоо0l1IӀ ]{1,12}|.{0,30}") {
        let Ok(nick) = Nick::read(&text) else {
            return Ok(());
        };
        let name = nick.as_str();
        prop_assert!((1..=20).contains(&name.chars().count()));
        prop_assert!(!name.contains(':') && !name.chars().any(char::is_control));
        prop_assert_eq!(Nick::read(name), Ok(nick.clone()), "it is in its standard form");
        prop_assert!(!nick.keys().is_empty() && nick.keys().iter().all(|key| !key.is_empty()));
        for again in [name.to_uppercase(), name.to_lowercase()] {
            if let Ok(again) = Nick::read(&again) {
                let keys = again.keys();
                prop_assert!(nick.keys().iter().any(|key| keys.contains(key)), "{} {}", nick, again);
            }
        }
    }
}

#[test]
fn a_connection_without_a_name_in_time_is_asked_to_leave() {
    let mut room = Room::new();
    room.raw("ann");
    let [silent, refused] = [(); 2].map(|()| {
        let connection = room.connection();
        let from = address(connection);
        room.handle(HubInput::Connected {
            connection,
            from,
            mark: LineMark::Unmarked,
        });
        connection
    });
    room.say(refused, "ann");
    room.wait(9);
    assert_eq!(room.closed.get(&silent), None);
    room.wait(1);
    assert_eq!(room.closed[&silent], Farewell::Nameless);
    // Another name takes longer to be thought of.
    room.wait(109);
    assert_eq!(room.closed.get(&refused), None);
    room.wait(1);
    assert_eq!(room.closed[&refused], Farewell::Nameless);
    assert_eq!(room.hub.connections(), 1);
}

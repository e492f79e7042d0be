use super::{FIRST, json, player, tournament};
use crate::player::script;
use crate::support::new_folder;
use std::path::Path;

/// Whether a process other than the tournament runs in this folder.
#[cfg(target_os = "linux")]
fn is_used(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap();
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let place = std::fs::read_link(entry.path().join("cwd"));
        place.is_ok_and(|place| place == folder)
    })
}

#[test]
fn programs_with_faults_lose_and_nothing_of_them_is_left() {
    let folder = new_folder();
    for (name, text) in [
        ("good.sh", FIRST),
        ("sleeps.sh", "sleep 600\n"),
        ("floods.sh", "while :; do echo hello; done\n"),
        ("prints.sh", "echo hello\ncat >/dev/null\n"),
        ("exits.sh", "read -r line; echo because >&2; exit 3\n"),
        // It leaves two children that hold its pipes, and ends.
        (
            "forks.sh",
            "sleep 600 & sleep 600 &\nread -r line; exit 0\n",
        ),
    ] {
        script(&folder, name, text);
    }
    let names = ["good", "sleeps", "floods", "prints", "exits", "forks"];
    let lines = names.map(|name| format!("sh {name}.sh"));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let words = [&["tictactoe"], &lines[..]].concat();
    let more = ["--move-time", "3", "--jobs", "16", "--format", "json"];
    let ended = tournament(&folder, &words).args(more).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let table = json(&ended.stdout);
    assert_eq!(table["played"], 30);
    // Two of these meet each other, and the one that is asked first loses.
    for (name, fault) in [
        ("sleeps", "timeout"),
        ("floods", "illegal move"),
        ("prints", "illegal move"),
        ("exits", "crash"),
    ] {
        let row = player(&table, &format!("sh {name}.sh"));
        let faults = row["faults"].as_object().unwrap();
        assert_eq!(faults.keys().collect::<Vec<_>>(), [fault], "{row:#}");
        assert!(faults[fault].as_u64() >= Some(4), "{row:#}");
    }
    let forks = player(&table, "sh forks.sh");
    let lost: u64 = forks["faults"]
        .as_object()
        .unwrap()
        .values()
        .map(|it| it.as_u64().unwrap())
        .sum();
    assert_eq!(Some(lost), forks["lost"].as_u64(), "{forks:#}");
    let good = player(&table, "sh good.sh");
    assert_eq!(
        (&good["won"], &good["place"]),
        (&10.into(), &1.into()),
        "{table:#}"
    );
    // Each fault names its session, and the file with what the program said about it.
    let games = table["games"].as_array().unwrap();
    let crashed = games.iter().find(|game| {
        let why = game["why"].as_str().unwrap_or_default();
        why.starts_with("ended with exit code 3; its standard error is in ")
    });
    let why = crashed.unwrap()["why"].as_str().unwrap();
    let (_, file) = why.split_once("; its standard error is in ").unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "because\n");
    assert!(crashed.unwrap()["session"].as_u64() >= Some(1));
    #[cfg(target_os = "linux")]
    {
        let end = std::time::Instant::now() + crate::support::LIMIT;
        while is_used(&folder) {
            assert!(std::time::Instant::now() < end, "a process is left");
            std::thread::park_timeout(std::time::Duration::from_millis(2));
        }
    }
}

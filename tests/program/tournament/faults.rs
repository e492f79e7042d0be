use super::{FIRST, json, player, shell_players, tournament};
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

/// The files with the standard error of programs, in this folder.
fn error_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder.join("tournaments")).unwrap();
    let files = entries.flatten().map(|entry| entry.path());
    files
        .filter(|path| path.to_string_lossy().ends_with(".stderr.txt"))
        .collect()
}

#[test]
fn the_standard_error_of_five_games_is_kept_for_each_kind_of_fault() {
    for (name, text) in [
        ("sleeps.sh", "echo because >&2; sleep 600\n"),
        (
            "floods.sh",
            "echo because >&2; while :; do echo hello; done\n",
        ),
        (
            "prints.sh",
            "echo because >&2; echo hello; cat >/dev/null\n",
        ),
        ("exits.sh", "echo because >&2; exit 3\n"),
    ] {
        let folder = new_folder();
        shell_players(&folder);
        script(&folder, name, text);
        let line = format!("sh {name}");
        let words = ["tictactoe", "sh first.sh", &line, "--rounds", "3"];
        let more = ["--move-time", "1", "--jobs", "6", "--format", "json"];
        let ended = tournament(&folder, &words).args(more).run();
        let table = json(&ended.stdout);
        assert_eq!(player(&table, &line)["lost"], 6, "{table:#}");
        let files = error_files(&folder);
        assert_eq!(files.len(), 5, "{name}: {files:?}");
        for file in files {
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "because\n");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = std::fs::metadata(&file).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{}", file.display());
            }
        }
    }
}

#[test]
fn the_next_tournament_removes_the_standard_error_of_the_last_one() {
    let folder = new_folder();
    shell_players(&folder);
    script(&folder, "mine.sh", "echo because >&2; exit 3\n");
    let words = ["tictactoe", "sh first.sh", "sh mine.sh"];
    assert_eq!(tournament(&folder, &words).run().code, Some(0));
    let files = error_files(&folder);
    assert_eq!(files.len(), 2, "{files:?}");
    let text = std::fs::read_to_string(folder.join("first.sh")).unwrap();
    script(&folder, "mine.sh", &text);
    assert_eq!(tournament(&folder, &words).run().code, Some(0));
    assert_eq!(error_files(&folder), Vec::<std::path::PathBuf>::new());
    // A pipe in the place of such a file keeps nobody waiting.
    #[cfg(unix)]
    {
        script(&folder, "mine.sh", "echo because >&2; exit 3\n");
        let [one, other] = [&files[0], &files[1]];
        nix::unistd::mkfifo(one, nix::sys::stat::Mode::S_IRWXU).unwrap();
        std::os::unix::fs::symlink(folder.join("first.sh"), other).unwrap();
        assert_eq!(tournament(&folder, &words).run().code, Some(0));
        for file in &files {
            assert_eq!(std::fs::read_to_string(file).unwrap(), "because\n");
        }
        let first = std::fs::read_to_string(folder.join("first.sh")).unwrap();
        assert_eq!(first, text);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_program_loses_because_the_machine_has_run_out_of_files() {
    let folder = new_folder();
    let [first, last] = shell_players(&folder);
    let words = ["tictactoe", first, last, "--rounds", "20", "--jobs", "32"];
    let few_files = ["sh", "-c", "ulimit -n 40; exec \"$@\"", "sh"];
    let ended = tournament(&folder, &words)
        .args(["--no-journal"])
        .through(few_files)
        .run();
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(1), ""),
        "{ended:?}"
    );
    assert!(
        ended
            .stderr
            .contains("play fewer games at once with --jobs"),
        "{ended:?}"
    );
}

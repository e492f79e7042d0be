//! The configuration file: what it gives, what beats it, what is refused, and what is in force.

use crate::support::{
    CONFIG, DATA, Finished, NOT_ROOT, Program, Running, Socket, frame, hello, new_folder, skip,
};
use std::path::PathBuf;
use std::process::Command;

/// A folder to start programs in, that is also the home of whoever starts them.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let folder = new_folder();
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// With this `tictalk.toml`.
    fn with(text: &str) -> Self {
        let place = Self::new();
        place.write("tictalk.toml", text);
        place
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A program with no configuration but what is here.
    fn program(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Program {
        Program::new()
            .folder(&self.0)
            .without_env(CONFIG)
            .without_env(DATA)
            .env("HOME", &self.0)
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .env("XDG_DATA_HOME", self.0.join("data"))
            .args(arguments)
            .envs(environment)
    }

    fn start(&self, arguments: &[&str]) -> Running {
        self.program(arguments, &[]).start()
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        self.start(arguments).finish()
    }

    /// The output of `tictalk config`.
    fn config(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let arguments = [&["config"], arguments].concat();
        let shown = self.program(&arguments, environment).run();
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        assert_eq!(shown.stderr, "");
        shown.stdout
    }
}

/// The one line that says why a file is refused, without the name of the program.
fn refusal(finished: &Finished) -> &str {
    assert_eq!(finished.code, Some(2), "{finished:?}");
    assert_eq!(finished.stdout, "");
    let line = finished.stderr.strip_prefix("tictalk: ").unwrap();
    let line = line.strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\x1b']), "{line:?}");
    line
}

/// The rows of `tictalk config`: command, key, value and where it comes from.
fn rows(shown: &str) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    let mut command = "";
    for line in shown.lines() {
        if let Some(name) = line.strip_prefix('[') {
            command = name.strip_suffix(']').unwrap();
        } else if let Some((left, source)) = line.split_once("  # ") {
            let (key, value) = left.split_once(" = ").unwrap_or((left, ""));
            let key = key.trim_start_matches("# ");
            rows.push([command, key.trim(), value.trim(), source].map(str::to_owned));
        }
    }
    rows
}

#[test]
fn the_command_line_beats_the_environment_and_that_the_file_and_that_the_default() {
    // Each client goes to the last of the ports that it is told, with the last of the names.
    let listeners: Vec<_> = (0..4).map(|_| Socket::listen()).collect();
    let port = |index: usize| listeners[index].1.to_string();
    let names = ["top", "own", "variable", "option"];
    for told in 0..4 {
        let mut file = format!("name = 'top'\nport = {}\n", port(0));
        if told > 0 {
            file += &format!("[client]\nname = 'own'\nport = {}\n", port(1));
        }
        let place = Place::with(&file);
        let mut arguments = vec!["client".to_owned()];
        if told > 2 {
            arguments.extend(["--name", "option", "--port", &port(3)].map(str::to_owned));
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let variable = port(2);
        let environment = [("TICTALK_NAME", "variable"), ("TICTALK_PORT", &variable)];
        let environment = if told > 1 { &environment[..] } else { &[] };
        let _client = place.program(&arguments, environment).start();
        let mut server = Socket::accept(&listeners[told].0);
        let name = format!(r#""name":"{}""#, names[told]);
        assert!(server.receive_frame().1.contains(&name), "{name}");
    }
    let shown = Place::new().config(&["client"], &[]);
    assert!(shown.contains("port = 1059 "), "{shown}");
    assert!(shown.contains("\n# name "), "{shown}");
}

#[test]
fn every_key_has_effect() {
    let listed = rows(&Place::new().config(&[], &[]));
    let commands: Vec<_> = listed.iter().map(|row| row[0].as_str()).collect();
    for command in ["server", "client", "solo", "bot", "history", "replay"] {
        assert!(commands.contains(&command), "{command}");
    }
    for [command, key, value, _] in &listed {
        let arguments: &[&str] = match command.as_str() {
            "replay" | "verify" | "forget" => &[command, "1"],
            _ => &[command],
        };
        // The parser of an option also checks the file, with a message from the command itself.
        let wrong = if matches!(value.as_str(), "true" | "false") {
            "'x'"
        } else {
            "true"
        };
        let place = Place::with(&format!("[{command}]\n{key} = {wrong}"));
        let refused = place.run(arguments);
        let line = format!("tictalk.toml, line 2: {key}: ");
        assert!(refusal(&refused).contains(&line), "{}", refused.stderr);

        // Another value than the default is taken, under the command and at the top.
        let other = match value.as_str() {
            "false" => "true".to_owned(),
            number if number.parse::<u32>().is_ok() => "7".to_owned(),
            _ => match Place::with(&format!("{key} = '?'")).run(&["config", command]) {
                free if free.code == Some(0) => r#""other""#.to_owned(),
                checked => match checked.stderr.split_once("is not one of ") {
                    Some((_, choices)) => {
                        let mut choices = choices.trim_end().split(", ");
                        let other = choices.find(|choice| !value.contains(choice));
                        format!("{:?}", other.unwrap())
                    }
                    None => r#""other""#.to_owned(),
                },
            },
        };
        for (file, line) in [
            (format!("[{command}]\n{key} = {other}"), 2),
            (format!("{key} = {other}"), 1),
        ] {
            let row = [command, key, &other, &format!("file, line {line}")].map(String::to_owned);
            let shown = rows(&Place::with(&file).config(&[command], &[]));
            assert!(shown.contains(&row), "{row:?} in {shown:#?}");
        }
    }
}

#[test]
fn values_of_the_file_reach_the_session() {
    let (listener, port) = Socket::listen();
    let place = Place::with(&format!(
        "color = 'always'\nno-journal = true\ndescribe = true\n\
         [client]\nhost = '127.0.0.1'\nport = {port}\nwire = 'framed'\nreconnect = 0"
    ));
    let mut client = place.start(&["client"]);
    let mut server = Socket::accept(&listener);
    client.prompt();
    client.enter("Hello");
    assert_eq!(server.receive(9), frame("Hello"));
    server.send(&frame("play tictactoe"));
    client.wait_for("Free: 1, 2, 3");
    assert!(client.output().contains('\x1b'));
    drop(server);
    assert_eq!(client.finish().code, Some(0));
    assert!(!place.0.join("data").exists(), "a journal was written");

    let free = Socket::listen().1;
    let place = Place::with(&format!("wait = 60\nport = {free}"));
    place
        .start(&["client"])
        .wait_for_error("Waiting for a server on port");

    let place = Place::with("data = 'own'\n[bot]\nname = 'robot'\nport = 0\nlevel = 'perfect'");
    place.start(&["server", "--port", "0"]).wait_for("\n");
    assert!(place.0.join("own").exists());
    // An option before or after a subcommand also takes precedence over the file.
    for (arguments, folder) in [
        (&["history", "show", "1"][..], "own"),
        (&["history", "--data", "a", "show", "1"], "a"),
        (&["history", "show", "1", "--data", "b"], "b"),
    ] {
        let place = Place::with("data = 'own'");
        place.write(&format!("{folder}/journal.db"), "no journal at all");
        let broken = place.run(arguments).stderr;
        assert!(
            broken.contains(&format!("the journal {folder}")),
            "{broken}"
        );
    }
    let mut bot = place.start(&["bot"]);
    let mut peer = Socket::connect(bot.port());
    peer.send(&hello());
    assert!(peer.receive_frame().1.contains(r#""name":"robot""#));
}

#[test]
fn a_switch_of_the_file_is_switched_off_by_the_environment() {
    let place = Place::with("describe = true");
    for (environment, expected) in [
        (&[][..], "describe = true "),
        (&[("TICTALK_DESCRIBE", "0")], "describe = false "),
    ] {
        let shown = place.config(&["solo"], environment);
        assert!(shown.contains(expected), "{shown}");
        let solo = place.program(&["solo", "tictactoe", "--no-journal"], environment);
        let mut solo = solo.start();
        let board = solo.prompt();
        assert_eq!(board.contains("+---+"), !environment.is_empty(), "{board}");
    }
}

#[test]
fn numbers_texts_and_switches_are_written_as_in_toml() {
    for (file, row) in [
        ("port = 0x0FA0", "port = 4000 "),
        ("port = 4_000", "port = 4000 "),
        ("port = '4000'", "port = 4000 "),
        ("server.port = 4000", "port = 4000 "),
        ("server = { port = 4000 }", "port = 4000 "),
        ("name = 7", "name = 7 "),
        ("name = '''a\"b\\'''", r#"name = "a\"b\\" "#),
        ("\u{feff}port = 4000\r\n", "port = 4000 "),
    ] {
        let shown = Place::with(file).config(&["server"], &[]);
        assert!(shown.contains(row), "{file}: {shown}");
    }
}

#[test]
fn an_error_in_a_file_is_reported_in_one_line_that_names_the_place() {
    for (file, told) in [
        (
            "\nprot = 1",
            "line 2: prot: unknown key; did you mean port?",
        ),
        (
            "no_journal = true",
            "line 1: no_journal: unknown key; did you mean no-journal?",
        ),
        (
            "[sever]\nport = 1",
            "line 1: [sever]: unknown table; did you mean server?",
        ),
        (
            "[client]\nnmae = 'ann'",
            "line 2: nmae: unknown key; did you mean name?",
        ),
        (
            "[history]\nport = 1",
            "line 2: port: unknown key; choose from data",
        ),
        (
            "[zzz]",
            "line 1: [zzz]: unknown table; choose from bot, client, forget, history, probe, replay, room, \
             server, solo, tournament, verify",
        ),
        (
            "[client]\nresume = true",
            "line 2: resume: this option cannot be set in a file; pass it on the command line",
        ),
        (
            "config = 'other.toml'",
            "line 1: config: unknown key; choose from ",
        ),
        ("help = true", "line 1: help: unknown key; "),
        (
            "port = true",
            "line 1: port: write a text in quotes or a number",
        ),
        (
            "describe = 'yes'",
            "line 1: describe: write true or false, without quotes",
        ),
        (
            "port = [4000]",
            "line 1: port: write a text in quotes, a number, true or false",
        ),
        (
            "[client.port]",
            "line 1: port: write a text in quotes, a number, true or false",
        ),
        (
            "# one\nport = 70000",
            "line 2: port: \"70000\" cannot be used: expected a number from 1 to 65535",
        ),
        (
            "port = -1",
            "line 1: port: \"-1\" cannot be used: expected a number from 1 to 65535",
        ),
        (
            "[client]\nwire = 'raven'",
            "line 2: wire: \"raven\" is not one of auto, tictalk, framed, lines, raw",
        ),
        ("name = ''", "line 1: name: \"\" cannot be used: "),
        ("data = ''", "line 1: data: \"\" cannot be used"),
        ("port = 1\nport = 2", "line 2: duplicate key"),
        (
            "port = 1\nname: ann",
            "line 2: invalid unquoted key, expected letters, ",
        ),
        (
            "port = 1\nname = ann",
            "line 2: string values must be quoted",
        ),
        ("port = 1\nname = \"\nann\"", "line 2: invalid basic string"),
        (
            "\"\\u001B[2J\\n\" = 1",
            "line 1: ␛[2J␊: unknown key; choose from ",
        ),
    ] {
        let refused = Place::with(file).run(&["client"]);
        let separator = std::path::MAIN_SEPARATOR;
        let told = format!(".{separator}tictalk.toml, {told}");
        assert!(refusal(&refused).starts_with(&told), "{refused:?}: {told}");
    }
    // Deeper than any file that people write.
    let refused = Place::with(&format!("port = {}", "[".repeat(60_000))).run(&["client"]);
    assert!(refusal(&refused).contains("line 1: "));
}

#[test]
fn only_what_a_command_uses_is_checked_for_it() {
    // A port of 0 is one for servers, and the completions of a shell have to come from any folder.
    let place = Place::with("port = 0");
    place.start(&["server"]).wait_for("\n");
    assert!(refusal(&place.run(&["client"])).contains("port: "));
    assert!(refusal(&place.run(&["config"])).contains("port: "));
    assert_eq!(place.run(&["client", "--help"]).code, Some(0));
    let broken = Place::with("broken");
    for arguments in [&["--version"][..], &["man"], &["completions", "bash"]] {
        assert_eq!(broken.run(arguments).code, Some(0), "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_told_in_one_line() {
    let place = Place::new();
    place.write("large.toml", "# long\n".repeat(10_000));
    place.write("latin.toml", b"name = '\xe9'");
    for (file, told) in [
        ("none.toml", "cannot read none.toml: there is no such file"),
        (
            "a\n\u{1b}[2J.toml",
            "cannot read a␊␛[2J.toml: there is no such file",
        ),
        (
            ".",
            "cannot read .: it is a folder; name a file with --config FILE",
        ),
        (
            "large.toml",
            "cannot use large.toml: it is larger than 65536 bytes",
        ),
        ("latin.toml", "cannot use latin.toml: it is not UTF-8 text"),
    ] {
        for command in ["client", "config"] {
            let refused = place.run(&[command, "--config", file]);
            assert_eq!(refusal(&refused), told);
        }
        let refused = place.program(&["client"], &[(CONFIG, file)]).run();
        assert_eq!(refusal(&refused), told);
    }
    place.write("tictalk.toml/inside", "");
    assert!(refusal(&place.run(&["server"])).contains("it is a folder"));
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_not_waited_for() {
    let place = Place::new();
    let pipe = place.0.join("tictalk.toml");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let refused = place.run(&["server"]);
    assert_eq!(
        refusal(&refused),
        "cannot read ./tictalk.toml: it is a pipe or a device; name a file with --config FILE"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_permission_or_of_somebody_else_is_not_used() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::with("port = 4000");
    let file = place.0.join("tictalk.toml");
    let permit = |mode| {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
    };
    let run = || {
        let config = place.program(&["config", "server"], &[]);
        config.without_env("XDG_CONFIG_HOME").without_rights().run()
    };
    permit(0o000);
    assert_eq!(
        refusal(&run()),
        "cannot read ./tictalk.toml: permission denied"
    );
    permit(0o644);
    assert!(run().stdout.contains("port = 4000 "));
    // Only root can give a file away.
    if nix::unistd::geteuid().is_root() {
        let other = nix::unistd::Uid::from_raw(65534);
        nix::unistd::chown(&file, Some(other), None).unwrap();
        assert_eq!(
            refusal(&run()),
            "./tictalk.toml belongs to another user: if you trust it, add \
             --config ./tictalk.toml"
        );
        let shown = place.config(&["server", "--config", "./tictalk.toml"], &[]);
        assert!(shown.contains("port = 4000 "), "{shown}");
    } else {
        skip(NOT_ROOT);
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_current_folder_is_not_followed() {
    let place = Place::new();
    let elsewhere = place.write("elsewhere.toml", "port = 4000\n");
    for target in [elsewhere.as_path(), std::path::Path::new("nowhere")] {
        let link = place.0.join("tictalk.toml");
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert_eq!(
            refusal(&place.run(&["config"])),
            "cannot read ./tictalk.toml: it is a link; name a file with --config FILE"
        );
        std::fs::remove_file(link).unwrap();
    }
    // A file that is named may be a link.
    let link = place.0.join("named.toml");
    std::os::unix::fs::symlink(elsewhere, link).unwrap();
    let shown = place.config(&["server", "--config", "named.toml"], &[]);
    assert!(shown.contains("port = 4000 "), "{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_file_in_the_current_folder_is_used_before_that_of_the_system() {
    let place = Place::new();
    let system = place.0.join("config/tictalk/tictalk.toml");
    let first = |arguments: &[&str]| {
        let shown = place.config(arguments, &[]);
        shown.split_once("\n\n").unwrap().0.to_owned()
    };
    let path = |path: &std::path::Path| path.display().to_string();
    assert_eq!(
        first(&[]),
        format!(
            "# No configuration file. Searched:\n# ./tictalk.toml\n# {}",
            path(&system)
        )
    );
    place.write("config/tictalk/tictalk.toml", "port = 1");
    assert_eq!(first(&[]), format!("# File: {}", path(&system)));
    assert!(place.config(&[], &[]).contains("port = 1 "));
    place.write("tictalk.toml", "port = 2");
    assert_eq!(
        first(&[]),
        format!("# File: ./tictalk.toml\n# Not read: {}", path(&system))
    );
    assert!(place.config(&[], &[]).contains("port = 2 "));
    place.write("other.toml", "port = 3");
    assert_eq!(
        first(&["--config", "other.toml"]),
        format!(
            "# File: other.toml\n# Not read: ./tictalk.toml\n# Not read: {}",
            path(&system)
        )
    );
    assert!(
        place
            .config(&["--config", "other.toml"], &[])
            .contains("port = 3 ")
    );
    // In front of the command it is the same.
    let shown = place.run(&["--config", "other.toml", "config", "server"]);
    assert!(shown.stdout.contains("port = 3 "), "{}", shown.stdout);
    let named = place
        .program(&["config"], &[(CONFIG, "other.toml")])
        .start();
    assert!(named.finish().stdout.contains("port = 3 "));
}

#[test]
fn values_in_force_are_shown_with_their_source() {
    let place = Place::new();
    // Not every system has such names.
    if cfg!(unix) {
        let odd = "\u{1b}[2J\n.toml";
        place.write(odd, "");
        let shown = place.config(&["--config", odd], &[]);
        assert!(shown.starts_with("# File: ␛[2J␊.toml\n"), "{shown}");
    }
    place.write(
        "my.toml",
        "name = 'ann'\ndescribe = true\n\n[client]\nwait = 60\n",
    );
    let environment = [
        ("TICTALK_PORT", "4000"),
        ("TICTALK_NAME", "bob\u{1b}"),
        ("TICTALK_NO_JOURNAL", "1"),
    ];
    let environment = &environment;
    let refused = place.program(&["config"], environment).run();
    assert!(refusal(&refused).starts_with("environment TICTALK_NAME: \"bob\\u{1b}\" cannot"));
    let environment = [environment[0], ("TICTALK_NAME", "bob"), environment[2]];
    let shown = place.config(&["client", "--config", "my.toml"], &environment);
    assert_eq!(
        shown,
        "\
# File: my.toml

[client]
host = \"localhost\"                          # default
port = 4000                                 # environment TICTALK_PORT
# wire                                      # not set
wait = 60                                   # file, line 5
private = false                             # default
name = \"bob\"                                # environment TICTALK_NAME
reconnect = 120                             # default
panes = false                               # default
describe = true                             # file, line 2
ascii = false                               # default
bell = false                                # default
color = \"auto\"                              # default
# data                                      # not set
no-journal = true                           # environment TICTALK_NO_JOURNAL
"
    );
    assert!(shown.lines().all(|line| line.len() <= 80));
    let refused = place.run(&["config", "sever"]);
    assert_eq!(
        refusal(&refused),
        "sever: unknown command; did you mean server?"
    );
}

#[test]
fn the_output_is_a_file_with_the_same_values() {
    let place = Place::with("name = 'a \"b\" c'\n[client]\nwire = 'raw'");
    let data = "odd \u{1b}[2J \n \\ \" \u{202e} name";
    let environment = [("TICTALK_DATA", data), ("TICTALK_DESCRIBE", "yes")];
    let shown = place.config(&[], &environment);
    assert!(!shown.contains(['\x1b', '\u{202e}']));
    let values = |shown: &str| {
        let rows = rows(shown).into_iter();
        rows.map(|[command, key, value, _]| [command, key, value])
            .collect::<Vec<_>>()
    };
    let again = Place::with(&shown).config(&[], &[]);
    assert_eq!(values(&again), values(&shown));
}

#[test]
fn a_host_with_a_port_comes_from_everywhere_and_a_contradiction_is_one_line() {
    let (listener, port) = Socket::listen();
    let host = format!("127.0.0.1:{port}");
    let from_file = Place::with(&format!("[client]\nhost = '{host}'"));
    let empty = Place::new();
    let variables = [("TICTALK_HOST", host.as_str())];
    for program in [
        from_file.program(&["client"], &[]),
        empty.program(&["client"], &variables),
        empty.program(&["client", "--host", &host], &[("TICTALK_PORT", "1")]),
        empty.program(&["client", &host], &[("TICTALK_HOST", "other:1")]),
    ] {
        let _client = program.start();
        let mut server = Socket::accept(&listener);
        server.receive_frame();
    }
    // The port of a higher source overrides that of a lower one.
    let elsewhere = Place::with("host = '127.0.0.1:1'");
    let _client = elsewhere.start(&["client", "--port", &port.to_string()]);
    Socket::accept(&listener).receive_frame();

    let shown = rows(&from_file.config(&["client"], &[]));
    let row = ["client", "port", &port.to_string(), "part of host"].map(str::to_owned);
    assert!(shown.contains(&row), "{shown:#?}");

    let both = Place::with("port = 7\n[client]\nhost = 'box:4000'");
    for arguments in [&["client"][..], &["config"]] {
        let refused = both.run(arguments);
        let told = "tictalk.toml, line 1: port: 7 contradicts host in line 3: box:4000";
        assert!(refusal(&refused).ends_with(told), "{}", refused.stderr);
    }
    let variables = [("TICTALK_HOST", "box:4000"), ("TICTALK_PORT", "7")];
    let refused = empty.program(&["client"], &variables).run();
    let told = "box:4000 and port 7 contradict each other; name one port";
    assert_eq!(refusal(&refused), told);
}

#[test]
fn names_of_hosts_are_separated_by_commas() {
    let place = Place::with("[room]\nallow-host = \"pc7, pc8\"\n");
    let refused = place.run(&["room", "--port", "0"]);
    let refusal = refusal(&refused);
    assert!(refusal.contains("line 2: allow-host: "), "{refusal}");
    assert!(refusal.contains("not ' '"), "{refusal}");
    let place = Place::with("[room]\nallow-host = \"pc7,pc8\"\n");
    let shown = place.config(&["room"], &[]);
    assert!(shown.contains("allow-host = \"pc7,pc8\""), "{shown}");
    let mut room = place.start(&["room", "--port", "0"]);
    room.wait_for("Server listening on: localhost");
    room.enter("/quit");
    assert_eq!(room.finish().code, Some(0));
}

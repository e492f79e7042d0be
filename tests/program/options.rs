//! Commands, options, environment, and the texts that explain them.

use crate::support::{Program, Socket, hello};

#[test]
fn wrong_usage_is_explained_with_exit_code_two() {
    for (arguments, told) in [
        (&[][..], "Usage: tictalk"),
        (
            &["talk"],
            "tictalk: there is no command \"talk\"; choose from server, ",
        ),
        (
            &["server", "--port", "65536"],
            "tictalk: --port 65536: expected a number from 0 to 65535\n",
        ),
        (
            &["client", "--port", "0"],
            "tictalk: --port 0: expected a number from 1 to 65535\n",
        ),
        (
            &["client", "--wire", "carrier-pigeon"],
            "tictalk: --wire carrier-pigeon: choose from auto, tictalk, framed, lines, raw; \"tictalk help \
             client\" lists more\n",
        ),
        (
            &["server", "--wire", "le23"],
            "tictalk: --wire le23: did you mean le32?\n",
        ),
        (
            &["client", "--wire", "framd"],
            "tictalk: --wire framd: did you mean framed?\n",
        ),
        (
            &["client", "--name", ""],
            "tictalk: --name \"\": a name needs at least one visible character\n",
        ),
        (
            &["client", "--name", "twenty-one characters"],
            "tictalk: --name \"twenty-one characters\": a name has at most 20",
        ),
        (
            &["server", "--wait", "5"],
            "tictalk: server has no option --wait; it is an option of client, bot\n",
        ),
    ] {
        let program = Program::new().args(arguments).run();
        assert_eq!(program.code, Some(2), "{arguments:?}");
        assert_eq!(program.stdout, "", "{arguments:?}");
        assert!(program.stderr.contains(told), "{}", program.stderr);
    }
}

#[test]
fn help_shows_examples_and_every_option() {
    let help = Program::new().args(["--help"]).run();
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("Examples:"));
    for (command, options) in [
        ("server", &["--host", "--port", "--name", "--color"][..]),
        (
            "client",
            &["--host", "--port", "--wire", "--wait", "--name", "--color"],
        ),
    ] {
        let help = Program::new().args([command, "--help"]).run();
        assert_eq!(help.code, Some(0));
        assert!(help.stdout.contains("Examples:"));
        for option in options {
            assert!(help.stdout.contains(option), "{command} has no {option}");
            let variable = format!("TICTALK_{}", option[2..].to_uppercase());
            assert!(
                help.stdout.contains(&variable),
                "{command} has no {variable}"
            );
        }
    }
}

#[test]
fn options_come_from_the_environment_and_the_command_line_beats_it() {
    let (_server, port) = Program::server().start().listening();
    let port = port.to_string();
    let mut client = Program::new()
        .args(["client"])
        .env("TICTALK_PORT", &port)
        .start();
    client.wait_for(&format!("Connected to: localhost on port: {port}\n"));
    let wrong = [
        ("TICTALK_PORT", "1"),
        ("TICTALK_HOST", "no-such-host.invalid"),
    ];
    let (_server, port) = Program::server().start().listening();
    let port = port.to_string();
    let options = ["client", "--port", &port, "--host", "127.0.0.1"];
    Program::new()
        .args(options)
        .envs(&wrong)
        .start()
        .wait_for(&format!("Connected to: 127.0.0.1 on port: {port}\n"));
}

#[test]
fn every_option_comes_from_the_environment_too() {
    let (listener, port) = Socket::listen();
    let port = port.to_string();
    let environment = [
        ("TICTALK_PORT", port.as_str()),
        ("TICTALK_HOST", "127.0.0.1"),
        ("TICTALK_WIRE", "raw"),
        ("TICTALK_COLOR", "always"),
    ];
    let mut client = Program::new().args(["client"]).envs(&environment).start();
    let mut server = Socket::accept(&listener);
    client.prompt();
    client.enter("Hello");
    assert_eq!(server.receive(5), b"Hello");
    server.send(b"play tictactoe\n");
    client.wait_for("\x1b[");

    let mut named = Program::new()
        .args(["server"])
        .env("TICTALK_PORT", "0")
        .env("TICTALK_NAME", "bob")
        .start();
    let mut peer = Socket::connect(named.port());
    peer.send(&hello());
    assert!(peer.receive_frame().1.contains(r#""name":"bob""#));

    let free = Socket::listen().1.to_string();
    let waiting = Program::new()
        .args(["client", "--port", &free])
        .env("TICTALK_WAIT", "60")
        .start();
    waiting.wait_for_error("Waiting for a server on port");
}

#[test]
fn a_bad_variable_of_the_environment_is_named() {
    let program = Program::new()
        .args(["server"])
        .env("TICTALK_PORT", "many")
        .run();
    assert_eq!(program.code, Some(2));
    assert!(
        program.stderr.contains("TICTALK_PORT"),
        "{}",
        program.stderr
    );
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Program::new().args(["completions", shell]).run();
        assert_eq!(script.code, Some(0));
        assert!(
            script.stdout.contains("_TICTALK_COMPLETE") && script.stdout.contains("tictalk"),
            "{shell}"
        );
    }
}

/// The lines below a heading of a help text.
fn section<'a>(help: &'a str, heading: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = help.lines().skip_while(move |line| *line != heading);
    lines
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
}

/// A command, and its options, as `--help` lists them; then those of the commands within it.
fn commands(words: &[String]) -> Vec<(Vec<String>, Vec<String>)> {
    let help = Program::new().args(words).args(["--help"]).run().stdout;
    // Its short form may come first.
    let options = help.lines().filter_map(|line| {
        let words = line.split_whitespace().take(2);
        let mut words = words.take_while(|word| word.starts_with('-'));
        words.find_map(|word| word.strip_prefix("--").map(str::to_owned))
    });
    let mut all = vec![(words.to_vec(), options.collect())];
    for line in section(&help, "Commands:") {
        let indented = line.strip_prefix("  ");
        let name = indented.and_then(|line| line.split(' ').next());
        if let Some(name) = name.filter(|name| !name.is_empty() && *name != "help") {
            all.extend(commands(&[words, &[name.to_owned()]].concat()));
        }
    }
    all
}

#[test]
fn the_manual_has_a_page_of_every_command_with_every_option() {
    let manual = Program::new().args(["man"]).run();
    assert_eq!(manual.code, Some(0));
    assert!(manual.stdout.starts_with(".ie"), "{}", manual.stdout);
    let mut text = manual.stdout.replace("\\-", "-");
    for font in ["\\fB", "\\fI", "\\fR"] {
        text = text.replace(font, " ");
    }
    let pages: Vec<&str> = text.split(".TH ").collect();
    let commands = commands(&[]);
    for known in ["", "room", "history show", "history delete", "config"] {
        let mut names = commands.iter().map(|(words, _)| words.join(" "));
        assert!(names.any(|name| name == known), "--help lists no {known:?}");
    }
    for (words, options) in &commands {
        let name = [&["tictalk".to_owned()], &words[..]].concat().join("-");
        let mut pages = pages.iter();
        let page = pages.find(|page| page.split(' ').next() == Some(&name));
        let page = page.unwrap_or_else(|| panic!("the manual has no page {name}"));
        assert!(options.iter().any(|it| it == "help"), "{name}: {options:?}");
        for option in options {
            let mut words = page.split(|c: char| !c.is_alphanumeric() && c != '-');
            let option = format!("--{option}");
            assert!(words.any(|word| word == option), "{name} has no {option}");
        }
    }
}

#[test]
fn a_pipe_gets_neither_names_nor_hints_nor_colours() {
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .start()
        .listening();
    let mut client = Program::client(port).args(["--name", "ann"]).start();
    client.prompt();
    client.enter("play tictactoe");
    server.prompt();
    server.enter("5");
    client.prompt();
    client.enter("/q");
    for output in [client.finish().stdout, server.finish().stdout] {
        for added in ["ann", "bob", "Ctrl-C", "gives up", "\x1b"] {
            assert!(!output.contains(added), "{added:?} in:\n{output}");
        }
    }
}

#[test]
fn colours_can_be_forced_and_forbidden() {
    let coloured = |options: &[&str], environment: &[(&str, &str)]| {
        let (server, port) = Program::server().start().listening();
        let port = port.to_string();
        let arguments = [&["client", "--port", &port, "--reconnect", "0"], options].concat();
        let mut client = Program::new().args(arguments).envs(environment).start();
        client.wait_for("Enter Input >");
        client.enter("play tictactoe");
        client.wait_for("+\n");
        drop(server);
        client.finish().stdout.contains('\x1b')
    };
    assert!(!coloured(&[], &[]));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
}

//! Commands, options, environment, and the texts that explain them.

use crate::support::{Program, Socket, hello};

#[test]
fn wrong_usage_is_explained_with_exit_code_two() {
    for (arguments, told) in [
        (&[][..], "Usage: tictalk"),
        (&["talk"], "unrecognized subcommand 'talk'"),
        (
            &["server", "--port", "65536"],
            "invalid value '65536' for '--port <PORT>'",
        ),
        (
            &["client", "--port", "0"],
            "invalid value '0' for '--port <PORT>'",
        ),
        (
            &["client", "--wire", "carrier-pigeon"],
            "invalid value 'carrier-pigeon' for '--wire <WIRE>'",
        ),
        (&["client", "--name", ""], "for '--name <NAME>'"),
        (
            &["client", "--name", "twenty-one characters"],
            "invalid value 'twenty-one characters' for '--name <NAME>'",
        ),
        (
            &["server", "--wait", "5"],
            "unexpected argument '--wait' found",
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
fn completions_and_the_manual_page_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Program::new().args(["completions", shell]).run();
        assert_eq!(script.code, Some(0));
        assert!(
            script.stdout.contains("tictalk") && script.stdout.contains("wire"),
            "{shell}"
        );
    }
    let page = Program::new().args(["man"]).run();
    assert_eq!(page.code, Some(0));
    assert!(page.stdout.starts_with(".ie") && page.stdout.contains(".TH tictalk 1"));
    let has = |words: &str| page.stdout.contains(words);
    for option in [
        "port",
        "wire",
        "patience",
        "per\\-address",
        "force",
        "format",
    ] {
        assert!(has(&format!("\\-\\-{option}")), "no page has --{option}");
    }
    for command in ["client", "room", "verify", "config", "history-search"] {
        assert!(
            has(&format!(".TH tictalk-{command} 1")),
            "there is no page of {command}"
        );
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

//! The manual, as `man` shows it.

use super::COMMANDS;
use crate::support::{Program, new_folder, skip};
use std::path::Path;

/// The pages, each in a file.
fn pages() -> std::path::PathBuf {
    let folder = new_folder();
    let written = Program::new().args(["man", "--dir"]).args([&folder]).run();
    let told = format!("Wrote {} pages to {}.\n", COMMANDS.len(), folder.display());
    assert_eq!((written.code, written.stdout), (Some(0), told));
    folder
}

/// A page as text of 78 columns, without formatting; `None` without the tools for it.
fn rendered(page: &Path) -> Option<String> {
    let rendered = std::process::Command::new("groff")
        .args(["-man", "-Tutf8", "-P-cbou", "-rLL=78n", "-ww"])
        .arg(page)
        .output()
        .ok()?;
    let warnings = String::from_utf8_lossy(&rendered.stderr).into_owned();
    assert_eq!(warnings, "", "{}", page.display());
    Some(String::from_utf8_lossy(&rendered.stdout).into_owned())
}

#[test]
fn every_command_has_a_page_with_all_sections() {
    let folder = pages();
    for command in COMMANDS {
        let name = format!("tictalk {command}").trim_end().replace(' ', "-");
        let Some(page) = rendered(&folder.join(format!("{name}.1"))) else {
            skip("there is no groff");
            return;
        };
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXIT STATUS",
            "ENVIRONMENT",
        ] {
            assert!(
                page.contains(&format!("\n{section}\n")),
                "{name} has no {section}: {page}"
            );
        }
        assert!(page.contains("\nEXAMPLES\n"), "{name}: {page}");
    }
}

#[test]
fn the_page_of_the_program_tells_the_rest() {
    let folder = pages();
    let Some(page) = rendered(&folder.join("tictalk.1")) else {
        skip("there is no groff");
        return;
    };
    for section in [
        "COMMANDS IN A SESSION",
        "COMMANDS IN A ROOM",
        "FILES",
        "SEE ALSO",
    ] {
        assert!(
            page.contains(&format!("\n{section}\n")),
            "{section} in {page}"
        );
    }
    for told in [
        "tictalk.toml",
        "journal.db",
        "/resign",
        "/kick",
        "tictalk-client(1)",
        "SIGTERM",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    let Some(page) = rendered(&folder.join("tictalk-client.1")) else {
        return;
    };
    let words: Vec<&str> = page.split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains("[--host HOST] [--port PORT]"), "{page}");
    assert!(words.contains("[--config FILE]"), "{page}");
    // An example stays in its line, as it is typed.
    let line = "       tictalk client 192.168.1.7:4000\n";
    assert!(page.contains(line), "{page}");
}

#[test]
fn the_pages_can_be_written_again_but_not_into_a_file() {
    let folder = pages();
    let again = Program::new().args(["man", "--dir"]).args([&folder]).run();
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let file = folder.join("tictalk.1");
    let refused = Program::new().args(["man", "--dir"]).args([&file]).run();
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .stderr
            .starts_with("tictalk: cannot write the manual to "),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stderr.lines().count(), 1);
}

//! `docs/architecture.md` describes the source as it is: its modules and what they import, its types,
//! its paths. Diagrams keep to the part of Mermaid's syntax that is checked here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../docs/architecture.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The Rust source below a file or folder, without comments.
fn source(path: &Path) -> String {
    if path.is_dir() {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        return paths.iter().map(|path| source(path)).collect();
    }
    if path.extension().is_none_or(|kind| kind != "rs") {
        return String::new();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

/// Every module at the top, and its source.
fn modules() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(root().join("src")).unwrap();
    let modules = entries.map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, source(&path))
    });
    // The library's root only lists the others.
    modules.filter(|(name, _)| name != "lib").collect()
}

/// The other modules that this source names.
fn imports(name: &str, source: &str, known: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut imports = BTreeSet::new();
    for prefix in ["crate::", "tictalk::"] {
        for behind in source.split(prefix).skip(1) {
            let word = |c: char| c.is_ascii_lowercase() || c == '_';
            let end = behind.find(|c| !word(c)).unwrap_or(behind.len());
            let (module, _) = behind.split_at(end);
            if module != name && known.contains(module) {
                imports.insert(module.to_owned());
            }
        }
    }
    // The program's root names its own modules without a prefix.
    let own = source.lines().filter_map(|line| line.strip_prefix("mod "));
    imports.extend(
        own.filter_map(|line| line.strip_suffix(';'))
            .filter(|module| name == "main" && known.contains(module))
            .map(str::to_owned),
    );
    imports
}

/// The rows of the table of modules: the name, and what it imports.
fn listed() -> Vec<(&'static str, BTreeSet<String>)> {
    let (_, behind) = PAGE
        .split_once("| module | content | imports |\n|---|---|---|\n")
        .unwrap();
    let rows = behind.lines().take_while(|row| row.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let imports = cells[2].split('`').skip(1).step_by(2).map(str::to_owned);
        (cells[0].trim_matches('`'), imports.collect())
    })
    .collect()
}

#[test]
fn the_modules_and_their_imports_are_those_of_the_source() {
    let modules = modules();
    let known: BTreeSet<&str> = modules.keys().map(String::as_str).collect();
    let listed = listed();
    let names: BTreeSet<&str> = listed.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known);
    assert_eq!(names.len(), listed.len());
    for (name, shown) in &listed {
        let are = imports(name, &modules[*name], &known);
        assert_eq!(*shown, are, "the imports of {name}");
    }
}

#[test]
fn imports_run_one_way() {
    let mut above = BTreeSet::new();
    for (name, imports) in listed() {
        let wrong: Vec<_> = imports.difference(&above).collect();
        assert!(wrong.is_empty(), "{name} imports {wrong:?} from below");
        above.insert(name.to_owned());
    }
    // The picture of the layers shows some of these imports, and no others.
    let all: BTreeMap<_, _> = listed().into_iter().collect();
    let layers = diagrams()
        .into_iter()
        .find(|it| it[0].starts_with("flowchart"));
    for line in layers.unwrap().into_iter().skip(1) {
        let (from, to) = line.trim().split_once(" --> ").unwrap();
        assert!(all[from].contains(to), "{from} does not import {to}");
    }
}

#[test]
fn every_path_exists() {
    let mut count = 0;
    for code in PAGE.split('`').skip(1).step_by(2) {
        if ["src/", "tests/"]
            .iter()
            .any(|folder| code.starts_with(folder))
        {
            assert!(root().join(code).exists(), "{code} does not exist");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} paths");
    let links = PAGE
        .split("](")
        .skip(1)
        .map(|link| link.split(')').next().unwrap());
    for link in links {
        assert!(
            root().join("docs").join(link).exists(),
            "{link} does not exist"
        );
    }
}

/// The lines of each diagram.
fn diagrams() -> Vec<Vec<&'static str>> {
    let blocks = PAGE.split("```mermaid\n").skip(1);
    let diagrams: Vec<Vec<&str>> = blocks
        .map(|behind| behind.split_once("```").unwrap().0.lines().collect())
        .collect();
    assert!(diagrams.len() >= 14, "{} diagrams", diagrams.len());
    diagrams
}

/// The names of the variants of an enum.
fn variants<'source>(source: &'source str, name: &str) -> Option<Vec<&'source str>> {
    let (_, behind) = source.split_once(&format!("enum {name} {{\n"))?;
    let (body, _) = behind.split_once("\n}")?;
    let of_enum = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = of_enum
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.split(|c: char| !c.is_alphanumeric()).next().unwrap());
    Some(variants.collect())
}

fn is_defined(source: &str, name: &str) -> bool {
    let kinds = ["struct", "enum", "trait"];
    let mut definitions = kinds.iter().flat_map(|kind| {
        let definition = format!("{kind} {name}");
        let ends: Vec<bool> = source
            .split(&definition)
            .skip(1)
            .map(|behind| !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            .collect();
        ends
    });
    definitions.any(|is_whole_name| is_whole_name)
}

#[test]
fn the_classes_are_types_of_the_source() {
    let source = source(&root().join("src"));
    let mut checked = BTreeSet::new();
    for diagram in diagrams().iter().filter(|it| it[0] == "classDiagram") {
        let mut lines = diagram.iter().map(|line| line.trim()).skip(1);
        while let Some(line) = lines.next() {
            let Some(class) = line.strip_prefix("class ") else {
                continue;
            };
            let name = class.trim_end_matches(" {");
            assert!(is_defined(&source, name), "there is no type {name}");
            checked.insert(name);
            if name == class {
                continue;
            }
            let members: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
            if members[0] == "<<enumeration>>" {
                let variants = variants(&source, name).unwrap();
                assert_eq!(members[1..], variants, "the variants of {name}");
                continue;
            }
            for member in members {
                let (method, _) = member.trim_start_matches('+').split_once('(').unwrap();
                let is_there = source.contains(&format!("pub fn {method}("))
                    || source.contains(&format!("pub fn {method}<"));
                assert!(is_there, "there is no {name}::{method}");
            }
        }
    }
    assert!(checked.len() > 15, "{checked:?}");
    // Types that are named in the text.
    for name in [
        "Conversation",
        "Dispatch",
        "MyTurn",
        "TheirTurn",
        "Transcript",
        "Robot",
        "Limits",
    ] {
        assert!(
            PAGE.contains(&format!("`{name}`")),
            "{name} is not on the page"
        );
        assert!(is_defined(&source, name), "there is no type {name}");
    }
}

/// Whether `name` is one word that Mermaid takes as a name.
fn is_name(name: &str) -> bool {
    let is_reserved = ["end", "class", "state", "note", "default"].contains(&name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !is_reserved
}

/// Whether `label` has nothing that Mermaid could read as something else than text.
fn is_label(label: &str) -> bool {
    !label.trim().is_empty()
        && !label.contains([';', '#', ':', '"', '{', '}', '<', '>', '%', '|', '[', ']'])
        && !label
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("end"))
}

/// No tool that draws Mermaid is at hand, so the diagrams keep to a small part of its syntax.
#[test]
fn the_diagrams_are_plain_mermaid() {
    for diagram in diagrams() {
        let kind = diagram[0];
        let mut defined: BTreeSet<&str> = BTreeSet::new();
        let mut is_in_class = false;
        for line in &diagram[1..] {
            let text = line.trim();
            let is_right = match kind {
                "flowchart TD" => text
                    .split_once(" --> ")
                    .is_some_and(|(from, to)| is_name(from) && is_name(to)),
                "classDiagram" if is_in_class => {
                    is_in_class = text != "}";
                    text == "}"
                        || text == "<<enumeration>>"
                        || text.starts_with('+') && text.contains('(') && text.contains(')')
                        || is_name(text)
                }
                "classDiagram" => match text.strip_prefix("class ") {
                    Some(class) => {
                        is_in_class = class.ends_with(" {");
                        let name = class.trim_end_matches(" {");
                        defined.insert(name);
                        is_name(name)
                    }
                    None => text.split_once(" : ").is_some_and(|(arrow, label)| {
                        let ends: Vec<&str> = arrow.split(' ').collect();
                        let names = [ends[0], ends[ends.len() - 1]];
                        ends.len() == 3
                            && ["..>", "-->"].contains(&ends[1])
                            && names.iter().all(|name| defined.contains(name))
                            && is_label(label)
                    }),
                },
                "sequenceDiagram" => sequence(text, &mut defined),
                "stateDiagram-v2" => match text.strip_prefix("state \"") {
                    Some(rest) => rest.split_once("\" as ").is_some_and(|(label, name)| {
                        defined.insert(name);
                        is_label(label) && is_name(name)
                    }),
                    None => {
                        let (arrow, label) = text.split_once(": ").unwrap_or((text, "any"));
                        let is_state = |name: &str| name == "[*]" || is_name(name);
                        let ends = arrow.split_once(" --> ");
                        is_label(label)
                            && ends.is_some_and(|(from, to)| is_state(from) && is_state(to))
                    }
                },
                other => panic!("{other:?} is no kind of diagram that is checked here"),
            };
            assert!(is_right, "{kind}: {line}");
        }
        assert!(!is_in_class, "a class is not closed");
    }
}

fn sequence<'line>(text: &'line str, defined: &mut BTreeSet<&'line str>) -> bool {
    if let Some(participant) = text.strip_prefix("participant ") {
        let (name, label) = participant
            .split_once(" as ")
            .unwrap_or((participant, "any"));
        defined.insert(name);
        return is_name(name) && is_label(label);
    }
    let Some((head, label)) = text.split_once(": ") else {
        return false;
    };
    let names = match head.strip_prefix("Note over ") {
        Some(both) => both.split_once(','),
        None => head.split_once("-->>").or_else(|| head.split_once("->>")),
    };
    is_label(label) && names.is_some_and(|(a, b)| defined.contains(a) && defined.contains(b))
}

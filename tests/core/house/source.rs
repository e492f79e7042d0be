//! Rust source, read just far enough to tell what it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The segments of a path such as `crate::wire::Frame`.
pub(super) type Name = Vec<String>;

/// The modules of a crate and of the program beside it.
pub(super) struct Tree(BTreeMap<Name, Module>);

struct Module {
    file: String,
    /// The names that the code uses, as spelled in the source.
    names: Vec<Name>,
    /// The imports of `use`: each local name with its path.
    imports: BTreeMap<String, Name>,
    /// The same of `pub use`, which makes no file depend on another one.
    exports: BTreeMap<String, Name>,
}

impl Tree {
    /// The files below a folder.
    pub(super) fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs") {
                    let words = path.strip_prefix(folder).unwrap().components();
                    let words = words.map(|word| word.as_os_str().to_str().unwrap());
                    let name = words.collect::<Vec<_>>().join("/");
                    files.push((name, std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        Self::new(files.iter().map(|(name, text)| (name.as_str(), &**text)))
    }

    /// Files by their names below `src`, and what is in each. Files of tests do not count.
    pub(super) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files.into_iter();
        let files = files.filter(|(file, _)| !file.ends_with("tests.rs"));
        Self(files.map(|(file, text)| module(file, text)).collect())
    }

    /// The names that each file below the module of this name uses.
    pub(super) fn names_below(&self, top: &str) -> Vec<(&str, String)> {
        let modules = self.0.iter();
        let modules = modules.filter(|(name, _)| name.first().is_some_and(|it| it == top));
        modules
            .flat_map(|(_, it)| it.names.iter().map(|name| (&*it.file, name.join("::"))))
            .collect()
    }

    /// Which file needs which other one.
    pub(super) fn edges(&self) -> BTreeSet<(&str, &str)> {
        let mut edges = BTreeSet::new();
        for (at, module) in &self.0 {
            for name in &module.names {
                let target = self
                    .absolute(at, name)
                    .and_then(|name| self.owner(&name, 9));
                if let Some(target) = target.filter(|it| it.file != module.file) {
                    edges.insert((&*module.file, &*target.file));
                }
            }
        }
        edges
    }

    /// A name of this tree from its root; none for what comes from elsewhere.
    fn absolute(&self, at: &Name, name: &Name) -> Option<Name> {
        let (first, rest) = name.split_first()?;
        let child = [&at[..], &name[..1]].concat();
        match first.as_str() {
            _ if self.0.contains_key(&child) => Some([at, &name[..]].concat()),
            "crate" | "tictalk" => Some(rest.to_vec()),
            "self" => Some([at, rest].concat()),
            "super" => {
                let supers = name.iter().take_while(|word| *word == "super").count();
                let above = at.get(..at.len().checked_sub(supers)?)?;
                Some([above, &name[supers..]].concat())
            }
            // The modules of the program lie beside its file.
            _ if *at == ["main"] && self.0.contains_key(&name[..1]) => Some(name.clone()),
            _ => {
                let module = &self.0[at];
                let imported = module.imports.get(first).or(module.exports.get(first))?;
                let imported = (imported != name).then(|| self.absolute(at, imported))??;
                Some([&imported[..], rest].concat())
            }
        }
    }

    /// The module in whose file a name is defined, after at most `depth` re-exports.
    fn owner(&self, name: &[String], depth: usize) -> Option<&Module> {
        let depth = depth.checked_sub(1)?;
        let length = (0..=name.len()).rev();
        let mut known = length.filter(|length| self.0.contains_key(&name[..*length]));
        let (at, rest) = name.split_at(known.next()?);
        let module = &self.0[at];
        let export = rest.first().and_then(|first| module.exports.get(first));
        match export.and_then(|export| self.absolute(&at.to_vec(), export)) {
            Some(export) if export != name[..=at.len()] => {
                self.owner(&[&export[..], &rest[1..]].concat(), depth)
            }
            _ => Some(module),
        }
    }
}

/// The edges that lie on a way back to where they begin.
pub(super) fn circular<'a>(edges: &BTreeSet<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let leads_back = |(from, to): &(&str, &str)| {
        let mut reached = BTreeSet::from([*to]);
        let mut left = vec![*to];
        while let Some(next) = left.pop() {
            let ways = edges.iter().filter(|(from, _)| *from == next);
            left.extend(ways.filter_map(|(_, to)| reached.insert(to).then_some(*to)));
        }
        reached.contains(from)
    };
    edges.iter().copied().filter(leads_back).collect()
}

fn module(file: &str, text: &str) -> (Name, Module) {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let name = path.split('/').filter(|_| path != "lib");
    let mut module = Module {
        file: file.to_owned(),
        names: Vec::new(),
        imports: BTreeMap::new(),
        exports: BTreeMap::new(),
    };
    let code = without_tests(words_of(text));
    let mut left = &code[..];
    let mut words = BTreeSet::new();
    let mut before = ["", ""];
    while let Some((word, rest)) = left.split_first() {
        if *word == "use" && rest.first().is_some_and(|it| *it != "<") {
            let mut brought = Vec::new();
            left = tree(rest, &Vec::new(), &mut brought);
            let is_export =
                before[1] == "pub" || before == ["crate", ")"] || before == ["super", ")"];
            for (name, path) in brought {
                if is_export {
                    module.exports.insert(name, path);
                } else {
                    module.names.push(path.clone());
                    module.imports.insert(name, path);
                }
            }
        } else if *word == "pub" && rest.starts_with(&["(", "in"]) {
            // A visibility names a module without needing it.
            let end = rest.iter().position(|it| *it == ")");
            left = &rest[end.map_or(rest.len(), |end| end + 1)..];
        } else if is_name(word) && rest.first() == Some(&"::") {
            let mut path = vec![(*word).to_owned()];
            left = rest;
            while let ["::", next, behind @ ..] = left
                && is_name(next)
            {
                path.push((*next).to_owned());
                left = behind;
            }
            left = left.strip_prefix(&["::"]).unwrap_or(left);
            module.names.push(path);
        } else {
            words.insert(*word);
            left = rest;
        }
        before = [before[1], word];
    }
    // A file may itself need what it re-exports.
    let used = module.exports.keys();
    let used = used.filter(|name| words.contains(name.as_str()));
    let used: Vec<Name> = used.map(|name| vec![name.clone()]).collect();
    module.names.extend(used);
    (name.map(str::to_owned).collect(), module)
}

/// Reads what follows `use`; returns what comes after it.
fn tree<'a, 'b>(
    mut left: &'b [&'a str],
    prefix: &Name,
    brought: &mut Vec<(String, Name)>,
) -> &'b [&'a str] {
    let mut path = prefix.clone();
    loop {
        match left {
            ["{", behind @ ..] => {
                left = behind;
                while !matches!(left, ["}", ..] | []) {
                    left = tree(left, &path, brought);
                    left = left.strip_prefix(&[","]).unwrap_or(left);
                }
                return left.get(1..).unwrap_or_default();
            }
            ["::", behind @ ..] => left = behind,
            ["as", alias, behind @ ..] => {
                brought.push(((*alias).to_owned(), path));
                return behind;
            }
            [] | ["," | "}" | ";", ..] => {
                brought.push((path.last().cloned().unwrap_or_default(), path));
                return left;
            }
            // A module itself, of those in braces.
            ["self", behind @ ..] if !path.is_empty() => left = behind,
            [word, behind @ ..] => {
                path.push((*word).to_owned());
                left = behind;
            }
        }
    }
}

/// Leaves out every item under `#[cfg(test)]`.
fn without_tests(words: Vec<&str>) -> Vec<&str> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut left = &words[..];
    while let Some((word, rest)) = left.split_first() {
        if let Some(item) = left.strip_prefix(&MARK) {
            let mut depth = 0;
            let ends = item.iter().position(|word| {
                match *word {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                depth == 0 && matches!(*word, ";" | "}")
            });
            left = ends.map_or(&[], |at| &item[at + 1..]);
        } else {
            kept.push(*word);
            left = rest;
        }
    }
    kept
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The tokens of code, without comments and the contents of literals.
fn words_of(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut left = text;
    while let Some(first) = left.chars().next() {
        let end_of = |end: &str| left.find(end).map_or(left.len(), |at| at + end.len());
        let (length, is_code) = match first {
            '/' if left.starts_with("//") => (end_of("\n"), false),
            '/' if left.starts_with("/*") => (end_of("*/"), false),
            '"' => (quoted(left), false),
            'r' if let Some(length) = raw(left) => (length, false),
            '\'' => (character(left), false),
            ':' if left.starts_with("::") => (2, true),
            _ if is_name(left) => {
                let end = left.find(|c: char| !c.is_alphanumeric() && c != '_');
                (end.unwrap_or(left.len()), true)
            }
            _ => (first.len_utf8(), !first.is_whitespace()),
        };
        let (word, rest) = left.split_at(length);
        if is_code {
            words.push(word);
        }
        left = rest;
    }
    words
}

/// How long the text in quotes is that comes first.
fn quoted(text: &str) -> usize {
    let mut is_escaped = true;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |at| at + 1)
}

/// The same of text in quotes that knows no escapes.
fn raw(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('r')?;
    let open = behind.trim_start_matches('#');
    let signs = behind.len() - open.len();
    let inside = open.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(signs));
    Some(text.len() - inside.len() + inside.find(&end)? + end.len())
}

/// How long the character in quotes is that comes first; a lifetime is only its sign.
fn character(text: &str) -> usize {
    let mut behind = text.char_indices().skip(1);
    match behind.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(text.len(), |at| at + 4),
        Some(_) => match behind.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

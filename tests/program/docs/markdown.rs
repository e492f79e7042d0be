//! Pages of Markdown, and their parts.

use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Page {
    /// Reads a page by its path in the repository.
    pub(crate) fn read(path: &str) -> Self {
        let path = root().join(path);
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    /// Reads all pages in the root of the repository and in `docs`.
    pub(crate) fn all() -> Vec<Self> {
        let mut pages = Vec::new();
        for folder in ["", "docs"] {
            for entry in std::fs::read_dir(root().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "md") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    pages.push(Self { path, text });
                }
            }
        }
        pages
    }

    /// The first block of code in this language.
    pub(crate) fn code(&self, language: &str) -> String {
        let block = self.blocks(language).into_iter().next();
        block.unwrap_or_else(|| panic!("no {language} in {}", self.path.display()))
    }

    /// All blocks of code in this language.
    pub(crate) fn blocks(&self, language: &str) -> Vec<String> {
        let mut blocks = Vec::new();
        let mut open: Option<(bool, String)> = None;
        for line in self.text.lines() {
            match (line.trim_start().strip_prefix("```"), open.take()) {
                (Some(_), Some((true, block))) => blocks.push(block),
                (Some(_), Some((false, _))) => {}
                (Some(name), None) => open = Some((name.trim() == language, String::new())),
                (None, Some((is_wanted, block))) => open = Some((is_wanted, block + line + "\n")),
                (None, None) => {}
            }
        }
        assert!(
            open.is_none(),
            "{}: a block has no end",
            self.path.display()
        );
        blocks
    }

    /// Lines after a `$` in console blocks.
    pub(crate) fn typed(&self) -> Vec<String> {
        let blocks = self.blocks("console").concat();
        let lines = blocks.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.map(str::to_owned).collect()
    }

    /// The text outside of blocks of code.
    pub(crate) fn prose(&self) -> String {
        let mut is_code = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if !is_code {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }

    /// Inline code, except in generated tables.
    pub(crate) fn spans(&self) -> Vec<String> {
        let mut prose = String::new();
        let mut is_dictated = false;
        for line in self.prose().lines() {
            is_dictated = match line {
                "<!-- end -->" => false,
                line if line.starts_with("<!-- ") => true,
                _ => is_dictated,
            };
            if !is_dictated {
                prose.push_str(line);
                prose.push(' ');
            }
        }
        let pieces: Vec<&str> = prose.split('`').collect();
        let path = self.path.display();
        assert!(pieces.len() % 2 == 1, "{path}: a backtick has no partner");
        let spans = pieces.into_iter().skip(1).step_by(2);
        spans.map(str::to_owned).collect()
    }

    /// Rows of the table with this head.
    pub(crate) fn table(&self, heads: &str) -> Vec<Vec<String>> {
        let lines = self.text.lines();
        let mut lines = lines.skip_while(|line| *line != heads).skip(2).peekable();
        let path = self.path.display();
        assert!(lines.peek().is_some(), "{path} has no table {heads}");
        let rows = lines.take_while(|line| line.starts_with('|'));
        rows.map(|row| {
            let row = row.trim_matches('|').split('|');
            row.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
    }

    /// Text from this heading to the next one of any level.
    pub(crate) fn part(&self, heading: &str) -> &str {
        let start = format!("\n{heading}\n");
        let Some((_, part)) = self.text.split_once(&start) else {
            panic!("{} has no {heading:?}", self.path.display());
        };
        part.split("\n#").next().unwrap()
    }

    /// Targets of links and pictures.
    pub(crate) fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let links = prose.split("](").skip(1);
        links
            .map(|link| link.split([')', ' ']).next().unwrap().to_owned())
            .collect()
    }

    /// Anchors of the headings, as GitHub derives them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut bases: Vec<String> = Vec::new();
        let mut anchors = Vec::new();
        for line in self.prose().lines() {
            let heading = line.trim_start_matches('#');
            if heading.len() == line.len() || !heading.starts_with(' ') {
                continue;
            }
            // Drop the target of a link.
            let pieces = heading.trim().split("](").enumerate();
            let words = pieces.map(|(index, piece)| match piece.split_once(')') {
                Some((_, after)) if index > 0 => after,
                _ => piece,
            });
            let base: String = words
                .collect::<String>()
                .to_lowercase()
                .chars()
                .filter(|it| it.is_alphanumeric() || " -_".contains(*it))
                .map(|it| if it == ' ' { '-' } else { it })
                .collect();
            anchors.push(match bases.iter().filter(|it| **it == base).count() {
                0 => base.clone(),
                count => format!("{base}-{count}"),
            });
            bases.push(base);
        }
        anchors
    }
}

/// Root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

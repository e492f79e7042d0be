//! The files of the page.

use crate::hex::digits;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// Stands for the version in the files.
const VERSION: &str = "{{version}}";

/// A file as it is written.
struct SourceFile {
    name: &'static str,
    text: &'static str,
}

macro_rules! source {
    ($name:literal) => {
        SourceFile {
            name: $name,
            text: include_str!(concat!("page/", $name)),
        }
    };
}

/// The pages, with their paths.
const PAGES: &[(&str, SourceFile)] = &[
    ("/", source!("index.html")),
    ("/host", source!("host.html")),
    ("/watch", source!("watch.html")),
];

/// The scripts and styles, at `/VERSION/NAME`.
const PARTS: &[SourceFile] = &[
    source!("board.js"),
    source!("connections.js"),
    source!("dom.js"),
    source!("endings.js"),
    source!("games.js"),
    source!("gathered.js"),
    source!("grid.js"),
    source!("guest.js"),
    source!("hidden.js"),
    source!("host.js"),
    source!("input.js"),
    source!("listener.js"),
    source!("live.js"),
    source!("log.js"),
    source!("members.js"),
    source!("offers.js"),
    source!("older.js"),
    source!("page.css"),
    source!("pair.js"),
    source!("question.js"),
    source!("room.js"),
    source!("roster.js"),
    source!("screen.js"),
    source!("seen.js"),
    source!("sha256.js"),
    source!("sights.js"),
    source!("start.js"),
    source!("status.js"),
    source!("storage.js"),
    source!("tabs.js"),
    source!("ticket.js"),
    source!("title.js"),
    source!("typed.js"),
    source!("watch.js"),
    source!("wire.js"),
    source!("words.js"),
];

/// All files, for as long as the program runs.
pub(super) static SITE: LazyLock<Site> = LazyLock::new(Site::new);

/// The files with their paths.
pub(super) struct Site(Vec<File>);

/// A file as it is sent.
pub(super) struct File {
    path: String,
    /// The media type.
    pub(super) kind: &'static str,
    pub(super) content: Bytes,
    pub(super) caching: Caching,
    etag: String,
}

/// How long a browser may use its copy of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caching {
    /// It has to ask each time whether there is another version.
    Ask,
    /// For ever: another version has another path.
    Forever,
}

impl Site {
    fn new() -> Self {
        let mut digest = Sha256::new();
        let pages = PAGES.iter().map(|(_, page)| page);
        for source in pages.chain(PARTS) {
            digest.update(source.text);
        }
        let digest: [u8; 32] = digest.finalize().into();
        let version: String = digits(&digest).chars().take(16).collect();
        let pages = PAGES
            .iter()
            .map(|(path, source)| File::new((*path).to_owned(), source, &version, Caching::Ask));
        let parts = PARTS.iter().map(|source| {
            let path = format!("/{version}/{}", source.name);
            File::new(path, source, &version, Caching::Forever)
        });
        Self(pages.chain(parts).collect())
    }

    pub(super) fn find(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }
}

impl File {
    fn new(path: String, source: &SourceFile, version: &str, caching: Caching) -> Self {
        let kind = match source.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        Self {
            path,
            kind,
            content: source.text.replace(VERSION, version).into(),
            caching,
            etag: format!("\"{version}\""),
        }
    }

    /// The version, quoted (RFC 9110, 8.8.3).
    pub(super) fn etag(&self) -> &str {
        &self.etag
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test should stop where it fails")]
mod tests {
    use super::{PAGES, PARTS};
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/page");
        let there = std::fs::read_dir(folder).unwrap();
        let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
        let pages = PAGES.iter().map(|(_, page)| page);
        let served = pages.chain(PARTS).map(|source| source.name.to_owned());
        assert_eq!(
            served.collect::<BTreeSet<_>>(),
            there.collect::<BTreeSet<_>>()
        );
    }
}

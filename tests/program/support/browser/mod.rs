//! A real browser without a window, for tests of the page.
//!
//! All tests share one Chromium. Each [`Page`] has a profile of its own, so it shares neither
//! storage nor connections with another. The browser ends with the tests, because its pipe does.

use super::{new_folder, skip};
use pipe::Pipe;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::sync::LazyLock;
use std::time::Duration;

mod page;
mod pipe;
mod png;
pub(crate) mod tree;

pub(crate) use page::{Look, Page};
pub(crate) use png::{from_base64, size_of_png};

/// How long an event in the browser may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Programs that are Chromium; the first that is installed is used. `.ci/run` looks for the same.
const NAMES: &[&str] = &["chromium-headless-shell", "chromium", "google-chrome"];

/// A browser for tests.
pub(crate) struct Browser {
    pipe: Pipe,
}

impl Browser {
    /// The browser that all tests share. Without one on this machine, says so: a test then returns,
    /// and fails where all tests have to run.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<Browser>> = LazyLock::new(Browser::start);
        let browser = SHARED.as_ref();
        if browser.is_none() {
            skip("there is no Chromium, so the page was tried over sockets only");
        }
        browser
    }

    fn start() -> Option<Self> {
        let name = NAMES.iter().find(|name| is_installed(name))?;
        let profile = new_folder();
        std::fs::create_dir_all(&profile).unwrap();
        let folder = format!("--user-data-dir={}", profile.display());
        let arguments = [
            // The first of [`NAMES`] has no windows in any case, and ignores this.
            "--headless=new",
            // Root has no sandbox, and neither have many containers.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-sync",
            "--metrics-recording-only",
            "--no-first-run",
            "--no-default-browser-check",
            // All pages count as seen, so their timers run at full speed.
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            // Drawn alike everywhere, as far as the fonts are alike.
            "--force-color-profile=srgb",
            "--font-render-hinting=none",
            "--hide-scrollbars",
            "--lang=en-GB",
            &folder,
        ];
        let pipe = Pipe::start(name, &arguments).unwrap();
        let browser = Self { pipe };
        let version = browser.call("Browser.getVersion", json!({}));
        assert!(version.is_ok(), "{name} does not start: {version:?}");
        Some(browser)
    }

    /// A page of a new profile at this address, which has loaded.
    pub(crate) fn open(&'static self, address: &str) -> Page {
        let page = Page::new(self);
        page.goto(address);
        page
    }

    fn call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        self.pipe.call(None, method, parameters, LIMIT)
    }
}

/// Whether a program of this name is in the path.
fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH");
    let folders = path.as_deref().map(std::env::split_paths);
    let mut folders = folders.into_iter().flatten();
    folders.any(|folder| folder.join(OsStr::new(name)).is_file())
}

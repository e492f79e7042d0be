//! The page in a real browser.

use crate::support::{Browser, Page};
use serde_json::{Value, json};

mod driver;
mod games;
mod guest;
mod host;
mod hostile;
mod layout;
mod pair;
mod reader;
mod reconnect;
mod tables;
mod talk;

/// The field for a message.
const FIELD: (&str, &str) = ("textbox", "Your message");

/// Somebody at a page who has joined the room at this port.
fn join(browser: &'static Browser, port: u16, name: &str) -> Page {
    let page = browser.open(&format!("{}#{name}", address(port)));
    is_in(&page, name);
    page
}

/// Waits until the page is in the room under this name, and knows who is there.
fn is_in(page: &Page, name: &str) {
    let name = json!(name);
    page.wait(&format!(
        "document.getElementById('me').textContent === {name}"
    ));
    page.wait("document.querySelector('#log .words') !== null");
}

/// Enters a line as a person does.
fn say(page: &Page, line: &str) {
    page.click(FIELD.0, FIELD.1);
    page.type_text(line);
    page.press("Enter");
}

/// The items of the talk, as far as they are messages or notices: their words.
fn talk(page: &Page) -> Vec<String> {
    let lines = page
        .eval("Array.from(document.querySelectorAll('#log .words'), (words) => words.textContent)");
    strings(&lines)
}

fn strings(values: &Value) -> Vec<String> {
    let values = values.as_array().unwrap().iter();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

/// Waits until the talk has an item of these words.
fn hears(page: &Page, words: &str) {
    let words = json!(words);
    page.wait(&format!(
        "Array.from(document.querySelectorAll('#log .words')).some((it) => it.textContent === {words})"
    ));
}

/// Waits until the status line says this.
fn is_told(page: &Page, words: &str) {
    let words = json!(words);
    page.wait(&format!(
        "document.getElementById('status').textContent.includes({words})"
    ));
}

/// A page of the server at this port whose scripts' modules can be called: `modules.guest` is
/// `guest.js`.
fn modules(browser: &'static Browser, port: u16, names: &[&str]) -> Page {
    let page = browser.open(&address(port));
    let names = json!(names);
    page.eval(&format!(
        "(async () => {{
            const script = document.querySelector('script[type=module]').src;
            window.modules = {{}};
            for (const name of {names}) {{
                modules[name] = await import(new URL(`${{name}}.js`, script).href);
            }}
        }})()"
    ));
    page
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}/")
}

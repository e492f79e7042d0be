//! The browser that the tests of the page use: what it is told to do, and what it finds wrong.

use crate::support::{Browser, Look, Page, size_of_png};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

const PAGE: &str = "<!doctype html><html lang=en><title>Test</title><main><h1>A page</h1>\
    <label>Name <input></label><button>a1, free</button><button disabled>b1, X</button>\
    <p aria-live=polite></p></main>";

/// Something for a page to do.
const CLICKED: &str = "document.querySelector('button').onclick = () => setTimeout(() => {
    document.querySelector('p').textContent = 'Clicked.';
}, 50), null";

/// A page of its own small server, with the headers that forbid scripts in the text.
fn open(browser: &'static Browser) -> Page {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Ends with the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(&stream);
            let mut line = String::from("head");
            while !line.trim_end().is_empty() {
                line.clear();
                reader.read_line(&mut line).unwrap();
            }
            let _ = write!(
                &stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
                 Content-Security-Policy: default-src 'none'; require-trusted-types-for 'script'\r\n\
                 Connection: close\r\n\r\n{PAGE}",
                PAGE.len()
            );
        }
    });
    browser.open(&format!("http://127.0.0.1:{port}/"))
}

#[test]
fn a_page_is_clicked_typed_into_and_read() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    let page = open(browser);
    page.wait_for("A page");
    page.eval(CLICKED);
    page.click("button", "a1, free");
    page.wait_for("Clicked.");
    page.click("textbox", "Name");
    page.type_text("hell");
    page.press("o");
    page.press("ArrowLeft");
    page.press("!");
    assert_eq!(page.eval("document.querySelector('input').value"), "hell!o");
    assert_eq!(page.focused(), r#"textbox "Name""#);
    let button = page.wait_for_node("button", |node| node.is("button", "b1, X"));
    assert!(button.has("disabled"), "{button}");
    page.look(Look::of(360, 640).dark());
    let is_dark = "innerWidth === 360 && matchMedia('(prefers-color-scheme: dark)').matches";
    assert_eq!(page.eval(is_dark), true);
    assert_eq!(size_of_png(&page.picture()), Some((360, 640)));
    page.reload();
    assert!(!page.text().contains("Clicked."), "{}", page.text());
}

#[test]
fn whatever_a_page_does_wrong_is_a_complaint() {
    let Some(browser) = Browser::shared() else {
        return;
    };
    for (wrong, complaint) in [
        ("console.warn('odd'), null", "console: odd"),
        (
            "setTimeout(() => { throw new Error('late') }), null",
            "Error: late",
        ),
        (
            "document.body.setAttribute('style', 'color: red')",
            "Applying inline style violates",
        ),
        (
            "setTimeout(() => { document.body.innerHTML = '<b>bold</b>' }), null",
            "This document requires 'TrustedHTML' assignment",
        ),
        (
            "document.body.append(Object.assign(new Image(), { src: '/it.png' }))",
            "Loading the image",
        ),
    ] {
        let page = open(browser);
        page.eval(wrong);
        let complaints = page.wait_for_complaint();
        assert!(complaints[0].starts_with(complaint), "{complaints:?}");
        page.expects("");
    }
}

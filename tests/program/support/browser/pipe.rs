//! Chromium's debugging protocol over two pipes: JSON messages that end in a zero byte.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Receives the events of one page: their names and parameters.
pub(super) type Listener = Box<dyn Fn(&str, &Value) + Send>;

/// A running browser. It ends with the pipe, so also when this program is killed.
pub(super) struct Pipe {
    to_browser: Mutex<Box<dyn Write + Send>>,
    next: AtomicU64,
    state: Arc<Mutex<State>>,
    child: Mutex<Child>,
}

#[derive(Default)]
struct State {
    has_ended: bool,
    /// The callers that wait for an answer, by its number.
    waiting: HashMap<u64, mpsc::Sender<Value>>,
    /// By the page's session.
    listeners: HashMap<String, Listener>,
}

impl Pipe {
    /// Starts this browser. It reads commands at descriptor 3 and writes to descriptor 4, which the
    /// shell makes of its standard input and output.
    pub(super) fn start(browser: &str, arguments: &[&str]) -> std::io::Result<Self> {
        let script = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut child = Command::new("sh")
            .args(["-c", script, browser, "--remote-debugging-pipe"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let heard = Arc::clone(&state);
        thread::spawn(move || hear(output, &heard));
        Ok(Self {
            to_browser: Mutex::new(Box::new(input)),
            next: AtomicU64::new(1),
            state,
            child: Mutex::new(child),
        })
    }

    /// Calls a method of the browser, or of a page by its session. Fails after `limit`.
    pub(super) fn call(
        &self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
        limit: Duration,
    ) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (sender, answer) = mpsc::channel();
        {
            let mut state = self.state.lock().unwrap();
            if state.has_ended {
                return Err(format!("{method}: the browser has ended"));
            }
            state.waiting.insert(id, sender);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let sent = self.to_browser.lock().unwrap().write_all(&bytes);
        sent.map_err(|error| format!("{method}: {error}"))?;
        match answer.recv_timeout(limit) {
            Ok(mut answer) if answer["error"].is_null() => Ok(answer["result"].take()),
            Ok(answer) => Err(format!("{method}: {}", answer["error"])),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(format!("{method}: the browser has ended"))
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                self.state.lock().unwrap().waiting.remove(&id);
                Err(format!("{method}: no answer in {limit:?}"))
            }
        }
    }

    pub(super) fn listen(&self, session: &str, listener: Listener) {
        let mut state = self.state.lock().unwrap();
        state.listeners.insert(session.to_owned(), listener);
    }

    pub(super) fn forget(&self, session: &str) {
        self.state.lock().unwrap().listeners.remove(session);
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Passes on what the browser says, until it ends.
fn hear(output: impl Read, state: &Mutex<State>) {
    let mut output = BufReader::new(output);
    let mut message = Vec::new();
    while let Ok(1..) = output.read_until(0, &mut message) {
        message.pop();
        let mut heard: Value = serde_json::from_slice(&message).unwrap_or_default();
        message.clear();
        let mut state = state.lock().unwrap();
        if let Some(id) = heard["id"].as_u64() {
            if let Some(caller) = state.waiting.remove(&id) {
                let _ = caller.send(heard);
            }
        } else if let Some(listener) = heard["sessionId"]
            .as_str()
            .and_then(|session| state.listeners.get(session))
        {
            let parameters = heard["params"].clone();
            listener(
                heard["method"].take().as_str().unwrap_or_default(),
                &parameters,
            );
        }
    }
    let mut state = state.lock().unwrap();
    state.has_ended = true;
    state.waiting.clear();
}

//! A page in the browser.

use super::png::from_base64;
use super::tree::{self, Node};
use super::{Browser, LIMIT};
use crate::support::Watched;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A page of its own profile. When it is dropped, it must not have complained: no exception, no
/// error on the console, no breach of its content security policy.
pub(crate) struct Page {
    browser: &'static Browser,
    profile: String,
    session: String,
    /// What the page has written to the console, and what the browser has found wrong with it.
    complaints: Arc<Watched<Vec<String>>>,
    /// Complaints that begin so are expected.
    expected: Mutex<Vec<String>>,
}

/// How the page is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// In CSS pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the picture for each CSS pixel.
    pub(crate) scale: u32,
    pub(crate) is_dark: bool,
}

impl Look {
    pub(crate) fn of(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            scale: 1,
            is_dark: false,
        }
    }

    pub(crate) fn dark(self) -> Self {
        Self {
            is_dark: true,
            ..self
        }
    }
}

/// How often a condition is looked at that no event tells of.
const STEP: Duration = Duration::from_millis(20);

impl Page {
    pub(super) fn new(browser: &'static Browser) -> Self {
        let call = |method: &str, parameters: Value, field: &str| {
            let answer = browser.call(method, parameters).unwrap();
            answer[field].as_str().unwrap().to_owned()
        };
        let profile = call("Target.createBrowserContext", json!({}), "browserContextId");
        let target = json!({ "url": "about:blank", "browserContextId": profile });
        let target = call("Target.createTarget", target, "targetId");
        let attach = json!({ "targetId": target, "flatten": true });
        let session = call("Target.attachToTarget", attach, "sessionId");
        let complaints = Arc::<Watched<Vec<String>>>::default();
        let heard = Arc::clone(&complaints);
        let listener = move |event: &str, parameters: &Value| {
            if let Some(complaint) = complaint(event, parameters) {
                heard.change(|complaints| complaints.push(complaint));
            }
        };
        browser.pipe.listen(&session, Box::new(listener));
        let page = Self {
            browser,
            profile,
            session,
            complaints,
            expected: Mutex::default(),
        };
        for domain in ["Runtime", "Log", "Page", "Inspector"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        // Each page believes that it has the keyboard, as if each had a window in front.
        let focus = json!({ "enabled": true });
        page.call("Emulation.setFocusEmulationEnabled", focus);
        page.look(Look::of(1024, 768));
        page
    }

    /// Loads the page at this address.
    pub(crate) fn goto(&self, address: &str) {
        let loading = self.call("Page.navigate", json!({ "url": address }));
        let error = loading["errorText"].as_str();
        assert!(error.is_none(), "{address}: {error:?}");
        self.wait("document.readyState === 'complete'");
    }

    pub(crate) fn reload(&self) {
        self.eval("window.isOld = true");
        self.call("Page.reload", json!({}));
        self.wait("!window.isOld && document.readyState === 'complete'");
    }

    /// Runs a script in later pages before anything of theirs.
    pub(crate) fn before_load(&self, script: &str) {
        let source = json!({ "source": script });
        self.call("Page.addScriptToEvaluateOnNewDocument", source);
    }

    /// The value of an expression of the page's language. It may be a promise.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        match self.evaluate(expression, LIMIT) {
            Ok(value) => value,
            Err(error) => self.fail(&error),
        }
    }

    /// Waits until an expression is true. The page looks whenever it has changed, and now and then.
    pub(crate) fn wait(&self, condition: &str) {
        self.wait_within(condition, LIMIT);
    }

    fn wait_within(&self, condition: &str, limit: Duration) {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let waiting = format!(
                "new Promise((resolve, reject) => {{
                    const isSo = () => ({condition});
                    const stop = (end, value) => {{
                        observer.disconnect();
                        clearInterval(timer);
                        clearTimeout(late);
                        end(value);
                    }};
                    const look = () => {{
                        try {{ if (isSo()) stop(resolve, true); }} catch (error) {{ stop(reject, error); }}
                    }};
                    const observer = new MutationObserver(look);
                    observer.observe(document, {{
                        subtree: true, childList: true, characterData: true, attributes: true,
                    }});
                    const timer = setInterval(look, {});
                    const late = setTimeout(() => stop(resolve, false), {});
                    look();
                }})",
                STEP.as_millis(),
                left.as_millis(),
            );
            match self.evaluate(&waiting, left + Duration::from_secs(2)) {
                Ok(Value::Bool(true)) => return,
                Ok(_) => self.fail(&format!("waited for {condition}")),
                // The page was replaced by another one.
                Err(error) if is_navigation(&error) && Instant::now() < end => {}
                Err(error) => self.fail(&format!("waited for {condition}: {error}")),
            }
        }
    }

    /// Waits until the page shows this text.
    pub(crate) fn wait_for(&self, text: &str) {
        let text = Value::from(text);
        self.wait(&format!("document.body.innerText.includes({text})"));
    }

    /// All text that the page shows.
    pub(crate) fn text(&self) -> String {
        let text = self.eval("document.body.innerText");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks in the middle of the element of this role and name, as a screen reader knows it. Waits
    /// until it is there and nothing covers it.
    pub(crate) fn click(&self, role: &str, name: &str) {
        let end = Instant::now() + LIMIT;
        loop {
            let at = self.find(role, name).and_then(|node| self.place_of(node));
            match at {
                Ok((x, y)) => return self.click_at(x, y),
                Err(error) if Instant::now() > end => {
                    let tree: Vec<String> = self.tree().iter().map(Node::to_string).collect();
                    self.fail(&format!(
                        "no {role} {name:?} to click: {error}, in\n{}",
                        tree.join("\n")
                    ))
                }
                Err(_) => thread::park_timeout(STEP),
            }
        }
    }

    /// The number of the one element of this role and name.
    fn find(&self, role: &str, name: &str) -> Result<Value, String> {
        let document = self.try_call("Runtime.evaluate", json!({ "expression": "document" }))?;
        let question = json!({
            "objectId": document["result"]["objectId"], "role": role, "accessibleName": name,
        });
        let found = self.try_call("Accessibility.queryAXTree", question)?;
        let found = found["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        let mut found = found.iter().filter(|node| node["ignored"] != true);
        match (found.next(), found.next()) {
            (Some(node), None) => Ok(node["backendDOMNodeId"].clone()),
            (None, _) => Err("there is none".to_owned()),
            (Some(_), Some(_)) => Err("there are several".to_owned()),
        }
    }

    /// The middle of an element, after scrolling to it.
    fn place_of(&self, node: Value) -> Result<(f64, f64), String> {
        let question = json!({ "backendNodeId": node });
        let object = self.try_call("DOM.resolveNode", question)?;
        let question = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": "function () {
                this.scrollIntoView({ block: 'nearest', behavior: 'instant' });
                const box = this.getBoundingClientRect();
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const top = document.elementFromPoint(x, y);
                return box.width > 0 && top !== null && (this.contains(top) || top.contains(this))
                    ? [x, y] : (top?.outerHTML ?? 'nothing').slice(0, 200);
            }",
            "returnByValue": true,
        });
        let place = self.try_call("Runtime.callFunctionOn", question)?;
        let place = &place["result"]["value"];
        place[0]
            .as_f64()
            .zip(place[1].as_f64())
            .ok_or_else(|| format!("it is covered by {place}"))
    }

    fn click_at(&self, x: f64, y: f64) {
        for event in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if event == "mouseMoved" {
                "none"
            } else {
                "left"
            };
            let count = u8::from(event != "mouseMoved");
            let mouse = json!({
                "type": event, "x": x, "y": y, "button": button, "clickCount": count,
            });
            self.call("Input.dispatchMouseEvent", mouse);
        }
    }

    /// Moves the mouse out of the way.
    pub(crate) fn leave_alone(&self) {
        let mouse = json!({ "type": "mouseMoved", "x": 0, "y": 0 });
        self.call("Input.dispatchMouseEvent", mouse);
    }

    /// Enters text at the cursor, all of it at once.
    pub(crate) fn type_text(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses and releases a key by its name: `Enter`, `ArrowLeft`, `Shift+Tab`, `a`.
    pub(crate) fn press(&self, key: &str) {
        let (modifiers, key) = match key.rsplit_once('+') {
            Some(("Shift", key)) => (8, key),
            Some(("Control", key)) => (2, key),
            Some(("Alt", key)) => (1, key),
            _ => (0, key),
        };
        let (code, number, text) = match key {
            "Enter" => ("Enter", 13, Some("\r")),
            "Tab" => ("Tab", 9, None),
            "Escape" => ("Escape", 27, None),
            " " => ("Space", 32, Some(" ")),
            "Backspace" => ("Backspace", 8, None),
            "PageUp" => ("PageUp", 33, None),
            "PageDown" => ("PageDown", 34, None),
            "End" => ("End", 35, None),
            "Home" => ("Home", 36, None),
            "ArrowLeft" => ("ArrowLeft", 37, None),
            "ArrowUp" => ("ArrowUp", 38, None),
            "ArrowRight" => ("ArrowRight", 39, None),
            "ArrowDown" => ("ArrowDown", 40, None),
            character => ("", 0, Some(character)),
        };
        let mut event = json!({
            "type": if text.is_some() { "keyDown" } else { "rawKeyDown" },
            "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        if let Some(text) = text {
            event["text"] = text.into();
        }
        self.call("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        event["text"] = Value::Null;
        event.as_object_mut().unwrap().remove("text");
        self.call("Input.dispatchKeyEvent", event);
    }

    /// The role and name of the element that has the keyboard.
    pub(crate) fn focused(&self) -> String {
        let tree = self.tree();
        let mut nodes = tree.iter().filter(|node| node.has("focused"));
        // The document has it too.
        let node = nodes.next_back();
        node.map_or_else(String::new, |node| format!("{} {:?}", node.role, node.name))
    }

    /// The page as a screen reader meets it.
    pub(crate) fn tree(&self) -> Vec<Node> {
        tree::nodes(&self.call("Accessibility.getFullAXTree", json!({})))
    }

    /// Waits until an element of this kind is there.
    pub(crate) fn wait_for_node(&self, what: &str, is_it: impl Fn(&Node) -> bool) -> Node {
        let end = Instant::now() + LIMIT;
        loop {
            let tree = self.tree();
            if let Some(node) = tree.iter().find(|node| is_it(node)) {
                return node.clone();
            }
            if Instant::now() > end {
                let lines: Vec<String> = tree.iter().map(Node::to_string).collect();
                self.fail(&format!("no {what} in\n{}", lines.join("\n")));
            }
            thread::park_timeout(STEP);
        }
    }

    /// Gives the page another size and other colours.
    pub(crate) fn look(&self, look: Look) {
        let size = json!({
            "width": look.width, "height": look.height, "deviceScaleFactor": look.scale,
            "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = if look.is_dark { "dark" } else { "light" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// What can be seen of the page, as a PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        from_base64(&self.picture_in_base64())
    }

    /// The same as another page can show it.
    pub(crate) fn picture_in_base64(&self) -> String {
        let mut picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        match picture["data"].take() {
            Value::String(data) => data,
            other => self.fail(&format!("no picture: {other}")),
        }
    }

    /// Takes the network from the page, or gives it back.
    pub(crate) fn offline(&self, is_offline: bool) {
        self.call("Network.enable", json!({}));
        let network = json!({
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.call("Network.emulateNetworkConditions", network);
    }

    /// Says that complaints that begin so are no failure.
    pub(crate) fn expects(&self, complaint: &str) {
        self.expected.lock().unwrap().push(complaint.to_owned());
    }

    /// What was wrong so far, apart from what was expected.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let expected = self.expected.lock().unwrap();
        let is_expected = |it: &&String| expected.iter().any(|start| it.starts_with(start));
        self.complaints
            .read(|all| all.iter().filter(|it| !is_expected(it)).cloned().collect())
    }

    /// Waits until something is wrong.
    pub(crate) fn wait_for_complaint(&self) -> Vec<String> {
        let complaints = self
            .complaints
            .wait(|all| (!all.is_empty()).then(|| all.clone()));
        complaints.unwrap_or_else(|| self.fail("waited for a complaint"))
    }

    fn evaluate(&self, expression: &str, limit: Duration) -> Result<Value, String> {
        let question = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
            "userGesture": true,
        });
        let session = Some(self.session.as_str());
        let mut answer = self
            .browser
            .pipe
            .call(session, "Runtime.evaluate", question, limit)?;
        match &answer["exceptionDetails"] {
            Value::Null => Ok(answer["result"]["value"].take()),
            thrown => Err(words_of(thrown)),
        }
    }

    fn call(&self, method: &str, parameters: Value) -> Value {
        match self.try_call(method, parameters) {
            Ok(answer) => answer,
            Err(error) => self.fail(&error),
        }
    }

    fn try_call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        let session = Some(self.session.as_str());
        self.browser.pipe.call(session, method, parameters, LIMIT)
    }

    /// Fails the test with what the page shows and has complained about.
    fn fail(&self, what: &str) -> ! {
        let short = Duration::from_secs(2);
        let shown = self.evaluate(
            "location.href + '\\n' + document.body.innerText.slice(0, 4000)",
            short,
        );
        let shown = shown.map_or_else(|error| error, |text| text.as_str().unwrap_or("").to_owned());
        let complaints = self.complaints.read(|all| all.join("\n"));
        panic!("{what}\n--- page:\n{shown}\n--- complaints:\n{complaints}");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // What the page has said comes before this answer.
        let _ = self.evaluate("0", Duration::from_secs(2));
        self.browser.pipe.forget(&self.session);
        let profile = json!({ "browserContextId": self.profile });
        let _ = self.browser.call("Target.disposeBrowserContext", profile);
        let complaints = self.complaints();
        if !thread::panicking() {
            assert!(
                complaints.is_empty(),
                "the page complains:\n{}",
                complaints.join("\n")
            );
        }
    }
}

/// What an event finds wrong with the page.
fn complaint(event: &str, parameters: &Value) -> Option<String> {
    match event {
        "Runtime.exceptionThrown" => Some(words_of(&parameters["exceptionDetails"])),
        "Runtime.consoleAPICalled" => {
            let arguments = parameters["args"].as_array()?.iter();
            let words = arguments.map(|it| {
                it["value"]
                    .as_str()
                    .map_or_else(|| it.to_string(), str::to_owned)
            });
            let words: Vec<String> = words.collect();
            Some(format!("console: {}", words.join(" ")))
        }
        "Log.entryAdded" => {
            let entry = &parameters["entry"];
            let level = entry["level"].as_str()?;
            let text = entry["text"].as_str()?;
            (level == "error" || level == "warning").then(|| text.to_owned())
        }
        "Page.javascriptDialogOpening" => Some(format!("dialog: {}", parameters["message"])),
        "Inspector.targetCrashed" => Some("the page has crashed".to_owned()),
        _ => None,
    }
}

/// An exception in words.
fn words_of(thrown: &Value) -> String {
    let description = &thrown["exception"]["description"];
    let value = &thrown["exception"]["value"];
    let text = &thrown["text"];
    match description.as_str() {
        Some(words) => words.to_owned(),
        None if !value.is_null() => value.to_string(),
        None => text.as_str().unwrap_or("an exception").to_owned(),
    }
}

/// Whether a call failed because the page was replaced by another one.
fn is_navigation(error: &str) -> bool {
    [
        "navigated",
        "context was destroyed",
        "Cannot find context",
        "Promise was collected",
    ]
    .iter()
    .any(|words| error.contains(words))
}

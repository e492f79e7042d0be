//! Old posts, page by page from the last message to the first.

use crate::support::{Peer, Room, Socket, control};
use serde_json::{Value, json};

/// A program that pages back.
struct Reader {
    socket: Socket,
    said: u64,
}

impl Reader {
    fn join(port: u16) -> Self {
        let mut socket = Socket::connect(port);
        let hello = json!({"type": "hello", "version": 2, "name": "reader"});
        socket.send(&control(&hello.to_string()));
        Self { socket, said: 0 }
    }

    fn say(&mut self, text: &str) -> u64 {
        self.said += 1;
        let say = json!({"type": "say", "number": self.said, "text": text});
        self.socket.send(&control(&say.to_string()));
        self.said
    }

    /// All that the room sends until it has finished with this line.
    fn hears_until_stored(&mut self, line: u64) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let (_, payload) = self.socket.receive_frame();
            let message: Value = serde_json::from_str(&payload).unwrap();
            if message["type"] == "ping" {
                self.socket.send(&control(r#"{"type":"pong"}"#));
            }
            if message["type"] == "stored" && message["number"].as_u64() >= Some(line) {
                return heard;
            }
            heard.push(message);
        }
    }

    /// The numbers and texts of one page. The room reads the blank line when the answer is complete,
    /// so the receipt of that line is the end of the page.
    fn page(&mut self, command: &str) -> Vec<(u64, String)> {
        self.say(command);
        let end = self.say(" ");
        let heard = self.hears_until_stored(end);
        let recalled = heard.iter().filter(|it| it["type"] == "recall");
        let page: Vec<_> = recalled
            .map(|it| {
                let text = it["text"].as_str().unwrap().to_owned();
                (it["id"].as_u64().unwrap(), text)
            })
            .collect();
        // A page without a post says so.
        let is_told = heard.iter().any(|it| it["text"] == "Nothing was found.");
        assert_eq!(is_told, page.is_empty(), "{heard:?}");
        page
    }
}

#[test]
fn a_program_pages_from_the_last_message_to_the_first_and_meets_each_once() {
    // Without a journal a room has its last 256 posts.
    for (options, messages, sizes) in [
        (&["--burst", "0"][..], 450, &[200, 200, 50][..]),
        (&["--burst", "0", "--no-journal"], 230, &[200, 30]),
    ] {
        let Room { mut host, port } = Room::open(options);
        let mut ann = Peer::join(port, "ann");
        for number in 0..messages {
            ann.say(&format!("line {number}"));
        }
        host.wait_for(&format!("ann: line {}\n", messages - 1));
        let mut reader = Reader::join(port);
        let mut pages = vec![reader.page("/history 200")];
        while let Some((first, _)) = pages.last().and_then(|page| page.first()) {
            let command = format!("/history 200 {first}");
            pages.push(reader.page(&command));
        }
        assert_eq!(pages.pop(), Some(Vec::new()));
        assert!(pages.iter().map(Vec::len).eq(sizes.iter().copied()));
        for page in &pages {
            assert!(page.is_sorted_by(|one, other| one.0 < other.0), "{page:?}");
        }
        let met = pages.iter().rev().flatten().map(|(_, text)| text.as_str());
        let said: Vec<String> = (0..messages).map(|it| format!("line {it}")).collect();
        assert!(met.eq(said.iter().map(String::as_str)), "{pages:?}");
    }
}

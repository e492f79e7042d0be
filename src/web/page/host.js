// The host's page: where the room is, who is connected, what happens, and the host's commands.
//
// The address of the page has a secret after #, which no request contains. It is moved from the
// address to this tab's storage at once, so that nobody reads it over the host's shoulder.

import { Connections } from "./connections.js";
import { byId, make, setText } from "./dom.js";
import { wordsFor } from "./endings.js";
import { Input } from "./input.js";
import { Listener } from "./listener.js";
import { Log } from "./log.js";
import { ask } from "./question.js";
import { Status } from "./status.js";
import { Seen } from "./seen.js";
import * as storage from "./storage.js";
import { Title } from "./title.js";
import { MAX_TEXT, isString, size, wellFormed } from "./wire.js";
import { withoutDashes, words } from "./words.js";

/** Maximum number of addresses and commands that are shown. */
const LINES = 20;

/** The form of the secret. */
const SECRET = /^[0-9a-f]{32}$/i;

class Host {
  #status = new Status(byId("status"));
  #title = new Title("tictalk host");
  #listener;
  #connections;
  #input;
  #log;
  /** The number of the next line, of this page's life. */
  #number = 1;
  #seen = new Seen();

  constructor(secret) {
    this.#log = new Log({
      list: byId("log"),
      scroller: byId("talk"),
      news: byId("news"),
      onLeave: () => this.#input.focus(),
    });
    this.#input = new Input({
      form: byId("entry"),
      onLine: (line) => this.#enter(line),
      onPage: (part) => this.#log.page(part),
    });
    this.#connections = new Connections(byId("connections"), byId("count"), {
      mute: (name) => this.#send(`/mute ${name}`),
      kick: (name) => this.#askThenSend(
        `Remove ${name} from the room for ten minutes?`, "Remove", `/kick ${name}`,
      ),
      ban: (name) => this.#askThenSend(
        `Ban ${name} until you allow the return with /unban?`, "Ban", `/ban ${name}`,
      ),
    });
    byId("check").addEventListener("click", () => this.#send("/status"));
    byId("bans").addEventListener("click", () => this.#send("/bans"));
    byId("results").addEventListener("click", () => this.#send("/results"));
    byId("help").addEventListener("click", () => this.#send("/help"));
    byId("close").addEventListener("click", () => this.#askThenSend(
      "Close the room for everybody?", "Close the room", "/quit",
    ));
    this.#status.hold("Connecting ...");
    this.#listener = new Listener({ as: "host", secret }, {
      welcome: ({ name }) => this.#welcome(name),
      control: (control) => this.#hear(control),
      lost: (why) => this.#status.hold(why),
      refused: (refuse) => this.#refused(refuse),
    });
  }

  #welcome(name) {
    this.#connections.restart();
    this.#status.hold("");
    this.#status.say("Connected.");
    if (name) {
      setText(byId("me"), `Host: ${name}`);
    }
  }

  #hear(control) {
    switch (control.type) {
      case "open":
        this.#open(control);
        break;
      case "connected":
        this.#connections.show(control);
        break;
      case "post":
        this.#post(control);
        break;
      case "recall":
        this.#log.quietly(() => this.#show(control, ["old"]));
        break;
      case "tell":
        this.#log.add({ words: withoutDashes(control.text), kind: "told", isNews: true });
        break;
      default:
    }
  }

  /** Where the room is, and how others join it. */
  #open({ room, address, port, pages, commands }) {
    const isNamed = isString(room) && room !== "";
    this.#title.place = isNamed ? `${room} - tictalk host` : "tictalk host";
    setText(byId("room-name"), isNamed ? room : "(no name)");
    setText(byId("address"), isString(address) ? address : "");
    setText(byId("port"), Number.isSafeInteger(port) ? String(port) : "");
    fill(byId("pages"), pages);
    fill(byId("commands"), commands);
  }

  #post(post) {
    if (this.#seen.isNew(post)) {
      this.#show(post, []);
    }
  }

  #show(post, marks) {
    const isMessage = ["said", "acted"].includes(post.what);
    const isOwn = post.by === 0 && isMessage;
    if (isMessage && !isOwn && marks.length === 0) {
      this.#title.message();
    }
    this.#log.add({
      words: words(post),
      kind: post.what === "whispered" ? "private" : isMessage ? "message" : "notice",
      at: post.at,
      name: post.name,
      marks: [...marks, ...(isOwn ? ["own"] : [])],
      isNews: true,
    });
  }

  #enter(entered) {
    const line = wellFormed(entered).replace(/[\r\n]+$/, "");
    if (line.trim() === "") {
      return false;
    }
    if (/^\/(q|quit)\s*$/i.test(line)) {
      byId("close").click();
      return true;
    }
    return this.#send(line);
  }

  async #askThenSend(question, yes, line) {
    if (await ask(question, yes)) {
      this.#send(line);
    }
  }

  /** Sends a line. Returns whether the connection could take it. */
  #send(line) {
    const bytes = size(line);
    if (bytes > MAX_TEXT) {
      this.#status.say(
        `That message is ${bytes} bytes long, and the limit is ${MAX_TEXT}: not sent.`,
      );
      return false;
    }
    if (!this.#listener.isConnected) {
      this.#status.say("Not connected: nothing was sent.");
      return false;
    }
    this.#listener.send({ type: "say", number: this.#number, text: line });
    this.#number += 1;
    this.#status.say("");
    return true;
  }

  #refused({ reason, message }) {
    this.#input.isOpen = false;
    this.#status.hold("");
    if (reason === "unknown") {
      storage.secret("");
    }
    const words = wordsFor(reason, message);
    byId("ended").replaceChildren(make("p", { role: "alert" }, words));
    byId("ended").hidden = false;
  }
}

/** Fills a list with lines of foreign text. */
function fill(list, lines) {
  const shown = Array.isArray(lines) ? lines.filter(isString).slice(0, LINES) : [];
  list.replaceChildren(...shown.map((line) => make("li", {}, make("code", {}, line))));
}

function begin() {
  const given = location.hash.slice(1);
  if (given !== "") {
    storage.secret(given);
    history.replaceState(null, "", location.pathname);
  }
  const secret = storage.secret() ?? given;
  if (SECRET.test(secret)) {
    new Host(secret);
  } else {
    byId("room").hidden = true;
    byId("no-secret").hidden = false;
  }
}

begin();

// The host's page: where the room is, who is connected, what happens, and the host's commands.
//
// The address of the page has a secret after #, which no request contains. It is moved from the
// address to this tab's storage at once, so that nobody reads it over the host's shoulder.

import { Connections } from "./connections.js";
import { byId, make, setText } from "./dom.js";
import { wordsFor } from "./endings.js";
import { lines } from "./gathered.js";
import { KEPT } from "./guest.js";
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
  /** Lines by their numbers that the room has not acknowledged. */
  #sent = new Map();
  /** What to know about lines that are back in the field, or "". */
  #returned = "";
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
    byId("check").addEventListener("click", () => this.#sendOnce("/status"));
    byId("bans").addEventListener("click", () => this.#sendOnce("/bans"));
    byId("results").addEventListener("click", () => this.#sendOnce("/results"));
    byId("help").addEventListener("click", () => this.#sendOnce("/help"));
    byId("close").addEventListener("click", () => this.#close());
    this.#status.hold("Connecting ...");
    this.#listener = new Listener({ as: "host", secret }, {
      welcome: ({ name }) => this.#welcome(name),
      control: (control) => this.#hear(control),
      lost: (why) => this.#lost(why),
      refused: (refuse) => this.#refused(refuse),
    });
  }

  #welcome(name) {
    this.#connections.restart();
    this.#status.hold("");
    this.#status.say(`Connected. ${this.#returned}`.trim());
    if (name) {
      setText(byId("me"), `Host: ${name}`);
    }
  }

  #lost(why) {
    this.#giveBack();
    this.#status.hold(`${why} ${this.#returned}`.trim());
  }

  /** Puts the lines that the room has not acknowledged back into the field. */
  #giveBack() {
    const lines = Array.from(this.#sent.values());
    this.#sent.clear();
    if (lines.length > 0) {
      this.#input.restoreEach(lines);
      this.#returned = lines.length === 1
        ? "The line in the field may not have arrived."
        : `${lines.length} lines may not have arrived. They return to the field one by one.`;
    }
  }

  #hear(control) {
    switch (control.type) {
      case "stored":
        this.#sent.delete(control.number);
        break;
      case "open":
        this.#open(control);
        break;
      case "connected":
        this.#connections.show(control);
        break;
      case "post":
        this.#post(control);
        break;
      case "gathered":
        this.#gathered(control);
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

  /** Several posts about who is in the room. */
  #gathered(control) {
    const { last: id, at } = control;
    if (control.rest !== true && this.#seen.isNew({ id, at })) {
      lines(control).forEach((line) => {
        this.#log.add({ words: line, kind: "notice", at, isNews: true });
      });
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

  async #close() {
    if (await ask("Close the room for everybody?", "Close the room")) {
      this.#sendOnce("/quit");
    }
  }

  async #askThenSend(question, yes, line) {
    if (await ask(question, yes)) {
      this.#send(line);
    }
  }

  /**
   * Sends a line and keeps it until the room acknowledges it. Returns whether the connection could
   * take it.
   */
  #send(line) {
    if (this.#sent.size >= KEPT) {
      this.#status.say("The room does not answer: not sent.");
      return false;
    }
    const number = this.#number;
    const isSent = this.#sendOnce(line);
    if (isSent) {
      this.#sent.set(number, line);
    }
    return isSent;
  }

  /** Sends a line that need not be kept. Returns whether the connection could take it. */
  #sendOnce(line) {
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
    this.#returned = "";
    this.#status.say("");
    return true;
  }

  #refused({ reason, message }) {
    this.#giveBack();
    this.#input.isOpen = false;
    this.#status.hold("");
    this.#status.say(this.#returned);
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

// Another link that is opened in this tab, after a restart of the room, loads nothing by itself.
addEventListener("hashchange", () => {
  storage.secret(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  location.reload();
});

begin();

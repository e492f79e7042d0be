// The page of a visitor of a pair: the partner of the person at the server's terminal. The two take
// strict turns, so a line can be sent exactly while it is the visitor's turn.

import { byId, button, setText } from "./dom.js";
import { PAIR_GAMES } from "./games.js";
import { SILENCE_LIMIT } from "./guest.js";
import { now } from "./live.js";
import * as storage from "./storage.js";
import { MAX_TEXT, size, wellFormed } from "./wire.js";
import { prefixed, withoutDashes } from "./words.js";

export class Pair {
  #live;
  #onEnded;
  #name;
  #partner;
  #isMine = false;
  #isOver = false;
  #heardAt = now();
  #log;
  #input;
  #board;
  #status;
  #title;

  /**
   * @param {Live} live over which the server has welcomed the visitor
   * @param {Screen} screen
   * @param {object} options
   * @param {string} options.name of the visitor
   * @param {object} options.welcome
   * @param {(ending: {words, label, action}) => void} options.onEnded
   */
  constructor(live, screen, { name, welcome, onEnded }) {
    this.#live = live;
    this.#onEnded = onEnded;
    this.#name = name;
    this.#partner = welcome.name || "the server";
    this.#log = screen.log;
    this.#input = screen.input;
    this.#board = screen.board;
    this.#status = screen.status;
    this.#title = screen.title;
    this.#board.isPair = true;
    screen.handlers = {
      onLine: (line) => this.#enter(line),
      onClosed: (line) => this.#enter(line),
      onPage: (part) => this.#log.page(part),
      onDraft: () => this.#save(),
      onMove: (move) => this.#send(move),
      onCommand: (line) => this.#send(line),
      onLeave: () => this.#leave(),
    };
    const games = PAIR_GAMES.map((game) => (
      button(`Play ${game.words}`, () => this.#send(`play ${game.name}`))
    ));
    byId("games").replaceChildren(...games);
    setText(byId("me"), `${name} and ${this.#partner}`);
    live.handlers = {
      onOpen() {},
      onControl: (control) => this.#hear(control),
      onLost: () => this.#end(`The connection to ${this.#partner} has ended.`),
      onTick: () => this.#tick(),
    };
    this.#input.isOpen = false;
    this.#input.focus();
    this.#save();
    this.#status.hold("");
    this.#status.say(`You are connected to ${this.#partner}.`);
  }

  #hear(control) {
    this.#heardAt = now();
    switch (control.type) {
      case "ping":
        this.#live.send({ type: "pong" });
        break;
      case "turn":
        this.#turn(control.yours);
        break;
      case "text":
        this.#title.message();
        this.#log.add({
          words: prefixed(`${this.#partner}: `, control.text),
          kind: "message",
          name: this.#partner,
          isNews: true,
        });
        break;
      case "tell":
        // The program on the other side speaks, and not the person.
        this.#log.add({ words: withoutDashes(control.text), kind: "told", isNews: true });
        break;
      case "board":
        this.#board.show(control);
        this.#showTurn();
        break;
      case "ended":
        this.#board.end(control.table);
        this.#showTurn();
        break;
      case "refuse":
        this.#end(control.message);
        break;
      default:
    }
  }

  #turn(isMine) {
    this.#isMine = isMine;
    this.#input.isOpen = isMine;
    this.#status.say(isMine ? "Your turn." : `${this.#partner}'s turn.`);
    this.#showTurn();
  }

  #showTurn() {
    const whose = this.#isMine ? "Your turn" : `${this.#partner}'s turn`;
    setText(byId("turn"), `${whose}.`);
    byId("turn").hidden = false;
    byId("turn").classList.toggle("mine", this.#isMine);
    byId("games").hidden = this.#board.isPlaying || !this.#isMine;
    this.#title.turn = whose;
  }

  #enter(entered) {
    const line = wellFormed(entered).trim();
    if (line === "" || this.#isOver) {
      return false;
    }
    if (/^\/(q|quit)$/i.test(line)) {
      this.#leave();
      return true;
    }
    return this.#send(line);
  }

  /** Takes the turn with a line. Returns whether it was sent. */
  #send(line) {
    if (this.#isOver) {
      return false;
    }
    if (!this.#isMine) {
      this.#status.say(`It is ${this.#partner}'s turn.`);
      return false;
    }
    const bytes = size(line);
    if (bytes > MAX_TEXT) {
      this.#status.say(
        `That message is ${bytes} bytes long, and the limit is ${MAX_TEXT}: not sent.`,
      );
      return false;
    }
    this.#live.send({ type: "text", text: line });
    this.#log.add({
      words: prefixed(`${this.#name}: `, line), kind: "message", name: this.#name, marks: ["own"],
    });
    this.#log.toEnd();
    // The server says when the turn is settled.
    this.#isMine = false;
    this.#input.isOpen = false;
    this.#showTurn();
    return true;
  }

  /** Stores what is in the field for a reload. A visitor cannot return, so there is no more. */
  #save() {
    storage.save({ guest: null, draft: this.#input.draft });
  }

  #leave() {
    this.#live.send({ type: "text", text: "/q" });
    this.#end("You have left.");
  }

  #tick() {
    if (now() - this.#heardAt >= SILENCE_LIMIT) {
      this.#end("Connection lost.");
    }
  }

  #end(words) {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    this.#live.finish();
    this.#isMine = false;
    this.#input.isOpen = false;
    byId("games").hidden = true;
    byId("turn").hidden = true;
    this.#title.turn = "";
    this.#onEnded({ words, label: "Connect again", action: "reload" });
  }
}

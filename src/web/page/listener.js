// The client of a page that is no member: the host's page and the projector. It says what it is,
// connects again by itself, and begins anew after each welcome.

import { lostWords, notARoom } from "./endings.js";
import { LASTING, SILENCE_LIMIT, WELCOME_TIMEOUT } from "./guest.js";
import { Live, now } from "./live.js";

export class Listener {
  #live = new Live();
  #hello;
  #on;
  #attempts = 0;
  /** When the last hello was sent, the welcome came, and something was heard; or null. */
  #helloAt = null;
  #welcomeAt = null;
  #heardAt = null;

  /**
   * @param {object} hello the fields of the hello
   * @param {object} on
   * @param {(welcome: object) => void} on.welcome everything begins anew
   * @param {(control: object) => void} on.control what follows
   * @param {(words: string) => void} on.lost there is no connection, for now, as these words say
   * @param {(refuse: {reason: string, message: string}) => void} on.refused for good
   */
  constructor(hello, on) {
    this.#hello = hello;
    this.#on = on;
    this.#live.handlers = {
      onOpen: () => this.#open(),
      onControl: (control) => this.#hear(control),
      onLost: () => this.#lose(),
      onTick: () => this.#tick(),
    };
    this.#live.connect(0);
  }

  /** Whether what is sent arrives. */
  get isConnected() {
    return this.#welcomeAt !== null;
  }

  send(control) {
    this.#live.send(control);
  }

  #open() {
    this.#helloAt = now();
    this.#live.send({ type: "hello", version: 2, ...this.#hello });
  }

  #hear(control) {
    this.#heardAt = now();
    if (control.type === "ping") {
      this.#live.send({ type: "pong" });
    } else if (control.type === "refuse") {
      this.#refused(control);
    } else if (this.isConnected) {
      this.#on.control(control);
    } else if (control.type === "welcome" && control.mode !== "room") {
      // Another attempt would take the seat of a partner again.
      this.#refused({ reason: "no room", message: notARoom(control.mode) });
    } else if (control.type === "welcome") {
      this.#helloAt = null;
      this.#welcomeAt = now();
      this.#on.welcome(control);
    }
  }

  #refused(refuse) {
    if (["busy", "behind"].includes(refuse.reason)) {
      this.#lose(refuse.message);
      return;
    }
    this.#welcomeAt = null;
    this.#helloAt = null;
    this.#live.close();
    this.#on.refused(refuse);
  }

  #tick() {
    const isUnanswered = this.#helloAt !== null && now() - this.#helloAt >= WELCOME_TIMEOUT;
    const isSilent = this.isConnected && now() - this.#heardAt >= SILENCE_LIMIT;
    if (isUnanswered || isSilent) {
      this.#lose();
    }
  }

  /** Gives up the connection. `refusal` is the reason of the other side, if it gave one. */
  #lose(refusal = "") {
    if (this.isConnected && now() - this.#welcomeAt >= LASTING) {
      this.#attempts = 0;
    }
    this.#helloAt = null;
    this.#welcomeAt = null;
    this.#on.lost(lostWords(refusal));
    this.#live.connect(this.#attempts);
    this.#attempts += 1;
  }
}

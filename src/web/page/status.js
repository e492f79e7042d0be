// The one polite status line: what has just happened, or that the connection is lost.

import { setText } from "./dom.js";

export class Status {
  #element;
  #held = "";
  #said = "";

  /** @param {HTMLElement} element with the role `status` */
  constructor(element) {
    this.#element = element;
  }

  /** Says what has just happened. */
  say(words) {
    this.#said = words;
    this.#show();
  }

  /** Says something that is true until `hold("")`, and goes before everything else. */
  hold(words) {
    this.#held = words;
    if (words === "") {
      this.#said = "";
    }
    this.#show();
  }

  #show() {
    setText(this.#element, this.#held || this.#said);
    this.#element.classList.toggle("held", this.#held !== "");
  }
}

// The title of the page: what is new, whose turn it is, and where.

import { inLine } from "./hidden.js";

export class Title {
  #place;
  #unread = 0;
  #turn = "";

  constructor(place) {
    this.#place = place;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.#unread = 0;
        this.#show();
      }
    });
  }

  /** A message has arrived. It counts while the page is not seen. */
  message() {
    if (document.visibilityState !== "visible") {
      this.#unread += 1;
      this.#show();
    }
  }

  /** Whose turn it is, or "". */
  set turn(words) {
    this.#turn = words;
    this.#show();
  }

  set place(words) {
    this.#place = words;
    this.#show();
  }

  #show() {
    const unread = this.#unread > 0 ? `(${this.#unread}) ` : "";
    const turn = this.#turn === "" ? "" : `${this.#turn} - `;
    document.title = inLine(`${unread}${turn}${this.#place}`);
  }
}

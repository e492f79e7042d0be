// The person's own lines among the talk: shown at once, marked when the room has stored them, and
// given back if they can no longer be sent.

import { Log } from "./log.js";
import { prefixed } from "./words.js";

/** How long after its receipt the post of a line may take, in milliseconds. */
const POST_FOLLOWS = 2000;

export class TypedLines {
  #log;
  /** The lines that are not acknowledged: by number, {item, line}. */
  #waiting = new Map();
  /** Lines of the page before its reload whose posts were not seen: {item, number, words}. */
  #restored = [];
  /** The person's name in the room, which the lines begin with. */
  name = "";

  /** @param {Log} log */
  constructor(log) {
    this.#log = log;
  }

  /** The numbers of the lines that are not acknowledged. */
  get numbers() {
    return Array.from(this.#waiting.keys());
  }

  /** The first line whose post may still come; newer items belong in front of it. Or null. */
  get pending() {
    return this.#restored[0]?.item ?? null;
  }

  /** Shows a line that was just entered. From now on, no own message comes back as a post. */
  add(number, line) {
    this.#restored = [];
    this.#waiting.set(number, { item: this.#show(line), line });
    this.#log.toEnd();
  }

  /** Shows a line that the page before its reload had entered. */
  restore(number, line) {
    const item = this.#show(line);
    this.#waiting.set(number, { item, line });
    this.#restored.push({ item, number, words: this.#look(line).words });
  }

  /** The room has acknowledged a line. */
  received(number) {
    const waiting = this.#waiting.get(number);
    if (waiting) {
      Log.receive(waiting.item);
      this.#waiting.delete(number);
      // Its post follows, unless it was a command or was refused.
      setTimeout(() => {
        this.#restored = this.#restored.filter((it) => it.number !== number);
      }, POST_FOLLOWS);
    }
  }

  /** An own message has come back as a post, which takes the place of a restored line. */
  replacedBy(words) {
    const at = this.#restored.findIndex((it) => it.words === words);
    if (at >= 0) {
      const [{ item, number }] = this.#restored.splice(at, 1);
      item.remove();
      this.#waiting.delete(number);
    }
  }

  /** Marks all lines that are not acknowledged as never sent, and returns them. */
  giveUp() {
    const lines = Array.from(this.#waiting.values(), ({ item, line }) => {
      Log.reject(item);
      return line;
    });
    this.#waiting.clear();
    this.#restored = [];
    return lines;
  }

  #show(line) {
    const { words, kind } = this.#look(line);
    return this.#log.add({ words, kind, name: this.name, marks: ["own", "waiting"] });
  }

  /** A line as others see it, or as the command that it is. */
  #look(line) {
    const [, command, rest] = /^\/(say|me)\s+(.*)$/is.exec(line) ?? [];
    if (command) {
      const prefix = command.toLowerCase() === "me" ? `* ${this.name} ` : `${this.name}: `;
      return { words: prefixed(prefix, rest.trim()), kind: "message" };
    }
    return /^\/\p{Alphabetic}+(\s|$)/u.test(line)
      ? { words: line, kind: "command" }
      : { words: prefixed(`${this.name}: `, line), kind: "message" };
  }
}

// The table of connections on the host's page.

import { button, make, setAttribute, setText } from "./dom.js";
import { now } from "./live.js";
import * as sights from "./sights.js";

/** How often the ages are renewed, in milliseconds. */
const SECOND = 1000;

/** Maximum number of rows. */
const ROWS = 1000;

export class Connections {
  #body;
  #count;
  #act;
  /** Rows by the number of the member. */
  #rows = new Map();
  /** The portions of a list that is not complete yet. */
  #portions = [];

  /**
   * @param {HTMLElement} body of the table
   * @param {HTMLElement} count shows how many members are connected, and of how many if not all are
   * @param {object} act `mute(name)`, `kick(name)` and `ban(name)`
   */
  constructor(body, count, act) {
    this.#body = body;
    this.#count = count;
    this.#act = act;
    setInterval(() => this.#age(), SECOND);
  }

  /** A connection was made: its first portion begins a new list. */
  restart() {
    this.#portions = [];
  }

  /** Takes over a portion of the list. */
  show(control) {
    this.#portions.push(...sights.members(control));
    if (control.more === true && this.#portions.length < ROWS) {
      return;
    }
    const members = this.#portions.slice(0, ROWS);
    this.#portions = [];
    const here = new Set(members.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) {
      if (!here.has(id)) {
        element.remove();
        this.#rows.delete(id);
      }
    }
    members.forEach((member) => this.#set(member));
    const connected = members.filter(({ isHere }) => isHere).length;
    const all = connected === members.length ? "" : ` of ${members.length}`;
    setText(this.#count, `${connected}${all}`);
    this.#age();
  }

  #set(member) {
    const row = this.#rows.get(member.id) ?? this.#newRow(member.id);
    row.name = member.name;
    row.receivedAt = now();
    row.since = member.since;
    row.heard = member.heard;
    const about = [member.isCoordinator && "coordinator", !member.isHere && "connection lost"];
    setText(row.cells.name, member.name);
    setText(row.cells.about, about.filter(Boolean).join(", "));
    setText(row.cells.address, member.address || "none");
    setText(row.cells.port, member.port === null ? "none" : String(member.port));
    for (const [key, words] of [["mute", "Mute"], ["kick", "Remove"], ["ban", "Ban"]]) {
      setAttribute(row.buttons[key], "aria-label", `${words} ${member.name}`);
    }
  }

  #newRow(id) {
    const cell = (name) => make("td", { "data-label": name });
    const row = { id, buttons: {} };
    const name = make("span", { class: "name" });
    const about = make("span", { class: "about" });
    row.cells = {
      name,
      about,
      address: cell("IP"),
      port: cell("Port"),
      since: cell("Since"),
      heard: cell("Last heard"),
    };
    for (const [key, words] of [["mute", "Mute"], ["kick", "Remove ..."], ["ban", "Ban ..."]]) {
      row.buttons[key] = button(words, () => this.#act[key](row.name));
    }
    row.element = make(
      "tr",
      {},
      make("td", { "data-label": "No." }, String(id)),
      make("th", { scope: "row" }, name, " ", about),
      row.cells.address,
      row.cells.port,
      row.cells.since,
      row.cells.heard,
      make("td", {}, make("div", { class: "buttons" }, ...Object.values(row.buttons))),
    );
    this.#rows.set(id, row);
    this.#body.append(row.element);
    return row;
  }

  /** Renews the ages, which grow since they were received. */
  #age() {
    for (const { cells, since, heard, receivedAt } of this.#rows.values()) {
      const more = now() - receivedAt;
      setText(cells.since, since === null ? "" : rounded(since + more));
      setText(cells.heard, heard === null ? "" : `${rounded(heard + more)} ago`);
    }
  }
}

/** A duration in its one or two largest units. */
function rounded(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// The list of members, with what can be done about each.

import { button, make, setText } from "./dom.js";
import { LEVELS, ROOM_GAMES, called } from "./games.js";
import { ask } from "./question.js";

/** How long changes are gathered before the list is drawn, in milliseconds. */
const GATHER = 50;

/** Maximum number of members that are drawn. */
const DRAWN = 300;

export class MemberList {
  #roster;
  #list;
  #heading;
  #act;
  #me = null;
  #timer = null;
  /** For each member: its elements. The focus stays on a button that is not drawn anew. */
  #rows = new Map();

  /**
   * @param {object} options
   * @param {Roster} options.roster
   * @param {HTMLElement} options.list
   * @param {HTMLElement[]} options.headings what shows the number of members
   * @param {object} options.act `line(text)` sends a command, `write(text)` begins a line in the
   *   input
   */
  constructor({ roster, list, headings, act }) {
    this.#roster = roster;
    this.#list = list;
    this.#heading = headings;
    this.#act = act;
  }

  /** The number of the reader as a member. */
  set me(id) {
    this.#me = id;
    this.update();
  }

  /** Draws the list soon. */
  update() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, GATHER);
  }

  #draw() {
    const members = this.#roster.members;
    const shown = members.slice(0, DRAWN);
    for (const heading of this.#heading) {
      setText(heading, String(members.length));
    }
    const kept = new Set(shown.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (!kept.has(id)) {
        row.item.remove();
        this.#rows.delete(id);
      }
    }
    let before = this.#list.firstElementChild;
    for (const member of shown) {
      const row = this.#row(member);
      if (row.item === before) {
        before = before.nextElementSibling;
      } else {
        this.#list.insertBefore(row.item, before);
      }
    }
    this.#more(members.length - shown.length);
  }

  #more(left) {
    this.#list.querySelector(".more")?.remove();
    if (left > 0) {
      this.#list.append(make("li", { class: "more" }, `... and ${left} more. /who lists all.`));
    }
  }

  /** The elements of a member, made or renewed. */
  #row(member) {
    const row = this.#rows.get(member.id) ?? this.#newRow(member);
    setText(row.name, member.name);
    setText(row.about, this.#about(member));
    row.item.classList.toggle("away", !member.isHere);
    const state = JSON.stringify([member, this.#isCoordinator(), this.#isPlaying(), this.#me]);
    if (row.state !== state) {
      row.state = state;
      if (!row.menu.hidden) {
        this.#fill(row, member.id);
      }
    }
    return row;
  }

  #newRow({ id }) {
    const menu = make("div", { class: "menu buttons", id: `menu-${id}`, hidden: "" });
    const name = make("span", { class: "name" });
    const about = make("span", { class: "about" });
    const row = { menu, name, about, state: "" };
    row.toggle = make(
      "button",
      {
        type: "button",
        class: "member",
        "aria-expanded": "false",
        "aria-controls": menu.id,
        onclick: () => this.#open(row, id),
      },
      name,
      about,
    );
    row.item = make("li", {
      onkeydown: (event) => {
        if (event.key === "Escape" && !menu.hidden) {
          this.#open(row, id);
          row.toggle.focus();
        }
      },
    }, row.toggle, menu);
    this.#rows.set(id, row);
    return row;
  }

  #about({ id, isCoordinator, isHere, plays }) {
    const parts = [];
    if (id === this.#me) {
      parts.push("you");
    }
    if (isCoordinator) {
      parts.push("coordinator");
    }
    if (!isHere) {
      parts.push("connection lost");
    }
    if (plays) {
      parts.push(`plays ${called(plays.game)} with ${plays.with}`);
    }
    // The space is part of the text: a browser does not read one that had nothing after it at first.
    return parts.length > 0 ? ` (${parts.join(", ")})` : "";
  }

  /** Opens or closes the menu of a member. */
  #open(row, id) {
    row.menu.hidden = !row.menu.hidden;
    row.toggle.setAttribute("aria-expanded", String(!row.menu.hidden));
    if (!row.menu.hidden) {
      this.#fill(row, id);
    }
  }

  /** Fills a menu with the actions of now. A focus inside goes to the first of them. */
  #fill(row, id) {
    const member = this.#roster.member(id);
    const hadFocus = row.menu.contains(document.activeElement);
    const buttons = member ? this.#buttons(member) : [];
    row.menu.replaceChildren(...buttons);
    if (hadFocus) {
      (buttons[0] ?? row.toggle).focus();
    }
  }

  #buttons(member) {
    const { name } = member;
    const send = (words, line) => button(words, () => this.#act.line(line));
    if (member.id === this.#me) {
      return this.#ownButtons(send);
    }
    const buttons = [
      button("Private message", () => this.#act.write(`/msg ${name} `)),
    ];
    if (member.plays) {
      buttons.push(send("Watch the game", `/watch ${name}`));
    } else if (!this.#isPlaying()) {
      for (const game of ROOM_GAMES) {
        buttons.push(send(`Play ${game.words}`, `/play ${game.name} ${name}`));
      }
    }
    if (this.#isCoordinator()) {
      buttons.push(
        send("Mute", `/mute ${name}`),
        send("Unmute", `/unmute ${name}`),
        button("Remove ...", () => this.#kick(name), { class: "grave" }),
      );
    }
    return buttons;
  }

  #ownButtons(send) {
    const buttons = [button("Change name", () => this.#act.write("/nick "))];
    if (!this.#isPlaying()) {
      for (const game of ROOM_GAMES) {
        for (const level of game.name === "connect4" ? LEVELS : LEVELS.slice(1, 2)) {
          const words = `Play ${game.words} with the computer, ${level}`;
          buttons.push(send(words, `/play ${game.name} computer ${level}`));
        }
      }
    }
    return buttons;
  }

  async #kick(name) {
    if (await ask(`Remove ${name} from the room for ten minutes?`, "Remove")) {
      this.#act.line(`/kick ${name}`);
    }
  }

  #isCoordinator() {
    return this.#roster.member(this.#me)?.isCoordinator === true;
  }

  #isPlaying() {
    return Boolean(this.#roster.member(this.#me)?.plays);
  }
}

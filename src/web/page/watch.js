// The page for a projector: the games that are played, the results, and the last lines. It only
// shows.

import { byId, make, setText } from "./dom.js";
import { wordsFor } from "./endings.js";
import { called } from "./games.js";
import * as gathered from "./gathered.js";
import { Grid } from "./grid.js";
import { Listener } from "./listener.js";
import { Log } from "./log.js";
import { Roster } from "./roster.js";
import { Seen } from "./seen.js";
import * as sights from "./sights.js";
import { Status } from "./status.js";
import { isString } from "./wire.js";
import { words } from "./words.js";

/** Maximum number of boards that are shown at once. */
const BOARDS = 12;

/** How long the last board of a game stays, in milliseconds. */
const AFTER_THE_END = 20000;

/** A board of the projector. */
class Shown {
  #board;
  #grids = [];
  #turn = make("p", { class: "turn" });
  #heading = make("h2");
  /** The name of a game without grids; a grid has it in its caption. */
  #name = make("p");
  #boards = make("div", { class: "grids" });
  #drawing = make("pre", { class: "drawing" });

  constructor() {
    this.element = make(
      "article",
      { class: "game" },
      this.#heading,
      this.#name,
      this.#boards,
      this.#drawing,
      this.#turn,
    );
  }

  show(board) {
    this.#board = board;
    const { game, players, grids, text, words: described } = board;
    setText(this.#heading, `${players[0]} against ${players[1]}`);
    const fits = grids.length === this.#grids.length
      && grids.every((grid, at) => this.#grids[at].fits(game, grid));
    if (!fits) {
      this.#grids = grids.map((grid) => new Grid(game, grid, null));
      this.#boards.replaceChildren(...this.#grids.map(({ element }) => element));
    }
    grids.forEach((grid, at) => {
      this.#grids[at].show(grid, grid.title || called(game), at === 0 ? described : "");
    });
    setText(this.#name, called(game));
    this.#name.hidden = grids.length > 0;
    setText(this.#drawing, text.join("\n"));
    this.#drawing.hidden = text.length === 0;
    this.element.dataset.size = sizeOf(grids);
    setText(this.#turn, this.#state());
  }

  /** The game is over. */
  end() {
    if (this.#board.turn !== null) {
      setText(this.#turn, "The game is over.");
    }
    this.element.classList.add("over");
  }

  #state() {
    const { turn, players, winner, isDrawn } = this.#board;
    if (isDrawn) {
      return "A draw";
    }
    if (winner !== null) {
      return `${players[winner]} wins!`;
    }
    return turn === null ? "The game is over." : `${players[turn]} to move`;
  }
}

class Watch {
  #status = new Status(byId("status"));
  #log = new Log({ list: byId("log"), scroller: byId("talk"), news: byId("news") });
  #roster = new Roster();
  /** The boards by the number of their table. */
  #tables = new Map();
  #seen = new Seen();

  constructor() {
    setText(byId("join"), location.origin);
    this.#status.hold("Connecting ...");
    new Listener({ as: "watcher" }, {
      welcome: ({ name }) => this.#welcome(name),
      control: (control) => this.#hear(control),
      lost: (why) => this.#status.hold(why),
      refused: ({ reason, message }) => this.#status.hold(
        `${wordsFor(reason, message)} Reload the page to try again.`,
      ),
    });
  }

  /** The room tells of all tables again. */
  #welcome(name) {
    this.#roster.restart();
    this.#status.hold("");
    if (name) {
      setText(byId("room-name"), `Room of ${name}`);
    }
    for (const table of Array.from(this.#tables.keys())) {
      this.#remove(table);
    }
    this.#arrange();
  }

  #hear(control) {
    switch (control.type) {
      case "board":
        this.#board(control);
        break;
      case "ended":
        this.#ended(control.table);
        break;
      case "results":
        this.#results(control);
        break;
      case "open":
        this.#open(control);
        break;
      case "members":
        this.#roster.list(control);
        this.#count();
        break;
      case "gathered":
        this.#gathered(control);
        break;
      case "post":
        this.#post(control);
        break;
      default:
    }
  }

  /** The address that others can use, where the room tells it. */
  #open({ pages }) {
    if (Array.isArray(pages) && isString(pages[0])) {
      setText(byId("join"), pages[0]);
    }
  }

  #board(control) {
    const board = sights.board(control);
    if (board === null) {
      return;
    }
    if (!this.#tables.has(board.table)) {
      this.#makeRoom();
      const shown = new Shown();
      this.#tables.set(board.table, { shown, timer: null });
      byId("boards").append(shown.element);
    }
    this.#tables.get(board.table).shown.show(board);
    this.#arrange();
  }

  /** Removes a board where there are too many: one that has ended, or the oldest. */
  #makeRoom() {
    if (this.#tables.size >= BOARDS) {
      const over = Array.from(this.#tables).find(([, { timer }]) => timer !== null);
      const [oldest] = over ?? Array.from(this.#tables)[0];
      this.#remove(oldest);
    }
  }

  #ended(table) {
    const it = this.#tables.get(table);
    if (it && it.timer === null) {
      it.shown.end();
      it.timer = setTimeout(() => {
        this.#remove(table);
        this.#arrange();
      }, AFTER_THE_END);
    }
  }

  #remove(table) {
    const { shown, timer } = this.#tables.get(table);
    clearTimeout(timer);
    shown.element.remove();
    this.#tables.delete(table);
  }

  /** The style sheet makes the squares as large as the number of boards allows. */
  #arrange() {
    byId("boards").dataset.count = String(Math.min(this.#tables.size, BOARDS));
    byId("no-games").hidden = this.#tables.size > 0;
  }

  #results(control) {
    const rows = sights.results(control);
    byId("results-area").hidden = rows.length === 0;
    byId("results").replaceChildren(...rows.map(({ name, won, lost, drawn }) => make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      ...[won, lost, drawn].map((number) => make("td", {}, String(number))),
    )));
  }

  #post(post) {
    this.#roster.apply(post);
    this.#count();
    if (!this.#seen.isNew(post)) {
      return;
    }
    const isMessage = ["said", "acted"].includes(post.what);
    this.#log.add({
      words: words(post),
      kind: isMessage ? "message" : "notice",
      at: post.at,
      name: post.name,
    });
    this.#log.toEnd();
  }

  /** Several posts about who is in the room. */
  #gathered(control) {
    gathered.posts(control).forEach((post) => this.#roster.apply(post));
    this.#count();
    const { last: id, at } = control;
    if (control.rest !== true && this.#seen.isNew({ id, at })) {
      gathered.lines(control).forEach((line) => this.#log.add({ words: line, kind: "notice", at }));
      this.#log.toEnd();
    }
  }

  #count() {
    setText(byId("count"), String(this.#roster.members.filter(({ isHere }) => isHere).length));
  }
}

/** The size of the grids for the style sheet: small (up to 3 rows), medium (up to 6) or large. */
function sizeOf(grids) {
  const rows = Math.max(0, ...grids.map((grid) => grid.rows.length));
  return rows <= 3 ? "small" : rows <= 6 ? "medium" : "large";
}

new Watch();

// A grid of squares as a table: with a button in each square, or only to look at.
//
// Each square is labelled in words ("b2, X, last move"), so that nothing depends on its look. One
// square at a time is in the order of Tab, and the arrow keys move among them.

import { make, setAttribute, setText } from "./dom.js";
import { falls } from "./games.js";

/** The steps of the keys, as [rows, columns]. */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Grid {
  #game;
  #grid;
  #onMove;
  #caption = make("caption");
  #words = make("span", { class: "spoken" });
  #title = make("span");
  /** The elements of the squares, row by row. */
  #squares = [];
  /** The square in the order of Tab, as [row, column]. */
  #place = [0, 0];

  /**
   * @param {string} game
   * @param {object} grid of a board, as `sights.board` returns it
   * @param {((move: string | null, name: string) => void) | null} onMove what a click on a square
   *   does; null for a board to look at. The move is null where none is possible.
   */
  constructor(game, grid, onMove) {
    this.#game = game;
    this.#onMove = onMove;
    this.#caption.append(this.#title, " ", this.#words);
    this.element = make("table", { class: "grid" }, this.#caption, this.#head(grid));
    const body = make("tbody");
    for (const row of grid.rows) {
      const squares = row.squares.map((_, column) => this.#square(this.#squares.length, column));
      const cells = squares.map((square) => (onMove ? make("td", {}, square) : square));
      this.#squares.push(squares);
      body.append(make("tr", {}, make("th", { scope: "row" }, row.label), ...cells));
    }
    this.element.append(body);
    this.element.classList.toggle("disc", falls(game));
    this.element.classList.toggle("small", grid.rows.length <= 3);
    this.element.classList.toggle("wide", grid.rows.length > 8);
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focusin", (event) => this.#focused(event.target));
  }

  /** Whether this table can show the other grid with the same elements. */
  fits(game, grid) {
    return game === this.#game && grid.rows.length === this.#squares.length
      && grid.rows.every(({ squares }, row) => squares.length === this.#squares[row].length);
  }

  /**
   * Shows a grid that fits.
   * @param {object} grid
   * @param {string} title what the caption shows
   * @param {string} words what the caption also tells a screen reader
   */
  show(grid, title, words) {
    this.#grid = grid;
    setText(this.#title, title);
    setText(this.#words, words);
    grid.rows.forEach(({ squares }, row) => {
      squares.forEach((square, column) => this.#draw(square, row, column));
    });
    this.#rove(...this.#place);
  }

  #head({ rows }) {
    const width = Math.max(0, ...rows.map(({ squares }) => squares.length));
    const letters = Array.from({ length: width }, (_, column) => letter(column));
    const cells = letters.map((it) => make("th", { scope: "col" }, it));
    return make("thead", {}, make("tr", {}, make("td"), ...cells));
  }

  #square(row, column) {
    if (!this.#onMove) {
      return make("td");
    }
    const onclick = () => this.#onMove(this.#move(row, column), this.#name(row, column));
    return make("button", { type: "button", tabindex: "-1", onclick });
  }

  #draw(square, row, column) {
    const element = this.#squares[row][column];
    setText(element, square.sign);
    const label = this.#label(square, row, column);
    if (this.#onMove) {
      setAttribute(element, "aria-label", label);
      setAttribute(element, "aria-disabled", this.#move(row, column) === null && "true");
    } else {
      setAttribute(element, "aria-label", label);
    }
    const by = square.sign === "" || square.by === null ? "nobody" : `seat-${square.by}`;
    element.className = [
      "square",
      by,
      square.isLast && "last",
      square.isWinning && "winning",
      this.#move(row, column) !== null && "open",
    ].filter(Boolean).join(" ");
  }

  #label({ sign, isLast, isWinning }, row, column) {
    const parts = [this.#name(row, column), sign || "free"];
    if (isLast) {
      parts.push("last move");
    }
    if (isWinning) {
      parts.push("winning line");
    }
    return parts.join(", ");
  }

  #name(row, column) {
    return letter(column) + this.#grid.rows[row].label;
  }

  /** The move of a click on a square, or null. */
  #move(row, column) {
    const square = this.#grid.rows[row].squares[column];
    if (square.move !== null || !falls(this.#game)) {
      return square.move;
    }
    const moves = this.#grid.rows.map(({ squares }) => squares[column]?.move ?? null);
    return moves.find((move) => move !== null) ?? null;
  }

  #focused(target) {
    this.#squares.forEach((squares, row) => {
      const column = squares.indexOf(target);
      if (column >= 0) {
        this.#rove(row, column);
      }
    });
  }

  /** Makes this square the one in the order of Tab. */
  #rove(row, column) {
    if (!this.#onMove) {
      return;
    }
    const [oldRow, oldColumn] = this.#place;
    this.#squares[oldRow]?.[oldColumn]?.setAttribute("tabindex", "-1");
    this.#squares[row]?.[column]?.setAttribute("tabindex", "0");
    this.#place = [row, column];
  }

  #key(event) {
    if (!this.#onMove || event.altKey || event.metaKey) {
      return;
    }
    const [row, column] = this.#place;
    const last = (this.#squares[row]?.length ?? 1) - 1;
    let to = [row, column];
    if (STEPS[event.key]) {
      const [down, right] = STEPS[event.key];
      to = [row + down, column + right];
    } else if (event.key === "Home") {
      to = [event.ctrlKey ? 0 : row, 0];
    } else if (event.key === "End") {
      to = [event.ctrlKey ? this.#squares.length - 1 : row, last];
    } else {
      return;
    }
    event.preventDefault();
    this.#squares[to[0]]?.[to[1]]?.focus();
  }
}

/** The letter of a column. */
function letter(column) {
  return String.fromCharCode("a".charCodeAt(0) + column);
}

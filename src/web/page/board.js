// The game that the reader plays or watches: its board, whose turn it is, and what can be done.

import { byId, button, make, setText } from "./dom.js";
import { called, hasHint, hasOffers } from "./games.js";
import { Grid } from "./grid.js";
import { ask } from "./question.js";
import * as sights from "./sights.js";

export class BoardPanel {
  #panel;
  #act;
  #board = null;
  #isOver = false;
  #grids = [];
  #turn = make("p", { class: "turn" });
  #boards = make("div", { class: "grids" });
  #drawing = make("pre", { class: "drawing" });
  /** The words of a board without grids, for a screen reader. */
  #words = make("p", { class: "spoken" });
  #moves = make("div", { class: "buttons moves" });
  #buttons = make("div", { class: "buttons" });
  #heading = make("h2", { class: "spoken" });
  /** Whether the server is that of a pair, which has other commands. */
  isPair = false;

  /**
   * @param {HTMLElement} panel hidden while there is no game
   * @param {object} act
   * @param {(move: string) => void} act.move makes a move
   * @param {(line: string) => void} act.line sends a command
   * @param {(words: string) => void} act.say tells what just happened
   * @param {() => void} act.leave where the focus goes when the panel is closed
   */
  constructor(panel, act) {
    this.#panel = panel;
    this.#act = act;
    panel.append(
      this.#heading,
      this.#turn,
      this.#boards,
      this.#drawing,
      this.#words,
      this.#moves,
      this.#buttons,
    );
  }

  /** The board that is shown, or null. */
  get board() {
    return this.#board;
  }

  /** Whether a game that the reader plays is running. */
  get isPlaying() {
    return this.#board !== null && !this.#isOver && this.#board.you !== null;
  }

  /** Whether the reader is to move. */
  get isMyTurn() {
    return this.isPlaying && this.#board.turn === this.#board.you;
  }

  /** The game in the title of the page, or "". */
  get title() {
    if (!this.isPlaying || this.#board.turn === null) {
      return "";
    }
    const whose = this.isMyTurn ? "Your turn" : `${this.#mover()} to move`;
    return `${whose} - ${called(this.#board.game)}`;
  }

  /** Shows a board of a control message. The reader's own game goes before one that is watched. */
  show(control) {
    const board = sights.board(control);
    if (board === null) {
      return;
    }
    const isOther = this.#board !== null && board.table !== this.#board.table;
    if (isOther && this.isPlaying && board.you === null) {
      return;
    }
    const before = isOther || this.#board === null ? "" : this.#state();
    this.#board = board;
    this.#isOver = board.turn === null;
    this.#isShown = true;
    this.#draw();
    if (this.#state() !== before) {
      this.#act.say(this.isMyTurn ? `Your turn. ${board.words}` : this.#state());
    }
  }

  /** The game at this table is over. */
  end(table) {
    if (this.#board?.table === table) {
      const isNews = !this.#isOver;
      this.#isOver = true;
      this.#draw();
      if (isNews) {
        this.#act.say(this.#state());
      }
    }
  }

  /** The game of these two is over, as a post says. */
  endOf(game, names) {
    if (this.#board === null) {
      return;
    }
    const { players } = this.#board;
    if (this.#board.game === game && names.every((name) => players.includes(name))) {
      this.end(this.#board.table);
    }
  }

  /** Takes the board away. */
  close() {
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#isShown = false;
    this.#board = null;
    if (hadFocus) {
      this.#act.leave();
    }
  }

  /** The move that this text names, if the reader is to move; otherwise null. */
  moveIn(line) {
    if (!this.isMyTurn) {
      return null;
    }
    const typed = line.toLowerCase();
    const isLegal = this.#board.legal.some((move) => move.toLowerCase() === typed);
    return isLegal ? typed : null;
  }

  set #isShown(isShown) {
    this.#panel.hidden = !isShown;
    byId("room").classList.toggle("playing", isShown);
  }

  #draw() {
    const { game, players, you, grids, text, words } = this.#board;
    setText(this.#heading, called(game));
    setText(this.#turn, this.#state());
    this.#turn.classList.toggle("mine", this.isMyTurn);
    const who = you === null
      ? `${players[0]} against ${players[1]}`
      : `You against ${players[1 - you]}`;
    this.#drawGrids(grids, `${called(game)}: ${who}`, words);
    setText(this.#drawing, text.join("\n"));
    this.#drawing.hidden = text.length === 0;
    // A screen reader gets the words, and not a picture made of signs.
    this.#drawing.setAttribute("aria-hidden", String(words !== ""));
    setText(this.#words, grids.length === 0 ? words : "");
    this.#drawMoves();
    this.#drawButtons();
  }

  #drawGrids(grids, title, words) {
    const { game } = this.#board;
    const fits = grids.length === this.#grids.length
      && grids.every((grid, at) => this.#grids[at].fits(game, grid));
    if (!fits) {
      const onMove = (move, name) => this.#clicked(move, name);
      this.#grids = grids.map((grid) => new Grid(game, grid, onMove));
      this.#boards.replaceChildren(...this.#grids.map(({ element }) => element));
    }
    grids.forEach((grid, at) => {
      const isFirst = at === 0;
      this.#grids[at].show(shown(grid, this.isMyTurn), grid.title || title, isFirst ? words : "");
    });
  }

  /** Buttons for the moves of a game without squares. */
  #drawMoves() {
    const { grids, legal } = this.#board;
    const moves = this.isMyTurn && grids.length === 0 ? legal : [];
    replace(this.#moves, moves.map((move) => ({
      words: move,
      action: () => this.#act.move(move),
    })), this.#act.leave);
  }

  #drawButtons() {
    const { game, you } = this.#board;
    const line = (words, text) => ({ words, action: () => this.#act.line(text) });
    const items = [];
    if (this.isPlaying) {
      if (hasHint(game) && this.isMyTurn && !this.isPair) {
        items.push(line("Hint", "/hint"));
      }
      if (hasOffers(game)) {
        items.push(line("Take back", "/undo"), line("Offer a draw", "/draw"));
      }
      items.push({ words: "Resign ...", action: () => this.#resign() });
    } else {
      if (you !== null) {
        items.push(line("Rematch", this.isPair ? "rematch" : "/rematch"));
      } else if (!this.#isOver) {
        items.push({
          words: "Stop watching",
          action: () => {
            this.#act.line("/watch");
            this.close();
          },
        });
      }
      if (you !== null || this.#isOver) {
        items.push({ words: "Close the board", action: () => this.close() });
      }
    }
    replace(this.#buttons, items, this.#act.leave);
  }

  async #resign() {
    if (await ask("Give up this game?", "Resign")) {
      this.#act.line("/resign");
    }
  }

  #clicked(move, name) {
    if (move !== null) {
      this.#act.move(move);
    } else if (this.isMyTurn) {
      this.#act.say(`${name} is not possible. ${this.#board.hint}`);
    } else {
      this.#act.say(this.#state());
    }
  }

  /** Whose turn it is, or how the game has ended. */
  #state() {
    const { you, turn, players, winner, isDrawn, hint } = this.#board;
    if (isDrawn) {
      return "The game is a draw.";
    }
    if (winner !== null) {
      return winner === you ? "You win!" : `${players[winner]} wins.`;
    }
    if (this.#isOver || turn === null) {
      return "The game is over.";
    }
    return turn === you ? `Your turn. ${hint}` : `${this.#mover()} to move.`;
  }

  #mover() {
    return this.#board.players[this.#board.turn];
  }
}

/** The grid without moves, unless the reader is to move. */
function shown(grid, isMyTurn) {
  if (isMyTurn) {
    return grid;
  }
  const rows = grid.rows.map(({ label, squares }) => ({
    label,
    squares: squares.map((square) => ({ ...square, move: null })),
  }));
  return { ...grid, rows };
}

/**
 * Replaces the buttons in an element, unless they are the same. A focus in it stays on the button
 * in the same place.
 */
function replace(element, items, leave) {
  const old = Array.from(element.children);
  const isSame = old.length === items.length
    && items.every(({ words }, at) => old[at].textContent === words);
  if (isSame) {
    return;
  }
  const focused = old.indexOf(document.activeElement);
  element.replaceChildren(...items.map(({ words, action }) => button(words, action)));
  if (focused >= 0) {
    const next = element.children[Math.min(focused, items.length - 1)];
    if (next) {
      next.focus();
    } else {
      leave();
    }
  }
}

// The parts of the page that a room and a pair share. Each of the two sets `handlers` for what the
// person does.

import { BoardPanel } from "./board.js";
import { byId } from "./dom.js";
import { Input } from "./input.js";
import { Log } from "./log.js";
import { Status } from "./status.js";
import { Title } from "./title.js";

export class Screen {
  /**
   * What the person does:
   * - `onLine(line)`: has entered a line; returns whether it was taken
   * - `onClosed(line)`: the same while no line can be entered
   * - `onPage(part)`: scrolls by a part of the visible height
   * - `onDraft()`: has changed what is in the field
   * - `onMove(move)`: makes a move on the board
   * - `onCommand(line)`: has pressed a button that stands for a line
   * - `onLeave()`: has pressed the button that leaves
   */
  handlers = {
    onLine: () => false,
    onClosed: () => false,
    onPage() {},
    onDraft() {},
    onMove() {},
    onCommand() {},
    onLeave() {},
  };

  constructor() {
    const toInput = () => this.input.focus();
    this.status = new Status(byId("status"));
    this.title = new Title("tictalk");
    this.log = new Log({
      list: byId("log"), scroller: byId("talk"), news: byId("news"), onLeave: toInput,
    });
    this.input = new Input({
      form: byId("entry"),
      onLine: (line) => this.handlers.onLine(line),
      onClosed: (line) => this.handlers.onClosed(line),
      onPage: (part) => this.handlers.onPage(part),
      onDraft: () => this.handlers.onDraft(),
    });
    this.board = new BoardPanel(byId("board"), {
      move: (move) => this.handlers.onMove(move),
      line: (line) => this.handlers.onCommand(line),
      say: (words) => this.status.say(words),
      leave: toInput,
    });
    for (const jump of document.querySelectorAll(".jump")) {
      jump.addEventListener("click", () => byId(jump.dataset.to).scrollIntoView());
    }
    byId("leave").addEventListener("click", () => this.handlers.onLeave());
  }
}

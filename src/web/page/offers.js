// Offers of other members, with buttons to answer them.
//
// The room tells of an offer in words; a button sends the command that the words name. An
// imitation of the words gains nothing: the room refuses an answer to an offer that was not made.

import { button, make } from "./dom.js";
import { called } from "./games.js";

/** Maximum number of offers that are shown. */
const SHOWN = 5;

const GAME = /^(.+) offers you a game of (\S+): \/accept or \/decline\./;
const DRAW = /^(.+) offers a draw: \/draw agrees,/;
const UNDO = /^(.+) asks to take back their last move: \/undo agrees,/;
const ENDED = [
  /^.+ declined (.+)'s offer of (\S+)\.$/,
  /^(.+) withdrew the offer of (\S+) to .+\.$/,
  /^(.+)'s offer of (\S+) to .+ has expired\.$/,
];

export class Offers {
  #element;
  #act;
  /** {by, kind, item} */
  #open = [];

  /**
   * @param {HTMLElement} element a list
   * @param {object} act `line(text)` sends a command, `leave()` takes the focus
   */
  constructor(element, act) {
    this.#element = element;
    this.#act = act;
  }

  /** Notices an offer, or its end, in what the room tells. Returns whether it was an offer. */
  hear(told) {
    const [, by, game] = GAME.exec(told) ?? [];
    const [, drawer] = DRAW.exec(told) ?? [];
    const [, undoer] = UNDO.exec(told) ?? [];
    if (by) {
      this.#add(by, "game", `${by} offers you a game of ${called(game)}.`, [
        ["Accept", `/accept ${by}`],
        ["Decline", `/decline ${by}`],
      ]);
    } else if (drawer) {
      this.#add(drawer, "move", `${drawer} offers a draw.`, [["Agree to a draw", "/draw"]]);
    } else if (undoer) {
      const words = `${undoer} asks to take back a move.`;
      this.#add(undoer, "move", words, [["Let it be taken back", "/undo"]]);
    }
    for (const pattern of ENDED) {
      const [, owner] = pattern.exec(told) ?? [];
      this.#remove((offer) => offer.kind === "game" && offer.by === owner);
    }
    return Boolean(by || drawer || undoer);
  }

  /** The reader's game has a new board: no move in it is under offer any more. */
  moved() {
    this.#remove(({ kind }) => kind === "move");
  }

  /** The reader has begun a game. */
  began() {
    this.#remove(({ kind }) => kind === "game");
  }

  /** This member has left, or plays with somebody. */
  gone(name) {
    this.#remove(({ by }) => by === name);
  }

  #add(by, kind, words, answers) {
    this.#remove((offer) => offer.by === by && offer.kind === kind);
    this.#remove((_, at) => at < this.#open.length - SHOWN + 1);
    const item = make("li", { class: "offer" }, make("span", {}, words));
    for (const [label, line] of answers) {
      const answer = () => {
        this.#act.line(line);
        this.#remove((offer) => offer.item === item);
      };
      item.append(button(label, answer, { "aria-label": `${label}: ${words}` }));
    }
    this.#open.push({ by, kind, item });
    this.#element.append(item);
  }

  #remove(isMeant) {
    const kept = [];
    this.#open.forEach((offer, at) => {
      if (isMeant(offer, at)) {
        const hadFocus = offer.item.contains(document.activeElement);
        offer.item.remove();
        if (hadFocus) {
          this.#act.leave();
        }
      } else {
        kept.push(offer);
      }
    });
    this.#open = kept;
  }
}

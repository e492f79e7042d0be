// The talk: a list that grows at the bottom and keeps the reader's place.
//
// Each item is one string, so that a screen reader reads it as one. Times and receipts are hidden
// from it. The colour of a name is painted over the string (CSS Custom Highlight API) where the
// browser can; it carries no information.

import { make, setText } from "./dom.js";
import { inLine, visible } from "./hidden.js";
import { count } from "./words.js";

/**
 * Maximum number of items, besides old ones that the reader has asked for and not left yet. The
 * oldest are removed for new ones, several at once.
 */
const ITEMS = 2000;
const SLACK = 100;

/** How many pixels above the end still count as the end. */
const NEAR = 48;

/** How long a screen reader is given to skip what was inserted quietly, in milliseconds. */
const QUIET = 700;

/** Text whose columns need letters of one width. */
const TABLE = /\n {2}/;

/** The colours of names: page.css has as many. */
const HUES = 8;

export class Log {
  #list;
  #region;
  #scroller;
  #news;
  #unread = 0;
  /** How many old items the reader has asked for, beyond the usual maximum. */
  #extra = 0;
  #isAtEnd = true;
  #isScrolling = false;
  /** The last known scrollTop. */
  #top = 0;
  #quietTimer = null;
  /** For each item: the ranges of names in it. */
  #ranges = new WeakMap();

  /**
   * @param {object} elements
   * @param {HTMLElement} elements.list inside an element with the role `log`
   * @param {HTMLElement} elements.scroller what scrolls around it
   * @param {HTMLElement} elements.news the button for what is below
   * @param {() => void} [elements.onLeave] where the focus goes after that button
   */
  constructor({ list, scroller, news, onLeave }) {
    this.#list = list;
    this.#region = list.closest('[role="log"]');
    this.#scroller = scroller;
    this.#news = news;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The end stays in sight when something else takes space, or when lines wrap in another way.
    const sizes = new ResizeObserver(() => this.#follow());
    sizes.observe(scroller);
    sizes.observe(list);
    document.addEventListener("visibilitychange", () => this.#follow());
    news.addEventListener("click", () => {
      this.toEnd();
      onLeave?.();
    });
  }

  /**
   * Adds an item.
   * @param {object} item
   * @param {string} item.words foreign text
   * @param {string} item.kind a class: message, notice, told, private, command, divider
   * @param {number} [item.at] when, in milliseconds since 1970
   * @param {string} [item.name] the author, with whose name each line of `words` begins
   * @param {string[]} [item.marks] more classes: own, mention, old, waiting
   * @param {boolean} [item.isNews] whether it counts among the new messages
   * @param {Element} [item.before] an item before which it is inserted
   * @param {number} [item.post] the number of the post that it shows in its place among the others
   * @returns {HTMLElement} the item
   */
  add({ words, kind, at, name, marks = [], isNews = false, before = null, post }) {
    const node = document.createTextNode(visible(words));
    const layout = TABLE.test(words) ? "table" : "";
    const item = make("li", { class: ["item", kind, layout, ...marks].filter(Boolean).join(" ") });
    item.append(this.#time(at, before), make("span", { class: "words" }));
    if (Number.isSafeInteger(post)) {
      item.dataset.post = post;
    }
    item.lastChild.append(node);
    if (marks.includes("own")) {
      item.append(make("span", { class: "receipt", "aria-hidden": "true" }, ""));
    }
    this.#list.insertBefore(item, before);
    this.#colour(item, node, name);
    if (this.#isAtEnd) {
      this.#follow();
    } else if (isNews) {
      this.#unread += 1;
      this.#showNews();
    }
    this.#trim();
    return item;
  }

  /** Inserts items that `insert` adds without having them read aloud. */
  quietly(insert) {
    this.#region.setAttribute("aria-live", "off");
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#region.setAttribute("aria-live", "polite"), QUIET);
    return insert();
  }

  /** The same for this many items above what the reader sees, which stays where it is. */
  above(items, insert) {
    this.#extra += items;
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.quietly(insert);
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** Removes all items. */
  clear() {
    while (this.first !== null) {
      this.#remove(this.first);
    }
    this.toEnd();
  }

  /** The first item, or null. */
  get first() {
    return this.#list.firstElementChild;
  }

  /** The number of the first post that is shown; 0 for none. */
  get firstPost() {
    const shown = Array.from(this.#list.querySelectorAll("[data-post]"));
    return shown.reduce((first, { dataset }) => {
      const post = Number(dataset.post);
      return first === 0 ? post : Math.min(first, post);
    }, 0);
  }

  /** Marks an own item as stored by the room. */
  static receive(item) {
    item.classList.remove("waiting");
    const receipt = item.querySelector(".receipt");
    if (receipt) {
      setText(receipt, "\u2713");
      receipt.title = "The room has stored this line.";
    }
  }

  /** Marks an own item as one that was never sent. */
  static reject(item) {
    item.classList.remove("waiting");
    item.classList.add("unsent");
    const receipt = item.querySelector(".receipt");
    if (receipt) {
      receipt.removeAttribute("aria-hidden");
      setText(receipt, "not sent");
    }
  }

  /** Goes to the newest item. */
  toEnd() {
    this.#isAtEnd = true;
    this.#unread = 0;
    this.#forgetExtra();
    this.#showNews();
    this.#scrollToEnd();
  }

  /** Scrolls by a part of the visible height. Returns false at the upper end. */
  page(part) {
    const before = this.#scroller.scrollTop;
    this.#scroller.scrollTop += part * this.#scroller.clientHeight;
    return part > 0 || before > 0;
  }

  /** When, where that differs from the item before. */
  #time(at, before) {
    const date = new Date(at ?? Date.now());
    const time = make("time", { "aria-hidden": "true" });
    if (Number.isNaN(date.getTime())) {
      return time;
    }
    const isToday = date.toDateString() === new Date().toDateString();
    const day = isToday ? "" : date.toLocaleDateString([], { month: "short", day: "numeric" });
    const minute = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
    const shown = `${day} ${minute}`.trim();
    const previous = before === null ? this.#list.lastElementChild : before.previousElementSibling;
    time.dateTime = date.toISOString();
    time.dataset.shown = shown;
    setText(time, previous?.querySelector("time")?.dataset.shown === shown ? "" : shown);
    return time;
  }

  #colour(item, node, name) {
    if (!name || typeof Highlight === "undefined") {
      return;
    }
    const shown = inLine(name);
    const highlight = highlightOf(name);
    const ranges = [];
    let start = 0;
    for (const line of node.data.split("\n")) {
      const at = line.indexOf(shown);
      if (at >= 0 && at <= 2) {
        const range = new StaticRange({
          startContainer: node,
          startOffset: start + at,
          endContainer: node,
          endOffset: start + at + shown.length,
        });
        highlight.add(range);
        ranges.push(range);
      }
      start += line.length + 1;
    }
    this.#ranges.set(item, { highlight, ranges });
  }

  /** The reader has left the old items that were asked for. */
  #forgetExtra() {
    this.#extra = 0;
    this.#trim();
  }

  #trim() {
    const most = ITEMS + this.#extra;
    if (this.#list.childElementCount <= most + SLACK) {
      return;
    }
    const height = this.#isAtEnd ? 0 : this.#scroller.scrollHeight;
    while (this.#list.childElementCount > most) {
      this.#remove(this.first);
    }
    if (!this.#isAtEnd) {
      this.#scroller.scrollTop -= height - this.#scroller.scrollHeight;
    }
  }

  #remove(item) {
    const painted = this.#ranges.get(item);
    painted?.ranges.forEach((range) => painted.highlight.delete(range));
    item.remove();
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    const isNear = scrollTop + clientHeight >= scrollHeight - NEAR;
    const wentUp = scrollTop < this.#top;
    this.#top = scrollTop;
    if (this.#isAtEnd && !isNear && !wentUp) {
      // The text has grown, and the reader has not moved.
      this.#follow();
      return;
    }
    if (isNear && !this.#isAtEnd) {
      this.#forgetExtra();
    }
    this.#isAtEnd = isNear;
    if (this.#isAtEnd) {
      this.#unread = 0;
      this.#showNews();
    }
  }

  /** Keeps the end in sight, if it was in sight. A hidden page scrolls when it is seen again. */
  #follow() {
    if (!this.#isAtEnd || this.#isScrolling || document.visibilityState !== "visible") {
      return;
    }
    this.#isScrolling = true;
    requestAnimationFrame(() => {
      this.#isScrolling = false;
      if (this.#isAtEnd) {
        this.#scrollToEnd();
      }
    });
  }

  #scrollToEnd() {
    const scroller = this.#scroller;
    scroller.scrollTop = scroller.scrollHeight;
    this.#top = scroller.scrollTop;
  }

  #showNews() {
    this.#news.hidden = this.#unread === 0;
    setText(this.#news, `${count(this.#unread, "new message")} \u2193`);
  }
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

/** The highlight that paints this name. */
function highlightOf(name) {
  let sum = 0;
  for (const character of name) {
    sum = (sum * 31 + character.codePointAt(0)) % 65521;
  }
  const key = `name-${sum % HUES}`;
  if (!CSS.highlights.has(key)) {
    CSS.highlights.set(key, new Highlight());
  }
  return CSS.highlights.get(key);
}

// Old posts: those above the first one, fetched with /history, and the answers to /history and
// /search that the person has asked for.

import { count } from "./words.js";

/** How long after the last old post an answer counts as complete, in milliseconds. */
const GATHER = 1000;

/** How long the first one may take. */
const PATIENCE = 5000;

/** How many posts are asked for at once: the most that /history shows. */
const PAGE = 200;

/** The answer of a room without older posts. */
const NOTHING = "Nothing was found.";

const NO_MORE = "No older posts.";

export class Older {
  #log;
  #status;
  #request;
  /** The number of the first post that was shown when older ones were asked for; 0 for none. */
  #first = 0;
  /** The posts that were fetched to be shown above, or null. */
  #above = null;
  #timer = null;
  #add = null;

  /**
   * @param {Log} log
   * @param {Status} status
   * @param {(line: string) => boolean} request sends a line to the room; returns whether it can
   */
  constructor(log, status, request) {
    this.#log = log;
    this.#status = status;
    this.#request = request;
  }

  /** Nothing is shown any more. */
  forget() {
    clearTimeout(this.#timer);
    this.#above = null;
  }

  /** Fetches the posts before the first one. */
  ask() {
    if (this.#above !== null) {
      return;
    }
    const first = this.#log.firstPost;
    if (first === 1) {
      this.#status.say(NO_MORE);
      return;
    }
    if (!this.#request(first === 0 ? `/history ${PAGE}` : `/history ${PAGE} ${first}`)) {
      this.#status.say("Older posts can be shown after the connection is back.");
      return;
    }
    this.#first = first;
    this.#above = [];
    this.#add = null;
    this.#status.say("Looking for older posts ...");
    this.#wait(PATIENCE, "No older posts have arrived.");
  }

  /**
   * An old post has arrived.
   * @param {object} post
   * @param {(post: object, place: {before?: Element | null, post?: number}) => Element} add shows it
   */
  recalled(post, add) {
    if (this.#above === null) {
      // The person has typed /history or /search, and sees the answer where it was asked for.
      this.#log.quietly(() => add(post, {}));
      return;
    }
    this.#add = add;
    if (this.#first === 0 || post.id < this.#first) {
      this.#above.push(post);
    }
    if (this.#above.length >= PAGE) {
      this.#finish(NO_MORE);
    } else {
      this.#wait(GATHER, NO_MORE);
    }
  }

  /** The room has told something. Returns whether it was that there are no older posts. */
  told(text) {
    if (text !== NOTHING || this.#above === null || this.#above.length > 0) {
      return false;
    }
    this.#finish(NO_MORE);
    return true;
  }

  /** Finishes after this time, with these words if there is nothing to show. */
  #wait(time, otherwise) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(otherwise), time);
  }

  #finish(otherwise) {
    clearTimeout(this.#timer);
    const posts = this.#above;
    this.#above = null;
    if (posts.length === 0) {
      this.#status.say(otherwise);
      return;
    }
    this.#log.above(posts.length, () => {
      const before = this.#log.first;
      for (const post of posts) {
        this.#add(post, { before, post: post.id });
      }
    });
    this.#status.say(`${count(posts.length, "older post")} shown above.`);
  }
}

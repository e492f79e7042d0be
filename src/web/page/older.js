// Old posts: those above the first one, fetched with /history, and the answers to /history and
// /search that the person has asked for.

import { count } from "./words.js";

/** How long after the last old post an answer counts as complete, in milliseconds. */
const GATHER = 300;

/** How long the first one may take. */
const PATIENCE = 5000;

/** How many posts are asked for: the most that /history shows. */
export const REACH = 200;

export class Older {
  #log;
  #status;
  #request;
  /** The number of the first post that is shown; 0 for none. */
  #first = 0;
  /** The posts that were fetched to be shown above, or null. */
  #above = null;
  /** How many posts have arrived since they were asked for. */
  #arrived = 0;
  #timer = null;
  #add = null;

  /**
   * @param {Log} log
   * @param {Status} status
   * @param {() => boolean} request asks the room for its last posts; returns whether it can
   */
  constructor(log, status, request) {
    this.#log = log;
    this.#status = status;
    this.#request = request;
  }

  /** A post with this number is shown. */
  shows(id) {
    this.#first = this.#first === 0 ? id : Math.min(this.#first, id);
  }

  /** Nothing is shown any more. */
  forget() {
    clearTimeout(this.#timer);
    this.#first = 0;
    this.#above = null;
  }

  /** Fetches the posts before the first one. */
  ask() {
    if (this.#above !== null) {
      return;
    }
    if (!this.#request()) {
      this.#status.say("Older posts can be shown after the connection is back.");
      return;
    }
    this.#above = [];
    this.#arrived = 0;
    this.#add = null;
    this.#status.say("Looking for older posts ...");
    this.#wait(PATIENCE);
  }

  /**
   * An old post has arrived.
   * @param {object} post
   * @param {(post: object, before: Element | null) => Element} add shows it
   */
  recalled(post, add) {
    if (this.#above === null) {
      // The person has typed /history or /search, and sees the answer where it was asked for.
      this.#log.quietly(() => add(post, null));
      return;
    }
    this.#wait(GATHER);
    this.#add = add;
    this.#arrived += 1;
    if (this.#first === 0 || post.id < this.#first) {
      this.#above.push(post);
    }
  }

  #wait(time) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(), time);
  }

  #finish() {
    const posts = this.#above;
    this.#above = null;
    if (posts.length === 0) {
      const isCut = this.#arrived >= REACH && this.#first > 1;
      this.#status.say(isCut
        ? `This page reaches back ${REACH} posts. /search finds older ones.`
        : "No older posts. /search finds posts by their words.");
      return;
    }
    this.#log.above(() => {
      const before = this.#log.first;
      for (const post of posts) {
        this.#add(post, before);
        this.shows(post.id);
      }
    });
    this.#status.say(`${count(posts.length, "older post")} shown above.`);
  }
}

// The posts that a page has shown. After a reconnect the room sends the last ones again.

export class Seen {
  #id = 0;
  #at = 0;

  /** Whether a post was not shown yet. It counts as shown from now on. */
  isNew({ id, at }) {
    // A lower number at a later time comes from another room, which has taken over the port.
    if (id <= this.#id && at <= this.#at) {
      return false;
    }
    this.#id = id;
    this.#at = at;
    return true;
  }
}

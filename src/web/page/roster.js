// Who is in the room: the list that the room sends after the welcome, and the changes that posts
// tell. Applying an old post again is harmless, since newer ones follow.

import * as sights from "./sights.js";

/** Maximum number of members that the page keeps. */
const MEMBERS = 2000;

export class Roster {
  /** By number, in the order in which they joined. */
  #members = new Map();
  /** Whether the next portion begins a new list. */
  #isComplete = true;

  /** The members: {id, name, isCoordinator, isHere, plays: {game, with} | null}. */
  get members() {
    return Array.from(this.#members.values());
  }

  member(id) {
    return this.#members.get(id);
  }

  called(name) {
    return this.members.find((member) => member.name === name);
  }

  /** A connection was made: its first portion begins a new list. */
  restart() {
    this.#isComplete = true;
  }

  /** Takes over a portion of the list. */
  list(control) {
    if (this.#isComplete) {
      this.#members.clear();
    }
    this.#isComplete = control.more !== true;
    for (const member of sights.members(control)) {
      this.#set(member);
    }
  }

  /** Applies a post. */
  apply(post) {
    const { by, name, what } = post;
    const member = this.#members.get(by);
    switch (what) {
      case "joined":
        if (by !== 0) {
          this.#set({ id: by, name, isCoordinator: false, isHere: true, plays: null });
        }
        break;
      case "left":
      case "kicked":
      case "banned":
        this.#members.delete(by);
        break;
      case "closed":
        this.#members.clear();
        break;
      case "coordinator":
        this.#members.forEach((it) => {
          it.isCoordinator = it === member;
        });
        break;
      case "away":
      case "back":
        change(member, { isHere: what === "back" });
        break;
      case "renamed":
        this.#rename(name, post.to, member);
        break;
      case "began":
        change(this.called(name), { plays: { game: post.game, with: post.with } });
        change(this.called(post.with), { plays: { game: post.game, with: name } });
        break;
      case "ended":
        this.ended([name, post.with]);
        break;
      default:
    }
  }

  /** The game of the member with this number is over. */
  endedFor(id) {
    const member = this.#members.get(id);
    change(this.called(member?.plays?.with), { plays: null });
    change(member, { plays: null });
  }

  /** The game of these two is over. */
  ended(names) {
    for (const name of names) {
      change(this.called(name), { plays: null });
    }
  }

  #rename(from, to, member) {
    if (typeof to !== "string") {
      return;
    }
    change(member, { name: to });
    for (const { plays } of this.#members.values()) {
      if (plays?.with === from) {
        plays.with = to;
      }
    }
  }

  #set(member) {
    if (this.#members.has(member.id) || this.#members.size < MEMBERS) {
      this.#members.set(member.id, member);
    }
  }
}

function change(member, fields) {
  if (member) {
    Object.assign(member, fields);
  }
}

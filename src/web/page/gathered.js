// Posts about who is in the room that the server announces together: the posts, and their words as in
// `src/room/announcement.rs`.

import { isCount, isObject, isString } from "./wire.js";
import { count, words } from "./words.js";

/** What the page takes of a message: events, and members of an event. A room sends fewer. */
const GROUPS = 16;
const MEMBERS = 1000;

/** How many members of an event are named. */
const NAMED = 8;

/** The events. */
const EVENTS = ["joined", "left", "away", "back"];

/** The posts of the members that a message names. */
export function posts(control) {
  return groups(control).flatMap(({ posts: each }) => each);
}

/** The message in words, one line for each event. */
export function lines(control) {
  return groups(control).flatMap(({ posts: each, more }) => {
    const [first] = each;
    if (first === undefined) {
      return [];
    }
    const others = more + Math.max(0, each.length - NAMED);
    if (each.length === 1 && others === 0) {
      return [words(first)];
    }
    const names = each.slice(0, NAMED).map(({ name }) => name);
    if (others > 0) {
      names.push(count(others, "other"));
    }
    const last = names.pop();
    const verb = words({ ...first, name: "" }).trim().replace(/^was /, "were ");
    return [`${names.join(", ")} and ${last} ${verb}`];
  });
}

function groups({ at, groups: list }) {
  const known = list.slice(0, GROUPS).filter((group) => isObject(group)
    && EVENTS.includes(group.what) && Array.isArray(group.members));
  return known.map(({ what, why, members, more }) => ({
    more: isCount(more) ? more : 0,
    posts: members.slice(0, MEMBERS).filter(isMember).map(({ id, by, name }) => ({
      id, at, by, name, what, why,
    })),
  }));
}

function isMember(member) {
  return isObject(member) && isCount(member.id) && isCount(member.by) && isString(member.name);
}

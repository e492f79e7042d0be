// The words for posts: those of `src/room/post.rs`, without the marks of a terminal.

import { own } from "./wire.js";

/** Characters at which some terminal or browser begins a new line. */
const LINE_END = /[\n\r\v\f\x85\u2028\u2029]/;

/** Maximum number of lines of a message. */
const MAX_LINES = 64;

/** The words for each reason `why` of a post with `left`. */
const PARTINGS = {
  lost: "left: connection lost.",
  silent: "was removed: no answer.",
  behind: "was removed: too slow to keep up.",
};

const ENDS = {
  won: ({ name, game, other }) => `${name} won ${game} against ${other}.`,
  drawn: ({ name, game, other }) => `${name} and ${other} drew at ${game}.`,
  resigned: ({ name, game, other }) => `${name} resigned at ${game}: ${other} won.`,
  forfeited: ({ name, game, other }) => `${name} forfeited ${game}: ${other} won.`,
  late: ({ name, game, other }) => `${name} took too long at ${game}: ${other} won.`,
  abandoned: ({ name, game, other }) => `${name} and ${other} did not finish ${game}.`,
};

const WORDS = {
  said: ({ name, text }) => prefixed(`${name}: `, text),
  acted: ({ name, text }) => prefixed(`* ${name} `, text),
  joined: ({ name }) => `${name} joined.`,
  left: ({ name, why }) => `${name} ${own(PARTINGS, why) ?? "left."}`,
  kicked: ({ name, from }) => `${name} was removed by ${from}.`,
  banned: ({ name, from }) => `${name} was banned by ${from}.`,
  unbanned: ({ name, from }) => `${name} may return, says ${from}.`,
  muted: ({ name, from }) => `${name} was muted by ${from}.`,
  unmuted: ({ name, from }) => `${name} may speak again, says ${from}.`,
  away: ({ name }) => `${name} lost the connection and may return.`,
  back: ({ name }) => `${name} reconnected.`,
  renamed: ({ name, to }) => `${name} is now called ${to}.`,
  coordinator: ({ name }) => `${name} is now the coordinator.`,
  began: ({ name, game, other }) => `${name} and ${other} play ${game}.`,
  ended: (post) => (own(ENDS, post.end) ?? ended)(post),
  whispered: ({ name, whom, text }) => prefixed(`(private) ${name} to ${whom}: `, text),
  moved: ({ name, game, other, move }) => {
    const start = `${name} moves in ${game} with ${other}`;
    return move === "" ? `${start}.` : prefixed(`${start}: `, move);
  },
  undone: ({ name, game, other }) => `${name} takes back a move in ${game} with ${other}.`,
  tournament: ({ text }) => prefixed("", text),
  closed: ({ name }) => `${name} closed the room.`,
};

/** The fields of posts that are words. */
const FIELDS = ["name", "text", "why", "from", "to", "game", "end", "whom", "move"];

/**
 * The post in words: one or more lines. Each line of a message begins with its author's name, so
 * that it cannot be mistaken for somebody else's. Not made visible.
 */
export function words(post) {
  const fields = FIELDS.map((field) => [field, typeof post[field] === "string" ? post[field] : ""]);
  const known = Object.fromEntries(fields);
  // `with` cannot be the name of a variable.
  known.other = typeof post.with === "string" ? post.with : "";
  const describe = own(WORDS, post.what) ?? unknown;
  return describe(known);
}

/** `text` with `prefix` at the start of each line. */
export function prefixed(prefix, text) {
  const lines = text.split(LINE_END).filter((line) => line !== "");
  const shown = lines.slice(0, MAX_LINES).map((line) => prefix + line);
  if (lines.length > MAX_LINES) {
    shown.push(`${prefix}... and ${count(lines.length - MAX_LINES, "more line")}`);
  }
  return shown.length > 0 ? shown.join("\n") : prefix;
}

/** A notice without the dashes that mark it on a terminal. */
export function withoutDashes(text) {
  return text.replace(/^-- /gm, "");
}

/** `1 post`, `2 posts`. */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Whether `text` contains the name `me` as whole words, in upper or lower case.
 */
export function mentions(text, me) {
  const [haystack, needle] = [text.toLowerCase(), me.toLowerCase()];
  if (needle === "") {
    return false;
  }
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    const before = haystack.slice(0, at);
    const after = haystack.slice(at + needle.length);
    if (!/[\p{Alphabetic}\p{N}]$/u.test(before) && !/^[\p{Alphabetic}\p{N}]/u.test(after)) {
      return true;
    }
  }
  return false;
}

function ended({ name, game, other }) {
  return `${name} and ${other} ended ${game}.`;
}

function unknown({ name }) {
  return `${name} did something that this page does not know.`;
}

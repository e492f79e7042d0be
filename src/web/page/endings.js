// Why the page is no longer connected, in a line each, with what the person can do.

import { own } from "./wire.js";

/** The button after each reason of a refusal: its words and its action. */
const AFTER = {
  replaced: ["Use this page", "return"],
  ended: ["Try to join again", "join"],
  version: ["Reload the page", "reload"],
  name: ["Choose another name", "name"],
};

const AGAIN = ["Join again", "join"];

/**
 * @param {object} ending what `close` of a guest says
 * @returns {{words: string, label: string, action: "join" | "return" | "reload" | "name"}} words
 *   may be foreign
 */
export function ended(ending) {
  if (ending.left) {
    return told("You have left the room.", AGAIN);
  }
  if (ending.noRoom) {
    return told(notARoom(), AFTER.version);
  }
  const { reason, message } = ending.refused;
  return told(wordsFor(reason, message), afterwards(reason));
}

/** A refusal in words. A goodbye to a terminal would not say enough here. */
export function wordsFor(reason, message) {
  return reason === "ended"
    ? "The host has closed the room."
    : message || "The room has closed the connection.";
}

/** Why there is no connection now, while the page tries again. */
export function lostWords(refusal) {
  return refusal === ""
    ? "Connection lost. Reconnecting ..."
    : `${refusal} Trying again ...`;
}

/** What a page says to a welcome of this mode, in which it is of no use. */
export function notARoom(mode = "") {
  return mode === "pair"
    ? "There is no room here: this port is a conversation of two."
    : "The server that answers here has no room for this page.";
}

function afterwards(reason) {
  return own(AFTER, reason) ?? AGAIN;
}

function told(words, [label, action]) {
  return { words, label, action };
}

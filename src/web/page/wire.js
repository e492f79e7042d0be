// Control messages: one JSON object in each text message of the WebSocket.
//
// docs/protocol.md has all of them. Unknown types and fields are let pass, since a later version
// may send them. A known type whose fields are of the wrong form breaks the protocol.

/** The longest message in either direction, in bytes; checked here in units of UTF-16. */
const LONGEST = 65536;

/** The most bytes of UTF-8 in a text. */
export const MAX_TEXT = 4096;

/** The required fields of each known type. Types that are not listed need none. */
const FIELDS = {
  challenge: { nonce: isHex(32), proof: isHex(64) },
  welcome: { version: isCount, mode: isString, name: maybe(isString), room: maybe(isMembership) },
  refuse: { reason: isString, message: isString },
  stored: { number: isCount },
  post: { id: isCount, at: isCount, by: isCount, name: isString, what: isString },
  gathered: { last: isCount, at: isCount, groups: Array.isArray },
  recall: { id: isCount, at: isCount, by: isCount, name: isString, what: isString },
  tell: { text: isString, private: maybe(isPrivate) },
  text: { text: isString },
  turn: { yours: (value) => typeof value === "boolean" },
};

/**
 * The control message in a message of the WebSocket.
 * @param {unknown} data
 * @returns {{type: string} | null} null if the message breaks the protocol
 */
export function parse(data) {
  if (typeof data !== "string" || data.length > LONGEST) {
    return null;
  }
  let control;
  try {
    control = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(control) || !isString(control.type)) {
    return null;
  }
  const fields = own(FIELDS, control.type) ?? {};
  const fits = Object.entries(fields).every(([name, isValid]) => isValid(control[name]));
  return fits ? control : null;
}

const encoder = new TextEncoder();

/** The size of a text in bytes of UTF-8. */
export function size(text) {
  return encoder.encode(text).length;
}

/** The text without halves of surrogate pairs, which UTF-8 cannot carry. */
export function wellFormed(text) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoder.encode(text));
}

/** The entry of a table with this key, which may be a foreign word such as `constructor`. */
export function own(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isString(value) {
  return typeof value === "string";
}

/** Whether this is a number that counts something. Larger ones than 2^53 - 1 are not exact. */
export function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHex(length) {
  return (value) => isString(value) && value.length === length && /^[0-9a-f]*$/i.test(value);
}

function isMembership(room) {
  return isObject(room) && isCount(room.you) && isString(room.name)
    && isCount(room.since) && isCount(room.heard);
}

function isPrivate(value) {
  return isObject(value) && isCount(value.id) && isCount(value.by);
}

/** Allows a field to be left out or null, as serde does. */
function maybe(isValid) {
  return (value) => value === undefined || value === null || isValid(value);
}

// Foreign text made visible: the same table and the same marks as on a terminal.
//
// Everything that comes from the server or from another person passes through `visible` before it
// becomes a text node. The table is that of `src/text/hidden.rs`, and a test compares the two.

/**
 * Characters that show nothing by themselves or reorder their neighbours, as ranges [first, last]
 * of code points in ascending order. Surrogates are no characters; only JSON can contain lone ones.
 */
export const HIDDEN = [
  [0x0, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** Text of visible ASCII, newlines and tabs, which needs no marks. */
const PLAIN = /^[ -~\n\t]*$/;

/** Unicode's property White_Space. `\s` of JavaScript has U+FEFF, but not U+0085. */
const SPACE = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** A black flag and the tag characters that make it the flag of a region (UTS #51). */
const REGION_FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}/uy;

const JOINERS = ["\u200c", "\u200d"];

/**
 * `text` with hidden characters shown as marks: `␛` for a control of ASCII, `<U+202E>` for others.
 *
 * Newlines and tabs stay, and CRLF becomes a newline. Joiners and variation selectors stay after a
 * character that they can act on, since emoji and some scripts need them.
 * @param {string} text
 * @returns {string}
 */
export function visible(text) {
  if (PLAIN.test(text)) {
    return text;
  }
  let shown = "";
  let before = "";
  let at = 0;
  while (at < text.length) {
    let piece = String.fromCodePoint(text.codePointAt(at));
    const next = following(text, at + piece.length);
    if (piece === "\u{1f3f4}") {
      REGION_FLAG.lastIndex = at;
      [piece] = REGION_FLAG.exec(text) ?? [piece];
      shown += piece;
      before = "\u{1f3f4}";
    } else {
      shown += marked(before, piece, next);
      before = piece;
    }
    at += piece.length;
  }
  return shown;
}

/** `visible` text as part of one line: newlines and tabs become spaces. */
export function inLine(text) {
  return visible(text).replace(/[\n\t]/g, " ");
}

/** The character at this place, or "". */
function following(text, at) {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at)) : "";
}

/** One character between two others, as it is shown. */
function marked(before, character, next) {
  if (character === "\n" || character === "\t") {
    return character;
  }
  if (character === "\r" && next === "\n") {
    return "";
  }
  if (JOINERS.includes(character) && canJoin(before) && canJoin(next)) {
    return character;
  }
  if (isVariation(character) && canVary(before)) {
    return character;
  }
  return isHidden(character) ? mark(character.codePointAt(0)) : character;
}

function mark(code) {
  if (code < 0x20) {
    return String.fromCodePoint(0x2400 + code);
  }
  if (code === 0x7f) {
    return "\u2421";
  }
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** Whether a character is in the table. */
export function isHidden(character) {
  const code = character.codePointAt(0);
  return HIDDEN.some(([first, last]) => first <= code && code <= last);
}

/** Letters and emoji outside ASCII, and the marks that follow them. */
function canJoin(character) {
  return character > "\x7f" && !SPACE.test(character)
    && (!isHidden(character) || isVariation(character));
}

/** Visible characters have variants; variation selectors themselves do not. */
function canVary(character) {
  return character !== "" && !SPACE.test(character) && !isHidden(character);
}

function isVariation(character) {
  const code = character.codePointAt(0);
  return (0xfe00 <= code && code <= 0xfe0f) || (0xe0100 <= code && code <= 0xe01ef);
}

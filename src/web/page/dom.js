// Making elements. All text passes through `visible`, and none is ever parsed as HTML.

import { visible } from "./hidden.js";

/** The element with this id, which the page has. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * A new element.
 * @param {string} name of the tag
 * @param {object} [attributes] `class`, `type` and so on; `onclick` and the like are listeners;
 *   one that is null, undefined or false is left out
 * @param {...(Node | string)} children strings become visible text
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else {
      setAttribute(element, key, value);
    }
  }
  element.append(...children.map((child) => (typeof child === "string" ? text(child) : child)));
  return element;
}

/** A button with these words. */
export function button(words, onclick, attributes = {}) {
  return make("button", { type: "button", onclick, ...attributes }, words);
}

/** Sets an attribute to visible text; null, undefined and false remove it. */
export function setAttribute(element, key, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(key);
  } else {
    element.setAttribute(key, visible(String(value)));
  }
}

/** Replaces the text of an element, unless it is the same. */
export function setText(element, words) {
  const shown = visible(words);
  if (element.textContent !== shown) {
    element.textContent = shown;
  }
}

/** A text node. */
export function text(words) {
  return document.createTextNode(visible(words));
}

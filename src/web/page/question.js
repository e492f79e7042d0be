// Questions before something that cannot be undone.

import { byId, button, make } from "./dom.js";

/**
 * Asks a question with two answers. The focus returns to where it was.
 * @param {string} words the question
 * @param {string} yes the words of the button that agrees
 * @returns {Promise<boolean>} whether the person agrees
 */
export function ask(words, yes) {
  const dialog = byId("question");
  return new Promise((resolve) => {
    const cancel = button("Cancel", () => dialog.close(""), { autofocus: "" });
    const agree = button(yes, () => dialog.close("yes"), { class: "grave" });
    dialog.replaceChildren(
      make("p", { id: "question-words" }, words),
      make("div", { class: "buttons" }, cancel, agree),
    );
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

// The line that the person writes.

/** How many entered lines the arrow keys bring back. */
const REMEMBERED = 50;

export class Input {
  #form;
  #field;
  #onLine;
  #onClosed;
  #onPage;
  #onDraft;
  /** Entered lines, the oldest first, and the one that is shown. */
  #entered = [];
  #shown = 0;
  #isOpen = true;
  /** Lines that come into the field one by one, each after the line before it was entered. */
  #later = [];

  /**
   * @param {object} options
   * @param {HTMLFormElement} options.form with a `textarea` and a button
   * @param {(line: string) => boolean} options.onLine a line was entered; returns whether it was
   *   taken. A line that was not stays in the field.
   * @param {(line: string) => boolean} [options.onClosed] the same while no line can be entered
   * @param {(part: number) => void} options.onPage scrolls by a part of the visible height
   * @param {() => void} [options.onDraft] what is in the field has changed
   */
  constructor({ form, onLine, onClosed = () => false, onPage, onDraft = () => {} }) {
    this.#form = form;
    this.#field = form.querySelector("textarea");
    this.#onLine = onLine;
    this.#onClosed = onClosed;
    this.#onPage = onPage;
    this.#onDraft = onDraft;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter();
    });
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#grow());
  }

  focus() {
    this.#field.focus();
  }

  /** Whether a line can be entered. What is in the field stays. */
  set isOpen(isOpen) {
    this.#isOpen = isOpen;
    this.#form.classList.toggle("closed", !isOpen);
    this.#form.querySelector("button").setAttribute("aria-disabled", String(!isOpen));
  }

  /** Begins a line with these words, in front of what is in the field. */
  write(words) {
    if (!this.#field.value.startsWith(words)) {
      this.#field.value = words + this.#field.value;
    }
    this.#grow();
    this.focus();
    this.#field.setSelectionRange(words.length, words.length);
  }

  /** Puts lines that could not be sent in front of what is in the field. */
  restore(lines) {
    if (lines.length > 0) {
      const draft = this.#field.value;
      this.#field.value = [...lines, ...(draft === "" ? [] : [draft])].join("\n");
      this.#grow();
    }
  }

  /** The same, but one line at a time. An empty line passes over to the next. */
  restoreEach(lines) {
    const [first = "", ...later] = [...lines, this.draft, ...this.#later].filter(Boolean);
    this.#later = later;
    this.draft = first;
  }

  /** The text in the field. */
  get draft() {
    return this.#field.value;
  }

  set draft(text) {
    this.#field.value = text;
    this.#grow();
  }

  #enter() {
    const line = this.#field.value;
    if (!this.#isOpen) {
      if (this.#onClosed(line)) {
        this.draft = "";
      }
      return;
    }
    // Taking the line may put other lines into the field.
    this.draft = "";
    if (this.#later.length > 0 && line.trim() === "") {
      this.restoreEach([]);
      return;
    }
    if (!this.#onLine(line)) {
      this.restore([line]);
      return;
    }
    if (this.#later.length > 0) {
      this.restoreEach([]);
    }
    if (line.trim() !== "" && this.#entered[this.#entered.length - 1] !== line) {
      this.#entered.push(line);
      this.#entered.splice(0, this.#entered.length - REMEMBERED);
    }
    this.#shown = this.#entered.length;
  }

  #key(event) {
    // Enter also confirms what an input method composes.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#enter();
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      this.#onPage(event.key === "PageUp" ? -0.8 : 0.8);
    } else if (event.key === "ArrowUp" && this.#field.selectionEnd === 0) {
      this.#recall(-1, event);
    } else if (event.key === "ArrowDown" && this.#field.selectionStart === this.draft.length) {
      this.#recall(1, event);
    }
  }

  /** Brings back an entered line, if that loses nothing. */
  #recall(step, event) {
    const isUntouched = this.draft === "" || this.draft === this.#entered[this.#shown];
    const at = this.#shown + step;
    if (!isUntouched || at < 0 || at > this.#entered.length) {
      return;
    }
    event.preventDefault();
    this.#shown = at;
    this.draft = this.#entered[at] ?? "";
    this.#field.setSelectionRange(0, 0);
  }

  /** Makes the field as high as its text, up to five lines. */
  #grow() {
    const lines = Math.min(5, this.#field.value.split("\n").length);
    this.#field.rows = lines;
    this.#onDraft();
  }
}

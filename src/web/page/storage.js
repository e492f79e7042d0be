// The browser's storage: the last name for all tabs, the membership for one tab.
//
// Storage may be switched off or full. The page then works, but forgets at a reload.

const NAME = "tictalk name";
const SESSION = "tictalk member";

/** The name that was used last, or "". */
export function lastName() {
  return read(() => localStorage.getItem(NAME)) ?? "";
}

export function rememberName(name) {
  read(() => localStorage.setItem(NAME, name));
}

/** The value that this tab has stored with `save`, or null. */
export function saved() {
  try {
    return JSON.parse(read(() => sessionStorage.getItem(SESSION)));
  } catch {
    return null;
  }
}

/** Keeps a value of JSON for this tab, until it is closed; null for nothing. */
export function save(value) {
  if (value === null) {
    read(() => sessionStorage.removeItem(SESSION));
  } else {
    read(() => sessionStorage.setItem(SESSION, JSON.stringify(value)));
  }
}

/** A secret of the host's page for this tab. */
export function secret(value) {
  if (value !== undefined) {
    read(() => sessionStorage.setItem("tictalk host", value));
  }
  return read(() => sessionStorage.getItem("tictalk host"));
}

function read(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

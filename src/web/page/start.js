// The page of a room or a pair: asks for a name, connects, and shows which of the two it is.

import { byId, button, make, setText } from "./dom.js";
import { Live } from "./live.js";
import { Pair } from "./pair.js";
import { Room } from "./room.js";
import { Screen } from "./screen.js";
import * as storage from "./storage.js";
import * as tabs from "./tabs.js";
import * as tickets from "./ticket.js";

/** The most characters of a name. */
const NAME_LIMIT = 20;

const live = new Live();
const screen = new Screen();
const room = new Room(live, screen, whenEnded);
let name = "";

/** Shows the form for a name, with words about the last one. */
function askName(words = "") {
  byId("start").hidden = false;
  byId("room").hidden = true;
  byId("name").value = name || storage.lastName();
  setText(byId("name-error"), words);
  byId("name").focus();
}

function join(wanted, saved) {
  name = wanted;
  byId("start").hidden = true;
  byId("room").hidden = false;
  byId("ended").hidden = true;
  room.join(name, saved);
}

/** Shows the next step after the page of a room has ended. */
function whenEnded(ending) {
  if (ending.pair) {
    byId("room").classList.add("pair");
    new Pair(live, screen, { name, welcome: ending.pair, onEnded: showEnding });
  } else if (ending.action === "name" && ending.isEmpty) {
    askName(ending.words);
  } else {
    showEnding(ending);
  }
}

/** One line about the end, and a button for what can be done. */
function showEnding({ words, label, action }) {
  const act = () => {
    byId("ended").hidden = true;
    if (action === "reload") {
      location.reload();
    } else if (action === "return") {
      room.takeBack();
    } else if (action === "name") {
      askName(words);
    } else {
      join(name, { draft: storage.saved()?.draft });
    }
  };
  byId("ended").replaceChildren(make("p", { role: "alert" }, words), button(label, act));
  byId("ended").hidden = false;
}

/** The name after # in the address, or "". */
function nameInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim();
  } catch {
    return "";
  }
}

byId("start").addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = byId("name").value.trim();
  const length = Array.from(wanted).length;
  if (wanted === "") {
    askName("Please choose a name.");
  } else if (length > NAME_LIMIT) {
    name = wanted;
    askName(`A name has at most ${NAME_LIMIT} characters; this one has ${length}.`);
  } else {
    join(wanted, { draft: storage.saved()?.draft });
  }
});

async function begin() {
  byId("loading").hidden = true;
  setText(byId("place"), location.host);
  const saved = storage.saved();
  const isSame = typeof saved?.guest?.ticket === "string" && saved.wanted === location.hash;
  if (isSame && !(await tabs.isClaimed(tickets.handle(saved.guest.ticket)))) {
    join(saved.name, saved);
  } else if (nameInAddress() !== "" && !isSame) {
    join(nameInAddress(), { draft: saved?.draft });
  } else {
    askName();
  }
}

begin();

// The page of a member: it performs what the guest decides, and tells the guest what happens.

import { byId, setText } from "./dom.js";
import { ended } from "./endings.js";
import * as gathered from "./gathered.js";
import { Guest } from "./guest.js";
import { now } from "./live.js";
import { Log } from "./log.js";
import { MemberList } from "./members.js";
import { Offers } from "./offers.js";
import { Older } from "./older.js";
import { ask } from "./question.js";
import { Roster } from "./roster.js";
import * as storage from "./storage.js";
import * as tabs from "./tabs.js";
import * as tickets from "./ticket.js";
import { TypedLines } from "./typed.js";
import { wellFormed } from "./wire.js";
import { count, mentions, withoutDashes, words } from "./words.js";

/** Asked for in the hello: members and boards come as data instead of words. */
const SEES = ["members", "boards"];

/** The name of a host without one. */
const DEFAULT_HOST = "host";

/** How long posts may follow a welcome before they count as new, in milliseconds. */
const CATCHING_UP = 1000;

/** How many posts before the last one are asked for again after a reload. */
const AGAIN_AFTER_RELOAD = 50;

export class Room {
  #live;
  #onEnded;
  #guest = null;
  #screen;
  #log;
  #status;
  #title;
  #board;
  #input;
  #roster = new Roster();
  #members;
  #offers;
  #older;
  #typed;
  /** Until when posts are old ones. */
  #catchingUpUntil = 0;
  #hasEntered = false;
  /** The ticket that other tabs must not use. */
  #claimed = null;

  /**
   * @param {Live} live
   * @param {Screen} screen
   * @param {(ending: {pair: object} | {words, label, action, isEmpty}) => void} onEnded `isEmpty`
   *   where nothing of the room was shown
   */
  constructor(live, screen, onEnded) {
    this.#live = live;
    this.#screen = screen;
    this.#onEnded = onEnded;
    this.#log = screen.log;
    this.#typed = new TypedLines(screen.log);
    this.#status = screen.status;
    this.#title = screen.title;
    this.#board = screen.board;
    this.#input = screen.input;
    const line = (text) => this.#line(text);
    this.#older = new Older(this.#log, this.#status, (text) => {
      if (this.#guest.isIn()) {
        this.#line(text);
      }
      return this.#guest.isIn();
    });
    this.#members = new MemberList({
      roster: this.#roster,
      list: byId("members"),
      headings: [byId("member-count"), byId("member-total")],
      act: { line, write: (text) => this.#input.write(text) },
    });
    this.#offers = new Offers(byId("offers"), { line, leave: () => this.#input.focus() });
    byId("older").addEventListener("click", () => this.#older.ask());
    byId("check").addEventListener("click", () => this.#line("/status"));
  }

  /**
   * Joins the room as a new member, or as the one that this tab was before a reload.
   * @param {string} name
   * @param {object | null} saved what an earlier page of this tab has stored
   */
  join(name, saved) {
    const guest = saved?.guest;
    if (guest) {
      // The page is empty: the last posts are wanted once more.
      guest.seen = Math.max(0, guest.seen - AGAIN_AFTER_RELOAD);
    }
    this.#log.clear();
    this.#board.close();
    this.#older.forget();
    this.#typed.name = saved?.name ?? name;
    this.#start(new Guest({ name, ticket: tickets.random(), sees: SEES, saved: guest }));
    if (guest) {
      this.#restore(saved);
    }
    if (saved?.draft) {
      this.#input.draft = saved.draft;
    }
    this.#save();
  }

  /** Returns as the member that another page has replaced. */
  takeBack() {
    const { name } = this.#guest;
    const saved = { ...this.#guest.saved(), kept: [] };
    this.#start(new Guest({ name, ticket: saved.ticket, sees: SEES, saved }));
  }

  #start(guest) {
    this.#guest = guest;
    this.#input.isOpen = true;
    this.#live.handlers = {
      onOpen: () => this.#handle({ connected: { nonce: tickets.random() } }),
      onControl: (control) => this.#handle({ control }),
      onLost: () => this.#handle({ lost: true }),
      onTick: () => this.#handle({ tick: true }),
    };
    this.#screen.handlers = {
      onLine: (line) => this.#enter(line),
      onClosed: () => false,
      onPage: (part) => this.#page(part),
      onDraft: () => this.#save(),
      onMove: (move) => this.#line(`/move ${move}`),
      onCommand: (line) => this.#line(line),
      onLeave: () => this.#leave(),
    };
    this.#status.hold("Connecting ...");
    this.#save();
    this.#live.connect(0);
    this.#input.focus();
  }

  /** The lines that the page before its reload has sent or kept, and that are not acknowledged. */
  #restore({ guest, typed }) {
    for (const { number, text } of guest.kept) {
      if (typed?.includes(number)) {
        this.#typed.restore(number, text);
      }
    }
  }

  #handle(input) {
    const effects = this.#guest.handle(now(), input);
    for (const effect of effects) {
      this.#perform(effect);
    }
    if (effects.length > 0) {
      this.#save();
    }
    return effects;
  }

  #perform(effect) {
    if (effect.send) {
      this.#live.send(effect.send);
    } else if (effect.show) {
      this.#see(effect.show);
    } else if (effect.received !== undefined) {
      this.#typed.received(effect.received);
    } else if (effect.connect) {
      this.#live.connect(effect.connect.attempts);
    } else if (effect.close) {
      this.#close(effect.close);
    }
  }

  /** Sends the line of a button, which is not shown among the talk. */
  #line(text) {
    const effects = this.#handle({ line: text });
    this.#save();
    if (!this.#guest.isIn() && effects.length === 0) {
      this.#status.say("Not sent yet.");
    }
  }

  /** Takes a typed line. Returns whether it was taken. */
  #enter(entered) {
    const typed = wellFormed(entered);
    const move = this.#board.moveIn(typed.trim());
    const line = move === null ? typed : `/move ${move}`;
    const { number } = this.#guest;
    // What has happened before is over; the line may be answered in its place.
    this.#status.say("");
    const effects = this.#handle({ line });
    if (this.#guest.number > number) {
      this.#typed.add(number, line);
      this.#save();
      return true;
    }
    return effects.some(({ close }) => close?.left);
  }

  #see(sight) {
    const [[kind, value]] = Object.entries(sight);
    switch (kind) {
      case "post":
        this.#post(value);
        break;
      case "gathered":
        this.#gathered(value);
        break;
      case "recalled":
        this.#older.recalled(value, (post, place) => this.#showOld(post, place));
        break;
      case "told":
        this.#told(value);
        break;
      case "whispered":
        this.#title.message();
        this.#show({ words: value, kind: "private", isNews: true });
        break;
      case "members":
        this.#roster.list(value);
        this.#members.update();
        this.#showRank();
        break;
      case "board":
        this.#showBoard(value);
        break;
      case "ended":
        this.#gameEnded(value.table);
        break;
      default:
        this.#notice(kind, value);
    }
  }

  /** Notices about the connection and about lines. */
  #notice(kind, value) {
    switch (kind) {
      case "named":
        this.#entered(value);
        break;
      case "reconnected":
        this.#roster.restart();
        this.#status.hold("");
        this.#status.say("Reconnected.");
        break;
      case "connectionLost":
        this.#status.hold("Connection lost. Reconnecting ... Your lines are kept and sent later.");
        break;
      case "impostor":
        this.#status.hold("Another program answers here. Still waiting for your room.");
        break;
      case "forgotten":
        this.#aside("The room no longer knows you. You rejoin as a new member.");
        break;
      case "missed":
        this.#aside(`Skipped ${value} older posts. /search finds words in them.`);
        break;
      case "tooLong":
        this.#status.say(`That message is ${value} bytes long, and the limit is 4096: not sent.`);
        break;
      case "notTaken":
        this.#status.say("Too many lines wait to be sent. This one was not taken.");
        break;
      default:
    }
  }

  /** The room has welcomed a new member. */
  #entered(name) {
    this.#named(name);
    this.#roster.restart();
    this.#hasEntered = true;
    this.#catchingUpUntil = now() + CATCHING_UP;
    this.#members.me = this.#guest.member;
    this.#status.hold("");
    this.#status.say(`You are in the room as ${name}.`);
  }

  #named(name) {
    this.#typed.name = name;
    storage.rememberName(name);
    const { host } = this.#guest;
    const isNamed = host !== "" && host !== DEFAULT_HOST;
    setText(byId("me"), isNamed ? `${name}, in the room of ${host}` : name);
    this.#title.place = isNamed ? `tictalk, ${host}` : "tictalk";
  }

  #post(post) {
    const isOwn = post.by === this.#guest.member;
    this.#roster.apply(post);
    this.#members.update();
    this.#showRank();
    this.#notePost(post, isOwn);
    const isOld = now() < this.#catchingUpUntil;
    if (isOwn && (post.what === "joined" || post.what === "back")) {
      this.#catchingUpUntil = 0;
    }
    const shown = words(post);
    const isMessage = post.what === "said" || post.what === "acted";
    if (isOwn && isMessage) {
      this.#typed.replacedBy(shown);
    }
    const isMention = isMessage && !isOwn && mentions(String(post.text), this.#typed.name);
    if (isMessage && !isOld && !isOwn) {
      this.#title.message();
    }
    this.#show({
      post: post.id,
      words: shown,
      kind: isMessage ? "message" : "notice",
      at: post.at,
      name: post.name,
      marks: [isOwn && isMessage && "own", isMention && "mention"].filter(Boolean),
      isNews: isMessage && !isOld,
      isReceived: isOwn && isMessage,
    });
  }

  /** Several posts about who is in the room. The page has got all earlier ones. */
  #gathered(control) {
    for (const post of gathered.posts(control)) {
      this.#roster.apply(post);
      this.#notePost(post, post.by === this.#guest.member);
    }
    this.#members.update();
    this.#showRank();
    this.#catchingUpUntil = 0;
    if (control.rest !== true) {
      for (const line of gathered.lines(control)) {
        this.#show({ post: control.last, words: line, kind: "notice", at: control.at });
      }
    }
  }

  /** Applies a post to everything but the list of members. */
  #notePost(post, isOwn) {
    switch (post.what) {
      case "renamed":
        if (isOwn && typeof post.to === "string") {
          this.#named(post.to);
        }
        break;
      case "began":
        this.#offers.gone(post.name);
        this.#offers.gone(post.with);
        break;
      case "ended":
        this.#board.endOf(post.game, [post.name, post.with]);
        this.#title.turn = this.#board.title;
        break;
      case "left":
      case "kicked":
      case "banned":
        this.#offers.gone(post.name);
        break;
      default:
    }
  }

  #told(text) {
    if (this.#older.told(text)) {
      return;
    }
    if (this.#offers.hear(text)) {
      this.#title.message();
    }
    const isPrivate = text.startsWith("(to ") || text.startsWith("(from ");
    this.#show({ words: withoutDashes(text), kind: isPrivate ? "private" : "told", isNews: true });
  }

  /** A notice of the page itself. */
  #aside(text) {
    this.#show({ words: text, kind: "notice" });
  }

  #show({ isReceived, ...item }) {
    const isOld = now() < this.#catchingUpUntil;
    const before = this.#typed.pending;
    const marks = [...(item.marks ?? []), ...(isOld && item.at !== undefined ? ["old"] : [])];
    const add = () => this.#log.add({ ...item, marks, before });
    const shown = isOld ? this.#log.quietly(add) : add();
    if (isReceived) {
      Log.receive(shown);
    }
  }

  /** Shows a post that was asked for, in this place. */
  #showOld(post, place) {
    const isMessage = ["said", "acted", "whispered"].includes(post.what);
    const kind = post.what === "whispered" ? "private" : isMessage ? "message" : "notice";
    return this.#log.add({
      words: words(post), kind, at: post.at, name: post.name, marks: ["old"], ...place,
    });
  }

  #showBoard(control) {
    this.#board.show(control);
    this.#offers.moved();
    if (this.#board.isPlaying) {
      this.#offers.began();
    }
    this.#title.turn = this.#board.title;
  }

  #gameEnded(table) {
    const { board } = this.#board;
    if (board?.table === table) {
      if (board.you === null) {
        this.#roster.ended(board.players);
      } else {
        this.#roster.endedFor(this.#guest.member);
      }
      this.#board.end(table);
      this.#offers.moved();
      this.#members.update();
      this.#title.turn = this.#board.title;
    }
  }

  /** Shows what only the coordinator can do. */
  #showRank() {
    const me = this.#roster.member(this.#guest.member);
    byId("check").hidden = me?.isCoordinator !== true;
  }

  #page(part) {
    if (!this.#log.page(part)) {
      this.#older.ask();
    }
  }

  async #leave() {
    if (await ask("Leave the room?", "Leave")) {
      this.#handle({ hangup: true });
    }
  }

  #close(ending) {
    const unsent = this.#typed.giveUp();
    this.#input.restore(unsent);
    this.#input.isOpen = false;
    this.#status.hold("");
    if (unsent.length > 0) {
      this.#status.say(`Not sent: ${count(unsent.length, "line")}, back in the field below.`);
    }
    this.#title.turn = "";
    this.#save();
    tabs.claim(null);
    this.#claimed = null;
    if (ending.pair) {
      this.#onEnded({ pair: ending.pair, name: this.#typed.name });
    } else {
      this.#live.finish();
      this.#onEnded({ ...ended(ending), isEmpty: !this.#hasEntered });
    }
  }

  /** Stores the membership and the draft for a reload; after the end, only the draft. */
  #save() {
    if (this.#guest === null) {
      return;
    }
    const { ticket } = this.#guest;
    if (ticket !== this.#claimed) {
      this.#claimed = ticket;
      tabs.claim(tickets.handle(ticket));
    }
    const isOver = ["leaving", "over"].includes(this.#guest.state.is);
    storage.save({
      name: this.#typed.name,
      wanted: location.hash,
      guest: isOver ? null : this.#guest.saved(),
      typed: this.#typed.numbers,
      draft: this.#input.draft,
    });
  }
}

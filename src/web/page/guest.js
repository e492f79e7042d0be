// A member of a room, as a state machine without clock, socket or screen.
//
// This is `src/room/guest.rs` again, decision by decision, and a test replays traces of that one
// here. `handle` takes an input and returns effects, which the caller performs in order. Each line
// that the person enters gets a number and is kept until the room acknowledges it. Kept lines are
// sent again over a new connection, and the room accepts no number twice. A post is shown once.
//
// Inputs:
//   {line: "text"}              the person has entered a line
//   {hangup: true}              the person leaves
//   {connected: {nonce}}        a connection was made, as `connect` asked; nonce: 32 random digits
//   {control: {...}}            a control message has arrived
//   {lost: true}                the connection has ended or failed, or its peer broke the protocol
//   {tick: true}                time has passed; at least once a second
//
// Effects:
//   {send: {...}}               send a control message
//   {show: {...}}               show something; see below
//   {received: number}          the line with this number is acknowledged
//   {connect: {attempts}}       close the connection, and try to make a new one until that succeeds
//   {close: {...}}              close the connection; one of
//                               {left: true}, {refused: {reason, message}}, {noRoom: true},
//                               {pair: welcome}: the server has a seat for one partner
//
// What is shown: {post}, {gathered: control}, {recalled: post}, {told: text}, {whispered: text},
// {named: name}, {tooLong: bytes}, {notTaken: line}, {forgotten: true}, {impostor: true},
// {missed: count}, {connectionLost: true}, {reconnected: true}, {members: control},
// {board: control}, {ended: control}. All texts in them are foreign.

import * as tickets from "./ticket.js";
import { MAX_TEXT, size } from "./wire.js";

/** The version of the handshake. */
const VERSION = 2;

/** Maximum number of lines that the room has not acknowledged. */
export const KEPT = 64;

/** How long the answer to a hello may take. All times are in milliseconds. */
export const WELCOME_TIMEOUT = 5000;

/** Silence after which a connection counts as lost. A room pings every 10 seconds. */
export const SILENCE_LIMIT = 25000;

/** How long a connection must last to reset the delay before the next attempt. */
export const LASTING = 10000;

/** A line of white space only, by Unicode's definition as in Rust. */
const BLANK = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/** A line that leaves the room. */
const QUIT = /^\/(q|quit)[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/i;

/** Controls that are shown to the person, if they were asked for. */
const SIGHTS = ["members", "board", "ended"];

export class Guest {
  /**
   * A client without a connection: `connected` comes first.
   * @param {object} options
   * @param {string} [options.name] the name to ask for
   * @param {string} options.ticket 32 random digits
   * @param {string[]} [options.sees] what the room shall send as data instead of words
   * @param {boolean} [options.asks] whether a room without a name for it shall ask for one
   * @param {object} [options.saved] what `saved()` of an earlier page has returned
   */
  constructor({ name, ticket, sees, asks, saved }) {
    this.name = name;
    this.ticket = saved?.ticket ?? ticket;
    /** Whether the ticket was sent: the room may know it, and has to prove so. */
    this.ticketUsed = saved?.ticketUsed ?? false;
    this.sees = sees ?? [];
    this.asks = asks ?? false;
    /** The client's number as a member, once it has been welcomed. */
    this.member = null;
    /** The name of the host, once the room has told it. */
    this.host = "";
    /** The last post that was shown; 0 for none. */
    this.seen = saved?.seen ?? 0;
    /** The number of the next line. */
    this.number = saved?.number ?? 1;
    /** Lines that are not acknowledged: {number, text}. */
    this.kept = saved?.kept ?? [];
    /** Whether the kept lines may have been sent with their numbers by an earlier page. */
    this.keptNumbers = this.kept.length > 0;
    /** Whether the person has entered a line in this page. */
    this.hasSaid = false;
    /** Number of attempts since the last connection that lasted. */
    this.attempts = 0;
    /** The last refusal, so that it is shown once and not at each attempt. */
    this.refusal = null;
    /** Whether `impostor` was shown. */
    this.hasDistrusted = false;
    /** {is: "calling" | "greeting" | "in" | "leaving" | "over"}, and what belongs to the state. */
    this.state = { is: "calling" };
  }

  /** The state with which a later page can return as this member, as a value of JSON. */
  saved() {
    const { ticket, ticketUsed, seen, number, kept } = this;
    return { ticket, ticketUsed, seen, number, kept: kept.slice() };
  }

  /** Whether the person may enter another line. */
  wantsLine() {
    return this.kept.length < KEPT && this.state.is !== "leaving" && this.state.is !== "over";
  }

  /** Whether lines are sent at once. */
  isIn() {
    return this.state.is === "in";
  }

  /**
   * Handles an input at the time `now`, in milliseconds, which never goes back.
   * @returns {object[]} the effects, in order. There are none after `close`, except for `show`
   *   after the person has left.
   */
  handle(now, input) {
    const effects = [];
    const { is } = this.state;
    if (is === "over" || (is === "leaving" && input.control === undefined)) {
      return effects;
    }
    if (is === "leaving") {
      this.#hearLast(input.control, effects);
    } else if (input.line !== undefined) {
      this.#line(input.line, effects);
    } else if (input.hangup) {
      this.#leave(effects);
    } else if (input.connected) {
      this.#greet(now, input.connected.nonce, effects);
    } else if (input.control !== undefined && is === "greeting") {
      this.#greeted(now, input.control, effects);
    } else if (input.control !== undefined && is === "in") {
      this.state.heardAt = now;
      this.#hear(now, input.control, effects);
    } else if (input.lost && is !== "calling") {
      this.#lose(now, effects);
    } else if (input.tick && is === "greeting" && now - this.state.since >= WELCOME_TIMEOUT) {
      this.#lose(now, effects);
    } else if (input.tick && is === "in" && now - this.state.heardAt >= SILENCE_LIMIT) {
      this.#lose(now, effects);
    }
    // Anything else is a late event of a connection that was given up.
    return effects;
  }

  #line(entered, effects) {
    const text = entered.replace(/[\r\n]+$/, "");
    if (BLANK.test(text)) {
      return;
    }
    if (QUIT.test(text)) {
      this.#leave(effects);
      return;
    }
    const bytes = size(text);
    if (bytes > MAX_TEXT) {
      effects.push({ show: { tooLong: bytes } });
      return;
    }
    if (!this.wantsLine()) {
      effects.push({ show: { notTaken: text } });
      return;
    }
    const { number } = this;
    this.number += 1;
    this.hasSaid = true;
    this.kept.push({ number, text });
    if (this.state.is === "in") {
      effects.push({ send: { type: "say", number, text } });
    }
  }

  #leave(effects) {
    const wasIn = this.state.is === "in";
    if (wasIn) {
      effects.push({ send: { type: "say", number: this.number, text: "/q" } });
    }
    this.#close({ left: true }, effects);
    if (wasIn) {
      this.state = { is: "leaving" };
    }
  }

  #close(ending, effects) {
    this.state = { is: "over" };
    effects.push({ close: ending });
  }

  /** Gives up the connection. */
  #lose(now, effects) {
    if (this.state.is === "in") {
      effects.push({ show: { connectionLost: true } });
    }
    this.#call(now, effects);
  }

  /** Gives up a connection to a program that is not the client's room. The room may return. */
  #distrust(now, effects) {
    if (!this.hasDistrusted) {
      this.hasDistrusted = true;
      effects.push({ show: { impostor: true } });
    }
    this.#call(now, effects);
  }

  /** Asks for a new connection: at once if the last one has lasted. */
  #call(now, effects) {
    if (this.state.is === "in" && now - this.state.since >= LASTING) {
      this.attempts = 0;
    }
    this.state = { is: "calling" };
    effects.push({ connect: { attempts: this.attempts } });
    this.attempts += 1;
  }

  /** Sends the hello over a new connection. */
  #greet(now, nonce, effects) {
    const { ticket, seen, ticketUsed } = this;
    const room = ticketUsed
      ? { member: tickets.handle(ticket), since: seen }
      : { ticket, since: seen };
    if (!ticketUsed && this.asks) {
      room.asks = true;
    }
    this.ticketUsed = true;
    this.state = { is: "greeting", since: now, nonce, toProve: ticketUsed ? ticket : null };
    const hello = { type: "hello", version: VERSION, nonce, room };
    if (this.name) {
      hello.name = this.name;
    }
    if (this.sees.length > 0) {
      hello.sees = this.sees;
    }
    effects.push({ send: hello });
  }

  /** Handles the answer to the hello. */
  #greeted(now, control, effects) {
    const { nonce, toProve } = this.state;
    if (toProve !== null) {
      if (control.type === "challenge") {
        const expected = tickets.proof("s", toProve, nonce, control.nonce);
        if (control.proof.toLowerCase() !== expected) {
          this.#distrust(now, effects);
          return;
        }
        this.state.toProve = null;
        const proof = tickets.proof("c", toProve, nonce, control.nonce);
        effects.push({ send: { type: "proof", proof } });
      } else if (control.type === "refuse" && control.reason === "unknown") {
        // The next ticket tells nothing about this one.
        this.ticket = tickets.next(toProve);
        this.ticketUsed = false;
        if (this.member !== null) {
          effects.push({ show: { forgotten: true } });
        }
        this.#call(now, effects);
      } else if (control.type === "refuse" && ["busy", "version"].includes(control.reason)) {
        this.#hear(now, control, effects);
      } else {
        this.#distrust(now, effects);
      }
    } else if (control.type === "welcome" && control.mode === "room" && control.room) {
      this.host = control.name ?? "";
      this.#enter(now, control.room, effects);
    } else if (control.type === "welcome" && control.mode === "pair") {
      this.#close({ pair: control }, effects);
    } else if (control.type === "refuse") {
      this.#hear(now, control, effects);
    } else {
      this.#close({ noRoom: true }, effects);
    }
  }

  /** Handles the membership in a welcome. */
  #enter(now, room, effects) {
    this.state = { is: "in", since: now, heardAt: now };
    this.refusal = null;
    this.hasDistrusted = false;
    const missed = room.since - this.seen;
    if (this.seen > 0 && missed > 0) {
      effects.push({ show: { missed } });
    }
    // A room that has forgotten the client chooses the post to begin with.
    this.seen = room.since;
    if (this.member === null) {
      this.#renumber(room.heard);
    }
    this.#acknowledged(room.heard, effects);
    const isBack = this.member === room.you;
    this.member = room.you;
    effects.push({ show: isBack ? { reconnected: true } : { named: room.name } });
    for (const { number, text } of this.kept) {
      effects.push({ send: { type: "say", number, text } });
    }
  }

  /** An earlier program with this ticket may have used the numbers up to `heard`. */
  #renumber(heard) {
    if (this.keptNumbers) {
      // It was this page before its reload, and the room may have heard some of these lines.
      this.number = Math.max(this.number, heard + 1);
      return;
    }
    this.number = heard + 1;
    for (const line of this.kept) {
      line.number = this.number;
      this.number += 1;
    }
  }

  #hear(now, control, effects) {
    switch (control.type) {
      case "stored":
        this.#acknowledged(control.number, effects);
        break;
      case "ping":
        effects.push({ send: { type: "pong" } });
        break;
      case "refuse":
        this.#refused(now, control, effects);
        break;
      default:
        if (SIGHTS.includes(control.type) && this.sees.length > 0) {
          effects.push({ show: { [control.type]: control } });
        } else {
          this.#hearLast(control, effects);
        }
    }
  }

  #refused(now, { reason, message }, effects) {
    if (reason !== "busy" && reason !== "behind") {
      this.#close({ refused: { reason, message } }, effects);
      return;
    }
    if (this.refusal !== message) {
      effects.push({ show: { told: message } });
      this.refusal = message;
    }
    this.#call(now, effects);
  }

  /** Shows what the room says, which is all that matters to a person who leaves. */
  #hearLast(control, effects) {
    if (control.type === "gathered") {
      this.#gathered(control, effects);
    } else if (control.type === "recall") {
      effects.push({ show: { recalled: control } });
    } else if (control.type === "tell") {
      this.#told(control, effects);
    } else if (control.type === "post" && control.id > this.seen) {
      this.seen = control.id;
      const isMessage = control.what === "said" || control.what === "acted";
      // The screen shows what the person has typed, but not what an earlier page has sent.
      if (!(isMessage && this.hasSaid && control.by === this.member)) {
        effects.push({ show: { post: control } });
      }
    }
  }

  #gathered(control, effects) {
    const continues = control.rest === true && control.last === this.seen;
    if (control.last > this.seen || continues) {
      this.seen = control.last;
      effects.push({ show: { gathered: control } });
    }
  }

  #told({ text, private: message }, effects) {
    if (message) {
      this.seen = Math.max(this.seen, message.id);
    }
    const isForMe = message && message.by !== this.member;
    effects.push({ show: isForMe ? { whispered: text } : { told: text } });
  }

  /** Forgets the lines up to this number, which the room has acknowledged. */
  #acknowledged(number, effects) {
    while (this.kept.length > 0 && this.kept[0].number <= number) {
      effects.push({ received: this.kept.shift().number });
    }
  }
}

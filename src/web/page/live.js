// The WebSocket to `/live`: connecting, with pauses between attempts, and messages as objects.

import { parse } from "./wire.js";

/** The first pause before an attempt, and the longest. All times are in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 3000;

/** How long an attempt may take. */
const CONNECT_TIMEOUT = 5000;

/** How often `onTick` is called. */
const TICK = 1000;

/**
 * How long to wait before the next attempt, after this many. Half of the time is random, so that
 * many pages do not reconnect all at once.
 */
export function retryPause(attempts, chance = Math.random()) {
  const longest = Math.min(FIRST_PAUSE * 2 ** Math.min(attempts, 16), LONGEST_PAUSE);
  return longest / 2 + (longest / 2) * chance;
}

let latest = 0;

/**
 * Milliseconds that never go back. The wall clock, because a monotonic one may stop while the
 * machine sleeps, and the silence of the server during that time has to be noticed.
 */
export function now() {
  latest = Math.max(latest, Date.now());
  return latest;
}

/**
 * One connection at a time. A connection that was given up calls nothing any more.
 *
 * The handlers can be replaced while a connection lasts:
 * - `onOpen()`: a connection was made
 * - `onControl(control)`: a control message has arrived
 * - `onLost()`: the connection has ended, or its peer broke the protocol
 * - `onTick()`: a second has passed, or the page has woken up
 */
export class Live {
  handlers = { onOpen() {}, onControl() {}, onLost() {}, onTick() {} };
  #socket = null;
  #attempts = 0;
  /** The timer of the pause before an attempt, or of the limit of an attempt. */
  #timer = null;
  #isWaiting = false;

  constructor() {
    setInterval(() => this.handlers.onTick(), TICK);
    // A laptop was opened, or the network is back: try at once.
    const wake = () => this.#wake();
    addEventListener("online", wake);
    addEventListener("pageshow", wake);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        wake();
      }
    });
  }

  /** Gives up the connection and tries to make a new one until that succeeds. */
  connect(attempts) {
    this.close();
    this.#attempts = attempts;
    this.#wait();
  }

  /** Sends a control message. A failed connection is noticed by `onLost`. */
  send(control) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(control));
    }
  }

  /** Closes the connection after everything was sent, or ends the attempts. */
  close() {
    clearTimeout(this.#timer);
    this.#isWaiting = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** Sends what is left, lets the server close the connection, and hears it until then. */
  finish() {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#timer = setTimeout(() => this.close(), CONNECT_TIMEOUT);
    } else {
      this.close();
    }
  }

  #wait() {
    this.#isWaiting = true;
    this.#timer = setTimeout(() => this.#attempt(), retryPause(this.#attempts));
    this.#attempts += 1;
  }

  #wake() {
    this.handlers.onTick();
    if (this.#isWaiting) {
      clearTimeout(this.#timer);
      this.#attempt();
    }
  }

  #attempt() {
    this.#isWaiting = false;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live`);
    this.#socket = socket;
    // A connection that was given up must not speak for the next one.
    const isCurrent = () => this.#socket === socket;
    const fail = () => {
      if (isCurrent()) {
        this.close();
        this.#wait();
      }
    };
    this.#timer = setTimeout(fail, CONNECT_TIMEOUT);
    socket.onclose = fail;
    socket.onopen = () => {
      if (isCurrent()) {
        clearTimeout(this.#timer);
        socket.onclose = () => this.#lose(socket);
        this.handlers.onOpen();
      }
    };
    socket.onmessage = ({ data }) => {
      if (!isCurrent()) {
        return;
      }
      const control = parse(data);
      if (control === null) {
        this.#lose(socket);
      } else {
        this.handlers.onControl(control);
      }
    };
  }

  #lose(socket) {
    if (this.#socket === socket) {
      this.close();
      this.handlers.onLost();
    }
  }
}

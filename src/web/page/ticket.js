// Tickets, and how a member proves to be the one who holds a ticket.
//
// Tickets, nonces and proofs are strings of hexadecimal digits here, as on the wire. They enter a
// digest as bytes. See "Challenge and proof" in docs/protocol.md.

import { sha256 } from "./sha256.js";

const encoder = new TextEncoder();

/** 16 random bytes, as 32 digits: a new ticket or nonce. */
export function random() {
  return digits(crypto.getRandomValues(new Uint8Array(16)));
}

/** The name of a ticket that may be shown to anybody. */
export function handle(ticket) {
  return derived("tictalk handle", ticket);
}

/** The ticket to use after the room has forgotten this one. It tells nothing about this one. */
export function next(ticket) {
  return derived("tictalk next ticket", ticket);
}

/**
 * The proof that one end knows the ticket.
 * @param {"c" | "s"} by the client or the server
 * @param {string} ticket
 * @param {string} client the client's nonce
 * @param {string} server the server's nonce
 */
export function proof(by, ticket, client, server) {
  const prefix = encoder.encode(`tictalk proof${by}`);
  return digits(sha256(prefix, bytes(ticket), bytes(client), bytes(server)));
}

function derived(purpose, ticket) {
  return digits(sha256(encoder.encode(purpose), bytes(ticket)).slice(0, 16));
}

function digits(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(hex) {
  const pairs = hex.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

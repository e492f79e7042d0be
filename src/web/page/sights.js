// Members, boards and results as the page uses them: bounded, and of the form that it expects.
//
// A server of a later version may send more or other fields. Values of the wrong form are left out.

import { isCount, isObject, isString } from "./wire.js";

const MEMBERS = 1000;
const GRIDS = 4;
const ROWS = 26;
const COLUMNS = 26;
const SIGN = 2;
const LINES = 100;
const MOVES = 100;
const RESULTS = 50;

/** The members of a control message. */
export function members({ members: list }) {
  return array(list, MEMBERS).filter(isMember).map((member) => ({
    id: member.id,
    name: member.name,
    isCoordinator: member.coordinator === true,
    isHere: member.here === true,
    plays: isObject(member.plays) ? plays(member.plays) : null,
    // The host's page is told of connections, too.
    address: string(member.address),
    port: isCount(member.port) ? member.port : null,
    since: isCount(member.since) ? member.since : null,
    heard: isCount(member.heard) ? member.heard : null,
  }));
}

/**
 * The board of a control message, or null if it is none.
 *
 * `you` is null for a watcher, and `turn` when the game is over. `result` is null during the game.
 */
export function board(control) {
  const { table, game, players, you, turn, won } = control;
  if (!isCount(table) || !isString(game)) {
    return null;
  }
  const names = array(players, 2).map(string);
  const winner = seat(won);
  return {
    table,
    game,
    players: [names[0] || "the first player", names[1] || "the second player"],
    you: seat(you),
    turn: seat(turn),
    grids: array(control.grids, GRIDS).filter(isObject).map(grid),
    text: array(control.text, LINES).map(string),
    legal: array(control.legal, MOVES).filter(isString),
    hint: string(control.hint),
    words: string(control.words),
    winner,
    isDrawn: winner === null && control.drawn === true,
  };
}

/** The rows of a table of results. */
export function results({ players }) {
  const rows = array(players, RESULTS).filter((row) => isObject(row) && isString(row.name));
  return rows.map((row) => ({
    name: row.name,
    won: number(row.won),
    lost: number(row.lost),
    drawn: number(row.drawn),
  }));
}

function grid({ title, rows }) {
  return {
    title: string(title),
    rows: array(rows, ROWS).filter(isObject).map(({ label, squares }) => ({
      label: string(label),
      squares: array(squares, COLUMNS).map((it) => square(isObject(it) ? it : {})),
    })),
  };
}

function square({ sign, by, mark, move }) {
  return {
    sign: Array.from(string(sign)).slice(0, SIGN).join(""),
    by: seat(by),
    isLast: mark === "last",
    isWinning: mark === "won",
    move: isString(move) ? move : null,
  };
}

function isMember(member) {
  return isObject(member) && isCount(member.id) && isString(member.name);
}

function plays({ game, with: other }) {
  return { game: string(game), with: string(other) };
}

function seat(value) {
  return value === 0 || value === 1 ? value : null;
}

function number(value) {
  return isCount(value) ? value : 0;
}

function string(value) {
  return isString(value) ? value : "";
}

function array(value, limit) {
  return Array.isArray(value) ? value.slice(0, limit) : [];
}

// Names and properties of the games. The server keeps the rules.

/** The games that a room offers, and the words of their buttons. */
export const ROOM_GAMES = [
  { name: "tictactoe", words: "Tic-tac-toe" },
  { name: "connect4", words: "Connect Four" },
  { name: "rps", words: "Rock-paper-scissors" },
];

/** The games that a visitor of a pair can play: those without secrets. */
export const PAIR_GAMES = ROOM_GAMES.filter(({ name }) => name !== "rps");

/** The levels of the computer. */
export const LEVELS = ["easy", "medium", "perfect"];

const NAMES = new Map([
  ...ROOM_GAMES.map(({ name, words }) => [name, words]),
  ["hangman", "Hangman"],
  ["battleship", "Battleship"],
]);

/** Games in which a move can be taken back and a draw offered: those without secrets. */
const OPEN = ["tictactoe", "connect4"];

/** Games with a move that `/hint` knows. */
const HINTED = ["tictactoe", "connect4", "battleship"];

/** The name of a game for people; an unknown name stays as it is. */
export function called(game) {
  return NAMES.get(game) ?? game;
}

export function hasOffers(game) {
  return OPEN.includes(game);
}

export function hasHint(game) {
  return HINTED.includes(game);
}

/** Whether a piece falls to the lowest free square of a column, so that a column can be clicked. */
export function falls(game) {
  return game === "connect4";
}

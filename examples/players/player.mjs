// Plays Connect Four: drops its pieces into random columns.
import readline from "node:readline";

for await (const line of readline.createInterface(process.stdin)) {
  if (!line.endsWith("your move.")) continue; // "...; room in: 1, 2; your move."
  const moves = line.split(": ").at(-1).split(";")[0].split(", ");
  console.log(moves[Math.floor(Math.random() * moves.length)]);
}

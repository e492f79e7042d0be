// A partner for tictalk: chat and tictactoe over one TCP connection.
// node partner.mjs listen PORT [auto], or connect HOST PORT [auto]; "auto" needs no person
import { on, once } from "node:events";
import net from "node:net";
import readline from "node:readline";
const [role, ...where] = process.argv.slice(2);
const keyboard = readline.createInterface(process.stdin)[Symbol.asyncIterator]();

function send(socket, text) {
  const data = Buffer.from("size" + text);
  data.writeUInt32BE(data.length - 4); // in place of "size"
  socket.write(data);
}

async function* receive(socket, data = Buffer.alloc(0)) { // yields the partner's messages
  for await (const piece of socket) {
    data = Buffer.concat([data, piece]);
    while (data.length >= 4) {
      const size = data.readUInt32BE();
      if (size > 4096) throw new Error(`a message of ${size} bytes is too long`);
      if (data.length < 4 + size) break;
      // A terminal obeys control characters, so they are replaced.
      yield data.toString("utf8", 4, 4 + size).trim().replace(/[^\P{C}\n]/gu, "?");
      data = data.subarray(4 + size);
    }
  }
  throw new Error("the partner left without /q");
}

async function ask(free) {
  if (process.argv.at(-1) === "auto") return free[0] ?? "I am a program. I play tictactoe.";
  process.stdout.write(free.length > 0 ? `Your move, one of ${free.join(" ")}: ` : "You: ");
  return (await keyboard.next()).value?.trim() ?? "/q"; // the end of the input is a goodbye
}

function move(board, mine) { // returns "" when the game is over
  console.log(board.replace(/(...)(...)/, "$1\n$2\n"));
  const lines = ["012", "345", "678", "036", "147", "258", "048", "246"];
  const won = lines.some(([a, b, c]) => board[a] === board[b] && board[b] === board[c]);
  if (!won && /\d/.test(board)) return board;
  console.log(!won ? "A draw." : mine ? "You win." : "Your partner wins.");
  return "";
}

async function talk(socket, messages, mine) { // returns whether this side has left
  let board = ""; // in a game, each square is its number, X or O
  for (let turn = 0; turn < 10_000; turn++) { // the partner may be a program that never leaves
    const free = board.match(/\d/g) ?? []; // none in chat
    const text = mine ? await ask(free) : (await messages.next()).value;
    const word = text.split("\n")[0].trim().toLowerCase(); // tictalk draws the board below
    if (!mine && !free.includes(word)) console.log(text); // the board shows a move
    if (board && ![...free, "/q", "/resign"].includes(word)) {
      if (!mine) send(socket, `That is not a free square, one of ${free.join(" ")}.`);
      continue; // the same side tries again
    }
    if (mine) send(socket, text);
    if (word === "/q") return mine;
    if (free.includes(word)) board = move(board.replace(word, free.length % 2 ? "X" : "O"), mine);
    else board = word === "play tictactoe" ? "123456789" : "";
    mine = !mine;
  }
}

const server = net.createServer({ pauseOnConnect: true });
server.on("listening", () => console.log("Listening on port", server.address().port));
const sockets = role === "listen" ? on(server.listen(where[0]), "connection")
  : [[net.connect(where[1], where[0])]];
for await (const [socket] of sockets) {
  socket.on("error", () => {}); // the next read reports it
  try {
    if (role === "connect") await once(socket, "connect");
    if (await talk(socket, receive(socket), role === "connect")) break;
  } catch (error) {
    console.error("The connection failed:", error.message);
    if (role === "connect") process.exitCode = 1;
  }
  socket.end();
}
process.exit();

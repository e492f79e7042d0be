"""A partner without a fault: a server or a client that answers each message by itself, and plays
tictactoe. The animals of the zoo override one thing each."""

import socket
import sys

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


class Gone(Exception):
    """The other side has closed the connection."""


class Framed:
    """A size of four bytes, and the text."""

    def __init__(self, order="big", width=4):
        self.order, self.width = order, width

    def header(self, size):
        return size.to_bytes(self.width, self.order)

    def size(self, header):
        return int.from_bytes(header, self.order)


class Columns(Framed):
    """A size in decimal digits."""

    def header(self, size):
        return f"{size:<{self.width}}".encode()

    def size(self, header):
        return int(header)


class Nul:
    """Decimal digits up to a byte 0, with or without another one in front."""

    def __init__(self, front=b""):
        self.front = front

    def header(self, size):
        return self.front + str(size).encode() + b"\0"

    def size(self, header):
        return int(header.strip(b"\0"))


class Partner:
    """One partner. `conn` is its connection."""

    def __init__(self, framing):
        self.framing = framing
        self.conn = None
        self.board = None
        self.held = b""

    # Bytes.

    def more(self, size):
        """Some more bytes, at most `size`."""
        data = self.conn.recv(size)
        if not data:
            raise Gone
        return data

    def exactly(self, size):
        data = b""
        while len(data) < size:
            data += self.more(size - len(data))
        return data

    def header(self):
        if isinstance(self.framing, Nul):
            header = self.exactly(len(self.framing.front) + 1)
            while not header.endswith(b"\0"):
                header += self.exactly(1)
            return header
        return self.exactly(self.framing.width)

    def body(self, size):
        return self.exactly(size)

    def decode(self, data):
        return data.decode("utf-8", errors="replace")

    def receive(self):
        if self.framing == "raw":
            return self.decode(self.more(8192))
        if self.framing == "lines":
            while b"\n" not in self.held:
                self.held += self.more(4096)
            line, _, self.held = self.held.partition(b"\n")
            return self.decode(line)
        size = self.framing.size(self.header())
        return self.decode(self.body(size))

    def pack(self, data):
        if self.framing == "raw":
            return data
        if self.framing == "lines":
            return data.replace(b"\n", b"; ") + b"\n"
        return self.framing.header(len(data)) + data

    def send(self, text):
        self.conn.sendall(self.pack(text.encode()))

    # Words.

    def is_quit(self, text):
        return text.strip() == "/q"

    def answer(self, text):
        """The answer to a text."""
        words = text.strip()
        if self.board is not None:
            return self.in_game(words)
        if words == "play tictactoe":
            return self.start()
        return self.chat(text)

    def chat(self, text):
        return "I have read your message."

    # The game.

    def start(self):
        self.board = [None] * 9
        return self.move()

    def in_game(self, words):
        try:
            number = self.number(words)
        except ValueError as why:
            return self.refuse(str(why))
        self.place(number)
        if self.is_over():
            self.board = None
            return "The game is over. Well played!"
        return self.move()

    def number(self, words):
        """The square of a legal move."""
        if not (words.isascii() and words.isdigit()):
            raise ValueError("That is no move.")
        number = int(words)
        if not 1 <= number <= 9:
            raise ValueError("There is no such square.")
        if self.board[number - 1] is not None:
            raise ValueError("That square is taken.")
        return number

    def refuse(self, why):
        return why + "\n" + self.drawn()

    def place(self, number):
        self.board[number - 1] = "O"

    def chosen(self):
        """The square that completes a line of either player, else the first free one."""
        for sign in "XO":
            for line in LINES:
                signs = [self.board[square] for square in line]
                if signs.count(sign) == 2 and None in signs:
                    return line[signs.index(None)]
        return self.board.index(None)

    def move(self):
        square = self.chosen()
        self.board[square] = "X"
        text = f"{square + 1}\n{self.drawn()}"
        if self.is_over():
            self.board = None
        return text

    def is_won(self):
        rows = [[self.board[square] for square in line] for line in LINES]
        return any(row[0] and row.count(row[0]) == 3 for row in rows)

    def is_full(self):
        return None not in self.board

    def is_over(self):
        return self.is_won() or self.is_full()

    def drawn(self):
        if self.framing == "lines":
            free = [str(n + 1) for n, sign in enumerate(self.board) if sign is None]
            return "free: " + ", ".join(free)
        signs = [sign or str(n + 1) for n, sign in enumerate(self.board)]
        rows = [" | ".join(signs[n : n + 3]) for n in (0, 3, 6)]
        return "\n--+---+--\n".join(rows)

    # Conversations.

    def react(self, text):
        self.send(self.answer(text))

    def talk(self):
        """Answers until the end of the conversation."""
        self.board = None
        self.held = b""
        try:
            while True:
                text = self.receive()
                if self.is_quit(text):
                    return
                self.react(text)
        except (Gone, ConnectionError):
            return

    def listen(self, port):
        listener = socket.socket()
        self.option(listener)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return listener

    def option(self, listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def serve(self, port):
        listener = self.listen(port)
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        while True:
            self.conn, _ = listener.accept()
            self.talk()
            self.conn.close()

    def greet(self):
        self.send("Hello, here I am.")

    def join(self, port):
        """Connects again and again, as if somebody started it again, until nobody listens."""
        while True:
            try:
                self.conn = socket.create_connection(("127.0.0.1", port))
            except ConnectionError:
                return
            try:
                self.greet()
                self.talk()
            except (ConnectionError, ValueError, IndexError) as error:
                print(f"ended by {error!r}", file=sys.stderr)
            self.conn.close()


FRAMINGS = {
    "raw": "raw",
    "lines": "lines",
    "framed": Framed(),
    "le32": Framed("little"),
    "u16": Framed(width=2),
    "u8": Framed(width=1),
    "u64": Framed(width=8),
    "digits10": Columns(width=10),
    "digits64": Columns(width=64),
    "digits-nul": Nul(),
    "nul-digits-nul": Nul(b"\0"),
}


def run(kinds):
    """`python3 zoo.py KIND FRAMING serve|join PORT`"""
    kind, framing, way, port = sys.argv[1:]
    partner = kinds[kind](FRAMINGS[framing])
    partner.serve(int(port)) if way == "serve" else partner.join(int(port))

"""A partner for tictalk: chat and tictactoe over one TCP connection.

python3 partner.py listen PORT [auto]          waits for partners, one after the other
python3 partner.py connect HOST PORT [auto]    speaks first; "auto" answers without a person
"""
import socket
import sys

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]

def send(peer, text):
    data = text.encode(errors="replace")
    peer.sendall(len(data).to_bytes(4, "big") + data)

def receive(peer):
    header = peer.recv(4, socket.MSG_WAITALL)  # fewer bytes come only at the end
    size = int.from_bytes(header, "big")
    if size > 4096:
        raise ConnectionError(f"a message of {size} bytes is too long")
    data = peer.recv(size, socket.MSG_WAITALL)
    if len(header) < 4 or len(data) < size:
        raise ConnectionError("the partner left without /q")
    text = data.decode(errors="replace").strip()
    # A terminal obeys control characters, so they are replaced.
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)

def ask(free, auto):
    if auto:
        return free[0] if free else "I am a program. I play tictactoe."
    print(f"Your move, one of {' '.join(free)}: " if free else "You: ", end="", flush=True)
    return next(sys.stdin, "/q").strip()  # the end of the input is a goodbye

def talk(peer, mine, auto):
    """Takes turns until one side leaves. Returns whether this side has left."""
    board = ""  # in a game, each square is its number, X or O
    for _ in range(10_000):  # the partner may be a program that never leaves
        free = [square for square in board if square.isdigit()]  # none in chat
        text = ask(free, auto) if mine else receive(peer)
        word = text.partition("\n")[0].strip().lower()  # tictalk draws the board after its move
        if not mine and word not in free:  # the board shows a move
            print(text)
        if free and word not in [*free, "/q", "/resign"]:
            if not mine:
                send(peer, f"That is not a free square. Free squares: {', '.join(free)}.")
            continue  # the same side tries again
        if mine:
            send(peer, text)
        if word == "/q":
            return mine
        if word == "/resign":
            board = ""
        elif free:
            board = board.replace(word, "X" if len(free) % 2 else "O")
            print(board[:3], board[3:6], board[6:], sep="\n")
            won = any(board[a] == board[b] == board[c] for a, b, c in LINES)
            if won or len(free) == 1:
                print("A draw." if not won else "You win." if mine else "Your partner wins.")
                board = ""
        elif word == "play tictactoe":
            board = "123456789"
        mine = not mine

match sys.argv[1:]:
    case ["listen", port, *auto]:
        server = socket.create_server(("", int(port)))
        print("Listening on port", server.getsockname()[1])
    case ["connect", host, port, *auto]:
        server = None
    case _:
        sys.exit(__doc__)
left = False
while not left:
    try:
        with server.accept()[0] if server else socket.create_connection((host, port)) as peer:
            left = talk(peer, not server, auto) or not server
    except OSError as error:
        if not server:
            sys.exit(f"The connection failed: {error}")
        print("The connection failed:", error)

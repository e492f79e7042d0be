#!/usr/bin/env python3
"""A partner for a private line of tictalk, written from docs/protocol.md.

    partner.py client HOST PORT [FILE]   talks to a server; the code is in TICTALK_CODE
    partner.py server PORT [FILE]        waits for a client and prints the code

FILE keeps the key of the line and the turns. A client that finds a key there proposes it and needs no
code, and resumes the session unless it has ended. Lines of standard input are turns, /q says goodbye,
and the end of the input drops the connection without a goodbye.

private_line.py has the private line, ristretto255.py the group, and vectors.py compares both with
published numbers. All of it is an example: see the warning in ristretto255.py.
"""

import hashlib, hmac, json, os, secrets, select, socket, sys, time
from pathlib import Path

from private_line import EXCHANGE, SILENCE, WORDS, Closed, Lost, Refused, WrongCode
from private_line import agree_as_client, agree_as_server, fingerprint, spoken


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Session:
    """What one end stores: the key of the line, the ticket of the session, and its turns."""

    def __init__(self, path):
        self.path = path
        self.key = self.ticket = None
        self.turns, self.partners = [], False
        if path and os.path.exists(path):
            stored = json.loads(Path(path).read_text())
            self.key = bytes.fromhex(stored["key"])
            self.ticket = bytes.fromhex(stored["ticket"]) if stored["ticket"] else None
            self.turns = stored["turns"]

    def start(self, key, ticket):
        self.key, self.ticket, self.turns = key, ticket, []
        self.store()

    def store(self):
        if self.path:
            stored = {"key": self.key.hex(), "ticket": self.ticket and self.ticket.hex(), "turns": self.turns}
            opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w") as file:
                json.dump(stored, file)

    def end(self):
        """Keeps the key for the next session if both ends remember their partners."""
        if self.partners:
            self.start(self.key, None)
        else:
            self.key = self.ticket = None
            if self.path:
                Path(self.path).unlink(missing_ok=True)

    def add(self, by, text):
        self.turns.append([by, text])
        self.store()

    def digest(self, count):
        digest = sha256(b"tictalk session", self.ticket)
        for by, text in self.turns[:count]:
            digest = sha256(digest, by.encode(), text.encode())
        return digest.hex()

    def handle(self):
        return sha256(b"tictalk handle", self.ticket)[:16].hex()

    def proof(self, by, nonces):
        return sha256(b"tictalk proof", by, self.ticket, nonces).hex()

    def position(self):
        return {"turns": len(self.turns), "digest": self.digest(len(self.turns))}

    def unseen(self, me, position):
        """Our last turn if the other end has not stored it. Fails if the two ends do not match."""
        turns, behind = len(self.turns), position["turns"] - len(self.turns)
        last = self.turns[-1] if turns else None
        if behind == 0 and position["digest"] == self.digest(turns):
            return None
        if behind == -1 and last[0] == me and position["digest"] == self.digest(turns - 1):
            return last[1]
        if behind == 1 and (last[0] if last else "s") == me:
            return None
        raise Refused("the two programs have recorded different turns")


def expect(control, kind):
    if not isinstance(control, dict) or control["type"] != kind:
        raise Refused(control.get("message") if isinstance(control, dict) else "an unexpected text")
    return control


def greet_as_client(line, session):
    """Says hello, resumes the session if it is unfinished, and returns our unseen turn."""
    hello = {"type": "hello", "version": 2, "name": "python", "can": ["partners"]}
    if not session.ticket:
        line.control(**hello)
        welcome = expect(line.receive(), "welcome")
        session.partners = "partners" in welcome.get("can", [])
        session.start(line.key, bytes.fromhex(welcome["session"]))
        return None
    nonce = os.urandom(16)
    resume = {"session": session.handle(), **session.position()}
    line.control(**hello, resume=resume, nonce=nonce.hex())
    challenge = expect(line.receive(), "challenge")
    nonces = nonce + bytes.fromhex(challenge["nonce"])
    if not hmac.compare_digest(challenge["proof"], session.proof(b"s", nonces)):
        raise Refused("this is not the server of the session")
    line.control(type="proof", proof=session.proof(b"c", nonces))
    welcome = expect(line.receive(), "welcome")
    session.partners = "partners" in welcome.get("can", [])
    return session.unseen("c", welcome)


def greet_as_server(line, session):
    hello = expect(line.receive(), "hello")
    session.partners = "partners" in hello.get("can", [])
    resume = hello.get("resume")
    unseen = None
    if not resume:
        session.start(line.key, os.urandom(16))
    elif not session.ticket or resume["session"] != session.handle():
        line.control(type="refuse", reason="unknown", message="This session is not known.")
        raise Refused("the client asks for another session")
    else:
        nonce = os.urandom(16)
        nonces = bytes.fromhex(hello["nonce"]) + nonce
        line.control(type="challenge", nonce=nonce.hex(), proof=session.proof(b"s", nonces))
        if not hmac.compare_digest(expect(line.receive(), "proof")["proof"], session.proof(b"c", nonces)):
            raise Refused("this is not the client of the session")
        unseen = session.unseen("s", resume)
    welcome = {"type": "welcome", "version": 2, "name": "python", "mode": "pair", "can": ["partners"]}
    line.control(**welcome, session=session.ticket.hex(), **session.position())
    return unseen


class Script:
    """The lines of standard input, read only when a turn is due."""

    def __init__(self):
        self.data, self.ended = b"", False

    def line(self):
        """The next line; None if it has not come yet, "" at the end of the input."""
        if b"\n" in self.data or self.ended:
            line, _, self.data = self.data.partition(b"\n")
            return line.decode().strip()
        return None

    def fill(self):
        some = os.read(0, 4096)
        self.data, self.ended = self.data + some, not some


def talk(line, session, me, unseen, script):
    """Takes turns until one end says /q. Raises Lost if the connection ends before."""
    them = "s" if me == "c" else "c"
    if unseen is not None:
        line.say(unseen)
    heard = pinged = time.monotonic()
    while True:
        while (frame := line.frame()) is not None:
            if isinstance(frame, dict):
                if frame["type"] == "ping":
                    line.control(type="pong")
                continue
            if frame == "/q":
                print("goodbye", flush=True)
                line.close()
                return
            if (session.turns[-1][0] if session.turns else "s") == them:
                raise Refused("a text that is not due")
            session.add(them, frame)
            print(f"< {frame}", flush=True)
        mine = (session.turns[-1][0] if session.turns else "s") == them
        text = script.line() if mine else None
        if text == "":
            raise Lost("the input has ended")
        if text == "/q":
            line.say("/q")
            line.close()
            return
        if text is not None:
            session.add(me, text)
            line.say(text)
            continue
        ready, _, _ = select.select([line.connection] + ([0] if mine else []), [], [], 1.0)
        now = time.monotonic()
        if line.connection in ready:
            heard = now
            line.fill()
        if 0 in ready:
            script.fill()
        if now - pinged > 10:
            pinged = now
            line.control(type="ping")
        if now - heard > SILENCE:
            raise Lost("no sign of life")


def run(line, session, me, script):
    """One connection from the greeting to its end. Returns whether the session has ended."""
    print(f"private: check {line.check}, key {spoken(fingerprint(line.key))}", flush=True)
    try:
        unseen = (greet_as_client if me == "c" else greet_as_server)(line, session)
        print(f"session: {len(session.turns)} turns", flush=True)
        talk(line, session, me, unseen, script)
    except Lost as why:
        print(f"lost: {why}", flush=True)
        return False
    except Closed:
        print("closed", flush=True)
    session.end()
    return True


def client(host, port, path=None):
    session = Session(path)
    with socket.create_connection((host, int(port)), EXCHANGE) as connection:
        keys = [session.key] if session.key else []
        line = agree_as_client(connection, keys, os.environ.get("TICTALK_CODE", "").strip().lower())
        return 0 if run(line, session, "c", Script()) else 3


def server(port, path=None):
    session, script, guesses = Session(path), Script(), 0
    code = None
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        print(f"port: {listener.getsockname()[1]}", flush=True)
        while guesses < 3:
            if not (session.ticket or code):
                code = "-".join(secrets.choice(WORDS) for _ in range(3))
                print(f"code: {code}", flush=True)
            connection, (address, _) = listener.accept()
            with connection:
                try:
                    line = agree_as_server(connection, [session.key] if session.key else [], code)
                    code = None
                    if run(line, session, "s", script):
                        return 0
                    if script.ended:
                        return 3
                except WrongCode as why:
                    code, guesses = None, guesses + 1
                    print(f"{address}: {why}", flush=True)
                except (Refused, Lost) as why:
                    print(f"{address}: {why}", flush=True)
    return 1


def main(arguments):
    commands = {"client": client, "server": server}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](*arguments[1:])
    except (Refused, WrongCode, Lost) as why:
        print(f"error: {why}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

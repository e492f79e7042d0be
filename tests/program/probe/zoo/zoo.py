"""The zoo: partners with one fault each, as students write them."""

import select
import socket
import struct
import sys
import threading
import time

from partner import Framed, Gone, Partner, run

# Connections.


class ClosesAtOnce(Partner):
    def talk(self):
        pass


class LeavesInSilence(ClosesAtOnce):
    def greet(self):
        pass


class GreetsAndCloses(Partner):
    def talk(self):
        self.send("Welcome!")


class ResetsAtOnce(Partner):
    """Fails before it reads: a linger time of zero turns the close into a reset."""

    def talk(self):
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class FloodsAtOnce(Partner):
    def talk(self):
        try:
            while True:
                self.conn.sendall(b"x" * 4096)
        except ConnectionError:
            return


# Whose turn it is.


class AnswersTwice(Partner):
    def react(self, text):
        super().react(text)
        self.send("Your turn!")


class IgnoresRepetition(Partner):
    last = None

    def react(self, text):
        if text != self.last or len(text) < 10:
            super().react(text)
        self.last = text


class SpeaksOutOfTurn(Partner):
    def react(self, text):
        super().react(text)
        if not select.select([self.conn], [], [], 0.5)[0]:
            self.send("Are you still there?")


class DropsEarlyMessages(Partner):
    """Empties the socket before each turn, as long as its person types."""

    def react(self, text):
        if self.board is None:
            while select.select([self.conn], [], [], 0.3)[0] and self.conn.recv(4096):
                pass
        super().react(text)


# Bytes.


class ReadsHeaderOnce(Partner):
    def header(self):
        return self.more(4)


class ReadsBodyOnce(Partner):
    def body(self, size):
        return self.more(size) if size else b""


class DropsWhatFollows(Partner):
    """Reads as much as there is, and takes the first message of it."""

    def receive(self):
        data = b""
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
            data += self.more(4096)
        return self.decode(data[4 : 4 + int.from_bytes(data[:4], "big")])


class ReadsThreePieces(Partner):
    """A loop that ends too early."""

    def exactly(self, size):
        data = b""
        for _ in range(3):
            if len(data) < size:
                data += self.more(size - len(data))
        return data


class WritesLittleEndian(Partner):
    def pack(self, data):
        return len(data).to_bytes(4, "little") + data


class CountsTheSizeItself(Partner):
    def pack(self, data):
        return (len(data) + 4).to_bytes(4, "big") + data


class IgnoresLetters(Partner):
    """Takes single letters for a slip of the finger."""

    def react(self, text):
        if self.board is not None or len(text) > 1 or not text:
            super().react(text)


class CountsCharacters(Partner):
    def body(self, size):
        data = b""
        while len(data.decode(errors="ignore")) < size and len(data) < size + 3:
            data += self.more(1) if len(data) >= size else self.more(size - len(data))
            if data.isascii() and len(data) == size:
                break
            if b"\xe9" in data and len(data) == size:
                break
        return data


class DecodesPieces(Partner):
    def receive(self):
        size = self.framing.size(self.header())
        text, count = "", 0
        while count < size:
            data = self.more(size - count)
            count += len(data)
            text += data.decode() if data.isascii() or count < size else self.decode(data)
        return text


class DecodesStrictly(Partner):
    def decode(self, data):
        return data.decode()


class SplitsAtCrLf(Partner):
    def react(self, text):
        for line in text.split("\r\n"):
            super().react(line)


class TakesEmptyForTheEnd(Partner):
    def receive(self):
        text = super().receive()
        if not text:
            raise Gone
        return text


class ReadsAtMost1024(Partner):
    def body(self, size):
        return self.exactly(min(size, 1024))

    def react(self, text):
        super().react(text)


class Refuses4096(Partner):
    def body(self, size):
        if size >= 4096:
            raise Gone
        return self.exactly(size)


class EndsAt4097(Partner):
    def body(self, size):
        if size > 4096:
            sys.exit("message too long")
        return self.exactly(size)


# The game.


class EndsAtPlay(Partner):
    def start(self):
        raise IndexError("list index out of range")


class DrawsBesides(Partner):
    def drawn(self):
        right, self.board = self.board, self.board[1:] + self.board[:1]
        try:
            return super().drawn()
        finally:
            self.board = right


class TakesOccupied(Partner):
    def number(self, words):
        if words.isdigit() and 1 <= int(words) <= 9:
            return int(words)
        return super().number(words)

    def move(self):
        return super().move() if None in self.board else "The board is full."


class TakesZero(Partner):
    def number(self, words):
        if words == "0" and self.board[-1] is None:
            return 0
        return super().number(words)


class EndsAtTen(Partner):
    def number(self, words):
        if words == "10":
            return self.board[int(words) - 1]
        return super().number(words)


class EndsAtLetters(Partner):
    def in_game(self, words):
        if " " not in words and not words.isdigit():
            raise IndexError(f"invalid literal for int(): {words}")
        return super().in_game(words)


class MovesAtChat(Partner):
    def in_game(self, words):
        return self.move() if " " in words else super().in_game(words)


class ForgetsTheTurn(Partner):
    is_mine = False

    def in_game(self, words):
        if self.is_mine:
            return self.refuse("It is not your turn.")
        return super().in_game(words)

    def refuse(self, why):
        self.is_mine = True
        return super().refuse(why)

    def start(self):
        self.is_mine = False
        return super().start()


class MissesWins(Partner):
    def is_won(self):
        return False


class MissesDraws(Partner):
    def is_full(self):
        return False

    def move(self):
        return super().move() if None in self.board else "Your turn."


class TakesTwoMoves(Partner):
    """Applies every move that has come, and moves once."""

    def in_game(self, words):
        while words.isdigit() and select.select([self.conn], [], [], 0.3)[0]:
            self.place(self.number(words))
            words = self.receive().strip()
        return super().in_game(words)


# Ends.


class QuitsWhenMentioned(Partner):
    def is_quit(self, text):
        return "/q" in text


class KnowsNoQuit(Partner):
    def is_quit(self, text):
        return False


class QuitsWithNewlineOnly(Partner):
    def is_quit(self, text):
        return text == "/q\n"


class QuitsWithoutNewlineOnly(Partner):
    def is_quit(self, text):
        return text == "/q"


class SpinsAtTheEnd(Partner):
    def receive(self):
        try:
            return super().receive()
        except Gone:
            return ""


class NeverCloses(Partner):
    def serve(self, port):
        listener = self.listen(port)
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        self.all = []
        while True:
            partner = type(self)(self.framing)
            partner.conn, _ = listener.accept()
            self.all.append(partner)
            threading.Thread(target=partner.talk, daemon=True).start()

    def talk(self):
        super().talk()
        if self.said_goodbye:
            self.conn.close()

    said_goodbye = False

    def is_quit(self, text):
        self.said_goodbye = super().is_quit(text)
        return self.said_goodbye


class HasNoPatience(Partner):
    """Hangs up if a new partner does not speak at once."""

    def talk(self):
        if select.select([self.conn], [], [], 0.8)[0]:
            super().talk()


class EndsAtReset(Partner):
    def more(self, size):
        try:
            return super().more(size)
        except ConnectionResetError:
            sys.exit("Connection reset by peer")


class ReplacesTheFirst(Partner):
    """Serves the newest client, and forgets the one before it."""

    def serve(self, port):
        listener = self.listen(port)
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        before = None
        while True:
            partner = type(self)(self.framing)
            partner.conn, _ = listener.accept()
            if before is not None:
                before.is_forgotten = True
            before = partner
            threading.Thread(target=partner.alone, daemon=True).start()

    is_forgotten = False

    def alone(self):
        self.talk()
        self.conn.close()

    def react(self, text):
        if not self.is_forgotten:
            super().react(text)


class BindsAgain(Partner):
    """Opens its port for each conversation, as a program that is started again does."""

    def option(self, listener):
        pass

    def serve(self, port):
        while True:
            listener = self.listen(port)
            if not port:
                port = listener.getsockname()[1]
                print(f"Listening on port {port}", flush=True)
            self.conn, _ = listener.accept()
            listener.close()
            self.talk()
            self.conn.close()


class ServesOnlyTheFirst(Partner):
    """Keeps listening, but serves one client only."""

    has_served = False

    def talk(self):
        if not self.has_served:
            self.has_served = True
            super().talk()


class ServesOnce(Partner):
    def serve(self, port):
        listener = self.listen(port)
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        self.conn, _ = listener.accept()
        self.talk()
        self.conn.close()


# Nuisances, which must not hold the probe up.


class Floods(Partner):
    def react(self, text):
        while True:
            self.conn.sendall(b"x" * 4096)


class Drips(Partner):
    """Answers so slowly that a byte always comes before the probe gives up: the pause is the fault."""

    def react(self, text):
        for byte in b"\0\0\0\xff" + b"x" * 255:
            self.conn.sendall(bytes([byte]))
            time.sleep(0.05)


class SendsControls(ReadsBodyOnce):
    def chat(self, text):
        return "\x1b[2J\x1b]0;owned\x07 <b>&\"'| `x`\u202e \x00\ufffe"


# Programs whose framing is hard to recognize.


class EchoesBytes(Partner):
    """Knows no messages."""

    def talk(self):
        try:
            while True:
                self.conn.sendall(self.more(4096))
        except (Gone, ConnectionError):
            return


class EchoesMessages(Partner):
    def answer(self, text):
        return text


class EchoesLines(Partner):
    """Returns each line as it is."""

    def receive(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.more(1)
        return line

    def react(self, text):
        self.conn.sendall(text)

    def is_quit(self, text):
        return False


class AnswersGarbage(Partner):
    """Sends bytes that are no text in any framing."""

    def receive(self):
        return self.more(4096)

    def react(self, text):
        self.conn.sendall(b"\x9d\x00\xff\x07\x80" * 20)

    def is_quit(self, text):
        return False


class HangsUpAtTheFirstMessage(Partner):
    def talk(self):
        self.more(4096)


class ThinksFirst(Partner):
    """Needs a while for the first answer, as a person does who types it. The pause is the point: the
    probe has to wait for it."""

    has_thought = False

    def react(self, text):
        if not self.has_thought:
            time.sleep(3)
            self.has_thought = True
        super().react(text)


class NeverAnswers(Partner):
    """Waits for a person who is not there."""

    def serve(self, port):
        listener = socket.socket()
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        self.conn, _ = listener.accept()
        threading.Event().wait()


class SplitsWhatComes(Partner):
    """Takes what one recv() returns for whole lines."""

    def receive(self):
        return self.decode(self.more(1024))

    def react(self, text):
        for line in text.splitlines():
            self.send(f"You said {line}\n")


# Programs with several faults.


class DropsAndEnds(DropsWhatFollows, DecodesStrictly):
    pass


KINDS = {
    kind.__name__: kind
    for kind in list(vars().values())
    if isinstance(kind, type) and issubclass(kind, Partner)
}

if __name__ == "__main__":
    run(KINDS)

"""A class of many threads, each a member of a room at a bare framed socket.

class.py PORT PUPILS LINES
Every pupil waits until all are there, says its lines as fast as it can, and reads until it has heard
all others say theirs. Prints one line: "ok" and how many messages were heard, or what was wrong.
"""

import socket
import sys
import threading


def receive_exactly(file, count):
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


class Pupil(threading.Thread):
    def __init__(self, number, port, pupils, lines, barrier):
        super().__init__()
        self.name_here = f"pupil{number}"
        self.port, self.pupils, self.lines, self.barrier = port, pupils, lines, barrier
        self.heard = []
        self.error = None

    def run(self):
        try:
            self.talk()
        except Exception as error:  # Told at the end.
            self.error = f"{self.name_here}: {error!r}"
            self.barrier.abort()

    def talk(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as sock:
            self.file = sock.makefile("rb")
            self.send(sock, self.name_here)
            while not self.receive().startswith(f"You are {self.name_here}, "):
                pass
            self.barrier.wait()
            for number in range(self.lines):
                self.send(sock, f"line {number}")
            while len(self.heard) < (self.pupils - 1) * self.lines:
                text = self.receive()
                if text.startswith("pupil") and ": line " in text:
                    self.heard.append(text)
            # Nobody leaves before all have heard all.
            self.barrier.wait()
            self.send(sock, "/q")
            while self.receive() != "Bye!":
                pass

    def send(self, sock, text):
        data = text.encode()
        sock.sendall(len(data).to_bytes(4, "big") + data)

    def receive(self):
        size = int.from_bytes(receive_exactly(self.file, 4), "big")
        return receive_exactly(self.file, size).decode()


def main():
    port, pupils, lines = map(int, sys.argv[1:])
    barrier = threading.Barrier(pupils, timeout=30)
    threads = [Pupil(number, port, pupils, lines, barrier) for number in range(pupils)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [thread.error for thread in threads if thread.error]
    if errors:
        return f"wrong: {errors}"
    # One order of all messages, in which everybody's own are to be found too.
    order = {}
    for thread in threads:
        for speaker in threads:
            own = [text for text in thread.heard if text.startswith(f"{speaker.name_here}: ")]
            want = [] if speaker is thread else [f"{speaker.name_here}: line {n}" for n in range(lines)]
            if own != want:
                return f"wrong: {thread.name_here} heard {own} of {speaker.name_here}"
    first, second = threads[0], threads[1]
    own = {f"{thread.name_here}: " for thread in (first, second)}
    others = [
        [text for text in thread.heard if text[: text.index(" ") + 1] not in own]
        for thread in threads
    ]
    for thread, heard in zip(threads[2:], others[2:]):
        without = [text for text in others[0] if not text.startswith(f"{thread.name_here}: ")]
        if heard != without:
            return f"wrong: {thread.name_here} and {first.name_here} heard another order"
    return f"ok {sum(len(thread.heard) for thread in threads)}"


print(main(), flush=True)

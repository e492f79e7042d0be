"""The private line of docs/protocol.md: the exchange of four messages, and the records after it.

Needs the package `cryptography` for ChaCha20-Poly1305. The rest is the standard library.
"""

import hashlib, hmac, json, os, socket, struct, time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ristretto255 import decode, encode, from_uniform_bytes, multiply

WORDS = (Path(__file__).resolve().parents[3] / "src/words/list.txt").read_text().split()


class Refused(Exception):
    """The other end says no, or breaks a rule. The session does not continue on this line."""


class WrongCode(Exception):
    """The other end has proved that it does not know the code, which is burnt now."""


class Lost(Exception):
    """The connection has ended without the last record. The session can be resumed."""


class Closed(Exception):
    """The last record has arrived."""


# CPACE-RISTRETTO255-SHA512 with initiator and responder. The server is the initiator, A.

DSI = b"CPaceRistretto255"
CI = b"tictalk private line 1, server to client"


def lv_cat(*parts):
    joined = b""
    for part in parts:
        length = len(part)
        while length >= 128:
            joined += bytes([length % 128 + 128])
            length //= 128
        joined += bytes([length]) + part
    return joined


def generator(prs, ci, sid):
    padding = bytes(max(0, 128 - 1 - len(lv_cat(prs)) - len(lv_cat(DSI))))
    return from_uniform_bytes(hashlib.sha512(lv_cat(DSI, prs, padding, ci, sid)).digest())


def session_key(sid, scalar, share, ya, ada, yb, adb):
    """The draft's ISK. `share` is the one of the other end: ya or yb."""
    try:
        k = encode(multiply(scalar, decode(share)))
    except ValueError as error:
        raise Refused(error) from None
    if k == bytes(32):
        raise Refused("a point that is the identity")
    return hashlib.sha512(lv_cat(DSI + b"_ISK", sid, k) + lv_cat(ya, ada, yb, adb)).digest()


def tag(sid, isk, share, ad):
    key = hashlib.sha512(b"CPaceMac" + sid + isk).digest()
    return hmac.digest(key, lv_cat(share, ad), "sha512")


def sample_scalar(draw):
    return int.from_bytes(draw(32), "little") % 2**252


# Keys, words and records


def hkdf(secret, info, length, salt=bytes(64)):
    """HKDF-SHA512 of RFC 5869. Without a salt, the salt is as many zeros as the hash has bytes."""
    prk, okm, block = hmac.digest(salt, secret, "sha512"), b"", b""
    while len(okm) < length:
        block = hmac.digest(prk, block + info + bytes([len(okm) // 64 + 1]), "sha512")
        okm += block
    return okm[:length]


def spoken(data):
    numbers = struct.unpack(f">{len(data) // 4}I", data)
    return "-".join(WORDS[number % len(WORDS)] for number in numbers)


def fingerprint(key):
    return hashlib.sha256(b"tictalk fingerprint" + key).digest()[:16]


def hint(key, nonce):
    return hashlib.sha256(b"tictalk hint" + key + nonce).digest()[:16]


def framed(kind, payload):
    return bytes([kind]) + len(payload).to_bytes(3, "big") + payload


class Records:
    """Seals or opens the records of one direction."""

    REKEY = 65_536
    LONGEST = 16_384

    def __init__(self, chain):
        self.chain, self.number = chain, 0
        self.cipher = ChaCha20Poly1305(hkdf(chain, b"tictalk record key", 32))

    def next(self):
        """The cipher and the nonce of the next record."""
        if self.number and self.number % self.REKEY == 0:
            self.chain = hkdf(self.chain, b"tictalk next chain", 64)
            self.cipher = ChaCha20Poly1305(hkdf(self.chain, b"tictalk record key", 32))
        self.number += 1
        return self.cipher, struct.pack(">IQ", 0, self.number - 1)

    def seal(self, text):
        cipher, nonce = self.next()
        header = framed(2, bytes(len(text) + 16))[:4]
        return header + cipher.encrypt(nonce, text, header)

    def open(self, header, payload):
        cipher, nonce = self.next()
        try:
            return cipher.decrypt(nonce, payload, header)
        except InvalidTag:
            raise Lost("a record that cannot be opened") from None


class Line:
    """A private line: frames of the tictalk dialect in records over one connection."""

    def __init__(self, connection, sent, received, key, check):
        self.connection, self.key, self.check = connection, key, check
        self.sent, self.received, self.text = Records(sent), Records(received), b""

    def send(self, kind, payload):
        frame = framed(kind, payload)
        try:
            for start in range(0, len(frame), Records.LONGEST):
                self.connection.sendall(self.sent.seal(frame[start : start + Records.LONGEST]))
        except OSError as error:
            raise Lost(error) from None

    def say(self, text):
        self.send(0, text.encode())

    def control(self, **fields):
        self.send(1, json.dumps(fields).encode())

    def close(self):
        """Sends the last record, which tells an end from a cut. The peer may be gone already."""
        self.connection.settimeout(FAREWELL)
        try:
            self.connection.sendall(self.sent.seal(b""))
            self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(4096):
                pass
        except OSError:
            pass

    def fill(self):
        """Waits for one record."""
        header, payload = read_frame(self.connection, Records.LONGEST + 16)
        text = self.received.open(header, payload)
        if not text:
            raise Lost("the last record cuts a frame") if self.text else Closed
        self.text += text

    def frame(self):
        """The next frame that has arrived: text as str, control as dict; None if there is none."""
        length = int.from_bytes(self.text[1:4], "big")
        if len(self.text) < 4 + length or len(self.text) < 4:
            return None
        kind, payload = self.text[0], self.text[4 : 4 + length]
        self.text = self.text[4 + length :]
        return payload.decode() if kind == 0 else json.loads(payload)

    def receive(self):
        while (frame := self.frame()) is None:
            self.fill()
        return frame


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        try:
            some = connection.recv(count - len(data))
        except (ConnectionError, socket.timeout) as error:
            raise Lost(error) from None
        if not some:
            raise Lost("the connection has ended without the last record")
        data += some
    return data


def read_frame(connection, longest):
    header = read_exactly(connection, 4)
    length = int.from_bytes(header[1:], "big")
    if header[0] != 2 or not 1 <= length <= longest:
        raise Refused("no frame of a private line")
    return header, read_exactly(connection, length)


# The exchange. `draw` returns so many random bytes; only tests give another one.

VERSION = 1
HINTS = 16
EXCHANGE = 10.0  # seconds
SILENCE = 25.0  # seconds
FAREWELL = 0.3  # seconds
REFUSALS = {
    1: "the server speaks another version of the private line",
    2: "the server has no code and knows none of the keys",
    3: "the server is in a session",
    4: "the code is wrong, and burnt now",
    5: "too many codes were wrong; try again later",
    6: "another client has burnt the code; ask for the new one",
}


class Exchange:
    """Sends and receives the four messages, all within 10 seconds."""

    def __init__(self, connection):
        self.connection, self.end = connection, time.monotonic() + EXCHANGE

    def send(self, payload):
        self.connection.sendall(framed(2, payload))

    def receive(self):
        self.connection.settimeout(max(0.001, self.end - time.monotonic()))
        return read_frame(self.connection, 1024)[1]

    def refuse(self, why):
        self.send(bytes([why]))
        raise Refused(REFUSALS[why])

    def line(self, sid, isk, key, server):
        """The line after the exchange; `key` is the one of the exchange, if there was one."""
        client_records, server_records, new_key, check = (
            hkdf(isk, b"tictalk " + info, length, sid)
            for info, length in ((b"client records", 64), (b"server records", 64), (b"key", 32), (b"check", 8))
        )
        self.connection.settimeout(SILENCE)
        chains = (server_records, client_records) if server else (client_records, server_records)
        return Line(self.connection, *chains, key or new_key, spoken(check))


def agree_as_client(connection, keys, code, draw=os.urandom):
    exchange = Exchange(connection)
    nonce = draw(16)
    hints = [hint(key, nonce) for key in keys[:HINTS]]
    hints += [draw(16) for _ in range(HINTS - len(hints))]
    adb = nonce + bytes([VERSION]) + b"".join(hints)
    exchange.send(adb)

    offer = exchange.receive()
    if len(offer) <= 3:
        raise Refused(REFUSALS.get(offer[0], "the server refuses"))
    if len(offer) < 50 or offer[16] != VERSION or offer[17] > len(keys):
        raise Refused("the server's offer breaks a rule")
    choice, ya, ada = offer[17], offer[18:50], offer[:18] + offer[50:]
    key = keys[choice - 1] if choice else None
    if not (key or code):
        raise Refused("the server does not know the key and asks for a code")
    sid = nonce + offer[:16]

    scalar = sample_scalar(draw)
    yb = encode(multiply(scalar, generator(key or code.encode(), CI, sid)))
    isk = session_key(sid, scalar, ya, ya, ada, yb, adb)
    exchange.send(yb + tag(sid, isk, yb, adb))

    confirmation = exchange.receive()
    if len(confirmation) <= 3:
        raise Refused(REFUSALS.get(confirmation[0], "the server refuses"))
    if not hmac.compare_digest(confirmation, tag(sid, isk, ya, ada)):
        raise WrongCode("the server does not know the code, which is burnt now")
    return exchange.line(sid, isk, key, server=False)


def agree_as_server(connection, keys, code, draw=os.urandom):
    exchange = Exchange(connection)
    adb = exchange.receive()
    if len(adb) < 17 or adb[16] != VERSION:
        exchange.refuse(1)
    if len(adb) < 17 + 16 * HINTS:
        raise Refused("the client's first message breaks a rule")
    hints = [adb[17 + 16 * i : 33 + 16 * i] for i in range(HINTS)]
    known = [(i + 1, key) for i in range(HINTS) for key in keys if hint(key, adb[:16]) == hints[i]]
    choice, key = known[0] if known else (0, None)
    if not (key or code):
        exchange.refuse(2)

    ada = draw(16) + bytes([VERSION, choice])
    sid = adb[:16] + ada[:16]
    scalar = sample_scalar(draw)
    ya = encode(multiply(scalar, generator(key or code.encode(), CI, sid)))
    exchange.send(ada + ya)

    answer = exchange.receive()
    if len(answer) != 96:
        raise Refused("the client's answer breaks a rule")
    yb = answer[:32]
    isk = session_key(sid, scalar, yb, ya, ada, yb, adb)
    if not hmac.compare_digest(answer[32:], tag(sid, isk, yb, adb)):
        exchange.send(bytes([4]))
        raise WrongCode("a wrong code, which is burnt now")
    exchange.send(tag(sid, isk, ya, ada))
    return exchange.line(sid, isk, key, server=True)

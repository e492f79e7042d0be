#!/usr/bin/env python3
"""Numbers that every program with a private line has to agree on.

    vectors.py check      compares the example with the vectors of RFC 9496 and of the draft of CPace
    vectors.py exchange   prints two whole exchanges with fixed random numbers, as JSON

tests/core/private has the vectors, and what the second command prints as exchange.json.
"""

import hashlib, hmac, json, socket, sys, threading
from pathlib import Path

from private_line import CI, Records, Refused, agree_as_client, agree_as_server, fingerprint, generator
from private_line import hint, hkdf, session_key, spoken
from ristretto255 import decode, encode, from_uniform_bytes, multiply

DATA = Path(__file__).resolve().parents[2] / "core/private"


def vectors(name):
    """A file of vectors, with bytes in place of hexadecimal digits."""

    def read(value):
        if isinstance(value, dict):
            return {name: read(value) for name, value in value.items() if name != "source"}
        return [read(item) for item in value] if isinstance(value, list) else bytes.fromhex(value)

    return read(json.loads((DATA / name).read_text()))


def number(scalar):
    return int.from_bytes(scalar, "little")


def fails(error, function, *arguments):
    try:
        function(*arguments)
    except error:
        return True
    return False


def check():
    group = vectors("ristretto255.json")
    base = decode(group["multiples"][1])
    for factor, encoded in enumerate(group["multiples"]):
        assert encode(multiply(factor, base)) == encoded, factor
        assert encode(decode(encoded)) == encoded, factor
    for encoded in group["invalid"]:
        assert fails(ValueError, decode, encoded), encoded.hex()
    for uniform in group["uniform"]:
        assert encode(from_uniform_bytes(uniform["bytes"])) == uniform["element"], uniform

    cpace = vectors("cpace.json")
    run = cpace["run"]
    g = generator(run["PRS"], run["CI"], run["sid"])
    assert encode(g) == run["g"]
    assert encode(multiply(number(run["ya"]), g)) == run["Ya"]
    assert encode(multiply(number(run["yb"]), g)) == run["Yb"]
    shares = run["Ya"], run["ADa"], run["Yb"], run["ADb"]
    assert session_key(run["sid"], number(run["ya"]), run["Yb"], *shares) == run["ISK_IR"]
    assert session_key(run["sid"], number(run["yb"]), run["Ya"], *shares) == run["ISK_IR"]
    for valid in cpace["valid"]:
        product = multiply(number(valid["scalar"]), decode(valid["point"]))
        assert encode(product) == valid["product"]
    for share in cpace["invalid"]:
        assert fails(Refused, session_key, run["sid"], number(run["ya"]), share, *shares), share.hex()
    print("all vectors agree")


class Drawn:
    """Random numbers that are the same each time, and the record of them."""

    def __init__(self, seed):
        self.seed, self.drawn = seed, []

    def __call__(self, count):
        data = hashlib.sha512(f"{self.seed} {len(self.drawn)}".encode()).digest()[:count]
        self.drawn.append(data)
        return data


class Recorder:
    """A connection that keeps the payloads that it sends."""

    def __init__(self, connection):
        self.connection, self.sent = connection, []

    def sendall(self, data):
        self.sent.append(data[4:])
        self.connection.sendall(data)

    def __getattr__(self, name):
        return getattr(self.connection, name)


def records(chain):
    """Records of one direction: the first two, the ones around the change of the key, and the last."""
    sealed, kept = Records(chain), {}
    texts = {0: b"Hello", 1: bytes(range(256)) * 64, 65_535: b"before", 65_536: b"after", 65_537: b""}
    for count in range(65_538):
        record = sealed.seal(texts.get(count, b"filler"))
        if count in texts:
            digest = hashlib.sha256(record).hexdigest()
            kept[str(count)] = {"text": texts[count].hex(), "record": record.hex()} if len(record) < 100 else {
                "text_sha256": hashlib.sha256(texts[count]).hexdigest(), "record_sha256": digest}
    next_chain = hkdf(chain, b"tictalk next chain", 64)
    return {
        "chain": chain.hex(),
        "key": hkdf(chain, b"tictalk record key", 32).hex(),
        "next_chain": next_chain.hex(),
        "next_key": hkdf(next_chain, b"tictalk record key", 32).hex(),
        "records": kept,
    }


def exchange(name, code, client_keys, server_keys):
    """A whole exchange, with every number on the way."""
    ends = [Recorder(end) for end in socket.socketpair()]
    draws = {end: Drawn(f"{name} {end}") for end in ("client", "server")}
    lines = {}

    def serve():
        lines["server"] = agree_as_server(ends[1], server_keys, code, draws["server"])

    server = threading.Thread(target=serve)
    server.start()
    lines["client"] = agree_as_client(ends[0], client_keys, code, draws["client"])
    server.join()

    (opened, answer), (offer, confirmation) = ends[0].sent, ends[1].sent
    choice, sid = offer[17], opened[:16] + offer[:16]
    ya, ada, yb, adb = offer[18:50], offer[:18], answer[:32], opened
    prs = client_keys[choice - 1] if choice else code.encode()
    scalars = {end: number(drawn.drawn[-1]) % 2**252 for end, drawn in draws.items()}
    isk = session_key(sid, scalars["client"], ya, ya, ada, yb, adb)
    key = lines["client"].key
    assert lines["server"].key == key
    assert lines["server"].check == lines["client"].check
    directions = {
        "client_records": records(lines["client"].sent.chain),
        "server_records": records(lines["server"].sent.chain),
    }
    values = {
        "prs": prs,
        "ci": CI,
        "client_keys": client_keys,
        "server_keys": server_keys,
        "client_random": opened[:16],
        "client_filler": draws["client"].drawn[1:-1],
        "client_scalar": scalars["client"].to_bytes(32, "little"),
        "server_random": offer[:16],
        "server_scalar": scalars["server"].to_bytes(32, "little"),
        "hints": [hint(known, opened[:16]) for known in client_keys],
        "open": opened,
        "offer": offer,
        "answer": answer,
        "confirmation": confirmation,
        "sid": sid,
        "generator": encode(generator(prs, CI, sid)),
        "shared_point": encode(multiply(scalars["client"], decode(ya))),
        "isk": isk,
        "mac_key": hashlib.sha512(b"CPaceMac" + sid + isk).digest(),
        "extracted": hmac.digest(sid, isk, "sha512"),
        "key": key,
        "check_bytes": hkdf(isk, b"tictalk check", 8, sid),
        "fingerprint_bytes": fingerprint(key),
    }
    words = {"check": lines["client"].check, "fingerprint": spoken(fingerprint(key))}
    return {"name": name, "code": code, "choice": choice, **hexadecimal(values), **words, **directions}


def hexadecimal(value):
    if isinstance(value, dict):
        return {name: hexadecimal(item) for name, item in value.items()}
    return [hexadecimal(item) for item in value] if isinstance(value, list) else value.hex()


def exchanges():
    keys = [Drawn(f"key {number}")(32) for number in range(3)]
    by_code = exchange("by code", "acid-mango-riverboat", [], [])
    by_key = exchange("by key", None, keys[:2], keys[1:])
    source = "computed by tests/program/private/vectors.py exchange"
    print(json.dumps({"source": source, "exchanges": [by_code, by_key]}, indent=1))


if __name__ == "__main__":
    commands = {"check": check, "exchange": exchanges}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()

# Runs after the client of docs/protocol.md, and uses nothing else.
# protocol.py PAIR_PORT ROOM_PORT: prints a word at each step, and "ok" at the end.

import sys

pair_port, room_port = map(int, sys.argv[1:])


def is_equal(one, other):
    if one != other:
        sys.exit(f"{one!r} is not {other!r}")


def step(word):
    print(word, flush=True)


# A new session.
client = Connection(pair_port)
client.hello(name="ann")
welcome = client.receive()
is_equal((welcome["type"], welcome["mode"], welcome["name"]), ("welcome", "pair", "bob"))
log = Log(bytes.fromhex(welcome["session"]))
is_equal((welcome["turns"], welcome["digest"]), (0, log.digest.hex()))

# A turn, and its receipt.
client.text("Hello")
log.add(b"c", "Hello")
is_equal(client.receive(), {"type": "receipt", "turns": 1})
step("received")
is_equal(client.receive(), "Hi")

# The connection breaks, and the answer was not stored here: it comes again.
client.close()
client = Connection(pair_port)
resume = {"session": handle(log.ticket), "turns": log.turns, "digest": log.digest.hex()}
client.hello(name="ann", resume=resume)
client.prove(log.ticket)
welcome = client.receive()
is_equal(client.receive(), "Hi")
log.add(b"s", "Hi")
is_equal((welcome["turns"], welcome["digest"]), (2, log.digest.hex()))
is_equal(welcome["session"], log.ticket.hex())

# The connection breaks again, and our next turn is lost with it: we send it again.
client.close()
log.add(b"c", "play tictactoe")
client = Connection(pair_port)
resume = {"session": handle(log.ticket), "turns": log.turns, "digest": log.digest.hex()}
client.hello(name="ann", resume=resume)
client.prove(log.ticket)
is_equal(client.receive()["turns"], 2)
client.text("play tictactoe")
is_equal(client.receive(), {"type": "receipt", "turns": 3})
step("resumed")
is_equal(client.receive(), "5")

# A client that knows the handle and not the ticket is no partner.
impostor = Connection(pair_port)
impostor.hello(resume=resume)
try:
    impostor.prove(bytes(16))
    sys.exit("an impostor was believed")
except PermissionError:
    impostor.close()

client.text("/q")
step("left")

# A room.
ticket = os.urandom(16)
member = Connection(room_port)
member.hello(name="ann", room={"ticket": ticket.hex(), "since": 0})
welcome = member.receive()
is_equal((welcome["type"], welcome["mode"]), ("welcome", "room"))
is_equal((welcome["room"]["name"], welcome["room"]["heard"]), ("ann", 0))
me = welcome["room"]["you"]


def posts_until(is_last):
    """What comes, up to the last."""
    while True:
        control = member.receive()
        if control["type"] == "post":
            posts.append(control)
        if is_last(control):
            return


posts = []
member.control(type="say", number=1, text="hello")
posts_until(lambda control: control == {"type": "stored", "number": 1})
# The receipt may arrive before the posts.
if "said" not in [post["what"] for post in posts]:
    posts_until(lambda control: control["type"] == "post" and control["what"] == "said")
said = posts[-1]
is_equal((said["by"], said["name"], said["text"]), (me, "ann", "hello"))
is_equal([post["id"] for post in posts], list(range(1, len(posts) + 1)))
is_equal([post["what"] for post in posts], ["joined", "coordinator", "said"])

# Back as the same member, who says its line again: it is not taken twice.
member.close()
member = Connection(room_port)
member.hello(name="ann", room={"member": handle(ticket), "since": said["id"]})
member.prove(ticket)
room = member.receive()["room"]
is_equal((room["you"], room["heard"], "ticket" in room), (me, 1, False))
posts = []
member.control(type="say", number=1, text="hello")
member.control(type="say", number=2, text="/me leaves")
posts_until(lambda control: control == {"type": "stored", "number": 2})
if "acted" not in [post["what"] for post in posts]:
    posts_until(lambda control: control["type"] == "post" and control["what"] == "acted")
is_equal([post["text"] for post in posts if "text" in post], ["leaves"])
member.control(type="say", number=3, text="/q")
try:
    while True:
        member.receive()
except EOFError:
    step("ok")

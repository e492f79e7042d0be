"""A partner of a few lines: takes strict turns, says its lines, prints what it hears.

peer.py framed|raw connect|listen PORT LINE...
It prints each message that it hears as one JSON string a line. A peer that listens prints its port first.
"""

import json
import socket
import sys


def receive_exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def send_framed(sock, text):
    data = text.encode()
    sock.sendall(len(data).to_bytes(4, "big") + data)


def receive_framed(sock):
    size = int.from_bytes(receive_exactly(sock, 4), "big")
    return receive_exactly(sock, size).decode()


def send_raw(sock, text):
    sock.sendall(text.encode())


def receive_raw(sock):
    data = sock.recv(4096)
    if not data:
        raise EOFError
    return data.decode()


def main():
    wire, way, port, *lines = sys.argv[1:]
    send, receive = {"framed": (send_framed, receive_framed), "raw": (send_raw, receive_raw)}[wire]
    if way == "listen":
        door = socket.create_server(("127.0.0.1", int(port)))
        print(door.getsockname()[1], flush=True)
        sock = door.accept()[0]
    else:
        sock = socket.create_connection(("127.0.0.1", int(port)))
    with sock:
        try:
            if way == "listen":
                print(json.dumps(receive(sock)), flush=True)
            for line in lines:
                send(sock, line)
                print(json.dumps(receive(sock)), flush=True)
        except EOFError:
            print("closed", flush=True)


main()

#!/usr/bin/env python3
"""Heads without end, headers by the thousand, lengths that cannot be, and messages that two readers would read differently, at a running house.

What each verdict of the reader is stands in src/lib/http/head_test.c. Here it is said over a socket: one constant answer, the end of the
connection, nothing of what followed is taken for a request, and nobody else has any of it.

usage: heads.py    CHECK_FULL=1: also each message byte by byte, and two hundred at once
"""
import re
import socket
import threading
import time

from house import FULL, Counts, House, check

H = b"Host: a\r\n"
NEXT = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def post(headers, body=b""):
    return b"POST /tip HTTP/1.1\r\n" + H + headers + b"\r\n" + body


# (name, bytes, the status). All of them end the connection.
MESSAGES = [
    ("a head of 1 MB in one header", b"GET / HTTP/1.1\r\n" + H + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n", 431),
    ("a head of 1 MB in many headers", b"GET / HTTP/1.1\r\n" + H + b"X-A: bcdef\r\n" * 87382 + b"\r\n", 431),
    ("10,000 headers", b"GET / HTTP/1.1\r\n" + H + b"".join(b"X%d: 1\r\n" % i for i in range(10000)) + b"\r\n", 431),
    ("a request line of 1 MB", b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n" + H + b"\r\n", 414),
    ("a method of 1 MB", b"G" * (1 << 20), 414),
    ("10 GB to come", post(b"Content-Length: 10737418240\r\n"), 413),
    ("more than there are numbers", post(b"Content-Length: 99999999999999999999999999\r\n"), 413),
    ("2 to the 64th and one", post(b"Content-Length: 18446744073709551617\r\n", b"x"), 413),
    ("a length below nothing", post(b"Content-Length: -1\r\n"), 400),
    ("a length with a sign", post(b"Content-Length: +5\r\n", b"a=b&c"), 400),
    ("a length in hexadecimal", post(b"Content-Length: 0x5\r\n", b"a=b&c"), 400),
    ("a length with a nought before it", post(b"Content-Length: 05\r\n", b"a=b&c"), 400),
    ("two lengths", post(b"Content-Length: 3\r\nContent-Length: 30\r\n", b"a=b" + NEXT), 400),
    ("the same length twice", post(b"Content-Length: 3\r\nContent-Length: 3\r\n", b"a=b" + NEXT), 400),
    ("a list of lengths", post(b"Content-Length: 3, 3\r\n", b"a=b" + NEXT), 400),
    ("no length", post(b"", NEXT), 411),
    ("a body on a GET", b"GET / HTTP/1.1\r\n" + H + b"Content-Length: %d\r\n\r\n" % len(NEXT) + NEXT, 400),
    ("a length and chunks", post(b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + NEXT), 501),
    ("chunks and a length", post(b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n" + NEXT), 501),
    ("chunks by a name with a tab", post(b"Transfer-Encoding:\tchunked\r\n", b"0\r\n\r\n" + NEXT), 501),
    ("chunks by another name", post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + NEXT), 501),
    ("a space before the colon of chunks", post(b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n", b"a=b" + NEXT), 400),
    ("chunks on a continued line", post(b"Content-Length: 3\r\nX: y\r\n Transfer-Encoding: chunked\r\n", b"a=b" + NEXT), 400),
    ("a chunk that never ends", post(b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n" + b"a" * 65536), 501),
    ("a bare line feed", b"GET / HTTP/1.1\nHost: a\n\n" + NEXT, 400),
    ("a bare carriage return", b"GET / HTTP/1.1\r\n" + H + b"X: a\rTransfer-Encoding: chunked\r\n\r\n" + NEXT, 400),
    ("a NUL", b"GET / HTTP/1.1\r\n" + H + b"X: a\0b\r\n\r\n" + NEXT, 400),
    ("HTTP/0.9", b"GET /\r\n" + NEXT, 400),
    ("HTTP/1.0", b"GET / HTTP/1.0\r\n" + H + b"\r\n" + NEXT, 505),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), 400),
    ("two hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + NEXT, 400),
    ("no host", b"GET / HTTP/1.1\r\n\r\n" + NEXT, 400),
    ("a whole address as target", b"GET http://b/ HTTP/1.1\r\n" + H + b"\r\n" + NEXT, 400),
    ("a proxy's method", b"CONNECT a:443 HTTP/1.1\r\n" + H + b"\r\n" + NEXT, 400),
    ("an upgrade beside a bad length", post(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: x\r\n", NEXT), 400),
    ("an empty line first", b"\r\nGET / HTTP/1.1\r\n" + H + b"\r\n", 400),
]
# What is plainly right stays so: (name, bytes, the statuses). A body that looks like a request is a body.
RIGHT = [
    ("two requests in a row", b"GET /tip HTTP/1.1\r\n" + H + b"\r\n" + b"GET /help HTTP/1.1\r\n" + H + b"Connection: close\r\n\r\n", [200, 200]),
    ("a body that looks like a request", post(b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: %d\r\n" % len(NEXT), NEXT),
     [400]),
    ("a thousand ranges", b"GET /tip HTTP/1.1\r\n" + H + b"Connection: close\r\nRange: bytes=" + b",".join(b"%d-" % i for i in range(1000)) + b"\r\n\r\n", [200]),
    ("an upgrade", b"GET /tip HTTP/1.1\r\n" + H + b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n", [200]),
]


def say(port, message, piece=0, seconds=8):
    """(the statuses of all answers, whether the house ended the connection, the bytes)."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for i in range(0, len(message), piece or len(message)):
                s.sendall(message[i:i + (piece or len(message))])
        except OSError:
            pass  # refused already
        ended = False
        try:
            while part := s.recv(65536):
                got += part
            ended = True
        except ConnectionError:
            ended = True
        except TimeoutError:
            pass
    return [int(n) for n in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)], ended, got


def judge(name, port, message, expected, piece=0):
    statuses, ended, got = say(port, message, piece)
    return check(statuses == [expected] and ended and b"smuggled" not in got, f"{name}: {expected} and the end", (statuses, ended, got[:200]))


def at_once(port):
    """All of them from many sides, while somebody reads the form."""
    def speak():
        for _, message, _ in MESSAGES:
            say(port, message)
    threads = [threading.Thread(target=speak, daemon=True) for _ in range(200)]
    for t in threads:
        t.start()
    slowest = 0
    while any(t.is_alive() for t in threads):
        began = time.monotonic()
        yield_status = say(port, b"GET /tip HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", seconds=30)[0]
        slowest = max(slowest, time.monotonic() - began)
        if yield_status != [200]:
            return check(False, "beside two hundred that say all of them the form comes", yield_status)
        time.sleep(0.1)
    print(f"beside two hundred that say all of them, the form comes in {slowest:.2f} s at the most")
    return check(True, "beside two hundred that say all of them the form comes")


def main():
    with House() as house:
        house.serve(faults=False)
        before, born = house.count(), house.roles()
        for name, message, expected in MESSAGES:
            judge(name, house.port, message, expected)
            if FULL:
                judge(f"{name}, in pieces", house.port, message, expected, 1 if len(message) < 4096 else 1000)
        for name, message, expected in MESSAGES[:3] + MESSAGES[12:20]:
            judge(f"{name}, at the staff address", house.staff_port, message, expected)
        for name, message, expected in RIGHT:
            statuses, ended, got = say(house.port, message)
            check(statuses == expected and ended, f"{name}: {expected}", (statuses, ended, got[:200]))
        memory = house.rss_bytes()
        check(memory < 300 << 20, f"the house takes {memory >> 20} MiB")
        if FULL:
            at_once(house.port)
        check(house.hand_in()[0] == 201 and house.count() == before + 1, "a tip is taken, and no message brought another")
        check(house.roles() == born and not house.events("role_ended"), "no role has ended", house.said())
    Counts.finish()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Thousands of connections that take their time (slowhttptest: heads, bodies, long bodies, reading), and what everybody else has of it.

usage: slow.py    CHECK_FULL=1: 2,000 connections for half a minute each, else 400 for four seconds
"""
import resource
import socket
import subprocess
import threading
import time

from house import FULL, Counts, House, check, within

CONNECTIONS, SECONDS = (2000, 30) if FULL else (400, 4)
MOST_SECONDS = 1.0  # for everybody else: each of them in the full form; beside the other groups of ./check nineteen of twenty
MOST_BYTES = 300 << 20
ATTACKS = {
    "slow heads": ["-H", "-i", "2", "-x", "24", "-u", "/tip"],
    "slow bodies": ["-B", "-i", "2", "-s", "8192", "-x", "10", "-u", "/tip"],
    "slow bodies of 256 KiB": ["-B", "-i", "2", "-s", "262144", "-x", "10", "-u", "/tip"],
    "long bodies that stand still": [],
    "slow reading": ["-X", "-w", "1", "-y", "2", "-n", "2", "-z", "1", "-k", "10", "-u", "/tip"],
}


def held(port):
    """Connections that stand at the public address."""
    mine = f":{port:04X}"
    with open("/proc/net/tcp") as f:
        return sum(1 for line in f if (p := line.split())[1].endswith(mine) and p[3] == "01")


class Everybody(threading.Thread):
    """Reads the form, hands in a tip, and hands in a long one, in turns."""

    def __init__(self, house):
        super().__init__(daemon=True)
        self.house, self.over, self.answers = house, threading.Event(), []

    def run(self):
        kinds = [("the form", lambda: self.house.ask("GET", "/tip")[0] == 200), ("a tip", lambda: self.house.hand_in()[0] == 201),
                 ("a long tip", lambda: self.house.hand_in(words="Invented, and long. " * 3000)[0] == 201)]
        turn = 0
        while not self.over.wait(0.1):
            name, act = kinds[turn % 3]
            turn, began = turn + 1, time.monotonic()
            self.answers.append((name, act(), time.monotonic() - began))


class Stalled:
    """Long bodies that begin in earnest, more of them than a worker has memory for, and then stand still."""

    def __init__(self, port, count=max(CONNECTIONS, 1200)):
        head = b"POST /tip HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 262144\r\n\r\nnarrative="
        self.end, self.sockets = time.monotonic() + SECONDS, []
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(head + b"a" * 20000)
            self.sockets.append(s)

    def poll(self):
        if time.monotonic() < self.end:
            return None
        for s in self.sockets:
            s.close()
        return 0


def attack(house, name, words):
    if not words:
        return watch(house, name, Stalled(house.port))
    command = ["slowhttptest", "-c", str(CONNECTIONS), "-r", str(CONNECTIONS), "-l", str(SECONDS), "-p", "3", *words[:-1],
               f"http://127.0.0.1:{house.port}{words[-1]}"]
    return watch(house, name, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def watch(house, name, attacker):
    most, memory = 0, 0
    reached = within(20, lambda: held(house.port) >= CONNECTIONS * 0.8)
    everybody = Everybody(house)
    everybody.start()
    while attacker.poll() is None:
        most, memory = max(most, held(house.port)), max(memory, house.rss_bytes())
        time.sleep(0.2)
    everybody.over.set()
    everybody.join(30)
    answers = everybody.answers
    by_time = sorted((a[2] for a in answers), reverse=True) or [99]
    slowest = by_time[0 if FULL else len(by_time) // 20]
    told = f"{most} connections at once, {len(answers)} others, the slowest {by_time[0]:.2f} s, {memory >> 20} MiB"
    print(f"{name}: {told}", flush=True)
    check(reached, f"{name}: the connections stand: the test tests something", told)
    check(len(answers) > SECONDS and all(a[1] for a in answers), f"{name}: everybody else is answered", [a for a in answers if not a[1]][:5] or told)
    check(slowest < MOST_SECONDS, f"{name}: within {MOST_SECONDS:.0f} s", sorted(answers, key=lambda a: -a[2])[:5])
    check(memory < MOST_BYTES, f"{name}: in less than {MOST_BYTES >> 20} MiB", told)
    return within(20, lambda: held(house.port) < CONNECTIONS / 10)


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))  # as a shell grants them: the house helps itself
    with House() as house:
        house.serve(faults=False)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # of the attackers
        born = house.roles()
        for name, words in ATTACKS.items():
            attack(house, name, words)
        check(house.roles() == born and not house.events("role_ended"), "no role has ended", house.said())
        check(house.stop() == 0, "it stops")
        check(not house.whole(), "databases and log are whole", house.whole())
    Counts.finish()


if __name__ == "__main__":
    main()

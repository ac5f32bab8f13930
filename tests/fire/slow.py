#!/usr/bin/env python3
"""Thousands of connections that take their time (slowhttptest: heads, bodies, long bodies, reading), and what everybody else has of it.

usage: slow.py    CHECK_FULL=1: 2,000 connections for half a minute each, else 400 for some seconds
"""
import json
import os
import subprocess
import sys
import threading
import time

from house import FULL, Counts, House, check, within

CONNECTIONS, SECONDS = (2000, 30) if FULL else (400, 5)
MOST_SECONDS = 1.0  # for everybody else
MOST_BYTES = 300 << 20
LONG = json.dumps({"narrative": "Invented, and long. " * 3000, "language": "en"})  # 60 KB
ATTACKS = {
    "slow heads": ["-H", "-i", "2", "-x", "24", "-u", "/tip"],
    "slow bodies": ["-B", "-i", "2", "-s", "8192", "-x", "10", "-u", "/tip"],
    "slow bodies of 256 KiB": ["-B", "-i", "2", "-s", "262144", "-x", "10", "-u", "/tip"],
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


def attack(house, name, words):
    command = ["slowhttptest", "-c", str(CONNECTIONS), "-r", str(CONNECTIONS), "-l", str(SECONDS), "-p", "3", *words[:-1],
               f"http://127.0.0.1:{house.port}{words[-1]}"]
    attacker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
    slowest = max((a[2] for a in answers), default=99)
    told = f"{most} connections at once, {len(answers)} others, the slowest {slowest:.2f} s, {memory >> 20} MiB"
    print(f"{name}: {told}", flush=True)
    check(reached, f"{name}: the connections stand: the test tests something", told)
    check(len(answers) > SECONDS and all(a[1] for a in answers), f"{name}: everybody else is answered", [a for a in answers if not a[1]][:5] or told)
    check(slowest < MOST_SECONDS, f"{name}: within {MOST_SECONDS:.0f} s", sorted(answers, key=lambda a: -a[2])[:5])
    check(memory < MOST_BYTES, f"{name}: in less than {MOST_BYTES >> 20} MiB", told)
    return within(20, lambda: held(house.port) < CONNECTIONS / 10)


def main():
    with House() as house:
        house.serve(faults=False)
        born = house.roles()
        for name, words in ATTACKS.items():
            attack(house, name, words)
        check(house.roles() == born and not house.events("role_ended"), "no role has ended", house.said())
        check(house.stop() == 0, "it stops")
        check(not house.whole(), "databases and log are whole", house.whole())
    Counts.finish()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Ten thousand junk tips a minute, and among them somebody who means it: each of those is acknowledged within five seconds.

usage: flood.py    CHECK_FULL=1: ten minutes with one real tip a minute, else eight seconds with one every two
"""
import http.client
import json
import random
import threading
import time
import urllib.parse
import uuid

from house import FULL, Counts, House, check

A_MINUTE, SECONDS, EVERY = 10000, 600 if FULL else 8, 60 if FULL else 2
SENDERS, PATIENCE = 16, 5.0


class Sender(threading.Thread):
    """Its share of the junk, evenly over the time, on a connection that stays: short and long, by the API and by the form, some twice."""

    def __init__(self, house, number, began):
        super().__init__(daemon=True)
        self.house, self.began, self.chance = house, began, random.Random(number)
        self.next, self.gap = number * 60 / A_MINUTE, SENDERS * 60 / A_MINUTE
        self.sent, self.statuses, self.acknowledged = [], {}, set()

    def one(self, connection):
        words = "Invented junk. " * self.chance.choice([1, 1, 1, 10, 300])
        if self.chance.random() < 0.3:
            connection.request("POST", "/tip", urllib.parse.urlencode({"narrative": words + str(uuid.uuid4())}), {"Content-Type": "application/x-www-form-urlencoded"})
            key = str(uuid.uuid4())  # by the form every sending is another tip
        else:
            if not self.sent or self.chance.random() < 0.9:
                self.sent.append((str(uuid.uuid4()), words))
            key, words = self.chance.choice(self.sent[-50:])
            connection.request("POST", "/api/v1/tips", json.dumps({"narrative": words, "language": "en"}), {"Content-Type": "application/json", "Idempotency-Key": key})
        r = connection.getresponse()
        r.read()
        self.statuses[r.status] = self.statuses.get(r.status, 0) + 1
        if r.status == 201:
            self.acknowledged.add(key)

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
        while self.next < SECONDS:
            time.sleep(max(0, self.began + self.next - time.monotonic()))
            self.next += self.gap
            try:
                self.one(connection)
            except (OSError, http.client.HTTPException):
                self.statuses[0] = self.statuses.get(0, 0) + 1
                connection.close()


def main():
    with House() as house:
        house.serve(faults=False)
        before, born, began = house.count(), house.roles(), time.monotonic()
        senders = [Sender(house, i, began) for i in range(SENDERS)]
        for s in senders:
            s.start()
        real = []
        for n in range(SECONDS // EVERY):
            time.sleep(max(0, began + (n + 0.5) * EVERY - time.monotonic()))
            key, words, at = str(uuid.uuid4()), f"Invented, and meant: number {n} is locked in above the mill.", time.monotonic()
            status, receipt = house.hand_in(key, words, 30)
            real.append((key, words, receipt, status, time.monotonic() - at))
        for s in senders:
            s.join(60)
        took = time.monotonic() - began
        statuses = {}
        for s in senders:
            for status, n in s.statuses.items():
                statuses[status] = statuses.get(status, 0) + n
        junk, slowest = sum(statuses.values()), max(r[4] for r in real)
        told = f"{junk} junk tips in {took:.0f} s, answers {statuses}; {len(real)} real ones, the slowest {slowest * 1000:.0f} ms"
        print(told, flush=True)
        check(junk > 0.9 * A_MINUTE * SECONDS / 60 and took < SECONDS * 1.2, f"{A_MINUTE} a minute come: the test tests something", told)
        check(all(r[3] == 201 and r[4] < PATIENCE for r in real), f"each real tip is acknowledged within {PATIENCE:.0f} s", [r[3:] for r in real])
        check(set(statuses) == {201}, "and no tip is turned away", told)
        check(all(house.hand_in(key, words) == (201, receipt) for key, words, receipt, _, _ in real), "each gives its receipt again")
        stored, acknowledged = house.count() - before, sum(len(s.acknowledged) for s in senders) + len(real)
        check(stored == acknowledged, "as many tips stand as were acknowledged", (stored, acknowledged))
        check(house.roles() == born and not house.events("role_ended"), "no role has ended", house.said())
        check(house.stop() == 0, "it stops")
        check(not house.whole(), "databases and log are whole", house.whole())
    Counts.finish()


if __name__ == "__main__":
    main()

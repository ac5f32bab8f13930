#!/usr/bin/env python3
"""The disk fails: full, read only, and a flush that fails once. What was acknowledged stands; what was not is said; nothing needs a restart by hand.

usage: disk.py [full | readonly | sync]...    as root of a mount namespace of its own: unshare -m python3 tests/fire/disk.py
"""
import errno
import os
import re
import subprocess
import sys
import time
import uuid

from house import ALL_FILES, CONTENT_LOG, KEYS_LOG, Browser, House, check, Counts, within

WORDS = "Invented for a test under fire: the lamp above the mill is lit at night. " * 40  # some 3 KB, as people write


class Handed:
    """Tips that were handed in, each with its key, so that every receipt can be asked for again."""

    def __init__(self, house):
        self.house, self.before, self.receipts = house, house.count(), {}

    def one(self, seconds=10, key=None):
        key = key or str(uuid.uuid4())
        began = time.monotonic()
        status, receipt = self.house.hand_in(key, WORDS, seconds)
        if receipt:
            self.receipts[key] = receipt
        return status, time.monotonic() - began

    def check_all(self, what):
        changed = {}
        for key, receipt in self.receipts.items():
            again = []  # a keeper that starts again has no receipts for a moment: that is a 503, and asked again
            within(20, lambda: again.append(self.house.hand_in(key, WORDS)) or again[-1][0] == 201)
            if again[-1] != (201, receipt):
                changed[key] = again[-1]
        check(not changed, f"{what}: each of {len(self.receipts)} acknowledged tips gives its receipt again", changed)

    def check_stored(self, what, more=0):
        """more: tips without a receipt that may stand all the same, for nobody was told otherwise than 'not received'."""
        stored = self.house.count() - self.before
        check(len(self.receipts) <= stored <= len(self.receipts) + more, f"{what}: as many tips stand as were acknowledged", f"{stored}, {len(self.receipts)} acknowledged")


def fill(house):
    """Nothing is left for anybody."""
    with open(f"{house.data}/somebody-else", "wb", buffering=0) as f:
        for size in (1 << 16, 4096):
            try:
                while True:
                    f.write(os.urandom(size))
            except OSError as e:
                if e.errno != errno.ENOSPC:
                    raise
    about = os.statvfs(house.data)
    return about.f_bavail * about.f_frsize


def full():
    with House(disk_bytes=24 << 20) as house:
        house.serve(faults=False)
        reserve = house.data + "/reserve"
        check(within(20, lambda: os.path.getsize(reserve) > 0), "a reserve is set aside at the start")
        tips, person = Handed(house), Browser(house)
        supervisor = next(a for a in house.accounts if a["role"] == "supervisor")
        check(person.sign_in(supervisor, time.time()) == 303, "a supervisor signs in")
        check(tips.one()[0] == 201, "a tip is taken before")
        born = house.roles()
        left, size = fill(house), os.path.getsize(reserve)
        check(left < 4096, "the disk is full", left)
        taken, answer, took = len(tips.receipts), (0, 0), []
        for _ in range(2000):
            answer = tips.one()
            took.append(answer[1])
            if answer[0] != 201:
                break
        taken = len(tips.receipts) - taken
        check(taken >= 50, f"{taken} tips of {len(WORDS)} bytes are taken out of the reserve of {size} bytes", answer)
        check(answer[0] == 503, "then they are refused with 503", answer[0])
        refusals = [tips.one() for _ in range(20)]
        statuses = [r[0] for r in refusals]  # a place that comes free again may be taken
        check(statuses.count(503) > 15 and set(statuses) <= {201, 503}, "and again", statuses)
        check(max(r[1] for r in refusals) < 5, "at once", max(r[1] for r in refusals))
        status, page = house.hand_in_form(WORDS)
        check(status == 503 and "go back and press Send again" in page, "the form says that it was not taken, and what to do", (status, page))
        check(house.ask("GET", "/tip")[0] == 200, "the form is served")
        status = person.go("GET", "/queue")[0]
        check(status in (200, 503), "whoever is signed in gets the queue, or is asked to wait", status)
        check(not house.events("role_ended") and house.roles() == born, "no role has ended", house.said())
        tips.check_all("while it is full")
        os.remove(f"{house.data}/somebody-else")
        check(within(10, lambda: tips.one()[0] == 201), "as soon as there is room a tip is taken")
        check(person.go("GET", "/queue")[0] == 200, "and the supervisor, signed in as before, reads the queue")
        check(within(20, lambda: os.path.getsize(reserve) >= size), "the reserve is filled again", os.path.getsize(reserve))
        tips.check_all("after it was full")
        check(not house.events("role_ended") and house.roles() == born, "all that without the start of a role", house.said())
        check(house.stop() == 0, "it stops")
        tips.check_stored("after it was full")
        check(not house.whole(), "databases and log are whole", house.whole())
        start_without_room(house)


def start_without_room(house):
    """A machine that starts again with its disk full: what the start needs comes out of the reserve, and so do tips."""
    check(fill(house) < 4096, "the disk is full, and the house is started")
    house.serve(faults=False)
    check(within(10, lambda: house.hand_in()[0] == 201), "it takes tips")
    os.remove(f"{house.data}/somebody-else")
    check(within(10, lambda: house.hand_in()[0] == 201), "and with room, more of them")


def readonly():
    with House(disk_bytes=8 << 20) as house:
        house.serve()
        tips = Handed(house)
        check(tips.one()[0] == 201, "a tip is taken before")
        house.order(write_files=ALL_FILES, write_error=errno.EROFS)
        key, began = str(uuid.uuid4()), time.monotonic()
        status, took = tips.one(seconds=60, key=key)
        check(status == 503, "on a disk that became read only a tip is refused with 503", status)
        check(took < 45, "before a browser gives up", took)
        check(house.failed()[1] > 0, "writes failed: the test tests something")
        check(house.ask("GET", "/tip")[0] in (200, 503), "the public pages are there")
        check(house.events("role_ended"), "what met the fault has ended")
        house.order()
        check(within(30, lambda: tips.one(key=key)[0] == 201), "when it can be written again the same tip is taken")
        check(within(20, lambda: tips.one()[0] == 201), "and others")
        tips.check_all("after it was read only")
        house.stop()
        tips.check_stored("after it was read only")
        check(not house.whole(), "databases and log are whole", house.whole())
        house.let_go()
        subprocess.run(["mount", "-o", "remount,ro", house.data], check=True)
        house.begin(faults=False)
        check(within(20, lambda: house.process.poll() is not None), "a house in a read-only folder is not served")
        check(house.process.wait() == 1 and "Read-only file system" in house.said(), "and says why", house.said())


def sync_of_content(house):
    tips, born = Handed(house), house.roles()
    check(tips.one()[0] == 201, "a tip is taken before")
    # All flushes fail: whatever is tried, nobody hears that a tip was received.
    house.order(sync_files=CONTENT_LOG, sync_times=1000000)
    key = str(uuid.uuid4())
    status = tips.one(seconds=3, key=key)[0]
    check(status != 201, "a tip whose flush fails is not acknowledged", status)
    tried = house.failed()[0]
    check(tried > 0, "a flush failed: the test tests something")
    ended = [e for e in house.events("role_ended") if e["role"] == 1]
    check(ended, "the acceptor has ended", house.said())
    check(all(e["how"] == 1 for e in ended), "by itself", ended)
    house.order()
    check(within(20, lambda: tips.one(key=key)[0] == 201), "its successor takes the same tip")
    # Once: the acceptor must not try the same flush again, for the second would succeed and lie.
    before = len([e for e in house.events("role_ended") if e["role"] == 1])
    house.order(sync_files=CONTENT_LOG, sync_times=1)
    check(within(20, lambda: tips.one(seconds=20)[0] == 201), "a flush fails once, and the tip is acknowledged all the same")
    after = [e for e in house.events("role_ended") if e["role"] == 1][before:]
    check(len(after) == 1, "by a successor: the one that met the fault has ended", house.said())
    check(within(20, lambda: len(house.roles()) == len(born)), "every role is there again", house.roles())
    tips.check_all("after flushes that failed")
    return tips


def sync_of_keys(house):
    supervisor = next(a for a in house.accounts if a["role"] == "supervisor")
    person = Browser(house)
    check(person.sign_in(supervisor, time.time()) == 303, "a supervisor signs in")
    tip = re.search(r'href="(/tips/[^"/]+)"', person.go("GET", "/queue")[1]).group(1)
    check(person.go("GET", tip)[0] == 200, "and reads a tip")
    before = house.count("SELECT count(*) FROM leaf", "keys.db")
    house.order(sync_files=KEYS_LOG, sync_times=1)
    status = person.go("GET", tip)[0]
    check(house.failed()[0] > 0 and within(20, lambda: house.events("keeper_store_failed")), "a record of the log is not flushed: the keeper ends", house.said())
    check(status != 200, "and what was asked for is not shown", status)
    check(within(20, lambda: Browser(house).sign_in(supervisor, time.time() + 30) == 303), "its successor signs people in")
    check(within(20, lambda: house.count("SELECT count(*) FROM leaf", "keys.db") > before), "and writes the log on")


def sync():
    with House() as house:
        house.serve()
        tips = sync_of_content(house)
        sync_of_keys(house)
        house.stop()
        tips.check_stored("after flushes that failed")
        check(not house.whole(), "databases and log are whole", house.whole())


if __name__ == "__main__":
    for name in sys.argv[1:] or ["full", "readonly", "sync"]:
        print(f"# {name}", flush=True)
        {"full": full, "readonly": readonly, "sync": sync}[name]()
    Counts.finish()

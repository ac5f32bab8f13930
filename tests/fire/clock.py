#!/usr/bin/env python3
"""The clock of a running house jumps ten years ahead, then back, then a day behind: nothing is forgotten, no code serves twice, no age is below nothing.

What the sweep believes stands in src/intake/acceptor/sweep_test.c; here it is the whole house, in its cages.
usage: clock.py
"""
import os
import re
import signal
import sqlite3
import time

from house import Browser, Counts, House, check, totp, within

DAY, TEN_YEARS = 86400, 3653 * 86400
KEPT = ("tip", "mailbox", "idem", "tip_source", "notice", "outbox")
BELOW_NOTHING = re.compile(r"(?<![\w/.-])[-\u2212]\d+ ?(?:second|minute|hour|day|week|month|year|min\b|h\b|d\b)", re.I)


def kept(house):
    return {t: house.count(f"SELECT count(*) FROM {t}") for t in KEPT}


def start_again(house, role):
    """One role, at whatever time it is now. The supervisor starts it again."""
    gone = [pid for pid, name in house.roles().items() if name == role]
    for pid in gone:
        os.kill(pid, signal.SIGKILL)
    return within(20, lambda: [pid for pid, name in house.roles().items() if name == role and pid not in gone] and not set(gone) & set(house.roles()))


def jumped(house, ahead, words):
    before, said = kept(house), len(house.events("clock_jumped"))
    house.order(clock_ahead=ahead)
    check(start_again(house, "acceptor"), f"{words}: the acceptor starts again, and sweeps as it does at a start")
    if abs(ahead) > DAY:
        check(within(20, lambda: len(house.events("clock_jumped")) > said), f"{words}: the journal says so", house.said())
    else:
        time.sleep(2)  # it looks once a second when nothing is to be done
    check(start_again(house, "web-public") and start_again(house, "web-staff"), f"{words}: the workers start at that time")
    check(kept(house) == before, f"{words}: nothing is forgotten", (before, kept(house)))
    check(within(20, lambda: house.hand_in()[0] == 201), f"{words}: a tip is taken")


def believe(house, day):
    """As if the house had looked at its clock on that day, and had found nothing odd."""
    db = sqlite3.connect(f"{house.data}/content.db")
    db.execute("UPDATE sweep_look SET day = ?, odd_day = 0, odd_seconds = 0", (day,))
    db.commit()
    db.close()


def ages(house, person, words):
    pages = {path: person.go("GET", path) for path in ("/queue", "/own")}
    tip = re.search(r'href="(/tips/[^"/]+)"', pages["/queue"][1])
    if tip:
        pages[tip.group(1)] = person.go("GET", tip.group(1))
    found = {path: BELOW_NOTHING.findall(re.sub(r"<[^>]*>", " ", page[1])) for path, page in pages.items()}
    read = [path for path, page in pages.items() if page[0] == 200]
    check(len(read) == 3, f"{words}: queue, own records and a tip are read", {p: a[0] for p, a in pages.items()})
    check(not any(found.values()), f"{words}: no age is below nothing", found)


def main():
    check(BELOW_NOTHING.search("due in -3 days") and BELOW_NOTHING.search("\u22121 h") and not BELOW_NOTHING.search("2026-11-28 days, 3-4 hours"),
          "an age below nothing would be found")
    with House() as house:
        house.serve()
        supervisor = next(a for a in house.accounts if a["role"] == "supervisor")
        person, code = Browser(house), totp(supervisor["secret"], time.time())
        check(house.hand_in()[0] == 201, "a tip is taken before")
        check(person.sign_in(supervisor, 0, code) == 303, "a supervisor signs in")
        check(Browser(house).sign_in(supervisor, 0, code) != 303, "the same code serves nobody again")
        ages(house, person, "before")

        jumped(house, TEN_YEARS, "ten years ahead")
        # What an authenticator with the same wrong clock would show: that step must not shut the person out for ten years.
        told = Browser(house).sign_in(supervisor, time.time() + TEN_YEARS)
        check(told != 303, "ten years ahead: accounts have ended", told)
        check(Browser(house).sign_in(supervisor, 0, code) != 303, "ten years ahead: the code that was used serves nobody")

        jumped(house, 0, "back")
        check(Browser(house).sign_in(supervisor, 0, code) != 303, "back: the code that was used serves nobody")
        other = Browser(house)
        check(other.sign_in(supervisor, time.time() + 30) == 303, "back: the next code signs in")
        ages(house, other, "back")

        jumped(house, -DAY, "a day behind")
        check(Browser(house).sign_in(supervisor, 0, code) != 303, "a day behind: the code that was used serves nobody")
        yesterday = Browser(house).sign_in(supervisor, time.time() - DAY)
        check(yesterday != 303, "a day behind: nor does the code of that time, for later ones were used", yesterday)
        ages(house, other, "a day behind")

        house.order()
        check(house.stop() == 0, "it stops")
        check(not house.whole(), "databases and log are whole", house.whole())
        before = kept(house)
        house.order(clock_ahead=TEN_YEARS)
        house.serve()
        check(within(20, lambda: house.events("clock_jumped")), "a house that starts ten years ahead says so")
        check(kept(house) == before, "and forgets nothing", (before, kept(house)))
        house.stop()
        believe(house, (int(time.time()) + TEN_YEARS) // DAY)
        house.serve()
        check(within(20, lambda: kept(house)["idem"] < before["idem"] and kept(house)["mailbox"] < before["mailbox"]),
              "one that had lived through those years would forget: the test tests something", (before, kept(house)))
    Counts.finish()


if __name__ == "__main__":
    main()

"""Houses of the demonstration: as large as asked, in an order that life has, alike for the same seed.

usage: demo.py PLAINSIGHT    ends with the line `N passed, M failed`
"""
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
passed = failed = 0


def test(words, good, told=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok: " if good else "not ok: ") + words + ("" if good else f" ({told})"))


def make(folder, *options):
    made = subprocess.run([PROGRAM, "demo", folder, *options], capture_output=True, text=True)
    if made.returncode:
        print(made.stderr)
    return made


def rows(folder, sql):
    db = sqlite3.connect(f"file:{folder}/content.db?mode=ro", uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def predecessors():
    with open("packs/int/entry_kinds.csv", newline="", encoding="utf-8") as f:
        return {r["code"]: set(r["predecessors"].split(";")) for r in csv.DictReader(f) if r["predecessors"]}


def out_of_order(folder):
    """Entries that came before each of the kinds one of which precedes theirs, or before their own case."""
    before, seen, wrong = predecessors(), {}, []
    days = dict(rows(folder, "SELECT hex(id), opened_day FROM casefile"))
    for root, kind, day in rows(folder, "SELECT hex(root), kind, day FROM entry ORDER BY root, number"):
        have = seen.setdefault(root, [])
        if day < days[root] or (have and day < have[-1][1]) or (kind in before and not before[kind] & {k for k, _ in have}):
            wrong.append((root, kind, day))
        have.append((kind, day))
    return wrong


def shape(folder):
    """What the same seed makes the same: everything in clear but ids."""
    return (rows(folder, "SELECT day, priority, language, state, disposition FROM tip ORDER BY 1, 2, 3, 4, 5"),
            rows(folder, "SELECT kind, day, number, counted FROM entry ORDER BY 1, 2, 3, 4"),
            rows(folder, "SELECT measure, month, sum(n) FROM tally GROUP BY 1, 2 ORDER BY 1, 2"))


def main():
    place = tempfile.mkdtemp(dir=os.environ.get("CHECK_LOGS"))
    one, two, other = (os.path.join(place, n) for n in ("one", "two", "other"))
    words = ("--tips", "150", "--cases", "24")
    made = make(one, *words, "--seed", "7")
    people = [line.split("\t") for line in made.stdout.splitlines()]
    test("a demonstration is made, and names thirteen people", made.returncode == 0 and len(people) == 13, made.stdout)
    test("every role of the house is somebody's", len({p[0] for p in people}) == 10, people)
    test("six offices", rows(one, "SELECT count(*) FROM office") == [(6,)])
    test("as many tips as asked, in both languages", rows(one, "SELECT count(*), count(DISTINCT language) FROM tip") == [(150, 2)])
    test("as many cases as asked, and four files for three", rows(one, "SELECT count(*) FROM casefile") == [(24,)]
         and rows(one, "SELECT count(*) FROM care_file") == [(32,)])
    first, last = rows(one, "SELECT min(day), max(day) FROM tip")[0]
    test("tips of two years and of today", 730 <= last - first <= 1100, last - first)
    test("what is old is judged, what came today waits", rows(one, "SELECT count(*) FROM tip WHERE state = 'open'") == [(60,)],
         rows(one, "SELECT day, count(*) FROM tip WHERE state = 'open' GROUP BY 1"))
    test("of what is old every report to child protection was made, and said", rows(one, "SELECT count(*) FROM clock JOIN tip ON tip.id = clock.root"
         " WHERE clock.code = 'MINOR_REPORT' AND clock.stopped_day IS NULL AND tip.state = 'closed'") == [(0,)]
         and rows(one, "SELECT count(*) > 0 FROM tip_act WHERE kind = 'clock'") == [(1,)])
    wrong = out_of_order(one)
    test("no entry before what must have come before it", not wrong, wrong[:5])
    test("and there are warrants, searches, arrests and convictions to see it by",
         {"search_warrant", "search", "arrest", "conviction"} <= {k for k, in rows(one, "SELECT DISTINCT kind FROM entry")})
    test("figures are published, of more than one office", rows(one, "SELECT count(*) FROM figure_release") == [(1,)]
         and rows(one, "SELECT count(DISTINCT office) > 3 FROM entry WHERE kind = 'arrest'") == [(1,)])
    test("nothing was left open in the budgets", subprocess.run(["sqlite3", f"{one}/keys.db", "SELECT max(hour_rows) FROM budget"],
                                                                 capture_output=True, text=True).stdout.strip() == "5000")
    make(two, *words, "--seed", "7")
    make(other, *words, "--seed", "8")
    test("the same seed makes the same", shape(one) == shape(two))
    test("another seed does not", shape(one) != shape(other))
    test("a number that is none is refused with its name", "--cases" in make(os.path.join(place, "no"), "--cases", "many").stderr)
    shutil.rmtree(place)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()

#!/usr/bin/env python3
"""Adds up the test cases in the given testlog.json of meson, and prints what failed.

A cmocka program says how many cases it announced, ran, passed and failed; a script says
`N passed, M failed`; any other program is one case. A program that ends badly without having
counted a failure (a crash, a sanitiser) is a failure, and so is every case it announced but
never ran.
"""
import json
import re
import sys


def total(pattern, text):
    return sum(int(n) for n in re.findall(pattern, text, re.M))


def count(test):
    said = test.get("stdout", "") + "\n" + test.get("stderr", "")
    announced = total(r"^\[=+\] Running (\d+) test\(s\)", said)
    passed = total(r"^\[  PASSED  \] (\d+) test\(s\)", said)
    failed = total(r"^\[  FAILED  \] (\d+) test\(s\)", said)
    skipped = total(r"^\[  SKIPPED \] (\d+) test\(s\)", said)
    if announced:
        failed += max(0, announced - passed - failed - skipped)
    else:
        lines = re.findall(r"^(\d+) passed, (\d+) failed$", said, re.M)
        if lines:
            passed, failed = int(lines[-1][0]), int(lines[-1][1])
        elif test["result"] == "OK":
            passed = 1
    if test["result"] != "OK" and not failed:
        failed = 1
    return passed, failed, skipped, said


def main(paths):
    passed = failed = skipped = programs = 0
    for line in (line for path in paths for line in open(path, encoding="utf-8", errors="replace")):
        test = json.loads(line)
        p, f, s, said = count(test)
        passed, failed, skipped, programs = passed + p, failed + f, skipped + s, programs + 1
        print(f"{test['name']}: {p} passed, {f} failed" + (f", {s} skipped" if s else ""))
        if f:
            kept = [x for x in said.splitlines() if not re.match(r"\[ (RUN|      OK) ", x)]
            print("\n".join("    " + x for x in kept[-60:]))
    print(f"{programs} programs" + (f", {skipped} cases skipped" if skipped else ""))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError) as e:
        print(f"not ok: the units left no readable log: {e}\n0 passed, 1 failed")
        sys.exit(1)

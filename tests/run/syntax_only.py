#!/usr/bin/env python3
"""Lets the compiler of a build folder read every source of the program and its tests that the fuzz targets do not make, without making anything.

syntax_only.py FOLDER [JOBS]: prints what the compiler says; exit 1 when it says anything, or when there was nothing to read.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

MADE = "fuzz/libcore_fuzz.a.p/"
READ = ("libcore.a.p/", "plainsight.p/", "test_", "tests/")


def without_output(command):
    words = shlex.split(command)
    kept = ["-fsyntax-only"]
    while words:
        word = words.pop(0)
        if word in ("-o", "-MQ", "-MF"):
            words.pop(0)
        elif word not in ("-c", "-MD") and os.path.basename(word) != "ccache":
            kept.append(word)
    return [kept[1], kept[0]] + kept[2:]


def main(folder, jobs):
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as f:
        units = json.load(f)
    made = {u["file"] for u in units if u["output"].startswith(MADE)}
    units = [u for u in units if u["output"].startswith(READ) and u["file"] not in made]

    def read(unit):
        done = subprocess.run(without_output(unit["command"]), cwd=unit["directory"], text=True, capture_output=True)
        return done.stdout + done.stderr or ("" if done.returncode == 0 else f"{unit['file']}: exit {done.returncode}\n")

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        said = "".join(pool.map(read, units))
    print(f"{said}{len(units)} sources read")
    return 1 if said or not units else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2))

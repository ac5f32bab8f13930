#!/usr/bin/env python3
"""Precision, recall and F1 of `plainsight link extract` on the texts of narratives.py, by kind, by language and over all, for both halves.

    extract_score.py build/plainsight [--half dev|held] [--count 1440] [--seed 1] [--floor 0.97] [--kind-floor 0.93] [--shift BYTES] [--json]

A finding is right when its kind, both ends of its span and its normal form are those of the label. "loose" asks for the kind and any byte in
common. With floors, ends 1 when F1 over all, or of any kind or language, is below. --shift moves every label by so many bytes: nothing can
be right then, so a scorer that is still pleased is broken. Standard library only.
"""
import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

import narratives


def run(program, texts, country, folder):
    """What the program finds in texts of one country: id -> set of (kind, begin, end, normal)."""
    given, found = os.path.join(folder, "texts.csv"), os.path.join(folder, "found.csv")
    with open(given, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f)
        w.writerow(["id", "text"])
        w.writerows((t["id"], t["text"]) for t in texts)
    command = [program, "link", "extract", given, "--id", "id", "--text", "text", "--out", found]
    done = subprocess.run(command + (["--country", country] if country else []), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    out = collections.defaultdict(set)
    with open(found, newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            normal = row["normal"][1:] if row["normal"].startswith("'") else row["normal"]  # the guard against spreadsheets
            out[row["id"]].add((row["kind"], int(row["begin"]), int(row["end"]), normal))
    return out


def figures(right, made, wanted):
    p, r = right / made if made else 0.0, right / wanted if wanted else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0, "labels": wanted}


def score(texts, found, shift):
    counts = {}
    for t in texts:
        want = {(f["kind"], f["begin"] + shift, f["end"] + shift, f["normal"]) for f in t["found"]}
        got = found.get(t["id"], set())
        for f in want | got:
            for key in (f[0], t["lang"], "all"):
                c = counts.setdefault(key, collections.Counter())
                c["right"] += f in want and f in got
                c["made"] += f in got
                c["wanted"] += f in want
        loose = counts.setdefault("loose", collections.Counter())
        touches = lambda f, others: any(f[0] == o[0] and f[1] < o[2] and o[1] < f[2] for o in others)
        loose["right"] += sum(touches(f, want) for f in got)
        loose["made"] += len(got)
        loose["wanted"] += len(want)
    return {k: figures(c["right"], c["made"], c["wanted"]) for k, c in counts.items()}


def main():
    o = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    o.add_argument("program")
    o.add_argument("--half", choices=["dev", "held"])
    o.add_argument("--count", type=int, default=1440)
    o.add_argument("--seed", type=int, default=1)
    o.add_argument("--floor", type=float, default=0)
    o.add_argument("--kind-floor", type=float, default=0)
    o.add_argument("--shift", type=int, default=0)
    o.add_argument("--json", action="store_true")
    o = o.parse_args()
    low = []
    for half in [o.half] if o.half else ["dev", "held"]:
        texts = list(narratives.generate(half, o.count, o.seed))
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            for country in sorted({t["country"] for t in texts}):
                found.update(run(o.program, [t for t in texts if t["country"] == country], country, folder))
        table = score(texts, found, o.shift)
        low += [f"{half}: {k} {v['f1']}" for k, v in table.items() if v["f1"] < (o.floor if k == "all" else o.kind_floor)]
        if o.json:
            print(json.dumps({"half": half, "texts": len(texts), **table}))
            continue
        print(f"{half}: {len(texts)} texts")
        for k in sorted(k for k in table if k not in ("all", "loose")) + ["all", "loose"]:
            v = table[k]
            print(f"  {k:8} P {v['p']:.3f}  R {v['r']:.3f}  F1 {v['f1']:.3f}  of {v['labels']}")
    if low:
        sys.exit("below the floor: " + ", ".join(low))


if __name__ == "__main__":
    main()

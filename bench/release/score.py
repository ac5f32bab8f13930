#!/usr/bin/env python3
"""Score a synthetic release against the true file: one-, two- and three-way counts.

What   Both files are CSV with a header; an empty cell is a code of its own.  A combination of length
       l is a set of l (column, value) pairs from different columns, no value empty; S is its count in
       TRUE, T its count in OUT (rows are not re-weighted).  Every combination counts once, so a
       column with many values weighs more than a flag.
Install  pip install numpy                (measured with 2.4.6; CPython 3.8 or newer)
Run      score.py TRUE.csv OUT.csv          a table
         score.py TRUE.csv OUT.csv --json   one JSON line

Per length
  true / released    combinations with S > 0 / with T > 0
  mae_both           mean |T - S| where S > 0 and T > 0 (hides what is missing: read it with the next two)
  missing            share of S > 0 with T = 0;  missing_ge10, _ge100, _ge1000: the same among S >= that bound
  fabricated         share of T > 0 with S = 0;  fabricated_ge10, ...: the same among T >= that bound
  rel_ge10, _ge100, _ge1000   mean |T - S| / S over S >= that bound (a missing count is an error of 1)
  tv                 mean total variation distance, 0.5 * sum |S/n - T/m|, over the tables of l columns
                     with at most 10,000 cells, the empty code included; tv_tables: how many tables.
                     Cells = product of (values seen in TRUE + 1).
Shares over nothing are null (printed as "-").

Limits  Time grows with C(columns, 3) * rows: 200,000 rows x 27 columns take about 7 s of CPU and
150 MiB.  Tables beyond 4 million cells are counted sparsely (slower, same result).
Columns are matched by name; OUT may order them differently, extra columns of OUT are ignored.
"""
import argparse
import csv
import json
import resource
import sys
import time
from array import array
from itertools import combinations

import numpy as np

DENSE = 4_000_000   # cells: above this, count only the cells that occur
SMALL = 10_000      # cells: tables up to this enter the total variation figure
BOUNDS = (10, 100, 1000)


def load(path, columns, books):
    """Codes (0 = empty) as a columns x rows array; books grows by the values not seen before."""
    with open(path, newline="") as f:
        reader = csv.reader(f)
        header = next(reader)
        if columns is None:
            columns = header
            books.extend({"": 0} for _ in columns)
        lost = [c for c in columns if c not in header]
        if lost:
            sys.exit(f"{path}: missing columns {', '.join(lost)}")
        where = [header.index(c) for c in columns]
        codes = [array("i") for _ in columns]
        plan = [(i, book, code.append) for i, book, code in zip(where, books, codes)]
        for row in reader:
            for i, book, add in plan:
                value = row[i]
                code = book.get(value)
                if code is None:
                    code = book[value] = len(book)
                add(code)
    return columns, np.array([np.frombuffer(c, np.int32) for c in codes], dtype=np.int64)


def count(mask):
    return int(np.count_nonzero(mask))


class Tally:
    """Sums over all combinations of one length."""

    def __init__(self):
        self.n = dict.fromkeys(["true", "released", "both", "missing", "fabricated"]
                               + [f"{what}_ge{b}" for b in BOUNDS for what in ("true", "missing", "released", "fabricated")], 0)
        self.abs_both = 0.0
        self.rel = {b: 0.0 for b in BOUNDS}
        self.rel_n = {b: 0 for b in BOUNDS}
        self.tv, self.tables = 0.0, 0

    def add(self, s, t):
        """s, t: true and released counts of combinations without an empty value."""
        seen, out = s > 0, t > 0
        error = np.abs(t - s)
        both = seen & out
        n = self.n
        n["true"] += count(seen)
        n["released"] += count(out)
        n["both"] += count(both)
        n["missing"] += count(seen & ~out)
        n["fabricated"] += count(out & ~seen)
        self.abs_both += float(error[both].sum())
        for bound in BOUNDS:
            big, shown = s >= bound, t >= bound
            n[f"true_ge{bound}"] += count(big)
            n[f"missing_ge{bound}"] += count(big & ~out)
            n[f"released_ge{bound}"] += count(shown)
            n[f"fabricated_ge{bound}"] += count(shown & ~seen)
            if big.any():
                self.rel[bound] += float((error[big] / s[big]).sum())
                self.rel_n[bound] += count(big)

    def result(self):
        def share(a, b):
            return a / b if b else None
        n = self.n
        out = {"true": n["true"], "released": n["released"],
               "mae_both": share(self.abs_both, n["both"]),
               "missing": share(n["missing"], n["true"]),
               "fabricated": share(n["fabricated"], n["released"])}
        for bound in BOUNDS:
            out[f"missing_ge{bound}"] = share(n[f"missing_ge{bound}"], n[f"true_ge{bound}"])
            out[f"fabricated_ge{bound}"] = share(n[f"fabricated_ge{bound}"], n[f"released_ge{bound}"])
            out[f"rel_ge{bound}"] = share(self.rel[bound], self.rel_n[bound])
        out["tv"], out["tv_tables"] = share(self.tv, self.tables), self.tables
        return out


def score(true, out, sizes, true_sizes):
    """true, out: code arrays; sizes: codes per column; true_sizes: the same seen in TRUE."""
    n, m = true.shape[1], out.shape[1]
    tallies = {length: Tally() for length in (1, 2, 3)}

    def table(columns, key_s, key_t):
        shape = [sizes[c] for c in columns]
        cells = int(np.prod(shape))
        tally = tallies[len(columns)]
        if cells <= DENSE:
            s, t = np.bincount(key_s, minlength=cells), np.bincount(key_t, minlength=cells)
            inner = (slice(1, None),) * len(shape)
            tally.add(s.reshape(shape)[inner].ravel(), t.reshape(shape)[inner].ravel())
        else:
            keys, index = np.unique(np.concatenate([key_s, key_t]), return_inverse=True)
            s = np.bincount(index[:n], minlength=len(keys))
            t = np.bincount(index[n:], minlength=len(keys))
            full = np.ones(len(keys), bool)
            rest = keys
            for size in reversed(shape):
                full &= rest % size > 0
                rest = rest // size
            tally.add(s[full], t[full])
        if np.prod([true_sizes[c] for c in columns]) <= SMALL:
            tally.tv += 0.5 * float(np.abs(s / n - t / m).sum())
            tally.tables += 1

    columns = range(len(sizes))
    for a in columns:
        table((a,), true[a], out[a])
    for a, b in combinations(columns, 2):
        s2, t2 = true[a] * sizes[b] + true[b], out[a] * sizes[b] + out[b]
        table((a, b), s2, t2)
        for c in columns[b + 1:]:
            table((a, b, c), s2 * sizes[c] + true[c], t2 * sizes[c] + out[c])
    return {length: tally.result() for length, tally in tallies.items()}


def main():
    parser = argparse.ArgumentParser(description="score a synthetic release against the true file")
    parser.add_argument("true")
    parser.add_argument("out")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    start = time.perf_counter()
    books = []
    columns, true = load(args.true, None, books)
    true_sizes = [len(b) for b in books]
    _, out = load(args.out, columns, books)
    if not true.shape[1] or not out.shape[1]:
        sys.exit("a file without rows cannot be scored")
    lengths = score(true, out, [len(b) for b in books], true_sizes)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
            "wall_s": round(time.perf_counter() - start, 2), "peak_mib": round(usage.ru_maxrss / 1024, 1)}

    if args.json:
        print(json.dumps({"rows_true": true.shape[1], "rows_out": out.shape[1],
                          "columns": len(columns), "length": lengths, "cost": cost}))
        return
    print(f"rows: true {true.shape[1]}, released {out.shape[1]}; columns {len(columns)}; "
          f"scored in {cost['wall_s']} s, {cost['peak_mib']} MiB")
    names = list(lengths[1])
    print("length " + " ".join(f"{name:>{max(len(name), 8)}}" for name in names))
    for length, row in lengths.items():
        cells = []
        for name in names:
            value, width = row[name], max(len(name), 8)
            text = "-" if value is None else str(value) if isinstance(value, int) else f"{value:.4f}"
            cells.append(f"{text:>{width}}")
        print(f"{length:>6} " + " ".join(cells))


if __name__ == "__main__":
    main()

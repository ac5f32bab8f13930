#!/usr/bin/env python3
"""Peer 2: synthetic microdata by MST (maximum spanning tree), on top of the mbi library.

What   The method that won the NIST 2018 synthetic data challenge, written here against mbi, the
       marginal-based inference library by Ryan McKenna, which ships no mechanisms itself:
         1. every one-way table + Gaussian noise                                        (rho / 3)
         2. codes whose noisy count is under 3 sigma are merged into one code per column
         3. spanning tree over the columns by the exponential mechanism, one edge at a time, score =
            L1 distance of the pair's table from the model fitted to the one-way tables   (rho / 3)
         4. the tree's two-way tables + Gaussian noise                                  (rho / 3)
         5. mirror-descent fit of a graphical model to all of them; rows from the model by
            randomized rounding; merged codes are split uniformly.
       Writes a CSV with the same columns (an empty cell is a code like any other) and prints one
       JSON line with the cost.
Install  pip install mbi                  (measured with 2.0.0, jax 0.10.2 on the CPU; CPython 3.11)
Run      mst_peer.py victims.csv --codebook-from-data --rho 0.29 --out out.csv --seed 1
         mst_peer.py victims.csv --codebook-from-data --epsilon 4 --delta 4.1e-7 --out out.csv

--codebook-from-data  required, as a reminder: the domain is the values seen in the file, where a real
           release needs a public codebook.  This flatters the result slightly (codes that never
           occur would add noise and fabricated values) and is itself not private.
--rho      zCDP budget; or --epsilon with --delta, turned into rho by the tight conversion below.
--seed     seeds noise, choice and sampling (default 0).
--iters    mirror-descent steps of the final fit (default 20000: at 200,000 rows 5000 leave the
           fit short, which shows in the rare counts; 60000 trade fabricated against missing ones at
           equal error).

Limits  For measurement only, never for a release: seeded floating-point noise from a
non-cryptographic generator.  Neighbours differ by adding or removing one row (one row = one person).
The number of rows is estimated from the noisy tables.  About 0.8 GiB and 20 s go to
jax compilation whatever the number of rows.
"""
import argparse
import csv
import json
import math
import os
import resource
import sys
import time
from array import array
from itertools import combinations

START = time.perf_counter()


# --- zCDP: delta(rho, eps) = min over alpha > 1 of
#     exp((alpha - 1)(alpha rho - eps) + alpha ln(1 - 1/alpha)) / (alpha - 1) ---

def delta_of(rho, epsilon):
    """Smallest delta for which rho-zCDP gives (epsilon, delta)-DP by the formula above."""
    if rho <= 0:
        return 0.0
    low, high = 1.0 + 1e-12, (epsilon + 1) / (2 * rho) + 2  # the log is convex: bisect its slope
    for _ in range(200):
        alpha = (low + high) / 2
        slope = (2 * alpha - 1) * rho - epsilon + math.log1p(-1 / alpha)
        low, high = (alpha, high) if slope < 0 else (low, alpha)
    log = (alpha - 1) * (alpha * rho - epsilon) + alpha * math.log1p(-1 / alpha) - math.log(alpha - 1)
    return min(1.0, math.exp(min(0.0, log)))


def rho_of(epsilon, delta):
    """Largest rho with delta_of(rho, epsilon) <= delta."""
    low, high = 0.0, epsilon + 1
    for _ in range(200):
        rho = (low + high) / 2
        low, high = (rho, high) if delta_of(rho, epsilon) <= delta else (low, rho)
    return low


def epsilon_of(rho, delta):
    """Smallest epsilon with delta_of(rho, epsilon) <= delta."""
    low, high = 0.0, rho + 2 * math.sqrt(rho * math.log(1 / delta))
    for _ in range(200):
        epsilon = (low + high) / 2
        low, high = (low, epsilon) if delta_of(rho, epsilon) <= delta else (epsilon, high)
    return high


# --- files ---

def load(path):
    """Header, values per column (sorted, empty first where present), codes per column."""
    with open(path, newline="") as f:
        reader = csv.reader(f)
        header = next(reader)
        books, codes = [{} for _ in header], [array("i") for _ in header]
        for row in reader:
            for value, book, code in zip(row, books, codes):
                code.append(book.setdefault(value, len(book)))
    values, columns = [], []
    for book, code in zip(books, codes):
        order = sorted(book)
        rank = np.empty(len(order), np.int64)
        rank[[book[v] for v in order]] = np.arange(len(order))
        values.append(order)
        columns.append(rank[np.frombuffer(code, np.int32)])
    return header, values, columns


def save(path, header, values, data):
    text = [np.array(v, dtype=object)[data[h]] for h, v in zip(header, values)]
    with open(path, "w", newline="") as f:
        write = csv.writer(f, lineterminator="\n")
        write.writerow(header)
        write.writerows(zip(*text))


# --- the mechanism ---

def merge_map(noisy, sigma):
    """New code per old code: those under 3 sigma share the last one."""
    keep = noisy >= 3 * sigma
    if keep.all():
        return None
    mapping = np.full(len(noisy), keep.sum())
    mapping[keep] = np.arange(keep.sum())
    return mapping


def choose_tree(data, model, total, rho, rng):
    """Spanning tree of column pairs: D - 1 draws of the exponential mechanism, each at rho/(D-1)."""
    names = data.domain.attributes
    single = {a: np.asarray(model.project((a,)).datavector()) for a in names}
    # The model knows one-way tables only, so its estimate of a pair is their product.
    scores = {}
    for a, b in combinations(names, 2):
        table = np.asarray(data.project((a, b)).datavector(flatten=False))
        scores[a, b] = np.abs(table - np.outer(single[a], single[b]) / total).sum()
    epsilon = math.sqrt(8 * rho / (len(names) - 1))  # bounded range: epsilon^2 / 8 zCDP per draw
    group = {a: a for a in names}
    tree = []
    while len(tree) < len(names) - 1:
        open_pairs = [p for p in scores if group[p[0]] != group[p[1]]]
        logit = epsilon / 2 * np.array([scores[p] for p in open_pairs])  # sensitivity 1
        weight = np.exp(logit - logit.max())
        a, b = open_pairs[rng.choice(len(open_pairs), p=weight / weight.sum())]
        tree.append((a, b))
        old, new = group[b], group[a]
        group = {c: new if g == old else g for c, g in group.items()}
    return tree


def mst(data, rho, iters, rng):
    """Synthetic mbi dataset over data's domain, and facts about the run."""
    columns = data.domain.attributes
    clock = time.perf_counter
    stages = {}

    def measure(dataset, cliques):
        # k tables, each of L2 sensitivity 1: k / (2 sigma^2) = rho / 3
        sigma = math.sqrt(3 * len(cliques) / (2 * rho))
        out = []
        for clique in cliques:
            exact = np.asarray(dataset.project(clique).datavector())
            out.append(mbi.LinearMeasurement(exact + rng.normal(0, sigma, exact.size), clique, sigma))
        return out, sigma

    t = clock()
    ones, sigma1 = measure(data, [(c,) for c in columns])
    total = mbi.estimation.minimum_variance_unbiased_total(ones)
    mapping = {}
    for m in ones:
        new = merge_map(np.asarray(m.noisy_measurement), sigma1)
        if new is not None:
            mapping[m.clique[0]] = new
    small = data.compress(mapping)
    ones = [m.compress(mapping, data.domain) for m in ones]
    stages["one_way_s"] = clock() - t

    t = clock()
    model = mbi.estimation.MirrorDescent().estimate(small.domain, ones, known_total=total, iters=1000)
    tree = choose_tree(small, model, total, rho / 3, rng)
    stages["choose_s"] = clock() - t

    t = clock()
    pairs, sigma2 = measure(small, tree)
    losses = []
    loss = mbi.marginal_loss.from_linear_measurements(ones + pairs, small.domain)
    model = mbi.estimation.MirrorDescent().estimate(
        small.domain, loss, known_total=total, iters=iters,
        callback_fn=lambda mu: losses.append(float(loss(mu))))
    stages["fit_s"] = clock() - t

    t = clock()
    rows = max(1, round(total))
    synthetic = model.synthetic_data(rows=rows).decompress(mapping)
    stages["sample_s"] = clock() - t
    facts = {"sigma_one_way": sigma1, "sigma_two_way": sigma2,
             "cells_one_way": sum(data.domain.shape), "cells_kept": sum(small.domain.shape),
             "cells_two_way": sum(small.domain.size(p) for p in tree),
             "fit_loss_first_last": [losses[0], losses[-1]], "tree": ["+".join(p) for p in tree]}
    return synthetic, facts, stages


def main():
    parser = argparse.ArgumentParser(description="MST release on mbi")
    parser.add_argument("file")
    parser.add_argument("--codebook-from-data", action="store_true", required=True)
    parser.add_argument("--rho", type=float)
    parser.add_argument("--epsilon", type=float)
    parser.add_argument("--delta", type=float)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--iters", type=int, default=20000)
    args = parser.parse_args()
    if (args.rho is None) == (args.epsilon is None) or (args.epsilon is not None and args.delta is None):
        parser.error("give --rho, or --epsilon with --delta")
    rho = args.rho if args.rho is not None else rho_of(args.epsilon, args.delta)
    epsilon = args.epsilon
    if epsilon is None and args.delta is not None:
        epsilon = epsilon_of(rho, args.delta)

    global np, mbi
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    jax.config.update("jax_enable_x64", True)  # mbi: float32 stalls beyond 100,000 rows
    jax.config.update("jax_enable_compilation_cache", False)
    import numpy as np
    import mbi
    from importlib.metadata import version

    np.random.seed(args.seed)  # mbi samples rows from numpy's global generator
    rng = np.random.default_rng(args.seed)
    clock = time.perf_counter
    stages = {"import_s": clock() - START}

    t = clock()
    header, values, codes = load(args.file)
    if not len(codes[0]):
        sys.exit("a file without rows cannot be released")
    data = mbi.Dataset(dict(zip(header, codes)), mbi.Domain(header, [len(v) for v in values]))
    stages["load_s"] = clock() - t
    synthetic, facts, more = mst(data, rho, args.iters, rng)
    stages.update(more)
    t = clock()
    save(args.out, header, values, synthetic.data)
    stages["write_s"] = clock() - t

    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "tool": "mst", "version": f"mbi {version('mbi')}, jax {version('jax')}", "finished": True,
        "rows_in": data.records, "rows_out": synthetic.records,
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "wall_s": round(clock() - START, 2),
        "peak_mib": round(usage.ru_maxrss / 1024, 1),
        "stages": {k: round(v, 2) for k, v in stages.items()},
        "parameters": {"rho": rho, "epsilon": epsilon, "delta": args.delta, "seed": args.seed,
                       "iters": args.iters, "domain": "taken from the file", **facts},
    }))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The simplest way to rows, as a cross-check of `plainsight release microdata`: one tree of column pairs, and nothing else.

What   Written apart from the engine, from the description of such trees (Chow and Liu 1968; McKenna et al., "Winning the NIST contest", 2021), over
       the same public codebook: a fifth of rho measures each column, a tenth chooses D - 1 pairs that make a tree, the rest measures these. The choice
       is D - 1 draws of the exponential mechanism, each costing epsilon^2 / 8, on the L1 distance of a pair from the product of the noisy columns (one
       person moves it by one). Columns are cut at 0 and scaled to the mean of the noisy totals; cells of a pair below --dial deviations are none, the
       rest is fitted to its columns by turns. Exactly so many rows are drawn from the root down: of each code of the parent the whole parts, and the
       remainders systematically; each column is shuffled by itself among the rows of one code of its parent. Rows that break a rule are left out.
       Noise is numpy's, rounded: for invented people alone, never for a release.
Run    tree_peer.py TRUE.csv --codebook C.json --rho R --out OUT.csv [--dial 1.5] [--seed 1]
"""
import argparse
import json
import math
from itertools import combinations

import numpy as np

import mst_peer

TURNS = 60


def coded(path, book):
    """Columns of the codebook's codes, one array each, in the codebook's order."""
    mst_peer.np = np
    header, values, columns = mst_peer.load(path)
    data = []
    for column in book['columns']:
        at, codes = header.index(column['name']), {code: i for i, code in enumerate(column['codes'])}
        other = codes.get(column.get('other'))
        data.append(np.array([codes.get(v, other) for v in values[at]])[columns[at]])
    return data


def table(data, sizes, a, b):
    return np.bincount(data[a] * sizes[b] + data[b], minlength=sizes[a] * sizes[b]).reshape(sizes[a], sizes[b])


def noise(rng, sigma, shape):
    return np.rint(rng.normal(0, sigma, shape))


def choose(data, sizes, ones, people, rho, rng):
    """The edges of a tree, by union and find."""
    edges = list(combinations(range(len(sizes)), 2))
    score = np.array([np.abs(table(data, sizes, a, b) - np.outer(ones[a], ones[b]) / people).sum() for a, b in edges])
    group, tree, epsilon = list(range(len(sizes))), [], math.sqrt(8 * rho / (len(sizes) - 1))
    while len(tree) < len(sizes) - 1:
        free = [i for i, (a, b) in enumerate(edges) if group[a] != group[b]]
        odds = np.exp(epsilon / 2 * (score[free] - score[free].max()))
        a, b = edges[rng.choice(free, p=odds / odds.sum())]
        tree.append((a, b))
        group = [group[a] if g == group[b] else g for g in group]
    return tree


def fitted(noisy, sigma, dial, first, second):
    """A pair without what noise made, with its columns' sums."""
    cells = np.where(noisy < max(dial * sigma, 0), 0, noisy).clip(0)
    for _ in range(TURNS):
        for axis, wanted in ((1, first[:, None]), (0, second[None, :])):
            sums = cells.sum(axis=axis, keepdims=True)
            cells = cells * np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)
    return cells


def dealt(weights, n, rng):
    """n codes in the proportion of weights: whole parts, and remainders systematically; shuffled."""
    wanted = weights * (n / weights.sum())
    whole = np.floor(wanted + 1e-9).astype(np.int64)
    rest = (wanted - whole).clip(0)
    more = np.diff(np.floor(np.concatenate(([0], rest.cumsum())) + rng.random())).astype(np.int64)
    codes = np.repeat(np.arange(len(weights)), whole + more)
    lost = n - len(codes)  # one at most, of rounding
    codes = np.concatenate((codes, rng.choice(len(weights), lost, p=weights / weights.sum()))) if lost > 0 else rng.permutation(codes)[:n]
    return rng.permutation(codes)


def rows_of(tree, pairs, ones, n, rng):
    rows, known = {0: dealt(ones[0], n, rng)}, True
    while known:
        known = [(e, a in rows) for e, (a, b) in enumerate(tree) if (a in rows) != (b in rows)]
        for e, forth in known:
            parent, child = tree[e] if forth else tree[e][::-1]
            given, to = pairs[e] if forth else pairs[e].T, np.empty(n, np.int64)
            for code in np.unique(rows[parent]):
                at = np.flatnonzero(rows[parent] == code)
                to[at] = dealt(given[code] if given[code].sum() > 0 else ones[child], len(at), rng)
            rows[child] = to
    return rows


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('file')
    p.add_argument('--codebook', required=True)
    p.add_argument('--rho', type=float, required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--dial', type=float, default=1.5)
    p.add_argument('--seed', type=int, default=1)
    o = p.parse_args()
    with open(o.codebook) as f:
        book = json.load(f)
    rng, names = np.random.default_rng(o.seed), [c['name'] for c in book['columns']]
    data, sizes = coded(o.file, book), [len(c['codes']) for c in book['columns']]

    # k tables of sensitivity 1 with the same noise cost k / (2 sigma^2)
    sigma = math.sqrt(len(sizes) / (2 * 0.2 * o.rho))
    ones = [np.bincount(d, minlength=k) + noise(rng, sigma, k) for d, k in zip(data, sizes)]
    people = max(1.0, sum(x.sum() for x in ones) / len(ones))
    ones = [x.clip(0) * (people / x.clip(0).sum()) for x in ones]
    tree = choose(data, sizes, ones, people, 0.1 * o.rho, rng)
    sigma = math.sqrt(len(tree) / (2 * 0.7 * o.rho))
    pairs = [fitted(table(data, sizes, a, b) + noise(rng, sigma, (sizes[a], sizes[b])), sigma, o.dial, ones[a], ones[b]) for a, b in tree]

    rows, keep = rows_of(tree, pairs, ones, round(people), rng), True
    for rule in book.get('impossible', []):
        parts = [rows[names.index(name)] == book['columns'][names.index(name)]['codes'].index(code) for name, code in rule.items()]
        keep = keep & ~np.logical_and.reduce(parts)
    made = [rows[i][keep] if keep is not True else rows[i] for i in range(len(names))]
    mst_peer.save(o.out, names, [c['codes'] for c in book['columns']], dict(zip(names, made)))
    print(json.dumps({'tool': 'tree', 'rows_out': len(made[0]), 'tree': ['+'.join((names[a], names[b])) for a, b in tree]}))


if __name__ == '__main__':
    main()

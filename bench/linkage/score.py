#!/usr/bin/env python3
"""Score pairs and clusters of any linkage tool against the truth column of people.py (or FEBRL-like rec_id truth).

    score.py people.csv --pairs pairs.csv --clusters clusters.csv [--truth entity_id] [--id rec_id]

Pairs: id_a,id_b,weight,...,probability. Clusters: id,cluster_id. Prints one JSON line: true pairs, best F1 over all weights
(with its precision, recall, weight), F1 at probability 0.5, 0.95 and 0.99, recall ceiling (pairs present at all),
cluster pairwise F1, B-cubed F1, exact-cluster F1, largest cluster. Standard library only.
"""
import argparse, collections, csv, json


def f1(p, r):
    return 2 * p * r / (p + r) if p + r else 0.0


def show(p, r):
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1(p, r), 4)}


def score_pairs(entity, path, total):
    rows = []
    seen = set()
    for x in csv.DictReader(open(path, newline="")):
        a, b = x["id_a"].strip(), x["id_b"].strip()
        key = (a, b) if a < b else (b, a)
        if a == b or key in seen:
            continue
        seen.add(key)
        rows.append((float(x["weight"]), float(x["probability"]), entity[a] == entity[b]))
    rows.sort(key=lambda x: -x[0])
    best, hit = (0.0, 0.0, 0.0, None), 0
    for i, (w, _, ok) in enumerate(rows, 1):
        hit += ok
        if i < len(rows) and rows[i][0] == w:
            continue
        f = f1(hit / i, hit / total)
        if f > best[0]:
            best = (f, hit / i, hit / total, w)
    out = {"pairs": len(rows), "ceiling": round(hit / total, 4), "best": {**show(best[1], best[2]), "weight": best[3]}}
    for t in (0.5, 0.95, 0.99):
        kept = [ok for _, p, ok in rows if p >= t]
        out[f"p>={t}"] = show(sum(kept) / max(1, len(kept)), sum(kept) / total)
    return out


def score_clusters(entity, path, total):
    cluster = {x["id"].strip(): x["cluster_id"] for x in csv.DictReader(open(path, newline=""))}
    of = {i: cluster.get(i, "alone:" + i) for i in entity}
    two = lambda n: n * (n - 1) // 2
    a, b = collections.Counter(entity.values()), collections.Counter(of.values())
    both = collections.Counter((entity[i], of[i]) for i in entity)
    hit, made = sum(map(two, both.values())), sum(map(two, b.values()))
    n = len(entity)
    bp = sum(v * v / b[c] for (_, c), v in both.items()) / n
    br = sum(v * v / a[e] for (e, _), v in both.items()) / n
    exact = sum(1 for (e, c), v in both.items() if v == a[e] == b[c])
    return {"pairwise": show(hit / max(1, made), hit / total), "bcubed": show(bp, br), "exact": show(exact / len(b), exact / len(a)), "largest": max(b.values())}


def main():
    o = argparse.ArgumentParser()
    o.add_argument("file"); o.add_argument("--pairs"); o.add_argument("--clusters"); o.add_argument("--id", default="rec_id"); o.add_argument("--truth", default="entity_id")
    o = o.parse_args()
    entity = {}
    for x in csv.DictReader(open(o.file, newline=""), skipinitialspace=True):
        i = x[o.id].strip()
        entity[i] = x[o.truth] if o.truth in x else i.split("-")[1]
    total = sum(v * (v - 1) // 2 for v in collections.Counter(entity.values()).values())
    out = {"records": len(entity), "true_pairs": total}
    if o.pairs: out["pairs"] = score_pairs(entity, o.pairs, total)
    if o.clusters: out["clusters"] = score_clusters(entity, o.clusters, total)
    print(json.dumps(out))


if __name__ == "__main__":
    main()

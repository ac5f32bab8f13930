#!/usr/bin/env python3
"""Find near-duplicate texts with datasketch (MinHash + LSH): the peer of the flood collapser.

    pip install datasketch numpy
    datasketch_peer.py texts.tsv [--permutations 128] [--threshold 0.5] [--limit 20000]

texts.tsv is made by people.py texts (doc_id, cluster_id, text). Five-character shingles, clusters by union of LSH candidates whose
estimated similarity reaches the threshold. Prints one JSON line: documents per CPU second, peak memory, pairwise P/R/F1 of the clusters.
"""
import argparse, collections, json, resource, time

import datasketch
from datasketch import MinHash, MinHashLSH


def main():
    a = argparse.ArgumentParser()
    a.add_argument("file"); a.add_argument("--permutations", type=int, default=128); a.add_argument("--threshold", type=float, default=0.5)
    a.add_argument("--limit", type=int, default=20000)
    o = a.parse_args()
    docs = []
    for line in open(o.file, encoding="utf-8"):
        i, c, t = line.rstrip("\n").split("\t", 2)
        docs.append((i, c, t))
        if len(docs) == o.limit: break
    parent = {i: i for i, _, _ in docs}
    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]; x = parent[x]
        return x
    c0, w0 = time.process_time(), time.perf_counter()
    lsh, prints = MinHashLSH(threshold=o.threshold, num_perm=o.permutations), {}
    for i, _, t in docs:
        t = t.lower()
        m = MinHash(num_perm=o.permutations)
        m.update_batch([t[k:k + 5].encode() for k in range(max(1, len(t) - 4))])
        for j in lsh.query(m):
            if find(i) != find(j) and m.jaccard(prints[j]) >= o.threshold:
                parent[find(i)] = find(j)
        lsh.insert(i, m); prints[i] = m
    cpu, wall = time.process_time() - c0, time.perf_counter() - w0
    two = lambda n: n * (n - 1) // 2
    truth = {i: (c if c not in ("", "-", "-1") else "alone" + i) for i, c, _ in docs}
    a_, b_ = collections.Counter(truth.values()), collections.Counter(find(i) for i in truth)
    hit = sum(map(two, collections.Counter((truth[i], find(i)) for i in truth).values()))
    p, r = hit / max(1, sum(map(two, b_.values()))), hit / max(1, sum(map(two, a_.values())))
    print(json.dumps({"tool": "datasketch", "version": datasketch.__version__, "docs": len(docs), "docs_per_cpu_s": round(len(docs) / cpu, 1), "cpu_s": round(cpu, 1),
                      "wall_s": round(wall, 1), "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                      "p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4)}))


if __name__ == "__main__":
    main()

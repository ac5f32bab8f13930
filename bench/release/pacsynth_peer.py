#!/usr/bin/env python3
"""Peer 1: synthetic microdata by pac-synth's differentially private aggregate-seeded synthesizer.

What   Reads a CSV with a header (empty cell = no value), computes DP counts of all combinations of
       up to 3 (column, value) pairs, synthesizes rows from them, writes a CSV with the same
       columns, and prints one JSON line with the cost.
Install  pip install pac-synth            (measured with 0.0.8; CPython 3.7 or newer)
Run      pacsynth_peer.py victims.csv --epsilon 4 --out out.csv
         pacsynth_peer.py victims.csv --epsilon 4 --delta 4.1e-7 --mode balanced --out out.csv

--delta    left out: the library's own rule 1 / (N ln N), N = its noisy record count; the value in
           force is reported as parameters.delta.
--mode     default: every library default.  balanced: the same, with use_synthetic_counts on (what
           has been synthesized already is subtracted from the counts that steer the walk).
--rows     library (default): no row target, rows are built until the noisy single counts are used
           up.  noisy: target = the noisy record count, as in the library's own examples.
--limit-s  wall limit in seconds; past it the work is killed and the line says "finished": false
           (exit status 3, no output file).  The library cannot be interrupted from Python, so the
           work runs in a child process; cpu_s and peak_mib are that child's.

Limits  The library takes no seed: two runs differ.  It reads a cell "0" as empty.  Values are
discovered from the data by a noisy threshold, so rare values are lost by design.
"""
import argparse
import csv
import json
import os
import signal
import sys
import time


def work(args, pipe):
    """Child: do the release and tell each finished stage to the parent."""
    def tell(**facts):
        os.write(pipe, (json.dumps(facts) + "\n").encode())

    clock = time.perf_counter
    t0 = clock()
    import math
    from importlib.metadata import version
    import pacsynth

    tell(version=version("pac-synth"))
    with open(args.file, newline="") as f:
        raw = list(csv.reader(f))
    data = pacsynth.Dataset(raw)
    tell(rows_in=len(raw) - 1, load_s=clock() - t0)
    header = raw[0]
    del raw

    builder = pacsynth.DpAggregateSeededParametersBuilder().reporting_length(3).epsilon(args.epsilon)
    if args.delta is not None:
        builder = builder.delta(args.delta)
    if args.mode == "balanced":
        builder = builder.use_synthetic_counts(True)
    parameters = builder.build()
    tell(parameters=json.loads(parameters.to_json_str()))

    t1 = clock()
    synthesizer = pacsynth.DpAggregateSeededSynthesizer(parameters)
    synthesizer.fit(data)
    noisy = synthesizer.get_dp_number_of_records()
    delta = args.delta if args.delta is not None else 1 / (noisy * math.log(noisy))
    tell(fit_s=clock() - t1, noisy_rows=noisy, delta=delta)

    t2 = clock()
    out = synthesizer.sample(noisy if args.rows == "noisy" else None)
    tell(sample_s=clock() - t2)

    t3 = clock()
    order = [out[0].index(name) for name in header]
    with open(args.out, "w", newline="") as f:
        write = csv.writer(f, lineterminator="\n")
        write.writerows([row[i] for i in order] for row in out)
    tell(rows_out=len(out) - 1, write_s=clock() - t3)


def main():
    parser = argparse.ArgumentParser(description="pac-synth DP aggregate-seeded release")
    parser.add_argument("file")
    parser.add_argument("--epsilon", type=float, required=True)
    parser.add_argument("--delta", type=float)
    parser.add_argument("--out", required=True)
    parser.add_argument("--mode", choices=["default", "balanced"], default="default")
    parser.add_argument("--rows", choices=["library", "noisy"], default="library")
    parser.add_argument("--limit-s", type=float, default=900)
    args = parser.parse_args()

    start = time.perf_counter()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            work(args, writer)
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)

    pid, stopped = 0, False
    try:
        while not pid:
            pid, status, usage = os.wait4(child, os.WNOHANG)
            if not pid and time.perf_counter() - start > args.limit_s:
                stopped = True
                os.kill(child, signal.SIGKILL)
                pid, status, usage = os.wait4(child, 0)
            if not pid:
                time.sleep(0.02)
    finally:
        if not pid:
            os.kill(child, signal.SIGKILL)
            os.wait4(child, 0)
    wall = time.perf_counter() - start

    facts = {}
    with os.fdopen(reader) as f:
        for line in f:
            facts.update(json.loads(line))
    finished = not stopped and status == 0
    parameters = dict(facts.get("parameters", {}), delta=facts.get("delta", args.delta),
                      mode=args.mode, rows=args.rows, limit_s=args.limit_s)
    stages = {k: round(facts[k], 2) for k in ("load_s", "fit_s", "sample_s", "write_s") if k in facts}
    report = {
        "tool": "pac-synth", "version": facts.get("version"), "finished": finished,
        "rows_in": facts.get("rows_in"), "rows_out": facts.get("rows_out", 0) if finished else 0,
        "noisy_rows": facts.get("noisy_rows"),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "wall_s": round(wall, 2),
        "peak_mib": round(usage.ru_maxrss / 1024, 1), "stages": stages, "parameters": parameters,
    }
    if not finished:
        if os.path.exists(args.out) and stopped:
            os.remove(args.out)
        report["reason"] = f"stopped at --limit-s {args.limit_s:g}" if stopped else "the release failed"
    print(json.dumps(report))
    sys.exit(0 if finished else 3 if stopped else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Deduplicate a people file with Splink on DuckDB: the peer of `plainsight link dedupe`.

    pip install splink duckdb
    splink_peer.py people.csv --pairs pairs.csv --clusters clusters.csv [--online 200] [--threads 2]

The file has the columns of people.py. The truth column entity_id is dropped before Splink sees a row.
The model is a good first-class use of the library: twelve blocking rules, six comparisons (one composite address),
term frequencies on both names, u by random sampling, two EM sessions, connected components at p >= 0.95.
--online N links N further records (the last N of the file, held out) one by one to the others by predict_between.

Prints one JSON line: versions, seconds per stage, CPU (user + system of the whole process), wall, peak memory.
Pairs: id_a,id_b,weight,probability (weight in bits). Clusters: id,cluster_id. Writing them is not in the times.
"""
import argparse, json, logging, resource, sys, time

import duckdb, splink
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
import splink.comparison_library as cl
import splink.comparison_level_library as cll

RULES = [
    ("given", "surname"), ("given", "dob"), ("surname", "dob"), ("phone",), ("email",), ("postcode", "surname"), ("postcode", "given"),
    ("dob", "postcode"), ("dob", "city"), ("street", "city"), ("substr(given,1,3)", "substr(surname,1,3)", "city"),
    ("substr(surname,1,4)", "substr(dob,1,7)"),
]


def address():
    same = lambda *c: " and ".join(f'"{x}_l" = "{x}_r"' for x in c)
    return cl.CustomComparison(output_column_name="address", comparison_levels=[
        cll.CustomLevel('("street_l" is null or "street_r" is null) and ("postcode_l" is null or "postcode_r" is null) '
                        'and ("city_l" is null or "city_r" is null)').configure(is_null_level=True),
        cll.CustomLevel(same("street", "postcode"), "same street and postcode"),
        cll.CustomLevel(same("street", "city"), "same street and city"),
        cll.CustomLevel(same("postcode"), "same postcode"),
        cll.CustomLevel(same("city"), "same city"),
        cll.ElseLevel(),
    ])


def settings():
    return SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=[block_on(*r) for r in RULES],
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.JaroWinklerAtThresholds("email", [0.92]),
            address(),
        ])


def main():
    a = argparse.ArgumentParser()
    a.add_argument("file"); a.add_argument("--pairs"); a.add_argument("--clusters")
    a.add_argument("--threads", type=int, default=2); a.add_argument("--seed", type=int, default=1)
    a.add_argument("--online", type=int, default=0)
    o = a.parse_args()
    t0 = time.perf_counter(); stages = {}
    def stage(name, since):
        stages[name] = round(time.perf_counter() - since, 2); return time.perf_counter()
    con = duckdb.connect()
    run = lambda sql, *args: con.execute(sql, *args).fetchall()  # DuckDB 2 wants each result fetched to its end
    run(f"set threads={o.threads}")
    run("create table people as select * exclude (entity_id) from read_csv(?, all_varchar=true, nullstr='')", [o.file])
    rows = run("select count(*) from people")[0][0]
    if o.online:
        run(f"create table fresh as select * from people where rec_id::bigint >= {rows - o.online}")
        run(f"delete from people where rec_id::bigint >= {rows - o.online}")
    db = DuckDBAPI(con)
    t = stage("load", t0)
    linker = Linker(db.register("people"), settings(), log_level=logging.ERROR)
    T = linker.training
    T.estimate_probability_two_random_records_match(
        [block_on("given", "surname", "dob"), block_on("email"), block_on("phone", "given")], recall=0.6); t = stage("prior", t)
    T.estimate_u_using_random_sampling(max_pairs=1e6, seed=o.seed); t = stage("u", t)
    T.estimate_parameters_using_expectation_maximisation(block_on("email"))
    T.estimate_parameters_using_expectation_maximisation(block_on("dob", "surname")); t = stage("em", t)
    pred = linker.inference.predict(threshold_match_probability=0.01); t = stage("predict", t)
    clus = linker.clustering.cluster_pairwise_predictions_at_threshold(pred, threshold_match_probability=0.95); t = stage("cluster", t)
    u = resource.getrusage(resource.RUSAGE_SELF)
    report = {"tool": "splink", "splink": splink.__version__, "duckdb": duckdb.__version__, "rows": rows, "cpu_s": round(u.ru_utime + u.ru_stime, 2),
              "wall_s": round(time.perf_counter() - t0, 2), "peak_mib": u.ru_maxrss // 1024, "stages_wall_s": stages}
    if o.online:
        cpu, wall, found = [], [], 0
        for (rid,) in run("select rec_id from fresh order by rec_id"):
            run("create or replace temp view one as select * from fresh where rec_id = '%s'" % rid)
            c0, w0 = time.process_time(), time.perf_counter()
            r = linker.inference.predict_between(db.register("one"), db.register("people"), threshold_match_probability=0.95)
            found += len(r.as_record_list())
            cpu.append(time.process_time() - c0); wall.append(time.perf_counter() - w0)
        q = lambda v, p: round(1000 * sorted(v)[min(len(v) - 1, int(p * len(v)))], 1)
        report["online_ms"] = {"queries": len(cpu), "links": found, "cpu_p50": q(cpu, .5), "cpu_p99": q(cpu, .99), "wall_p50": q(wall, .5), "wall_p99": q(wall, .99)}
    print(json.dumps(report)); sys.stdout.flush()
    if o.pairs:
        run(f"copy (select rec_id_l as id_a, rec_id_r as id_b, match_weight as weight, match_probability as probability from {pred.physical_name}) to '{o.pairs}' (header)")
    if o.clusters:
        run(f"copy (select rec_id as id, cluster_id from {clus.physical_name}) to '{o.clusters}' (header)")


if __name__ == "__main__":
    main()

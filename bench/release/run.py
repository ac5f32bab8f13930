#!/usr/bin/env python3
"""plainsight release microdata beside MST on mbi: the same file, the same epsilon and delta, in one run.

    python3 -m venv peers && peers/bin/pip install numpy mbi
    bench/release/run.py build/plainsight peers/bin/python FOLDER [--rows 20000 200000] [--rounds 3] [--seed 21] [--epsilon 4] [--no-peer]

FOLDER is made and keeps the files. All people are invented (victims.py). delta is 1 / (n ln n), and rho what it and epsilon give (mst_peer.py).
The engine has the whole codebook of CTDC, with every country; the peer takes the values that are in the file, which flatters it a little.
Processor time is user and system of the whole process, files in and out. The engine's noise is the system's, so figures move a little from round to round:
median (least - most). Fabricated and missing are of combinations with a count of 10 or more, errors of those of 1,000 or more.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys

from mst_peer import rho_of

HERE = os.path.dirname(os.path.abspath(__file__))
BOOK = os.path.join(HERE, '../../packs/int/ctdc.codebook.json')
SHOWN = [('error, two columns', 2, 'rel_ge1000', 4), ('error, three', 3, 'rel_ge1000', 4), ('total variation, two', 2, 'tv', 4),
         ('total variation, three', 3, 'tv', 4), ('missing, two', 2, 'missing_ge10', 4), ('missing, one', 1, 'missing_ge10', 4),
         ('fabricated, two', 2, 'fabricated_ge10', 4), ('fabricated, three', 3, 'fabricated_ge10', 4)]
# Floor and goal of the engine, by rows.
WANTED = {200000: {'error, two columns': '0.03 / 0.012', 'error, three': '0.08 / 0.04', 'total variation, two': '0.004 / 0.0025',
                   'total variation, three': '0.010 / 0.006', 'missing, two': '0.025 / 0.01', 'missing, one': '0.05 / 0.01',
                   'fabricated, two': '0.02 / 0.005', 'processor s': '10 / 3', 'peak MiB': '200 / 100'},
          20000: {'error, two columns': '0.06 / 0.04', 'processor s': '2 / 0.5'}}


def timed(words):
    """Runs a command to its end: processor seconds, peak MiB."""
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        sys.exit(f"failed: {' '.join(words)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def engine(o, path, rho, n):
    out, ledger = f'{o.folder}/engine.csv', f'{o.folder}/ledger'
    for old in (out, out + '.release', ledger, ledger + '.head', ledger + '.key', ledger + '.releases'):
        shutil.rmtree(old) if os.path.isdir(old) else os.path.exists(old) and os.unlink(old)
    spent = timed([o.program, 'release', 'microdata', path, '--codebook', BOOK, '--ledger', ledger, '--rho', f'{rho:.9f}', '--out', out])
    subprocess.run([o.program, 'release', 'verify', out + '.release', '--ledger', ledger], check=True, stdout=subprocess.DEVNULL)
    return spent, out


def peer(o, path, rho, n):
    out = f'{o.folder}/peer.csv'
    return timed([o.python, os.path.join(HERE, 'mst_peer.py'), path, '--codebook-from-data', '--rho', f'{rho:.9f}', '--out', out, '--seed', str(n)]), out


def scored(o, path, made):
    (cpu, mib), out = made
    words = [o.python, os.path.join(HERE, 'score.py'), path, out, '--json']
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)['length']
    row = {name: found[str(length)][of] for name, length, of, _ in SHOWN}
    return dict(row, **{'processor s': cpu, 'peak MiB': mib})


def spread(values, digits):
    return f'{statistics.median(values):.{digits}f} ({min(values):.{digits}f} - {max(values):.{digits}f})' if values else '-'


def beside(o, rows, round_):
    seed = o.seed + round_
    path = f'{o.folder}/victims-{rows}-{seed}.csv'
    if not os.path.exists(path):
        subprocess.run([sys.executable, os.path.join(HERE, 'victims.py'), '--n', str(rows), '--seed', str(seed), '--out', path], check=True)
    rho = rho_of(o.epsilon, 1 / (rows * math.log(rows)))
    mine = scored(o, path, engine(o, path, rho, seed))
    return mine, scored(o, path, peer(o, path, rho, seed)) if not o.no_peer and round_ < o.peer_rounds else None


def main():
    a = argparse.ArgumentParser()
    a.add_argument('program')
    a.add_argument('python', help='of a venv with numpy and mbi')
    a.add_argument('folder')
    a.add_argument('--rows', type=int, nargs='*', default=[20000, 200000])
    a.add_argument('--rounds', type=int, default=3, help='each on people of another seed')
    a.add_argument('--peer-rounds', type=int, default=1)
    a.add_argument('--seed', type=int, default=21, help='of the first round; 11 was used to choose numbers of the engine')
    a.add_argument('--epsilon', type=float, default=4)
    a.add_argument('--no-peer', action='store_true')
    o = a.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    for rows in o.rows:
        both = [beside(o, rows, i) for i in range(o.rounds)]
        mine, its = [b[0] for b in both], [b[1] for b in both if b[1]]
        print(f'\n{rows} rows, seeds from {o.seed}, epsilon {o.epsilon:g}, delta 1 / (n ln n), {o.rounds} rounds of the engine and {len(its)} of MST\n')
        print('| | plainsight release microdata | MST on mbi | floor / goal |\n|---|---|---|---|')
        for name, digits in [(name, digits) for name, _, _, digits in SHOWN] + [('processor s', 2), ('peak MiB', 0)]:
            wanted = WANTED.get(rows, {}).get(name, '')
            print(f'| {name} | {spread([m[name] for m in mine], digits)} | {spread([i[name] for i in its], digits)} | {wanted} |', flush=True)


if __name__ == '__main__':
    main()

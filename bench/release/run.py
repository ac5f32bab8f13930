#!/usr/bin/env python3
"""plainsight release microdata beside a tree of pairs, MST on mbi and pac-synth: the same file, the same epsilon and delta, in one run.

    python3 -m venv peers && peers/bin/pip install numpy mbi pac-synth
    bench/release/run.py build/plainsight peers/bin/python FOLDER [--rows 20000 200000] [--rounds 3] [--seed 21] [--epsilon 4] [--no-peer]
    bench/release/run.py build/plainsight peers/bin/python FOLDER --peer-rounds 0     the engine beside the tree alone
    bench/release/run.py build/plainsight peers/bin/python FOLDER --shape census [--epsilon 0.1 1 10] [--rounds 3]

FOLDER is made and keeps the files. All people are invented. victims (victims.py): delta is 1 / (n ln n), and the engine has the whole codebook of CTDC,
with every country, where the peers take the values that are in the file, which flatters them a little. census (census.py): the shape of UCI Adult,
delta 1e-9; MST again takes the values of the file. rho is what epsilon and delta give (mst_peer.py); pac-synth takes epsilon and delta themselves.
The tree (tree_peer.py) is a second program of our own that shares nothing with the engine but codebook, rho and dial, and has every round: where it is
better than the engine by more than noise, the engine is wrong there, or pays for something else.
Processor time is user and system of the whole process, files in and out. The engine's noise is the system's, so figures move a little from round to round:
median (least - most). Fabricated and missing are of combinations with a count of 10 or more, errors of those of 1,000 or more. pac-synth is stopped after
--limit-s seconds, and then has no rows to be scored.
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


def engine(o, path, book, rho, n):
    out, ledger = f'{o.folder}/engine.csv', f'{o.folder}/ledger'
    for old in (out, out + '.release', ledger, ledger + '.head', ledger + '.key', ledger + '.releases'):
        shutil.rmtree(old) if os.path.isdir(old) else os.path.exists(old) and os.unlink(old)
    spent = timed([o.program, 'release', 'microdata', path, '--codebook', book, '--ledger', ledger, '--rho', f'{rho:.9f}', '--out', out])
    subprocess.run([o.program, 'release', 'verify', out + '.release', '--ledger', ledger], check=True, stdout=subprocess.DEVNULL)
    return spent, out


def mst(o, path, rho, n):
    out = f'{o.folder}/mst.csv'
    words = [o.python, os.path.join(HERE, 'mst_peer.py'), path, '--codebook-from-data', '--rho', f'{rho:.9f}', '--out', out, '--seed', str(n)]
    return timed(words), out


def tree(o, path, book, rho, n):
    out = f'{o.folder}/tree.csv'
    words = [o.python, os.path.join(HERE, 'tree_peer.py'), path, '--codebook', book, '--rho', f'{rho:.9f}', '--dial', str(o.dial), '--out', out, '--seed', str(n)]
    return timed(words), out


def pacsynth(o, path, epsilon, delta):
    """None and the reason, when it was not finished."""
    out = f'{o.folder}/pacsynth.csv'
    words = [o.python, os.path.join(HERE, 'pacsynth_peer.py'), path, '--epsilon', str(epsilon), '--delta', str(delta), '--out', out, '--mode', 'balanced',
             '--rows', 'noisy', '--limit-s', str(o.limit_s)]
    child = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    told = json.loads(child.stdout) if child.stdout.startswith('{') else {'finished': False, 'reason': 'it is not installed'}
    if told['finished']:
        return (told['cpu_s'], told['peak_mib']), out
    stopped = 'stopped' in told['reason']
    print(f"\npac-synth: {'not finished in %d s, %.0f s of processor and %.0f MiB spent' % (o.limit_s, told['cpu_s'], told['peak_mib']) if stopped else told['reason']}")
    return None


def scored(o, path, made):
    (cpu, mib), out = made
    words = [o.python, os.path.join(HERE, 'score.py'), path, out, '--json']
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)['length']
    row = {name: found[str(length)][of] for name, length, of, _ in SHOWN}
    return dict(row, **{'processor s': cpu, 'peak MiB': mib})


def spread(values, digits):
    values = [v for v in values if v is not None]
    if len(values) == 1:
        return f'{values[0]:.{digits}f}'
    return f'{statistics.median(values):.{digits}f} ({min(values):.{digits}f} - {max(values):.{digits}f})' if values else '-'


def people(o, rows, seed):
    """The file and its codebook."""
    path, book = f'{o.folder}/{o.shape}-{rows}-{seed}.csv', BOOK if o.shape == 'victims' else f'{o.folder}/census.json'
    if not os.path.exists(path):
        words = [sys.executable, os.path.join(HERE, o.shape + '.py'), '--n', str(rows), '--seed', str(seed), '--out', path]
        subprocess.run(words + (['--codebook', book] if o.shape == 'census' else []), check=True)
    return path, book


def beside(o, rows, epsilon, round_):
    """The rows of scores of the four, None where one was not asked or not finished."""
    seed = o.seed + round_
    path, book = people(o, rows, seed)
    delta = 1e-9 if o.shape == 'census' else 1 / (rows * math.log(rows))
    rho = rho_of(epsilon, delta)
    found = [scored(o, path, engine(o, path, book, rho, seed)), None, None, None]
    if not o.no_peer:
        found[1] = scored(o, path, tree(o, path, book, rho, seed))
    if not o.no_peer and round_ < o.peer_rounds:
        found[2] = scored(o, path, mst(o, path, rho, seed))
        made = pacsynth(o, path, epsilon, delta) if o.limit_s else None
        found[3] = made and scored(o, path, made)
    return found


def show(o, rows, epsilon, found):
    sides = [[f[i] for f in found if f[i]] for i in range(4)]
    print(f'\n{o.shape}, {rows} rows, seeds from {o.seed}, epsilon {epsilon:g}, delta {"1e-9" if o.shape == "census" else "1 / (n ln n)"}; rounds of the '
          f'engine, tree, MST, pac-synth: {", ".join(str(len(s)) for s in sides)}; load average {os.getloadavg()[0]:.1f}\n')
    print('| | plainsight release microdata | tree | MST on mbi | pac-synth | floor / goal |\n|---|---|---|---|---|---|')
    for name, digits in [(name, digits) for name, _, _, digits in SHOWN] + [('processor s', 2), ('peak MiB', 0)]:
        wanted = WANTED.get(rows, {}).get(name, '')
        print(f'| {name} | ' + ' | '.join(spread([x[name] for x in side], digits) for side in sides) + f' | {wanted} |', flush=True)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('program')
    a.add_argument('python', help='of a venv with numpy, mbi and pac-synth')
    a.add_argument('folder')
    a.add_argument('--shape', choices=['victims', 'census'], default='victims')
    a.add_argument('--rows', type=int, nargs='*', help='20000 200000, or 48842 of census')
    a.add_argument('--rounds', type=int, default=3, help='each on people of another seed')
    a.add_argument('--peer-rounds', type=int, default=1)
    a.add_argument('--seed', type=int, default=21, help='of the first round; 11 and 101 to 105 were used to choose numbers of the engine')
    a.add_argument('--epsilon', type=float, nargs='*', help='4, or 0.1 1 10 of census')
    a.add_argument('--dial', type=float, default=1.5, help='of the tree; the engine has its own, 1.5')
    a.add_argument('--limit-s', type=float, default=300, help='of pac-synth; 0 leaves it out')
    a.add_argument('--no-peer', action='store_true')
    o = a.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    for rows in o.rows or ([48842] if o.shape == 'census' else [20000, 200000]):
        for epsilon in o.epsilon or ([0.1, 1, 10] if o.shape == 'census' else [4]):
            show(o, rows, epsilon, [beside(o, rows, epsilon, i) for i in range(o.rounds)])


if __name__ == '__main__':
    main()

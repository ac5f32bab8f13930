#!/usr/bin/env python3
"""Judges what gcovr counted (its JSON): lines of everything, and every branch of the files that keep the promises."""
import json
import sys

LINES_LEAST = 90.0
# What a promise to a person hangs on: who may do and read a thing, what seals it, the receipt, the log, and the commit.
PROMISES = {
    'authorisation': ['src/lib/web/web.c', 'src/lib/web/routes.c', 'src/lib/web/origin.c', 'src/staff/role/role.c', 'src/vault/wall.c',
                      'src/vault/keeper_open.c', 'src/vault/keeper_trust.c'],
    'envelope': ['src/vault/envelope.c'],
    'receipt': ['src/vault/receipt.c'],
    'audit': ['src/vault/audit.c', 'src/vault/audit_write.c', 'src/vault/audit_verify.c'],
    'commit': ['src/intake/acceptor/acceptor.c', 'src/intake/acceptor/acceptor_store.c', 'src/lib/store/db.c', 'src/lib/store/lite.c',
               'src/lib/store/lite_query.c'],
}


def branches(file):
    """Of one file: how many there are, and the lines with one that was never taken."""
    total, missed = 0, []
    for line in file['lines']:
        if line.get('gcovr/noncode') or not line['count'] and not line['branches']:
            continue
        total += len(line['branches'])
        missed += [line['line_number']] * sum(not b['count'] for b in line['branches'])
    return total, missed


def main():
    with open(sys.argv[1], encoding='utf-8') as source:
        files = {f['file']: f for f in json.load(source)['files']}
    passed = failed = 0
    lines = [line for f in files.values() for line in f['lines'] if not line.get('gcovr/noncode')]
    reached = sum(line['count'] > 0 for line in lines)
    share = 100.0 * reached / max(1, len(lines))
    good = share >= LINES_LEAST
    passed, failed = passed + good, failed + (not good)
    print(f"{'ok' if good else 'not ok'}: {reached} of {len(lines)} lines, {share:.1f} % (at least {LINES_LEAST} %)")
    if '--files' in sys.argv:
        for name, f in sorted(files.items()):
            own = [line for line in f['lines'] if not line.get('gcovr/noncode')]
            print(f"    {name}: {sum(l['count'] > 0 for l in own)} of {len(own)}")
    for promise, names in PROMISES.items():
        for name in names:
            total, missed = branches(files[name]) if name in files else (0, [0])
            good = not missed
            passed, failed = passed + good, failed + (not good)
            where = f", not taken: {len(missed)}, at lines {', '.join(map(str, missed))}" if missed else ''
            print(f"{'ok' if good else 'not ok'}: {promise}: {name}: {total} branches{where}")
    open_ones = sum(len(branches(files[n])[1]) for names in PROMISES.values() for n in names if n in files)
    every = sum(branches(files[n])[0] for names in PROMISES.values() for n in names if n in files)
    print(f'branches of the promises: {every - open_ones} of {every} taken')
    print(f'{passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())

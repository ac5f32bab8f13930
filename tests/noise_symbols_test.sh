#!/bin/sh
# noise_symbols_test.sh PROGRAM TEST-PROGRAM FOLDER: repeatable noise is in the test program and not in the one that publishes, and between a
# count and its noise no source of the folder has floating point.
set -u
here() { nm "$1" | awk -v want="$2" '$3 == want && $2 == "T" { n++ } END { exit !n }'; }
wrong=0
says() { echo "$1"; wrong=1; }
here "$1" noise_fetch || says "$1 has no noise_fetch: is it stripped?"
here "$1" noise_seed && says "$1 has a seed for its noise"
here "$2" noise_seed || says "$2 has no noise_seed: this test would not see one"
# What fetches in the program reaches the system's generator, and no seeded stream.
objdump -d --disassemble=noise_fetch "$1" | grep -q 'crypt_random' || says "noise_fetch of $1 does not call crypt_random"
objdump -d --disassemble=noise_fetch "$2" | grep -q 'crypt_random' && says "noise_fetch of $2 calls crypt_random"
cd "$3" || exit 1
floats() { grep -nwE 'double|float' "$@"; }
floats noise.[ch] noise_system.c rows.[ch] tables.c tables_spec.c micro.c release.[ch] ledger.[ch] ledger_read.c ledger_file.c && says 'floating point before the noise'
floats tables_fit.c >/dev/null || says 'tables_fit.c has no floating point: this test would not see it elsewhere'
exit $wrong

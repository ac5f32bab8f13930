#!/bin/bash
# Tries tools/layers on a small house: a good one passes, and every rule fails when it is broken.
# Usage: layers_test.sh PATH/TO/layers
set -u
layers=$(realpath "$1")
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0

write() { mkdir -p "$(dirname "$top/$1")"; cat >"$top/$1"; }

good_house() {
    rm -rf "${top:?}"/*
    write layers.txt <<'END'
root src tools
floor src/base
floor src/left src/right
floor src/area
floor src/app
never src/area src/right
port src/area
opens src/app *_web.h
arrow src/area/one src/area/two one asks two for names
only outside.h src/base/*
only *_sql.h *_store.c
pair _sql.h _store.c
word "struct row" src/base/*
word "free(" src/base/*
lines 20
long src/base/table.c a table
END
    write src/base/base.h <<<'struct row { int n; };'
    write src/base/base.c <<<$'#include "base/base.h"\n#include <outside.h>\nvoid f(void *p) { free(p); }'
    yes 'int x;' | head -30 | write src/base/table.c
    write src/left/left.h <<<'#include "base/base.h"'
    write src/right/right.h <<<'#include "base/base.h"'
    write src/area/one/one.h <<<'#include "base/base.h"'
    write src/area/one/one.c <<<$'#include "area/one/one.h"\n#include "area/two/two.h"\n#include "area/one/one_inner.h"'
    write src/area/one/one_inner.h <<<'int inner;'
    write src/area/one/one_store.c <<<'#include "one_sql.h"'
    write src/area/two/two.h <<<'int two;'
    write src/app/main.c <<<$'#include "area/one/one.h"\n/* free( and struct row in words only */\nconst char *s = "free(\\"x\\")";'
}

# expect RULE TEXT: the house as it stands breaks RULE, and the message holds TEXT. "none": nothing is broken.
expect() {
    local said code
    said=$(cd "$top" && "$layers" . layers.txt 2>&1)
    code=$?
    if [ "$1" = none ] && [ $code = 0 ]; then
        passed=$((passed + 1))
    elif [ "$1" != none ] && [ $code = 1 ] && grep -q -- ": $1: .*$2" <<<"$said" && [ "$(grep -c ': [a-z]*: ' <<<"$said")" = 1 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok: %s (%s) exit %d\n%s\n' "$1" "$2" $code "$said"
    fi
}

good_house; expect none ''
good_house; echo '#include "app/main.h"' >>"$top/src/left/left.h"; write src/app/main.h </dev/null; expect floor 'src/app stands higher'
good_house; echo '#include "left/left.h"' >>"$top/src/base/base.h"; expect floor 'src/left stands higher'
good_house; write src/stray/stray.h </dev/null; echo '#include "stray/stray.h"' >>"$top/src/app/main.c"; expect floor 'src/stray'
good_house; echo '#include "left/left.h"' >>"$top/src/right/right.h"; expect arrow 'arrow src/right src/left'
good_house; echo '#include "right/right.h"' >>"$top/src/area/one/one.c"; expect never 'src/right'
good_house; echo '#include "area/one/one_inner.h"' >>"$top/src/app/main.c"; expect port 'one.h only'
good_house; write src/area/one/one_web.h </dev/null; echo '#include "area/one/one_web.h"' >>"$top/src/app/main.c"; expect none ''
good_house; write src/area/one/one_web.h </dev/null; write src/area/two/two.c <<<'#include "area/one/one_web.h"'
sed -i 's/^arrow .*/arrow src\/area\/two src\/area\/one turned round/' "$top/layers.txt"; sed -i '/two.h/d' "$top/src/area/one/one.c"; expect port 'one.h only'
good_house; write src/area/shared.h </dev/null; echo '#include "area/shared.h"' >>"$top/src/app/main.c"; expect none ''
good_house; echo '#include <outside.h>' >>"$top/src/left/left.h"; expect only 'outside.h'
good_house; echo '# include  <outside.h>' >>"$top/src/left/left.h"; expect only 'outside.h'
good_house; write src/area/one/one_web.c <<<$'#include "base/base.h"\n#include "one_sql.h"'; sed -i '/^pair/d' "$top/layers.txt"; expect only 'one_sql.h'
good_house; write src/area/one/other_store.c <<<'#include "one_sql.h"'; expect pair 'one_store.c only'
good_house; echo '#include "base/gone.h"' >>"$top/src/left/left.h"; expect absent 'base/gone.h'
good_house; echo 'struct row r;' >>"$top/src/left/left.h"; expect word 'struct row'
good_house; echo 'void g(void *p) { free (p); }' >>"$top/src/left/left.h"; expect word 'free('
good_house; write tools/tool.c <<<'void g(void *p) { free(p); }'; expect word 'free('
good_house; echo 'void g(struct t *t) { t->free(t); carefree(t); freed(t); }' >>"$top/src/left/left.h"; expect none ''
good_house; yes 'int x;' | head -21 | write src/left/long.c; expect lines 'more than 20'
good_house; yes 'int x;' | head -20 | write src/left/long.c; expect none ''
good_house; write src/base/table.c <<<'int x;'; expect stale 'not long'
good_house; sed -i '/two.h/d' "$top/src/area/one/one.c"; expect stale 'no file needs this arrow'

# Two arrows against each other: both lines are told, so the count is two.
good_house
echo 'arrow src/area/two src/area/one and back' >>"$top/layers.txt"
echo '#include "area/one/one.h"' >>"$top/src/area/two/two.h"
said=$(cd "$top" && "$layers" . layers.txt); code=$?
if [ $code = 1 ] && [ "$(grep -c ': cycle: ' <<<"$said")" = 2 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "not ok: cycle: $said"; fi

# A list that cannot be read, and a house without files, are errors of use: never a pass.
good_house; echo 'flor src/x' >>"$top/layers.txt"
(cd "$top" && "$layers" . layers.txt >/dev/null 2>&1); [ $? = 2 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'not ok: misspelt rule'; }
good_house; rm -rf "$top/src"; sed -i '/^arrow/d;/^long/d' "$top/layers.txt"
(cd "$top" && "$layers" . layers.txt >/dev/null 2>&1); [ $? = 2 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'not ok: empty house'; }

echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]

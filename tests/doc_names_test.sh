#!/bin/bash
# Tries tests/doc_names.py on a small tree: true documents pass, and every kind of claim fails when it is false.
# Usage: doc_names_test.sh PATH/TO/doc_names.py
set -u
checker=$(realpath "$1")
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0

mkdir -p "$top/src/tip" "$top/migrations/content" "$top/docs" "$top/tests"
cat >"$top/src/tip/tip.c" <<'END_C'
enum { TIP_MOST = 64 };
static status tip_send(struct request *r,
                       struct response *w)
{
    return tip_called(r, w);
}
status tip_declared(int n);
END_C
echo 'status tip_send(struct request *r);' >"$top/src/tip/tip.h"
printf -- '-- name: tip_insert\nINSERT INTO tip (id) VALUES (:id);\n' >"$top/src/tip/tip.sql"
printf 'CREATE TABLE tip (\n    id BLOB NOT NULL,\n    day INTEGER NOT NULL\n) STRICT;\n' >"$top/migrations/content/0001_tip.sql"
printf 'GET\tpublic\t/tip\tANYONE\t1\tNOTHING\n' >"$top/tests/routes.golden"

expect() { # true|false CLAIM
    echo "$2" >"$top/docs/a.md"
    if python3 "$checker" "$top" >"$top/said" 2>&1; then local said=true; else local said=false; fi
    if [ "$said" = "$1" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: this claim must be $1: $2"
        cat "$top/said"
    fi
}

expect true 'See `tip.c:tip_send`, `tip/tip.c:tip_send`, `tip.h:tip_send` and `tip.sql:tip_insert`.'
expect false '`tip.c:tip_sent`'
expect false '`tip.c:tip_called`'
expect false '`tip.c:tip_declared`'
expect false '`tap.c:tip_send`'
expect true 'names are `x.c:function`'
expect false '`tip.sql:tip_delete`'
expect true '`src/tip/tip.c`, `tip/tip.h`, the pattern `area/x_store.c`'
expect false '`src/tip/tap.c`'
expect true '`tip(id, day)`'
expect false '`tip(id, minute)`'
expect false '`tip(day, id)`'
expect true '`TIP_MOST = 64`'
expect false '`TIP_MOST = 6`'
expect true '`GET /tip?lang=es`'
expect false '`POST /tip`'
expect true '[the file](../src/tip/tip.c)'
expect false '[no file](../src/tip/tap.c)'
expect true $'```\n`tap.c:nothing`\n```'
echo "sqlite = dependency('sqlite3')" >"$top/meson.build"
echo '`sqlite3`' >"$top/docs/libraries.md"
expect true 'a library with its row'
echo '`sodium`' >"$top/docs/libraries.md"
expect false 'a library without its row'
rm "$top/docs/a.md" "$top/docs/libraries.md"
if python3 "$checker" "$top" >/dev/null 2>&1; then
    failed=$((failed + 1))
    echo 'not ok: a tree without documents proves nothing'
else
    passed=$((passed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

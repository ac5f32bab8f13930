#!/bin/sh
# sqlgen_test.sh SQLGEN: what sqlgen takes, and that it refuses the rest with the file and line of the fault.
set -u
sqlgen=$(realpath "$1")
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
wrong=0
printf 'CREATE TABLE tip (\n  id INTEGER PRIMARY KEY,\n  body TEXT -- said: what\n) STRICT;\n' >0001_tip.sql

says() { # says EXIT-CODE TEXT: of the last run
    if [ "$code" != "$1" ] || ! grep -qF -- "$2" said; then
        printf "case \"%s\": exit %s, wanted %s and: %s\n" "$case" "$code" "$1" "$2"; sed 's/^/    /' said; wrong=1
    fi
}
statements() { # statements CASE SQL
    case=$1; printf '%b' "$2" >x.sql
    "$sqlgen" content . 0001_tip.sql -- x.sql >said 2>&1; code=$?
    [ $code != 0 ] || cat x_sql.h sql_content.c >said
}
migration() { # migration CASE NAME SQL
    case=$1; printf '%b' "$3" >"$2"
    "$sqlgen" content . 0001_tip.sql "$2" -- >said 2>&1; code=$?
    [ $code != 0 ] || cat sql_content.c >said
}

statements 'parameters are numbered in order of first use' '-- name: a\nSELECT id FROM tip WHERE body = :b AND id = :i AND body <> :b;\n'
says 0 'body = $1 AND id = $2 AND body <> $1'
says 0 'enum { a_b = 1, a_i, };'
says 0 'enum { a_col_id = 0, };'
says 0 'const int sql_all_content_count = 1;'
statements 'quotes and comments are understood' "-- name: a\nSELECT 'it''s :no ?' AS x, \"id\" AS y -- :c ' \n/* :d\n \" */ FROM tip\n"
says 0 "SELECT 'it''s :no \\?' AS x, \\\"id\\\" AS y\\n"
if grep -q ':c\|:d' said; then echo "a comment went out"; wrong=1; fi
statements 'slots have no gaps' '-- name: a\nSELECT id FROM tip\n-- name: b\nDELETE FROM tip\n'
says 0 'sql_b = { 1, "b"'
statements 'unknown column' '-- name: a\nSELECT id,\n       nope\n  FROM tip\n'
says 1 'x.sql:3: error: no such column: nope'
statements 'double quotes are no text' '-- name: a\nSELECT id FROM tip WHERE body = "nope"\n'
says 1 'x.sql:2: error: no such column: nope'
statements 'the same name twice' '-- name: a\nSELECT id FROM tip\n-- name: a\nSELECT id FROM tip\n'
says 1 'x.sql:4: error: there is already a statement a'
statements 'a column without a name' '-- name: a\nSELECT count(*) FROM tip\n'
says 1 'x.sql:2: error: column 1, "count(*)", needs a name'
statements 'two statements' '-- name: a\nSELECT id FROM tip;\n\nDELETE FROM tip;\n'
says 1 'x.sql:4: error: a holds more than one statement'
statements 'an open quote' "-- name: a\nSELECT id\n FROM tip WHERE body = 'x\n"
says 1 "x.sql:3: error: a ' is not closed"
statements 'an open comment' '-- name: a\nSELECT id /* FROM tip\n'
says 1 'x.sql:2: error: a comment is not closed'
statements 'a cast of one engine' '-- name: a\nSELECT id::text AS t FROM tip\n'
says 1 'x.sql:2: error: write CAST'
statements 'a parameter of the engine' '-- name: a\nSELECT id FROM tip WHERE id = ?1\n'
says 1 "x.sql:2: error: '?' is not of the SQL"
statements 'a function outside the list' '-- name: a\nSELECT random() AS r FROM tip\n'
says 1 'functions.h'
statements 'a pragma' '-- name: a\nPRAGMA synchronous\n'
says 1 'x.sql:2: error: not authorized'
statements 'the schema' '-- name: a\nDROP TABLE tip\n'
says 1 'only a migration may shape the schema'
statements 'SQL before a name' 'SELECT 1;\n-- name: a\nSELECT id FROM tip\n'
says 1 'x.sql:1: error: SQL before the first'
statements 'one C name for two things' '-- name: a\nSELECT id FROM tip WHERE body = :col_id\n'
says 1 'would both be called a_col_id'
migration 'a comment does not change what is embedded' 0002_x.sql 'CREATE TABLE x (a TEXT) STRICT; -- why\n'
says 0 '"CREATE TABLE x (a TEXT) STRICT;\n" },'
migration 'a table that is not STRICT' 0002_x.sql 'CREATE TABLE x (a TEXT);\n'
says 1 '0002_x.sql:1: error: table x is not STRICT'
migration 'a fault in the second statement' 0002_x.sql 'CREATE TABLE x (a TEXT) STRICT;\n\nCREATE TABLE y (a NOPE) STRICT;\n'
says 1 '0002_x.sql:3: error: unknown datatype'
migration 'a transaction of its own' 0002_x.sql 'BEGIN;\nCREATE TABLE x (a TEXT) STRICT;\n'
says 1 '0002_x.sql:1: error: not authorized'
migration 'a further column' 0002_x.sql "ALTER TABLE tip ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'shut'));\n"
says 0 'ALTER TABLE tip ADD COLUMN'
migration 'the function that ALTER needs, by hand' 0002_x.sql "UPDATE tip SET body = printf('x');\n"
says 1 'functions.h'
migration 'a number that does not ascend' 0001_x.sql 'CREATE TABLE x (a TEXT) STRICT;\n'
says 1 '0001_x.sql:1: error:'
migration 'a file of another name' x.sql 'CREATE TABLE x (a TEXT) STRICT;\n'
says 1 'x.sql:1: error: a migration is called NNNN_name.sql'
case='no arguments'; "$sqlgen" >said 2>&1; code=$?
says 2 'usage: sqlgen'
exit $wrong

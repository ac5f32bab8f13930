#!/bin/sh
# with_postgres.sh COMMAND...   runs COMMAND with PLAINSIGHT_TEST_POSTGRES, PGHOST, PGUSER and PGDATABASE set to a private PostgreSQL
# cluster in a temporary folder: a Unix socket only, no fsync, removed afterwards. Exits as COMMAND did;
# 77 (skipped) when PostgreSQL is not installed.
set -u
[ $# -gt 0 ] || { echo "usage: with_postgres.sh COMMAND..." >&2; exit 2; }

programs=$(dirname "$(command -v initdb 2>/dev/null || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
[ -x "$programs/initdb" ] || { echo "PostgreSQL is not installed" >&2; exit 77; }

# In memory where there is room for some hundred small databases: no test here asks the disk.
home=/tmp
[ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 4000000 ] 2>/dev/null && home=/dev/shm
place=$(mktemp -d "$home/plainsight_pg_XXXXXX") || exit 1
# PostgreSQL refuses to run as root: the cluster then belongs to an account without rights.
owner=$(id -un)
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    owner=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$owner" "$place"
    as_owner() { setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups -- "$@"; }
fi
started=
finish() {
    [ -z "$started" ] || as_owner "$programs/pg_ctl" -D "$place/data" -m immediate -s stop >/dev/null 2>&1
    rm -rf "$place"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

cd "$place" || exit 1
as_owner "$programs/initdb" -D "$place/data" -U plainsight -A trust -E UTF8 --locale=C --no-sync >"$place/initdb.log" 2>&1 ||
    { cat "$place/initdb.log" >&2; exit 1; }
as_owner "$programs/pg_ctl" -D "$place/data" -s -w -l "$place/data/server.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$place' -c fsync=off -c full_page_writes=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB" start ||
    { cat "$place/data/server.log" >&2; exit 1; }
started=yes
cd "$OLDPWD" || exit 1
PLAINSIGHT_TEST_POSTGRES="postgresql:///%s?host=$place&user=plainsight" PGHOST=$place PGUSER=plainsight PGDATABASE=postgres "$@"

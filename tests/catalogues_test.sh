#!/bin/sh
# Every message of every page and C source has a translation in every catalogue; none is left over.
# Words of the packs ("#. pack") must stand in a pack.
# usage: catalogues_test.sh TMPLGEN POGEN FILE.po...   (in the source folder)
set -eu
tmplgen=$1 pogen=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find src -name '*.html' -exec "$tmplgen" --strings {} + > "$dir/pages.pot"
find src -name '*.c' ! -name '*_test.c' -exec "$pogen" --strings {} + > "$dir/sources.pot"
"$pogen" --check "$@" -- "$dir/pages.pot" "$dir/sources.pot" -- $(find packs -name '*.csv')

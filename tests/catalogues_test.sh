#!/bin/sh
# Every message of every page and C source has a translation in every catalogue; none is left over.
# Words of the packs ("#. pack") must stand in a pack.
# usage: catalogues_test.sh TMPLGEN POGEN KINDGEN FILE.po...   (in the source folder)
set -eu
tmplgen=$1 pogen=$2 kindgen=$3
shift 3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find src -name '*.html' -exec "$tmplgen" --strings {} + > "$dir/pages.pot"
find src -name '*.c' ! -name '*_test.c' -exec "$pogen" --strings {} + > "$dir/sources.pot"
"$kindgen" --strings packs/int/entry_kinds.csv packs/int/entry_fields.csv > "$dir/kinds.pot"
"$pogen" --check "$@" -- "$dir/pages.pot" "$dir/sources.pot" "$dir/kinds.pot" -- $(find packs -name '*.csv')

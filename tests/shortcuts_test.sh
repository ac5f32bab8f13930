#!/bin/sh
# The dialog of shortcuts lists every key that pages and script have; and the check can say no.
# usage: shortcuts_test.sh SHORTCUTS.PY   (in the source folder)
set -eu
"$1" .
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
copy() {
    rm -rf "$dir/src" "$dir/static"
    mkdir -p "$dir/src/staff/page" "$dir/static"
    cp -r src/casework src/care src/triage "$dir/src/"
    cp src/staff/page/staff_layout.html "$dir/src/staff/page/"
    cp static/staff.js "$dir/static/"
}
refused() {
    if "$1" "$dir" > "$dir/said" || ! grep -q "$2" "$dir/said"; then
        echo "shortcuts: not refused: $2" >&2
        exit 1
    fi
}
copy
"$1" "$dir" > "$dir/said"
sed -i '/<kbd>c<\/kbd>/d' "$dir/src/staff/page/staff_layout.html"
refused "$1" 'cases.html: the key c is not'
copy
sed -i "s/event.key === 'x'/event.key === 'z'/" "$dir/static/staff.js"
refused "$1" 'staff.js: the key z is not'
copy
sed -i 's/ data-key="r"//' "$dir/src/triage/review/review.html"
sed -i 's/<kbd>r<\/kbd>//g' "$dir/src/triage/review/review.html"
refused "$1" 'no page has the key r'

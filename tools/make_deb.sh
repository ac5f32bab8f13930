#!/bin/bash
# Builds the Debian package of this tree, for the Debian it runs on, and has lintian look at it.
#
#   tools/make_deb.sh [--out FOLDER] [--version VERSION]
#   FOLDER is build-deb/ when absent. VERSION replaces that of debian/changelog, for the trial of an upgrade.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
. tools/packages.sh
out=build-deb version=
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=$2 && shift 2 ;;
    --version) version=$2 && shift 2 ;;
    *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 2 ;;
    esac
done
# shellcheck disable=SC2086
need_packages $BUILD_PACKAGES $DEB_PACKAGES
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What belongs to the tree and nothing that was built in it.
mkdir "$work/plainsight"
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done
else
    find . \( -name 'build*' -o -name .git -o -name 'demo-data*' \) -prune -o -type f -print0
fi | tar -c --null -T - | tar -x -C "$work/plainsight"
[ -z "$version" ] || sed -i "1s/([^)]*)/($version)/" "$work/plainsight/debian/changelog"

log=$work/log
if ! (cd "$work/plainsight" && dpkg-buildpackage -b -us -uc) >"$log" 2>&1; then
    tail -40 "$log" >&2
    echo 'The package could not be built; the lines above say why.' >&2
    exit 1
fi
as_root=()
[ "$(id -u)" != 0 ] || as_root=(--allow-root)
lintian "${as_root[@]}" --fail-on error,warning --tag-display-limit 0 "$work"/*.changes
cp "$work"/plainsight_*.deb "$out"
ls "$out"/plainsight_*.deb

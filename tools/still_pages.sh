#!/bin/sh
# The form, the help page and what they are drawn with as files, for the proxy to serve in a flood or while the program is down
# (docs/nginx.conf.sample). Run it again after each change of settings, packs or program: it writes all, or leaves the old ones.
# usage: still_pages.sh URL FOLDER [LANGUAGE]     URL of the public side, http://127.0.0.1:8080
set -eu
[ $# -ge 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
url=$1 folder=$2 language=${3:-en}
new=$(mktemp -d "$folder/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
get() { curl -fsS --max-time 20 "$url$1"; }
# The hidden key marks one sending: the program gives a fresh one to a form without it.
get "/tip?lang=$language" | sed 's/<input type="hidden" name="key"[^>]*>//' >"$new/tip.html"
get "/help?lang=$language" >"$new/down.html"
grep -q '<form' "$new/tip.html" && ! grep -q 'name="key"' "$new/tip.html" && [ -s "$new/down.html" ] || { echo "still_pages: $url serves no form" >&2; exit 1; }
mkdir "$new/static"
for asset in $(grep -ohE '/static/[A-Za-z0-9._-]+' "$new/tip.html" "$new/down.html" | sort -u); do
    get "$asset" >"$new$asset"
done
chmod -R a+rX "$new"
mkdir -p "$folder/static"
mv "$new"/static/* "$folder/static/"
mv "$new/tip.html" "$new/down.html" "$folder/"

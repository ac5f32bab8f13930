# Sourced: where ./check puts the browser library (a cache outside the checkout), fetched when absent.
journeys_cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainsight-journeys/$(sha256sum tests/journeys/package-lock.json | cut -c1-16)
mkdir -p "$journeys_cache"
exec 9>"$journeys_cache/lock" # two groups of tests may begin at once
flock 9
if [ ! -f "$journeys_cache/ready" ]; then
    cp tests/journeys/package.json tests/journeys/package-lock.json "$journeys_cache"
    if said=$(cd "$journeys_cache" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund 2>&1); then
        touch "$journeys_cache/ready"
    else
        tail -20 <<<"$said"
        echo "The browser library could not be fetched, so the journeys will fail."
    fi
fi
exec 9>&-
export NODE_PATH=$journeys_cache/node_modules

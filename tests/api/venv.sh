# Sourced: where ./check puts the public validators (a cache outside the checkout), fetched when absent. Sets api_python.
api_cache=${XDG_CACHE_HOME:-$HOME/.cache}/plainsight-api/$(sha256sum tests/api/requirements.txt | cut -c1-16)
if [ ! -f "$api_cache/ready" ]; then
    mkdir -p "$api_cache"
    if said=$(python3 -m venv "$api_cache/venv" 2>&1 && "$api_cache/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/api/requirements.txt 2>&1); then
        touch "$api_cache/ready"
    else
        tail -20 <<<"$said"
        echo "The validators could not be fetched, so the tests of the interface will fail."
    fi
fi
api_python=$api_cache/venv/bin/python

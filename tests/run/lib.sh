# Sourced by the groups of ./check: counting, and the places they share.
# A group prints what it likes and ends with the line `N passed, M failed`, which ./check adds up.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top" || exit 1
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:abort_on_error=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
full=${CHECK_FULL:-0}
passed=0
failed=0

ok() {
    passed=$((passed + 1))
    [ $# -eq 0 ] || echo "ok: $*"
}

not_ok() {
    failed=$((failed + 1))
    echo "not ok: $*"
}

# try WORDS COMMAND...: one test; what the command prints is shown only when it fails.
try() {
    local words=$1 said
    shift
    if said=$("$@" 2>&1); then
        ok "$words"
    else
        not_ok "$words"
        tail -60 <<<"$said" | sed 's/^/    /'
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

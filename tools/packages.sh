# Sourced by ./start and ./check: which Debian packages they need, and how they come.

BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config python3 libsqlite3-dev libsodium-dev libjansson-dev
 libutf8proc-dev liboath-dev libqrencode-dev libpq-dev libseccomp-dev"
CHECK_PACKAGES="slowhttptest glpk-utils mold clang libclang-rt-dev llvm libcmocka-dev postgresql sqlite3 chromium-headless-shell curl mandoc age nginx-light openssl systemd python3-venv"
FULL_PACKAGES="clang-tidy cppcheck valgrind debootstrap gcovr"
DEB_PACKAGES="build-essential dpkg-dev debhelper lintian fakeroot"

# need_packages PACKAGE...: installs those that are missing, as root or through sudo; else says which.
need_packages() {
    local missing=() package as=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing. Please install them as root, then start again:" >&2
            echo "    apt-get install ${missing[*]}" >&2
            return 1
        fi
        as=(sudo)
    fi
    echo "Installing: ${missing[*]}"
    local log
    log=$(mktemp)
    # Package lists may be absent or old on a fresh machine: fetch them only when something is missing.
    if ! { "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
        "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}"; } >"$log" 2>&1; then
        tail -20 "$log" >&2
        rm -f "$log"
        echo "The packages could not be installed; the lines above say why." >&2
        return 1
    fi
    rm -f "$log"
}

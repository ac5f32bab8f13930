#!/bin/bash
# One Debian release: the package is built in a chroot, and lives in another one from installation to purge.
#   tests/deb/trial.sh bookworm FOLDER     FOLDER is made; needs root and a mirror
# Prints `ok: ...` and `not ok: ...`, and ends with `N passed, M failed`.
. "$(dirname "$0")/../run/lib.sh"
suite=$1 work=$2
build=$work/build root=$work/root
house=/var/lib/plainsight
serving=
stop() {
    [ -z "$serving" ] || { kill "$serving" && wait "$serving"; } 2>/dev/null
    serving=
}
clean_up() {
    stop
    for there in "$build/proc" "$root/proc"; do mountpoint -q "$there" && umount "$there"; done
}
trap clean_up EXIT

# The mirror is the one this machine uses for itself.
mirror=$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' | grep -m1 '/debian$')
in_root() { chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive "${@:2}"; }
make_root() { # FOLDER
    debootstrap --variant=minbase "$suite" "$1" "$mirror" || return 1
    mount -t proc proc "$1/proc"
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d" # nothing is started by an installation here
    chmod +x "$1/usr/sbin/policy-rc.d"
    [ ! -f /etc/resolv.conf ] || cp /etc/resolv.conf "$1/etc/resolv.conf"
    cp /etc/hosts "$1/etc/hosts"
    in_root "$1" apt-get -qq update
}
mkdir -p "$work"
try "$suite: a chroot to build in" make_root "$build"
try "$suite: a chroot to install in" make_root "$root"

mkdir "$build/tree"
{ git ls-files -z --cached --others --exclude-standard 2>/dev/null || find . -path './build*' -prune -o -type f -print0; } |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done | tar -c --null -T - | tar -x -C "$build/tree"
try "$suite: one command builds the package, and lintian finds nothing" in_root "$build" /tree/tools/make_deb.sh --out /out
package=$(find "$build/out" -name 'plainsight_*.deb' | head -1)
[ -n "$package" ] || { not_ok "$suite: there is no package"; finish; }
cp "$package" "$root/old.deb"
# The next version: the same files under a higher number.
dpkg-deb -R "$package" "$work/next"
sed -i 's/^Version: .*/Version: 99.0/' "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/next" "$root/new.deb" >/dev/null

# systemd for its socket activation and for what the package asks of it; it does not run here.
try "$suite: systemd is there" in_root "$root" apt-get -qq -y --no-install-recommends install systemd curl
try "$suite: it is installed" in_root "$root" apt-get -qq -y --no-install-recommends install /old.deb
is() { [ "$1" = "$2" ] || { echo "have $1, want $2"; return 1; }; }
try "$suite: the account is there, without a way to sign in" in_root "$root" sh -c 'getent passwd plainsight | grep -q ":/usr/sbin/nologin$"'
try "$suite: the data folder is closed and its own" is "$(in_root "$root" stat -c '%a %U:%G' $house)" '700 plainsight:plainsight'
installed() { in_root "$root" dpkg -L plainsight; }
for file in /usr/bin/plainsight /usr/share/plainsight/packs/us/clocks.csv /usr/share/man/man1/plainsight-serve.1.gz \
    /usr/share/doc/plainsight/operations.md /usr/share/doc/plainsight/examples/nginx.conf.sample; do
    installed | grep -q "^$file" && ok || not_ok "$suite: $file is not in the package"
done
for unit in plainsight.service plainsight.socket plainsight-staff.socket; do
    try "$suite: $unit is enabled" sh -c "ls '$root'/etc/systemd/system/*.wants/$unit"
done

# The house of the manual, and the unit's own ExecStart under socket activation, as the package's account.
sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./d;p}' man/plainsight-init.1 >"$root/answers.json"
try "$suite: init makes a house" in_root "$root" sh -c "install -o plainsight -m 600 /answers.json /tmp/answers.json && runuser -u plainsight -- plainsight init $house --answers /tmp/answers.json"
unit=$(installed | grep 'plainsight.service$')
command=$(sed -n 's/^ExecStart=//p' "$root/$unit")
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
at=$(free_port) staff_at=$(free_port)
code() { curl -s -o /dev/null -m 10 -w '%{http_code}' "$@"; }
start() {
    : >"$work/said"
    # not by in_root: the process of the job must be the one that serves
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 systemd-socket-activate -l "127.0.0.1:$at" -l "127.0.0.1:$staff_at" --fdname=public:staff \
        setpriv --reuid plainsight --regid plainsight --init-groups --inh-caps=-all --bounding-set=-all $command >"$work/said" 2>&1 &
    serving=$!
    sleep 1
    code "http://127.0.0.1:$at/tip" >/dev/null
    for _ in $(seq 100); do
        ! grep -q '^staff  http' "$work/said" || break
        sleep 0.1
    done
}
send() { code -H 'Content-Type: application/json' -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" -d '{"narrative":"a trial"}' "http://127.0.0.1:$at/api/v1/tips"; }
roles() { cat "/proc/$serving/task/$serving/children"; }
start
try "$suite: the unit's command serves the form" is "$(code "http://127.0.0.1:$at/tip")" 200
try "$suite: and takes a tip" is "$(send)" 201
[ "$(roles | wc -w)" -ge 6 ] && ok || not_ok "$suite: only $(roles | wc -w) roles were found"
for pid in $(roles); do
    try "$suite: its roles are caged" is "$(sed -n 's/^CapEff:[[:space:]]*//p; s/^NoNewPrivs:[[:space:]]*//p; s/^Seccomp:[[:space:]]*//p' "/proc/$pid/status" | tr '\n' ' ')" '0000000000000000 1 2 '
done

# The upgrade does not stop the house: it would stand locked until somebody comes.
try "$suite: it is upgraded" in_root "$root" dpkg -i /new.deb
try "$suite: the version is the new one" is "$(in_root "$root" dpkg-query -W -f '${Version}' plainsight)" 99.0
try "$suite: the house goes on meanwhile" is "$(send)" 201
kill -9 $(roles)
for _ in $(seq 50); do [ "$(send)" = 201 ] && break; sleep 0.2; done
try "$suite: and starts its roles again, of the version it was" is "$(send)" 201
stop
start
try "$suite: started again it serves what was there" is "$(send)" 201
stop

count() { sqlite3 "file:$root$house/content.db?mode=ro" 'SELECT count(*) FROM tip'; }
tips=$(count)
[ "$tips" -ge 4 ] && ok "$suite: $tips tips" || not_ok "$suite: only $tips tips are in the house"
try "$suite: it is removed" in_root "$root" apt-get -qq -y remove plainsight
[ ! -e "$root/usr/bin/plainsight" ] && ok "$suite: the program is gone" || not_ok "$suite: the program is still there"
try "$suite: the house is as it was" is "$(count)" "$tips"
said=$(in_root "$root" apt-get -qq -y purge plainsight 2>&1)
grep -q "data folder $house was left" <<<"$said" && ok "$suite: a purge says where the house is" || not_ok "$suite: a purge said: $said"
try "$suite: and leaves it" is "$(count)" "$tips"
try "$suite: closed as before" is "$(in_root "$root" stat -c '%a %U' $house)" '700 plainsight'
try "$suite: no link to a unit is left" sh -c "! ls '$root'/etc/systemd/system/*.wants/plainsight* 2>/dev/null"
mv "$root$house" "$root/elsewhere"
try "$suite: it is installed once more" in_root "$root" apt-get -qq -y --no-install-recommends install /new.deb
in_root "$root" apt-get -qq -y purge plainsight >/dev/null 2>&1
[ ! -e "$root$house" ] && ok "$suite: a purge takes an empty folder" || not_ok "$suite: an empty folder was left by the purge"
finish

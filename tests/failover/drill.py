#!/usr/bin/env python3
"""The primary dies by SIGKILL again and again, its synchronous standby is promoted, and no acknowledged tip is lost.

usage: drill.py PLAINSIGHT ROUNDS

Two clusters of PostgreSQL in a folder of their own, on Unix sockets; the program serves a house on whichever of them writes.
Clients hand in tips without pause; each keeps its key and body until it has a receipt, as a browser does. After each promotion
every tip acknowledged since the last one (at the end: ever) is handed in once more: the same receipt must come, and no tip may stand twice.
Prints one line a round, and ends with `N passed, M failed`.
"""
import http.client
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

CLIENTS, SECONDS_BEFORE, PATIENCE = 4, 2.0, 60
PROGRAMS = subprocess.run("ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1", shell=True, text=True, capture_output=True).stdout.strip()


def owner():
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return []
    who = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", "--"]


def run(*words, **more):
    return subprocess.run([*owner(), *words], check=True, text=True, capture_output=True, **more).stdout


class Cluster:
    def __init__(self, place, name):
        self.name, self.data, self.socket = name, f"{place}/{name}", f"{place}/{name}.socket"
        run("mkdir", "-p", self.socket)

    def start(self):
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket}' -c cluster_name={self.name} -c wal_level=replica"
        run(f"{PROGRAMS}/pg_ctl", "-D", self.data, "-s", "-w", "-l", f"{self.data}.log", "-o", options, "start")

    def make(self):
        run(f"{PROGRAMS}/initdb", "-D", self.data, "-U", "plainsight", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()

    def follow(self, primary):
        run("rm", "-rf", self.data)
        run(f"{PROGRAMS}/pg_basebackup", "-h", primary.socket, "-U", "plainsight", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
            "-d", f"application_name={self.name}")
        self.start()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (%s)'" % self.name)
        primary.sql("SELECT pg_reload_conf()")
        wait(lambda: primary.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1", "the standby is synchronous")

    def kill(self):
        """As when the power goes: the postmaster and all its children at once."""
        pid = int(open(f"{self.data}/postmaster.pid").readline())
        children = subprocess.run(["pgrep", "-P", str(pid)], text=True, capture_output=True).stdout.split()
        for one in [pid, *map(int, children)]:
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def promote(self):
        run(f"{PROGRAMS}/pg_ctl", "-D", self.data, "-s", "-w", "promote")
        self.sql("ALTER SYSTEM SET synchronous_standby_names = ''")  # none is left to wait for, until the next follows
        self.sql("SELECT pg_reload_conf()")

    def stop(self):
        subprocess.run([*owner(), f"{PROGRAMS}/pg_ctl", "-D", self.data, "-s", "-m", "immediate", "stop"], capture_output=True)

    def sql(self, text, database="postgres"):
        return run("psql", "-h", self.socket, "-U", "plainsight", "-d", database, "-Atqc", text).strip()


def wait(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (subprocess.CalledProcessError, OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    raise SystemExit(f"not within {PATIENCE} s: {what}\n0 passed, 1 failed")


def hand_in(port, key, body, seconds=5):
    """The receipt, or None: not acknowledged."""
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        c.request("POST", "/api/v1/tips", body, {"Content-Type": "application/json", "Idempotency-Key": key})
        r = c.getresponse()
        text = r.read()
        c.close()
        return json.loads(text)["receipt"] if r.status == 201 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None


class Client(threading.Thread):
    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.number, self.acknowledged, self.over, self.tries = port, number, [], threading.Event(), 0

    def run(self):
        n = 0
        while not self.over.is_set():
            key, body = str(uuid.uuid4()), json.dumps({"narrative": f"Invented for a drill: client {self.number}, tip {n}."})
            n += 1
            while not self.over.is_set():
                self.tries += 1
                receipt = hand_in(self.port, key, body)
                if receipt:
                    self.acknowledged.append((key, body, receipt))
                    break
                time.sleep(0.05)
            time.sleep(0.01)  # some hundred a second are enough, and all are asked for again


def main(program, rounds):
    place = tempfile.mkdtemp(prefix="plainsight_failover_")
    os.chmod(place, 0o755)
    if not os.getuid():
        shutil.chown(place, "postgres")
    a, b = Cluster(place, "alpha"), Cluster(place, "beta")
    house = tempfile.mkdtemp(prefix="plainsight_failover_house_") + "/house"
    served, passed, failed, clients = None, 0, 0, []
    try:
        a.make()
        b.follow(a)
        url = f"postgresql:///house?host={a.socket},{b.socket}&user=plainsight&target_session_attrs=read-write"
        subprocess.run([program, "demo", house, "--db", url, "--tips", "0", "--cases", "0"], check=True, capture_output=True)
        served = subprocess.Popen([program, "serve", house, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = int(served.stdout.readline().rsplit(":", 1)[1].strip("/\n"))
        served.stdout.readline()
        clients = [Client(port, i) for i in range(CLIENTS)]
        for c in clients:
            c.start()
        primary, standby, asked = a, b, [0] * CLIENTS
        for turn in range(1, rounds + 1):
            time.sleep(SECONDS_BEFORE)
            before = sum(len(c.acknowledged) for c in clients)
            primary.kill()
            died = time.monotonic()
            standby.promote()
            primary, standby = standby, primary
            wait(lambda: sum(len(c.acknowledged) for c in clients) > before + CLIENTS, "tips are taken again after the promotion")
            gap = time.monotonic() - died
            known = [one for c in clients for one in list(c.acknowledged)] if turn == rounds else \
                [one for c in clients for one in c.acknowledged[asked[c.number]:]]
            asked = [len(c.acknowledged) for c in clients]
            lost = changed = 0
            for key, body, receipt in known:
                again = None
                for _ in range(20):
                    again = hand_in(port, key, body)
                    if again:
                        break
                lost += again is None
                changed += again is not None and again != receipt
            stored = int(primary.sql("SELECT count(*) FROM tip", "house"))
            most = len([1 for c in clients for _ in c.acknowledged]) + CLIENTS  # and those under way
            good = not lost and not changed and stored <= most
            passed, failed = passed + good, failed + (not good)
            print(f"round {turn}: {len(known)} acknowledged, {lost} lost, {changed} with another receipt, {stored} stored of at most {most};"
                  f" tips again after {gap:.1f} s", flush=True)
            standby.follow(primary)
        if not all(c.acknowledged for c in clients):
            failed += 1
            print("not ok: a client got no tip through")
    finally:
        for c in clients:
            c.over.set()
        for c in clients:
            c.join(10)
        if served:
            served.terminate()
            served.wait(20)
        a.stop()
        b.stop()
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(os.path.dirname(house), ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

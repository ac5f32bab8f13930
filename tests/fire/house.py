"""A house under fire: invented data, free ports, a folder that may be a small disk of its own, and tests/fire/faults.c before its libraries.

Shared by the tests of this folder. PLAINSIGHT is the program, FAULTS the library that fails for it.
"""
import base64
import hashlib
import hmac
import http.client
import json
import mmap
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

PROGRAM = os.path.abspath(os.environ.get("PLAINSIGHT", "build/plainsight"))
FAULTS = os.path.abspath(os.environ.get("FAULTS", "build/tests/libfaults.so"))
FULL = os.environ.get("CHECK_FULL") == "1"
# Bits of tests/fire/faults.c.
CONTENT, CONTENT_LOG, CONTENT_MARKS, KEYS, KEYS_LOG, KEYS_MARKS = (1 << i for i in range(6))
ALL_FILES = 63


class Counts:
    passed = failed = 0

    @classmethod
    def check(cls, that, words, more=""):
        cls.passed, cls.failed = cls.passed + bool(that), cls.failed + (not that)
        print(f"ok: {words}" if that else f"not ok: {words}: {more}", flush=True)
        return that

    @classmethod
    def finish(cls):
        print(f"{cls.passed} passed, {cls.failed} failed")
        sys.exit(1 if cls.failed or not cls.passed else 0)


check = Counts.check


def within(seconds, condition):
    """Whether it comes true in time; what cannot be asked yet is not true yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return True
        except (OSError, http.client.HTTPException, sqlite3.Error):
            pass
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)


class House:
    def __init__(self, disk_bytes=0):
        """A copy of FIRE_MADE (FIRE_MADE/data, and what was said in FIRE_MADE/said) where that is set, else one of its own. disk_bytes: so much room beside what a fresh house needs, on a file system of its own; root alone can make one."""
        self.folder = tempfile.mkdtemp(prefix="plainsight_fire_", dir=os.environ.get("CHECK_LOGS"))
        self.data, self.mounted, self.process = f"{self.folder}/data", False, None
        said = self.copy(os.environ["FIRE_MADE"]) if "FIRE_MADE" in os.environ else self.make()
        self.accounts = [dict(zip(("role", "name", "passphrase", "secret"), line.split("\t"))) for line in said.splitlines() if "\t" in line]
        if disk_bytes:
            self.move_to_small_disk(disk_bytes)
        with open(f"{self.data}/orders", "wb") as f:
            f.write(bytes(4096))
        self.page_file = open(f"{self.data}/orders", "r+b")
        self.page = mmap.mmap(self.page_file.fileno(), 4096)

    def copy(self, made):
        shutil.copytree(f"{made}/data", self.data)
        with open(f"{made}/said") as f:
            return f.read()

    def make(self):
        made = subprocess.run([PROGRAM, "demo", self.data, "--seed", "1", "--tips", "12", "--cases", "0"], text=True, capture_output=True)
        if made.returncode:
            raise SystemExit(f"the house could not be made: {made.stderr}\n0 passed, 1 failed")
        return made.stdout

    def move_to_small_disk(self, more):
        whole = subprocess.run(["du", "-sb", self.data], text=True, capture_output=True, check=True).stdout.split()[0]
        os.rename(self.data, f"{self.folder}/made")
        os.mkdir(self.data, 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(whole) + more},mode=700", "plainsight_fire", self.data], check=True)
        self.mounted = True
        for name in os.listdir(f"{self.folder}/made"):
            shutil.copy(f"{self.folder}/made/{name}", self.data)

    # ---- what is ordered of the disk and the clock ----

    def order(self, sync_files=0, sync_times=0, write_files=0, write_error=0, clock_ahead=0):
        _, _, _, _, syncs, writes, _ = struct.unpack("=6Iq", self.page[:32])
        self.page[:32] = struct.pack("=6Iq", sync_files, sync_times, write_files, write_error, syncs, writes, clock_ahead)

    def failed(self):
        """How many flushes and how many changes were made to fail so far."""
        return struct.unpack("=6Iq", self.page[:32])[4:6]

    # ---- serving ----

    def begin(self, *words, faults=True):
        self.errors = f"{self.folder}/stderr"
        env = {**os.environ, "LD_PRELOAD": FAULTS, "FIRE_ORDERS": f"{self.data}/orders"} if faults else None
        self.process = subprocess.Popen([PROGRAM, "serve", self.data, "--listen", "127.0.0.1:0", "--listen-staff", "127.0.0.1:0", *words],
                                        stdout=open(f"{self.folder}/stdout", "w"), stderr=open(self.errors, "a"), env=env)

    def serve(self, *words, faults=True):
        self.begin(*words, faults=faults)
        if not within(60, self.announced):
            raise SystemExit(f"the house is not served: {self.said()}\n{Counts.passed} passed, {Counts.failed + 1} failed")
        return self

    def announced(self):
        with open(f"{self.folder}/stdout") as f:
            ports = dict(re.findall(r"^(public|staff) +http://[^:]*:(\d+)/", f.read(), re.M))
        if "staff" in ports:
            self.port, self.staff_port = int(ports["public"]), int(ports["staff"])
        return "staff" in ports

    def said(self):
        with open(self.errors) as f:
            return f.read()

    def events(self, name):
        return [e for e in (json.loads(line) for line in self.said().splitlines() if line.startswith("{")) if e["event"] == name]

    def roles(self):
        """pid -> role, of the children that live."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/status") as f:
                    parent = int(re.search(r"^PPid:\s*(\d+)", f.read(), re.M).group(1))
                if parent == self.process.pid:
                    with open(f"/proc/{pid}/cmdline") as f:
                        found[int(pid)] = f.read().split("\0")[2]
            except (OSError, IndexError):
                pass
        return found

    def rss_bytes(self):
        pages = 0
        for pid in self.roles():
            with open(f"/proc/{pid}/statm") as f:
                pages += int(f.read().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    def stop(self):
        """Its exit code; None when it had to be killed."""
        if not self.process:
            return 0
        self.process.terminate()
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait() and None
        self.process = None
        return code

    def let_go(self):
        """Of the page of orders, which holds its file system."""
        self.page.close()
        self.page_file.close()

    def remove(self):
        self.stop()
        self.let_go()
        if self.mounted:
            subprocess.run(["umount", self.data], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    # ---- asking ----

    def ask(self, method, path, body=None, headers=None, seconds=10, staff=False):
        """(status, text, headers). Status 0: no answer."""
        c = http.client.HTTPConnection("127.0.0.1", self.staff_port if staff else self.port, timeout=seconds)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, r.read().decode("utf-8", "replace"), r.headers
        except (OSError, http.client.HTTPException):
            return 0, "", {}
        finally:
            c.close()

    def hand_in(self, key=None, words="Invented for a test under fire.", seconds=10):
        """(status, receipt) of one tip by the API."""
        status, text, _ = self.ask("POST", "/api/v1/tips", json.dumps({"narrative": words, "language": "en"}),
                                   {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4())}, seconds)
        return status, json.loads(text)["receipt"] if status == 201 else None

    def hand_in_form(self, words, seconds=10):
        """(status, page) of one tip by the form."""
        return self.ask("POST", "/tip", urllib.parse.urlencode({"narrative": words}), {"Content-Type": "application/x-www-form-urlencoded"}, seconds)[:2]

    def count(self, question="SELECT count(*) FROM tip", database="content.db"):
        db = sqlite3.connect(f"file:{self.data}/{database}?mode=ro", uri=True, timeout=5)
        try:
            return db.execute(question).fetchone()[0]
        finally:
            db.close()

    def whole(self):
        """What is wrong with the databases and the log of a house that does not run: empty when nothing is."""
        wrong = []
        for name in ("content.db", "keys.db"):
            db = sqlite3.connect(f"{self.data}/{name}")
            said = db.execute("PRAGMA integrity_check").fetchall()
            db.close()
            wrong += [f"{name}: {said}"] if said != [("ok",)] else []
        log = f"{self.folder}/log"
        if os.path.exists(log):
            os.remove(log)
        for words in ([self.data, "export", log], ["verify", log]):
            said = subprocess.run([PROGRAM, "audit", *words], text=True, capture_output=True)
            wrong += [f"audit {words}: {said.stdout}{said.stderr}"] if said.returncode else []
        return wrong


def totp(secret, at):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    n = struct.unpack(">I", mac[mac[19] & 15:][:4])[0] & 0x7FFFFFFF
    return f"{n % 1000000:06d}"


class Browser:
    """One person at the staff address: cookies, and forms that are sent with the hidden fields they came with."""

    def __init__(self, house):
        self.house, self.cookies = house, {}

    def go(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.house.staff_port}"
        status, text, got = self.house.ask(method, path, body, headers, 20, staff=True)
        for line in got.get_all("Set-Cookie") or [] if got else []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return status, text, got.get("Location", "") if got else ""

    def sign_in(self, account, at, code=None):
        """The status: 303 when one is in."""
        _, page, _ = self.go("GET", "/sign-in")
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        fields.update(name=account["name"], code=code or totp(account["secret"], at))
        fields["pass"] = account["passphrase"]
        return self.go("POST", "/sign-in", urllib.parse.urlencode(fields))[0]

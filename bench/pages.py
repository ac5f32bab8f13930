#!/usr/bin/env python3
"""Pages per CPU-second: ours over nginx serving the same bytes with as many workers, in interleaved rounds.

    bench/pages.py BUILD_DIR [PAGE]                    the small server of bench/pages_server.c
    bench/pages.py --serve PLAINSIGHT FOLDER           the program's own /tip; FOLDER must not exist
    bench/pages.py --ours PID URL [PID...]             a program that already runs (its workers named)

The server runs on CPU 0, wrk on CPU 1 (with --ours the processes are where they are: pin them first). A page
counts against the user and system time of the server's processes; the time of wrk is not inside. About 30 s.
"""
import os, re, shutil, statistics, subprocess, sys, tempfile, time, urllib.request

ROUNDS, SECONDS, CLIENTS, GOAL = 5, 2, 64, 1.2
OURS_PORT, NGINX_PORT, STAFF_PORT = 8471, 8472, 8475
TICK = os.sysconf("SC_CLK_TCK")

INVENTED = (b"<!doctype html><title>Invented page</title>" + b"<p>Invented text." * 600)[:9361]  # as long as the tip form

CONFIG = """
daemon off; worker_processes {workers}; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; etag off;
  open_file_cache max=100; types {{ text/html html; }} client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; }} }}
"""


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def children(pid):
    return [int(p) for p in open(f"/proc/{pid}/task/{pid}/children").read().split()]


def serve(program, folder):
    """A demonstration house on CPU 0: its supervisor, and its public workers."""
    subprocess.run([program, "demo", folder, "--tips", "0"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    p = subprocess.Popen(["taskset", "-c", "0", program, "serve", folder, "--listen", f"127.0.0.1:{OURS_PORT}",
                          "--listen-staff", f"127.0.0.1:{STAFF_PORT}"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    p.stdout.readline(), p.stdout.readline()  # both addresses: every role is ready
    return p, [c for c in children(p.pid) if b"\0web-public\0" in open(f"/proc/{c}/cmdline", "rb").read()]


def fetch(url):
    for _ in range(100):
        try:
            return urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"no answer from {url}")


def drive(url, pids):
    before = cpu_seconds(pids)
    out = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", "--latency", url],
                         check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pids) - before
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit("errors under load:\n" + out)
    pages = int(re.search(r"(\d+) requests in", out).group(1))
    return pages / used, pages / SECONDS, re.search(r"99%\s+(\S+)", out).group(1)


def row(name, runs):
    per_cpu = sorted(r[0] for r in runs)
    print(f"| {name} | {statistics.median(per_cpu):,.0f} | {per_cpu[0]:,.0f} - {per_cpu[-1]:,.0f} "
          f"| {statistics.median(r[1] for r in runs):,.0f} | {sorted(r[2] for r in runs)[ROUNDS // 2]} |")


def main():
    started, made, folder = [], None, tempfile.mkdtemp(prefix="pages-")
    try:
        os.chmod(folder, 0o755)
        os.mkdir(folder + "/www", 0o755)
        if sys.argv[1:2] == ["--ours"] and len(sys.argv) > 3:
            ours_url, pids = sys.argv[3], [int(p) for p in sys.argv[2:3] + sys.argv[4:]]
            page = fetch(ours_url)
        elif sys.argv[1:2] == ["--serve"] and len(sys.argv) == 4:
            p, pids = serve(sys.argv[2], sys.argv[3])
            started.append(p)
            made = sys.argv[3]
            ours_url = f"http://127.0.0.1:{OURS_PORT}/tip"
            page = fetch(ours_url)
        elif len(sys.argv) in (2, 3) and not sys.argv[1].startswith("-"):
            page = open(sys.argv[2], "rb").read() if len(sys.argv) == 3 else INVENTED
        else:
            sys.exit(__doc__)
        with open(folder + "/www/page.html", "wb") as f:
            f.write(page)
        if not sys.argv[1].startswith("--"):
            p = subprocess.Popen(["taskset", "-c", "0", sys.argv[1] + "/bench/pages_server",
                                  folder + "/www/page.html", str(OURS_PORT)])
            started.append(p)
            ours_url, pids = f"http://127.0.0.1:{OURS_PORT}/tip", [p.pid]
        with open(folder + "/nginx.conf", "w") as f:
            f.write(CONFIG.format(dir=folder, port=NGINX_PORT, workers=len(pids)))
        master = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", folder + "/nginx.conf"],
                                  stderr=subprocess.DEVNULL)
        started.append(master)
        nginx_url = f"http://127.0.0.1:{NGINX_PORT}/page.html"
        if fetch(nginx_url) != page or len(fetch(ours_url)) != len(page):
            sys.exit("the two servers do not serve the same page")
        ours, nginx = [], []
        for i in range(ROUNDS):
            pair = [(ours, ours_url, pids), (nginx, nginx_url, children(master.pid))]
            for runs, url, of in pair if i % 2 == 0 else pair[::-1]:
                runs.append(drive(url, of))
        ratios = sorted(a[0] / b[0] for a, b in zip(ours, nginx))
        print(f"GET of {len(page)} bytes, {CLIENTS} clients, {ROUNDS} rounds of {SECONDS} s, load average "
              f"{os.getloadavg()[0]:.1f}\n\n| server, {len(pids)} worker(s) | pages per CPU-s, median | range | pages/s | p99 |\n"
              "|---|---|---|---|---|")
        row("ours", ours)
        row("nginx", nginx)
        ratio = statistics.median(ratios)
        print(f"\nours / nginx: {ratio:.2f} (rounds {ratios[0]:.2f} - {ratios[-1]:.2f}), goal {GOAL}: "
              + ("met" if ratio >= GOAL else "not met"))
        return 0 if ratio >= GOAL else 1
    finally:
        for p in started:
            p.terminate()
            p.wait()
        shutil.rmtree(folder)
        if made:
            shutil.rmtree(made)


sys.exit(main())

"""Makes keys in a served demonstration as its people do: house.py STAFF_URL ACCOUNTS OUT_DIR

ACCOUNTS is what `plainsight demo` printed. In OUT_DIR: all.key (every scope, on one case, vouched for), bare.key (directory alone), case
(the id of that case) and other (a case the system is not on).
"""
import base64, hashlib, hmac, html, http.cookiejar, re, struct, sys, time, urllib.error, urllib.parse, urllib.request


class Person:
    def __init__(self, url, line):
        self.url, self.role, (self.name, self.passphrase, self.secret) = url, line[0], line[1:4]
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        for code in (self.code(0), self.code(1)):  # the second when this half minute's was used by another test
            try:
                self.send("/sign-in", name=self.name, **{"pass": self.passphrase, "code": code})
                return
            except urllib.error.HTTPError as e:
                if e.code != 422:
                    raise
        raise SystemExit(f"{self.name} cannot sign in")

    def code(self, ahead):
        digest = hmac.new(base64.b32decode(self.secret), struct.pack(">Q", int(time.time()) // 30 + ahead), hashlib.sha1).digest()
        at = digest[-1] & 15
        return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)

    def get(self, path):
        return self.opener.open(self.url + path).read().decode()

    def send(self, path, page=None, **fields):
        if page:  # the token of the form with that action
            form = self.get(page).split(f'action="{path}"', 1)[1]
            fields["_token"] = re.search(r'name="_token" value="([0-9a-f]+)"', form).group(1)
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        return self.opener.open(urllib.request.Request(self.url + path, body, {"Sec-Fetch-Site": "same-origin"})).read().decode()


def secret(page, name):
    return re.search(rf'id="{name}" dir="ltr">([^<]+)<', page).group(1)


def make_key(maker, name, scopes):
    page = maker.send("/keys", page="/keys", name=name, scope=scopes, days=30, per_minute=6000)
    return page, secret(page, "key")


def main(url, accounts, out):
    lines = [l.rstrip("\n").split("\t") for l in open(accounts) if l.count("\t") == 3]
    people = {role: Person(url.rstrip("/"), next(l for l in lines if l[0] == role)) for role in ("administrator", "supervisor")}
    page, key = make_key(people["administrator"], "county.records", ["tips", "calls", "cases", "figures", "directory"])
    account = re.search(r'href="(/people/[0-9a-f]{32})"', page).group(1)
    for person in people.values():
        person.send(account + "/certify", page=account, fingerprint=secret(page, "fingerprint"))
    for role in ("investigator", "analyst"):  # whoever has two cases puts it on one of them
        owner = Person(url.rstrip("/"), next(l for l in lines if l[0] == role))
        cases = list(dict.fromkeys(re.findall(r'href="/cases/([0-9a-f]{32})"', owner.get("/cases"))))
        if len(cases) >= 2:
            break
    owner.send(f"/cases/{cases[0]}/people", page=f"/cases/{cases[0]}", person=account.rsplit("/", 1)[1])
    bare = make_key(people["administrator"], "city.web", ["directory"])[1]
    for name, text in ("all.key", key), ("bare.key", bare), ("case", cases[0]), ("other", cases[1]):
        open(f"{out}/{name}", "w").write(text)


main(*sys.argv[1:])

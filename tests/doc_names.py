#!/usr/bin/env python3
"""Holds the documents to the tree: what they name in backticks must be there.

    file.c:function    the file exists and defines (a header: declares) the function; file.sql:block too
    folder/file.ext    the file exists, from the top or from src/
    table(a, b, c)     the migrations make that table with exactly those columns, in that order
    NAME = 64          a constant of the sources has that value
    GET /path          a route of tests/routes.golden
    [text](file)       the file stands beside the document

And every library that meson.build asks for has its row in docs/libraries.md.

A stem of one letter (x.c, x_store.c) is a pattern, not a file. Blocks between ``` are not read.

usage: doc_names.py TOP
"""
import os
import re
import sqlite3
import subprocess
import sys

EXTENSIONS = "c|h|sql|html|md|py|sh|js|css|txt|csv|po|toml|sample|service|build|json|golden|1"
PATTERN = r"[a-z](_\w+)?"


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Tree:
    """The files of the repository and what they define, read when first asked."""

    def __init__(self, top):
        self.top = top
        said = subprocess.run(["git", "-C", top, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
        if said.returncode == 0 and said.stdout:
            self.files = [f for f in said.stdout.split("\n") if f and os.path.isfile(os.path.join(top, f))]
        else:
            self.files = [os.path.relpath(os.path.join(d, f), top) for d, _, names in os.walk(top) for f in names]
        self.texts = {}
        self.tables = self.read_tables()
        self.constants = None
        golden = os.path.join(top, "tests/routes.golden")
        self.routes = self.read_routes(read(golden)) if os.path.isfile(golden) else None

    def text(self, file):
        if file not in self.texts:
            self.texts[file] = read(os.path.join(self.top, file))
        return self.texts[file]

    def named(self, name):
        """Files that a document means by name: its whole path, or the end of it."""
        return [f for f in self.files if f == name or f.endswith("/" + name)]

    def read_tables(self):
        tables = {}
        for kind in ("content", "keys"):
            db = sqlite3.connect(":memory:")
            for file in sorted(f for f in self.files if re.fullmatch(rf"migrations/{kind}/\d+_\w+\.sql", f)):
                # Older SQLite libraries may not know STRICT; names of columns are all that is wanted here.
                db.executescript(re.sub(r"\)\s*STRICT\s*;", ");", self.text(file)))
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                tables[name] = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
        return tables

    def constant(self, name, value):
        if self.constants is None:
            self.constants = "\n".join(self.text(f) for f in self.files if re.match(r"src/.*\.[ch]$", f))
        return re.search(rf"\b{re.escape(name)}\s*=\s*{re.escape(value)}\b", self.constants) is not None

    @staticmethod
    def read_routes(golden):
        return {tuple(re.split(r"\s+", line)[i] for i in (0, 2)) for line in golden.split("\n") if len(line.split()) > 2}

    def defines(self, file, name):
        text = self.text(file)
        if file.endswith(".sql"):
            return re.search(rf"^-- name: {re.escape(name)}$", text, re.M) is not None
        if file.endswith(".c"):
            # A definition begins at the margin, and its parameters end in a line without a semicolon.
            return re.search(rf"^[A-Za-z_][^;(=\n]*?\b{re.escape(name)}\((?:[^;{{]*)\)\s*\n?\{{", text, re.M) is not None
        return re.search(rf"\b{re.escape(name)}\(", text) is not None


def why_not(tree, document, word):
    """None when the word is true or claims nothing; otherwise what is wrong."""
    m = re.fullmatch(rf"([\w./-]+\.(?:c|h|sql|py|js)):([A-Za-z_]\w*)(?:\(\))?", word)
    if m and re.fullmatch(PATTERN, m[1].rsplit(".", 1)[0]):
        return None
    if m:
        files = tree.named(m[1])
        if not files:
            return f"there is no {m[1]}"
        return None if any(tree.defines(f, m[2]) for f in files) else f"{m[1]} does not define {m[2]}"
    m = re.fullmatch(rf"([\w.-]+/)+([\w.-]+)\.({EXTENSIONS})", word)
    if m and not re.fullmatch(PATTERN, m[2]):
        return None if tree.named(word) else f"there is no file {word}"
    m = re.fullmatch(r"(\w+)\((\w+(?:, \w+)+)\)", word)
    if m and m[1] in tree.tables:
        columns = tree.tables[m[1]]
        return None if m[2].split(", ") == columns else f"table {m[1]} has the columns {', '.join(columns)}"
    m = re.fullmatch(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+) = ([\w<][\w <]*)", word)
    if m:
        return None if tree.constant(m[1], m[2]) else f"no source says {m[1]} = {m[2]}"
    m = re.fullmatch(r"(GET|POST) (/\S*)", word)
    if m and tree.routes is not None:
        path = m[2].split("?")[0]
        return None if (m[1], path) in tree.routes else f"no route {m[1]} {path}"
    return None


def check_document(tree, document):
    """Faults, and how many claims were looked at."""
    faults, claims, fenced = [], 0, False
    for number, line in enumerate(tree.text(document).split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        if fenced:
            continue
        for word in re.findall(r"`([^`]+)`", line):
            claims += 1
            fault = why_not(tree, document, word)
            if fault:
                faults.append(f"{document}:{number}: {fault}")
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line):
            claims += 1
            if not os.path.exists(os.path.join(tree.top, os.path.dirname(document), link)):
                faults.append(f"{document}:{number}: the link leads to no file: {link}")
    return faults, claims


def check_libraries(tree):
    """Every library that the build asks for has its row in docs/libraries.md."""
    if "docs/libraries.md" not in tree.files:
        return []
    asked = {name for f in tree.files if f.endswith("meson.build") for name in re.findall(r"dependency\('([^']+)'", tree.text(f))}
    return [f"docs/libraries.md: says nothing of {name}" for name in sorted(asked) if f"`{name}`" not in tree.text("docs/libraries.md")]


def main(top):
    tree = Tree(top)
    documents = [f for f in tree.files if re.fullmatch(r"(?:docs/.*|packs/README|[A-Z]+)\.md", f)]
    passed = failed = 0
    for document in sorted(documents):
        faults, claims = check_document(tree, document)
        if document == "docs/libraries.md":
            faults += check_libraries(tree)
        print("\n".join(faults) if faults else f"ok: {document}, {claims} claims")
        passed += not faults
        failed += bool(faults)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

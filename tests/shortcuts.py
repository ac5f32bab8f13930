#!/usr/bin/env python3
"""Holds the dialog of shortcuts to what the pages and their script do: each key is listed once, and nothing else is.

A key is a data-key="x" or data-go-x of a template, an event.key === 'x' of static/staff.js, or a <kbd> that a page shows.

usage: shortcuts.py TOP
"""
import os
import re
import sys

BROWSER = {"Enter"}  # a focused link opens without us
DIALOG = r'<dialog id="keys".*?</dialog>'


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def templates(top):
    for folder, _, names in sorted(os.walk(os.path.join(top, "src"))):
        for name in sorted(names):
            if name.endswith(".html"):
                yield os.path.join(folder, name)


def used(top):
    keys = {}
    script = os.path.join(top, "static", "staff.js")
    for key in re.findall(r"event\.key === '([^' ]+)'", read(script)):
        keys.setdefault("Esc" if key == "Escape" else key, script)
    for path in templates(top):
        text = re.sub(DIALOG, "", read(path), flags=re.S)
        for pattern in (r'data-key="([^"]+)"', r"data-go-([a-z])=", r"<kbd>([^<]+)</kbd>"):
            for key in re.findall(pattern, text):
                keys.setdefault(key, path)
    return keys


def main(top):
    layout = os.path.join(top, "src/staff/page/staff_layout.html")
    listed = re.findall(r"<kbd>([^<]+)</kbd>", "".join(re.findall(DIALOG, read(layout), re.S)))
    keys = used(top)
    wrong = [f"{keys[k]}: the key {k} is not in the dialog of shortcuts" for k in keys if k not in listed]
    wrong += [f"{layout}: no page has the key {k}" for k in listed if k not in keys and k not in BROWSER]
    wrong += [f"{layout}: the key {k} is listed twice" for k in sorted(set(listed)) if listed.count(k) > 1]
    print("\n".join(wrong) or f"{len(keys)} keys, all of them listed")
    return 1 if wrong or not keys else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

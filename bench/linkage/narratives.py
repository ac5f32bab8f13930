#!/usr/bin/env python3
"""Invented tips of which it is known what they name: telephones, mailboxes, links, handles, plates, money, dates, ages, addresses and
numbers of advertisements, each with its span in bytes, beside much that looks like one and is none.

    narratives.py [--half dev|held] [--count 1440] [--seed 1] > labelled.jsonl

Six languages; frames are in narratives/*.txt: those of [dev] and those of [held] are different sentences, and the held half also writes
numbers in ways that the other does not know. A line is {"id","half","lang","country","text","found":[{"kind","begin","end","normal"}]}.
`country` is what the house would know ("" for one text in five). Nobody is meant: telephones are of the ranges kept for fiction where a
country has such, else of codes that it has not given out (as far as known); hosts are example.*; the rest is drawn.
"""
import argparse
import json
import os
import random
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "narratives")
LANGUAGES = {"en": ["US", "GB"], "es": ["ES", "MX", "CO"], "pt": ["BR", "PT"], "fr": ["FR"], "ru": ["RU"], "ar": ["SA", "EG", "AE"]}
NBSP = "\u00a0"

# ---- telephones: the national number, how it is written at home, and the calling code ----

PHONES = {
    # country: (code, trunk prefix, how the significant number is drawn, home habits, habits with the code, both for [held] alone too)
    "US": ("1", "", lambda r: r.choice(["702", "213", "305", "404", "713", "212"]) + "55501" + f"{r.randrange(100):02d}",
           ["(xxx) xxx-xxxx", "xxx-xxx-xxxx", "xxx.xxx.xxxx", "xxx xxx xxxx", "xxxxxxxxxx", "(xxx)xxx-xxxx"],
           ["+1 xxx xxx xxxx", "+1xxxxxxxxxx", "1-xxx-xxx-xxxx", "+1 (xxx) xxx-xxxx"],
           ["xxx_xxx_xxxx", "xxx–xxx–xxxx", "xxx*xxx*xxxx"], ["1 (xxx) xxx xxxx", "+1-xxx-xxx-xxxx", "001 xxx xxx xxxx"]),
    "GB": ("44", "0", lambda r: "7700900" + f"{r.randrange(1000):03d}",
           ["0xxxx xxxxxx", "0xxxxxxxxxx", "0xxxx xxx xxx", "(0xxxx) xxxxxx"],
           ["+44 xxxx xxxxxx", "+44xxxxxxxxxx", "+44 (0)xxxx xxxxxx", "0044 xxxx xxxxxx"],
           ["0xxxx-xxx-xxx", "0 xxxx xxx xxx"], ["+44-xxxx-xxxxxx", "0044xxxxxxxxxx"]),
    "ES": ("34", "", lambda r: "5" + f"{r.randrange(10**8):08d}",
           ["xxx xx xx xx", "xxx xxx xxx", "xxxxxxxxx", "xxx-xxx-xxx"], ["+34 xxx xxx xxx", "0034 xxxxxxxxx", "+34xxxxxxxxx"],
           ["xx xxx xx xx", "xxx.xx.xx.xx"], ["(+34) xxx xx xx xx", "+34-xxx-xxx-xxx"]),
    "MX": ("52", "", lambda r: "20" + f"{r.randrange(10**8):08d}",
           ["xx xxxx xxxx", "xxx xxx xxxx", "xxxxxxxxxx", "(xx) xxxx-xxxx"], ["+52 xx xxxx xxxx", "0052 xxxxxxxxxx", "+52xxxxxxxxxx"],
           ["xx-xx-xx-xx-xx", "xx.xxxx.xxxx"], ["+52 (xxx) xxx xxxx"]),
    "CO": ("57", "", lambda r: "39" + f"{r.randrange(10**8):08d}",
           ["xxx xxx xxxx", "xxxxxxxxxx", "xxx-xxxxxxx"], ["+57 xxx xxx xxxx", "+57xxxxxxxxxx"],
           ["xxx xxx xx xx", "xxx.xxx.xxxx"], ["(+57) xxx xxxxxxx", "0057xxxxxxxxxx"]),
    "BR": ("55", "0", lambda r: r.choice(["20", "23", "25", "29"]) + "9" + f"{r.randrange(10**8):08d}",
           ["(xx) xxxxx-xxxx", "xx xxxxx-xxxx", "xxxxxxxxxxx", "xx xxxxx xxxx", "(0xx) xxxxx-xxxx"], ["+55 xx xxxxx-xxxx", "+55xxxxxxxxxxx"],
           ["xx.xxxxx.xxxx", "(xx) x xxxx-xxxx"], ["+55 (xx) xxxxx-xxxx", "0055 xx xxxxx xxxx"]),
    "PT": ("351", "", lambda r: "90" + f"{r.randrange(10**7):07d}",
           ["xxx xxx xxx", "xxxxxxxxx", "xx xxx xx xx"], ["+351 xxx xxx xxx", "00351 xxxxxxxxx"],
           ["xxx-xxx-xxx", "xxx.xxx.xxx"], ["(+351) xxx xxx xxx", "+351xxxxxxxxx"]),
    "FR": ("33", "0", lambda r: r.choice(["19900", "26191", "35301", "46571", "53649", "63998"]) + f"{r.randrange(10**4):04d}",
           ["0x xx xx xx xx", "0x.xx.xx.xx.xx", "0xxxxxxxxx", "0x-xx-xx-xx-xx"], ["+33 x xx xx xx xx", "+33xxxxxxxxx", "0033 x xx xx xx xx", "+33 (0)x xx xx xx xx"],
           ["0x/xx/xx/xx/xx", "0xxx xxx xxx"], ["0033xxxxxxxxx", "+33.x.xx.xx.xx.xx"]),
    "RU": ("7", "8", lambda r: "2" + f"{r.randrange(10**9):09d}",
           ["8 (xxx) xxx-xx-xx", "8-xxx-xxx-xx-xx", "8xxxxxxxxxx", "8 xxx xxx xx xx"], ["+7 (xxx) xxx-xx-xx", "+7xxxxxxxxxx", "+7 xxx xxx-xx-xx"],
           ["8(xxx)xxxxxxx", "8.xxx.xxx.xx.xx"], ["+7-xxx-xxx-xx-xx", "007 xxx xxx xx xx"]),
    "SA": ("966", "0", lambda r: "52" + f"{r.randrange(10**7):07d}",
           ["0xx xxx xxxx", "0xxxxxxxxx", "0xx-xxx-xxxx"], ["+966 xx xxx xxxx", "00966xxxxxxxxx", "+966xxxxxxxxx"],
           ["0xx xxxx xxx", "0xx.xxx.xxxx"], ["00966 xx xxx xxxx"]),
    "EG": ("20", "0", lambda r: "14" + f"{r.randrange(10**8):08d}",
           ["0xx xxxx xxxx", "0xxxxxxxxxx", "0xxx xxx xxxx"], ["+20 xx xxxx xxxx", "0020xxxxxxxxxx"],
           ["0xx-xxxx-xxxx", "0xx.xxxx.xxxx"], ["+20xxxxxxxxxx"]),
    "AE": ("971", "0", lambda r: "51" + f"{r.randrange(10**7):07d}",
           ["0xx xxx xxxx", "0xxxxxxxxx"], ["+971 xx xxx xxxx", "00971xxxxxxxxx"], ["0xx-xxxxxxx"], ["+971-xx-xxxxxxx"]),
}
DIGIT_WORDS = {
    "en": [["zero", "oh", "o"], ["one"], ["two"], ["three"], ["four"], ["five"], ["six"], ["seven"], ["eight"], ["nine"]],
    "es": [["cero"], ["uno"], ["dos"], ["tres"], ["cuatro"], ["cinco"], ["seis"], ["siete"], ["ocho"], ["nueve"]],
    "pt": [["zero"], ["um"], ["dois"], ["três", "tres"], ["quatro"], ["cinco"], ["seis", "meia"], ["sete"], ["oito"], ["nove"]],
    "fr": [["zéro", "zero"], ["un"], ["deux"], ["trois"], ["quatre"], ["cinq"], ["six"], ["sept"], ["huit"], ["neuf"]],
    "ru": [["ноль", "нуль"], ["один"], ["два"], ["три"], ["четыре"], ["пять"], ["шесть"], ["семь"], ["восемь"], ["девять"]],
    "ar": [["صفر"], ["واحد"], ["اثنين", "اثنان"], ["ثلاثة", "ثلاثه"], ["أربعة", "اربعة"], ["خمسة", "خمسه"], ["ستة"], ["سبعة"], ["ثمانية"], ["تسعة"]],
}
FRENCH_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
FRENCH_TEENS = ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]
SPANISH_TENS = {3: "treinta", 4: "cuarenta", 5: "cincuenta", 6: "sesenta", 7: "setenta", 8: "ochenta", 9: "noventa"}


def fill(template, digits):
    """Each x takes the next digit; every other sign stays."""
    at = iter(digits)
    return "".join(next(at) if c == "x" else c for c in template)


def french_pair(pair):
    ten, one = int(pair[0]), int(pair[1])
    if ten == 0:
        return "zéro " + DIGIT_WORDS["fr"][one][0]
    if ten == 1:
        return FRENCH_TEENS[one]
    if ten in (7, 9):
        return FRENCH_TENS[ten - 1] + ("-et-" if ten == 7 and one == 1 else "-") + FRENCH_TEENS[one]
    word = FRENCH_TENS[ten]
    if one == 0:
        return word + ("s" if ten == 8 else "")
    return word + (" et " if one == 1 and ten != 8 else "-") + DIGIT_WORDS["fr"][one][0]


def spanish_pair(pair, r):
    ten, one = int(pair[0]), int(pair[1])
    if ten < 3 or one == 0 and ten not in SPANISH_TENS:
        return " ".join(r.choice(DIGIT_WORDS["es"][int(d)]) for d in pair)
    return SPANISH_TENS[ten] + (" y " + DIGIT_WORDS["es"][one][0] if one else "")


def spelled(r, lang, digits, held):
    """All in words; or words for some, as those do who hide from a filter; or, in French and Spanish, by pairs."""
    words = DIGIT_WORDS[lang]
    manner = r.randrange(4)
    if manner == 0 and lang in ("fr", "es"):
        pairs = [digits[i:i + 2] for i in range(len(digits) % 2, len(digits), 2)]
        head = [words[int(digits[0])][0]] if len(digits) % 2 else []
        return " ".join(head + [french_pair(p) if lang == "fr" else spanish_pair(p, r) for p in pairs])
    if manner == 1 or manner == 0:
        return r.choice([" ", " ", "-" if held else " ", ", "]).join(r.choice(words[int(d)]) for d in digits)
    out, glued = [], manner == 2 and lang != "ar"
    for i, d in enumerate(digits):
        word = r.random() < (0.4 if i else 0.7)
        text = r.choice([w for w in words[int(d)] if w != "o"]) if word else d
        if glued and r.random() < 0.6:
            out.append(text)
        else:
            out.append((" " if i else "") + text)
    text = "".join(out)
    return text.replace(" ", r.choice([" ", "."]), 1) if held and glued else text


def disguised(r, lang, written, held):
    """Signs that look like digits, and digits that look like signs."""
    manner = r.randrange(6 if held else 5)
    if manner == 0:
        return "".join(c + "\ufe0f\u20e3" if c.isdigit() and c.isascii() else c for c in written)
    if manner == 1:
        return "".join(chr(ord(c) - 0x30 + 0xff10) if c.isdigit() and c.isascii() else c for c in written)
    if manner == 2 and not written.startswith(("+", "(")):
        n = sum(c.isdigit() for c in written)
        seen, out = 0, []
        for c in written:
            seen += c.isdigit()
            swap = c.isdigit() and 1 < seen <= n and r.random() < 0.7
            out.append({"0": "O", "1": "l"}.get(c, c) if swap else c)
        return "".join(out)
    if manner == 3 and not written.startswith(("+", "(+", "00")):
        return " ".join(c for c in written if c.isdigit())
    if manner == 5:
        return r.choice(["/", "~", " · "]).join(part for part in written.replace("(", "").replace(")", "").replace("-", " ").split())
    return written.replace(" ", NBSP).replace("-", "\u2011")


def phone(r, t):
    country = t.country if r.random() < 0.85 else r.choice(list(PHONES))
    code, trunk, draw, home, abroad, home_held, abroad_held = PHONES[country]
    digits = draw(r)
    known = country == t.country and t.told
    international = country != t.country or r.random() < 0.3
    if country == "US" and not international and r.random() < 0.06:
        return digits[3:6] + "-" + digits[6:], digits[3:]
    templates = (abroad + abroad_held * 2 if t.held else abroad) if international else (home + home_held * 2 if t.held else home)
    template = r.choice(templates)
    # 1-702-555-0123 and 001 702 ... are known by their shape in a house that knows its country alone.
    if template.startswith(("1-", "1 (")) and not known:
        template = abroad[0]
    if template.startswith("0") and international and not template.startswith("00"):
        template = abroad[0]
    normal = "+" + code + digits
    national = template.count("x") == len(digits) and not template.startswith(("+", "00", "(+"))
    written = fill(template, digits)
    if national and not known:
        normal = "".join(c for c in written if c.isdigit())
    hidden = r.random()
    if hidden < 0.16:
        bare = "".join(c for c in written if c.isdigit())
        if not national or country == "US" and not bare.startswith("0"):
            return written, normal
        return spelled(r, t.lang, bare, t.held), normal
    if hidden < 0.20 and country == "US" and national and not template.startswith("1"):
        return spelled(r, t.lang, digits, t.held), normal
    if hidden < 0.30:
        return disguised(r, t.lang, written, t.held), normal
    if t.lang == "ar" and r.random() < 0.35:
        return arabic_digits(written), normal
    return written, normal


def arabic_digits(text):
    return "".join(chr(0x660 + int(c)) if c.isascii() and c.isdigit() else c for c in text)


# ---- the rest ----

NICKS = ["mila", "rose", "king", "lux", "nova", "sol", "luna", "papi", "kitty", "vip", "dulce", "star", "ruby", "zara", "noir", "tiger"]
NICKS2 = ["baby", "xo", "modelz", "night", "agency", "jobs", "rose", "real", "privat", "travel", "spa", "doll"]
SERVICE_HOST = {"instagram": "instagram.com", "facebook": "facebook.com", "telegram": "t.me", "vk": "vk.com", "tiktok": "tiktok.com"}


def nick(r, dots=True):
    middle = r.choice(["_", "_", ".", ""] if dots else ["_", ""])
    tail = r.choice(["", str(r.randrange(10, 100)), str(r.randrange(1000, 10000)), "_" + str(r.randrange(1, 100))])
    text = r.choice(NICKS) + middle + r.choice(NICKS2) + tail
    return text if middle or tail else text + "7"


def handle(r, t, service):
    name = nick(r, service not in ("telegram", "twitter"))
    written = "".join(c.upper() if r.random() < 0.15 else c for c in name)
    return ("@" if r.random() < 0.5 else "") + written, service + ":" + name


def link(r, t, service):
    name = nick(r, service != "telegram")
    at = "@" if service == "tiktok" else ""
    head = r.choice(["", "", "https://", "http://", "https://www." if service != "telegram" else "https://"])
    return head + SERVICE_HOST[service] + "/" + at + name + r.choice(["", "", "/" if service != "telegram" else ""]), service + ":" + name


def wame(r, t):
    code, _, draw, *_ = PHONES[t.country]
    digits = code + draw(r)
    return r.choice(["wa.me/", "https://wa.me/", "https://api.whatsapp.com/send?phone=" if t.held else "wa.me/"]) + digits, "+" + digits


def email(r, t):
    user = r.choice(NICKS) + r.choice([".", "_", "-", ""]) + r.choice(NICKS2) + r.choice(["", str(r.randrange(1, 999))])
    host = r.choice(["example.com", "example.org", "example.net", "mail.example.com", "jobs.example.org", "agency.example"])
    plain = user + "@" + host
    if r.random() < 0.55:
        return r.choice([plain, plain, plain.upper() if r.random() < 0.3 else plain]), plain
    at = r.choice(["(at)", " (at) ", " [at] ", " at ", "@ ", "[at]"] + ([" AT ", "{at}", " @ "] if t.held else []))
    if t.lang in ("es", "pt") and r.random() < 0.4:
        at = r.choice([" arroba ", "(arroba)"])
    if t.lang == "fr" and r.random() < 0.4:
        at = r.choice([" arobase ", "(arobase)"])
    if t.lang == "ru" and r.random() < 0.4:
        at = r.choice([" собака ", "(собака)"])
    words = {"es": " punto ", "pt": " ponto ", "fr": " point ", "ru": " точка "}
    dots = ["(dot)", " [dot] ", "[dot]", " dot ", "."] + ([" (.) ", "{dot}"] if t.held else [])
    dot = r.choice(dots)
    if at.strip().isalpha() and t.lang in words and at.strip() in ("arroba", "arobase", "собака"):
        dot = r.choice([words[t.lang], "."])
    if at in (" at ", " AT ", "@ ") and dot == ".":
        dot = "." if at != " at " else " dot "
    return user + at + host.replace(".", dot), plain


def url(r, t):
    host = r.choice(["lila.example.com", "escorts.example.org", "example.net", "night-city.example.com", "ads.example.org", "list.example"])
    path = r.choice(["", "", f"/ad/{r.randrange(10**5, 10**8)}", "/girls", f"/post?id={r.randrange(10**4, 10**7)}", "/ViewListing/Anna_22"])
    head = r.choice(["", "https://", "http://", "www.", "hxxp://" if t.held else "https://www."])
    shown = host
    if r.random() < 0.12:
        shown = host.replace(".", r.choice(["[.]", "(dot)", "[dot]"]), 1) if "[" not in host else host
    if r.random() < 0.1:
        shown = shown.capitalize()
    return head + shown + path, host + path


LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def plate(r, t):
    def a(n, of=LETTERS):
        return "".join(r.choice(of) for _ in range(n))

    def d(n):
        return "".join(r.choice("0123456789") for _ in range(n))
    c = t.country
    if c == "US":
        text = r.choice([f"{d(1)}{a(3)}{d(3)}", f"{a(3)}-{d(4)}", f"{a(3)} {d(3)}", f"{d(3)} {a(3)}", f"{a(2)}{d(2)} {a(1)}{d(2)}"])
    elif c == "GB":
        text = r.choice([f"{a(2)}{d(2)} {a(3)}", f"{a(2)}{d(2)}{a(3)}"])
    elif c == "ES":
        text = r.choice([f"{d(4)} {a(3, 'BCDFGHJKLMNPRSTVWXYZ')}", f"{d(4)}{a(3, 'BCDFGHJKLMNPRSTVWXYZ')}", f"{d(4)}-{a(3, 'BCDFGHJKLMNPRSTVWXYZ')}"])
    elif c == "MX":
        text = r.choice([f"{a(3)}-{d(3)}-{a(1)}", f"{a(3)}-{d(2)}-{d(2)}", f"{a(3)}{d(4)}"])
    elif c == "CO":
        text = r.choice([f"{a(3)} {d(3)}", f"{a(3)}{d(3)}", f"{a(3)}-{d(3)}"])
    elif c == "BR":
        text = r.choice([f"{a(3)}{d(1)}{a(1)}{d(2)}", f"{a(3)}-{d(4)}", f"{a(3)} {d(4)}"])
    elif c == "PT":
        text = r.choice([f"{a(2)}-{d(2)}-{a(2)}", f"{d(2)}-{a(2)}-{d(2)}", f"{d(2)} {a(2)} {d(2)}"])
    elif c == "FR":
        text = r.choice([f"{a(2)}-{d(3)}-{a(2)}", f"{a(2)} {d(3)} {a(2)}", f"{a(2)}{d(3)}{a(2)}"])
    elif c == "RU":
        cy = "АВЕКМНОРСТУХ"
        text = r.choice([f"{a(1, cy)}{d(3)}{a(2, cy)} {d(2)}", f"{a(1, cy)}{d(3)}{a(2, cy)}{d(3)}", f"{a(1, cy)} {d(3)} {a(2, cy)} {d(2)}"])
    elif c == "AE":
        text = r.choice([f"{a(1)} {d(5)}", f"{a(1)}{d(5)}", f"{a(2)} {d(4)}"])
    else:
        ar = "بحدرسصطعقكلمنهو"
        text = r.choice([" ".join(a(3, ar)) + " " + d(4), f"{a(3)} {d(4)}", f"{d(4)} {a(3)}"])
    normal = "".join(ch for ch in text if ch.isalnum()).upper()
    if r.random() < 0.25 and c not in ("AE", "SA", "EG"):
        text = text.lower()
    if t.lang == "ar" and r.random() < 0.3:
        text = arabic_digits(text)
    return text, normal


CURRENCY = {
    "US": "USD", "GB": "GBP", "ES": "EUR", "MX": "MXN", "CO": "COP", "BR": "BRL", "PT": "EUR", "FR": "EUR", "RU": "RUB", "SA": "SAR", "EG": "EGP", "AE": "AED",
}
SPELLED_MONEY = {
    "en": [("five hundred dollars", "500 USD"), ("two thousand dollars", "2000 USD"), ("eighty bucks", "80 USD"), ("three hundred pounds", "300 GBP"),
           ("twenty-five hundred dollars", "2500 USD")],
    "es": [("quinientos euros", "500 EUR"), ("doscientos dólares", "200 USD"), ("mil euros", "1000 EUR"), ("tres mil euros", "3000 EUR")],
    "pt": [("quinhentos reais", "500 BRL"), ("duzentos euros", "200 EUR"), ("mil reais", "1000 BRL"), ("cento e cinquenta reais", "150 BRL")],
    "fr": [("cinq cents euros", "500 EUR"), ("mille euros", "1000 EUR"), ("deux mille euros", "2000 EUR"), ("cinquante euros", "50 EUR")],
    "ru": [("пятьсот рублей", "500 RUB"), ("две тысячи рублей", "2000 RUB"), ("сто долларов", "100 USD"), ("пятьдесят тысяч рублей", "50000 RUB")],
    "ar": [("خمسمائة دولار", "500 USD"), ("ألف ريال", "1000 SAR"), ("مئتي دولار", "200 USD"), ("ثلاثة آلاف دولار", "3000 USD")],
}


def grouped(n, sign):
    return f"{n:,}".replace(",", sign)


def money(r, t):
    if r.random() < 0.1:
        text, normal = r.choice(SPELLED_MONEY[t.lang])
        amount, currency = normal.split()
        if currency == "SAR" and not (t.country == "SA" and t.told):  # a riyal is whose the house says
            return "خمسمائة دولار", "USD 500"
        return text, currency + " " + amount
    n = r.choice([40, 60, 80, 100, 150, 200, 300, 350, 500, 800, 1000, 1200, 1500, 2500, 3000, 5000, 12000, 30000])
    c, forms = CURRENCY[t.country], []
    if t.lang == "en" and c == "USD":
        forms = [(f"${n}", n, c), (f"${grouped(n, ',')}", n, c), (f"{n} dollars", n, c), (f"{n} bucks", n, c), (f"USD {n}", n, c), (f"{n} usd", n, c),
                 (f"${n}.00", n, c), (f"$ {n}", n, c), (f"${max(1, n // 1000)}k", max(1, n // 1000) * 1000, c), (f"{n}$", n, c)]
    elif c == "GBP":
        forms = [(f"£{n}", n, c), (f"£{grouped(n, ',')}", n, c), (f"{n} pounds", n, c), (f"{n} quid", n, c), (f"GBP {n}", n, c), (f"{n} GBP", n, c)]
    elif t.lang == "es" and c == "EUR":
        forms = [(f"{n}€", n, c), (f"{n} euros", n, c), (f"{grouped(n, '.')} €", n, c), (f"{n} eur", n, c), (f"{grouped(n, '.')} euros", n, c), (f"{n},50 €", n + 0.5, c)]
    elif c in ("MXN", "COP"):
        n = n * (1 if c == "MXN" else 1000)
        forms = [(f"{n} pesos", n, c), (f"{grouped(n, ',' if c == 'MXN' else '.')} pesos", n, c), (f"${grouped(n, ',' if c == 'MXN' else '.')}", n, c),
                 (f"{n // 1000 or 1} mil pesos", (n // 1000 or 1) * 1000, c), (f"{n} {c}", n, c), (f"{n // 20 or 1} dólares", n // 20 or 1, "USD")]
        if not t.told:
            forms = forms[-2:]
    elif c == "BRL":
        forms = [(f"R$ {n}", n, c), (f"R${n},00", n, c), (f"R$ {grouped(n, '.')},00", n, c), (f"{n} reais", n, c), (f"{n // 1000 or 1} mil reais", (n // 1000 or 1) * 1000, c)]
    elif t.lang == "pt":
        forms = [(f"{n}€", n, c), (f"{n} euros", n, c), (f"{grouped(n, '.')} euros", n, c), (f"{grouped(n, ' ')} €", n, c)]
    elif t.lang == "fr":
        forms = [(f"{n}€", n, c), (f"{n} €", n, c), (f"{n} euros", n, c), (f"{grouped(n, ' ')} euros", n, c), (f"{grouped(n, NBSP)}{NBSP}€", n, c), (f"{n},50 €", n + 0.5, c),
                 (f"{n} balles", n, c)]
    elif t.lang == "ru":
        n *= 10
        forms = [(f"{n} рублей", n, c), (f"{grouped(n, ' ')} руб.", n, c), (f"{n} руб", n, c), (f"{n}₽", n, c), (f"{n // 1000 or 1} тысяч рублей", (n // 1000 or 1) * 1000, c),
                 (f"{n // 1000 or 1} тыс. руб.", (n // 1000 or 1) * 1000, c), (f"{n // 10} долларов", n // 10, "USD"), (f"{n // 10}$", n // 10, "USD"), (f"{n // 10} евро", n // 10, "EUR")]
    else:
        word = {"SAR": "ريال", "EGP": "جنيه", "AED": "درهم"}[c]
        forms = [(f"{n} {word}", n, c), (f"{n} دولار", n, "USD"), (f"{grouped(n, ',')} {word}", n, c), (f"{n} {c}", n, c), (f"{n}$", n, "USD"), (f"{n} يورو", n, "EUR")]
        if not t.told:
            forms = [f for f in forms if word not in f[0]]
    text, amount, currency = r.choice(forms)
    if t.lang == "ar" and r.random() < 0.3 and currency not in text:
        text = arabic_digits(text)
    return text, f"{currency} {amount:.2f}".replace(".00", "") if isinstance(amount, float) else f"{currency} {amount}"


MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
}
LEVANT = "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول".split("|")


def date(r, t):
    y, m, d = r.randrange(2019, 2026), r.randrange(1, 13), r.randrange(1, 29)
    american = t.country == "US"
    if not t.told:
        d = r.randrange(13, 29)
        american = False
    word, full, yearless = MONTHS[t.lang][m - 1], f"{y}-{m:02d}-{d:02d}", f"--{m:02d}-{d:02d}"
    a, b = (m, d) if american else (d, m)
    forms = [(f"{y}-{m:02d}-{d:02d}", full), (f"{a:02d}/{b:02d}/{y}", full), (f"{a}/{b}/{y}", full), (f"{a:02d}/{b:02d}/{y % 100:02d}", full)]
    if not american:
        forms.append((f"{d:02d}.{m:02d}.{y}", full))
        forms.append((f"{d:02d}-{m:02d}-{y}", full))
    if t.lang == "en":
        end = "th" if 4 <= d <= 20 or 24 <= d <= 28 else {1: "st", 2: "nd", 3: "rd"}[d % 10]
        forms += [(f"{word} {d}, {y}", full), (f"{word} {d}{end}", yearless), (f"{d} {word} {y}", full), (f"{d}{end} of {word}", yearless),
                  (f"{word[:3]} {d}", yearless), (f"{word} {d}{end}, {y}", full), (f"{d} {word[:3]} {y}", full), (f"the {d}{end} of {word} {y}"[4:], full)]
    elif t.lang in ("es", "pt"):
        forms += [(f"{d} de {word} de {y}", full), (f"{d} de {word}", yearless), (f"{d} de {word} del {y}" if t.lang == "es" else f"{d} de {word.capitalize()} de {y}", full),
                  (f"{d} {word} {y}", full), (f"{d}-{word[:3]}-{y}", full)]
    elif t.lang == "fr":
        forms += [(f"{d} {word} {y}", full), (f"{d} {word}", yearless), (("1er" if d == 1 else str(d)) + f" {word} {y}", full)]
    elif t.lang == "ru":
        forms += [(f"{d} {word} {y}", full), (f"{d} {word}", yearless), (f"{d}-го {word}" if t.held else f"{d} {word}", yearless)] * 2
    else:
        other = LEVANT[m - 1] if r.random() < 0.4 else word
        forms += [(f"{d} {other} {y}", full), (f"{d} {other}", yearless)] * 2
    text, normal = r.choice(forms)
    return (arabic_digits(text) if t.lang == "ar" and r.random() < 0.3 else text), normal


AGE_WORDS = {
    "en": {13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 19: "nineteen", 21: "twenty-one"},
    "es": {13: "trece", 14: "catorce", 15: "quince", 16: "dieciséis", 17: "diecisiete", 19: "diecinueve", 22: "veintidós"},
    "pt": {13: "treze", 14: "catorze", 15: "quinze", 16: "dezesseis", 17: "dezessete", 19: "dezenove", 21: "vinte e um"},
    "fr": {13: "treize", 14: "quatorze", 15: "quinze", 16: "seize", 17: "dix-sept", 19: "dix-neuf", 21: "vingt-et-un"},
    "ru": {13: "тринадцать", 14: "четырнадцать", 15: "пятнадцать", 16: "шестнадцать", 17: "семнадцать", 19: "девятнадцать"},
    "ar": {13: "ثلاثة عشر", 14: "أربعة عشر", 15: "خمسة عشر", 16: "ستة عشر", 17: "سبعة عشر"},
}


def age(r, t):
    n = r.choice([13, 14, 15, 16, 17, 17, 19, 21, 22, 24, 31])
    words = AGE_WORDS[t.lang]
    if n in words and r.random() < 0.2:
        unit = {"en": r.choice([" years old", " year old", "-year-old"]), "es": " años", "pt": " anos", "fr": " ans", "ru": " лет", "ar": " سنة"}[t.lang]
        if n in (21, 22, 24, 31) and t.lang == "ru":
            unit = " год" if n % 10 == 1 else " года"
        return words[n] + unit, str(n)
    forms = {
        "en": [f"{n} years old", f"{n} yo", f"{n}yo", f"{n} y/o", f"{n} yrs old", f"{n}-year-old", f"{n} year old"],
        "es": [f"{n} años", f"{n} añitos", f"{n} anos", f"{n} años de edad"], "pt": [f"{n} anos", f"{n} aninhos", f"{n} anos de idade"],
        "fr": [f"{n} ans", f"{n} ans", f"{n}ans"], "ru": [f"{n} {'год' if n % 10 == 1 else 'года' if n % 10 in (2, 4) and n > 20 else 'лет'}"],
        "ar": [f"{n} سنة", f"{n} عاما", f"{n} عام"],
    }[t.lang]
    text = r.choice(forms)
    return (arabic_digits(text) if t.lang == "ar" and r.random() < 0.35 else text), str(n)


def bare_age(r, t):
    n = r.choice([12, 13, 14, 15, 16, 17])
    return str(n), str(n)


STREETS = {
    "US": (["Larkspur", "Old Quarry", "Willow Bend", "Juniper", "Copper Mill", "W Larkspur", "N 14th", "Desert Rose"],
           ["Street", "St", "Ave", "Avenue", "Blvd", "Rd", "Drive", "Ln", "Way"], ["{n} {s} {k}", "{n} {s} {k}", "{n} {s} {k} Apt {f}", "{n} {s} {k}, Unit {f}", "{n} {s} {k}, #{f}"]),
    "GB": (["Tanner", "Mill", "Old Chapel", "Garden", "Rookery", "St Anne's"], ["Street", "Road", "Lane", "Close", "Terrace", "Gardens"], ["{n} {s} {k}", "{n}b {s} {k}", "{n} {s} {k}"]),
    "ES": (["Olmo", "Mayor", "de los Pinos", "San Telmo", "del Carmen"], ["Calle", "C/", "Avda.", "Plaza", "calle", "Paseo"], ["{k} {s} {n}", "{k} {s}, {n}", "{k} {s}, {n}, piso {f}", "{k} {s} nº {n}"]),
    "MX": (["Olivos", "Niño Perdido", "de la Luz", "Girasoles"], ["Calle", "Av.", "Avenida", "Calzada"], ["{k} {s} {n}", "{k} {s} #{n}", "{k} {s} No. {n}"]),
    "CO": (["15", "7", "80", "45"], ["Carrera", "Calle", "Cra", "Cl."], ["{k} {s} # {n}-{m}", "{k} {s} No. {n}-{m}", "{k} {s} #{n} - {m}"]),
    "BR": (["das Acácias", "Sete Lagoas", "do Comércio", "Ipê Amarelo"], ["Rua", "Av.", "R.", "Avenida", "Travessa"], ["{k} {s}, {n}", "{k} {s} {n}", "{k} {s}, {n}, apto {f}", "{k} {s}, nº {n}"]),
    "PT": (["da Oliveira", "do Poço", "das Gaivotas"], ["Rua", "Av.", "Travessa", "Largo"], ["{k} {s}, {n}", "{k} {s} {n}"]),
    "FR": (["des Lilas", "du Port", "de la Fontaine", "Jean Marchal", "des Trois Ponts"], ["rue", "avenue", "boulevard", "impasse", "chemin", "bd"],
           ["{n} {k} {s}", "{n}, {k} {s}", "{n} bis {k} {s}", "{n} ter, {k} {s}"]),
    "RU": (["Садовая", "Лесная", "Новая Заря", "Речная", "Вишнёвая"], ["ул.", "улица", "пр.", "проспект", "пер."],
           ["{k} {s}, д. {n}", "{k} {s} {n}", "{k} {s}, {n}", "{k} {s}, д. {n}, кв. {f}", "{k} {s}, дом {n}, квартира {f}"]),
    "SA": (["النخيل", "الورود", "الأمل", "البحر"], ["شارع", "طريق"], ["{k} {s} {n}", "{n} {k} {s}", "{k} {s}، مبنى {n}", "{k} {s} رقم {n}"]),
}
STREETS["EG"] = STREETS["AE"] = STREETS["SA"]


def address(r, t):
    names, kinds, forms = STREETS[t.country]
    text = r.choice(forms).format(n=r.randrange(2, 990), m=r.randrange(2, 99), s=r.choice(names), k=r.choice(kinds), f=r.choice([str(r.randrange(1, 40)), "4B"])
                                  if t.country == "US" else str(r.randrange(1, 60)))
    if t.lang == "ar" and r.random() < 0.3:
        text = arabic_digits(text)
    return text, "".join(str(int(c)) if c.isdigit() else c for c in " ".join(text.lower().split()))


def ad(r, t):
    text = r.choice([str(r.randrange(10**6, 10**9)), str(r.randrange(10**9, 10**10)), f"{r.choice(LETTERS)}{r.choice(LETTERS)}{r.randrange(10**4, 10**6)}",
                     f"{r.choice(LETTERS)}-{r.randrange(10**5, 10**6)}"])
    return text, text.lower()


FOUND = {"phone": phone, "email": email, "url": url, "plate": plate, "money": money, "date": date, "age": age, "bare": bare_age, "addr": address, "ad": ad}
KIND = {"bare": "age", "addr": "address"}


class Text:
    def __init__(self, lang, country, told, held):
        self.lang, self.country, self.told, self.held = lang, country, told, held


def trap(r, t, slot):
    if slot[0] == "d" and slot[1:].isdigit():
        return str(r.randrange(1, 10)) + "".join(str(r.randrange(10)) for _ in range(int(slot[1:]) - 1))
    if slot == "year":
        return str(r.randrange(1998, 2026))
    if slot == "time":
        h, m = r.randrange(24), r.randrange(60)
        forms = {"en": [f"{h % 12 + 1}:{m:02d} pm", f"{h % 12 + 1}pm", f"{h:02d}:{m:02d}"], "fr": [f"{h}h{m:02d}", f"{h} h", f"{h:02d}:{m:02d}"]}
        return r.choice(forms.get(t.lang, [f"{h:02d}:{m:02d}", f"{h}.{m:02d}" if t.lang == "ru" else f"{h}:{m:02d}"]))
    if slot == "city":
        return {"en": "Dallas", "es": "Bogotá", "pt": "Recife", "fr": "Tunis", "ru": "Минска", "ar": "الدار البيضاء"}[t.lang]
    raise KeyError(slot)


def labelled(r, t, slot):
    """The text of a slot, its kind (None: a trap) and its normal form."""
    if slot.startswith("h:"):
        return (*handle(r, t, slot[2:]), "handle")
    if slot.startswith("link:"):
        return (*link(r, t, slot[5:]), "handle")
    if slot == "wame":
        return (*wame(r, t), "phone")
    if slot in FOUND:
        return (*FOUND[slot](r, t), KIND.get(slot, slot))
    return trap(r, t, slot), None, None


def pieces(frame):
    """What is said and what is filled in, by turns."""
    out, at = [], 0
    while at < len(frame):
        begin = frame.find("{", at)
        if begin < 0:
            return out + [(frame[at:], None)]
        end = frame.index("}", begin)
        out += [(frame[at:begin], None), (None, frame[begin + 1:end])]
        at = end + 1
    return out


def read_frames(lang):
    parts, name = {}, None
    with open(os.path.join(HERE, lang + ".txt"), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("["):
                name = line.strip("[]")
                parts[name] = []
            elif line:
                parts[name].append(line)
    parts["names"] = parts["names"][0].split("|")
    return parts


def slips(r, text):
    """As people type in a hurry: here and there two letters of a longer word change places."""
    words = text.split(" ")
    for i, w in enumerate(words):
        if len(w) >= 5 and w.isalpha() and r.random() < 0.12:
            k = r.randrange(1, len(w) - 2)
            words[i] = w[:k] + w[k + 1] + w[k] + w[k + 2:]
    return " ".join(words)


def make(r, frames, half, t, number):
    chosen = r.sample(frames[half], r.choice([1, 1, 2, 2, 3])) + r.sample(frames[half + "-traps"], r.choice([0, 1, 1, 2]))
    r.shuffle(chosen)
    manner = r.random()
    case = str.lower if manner < 0.15 else str.upper if manner < 0.18 else str
    joint = r.choice([" ", " ", "\n", " " if manner >= 0.15 else ", "])
    hurry = r.random() < 0.15
    text, found = b"", []
    for i, frame in enumerate(chosen):
        text += joint.encode() if i else b""
        for said, slot in pieces(frame):
            if slot == "name":
                said = r.choice(frames["names"])
            if said is not None:
                text += case(slips(r, said) if hurry else said).encode()
                continue
            filled, normal, kind = labelled(r, t, slot)
            if kind in ("address", "date", "money", "age", "plate"):
                filled = case(filled)
            begin = len(text)
            text += filled.encode()
            if kind:  # the point of an abbreviation, which may end the sentence too, is no part of what is found
                found.append({"kind": kind, "begin": begin, "end": begin + len(filled.rstrip(".").encode()), "normal": normal})
    return {"id": number, "half": half, "lang": t.lang, "country": t.country if t.told else "", "text": text.decode(), "found": found}


def generate(half, count, seed):
    """Texts of a half, the languages by turns."""
    r = random.Random(f"{seed}-{half}")
    all_frames = {lang: read_frames(lang) for lang in LANGUAGES}
    for i in range(count):
        lang = list(LANGUAGES)[i % len(LANGUAGES)]
        t = Text(lang, r.choice(LANGUAGES[lang]), r.random() < 0.8, half == "held")
        yield make(r, all_frames[lang], half, t, f"{half}-{i + 1}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--half", choices=["dev", "held"])
    p.add_argument("--count", type=int, default=1440, help="texts of each half")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    for half in [a.half] if a.half else ["dev", "held"]:
        for line in generate(half, a.count, a.seed):
            json.dump(line, sys.stdout, ensure_ascii=False)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Seeded generator of synthetic person records for record-linkage tests.

Pure standard library.  All people, numbers and addresses are invented; phone
numbers, mailboxes and streets come from the random generator alone.

    people.py people --rows 1000000 --seed 7 > people.csv
    people.py people --rows 100000 --seed 7 --script-rate 0.1 > mixed.csv
    people.py texts  --rows 100000 --seed 7 > texts.tsv

people: rec_id,entity_id,given,surname,dob,phone,email,street,city,postcode
        One entity has 1..12 records.  Names follow a Zipf-like law over a head
        of common names plus a synthetic tail; one entity in eight is a relative
        of an earlier one (same surname, address and often phone), which gives
        hard negatives.  Copies get typos, swaps, nicknames, moves, new phones,
        date slips and missing values.
texts:  doc_id<TAB>cluster_id<TAB>text.  A share of documents belongs to viral
        clusters: near copies with edited words, prefixes, emoji and cuts.
"""
import argparse
import bisect
import itertools
import random
import sys

GIVEN = """maria john anna david mohamed james sarah michael li elena juan emma ali
robert fatima daniel laura peter olga jose wei thomas linda ahmed mary george natalia
carlos susan andrew irina paul sofia mark aisha william ana stephen karen luis julia
kevin tatiana joseph patricia richard nadia antonio claire hassan helen brian monica
ivan nina omar rosa sergei grace miguel ruth abdul jane victor alice pedro lucy yusuf
diana alexander amina charles teresa edward svetlana jorge leila martin eva frank joy
samuel yan simon zainab anthony ioana manuel mei raj priya adrian blessing chidi
catherine francisco gabriela hans ingrid jacob katarina kwame lars lucia marta matthew
min minh ngoc nikolai oksana pavel rachel ricardo sanjay sunita tariq thi valentina
vladimir xin yuki zhang andrei bogdan christina deborah dmitri elizabeth emmanuel
florin giovanni gloria henry hye ibrahim isabel jan joanna karim kim larisa liam
lorena ludmila marco margaret mihai mustafa nicole noor oleg patrick rebecca sandra
stefan steven sunil tamara vera vincent wanjiru yolanda zoltan agnes albert bianca
bruno camila cristian dana denise dorota edith emil erik felix fiona goran hana hugo
igor imran ines iris jasmine javier jelena jin kamal kerry lena leon lila magda malik
marina milan mira monika nathan noah olivia oscar pamela petra philip radu ramon reza
rita robin roman roxana salma sean selma sonia tania tara teodora tom ursula vesna
walter wendy xavier yasmin yen zara""".split()

SURNAME = """smith nguyen garcia wang singh jones khan li ivanov rodriguez kim ali
williams martinez chen brown popescu hernandez patel kumar johnson lopez zhang ahmed
taylor gonzalez petrov hussain wilson perez tran davies silva liu mohamed martin
sanchez ionescu santos kovacs evans ramirez yang thomas novak pereira walker torres
roberts rossi lee wu robinson flores okafor wright rivera muller sharma thompson gomez
green diaz begum hall reyes lewis cruz mensah harris morales clarke ortiz jackson
gutierrez wood chavez turner ramos hill ruiz moore alvarez cooper mendoza ward castillo
morris vasquez king jimenez watson moreno baker romero harrison herrera morgan medina
allen aguilar young garza scott vargas mitchell castro anderson mendez cook guzman
phillips fernandez carter munoz lee salazar richardson soto bailey delgado collins pena
bell rios shaw guerrero murphy ortega miller estrada cox sandoval marshall vega dumitru
simpson dominguez stoica price leon gheorghe bennett santiago rusu griffiths espinoza
munteanu kelly pacheco matei adams rojas marin owusu contreras lazar boateng luna
schmidt asante mejia schneider adeyemi cortez fischer okonkwo maldonado weber eze acosta
meyer balogun valencia wagner abubakar navarro becker ibrahim juarez schulz musa
hoffmann usman franco bauer yusuf suarez koch abdullahi kowalski bui wisniewski dang
wojcik do lewandowski duong zielinski ho szymanski hoang dabrowski huynh kozlowski le
horvat ly jovanovic ngo petrovic pham nikolic phan markovic truong dimitrov vo georgiev
vu kuznetsov gupta sokolov das popov verma lebedev mishra kozlov joshi smirnov reddy
volkov rao moreau dubois laurent leroy girard bonnet fontaine ferrari russo bianchi
romano colombo ricci marino greco costa conti nielsen jensen hansen andersen larsen
johansson karlsson nilsson eriksson virtanen korhonen papadopoulos yilmaz kaya demir
celik sahin tanaka suzuki sato ito watanabe park choi jung kang cho""".split()

CITY = """london lagos manila bucharest kyiv houston madrid mumbai karachi bangkok
nairobi lima bogota hanoi cairo athens berlin paris rome warsaw sofia belgrade tirana
accra dhaka kathmandu jakarta atlanta chicago miami dallas phoenix denver seattle
boston toronto montreal sydney perth dublin leeds glasgow lyon turin porto vienna
prague budapest zagreb riga vilnius minsk odesa tbilisi yerevan baku tashkent""".split()
STREET_KIND = ["street", "road", "avenue", "lane", "drive", "close", "court", "way"]
MAIL = ["gmail.com", "yahoo.com", "hotmail.com", "mail.ru", "outlook.com",
        "proton.me", "icloud.com", "web.de"]
SYL_A = ["ba", "be", "bo", "ka", "ke", "ko", "da", "de", "do", "fa", "fe", "ga",
         "go", "ha", "he", "ja", "jo", "la", "le", "lo", "ma", "me", "mo", "na",
         "ne", "no", "pa", "pe", "po", "ra", "re", "ro", "sa", "se", "so", "ta",
         "te", "to", "va", "ve", "wa", "ya", "za", "zo", "chi", "sha", "tri", "bro"]
SYL_B = ["n", "r", "l", "s", "nd", "rt", "lla", "ski", "va", "ne", "ri", "ta",
         "mi", "ko", "shi", "ru", "le", "ni", "mo", "da", "sen", "ov", "escu", "ian"]
NICK = {"robert": "bob", "william": "bill", "elizabeth": "liz", "margaret": "peggy",
        "michael": "mike", "james": "jim", "catherine": "cathy", "richard": "dick",
        "alexander": "sasha", "dmitri": "dima", "tatiana": "tanya", "natalia": "natasha",
        "mohamed": "mo", "maria": "masha", "jose": "pepe", "francisco": "paco",
        "stephen": "steve", "steven": "steve", "thomas": "tom", "andrew": "andy",
        "daniel": "dan", "joseph": "joe", "patricia": "pat", "susan": "sue",
        "christina": "tina", "anthony": "tony", "edward": "ted", "rebecca": "becky"}
NEAR = {"a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr",
        "g": "fht", "h": "gjy", "i": "uok", "j": "hku", "k": "jli", "l": "kop",
        "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
        "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs",
        "y": "tuh", "z": "xas"}
SOUND = [("ph", "f"), ("ie", "y"), ("ou", "u"), ("ck", "k"), ("sch", "sh"), ("y", "i"),
         ("k", "c"), ("z", "s"), ("v", "w"), ("ee", "i"), ("ss", "s"), ("j", "y"),
         ("kh", "h"), ("dj", "j"), ("ei", "ai"), ("mm", "m"), ("nn", "n"), ("ll", "l")]
CYR = dict(zip("abvgdezijklmnoprstufhcyqwx", "абвгдезийклмнопрстуфхцыквк"))
GRE = dict(zip("abgdezhiklmnxoprstufcjqvwy", "αβγδεζηικλμνξοπρστυφκιεβωυ"))


class Zipf:
    """Draws an index with weight 1/(rank+shift)**s by inverting the running sum."""

    def __init__(self, n, s, shift):
        self.cum = list(itertools.accumulate((i + shift) ** -s for i in range(1, n + 1)))
        self.total = self.cum[-1]

    def draw(self, rnd):
        return bisect.bisect_left(self.cum, rnd.random() * self.total)


def pool(rnd, head, size):
    """Head names in order, then invented ones up to `size`, without repeats."""
    out = list(dict.fromkeys(head))
    seen = set(out)
    while len(out) < size:
        k = 1 if rnd.random() < 0.45 else 2
        w = "".join(rnd.choice(SYL_A) for _ in range(k)) + rnd.choice(SYL_B)
        if rnd.random() < 0.35:
            w += rnd.choice(SYL_B)
        if len(w) > 2 and w not in seen:
            seen.add(w)
            out.append(w)
    return out


def typo(rnd, s):
    if len(s) < 3:
        return s
    i = rnd.randrange(len(s))
    k = rnd.random()
    if k < 0.30:
        return s[:i] + s[i + 1:]
    if k < 0.52:
        return s[:i] + rnd.choice(NEAR.get(s[i], "aeiou")) + s[i + 1:]
    if k < 0.70:
        i = min(i, len(s) - 2)
        return s[:i] + s[i + 1] + s[i] + s[i + 2:]
    if k < 0.85:
        return s[:i] + rnd.choice("aeinrst") + s[i:]
    for a, b in rnd.sample(SOUND, 6):
        if a in s:
            return s.replace(a, b, 1)
    return s[:i] + s[i] + s[i:]


def digit_slip(rnd, s):
    i = rnd.randrange(len(s))
    if not s[i].isdigit():
        i = len(s) - 1
    if rnd.random() < 0.4 and 0 < i and s[i - 1].isdigit():
        return s[:i - 1] + s[i] + s[i - 1] + s[i + 1:]
    return s[:i] + str(rnd.randrange(10)) + s[i + 1:]


def people(a):
    rnd = random.Random(a.seed)
    given, surname = pool(rnd, GIVEN, 6000), pool(rnd, SURNAME, 80000)
    streets = [w + " " + rnd.choice(STREET_KIND) for w in pool(rnd, [], 9000)]
    zg, zs = Zipf(len(given), 1.0, 12), Zipf(len(surname), 0.88, 20)
    zc, zst = Zipf(len(CITY), 0.8, 2), Zipf(len(streets), 0.5, 5)
    R, W = rnd.random, sys.stdout.write

    def address():
        c = zc.draw(rnd)
        return ("%d %s" % (1 + int(R() * R() * 240), streets[zst.draw(rnd)]), CITY[c],
                "%02d%03d" % (c, rnd.randrange(900)))

    def phone():
        return "+%d%09d" % (rnd.choice((44, 40, 1, 63, 234, 380)), rnd.randrange(10 ** 9))

    def mail(g, s, y):
        k = R()
        if k < 0.5:
            u = g + rnd.choice((".", "_", "")) + s
        elif k < 0.75:
            u = g[0] + s + str(y % 100)
        else:
            u = s + g[:3] + str(rnd.randrange(1000))
        if R() < 0.75:
            u += str(rnd.randrange(10000))
        return u + "@" + rnd.choice(MAIL)

    W("rec_id,entity_id,given,surname,dob,phone,email,street,city,postcode\n")
    rec = ent = 0
    last = None
    buf = []
    shuffle = []
    while rec < a.rows:
        ent += 1
        g = given[zg.draw(rnd)]
        kin = last is not None and R() < 0.125
        if kin:
            s, ad, ph = last[0], last[1], (last[2] if R() < 0.5 else phone())
        else:
            s, ad, ph = surname[zs.draw(rnd)], address(), phone()
        last = (s, ad, ph)
        y = 2008 - int(60 * (R() + R()) / 2)
        d = "%04d-%02d-%02d" % (y, rnd.randrange(1, 13), rnd.randrange(1, 29))
        e = mail(g, s, y)
        copies = 1
        if R() < a.dup:
            copies = 2
            while copies < 12 and R() < 0.38:
                copies += 1
        for c in range(copies):
            if rec >= a.rows:
                break
            rg, rs, rd, rp, re, (st, ci, pc) = g, s, d, ph, e, ad
            if c:
                if R() < 0.20:
                    rg = typo(rnd, rg)
                elif R() < 0.25 and g in NICK:
                    rg = NICK[g]
                elif R() < 0.03:
                    rg = rg[0]
                if R() < 0.22:
                    rs = typo(rnd, rs)
                    if R() < 0.15:
                        rs = typo(rnd, rs)
                elif R() < 0.03:
                    rs = surname[zs.draw(rnd)]
                if R() < 0.03:
                    rg, rs = rs, rg
                k = R()
                if k < 0.06:
                    rd = digit_slip(rnd, rd)
                elif k < 0.09:
                    rd = rd[:5] + rd[8:] + "-" + rd[5:7]
                elif k < 0.11:
                    rd = rd[:5] + "01-01"
                if R() < 0.22:
                    rp = phone()
                elif R() < 0.05:
                    rp = digit_slip(rnd, rp)
                if R() < 0.20:
                    re = mail(rg, rs, y)
                elif R() < 0.05:
                    re = typo(rnd, re)
                if R() < 0.20:
                    st, ci, pc = address()
                else:
                    if R() < 0.15:
                        st = typo(rnd, st)
                    if R() < 0.04:
                        pc = digit_slip(rnd, pc)
                if a.script_rate and R() < a.script_rate:
                    t = CYR if R() < 0.6 else GRE
                    rg = "".join(t.get(x, x) for x in rg)
                    rs = "".join(t.get(x, x) for x in rs)
            if R() < 0.02:
                rg = ""
            if R() < 0.02:
                rs = ""
            if R() < 0.15:
                rd = ""
            if R() < 0.30:
                rp = ""
            if R() < 0.50:
                re = ""
            if R() < 0.20:
                st = ""
            if R() < 0.10:
                ci = ""
            if R() < 0.25:
                pc = ""
            rec += 1
            shuffle.append((ent, rg, rs, rd, rp, re, st, ci, pc))
    rnd.shuffle(shuffle)
    for i, r in enumerate(shuffle):
        buf.append("%d,%d,%s,%s,%s,%s,%s,%s,%s,%s\n" % ((i,) + r))
        if len(buf) == 20000:
            W("".join(buf))
            buf = []
    W("".join(buf))


def texts(a):
    rnd = random.Random(a.seed)
    words = pool(rnd, GIVEN + SURNAME + CITY, 30000)
    z = Zipf(len(words), 1.0, 3)
    R = rnd.random
    emoji = ["\u2757", "\U0001F64F", "\U0001F6A8", "\u26A0"]

    def fresh(n):
        out, size = [], 0
        while size < n:
            w = words[z.draw(rnd)]
            out.append(w)
            size += len(w) + 1
        return out

    def edit(ws):
        ws = list(ws)
        for _ in range(int(R() * R() * a.edit * len(ws)) + 1):
            i, k = rnd.randrange(len(ws)), R()
            if k < 0.4:
                ws[i] = words[z.draw(rnd)]
            elif k < 0.7:
                ws[i] = typo(rnd, ws[i])
            elif k < 0.85 and len(ws) > 10:
                del ws[i]
            else:
                ws.insert(i, words[z.draw(rnd)])
        if R() < 0.3:
            ws = ["please", "share", rnd.choice(emoji)] + ws
        if R() < 0.15:
            ws = ws[:max(10, int(len(ws) * (0.8 + 0.2 * R())))]
        return ws

    viral = [fresh(a.chars) for _ in range(max(1, a.rows // 2000))]
    zv = Zipf(len(viral), 0.9, 1)
    for i in range(a.rows):
        if R() < a.viral:
            c = zv.draw(rnd)
            t, cl = edit(viral[c]), "v%d" % c
        else:
            t, cl = fresh(int(a.chars * (0.5 + R()))), "s%d" % i
        sys.stdout.write("%d\t%s\t%s\n" % (i, cl, " ".join(t)))


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("what", choices=("people", "texts"))
    p.add_argument("--rows", type=int, default=100000)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--dup", type=float, default=0.40, help="share of entities with copies")
    p.add_argument("--script-rate", type=float, default=0.0,
                   help="share of copies whose name is written in Cyrillic or Greek")
    p.add_argument("--chars", type=int, default=500, help="typical text length")
    p.add_argument("--viral", type=float, default=0.4, help="share of viral texts")
    p.add_argument("--edit", type=float, default=0.15, help="largest share of edited words")
    a = p.parse_args()
    (people if a.what == "people" else texts)(a)


main()

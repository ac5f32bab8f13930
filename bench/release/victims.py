#!/usr/bin/env python3
"""Seeded generator of look-alike anti-trafficking victim records (no real data inside).

Columns follow the public 2024 codebook of the CTDC Global Synthetic Dataset (27 variables,
"1 or empty" flags).  The joint model is invented: three kinds of data contributor drive year,
missingness, origin and exploitation, so columns are strongly dependent, most flags are empty,
countries have a long tail, and many short attribute combinations are rare or unique.

  victims.py --n 200000 --seed 1 --out victims.csv
  victims.py --n 200000 --seed 1 --out victims.csv --link --cases cases.csv

--link appends caseId, fiscalYear, fieldOffice (confidential keys: never for release, used to
test contribution bounding and the dashboards); --cases writes one line per case with arrests,
indictments, convictions, victims identified and assisted.  Only Random.random() is used, so a
seed gives the same file on every CPython 3.x.
"""
import argparse
import csv
import random
from bisect import bisect
from itertools import accumulate

COLUMNS = """yearOfRegistration gender ageBroad citizenship CountryOfExploitation traffickMonths
meansDebtBondageEarnings meansThreats meansAbusePsyPhySex meansFalsePromises meansDrugsAlcohol
meansDenyBasicNeeds meansExcessiveWorkHours meansWithholdDocs isForcedLabour isSexualExploit
isOtherExploit typeOfLabourAgriculture typeOfLabourConstruction typeOfLabourDomesticWork
typeOfLabourHospitality typeOfSexProstitution typeOfSexPornography
recruiterRelationIntimatePartner recruiterRelationFriend recruiterRelationFamily
recruiterRelationOther""".split()

REGION = {  # head of each list is common, tail is rare
    "EUR": "UKR MDA BLR BGR ROU RUS ALB SRB KGZ UZB KAZ TJK HUN POL TKM ARM GEO AZE BIH MKD LTU "
           "LVA SVK CZE PRT GRC ITA ESP GBR DEU FRA NLD BEL AUT CHE SWE NOR FIN DNK IRL EST SVN HRV "
           "MNE CYP MLT LUX ISL TUR ISR",
    "ASI": "PHL IDN KHM MMR BGD NPL VNM THA LAO IND CHN LKA PAK AFG MYS MNG IRN IRQ SYR JOR LBN YEM "
           "KOR JPN SGP TWN HKG TLS BTN MDV BRN SAU ARE KWT QAT BHR OMN PRK",
    "AME": "USA MEX COL HTI GTM HND SLV DOM VEN NIC PER BRA BOL ECU PRY ARG CUB JAM CRI PAN CHL URY "
           "GUY TTO BLZ SUR CAN BHS BRB LCA GRD ATG",
    "AFR": "NGA GHA ETH MDG SLE UGA MLI GIN CIV CMR KEN BEN SEN TGO NER TCD SDN SOM BFA GMB LBR COD "
           "ZMB MWI MOZ ZWE TZA RWA BDI EGY MAR TUN DZA LBY ERI DJI SSD ZAF NAM BWA LSO SWZ AGO GAB "
           "COG CAF GNB MRT COM MUS CPV STP",
    "OCE": "AUS PNG FJI SLB VUT WSM NZL TON KIR FSM",
}
DESTINATION = {
    "EUR": "RUS TUR POL UKR MDA ARE KAZ ITA BIH KGZ BLR ALB GRC BGR CZE SRB ROU ESP PRT GBR",
    "ASI": "IDN MYS THA SAU LBN ARE SGP JOR PHL KWT KHM TWN OMN CHN IND TUR",
    "AME": "USA ARG MEX HTI DOM CHL ECU CRI TTO ESP",
    "AFR": "LBN LBY KWT SAU CIV GHA NER TZA ZAF ARE OMN MLI TUN EGY ITA",
    "OCE": "AUS NZL FJI PNG",
}
AGES = ["0--8", "9--17", "18--20", "21--23", "24--26", "27--29", "30--38", "39--47", "48+"]
MONTHS = ["0--12 (0-1 yr)", "13--24 (1-2 yrs)", "25+ (2+ yrs)"]
ADULT_AGE = {"F": [16, 19, 16, 12, 22, 10, 5], "M": [8, 11, 12, 12, 29, 18, 10]}
YEARS = list(range(2002, 2023))
YEAR_W = {"mgmt": [3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 15, 24, 26, 22, 20, 19, 12, 13, 12],
          "ngo": [0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 10, 11, 11, 9, 8, 7, 3, 2, 2],
          "line": [0] * 13 + [12, 17, 19, 23, 24, 22, 20, 19]}


class Pick:
    """Weighted choice by cumulative sum; zipf() gives the long-tailed lists."""

    def __init__(self, items, weights):
        self.items, self.cum = list(items), list(accumulate(weights))

    @classmethod
    def zipf(cls, text, shift=1.5, power=1.35):
        items = text.split()
        return cls(items, [(i + shift) ** -power for i in range(len(items))])

    def __call__(self, r):
        return self.items[min(bisect(self.cum, r() * self.cum[-1]), len(self.items) - 1)]


def build():
    p = {"source": Pick(["mgmt", "line", "ngo"], [46, 45, 9]),
         "month": Pick(MONTHS, [62, 22, 16]),
         "kid": Pick(AGES[:2], [17, 83]),
         "office": Pick(["FO%02d" % i for i in range(1, 31)], [(i + 2.0) ** -1.1 for i in range(30)])}
    for s, w in YEAR_W.items():
        p["year", s] = Pick(YEARS, w)
    for g, w in ADULT_AGE.items():
        p["age", g] = Pick(AGES[2:], w)
    for reg, text in REGION.items():
        p["origin", reg] = Pick.zipf(text)
        p["dest", reg] = Pick.zipf(DESTINATION[reg])
    p["region", "mgmt"] = Pick(REGION, [44, 34, 8, 14, 0.05])
    p["region", "line"] = Pick(REGION, [3, 17, 76, 3.7, 0.3])
    p["region", "ngo"] = Pick(REGION, [24, 62, 4, 9, 1])
    return p


def victim(p, r):
    """One record as a dict; absent key = empty cell."""
    v = {}
    yes = lambda q: r() < q
    src = p["source"](r)
    year = v["yearOfRegistration"] = p["year", src](r)
    minor = yes({"mgmt": 0.20, "line": 0.27, "ngo": 0.42}[src])
    female = yes({"mgmt": 0.62, "line": 0.86, "ngo": 0.80}[src])
    trans = not minor and yes(0.009 if src == "line" else 0.001)
    if yes({"mgmt": 0.995, "line": 0.93, "ngo": 0.97}[src]):
        v["gender"] = "Trans/Transgender/NonConforming" if trans else "Woman" if female else "Man"
    if yes({"mgmt": 0.88, "line": 0.45, "ngo": 0.80}[src]):
        v["ageBroad"] = p["kid"](r) if minor else p["age", "F" if female else "M"](r)

    # purpose of exploitation
    if minor:
        q_sex = {"mgmt": 0.64, "line": 0.89, "ngo": 0.84}[src] * (1.04 if female else 0.86)
    else:
        q_sex = {"mgmt": 0.52 if year < 2013 else 0.40, "line": 0.78, "ngo": 0.66}[src] * (1.15 if female else 0.38)
    sex = yes(min(q_sex, 0.96))
    labour = yes(0.06 if sex else 0.90)
    other = not sex and not labour or yes(0.012)
    if yes({"mgmt": 0.86, "line": 0.80, "ngo": 0.92}[src]):
        for flag, name in ((labour, "isForcedLabour"), (sex, "isSexualExploit"), (other, "isOtherExploit")):
            if flag:
                v[name] = 1
    if labour and yes({"mgmt": 0.60, "line": 0.42, "ngo": 0.50}[src]):
        if minor or female:
            t = r()
            name = ("DomesticWork" if t < 0.52 else "Hospitality" if t < 0.70 else "Agriculture" if t < 0.82 else
                    "Construction" if t < 0.84 else None)
        else:
            t = r()
            name = ("Construction" if t < 0.46 else "Agriculture" if t < 0.73 else "Hospitality" if t < 0.80 else
                    "DomesticWork" if t < 0.84 else None)
        if name:
            v["typeOfLabour" + name] = 1
    if sex and yes({"mgmt": 0.55, "line": 0.50, "ngo": 0.60}[src]):
        porn = yes(0.20 if minor else 0.09)
        if porn:
            v["typeOfSexPornography"] = 1
        if not porn or yes(0.35):
            v["typeOfSexProstitution"] = 1

    # places
    reg = p["region", src](r)
    origin = p["origin", reg](r)
    if yes({"mgmt": 0.96, "line": 0.24, "ngo": 0.90}[src]):
        v["citizenship"] = origin
    if src == "line":
        place, known = ("USA" if yes(0.985) else p["dest", reg](r)), 0.93
    else:
        place, known = (origin if yes(0.34 if sex or minor else 0.20) else p["dest", reg](r)), 0.66
    if yes(known):
        v["CountryOfExploitation"] = place
    abroad = place != origin
    if yes({"mgmt": 0.30, "line": 0.05, "ngo": 0.35}[src]):
        v["traffickMonths"] = p["month"](r)

    # means of control: one "how much was told" level couples the eight flags
    if yes({"mgmt": 0.46, "line": 0.58, "ngo": 0.62}[src]):
        told = 0.35 + 1.25 * r()
        means = {
            "DebtBondageEarnings": 0.52 if labour and not minor else 0.22 if abroad else 0.10,
            "Threats": 0.46 if src == "line" else 0.33,
            "AbusePsyPhySex": 0.62 if sex else 0.44,
            "FalsePromises": (0.44 if src == "mgmt" else 0.20) * (0.3 if minor else 1.0),
            "DrugsAlcohol": 0.26 if sex and src == "line" else 0.10 if sex else 0.02,
            "DenyBasicNeeds": 0.48 if src == "mgmt" else 0.36,
            "ExcessiveWorkHours": (0.46 if labour else 0.07) * (0.35 if minor else 1.0),
            "WithholdDocs": (0.40 if labour and abroad else 0.06) * (0.4 if minor else 1.0),
        }
        for name, q in means.items():
            if yes(min(0.97, q * told)):
                v["means" + name] = 1
    if yes({"mgmt": 0.20, "line": 0.30, "ngo": 0.38}[src]):
        t = r()
        if minor:
            who = "Family" if t < 0.50 else "IntimatePartner" if t < 0.66 else "Friend" if t < 0.78 else "Other"
        elif sex:
            who = "IntimatePartner" if t < 0.30 else "Family" if t < 0.40 else "Friend" if t < 0.52 else "Other"
        else:
            who = "Other" if t < 0.88 else "Friend" if t < 0.95 else "Family"
        v["recruiterRelation" + who] = 1
    return v, sex, labour, minor


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--n", type=int, default=200000)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--out", default="victims.csv")
    a.add_argument("--link", action="store_true")
    a.add_argument("--cases")
    o = a.parse_args()
    r, p = random.Random(o.seed).random, build()
    cases, left = [], 0  # case sizes: mostly one victim, a heavy tail of group cases
    with open(o.out, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(COLUMNS + (["caseId", "fiscalYear", "fieldOffice"] if o.link else []))
        for _ in range(o.n):
            v, sex, labour, minor = victim(p, r)
            if left == 0:
                left = 1 if r() < 0.80 else min(120, 1 + int(1.0 / (1.0 - r()) ** 0.95))
                month = int(r() * 12)
                cases.append(["C%06d" % len(cases), v["yearOfRegistration"] + (month >= 9), p["office"](r),
                              "both" if sex and labour else "sex" if sex else "labour" if labour else "other",
                              0, 0, 0, 0, 0, int(minor)])
            left -= 1
            c = cases[-1]
            c[4] += 1
            c[5] += r() < 0.72
            row = [v.get(k, "") for k in COLUMNS]
            w.writerow(row + (c[:3] if o.link else []))
    if o.cases:
        with open(o.cases, "w", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow("caseId fiscalYear fieldOffice type victimsIdentified victimsAssisted arrests "
                       "indictments convictions minorInvolved".split())
            for c in cases:
                while r() < 0.55 and c[6] < 25:
                    c[6] += 1
                c[7] = sum(r() < 0.58 for _ in range(c[6]))
                c[8] = sum(r() < 0.55 for _ in range(c[7]))
                w.writerow(c)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Seeded generator of census-like records in the shape of UCI Adult: 15 columns, 48,842 rows (no real data inside).

The joint law is invented and known: each column is drawn from those before it by the tables and formulas below, as a Bayesian network,
so nothing is in the file that this program does not say. Sizes of columns are those of Adult with its wide numbers in a hundred
classes. Codes are never empty and never "0".

  census.py --seed 1 --out census.csv --codebook census.json
  census.py --n 48842 --seed 1 --out census.csv

Only Random.random() is used, so a seed gives the same file on every CPython 3.x.
"""
import argparse
import csv
import json
import math
import random
from bisect import bisect
from itertools import accumulate

SCHOOL = ['Preschool', '1st-4th', '5th-6th', '7th-8th', '9th', '10th', '11th', '12th', 'HS-grad', 'Some-college', 'Assoc-voc',
          'Assoc-acdm', 'Bachelors', 'Masters', 'Prof-school', 'Doctorate']
CLASS = ['Private', 'Self-emp-not-inc', 'Self-emp-inc', 'Federal-gov', 'Local-gov', 'State-gov', 'Without-pay', 'Never-worked', 'Unknown']
WORK = ['Tech-support', 'Craft-repair', 'Other-service', 'Sales', 'Exec-managerial', 'Prof-specialty', 'Handlers-cleaners',
        'Machine-op-inspct', 'Adm-clerical', 'Farming-fishing', 'Transport-moving', 'Priv-house-serv', 'Protective-serv', 'Armed-Forces',
        'Unknown']
STATE = ['Married', 'Divorced', 'Never-married', 'Separated', 'Widowed', 'Spouse-absent', 'AF-spouse']
KIN = ['Wife', 'Own-child', 'Husband', 'Not-in-family', 'Other-relative', 'Unmarried']
RACE = ['White', 'Black', 'Asian-Pac', 'Amer-Indian', 'Other']
COUNTRIES = ['country-%02d' % i for i in range(1, 43)]
DOMAIN = [('age', ['a%02d' % i for i in range(17, 91)]), ('workclass', CLASS), ('weight', ['w%02d' % i for i in range(100)]),
          ('education', SCHOOL), ('years', ['y%02d' % i for i in range(1, 17)]), ('marital', STATE), ('occupation', WORK),
          ('relationship', KIN), ('race', RACE), ('sex', ['Female', 'Male']), ('gain', ['g%02d' % i for i in range(100)]),
          ('loss', ['l%02d' % i for i in range(100)]), ('hours', ['h%02d' % i for i in range(1, 100)]), ('country', COUNTRIES),
          ('income', ['<=50K', '>50K'])]


def draw(r, weights):
    sums = list(accumulate(weights))
    return min(bisect(sums, r() * sums[-1]), len(sums) - 1)


def bell(r):
    return sum(r() for _ in range(12)) - 6  # near enough to a normal law


def working(r, male, school, age):
    """Occupation by sex and schooling, then the class of worker by occupation and age."""
    high, low = max(0.0, (school - 8) / 7), max(0.0, (9 - school) / 9)
    w = [3 + 3 * high, 14 * male + 1 + 6 * low, 9 - 6 * high + 4 * (1 - male), 11, 4 + 18 * high, 1.5 + 40 * high * high, 5 * male + 5 * low,
         6 + 4 * low - 5 * high, 4 + 15 * (1 - male), 1 + 4 * male * low + male, 6 * male + low, 0.1 + 0.8 * (1 - male) * low, 2.2 * male + 0.4,
         0.04, 3 + (6 if age < 22 or age > 66 else 0)]
    job = draw(r, w)
    if job == 14:
        return job, 7 if age < 24 and r() < 0.01 else 8
    own = (0.03 + 0.12 * (job in (1, 3, 4, 9)) + 0.10 * (job == 9)) * (0.4 if age < 30 else 1.3)
    state = 0.07 + 0.28 * (job == 5) + 0.45 * (job == 12) + 0.10 * (job == 8)
    if job == 13:
        return job, 3
    return job, draw(r, [1 - own - state, own * 0.68, own * 0.32, state * 0.22, state * 0.49, state * 0.29, 0.0006])


def person(r):
    age = min(90, max(17, int(17 + 73 * r() ** 1.9 + 4 * bell(r) * (r() < 0.3))))
    male = r() < 0.67
    country = 0 if r() < 0.9 else 1 + draw(r, [(i + 1.3) ** -1.25 for i in range(41)])
    race = draw(r, [86, 10, 1.2, 1, 0.6]) if not country else draw(r, [45, 10, 36 if country % 3 else 4, 0.6, 9])
    peak = 9.4 - 1.2 * (age < 20) - (age > 60) - (3 if country and country % 4 == 1 else 0) + 1.0 * (race == 2) - 0.5 * (race == 1)
    school = draw(r, [math.exp(-abs(i - peak) / 2.1) * (3.2 if i in (8, 9) else 2.4 if i == 12 else 0.8 if i in (10, 11, 13) else 0.35)
                      for i in range(16)])
    old = min(1.0, max(0.0, (age - 20) / 18))
    state = draw(r, [0.04 + old * (0.68 if male else 0.26), old * (0.12 if male else 0.26), 1.02 - 0.86 * old, 0.015 + 0.03 * old * (not male),
                     0.002 + 0.22 * max(0, age - 50) / 40 * (2.4 - 2 * male), 0.014, 0.001])
    if state == 0:
        kin = (2 if male else 0) if r() < 0.96 else 4
    elif age < 30 and state == 2 and r() < 0.62:
        kin = 1
    else:
        kin = (3, 5, 4, 1)[draw(r, [56, 30 if state == 2 else 46, 6, 5])]
    job, kind = working(r, male, school, age)
    hours = 40 if r() < 0.47 and job != 14 else int(min(99, max(1, 41 + 5 * (male - 0.5) + 5 * (job in (4, 9)) - 16 * (age < 20 or age > 66)
                                                           - 6 * (job == 14) + 11 * bell(r) * (1.3 if kind in (1, 2) else 0.9))))
    odds = -4.6 + 0.33 * (school - 8) + 2.2 * (state == 0) + 0.030 * (min(age, 58) - 30) + 0.035 * (hours - 40) + 0.9 * (job == 4) + 0.6 * (job == 5) \
        - 1.1 * (job in (2, 9, 11)) + 0.5 * (kind == 2) - 0.3 * (race == 1) + 0.3 * male
    rich = r() < 1 / (1 + math.exp(-odds))
    gain = 0 if r() > 0.05 + 0.17 * rich else 1 + min(98, int((20 if not rich else 55) * r() ** 1.4 + 6 * draw(r, [4, 2, 1, 3]) * rich))
    loss = 0 if gain or r() > 0.033 + 0.07 * rich else 30 + min(69, max(-29, int((9 if not rich else 16) + 7 * bell(r))))
    weight = min(99, max(0, int(27 + 13 * bell(r) + 22 * (r() < 0.1) + 6 * (race == 1) + 5 * (country > 0))))
    return [age - 17, kind, weight, school, school, state, job, kin, race, int(male), gain, loss, hours - 1, country, int(rich)]


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument('--n', type=int, default=48842)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--out', default='census.csv')
    a.add_argument('--codebook')
    o = a.parse_args()
    r = random.Random(o.seed).random
    with open(o.out, 'w', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow([name for name, _ in DOMAIN])
        w.writerows([codes[i] for (_, codes), i in zip(DOMAIN, person(r))] for _ in range(o.n))
    if o.codebook:
        with open(o.codebook, 'w') as f:
            json.dump({'codebook': 'census-like', 'version': '1', 'confirmed': 'census.py, which invents the people',
                       'columns': [{'name': name, 'codes': codes} for name, codes in DOMAIN]}, f)


if __name__ == '__main__':
    main()

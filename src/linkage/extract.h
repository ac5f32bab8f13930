/*
 * What a narrative names: telephones (also spelled out or disguised), mailboxes, links, handles, plates, money, dates, ages, addresses and
 * numbers of advertisements, each with its place in the text. Nothing is taken from the heap, time is linear, and the words it knows
 * (English, Spanish, Portuguese, French, Russian, Arabic) are tables. A finding is a proposal for a person to confirm.
 */
#ifndef LINKAGE_EXTRACT_H
#define LINKAGE_EXTRACT_H
#include "lib/base/base.h"

enum finding_kind {
    FOUND_PHONE,   /* +E.164 where the country is known, else the digits as written */
    FOUND_EMAIL,   /* small letters, without disguise */
    FOUND_URL,     /* host in small letters and what follows, without scheme, www and a last slash */
    FOUND_HANDLE,  /* service:name, or @name where the service is not said; also of links to profiles */
    FOUND_PLATE,   /* letters (capitals) and digits */
    FOUND_MONEY,   /* USD 1500, EUR 12.50; peso 300 where nobody says whose */
    FOUND_DATE,    /* 2024-03-05, or --03-05 without a year */
    FOUND_AGE,     /* years */
    FOUND_ADDRESS, /* small letters, single blanks */
    FOUND_AD,      /* as written, in small letters */
    FOUND_KINDS,
};
extern const char *const finding_words[FOUND_KINDS]; /* "phone", "email", ...: as in files */

enum { FINDINGS_MOST = 256, NORMAL_MOST = 250 };

struct finding {
    uint8_t kind, normal_len;
    ptrdiff_t begin, end;      /* bytes of the text */
    char normal[NORMAL_MOST];  /* normal_len bytes of UTF-8; none where it would be longer: then it is compared with nothing */
};
struct findings {
    ptrdiff_t len;
    bool full; /* there were more than FINDINGS_MOST: the rest of the text was not read */
    struct finding at[FINDINGS_MOST];
};

/*
 * In the order of the text, none touching another. country is where the house is (two capitals, ISO 3166), or empty: telephones
 * without a country's code, "$" and the order of 03/04/2024 are read as people there mean them. False: text is not UTF-8 (nothing is found then).
 */
bool extract(str text, str country, struct findings *out) MUST_CHECK;
str finding_normal(const struct finding *f); /* a view into f */
#endif

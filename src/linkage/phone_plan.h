/* How telephones of a country are dialled: the table of the pack `int` (calling_codes.csv), compiled in. The one place that reads it. */
#ifndef LINKAGE_PHONE_PLAN_H
#define LINKAGE_PHONE_PLAN_H
#include "lib/base/base.h"

enum { PHONE_PREFIX_MOST = 5, E164_MOST = 15 };

/* Lengths are digits of a national number, without the trunk prefix. */
struct phone_plan {
    char country[2];
    char trunk[PHONE_PREFIX_MOST], international[PHONE_PREFIX_MOST]; /* ended by NUL; trunk: dialled within the country, may be empty */
    int code, least, most;
    int bare;                    /* so many digits and more are also dialled without the trunk prefix; 0: none */
    int usual_least, usual_most; /* of ordinary lines, without services, extensions and numbers of former days */
};

/* The number of a country by its two letters of ISO 3166, in either case; 0: no such country, or it has no plan. */
int phone_country(str alpha2);
str phone_country_letters(int country);
const struct phone_plan *phone_plan(int country); /* not of 0 */
/* Whose code the digits begin with: of all countries that share it, the widest lengths; *national: what follows. NULL: no such code. */
const struct phone_plan *phone_plan_of_code(str digits, str *national);
/* North America, of the digits whose number they count: neither area nor exchange begins with 0 or 1. Others: true. */
bool phone_plan_allows(const struct phone_plan *p, str national);
#endif

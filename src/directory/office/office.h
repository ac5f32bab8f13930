/* Offices: to whom a tip is sent, whose a case is, and the places of the figures. The id is the scope of an office's rings. */
#ifndef DIRECTORY_OFFICE_OFFICE_H
#define DIRECTORY_OFFICE_OFFICE_H
#include "common/pack/pack.h"
#include "lib/store/db.h"

struct office {
    id id;
    str code, name, city, state, kind; /* code and kind as in offices.csv where the pack has the office */
    int64_t made_day;
};
struct offices {
    struct office *at;
    ptrdiff_t len;
};
enum { OFFICES_MOST = 500 };

/* 2 to 32 of A-Z 0-9 - _. */
bool office_code_fits(str code);
status office_add(struct db *db, const struct office *o) MUST_CHECK; /* CONFLICT: the code is taken */
status office_find(struct db *db, struct arena *a, id office, struct office *out) MUST_CHECK;
status office_find_code(struct db *db, struct arena *a, str code, struct office *out) MUST_CHECK;
/* By name, at most limit (OFFICES_MOST) after that name (empty: from the first). */
status office_list(struct db *db, struct arena *a, str after, int64_t limit, struct offices *out) MUST_CHECK;

/*
 * Whose area a place is in, by the pack (jurisdictions.csv): postal range, county, state, country, the lowest priority number first.
 * Empty parts do not match. NULL: no row fits.
 */
struct place {
    str country, state, county, postal; /* ISO alpha-2; state code; FIPS; the first three digits count */
};
struct area_answer {
    const struct pack_row *row; /* of jurisdictions.csv */
    str office;                 /* code */
    bool disputed;              /* a person confirms before anything is sent */
    str reason;                 /* the row's name: "Georgia" */
};
/* The code of a state as a person writes it: its code or its name; as it was written when the pack has neither. */
str office_state(const struct pack *p, struct arena *a, str words, int64_t day);
/* The code of a county as a person writes it (FIPS, or its name with or without "County"), inside that state; empty: none such. */
str office_county(const struct pack *p, struct arena *a, str state, str words, int64_t day);
bool office_of_place(const struct pack *p, struct arena *a, const struct place *place, int64_t day, struct area_answer *out);
#endif

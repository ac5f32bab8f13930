/* Making a data folder: what `init` asks and `demo` invents, carried out in one way. */
#ifndef APP_SETUP_H
#define APP_SETUP_H
#include "app/command.h"
#include "common/house/house.h"
#include "staff/role/role.h"
#include "vault/ceremony.h"

enum { SETUP_PEOPLE = PLAN_PEOPLE };
struct setup_person {
    str name, passphrase;
    const struct role *role;
};
struct setup {
    str values[HOUSE_SETTINGS];              /* empty: not set */
    struct setup_person people[SETUP_PEOPLE]; /* an administrator and a supervisor first */
    ptrdiff_t people_count;
    str house_passphrase;
    struct stretch_cost cost;
    int shares, need;
    bool no_escrow, demo;
    const char *packs;                       /* folder that holds int/ and the country's */
};
/* NULL: complete. Else what is missing or wrong, and how to mend it. */
const char *setup_fault(struct arena *a, struct setup *s);
/*
 * Makes the folder, both databases, the keys, the settings, the packs and the accounts. The secret file
 * is written last: until it stands, the folder is no house, and the next try begins anew.
 * A line on stderr says what failed. made holds secrets: print, then wipe.
 */
status setup_make(struct arena *a, const struct folder *f, const struct setup *s, int64_t now, struct house_made *made,
                  struct db **content) MUST_CHECK;
/* Where the country data lies: given, beside the build, or installed. NULL: nowhere. */
const char *setup_packs(struct arena *a, const char *given);
id setup_office(const struct setup *s);
#endif

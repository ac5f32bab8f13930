/* Accounts: the clear side of a principal (who works here, in which job, still or no longer). */
#ifndef STAFF_ACCOUNT_ACCOUNT_H
#define STAFF_ACCOUNT_ACCOUNT_H
#include "lib/store/db.h"

struct account {
    id id, office;
    str name, role, state; /* state: invited, pending, active, left */
    int64_t made_day, left_day; /* left_day 0 while here */
};
struct accounts {
    struct account *at;
    ptrdiff_t len;
};

/* 2 to 64 of a-z 0-9 . - _, beginning with a letter: a work name, typed at every sign-in. */
bool account_name_fits(str name);

status account_add(struct db *db, const struct account *a) MUST_CHECK; /* CONFLICT: the name is taken */
status account_find(struct db *db, struct arena *a, id account, struct account *out) MUST_CHECK;
status account_find_name(struct db *db, struct arena *a, str name, struct account *out) MUST_CHECK;
/* By name, at most limit, those after the given name (empty: from the first). */
status account_list(struct db *db, struct arena *a, str after, int64_t limit, struct accounts *out) MUST_CHECK;
/* The same of one office. */
status account_list_office(struct db *db, struct arena *a, id office, str after, int64_t limit, struct accounts *out) MUST_CHECK;
/* Who has been longest in that state. NOT_FOUND: nobody is. */
status account_oldest(struct db *db, struct arena *a, str state, struct account *out) MUST_CHECK;
/* How many active accounts of each role an office has; by office. */
enum { ROLE_COUNTS_MOST = 600 };
struct role_count {
    id office;
    str role;
    int64_t people;
};
struct role_counts {
    struct role_count *at;
    ptrdiff_t len;
};
status account_active_roles(struct db *db, struct arena *a, struct role_counts *out) MUST_CHECK;
status account_set_state(struct db *db, id account, str state) MUST_CHECK; /* NOT_FOUND: gone or left */
/* Ends the account and every session of it: one transaction. */
status account_depart(struct db *db, id account, int64_t today) MUST_CHECK;
#endif

/* What happens in a case or a care file, one thing after another, as a table; and playing it. */
#ifndef APP_DEMO_DEMO_SCRIPT_H
#define APP_DEMO_DEMO_SCRIPT_H
#include "app/demo/demo_line.h"

struct beat {
    short after, spread;      /* days since the beat before: after, and up to spread more */
    short of_hundred;         /* how often it happens at all */
    bool ends;                /* if it does not, nothing after it does */
    const char *kind;         /* code of entry_kinds.csv */
    const char *fields;       /* "name=value&name=value"; a value may have holes, see below */
};
/*
 * Holes: %s subject, %o office, %x exploitation, %t statute, %v venue, %i industry, %l language, %S service: what script_part says;
 * %D the day of the entry, %M 90 days later, %Y a year later; %n 1 to 9, %m 12 to 240, %a an amount of money.
 */
struct script_part {
    str subject, office, exploitation, statute, venue, industry, language;
    const char *const *services; /* one is chosen each time */
    int service_count;
};
struct script {
    const struct demo_person *by;
    str path;                 /* where entries are posted */
    str clock_path;           /* where the clock that an entry starts is said to be done; empty: further entries end it */
    const char *day_field;    /* the field that says when it happened */
    struct script_part part;
    int64_t day;              /* moves on while it plays */
    bool over;                /* it ended, or today was reached: what is played further is nothing */
};
/* Plays beats until they end or today is reached. False: said on stderr. */
bool script_play(struct demo_line *l, struct arena *a, struct script *s, const struct beat *beats, ptrdiff_t n);
#endif

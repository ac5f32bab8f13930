/* Who works in the house of the demonstration, and where. Everybody is invented. */
#ifndef APP_DEMO_DEMO_HOUSE_H
#define APP_DEMO_DEMO_HOUSE_H
#include "app/demo/demo_line.h"

enum { DEMO_OFFICES = 6, DEMO_STAFF = 13 };
enum demo_job { DEMO_ADMINISTRATOR, DEMO_SUPERVISOR, DEMO_TAKER, DEMO_SECOND_TAKER, DEMO_AUDITOR, DEMO_ANALYST, DEMO_INVESTIGATOR,
                DEMO_COORDINATOR, DEMO_SPECIALIST, DEMO_STATISTICIAN, DEMO_DECONFLICTION, DEMO_FIELD_SUPERVISOR, DEMO_FIELD_INVESTIGATOR };
struct demo_house {
    struct demo_person people[DEMO_STAFF]; /* by enum demo_job, signed in but for the auditor */
    uint8_t otp[DEMO_STAFF][20];
    id offices[DEMO_OFFICES];              /* the house's own first */
};
/* What the house is made of: settings, and those who work in its own office. */
void demo_house_plan(struct arena *a, struct setup *s, struct chance *chance);
/* Five more offices, two people for one of them, who is on duty; everybody signs in. False: said on stderr. */
bool demo_house_settle(struct demo_line *l, struct arena *a, const struct house_made *made, struct demo_house *out);
/* One line a person: role, name, passphrase, secret of the authenticator. */
void demo_house_print(struct arena *a, const struct demo_house *h);
/*
 * The budgets of opening are for people at work; two years in a few seconds need more. open: raised, by two persons as the rules say;
 * else set back to what they were.
 */
bool demo_house_budgets(struct demo_line *l, const struct demo_house *h, bool open);
#endif

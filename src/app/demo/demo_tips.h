/* The tips of the demonstration: sent, judged, answered. */
#ifndef APP_DEMO_DEMO_TIPS_H
#define APP_DEMO_DEMO_TIPS_H
#include "app/demo/demo_house.h"

/* A tip that a case is opened from. */
struct demo_lead {
    id tip;
    int64_t day;
    str title;
    const char *venue, *industry; /* codes of the int pack */
};
struct demo_leads {
    struct demo_lead *at;
    ptrdiff_t len;
};
/*
 * Sends that many tips; the last few come today and wait to be judged, all before were judged. wanted of those before are left open as
 * leads, spread over the years (fewer when there are fewer). False: said on stderr.
 */
bool demo_tips(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t tips, int64_t wanted, struct demo_leads *out);
/* Closes these tips as what they became. At most TIP_CHANGES_MOST. */
bool demo_dispose(struct demo_line *l, struct arena *a, const struct demo_person *by, const char *code, const char *reason, const id *tips,
                  ptrdiff_t n);
#endif

#include "intake/post/supply.h"

static status fetch_receipts(struct supply *s, struct keeper *k, int64_t monotonic_ms)
{
    struct receipt fresh[SUPPLY_RECEIPTS];
    ptrdiff_t n = SUPPLY_RECEIPTS - s->receipt_count;
    status got = keeper_receipts(k, n, fresh);
    for (ptrdiff_t i = 0; got == OK && i < n; i++) {
        struct box_pair pair;
        struct supplied *to = &s->receipts[s->receipt_count++];
        box_pair_from(fresh[i].secret, &pair);
        memcpy(to->digits, fresh[i].digits, sizeof to->digits);
        memcpy(to->locator, fresh[i].locator, sizeof to->locator);
        memcpy(to->open, pair.open, sizeof to->open);
        to->pepper = fresh[i].pepper;
        wipe(&pair, sizeof pair);
    }
    wipe(fresh, sizeof fresh);
    s->receipts_again_ms = got == OK ? 0 : monotonic_ms + SUPPLY_PAUSE_MS;
    return got;
}

void supply_refill(struct supply *s, struct keeper *k, int64_t monotonic_ms)
{
    if (s->receipt_count < SUPPLY_LOW && monotonic_ms >= s->receipts_again_ms) {
        status got = fetch_receipts(s, k, monotonic_ms);
        (void)got; /* the stock is what it is; whoever finds it empty asks again */
    }
}

status supply_receipt(struct supply *s, struct keeper *k, int64_t monotonic_ms, struct supplied *out)
{
    if (!s->receipt_count) {
        status got = fetch_receipts(s, k, monotonic_ms);
        if (got != OK)
            return got;
    }
    struct supplied *last = &s->receipts[--s->receipt_count];
    *out = *last;
    wipe(last, sizeof *last);
    return OK;
}

/* The house's own office has two; words for tips that were sent on need those of other offices. */
static ptrdiff_t ring_place(struct supply *s, id scope, enum compartment c)
{
    ptrdiff_t oldest = 0;
    for (ptrdiff_t i = 0; i < s->ring_count; i++) {
        if (s->rings[i].compartment == c && id_equal(s->rings[i].scope, scope))
            return i;
        if (s->rings[i].used_ms < s->rings[oldest].used_ms)
            oldest = i;
    }
    ptrdiff_t at = s->ring_count < SUPPLY_RINGS ? s->ring_count++ : oldest;
    memset(&s->rings[at], 0, sizeof s->rings[at]);
    s->rings[at].scope = scope;
    s->rings[at].compartment = c;
    return at;
}

status supply_ring(struct supply *s, struct keeper *k, int64_t monotonic_ms, enum scope_kind kind, id scope,
                   enum compartment c, struct ring_key *out)
{
    ptrdiff_t i = ring_place(s, scope, c);
    s->rings[i].used_ms = monotonic_ms;
    bool fresh = s->rings[i].known && monotonic_ms - s->rings[i].fetched_ms < SUPPLY_RING_MS;
    if (!fresh && (!s->rings[i].known || monotonic_ms >= s->rings[i].again_ms)) {
        struct ring_key key;
        status got = keeper_ring_key(k, kind, scope, c, &key);
        s->rings[i].again_ms = monotonic_ms + SUPPLY_PAUSE_MS;
        if (got == OK) {
            s->rings[i].key = key;
            s->rings[i].fetched_ms = monotonic_ms;
        }
        s->rings[i].known = got == OK || (s->rings[i].known && got != NOT_FOUND);
        if (!s->rings[i].known)
            return got;
    }
    *out = s->rings[i].key;
    return OK;
}
